-- SPDX-License-Identifier: EUPL-1.2
-- Records as everybody sees them: one JSON state each, written here and nowhere else.
--
-- What a state shows of other records (an establishment's name on its units) is kept in the row,
-- in `description`, and is refreshed by the command that changes it: refreshing tells which records
-- changed, and a declaration, the most frequent command, reads one row.
SET LOCAL ROLE ugo_owner;

CREATE FUNCTION ugo.point(lat numeric, lon numeric) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN lat IS NOT NULL THEN json_build_array(lat, lon) END;

CREATE VIEW ugo.establishment_described AS
SELECT e.id, json_build_object('name', e.name, 'establishment_kind', e.establishment_kind,
    'finess', e.finess, 'operator', e.operator, 'address', e.address,
    'territory', e.territory, 'commune', e.commune,
    'point', ugo.point(coalesce(e.lat, c.lat), coalesce(e.lon, c.lon)),
    'public_point', CASE coalesce(e.visibility, k.visibility)
        WHEN 'exact' THEN ugo.point(coalesce(e.lat, c.lat), coalesce(e.lon, c.lon))
        WHEN 'commune' THEN ugo.point(c.lat, c.lon) END,
    'visibility', coalesce(e.visibility, k.visibility), 'precision', e."precision",
    'contact', json_build_object('day', e.contact_day, 'night', e.contact_night),
    'active', true)::text AS description
FROM ugo.establishment e
JOIN ugo.establishment_kind k ON k.code = e.establishment_kind
LEFT JOIN ugo.commune c ON c.insee = e.commune;

-- A unit with a commune or a point of its own is there; any other is where its establishment is.
CREATE VIEW ugo.unit_described AS
SELECT u.id, coalesce(u.territory, e.territory) AS home, json_build_object(
    'establishment', u.establishment, 'establishment_name', e.name,
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
    'contact', json_build_object('day', coalesce(u.contact_day, e.contact_day),
        'night', coalesce(u.contact_night, e.contact_night)),
    'ttl_s', coalesce(u.ttl_s, k.ttl_s), 'authorised', u.authorised, 'installed', u.installed,
    'emergency_reserved', u.emergency_reserved)::text AS description
FROM ugo.unit u
JOIN ugo.establishment e ON e.id = u.establishment
JOIN ugo.establishment_kind k ON k.code = e.establishment_kind
CROSS JOIN LATERAL (SELECT coalesce(u.visibility, e.visibility, k.visibility) AS visibility) v
CROSS JOIN LATERAL (SELECT u.commune IS NOT NULL OR u.lat IS NOT NULL AS own) o
CROSS JOIN LATERAL (SELECT CASE WHEN o.own THEN u.commune ELSE e.commune END AS commune,
    CASE WHEN o.own THEN u.lat ELSE e.lat END AS lat,
    CASE WHEN o.own THEN u.lon ELSE e.lon END AS lon) p
LEFT JOIN ugo.commune c ON c.insee = p.commune;

-- The rest of a unit's state, as its columns are named.
CREATE TYPE ugo.unit_counts AS (
    open integer, occupied integer, closed integer, emergency_used integer, held integer,
    held_emergency integer, closed_reason text, reopens_on date, derogation text,
    derogation_by text, observed_at bigint, recorded_at bigint, declared_by text, channel text,
    contested_at bigint
);

-- The state of a unit: its description and its counts, joined as texts (as jsonb it would cost
-- twice as much).
CREATE FUNCTION ugo.unit_state(u ugo.unit) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (left(u.description, -1) || ',' || substr(row_to_json(ROW(u.open, u.occupied, u.closed,
    u.emergency_used, u.held, u.held_emergency, u.closed_reason, u.reopens_on, u.derogation,
    u.derogation_by, u.observed_at, u.recorded_at, u.declared_by, u.channel,
    u.contested_at)::ugo.unit_counts)::text, 2))::json;

-- Every branch has exactly these types: PostgreSQL then pushes kind and id down to each table's
-- key.
CREATE VIEW ugo.record AS
SELECT 'territory'::text AS kind, code::text AS id, revision, NULL::text AS establishment,
    NULL::text AS territory,
    json_build_object('name', name, 'level', level, 'parent', parent) AS state
FROM ugo.territory
UNION ALL
SELECT 'commune', insee::text, revision, NULL, NULL,
    json_build_object('name', name, 'postcodes', postcodes, 'point', ugo.point(lat, lon),
        'territory', territory)
FROM ugo.commune
UNION ALL
SELECT 'establishment_kind', code::text, revision, NULL, NULL,
    json_build_object('finess_categories', finess_categories, 'ttl_s', ttl_s,
        'modality', modality, 'visibility', visibility)
FROM ugo.establishment_kind
UNION ALL
SELECT 'establishment', id::text, revision, id::text, territory::text, description::json
FROM ugo.establishment
UNION ALL
SELECT 'unit', id::text, revision, establishment, home, ugo.unit_state(u)
FROM ugo.unit u
UNION ALL
SELECT 'account', id::text, revision, NULL, NULL,
    json_build_object('role', role, 'territories', territories, 'establishments', establishments,
        'acts_for', acts_for, 'name', name, 'disabled', disabled)
FROM ugo.account
UNION ALL
SELECT 'credential', id::text, revision, NULL, NULL,
    json_build_object('account', account, 'type', type, 'expires_at', expires_at,
        'revoked', revoked, 'label', label)
FROM ugo.credential;

RESET ROLE;
