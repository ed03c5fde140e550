-- SPDX-License-Identifier: EUPL-1.2
-- Administrators beside each other: a put may name the revision that its writer saw, and nobody
-- shuts itself out.
SET LOCAL ROLE ugo_owner;

-- Whether the record that a put is for is not as it was at the revision that it names. A unit's
-- counts change all day and no put says them: there it is what puts say that counts.
CREATE FUNCTION ugo.put_since(c ugo.command) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    seen bigint := (c.params ->> 'if_revision')::bigint;
    of_kind text := split_part(c.op, '.', 1);
    key text := coalesce(c.params ->> 'id', c.params ->> 'code', c.params ->> 'territory');
    last bigint := (SELECT r.revision FROM ugo.record r WHERE r.kind = of_kind AND r.id = key);
BEGIN
    IF of_kind = 'unit' AND last IS NOT NULL THEN
        RETURN EXISTS (SELECT FROM ugo.change h WHERE h.id = key AND h.kind = 'unit'
            AND h.revision > seen AND h.operation = 'unit.put');
    END IF;
    RETURN last IS DISTINCT FROM seen;
END
$$;

-- The command is for a record as it was at one revision, and it is at another. Asked only of who
-- may change it.
CREATE OR REPLACE FUNCTION ugo.revision_error(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    u ugo.unit;
    changed boolean;
BEGIN
    IF c.op LIKE 'unit.%' AND (c.role <> 'admin' OR c.op <> 'unit.put') THEN
        SELECT * INTO u FROM ugo.unit
        WHERE id = coalesce(c.params ->> 'unit', c.params ->> 'id');
        IF NOT ugo.in_scope(c, u) THEN
            RETURN ugo.refused('forbidden');
        END IF;
    END IF;
    IF c.op LIKE '%.put' THEN
        changed := ugo.put_since(c);
    ELSE
        changed := u.revision <> (c.params ->> 'if_revision')::bigint;
    END IF;
    IF changed THEN
        RETURN ROW('precondition_failed', NULL, 'other_revision', NULL, NULL, NULL,
            NULL)::ugo.outcome;
    END IF;
    RETURN NULL;
END
$$;

UPDATE ugo.operation SET members = members || '{if_revision}',
    plain = (plain::text || ' && !exists($.if_revision)')::jsonpath
WHERE op IN ('account.put', 'territory.put', 'establishment_kind.put', 'establishment.put',
    'unit.put', 'calendar.put', 'reminder.put');

INSERT INTO ugo.member (op, position, path, required, type, low, high)
SELECT op, 95, '{if_revision}', false, 'integer', 1, 999999999999999999 FROM ugo.operation
WHERE op LIKE '%.put' AND 'if_revision' = ANY (members);

-- NULL, or why the caller may not do that to an account: it is its own. Another administrator
-- does it, so that one is always left.
CREATE FUNCTION ugo.own_account_error(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF c.params ->> 'id' <> c.account OR c.account = 'system' THEN -- system is no account
        RETURN NULL;
    ELSIF c.op = 'account.disable' THEN
        RETURN ugo.invalid('/id', 'own_account');
    ELSIF (c.params ->> 'disabled')::boolean THEN
        RETURN ugo.invalid('/disabled', 'own_account');
    ELSIF c.params ->> 'role' <> c.role THEN
        RETURN ugo.invalid('/role', 'own_account');
    END IF;
    RETURN NULL;
END
$$;

-- Where an account is reached is its own affair: whoever puts accounts out of a file that does not
-- know it leaves it as it is.
CREATE FUNCTION ugo.others_account_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    error ugo.outcome := ugo.own_account_error(c);
BEGIN
    IF error.type IS NOT NULL THEN
        RETURN error;
    ELSIF NOT c.params ? 'remind' AND c.params ->> 'role' = 'establishment' THEN
        c.params := c.params || jsonb_build_object('remind',
            (SELECT remind FROM ugo.account WHERE id = c.params ->> 'id'));
    END IF;
    RETURN ugo.account_put(c);
END
$$;

CREATE FUNCTION ugo.others_account_disable(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    error ugo.outcome := ugo.own_account_error(c);
BEGIN
    IF error.type IS NOT NULL THEN
        RETURN error;
    END IF;
    RETURN ugo.account_disable(c);
END
$$;

UPDATE ugo.operation SET function = 'others_' || function
WHERE op IN ('account.put', 'account.disable');

SELECT ugo.make_perform();

REVOKE ALL ON FUNCTION ugo.put_since(ugo.command), ugo.own_account_error(ugo.command),
    ugo.others_account_put(ugo.command), ugo.others_account_disable(ugo.command) FROM PUBLIC;

RESET ROLE;
