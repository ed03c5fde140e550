-- SPDX-License-Identifier: EUPL-1.2
-- Planned movements: who will leave or come, what will open or close, each with its day. README.md
-- gives the rules.
SET LOCAL ROLE ugo_owner;

INSERT INTO ugo.listed_code VALUES
    ('movement_type', 1, 'exit'), ('movement_type', 2, 'entry'), ('movement_type', 3, 'opening'),
    ('movement_type', 4, 'closing'),
    ('movement_state', 1, 'planned'), ('movement_state', 2, 'done'),
    ('movement_state', 3, 'cancelled');
SELECT ugo.make_code_list();

-- Why somebody leaves.
CREATE TABLE ugo.movement_code (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$')
);
INSERT INTO ugo.movement_code VALUES
    ('return_home'), ('majority'), ('rupture'), ('transfer'), ('end_of_stay'), ('foster_change'),
    ('other');
INSERT INTO ugo.code_source VALUES ('movement_code', '{}');
SELECT ugo.make_code_error();

CREATE DOMAIN ugo.movement_id AS text CHECK (VALUE ~ '^v-[0-9a-z][0-9a-z-]{0,60}$');
CREATE DOMAIN ugo.movement_type_code AS text
    CHECK (VALUE IN ('exit', 'entry', 'opening', 'closing'));
CREATE DOMAIN ugo.movement_state_code AS text CHECK (VALUE IN ('planned', 'done', 'cancelled'));
CREATE DOMAIN ugo.moved_places AS integer CHECK (VALUE BETWEEN 1 AND 999);

CREATE TABLE ugo.movement (
    id ugo.movement_id PRIMARY KEY,
    revision bigint NOT NULL,
    unit ugo.unit_id NOT NULL,    -- and where it was when the movement was made:
    establishment text NOT NULL,
    territory text NOT NULL,
    type ugo.movement_type_code NOT NULL,
    places ugo.moved_places NOT NULL,
    "on" date NOT NULL,           -- local; said by somebody, or counted from an arrival
    code text REFERENCES ugo.movement_code,
    to_unit ugo.unit_id,          -- an exit to another unit
    hold ugo.hold_id,             -- whose stay ends then
    state ugo.movement_state_code NOT NULL DEFAULT 'planned',
    "limit" boolean NOT NULL DEFAULT false,    -- the longest stay that the unit allows
    due_soon boolean NOT NULL DEFAULT false,
    created_by ugo.actor NOT NULL,
    created_at bigint NOT NULL,
    ended_at bigint,
    CONSTRAINT movement_promises CHECK (
        (ended_at IS NULL) = (state = 'planned')
        AND (code IS NOT NULL) = (type = 'exit')
        AND (to_unit IS NULL OR type = 'exit' AND to_unit <> unit)
        AND (hold IS NOT NULL) = "limit"
        AND ("limit" OR NOT due_soon)
        AND (NOT "limit" OR type = 'exit'))
);
CREATE INDEX movement_planned ON ugo.movement (unit) WHERE state = 'planned';
CREATE INDEX movement_planned_to ON ugo.movement (to_unit)
WHERE state = 'planned' AND to_unit IS NOT NULL;

INSERT INTO ugo.record_source VALUES
    ('movement', 'SELECT id::text, revision, establishment, territory,
        json_build_object(''unit'', unit, ''establishment'', establishment,
            ''territory'', territory, ''type'', type, ''places'', places, ''on'', "on",
            ''code'', code, ''to_unit'', to_unit, ''hold'', hold, ''state'', state,
            ''limit'', "limit", ''due_soon'', due_soon, ''created_by'', created_by,
            ''created_at'', created_at, ''ended_at'', ended_at)
        FROM ugo.movement');
SELECT ugo.make_record();

-- Local days

-- What the clocks of a territory's département show beyond UTC at a moment, in µs; 0 without a
-- calendar.
CREATE FUNCTION ugo.local_offset(of_territory text, moment bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT 1000000 * ugo.offset_at(offsets, moment)::bigint FROM ugo.calendar
        WHERE territory = ugo.root_of(of_territory)), 0);
END
$$;

CREATE FUNCTION ugo.local_day(of_territory text, moment bigint) RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN '1970-01-01'::date
        + ((moment + ugo.local_offset(of_territory, moment)) / 86400000000)::integer;
END
$$;

-- When a day begins there.
CREATE FUNCTION ugo.local_midnight(of_territory text, day date) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    midnight bigint := (day - '1970-01-01'::date)::bigint * 86400000000;
BEGIN
    RETURN midnight - ugo.local_offset(of_territory,
        midnight - ugo.local_offset(of_territory, midnight));
END
$$;

-- By the clock

-- A stay's end is told two days before. A movement of a unit that is no more is cancelled.
CREATE FUNCTION ugo.movement_due() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ugo.set_due(coalesce(new.id, old.id)::text, CASE
        WHEN new.state <> 'planned' THEN ugo.forgotten_at(new.ended_at)
        WHEN new."limit" AND NOT new.due_soon
            THEN ugo.local_midnight(new.territory, new."on" - 2) END);
    RETURN NULL;
END
$$;
CREATE TRIGGER movement_due AFTER INSERT OR DELETE OR UPDATE OF state, due_soon
ON ugo.movement FOR EACH ROW EXECUTE FUNCTION ugo.movement_due();

CREATE FUNCTION ugo.movement_abandoned() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ugo.set_due(id::text, 0) FROM ugo.movement
    WHERE state = 'planned' AND unit = old.id;
    PERFORM ugo.set_due(id::text, 0) FROM ugo.movement
    WHERE state = 'planned' AND to_unit = old.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER movement_abandoned AFTER DELETE ON ugo.unit
FOR EACH ROW EXECUTE FUNCTION ugo.movement_abandoned();

CREATE FUNCTION ugo.movement_turn(key text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT CASE WHEN state <> 'planned' THEN 'movement.forget'
        WHEN (SELECT at FROM ugo.due WHERE id = key) = 0 THEN 'movement.cancel'
        ELSE 'movement.due_soon' END FROM ugo.movement m WHERE m.id = key);
END
$$;

CREATE FUNCTION ugo.run_movement_turn(c ugo.command, key text) RETURNS ugo.part[]
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
    WHEN 'movement.due_soon' THEN
        UPDATE ugo.movement SET revision = c.revision, due_soon = true WHERE id = key;
    END CASE;
    RETURN ARRAY[ugo.record_part('movement', key)];
END
$$;
INSERT INTO ugo.due_kind VALUES ('v', 'movement_turn', 'run_movement_turn');
SELECT ugo.make_due();

-- Movements whose turn is forgotten, or comes without a reason. None, normally. (When a stay's end
-- is told depends on the calendar of then.)
CREATE FUNCTION ugo.audit_movements() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    SELECT 'movement', coalesce(d.id, m.id)
    FROM (SELECT * FROM ugo.due WHERE left(due.id, 1) = 'v') d
    FULL JOIN (SELECT id::text COLLATE "C" AS id, ended_at, "limit" AND NOT due_soon AS told,
            state = 'planned' AND (NOT EXISTS (SELECT FROM ugo.unit u WHERE u.id = unit)
                OR to_unit IS NOT NULL
                AND NOT EXISTS (SELECT FROM ugo.unit u WHERE u.id = to_unit)) AS abandoned
        FROM ugo.movement) m ON m.id = d.id
    WHERE m.id IS NULL OR CASE WHEN m.ended_at IS NOT NULL
            THEN d.at IS DISTINCT FROM ugo.forgotten_at(m.ended_at)
        WHEN d.at = 0 THEN false
        WHEN m.abandoned THEN true
        ELSE (d.id IS NOT NULL) <> m.told END
$$;
INSERT INTO ugo.audit_source VALUES ('audit_movements');
SELECT ugo.make_audit();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;
GRANT SELECT ON ugo.movement, ugo.movement_code TO ugod;

RESET ROLE;
