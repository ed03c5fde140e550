-- SPDX-License-Identifier: EUPL-1.2
-- What becomes of a hold: an answer, an arrival, an end. README.md gives the rules.
SET LOCAL ROLE ugo_owner;

-- Whether a hold can still be answered: its end counts even before the clock's turn has come.
CREATE FUNCTION ugo.is_held(c ugo.command, h ugo.hold) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN h.state = 'held' AND h.held_until > c.at;

-- Whether an emergency hold fits into the places that its unit reserves for emergencies.
CREATE FUNCTION ugo.fits_reserved(h ugo.hold) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN h.emergency AND coalesce((SELECT h.places + coalesce(sum(o.places), 0)
            FROM ugo.hold o WHERE o.unit = h.unit AND o.state IN ('held', 'accepted')
                AND o.state = 'accepted' AND o.emergency AND o.id <> h.id)
        <= (SELECT emergency_reserved - emergency_used FROM ugo.unit WHERE id = h.unit), false);
END
$$;

-- Who answers a hold: the establishment; for the places reserved for emergencies the astreinte and
-- the DEF too.
CREATE FUNCTION ugo.may_answer(c ugo.command, h ugo.hold) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE c.role
    WHEN 'establishment' THEN RETURN coalesce(h.establishment = ANY (c.establishments), false);
    WHEN 'astreinte', 'def' THEN
        RETURN (ugo.in_departement(c, h.territory) OR ugo.in_departement(c, h.origin))
            AND ugo.fits_reserved(h);
    ELSE RETURN h.id IS NOT NULL;
    END CASE;
END
$$;

CREATE FUNCTION ugo.hold_not_active() RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ugo.refused('hold_not_active');

-- Where the child is taken: the exact place, whatever others may see of it.
CREATE FUNCTION ugo.place_of(of_unit text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT json_build_object('address', e.address, 'commune', d -> 'commune',
            'point', d -> 'point', 'contact', d -> 'contact')
        FROM ugo.unit u JOIN ugo.establishment e ON e.id = u.establishment
        CROSS JOIN LATERAL (SELECT u.description::json AS d) t WHERE u.id = of_unit);
END
$$;

-- The parts of a request whose children have a place from now on: what else was asked for them and
-- for nobody else is let go.
CREATE FUNCTION ugo.place_children(c ugo.command, r ugo.request, h ugo.hold) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    parts ugo.part[];
BEGIN
    r.placed := ugo.index_set(r.placed || h.children);
    parts := ugo.end_holds(c, ARRAY(SELECT o.id::text FROM ugo.hold o
        WHERE o.request = r.id AND o.state = 'held' AND o.children <@ r.placed), 'released', NULL);
    IF cardinality(r.placed) = jsonb_array_length(r.children) THEN
        r.state := 'placed';
        r.placed_at := c.at;
    END IF;
    UPDATE ugo.request SET revision = c.revision, placed = r.placed, state = r.state,
        placed_at = r.placed_at
    WHERE id = r.id RETURNING * INTO r;
    RETURN parts || ugo.request_part(r);
END
$$;

CREATE FUNCTION ugo.hold_accept(c ugo.command) RETURNS ugo.outcome
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

CREATE FUNCTION ugo.hold_refuse(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
BEGIN
    SELECT * INTO h FROM ugo.hold WHERE id = c.params ->> 'hold';
    IF NOT ugo.may_answer(c, h) THEN
        RETURN ugo.refused('forbidden');
    ELSIF NOT ugo.is_held(c, h) THEN
        RETURN ugo.hold_not_active();
    END IF;
    RETURN ugo.done_all(ugo.end_holds(c, ARRAY[h.id::text], 'refused', c.params ->> 'code'));
END
$$;

CREATE FUNCTION ugo.hold_release(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
BEGIN
    SELECT * INTO h FROM ugo.hold WHERE id = c.params ->> 'hold';
    IF NOT ugo.is_holder(c, h.origin, h.created_by) THEN
        RETURN ugo.refused('forbidden');
    ELSIF NOT ugo.is_held(c, h) THEN
        RETURN ugo.hold_not_active();
    END IF;
    RETURN ugo.done_all(ugo.end_holds(c, ARRAY[h.id::text], 'released', NULL));
END
$$;

CREATE FUNCTION ugo.hold_extend(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
BEGIN
    SELECT * INTO h FROM ugo.hold WHERE id = c.params ->> 'hold';
    IF NOT ugo.is_holder(c, h.origin, h.created_by) THEN
        RETURN ugo.refused('forbidden');
    ELSIF NOT ugo.is_held(c, h) THEN
        RETURN ugo.hold_not_active();
    ELSIF h.extensions >= 2 THEN
        RETURN ugo.invalid('/hold', 'extended_too_often');
    END IF;
    UPDATE ugo.hold SET revision = c.revision, extensions = extensions + 1,
        held_until = held_until + 60000000 * coalesce((c.params ->> 'minutes')::bigint, 45)
    WHERE id = h.id RETURNING * INTO h;
    RETURN ugo.done(ugo.hold_part(h));
END
$$;

-- Nobody arrives: its children are to be placed again.
CREATE FUNCTION ugo.hold_withdraw(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
    r ugo.request;
    parts ugo.part[];
BEGIN
    SELECT * INTO h FROM ugo.hold WHERE id = c.params ->> 'hold';
    IF NOT ugo.is_holder(c, h.origin, h.created_by) THEN
        RETURN ugo.refused('forbidden');
    ELSIF h.state <> 'accepted' THEN
        RETURN ugo.hold_not_active();
    END IF;
    parts := ugo.end_holds(c, ARRAY[h.id::text], 'withdrawn', c.params ->> 'code');
    IF h.request IS NOT NULL THEN
        UPDATE ugo.request SET revision = c.revision, state = 'open', placed_at = NULL,
            placed = ARRAY(SELECT i FROM unnest(placed) i WHERE i <> ALL (h.children) ORDER BY i)
        WHERE id = h.request RETURNING * INTO r;
        parts := parts || ugo.request_part(r);
    END IF;
    RETURN ugo.done_all(parts);
END
$$;

-- Accepted holds whose children are there. Gives the parts of the holds and of their requests; the
-- counts of the unit are the caller's.
CREATE FUNCTION ugo.arrive(c ugo.command, ids text[]) RETURNS ugo.part[]
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

-- Who tells of an arrival.
CREATE FUNCTION ugo.may_bring(c ugo.command, h ugo.hold) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE c.role
    WHEN 'establishment' THEN RETURN coalesce(h.establishment = ANY (c.establishments), false);
    WHEN 'mobile' THEN RETURN false;
    ELSE RETURN ugo.is_holder(c, h.origin, h.created_by);
    END CASE;
END
$$;

-- An arrival moves places from held to occupied and dates the counts: nobody types it again.
CREATE FUNCTION ugo.hold_arrive(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
    u ugo.unit;
    observed bigint := ugo.observed(c);
BEGIN
    SELECT * INTO h FROM ugo.hold WHERE id = c.params ->> 'hold';
    IF NOT ugo.may_bring(c, h) THEN
        RETURN ugo.refused('forbidden');
    ELSIF h.state <> 'accepted' THEN
        RETURN ugo.hold_not_active();
    ELSIF observed IS NULL THEN
        RETURN ugo.in_the_future(c);
    END IF;
    UPDATE ugo.unit SET revision = c.revision, held = held - h.places,
        held_emergency = held_emergency - CASE WHEN h.emergency THEN h.places ELSE 0 END,
        occupied = occupied + h.places,
        emergency_used = CASE WHEN h.emergency
            THEN least(emergency_reserved, emergency_used + h.places) ELSE emergency_used END,
        observed_at = greatest(observed_at, observed), recorded_at = c.at,
        declared_by = c.account, channel = c.channel, contested_at = NULL
    WHERE id = h.unit RETURNING * INTO u;
    RETURN ugo.done_all(ugo.unit_part(u) || ugo.arrive(c, ARRAY[h.id::text]));
END
$$;

CREATE FUNCTION ugo.hold_policy_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit := ugo.unit_in_scope(c);
    written integer;
BEGIN
    IF u.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    END IF;
    INSERT INTO ugo.hold_policy AS t (unit, revision, minutes, "end")
    VALUES (u.id, c.revision, (c.params ->> 'minutes')::integer, c.params ->> 'end')
    ON CONFLICT (unit) DO UPDATE
    SET revision = c.revision, minutes = excluded.minutes, "end" = excluded."end"
    WHERE (t.minutes, t."end") IS DISTINCT FROM (excluded.minutes, excluded."end");
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN ugo.done(CASE WHEN written > 0 THEN ugo.record_part('hold_policy', u.id) END);
END
$$;

-- Takes the policies of closed units with them; their last parts.
CREATE FUNCTION ugo.drop_policies(units text[]) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    of_unit text;
    parts ugo.part[] := '{}';
BEGIN
    FOR of_unit IN DELETE FROM ugo.hold_policy WHERE unit = ANY (units) RETURNING unit LOOP
        parts := parts || ROW('hold_policy', of_unit, NULL, NULL, NULL,
            ugo.scope(NULL, NULL))::ugo.part;
    END LOOP;
    RETURN parts;
END
$$;

CREATE OR REPLACE FUNCTION ugo.unit_close(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit := ugo.unit_in_scope(c);
    parts ugo.part[];
BEGIN
    IF u.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF u.held > 0 THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    parts := ugo.drop_policies(ARRAY[u.id::text]);
    DELETE FROM ugo.unit WHERE id = u.id;
    RETURN ugo.done_all(parts || ugo.closed_part(u));
END
$$;

CREATE OR REPLACE FUNCTION ugo.establishment_close(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    key text := c.params ->> 'establishment';
    e ugo.establishment;
    parts ugo.part[];
BEGIN
    SELECT * INTO e FROM ugo.establishment WHERE id = key;
    IF e.id IS NULL THEN
        RETURN ugo.refused('not_found');
    ELSIF EXISTS (SELECT FROM ugo.unit WHERE establishment = key AND held > 0) THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    parts := ugo.drop_policies(ARRAY(SELECT id::text FROM ugo.unit WHERE establishment = key))
        || ARRAY(SELECT ugo.closed_part(u) FROM ugo.unit u WHERE establishment = key)
        || ROW('establishment', key, key, e.territory, NULL,
            ugo.scope(key, e.territory))::ugo.part;
    DELETE FROM ugo.unit WHERE establishment = key;
    DELETE FROM ugo.establishment WHERE id = key;
    RETURN ugo.done_all(parts);
END
$$;

RESET ROLE;
