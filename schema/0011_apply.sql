-- SPDX-License-Identifier: EUPL-1.2
-- The one writer: apply_batch. README.md gives the order of its steps and checks.
SET LOCAL ROLE ugo_owner;

-- The bytes of one changed record in the hash chain: one line, fields separated by tabs. Neither
-- codes nor JSON text hold a tab or a line feed.
CREATE FUNCTION ugo.canonical(revision bigint, part integer, parts integer, at bigint, actor text,
    operation text, kind text, id text, establishment text, territory text, state jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN revision::text || E'\t' || part::text || E'\t' || parts::text || E'\t' || at::text
    || E'\t' || actor || E'\t' || operation || E'\t' || kind || E'\t' || id
    || E'\t' || coalesce(establishment, '') || E'\t' || coalesce(territory, '')
    || E'\t' || coalesce(state::text, 'null') || E'\n';

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
    IF l.timeline <> ugo.server_timeline()
        OR l.system_identifier <> ugo.server_identifier() THEN
        PERFORM ugo.open_epoch();
        SELECT * INTO STRICT l FROM ugo.ledger;
    END IF;
    l.at := greatest(l.at + 1, ugo.clock_us());
    RETURN l;
END
$$;

CREATE FUNCTION ugo.is_command(item jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN jsonb_typeof(item) = 'object'
        AND coalesce(jsonb_typeof(item -> 'account') = 'string'
            AND item ->> 'account' ~ '^[a-z0-9][a-z0-9._-]{0,62}$'
            AND jsonb_typeof(item -> 'key') = 'string'
            AND length(item ->> 'key') BETWEEN 1 AND 64
            AND jsonb_typeof(item -> 'op') = 'string'
            AND length(item ->> 'op') BETWEEN 1 AND 64
            AND jsonb_typeof(item -> 'digest') = 'string'
            AND length(item ->> 'digest') <= 128
            AND jsonb_typeof(item -> 'channel') = 'string'
            AND item ->> 'channel' = ANY (ugo.code_list('channel'))
            AND jsonb_typeof(item -> 'params') = 'object', false);
END
$$;

-- The answer this key has already had, `conflict` when it was for something else, or NULL.
CREATE FUNCTION ugo.earlier_reply(item jsonb, now bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found_operation text;
    found_digest text;
    reply jsonb;
BEGIN
    SELECT i.operation, i.digest, i.reply INTO found_operation, found_digest, reply
    FROM ugo.idempotency i
    WHERE i.account = item ->> 'account' AND i.key = item ->> 'key'
        AND i.at + 172800000000 > now;
    IF reply IS NULL THEN
        RETURN NULL;
    ELSIF found_operation <> item ->> 'op' OR found_digest <> item ->> 'digest' THEN
        RETURN '{"type": "conflict", "revision": null}';
    END IF;
    RETURN reply || '{"replayed": true}';
END
$$;

-- The command as its operation sees it; role NULL: the account may not do this.
CREATE FUNCTION ugo.authorise(item jsonb, roles text[], l ugo.ledger) RETURNS ugo.command
LANGUAGE plpgsql STABLE AS $$
DECLARE
    c ugo.command;
    a ugo.account;
BEGIN
    c := ROW(item ->> 'account', NULL, NULL, NULL, item ->> 'channel', l.at, l.revision + 1,
        item -> 'params');
    IF c.account = 'system' THEN
        c.role := 'admin';
        RETURN c;
    END IF;
    SELECT * INTO a FROM ugo.account WHERE id = c.account;
    IF a.role = 'service' AND a.role = ANY (roles) AND NOT a.disabled THEN
        SELECT * INTO a FROM ugo.account WHERE id = a.acts_for AND role <> 'service';
    END IF;
    IF a.role = ANY (roles) AND NOT a.disabled THEN
        c.role := a.role;
        c.territories := a.territories;
        c.establishments := a.establishments;
    END IF;
    RETURN c;
END
$$;

-- Writes a revision: its changes, ordered by kind and id, its departures; gives its head.
CREATE FUNCTION ugo.write_revision(c ugo.command, operation text, unordered ugo.part[],
    previous_head bytea) RETURNS bytea
LANGUAGE plpgsql AS $$
DECLARE
    p ugo.part[] := unordered;
    n integer := cardinality(unordered);
    lines text := '';
    head bytea;
BEGIN
    IF n > 1 THEN
        p := ARRAY(SELECT q FROM unnest(unordered) q
            ORDER BY (q).kind COLLATE "C", (q).id COLLATE "C");
    END IF;
    FOR i IN 1 .. n LOOP
        lines := lines || ugo.canonical(c.revision, i, n, c.at, c.account, operation, p[i].kind,
            p[i].id, p[i].establishment, p[i].territory, p[i].state);
    END LOOP;
    head := sha256(previous_head || convert_to(lines, 'UTF8'));
    FOR i IN 1 .. n LOOP
        INSERT INTO ugo.change VALUES (c.revision, i, n, c.at, c.account, operation, p[i].kind,
            p[i].id, p[i].establishment, p[i].territory, p[i].state,
            CASE WHEN i = 1 THEN head END);
        IF p[i].departed IS NOT NULL THEN
            INSERT INTO ugo.departed VALUES (c.revision, i, p[i].kind, p[i].id, p[i].departed);
        END IF;
    END LOOP;
    RETURN head;
END
$$;

CREATE FUNCTION ugo.reply(o ugo.outcome, revision bigint) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    reply jsonb := jsonb_build_object('type', o.type, 'revision', revision);
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
    EXECUTE 'CREATE OR REPLACE FUNCTION ugo.perform(op text, c ugo.command) RETURNS ugo.outcome
        LANGUAGE plpgsql AS $$ BEGIN CASE op'
        || (SELECT string_agg(format(' WHEN %L THEN RETURN ugo.%I(c);', op, function), ''
            ORDER BY op <> 'unit.declare', op COLLATE "C") FROM ugo.operation)
        || ' END CASE; END $$';
END
$make$;

-- The outcome of one command that is not a repetition.
CREATE FUNCTION ugo.run(item jsonb, l ugo.ledger, INOUT c ugo.command, OUT o ugo.outcome)
LANGUAGE plpgsql AS $$
DECLARE
    op ugo.operation;
BEGIN
    SELECT * INTO op FROM ugo.operation t WHERE t.op = item ->> 'op';
    IF op.op IS NULL THEN
        o := ugo.refused('unknown_operation');
        RETURN;
    END IF;
    c := ugo.authorise(item, op.roles, l);
    IF c.role IS NULL THEN
        o := ugo.refused('forbidden');
        RETURN;
    END IF;
    o := ugo.params_error(op, c.params);
    IF o.type IS NULL THEN
        o := ugo.perform(op.op, c);
    END IF;
END
$$;

-- One command: the ledger after it and its reply.
CREATE TYPE ugo.step AS (ledger ugo.ledger, reply jsonb);

CREATE FUNCTION ugo.run_command(l ugo.ledger, item jsonb) RETURNS ugo.step
LANGUAGE plpgsql AS $$
DECLARE
    earlier jsonb;
    r record;
    o ugo.outcome;
    reply jsonb;
BEGIN
    IF NOT ugo.is_command(item) THEN
        RETURN ROW(l, ugo.reply(ugo.refused('invalid_request'), NULL))::ugo.step;
    ELSIF item ->> 'account' = 'system'
        AND NOT pg_has_role(session_user, 'ugo_owner', 'MEMBER') THEN
        RETURN ROW(l, ugo.reply(ugo.refused('forbidden'), NULL))::ugo.step;
    END IF;
    earlier := ugo.earlier_reply(item, l.at);
    IF earlier IS NOT NULL THEN
        RETURN ROW(l, earlier)::ugo.step;
    END IF;
    r := ugo.run(item, l, NULL);
    o := r.o;
    IF cardinality(o.parts) > 0 THEN
        l.head := ugo.write_revision(r.c, item ->> 'op', o.parts, l.head);
        l.revision := l.revision + 1;
        reply := ugo.reply(o, l.revision);
    ELSE
        reply := ugo.reply(o, NULL);
    END IF;
    INSERT INTO ugo.idempotency VALUES (item ->> 'account', item ->> 'key', item ->> 'op',
        item ->> 'digest', o.type, (reply ->> 'revision')::bigint, reply, l.at)
    ON CONFLICT (account, key) DO UPDATE SET operation = excluded.operation,
        digest = excluded.digest, type = excluded.type, revision = excluded.revision,
        reply = excluded.reply, at = excluded.at;
    RETURN ROW(l, reply)::ugo.step;
END
$$;

CREATE FUNCTION ugo.apply_batch(batch jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l ugo.ledger;
    step ugo.step;
    replies jsonb[] := '{}';
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'apply_batch needs READ COMMITTED' USING ERRCODE = 'UG002';
    ELSIF jsonb_typeof(batch) <> 'array' OR jsonb_array_length(batch) > 64 THEN
        RAISE EXCEPTION 'a batch is an array of at most 64 commands' USING ERRCODE = 'UG003';
    END IF;
    PERFORM pg_advisory_xact_lock(7694191);
    l := ugo.open_ledger();
    FOR i IN 0 .. jsonb_array_length(batch) - 1 LOOP
        step := ugo.run_command(l, batch -> i);
        l := step.ledger;
        replies := replies || step.reply;
    END LOOP;
    UPDATE ugo.ledger SET revision = l.revision, at = l.at, head = l.head;
    PERFORM pg_notify('ugo', l.revision::text);
    RETURN jsonb_build_object('epoch', l.epoch, 'revision', l.revision, 'at', l.at,
        'replies', to_jsonb(replies));
END
$$;

SELECT ugo.make_perform();

RESET ROLE;
