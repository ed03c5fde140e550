-- SPDX-License-Identifier: EUPL-1.2
-- What a request says can be taken back: a member that is null stays as it is, `clear` names those
-- that go.
SET LOCAL ROLE ugo_owner;

INSERT INTO ugo.listed_code
SELECT 'cleared', n, code
FROM unnest(ARRAY['reference', 'parent', 'legal_frame', 'from', 'max_km', 'wanted_on',
    'wanted_until', 'days']) WITH ORDINALITY AS t (code, n);
SELECT ugo.make_code_list();

-- The columns that members to be cleared are kept in. Days are counted from the first.
CREATE FUNCTION ugo.cleared_columns(members jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN ARRAY(SELECT jsonb_array_elements_text(members))
    || CASE WHEN members ? 'from' THEN '{from_commune,from_territory}'::text[] END
    || CASE WHEN members ? 'wanted_on' THEN '{wanted_until,days}'::text[] END;

CREATE FUNCTION ugo.cleared(r ugo.request, members jsonb) RETURNS ugo.request
LANGUAGE sql STABLE
RETURN jsonb_populate_record(r, (SELECT jsonb_object_agg(name, NULL::text)
    FROM unnest(ugo.cleared_columns(members)) name));

-- What is given and cleared at once; a row of NULLs: nothing.
CREATE FUNCTION ugo.clear_error(p jsonb) RETURNS ugo.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    given bigint := (SELECT min(n) FROM jsonb_array_elements_text(p -> 'clear')
        WITH ORDINALITY AS t (name, n) WHERE p ->> name IS NOT NULL);
BEGIN
    RETURN CASE WHEN given IS NOT NULL THEN ugo.invalid('/clear/' || given - 1, 'exactly_one') END;
END
$$;

CREATE OR REPLACE FUNCTION ugo.request_update(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    clear boolean := p ->> 'clear' IS NOT NULL;
    old ugo.request;
    r ugo.request;
    error ugo.outcome;
BEGIN
    SELECT * INTO old FROM ugo.request WHERE id = p ->> 'request';
    IF NOT ugo.is_holder(c, old.origin, old.created_by) THEN
        RETURN ugo.refused('forbidden');
    ELSIF old.state <> 'open' THEN
        RETURN ugo.invalid('/request', 'request_not_open');
    ELSIF (coalesce(p ->> 'children', p ->> 'parent') IS NOT NULL
            OR clear AND p -> 'clear' ? 'parent')
            AND (old.placed <> '{}' OR EXISTS (SELECT FROM ugo.hold
                WHERE request = old.id AND state IN ('held', 'accepted'))) THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    r := old;
    IF clear THEN
        error := ugo.clear_error(p);
        r := ugo.cleared(old, p -> 'clear');
    END IF;
    IF error.type IS NULL THEN
        r := ugo.request_row(r, p);
        error := ugo.request_error(c, r);
    END IF;
    IF error.type IS NOT NULL THEN
        RETURN error;
    ELSIF ugo.reference_is_used(r, old) THEN
        RETURN ugo.invalid('/reference', 'already_used');
    ELSIF r IS NOT DISTINCT FROM old THEN
        RETURN ugo.done(NULL);
    END IF;
    r.revision := c.revision;
    RETURN ugo.done(ugo.describe_request(r, old));
END
$$;

UPDATE ugo.operation SET members = members || '{clear}' WHERE op = 'request.update';
INSERT INTO ugo.member (op, position, path, required, type, low, high, list)
VALUES ('request.update', 30, '{clear}', false, 'codes', 1, 8, 'cleared');
SELECT ugo.make_perform();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;

RESET ROLE;
