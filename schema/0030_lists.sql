-- SPDX-License-Identifier: EUPL-1.2
-- The closed lists of codes and what is audited are made from tables too: what adds a list or a
-- kind of record adds its rows and calls the makers.
SET LOCAL ROLE ugo_owner;

-- The lists that are the same everywhere, in their order.
CREATE TABLE ugo.listed_code (
    list text NOT NULL CHECK (list ~ '^[a-z_]+$'),
    position integer NOT NULL,
    code text NOT NULL CHECK (code ~ '^[a-zA-Z0-9_]{1,30}$'),
    PRIMARY KEY (list, position)
);

INSERT INTO ugo.listed_code SELECT list, n, code
FROM unnest(ARRAY['role', 'modality', 'need', 'tristate', 'sex', 'admission', 'visibility',
    'precision', 'channel', 'credential', 'child_sex', 'request_state', 'hold_state',
    'hold_end']) list, unnest(ugo.code_list(list)) WITH ORDINALITY AS t (code, n);

CREATE FUNCTION ugo.make_code_list() RETURNS void
LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE 'CREATE OR REPLACE FUNCTION ugo.code_list(list text) RETURNS text[]
        LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE list '
        || (SELECT string_agg(format('WHEN %L THEN %L::text[]', list, codes), ' '
                ORDER BY list COLLATE "C")
            FROM (SELECT list, array_agg(code ORDER BY position) AS codes
                FROM ugo.listed_code GROUP BY list) t)
        || ' END';
END
$make$;

-- function: ugo.<function>() returns (kind, id) of records that break a promise; none, normally.
CREATE TABLE ugo.audit_source (
    function text PRIMARY KEY
);
INSERT INTO ugo.audit_source VALUES ('audit_holds');

CREATE FUNCTION ugo.make_audit() RETURNS void
LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE 'CREATE OR REPLACE FUNCTION ugo.audit_promises() RETURNS TABLE (kind text, id text)
        LANGUAGE sql STABLE AS $$ '
        || (SELECT string_agg(format('SELECT * FROM ugo.%I()', function), ' UNION '
            ORDER BY function COLLATE "C") FROM ugo.audit_source)
        || ' $$';
END
$make$;

SELECT ugo.make_code_list();
SELECT ugo.make_audit();

-- Records whose state is not what the history says, or not what the tables give. None, normally.
CREATE OR REPLACE FUNCTION ugo.audit_records() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (h.kind, h.id) h.kind, h.id, h.revision, h.state
        FROM (SELECT c.kind, c.id, c.revision, c.state FROM ugo.change c
            WHERE c.kind <> 'declaration'
            UNION ALL SELECT b.kind, b.id, b.revision, b.state FROM ugo.baseline b) h
        ORDER BY h.kind, h.id, h.revision DESC)
    SELECT coalesce(r.kind, l.kind), coalesce(r.id, l.id)
    FROM ugo.record r
    FULL JOIN (SELECT * FROM latest WHERE state IS NOT NULL) l ON l.kind = r.kind AND l.id = r.id
    WHERE r.state::text IS DISTINCT FROM l.state::text OR r.revision IS DISTINCT FROM l.revision
    UNION
    SELECT 'unit', u.id FROM ugo.unit u JOIN ugo.unit_described d ON d.id = u.id
    WHERE d.description <> u.description OR d.home IS DISTINCT FROM u.home
    UNION
    SELECT 'establishment', e.id
    FROM ugo.establishment e JOIN ugo.establishment_described d ON d.id = e.id
    WHERE d.description <> e.description
    UNION
    SELECT * FROM ugo.audit_promises()
$$;

REVOKE ALL ON FUNCTION ugo.make_code_list(), ugo.make_audit(), ugo.audit_promises() FROM PUBLIC;
GRANT SELECT ON ugo.listed_code, ugo.audit_source TO ugod;

RESET ROLE;
