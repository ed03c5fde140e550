-- SPDX-License-Identifier: EUPL-1.2
-- What sets passwords and opens and closes sessions. A secret is in params only: no record, reply
-- or key tells it.
SET LOCAL ROLE ugo_owner;

-- A change of what an account proves itself with: the record, without the sessions opened by what
-- was there before.
CREATE FUNCTION ugo.password_changed(p ugo.password) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ugo.done_all(ugo.close_sessions(ugo.sessions_of(p.account))
        || ugo.credential_part(p.id, CASE WHEN num_nonnulls(p.scrypt, p.totp) > 0
            THEN ugo.password_state(p) END));
END
$$;

-- The account's row, or a new one.
CREATE FUNCTION ugo.password_of(c ugo.command) RETURNS ugo.password
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p ugo.password;
BEGIN
    SELECT * INTO p FROM ugo.password WHERE account = c.params ->> 'account';
    p.account := c.params ->> 'account';
    p.id := coalesce(p.id, encode(sha256(convert_to('password-' || p.account, 'UTF8')), 'hex'));
    p.revision := c.revision;
    RETURN p;
END
$$;

CREATE FUNCTION ugo.keep_password(p ugo.password) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM ugo.password WHERE account = p.account;
    IF num_nonnulls(p.scrypt, p.totp) > 0 THEN
        INSERT INTO ugo.password VALUES (p.*);
    END IF;
    RETURN ugo.password_changed(p);
END
$$;

CREATE FUNCTION ugo.password_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p ugo.password := ugo.password_of(c);
BEGIN
    p.scrypt := c.params ->> 'scrypt';
    p.changed_at := c.at;
    RETURN ugo.keep_password(p);
END
$$;

CREATE FUNCTION ugo.password_clear(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p ugo.password := ugo.password_of(c);
BEGIN
    IF p.scrypt IS NULL THEN
        RETURN ugo.done(NULL);
    END IF;
    p.scrypt := NULL;
    p.changed_at := NULL;
    RETURN ugo.keep_password(p);
END
$$;

CREATE FUNCTION ugo.totp_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p ugo.password := ugo.password_of(c);
BEGIN
    p.totp := c.params ->> 'secret';
    p.totp_step := NULL;
    RETURN ugo.keep_password(p);
END
$$;

CREATE FUNCTION ugo.totp_clear(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p ugo.password := ugo.password_of(c);
BEGIN
    IF p.totp IS NULL THEN
        RETURN ugo.done(NULL);
    END IF;
    p.totp := NULL;
    p.totp_step := NULL;
    RETURN ugo.keep_password(p);
END
$$;

-- Why an account does not get a session; NULL: it does. The daemon has compared the password and
-- the code, with what it read before: what has changed since is looked at again.
CREATE FUNCTION ugo.login_trouble(p jsonb, login ugo.password, disabled boolean) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN disabled IS NOT FALSE OR login.scrypt IS NULL
        OR (p ->> 'changed_at')::bigint <> login.changed_at THEN 'wrong_credentials'
    WHEN login.totp IS NOT NULL AND p ->> 'totp_step' IS NULL THEN 'totp_required'
    WHEN login.totp IS NULL AND p ->> 'totp_step' IS NOT NULL
        OR (p ->> 'totp_step')::bigint <= login.totp_step THEN 'wrong_credentials' END;

CREATE FUNCTION ugo.session_open(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    login ugo.password;
    s ugo.session;
    trouble text;
    parts ugo.part[];
BEGIN
    SELECT * INTO login FROM ugo.password WHERE account = p ->> 'account';
    trouble := ugo.login_trouble(p, login, (SELECT disabled FROM ugo.account
        WHERE id = p ->> 'account'));
    IF trouble IS NOT NULL THEN
        RETURN ROW('unauthenticated', NULL, trouble, NULL, NULL, NULL, NULL)::ugo.outcome;
    ELSIF (p ->> 'expires_at')::bigint <= c.at THEN
        RETURN ugo.invalid('/expires_at', 'in_the_past');
    ELSIF EXISTS (SELECT FROM ugo.session WHERE id = p ->> 'id')
        OR EXISTS (SELECT FROM ugo.credential WHERE id = p ->> 'id') THEN
        RETURN ugo.invalid('/id', 'taken');
    END IF;
    UPDATE ugo.password SET totp_step = (p ->> 'totp_step')::bigint
    WHERE account = login.account AND p ->> 'totp_step' IS NOT NULL;
    parts := ugo.close_sessions(ARRAY(SELECT id FROM ugo.session WHERE account = login.account
        ORDER BY seen_at DESC, id OFFSET ugo.sessions_most() - 1));
    INSERT INTO ugo.session VALUES (p ->> 'id', c.revision, login.account, c.at, c.at,
        least((p ->> 'expires_at')::bigint, c.at + ugo.session_time()))
    RETURNING * INTO s;
    RETURN ugo.done_all(parts || ugo.credential_part(s.id, ugo.session_state(s)));
END
$$;

-- Someone was there. What another daemon has told within a minute is not told again.
CREATE FUNCTION ugo.session_touch(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    s ugo.session;
BEGIN
    SELECT * INTO s FROM ugo.session WHERE id = c.params ->> 'id';
    IF (ugo.session_end(s) > c.at) IS NOT TRUE THEN
        RETURN ugo.refused('not_found');
    ELSIF s.seen_at > c.at - 60000000 THEN
        RETURN ugo.done(NULL);
    END IF;
    UPDATE ugo.session SET revision = c.revision, seen_at = c.at WHERE id = s.id
    RETURNING * INTO s;
    RETURN ugo.done(ugo.credential_part(s.id, ugo.session_state(s)));
END
$$;

CREATE FUNCTION ugo.session_close(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ugo.done_all(ugo.close_sessions(ARRAY[c.params ->> 'id']));
END
$$;

-- Disabling

-- The parts of an account as it is now; one that is disabled has no sessions.
CREATE FUNCTION ugo.account_parts(key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ugo.close_sessions(ARRAY(SELECT s.id FROM ugo.session s
            JOIN ugo.account a ON a.id = s.account WHERE a.id = key AND a.disabled))
        || ugo.record_part('account', key);
END
$$;

CREATE OR REPLACE FUNCTION ugo.account_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    error ugo.outcome := ugo.account_error(p);
    written integer;
BEGIN
    IF error.type IS NOT NULL THEN
        RETURN error;
    END IF;
    INSERT INTO ugo.account AS t
        (id, revision, role, territories, establishments, acts_for, name, disabled)
    VALUES (p ->> 'id', c.revision, p ->> 'role', ugo.text_set(p -> 'territories'),
        ugo.text_set(p -> 'establishments'), p ->> 'acts_for', p ->> 'name',
        coalesce((p ->> 'disabled')::boolean, false))
    ON CONFLICT (id) DO UPDATE
    SET revision = c.revision, role = excluded.role, territories = excluded.territories,
        establishments = excluded.establishments, acts_for = excluded.acts_for,
        name = excluded.name, disabled = excluded.disabled
    WHERE (t.role, t.territories, t.establishments, t.acts_for, t.name, t.disabled)
        IS DISTINCT FROM (excluded.role, excluded.territories, excluded.establishments,
            excluded.acts_for, excluded.name, excluded.disabled);
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN ugo.done_all(CASE WHEN written > 0 THEN ugo.account_parts(p ->> 'id') END);
END
$$;

CREATE OR REPLACE FUNCTION ugo.account_disable(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    key text := c.params ->> 'id';
    written integer;
BEGIN
    IF NOT ugo.is_record('account', key) THEN
        RETURN ugo.refused('not_found');
    END IF;
    UPDATE ugo.account SET disabled = true, revision = c.revision WHERE id = key AND NOT disabled;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN ugo.done_all(CASE WHEN written > 0 THEN ugo.account_parts(key) END);
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('password.put', '{admin}', 'password_put', '{account,scrypt}'),
    ('password.clear', '{admin}', 'password_clear', '{account}'),
    ('totp.put', '{admin}', 'totp_put', '{account,secret}'),
    ('totp.clear', '{admin}', 'totp_clear', '{account}'),
    ('session.open', '{daemon}', 'session_open', '{account,id,expires_at,totp_step,changed_at}'),
    ('session.touch', '{daemon}', 'session_touch', '{id}'),
    ('session.close', '{daemon,admin}', 'session_close', '{id}');

INSERT INTO ugo.member (op, position, path, required, type, high, pattern, refers) VALUES
    ('password.put', 1, '{account}', true, 'text', 63, NULL, 'account'),
    ('password.put', 2, '{scrypt}', true, 'text', 80,
        '^scrypt\$1[4-7]\$8\$[1-4]\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$', NULL),
    ('password.clear', 1, '{account}', true, 'text', 63, NULL, 'account'),
    ('totp.put', 1, '{account}', true, 'text', 63, NULL, 'account'),
    ('totp.put', 2, '{secret}', true, 'text', 103, '^[A-Z2-7]{26,103}$', NULL),
    ('totp.clear', 1, '{account}', true, 'text', 63, NULL, 'account'),
    ('session.open', 1, '{account}', true, 'text', 63, NULL, NULL),
    ('session.open', 2, '{id}', true, 'text', 64, '^[0-9a-f]{64}$', NULL),
    ('session.touch', 1, '{id}', true, 'text', 64, NULL, NULL),
    ('session.close', 1, '{id}', true, 'text', 64, NULL, NULL);

INSERT INTO ugo.member (op, position, path, required, type, low, high) VALUES
    ('session.open', 3, '{expires_at}', true, 'integer', 1, 999999999999999999),
    ('session.open', 4, '{totp_step}', false, 'integer', 0, 999999999999999999),
    ('session.open', 5, '{changed_at}', false, 'integer', 1, 999999999999999999);

SELECT ugo.make_perform();

REVOKE ALL ON FUNCTION ugo.password_changed(ugo.password), ugo.password_of(ugo.command),
    ugo.keep_password(ugo.password), ugo.password_put(ugo.command),
    ugo.password_clear(ugo.command), ugo.totp_put(ugo.command), ugo.totp_clear(ugo.command),
    ugo.login_trouble(jsonb, ugo.password, boolean), ugo.session_open(ugo.command),
    ugo.session_touch(ugo.command), ugo.session_close(ugo.command), ugo.account_parts(text)
FROM PUBLIC;

RESET ROLE;
