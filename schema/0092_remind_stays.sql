-- SPDX-License-Identifier: EUPL-1.2
-- Where an account is reached is its own affair: whoever puts accounts out of a file that does not
-- know it leaves it as it is.
SET LOCAL ROLE ugo_owner;

CREATE OR REPLACE FUNCTION ugo.others_account_put(c ugo.command) RETURNS ugo.outcome
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

RESET ROLE;
