-- SPDX-License-Identifier: EUPL-1.2
-- A declaration may name the revision of the unit that its writer saw.
SET LOCAL ROLE ugo_owner;

-- The command is for the unit as it was at one revision, and it is at another. Asked only of who
-- may declare on it.
CREATE FUNCTION ugo.revision_error(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    u ugo.unit := ugo.unit_in_scope(c);
BEGIN
    IF u.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF u.revision <> (c.params ->> 'if_revision')::bigint THEN
        RETURN ROW('precondition_failed', NULL, 'other_revision', NULL, NULL, NULL,
            NULL)::ugo.outcome;
    END IF;
    RETURN NULL;
END
$$;

-- NULL, or what is wrong first: an unknown member, then the members in their order, then the
-- revision they are for. (Here and not in the operations: who names none pays nothing for it.)
CREATE OR REPLACE FUNCTION ugo.params_error(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    m ugo.member;
    flaw ugo.flaw;
    step text := ugo.unknown_member(c.params, c.members);
BEGIN
    IF step <> '' THEN
        RETURN ugo.invalid(step, 'unknown_member');
    END IF;
    FOR m IN SELECT * FROM ugo.member WHERE op = c.op
            AND (required OR c.params #> path IS NOT NULL) ORDER BY position LOOP
        flaw := ugo.member_error(c.params, m);
        IF flaw.detail IS NOT NULL THEN
            RETURN ugo.invalid('/' || array_to_string(m.path, '/') || flaw.step, flaw.detail);
        END IF;
    END LOOP;
    IF c.params ->> 'if_revision' IS NOT NULL THEN
        RETURN ugo.revision_error(c);
    END IF;
    RETURN NULL;
END
$$;

UPDATE ugo.operation SET members = members || '{if_revision}',
    plain = (plain::text || ' && !exists($.if_revision)')::jsonpath
WHERE op IN ('unit.declare', 'unit.confirm');

INSERT INTO ugo.member (op, position, path, required, type, low, high) VALUES
    ('unit.declare', 90, '{if_revision}', false, 'integer', 1, 999999999999999999),
    ('unit.confirm', 90, '{if_revision}', false, 'integer', 1, 999999999999999999);

REVOKE ALL ON FUNCTION ugo.revision_error(ugo.command) FROM PUBLIC;

RESET ROLE;
