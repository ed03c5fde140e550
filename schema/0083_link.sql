-- SPDX-License-Identifier: EUPL-1.2
-- Links: what lets whoever has an address answer one question without signing in, and do nothing
-- else. A record of kind credential, of type link.
SET LOCAL ROLE ugo_owner;

-- id: SHA-256 in hex of the address's secret. unit refers to nothing: it may close before its links
-- end.
CREATE TABLE ugo.link (
    id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{64}$'),
    revision bigint NOT NULL,
    account text NOT NULL REFERENCES ugo.account,
    unit text NOT NULL,
    question text NOT NULL CHECK (question IN ('declare', 'hold')),
    hold text,
    made_at bigint NOT NULL,
    expires_at bigint NOT NULL CHECK (expires_at > made_at),
    CHECK ((question = 'hold') = (hold IS NOT NULL))
);
CREATE INDEX link_account ON ugo.link (account, unit);

-- An account has as many at most for one unit; one more ends the oldest.
CREATE FUNCTION ugo.links_most() RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN 8;

-- The longest time that one lasts.
CREATE FUNCTION ugo.link_time() RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN 604800000000;

CREATE FUNCTION ugo.link_state(l ugo.link) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object('account', l.account, 'type', 'link', 'expires_at', l.expires_at,
    'revoked', false, 'label', NULL, 'unit', l.unit, 'question', l.question, 'hold', l.hold,
    'made_at', l.made_at);

UPDATE ugo.record_source SET query = query
    || ' UNION ALL SELECT l.id, l.revision, NULL::text, NULL::text, ugo.link_state(l)
        FROM ugo.link l'
WHERE kind = 'credential';

-- Ending

CREATE FUNCTION ugo.link_due() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ugo.set_due('l-' || coalesce(new.id, old.id), new.expires_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER link_due AFTER INSERT OR DELETE OR UPDATE
ON ugo.link FOR EACH ROW EXECUTE FUNCTION ugo.link_due();

-- Deletes links; their parts.
CREATE FUNCTION ugo.close_links(ids text[]) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    closed text;
    parts ugo.part[] := '{}';
BEGIN
    FOR closed IN DELETE FROM ugo.link WHERE id = ANY (ids) RETURNING id LOOP
        parts := parts || ugo.credential_part(closed, NULL);
    END LOOP;
    RETURN parts;
END
$$;

CREATE FUNCTION ugo.link_turn(key text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN 'link.end';

CREATE FUNCTION ugo.run_link_turn(c ugo.command, key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ugo.close_links(ARRAY[substr(key, 3)]);
END
$$;

INSERT INTO ugo.due_kind VALUES ('l', 'link_turn', 'run_link_turn');

-- The parts of an account as it is now; one that is disabled has no sessions, and only one of an
-- establishment has links.
CREATE OR REPLACE FUNCTION ugo.account_parts(key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ugo.close_sessions(ARRAY(SELECT s.id FROM ugo.session s
            JOIN ugo.account a ON a.id = s.account WHERE a.id = key AND a.disabled))
        || ugo.close_links(ARRAY(SELECT l.id FROM ugo.link l
            JOIN ugo.account a ON a.id = l.account
            WHERE a.id = key AND (a.disabled OR a.role <> 'establishment')))
        || ugo.record_part('account', key);
END
$$;

-- Making

-- NULL, or the rule that a link.put breaks.
CREATE FUNCTION ugo.link_error(p jsonb, a ugo.account, u ugo.unit) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF a.role <> 'establishment' OR a.disabled THEN
        RETURN ugo.invalid('/account', 'not_an_establishment');
    ELSIF (u.establishment = ANY (a.establishments)) IS NOT TRUE THEN
        RETURN ugo.invalid('/unit', 'unknown_reference');
    ELSIF p ->> 'question' NOT IN ('declare', 'hold') THEN
        RETURN ugo.invalid('/question', 'unknown_code');
    ELSIF p ->> 'question' = 'hold' AND p ->> 'hold' IS NULL THEN
        RETURN ugo.invalid('/hold', 'required');
    ELSIF p ->> 'question' = 'declare' AND p ->> 'hold' IS NOT NULL THEN
        RETURN ugo.invalid('/hold', 'only_for_hold');
    ELSIF EXISTS (SELECT FROM ugo.link WHERE id = p ->> 'id')
        OR EXISTS (SELECT FROM ugo.session WHERE id = p ->> 'id')
        OR EXISTS (SELECT FROM ugo.credential WHERE id = p ->> 'id') THEN
        RETURN ugo.invalid('/id', 'taken');
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION ugo.link_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    a ugo.account;
    u ugo.unit;
    h ugo.hold;
    l ugo.link;
    error ugo.outcome;
    ends bigint;
    parts ugo.part[];
BEGIN
    SELECT * INTO a FROM ugo.account WHERE id = p ->> 'account';
    SELECT * INTO u FROM ugo.unit WHERE id = p ->> 'unit';
    error := ugo.link_error(p, a, u);
    IF error.type IS NOT NULL THEN
        RETURN error;
    END IF;
    SELECT * INTO h FROM ugo.hold WHERE id = p ->> 'hold';
    IF p ->> 'hold' IS NOT NULL AND (h.unit = u.id) IS NOT TRUE THEN
        RETURN ugo.invalid('/hold', 'unknown_reference');
    ELSIF h.id IS NOT NULL AND NOT ugo.is_held(c, h) THEN
        RETURN ugo.hold_not_active();
    END IF;
    ends := least(coalesce((p ->> 'expires_at')::bigint, h.held_until, c.at + 86400000000),
        h.held_until);
    IF ends <= c.at THEN
        RETURN ugo.invalid('/expires_at', 'in_the_past');
    ELSIF ends > c.at + ugo.link_time() THEN
        RETURN ugo.invalid('/expires_at', 'out_of_range');
    END IF;
    parts := ugo.close_links(ARRAY(SELECT id FROM ugo.link WHERE account = a.id AND unit = u.id
        ORDER BY made_at DESC, id OFFSET ugo.links_most() - 1));
    INSERT INTO ugo.link VALUES (p ->> 'id', c.revision, a.id, u.id, p ->> 'question', h.id, c.at,
        ends)
    RETURNING * INTO l;
    RETURN ugo.done_all(parts || ugo.credential_part(l.id, ugo.link_state(l)));
END
$$;

CREATE FUNCTION ugo.link_revoke(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ugo.done_all(ugo.close_links(ARRAY[c.params ->> 'id']));
END
$$;

-- Answering

-- Whether a command that came by a link, which it names in `link`, is one that the link is for: its
-- account's, about its own unit or hold, with nothing besides what it asks.
CREATE FUNCTION ugo.link_allows(c ugo.command) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    l ugo.link;
BEGIN
    SELECT * INTO l FROM ugo.link WHERE id = c.params ->> 'link';
    IF (l.account = c.account AND l.expires_at > c.at AND c.role = 'establishment') IS NOT TRUE THEN
        RETURN false;
    END IF;
    RETURN (CASE l.question || ' ' || c.op
        WHEN 'declare unit.declare' THEN c.params ->> 'unit' = l.unit
            AND c.params - '{link,unit,free,occupied,open,observed_at}'::text[] = '{}'
        WHEN 'declare unit.confirm' THEN c.params ->> 'unit' = l.unit
            AND c.params - '{link,unit,observed_at}'::text[] = '{}'
        WHEN 'hold hold.accept' THEN c.params ->> 'hold' = l.hold
            AND c.params - '{link,hold,arrive_by}'::text[] = '{}'
        WHEN 'hold hold.refuse' THEN c.params ->> 'hold' = l.hold
            AND c.params - '{link,hold,code}'::text[] = '{}' END) IS TRUE;
END
$$;

-- As before; what comes by the channel `link` is also judged by its link. (No operation has a
-- member `link`: by any other channel it is unknown.)
CREATE OR REPLACE FUNCTION ugo.run(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    a ugo.account;
    error ugo.outcome;
BEGIN
    IF c.roles IS NULL THEN
        RETURN ugo.refused('unknown_operation');
    ELSIF c.account = 'system' THEN
        c.role := 'admin';
    ELSIF c.account = 'daemon' THEN
        IF NOT ugo.is_daemon(c) THEN
            RETURN ugo.refused('forbidden');
        END IF;
        c.role := 'daemon';
    ELSE
        SELECT * INTO a FROM ugo.account WHERE id = c.account AND role = ANY (c.roles);
        IF a.role = 'service' THEN
            a := ugo.acting(a, c.roles);
        END IF;
        IF a.disabled IS NOT FALSE THEN
            RETURN ugo.refused('forbidden');
        END IF;
        c.role := a.role;
        c.territories := a.territories;
        c.establishments := a.establishments;
    END IF;
    IF c.channel = 'link' THEN
        IF NOT ugo.link_allows(c) THEN
            RETURN ugo.refused('forbidden');
        END IF;
        c.params := c.params - 'link';
    END IF;
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

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('link.put', '{daemon,admin}', 'link_put', '{id,account,unit,question,hold,expires_at}'),
    ('link.revoke', '{daemon,admin}', 'link_revoke', '{id}');

INSERT INTO ugo.member (op, position, path, required, type, low, high, pattern, refers) VALUES
    ('link.put', 1, '{id}', true, 'text', NULL, 64, '^[0-9a-f]{64}$', NULL),
    ('link.put', 2, '{account}', true, 'text', NULL, 63, NULL, 'account'),
    ('link.put', 3, '{unit}', true, 'text', NULL, 63, NULL, NULL),
    ('link.put', 4, '{question}', true, 'text', NULL, 63, NULL, NULL),
    ('link.put', 5, '{hold}', false, 'text', NULL, 63, NULL, NULL),
    ('link.put', 6, '{expires_at}', false, 'integer', 1, 999999999999999999, NULL, NULL),
    ('link.revoke', 1, '{id}', true, 'text', NULL, 64, NULL, NULL);

-- Records that break what this file promises. None, normally.
CREATE FUNCTION ugo.audit_links() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    SELECT 'credential', l.id FROM ugo.link l JOIN ugo.account a ON a.id = l.account
    WHERE a.disabled OR a.role <> 'establishment'
    UNION
    SELECT 'credential', coalesce(l.id, d.id)
    FROM (SELECT * FROM ugo.due WHERE left(due.id, 1) = 'l') d
    FULL JOIN ugo.link l ON 'l-' || l.id = d.id
    WHERE d.at IS DISTINCT FROM l.expires_at
$$;

INSERT INTO ugo.audit_source VALUES ('audit_links');

SELECT ugo.make_record();
SELECT ugo.make_due();
SELECT ugo.make_audit();
SELECT ugo.make_perform();

REVOKE ALL ON FUNCTION ugo.links_most(), ugo.link_time(), ugo.link_state(ugo.link),
    ugo.link_due(), ugo.close_links(text[]), ugo.link_turn(text),
    ugo.run_link_turn(ugo.command, text), ugo.link_error(jsonb, ugo.account, ugo.unit),
    ugo.link_put(ugo.command), ugo.link_revoke(ugo.command), ugo.link_allows(ugo.command),
    ugo.audit_links()
FROM PUBLIC;
GRANT SELECT ON ugo.link TO ugod;
GRANT EXECUTE ON FUNCTION ugo.link_state(ugo.link) TO ugod;

RESET ROLE;
