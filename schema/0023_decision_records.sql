-- SPDX-License-Identifier: EUPL-1.2
-- Requests, holds and policies among the records, and what must be true of them.
SET LOCAL ROLE ugo_owner;

CREATE OR REPLACE VIEW ugo.record AS
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
FROM ugo.credential
UNION ALL
SELECT 'request', id::text, revision, NULL, origin, ugo.request_state(r)
FROM ugo.request r
UNION ALL
SELECT 'hold', id::text, revision, establishment, territory, ugo.hold_state(h)
FROM ugo.hold h
UNION ALL
SELECT 'hold_policy', unit::text, revision, NULL, NULL,
    json_build_object('minutes', minutes, 'end', "end")
FROM ugo.hold_policy;

CREATE OR REPLACE FUNCTION ugo.record_part(of_kind text, key text) RETURNS ugo.part
LANGUAGE plpgsql STABLE AS $$
DECLARE
    part ugo.part;
BEGIN
    CASE of_kind
    WHEN 'territory' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'territory' AND r.id = key;
    WHEN 'commune' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'commune' AND r.id = key;
    WHEN 'establishment_kind' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'establishment_kind' AND r.id = key;
    WHEN 'account' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'account' AND r.id = key;
    WHEN 'credential' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'credential' AND r.id = key;
    WHEN 'hold_policy' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'hold_policy' AND r.id = key;
    END CASE;
    RETURN part;
END
$$;

-- What holds, requests and counts promise together, where it is broken. None, normally.
CREATE FUNCTION ugo.audit_holds() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    SELECT 'unit', u.id FROM ugo.unit u LEFT JOIN (SELECT h.unit, sum(h.places) AS places,
            coalesce(sum(h.places) FILTER (WHERE h.emergency), 0) AS urgent
        FROM ugo.hold h WHERE h.state IN ('held', 'accepted') GROUP BY h.unit) s ON s.unit = u.id
    WHERE (u.held, u.held_emergency) <> (coalesce(s.places, 0), coalesce(s.urgent, 0))
        OR u.held > 0 AND (u.occupied + u.held <= u.open) IS NOT TRUE
    UNION
    SELECT 'hold', h.id FROM ugo.hold h
    WHERE h.state IN ('held', 'accepted') AND NOT EXISTS (SELECT FROM ugo.unit WHERE id = h.unit)
    UNION
    SELECT 'request', r.id FROM ugo.request r JOIN ugo.hold h ON h.request = r.id
    WHERE CASE h.state WHEN 'accepted' THEN NOT h.children <@ r.placed
            OR h.children && r.arrived OR r.state IN ('closed', 'withdrawn')
        WHEN 'arrived' THEN NOT h.children <@ r.arrived
        WHEN 'held' THEN r.state <> 'open' OR h.children <@ r.placed AND h.children <> '{}' END
    UNION
    SELECT CASE WHEN d.id LIKE 'r-%' THEN 'request' ELSE 'hold' END, coalesce(d.id, t.id)
    FROM ugo.due d FULL JOIN (
        SELECT h.id::text COLLATE "C" AS id, CASE h.state WHEN 'held' THEN h.held_until
            WHEN 'accepted' THEN CASE WHEN NOT h.overdue THEN h.arrive_by END
            ELSE ugo.forgotten_at(h.ended_at) END AS at FROM ugo.hold h
        UNION ALL
        SELECT r.id::text, ugo.forgotten_at(r.closed_at) FROM ugo.request r) t ON t.id = d.id
    WHERE d.at IS DISTINCT FROM t.at
$$;

-- Records whose state is not what the history says, or not what the tables give. None, normally.
CREATE OR REPLACE FUNCTION ugo.audit_records() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (h.kind, h.id) h.kind, h.id, h.revision, h.state
        FROM (SELECT c.kind, c.id, c.revision, c.state FROM ugo.change c
            WHERE c.kind <> 'declaration'
            UNION ALL SELECT b.kind, b.id, b.revision, b.state FROM ugo.baseline b) h
        ORDER BY h.kind, h.id, h.revision DESC)
    SELECT coalesce(r.kind, l.kind), coalesce(r.id, l.id)
    FROM ugo.record r
    FULL JOIN (SELECT * FROM latest WHERE state IS NOT NULL) l ON l.kind = r.kind AND l.id = r.id
    WHERE r.state::text IS DISTINCT FROM l.state::text OR r.revision IS DISTINCT FROM l.revision
    UNION
    SELECT 'unit', u.id FROM ugo.unit u JOIN ugo.unit_described d ON d.id = u.id
    WHERE d.description <> u.description OR d.home IS DISTINCT FROM u.home
    UNION
    SELECT 'establishment', e.id
    FROM ugo.establishment e JOIN ugo.establishment_described d ON d.id = e.id
    WHERE d.description <> e.description
    UNION
    SELECT * FROM ugo.audit_holds()
$$;

RESET ROLE;
