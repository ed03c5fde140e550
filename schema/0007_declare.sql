-- SPDX-License-Identifier: EUPL-1.2
-- Operations on the counts of a unit. The steps and their order are those of README.md.
SET LOCAL ROLE ugo_owner;

-- Whether the caller's scope holds a place in this establishment and territory.
CREATE FUNCTION ugo.in_scope(c ugo.command, of_establishment text, of_territory text)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF c.role = 'admin' OR of_establishment = ANY (c.establishments) THEN
        RETURN true;
    ELSIF c.role = 'establishment' THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM ugo.territory t
        WHERE t.code = of_territory AND t.path && c.territories);
END
$$;

-- The unit the command names, or a row of NULLs when there is none in the caller's scope.
CREATE FUNCTION ugo.unit_in_scope(c ugo.command) RETURNS ugo.unit
LANGUAGE plpgsql STABLE AS $$
DECLARE
    u ugo.unit;
BEGIN
    SELECT * INTO u FROM ugo.unit WHERE id = c.params ->> 'unit';
    IF u.id IS NOT NULL AND NOT ugo.in_scope(c, u.establishment, coalesce(u.territory,
            (SELECT e.territory FROM ugo.establishment e WHERE e.id = u.establishment))) THEN
        RETURN NULL;
    END IF;
    RETURN u;
END
$$;

CREATE FUNCTION ugo.unit_part(unit_id text) RETURNS ugo.part[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    r record;
BEGIN
    SELECT * INTO r FROM ugo.record_unit WHERE id = unit_id;
    RETURN ARRAY[ROW('unit', r.id, r.establishment, r.territory, r.state, NULL)::ugo.part];
END
$$;

-- When the statement was true: as given, now when absent or at most two minutes ahead, NULL when
-- further ahead (phones drift).
CREATE FUNCTION ugo.observed(c ugo.command) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    observed bigint := coalesce((c.params ->> 'observed_at')::bigint, c.at);
BEGIN
    RETURN CASE WHEN observed <= c.at + 120000000 THEN least(observed, c.at) END;
END
$$;

CREATE FUNCTION ugo.in_the_future(c ugo.command) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW('invalid_params', '/observed_at', 'in_the_future', c.at, NULL)::ugo.outcome;

-- A statement older than the one recorded goes to history; the unit stays as it is.
CREATE FUNCTION ugo.outdated(c ugo.command, u ugo.unit, observed bigint, unchanged boolean)
RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p jsonb := c.params;
    known ugo.part[] := ugo.unit_part(u.id);
BEGIN
    RETURN ROW('outdated', NULL, NULL, NULL, ARRAY[ROW('declaration', u.id, u.establishment,
        known[1].territory, jsonb_build_object('unit', u.id, 'observed_at', observed,
            'recorded_at', c.at, 'by', c.account, 'channel', c.channel, 'unchanged', unchanged,
            'free', p -> 'free', 'occupied', p -> 'occupied', 'open', p -> 'open',
            'emergency_used', p -> 'emergency_used', 'closed', p -> 'closed',
            'derogation', p -> 'derogation'), NULL)::ugo.part])::ugo.outcome;
END
$$;

-- What a declaration makes of the counts of a unit; error.type set when a rule refuses it.
CREATE TYPE ugo.counts AS (
    open integer, occupied integer, closed integer, emergency_used integer,
    closed_reason text, reopens_on date, error ugo.outcome
);

-- Closing n places without saying `open` takes them from it; re-opening gives them back.
CREATE FUNCTION ugo.declared_open(u ugo.unit, p jsonb) RETURNS ugo.counts
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    n ugo.counts;
BEGIN
    n.open := coalesce((p ->> 'open')::integer, u.open);
    IF n.open IS NULL THEN
        n.error := ugo.invalid('/open', 'first_declaration_needs_open');
    ELSIF p ->> 'open' IS NULL AND p ->> 'closed' IS NOT NULL THEN
        n.open := u.open + u.closed - (p #>> '{closed,n}')::integer;
        IF n.open < 0 THEN
            n.error := ugo.invalid('/closed/n', 'more_than_open');
        ELSIF n.open > 9999 THEN
            n.error := ugo.invalid('/closed/n', 'out_of_range');
        END IF;
    END IF;
    RETURN n;
END
$$;

CREATE FUNCTION ugo.declared_closed(n ugo.counts, u ugo.unit, p jsonb) RETURNS ugo.counts
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p ->> 'closed' IS NULL THEN
        n.closed := coalesce(u.closed, 0);
        n.closed_reason := u.closed_reason;
        n.reopens_on := u.reopens_on;
    ELSE
        n.closed := (p #>> '{closed,n}')::integer;
        IF n.closed > 0 THEN
            n.closed_reason := p #>> '{closed,reason}';
            n.reopens_on := (p #>> '{closed,reopens_on}')::date;
        END IF;
    END IF;
    RETURN n;
END
$$;

CREATE FUNCTION ugo.declared(u ugo.unit, p jsonb) RETURNS ugo.counts
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    n ugo.counts := ugo.declared_open(u, p);
    free integer := (p ->> 'free')::integer;
BEGIN
    IF (n.error).type IS NOT NULL THEN
        RETURN n;
    END IF;
    n.occupied := coalesce((p ->> 'occupied')::integer, n.open - free);
    n.emergency_used := coalesce((p ->> 'emergency_used')::integer, u.emergency_used, 0);
    IF free > n.open THEN
        n.error := ugo.invalid('/free', 'more_than_open');
    ELSIF greatest(0, n.open - n.occupied) < u.held THEN
        n.error := ugo.refused('conflicts_with_holds');
    ELSIF n.emergency_used > u.emergency_reserved THEN
        n.error := ugo.invalid('/emergency_used', 'more_than_reserved');
    END IF;
    RETURN ugo.declared_closed(n, u, p);
END
$$;

CREATE FUNCTION ugo.unit_declare(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit := ugo.unit_in_scope(c);
    observed bigint := ugo.observed(c);
    n ugo.counts;
BEGIN
    IF u.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF (c.params ->> 'free' IS NULL) = (c.params ->> 'occupied' IS NULL) THEN
        RETURN ugo.invalid('/free', 'exactly_one');
    ELSIF (c.params #>> '{closed,n}')::integer > 0
        AND c.params #>> '{closed,reason}' IS NULL THEN
        RETURN ugo.invalid('/closed/reason', 'required');
    ELSIF observed IS NULL THEN
        RETURN ugo.in_the_future(c);
    ELSIF observed < u.observed_at THEN
        RETURN ugo.outdated(c, u, observed, false);
    END IF;
    n := ugo.declared(u, c.params);
    IF (n.error).type IS NOT NULL THEN
        RETURN n.error;
    END IF;
    UPDATE ugo.unit SET revision = c.revision, open = n.open, occupied = n.occupied,
        closed = n.closed, emergency_used = n.emergency_used, closed_reason = n.closed_reason,
        reopens_on = n.reopens_on, derogation = c.params ->> 'derogation',
        derogation_by = CASE WHEN c.params ->> 'derogation' IS NOT NULL THEN c.account END,
        observed_at = observed, recorded_at = c.at, declared_by = c.account,
        channel = c.channel, contested_at = NULL
    WHERE id = u.id;
    RETURN ugo.done(ugo.unit_part(u.id));
END
$$;

CREATE FUNCTION ugo.unit_confirm(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit := ugo.unit_in_scope(c);
    observed bigint := ugo.observed(c);
BEGIN
    IF u.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF observed IS NULL THEN
        RETURN ugo.in_the_future(c);
    ELSIF u.observed_at IS NULL THEN
        RETURN ugo.invalid('/unit', 'never_declared');
    ELSIF observed < u.observed_at THEN
        RETURN ugo.outdated(c, u, observed, true);
    END IF;
    UPDATE ugo.unit SET revision = c.revision, observed_at = observed, recorded_at = c.at,
        declared_by = c.account, channel = c.channel, contested_at = NULL
    WHERE id = u.id;
    RETURN ugo.done(ugo.unit_part(u.id));
END
$$;

CREATE FUNCTION ugo.unit_report_wrong(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit := ugo.unit_in_scope(c);
BEGIN
    IF u.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF u.observed_at IS NULL OR u.contested_at IS NOT NULL THEN
        RETURN ugo.done(NULL);
    END IF;
    UPDATE ugo.unit SET revision = c.revision, contested_at = c.at WHERE id = u.id;
    RETURN ugo.done(ugo.unit_part(u.id));
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('unit.declare', '{establishment,service,astreinte,def,admin}', 'unit_declare',
        '{unit,free,occupied,open,emergency_used,closed,observed_at,derogation,arrived}'),
    ('unit.confirm', '{establishment,service,astreinte,def,admin}', 'unit_confirm',
        '{unit,observed_at}'),
    ('unit.report_wrong', '{astreinte,territory,def}', 'unit_report_wrong', '{unit}');

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
