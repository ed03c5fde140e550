-- SPDX-License-Identifier: EUPL-1.2
-- The view `record` and the clock's turn are made from tables, as `perform` is from `operation`: a
-- migration that adds a kind of record adds its rows and calls the makers.
SET LOCAL ROLE ugo_owner;

-- One row per kind of record. query: SELECTs id, revision, establishment, territory, state, in this
-- order and with the types text, bigint, text, text, json: PostgreSQL then pushes kind and id down
-- to each table's key.
CREATE TABLE ugo.record_source (
    kind text PRIMARY KEY CHECK (kind ~ '^[a-z_]+$'),
    query text NOT NULL
);

INSERT INTO ugo.record_source VALUES
    ('territory', 'SELECT code::text, revision, NULL::text, NULL::text,
        json_build_object(''name'', name, ''level'', level, ''parent'', parent)
        FROM ugo.territory'),
    ('commune', 'SELECT insee::text, revision, NULL::text, NULL::text,
        json_build_object(''name'', name, ''postcodes'', postcodes,
            ''point'', ugo.point(lat, lon), ''territory'', territory)
        FROM ugo.commune'),
    ('establishment_kind', 'SELECT code::text, revision, NULL::text, NULL::text,
        json_build_object(''finess_categories'', finess_categories, ''ttl_s'', ttl_s,
            ''modality'', modality, ''visibility'', visibility)
        FROM ugo.establishment_kind'),
    ('establishment', 'SELECT id::text, revision, id::text, territory::text, description::json
        FROM ugo.establishment'),
    ('unit', 'SELECT id::text, revision, establishment, home, ugo.unit_state(u)
        FROM ugo.unit u'),
    ('account', 'SELECT id::text, revision, NULL::text, NULL::text,
        json_build_object(''role'', role, ''territories'', territories,
            ''establishments'', establishments, ''acts_for'', acts_for, ''name'', name,
            ''disabled'', disabled)
        FROM ugo.account'),
    ('credential', 'SELECT id::text, revision, NULL::text, NULL::text,
        json_build_object(''account'', account, ''type'', type, ''expires_at'', expires_at,
            ''revoked'', revoked, ''label'', label)
        FROM ugo.credential'),
    ('request', 'SELECT id::text, revision, NULL::text, origin, ugo.request_state(r)
        FROM ugo.request r'),
    ('hold', 'SELECT id::text, revision, establishment, territory, ugo.hold_state(h)
        FROM ugo.hold h'),
    ('hold_policy', 'SELECT unit::text, revision, NULL::text, NULL::text,
        json_build_object(''minutes'', minutes, ''end'', "end")
        FROM ugo.hold_policy');

CREATE FUNCTION ugo.make_record() RETURNS void
LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW ugo.record
            (kind, id, revision, establishment, territory, state) AS '
        || (SELECT string_agg(format('SELECT %L::text, s.* FROM (%s) s', kind, query),
            ' UNION ALL ' ORDER BY kind COLLATE "C") FROM ugo.record_source);
    EXECUTE 'CREATE OR REPLACE FUNCTION ugo.record_part(of_kind text, key text) RETURNS ugo.part
        LANGUAGE plpgsql STABLE AS $$ DECLARE part ugo.part; BEGIN CASE of_kind'
        || (SELECT string_agg(format(' WHEN %L THEN SELECT r.kind, r.id, r.establishment,
            r.territory, r.state INTO part FROM ugo.record r WHERE r.kind = %L AND r.id = key;',
            kind, kind), '' ORDER BY kind COLLATE "C") FROM ugo.record_source)
        || ' END CASE; RETURN part; END $$';
END
$make$;

-- What may become due, by the first letter of its id. turn: ugo.<turn>(id) returns what its turn is
-- called in the history; run: ugo.<run>(ugo.command, id) returns the parts, op being that name.
CREATE TABLE ugo.due_kind (
    letter text PRIMARY KEY CHECK (letter ~ '^[a-z]$'),
    turn text NOT NULL,
    run text NOT NULL
);

ALTER FUNCTION ugo.due_operation(text) RENAME TO hold_turn;
ALTER FUNCTION ugo.run_due(ugo.command, text) RENAME TO run_hold_turn;

CREATE FUNCTION ugo.request_turn(key text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN 'request.forget';

CREATE FUNCTION ugo.run_request_turn(c ugo.command, key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ARRAY[ugo.request_forget(key)];
END
$$;

INSERT INTO ugo.due_kind VALUES
    ('h', 'hold_turn', 'run_hold_turn'),
    ('r', 'request_turn', 'run_request_turn');

CREATE FUNCTION ugo.make_due() RETURNS void
LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE 'CREATE OR REPLACE FUNCTION ugo.due_operation(key text) RETURNS text
        LANGUAGE plpgsql STABLE AS $$ BEGIN CASE left(key, 1)'
        || (SELECT string_agg(format(' WHEN %L THEN RETURN ugo.%I(key);', letter, turn), '')
            FROM ugo.due_kind)
        || ' END CASE; END $$';
    EXECUTE 'CREATE OR REPLACE FUNCTION ugo.run_due(c ugo.command, key text) RETURNS ugo.part[]
        LANGUAGE plpgsql AS $$ BEGIN CASE left(key, 1)'
        || (SELECT string_agg(format(' WHEN %L THEN RETURN ugo.%I(c, key);', letter, run), '')
            FROM ugo.due_kind)
        || ' END CASE; END $$';
END
$make$;

SELECT ugo.make_record();
SELECT ugo.make_due();

REVOKE ALL ON FUNCTION ugo.make_record(), ugo.make_due(), ugo.request_turn(text),
    ugo.run_request_turn(ugo.command, text), ugo.due_operation(text),
    ugo.run_due(ugo.command, text) FROM PUBLIC;

GRANT SELECT ON ugo.record_source, ugo.due_kind TO ugod;

RESET ROLE;
