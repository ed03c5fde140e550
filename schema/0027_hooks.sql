-- SPDX-License-Identifier: EUPL-1.2
-- What follows when a hold comes to a state, and the lists of codes that are tables: both are
-- assembled, so that what follows holds adds its rows and copies nothing.
SET LOCAL ROLE ugo_owner;

-- function: ugo.<function>(ugo.command, ugo.hold) returns ugo.part[], called with the hold as it is
-- now when it has come to one of the states, by name; its parts are of other records than units,
-- requests and holds.
CREATE TABLE ugo.hold_hook (
    function text PRIMARY KEY,
    states text[] NOT NULL
);

CREATE FUNCTION ugo.make_on_hold() RETURNS void
LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE 'CREATE OR REPLACE FUNCTION ugo.on_hold(c ugo.command, h ugo.hold)
        RETURNS ugo.part[] LANGUAGE plpgsql AS $$
        DECLARE parts ugo.part[] := ''{}''; BEGIN '
        || coalesce((SELECT string_agg(format('IF h.state = ANY (%L::text[]) THEN
            parts := parts || ugo.%I(c, h); END IF; ', states, function), ''
            ORDER BY function COLLATE "C") FROM ugo.hold_hook), '')
        || 'RETURN parts; END $$';
END
$make$;

-- Lists of codes that are tables: ugo.<name> (code). besides: codes that only the clock gives.
CREATE TABLE ugo.code_source (
    name text PRIMARY KEY,
    besides text[] NOT NULL DEFAULT '{}'
);
INSERT INTO ugo.code_source VALUES
    ('closed_reason', '{}'), ('derogation', '{}'), ('legal_frame', '{}'), ('refusal', '{}'),
    ('withdrawal', '{}'), ('request_end', '{arrived}');

CREATE FUNCTION ugo.make_code_error() RETURNS void
LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE 'CREATE OR REPLACE FUNCTION ugo.code_error(v jsonb, list text) RETURNS text
        LANGUAGE plpgsql STABLE AS $$
        DECLARE t text := v #>> ''{}''; known boolean;
        BEGIN
            IF jsonb_typeof(v) <> ''string'' THEN RETURN ''wrong_type''; END IF;
            CASE list '
        || (SELECT string_agg(format('WHEN %L THEN known := t <> ALL (%L::text[])
            AND EXISTS (SELECT FROM ugo.%I WHERE code = t); ', name, besides, name), ''
            ORDER BY name COLLATE "C") FROM ugo.code_source)
        || 'ELSE known := t = ANY (ugo.code_list(list)); END CASE;
            RETURN CASE WHEN NOT known THEN ''unknown_code'' END;
        END $$';
END
$make$;

SELECT ugo.make_on_hold();
SELECT ugo.make_code_error();

REVOKE ALL ON FUNCTION ugo.make_on_hold(), ugo.make_code_error(),
    ugo.on_hold(ugo.command, ugo.hold) FROM PUBLIC;
GRANT SELECT ON ugo.hold_hook, ugo.code_source TO ugod;

RESET ROLE;
