-- SPDX-License-Identifier: EUPL-1.2
-- What makes, declines and respects offers.
SET LOCAL ROLE ugo_owner;

-- The daemon says what comes free to whom; nobody else may be called so.
CREATE OR REPLACE FUNCTION ugo.account_error(p jsonb) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p ->> 'id' IN ('system', 'daemon') THEN
        RETURN ugo.invalid('/id', 'reserved');
    ELSIF p ->> 'role' <> 'service' AND p ->> 'acts_for' IS NOT NULL THEN
        RETURN ugo.invalid('/acts_for', 'only_for_service');
    ELSIF p ->> 'role' = 'service' AND p ->> 'acts_for' IS NULL THEN
        RETURN ugo.invalid('/acts_for', 'required');
    ELSIF p ->> 'acts_for' = p ->> 'id'
        OR EXISTS (SELECT FROM ugo.account WHERE id = p ->> 'acts_for' AND role = 'service') THEN
        RETURN ugo.invalid('/acts_for', 'is_a_service');
    END IF;
    RETURN NULL;
END
$$;

-- Whether the session is the daemon's. An account that was called so before there was one has no
-- rights any more: the name is looked at first.
CREATE FUNCTION ugo.is_daemon(c ugo.command) RETURNS boolean
LANGUAGE sql STABLE
RETURN 'daemon' = ANY (c.roles) AND (pg_has_role(session_user, 'ugod', 'MEMBER')
    OR pg_has_role(session_user, 'ugo_owner', 'MEMBER'));

CREATE OR REPLACE FUNCTION ugo.run(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    a ugo.account;
    error ugo.outcome;
BEGIN
    IF c.roles IS NULL THEN
        RETURN ugo.refused('unknown_operation');
    ELSIF c.account = 'system' THEN
        c.role := 'admin';
    ELSIF c.account = 'daemon' THEN
        IF NOT ugo.is_daemon(c) THEN
            RETURN ugo.refused('forbidden');
        END IF;
        c.role := 'daemon';
    ELSE
        SELECT * INTO a FROM ugo.account WHERE id = c.account AND role = ANY (c.roles);
        IF a.role = 'service' THEN
            a := ugo.acting(a, c.roles);
        END IF;
        IF a.disabled IS NOT FALSE THEN
            RETURN ugo.refused('forbidden');
        END IF;
        c.role := a.role;
        c.territories := a.territories;
        c.establishments := a.establishments;
    END IF;
    IF (c.params @@ c.plain AND ugo.is_plain(c.params::text)
            AND c.params - c.members = '{}') IS NOT TRUE THEN
        error := ugo.params_error(c);
        IF error.type IS NOT NULL THEN
            RETURN error;
        END IF;
    END IF;
    RETURN ugo.perform(c);
END
$$;

-- What a command changed, with the offers that it makes void.
CREATE FUNCTION ugo.with_void_offers(c ugo.command, o ugo.outcome) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    changed ugo.part[] := CASE WHEN (o.part).kind IS NOT NULL THEN ARRAY[o.part] ELSE o.parts END;
    void ugo.part[] := ugo.void_offers(c, changed);
BEGIN
    IF cardinality(void) > 0 THEN
        o.part := NULL;
        o.parts := changed || void;
    END IF;
    RETURN o;
END
$$;

-- As before; offers that the command leaves no ground for are void in the same revision.
CREATE OR REPLACE FUNCTION ugo.run_command(c ugo.command, previous_head bytea) RETURNS ugo.step
LANGUAGE plpgsql AS $$
DECLARE
    i ugo.idempotency;
    o ugo.outcome;
    s ugo.step := ROW(c.revision - 1, previous_head, NULL);
BEGIN
    SELECT * INTO i FROM ugo.idempotency WHERE account = c.account AND key = c.key;
    IF i.at + 172800000000 > c.at THEN
        s.reply := CASE WHEN i.operation = c.op AND i.digest = c.digest
            THEN i.reply || '{"replayed": true}' ELSE '{"type": "conflict", "revision": null}' END;
        RETURN s;
    END IF;
    o := ugo.run(c);
    IF (o.part).kind IS NOT NULL OR cardinality(o.parts) > 0 THEN
        IF EXISTS (SELECT FROM ugo.offer WHERE state = 'offered') THEN
            o := ugo.with_void_offers(c, o);
        END IF;
    END IF;
    IF (o.part).kind IS NOT NULL THEN
        s := ROW(c.revision, ugo.write_part(c, o.part, previous_head),
            jsonb_build_object('type', o.type, 'revision', c.revision));
    ELSIF cardinality(o.parts) > 0 THEN
        s := ROW(c.revision, ugo.write_parts(c, o.parts, previous_head),
            jsonb_build_object('type', o.type, 'revision', c.revision)
                || CASE WHEN o.answer IS NULL THEN '{}'
                    ELSE jsonb_build_object('answer', o.answer) END);
    ELSE
        s.reply := ugo.reply(o);
    END IF;
    IF i.key IS NOT NULL THEN -- out of date
        DELETE FROM ugo.idempotency WHERE account = c.account AND key = c.key;
    END IF;
    INSERT INTO ugo.idempotency VALUES (c.account, c.key, c.op, c.digest, o.type,
        nullif(s.revision, c.revision - 1), s.reply, c.at);
    RETURN s;
END
$$;

-- The answer to a command that changed nothing. A detail without a pointer says more of the type.
CREATE OR REPLACE FUNCTION ugo.reply(o ugo.outcome) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    reply jsonb := jsonb_build_object('type', o.type, 'revision', NULL);
BEGIN
    IF o.pointer IS NOT NULL THEN
        reply := reply || jsonb_build_object('errors', jsonb_build_array(
            jsonb_build_object('pointer', o.pointer, 'detail', o.detail)));
    ELSIF o.detail IS NOT NULL THEN
        reply := reply || jsonb_build_object('detail', o.detail);
    END IF;
    IF o.now IS NOT NULL THEN
        reply := reply || jsonb_build_object('now', o.now);
    END IF;
    RETURN reply;
END
$$;

-- Why a unit cannot be held so; NULL: it can. What is offered to others is not free for this one.
CREATE OR REPLACE FUNCTION ugo.ask_refusal(c ugo.command, a ugo.ask, u ugo.unit) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    others text[];
BEGIN
    IF NOT ugo.in_departement(c, u.home) THEN
        RETURN 'forbidden';
    ELSIF a.request IS NOT NULL AND EXISTS (SELECT FROM ugo.hold h
            WHERE h.request = a.request AND h.unit = u.id AND h.state IN ('held', 'accepted')
                AND (a.children = '{}' OR h.children && a.children)) THEN
        RETURN 'already_asked';
    ELSIF (a.places <= ugo.free_places(u, a.emergency)) IS NOT TRUE THEN
        RETURN 'no_free_place';
    END IF;
    others := ugo.offers_to_others(c, u.id, a.request, a.emergency);
    IF others <> '{}' AND a.places > ugo.free_places(ugo.offered(u, others), a.emergency) THEN
        RETURN 'offered_to_another';
    END IF;
    RETURN NULL;
END
$$;

-- What a refusal is called in a reply: no place that is free, with a detail where it is not full.
CREATE FUNCTION ugo.ask_refused_as(unit text, why text) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN CASE why WHEN 'offered_to_another'
    THEN jsonb_build_object('unit', unit, 'type', 'no_free_place', 'detail', why)
    ELSE jsonb_build_object('unit', unit, 'type', why) END;

CREATE OR REPLACE FUNCTION ugo.ask_units(c ugo.command, a ugo.ask, units text[])
RETURNS ugo.outcome
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
            refused := refused || ugo.ask_refused_as(key, why);
        END IF;
    END LOOP;
    RETURN ROW('ok', NULL, NULL, NULL, NULL, parts,
        jsonb_build_object('holds', holds, 'refused', refused))::ugo.outcome;
END
$$;

-- The reply when no unit could be held: the only refusal, or the one that says most.
CREATE OR REPLACE FUNCTION ugo.ask_refused(answer jsonb, several boolean) RETURNS ugo.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF answer -> 'refused' @> '[{"type": "no_free_place"}]' THEN
        RETURN ROW('no_free_place', NULL,
            CASE WHEN NOT jsonb_path_exists(answer -> 'refused',
                '$[*] ? (@.type == "no_free_place" && !exists(@.detail))')
            THEN 'offered_to_another' END, NULL, NULL, NULL, NULL)::ugo.outcome;
    ELSIF answer -> 'refused' @> '[{"type": "forbidden"}]' THEN
        RETURN ugo.refused('forbidden');
    END IF;
    RETURN ugo.invalid(CASE WHEN several THEN '/units' ELSE '/unit' END, 'already_asked');
END
$$;

-- Why a unit is not offered to a request; NULL: it is. Daemons may not know yet what others have
-- done: what is refused here they have missed.
CREATE FUNCTION ugo.offer_refusal(r ugo.request, u ugo.unit, asked integer[]) RETURNS ugo.outcome
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF r.state IS DISTINCT FROM 'open' THEN
        RETURN ugo.invalid('/request', 'request_not_open');
    ELSIF EXISTS (SELECT FROM ugo.offer WHERE request = r.id AND state = 'offered') THEN
        RETURN ugo.invalid('/request', 'has_offer');
    ELSIF (SELECT (a.path[cardinality(a.path)] = b.path[cardinality(b.path)]) IS NOT TRUE
            FROM (SELECT path FROM ugo.territory WHERE code = r.origin) a
            LEFT JOIN (SELECT path FROM ugo.territory WHERE code = u.home) b ON true) THEN
        RETURN ugo.refused('forbidden');
    ELSIF EXISTS (SELECT FROM ugo.offer WHERE request = r.id AND unit = u.id
            AND state IN ('declined', 'lapsed')) THEN
        RETURN ugo.invalid('/unit', 'already_offered');
    ELSIF EXISTS (SELECT FROM ugo.hold h WHERE h.request = r.id AND h.unit = u.id
            AND h.state IN ('held', 'accepted') AND (asked = '{}' OR h.children && asked)) THEN
        RETURN ugo.invalid('/unit', 'already_asked');
    END IF;
    RETURN ugo.asked_children_error(r, asked);
END
$$;

CREATE FUNCTION ugo.offer_create(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    r ugo.request;
    u ugo.unit;
    o ugo.offer;
    a ugo.ask;
    asked integer[];
    error ugo.outcome;
BEGIN
    SELECT * INTO r FROM ugo.request WHERE id = c.params ->> 'request';
    SELECT * INTO u FROM ugo.unit WHERE id = c.params ->> 'unit';
    asked := ugo.asked_children(r, c.params);
    error := ugo.offer_refusal(r, u, asked);
    IF error.type IS NOT NULL THEN
        RETURN error;
    END IF;
    a := ugo.ask_of(c, r, asked);
    IF (a.places <= ugo.free_places(ugo.offered(u, ugo.offers_to_others(c, u.id, NULL, false)),
            a.emergency)) IS NOT TRUE THEN
        RETURN ugo.refused('no_free_place');
    END IF;
    INSERT INTO ugo.offer (id, revision, request, unit, establishment, territory, origin,
        created_by, children, places, emergency, offered_at, offered_until)
    VALUES (ugo.new_id('o', c.revision), c.revision, r.id, u.id, u.establishment, u.home, r.origin,
        r.created_by, a.children, a.places, a.emergency, c.at, c.at + ugo.offer_time())
    RETURNING * INTO o;
    RETURN ugo.done(ugo.offer_part(o));
END
$$;

CREATE FUNCTION ugo.request_decline(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    r ugo.request;
    parts ugo.part[];
BEGIN
    SELECT * INTO r FROM ugo.request WHERE id = c.params ->> 'request';
    IF NOT ugo.is_holder(c, r.origin, r.created_by) THEN
        RETURN ugo.refused('forbidden');
    END IF;
    parts := ugo.end_offers(c, ARRAY(SELECT id::text FROM ugo.offer
        WHERE id = c.params ->> 'offer' AND request = r.id AND offered_until > c.at),
        'declined', NULL);
    RETURN CASE WHEN cardinality(parts) = 0 THEN ugo.invalid('/offer', 'offer_not_active')
        ELSE ugo.done_all(parts) END;
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('offer.create', '{daemon}', 'offer_create', '{request,unit,children}'),
    ('request.decline', '{astreinte,territory,def,service}', 'request_decline', '{request,offer}');

INSERT INTO ugo.member (op, position, path, required, type, high) VALUES
    ('offer.create', 1, '{request}', true, 'text', 63),
    ('offer.create', 2, '{unit}', true, 'text', 63),
    ('offer.create', 3, '{children}', false, 'integers', 10),
    ('request.decline', 1, '{request}', true, 'text', 63),
    ('request.decline', 2, '{offer}', true, 'text', 63);

SELECT ugo.make_perform();

REVOKE ALL ON FUNCTION ugo.is_daemon(ugo.command),
    ugo.with_void_offers(ugo.command, ugo.outcome), ugo.ask_refused_as(text, text),
    ugo.offer_refusal(ugo.request, ugo.unit, integer[]), ugo.offer_create(ugo.command),
    ugo.request_decline(ugo.command) FROM PUBLIC;

RESET ROLE;
