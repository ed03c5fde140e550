-- SPDX-License-Identifier: EUPL-1.2
-- The answer of a movement says whose counts moved.
SET LOCAL ROLE ugo_owner;

CREATE OR REPLACE FUNCTION ugo.movement_answer(id text, parts ugo.part[]) RETURNS ugo.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN ROW('ok', NULL, NULL, NULL, NULL, parts, jsonb_build_object('movement', id, 'units',
        ARRAY(SELECT p.id FROM unnest(parts) p WHERE p.kind = 'unit')))::ugo.outcome;
END
$$;

RESET ROLE;
