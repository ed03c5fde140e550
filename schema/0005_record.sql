-- SPDX-License-Identifier: EUPL-1.2
-- Records as everybody sees them: one JSON state each, written here and nowhere else.
SET LOCAL ROLE ugo_owner;

CREATE FUNCTION ugo.point(lat numeric, lon numeric) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN lat IS NOT NULL THEN jsonb_build_array(lat, lon) END;

CREATE VIEW ugo.record_territory AS
SELECT code AS id, revision, NULL::text AS establishment, NULL::text AS territory,
    jsonb_build_object('name', name, 'level', level, 'parent', parent) AS state
FROM ugo.territory;

CREATE VIEW ugo.record_commune AS
SELECT insee AS id, revision, NULL::text AS establishment, NULL::text AS territory,
    jsonb_build_object('name', name, 'postcodes', postcodes, 'point', ugo.point(lat, lon),
        'territory', territory) AS state
FROM ugo.commune;

CREATE VIEW ugo.record_establishment_kind AS
SELECT code AS id, revision, NULL::text AS establishment, NULL::text AS territory,
    jsonb_build_object('finess_categories', finess_categories, 'ttl_s', ttl_s,
        'modality', modality, 'visibility', visibility) AS state
FROM ugo.establishment_kind;

CREATE VIEW ugo.record_establishment AS
SELECT e.id, e.revision, e.id AS establishment, e.territory,
    jsonb_build_object('name', e.name, 'establishment_kind', e.establishment_kind,
        'finess', e.finess, 'operator', e.operator, 'address', e.address,
        'territory', e.territory, 'commune', e.commune,
        'point', ugo.point(coalesce(e.lat, c.lat), coalesce(e.lon, c.lon)),
        'public_point', CASE coalesce(e.visibility, k.visibility)
            WHEN 'exact' THEN ugo.point(coalesce(e.lat, c.lat), coalesce(e.lon, c.lon))
            WHEN 'commune' THEN ugo.point(c.lat, c.lon) END,
        'visibility', coalesce(e.visibility, k.visibility), 'precision', e."precision",
        'contact', jsonb_build_object('day', e.contact_day, 'night', e.contact_night),
        'active', true) AS state
FROM ugo.establishment e
JOIN ugo.establishment_kind k ON k.code = e.establishment_kind
LEFT JOIN ugo.commune c ON c.insee = e.commune;

-- A unit with a commune or a point of its own is there; any other is where its establishment is.
CREATE VIEW ugo.record_unit AS
SELECT u.id, u.revision, u.establishment, coalesce(u.territory, e.territory) AS territory,
    jsonb_build_object('establishment', u.establishment, 'establishment_name', e.name,
        'establishment_kind', e.establishment_kind, 'name', u.name,
        'modality', coalesce(u.modality, k.modality), 'min_months', u.min_months,
        'max_months', u.max_months, 'sex', u.sex, 'siblings_max', u.siblings_max,
        'siblings_mixed', u.siblings_mixed, 'admission', u.admission, 'delay_h', u.delay_h,
        'accepts', u.accepts, 'max_stay_days', u.max_stay_days,
        'visibility', coalesce(u.visibility, e.visibility, k.visibility),
        'territory', coalesce(u.territory, e.territory),
        'commune', CASE WHEN p.own THEN u.commune ELSE e.commune END,
        'point', ugo.point(p.lat, p.lon),
        'public_point', CASE coalesce(u.visibility, e.visibility, k.visibility)
            WHEN 'exact' THEN ugo.point(p.lat, p.lon)
            WHEN 'commune' THEN ugo.point(c.lat, c.lon) END,
        'contact', jsonb_build_object('day', coalesce(u.contact_day, e.contact_day),
            'night', coalesce(u.contact_night, e.contact_night)),
        'ttl_s', coalesce(u.ttl_s, k.ttl_s), 'authorised', u.authorised,
        'installed', u.installed, 'open', u.open, 'occupied', u.occupied, 'closed', u.closed,
        'emergency_reserved', u.emergency_reserved, 'emergency_used', u.emergency_used,
        'held', u.held, 'held_emergency', u.held_emergency, 'closed_reason', u.closed_reason,
        'reopens_on', u.reopens_on, 'derogation', u.derogation,
        'derogation_by', u.derogation_by, 'observed_at', u.observed_at,
        'recorded_at', u.recorded_at, 'declared_by', u.declared_by, 'channel', u.channel,
        'contested_at', u.contested_at) AS state
FROM ugo.unit u
JOIN ugo.establishment e ON e.id = u.establishment
JOIN ugo.establishment_kind k ON k.code = e.establishment_kind
LEFT JOIN ugo.commune c ON c.insee =
    CASE WHEN u.commune IS NULL AND u.lat IS NULL THEN e.commune ELSE u.commune END
CROSS JOIN LATERAL (SELECT u.commune IS NOT NULL OR u.lat IS NOT NULL AS own,
    coalesce(CASE WHEN u.commune IS NULL AND u.lat IS NULL THEN e.lat ELSE u.lat END, c.lat) AS lat,
    coalesce(CASE WHEN u.commune IS NULL AND u.lat IS NULL THEN e.lon ELSE u.lon END, c.lon) AS lon
) p;

CREATE VIEW ugo.record_account AS
SELECT id, revision, NULL::text AS establishment, NULL::text AS territory,
    jsonb_build_object('role', role, 'territories', territories, 'establishments', establishments,
        'acts_for', acts_for, 'name', name, 'disabled', disabled) AS state
FROM ugo.account;

CREATE VIEW ugo.record_credential AS
SELECT id, revision, NULL::text AS establishment, NULL::text AS territory,
    jsonb_build_object('account', account, 'type', type, 'expires_at', expires_at,
        'revoked', revoked, 'label', label) AS state
FROM ugo.credential;

CREATE VIEW ugo.record AS
SELECT 'territory'::text AS kind, t.* FROM ugo.record_territory t
UNION ALL SELECT 'commune', c.* FROM ugo.record_commune c
UNION ALL SELECT 'establishment_kind', k.* FROM ugo.record_establishment_kind k
UNION ALL SELECT 'establishment', e.* FROM ugo.record_establishment e
UNION ALL SELECT 'unit', u.* FROM ugo.record_unit u
UNION ALL SELECT 'account', a.* FROM ugo.record_account a
UNION ALL SELECT 'credential', d.* FROM ugo.record_credential d;

CREATE FUNCTION ugo.unit_state(unit_id text) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (SELECT state FROM ugo.record_unit WHERE id = unit_id);

CREATE FUNCTION ugo.establishment_state(establishment_id text) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (SELECT state FROM ugo.record_establishment WHERE id = establishment_id);

RESET ROLE;
