-- SPDX-License-Identifier: EUPL-1.2
-- The journal of searches: who searched for what, and whether there was anything. No point, no text
-- that somebody made up. README.md gives the rules.
SET LOCAL ROLE ugo_owner;

CREATE DOMAIN ugo.search_id AS text CHECK (VALUE ~ '^s-[0-9a-z][0-9a-z-]{0,60}$');
CREATE DOMAIN ugo.kind_list AS text[]
    CHECK (cardinality(VALUE) <= 64 AND array_to_string(VALUE, '') ~ '^[a-z0-9_]*$');
CREATE DOMAIN ugo.best_list AS text[]
    CHECK (cardinality(VALUE) <= 5
        AND array_to_string(VALUE, ',') ~ '^(u-[0-9a-z-]{1,61}(,u-[0-9a-z-]{1,61})*)?$');

-- The searches of the last 48 h; the history keeps them all.
CREATE TABLE ugo.search (
    id ugo.search_id PRIMARY KEY,
    revision bigint NOT NULL,
    account ugo.actor NOT NULL,
    role ugo.role_code NOT NULL,              -- that its rights came from
    origin text REFERENCES ugo.territory,     -- of near, else the account's first
    children ugo.children_known NOT NULL,
    parent ugo.parent_known,
    together boolean NOT NULL,
    emergency boolean NOT NULL,
    tonight boolean NOT NULL,
    modality ugo.modality_set NOT NULL,
    needs ugo.need_set NOT NULL,
    kinds ugo.kind_list NOT NULL,             -- of establishments
    near_commune text REFERENCES ugo.commune,
    near_territory text REFERENCES ugo.territory,
    max_km integer CHECK (max_km BETWEEN 0 AND 2000),
    wanted_on date,
    total integer NOT NULL CHECK (total >= 0), -- units found
    best ugo.best_list NOT NULL,              -- the first of them, in their order
    request text,                             -- that it was for, which may be forgotten by now
    criteria ugo.hash NOT NULL,               -- of what was asked, the answer left out
    searched_at bigint NOT NULL,
    CONSTRAINT search_promises CHECK (
        (jsonb_array_length(children) > 0 OR parent IS NOT NULL)
        AND num_nulls(near_commune, near_territory) > 0
        AND cardinality(best) <= total
        AND request ~ '^r-[0-9a-z][0-9a-z-]{0,60}$')
);
CREATE INDEX search_repeated ON ugo.search (account, criteria, searched_at);

CREATE FUNCTION ugo.search_state(s ugo.search) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object('account', s.account, 'role', s.role, 'origin', s.origin,
    'children', s.children, 'parent', s.parent, 'together', s.together, 'emergency', s.emergency,
    'tonight', s.tonight, 'modality', s.modality, 'needs', s.needs, 'kinds', s.kinds,
    'near', json_build_object('commune', s.near_commune, 'territory', s.near_territory),
    'max_km', s.max_km, 'wanted_on', s.wanted_on, 'total', s.total, 'best', s.best,
    'request', s.request, 'searched_at', s.searched_at);

CREATE FUNCTION ugo.search_part(s ugo.search) RETURNS ugo.part
LANGUAGE sql STABLE
RETURN ROW('search', s.id, NULL, s.origin, ugo.search_state(s), NULL)::ugo.part;

-- What was asked: the same whoever words it in which order.
CREATE FUNCTION ugo.search_criteria(s ugo.search) RETURNS bytea
LANGUAGE sql STABLE
RETURN sha256(convert_to(jsonb_build_array(
    (SELECT jsonb_agg(child ORDER BY child) FROM jsonb_array_elements(s.children) child),
    s.parent, s.together, s.emergency, s.tonight, s.modality, s.needs, s.kinds, s.near_commune,
    s.near_territory, s.max_km, s.wanted_on, s.request)::text, 'UTF8'));

-- The search that a command tells of.
CREATE FUNCTION ugo.search_row(c ugo.command) RETURNS ugo.search
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p jsonb := c.params;
    s ugo.search;
BEGIN
    s.id := ugo.new_id('s', c.revision);
    s.revision := c.revision;
    s.account := c.account;
    s.role := c.role;
    s.children := ugo.children(p -> 'children');
    s.parent := ugo.parent(p -> 'parent');
    s.together := coalesce((p ->> 'together')::boolean, true);
    s.emergency := coalesce((p ->> 'emergency')::boolean, false);
    s.tonight := coalesce((p ->> 'tonight')::boolean, false);
    s.modality := ugo.text_set(p -> 'modality');
    s.needs := ugo.text_set(p -> 'needs');
    -- What names nothing is left out: it could be any word.
    s.kinds := ARRAY(SELECT code::text COLLATE "C" FROM ugo.establishment_kind
        WHERE code = ANY (ugo.text_set(p -> 'kinds')) ORDER BY 1);
    s.best := ARRAY(SELECT u.id FROM jsonb_array_elements_text(coalesce(
            nullif(p -> 'best', 'null'), '[]')) WITH ORDINALITY AS named (id, n)
        JOIN ugo.unit u ON u.id = named.id ORDER BY n);
    s.near_commune := p #>> '{near,commune}';
    s.near_territory := p #>> '{near,territory}';
    s.origin := coalesce(s.near_territory, (SELECT territory FROM ugo.commune
        WHERE insee = s.near_commune), c.territories[1]);
    s.max_km := (p ->> 'max_km')::integer;
    s.wanted_on := (p ->> 'wanted_on')::date;
    s.total := (p ->> 'total')::integer;
    s.request := p ->> 'request';
    s.searched_at := least(coalesce((p ->> 'searched_at')::bigint, c.at), c.at);
    s.criteria := ugo.search_criteria(s);
    RETURN s;
END
$$;

CREATE FUNCTION ugo.journal_search(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    s ugo.search := ugo.search_row(c);
    found_before boolean;
BEGIN
    IF jsonb_array_length(s.children) = 0 AND s.parent IS NULL THEN
        RETURN ugo.invalid('/children', 'required');
    ELSIF num_nonnulls(s.near_commune, s.near_territory) = 2 THEN
        RETURN ugo.invalid('/near', 'exactly_one');
    ELSIF cardinality(s.best) > s.total THEN
        RETURN ugo.invalid('/best', 'out_of_range');
    ELSIF s.request IS NOT NULL AND NOT EXISTS (SELECT FROM ugo.request r WHERE r.id = s.request
            AND ugo.is_holder(c, r.origin, r.created_by)) THEN
        RETURN ugo.refused('forbidden');
    END IF;
    SELECT total > 0 INTO found_before FROM ugo.search
    WHERE account = s.account AND criteria = s.criteria
        AND searched_at > s.searched_at - 600000000
    ORDER BY searched_at DESC LIMIT 1;
    IF found_before = (s.total > 0) THEN
        RETURN ugo.refused('ok');
    END IF;
    INSERT INTO ugo.search SELECT s.*;
    PERFORM ugo.set_due(s.id, ugo.forgotten_at(s.searched_at));
    RETURN ugo.done(ugo.search_part(s));
END
$$;

CREATE FUNCTION ugo.search_turn(key text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN 'search.forget';

CREATE FUNCTION ugo.run_search_turn(c ugo.command, key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    s ugo.search;
BEGIN
    DELETE FROM ugo.search WHERE id = key RETURNING * INTO s;
    PERFORM ugo.set_due(key, NULL);
    RETURN ARRAY[ROW('search', key, NULL, s.origin, NULL, NULL)::ugo.part];
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('journal.search', '{astreinte,territory,def,service}', 'journal_search',
        '{children,parent,together,emergency,tonight,modality,needs,kinds,near,max_km,wanted_on,
        total,best,request,searched_at}');

INSERT INTO ugo.member (op, position, path, required, type, low, high, pattern, list, refers,
    members)
SELECT 'journal.search', position, path::text[], required, type, low, high, pattern, list, refers,
    members::text[]
FROM (VALUES
    (1, '{children}', false, 'children', NULL::bigint, 10, NULL, NULL, NULL, NULL),
    (2, '{parent}', false, 'object', NULL, NULL, NULL, NULL, NULL, '{pregnant}'),
    (3, '{parent,pregnant}', false, 'boolean', NULL, NULL, NULL, NULL, NULL, NULL),
    (4, '{together}', false, 'boolean', NULL, NULL, NULL, NULL, NULL, NULL),
    (5, '{emergency}', false, 'boolean', NULL, NULL, NULL, NULL, NULL, NULL),
    (6, '{tonight}', false, 'boolean', NULL, NULL, NULL, NULL, NULL, NULL),
    (7, '{modality}', false, 'codes', NULL, 10, NULL, 'modality', NULL, NULL),
    (8, '{needs}', false, 'codes', NULL, 7, NULL, 'need', NULL, NULL),
    (9, '{kinds}', false, 'texts', NULL, 64, '^[a-z0-9_]{1,40}$', NULL, NULL, NULL),
    (10, '{near}', false, 'object', NULL, NULL, NULL, NULL, NULL, '{commune,territory}'),
    (11, '{near,commune}', false, 'text', NULL, 5, NULL, NULL, 'commune', NULL),
    (12, '{near,territory}', false, 'text', NULL, 31, NULL, NULL, 'territory', NULL),
    (13, '{max_km}', false, 'integer', 0, 2000, NULL, NULL, NULL, NULL),
    (14, '{wanted_on}', false, 'date', NULL, NULL, NULL, NULL, NULL, NULL),
    (15, '{total}', true, 'integer', 0, 999999, NULL, NULL, NULL, NULL),
    (16, '{best}', false, 'texts', NULL, 5, '^u-[0-9a-z][0-9a-z-]{0,60}$', NULL, NULL, NULL),
    (17, '{request}', false, 'text', NULL, 63, '^r-[0-9a-z][0-9a-z-]{0,60}$', NULL, NULL, NULL),
    (18, '{searched_at}', false, 'integer', 1, 999999999999999999, NULL, NULL, NULL, NULL)
) AS member (position, path, required, type, low, high, pattern, list, refers, members);

INSERT INTO ugo.record_source VALUES
    ('search', 'SELECT id::text, revision, NULL::text, origin, ugo.search_state(s)
        FROM ugo.search s');
INSERT INTO ugo.due_kind VALUES ('s', 'search_turn', 'run_search_turn');

SELECT ugo.make_perform();
SELECT ugo.make_record();
SELECT ugo.make_due();

REVOKE ALL ON FUNCTION ugo.search_state(ugo.search), ugo.search_part(ugo.search),
    ugo.search_criteria(ugo.search), ugo.search_row(ugo.command), ugo.journal_search(ugo.command),
    ugo.search_turn(text), ugo.run_search_turn(ugo.command, text), ugo.perform(ugo.command),
    ugo.record_part(text, text), ugo.due_operation(text), ugo.run_due(ugo.command, text)
    FROM PUBLIC;
GRANT SELECT ON ugo.search TO ugod;
GRANT EXECUTE ON FUNCTION ugo.search_state(ugo.search) TO ugod;

RESET ROLE;
