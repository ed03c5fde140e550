-- SPDX-License-Identifier: EUPL-1.2
-- For how long a request wants its places, and on which days: until when, and a rhythm of weekdays
-- and weeks. README.md gives the rules.
SET LOCAL ROLE ugo_owner;

-- Weeks by their ISO number: any, odd ones, even ones.
INSERT INTO ugo.listed_code VALUES ('weeks', 1, 'all'), ('weeks', 2, 'odd'), ('weeks', 3, 'even');
SELECT ugo.make_code_list();

-- A state with members that are in it only where they say something: states of before stay what the
-- history says they are.
CREATE FUNCTION ugo.with_said(state json, members json) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN json_strip_nulls(members)::text = '{}' THEN state
    ELSE (left(state::text, -1) || ', ' || substr(json_strip_nulls(members)::text, 2))::json END;

-- Weekdays as stored: sorted, each once; Monday is 1.
CREATE FUNCTION ugo.weekdays(v jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN (SELECT jsonb_agg(DISTINCT day::integer ORDER BY day::integer)
    FROM jsonb_array_elements_text(v) day);

-- The first reason why these are no weekdays: one at least, each from 1 on (the member's type says
-- the rest); a row of NULLs: they are.
CREATE FUNCTION ugo.weekdays_error(v jsonb, pointer text) RETURNS ugo.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    flawed integer;
BEGIN
    IF jsonb_array_length(v) = 0 THEN
        RETURN ugo.invalid(pointer, 'out_of_range');
    END IF;
    flawed := (SELECT min(n) - 1 FROM jsonb_array_elements_text(v) WITH ORDINALITY AS t (day, n)
        WHERE day = '0');
    RETURN CASE WHEN flawed IS NOT NULL
        THEN ugo.invalid(pointer || '/' || flawed, 'out_of_range') END;
END
$$;

-- Whether these are days of the week, one at least, in weeks of a kind.
CREATE FUNCTION ugo.is_rhythm(weekdays jsonb, weeks text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN coalesce(jsonb_typeof(weekdays) = 'array' AND weekdays <@ '[1, 2, 3, 4, 5, 6, 7]'
    AND jsonb_array_length(weekdays) BETWEEN 1 AND 7 AND weeks = ANY (ugo.code_list('weeks')),
    false);

ALTER TABLE ugo.request
    ADD wanted_until date,
    ADD days jsonb,
    ADD CONSTRAINT request_span CHECK (
        (wanted_on IS NULL OR wanted_until IS NULL
            OR wanted_until > wanted_on AND wanted_until <= wanted_on + 366)
        AND (days IS NULL OR wanted_on IS NOT NULL
            AND days - '{weekdays,weeks}'::text[] = '{}'
            AND ugo.is_rhythm(days -> 'weekdays', days ->> 'weeks')));

CREATE OR REPLACE FUNCTION ugo.request_state(r ugo.request) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN ugo.with_said(
    json_build_object('reference', r.reference, 'children', r.children, 'together', r.together,
    'parent', r.parent, 'emergency', r.emergency, 'modality', r.modality,
    'legal_frame', r.legal_frame, 'needs', r.needs,
    'from', json_build_object('commune', r.from_commune, 'territory', r.from_territory),
    'origin', r.origin, 'max_km', r.max_km, 'wanted_on', r.wanted_on,
    'decided_at', r.decided_at, 'opened_at', r.opened_at, 'state', r.state, 'code', r.code,
    'placed', r.placed, 'arrived', r.arrived, 'placed_at', r.placed_at,
    'closed_at', r.closed_at, 'created_by', r.created_by),
    json_build_object('wanted_until', r.wanted_until, 'days', r.days));

CREATE OR REPLACE FUNCTION ugo.request_row(r ugo.request, p jsonb) RETURNS ugo.request
LANGUAGE plpgsql STABLE AS $$
BEGIN
    r.reference := CASE WHEN p ->> 'reference' ~ '[0-9]' THEN p ->> 'reference'
        ELSE r.reference END; -- request_error refuses any other
    IF p ->> 'children' IS NOT NULL OR r.children IS NULL THEN
        r.children := ugo.children(p -> 'children');
    END IF;
    r.parent := coalesce(ugo.parent(p -> 'parent'), r.parent);
    r.together := coalesce((p ->> 'together')::boolean, r.together, true);
    r.emergency := coalesce((p ->> 'emergency')::boolean, r.emergency, false);
    IF p ->> 'modality' IS NOT NULL OR r.modality IS NULL THEN
        r.modality := ugo.text_set(p -> 'modality');
    END IF;
    r.legal_frame := coalesce(p ->> 'legal_frame', r.legal_frame);
    IF p ->> 'needs' IS NOT NULL OR r.needs IS NULL THEN
        r.needs := ugo.text_set(p -> 'needs');
    END IF;
    IF p ->> 'from' IS NOT NULL THEN
        r.from_commune := p #>> '{from,commune}';
        r.from_territory := p #>> '{from,territory}';
        r.origin := coalesce(r.from_territory, (SELECT territory FROM ugo.commune
            WHERE insee = r.from_commune), r.origin);
    END IF;
    r.max_km := coalesce((p ->> 'max_km')::integer, r.max_km);
    r.wanted_on := coalesce((p ->> 'wanted_on')::date, r.wanted_on);
    r.wanted_until := coalesce((p ->> 'wanted_until')::date, r.wanted_until);
    IF jsonb_array_length(p #> '{days,weekdays}') > 0
            AND NOT p #> '{days,weekdays}' @> '0' THEN -- span_error refuses any other
        r.days := jsonb_build_object('weekdays', ugo.weekdays(p #> '{days,weekdays}'),
            'weeks', p #> '{days,weeks}');
    END IF;
    RETURN r;
END
$$;

-- The first rule on its days that such a request breaks; a row of NULLs when it breaks none.
CREATE FUNCTION ugo.span_error(c ugo.command, r ugo.request) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p jsonb := c.params;
    today date;
    error ugo.outcome;
BEGIN
    IF r.wanted_until IS NULL AND r.days IS NULL AND p ->> 'wanted_on' IS NULL
            AND p ->> 'days' IS NULL THEN
        RETURN NULL;
    END IF;
    today := ugo.local_day(r.origin, c.at);
    error := ugo.weekdays_error(p #> '{days,weekdays}', '/days/weekdays');
    IF (p ->> 'wanted_on')::date < today THEN
        RETURN ugo.invalid('/wanted_on', 'in_the_past');
    ELSIF coalesce(p ->> 'wanted_on', p ->> 'wanted_until') IS NOT NULL
            AND r.wanted_until <= coalesce(r.wanted_on, today) THEN
        RETURN ugo.invalid('/wanted_until', 'reversed');
    ELSIF r.wanted_until > coalesce(r.wanted_on, today) + 366 THEN
        RETURN ugo.invalid('/wanted_until', 'out_of_range');
    ELSIF error.type IS NOT NULL THEN
        RETURN error;
    ELSIF r.days IS NOT NULL AND r.wanted_on IS NULL THEN
        RETURN ugo.invalid('/days', 'needs_wanted_on');
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ugo.request_error(c ugo.command, r ugo.request) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p jsonb := c.params;
BEGIN
    IF jsonb_array_length(r.children) = 0 AND r.parent IS NULL THEN
        RETURN ugo.invalid('/children', 'required');
    ELSIF p ->> 'from' IS NOT NULL
            AND (p #>> '{from,commune}' IS NULL) = (p #>> '{from,territory}' IS NULL) THEN
        RETURN ugo.invalid('/from', 'exactly_one');
    ELSIF p ->> 'reference' !~ '[0-9]' THEN
        RETURN ugo.invalid('/reference', 'wrong_format');
    ELSIF (p ->> 'decided_at')::bigint > c.at + 120000000 THEN
        RETURN ROW('invalid_params', '/decided_at', 'in_the_future', c.at, NULL,
            NULL, NULL)::ugo.outcome;
    ELSIF r.origin IS NULL THEN
        RETURN ugo.invalid('/from', 'required');
    ELSIF (r.id IS NULL OR p ->> 'from' IS NOT NULL) AND NOT ugo.in_departement(c, r.origin) THEN
        RETURN ugo.refused('forbidden');
    END IF;
    RETURN ugo.span_error(c, r);
END
$$;

CREATE OR REPLACE FUNCTION ugo.request_open(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    r ugo.request := ugo.request_row(NULL, c.params);
    error ugo.outcome;
BEGIN
    r.origin := coalesce(r.origin, c.territories[1]);
    error := ugo.request_error(c, r);
    IF error.type IS NOT NULL THEN
        RETURN error;
    ELSIF ugo.reference_is_used(r, NULL) THEN
        RETURN ugo.invalid('/reference', 'already_used');
    END IF;
    INSERT INTO ugo.request (id, revision, reference, children, parent, together, emergency,
        modality, legal_frame, needs, from_commune, from_territory, origin, max_km, wanted_on,
        wanted_until, days, decided_at, opened_at, created_by)
    VALUES (ugo.new_id('r', c.revision), c.revision, r.reference, r.children, r.parent, r.together,
        r.emergency, r.modality, r.legal_frame, r.needs, r.from_commune, r.from_territory,
        r.origin, r.max_km, r.wanted_on, r.wanted_until, r.days,
        least(coalesce((c.params ->> 'decided_at')::bigint, c.at), c.at), c.at, c.account)
    RETURNING * INTO r;
    RETURN ugo.done(ugo.request_part(r));
END
$$;

CREATE OR REPLACE FUNCTION ugo.describe_request(r ugo.request, was ugo.request) RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    part ugo.part := ugo.request_part(r);
BEGIN
    UPDATE ugo.request SET revision = r.revision, reference = r.reference, children = r.children,
        parent = r.parent, together = r.together, emergency = r.emergency, modality = r.modality,
        legal_frame = r.legal_frame, needs = r.needs, from_commune = r.from_commune,
        from_territory = r.from_territory, origin = r.origin, max_km = r.max_km,
        wanted_on = r.wanted_on, wanted_until = r.wanted_until, days = r.days
    WHERE id = r.id;
    IF r.origin <> was.origin THEN
        part.departed := ugo.parties(NULL, was.origin, was.origin, was.created_by);
    END IF;
    RETURN part;
END
$$;

UPDATE ugo.operation SET members = members || '{wanted_until,days}'::text[]
WHERE op IN ('request.open', 'request.update');
INSERT INTO ugo.member (op, position, path, required, type, high, list, members)
SELECT op, position, path::text[], required, type, high, list, members::text[]
FROM unnest(ARRAY['request.open', 'request.update']) op
CROSS JOIN (VALUES
    (20, '{wanted_until}', false, 'date', NULL::bigint, NULL, NULL),
    (21, '{days}', false, 'object', NULL, NULL, '{weekdays,weeks}'),
    (22, '{days,weekdays}', true, 'integers', 7, NULL, NULL),
    (23, '{days,weeks}', true, 'code', NULL, 'weeks', NULL)
) AS member (position, path, required, type, high, list, members);
SELECT ugo.make_perform();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ugo.with_said(json, json) TO ugod;

RESET ROLE;
