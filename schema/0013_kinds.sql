-- SPDX-License-Identifier: EUPL-1.2
-- The establishment kinds a département starts with, written like any other change: the first
-- revisions. Declarations are believed 4 h in emergency services, 72 h in foster families, 24 h
-- elsewhere. Homes are shown by their commune.
SELECT ugo.apply_batch(jsonb_agg(jsonb_build_object('account', 'system',
    'op', 'establishment_kind.put', 'key', 'kind-' || code, 'digest', '', 'channel', 'import',
    'params', jsonb_build_object('code', code, 'finess_categories', categories,
        'ttl_s', hours * 3600, 'modality', modality, 'visibility', visibility)) ORDER BY n))
FROM (VALUES
    (1, 'mecs', '{177}'::text[], 24, 'internat', 'exact'),
    (2, 'cdef', '{175}', 24, 'internat', 'exact'),
    (3, 'pouponniere', '{172}', 24, 'internat', 'exact'),
    (4, 'village_enfants', '{176}', 24, 'internat', 'exact'),
    (5, 'lieu_de_vie', '{462}', 24, 'internat', 'commune'),
    (6, 'placement_familial', '{236}', 72, 'familial', 'exact'),
    (7, 'assistant_familial', '{}', 72, 'familial', 'commune'),
    (8, 'accueil_mere_enfant', '{166}', 24, 'parental', 'exact'),
    (9, 'centre_parental', '{159}', 24, 'parental', 'exact'),
    (10, 'mna', '{643,644}', 24, 'semi_autonomie', 'exact'),
    (11, 'urgence', '{}', 4, 'urgence', 'exact'),
    (12, 'autonomie', '{}', 24, 'semi_autonomie', 'exact'),
    (13, 'accueil_jour', '{}', 24, 'accueil_jour', 'exact'),
    (14, 'pad', '{}', 24, 'pad', 'exact'),
    (15, 'experimental', '{378}', 24, 'internat', 'exact'),
    (16, 'autre', '{}', 24, 'internat', 'exact')
) AS kind (n, code, categories, hours, modality, visibility);
