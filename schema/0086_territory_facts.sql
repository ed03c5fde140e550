-- SPDX-License-Identifier: EUPL-1.2
-- What is known of a territory beside its name: its outline, to be drawn, and how many live there,
-- to say how well it is equipped.
SET LOCAL ROLE ugo_owner;

-- An outline in a plane of its root's: x = (longitude − origin's) × x_scale to the east, y =
-- (origin's latitude − latitude) × y_scale to the south, rounded.
CREATE TABLE ugo.outline (
    territory text PRIMARY KEY REFERENCES ugo.territory,
    revision bigint NOT NULL,
    path text NOT NULL CHECK (path ~ '^[MLlz0-9 -]+$' AND length(path) <= 100000),
    lat ugo.latitude NOT NULL, -- origin
    lon ugo.longitude NOT NULL,
    x_scale integer NOT NULL CHECK (x_scale > 0),
    y_scale integer NOT NULL CHECK (y_scale > 0),
    box integer[] NOT NULL CHECK (cardinality(box) = 4 AND box[1] <= box[3] AND box[2] <= box[4])
);

-- Brackets are the same place of three lists: from this age to that one, both included, so many.
CREATE TABLE ugo.population (
    territory text PRIMARY KEY REFERENCES ugo.territory,
    revision bigint NOT NULL,
    from_ages integer[] NOT NULL,
    to_ages integer[] NOT NULL,
    numbers integer[] NOT NULL,
    CHECK (cardinality(from_ages) = cardinality(to_ages)
        AND cardinality(from_ages) = cardinality(numbers))
);

CREATE FUNCTION ugo.integers_of(v jsonb) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT n::integer FROM jsonb_array_elements_text(v) WITH ORDINALITY AS t (n, i)
    ORDER BY i);

CREATE FUNCTION ugo.outline_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    box integer[] := ugo.integers_of(p -> 'box');
    written integer;
BEGIN
    IF cardinality(box) <> 4 OR box[1] > box[3] OR box[2] > box[4] THEN
        RETURN ugo.invalid('/box', 'out_of_range');
    END IF;
    INSERT INTO ugo.outline AS t VALUES (p ->> 'territory', c.revision, p ->> 'path',
        round((p #>> '{origin,0}')::numeric, 6), round((p #>> '{origin,1}')::numeric, 6),
        (p ->> 'x_scale')::integer, (p ->> 'y_scale')::integer, box)
    ON CONFLICT (territory) DO UPDATE
    SET revision = c.revision, path = excluded.path, lat = excluded.lat, lon = excluded.lon,
        x_scale = excluded.x_scale, y_scale = excluded.y_scale, box = excluded.box
    WHERE (t.path, t.lat, t.lon, t.x_scale, t.y_scale, t.box) IS DISTINCT FROM (excluded.path,
        excluded.lat, excluded.lon, excluded.x_scale, excluded.y_scale, excluded.box);
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN ugo.done(CASE WHEN written > 0
        THEN ugo.record_part('outline', p ->> 'territory') END);
END
$$;

CREATE FUNCTION ugo.population_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    since integer[] := ugo.integers_of(p -> 'from_ages');
    until integer[] := ugo.integers_of(p -> 'to_ages');
    numbers integer[] := ugo.integers_of(p -> 'numbers');
    written integer;
BEGIN
    IF cardinality(until) <> cardinality(since) THEN
        RETURN ugo.invalid('/to_ages', 'out_of_range');
    ELSIF cardinality(numbers) <> cardinality(since) THEN
        RETURN ugo.invalid('/numbers', 'out_of_range');
    END IF;
    FOR i IN 1 .. cardinality(since) LOOP
        IF since[i] > until[i] OR i > 1 AND since[i] <= until[i - 1] THEN
            RETURN ugo.invalid('/from_ages/' || i - 1, 'reversed');
        END IF;
    END LOOP;
    INSERT INTO ugo.population AS t VALUES (p ->> 'territory', c.revision, since, until, numbers)
    ON CONFLICT (territory) DO UPDATE
    SET revision = c.revision, from_ages = excluded.from_ages, to_ages = excluded.to_ages,
        numbers = excluded.numbers
    WHERE (t.from_ages, t.to_ages, t.numbers)
        IS DISTINCT FROM (excluded.from_ages, excluded.to_ages, excluded.numbers);
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN ugo.done(CASE WHEN written > 0
        THEN ugo.record_part('population', p ->> 'territory') END);
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('outline.put', '{admin}', 'outline_put', '{territory,path,origin,x_scale,y_scale,box}'),
    ('population.put', '{admin}', 'population_put', '{territory,from_ages,to_ages,numbers}');

INSERT INTO ugo.member (op, position, path, required, type, low, high, pattern, list, refers) VALUES
    ('outline.put', 1, '{territory}', true, 'text', NULL, 31, NULL, NULL, 'territory'),
    ('outline.put', 2, '{path}', true, 'text', NULL, 100000, '^[MLlz0-9 -]+$', NULL, NULL),
    ('outline.put', 3, '{origin}', true, 'point', NULL, NULL, NULL, NULL, NULL),
    ('outline.put', 4, '{x_scale}', true, 'integer', 1, 999999999, NULL, NULL, NULL),
    ('outline.put', 5, '{y_scale}', true, 'integer', 1, 999999999, NULL, NULL, NULL),
    ('outline.put', 6, '{box}', true, 'integers', 4, 999999999, NULL, NULL, NULL),
    ('population.put', 1, '{territory}', true, 'text', NULL, 31, NULL, NULL, 'territory'),
    ('population.put', 2, '{from_ages}', true, 'integers', 1, 150, NULL, NULL, NULL),
    ('population.put', 3, '{to_ages}', true, 'integers', 1, 150, NULL, NULL, NULL),
    ('population.put', 4, '{numbers}', true, 'integers', 1, 99999999, NULL, NULL, NULL);

INSERT INTO ugo.record_source VALUES
    ('outline', 'SELECT territory::text, revision, NULL::text, territory,
        json_build_object(''path'', path, ''origin'', ugo.point(lat, lon), ''x_scale'', x_scale,
            ''y_scale'', y_scale, ''box'', box)
        FROM ugo.outline'),
    ('population', 'SELECT territory::text, revision, NULL::text, territory,
        json_build_object(''from_ages'', from_ages, ''to_ages'', to_ages, ''numbers'', numbers)
        FROM ugo.population');

-- The outlines of these territories after one, in the order of their codes. version: of all of
-- them, so that who has them all need not be sent them again.
CREATE FUNCTION ugo.outlines(codes text[], after text, page integer)
RETURNS TABLE (version text, territory text, path text, lat double precision,
    lon double precision, x_scale integer, y_scale integer, box integer[])
LANGUAGE sql STABLE AS $$
    WITH known AS (
        SELECT left(md5(coalesce(string_agg(o.territory || ' ' || o.revision, ','
            ORDER BY o.territory COLLATE "C"), '')), 16) AS version
        FROM ugo.outline o WHERE o.territory = ANY (codes)
    )
    SELECT k.version, o.* FROM known k LEFT JOIN LATERAL (
        SELECT o.territory, o.path, o.lat::double precision, o.lon::double precision, o.x_scale,
            o.y_scale, o.box
        FROM ugo.outline o WHERE o.territory = ANY (codes)
            AND (after IS NULL OR o.territory COLLATE "C" > after)
        ORDER BY o.territory COLLATE "C" LIMIT page) o ON true
$$;

-- How many of these ages live in each territory: what was said of it, else what was said of those
-- below; a bracket that lies across a bound counts by its ages. NULL: nothing is known.
CREATE FUNCTION ugo.living_in(of_territory text, from_age integer, to_age integer) RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
DECLARE
    said ugo.population;
BEGIN
    SELECT * INTO said FROM ugo.population p WHERE p.territory = of_territory;
    IF said.territory IS NULL THEN
        RETURN (SELECT sum(ugo.living_in(t.code, from_age, to_age))
            FROM ugo.territory t WHERE t.parent = of_territory);
    END IF;
    RETURN (SELECT coalesce(sum(b.n::numeric
            * greatest(0, least(b.until, to_age) - greatest(b.since, from_age) + 1)
            / (b.until - b.since + 1)), 0)
        FROM unnest(said.from_ages, said.to_ages, said.numbers) AS b (since, until, n));
END
$$;

-- Places of the units of these territories, with those below them, as they are now, and who lives
-- there aged 0 to 20.
CREATE FUNCTION ugo.equipment(codes text[])
RETURNS TABLE (territory text, population bigint, units bigint, authorised bigint, open bigint)
LANGUAGE sql STABLE AS $$
    WITH place AS (
        SELECT above.code, u.authorised, u.open
        FROM ugo.unit u JOIN ugo.territory t ON t.code = u.home
        CROSS JOIN LATERAL unnest(t.path) AS above (code)
        WHERE above.code = ANY (codes)
    ), counted AS (
        SELECT p.code, count(*) AS units, sum(p.authorised) AS authorised, sum(p.open) AS open
        FROM place p GROUP BY p.code
    )
    SELECT t.code::text, round(ugo.living_in(t.code, 0, 20))::bigint, coalesce(c.units, 0),
        coalesce(c.authorised, 0), coalesce(c.open, 0)
    FROM ugo.territory t LEFT JOIN counted c ON c.code = t.code
    WHERE t.code = ANY (codes) ORDER BY t.code COLLATE "C"
$$;

SELECT ugo.make_perform();
SELECT ugo.make_record();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;
GRANT SELECT ON ugo.outline, ugo.population TO ugod;
-- They run with the rights of who reads.
GRANT EXECUTE ON FUNCTION ugo.outlines(text[], text, integer),
    ugo.living_in(text, integer, integer), ugo.equipment(text[]) TO ugod;

RESET ROLE;
