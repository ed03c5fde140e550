-- SPDX-License-Identifier: EUPL-1.2
-- Requests: what is needed, for children who have an age and a sex and no name. README.md gives the
-- rules and their order.
SET LOCAL ROLE ugo_owner;

CREATE TABLE ugo.request (
    id ugo.request_id PRIMARY KEY,
    revision bigint NOT NULL,
    reference ugo.case_reference,
    children ugo.children_known NOT NULL,
    parent ugo.parent_known,
    together boolean NOT NULL,
    emergency boolean NOT NULL,
    modality ugo.modality_set NOT NULL,
    legal_frame text REFERENCES ugo.legal_frame,
    needs ugo.need_set NOT NULL,
    from_commune text REFERENCES ugo.commune,
    from_territory text REFERENCES ugo.territory,
    origin text NOT NULL REFERENCES ugo.territory, -- of the asking service
    max_km ugo.kilometres,
    wanted_on date,
    decided_at bigint NOT NULL,
    opened_at bigint NOT NULL,
    state ugo.request_state_code NOT NULL DEFAULT 'open',
    code text REFERENCES ugo.request_end,
    placed ugo.index_list NOT NULL DEFAULT '{}',  -- children with an accepted hold, or arrived
    arrived ugo.index_list NOT NULL DEFAULT '{}',
    placed_at bigint,
    closed_at bigint,
    created_by ugo.actor NOT NULL,
    CONSTRAINT request_promises CHECK (
        (jsonb_array_length(children) > 0 OR parent IS NOT NULL)
        AND num_nulls(from_commune, from_territory) > 0
        AND decided_at <= opened_at
        AND arrived <@ placed
        AND coalesce(placed[cardinality(placed)] < jsonb_array_length(children), true)
        AND CASE state WHEN 'open' THEN num_nonnulls(code, placed_at, closed_at) = 0
            WHEN 'placed' THEN num_nonnulls(code, closed_at) = 0 AND placed_at IS NOT NULL
                AND cardinality(placed) = jsonb_array_length(children)
            ELSE num_nulls(code, closed_at) = 0 END)
);

CREATE FUNCTION ugo.request_state(r ugo.request) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object('reference', r.reference, 'children', r.children, 'together', r.together,
    'parent', r.parent, 'emergency', r.emergency, 'modality', r.modality,
    'legal_frame', r.legal_frame, 'needs', r.needs,
    'from', json_build_object('commune', r.from_commune, 'territory', r.from_territory),
    'origin', r.origin, 'max_km', r.max_km, 'wanted_on', r.wanted_on,
    'decided_at', r.decided_at, 'opened_at', r.opened_at, 'state', r.state, 'code', r.code,
    'placed', r.placed, 'arrived', r.arrived, 'placed_at', r.placed_at,
    'closed_at', r.closed_at, 'created_by', r.created_by);

-- What decides who may see a request or a hold.
CREATE FUNCTION ugo.parties(establishment text, territory text, origin text, created_by text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN jsonb_build_object('establishment', establishment, 'territory', territory,
    'origin', origin, 'created_by', created_by);

CREATE FUNCTION ugo.request_part(r ugo.request) RETURNS ugo.part
LANGUAGE sql STABLE
RETURN ROW('request', r.id, NULL, r.origin, ugo.request_state(r), NULL)::ugo.part;

-- The id of a record that a revision makes: of an epoch, so that no other history has it too.
CREATE FUNCTION ugo.new_id(letter text, revision bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN letter || '-' || left((SELECT epoch FROM ugo.ledger WHERE one), 6) || '-' || revision;
END
$$;

-- Whether a territory is in a département of the caller.
CREATE FUNCTION ugo.in_departement(c ugo.command, territory text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN territory IS NOT NULL AND (c.role = 'admin' OR EXISTS (
        SELECT FROM ugo.territory asked, ugo.territory own
        WHERE asked.code = in_departement.territory AND own.code = ANY (c.territories)
            AND asked.path[cardinality(asked.path)] = own.path[cardinality(own.path)]));
END
$$;

-- Whether the caller holds a request or hold of this origin: shifts change, and the next astreinte
-- holds what the one before asked for. NULLs: there is none.
CREATE FUNCTION ugo.is_holder(c ugo.command, origin text, created_by text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF created_by IS NULL THEN
        RETURN false;
    ELSIF c.role = 'admin' OR created_by = c.account OR EXISTS (SELECT FROM ugo.account
            WHERE id = c.account AND acts_for = is_holder.created_by) THEN
        RETURN true;
    END IF;
    CASE c.role
    WHEN 'territory' THEN RETURN EXISTS (SELECT FROM ugo.territory t
        WHERE t.code = origin AND t.path && c.territories);
    WHEN 'astreinte', 'def' THEN RETURN ugo.in_departement(c, origin);
    ELSE RETURN false;
    END CASE;
END
$$;

-- The request that a command makes of `r`, the present one or a row of NULLs: what is given
-- replaces, what is not stays or is taken for usual.
CREATE FUNCTION ugo.request_row(r ugo.request, p jsonb) RETURNS ugo.request
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
    RETURN r;
END
$$;

-- The first rule that such a request breaks; a row of NULLs when it breaks none.
CREATE FUNCTION ugo.request_error(c ugo.command, r ugo.request) RETURNS ugo.outcome
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
    RETURN NULL;
END
$$;

CREATE FUNCTION ugo.request_open(c ugo.command) RETURNS ugo.outcome
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
        decided_at, opened_at, created_by)
    VALUES (ugo.new_id('r', c.revision), c.revision, r.reference, r.children, r.parent, r.together,
        r.emergency, r.modality, r.legal_frame, r.needs, r.from_commune, r.from_territory,
        r.origin, r.max_km, r.wanted_on,
        least(coalesce((c.params ->> 'decided_at')::bigint, c.at), c.at), c.at, c.account)
    RETURNING * INTO r;
    RETURN ugo.done(ugo.request_part(r));
END
$$;

-- Writes what an update may change; its part, with what it leaves when its origin changed.
CREATE FUNCTION ugo.describe_request(r ugo.request, was ugo.request) RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    part ugo.part := ugo.request_part(r);
BEGIN
    UPDATE ugo.request SET revision = r.revision, reference = r.reference, children = r.children,
        parent = r.parent, together = r.together, emergency = r.emergency, modality = r.modality,
        legal_frame = r.legal_frame, needs = r.needs, from_commune = r.from_commune,
        from_territory = r.from_territory, origin = r.origin, max_km = r.max_km,
        wanted_on = r.wanted_on
    WHERE id = r.id;
    IF r.origin <> was.origin THEN
        part.departed := ugo.parties(NULL, was.origin, was.origin, was.created_by);
    END IF;
    RETURN part;
END
$$;

CREATE FUNCTION ugo.request_update(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    old ugo.request;
    r ugo.request;
    error ugo.outcome;
BEGIN
    SELECT * INTO old FROM ugo.request WHERE id = p ->> 'request';
    IF NOT ugo.is_holder(c, old.origin, old.created_by) THEN
        RETURN ugo.refused('forbidden');
    ELSIF old.state <> 'open' THEN
        RETURN ugo.invalid('/request', 'request_not_open');
    ELSIF coalesce(p ->> 'children', p ->> 'parent') IS NOT NULL
            AND (old.placed <> '{}' OR EXISTS (SELECT FROM ugo.hold
                WHERE request = old.id AND state IN ('held', 'accepted'))) THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    r := ugo.request_row(old, p);
    error := ugo.request_error(c, r);
    IF error.type IS NOT NULL THEN
        RETURN error;
    ELSIF ugo.reference_is_used(r, old) THEN
        RETURN ugo.invalid('/reference', 'already_used');
    ELSIF r IS NOT DISTINCT FROM old THEN
        RETURN ugo.done(NULL);
    END IF;
    r.revision := c.revision;
    RETURN ugo.done(ugo.describe_request(r, old));
END
$$;

-- What is still asked for it is let go; what is accepted stands until it is withdrawn.
CREATE FUNCTION ugo.request_close(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    r ugo.request;
    parts ugo.part[];
BEGIN
    SELECT * INTO r FROM ugo.request WHERE id = c.params ->> 'request';
    IF NOT ugo.is_holder(c, r.origin, r.created_by) THEN
        RETURN ugo.refused('forbidden');
    ELSIF r.state IN ('closed', 'withdrawn') THEN
        RETURN ugo.invalid('/request', 'request_not_open');
    ELSIF EXISTS (SELECT FROM ugo.hold WHERE request = r.id AND state = 'accepted') THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    parts := ugo.end_holds(c, ARRAY(SELECT id::text FROM ugo.hold
        WHERE request = r.id AND state = 'held'), 'released', NULL);
    UPDATE ugo.request SET revision = c.revision, code = c.params ->> 'code', closed_at = c.at,
        state = CASE WHEN r.placed <> '{}' THEN 'closed' ELSE 'withdrawn' END
    WHERE id = r.id RETURNING * INTO r;
    RETURN ugo.done_all(parts || ugo.request_part(r));
END
$$;

RESET ROLE;
