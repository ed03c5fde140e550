-- SPDX-License-Identifier: EUPL-1.2
-- A reference names one request.
SET LOCAL ROLE ugo_owner;

-- The reference of a request, to whoever follows it, is its name: in its département no other that
-- waits or is placed has it. `was`: the row before, NULLs when it is new.
CREATE INDEX request_reference ON ugo.request (reference)
WHERE reference IS NOT NULL AND state IN ('open', 'placed');

CREATE FUNCTION ugo.reference_is_used(r ugo.request, was ugo.request) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF r.reference IS NULL
            OR r.reference IS NOT DISTINCT FROM was.reference AND r.origin = was.origin THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM ugo.request other
        WHERE other.reference = r.reference AND other.state IN ('open', 'placed')
            AND other.id IS DISTINCT FROM was.id
            AND ugo.root_of(other.origin) = ugo.root_of(r.origin));
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;

RESET ROLE;
