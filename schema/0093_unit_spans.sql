-- SPDX-License-Identifier: EUPL-1.2
-- What the counts of units were over a time is read from short rows. They repeat what the history
-- says in long texts, up to a revision, and are written when nobody waits for them; what came after
-- it is read from the history itself.
SET LOCAL ROLE ugo_owner;

-- A state that a unit had, since it was recorded until the next one was; the last one: for ever.
CREATE TABLE ugo.unit_span (
    id text NOT NULL,
    revision bigint NOT NULL,
    since bigint NOT NULL,
    until bigint NOT NULL,
    territory text,                           -- NULL: in none, or deleted; not kept
    establishment_kind text,
    modality text,
    establishment text,
    establishment_name text,
    min_months integer,
    max_months integer,
    authorised integer,
    open integer,                             -- NULL: never declared
    occupied integer,
    held integer,
    closed integer,
    fresh_until bigint,                       -- before it, it was believed; NULL: never declared
    PRIMARY KEY (id, revision)
);
CREATE UNIQUE INDEX unit_span_last ON ugo.unit_span (id) WHERE until = 9223372036854775807;
CREATE INDEX unit_span_territory ON ugo.unit_span (territory, until);

-- One row: up to which revision they are written.
CREATE TABLE ugo.unit_span_upto (
    one ugo.single PRIMARY KEY DEFAULT true,
    revision bigint NOT NULL
);
INSERT INTO ugo.unit_span_upto (revision) VALUES (0);

-- Of the revisions above one, baselines have few or none: found without reading all of them.
CREATE INDEX baseline_unit ON ugo.baseline (revision) WHERE kind = 'unit';

-- What the history says of units, as far as it is kept.
CREATE VIEW ugo.unit_told AS
    SELECT c.id, c.revision, c.at, c.state FROM ugo.change c WHERE c.kind = 'unit'
    UNION ALL
    SELECT b.id, b.revision, b.at, b.state FROM ugo.baseline b WHERE b.kind = 'unit';

-- The states that the history tells of in the revisions above one, up to another.
CREATE FUNCTION ugo.unit_states(above bigint, upto bigint) RETURNS SETOF ugo.unit_span
LANGUAGE sql STABLE AS $$
    SELECT h.id, h.revision, h.at, lead(h.at, 1, 9223372036854775807)
            OVER (PARTITION BY h.id ORDER BY h.revision),
        u.territory, u.establishment_kind, u.modality, u.establishment, u.establishment_name,
        u.min_months, u.max_months, u.authorised, u.open, u.occupied, u.held, u.closed,
        CASE WHEN u.observed_at IS NOT NULL
            THEN least(u.observed_at + u.ttl_s * 1000000, u.contested_at) END
    FROM ugo.unit_told h LEFT JOIN LATERAL json_to_record(h.state) u (territory text,
        establishment_kind text, modality text, establishment text, establishment_name text,
        min_months integer, max_months integer, authorised integer, open integer,
        occupied integer, held integer, closed integer, observed_at bigint, ttl_s bigint,
        contested_at bigint) ON true
    WHERE h.revision > above AND h.revision <= upto
$$;

-- Writes the spans of the next revisions; tells whether there are more. Takes no lock that a
-- command waits for: what is committed does not change.
CREATE FUNCTION ugo.write_unit_spans(most integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    above bigint;
    upto bigint;
    last bigint;
BEGIN
    SELECT revision INTO STRICT above FROM ugo.unit_span_upto FOR UPDATE;
    SELECT revision INTO STRICT last FROM ugo.ledger;
    upto := least(last, above + most);
    IF upto <= above THEN
        RETURN false;
    END IF;
    UPDATE ugo.unit_span s SET until = t.at
    FROM (SELECT h.id, min(h.at) AS at FROM ugo.unit_told h
        WHERE h.revision > above AND h.revision <= upto GROUP BY h.id) t
    WHERE s.id = t.id AND s.until = 9223372036854775807;
    INSERT INTO ugo.unit_span
    SELECT * FROM ugo.unit_states(above, upto) WHERE territory IS NOT NULL;
    UPDATE ugo.unit_span_upto SET revision = upto;
    RETURN upto < last;
END
$$;

DROP FUNCTION ugo.unit_spans(bigint, bigint);

-- The states that units had in these territories in [at_from, at_to), each cut to the part of it in
-- which they had it.
CREATE FUNCTION ugo.unit_spans(codes text[], at_from bigint, at_to bigint)
RETURNS SETOF ugo.unit_span
LANGUAGE sql STABLE AS $$
    WITH later AS MATERIALIZED (
        SELECT * FROM ugo.unit_states((SELECT revision FROM ugo.unit_span_upto),
            (SELECT ugo.first_revision_at(at_to) - 1))
    ), ended AS (
        SELECT id, min(since) AS at FROM later GROUP BY id
    ), span AS (
        SELECT s.*, least(s.until, e.at) AS ends FROM ugo.unit_span s LEFT JOIN ended e USING (id)
        UNION ALL
        SELECT l.*, l.until FROM later l
    )
    SELECT id, revision, greatest(since, at_from), least(ends, at_to), territory,
        establishment_kind, modality, establishment, establishment_name, min_months, max_months,
        authorised, open, occupied, held, closed, fresh_until
    FROM span WHERE territory = ANY (codes) AND until > at_from AND since < at_to
        AND greatest(since, at_from) < least(ends, at_to)
$$;

-- The sums over the units of these territories, kind and modality (NULL: all) at each of those
-- moments. A span counts from the first moment in it to the last: what it adds, it takes away
-- after. One row of NULLs: the history does not reach so far back. (SELECT points): PostgreSQL
-- would copy the array out of its variable for every row.
CREATE OR REPLACE FUNCTION ugo.occupancy_history(root text, codes text[], of_kind text,
    of_modality text, at_from bigint, at_to bigint, step text)
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
        SELECT width_bucket(u.since - 1, (SELECT points)) + 1 AS first,
            width_bucket(u.until - 1, (SELECT points)) AS last,
            width_bucket(u.fresh_until - 1, (SELECT points)) AS believed, u.open, u.occupied,
            u.held
        FROM ugo.unit_spans(codes, at_from, points[cardinality(points)] + 1) u
        WHERE (of_kind IS NULL OR u.establishment_kind = of_kind)
            AND (of_modality IS NULL OR u.modality = of_modality)
        OFFSET 0
    ), counted AS (
        SELECT s.first, s.last, CASE WHEN s.believed IS NULL THEN s.first - 1
                ELSE greatest(s.first - 1, least(s.last, s.believed)) END AS fresh_last,
            count(*) AS units, sum(s.open) AS open, sum(s.occupied) AS occupied,
            sum(s.held) FILTER (WHERE s.open IS NOT NULL) AS held,
            sum(greatest(0, s.open - s.occupied - s.held)) AS free
        FROM span s WHERE s.first <= s.last GROUP BY 1, 2, 3
    ), moved AS (
        SELECT m.point, m.sign * c.units AS units, m.fresh * c.units AS fresh,
            m.sign * c.open AS open, m.sign * c.occupied AS occupied, m.sign * c.held AS held,
            m.sign * c.free AS free
        FROM counted c CROSS JOIN LATERAL (VALUES (c.first, 1, 0), (c.last + 1, -1, 0),
            (c.first, 0, 1), (c.fresh_last + 1, 0, -1)) m (point, sign, fresh)
        UNION ALL
        SELECT p, 0, 0, 0, 0, 0, 0 FROM generate_series(1, cardinality(points)) p
    ), step_sum AS (
        SELECT m.point, sum(m.units) AS units, sum(m.fresh) AS fresh, sum(m.open) AS open,
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

DROP FUNCTION ugo.days_passed(bigint, bigint[]);

-- How many local days have passed since the first of them began; the day a clock is changed is one
-- day, too, however long. Days of one length stand together: starts: when such days begin, before:
-- how many days are before them, lengths: of one of them.
CREATE FUNCTION ugo.days_passed(moment bigint, starts bigint[], before bigint[], lengths bigint[])
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN before[width_bucket(moment, starts)]
    + (moment - starts[width_bucket(moment, starts)])::double precision
    / lengths[width_bucket(moment, starts)];

-- Places times local days from day_from to day_to, both included, up to at_most, by these keys: of
-- each state, its counts times the days for which it lasted. The first row is the total. One row
-- of NULLs: the history does not reach so far back.
CREATE OR REPLACE FUNCTION ugo.place_days(root text, codes text[], of_kind text,
    of_modality text, day_from date, day_to date, at_most bigint, keys text[])
RETURNS TABLE (zone text, until bigint, days numeric, territory text, establishment_kind text,
    modality text, establishment text, establishment_name text, units numeric,
    never_declared numeric, authorised numeric, open numeric, occupied numeric, vacant numeric,
    over numeric, closed numeric)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    clock text := ugo.zone_of(root);
    at_from bigint := ugo.day_begins(day_from, clock);
    at_to bigint := greatest(at_from, least(ugo.day_begins(day_to + 1, clock), at_most));
    starts bigint[];
    before bigint[];
    lengths bigint[];
BEGIN
    IF at_from < (SELECT history_at FROM ugo.ledger) THEN
        RETURN QUERY SELECT NULL::text, NULL::bigint, NULL::numeric, NULL::text, NULL::text,
            NULL::text, NULL::text, NULL::text, NULL::numeric, NULL::numeric, NULL::numeric,
            NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric;
        RETURN;
    END IF;
    WITH day AS (
        SELECT n, ugo.day_begins(day_from + n, clock) AS begins,
            ugo.day_begins(day_from + n + 1, clock) - ugo.day_begins(day_from + n, clock) AS length
        FROM generate_series(0, day_to - day_from) n
    ), other AS (
        SELECT *, lag(length) OVER (ORDER BY n) IS DISTINCT FROM length AS than_before FROM day
    )
    SELECT array_agg(begins ORDER BY n), array_agg(n ORDER BY n), array_agg(length ORDER BY n)
    INTO starts, before, lengths FROM other WHERE than_before;
    RETURN QUERY WITH span AS (
        SELECT u.*, ugo.days_passed(u.until, starts, before, lengths)
                - ugo.days_passed(u.since, starts, before, lengths) AS lasted
        FROM ugo.unit_spans(codes, at_from, at_to) u
        WHERE (of_kind IS NULL OR u.establishment_kind = of_kind)
            AND (of_modality IS NULL OR u.modality = of_modality)
        OFFSET 0
    ), counted AS (
        SELECT s.territory, s.establishment_kind, s.modality, s.establishment,
            s.establishment_name, max(s.since) AS since, sum(s.lasted) AS units,
            sum(s.lasted) FILTER (WHERE s.open IS NULL) AS never_declared,
            sum(s.lasted * s.authorised) AS authorised, sum(s.lasted * s.open) AS open,
            sum(s.lasted * s.occupied) AS occupied,
            sum(s.lasted * greatest(0, s.open - s.occupied)) AS vacant,
            sum(s.lasted * greatest(0, s.occupied - s.open)) AS over,
            sum(s.lasted * s.closed) AS closed
        FROM span s GROUP BY 1, 2, 3, 4, 5
    ), keyed AS (
        SELECT CASE WHEN 'territory' = ANY (keys) THEN c.territory END AS t,
            CASE WHEN 'establishment_kind' = ANY (keys) THEN c.establishment_kind END AS k,
            CASE WHEN 'modality' = ANY (keys) THEN c.modality END AS m,
            CASE WHEN 'establishment' = ANY (keys) THEN c.establishment END AS e, c.*
        FROM counted c
    )
    SELECT clock, at_to, ugo.days_text(ugo.days_passed(at_to, starts, before, lengths)), c.t, c.k,
        c.m, c.e, CASE WHEN c.e IS NOT NULL
            THEN (array_agg(c.establishment_name ORDER BY c.since DESC))[1] END,
        ugo.days_text(sum(c.units)), ugo.days_text(sum(c.never_declared)),
        ugo.days_text(sum(c.authorised)), ugo.days_text(sum(c.open)),
        ugo.days_text(sum(c.occupied)), ugo.days_text(sum(c.vacant)), ugo.days_text(sum(c.over)),
        ugo.days_text(sum(c.closed))
    FROM keyed c GROUP BY GROUPING SETS ((), (c.t, c.k, c.m, c.e))
    ORDER BY grouping(c.t) DESC, c.t COLLATE "C" NULLS FIRST, c.k COLLATE "C" NULLS FIRST,
        c.m COLLATE "C" NULLS FIRST, c.e COLLATE "C" NULLS FIRST;
END
$$;

-- The rules for these territories, and of the units that each is about, as they were known at a
-- moment: how many, and their places. active_since: NULL, it is not crossed; else since when it has
-- been, without a break, or looked_from, when it was crossed then already: nothing before that is
-- looked at.
CREATE OR REPLACE FUNCTION ugo.alerts_at(codes text[], moment bigint, look_back bigint)
RETURNS TABLE (id text, territory text, establishment_kind text, modality text,
    min_months integer, max_months integer, percent integer, units bigint, open bigint,
    occupied bigint, active_since bigint, looked_from bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    at_from bigint := greatest(moment - look_back, (SELECT history_at FROM ugo.ledger));
    below text[] := ARRAY(SELECT DISTINCT t.code FROM ugo.territory t
        JOIN ugo.alert a ON a.territory = ANY (t.path) WHERE a.territory = ANY (codes));
BEGIN
    RETURN QUERY WITH rule AS (
        SELECT a.* FROM ugo.alert a WHERE a.territory = ANY (codes)
    ), matched AS (
        SELECT r.id, r.percent, u.since, u.until, coalesce(u.open, 0) AS open,
            coalesce(u.occupied, 0) AS occupied
        FROM ugo.unit_spans(below, at_from, moment + 1) u
        JOIN ugo.territory t ON t.code = u.territory
        JOIN rule r ON r.territory = ANY (t.path)
            AND (r.establishment_kind IS NULL OR r.establishment_kind = u.establishment_kind)
            AND (r.modality IS NULL OR r.modality = u.modality)
            AND (r.min_months IS NULL OR u.max_months > r.min_months)
            AND (r.max_months IS NULL OR u.min_months < r.max_months)
    ), moved AS (
        SELECT m.id, m.percent, d.at, sum(d.sign) AS units, sum(d.sign * m.open) AS open,
            sum(d.sign * m.occupied) AS occupied
        FROM matched m CROSS JOIN LATERAL (VALUES (m.since, 1), (m.until, -1)) d (at, sign)
        WHERE d.at <= moment GROUP BY m.id, m.percent, d.at
    ), summed AS (
        SELECT m.id, m.percent, m.at, (sum(m.units) OVER w)::bigint AS units,
            (sum(m.open) OVER w)::bigint AS open, (sum(m.occupied) OVER w)::bigint AS occupied
        FROM moved m WINDOW w AS (PARTITION BY m.id ORDER BY m.at)
    ), judged AS (
        SELECT s.*, ugo.is_over(s.occupied, s.open, s.percent) AS crossed FROM summed s
    ), calm AS (
        SELECT j.id, max(j.at) AS at FROM judged j WHERE NOT j.crossed GROUP BY j.id
    ), last AS (
        SELECT DISTINCT ON (j.id) j.* FROM judged j ORDER BY j.id, j.at DESC
    )
    SELECT r.id::text, r.territory, r.establishment_kind, r.modality::text,
        r.min_months::integer, r.max_months::integer, r.percent, coalesce(l.units, 0),
        coalesce(l.open, 0), coalesce(l.occupied, 0),
        CASE WHEN l.crossed THEN (SELECT min(j.at) FROM judged j
            WHERE j.id = r.id AND j.at > coalesce(c.at, 0)) END, at_from
    FROM rule r LEFT JOIN last l ON l.id = r.id LEFT JOIN calm c ON c.id = r.id
    ORDER BY r.id COLLATE "C";
END
$$;

-- Units whose spans are not what the history says. None, normally.
CREATE FUNCTION ugo.audit_unit_spans() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    WITH told AS (
        SELECT * FROM ugo.unit_states(-1, (SELECT revision FROM ugo.unit_span_upto))
        WHERE territory IS NOT NULL AND until > (SELECT history_at FROM ugo.ledger)
    ), kept AS (
        SELECT * FROM ugo.unit_span WHERE until > (SELECT history_at FROM ugo.ledger)
    )
    SELECT 'unit', d.id FROM (
        (SELECT * FROM told EXCEPT SELECT * FROM kept) UNION ALL
        (SELECT * FROM kept EXCEPT SELECT * FROM told)) d
$$;

INSERT INTO ugo.audit_source VALUES ('audit_unit_spans');
SELECT ugo.make_audit();

-- Forgets the history older than keep_s seconds, at most 10 000 revisions at a time; tells whether
-- there is more. The head of the last forgotten revision stays, so the rest remains provable. What
-- is forgotten was written to the spans before: an end is known from what followed.
CREATE OR REPLACE FUNCTION ugo.retain_history(keep_s bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l ugo.ledger;
    reached bigint;
    new_floor bigint;
BEGIN
    IF keep_s IS NULL OR keep_s < 172800 THEN
        RAISE EXCEPTION 'history is kept for 48 h at least' USING ERRCODE = 'UG005';
    END IF;
    PERFORM pg_advisory_xact_lock(7694191);
    PERFORM ugo.retain_resume();
    SELECT * INTO STRICT l FROM ugo.ledger;
    reached := ugo.first_revision_at(l.at - keep_s * 1000000 + 1) - 1;
    new_floor := least(reached, l.history_floor + 10000);
    WHILE new_floor > (SELECT revision FROM ugo.unit_span_upto) LOOP
        PERFORM ugo.write_unit_spans(10000);
    END LOOP;
    IF new_floor > l.history_floor THEN
        PERFORM ugo.keep_baseline(new_floor);
        UPDATE ugo.ledger SET history_floor = new_floor, history_head = c.head, history_at = c.at
        FROM ugo.change c WHERE c.revision = new_floor AND c.part = 1;
        DELETE FROM ugo.change WHERE revision <= new_floor;
        DELETE FROM ugo.unit_span WHERE until <= (SELECT history_at FROM ugo.ledger);
    END IF;
    RETURN new_floor < reached;
END
$$;

REVOKE ALL ON FUNCTION ugo.unit_states(bigint, bigint), ugo.write_unit_spans(integer),
    ugo.unit_spans(text[], bigint, bigint), ugo.audit_unit_spans(),
    ugo.days_passed(bigint, bigint[], bigint[], bigint[]) FROM PUBLIC;
GRANT SELECT ON ugo.unit_span, ugo.unit_span_upto, ugo.unit_told TO ugod;
-- They run with the rights of who reads, but the one that writes.
GRANT EXECUTE ON FUNCTION ugo.unit_states(bigint, bigint), ugo.write_unit_spans(integer),
    ugo.unit_spans(text[], bigint, bigint),
    ugo.days_passed(bigint, bigint[], bigint[], bigint[]) TO ugod;

RESET ROLE;
