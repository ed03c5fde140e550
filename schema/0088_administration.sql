-- SPDX-License-Identifier: EUPL-1.2
-- Administration at the doors: what administrators read, and secrets that the daemon makes, each
-- shown once.
SET LOCAL ROLE ugo_owner;

-- Reading

-- What an administrator may read so. No request, hold, mission, offer or search is among them.
CREATE FUNCTION ugo.admin_kinds() RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN '{account,calendar,credential,establishment,establishment_kind,rota,territory}'::text[];

-- Whether a state has, of each member of `wanted`, one of the values there.
CREATE FUNCTION ugo.has_members(state jsonb, wanted jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN NOT EXISTS (SELECT FROM jsonb_each(wanted) w
    WHERE (w.value @> coalesce(state -> w.key, 'null')) IS NOT TRUE);

-- Whether id or name has the words in it.
CREATE FUNCTION ugo.has_words(id text, state jsonb, words text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN words IS NULL
    OR position(lower(words) IN lower(id || ' ' || coalesce(state ->> 'name', ''))) > 0;

-- Records by id, after one, as they are. wanted: see has_members.
CREATE FUNCTION ugo.admin_page(of_kind text, wanted jsonb, words text, after text, most integer)
RETURNS TABLE (id text, revision bigint, state json)
LANGUAGE sql STABLE AS $$
    SELECT r.id, r.revision, r.state FROM ugo.record r
    WHERE r.kind = of_kind AND of_kind = ANY (ugo.admin_kinds())
        AND (after IS NULL OR r.id COLLATE "C" > after)
        AND ugo.has_members(r.state::jsonb, wanted) AND ugo.has_words(r.id, r.state::jsonb, words)
    ORDER BY r.id COLLATE "C" LIMIT most
$$;

-- One record: as a revision left it, or as it is. state NULL: deleted by that revision.
CREATE FUNCTION ugo.admin_record(of_kind text, key text, at_revision bigint)
RETURNS TABLE (revision bigint, state json)
LANGUAGE sql STABLE AS $$
    SELECT c.revision, c.state FROM ugo.change c
    WHERE c.revision = at_revision AND c.kind = of_kind AND c.id = key
        AND of_kind = ANY (ugo.admin_kinds())
    UNION ALL
    SELECT r.revision, r.state FROM ugo.record r
    WHERE at_revision IS NULL AND r.kind = of_kind AND r.id = key
        AND of_kind = ANY (ugo.admin_kinds())
$$;

-- Secrets

-- What a command has made is told by the mark that came with it: the answer to a repetition has the
-- mark of the first, and with it the daemon sees that it must not show what it has drawn since.
CREATE FUNCTION ugo.marked(c ugo.command, o ugo.outcome) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
BEGIN
    IF o.type = 'ok' AND c.params ->> 'mark' IS NOT NULL THEN
        IF (o.part).kind IS NOT NULL THEN
            o.parts := ARRAY[o.part];
            o.part := NULL;
        END IF;
        o.answer := jsonb_build_object('mark', c.params ->> 'mark');
    END IF;
    RETURN o;
END
$$;

CREATE FUNCTION ugo.marked_credential_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE sql
RETURN ugo.marked(c, ugo.credential_put(c));

CREATE FUNCTION ugo.marked_password_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE sql
RETURN ugo.marked(c, ugo.password_put(c));

CREATE FUNCTION ugo.marked_totp_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE sql
RETURN ugo.marked(c, ugo.totp_put(c));

-- Of a link, too.
CREATE FUNCTION ugo.any_credential_revoke(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ugo.link WHERE id = c.params ->> 'id') THEN
        RETURN ugo.link_revoke(c);
    END IF;
    RETURN ugo.credential_revoke(c);
END
$$;

UPDATE ugo.operation SET function = 'any_credential_revoke' WHERE op = 'credential.revoke';
UPDATE ugo.operation SET function = 'marked_' || function, members = members || '{mark}'
WHERE op IN ('credential.put', 'password.put', 'totp.put');

-- An account's own password, by itself: the daemon has compared the old one, which was set at
-- changed_at. The session in which that was done goes on; the others end.
CREATE FUNCTION ugo.password_change(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p ugo.password;
BEGIN
    SELECT * INTO p FROM ugo.password WHERE account = c.account;
    IF p.scrypt IS NULL OR p.changed_at <> (c.params ->> 'changed_at')::bigint THEN
        RETURN ROW('forbidden', NULL, 'wrong_credentials', NULL, NULL, NULL,
            NULL)::ugo.outcome;
    END IF;
    UPDATE ugo.password SET revision = c.revision, scrypt = c.params ->> 'scrypt',
        changed_at = c.at
    WHERE account = c.account RETURNING * INTO p;
    RETURN ugo.done_all(ugo.close_sessions(array_remove(ugo.sessions_of(c.account),
            c.params ->> 'session'))
        || ugo.credential_part(p.id, ugo.password_state(p)));
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('password.change', '{establishment,service,territory,mobile,astreinte,def,admin}',
        'password_change', '{scrypt,changed_at,session}');

INSERT INTO ugo.member (op, position, path, required, type, low, high, pattern) VALUES
    ('credential.put', 90, '{mark}', false, 'text', NULL, 32, '^[0-9a-f]{32}$'),
    ('password.put', 90, '{mark}', false, 'text', NULL, 32, '^[0-9a-f]{32}$'),
    ('totp.put', 90, '{mark}', false, 'text', NULL, 32, '^[0-9a-f]{32}$'),
    ('password.change', 1, '{scrypt}', true, 'text', NULL, 80,
        '^scrypt\$1[4-7]\$8\$[1-4]\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$'),
    ('password.change', 2, '{changed_at}', true, 'integer', 1, 999999999999999999, NULL),
    ('password.change', 3, '{session}', false, 'text', NULL, 64, '^[0-9a-f]{64}$');

SELECT ugo.make_perform();

REVOKE ALL ON FUNCTION ugo.admin_kinds(), ugo.has_members(jsonb, jsonb),
    ugo.has_words(text, jsonb, text), ugo.admin_page(text, jsonb, text, text, integer),
    ugo.admin_record(text, text, bigint), ugo.marked(ugo.command, ugo.outcome),
    ugo.marked_credential_put(ugo.command), ugo.marked_password_put(ugo.command),
    ugo.marked_totp_put(ugo.command), ugo.any_credential_revoke(ugo.command),
    ugo.password_change(ugo.command) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ugo.admin_kinds(), ugo.has_members(jsonb, jsonb),
    ugo.has_words(text, jsonb, text), ugo.admin_page(text, jsonb, text, text, integer),
    ugo.admin_record(text, text, bigint) TO ugod;

RESET ROLE;
