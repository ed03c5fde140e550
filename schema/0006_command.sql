-- SPDX-License-Identifier: EUPL-1.2
-- What an operation's function gets and gives, and the check of a command's members: a table of
-- members, one row each, and one function per type of member. Nothing here raises.
SET LOCAL ROLE ugo_owner;

CREATE TYPE ugo.command AS (
    account text,
    op text,
    key text,
    digest text,
    channel text,
    params jsonb,
    roles text[],          -- of the operation; NULL: there is no such operation
    members text[],
    plain jsonpath,
    role text,             -- of the account, or of the one it acts for
    territories text[],    -- its scope
    establishments text[],
    at bigint,             -- logical time of the batch
    revision bigint        -- the revision this command gets if it changes something
);

-- One changed record. departed: its scope members of before, when it left them.
CREATE TYPE ugo.part AS (
    kind text, id text, establishment text, territory text, state json, departed jsonb
);

-- What changed is `part`, or `parts` when they may be several; neither: nothing, and no revision is
-- used. (An array of composites costs too much for the one part of a declaration.)
CREATE TYPE ugo.outcome AS (
    type text, pointer text, detail text, now bigint, part ugo.part, parts ugo.part[]
);

-- What is wrong with a member: the rest of its pointer, and a code; detail NULL: nothing.
CREATE TYPE ugo.flaw AS (step text, detail text);

CREATE FUNCTION ugo.done(part ugo.part) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW('ok', NULL, NULL, NULL, part, NULL)::ugo.outcome;

CREATE FUNCTION ugo.done_all(parts ugo.part[]) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW('ok', NULL, NULL, NULL, NULL, parts)::ugo.outcome;

CREATE FUNCTION ugo.refused(type text) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW(type, NULL, NULL, NULL, NULL, NULL)::ugo.outcome;

CREATE FUNCTION ugo.invalid(pointer text, detail text) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW('invalid_params', pointer, detail, NULL, NULL, NULL)::ugo.outcome;

-- The operations. function: ugo.<function>(ugo.command) returns ugo.outcome. The account `system`
-- may do all of them.
CREATE TABLE ugo.operation (
    op text PRIMARY KEY,
    roles text[] NOT NULL,
    function text NOT NULL,
    members text[] NOT NULL, -- members params may have
    -- params that satisfy it and are plain (is_plain) have no flaw in a member: a shortcut for what
    -- comes most often, never another rule
    plain jsonpath
);

-- Members of params, checked in the order of position.
CREATE TABLE ugo.member (
    op text NOT NULL REFERENCES ugo.operation,
    position integer NOT NULL,
    path text[] NOT NULL,   -- a member of a member has two steps
    required boolean NOT NULL,
    type text NOT NULL CHECK (type IN ('integer', 'boolean', 'text', 'code', 'date', 'point',
        'object', 'texts')),
    low bigint,             -- integer: smallest; texts: fewest
    high bigint,            -- integer: largest; text: most characters; texts: most elements
    pattern text,           -- text, texts
    list text,              -- code: a list of ugo.code_list, or closed_reason, derogation
    refers text,            -- text, texts: kind of record it must name
    members text[],         -- object: members it may have
    PRIMARY KEY (op, position)
);

CREATE FUNCTION ugo.integer_error(v jsonb, low bigint, high bigint) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    digits text := v #>> '{}';
BEGIN
    IF jsonb_typeof(v) <> 'number' OR digits !~ '^-?[0-9]+$' THEN
        RETURN 'wrong_type';
    END IF;
    IF length(digits) > 18 OR digits::bigint NOT BETWEEN low AND high THEN
        RETURN 'out_of_range';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION ugo.is_record(kind text, key text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE kind
    WHEN 'territory' THEN RETURN EXISTS (SELECT FROM ugo.territory WHERE code = key);
    WHEN 'commune' THEN RETURN EXISTS (SELECT FROM ugo.commune WHERE insee = key);
    WHEN 'establishment_kind' THEN
        RETURN EXISTS (SELECT FROM ugo.establishment_kind WHERE code = key);
    WHEN 'establishment' THEN RETURN EXISTS (SELECT FROM ugo.establishment WHERE id = key);
    WHEN 'account' THEN RETURN EXISTS (SELECT FROM ugo.account WHERE id = key);
    WHEN 'hold' THEN RETURN false;
    END CASE;
END
$$;

CREATE FUNCTION ugo.text_error(v jsonb, m ugo.member) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    t text := v #>> '{}';
BEGIN
    IF jsonb_typeof(v) <> 'string' THEN
        RETURN 'wrong_type';
    ELSIF m.type = 'text' AND length(t) NOT BETWEEN 1 AND m.high THEN
        RETURN 'out_of_range';
    ELSIF t ~ '[\x01-\x1f\x7f]' OR t !~ m.pattern THEN
        RETURN 'wrong_format';
    ELSIF m.refers IS NOT NULL AND NOT ugo.is_record(m.refers, t) THEN
        RETURN 'unknown_reference';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION ugo.code_error(v jsonb, list text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    t text := v #>> '{}';
    known boolean;
BEGIN
    IF jsonb_typeof(v) <> 'string' THEN
        RETURN 'wrong_type';
    END IF;
    CASE list
    WHEN 'closed_reason' THEN known := EXISTS (SELECT FROM ugo.closed_reason WHERE code = t);
    WHEN 'derogation' THEN known := EXISTS (SELECT FROM ugo.derogation WHERE code = t);
    ELSE known := t = ANY (ugo.code_list(list));
    END CASE;
    RETURN CASE WHEN NOT known THEN 'unknown_code' END;
END
$$;

CREATE FUNCTION ugo.date_error(v jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    t text := v #>> '{}';
    month_start date;
BEGIN
    IF jsonb_typeof(v) <> 'string' THEN
        RETURN 'wrong_type';
    ELSIF t !~ '^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' THEN
        RETURN 'wrong_format';
    END IF;
    month_start := make_date(substr(t, 1, 4)::integer, substr(t, 6, 2)::integer, 1);
    IF substr(t, 9, 2)::integer > date_part('day', month_start + interval '1 month -1 day') THEN
        RETURN 'wrong_format';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION ugo.point_error(v jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF jsonb_typeof(v) <> 'array' OR jsonb_array_length(v) <> 2
        OR jsonb_typeof(v -> 0) <> 'number' OR jsonb_typeof(v -> 1) <> 'number' THEN
        RETURN 'wrong_type';
    ELSIF abs((v ->> 0)::numeric) > 90 OR abs((v ->> 1)::numeric) > 180 THEN
        RETURN 'out_of_range';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION ugo.step(name text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN '/' || replace(replace(name, '~', '~0'), '/', '~1');

-- '' or the name of the first unknown member, as a step of a JSON pointer.
CREATE FUNCTION ugo.unknown_member(v jsonb, known text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF v - known = '{}' THEN
        RETURN '';
    END IF;
    RETURN (SELECT ugo.step(k) FROM jsonb_object_keys(v - known) k ORDER BY k COLLATE "C" LIMIT 1);
END
$$;

CREATE FUNCTION ugo.texts_error(v jsonb, m ugo.member) RETURNS ugo.flaw
LANGUAGE plpgsql STABLE AS $$
DECLARE
    detail text;
BEGIN
    IF jsonb_typeof(v) <> 'array' THEN
        RETURN ROW('', 'wrong_type')::ugo.flaw;
    ELSIF jsonb_array_length(v) NOT BETWEEN coalesce(m.low, 0) AND m.high THEN
        RETURN ROW('', 'out_of_range')::ugo.flaw;
    END IF;
    FOR i IN 0 .. jsonb_array_length(v) - 1 LOOP
        detail := ugo.text_error(v -> i, m);
        IF detail IS NOT NULL THEN
            RETURN ROW('/' || i, detail)::ugo.flaw;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE FUNCTION ugo.object_error(v jsonb, m ugo.member) RETURNS ugo.flaw
LANGUAGE plpgsql STABLE AS $$
DECLARE
    step text;
BEGIN
    IF jsonb_typeof(v) <> 'object' THEN
        RETURN ROW('', 'wrong_type')::ugo.flaw;
    END IF;
    step := ugo.unknown_member(v, m.members);
    RETURN ROW(step, CASE WHEN step <> '' THEN 'unknown_member' END)::ugo.flaw;
END
$$;

-- JSON null is the same as absent.
CREATE FUNCTION ugo.member_error(params jsonb, m ugo.member) RETURNS ugo.flaw
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v jsonb := params #> m.path;
BEGIN
    IF v IS NULL OR v = 'null' THEN
        RETURN ROW('', CASE WHEN m.required
            AND (cardinality(m.path) = 1 OR params ->> m.path[1] IS NOT NULL)
            THEN 'required' END)::ugo.flaw;
    END IF;
    CASE m.type
    WHEN 'integer' THEN RETURN ROW('', ugo.integer_error(v, m.low, m.high))::ugo.flaw;
    WHEN 'text' THEN RETURN ROW('', ugo.text_error(v, m))::ugo.flaw;
    WHEN 'code' THEN RETURN ROW('', ugo.code_error(v, m.list))::ugo.flaw;
    WHEN 'boolean' THEN RETURN ROW('',
        CASE WHEN jsonb_typeof(v) <> 'boolean' THEN 'wrong_type' END)::ugo.flaw;
    WHEN 'date' THEN RETURN ROW('', ugo.date_error(v))::ugo.flaw;
    WHEN 'point' THEN RETURN ROW('', ugo.point_error(v))::ugo.flaw;
    WHEN 'texts' THEN RETURN ugo.texts_error(v, m);
    WHEN 'object' THEN RETURN ugo.object_error(v, m);
    END CASE;
END
$$;

-- NULL, or what is wrong first: an unknown member, then the members in their order.
CREATE FUNCTION ugo.params_error(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    m ugo.member;
    flaw ugo.flaw;
    step text := ugo.unknown_member(c.params, c.members);
BEGIN
    IF step <> '' THEN
        RETURN ugo.invalid(step, 'unknown_member');
    END IF;
    FOR m IN SELECT * FROM ugo.member WHERE op = c.op
            AND (required OR c.params #> path IS NOT NULL) ORDER BY position LOOP
        flaw := ugo.member_error(c.params, m);
        IF flaw.detail IS NOT NULL THEN
            RETURN ugo.invalid('/' || array_to_string(m.path, '/') || flaw.step, flaw.detail);
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- An array of texts as stored: sorted, each once; empty when absent.
CREATE FUNCTION ugo.text_set(v jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN jsonb_typeof(v) = 'array' THEN
    ARRAY(SELECT DISTINCT t COLLATE "C" FROM jsonb_array_elements_text(v) t ORDER BY 1)
    ELSE '{}' END;

-- A coordinate as stored: six decimals, about 10 cm.
CREATE FUNCTION ugo.degrees(point jsonb, i integer) RETURNS numeric
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN jsonb_typeof(point) = 'array' THEN
    trim_scale(round((point ->> i)::numeric, 6)) END;

RESET ROLE;
