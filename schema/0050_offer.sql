-- SPDX-License-Identifier: EUPL-1.2
-- Offers: a place that has come free is kept for ten minutes for the request that waits longest and
-- that it fits. The daemon says which (core/watch.h); what is promised is decided here. README.md
-- gives the rules.
SET LOCAL ROLE ugo_owner;

CREATE DOMAIN ugo.offer_id AS text CHECK (VALUE ~ '^o-[0-9a-z][0-9a-z-]{0,60}$');
INSERT INTO ugo.listed_code VALUES
    ('offer_state', 1, 'offered'), ('offer_state', 2, 'taken'), ('offer_state', 3, 'declined'),
    ('offer_state', 4, 'lapsed'), ('offer_state', 5, 'void');
SELECT ugo.make_code_list();
CREATE DOMAIN ugo.offer_state_code AS text
    CHECK (VALUE IN ('offered', 'taken', 'declined', 'lapsed', 'void'));
-- Why one is void.
CREATE DOMAIN ugo.offer_end_code AS text CHECK (VALUE IN ('no_free_place', 'request_changed'));

CREATE TABLE ugo.offer (
    id ugo.offer_id PRIMARY KEY,
    revision bigint NOT NULL,
    request text NOT NULL REFERENCES ugo.request,
    unit text NOT NULL,
    establishment text NOT NULL,
    territory text NOT NULL,
    origin text NOT NULL,
    created_by ugo.actor NOT NULL,    -- of the request
    children ugo.index_list NOT NULL, -- of the request
    places ugo.promised NOT NULL,
    emergency boolean NOT NULL,
    state ugo.offer_state_code NOT NULL DEFAULT 'offered',
    code ugo.offer_end_code,
    offered_at bigint NOT NULL,
    offered_until bigint NOT NULL,
    ended_at bigint,
    CONSTRAINT offer_promises CHECK (
        cardinality(children) <= places AND offered_until > offered_at
        AND (ended_at IS NULL) = (state = 'offered')
        AND (code IS NOT NULL) = (state = 'void'))
);
CREATE INDEX offer_active ON ugo.offer (unit) WHERE state = 'offered';
CREATE INDEX offer_request ON ugo.offer (request);

-- How long a place is kept for whom it is offered to.
CREATE FUNCTION ugo.offer_time() RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN 600000000;

CREATE FUNCTION ugo.offer_state(o ugo.offer) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object('request', o.request, 'unit', o.unit, 'establishment', o.establishment,
    'territory', o.territory, 'origin', o.origin, 'created_by', o.created_by,
    'places', o.places, 'emergency', o.emergency, 'children', o.children, 'state', o.state,
    'code', o.code, 'offered_at', o.offered_at, 'offered_until', o.offered_until,
    'ended_at', o.ended_at);

-- Seen as its request is, from wherever the unit may be.
CREATE FUNCTION ugo.offer_part(o ugo.offer) RETURNS ugo.part
LANGUAGE sql STABLE
RETURN ROW('offer', o.id, NULL, o.origin, ugo.offer_state(o), NULL)::ugo.part;

INSERT INTO ugo.record_source VALUES
    ('offer', 'SELECT id::text, revision, NULL::text, origin, ugo.offer_state(o)
        FROM ugo.offer o');

-- By the clock

CREATE FUNCTION ugo.offer_due() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ugo.set_due(coalesce(new.id, old.id)::text, CASE new.state
        WHEN 'offered' THEN new.offered_until ELSE ugo.forgotten_at(new.ended_at) END);
    RETURN NULL;
END
$$;
CREATE TRIGGER offer_due AFTER INSERT OR DELETE OR UPDATE OF state, offered_until, ended_at
ON ugo.offer FOR EACH ROW EXECUTE FUNCTION ugo.offer_due();

-- Ends active offers; their parts.
CREATE FUNCTION ugo.end_offers(c ugo.command, ids text[], to_state text, why text)
RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    o ugo.offer;
    parts ugo.part[] := '{}';
BEGIN
    FOR o IN UPDATE ugo.offer SET revision = c.revision, state = to_state, code = why,
            ended_at = c.at WHERE id = ANY (ids) AND state = 'offered' RETURNING * LOOP
        parts := parts || ugo.offer_part(o);
    END LOOP;
    RETURN parts;
END
$$;

CREATE FUNCTION ugo.offer_turn(key text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT CASE state WHEN 'offered' THEN 'offer.lapse' ELSE 'offer.forget' END
        FROM ugo.offer WHERE id = key);
END
$$;

CREATE FUNCTION ugo.run_offer_turn(c ugo.command, key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    o ugo.offer;
BEGIN
    IF c.op = 'offer.lapse' THEN
        RETURN ugo.end_offers(c, ARRAY[key], 'lapsed', NULL);
    END IF;
    DELETE FROM ugo.offer WHERE id = key RETURNING * INTO o;
    RETURN ARRAY[ROW('offer', o.id, NULL, o.origin, NULL,
        ugo.parties(NULL, o.origin, o.origin, o.created_by))::ugo.part];
END
$$;

INSERT INTO ugo.due_kind VALUES ('o', 'offer_turn', 'run_offer_turn');

-- What is promised

-- The unit with such offers as if they were held: what others can still be given of it.
CREATE FUNCTION ugo.offered(u ugo.unit, ids text[]) RETURNS ugo.unit
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT u.held + coalesce(sum(places), 0),
        u.held_emergency + coalesce(sum(places) FILTER (WHERE emergency), 0)
    INTO u.held, u.held_emergency FROM ugo.offer WHERE id = ANY (ids);
    RETURN u;
END
$$;

-- The active offers of a unit to other requests than `but` (NULL: to any); urgent: a child in an
-- emergency goes before what was offered to planned ones.
CREATE FUNCTION ugo.offers_to_others(c ugo.command, of_unit text, but text, urgent boolean)
RETURNS text[]
LANGUAGE sql STABLE
RETURN ARRAY(SELECT id::text FROM ugo.offer WHERE unit = of_unit AND state = 'offered'
    AND offered_until > c.at AND request IS DISTINCT FROM but AND (emergency OR NOT urgent));

-- Those of a unit that it has no room for any more: the oldest keep theirs as far as it goes.
CREATE FUNCTION ugo.offers_too_many(of_unit text) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    u ugo.unit;
    o ugo.offer;
    kept text[] := '{}';
    many text[] := '{}';
BEGIN
    SELECT * INTO u FROM ugo.unit WHERE id = of_unit;
    FOR o IN SELECT * FROM ugo.offer WHERE unit = of_unit AND state = 'offered'
            ORDER BY offered_at, id LOOP
        IF o.places <= ugo.free_places(ugo.offered(u, kept), o.emergency) THEN
            kept := kept || o.id::text;
        ELSE
            many := many || o.id::text;
        END IF;
    END LOOP;
    RETURN many;
END
$$;

-- The parts of offers that a command has made void, told by the records it changed: of units with
-- less room than was offered, and of requests that are not what they were when it was.
CREATE FUNCTION ugo.void_offers(c ugo.command, changed ugo.part[]) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    p ugo.part;
    parts ugo.part[] := '{}';
BEGIN
    FOREACH p IN ARRAY changed LOOP
        IF p.kind = 'request' THEN
            parts := parts || ugo.end_offers(c, ARRAY(SELECT o.id::text FROM ugo.offer o
                JOIN ugo.request r ON r.id = o.request WHERE r.id = p.id AND o.state = 'offered'
                    AND (r.state <> 'open' OR o.children && r.placed OR c.op = 'request.update')),
                'void', 'request_changed');
        ELSIF p.kind = 'unit' THEN
            parts := parts || ugo.end_offers(c, ugo.offers_too_many(p.id), 'void',
                'no_free_place');
        END IF;
    END LOOP;
    RETURN parts;
END
$$;

-- A hold of what was offered.
CREATE FUNCTION ugo.offer_taken(c ugo.command, h ugo.hold) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ugo.end_offers(c, ARRAY(SELECT id::text FROM ugo.offer
        WHERE request = h.request AND unit = h.unit AND state = 'offered'), 'taken', NULL);
END
$$;

INSERT INTO ugo.hold_hook VALUES ('offer_taken', '{held}');

-- Records that break what this file promises. None, normally.
CREATE FUNCTION ugo.audit_offers() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    SELECT 'offer', o.id FROM ugo.offer o JOIN ugo.request r ON r.id = o.request
    WHERE o.state = 'offered' AND (r.state <> 'open' OR o.children && r.placed
        OR EXISTS (SELECT FROM ugo.offer t WHERE t.request = o.request AND t.state = 'offered'
            AND t.id <> o.id))
    UNION
    SELECT 'offer', many FROM (SELECT DISTINCT unit FROM ugo.offer WHERE state = 'offered') u,
        unnest(ugo.offers_too_many(u.unit)) many
    UNION
    SELECT 'offer', coalesce(d.id, o.id)
    FROM (SELECT * FROM ugo.due WHERE left(due.id, 1) = 'o') d FULL JOIN ugo.offer o ON o.id = d.id
    WHERE d.at IS DISTINCT FROM CASE o.state WHEN 'offered' THEN o.offered_until
        ELSE ugo.forgotten_at(o.ended_at) END
$$;

INSERT INTO ugo.audit_source VALUES ('audit_offers');

SELECT ugo.make_record();
SELECT ugo.make_due();
SELECT ugo.make_on_hold();
SELECT ugo.make_audit();

REVOKE ALL ON FUNCTION ugo.offer_time(), ugo.offer_part(ugo.offer), ugo.offer_due(),
    ugo.end_offers(ugo.command, text[], text, text), ugo.offer_turn(text),
    ugo.run_offer_turn(ugo.command, text), ugo.offered(ugo.unit, text[]),
    ugo.offers_to_others(ugo.command, text, text, boolean), ugo.offers_too_many(text),
    ugo.void_offers(ugo.command, ugo.part[]), ugo.offer_taken(ugo.command, ugo.hold),
    ugo.audit_offers(), ugo.offer_state(ugo.offer) FROM PUBLIC;
GRANT SELECT ON ugo.offer TO ugod;
GRANT EXECUTE ON FUNCTION ugo.offer_state(ugo.offer) TO ugod;

RESET ROLE;
