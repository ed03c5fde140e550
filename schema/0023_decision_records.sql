-- SPDX-License-Identifier: EUPL-1.2
-- What must be true of requests, holds and counts.
SET LOCAL ROLE ugo_owner;

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
    FROM (SELECT * FROM ugo.due WHERE left(due.id, 1) IN ('h', 'r')) d FULL JOIN (
        SELECT h.id::text COLLATE "C" AS id, CASE h.state WHEN 'held' THEN h.held_until
            WHEN 'accepted' THEN CASE WHEN NOT h.overdue THEN h.arrive_by END
            ELSE ugo.forgotten_at(h.ended_at) END AS at FROM ugo.hold h
        UNION ALL
        SELECT r.id::text, ugo.forgotten_at(r.closed_at) FROM ugo.request r) t ON t.id = d.id
    WHERE d.at IS DISTINCT FROM t.at
$$;

RESET ROLE;
