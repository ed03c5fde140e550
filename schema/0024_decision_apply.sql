-- SPDX-License-Identifier: EUPL-1.2
-- Holds where declarations and batches meet them: arrivals that a declaration counts, the sweep,
-- answers.
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

CREATE OR REPLACE FUNCTION ugo.run_command(c ugo.command, previous_head bytea) RETURNS ugo.step
LANGUAGE plpgsql AS $$
DECLARE
    i ugo.idempotency;
    o ugo.outcome;
    s ugo.step := ROW(c.revision - 1, previous_head, NULL);
BEGIN
    SELECT * INTO i FROM ugo.idempotency WHERE account = c.account AND key = c.key;
    IF i.at + 172800000000 > c.at THEN
        s.reply := CASE WHEN i.operation = c.op AND i.digest = c.digest
            THEN i.reply || '{"replayed": true}' ELSE '{"type": "conflict", "revision": null}' END;
        RETURN s;
    END IF;
    o := ugo.run(c);
    IF (o.part).kind IS NOT NULL THEN
        s := ROW(c.revision, ugo.write_part(c, o.part, previous_head),
            jsonb_build_object('type', o.type, 'revision', c.revision));
    ELSIF cardinality(o.parts) > 0 THEN
        s := ROW(c.revision, ugo.write_parts(c, o.parts, previous_head),
            jsonb_build_object('type', o.type, 'revision', c.revision));
    ELSE
        s.reply := ugo.reply(o);
    END IF;
    IF o.answer IS NOT NULL THEN
        s.reply := s.reply || jsonb_build_object('answer', o.answer);
    END IF;
    IF i.key IS NOT NULL THEN -- out of date
        DELETE FROM ugo.idempotency WHERE account = c.account AND key = c.key;
    END IF;
    INSERT INTO ugo.idempotency VALUES (c.account, c.key, c.op, c.digest, o.type,
        nullif(s.revision, c.revision - 1), s.reply, c.at);
    RETURN s;
END
$$;

CREATE OR REPLACE FUNCTION ugo.apply_batch(batch jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    -- Plans made while tables are small stay in a session's cache: a seqscan would stay too.
    SET enable_seqscan = off SET jit = off AS $$
DECLARE
    l ugo.ledger;
    c ugo.command;
    s ugo.step;
    replies jsonb := '[]';
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'apply_batch needs READ COMMITTED' USING ERRCODE = 'UG002';
    ELSIF pg_is_in_recovery() THEN
        RAISE EXCEPTION 'a standby takes no commands' USING ERRCODE = '25006';
    ELSIF jsonb_typeof(batch) <> 'array' OR jsonb_array_length(batch) > 64 THEN
        RAISE EXCEPTION 'a batch is an array of at most 64 commands' USING ERRCODE = 'UG003';
    END IF;
    PERFORM pg_advisory_xact_lock(7694191);
    l := ugo.open_ledger();
    IF EXISTS (SELECT FROM ugo.due WHERE due.at <= l.at) THEN
        l := ugo.sweep(l);
    END IF;
    FOR i IN 0 .. jsonb_array_length(batch) - 1 LOOP
        c := ugo.read_command(batch -> i, l);
        IF c.account IS NULL THEN
            s := ugo.refused_step(l, 'invalid_request');
        ELSIF c.account = 'system' AND NOT pg_has_role(session_user, 'ugo_owner', 'MEMBER') THEN
            s := ugo.refused_step(l, 'forbidden');
        ELSE
            s := ugo.run_command(c, l.head);
        END IF;
        l.revision := s.revision;
        l.head := s.head;
        replies := replies || s.reply;
    END LOOP;
    UPDATE ugo.ledger SET revision = l.revision, at = l.at, head = l.head, started = l.started
    WHERE one;
    PERFORM pg_notify('ugo', l.revision::text);
    RETURN jsonb_build_object('epoch', l.epoch, 'revision', l.revision, 'at', l.at,
        'replies', replies);
END
$$;

RESET ROLE;
