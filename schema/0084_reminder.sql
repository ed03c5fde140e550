-- SPDX-License-Identifier: EUPL-1.2
-- Reminders: who is asked to declare, or to answer, when nothing is heard. Rules are records; what
-- is to be sent is a queue, no part of the history: what came of it is a link and an answer.
SET LOCAL ROLE ugo_owner;

-- Where an account is reached: a mail address or a telephone number.
ALTER TABLE ugo.account ADD COLUMN remind text
    CHECK (remind ~ '^([^@[:space:]]+@[^@[:space:]]+|\+?[0-9][0-9 .]{5,24})$');

UPDATE ugo.record_source SET query = 'SELECT id::text, revision, NULL::text, NULL::text,
    CASE WHEN remind IS NULL THEN
        json_build_object(''role'', role, ''territories'', territories,
            ''establishments'', establishments, ''acts_for'', acts_for, ''name'', name,
            ''disabled'', disabled)
    ELSE
        json_build_object(''role'', role, ''territories'', territories,
            ''establishments'', establishments, ''acts_for'', acts_for, ''name'', name,
            ''disabled'', disabled, ''remind'', remind) END
    FROM ugo.account'
WHERE kind = 'account';

CREATE OR REPLACE FUNCTION ugo.account_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    error ugo.outcome := ugo.account_error(p);
    written integer;
BEGIN
    IF error.type IS NOT NULL THEN
        RETURN error;
    ELSIF p ->> 'remind' IS NOT NULL AND p ->> 'role' <> 'establishment' THEN
        RETURN ugo.invalid('/remind', 'only_for_establishment');
    END IF;
    INSERT INTO ugo.account AS t
        (id, revision, role, territories, establishments, acts_for, name, disabled, remind)
    VALUES (p ->> 'id', c.revision, p ->> 'role', ugo.text_set(p -> 'territories'),
        ugo.text_set(p -> 'establishments'), p ->> 'acts_for', p ->> 'name',
        coalesce((p ->> 'disabled')::boolean, false), p ->> 'remind')
    ON CONFLICT (id) DO UPDATE
    SET revision = c.revision, role = excluded.role, territories = excluded.territories,
        establishments = excluded.establishments, acts_for = excluded.acts_for,
        name = excluded.name, disabled = excluded.disabled, remind = excluded.remind
    WHERE (t.role, t.territories, t.establishments, t.acts_for, t.name, t.disabled, t.remind)
        IS DISTINCT FROM (excluded.role, excluded.territories, excluded.establishments,
            excluded.acts_for, excluded.name, excluded.disabled, excluded.remind);
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN ugo.done_all(CASE WHEN written > 0 THEN ugo.account_parts(p ->> 'id') END);
END
$$;

UPDATE ugo.operation SET members = members || '{remind}' WHERE op = 'account.put';
INSERT INTO ugo.member (op, position, path, required, type, high, pattern) VALUES
    ('account.put', 90, '{remind}', false, 'text', 200,
        '^([^@[:space:]]+@[^@[:space:]]+|\+?[0-9][0-9 .]{5,24})$');

-- Rules

-- Which units it is for: all of a territory, of these a kind's or an establishment's. declare: from
-- before_s ahead of the moment when a declaration is not believed any more; hold: when one has
-- waited for after_s.
CREATE TABLE ugo.reminder (
    id text PRIMARY KEY CHECK (id ~ '^n-[0-9a-z][0-9a-z-]{0,60}$'),
    revision bigint NOT NULL,
    territory text NOT NULL REFERENCES ugo.territory,
    establishment_kind text REFERENCES ugo.establishment_kind,
    establishment text,
    question text NOT NULL CHECK (question IN ('declare', 'hold')),
    before_s integer NOT NULL CHECK (before_s BETWEEN 0 AND 86400),
    after_s integer NOT NULL CHECK (after_s BETWEEN 0 AND 86400)
);

CREATE FUNCTION ugo.reminder_state(r ugo.reminder) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object('territory', r.territory, 'establishment_kind', r.establishment_kind,
    'establishment', r.establishment, 'question', r.question, 'before_s', r.before_s,
    'after_s', r.after_s);

INSERT INTO ugo.record_source VALUES ('reminder',
    'SELECT id, revision, NULL::text, territory::text, ugo.reminder_state(r)
        FROM ugo.reminder r');

CREATE FUNCTION ugo.reminder_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    was ugo.reminder;
    r ugo.reminder;
BEGIN
    SELECT * INTO was FROM ugo.reminder WHERE id = p ->> 'id';
    r := ROW(p ->> 'id', was.revision, p ->> 'territory', p ->> 'establishment_kind',
        p ->> 'establishment', p ->> 'question', coalesce((p ->> 'before_s')::integer, 0),
        coalesce((p ->> 'after_s')::integer, 300));
    IF r.question NOT IN ('declare', 'hold') THEN
        RETURN ugo.invalid('/question', 'unknown_code');
    ELSIF r IS NOT DISTINCT FROM was THEN
        RETURN ugo.done(NULL);
    END IF;
    r.revision := c.revision;
    DELETE FROM ugo.reminder WHERE id = r.id;
    INSERT INTO ugo.reminder VALUES (r.*);
    RETURN ugo.done(ROW('reminder', r.id, NULL, r.territory, ugo.reminder_state(r),
        CASE WHEN was.territory <> r.territory THEN ugo.scope(NULL, was.territory) END)::ugo.part);
END
$$;

CREATE FUNCTION ugo.reminder_delete(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    was ugo.reminder;
BEGIN
    DELETE FROM ugo.reminder WHERE id = c.params ->> 'id' RETURNING * INTO was;
    IF was.id IS NULL THEN
        RETURN ugo.refused('not_found');
    END IF;
    RETURN ugo.done(ROW('reminder', was.id, NULL, was.territory, NULL,
        ugo.scope(NULL, was.territory))::ugo.part);
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('reminder.put', '{admin}', 'reminder_put',
        '{id,territory,establishment_kind,establishment,question,before_s,after_s}'),
    ('reminder.delete', '{admin}', 'reminder_delete', '{id}');

INSERT INTO ugo.member (op, position, path, required, type, low, high, pattern, refers) VALUES
    ('reminder.put', 1, '{id}', true, 'text', NULL, 62, '^n-[0-9a-z][0-9a-z-]{0,60}$', NULL),
    ('reminder.put', 2, '{territory}', true, 'text', NULL, 31, NULL, 'territory'),
    ('reminder.put', 3, '{establishment_kind}', false, 'text', NULL, 30, NULL,
        'establishment_kind'),
    ('reminder.put', 4, '{establishment}', false, 'text', NULL, 63, NULL, 'establishment'),
    ('reminder.put', 5, '{question}', true, 'text', NULL, 63, NULL, NULL),
    ('reminder.put', 6, '{before_s}', false, 'integer', 0, 86400, NULL, NULL),
    ('reminder.put', 7, '{after_s}', false, 'integer', 0, 86400, NULL, NULL),
    ('reminder.delete', 1, '{id}', true, 'text', NULL, 62, NULL, NULL);

-- The queue

-- state: waiting, sent, failed (after the last try) or dropped (answered before it was sent).
CREATE TABLE ugo.outbox (
    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    made_at bigint NOT NULL,
    account text NOT NULL REFERENCES ugo.account,
    unit text NOT NULL,
    question text NOT NULL CHECK (question IN ('declare', 'hold')),
    hold text,
    address text NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
    tries integer NOT NULL DEFAULT 0,
    next_at bigint NOT NULL,
    CHECK ((question = 'hold') = (hold IS NOT NULL))
);
CREATE INDEX outbox_unit ON ugo.outbox (unit, made_at);
CREATE INDEX outbox_next ON ugo.outbox (next_at) WHERE state = 'waiting';

-- Of one declaration: nobody is asked without end.
CREATE FUNCTION ugo.reminders_most() RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN 3;

-- How long after its n-th failure a reminder is tried again, µs; NULL: no more.
CREATE FUNCTION ugo.outbox_pause(tries integer) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN (ARRAY[60000000, 300000000, 1800000000]::bigint[])[tries];

-- Who is asked for an establishment: one account, or none.
CREATE FUNCTION ugo.remindable(of_establishment text) RETURNS ugo.account
LANGUAGE sql STABLE
RETURN (SELECT a FROM ugo.account a WHERE a.role = 'establishment' AND NOT a.disabled
    AND a.remind IS NOT NULL AND of_establishment = ANY (a.establishments)
    ORDER BY cardinality(a.establishments), a.id COLLATE "C" LIMIT 1);

CREATE FUNCTION ugo.rule_for(r ugo.reminder, u ugo.unit) RETURNS boolean
LANGUAGE sql STABLE
RETURN coalesce(r.establishment = u.establishment, true)
    AND (r.establishment_kind IS NULL OR r.establishment_kind = (SELECT e.establishment_kind
        FROM ugo.establishment e WHERE e.id = u.establishment))
    AND EXISTS (SELECT FROM ugo.territory t WHERE t.code = u.home AND r.territory = ANY (t.path));

CREATE FUNCTION ugo.unit_ttl(u ugo.unit) RETURNS bigint
LANGUAGE sql STABLE
RETURN ((u.description::json) ->> 'ttl_s')::bigint * 1000000;

-- Queues what the rules ask for now: one reminder per unit and time of belief at most.
CREATE FUNCTION ugo.queue_reminders(now bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ugo.outbox (made_at, account, unit, question, address, next_at)
    SELECT now, a.id, u.id, 'declare', a.remind, now
    FROM ugo.unit u CROSS JOIN LATERAL (SELECT (x.a).* FROM (SELECT ugo.remindable(u.establishment)
        AS a) x) a
    WHERE a.id IS NOT NULL AND EXISTS (SELECT FROM ugo.reminder r WHERE r.question = 'declare'
            AND u.observed_at + ugo.unit_ttl(u) - r.before_s * 1000000::bigint <= now
            AND ugo.rule_for(r, u))
        AND NOT EXISTS (SELECT FROM ugo.outbox o WHERE o.unit = u.id AND o.question = 'declare'
            AND o.made_at > now - ugo.unit_ttl(u))
        AND (SELECT count(*) FROM ugo.outbox o WHERE o.unit = u.id AND o.question = 'declare'
            AND o.made_at > u.observed_at) < ugo.reminders_most();
    INSERT INTO ugo.outbox (made_at, account, unit, question, hold, address, next_at)
    SELECT now, a.id, u.id, 'hold', h.id, a.remind, now
    FROM ugo.hold h JOIN ugo.unit u ON u.id = h.unit
    CROSS JOIN LATERAL (SELECT (x.a).* FROM (SELECT ugo.remindable(u.establishment) AS a) x) a
    WHERE h.state = 'held' AND h.held_until > now AND a.id IS NOT NULL
        AND EXISTS (SELECT FROM ugo.reminder r WHERE r.question = 'hold'
            AND h.created_at + r.after_s * 1000000::bigint <= now AND ugo.rule_for(r, u))
        AND NOT EXISTS (SELECT FROM ugo.outbox o WHERE o.hold = h.id);
END
$$;

-- Whether what it asks for has not been answered yet.
CREATE FUNCTION ugo.is_wanted(o ugo.outbox, now bigint) RETURNS boolean
LANGUAGE sql STABLE
RETURN CASE o.question
    WHEN 'hold' THEN EXISTS (SELECT FROM ugo.hold WHERE id = o.hold AND state = 'held'
        AND held_until > now)
    ELSE EXISTS (SELECT FROM ugo.unit WHERE id = o.unit AND observed_at < o.made_at) END
    AND EXISTS (SELECT FROM ugo.account WHERE id = o.account AND NOT disabled
        AND remind = o.address);

-- What is to be sent now, at most so many; whoever gets it has a minute to say what came of it,
-- then it is anybody's again. Nothing while another asks.
CREATE FUNCTION ugo.outbox_take(most integer) RETURNS TABLE (id bigint, tries integer,
    account text, unit text, question text, hold text, address text, unit_name text,
    establishment_name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now bigint := greatest(ugo.clock_us(), (SELECT l.at FROM ugo.ledger l));
BEGIN
    IF NOT pg_try_advisory_xact_lock(7694192) THEN
        RETURN;
    END IF;
    DELETE FROM ugo.outbox o WHERE o.made_at < now - 2592000000000;
    PERFORM ugo.queue_reminders(now);
    UPDATE ugo.outbox o SET state = 'dropped'
    WHERE o.state = 'waiting' AND o.next_at <= now AND NOT ugo.is_wanted(o, now);
    RETURN QUERY
    WITH taken AS (
        UPDATE ugo.outbox o SET next_at = now + 60000000, tries = o.tries + 1
        WHERE o.id IN (SELECT w.id FROM ugo.outbox w WHERE w.state = 'waiting' AND w.next_at <= now
            ORDER BY w.next_at, w.id LIMIT most)
        RETURNING o.*)
    SELECT t.id, t.tries, t.account, t.unit, t.question, t.hold, t.address, u.name::text,
        e.name::text
    FROM taken t JOIN ugo.unit u ON u.id = t.unit JOIN ugo.establishment e ON e.id = u.establishment
    ORDER BY t.id;
END
$$;

-- What came of the n-th try: its state from now on. One that is not the last any more says nothing.
CREATE FUNCTION ugo.outbox_done(of_id bigint, of_try integer, sent boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now bigint := greatest(ugo.clock_us(), (SELECT l.at FROM ugo.ledger l));
    is_now text;
BEGIN
    UPDATE ugo.outbox o SET state = CASE WHEN sent THEN 'sent'
            WHEN ugo.outbox_pause(of_try) IS NULL THEN 'failed' ELSE 'waiting' END,
        next_at = now + coalesce(ugo.outbox_pause(of_try), 0)
    WHERE o.id = of_id AND o.tries = of_try AND o.state = 'waiting'
    RETURNING o.state INTO is_now;
    RETURN is_now;
END
$$;

SELECT ugo.make_record();
SELECT ugo.make_perform();

REVOKE ALL ON FUNCTION ugo.reminder_state(ugo.reminder), ugo.reminder_put(ugo.command),
    ugo.reminder_delete(ugo.command), ugo.reminders_most(), ugo.outbox_pause(integer),
    ugo.remindable(text), ugo.rule_for(ugo.reminder, ugo.unit), ugo.unit_ttl(ugo.unit),
    ugo.queue_reminders(bigint), ugo.is_wanted(ugo.outbox, bigint), ugo.outbox_take(integer),
    ugo.outbox_done(bigint, integer, boolean)
FROM PUBLIC;
GRANT SELECT ON ugo.reminder, ugo.outbox TO ugod;
GRANT EXECUTE ON FUNCTION ugo.reminder_state(ugo.reminder), ugo.outbox_take(integer),
    ugo.outbox_done(bigint, integer, boolean) TO ugod;

RESET ROLE;
