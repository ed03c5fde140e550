-- SPDX-License-Identifier: EUPL-1.2
-- The one writer: apply_batch. README.md gives the order of its steps and checks.
SET LOCAL ROLE ugo_owner;

-- The bytes of one changed record in the hash chain: one line, fields separated by tabs. Neither
-- codes nor JSON text hold a tab or a line feed.
CREATE FUNCTION ugo.canonical(revision bigint, part integer, parts integer, at bigint, actor text,
    operation text, kind text, id text, establishment text, territory text, state json)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN concat_ws(E'\t', revision, part, parts, at, actor, operation, kind, id,
    coalesce(establishment, ''), coalesce(territory, ''), coalesce(state::text, 'null') || E'\n');

-- Opens an epoch: positions of older ones are good up to the present revision only.
CREATE FUNCTION ugo.open_epoch() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fresh text := ugo.new_epoch();
BEGIN
    PERFORM pg_advisory_xact_lock(7694191);
    INSERT INTO ugo.epoch SELECT fresh, revision, greatest(at, ugo.clock_us()) FROM ugo.ledger;
    UPDATE ugo.ledger SET epoch = fresh, system_identifier = ugo.server_identifier(),
        timeline = ugo.server_timeline();
    RETURN fresh;
END
$$;

-- The ledger as this batch finds it, with the batch's logical time. The caller holds the lock.
CREATE FUNCTION ugo.open_ledger() RETURNS ugo.ledger
LANGUAGE plpgsql AS $$
DECLARE
    l ugo.ledger;
BEGIN
    SELECT * INTO STRICT l FROM ugo.ledger;
    IF l.timeline <> ugo.server_timeline() OR l.started <> pg_postmaster_start_time()
        AND l.system_identifier <> ugo.server_identifier() THEN
        PERFORM ugo.open_epoch();
        SELECT * INTO STRICT l FROM ugo.ledger;
    END IF;
    l.started := pg_postmaster_start_time();
    l.at := greatest(l.at + 1, ugo.clock_us());
    RETURN l;
END
$$;

-- Writes a revision of one change; gives its head.
CREATE FUNCTION ugo.write_part(c ugo.command, p ugo.part, previous_head bytea) RETURNS bytea
LANGUAGE plpgsql AS $$
DECLARE
    head bytea := sha256(previous_head || convert_to(ugo.canonical(c.revision, 1, 1, c.at,
        c.account, c.op, p.kind, p.id, p.establishment, p.territory, p.state), 'UTF8'));
BEGIN
    INSERT INTO ugo.change VALUES (c.revision, 1, 1, c.at, c.account, c.op, p.kind, p.id,
        p.establishment, p.territory, p.state, head);
    IF p.departed IS NOT NULL THEN
        INSERT INTO ugo.departed VALUES (c.revision, 1, p.kind, p.id, p.departed);
    END IF;
    RETURN head;
END
$$;

-- Writes a revision of several changes, ordered by kind and id; gives its head.
CREATE FUNCTION ugo.write_parts(c ugo.command, parts ugo.part[], previous_head bytea)
RETURNS bytea
LANGUAGE plpgsql AS $$
DECLARE
    n integer := cardinality(parts);
    revision_head bytea;
BEGIN
    WITH ordered AS (
        SELECT q.*, row_number() OVER (ORDER BY kind COLLATE "C", id COLLATE "C")::integer AS part
        FROM unnest(parts) q
    ), hashed AS (
        SELECT sha256(previous_head || convert_to(string_agg(ugo.canonical(c.revision, part, n,
            c.at, c.account, c.op, kind, id, establishment, territory, state), ''
            ORDER BY part), 'UTF8')) AS head FROM ordered
    ), left_behind AS (
        INSERT INTO ugo.departed SELECT c.revision, part, kind, id, departed
        FROM ordered WHERE departed IS NOT NULL
    )
    INSERT INTO ugo.change SELECT c.revision, part, n, c.at, c.account, c.op, kind, id,
        establishment, territory, state, CASE WHEN part = 1 THEN head END
    FROM ordered, hashed;
    SELECT head INTO STRICT revision_head FROM ugo.change WHERE revision = c.revision AND part = 1;
    RETURN revision_head;
END
$$;

-- The answer to a command that changed nothing.
CREATE FUNCTION ugo.reply(o ugo.outcome) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    reply jsonb := jsonb_build_object('type', o.type, 'revision', NULL);
BEGIN
    IF o.pointer IS NOT NULL THEN
        reply := reply || jsonb_build_object('errors', jsonb_build_array(
            jsonb_build_object('pointer', o.pointer, 'detail', o.detail)));
    END IF;
    IF o.now IS NOT NULL THEN
        reply := reply || jsonb_build_object('now', o.now);
    END IF;
    RETURN reply;
END
$$;

-- Calls the function of an operation. Its body is made from the table of operations, so that plans
-- are kept; a migration that adds operations calls make_perform again.
CREATE FUNCTION ugo.make_perform() RETURNS void
LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE 'CREATE OR REPLACE FUNCTION ugo.perform(c ugo.command) RETURNS ugo.outcome
        LANGUAGE plpgsql AS $$ BEGIN CASE c.op'
        || (SELECT string_agg(format(' WHEN %L THEN RETURN ugo.%I(c);', op, function), ''
            ORDER BY op <> 'unit.declare', op COLLATE "C") FROM ugo.operation)
        || ' END CASE; END $$';
END
$make$;

-- The role and scope that a service account takes from the one it acts for, when that may `roles`.
CREATE FUNCTION ugo.acting(a ugo.account, roles text[]) RETURNS ugo.account
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT * INTO a FROM ugo.account
    WHERE id = a.acts_for AND role <> 'service' AND role = ANY (roles) AND NOT a.disabled;
    RETURN a;
END
$$;

-- Whether the text of params is too short for a text that is too long, and has no number with a
-- point and no control character.
CREATE FUNCTION ugo.is_plain(params text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN length(params) <= 74 AND translate(params, E'.\\\x7f', '') = params;

-- The outcome of a command that is not a repetition.
CREATE FUNCTION ugo.run(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    a ugo.account;
    error ugo.outcome;
BEGIN
    IF c.roles IS NULL THEN
        RETURN ugo.refused('unknown_operation');
    END IF;
    SELECT * INTO a FROM ugo.account WHERE id = c.account AND role = ANY (c.roles);
    IF a.role = 'service' THEN
        a := ugo.acting(a, c.roles);
    END IF;
    IF c.account = 'system' THEN
        c.role := 'admin';
    ELSIF a.disabled IS NOT FALSE THEN
        RETURN ugo.refused('forbidden');
    END IF;
    c.role := coalesce(c.role, a.role);
    c.territories := a.territories;
    c.establishments := a.establishments;
    IF (c.params @@ c.plain AND ugo.is_plain(c.params::text)
            AND c.params - c.members = '{}') IS NOT TRUE THEN
        error := ugo.params_error(c);
        IF error.type IS NOT NULL THEN
            RETURN error;
        END IF;
    END IF;
    RETURN ugo.perform(c);
END
$$;

-- The ledger after a command, and the command's reply.
CREATE TYPE ugo.step AS (revision bigint, head bytea, reply jsonb);

CREATE FUNCTION ugo.run_command(c ugo.command, previous_head bytea) RETURNS ugo.step
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
    IF i.key IS NOT NULL THEN -- out of date
        DELETE FROM ugo.idempotency WHERE account = c.account AND key = c.key;
    END IF;
    INSERT INTO ugo.idempotency VALUES (c.account, c.key, c.op, c.digest, o.type,
        nullif(s.revision, c.revision - 1), s.reply, c.at);
    RETURN s;
END
$$;

-- An element of a batch with its operation, or a row of NULLs when it is not a command.
CREATE FUNCTION ugo.read_command(item jsonb, l ugo.ledger) RETURNS ugo.command
LANGUAGE plpgsql STABLE AS $$
DECLARE
    c ugo.command;
BEGIN
    IF (item @@ 'strict $.account.type() == "string" && $.op.type() == "string"
                && $.key.type() == "string" && $.digest.type() == "string"
                && $.channel.type() == "string" && $.params.type() == "object"'
            AND item ->> 'account' ~ '^[a-z0-9][a-z0-9._-]*$' AND length(item ->> 'account') <= 63
            AND length(item ->> 'op') BETWEEN 1 AND 64 AND length(item ->> 'key') BETWEEN 1 AND 64
            AND length(item ->> 'digest') <= 128
            AND item ->> 'channel' = ANY (ugo.code_list('channel'))) IS NOT TRUE THEN
        RETURN NULL;
    END IF;
    c := ROW(item ->> 'account', item ->> 'op', item ->> 'key', item ->> 'digest',
        item ->> 'channel', item -> 'params', NULL, NULL, NULL, NULL, NULL, NULL, l.at,
        l.revision + 1);
    SELECT roles, members, plain INTO c.roles, c.members, c.plain
    FROM ugo.operation WHERE op = c.op;
    RETURN c;
END
$$;

-- A refusal that no key remembers.
CREATE FUNCTION ugo.refused_step(l ugo.ledger, type text) RETURNS ugo.step
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ROW(l.revision, l.head, ugo.reply(ugo.refused(type)))::ugo.step;
END
$$;

CREATE FUNCTION ugo.apply_batch(batch jsonb) RETURNS jsonb
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
    UPDATE ugo.ledger SET revision = l.revision, at = l.at, head = l.head, started = l.started;
    PERFORM pg_notify('ugo', l.revision::text);
    RETURN jsonb_build_object('epoch', l.epoch, 'revision', l.revision, 'at', l.at,
        'replies', replies);
END
$$;

SELECT ugo.make_perform();

RESET ROLE;
