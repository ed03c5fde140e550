-- SPDX-License-Identifier: EUPL-1.2
-- The second line of what a unit has room for: whatever writes its counts, what is held stays free.
SET LOCAL ROLE ugo_owner;

CREATE OR REPLACE FUNCTION ugo.check_unit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (new.min_months < new.max_months AND new.emergency_used <= new.emergency_reserved
                AND new.held_emergency <= new.held) IS FALSE
            OR (new.lat IS NULL) <> (new.lon IS NULL)
            OR num_nulls(new.open, new.occupied, new.closed, new.emergency_used, new.observed_at,
                new.recorded_at, new.declared_by, new.channel) NOT IN (0, 8)
            OR ((new.closed > 0) IS TRUE) <> (new.closed_reason IS NOT NULL)
            OR num_nulls(new.derogation, new.derogation_by) = 1
            OR new.held > 0 AND (new.occupied + new.held <= new.open) IS NOT TRUE THEN
        RAISE EXCEPTION 'unit % breaks a rule of its table', new.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END
$$;

RESET ROLE;
