-- SPDX-License-Identifier: EUPL-1.2
-- A certificate of any length, in pages of one history: as it was at the first one's revision.
SET LOCAL ROLE ugo_owner;

-- Rows `skip` + 1 to `skip` + `page` of what certificate_rows(of_request) gave, without its ledger,
-- when the history ended at `up_to` (NULL: as it ends now). Before them, always: section `ledger`,
-- with that revision, and the epoch, time and head of now; section `request`, its last state. A
-- unit unknown then is `known` with no state. No such request: no section but `ledger`.
CREATE FUNCTION ugo.certificate_page(of_request text, up_to bigint, skip bigint, page integer)
RETURNS TABLE (section text, for_hold text, revision bigint, part integer, at bigint, actor text,
    operation text, kind text, id text, state json, head text)
LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    WITH ended AS (
        SELECT coalesce(up_to, l.revision) AS revision, l.at, l.epoch, l.head FROM ugo.ledger l
    ), entry AS (
        SELECT row_number() OVER (ORDER BY c.revision, c.part) AS number, c.*
        FROM ugo.request_records(of_request) r JOIN ugo.change c ON c.kind = r.kind AND c.id = r.id
        WHERE c.revision <= (SELECT ended.revision FROM ended)
    ), asked AS (
        SELECT row_number() OVER (ORDER BY e.id COLLATE "C")
            + (SELECT count(*) FROM entry) AS number, e.id, e.revision, e.state
        FROM entry e WHERE e.kind = 'hold' AND e.operation = 'hold.create'
    )
    SELECT 'ledger', NULL, e.revision, 0, e.at, NULL, NULL, NULL, e.epoch, NULL::json,
        encode(e.head, 'hex') FROM ended e
    UNION ALL
    (SELECT 'request', NULL, c.revision, 0, NULL, NULL, NULL, c.kind, c.id, c.state, NULL
    FROM ugo.change c WHERE c.kind = 'request' AND c.id = of_request AND c.state IS NOT NULL
    ORDER BY c.revision DESC LIMIT 1)
    UNION ALL
    (SELECT 'entry', NULL, e.revision, e.part, e.at, e.actor, e.operation, e.kind, e.id, e.state,
        encode((SELECT h.head FROM ugo.change h WHERE h.revision = e.revision AND h.part = 1),
            'hex')
    FROM entry e WHERE e.number > skip AND e.number <= skip + page ORDER BY e.number)
    UNION ALL
    (SELECT 'known', a.id, s.revision, 0, NULL, NULL, NULL, 'unit', a.state ->> 'unit',
        (s.state::jsonb - '{point,public_point,commune}'::text[])::json, NULL
    FROM (SELECT * FROM asked WHERE number > skip AND number <= skip + page) a
    LEFT JOIN LATERAL ugo.state_at('unit', a.state ->> 'unit', a.revision - 1) s ON true
    ORDER BY a.number)
$$;

REVOKE ALL ON FUNCTION ugo.certificate_page(text, bigint, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ugo.certificate_page(text, bigint, bigint, integer) TO ugod;

RESET ROLE;
