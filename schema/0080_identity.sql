-- SPDX-License-Identifier: EUPL-1.2
-- What people prove themselves with: passwords with their second factor, and the sessions that come
-- of them. Both are records of kind credential; what is secret is in one table that nobody reads.
SET LOCAL ROLE ugo_owner;

-- scrypt: the password's text as server/api/secret.h writes it. totp: the shared secret in base32.
-- totp_step: of the last code that was used; no record shows it.
CREATE TABLE ugo.password (
    account text PRIMARY KEY REFERENCES ugo.account,
    id text NOT NULL UNIQUE CHECK (id ~ '^[0-9a-f]{64}$'),
    revision bigint NOT NULL,
    scrypt text CHECK (scrypt ~ '^scrypt\$1[4-7]\$8\$[1-4]\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$'),
    totp text CHECK (totp ~ '^[A-Z2-7]{26,103}$'),
    totp_step bigint,
    changed_at bigint, -- the password
    CONSTRAINT password_promises CHECK (num_nonnulls(scrypt, totp) > 0
        AND (scrypt IS NULL) = (changed_at IS NULL) AND (totp IS NOT NULL OR totp_step IS NULL))
);

-- id: SHA-256 in hex of the cookie's secret.
CREATE TABLE ugo.session (
    id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{64}$'),
    revision bigint NOT NULL,
    account text NOT NULL REFERENCES ugo.account,
    opened_at bigint NOT NULL,
    seen_at bigint NOT NULL CHECK (seen_at >= opened_at),
    expires_at bigint NOT NULL CHECK (expires_at > opened_at)
);
CREATE INDEX session_account ON ugo.session (account);

-- An account has as many at most; one more closes the one not seen for longest.
CREATE FUNCTION ugo.sessions_most() RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN 32;

-- The longest time from opening to the end, whatever is done in it.
CREATE FUNCTION ugo.session_time() RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN 43200000000;

-- The end of one that is not seen any more.
CREATE FUNCTION ugo.session_end(s ugo.session) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN least(s.expires_at, s.seen_at + 1800000000);

CREATE FUNCTION ugo.password_state(p ugo.password) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object('account', p.account, 'type', 'password', 'expires_at', NULL,
    'revoked', false, 'label', NULL, 'changed_at', p.changed_at,
    'password', p.scrypt IS NOT NULL, 'totp', p.totp IS NOT NULL);

CREATE FUNCTION ugo.session_state(s ugo.session) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object('account', s.account, 'type', 'session', 'expires_at', s.expires_at,
    'revoked', false, 'label', NULL, 'opened_at', s.opened_at, 'seen_at', s.seen_at);

CREATE FUNCTION ugo.credential_part(id text, state json) RETURNS ugo.part
LANGUAGE sql IMMUTABLE
RETURN ROW('credential', id, NULL, NULL, state, NULL)::ugo.part;

UPDATE ugo.record_source SET query = query
    || ' UNION ALL SELECT p.id, p.revision, NULL::text, NULL::text, ugo.password_state(p)
        FROM ugo.password p
        UNION ALL SELECT s.id, s.revision, NULL::text, NULL::text, ugo.session_state(s)
        FROM ugo.session s'
WHERE kind = 'credential';

-- Closing

-- What the clock knows one by.
CREATE FUNCTION ugo.session_key(id text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN 'k-' || id;

CREATE FUNCTION ugo.session_due() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ugo.set_due(ugo.session_key(coalesce(new.id, old.id)), ugo.session_end(new));
    RETURN NULL;
END
$$;
CREATE TRIGGER session_due AFTER INSERT OR DELETE OR UPDATE
ON ugo.session FOR EACH ROW EXECUTE FUNCTION ugo.session_due();

-- Closes sessions; their parts.
CREATE FUNCTION ugo.close_sessions(ids text[]) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    closed text;
    parts ugo.part[] := '{}';
BEGIN
    FOR closed IN DELETE FROM ugo.session WHERE id = ANY (ids) RETURNING id LOOP
        parts := parts || ugo.credential_part(closed, NULL);
    END LOOP;
    RETURN parts;
END
$$;

CREATE FUNCTION ugo.sessions_of(of_account text) RETURNS text[]
LANGUAGE sql STABLE
RETURN ARRAY(SELECT id FROM ugo.session WHERE account = of_account);

CREATE FUNCTION ugo.session_turn(key text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN 'session.end';

CREATE FUNCTION ugo.run_session_turn(c ugo.command, key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ugo.close_sessions(ARRAY[substr(key, 3)]);
END
$$;

INSERT INTO ugo.due_kind VALUES ('k', 'session_turn', 'run_session_turn');

-- Reading

-- What a login is judged by; no row: no such account. scrypt NULL: it has no password.
CREATE FUNCTION ugo.login_row(of_account text)
RETURNS TABLE (scrypt text, totp text, totp_step bigint, role text, disabled boolean,
    changed_at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.scrypt, p.totp, p.totp_step, a.role, a.disabled, p.changed_at
    FROM ugo.account a LEFT JOIN ugo.password p ON p.account = a.id WHERE a.id = of_account
$$;

-- Records that break what this file promises. None, normally.
CREATE FUNCTION ugo.audit_identity() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    SELECT 'credential', s.id FROM ugo.session s JOIN ugo.account a ON a.id = s.account
    WHERE a.disabled
    UNION
    SELECT 'credential', coalesce(s.id, d.id)
    FROM (SELECT * FROM ugo.due WHERE left(due.id, 1) = 'k') d
    FULL JOIN ugo.session s ON ugo.session_key(s.id) = d.id
    WHERE d.at IS DISTINCT FROM ugo.session_end(s)
$$;

INSERT INTO ugo.audit_source VALUES ('audit_identity');

SELECT ugo.make_record();
SELECT ugo.make_due();
SELECT ugo.make_audit();

REVOKE ALL ON FUNCTION ugo.sessions_most(), ugo.session_time(), ugo.session_end(ugo.session),
    ugo.password_state(ugo.password), ugo.session_state(ugo.session),
    ugo.credential_part(text, json), ugo.session_key(text), ugo.session_due(),
    ugo.close_sessions(text[]), ugo.sessions_of(text), ugo.session_turn(text),
    ugo.run_session_turn(ugo.command, text), ugo.login_row(text), ugo.audit_identity()
FROM PUBLIC;
GRANT SELECT ON ugo.session TO ugod;
GRANT EXECUTE ON FUNCTION ugo.password_state(ugo.password), ugo.session_state(ugo.session),
    ugo.login_row(text) TO ugod;

RESET ROLE;
