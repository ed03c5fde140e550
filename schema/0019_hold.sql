-- SPDX-License-Identifier: EUPL-1.2
-- Holds: places of a unit that are kept for somebody until a moment. README.md gives the rules.
SET LOCAL ROLE ugo_owner;

-- How long places of a unit are kept, and what comes then.
CREATE TABLE ugo.hold_policy (
    unit text PRIMARY KEY REFERENCES ugo.unit,
    revision bigint NOT NULL,
    minutes ugo.minutes NOT NULL,
    "end" ugo.hold_end_code NOT NULL
);

CREATE TABLE ugo.hold (
    id ugo.hold_id PRIMARY KEY,
    revision bigint NOT NULL,
    unit ugo.unit_id NOT NULL,       -- which may close once the hold has ended
    establishment text NOT NULL,     -- of the unit when the hold was made, for life
    territory text NOT NULL,
    origin text NOT NULL REFERENCES ugo.territory, -- of the asking service, likewise
    request text REFERENCES ugo.request,
    children ugo.index_list NOT NULL, -- of the request
    profile ugo.children_known NOT NULL,
    parent ugo.parent_known,
    needs ugo.need_set NOT NULL,
    places ugo.promised NOT NULL,
    emergency boolean NOT NULL,
    state ugo.hold_state_code NOT NULL DEFAULT 'held',
    refusal text REFERENCES ugo.refusal,       -- the code of a refused one
    withdrawal text REFERENCES ugo.withdrawal, -- the code of a withdrawn one
    created_by ugo.actor NOT NULL,
    created_at bigint NOT NULL,
    held_until bigint NOT NULL,
    extensions ugo.extensions NOT NULL DEFAULT 0,
    escalated boolean NOT NULL DEFAULT false,
    overdue boolean NOT NULL DEFAULT false,
    answered_by ugo.actor,
    answered_at bigint,
    arrive_by bigint,
    ended_at bigint,
    stale_unit boolean NOT NULL,
    place json,
    CONSTRAINT hold_promises CHECK (
        jsonb_array_length(profile) <= places AND held_until > created_at
        AND cardinality(children) = CASE WHEN request IS NULL THEN 0
            ELSE jsonb_array_length(profile) END
        AND (ended_at IS NULL) = (state IN ('held', 'accepted'))
        AND (place IS NOT NULL) = (state IN ('accepted', 'arrived'))
        AND (arrive_by IS NOT NULL) = (state IN ('accepted', 'arrived', 'withdrawn'))
        AND num_nulls(answered_by, answered_at)
            = CASE WHEN state IN ('held', 'released', 'expired') THEN 2 ELSE 0 END
        AND (refusal IS NOT NULL) = (state = 'refused')
        AND (withdrawal IS NOT NULL) = (state = 'withdrawn')
        AND (arrive_by IS NOT NULL OR NOT overdue))
);
CREATE INDEX hold_active ON ugo.hold (unit) WHERE state IN ('held', 'accepted');
CREATE INDEX hold_request ON ugo.hold (request);

-- When the clock has something to do with a record: one small index for all that can become due.
CREATE TABLE ugo.due (
    id text COLLATE "C" PRIMARY KEY,
    at bigint NOT NULL
);
CREATE INDEX due_at ON ugo.due (at, id);

-- Records that have ended are forgotten when more than 48 h have passed.
CREATE FUNCTION ugo.forgotten_at(ended_at bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN ended_at + 172800000001;

CREATE FUNCTION ugo.set_due(record text, moment bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF moment IS NULL THEN
        DELETE FROM ugo.due WHERE id = record;
    ELSE
        INSERT INTO ugo.due VALUES (record, moment)
        ON CONFLICT (id) DO UPDATE SET at = excluded.at;
    END IF;
END
$$;

CREATE FUNCTION ugo.hold_due() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ugo.set_due(coalesce(new.id, old.id)::text, CASE new.state
        WHEN 'held' THEN new.held_until
        WHEN 'accepted' THEN CASE WHEN NOT new.overdue THEN new.arrive_by END
        ELSE ugo.forgotten_at(new.ended_at) END);
    RETURN NULL;
END
$$;
CREATE TRIGGER hold_due AFTER INSERT OR DELETE OR UPDATE OF state, held_until, overdue, ended_at
ON ugo.hold FOR EACH ROW EXECUTE FUNCTION ugo.hold_due();

CREATE FUNCTION ugo.request_due() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ugo.set_due(coalesce(new.id, old.id)::text, ugo.forgotten_at(new.closed_at));
    RETURN NULL;
END
$$;
CREATE TRIGGER request_due AFTER DELETE OR UPDATE OF closed_at
ON ugo.request FOR EACH ROW EXECUTE FUNCTION ugo.request_due();

-- The second line of what a unit counts: at the end of every transaction it is the sum of its
-- active holds, and these have room in it.
CREATE FUNCTION ugo.check_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    places integer;
    urgent integer;
    right_count boolean;
BEGIN
    SELECT sum(h.places), coalesce(sum(h.places) FILTER (WHERE h.emergency), 0)
    INTO places, urgent FROM ugo.hold h WHERE h.unit = new.unit AND h.state IN ('held', 'accepted');
    SELECT CASE WHEN places IS NULL THEN u.held = 0 ELSE u.held = places
        AND u.held_emergency = urgent AND u.occupied + u.held <= u.open END
    INTO right_count FROM ugo.unit u WHERE u.id = new.unit;
    IF NOT coalesce(right_count, places IS NULL) THEN
        RAISE EXCEPTION 'unit % does not count its holds', new.unit
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER check_held AFTER INSERT OR UPDATE OF state ON ugo.hold
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ugo.check_held();

CREATE FUNCTION ugo.hold_state(h ugo.hold) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object('unit', h.unit, 'establishment', h.establishment,
    'territory', h.territory, 'origin', h.origin, 'request', h.request, 'children', h.children,
    'profile', h.profile, 'parent', h.parent, 'needs', h.needs, 'places', h.places,
    'emergency', h.emergency, 'state', h.state, 'code', coalesce(h.refusal, h.withdrawal),
    'created_by', h.created_by, 'created_at', h.created_at, 'held_until', h.held_until,
    'extensions', h.extensions, 'escalated', h.escalated, 'overdue', h.overdue,
    'answered_by', h.answered_by, 'answered_at', h.answered_at, 'arrive_by', h.arrive_by,
    'ended_at', h.ended_at, 'stale_unit', h.stale_unit, 'place', h.place);

CREATE FUNCTION ugo.hold_part(h ugo.hold) RETURNS ugo.part
LANGUAGE sql STABLE
RETURN ROW('hold', h.id, h.establishment, h.territory, ugo.hold_state(h), NULL)::ugo.part;

-- What a unit can still give; NULL when it was never declared.
CREATE FUNCTION ugo.free_places(u ugo.unit, urgent boolean) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN u.open IS NOT NULL THEN greatest(0, greatest(0, u.open - u.occupied - u.held)
    - CASE WHEN urgent THEN 0
        ELSE greatest(0, u.emergency_reserved - u.emergency_used - u.held_emergency) END) END;

-- Ends active holds, frees their places; gives the parts, each unit once. (Plans: as of
-- refresh_units.)
CREATE FUNCTION ugo.end_holds(c ugo.command, ids text[], to_state text, why text)
RETURNS ugo.part[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    o ugo.hold;
    parts ugo.part[];
BEGIN
    WITH ended AS (
        UPDATE ugo.hold SET revision = c.revision, state = to_state, ended_at = c.at, place = NULL,
            refusal = CASE to_state WHEN 'refused' THEN why END,
            withdrawal = CASE to_state WHEN 'withdrawn' THEN why END,
            answered_by = CASE to_state WHEN 'refused' THEN c.account ELSE answered_by END,
            answered_at = CASE to_state WHEN 'refused' THEN c.at ELSE answered_at END
        WHERE id = ANY (ids) RETURNING hold AS h
    ), freed AS (
        UPDATE ugo.unit u SET revision = c.revision, held = u.held - e.places,
            held_emergency = u.held_emergency - e.urgent
        FROM (SELECT (h).unit, sum((h).places) AS places,
                coalesce(sum((h).places) FILTER (WHERE (h).emergency), 0) AS urgent
            FROM ended GROUP BY (h).unit) e
        WHERE u.id = e.unit RETURNING u
    )
    SELECT array_agg(part) INTO parts FROM (
        SELECT ugo.hold_part(h) AS part FROM ended UNION ALL SELECT ugo.unit_part(u) FROM freed) p;
    FOR o IN SELECT * FROM ugo.hold WHERE id = ANY (ids) LOOP
        parts := parts || ugo.on_hold(c, o);
    END LOOP;
    RETURN coalesce(parts, '{}');
END
$$;

-- What a hold.create asks of every unit it names.
CREATE TYPE ugo.ask AS (
    request text, origin text, children integer[], profile jsonb, parent jsonb, needs text[],
    places integer, emergency boolean
);

CREATE FUNCTION ugo.ask_form_error(p jsonb) RETURNS ugo.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    twice integer;
BEGIN
    IF (p ->> 'unit' IS NULL) = (p ->> 'units' IS NULL) THEN
        RETURN ugo.invalid('/unit', 'exactly_one');
    END IF;
    IF p ->> 'units' IS NOT NULL THEN
        SELECT min(n) INTO twice FROM (SELECT n, row_number() OVER (PARTITION BY unit ORDER BY n)
            FROM jsonb_array_elements_text(p -> 'units') WITH ORDINALITY AS t (unit, n)) units
        WHERE row_number > 1;
    END IF;
    IF twice IS NOT NULL THEN
        RETURN ugo.invalid('/units/' || twice - 1, 'twice');
    ELSIF (p ->> 'request' IS NULL) = (p ->> 'need' IS NULL) THEN
        RETURN ugo.invalid('/request', 'exactly_one');
    ELSIF p ->> 'need' IS NOT NULL AND p ->> 'children' IS NOT NULL THEN
        RETURN ugo.invalid('/children', 'only_with_request');
    END IF;
    RETURN NULL;
END
$$;

-- Which children of its request a hold is for, and the first rule that they break.
CREATE FUNCTION ugo.asked_children(r ugo.request, p jsonb) RETURNS integer[]
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN p ->> 'children' IS NOT NULL
    THEN ARRAY(SELECT i::integer FROM jsonb_array_elements_text(p -> 'children') i)
    ELSE ARRAY(SELECT i FROM generate_series(0, jsonb_array_length(r.children) - 1) i
        WHERE i <> ALL (r.placed) ORDER BY i) END;

CREATE FUNCTION ugo.asked_children_error(r ugo.request, asked integer[]) RETURNS ugo.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    detail text;
BEGIN
    IF asked = '{}' AND jsonb_array_length(r.children) > 0 THEN
        RETURN ugo.invalid('/children', 'required');
    END IF;
    FOR i IN 1 .. cardinality(asked) LOOP
        detail := CASE WHEN asked[i] >= jsonb_array_length(r.children) THEN 'out_of_range'
            WHEN asked[i] = ANY (asked[:i - 1]) THEN 'twice'
            WHEN asked[i] = ANY (r.placed) THEN 'already_placed' END;
        IF detail IS NOT NULL THEN
            RETURN ugo.invalid('/children/' || i - 1, detail);
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- The ask of a command: for a request, or for a need that nothing else is known of (r: NULLs).
CREATE FUNCTION ugo.ask_of(c ugo.command, r ugo.request, asked integer[]) RETURNS ugo.ask
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p jsonb := c.params;
    a ugo.ask;
BEGIN
    IF r.id IS NOT NULL THEN
        a := ROW(r.id, r.origin, asked,
            (SELECT coalesce(jsonb_agg(r.children -> i ORDER BY n), '[]')
                FROM unnest(asked) WITH ORDINALITY AS t (i, n)),
            r.parent, r.needs, NULL, coalesce((p ->> 'emergency')::boolean,
                r.emergency))::ugo.ask;
    ELSE
        a := ROW(NULL, c.territories[1], '{}', ugo.children(p #> '{need,children}'),
            ugo.parent(p #> '{need,parent}'), ugo.text_set(p #> '{need,needs}'),
            NULL, coalesce((p ->> 'emergency')::boolean, false))::ugo.ask;
    END IF;
    a.places := coalesce((p ->> 'places')::integer, greatest(1, jsonb_array_length(a.profile)));
    RETURN a;
END
$$;

-- Why a unit cannot be held so; NULL: it can.
CREATE FUNCTION ugo.ask_refusal(c ugo.command, a ugo.ask, u ugo.unit) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT ugo.in_departement(c, u.home) THEN
        RETURN 'forbidden';
    ELSIF a.request IS NOT NULL AND EXISTS (SELECT FROM ugo.hold h
            WHERE h.request = a.request AND h.unit = u.id AND h.state IN ('held', 'accepted')
                AND (a.children = '{}' OR h.children && a.children)) THEN
        RETURN 'already_asked';
    ELSIF a.places <= ugo.free_places(u, a.emergency) THEN
        RETURN NULL;
    END IF;
    RETURN 'no_free_place';
END
$$;

CREATE FUNCTION ugo.make_hold(c ugo.command, a ugo.ask, u ugo.unit, key text)
RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
BEGIN
    INSERT INTO ugo.hold (id, revision, unit, establishment, territory, origin, request, children,
        profile, parent, needs, places, emergency, created_by, created_at, held_until, stale_unit)
    VALUES (key, c.revision, u.id, u.establishment, u.home, coalesce(a.origin, u.home), a.request,
        a.children, a.profile, a.parent, a.needs, a.places, a.emergency, c.account, c.at,
        c.at + 60000000 * coalesce((c.params ->> 'minutes')::bigint,
            (SELECT minutes FROM ugo.hold_policy WHERE unit = u.id), 45),
        u.contested_at IS NOT NULL
            OR u.observed_at + (u.description::json ->> 'ttl_s')::bigint * 1000000 <= c.at)
    RETURNING * INTO h;
    UPDATE ugo.unit SET revision = c.revision, held = held + a.places,
        held_emergency = held_emergency + CASE WHEN a.emergency THEN a.places ELSE 0 END
    WHERE id = u.id RETURNING * INTO u;
    RETURN ARRAY[ugo.hold_part(h), ugo.unit_part(u)] || ugo.on_hold(c, h);
END
$$;

-- Holds what can be held of these units, in their order.
CREATE FUNCTION ugo.ask_units(c ugo.command, a ugo.ask, units text[]) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    key text;
    why text;
    u ugo.unit;
    holds text[] := '{}';
    refused jsonb := '[]';
    parts ugo.part[] := '{}';
BEGIN
    FOREACH key IN ARRAY units LOOP
        SELECT * INTO u FROM ugo.unit WHERE id = key;
        why := ugo.ask_refusal(c, a, u);
        IF why IS NULL THEN
            holds := holds || (ugo.new_id('h', c.revision)
                || coalesce('-' || nullif(cardinality(holds) + 1, 1), ''));
            parts := parts || ugo.make_hold(c, a, u, holds[cardinality(holds)]);
        ELSE
            refused := refused || jsonb_build_object('unit', key, 'type', why);
        END IF;
    END LOOP;
    RETURN ROW('ok', NULL, NULL, NULL, NULL, parts,
        jsonb_build_object('holds', holds, 'refused', refused))::ugo.outcome;
END
$$;

-- The reply when no unit could be held: the only refusal, or the one that says most.
CREATE FUNCTION ugo.ask_refused(answer jsonb, several boolean) RETURNS ugo.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF answer -> 'refused' @> '[{"type": "no_free_place"}]' THEN
        RETURN ugo.refused('no_free_place');
    ELSIF answer -> 'refused' @> '[{"type": "forbidden"}]' THEN
        RETURN ugo.refused('forbidden');
    END IF;
    RETURN ugo.invalid(CASE WHEN several THEN '/units' ELSE '/unit' END, 'already_asked');
END
$$;

CREATE FUNCTION ugo.hold_create(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    r ugo.request;
    asked integer[];
    a ugo.ask;
    o ugo.outcome := ugo.ask_form_error(p);
BEGIN
    IF o.type IS NOT NULL THEN
        RETURN o;
    END IF;
    IF p ->> 'request' IS NOT NULL THEN
        SELECT * INTO r FROM ugo.request WHERE id = p ->> 'request';
        IF NOT ugo.is_holder(c, r.origin, r.created_by) THEN
            RETURN ugo.refused('forbidden');
        ELSIF r.state <> 'open' THEN
            RETURN ugo.invalid('/request', 'request_not_open');
        END IF;
        asked := ugo.asked_children(r, p);
        o := ugo.asked_children_error(r, asked);
        IF o.type IS NOT NULL THEN
            RETURN o;
        END IF;
    END IF;
    a := ugo.ask_of(c, r, asked);
    IF r.id IS NULL AND a.parent IS NULL AND a.profile = '[]' THEN
        RETURN ugo.invalid('/need/children', 'required');
    ELSIF a.places < jsonb_array_length(a.profile) THEN
        RETURN ugo.invalid('/places', 'fewer_than_children');
    END IF;
    o := ugo.ask_units(c, a, CASE WHEN p ->> 'unit' IS NOT NULL THEN ARRAY[p ->> 'unit']
        ELSE ARRAY(SELECT jsonb_array_elements_text(p -> 'units')) END);
    RETURN CASE WHEN cardinality(o.parts) = 0 THEN ugo.ask_refused(o.answer, p ->> 'unit' IS NULL)
        ELSE o END;
END
$$;

RESET ROLE;
