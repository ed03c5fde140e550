-- SPDX-License-Identifier: EUPL-1.2
-- What plans, cancels and does movements. README.md gives the rules and their order.
SET LOCAL ROLE ugo_owner;

-- The unit of this id if it is in the caller's scope; else a row of NULLs.
CREATE FUNCTION ugo.own_unit(c ugo.command, key text) RETURNS ugo.unit
LANGUAGE plpgsql STABLE AS $$
DECLARE
    u ugo.unit;
BEGIN
    SELECT * INTO u FROM ugo.unit WHERE id = key;
    RETURN CASE WHEN ugo.in_scope(c, u) THEN u END;
END
$$;

-- A movement as a command or an arrival makes it, of a unit.
CREATE FUNCTION ugo.movement_row(c ugo.command, u ugo.unit, n integer) RETURNS ugo.movement
LANGUAGE plpgsql STABLE AS $$
DECLARE
    m ugo.movement;
    nth integer := 1;
BEGIN
    m.id := ugo.new_id('v', c.revision);
    WHILE EXISTS (SELECT FROM ugo.movement WHERE id = m.id) LOOP -- several arrivals in one command
        nth := nth + 1;
        m.id := ugo.new_id('v', c.revision) || '-' || nth;
    END LOOP;
    m.revision := c.revision;
    m.unit := u.id;
    m.establishment := u.establishment;
    m.territory := u.home;
    m.type := 'exit';
    m.places := n;
    m.state := 'planned';
    m."limit" := false;
    m.due_soon := false;
    m.created_by := c.account;
    m.created_at := c.at;
    RETURN m;
END
$$;

CREATE FUNCTION ugo.movement_answer(id text, parts ugo.part[]) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW('ok', NULL, NULL, NULL, NULL, parts,
    jsonb_build_object('movement', id))::ugo.outcome;

CREATE FUNCTION ugo.movement_plan(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    n integer := (c.params ->> 'places')::integer;
    u ugo.unit := ugo.own_unit(c, p ->> 'unit');
    leaves boolean := p ->> 'type' = 'exit';
    m ugo.movement;
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
    INSERT INTO ugo.movement SELECT m.*;
    RETURN ugo.movement_answer(m.id, ARRAY[ugo.record_part('movement', m.id)]);
END
$$;

-- The first reason why a unit's counts cannot move so; a row of NULLs: they can.
CREATE FUNCTION ugo.move_error(u ugo.unit, type text, n integer) RETURNS ugo.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    taken integer := u.occupied + CASE type WHEN 'entry' THEN n WHEN 'exit' THEN -n ELSE 0 END;
    opened integer := u.open + CASE type WHEN 'opening' THEN n WHEN 'closing' THEN -n ELSE 0 END;
BEGIN
    IF taken < 0 THEN
        RETURN ugo.invalid('/places', 'more_than_occupied');
    ELSIF opened < 0 THEN
        RETURN ugo.invalid('/places', 'more_than_open');
    ELSIF taken > 9999 OR opened > 9999 THEN
        RETURN ugo.invalid('/places', 'out_of_range');
    ELSIF type IN ('entry', 'closing') AND greatest(0, opened - taken) < u.held THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    RETURN NULL;
END
$$;

-- Moves the counts of a unit and dates them.
CREATE FUNCTION ugo.move_counts(c ugo.command, key text, type text, n integer)
RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit;
BEGIN
    UPDATE ugo.unit SET revision = c.revision,
        occupied = occupied + CASE type WHEN 'entry' THEN n WHEN 'exit' THEN -n ELSE 0 END,
        open = open + CASE type WHEN 'opening' THEN n WHEN 'closing' THEN -n ELSE 0 END,
        observed_at = greatest(observed_at, ugo.observed(c)), recorded_at = c.at,
        declared_by = c.account, channel = c.channel
    WHERE id = key RETURNING * INTO u;
    RETURN ugo.unit_part(u);
END
$$;

-- The first reason why a movement cannot be done now; a row of NULLs: it can. u, into: its units;
-- named, named_into: what the command calls them. Figures observed later than the movement count
-- it already.
CREATE FUNCTION ugo.carry_error(m ugo.movement, u ugo.unit, target ugo.unit, observed bigint,
    named text, named_into text) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    error ugo.outcome;
BEGIN
    IF u.observed_at IS NULL THEN
        RETURN ugo.invalid(named, 'never_declared');
    ELSIF m.to_unit IS NOT NULL AND target.observed_at IS NULL THEN
        RETURN ugo.invalid(named_into, 'never_declared');
    END IF;
    IF observed >= u.observed_at THEN
        error := ugo.move_error(u, m.type, m.places);
    END IF;
    IF error.type IS NULL AND m.to_unit IS NOT NULL AND observed >= target.observed_at
            AND m.places > ugo.free_places(target, false) THEN
        error := ugo.refused('no_free_place');
    END IF;
    RETURN error;
END
$$;

-- The parts of a movement that is done now, its row being there.
CREATE FUNCTION ugo.carry_out(c ugo.command, m ugo.movement, u ugo.unit, target ugo.unit)
RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    parts ugo.part[] := ARRAY[ugo.record_part('movement', m.id)];
    observed bigint := ugo.observed(c);
BEGIN
    IF observed >= u.observed_at THEN
        parts := parts || ugo.move_counts(c, u.id, m.type, m.places);
    END IF;
    IF m.to_unit IS NOT NULL AND observed >= target.observed_at THEN
        parts := parts || ugo.move_counts(c, m.to_unit, 'entry', m.places);
    END IF;
    RETURN parts;
END
$$;

CREATE FUNCTION ugo.movement_done(c ugo.command) RETURNS ugo.outcome
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
    ELSIF m.state <> 'planned' THEN
        RETURN ugo.invalid('/movement', 'movement_not_planned');
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

CREATE FUNCTION ugo.movement_cancel(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    m ugo.movement;
BEGIN
    SELECT * INTO m FROM ugo.movement WHERE id = c.params ->> 'movement';
    IF (ugo.own_unit(c, m.unit)).id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF m.state <> 'planned' THEN
        RETURN ugo.invalid('/movement', 'movement_not_planned');
    END IF;
    UPDATE ugo.movement SET revision = c.revision, state = 'cancelled', ended_at = c.at
    WHERE id = m.id;
    RETURN ugo.movement_answer(m.id, ARRAY[ugo.record_part('movement', m.id)]);
END
$$;

-- movement.exit, movement.transfer: done at once, without a plan.
CREATE FUNCTION ugo.movement_now(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    from_member text := CASE c.op WHEN 'movement.transfer' THEN 'from_unit' ELSE 'unit' END;
    u ugo.unit := ugo.own_unit(c, p ->> from_member);
    target ugo.unit;
    m ugo.movement;
    observed bigint := ugo.observed(c);
    error ugo.outcome;
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
    m.code := coalesce(p ->> 'code', 'transfer');
    m.to_unit := target.id;
    m.state := 'done';
    m.ended_at := c.at;
    error := ugo.carry_error(m, u, target, observed, '/' || from_member, '/unit');
    IF error.type IS NOT NULL THEN
        RETURN error;
    END IF;
    INSERT INTO ugo.movement SELECT m.*;
    RETURN ugo.movement_answer(m.id, ugo.carry_out(c, m, u, target));
END
$$;

-- What follows an arrival where stays are limited: the end of this one, with its day.
CREATE FUNCTION ugo.stay_of_hold(c ugo.command, h ugo.hold) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit;
    m ugo.movement;
BEGIN
    SELECT * INTO u FROM ugo.unit WHERE id = h.unit;
    IF u.max_stay_days IS NULL THEN
        RETURN '{}';
    END IF;
    m := ugo.movement_row(c, u, h.places);
    m."on" := ugo.local_day(u.home, coalesce(ugo.observed(c), c.at)) + u.max_stay_days;
    m.code := 'end_of_stay';
    m.hold := h.id;
    m."limit" := true;
    INSERT INTO ugo.movement SELECT m.*;
    RETURN ARRAY[ugo.record_part('movement', m.id)];
END
$$;
INSERT INTO ugo.hold_hook VALUES ('stay_of_hold', '{arrived}');
SELECT ugo.make_on_hold();

INSERT INTO ugo.operation (op, roles, function, members)
SELECT op, '{establishment,service,astreinte,def,admin}', function, members::text[] FROM (VALUES
    ('movement.plan', 'movement_plan', '{unit,type,places,on,code,to_unit}'),
    ('movement.cancel', 'movement_cancel', '{movement}'),
    ('movement.done', 'movement_done', '{movement,observed_at}'),
    ('movement.exit', 'movement_now', '{unit,places,code,observed_at}'),
    ('movement.transfer', 'movement_now', '{from_unit,unit,places,observed_at}')
) AS operation (op, function, members);

INSERT INTO ugo.member (op, position, path, required, type, low, high, list) VALUES
    ('movement.plan', 1, '{unit}', true, 'text', NULL, 63, NULL),
    ('movement.plan', 2, '{type}', true, 'code', NULL, NULL, 'movement_type'),
    ('movement.plan', 3, '{places}', true, 'integer', 1, 999, NULL),
    ('movement.plan', 4, '{on}', true, 'date', NULL, NULL, NULL),
    ('movement.plan', 5, '{code}', false, 'code', NULL, NULL, 'movement_code'),
    ('movement.plan', 6, '{to_unit}', false, 'text', NULL, 63, NULL),
    ('movement.cancel', 1, '{movement}', true, 'text', NULL, 63, NULL),
    ('movement.done', 1, '{movement}', true, 'text', NULL, 63, NULL),
    ('movement.done', 2, '{observed_at}', false, 'integer', 1, 999999999999999999, NULL),
    ('movement.exit', 1, '{unit}', true, 'text', NULL, 63, NULL),
    ('movement.exit', 2, '{places}', true, 'integer', 1, 999, NULL),
    ('movement.exit', 3, '{code}', true, 'code', NULL, NULL, 'movement_code'),
    ('movement.exit', 4, '{observed_at}', false, 'integer', 1, 999999999999999999, NULL),
    ('movement.transfer', 1, '{from_unit}', true, 'text', NULL, 63, NULL),
    ('movement.transfer', 2, '{unit}', true, 'text', NULL, 63, NULL),
    ('movement.transfer', 3, '{places}', true, 'integer', 1, 999, NULL),
    ('movement.transfer', 4, '{observed_at}', false, 'integer', 1, 999999999999999999, NULL);

SELECT ugo.make_perform();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;

RESET ROLE;
