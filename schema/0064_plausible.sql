-- SPDX-License-Identifier: EUPL-1.2
-- What cannot be meant is refused; what was contested is not believed for one movement.
SET LOCAL ROLE ugo_owner;

-- As of 0061_moving; more cannot leave or close than a declaration says is there. (The counts of a
-- unit that was never declared are NULL.)
CREATE OR REPLACE FUNCTION ugo.movement_plan(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    n integer := (c.params ->> 'places')::integer;
    u ugo.unit := ugo.own_unit(c, p ->> 'unit');
    leaves boolean := p ->> 'type' = 'exit';
    m ugo.movement;
BEGIN
    IF u.id IS NULL OR p ->> 'to_unit' IS NOT NULL
            AND (ugo.own_unit(c, p ->> 'to_unit')).id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF leaves AND p ->> 'code' IS NULL THEN
        RETURN ugo.invalid('/code', 'required');
    ELSIF NOT leaves AND p ->> 'code' IS NOT NULL THEN
        RETURN ugo.invalid('/code', 'only_for_exit');
    ELSIF NOT leaves AND p ->> 'to_unit' IS NOT NULL THEN
        RETURN ugo.invalid('/to_unit', 'only_for_exit');
    ELSIF p ->> 'to_unit' = u.id THEN
        RETURN ugo.invalid('/to_unit', 'same_unit');
    ELSIF (p ->> 'on')::date < ugo.local_day(u.home, c.at) THEN
        RETURN ugo.invalid('/on', 'in_the_past');
    ELSIF leaves AND n > u.occupied THEN
        RETURN ugo.invalid('/places', 'more_than_occupied');
    ELSIF p ->> 'type' = 'closing' AND n > u.open THEN
        RETURN ugo.invalid('/places', 'more_than_open');
    END IF;
    m := ugo.movement_row(c, u, n);
    m.type := p ->> 'type';
    m."on" := (p ->> 'on')::date;
    m.code := p ->> 'code';
    m.to_unit := p ->> 'to_unit';
    INSERT INTO ugo.movement SELECT m.*;
    RETURN ugo.movement_answer(m.id, ARRAY[ugo.record_part('movement', m.id)]);
END
$$;

-- As of 0061_moving; figures that were reported wrong stay so until somebody has counted.
CREATE OR REPLACE FUNCTION ugo.move_counts(c ugo.command, key text, type text, n integer)
RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit;
BEGIN
    UPDATE ugo.unit SET revision = c.revision,
        occupied = occupied + CASE type WHEN 'entry' THEN n WHEN 'exit' THEN -n ELSE 0 END,
        open = open + CASE type WHEN 'opening' THEN n WHEN 'closing' THEN -n ELSE 0 END,
        observed_at = greatest(observed_at, ugo.observed(c)), recorded_at = c.at,
        declared_by = c.account, channel = c.channel
    WHERE id = key RETURNING * INTO u;
    RETURN ugo.unit_part(u);
END
$$;

RESET ROLE;
