-- SPDX-License-Identifier: EUPL-1.2
-- What the history says of the searches and requests of a time, and of one request: figures, and
-- evidence.
SET LOCAL ROLE ugo_owner;

-- What followed a request, found without reading the whole history.
CREATE INDEX change_request ON ugo.change ((state ->> 'request'))
    WHERE kind = ANY ('{hold,mission,offer,search}') AND state ->> 'request' IS NOT NULL;

CREATE FUNCTION ugo.age_band(months integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN months IS NULL THEN 'unknown' WHEN months < 36 THEN '0-2'
    WHEN months < 72 THEN '3-5' WHEN months < 132 THEN '6-10' WHEN months < 180 THEN '11-14'
    WHEN months < 216 THEN '15-17' ELSE '18+' END;

-- The band of the youngest whose age is known.
CREATE FUNCTION ugo.youngest_band(children json) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ugo.age_band((SELECT min((child ->> 'age_months')::integer)
    FROM json_array_elements(children) child));

-- F, M, mixed; unknown when one of them is, or when there is none.
CREATE FUNCTION ugo.common_sex(children json) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT CASE WHEN count(*) = 0 OR count(child ->> 'sex') < count(*) THEN 'unknown'
        WHEN count(DISTINCT child ->> 'sex') > 1 THEN 'mixed' ELSE min(child ->> 'sex') END
    FROM json_array_elements(children) child);

-- The codes of territories under these roots.
CREATE FUNCTION ugo.under_roots(roots text[]) RETURNS text[]
LANGUAGE sql STABLE
RETURN ARRAY(SELECT code::text FROM ugo.territory WHERE path[cardinality(path)] = ANY (roots));

-- What of [at_from, at_to) concerns these territories: searches, and what became of requests and
-- holds, without what is merely forgotten.
CREATE FUNCTION ugo.journal_rows(codes text[], at_from bigint, at_to bigint)
RETURNS TABLE (kind text, operation text, actor text, territory text, at bigint, state json)
LANGUAGE sql STABLE AS $$
    SELECT c.kind, c.operation, c.actor, c.territory, c.at, c.state FROM ugo.change c
    WHERE c.revision >= ugo.first_revision_at(at_from) AND c.revision < ugo.first_revision_at(at_to)
        AND c.kind = ANY ('{search,request,hold}') AND c.state IS NOT NULL
        AND (c.territory = ANY (codes) OR c.state ->> 'origin' = ANY (codes))
$$;

-- Searches that found nothing, each need counted once: by its request, else by who asked what.
CREATE FUNCTION ugo.unmet_needs(codes text[], at_from bigint, at_to bigint) RETURNS json
LANGUAGE sql STABLE AS $$
    WITH unmet AS (
        SELECT s.territory, ugo.youngest_band(s.state -> 'children') AS age,
            ugo.common_sex(s.state -> 'children') AS sex,
            json_array_length(s.state -> 'children') AS siblings,
            (s.state ->> 'emergency')::boolean AS emergency,
            coalesce(s.state ->> 'request',
                (s.state::jsonb - '{total,best,searched_at}'::text[])::text) AS need
        FROM ugo.journal_rows(codes, at_from, at_to) s
        WHERE s.kind = 'search' AND s.state ->> 'total' = '0'
    ), counted AS (
        SELECT territory, age, sex, siblings, emergency, count(DISTINCT need) AS needs
        FROM unmet GROUP BY 1, 2, 3, 4, 5
    ), most AS (
        SELECT * FROM counted ORDER BY needs DESC, territory COLLATE "C", age COLLATE "C",
            sex COLLATE "C", siblings, emergency LIMIT 500)
    SELECT coalesce(json_agg(json_build_object('territory', territory, 'profile',
        json_build_object('age', age, 'sex', sex, 'siblings', siblings, 'emergency', emergency),
        'needs', needs)), '[]') FROM most
$$;

CREATE FUNCTION ugo.refusals(codes text[], at_from bigint, at_to bigint) RETURNS json
LANGUAGE sql STABLE AS $$
    WITH counted AS (
        SELECT h.state ->> 'unit' AS unit, h.state ->> 'code' AS code,
            ugo.youngest_band(h.state -> 'profile') AS age, count(*) AS n
        FROM ugo.journal_rows(codes, at_from, at_to) h WHERE h.operation = 'hold.refuse'
            AND h.kind = 'hold'
        GROUP BY 1, 2, 3), most AS (
        SELECT * FROM counted
        ORDER BY n DESC, unit COLLATE "C", code COLLATE "C", age COLLATE "C" LIMIT 500)
    SELECT coalesce(json_agg(json_build_object('unit', unit, 'code', code, 'age', age, 'n', n)),
        '[]') FROM most
$$;

-- From the decision to the arrival of the last child, of the requests that ended so.
CREATE FUNCTION ugo.arrival_delays(codes text[], at_from bigint, at_to bigint) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_build_object('p50', percentile_disc(0.5) WITHIN GROUP (ORDER BY s),
        'p90', percentile_disc(0.9) WITHIN GROUP (ORDER BY s), 'n', count(*))
    FROM (SELECT (r.at - (r.state ->> 'decided_at')::bigint) / 1000000 AS s
        FROM ugo.journal_rows(codes, at_from, at_to) r
        WHERE r.kind = 'request' AND r.state ->> 'code' = 'arrived') delays
$$;

-- Figures of [at_from, at_to) for the départements of these roots. NULL: the history does not reach
-- so far back.
CREATE FUNCTION ugo.journal_statistics(roots text[], at_from bigint, at_to bigint) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    codes text[] := ugo.under_roots(roots);
    searches bigint;
    none_found bigint;
    asks bigint;
BEGIN
    IF EXISTS (SELECT FROM ugo.ledger WHERE history_floor > 0 AND at_from <= history_at) THEN
        RETURN NULL;
    END IF;
    SELECT count(*) FILTER (WHERE j.kind = 'search'),
        count(*) FILTER (WHERE j.kind = 'search' AND j.state ->> 'total' = '0'),
        count(*) FILTER (WHERE j.kind = 'hold' AND j.operation = 'hold.create')
    INTO searches, none_found, asks FROM ugo.journal_rows(codes, at_from, at_to) j;
    RETURN json_build_object('searches', searches, 'none_found', none_found,
        'unmet', ugo.unmet_needs(codes, at_from, at_to), 'asks', asks,
        'refusals', ugo.refusals(codes, at_from, at_to),
        'delays', json_build_object('decision_to_arrival_s',
            ugo.arrival_delays(codes, at_from, at_to)));
END
$$;

-- The records that a request led to.
CREATE FUNCTION ugo.request_records(of_request text) RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    SELECT 'request', of_request
    UNION
    SELECT c.kind, c.id FROM ugo.change c WHERE c.kind = ANY ('{hold,mission,offer,search}')
        AND c.state ->> 'request' IS NOT NULL AND c.state ->> 'request' = of_request
    ORDER BY 1, 2
$$;

-- All that the history says of a request, in one snapshot: section `ledger`, one row (epoch in id);
-- `entry`, every change of its records in their order, with the head of its revision; `known`, of
-- each hold (`for_hold`) the unit as it was known just before it was asked, without its place. No
-- entry: no such request.
CREATE FUNCTION ugo.certificate_rows(of_request text)
RETURNS TABLE (section text, for_hold text, revision bigint, part integer, at bigint, actor text,
    operation text, kind text, id text, state json, head text)
LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    WITH entry AS (
        SELECT c.revision, c.part, c.at, c.actor, c.operation, c.kind, c.id, c.state, encode(
            (SELECT h.head FROM ugo.change h WHERE h.revision = c.revision AND h.part = 1), 'hex')
            AS head
        FROM ugo.request_records(of_request) r JOIN ugo.change c ON c.kind = r.kind AND c.id = r.id
    ), known AS (
        SELECT e.id AS for_hold, s.revision, e.state ->> 'unit' AS unit,
            (s.state::jsonb - '{point,public_point,commune}'::text[])::json AS state
        FROM entry e
        CROSS JOIN LATERAL ugo.state_at('unit', e.state ->> 'unit', e.revision - 1) s
        WHERE e.kind = 'hold' AND e.operation = 'hold.create' AND s.state IS NOT NULL
    )
    SELECT 'ledger', NULL, l.revision, 0, l.at, NULL, NULL, NULL, l.epoch, NULL::json,
        encode(l.head, 'hex') FROM ugo.ledger l
    UNION ALL
    (SELECT 'entry', NULL, e.* FROM entry e ORDER BY e.revision, e.part)
    UNION ALL
    (SELECT 'known', k.for_hold, k.revision, 0, NULL, NULL, NULL, 'unit', k.unit, k.state, NULL
    FROM known k ORDER BY k.for_hold COLLATE "C")
$$;

REVOKE ALL ON FUNCTION ugo.age_band(integer), ugo.youngest_band(json), ugo.common_sex(json),
    ugo.under_roots(text[]), ugo.journal_rows(text[], bigint, bigint),
    ugo.unmet_needs(text[], bigint, bigint), ugo.refusals(text[], bigint, bigint),
    ugo.arrival_delays(text[], bigint, bigint), ugo.journal_statistics(text[], bigint, bigint),
    ugo.request_records(text), ugo.certificate_rows(text) FROM PUBLIC;
-- They run with the rights of who reads.
GRANT EXECUTE ON FUNCTION ugo.age_band(integer), ugo.youngest_band(json), ugo.common_sex(json),
    ugo.under_roots(text[]), ugo.journal_rows(text[], bigint, bigint),
    ugo.unmet_needs(text[], bigint, bigint), ugo.refusals(text[], bigint, bigint),
    ugo.arrival_delays(text[], bigint, bigint), ugo.journal_statistics(text[], bigint, bigint),
    ugo.request_records(text), ugo.certificate_rows(text) TO ugod;

RESET ROLE;
