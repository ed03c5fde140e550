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

-- Ends active holds, frees their places; gives the parts, each unit once. (Plans: as of
-- refresh_units.)
CREATE OR REPLACE FUNCTION ugo.end_holds(c ugo.command, ids text[], to_state text, why text)
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

CREATE OR REPLACE FUNCTION ugo.make_hold(c ugo.command, a ugo.ask, u ugo.unit, key text)
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

CREATE OR REPLACE FUNCTION ugo.hold_accept(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
    r ugo.request;
    parts ugo.part[];
    latest bigint := coalesce((c.params ->> 'arrive_by')::bigint, c.at + 86400000000);
BEGIN
    SELECT * INTO h FROM ugo.hold WHERE id = c.params ->> 'hold';
    IF NOT ugo.may_answer(c, h) THEN
        RETURN ugo.refused('forbidden');
    ELSIF NOT ugo.is_held(c, h) THEN
        RETURN ugo.hold_not_active();
    ELSIF latest <= c.at THEN
        RETURN ugo.invalid('/arrive_by', 'in_the_past');
    ELSIF latest > c.at + 604800000000 THEN
        RETURN ugo.invalid('/arrive_by', 'out_of_range');
    END IF;
    SELECT * INTO r FROM ugo.request WHERE id = h.request;
    IF r.placed && h.children THEN
        RETURN ugo.invalid('/hold', 'child_already_placed');
    END IF;
    UPDATE ugo.hold SET revision = c.revision, state = 'accepted', answered_by = c.account,
        answered_at = c.at, arrive_by = latest, place = ugo.place_of(unit)
    WHERE id = h.id RETURNING * INTO h;
    parts := ugo.hold_part(h) || ugo.on_hold(c, h);
    IF r.id IS NOT NULL THEN
        parts := parts || ugo.place_children(c, r, h);
    END IF;
    RETURN ugo.done_all(parts);
END
$$;

-- Accepted holds whose children are there. Gives the parts of the holds and of their requests; the
-- counts of the unit are the caller's.
CREATE OR REPLACE FUNCTION ugo.arrive(c ugo.command, ids text[]) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
    r ugo.request;
    parts ugo.part[] := '{}';
BEGIN
    FOR h IN UPDATE ugo.hold SET revision = c.revision, state = 'arrived', ended_at = c.at
            WHERE id = ANY (ids) RETURNING * LOOP
        parts := parts || ugo.hold_part(h) || ugo.on_hold(c, h);
        UPDATE ugo.request SET revision = c.revision, arrived = ugo.index_set(arrived || h.children)
        WHERE id = h.request;
    END LOOP;
    FOR r IN SELECT * FROM ugo.request WHERE id IN (SELECT request FROM ugo.hold
            WHERE id = ANY (ids)) LOOP
        IF cardinality(r.arrived) = jsonb_array_length(r.children) THEN
            UPDATE ugo.request SET state = 'closed', code = 'arrived', closed_at = c.at
            WHERE id = r.id RETURNING * INTO r;
        END IF;
        parts := parts || ugo.request_part(r);
    END LOOP;
    RETURN parts;
END
$$;

REVOKE ALL ON FUNCTION ugo.make_on_hold(), ugo.make_code_error(),
    ugo.on_hold(ugo.command, ugo.hold) FROM PUBLIC;
GRANT SELECT ON ugo.hold_hook, ugo.code_source TO ugod;

RESET ROLE;
