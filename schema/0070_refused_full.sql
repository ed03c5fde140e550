-- SPDX-License-Identifier: EUPL-1.2
-- A unit that refuses a hold because it is full says that its figures are wrong.
SET LOCAL ROLE ugo_owner;

-- A held place was free by the figures, and is again once it is refused: `full` contradicts them.
CREATE OR REPLACE FUNCTION ugo.hold_refuse(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
BEGIN
    SELECT * INTO h FROM ugo.hold WHERE id = c.params ->> 'hold';
    IF NOT ugo.may_answer(c, h) THEN
        RETURN ugo.refused('forbidden');
    ELSIF NOT ugo.is_held(c, h) THEN
        RETURN ugo.hold_not_active();
    END IF;
    IF c.params ->> 'code' = 'full' THEN
        UPDATE ugo.unit SET contested_at = c.at WHERE id = h.unit AND contested_at IS NULL;
    END IF;
    RETURN ugo.done_all(ugo.end_holds(c, ARRAY[h.id::text], 'refused', c.params ->> 'code'));
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;

RESET ROLE;
