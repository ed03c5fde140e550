-- SPDX-License-Identifier: EUPL-1.2
-- Closed lists (the same as server/core/codes.h) and the two lists that a département extends.
SET LOCAL ROLE ugo_owner;

-- Used by CHECKs and by the checks of parameters; folded to a constant when planned.
CREATE FUNCTION ugo.code_list(list text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE list
    WHEN 'role' THEN ARRAY['establishment', 'service', 'territory', 'mobile', 'astreinte', 'def',
        'admin']
    WHEN 'modality' THEN ARRAY['internat', 'urgence', 'sequentiel', 'relais', 'accueil_jour', 'pad',
        'semi_autonomie', 'internat_semaine', 'familial', 'parental']
    WHEN 'need' THEN ARRAY['mna', 'disability', 'complex', 'pregnant', 'mother_child',
        'psychiatric', 'medical']
    WHEN 'tristate' THEN ARRAY['unknown', 'yes', 'no']
    WHEN 'sex' THEN ARRAY['any', 'girls', 'boys']
    WHEN 'admission' THEN ARRAY['office_hours', 'always']
    WHEN 'visibility' THEN ARRAY['exact', 'commune', 'hidden']
    WHEN 'precision' THEN ARRAY['exact', 'commune']
    WHEN 'channel' THEN ARRAY['console', 'link', 'cli', 'api', 'import']
    WHEN 'credential' THEN ARRAY['token', 'certificate']
END;

-- Why places are closed.
CREATE TABLE ugo.closed_reason (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$')
);
INSERT INTO ugo.closed_reason VALUES
    ('staff'), ('works'), ('holidays'), ('health'), ('safety'), ('administrative'), ('other');

-- On what ground more children are taken than there are places.
CREATE TABLE ugo.derogation (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$')
);
INSERT INTO ugo.derogation VALUES
    ('emergency'), ('siblings'), ('judge'), ('ase'), ('other');

RESET ROLE;
