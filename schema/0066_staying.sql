-- SPDX-License-Identifier: EUPL-1.2
-- Entries with their end, exits that close planned ones, places shared in time. README.md gives the
-- rules and their order.
SET LOCAL ROLE ugo_owner;

-- `movements`, where there are any: the others that it made or ended.
CREATE OR REPLACE FUNCTION ugo.movement_answer(id text, parts ugo.part[]) RETURNS ugo.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    others text[] := ARRAY(SELECT p.id FROM unnest(parts) p
        WHERE p.kind = 'movement' AND p.id <> movement_answer.id);
BEGIN
    RETURN ROW('ok', NULL, NULL, NULL, NULL, parts, jsonb_build_object('movement', id, 'units',
        ARRAY(SELECT p.id FROM unnest(parts) p WHERE p.kind = 'unit'))
        || CASE WHEN others <> '{}' THEN jsonb_build_object('movements', others)
            ELSE '{}' END)::ugo.outcome;
END
$$;

-- Whether its own place may be kept for a child in a unit while it is in another.
CREATE FUNCTION ugo.is_near_unit(key text, u ugo.unit) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM ugo.unit o
        WHERE o.id = key AND ugo.root_of(o.home) IS NOT DISTINCT FROM ugo.root_of(u.home));
END
$$;

-- The first reason why a movement of a type, from a day on, cannot be a stay as asked for: its
-- end, where the child comes from, its rhythm; a row of NULLs: it can.
CREATE FUNCTION ugo.stay_error(p jsonb, u ugo.unit, type text, begins date) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF type NOT IN ('entry', 'sequence') AND p ->> 'until' IS NOT NULL THEN
        RETURN ugo.invalid('/until', 'only_for_entry');
    ELSIF (p ->> 'until')::date <= begins THEN
        RETURN ugo.invalid('/until', 'reversed');
    ELSIF type NOT IN ('entry', 'sequence') AND p ->> 'origin_unit' IS NOT NULL THEN
        RETURN ugo.invalid('/origin_unit', 'only_for_entry');
    ELSIF p ->> 'origin_unit' = u.id THEN
        RETURN ugo.invalid('/origin_unit', 'same_unit');
    ELSIF p ->> 'origin_unit' IS NOT NULL AND NOT ugo.is_near_unit(p ->> 'origin_unit', u) THEN
        RETURN ugo.invalid('/origin_unit', 'unknown_reference');
    ELSIF type <> 'sequence' THEN
        RETURN CASE WHEN p ->> 'weekdays' IS NOT NULL
            THEN ugo.invalid('/weekdays', 'only_for_sequence')
            WHEN p ->> 'weeks' IS NOT NULL THEN ugo.invalid('/weeks', 'only_for_sequence') END;
    ELSIF p ->> 'weekdays' IS NULL THEN
        RETURN ugo.invalid('/weekdays', 'required');
    ELSIF p ->> 'weeks' IS NULL THEN
        RETURN ugo.invalid('/weeks', 'required');
    END IF;
    RETURN ugo.weekdays_error(p -> 'weekdays', '/weekdays');
END
$$;

-- The exit that ends a stay in a unit: on the day said, or when it has lasted as long as the unit
-- allows from the day it began, whichever is first; a row of NULLs: neither is known.
CREATE FUNCTION ugo.stay_end(c ugo.command, u ugo.unit, n integer, began date, said date)
RETURNS ugo.movement
LANGUAGE plpgsql STABLE AS $$
DECLARE
    m ugo.movement;
BEGIN
    IF said IS NULL AND began + u.max_stay_days IS NULL THEN
        RETURN NULL;
    END IF;
    m := ugo.movement_row(c, u, n);
    m."on" := least(said, began + u.max_stay_days);
    m.code := 'end_of_stay';
    m."limit" := coalesce(m."on" = began + u.max_stay_days, false);
    RETURN m;
END
$$;

-- The same for those whom an entry lets in, whose row is there; its parts.
CREATE FUNCTION ugo.plan_return(c ugo.command, u ugo.unit, m ugo.movement, began date)
RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    e ugo.movement := ugo.stay_end(c, u, m.places, began, (c.params ->> 'until')::date);
BEGIN
    IF e.id IS NULL THEN
        RETURN '{}';
    END IF;
    e.entry := m.id;
    e.origin_unit := m.origin_unit;
    INSERT INTO ugo.movement SELECT e.*;
    RETURN ARRAY[ugo.record_part('movement', e.id)];
END
$$;

CREATE OR REPLACE FUNCTION ugo.movement_plan(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    n integer := (c.params ->> 'places')::integer;
    u ugo.unit := ugo.own_unit(c, p ->> 'unit');
    leaves boolean := p ->> 'type' = 'exit';
    m ugo.movement;
    error ugo.outcome;
    parts ugo.part[];
BEGIN
    IF u.id IS NULL OR p ->> 'to_unit' IS NOT NULL
            AND (ugo.own_unit(c, p ->> 'to_unit')).id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF leaves AND p ->> 'code' IS NULL THEN
        RETURN ugo.invalid('/code', 'required');
    ELSIF NOT leaves AND p ->> 'code' IS NOT NULL THEN
        RETURN ugo.invalid('/code', 'only_for_exit');
    ELSIF NOT leaves AND p ->> 'to_unit' IS NOT NULL THEN
        RETURN ugo.invalid('/to_unit', 'only_for_exit');
    ELSIF p ->> 'to_unit' = u.id THEN
        RETURN ugo.invalid('/to_unit', 'same_unit');
    END IF;
    error := ugo.stay_error(p, u, p ->> 'type', (p ->> 'on')::date);
    IF error.type IS NOT NULL THEN
        RETURN error;
    ELSIF (p ->> 'on')::date < ugo.local_day(u.home, c.at) THEN
        RETURN ugo.invalid('/on', 'in_the_past');
    ELSIF leaves AND n > u.occupied THEN
        RETURN ugo.invalid('/places', 'more_than_occupied');
    ELSIF p ->> 'type' = 'closing' AND n > u.open THEN
        RETURN ugo.invalid('/places', 'more_than_open');
    END IF;
    m := ugo.movement_row(c, u, n);
    m.type := p ->> 'type';
    m."on" := (p ->> 'on')::date;
    m.code := p ->> 'code';
    m.to_unit := p ->> 'to_unit';
    m.origin_unit := p ->> 'origin_unit';
    IF m.type = 'sequence' THEN
        m.until := (p ->> 'until')::date;
        m.weekdays := ugo.weekdays(p -> 'weekdays');
        m.weeks := p ->> 'weeks';
    END IF;
    INSERT INTO ugo.movement SELECT m.*;
    parts := ARRAY[ugo.record_part('movement', m.id)];
    IF m.type = 'entry' THEN -- as long as is said: nobody has come yet
        parts := parts || ugo.plan_return(c, u, m, NULL);
    END IF;
    RETURN ugo.movement_answer(m.id, parts);
END
$$;

-- The first reason why a planned movement is not to be done now, whatever the counts: NULL: none.
CREATE FUNCTION ugo.not_to_be_done(m ugo.movement) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE WHEN m.state <> 'planned' THEN 'movement_not_planned'
        WHEN m.type = 'sequence' THEN 'movement_recurs'
        WHEN EXISTS (SELECT FROM ugo.movement e WHERE e.id = m.entry AND e.state = 'planned')
            THEN 'entry_not_done' END;
END
$$;

CREATE OR REPLACE FUNCTION ugo.movement_done(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    m ugo.movement;
    u ugo.unit;
    target ugo.unit;
    observed bigint := ugo.observed(c);
    error ugo.outcome;
BEGIN
    SELECT * INTO m FROM ugo.movement WHERE id = c.params ->> 'movement';
    u := ugo.own_unit(c, m.unit);
    target := ugo.own_unit(c, m.to_unit);
    IF u.id IS NULL OR m.state = 'planned' AND m.to_unit IS NOT NULL AND target.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF ugo.not_to_be_done(m) IS NOT NULL THEN
        RETURN ugo.invalid('/movement', ugo.not_to_be_done(m));
    ELSIF observed IS NULL THEN
        RETURN ugo.in_the_future(c);
    END IF;
    error := ugo.carry_error(m, u, target, observed, '/movement', '/movement');
    IF error.type IS NOT NULL THEN
        RETURN error;
    END IF;
    UPDATE ugo.movement SET revision = c.revision, state = 'done', ended_at = c.at
    WHERE id = m.id;
    RETURN ugo.movement_answer(m.id, ugo.carry_out(c, m, u, target));
END
$$;

-- With a planned entry goes the exit of whom it would have let in.
CREATE OR REPLACE FUNCTION ugo.movement_cancel(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    m ugo.movement;
    ended text[];
BEGIN
    SELECT * INTO m FROM ugo.movement WHERE id = c.params ->> 'movement';
    IF (ugo.own_unit(c, m.unit)).id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF m.state <> 'planned' THEN
        RETURN ugo.invalid('/movement', 'movement_not_planned');
    END IF;
    ended := m.id::text || ARRAY(SELECT id::text FROM ugo.movement
        WHERE entry = m.id AND state = 'planned' ORDER BY id);
    UPDATE ugo.movement SET revision = c.revision, state = 'cancelled', ended_at = c.at
    WHERE id = ANY (ended);
    RETURN ugo.movement_answer(m.id,
        ARRAY(SELECT ugo.record_part('movement', id) FROM unnest(ended) id));
END
$$;

-- The first reason why an exit of a unit cannot close these planned ones; a row of NULLs: it can.
CREATE FUNCTION ugo.ends_error(ends jsonb, u ugo.unit) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    m ugo.movement;
    detail text;
BEGIN
    IF jsonb_typeof(ends) IS DISTINCT FROM 'array' THEN
        RETURN NULL;
    END IF;
    FOR i IN 0 .. jsonb_array_length(ends) - 1 LOOP
        SELECT * INTO m FROM ugo.movement WHERE id = ends ->> i AND unit = u.id AND type = 'exit';
        detail := CASE WHEN m.id IS NULL THEN 'unknown_reference'
            WHEN (SELECT count(*) FROM jsonb_array_elements_text(ends) WITH ORDINALITY AS t (id, n)
                WHERE id = m.id AND n <= i + 1) > 1 THEN 'twice'
            WHEN m.to_unit IS NOT NULL THEN 'to_another_unit'
            ELSE ugo.not_to_be_done(m) END;
        IF detail IS NOT NULL THEN
            RETURN ugo.invalid('/ends/' || i, detail);
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- Planned exits that another one closes are done without moving the counts again; their parts.
CREATE FUNCTION ugo.close_exits(c ugo.command, ends text[]) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ugo.movement SET revision = c.revision, state = 'done', ended_at = c.at
    WHERE id = ANY (ends);
    RETURN ARRAY(SELECT ugo.record_part('movement', id) FROM unnest(ends) id);
END
$$;

-- movement.entry, movement.exit, movement.transfer: done at once, without a plan.
CREATE OR REPLACE FUNCTION ugo.movement_now(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    from_member text := CASE c.op WHEN 'movement.transfer' THEN 'from_unit' ELSE 'unit' END;
    u ugo.unit := ugo.own_unit(c, p ->> from_member);
    target ugo.unit;
    m ugo.movement;
    observed bigint := ugo.observed(c);
    error ugo.outcome;
    parts ugo.part[];
BEGIN
    IF c.op = 'movement.transfer' THEN
        target := ugo.own_unit(c, p ->> 'unit');
    END IF;
    IF u.id IS NULL OR c.op = 'movement.transfer' AND target.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF target.id = u.id THEN
        RETURN ugo.invalid('/unit', 'same_unit');
    ELSIF observed IS NULL THEN
        RETURN ugo.in_the_future(c);
    END IF;
    m := ugo.movement_row(c, u, (p ->> 'places')::integer);
    m."on" := ugo.local_day(u.home, observed);
    IF c.op = 'movement.entry' THEN
        m.type := 'entry';
        m.origin_unit := p ->> 'origin_unit';
        error := ugo.stay_error(p, u, 'entry', m."on");
    ELSE
        m.code := coalesce(p ->> 'code', 'transfer');
        m.to_unit := target.id;
        error := ugo.ends_error(p -> 'ends', u);
    END IF;
    m.state := 'done';
    m.ended_at := c.at;
    IF error.type IS NULL THEN
        error := ugo.carry_error(m, u, target, observed, '/' || from_member, '/unit');
    END IF;
    IF error.type IS NOT NULL THEN
        RETURN error;
    END IF;
    INSERT INTO ugo.movement SELECT m.*;
    parts := ugo.carry_out(c, m, u, target) || ugo.close_exits(c, ugo.text_set(p -> 'ends'));
    IF c.op = 'movement.entry' THEN
        parts := parts || ugo.plan_return(c, u, m, m."on");
    END IF;
    RETURN ugo.movement_answer(m.id, parts);
END
$$;

-- What follows an arrival where a stay has an end, of what was asked or of the unit: its exit.
CREATE OR REPLACE FUNCTION ugo.stay_of_hold(c ugo.command, h ugo.hold) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit;
    m ugo.movement;
    began date;
BEGIN
    SELECT * INTO u FROM ugo.unit WHERE id = h.unit;
    began := ugo.local_day(u.home, coalesce(ugo.observed(c), c.at));
    m := ugo.stay_end(c, u, h.places, began, (SELECT wanted_until FROM ugo.request
        WHERE id = h.request AND wanted_until > began));
    IF m.id IS NULL THEN
        RETURN '{}';
    END IF;
    m.hold := h.id;
    INSERT INTO ugo.movement SELECT m.*;
    RETURN ARRAY[ugo.record_part('movement', m.id)];
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('movement.entry', '{establishment,service,astreinte,def,admin}', 'movement_now',
        '{unit,places,until,origin_unit,observed_at}');
UPDATE ugo.operation SET members = members || '{until,origin_unit,weekdays,weeks}'::text[]
WHERE op = 'movement.plan';
UPDATE ugo.operation SET members = members || '{ends}'::text[] WHERE op = 'movement.exit';
INSERT INTO ugo.member (op, position, path, required, type, low, high, list) VALUES
    ('movement.entry', 1, '{unit}', true, 'text', NULL, 63, NULL),
    ('movement.entry', 2, '{places}', true, 'integer', 1, 999, NULL),
    ('movement.entry', 3, '{until}', false, 'date', NULL, NULL, NULL),
    ('movement.entry', 4, '{origin_unit}', false, 'text', NULL, 63, NULL),
    ('movement.entry', 5, '{observed_at}', false, 'integer', 1, 999999999999999999, NULL),
    ('movement.plan', 7, '{until}', false, 'date', NULL, NULL, NULL),
    ('movement.plan', 8, '{origin_unit}', false, 'text', NULL, 63, NULL),
    ('movement.plan', 9, '{weekdays}', false, 'integers', NULL, 7, NULL),
    ('movement.plan', 10, '{weeks}', false, 'code', NULL, NULL, 'weeks'),
    ('movement.exit', 5, '{ends}', false, 'texts', NULL, 32, NULL);
SELECT ugo.make_perform();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;

RESET ROLE;
