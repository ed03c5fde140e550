-- SPDX-License-Identifier: EUPL-1.2
-- When the offices of a département are open, and who is on call: reference data that decide what
-- tonight means and who drives. README.md gives the rules.
SET LOCAL ROLE ugo_owner;

INSERT INTO ugo.listed_code VALUES
    ('duty', 1, 'astreinte'), ('duty', 2, 'def'), ('duty', 3, 'mobile');
SELECT ugo.make_code_list();

CREATE DOMAIN ugo.rota_id AS text CHECK (VALUE ~ '^t-[0-9a-z][0-9a-z-]{0,60}$');
CREATE DOMAIN ugo.duty_code AS text CHECK (VALUE IN ('astreinte', 'def', 'mobile'));

CREATE TABLE ugo.calendar (
    territory text PRIMARY KEY REFERENCES ugo.territory, -- a root
    revision bigint NOT NULL,
    time_zone text NOT NULL CHECK (time_zone ~ '^[A-Za-z0-9_+/-]{1,63}$'),
    office jsonb NOT NULL,    -- [{"day": 1 to 7, "from": "HH:MM", "to": "HH:MM"}…], local time
    holidays date[] NOT NULL,
    offsets jsonb NOT NULL    -- [[at, seconds east of UTC from then on]…], oldest first
);

CREATE TABLE ugo.rota (
    id ugo.rota_id PRIMARY KEY,
    revision bigint NOT NULL,
    duty ugo.duty_code NOT NULL,
    territory text NOT NULL REFERENCES ugo.territory, -- a root
    account text NOT NULL REFERENCES ugo.account,
    from_at bigint NOT NULL,
    to_at bigint NOT NULL,
    CHECK (from_at < to_at)
);
CREATE INDEX rota_duty ON ugo.rota (territory, duty, from_at);

CREATE FUNCTION ugo.root_of(territory text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT path[cardinality(path)] FROM ugo.territory t WHERE t.code = root_of.territory);
END
$$;

-- Local time

-- Seconds east of UTC at a moment (s).
CREATE FUNCTION ugo.zone_offset(zone text, moment bigint) RETURNS integer
LANGUAGE sql STABLE
RETURN extract(epoch FROM (to_timestamp(moment) AT TIME ZONE zone)
    - (to_timestamp(moment) AT TIME ZONE 'UTC'))::integer;

-- What a zone's clocks do from the beginning of the moment's year on, for eleven years: whoever has
-- this can tell local time without a table of zones.
CREATE FUNCTION ugo.zone_offsets(zone text, moment bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    year timestamp := date_trunc('year', to_timestamp(moment / 1000000) AT TIME ZONE 'UTC');
    first bigint := extract(epoch FROM year);
    last bigint := extract(epoch FROM year + interval '11 years');
BEGIN
    RETURN (SELECT jsonb_agg(jsonb_build_array(at * 1000000, seconds) ORDER BY at) FROM (
        SELECT first AS at, ugo.zone_offset(zone, first) AS seconds
        UNION ALL
        SELECT (SELECT min(m) FROM generate_series(day - 86400 + 60, day, 60) m
            WHERE ugo.zone_offset(zone, m) = seconds), seconds
        FROM (SELECT day, seconds, lag(seconds) OVER (ORDER BY day) AS before
            FROM (SELECT day, ugo.zone_offset(zone, day) AS seconds
                FROM generate_series(first, last, 86400) day) d) days
        WHERE seconds <> before) t);
END
$$;

CREATE FUNCTION ugo.offset_at(offsets jsonb, moment bigint) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN coalesce((SELECT (o ->> 1)::integer FROM jsonb_array_elements(offsets) o
    WHERE (o ->> 0)::bigint <= moment ORDER BY (o ->> 0)::bigint DESC LIMIT 1),
    (offsets #>> '{0,1}')::integer);

-- Whether the offices of a département are open at a moment; NULL: it has no calendar.
CREATE FUNCTION ugo.office_open(root text, moment bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    c ugo.calendar;
    local bigint;
    day integer;
    clock text;
BEGIN
    SELECT * INTO c FROM ugo.calendar WHERE territory = root;
    IF c.territory IS NULL THEN
        RETURN NULL;
    END IF;
    local := moment / 1000000 + ugo.offset_at(c.offsets, moment);
    day := local / 86400;
    clock := lpad((local % 86400 / 3600)::text, 2, '0') || ':'
        || lpad((local % 3600 / 60)::text, 2, '0');
    RETURN '1970-01-01'::date + day <> ALL (c.holidays) AND EXISTS (
        SELECT FROM jsonb_array_elements(c.office) o
        WHERE (o ->> 'day')::integer = (day + 3) % 7 + 1 -- 1970 began on a Thursday
            AND (o ->> 'from') COLLATE "C" <= clock AND clock < (o ->> 'to') COLLATE "C");
END
$$;

-- Members

ALTER TABLE ugo.member DROP CONSTRAINT member_type_check, ADD CONSTRAINT member_type_check
    CHECK (type IN ('integer', 'boolean', 'text', 'code', 'date', 'point', 'object', 'texts',
        'codes', 'integers', 'children', 'dates', 'hours'));

-- A time of day as given; 24:00 ends a day.
CREATE FUNCTION ugo.clock_error(v jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF v ->> 0 IS NULL THEN
        RETURN 'required';
    ELSIF jsonb_typeof(v -> 0) <> 'string' THEN
        RETURN 'wrong_type';
    ELSIF v ->> 0 !~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' THEN
        RETURN 'wrong_format';
    END IF;
    RETURN NULL;
END
$$;

-- Office hours of a weekday as given: the first flaw of its members.
CREATE FUNCTION ugo.hours_error(v jsonb) RETURNS ugo.flaw
LANGUAGE plpgsql STABLE AS $$
DECLARE
    step text;
    detail text;
BEGIN
    IF jsonb_typeof(v) <> 'object' THEN
        RETURN ROW('', 'wrong_type')::ugo.flaw;
    END IF;
    step := ugo.unknown_member(v, '{day,from,to}');
    IF step <> '' THEN
        RETURN ROW(step, 'unknown_member')::ugo.flaw;
    END IF;
    detail := CASE WHEN v ->> 'day' IS NULL THEN 'required'
        ELSE ugo.integer_error(v -> 'day', 1, 7) END;
    IF detail IS NOT NULL THEN
        RETURN ROW('/day', detail)::ugo.flaw;
    END IF;
    detail := ugo.clock_error(jsonb_build_array(v -> 'from'));
    IF detail IS NOT NULL THEN
        RETURN ROW('/from', detail)::ugo.flaw;
    END IF;
    detail := ugo.clock_error(jsonb_build_array(v -> 'to'));
    IF detail IS NULL AND (v ->> 'to') COLLATE "C" <= (v ->> 'from') THEN
        detail := 'reversed';
    END IF;
    RETURN ROW('/to', detail)::ugo.flaw;
END
$$;

CREATE OR REPLACE FUNCTION ugo.element_error(v jsonb, m ugo.member) RETURNS ugo.flaw
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE m.type
    WHEN 'texts' THEN RETURN ROW('', ugo.text_error(v, m))::ugo.flaw;
    WHEN 'codes' THEN RETURN ROW('', ugo.code_error(v, m.list))::ugo.flaw;
    WHEN 'integers' THEN RETURN ROW('', ugo.integer_error(v, 0, m.high))::ugo.flaw;
    WHEN 'children' THEN RETURN ugo.child_error(v);
    WHEN 'dates' THEN RETURN ROW('', ugo.date_error(v))::ugo.flaw;
    WHEN 'hours' THEN RETURN ugo.hours_error(v);
    END CASE;
END
$$;

-- Operations

CREATE FUNCTION ugo.is_root(territory text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM ugo.territory t WHERE t.code = is_root.territory
        AND t.parent IS NULL);
END
$$;

-- The calendar that a command makes.
CREATE FUNCTION ugo.calendar_row(c ugo.command) RETURNS ugo.calendar
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p jsonb := c.params;
BEGIN
    RETURN ROW(p ->> 'territory', c.revision, p ->> 'time_zone',
        (SELECT coalesce(jsonb_agg(jsonb_build_object('day', day, 'from', "from", 'to', "to")
                ORDER BY day, "from" COLLATE "C", "to" COLLATE "C"), '[]')
            FROM (SELECT DISTINCT (o ->> 'day')::integer AS day, o ->> 'from' AS "from",
                    o ->> 'to' AS "to"
                FROM jsonb_array_elements(coalesce(nullif(p -> 'office', 'null'), '[]')) o) t),
        ARRAY(SELECT DISTINCT d::date FROM jsonb_array_elements_text(
            coalesce(nullif(p -> 'holidays', 'null'), '[]')) d ORDER BY 1),
        ugo.zone_offsets(p ->> 'time_zone', c.at))::ugo.calendar;
END
$$;

CREATE FUNCTION ugo.calendar_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    fresh ugo.calendar;
    written integer;
BEGIN
    IF NOT ugo.is_root(c.params ->> 'territory') THEN
        RETURN ugo.invalid('/territory', 'not_a_root');
    ELSIF NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = c.params ->> 'time_zone') THEN
        RETURN ugo.invalid('/time_zone', 'unknown_code');
    END IF;
    fresh := ugo.calendar_row(c);
    INSERT INTO ugo.calendar AS t VALUES (fresh.*)
    ON CONFLICT (territory) DO UPDATE
    SET revision = c.revision, time_zone = excluded.time_zone, office = excluded.office,
        holidays = excluded.holidays, offsets = excluded.offsets
    WHERE (t.time_zone, t.office, t.holidays, t.offsets)
        IS DISTINCT FROM (excluded.time_zone, excluded.office, excluded.holidays, excluded.offsets);
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN ugo.done(CASE WHEN written > 0 THEN ugo.record_part('calendar', fresh.territory) END);
END
$$;

-- Whether an account may be sent for a child.
CREATE FUNCTION ugo.is_team(account text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM ugo.account a
        WHERE a.id = is_team.account AND a.role = 'mobile' AND NOT a.disabled);
END
$$;

CREATE FUNCTION ugo.rota_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    was ugo.rota;
    part ugo.part;
BEGIN
    SELECT * INTO was FROM ugo.rota WHERE id = p ->> 'id';
    IF NOT ugo.in_departement(c, p ->> 'territory')
            OR was.id IS NOT NULL AND NOT ugo.in_departement(c, was.territory) THEN
        RETURN ugo.refused('forbidden');
    ELSIF NOT ugo.is_root(p ->> 'territory') THEN
        RETURN ugo.invalid('/territory', 'not_a_root');
    ELSIF p ->> 'duty' = 'mobile' AND NOT ugo.is_team(p ->> 'account') THEN
        RETURN ugo.invalid('/account', 'not_a_team');
    ELSIF (p ->> 'to_at')::bigint <= (p ->> 'from_at')::bigint THEN
        RETURN ugo.invalid('/to_at', 'reversed');
    END IF;
    IF (was.duty, was.territory, was.account, was.from_at, was.to_at) IS NOT DISTINCT FROM
            (p ->> 'duty', p ->> 'territory', p ->> 'account', (p ->> 'from_at')::bigint,
            (p ->> 'to_at')::bigint) THEN
        RETURN ugo.done(NULL);
    END IF;
    INSERT INTO ugo.rota AS t (id, revision, duty, territory, account, from_at, to_at)
    VALUES (p ->> 'id', c.revision, p ->> 'duty', p ->> 'territory', p ->> 'account',
        (p ->> 'from_at')::bigint, (p ->> 'to_at')::bigint)
    ON CONFLICT (id) DO UPDATE
    SET revision = c.revision, duty = excluded.duty, territory = excluded.territory,
        account = excluded.account, from_at = excluded.from_at, to_at = excluded.to_at;
    part := ugo.record_part('rota', p ->> 'id');
    IF was.territory <> p ->> 'territory' THEN
        part.departed := ugo.scope(NULL, was.territory);
    END IF;
    RETURN ugo.done(part);
END
$$;

CREATE FUNCTION ugo.rota_delete(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    was ugo.rota;
BEGIN
    SELECT * INTO was FROM ugo.rota WHERE id = c.params ->> 'id';
    IF was.id IS NULL AND c.role = 'admin' THEN
        RETURN ugo.refused('not_found');
    ELSIF NOT ugo.in_departement(c, was.territory) THEN
        RETURN ugo.refused('forbidden');
    END IF;
    DELETE FROM ugo.rota WHERE id = was.id;
    RETURN ugo.done(ROW('rota', was.id, NULL, was.territory, NULL,
        ugo.scope(NULL, was.territory))::ugo.part);
END
$$;

-- Who has a duty at a moment: of the shifts that cover it the one that began last; NULL: nobody.
CREATE FUNCTION ugo.on_call(root text, asked text, moment bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT account FROM ugo.rota
        WHERE territory = root AND duty = asked AND from_at <= moment AND moment < to_at
        ORDER BY from_at DESC, id COLLATE "C" LIMIT 1);
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('calendar.put', '{admin}', 'calendar_put', '{territory,time_zone,office,holidays}'),
    ('rota.put', '{admin,def}', 'rota_put', '{id,duty,territory,account,from_at,to_at}'),
    ('rota.delete', '{admin,def}', 'rota_delete', '{id}');

INSERT INTO ugo.member (op, position, path, required, type, low, high, pattern, list, refers) VALUES
    ('calendar.put', 1, '{territory}', true, 'text', NULL, 31, NULL, NULL, 'territory'),
    ('calendar.put', 2, '{time_zone}', true, 'text', NULL, 63, '^[A-Za-z0-9_+/-]+$', NULL, NULL),
    ('calendar.put', 3, '{office}', false, 'hours', NULL, 21, NULL, NULL, NULL),
    ('calendar.put', 4, '{holidays}', false, 'dates', NULL, 400, NULL, NULL, NULL),
    ('rota.put', 1, '{id}', true, 'text', NULL, 63, '^t-[0-9a-z][0-9a-z-]{0,60}$', NULL, NULL),
    ('rota.put', 2, '{duty}', true, 'code', NULL, NULL, NULL, 'duty', NULL),
    ('rota.put', 3, '{territory}', true, 'text', NULL, 31, NULL, NULL, 'territory'),
    ('rota.put', 4, '{account}', true, 'text', NULL, 63, NULL, NULL, 'account'),
    ('rota.put', 5, '{from_at}', true, 'integer', 1, 999999999999999999, NULL, NULL, NULL),
    ('rota.put', 6, '{to_at}', true, 'integer', 1, 999999999999999999, NULL, NULL, NULL),
    ('rota.delete', 1, '{id}', true, 'text', NULL, 63, NULL, NULL, NULL);

INSERT INTO ugo.record_source VALUES
    ('calendar', 'SELECT territory::text, revision, NULL::text, territory,
        json_build_object(''time_zone'', time_zone, ''office'', office, ''holidays'', holidays,
            ''offsets'', offsets)
        FROM ugo.calendar'),
    ('rota', 'SELECT id::text, revision, NULL::text, territory,
        json_build_object(''duty'', duty, ''territory'', territory, ''account'', account,
            ''from_at'', from_at, ''to_at'', to_at)
        FROM ugo.rota');

SELECT ugo.make_perform();
SELECT ugo.make_record();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;
GRANT SELECT ON ugo.calendar, ugo.rota TO ugod;

RESET ROLE;
