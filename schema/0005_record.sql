-- SPDX-License-Identifier: EUPL-1.2
-- Records as everybody sees them: one JSON state each, written here and nowhere else.
--
-- What a state shows of other records (an establishment's name on its units) is kept in the row,
-- in `description`, and is refreshed by the command that changes it: refreshing tells which records
-- changed, and a declaration, the most frequent command, reads one row.
SET LOCAL ROLE ugo_owner;

CREATE FUNCTION ugo.point(lat numeric, lon numeric) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN lat IS NOT NULL THEN jsonb_build_array(lat, lon) END;

CREATE VIEW ugo.establishment_described AS
SELECT e.id, jsonb_build_object('name', e.name, 'establishment_kind', e.establishment_kind,
    'finess', e.finess, 'operator', e.operator, 'address', e.address,
    'territory', e.territory, 'commune', e.commune,
    'point', ugo.point(coalesce(e.lat, c.lat), coalesce(e.lon, c.lon)),
    'public_point', CASE coalesce(e.visibility, k.visibility)
        WHEN 'exact' THEN ugo.point(coalesce(e.lat, c.lat), coalesce(e.lon, c.lon))
        WHEN 'commune' THEN ugo.point(c.lat, c.lon) END,
    'visibility', coalesce(e.visibility, k.visibility), 'precision', e."precision",
    'contact', jsonb_build_object('day', e.contact_day, 'night', e.contact_night),
    'active', true) AS description
FROM ugo.establishment e
JOIN ugo.establishment_kind k ON k.code = e.establishment_kind
LEFT JOIN ugo.commune c ON c.insee = e.commune;

-- A unit with a commune or a point of its own is there; any other is where its establishment is.
CREATE VIEW ugo.unit_described AS
SELECT u.id, jsonb_build_object('establishment', u.establishment, 'establishment_name', e.name,
    'establishment_kind', e.establishment_kind, 'name', u.name,
    'modality', coalesce(u.modality, k.modality), 'min_months', u.min_months,
    'max_months', u.max_months, 'sex', u.sex, 'siblings_max', u.siblings_max,
    'siblings_mixed', u.siblings_mixed, 'admission', u.admission, 'delay_h', u.delay_h,
    'accepts', u.accepts, 'max_stay_days', u.max_stay_days, 'visibility', v.visibility,
    'territory', coalesce(u.territory, e.territory), 'commune', p.commune,
    'point', ugo.point(coalesce(p.lat, c.lat), coalesce(p.lon, c.lon)),
    'public_point', CASE v.visibility
        WHEN 'exact' THEN ugo.point(coalesce(p.lat, c.lat), coalesce(p.lon, c.lon))
        WHEN 'commune' THEN ugo.point(c.lat, c.lon) END,
    'contact', jsonb_build_object('day', coalesce(u.contact_day, e.contact_day),
        'night', coalesce(u.contact_night, e.contact_night)),
    'ttl_s', coalesce(u.ttl_s, k.ttl_s), 'authorised', u.authorised, 'installed', u.installed,
    'emergency_reserved', u.emergency_reserved) AS description
FROM ugo.unit u
JOIN ugo.establishment e ON e.id = u.establishment
JOIN ugo.establishment_kind k ON k.code = e.establishment_kind
CROSS JOIN LATERAL (SELECT coalesce(u.visibility, e.visibility, k.visibility) AS visibility) v
CROSS JOIN LATERAL (SELECT u.commune IS NOT NULL OR u.lat IS NOT NULL AS own) o
CROSS JOIN LATERAL (SELECT CASE WHEN o.own THEN u.commune ELSE e.commune END AS commune,
    CASE WHEN o.own THEN u.lat ELSE e.lat END AS lat,
    CASE WHEN o.own THEN u.lon ELSE e.lon END AS lon) p
LEFT JOIN ugo.commune c ON c.insee = p.commune;

-- The state of a unit: its description and its counts.
CREATE FUNCTION ugo.unit_state(u ugo.unit) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN u.description || jsonb_build_object('open', u.open, 'occupied', u.occupied,
    'closed', u.closed, 'emergency_used', u.emergency_used, 'held', u.held,
    'held_emergency', u.held_emergency, 'closed_reason', u.closed_reason,
    'reopens_on', u.reopens_on, 'derogation', u.derogation, 'derogation_by', u.derogation_by,
    'observed_at', u.observed_at, 'recorded_at', u.recorded_at, 'declared_by', u.declared_by,
    'channel', u.channel, 'contested_at', u.contested_at);

-- Every branch has exactly these types: PostgreSQL then pushes kind and id down to each table's
-- key.
CREATE VIEW ugo.record AS
SELECT 'territory'::text AS kind, code::text AS id, revision, NULL::text AS establishment,
    NULL::text AS territory,
    jsonb_build_object('name', name, 'level', level, 'parent', parent) AS state
FROM ugo.territory
UNION ALL
SELECT 'commune', insee::text, revision, NULL, NULL,
    jsonb_build_object('name', name, 'postcodes', postcodes, 'point', ugo.point(lat, lon),
        'territory', territory)
FROM ugo.commune
UNION ALL
SELECT 'establishment_kind', code::text, revision, NULL, NULL,
    jsonb_build_object('finess_categories', finess_categories, 'ttl_s', ttl_s,
        'modality', modality, 'visibility', visibility)
FROM ugo.establishment_kind
UNION ALL
SELECT 'establishment', id::text, revision, id::text, territory::text, description
FROM ugo.establishment
UNION ALL
SELECT 'unit', id::text, revision, establishment, description ->> 'territory', ugo.unit_state(u)
FROM ugo.unit u
UNION ALL
SELECT 'account', id::text, revision, NULL, NULL,
    jsonb_build_object('role', role, 'territories', territories, 'establishments', establishments,
        'acts_for', acts_for, 'name', name, 'disabled', disabled)
FROM ugo.account
UNION ALL
SELECT 'credential', id::text, revision, NULL, NULL,
    jsonb_build_object('account', account, 'type', type, 'expires_at', expires_at,
        'revoked', revoked, 'label', label)
FROM ugo.credential;

RESET ROLE;
