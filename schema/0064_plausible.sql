-- SPDX-License-Identifier: EUPL-1.2
-- What cannot be meant is refused; what was contested is not believed for one movement.
SET LOCAL ROLE ugo_owner;

-- As of 0061_moving; more cannot leave or close than a declaration says is there. (The counts of a
-- unit that was never declared are NULL.)
CREATE OR REPLACE FUNCTION ugo.movement_plan(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    n integer := (c.params ->> 'places')::integer;
    u ugo.unit := ugo.own_unit(c, p ->> 'unit');
    leaves boolean := p ->> 'type' = 'exit';
    m ugo.movement;
BEGIN
    IF u.id IS NULL OR p ->> 'to_unit' IS NOT NULL
            AND (ugo.own_unit(c, p ->> 'to_unit')).id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF leaves AND p ->> 'code' IS NULL THEN
        RETURN ugo.invalid('/code', 'required');
    ELSIF NOT leaves AND p ->> 'code' IS NOT NULL THEN
        RETURN ugo.invalid('/code', 'only_for_exit');
    ELSIF NOT leaves AND p ->> 'to_unit' IS NOT NULL THEN
        RETURN ugo.invalid('/to_unit', 'only_for_exit');
    ELSIF p ->> 'to_unit' = u.id THEN
        RETURN ugo.invalid('/to_unit', 'same_unit');
    ELSIF (p ->> 'on')::date < ugo.local_day(u.home, c.at) THEN
        RETURN ugo.invalid('/on', 'in_the_past');
    ELSIF leaves AND n > u.occupied THEN
        RETURN ugo.invalid('/places', 'more_than_occupied');
    ELSIF p ->> 'type' = 'closing' AND n > u.open THEN
        RETURN ugo.invalid('/places', 'more_than_open');
    END IF;
    m := ugo.movement_row(c, u, n);
    m.type := p ->> 'type';
    m."on" := (p ->> 'on')::date;
    m.code := p ->> 'code';
    m.to_unit := p ->> 'to_unit';
    INSERT INTO ugo.movement SELECT m.*;
    RETURN ugo.movement_answer(m.id, ARRAY[ugo.record_part('movement', m.id)]);
END
$$;

-- As of 0061_moving; figures that were reported wrong stay so until somebody has counted.
CREATE OR REPLACE FUNCTION ugo.move_counts(c ugo.command, key text, type text, n integer)
RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit;
BEGIN
    UPDATE ugo.unit SET revision = c.revision,
        occupied = occupied + CASE type WHEN 'entry' THEN n WHEN 'exit' THEN -n ELSE 0 END,
        open = open + CASE type WHEN 'opening' THEN n WHEN 'closing' THEN -n ELSE 0 END,
        observed_at = greatest(observed_at, ugo.observed(c)), recorded_at = c.at,
        declared_by = c.account, channel = c.channel
    WHERE id = key RETURNING * INTO u;
    RETURN ugo.unit_part(u);
END
$$;

-- The reference of a request, to whoever follows it, is its name: in its département no other that
-- waits or is placed has it. `was`: the row before, NULLs when it is new.
CREATE INDEX request_reference ON ugo.request (reference)
WHERE reference IS NOT NULL AND state IN ('open', 'placed');

CREATE FUNCTION ugo.reference_is_used(r ugo.request, was ugo.request) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF r.reference IS NULL
            OR r.reference IS NOT DISTINCT FROM was.reference AND r.origin = was.origin THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM ugo.request other
        WHERE other.reference = r.reference AND other.state IN ('open', 'placed')
            AND other.id IS DISTINCT FROM was.id
            AND ugo.root_of(other.origin) = ugo.root_of(r.origin));
END
$$;

-- As of 0018_request, with that.
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
        decided_at, opened_at, created_by)
    VALUES (ugo.new_id('r', c.revision), c.revision, r.reference, r.children, r.parent, r.together,
        r.emergency, r.modality, r.legal_frame, r.needs, r.from_commune, r.from_territory,
        r.origin, r.max_km, r.wanted_on,
        least(coalesce((c.params ->> 'decided_at')::bigint, c.at), c.at), c.at, c.account)
    RETURNING * INTO r;
    RETURN ugo.done(ugo.request_part(r));
END
$$;

CREATE OR REPLACE FUNCTION ugo.request_update(c ugo.command) RETURNS ugo.outcome
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;

RESET ROLE;
