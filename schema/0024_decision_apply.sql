-- SPDX-License-Identifier: EUPL-1.2
-- Holds where declarations meet them: arrivals that a declaration counts.
SET LOCAL ROLE ugo_owner;

-- The first rule that the arrivals named by a declaration break; a row of NULLs when none.
CREATE FUNCTION ugo.arrivals_error(u ugo.unit, arrived text[]) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    detail text;
BEGIN
    FOR i IN 1 .. cardinality(arrived) LOOP
        detail := CASE WHEN arrived[i] = ANY (arrived[:i - 1]) THEN 'twice'
            WHEN NOT EXISTS (SELECT FROM ugo.hold
                WHERE id = arrived[i] AND unit = u.id AND state = 'accepted')
            THEN 'not_accepted_here' END;
        IF detail IS NOT NULL THEN
            RETURN ugo.invalid('/arrived/' || i - 1, detail);
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- A statement older than the one recorded goes to history; the unit stays as it is.
CREATE OR REPLACE FUNCTION ugo.outdated(c ugo.command, unchanged boolean) RETURNS ugo.outcome
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
    RETURN ROW('outdated', NULL, NULL, NULL, part, NULL, NULL)::ugo.outcome;
END
$$;

-- Closing n places without saying `open` takes them from it; re-opening gives them back.
CREATE OR REPLACE FUNCTION ugo.unit_declare(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    free integer := p ->> 'free';
    taken integer := p ->> 'occupied';
    n integer := p #>> '{closed,n}';
    observed bigint := ugo.observed(c);
    opened integer;
    used integer;
    arrived text[];
    error ugo.outcome;
    u ugo.unit;
    part ugo.part;
BEGIN
    SELECT * INTO u FROM ugo.unit WHERE id = p ->> 'unit';
    IF (u.establishment = ANY (c.establishments)) IS NOT TRUE AND NOT ugo.in_scope(c, u) THEN
        RETURN ugo.refused('forbidden');
    END IF;
    IF p ->> 'arrived' IS NOT NULL THEN
        arrived := ARRAY(SELECT jsonb_array_elements_text(p -> 'arrived'));
        error := ugo.arrivals_error(u, arrived);
        IF error.type IS NOT NULL THEN
            RETURN error;
        END IF;
        SELECT u.held - coalesce(sum(places), 0),
            u.held_emergency - coalesce(sum(places) FILTER (WHERE emergency), 0)
        INTO u.held, u.held_emergency FROM ugo.hold WHERE id = ANY (arrived);
    END IF;
    IF (free IS NULL) = (taken IS NULL) THEN
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
        channel = c.channel, contested_at = NULL, held = u.held, held_emergency = u.held_emergency
    WHERE id = u.id RETURNING (ugo.unit_part(unit)).* INTO part;
    IF cardinality(arrived) > 0 THEN
        RETURN ugo.done_all(part || ugo.arrive(c, arrived));
    END IF;
    RETURN ugo.done(part);
END
$$;

RESET ROLE;
