-- SPDX-License-Identifier: EUPL-1.2
-- Stays that end and places shared in time: an exit ends the stay that an entry or a hold began,
-- while the child's own place is kept elsewhere; a sequence takes places on recurring days.
SET LOCAL ROLE ugo_owner;

INSERT INTO ugo.listed_code VALUES ('movement_type', 5, 'sequence');
SELECT ugo.make_code_list();
ALTER DOMAIN ugo.movement_type_code DROP CONSTRAINT movement_type_code_check;
ALTER DOMAIN ugo.movement_type_code
    ADD CHECK (VALUE IN ('exit', 'entry', 'opening', 'closing', 'sequence'));

ALTER TABLE ugo.movement
    ADD entry text,         -- a movement: an exit of whom this one let in
    ADD origin_unit text,   -- a unit: the child's own place, kept there meanwhile
    ADD until date,         -- of a sequence: its last day; NULL until it is cancelled
    ADD weekdays jsonb,     -- of a sequence: 1 Monday … 7 Sunday
    ADD weeks text,         -- of a sequence: by their ISO number
    DROP CONSTRAINT movement_promises,
    ADD CONSTRAINT movement_promises CHECK (
        (ended_at IS NULL) = (state = 'planned')
        AND (code IS NOT NULL) = (type = 'exit')
        AND (to_unit IS NULL OR type = 'exit' AND to_unit <> unit)
        AND num_nonnulls(hold, entry) <= 1
        AND (num_nonnulls(hold, entry) = 1 OR NOT "limit" AND NOT due_soon)
        AND (num_nonnulls(hold, entry) = 0 OR type = 'exit')
        AND (origin_unit IS NULL OR origin_unit <> unit
            AND (type IN ('entry', 'sequence') OR entry IS NOT NULL))
        AND (type = 'sequence') = ugo.is_rhythm(weekdays, weeks)
        AND (type = 'sequence' OR num_nonnulls(until, weekdays, weeks) = 0)
        AND (until IS NULL OR until > "on"));
CREATE INDEX movement_entry ON ugo.movement (entry) WHERE state = 'planned' AND entry IS NOT NULL;

UPDATE ugo.record_source
SET query = 'SELECT id::text, revision, establishment, territory, ugo.with_said(
        json_build_object(''unit'', unit, ''establishment'', establishment,
            ''territory'', territory, ''type'', type, ''places'', places, ''on'', "on",
            ''code'', code, ''to_unit'', to_unit, ''hold'', hold, ''state'', state,
            ''limit'', "limit", ''due_soon'', due_soon, ''created_by'', created_by,
            ''created_at'', created_at, ''ended_at'', ended_at),
        json_build_object(''entry'', entry, ''origin_unit'', origin_unit, ''until'', until,
            ''weekdays'', weekdays, ''weeks'', weeks))
        FROM ugo.movement'
WHERE kind = 'movement';
SELECT ugo.make_record();

-- By the clock

-- When the clock changes a movement: a stay's end is told two days before, a sequence ends after
-- its last day, what has ended is forgotten; NULL: never.
CREATE FUNCTION ugo.movement_turn_at(m ugo.movement) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE WHEN m.state <> 'planned' THEN ugo.forgotten_at(m.ended_at)
        WHEN m.until IS NOT NULL THEN ugo.local_midnight(m.territory, m.until + 1)
        WHEN coalesce(m.hold, m.entry) IS NOT NULL AND NOT m.due_soon
            THEN ugo.local_midnight(m.territory, m."on" - 2) END;
END
$$;

CREATE OR REPLACE FUNCTION ugo.movement_due() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ugo.set_due(coalesce(new.id, old.id)::text, ugo.movement_turn_at(new));
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ugo.movement_turn(key text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT CASE WHEN state <> 'planned' THEN 'movement.forget'
        WHEN (SELECT at FROM ugo.due WHERE id = key) = 0 THEN 'movement.cancel'
        WHEN until IS NOT NULL THEN 'movement.end'
        ELSE 'movement.due_soon' END FROM ugo.movement m WHERE m.id = key);
END
$$;

CREATE OR REPLACE FUNCTION ugo.run_movement_turn(c ugo.command, key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    m ugo.movement;
BEGIN
    CASE c.op
    WHEN 'movement.forget' THEN
        DELETE FROM ugo.movement WHERE id = key RETURNING * INTO m;
        RETURN ARRAY[ROW('movement', m.id, m.establishment, m.territory, NULL,
            ugo.scope(m.establishment, m.territory))::ugo.part];
    WHEN 'movement.cancel' THEN
        UPDATE ugo.movement SET revision = c.revision, state = 'cancelled', ended_at = c.at
        WHERE id = key;
    WHEN 'movement.end' THEN
        UPDATE ugo.movement SET revision = c.revision, state = 'done', ended_at = c.at
        WHERE id = key;
    WHEN 'movement.due_soon' THEN
        UPDATE ugo.movement SET revision = c.revision, due_soon = true WHERE id = key;
    END CASE;
    RETURN ARRAY[ugo.record_part('movement', key)];
END
$$;

-- Movements whose turn is forgotten, or comes without a reason; exits whose entry will not be.
-- None, normally. (The moment of a turn that has a day depends on the calendar of then.)
CREATE OR REPLACE FUNCTION ugo.audit_movements() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    SELECT 'movement', coalesce(d.id, m.id)
    FROM (SELECT * FROM ugo.due WHERE left(due.id, 1) = 'v') d
    FULL JOIN (SELECT id::text COLLATE "C" AS id, ended_at, until IS NOT NULL
                OR coalesce(hold, entry) IS NOT NULL AND NOT due_soon AS has_turn,
            state = 'planned' AND (NOT EXISTS (SELECT FROM ugo.unit u WHERE u.id = unit)
                OR to_unit IS NOT NULL
                AND NOT EXISTS (SELECT FROM ugo.unit u WHERE u.id = to_unit)) AS abandoned
        FROM ugo.movement) m ON m.id = d.id
    WHERE m.id IS NULL OR CASE WHEN m.ended_at IS NOT NULL
            THEN d.at IS DISTINCT FROM ugo.forgotten_at(m.ended_at)
        WHEN d.at = 0 THEN false
        WHEN m.abandoned THEN true
        ELSE (d.id IS NOT NULL) <> m.has_turn END
    UNION
    SELECT 'movement', x.id FROM ugo.movement x JOIN ugo.movement e ON e.id = x.entry
    WHERE x.state = 'planned' AND e.state = 'cancelled'
        AND EXISTS (SELECT FROM ugo.unit u WHERE u.id = x.unit)
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;

RESET ROLE;
