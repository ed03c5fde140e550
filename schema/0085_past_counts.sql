-- SPDX-License-Identifier: EUPL-1.2
-- What the counts of units were over a time: at moments, and summed as place-days. Both read the
-- history once and cost what happened in the time, not the time itself.
SET LOCAL ROLE ugo_owner;

-- The zone of a root's clocks; without one, that of all calendars if they agree.
CREATE FUNCTION ugo.zone_of(root text) RETURNS text
LANGUAGE sql STABLE
RETURN coalesce((SELECT c.time_zone FROM ugo.calendar c WHERE c.territory = root),
    (SELECT min(c.time_zone) FROM ugo.calendar c WHERE root IS NULL
        HAVING count(DISTINCT c.time_zone) = 1), 'UTC');

-- When a local day begins.
CREATE FUNCTION ugo.day_begins(day date, zone text) RETURNS bigint
LANGUAGE sql STABLE
RETURN (extract(epoch FROM day::timestamp AT TIME ZONE zone) * 1000000)::bigint;

-- The states that units had in [at_from, at_to), each with the part of it in which they had it.
CREATE FUNCTION ugo.unit_spans(at_from bigint, at_to bigint)
RETURNS TABLE (id text, since bigint, until bigint, state json)
LANGUAGE sql STABLE AS $$
    WITH known AS (
        SELECT u.id, 0::bigint AS revision, at_from AS since, u.state FROM ugo.units_at(at_from) u
        UNION ALL
        SELECT c.id, c.revision, c.at, c.state FROM ugo.change c
        WHERE c.kind = 'unit' AND c.revision >= ugo.first_revision_at(at_from + 1)
            AND c.revision < ugo.first_revision_at(at_to)
    ), spans AS (
        SELECT k.id, k.since, lead(k.since, 1, at_to)
            OVER (PARTITION BY k.id ORDER BY k.revision) AS until, k.state
        FROM known k
    )
    SELECT s.id, s.since, s.until, s.state FROM spans s
    WHERE s.state IS NOT NULL AND s.since < s.until
$$;

-- From at_from on, up to at_to: every hour, or at the same local time every day, week or month.
CREATE FUNCTION ugo.moments(at_from bigint, at_to bigint, step text, zone text) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    local timestamp := to_timestamp(at_from / 1000000) AT TIME ZONE zone;
    every interval := '1 ' || step;
BEGIN
    IF step = 'hour' THEN
        RETURN ARRAY(SELECT generate_series(at_from, at_to, 3600000000) LIMIT 400);
    END IF;
    RETURN ARRAY(SELECT moment FROM (
            SELECT extract(epoch FROM (local + n * every) AT TIME ZONE zone)::bigint * 1000000
                + at_from % 1000000 AS moment
            FROM generate_series(0, 399) n) m
        WHERE moment <= at_to ORDER BY moment);
END
$$;

-- The sums over the units of these territories, kind and modality (NULL: all) at each of those
-- moments. A span counts from the first moment in it to the last: what it adds, it takes away
-- after. One row of NULLs: the history does not reach so far back.
CREATE FUNCTION ugo.occupancy_history(root text, codes text[], of_kind text, of_modality text,
    at_from bigint, at_to bigint, step text)
RETURNS TABLE (zone text, at bigint, units bigint, fresh bigint, open bigint, occupied bigint,
    held bigint, free bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    clock text := ugo.zone_of(root);
    points bigint[] := ugo.moments(at_from, at_to, step, clock);
BEGIN
    IF at_from < (SELECT history_at FROM ugo.ledger) THEN
        RETURN QUERY SELECT NULL::text, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint,
            NULL::bigint, NULL::bigint, NULL::bigint;
        RETURN;
    END IF;
    RETURN QUERY WITH span AS (
        SELECT width_bucket(s.since - 1, points) + 1 AS first,
            width_bucket(s.until - 1, points) AS last, s.state
        FROM ugo.unit_spans(at_from, points[cardinality(points)] + 1) s
    ), counted AS (
        SELECT s.first, s.last, u.open, u.occupied, u.held,
            greatest(0, u.open - u.occupied - u.held) AS free,
            CASE WHEN u.observed_at IS NULL THEN s.first - 1
                ELSE greatest(s.first - 1, least(s.last, width_bucket(
                    least(u.observed_at + u.ttl_s * 1000000, u.contested_at) - 1, points))) END
                AS fresh_last
        FROM span s CROSS JOIN LATERAL json_to_record(s.state) u (territory text,
            establishment_kind text, modality text, open bigint, occupied bigint, held bigint,
            observed_at bigint, ttl_s bigint, contested_at bigint)
        WHERE s.first <= s.last AND u.territory = ANY (codes)
            AND (of_kind IS NULL OR u.establishment_kind = of_kind)
            AND (of_modality IS NULL OR u.modality = of_modality)
    ), moved AS (
        SELECT m.point, m.sign, m.fresh, m.sign * c.open AS open, m.sign * c.occupied AS occupied,
            m.sign * CASE WHEN c.open IS NOT NULL THEN c.held END AS held, m.sign * c.free AS free
        FROM counted c CROSS JOIN LATERAL (VALUES (c.first, 1, 0), (c.last + 1, -1, 0),
            (c.first, 0, 1), (c.fresh_last + 1, 0, -1)) m (point, sign, fresh)
        UNION ALL
        SELECT p, 0, 0, 0, 0, 0, 0 FROM generate_series(1, cardinality(points)) p
    ), step_sum AS (
        SELECT m.point, sum(m.sign) AS units, sum(m.fresh) AS fresh, sum(m.open) AS open,
            sum(m.occupied) AS occupied, sum(m.held) AS held, sum(m.free) AS free
        FROM moved m GROUP BY m.point
    )
    SELECT clock, points[s.point], (sum(s.units) OVER w)::bigint, (sum(s.fresh) OVER w)::bigint,
        (sum(s.open) OVER w)::bigint, (sum(s.occupied) OVER w)::bigint,
        (sum(s.held) OVER w)::bigint, (sum(s.free) OVER w)::bigint
    FROM step_sum s WHERE s.point <= cardinality(points)
    WINDOW w AS (ORDER BY s.point) ORDER BY s.point;
END
$$;

-- How many local days have passed since the first of them began; the day a clock is changed is one
-- day, too, however long. begins: when each begins, and when the last one ends.
CREATE FUNCTION ugo.days_passed(moment bigint, begins bigint[]) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN width_bucket(moment, begins) - 1 + coalesce(
    (moment - begins[width_bucket(moment, begins)])::double precision
    / (begins[width_bucket(moment, begins) + 1] - begins[width_bucket(moment, begins)]), 0);

CREATE FUNCTION ugo.days_text(days double precision) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trim_scale(round(coalesce(days, 0)::numeric, 3));

-- Places times local days from day_from to day_to, both included, up to at_most, by these keys: of
-- each state, its counts times the days for which it lasted. The first row is the total. One row
-- of NULLs: the history does not reach so far back.
CREATE FUNCTION ugo.place_days(root text, codes text[], of_kind text, of_modality text,
    day_from date, day_to date, at_most bigint, keys text[])
RETURNS TABLE (zone text, until bigint, days numeric, territory text, establishment_kind text,
    modality text, establishment text, establishment_name text, units numeric,
    never_declared numeric, authorised numeric, open numeric, occupied numeric, vacant numeric,
    over numeric, closed numeric)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    clock text := ugo.zone_of(root);
    begins bigint[] := ARRAY(SELECT ugo.day_begins(d::date, clock)
        FROM generate_series(day_from::timestamp, day_to + 1, '1 day') d ORDER BY d);
    at_from bigint := begins[1];
    at_to bigint := greatest(at_from, least(begins[cardinality(begins)], at_most));
BEGIN
    IF at_from < (SELECT history_at FROM ugo.ledger) THEN
        RETURN QUERY SELECT NULL::text, NULL::bigint, NULL::numeric, NULL::text, NULL::text,
            NULL::text, NULL::text, NULL::text, NULL::numeric, NULL::numeric, NULL::numeric,
            NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric;
        RETURN;
    END IF;
    RETURN QUERY WITH counted AS (
        SELECT CASE WHEN 'territory' = ANY (keys) THEN u.territory END AS t,
            CASE WHEN 'establishment_kind' = ANY (keys) THEN u.establishment_kind END AS k,
            CASE WHEN 'modality' = ANY (keys) THEN u.modality END AS m,
            CASE WHEN 'establishment' = ANY (keys) THEN u.establishment END AS e,
            u.establishment_name AS name, s.since, u.authorised, u.open, u.occupied, u.closed,
            ugo.days_passed(s.until, begins) - ugo.days_passed(s.since, begins) AS lasted
        FROM ugo.unit_spans(at_from, at_to) s CROSS JOIN LATERAL json_to_record(s.state) u
            (territory text, establishment_kind text, modality text, establishment text,
            establishment_name text, authorised integer, open integer, occupied integer,
            closed integer)
        WHERE u.territory = ANY (codes) AND (of_kind IS NULL OR u.establishment_kind = of_kind)
            AND (of_modality IS NULL OR u.modality = of_modality)
    )
    SELECT clock, at_to, ugo.days_text(ugo.days_passed(at_to, begins)), c.t, c.k, c.m, c.e,
        CASE WHEN c.e IS NOT NULL THEN (array_agg(c.name ORDER BY c.since DESC))[1] END,
        ugo.days_text(sum(c.lasted)),
        ugo.days_text(sum(c.lasted) FILTER (WHERE c.open IS NULL)),
        ugo.days_text(sum(c.lasted * c.authorised)), ugo.days_text(sum(c.lasted * c.open)),
        ugo.days_text(sum(c.lasted * c.occupied)),
        ugo.days_text(sum(c.lasted * greatest(0, c.open - c.occupied))),
        ugo.days_text(sum(c.lasted * greatest(0, c.occupied - c.open))),
        ugo.days_text(sum(c.lasted * c.closed))
    FROM counted c GROUP BY GROUPING SETS ((), (c.t, c.k, c.m, c.e))
    ORDER BY grouping(c.t) DESC, c.t COLLATE "C" NULLS FIRST, c.k COLLATE "C" NULLS FIRST,
        c.m COLLATE "C" NULLS FIRST, c.e COLLATE "C" NULLS FIRST;
END
$$;

REVOKE ALL ON FUNCTION ugo.zone_of(text), ugo.day_begins(date, text),
    ugo.unit_spans(bigint, bigint), ugo.moments(bigint, bigint, text, text),
    ugo.occupancy_history(text, text[], text, text, bigint, bigint, text),
    ugo.days_passed(bigint, bigint[]), ugo.days_text(double precision),
    ugo.place_days(text, text[], text, text, date, date, bigint, text[]) FROM PUBLIC;
-- They run with the rights of who reads.
GRANT EXECUTE ON FUNCTION ugo.zone_of(text), ugo.day_begins(date, text),
    ugo.unit_spans(bigint, bigint), ugo.moments(bigint, bigint, text, text),
    ugo.occupancy_history(text, text[], text, text, bigint, bigint, text),
    ugo.days_passed(bigint, bigint[]), ugo.days_text(double precision),
    ugo.place_days(text, text[], text, text, date, date, bigint, text[]) TO ugod;

RESET ROLE;
