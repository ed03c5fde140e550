-- SPDX-License-Identifier: EUPL-1.2
-- A batch begins with what is due by the clock. What that look costs is won back: the ledger is
-- opened where it is used.
SET LOCAL ROLE ugo_owner;

CREATE OR REPLACE FUNCTION ugo.apply_batch(batch jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    -- Plans made while tables are small stay in a session's cache: a seqscan would stay too.
    SET enable_seqscan = off SET jit = off AS $$
DECLARE
    l ugo.ledger;
    c ugo.command;
    s ugo.step;
    replies jsonb := '[]';
    done text;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'apply_batch needs READ COMMITTED' USING ERRCODE = 'UG002';
    ELSIF pg_is_in_recovery() THEN
        RAISE EXCEPTION 'a standby takes no commands' USING ERRCODE = '25006';
    ELSIF jsonb_typeof(batch) <> 'array' OR jsonb_array_length(batch) > 64 THEN
        RAISE EXCEPTION 'a batch is an array of at most 64 commands' USING ERRCODE = 'UG003';
    END IF;
    done := pg_advisory_xact_lock(7694191); -- PERFORM would run a query for it
    SELECT * INTO STRICT l FROM ugo.ledger WHERE one;
    IF l.timeline <> ugo.server_timeline() OR l.started <> pg_postmaster_start_time() THEN
        l := ugo.open_ledger();
    ELSE
        l.at := greatest(l.at + 1, ugo.clock_us());
    END IF;
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
    done := pg_notify('ugo', l.revision::text);
    RETURN jsonb_build_object('epoch', l.epoch, 'revision', l.revision, 'at', l.at,
        'replies', replies);
END
$$;

RESET ROLE;
