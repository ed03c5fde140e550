-- SPDX-License-Identifier: EUPL-1.2
-- Operations on the counts of a unit. The steps and their order are those of README.md.
--
-- One declaration in a quiet system is what people wait for, and PL/pgSQL prepares every expression
-- anew in every transaction: hence few, larger expressions here.
SET LOCAL ROLE ugo_owner;

-- Whether the caller's scope holds the unit; false for a row of NULLs.
CREATE FUNCTION ugo.in_scope(c ugo.command, u ugo.unit) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF u.id IS NULL THEN
        RETURN false;
    ELSIF c.role = 'admin' OR u.establishment = ANY (c.establishments) THEN
        RETURN true;
    END IF;
    RETURN c.role <> 'establishment' AND EXISTS (SELECT FROM ugo.territory t
        WHERE t.code = u.home AND t.path && c.territories);
END
$$;

-- The unit the command names, or a row of NULLs when there is none in the caller's scope.
CREATE FUNCTION ugo.unit_in_scope(c ugo.command) RETURNS ugo.unit
LANGUAGE plpgsql STABLE AS $$
DECLARE
    u ugo.unit;
BEGIN
    SELECT * INTO u FROM ugo.unit WHERE id = c.params ->> 'unit';
    RETURN CASE WHEN ugo.in_scope(c, u) THEN u END;
END
$$;

CREATE FUNCTION ugo.unit_part(u ugo.unit) RETURNS ugo.part
LANGUAGE sql STABLE
RETURN ROW('unit', u.id, u.establishment, u.home, ugo.unit_state(u),
    NULL)::ugo.part;

-- When the statement was true: as given, now when absent or at most two minutes ahead (phones
-- drift), NULL when further ahead.
CREATE FUNCTION ugo.observed(c ugo.command) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN coalesce((c.params ->> 'observed_at')::bigint, 0) <= c.at + 120000000
    THEN least((c.params ->> 'observed_at')::bigint, c.at) END;

CREATE FUNCTION ugo.in_the_future(c ugo.command) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW('invalid_params', '/observed_at', 'in_the_future', c.at, NULL, NULL)::ugo.outcome;

-- A statement older than the one recorded goes to history; the unit stays as it is.
CREATE FUNCTION ugo.outdated(c ugo.command, unchanged boolean) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p jsonb := c.params;
    part ugo.part;
BEGIN
    SELECT 'declaration', u.id, u.establishment, u.home,
        json_build_object('unit', u.id, 'observed_at', p -> 'observed_at', 'recorded_at', c.at,
            'by', c.account, 'channel', c.channel, 'unchanged', unchanged, 'free', p -> 'free',
            'occupied', p -> 'occupied', 'open', p -> 'open',
            'emergency_used', p -> 'emergency_used', 'closed', p -> 'closed',
            'derogation', p -> 'derogation')
    INTO part FROM ugo.unit u WHERE u.id = p ->> 'unit';
    RETURN ROW('outdated', NULL, NULL, NULL, part, NULL)::ugo.outcome;
END
$$;

-- The first rule that the new counts of a declaration break, one of them being broken.
CREATE FUNCTION ugo.counts_error(u ugo.unit, free integer, opened integer, taken integer)
RETURNS ugo.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF opened IS NULL THEN
        RETURN ugo.invalid('/open', 'first_declaration_needs_open');
    ELSIF opened NOT BETWEEN 0 AND 9999 THEN
        RETURN ugo.invalid('/closed/n',
            CASE WHEN opened < 0 THEN 'more_than_open' ELSE 'out_of_range' END);
    ELSIF free > opened THEN
        RETURN ugo.invalid('/free', 'more_than_open');
    ELSIF greatest(0, opened - taken) < u.held THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    RETURN ugo.invalid('/emergency_used', 'more_than_reserved');
END
$$;

-- Closing n places without saying `open` takes them from it; re-opening gives them back.
CREATE FUNCTION ugo.unit_declare(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    free integer := p ->> 'free';
    taken integer := p ->> 'occupied';
    n integer := p #>> '{closed,n}';
    observed bigint := ugo.observed(c);
    opened integer;
    used integer;
    u ugo.unit;
    part ugo.part;
BEGIN
    SELECT * INTO u FROM ugo.unit WHERE id = p ->> 'unit';
    IF (u.establishment = ANY (c.establishments)) IS NOT TRUE AND NOT ugo.in_scope(c, u) THEN
        RETURN ugo.refused('forbidden');
    ELSIF (free IS NULL) = (taken IS NULL) THEN
        RETURN ugo.invalid('/free', 'exactly_one');
    ELSIF n > 0 AND p #>> '{closed,reason}' IS NULL THEN
        RETURN ugo.invalid('/closed/reason', 'required');
    ELSIF observed IS NULL THEN
        RETURN ugo.in_the_future(c);
    ELSIF observed < u.observed_at THEN
        RETURN ugo.outdated(c, false);
    END IF;
    opened := coalesce((p ->> 'open')::integer, u.open + coalesce(u.closed - n, 0));
    taken := coalesce(taken, opened - free);
    used := coalesce((p ->> 'emergency_used')::integer, u.emergency_used, 0);
    IF (opened BETWEEN 0 AND 9999 AND opened >= coalesce(free, 0) AND used <= u.emergency_reserved
            AND greatest(0, opened - taken) >= u.held) IS NOT TRUE THEN
        RETURN ugo.counts_error(u, free, opened, taken);
    END IF;
    UPDATE ugo.unit SET revision = c.revision, open = opened, occupied = taken,
        closed = coalesce(n, closed, 0), emergency_used = used,
        closed_reason = CASE WHEN n IS NULL THEN closed_reason
            WHEN n > 0 THEN p #>> '{closed,reason}' END,
        reopens_on = CASE WHEN n IS NULL THEN reopens_on
            WHEN n > 0 THEN (p #>> '{closed,reopens_on}')::date END,
        derogation = p ->> 'derogation',
        derogation_by = CASE WHEN p ->> 'derogation' IS NOT NULL THEN c.account END,
        observed_at = observed, recorded_at = c.at, declared_by = c.account,
        channel = c.channel, contested_at = NULL
    WHERE id = u.id RETURNING (ugo.unit_part(unit)).* INTO part;
    RETURN ugo.done(part);
END
$$;

CREATE FUNCTION ugo.unit_confirm(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit := ugo.unit_in_scope(c);
    observed bigint := ugo.observed(c);
    part ugo.part;
BEGIN
    IF u.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF observed IS NULL THEN
        RETURN ugo.in_the_future(c);
    ELSIF u.observed_at IS NULL THEN
        RETURN ugo.invalid('/unit', 'never_declared');
    ELSIF observed < u.observed_at THEN
        RETURN ugo.outdated(c, true);
    END IF;
    UPDATE ugo.unit SET revision = c.revision, observed_at = observed, recorded_at = c.at,
        declared_by = c.account, channel = c.channel, contested_at = NULL
    WHERE id = u.id RETURNING (ugo.unit_part(unit)).* INTO part;
    RETURN ugo.done(part);
END
$$;

CREATE FUNCTION ugo.unit_report_wrong(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit := ugo.unit_in_scope(c);
    part ugo.part;
BEGIN
    IF u.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF u.observed_at IS NULL OR u.contested_at IS NOT NULL THEN
        RETURN ugo.done(NULL);
    END IF;
    UPDATE ugo.unit SET revision = c.revision, contested_at = c.at WHERE id = u.id
    RETURNING (ugo.unit_part(unit)).* INTO part;
    RETURN ugo.done(part);
END
$$;

INSERT INTO ugo.operation (op, roles, function, members, plain) VALUES
    ('unit.declare', '{establishment,service,astreinte,def,admin}', 'unit_declare',
        '{unit,free,occupied,open,emergency_used,closed,observed_at,derogation,arrived}',
        '$.unit.type() == "string" && $.unit != ""
        && (!exists($.free) || $.free.type() == "number" && $.free >= 0 && $.free <= 9999)
        && (!exists($.occupied) || $.occupied.type() == "number" && $.occupied >= 0
            && $.occupied <= 9999)
        && (!exists($.open) || $.open.type() == "number" && $.open >= 0 && $.open <= 9999)
        && !exists($.emergency_used) && !exists($.closed) && !exists($.observed_at)
        && !exists($.derogation) && !exists($.arrived)'),
    ('unit.confirm', '{establishment,service,astreinte,def,admin}', 'unit_confirm',
        '{unit,observed_at}',
        '$.unit.type() == "string" && $.unit != "" && !exists($.observed_at)'),
    ('unit.report_wrong', '{astreinte,territory,def}', 'unit_report_wrong', '{unit}', NULL);

INSERT INTO ugo.member (op, position, path, required, type, low, high, list, refers, members) VALUES
    ('unit.declare', 1, '{unit}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('unit.declare', 2, '{free}', false, 'integer', 0, 9999, NULL, NULL, NULL),
    ('unit.declare', 3, '{occupied}', false, 'integer', 0, 9999, NULL, NULL, NULL),
    ('unit.declare', 4, '{open}', false, 'integer', 0, 9999, NULL, NULL, NULL),
    ('unit.declare', 5, '{emergency_used}', false, 'integer', 0, 9999, NULL, NULL, NULL),
    ('unit.declare', 6, '{closed}', false, 'object', NULL, NULL, NULL, NULL,
        '{n,reason,reopens_on}'),
    ('unit.declare', 7, '{closed,n}', true, 'integer', 0, 9999, NULL, NULL, NULL),
    ('unit.declare', 8, '{closed,reason}', false, 'code', NULL, NULL, 'closed_reason', NULL, NULL),
    ('unit.declare', 9, '{closed,reopens_on}', false, 'date', NULL, NULL, NULL, NULL, NULL),
    ('unit.declare', 10, '{observed_at}', false, 'integer', 1, 999999999999999999, NULL, NULL,
        NULL),
    ('unit.declare', 11, '{derogation}', false, 'code', NULL, NULL, 'derogation', NULL, NULL),
    ('unit.declare', 12, '{arrived}', false, 'texts', NULL, 99, NULL, 'hold', NULL),
    ('unit.confirm', 1, '{unit}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('unit.confirm', 2, '{observed_at}', false, 'integer', 1, 999999999999999999, NULL, NULL, NULL),
    ('unit.report_wrong', 1, '{unit}', true, 'text', NULL, 63, NULL, NULL, NULL);

RESET ROLE;
