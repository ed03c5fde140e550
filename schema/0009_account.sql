-- SPDX-License-Identifier: EUPL-1.2
-- Operations on accounts and on what they prove themselves with.
SET LOCAL ROLE ugo_owner;

-- NULL, or the rule that an account.put breaks.
CREATE FUNCTION ugo.account_error(p jsonb) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p ->> 'id' = 'system' THEN
        RETURN ugo.invalid('/id', 'reserved');
    ELSIF p ->> 'role' <> 'service' AND p ->> 'acts_for' IS NOT NULL THEN
        RETURN ugo.invalid('/acts_for', 'only_for_service');
    ELSIF p ->> 'role' = 'service' AND p ->> 'acts_for' IS NULL THEN
        RETURN ugo.invalid('/acts_for', 'required');
    ELSIF p ->> 'acts_for' = p ->> 'id'
        OR EXISTS (SELECT FROM ugo.account WHERE id = p ->> 'acts_for' AND role = 'service') THEN
        RETURN ugo.invalid('/acts_for', 'is_a_service');
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION ugo.account_put(c ugo.command) RETURNS ugo.outcome
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
    RETURN ugo.done(CASE WHEN written > 0
        THEN ugo.record_part('account', p ->> 'id') END);
END
$$;

CREATE FUNCTION ugo.account_disable(c ugo.command) RETURNS ugo.outcome
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
    RETURN ugo.done(CASE WHEN written > 0 THEN ugo.record_part('account', key) END);
END
$$;

CREATE FUNCTION ugo.credential_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    written integer;
BEGIN
    IF EXISTS (SELECT FROM ugo.credential WHERE id = p ->> 'id' AND revoked) THEN
        RETURN ugo.invalid('/id', 'revoked');
    END IF;
    INSERT INTO ugo.credential AS t (id, revision, account, type, expires_at, label)
    VALUES (p ->> 'id', c.revision, p ->> 'account', p ->> 'type',
        (p ->> 'expires_at')::bigint, p ->> 'label')
    ON CONFLICT (id) DO UPDATE
    SET revision = c.revision, account = excluded.account, type = excluded.type,
        expires_at = excluded.expires_at, label = excluded.label
    WHERE (t.account, t.type, t.expires_at, t.label)
        IS DISTINCT FROM (excluded.account, excluded.type, excluded.expires_at, excluded.label);
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN ugo.done(CASE WHEN written > 0
        THEN ugo.record_part('credential', p ->> 'id') END);
END
$$;

CREATE FUNCTION ugo.credential_revoke(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    key text := c.params ->> 'id';
    written integer;
BEGIN
    IF NOT EXISTS (SELECT FROM ugo.credential WHERE id = key) THEN
        RETURN ugo.refused('not_found');
    END IF;
    UPDATE ugo.credential SET revoked = true, revision = c.revision WHERE id = key AND NOT revoked;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN ugo.done(CASE WHEN written > 0 THEN ugo.record_part('credential', key) END);
END
$$;

RESET ROLE;
