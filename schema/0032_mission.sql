-- SPDX-License-Identifier: EUPL-1.2
-- Missions: a mobile team fetches a child and takes it to the place that accepted it. A mission
-- lives and ends with its hold. README.md gives the rules.
SET LOCAL ROLE ugo_owner;

INSERT INTO ugo.listed_code VALUES
    ('mission_state', 1, 'assigned'), ('mission_state', 2, 'under_way'),
    ('mission_state', 3, 'arrived'), ('mission_state', 4, 'handed_over'),
    ('mission_state', 5, 'cancelled');
SELECT ugo.make_code_list();

CREATE DOMAIN ugo.mission_id AS text CHECK (VALUE ~ '^m-[0-9a-z][0-9a-z-]{0,60}$');
CREATE DOMAIN ugo.mission_state_code AS text
    CHECK (VALUE IN ('assigned', 'under_way', 'arrived', 'handed_over', 'cancelled'));

CREATE TABLE ugo.mission (
    id ugo.mission_id PRIMARY KEY,
    revision bigint NOT NULL,
    hold ugo.hold_id NOT NULL,        -- and what the hold was when the mission was made:
    unit ugo.unit_id NOT NULL,
    establishment text NOT NULL,
    territory text NOT NULL,
    origin text NOT NULL REFERENCES ugo.territory,
    created_by ugo.actor NOT NULL,    -- of the hold
    request ugo.request_id,
    places ugo.promised NOT NULL,
    profile ugo.children_known NOT NULL,
    from_commune text REFERENCES ugo.commune,
    from_territory text REFERENCES ugo.territory,
    place json NOT NULL,
    team text REFERENCES ugo.account, -- NULL: any of the département's teams
    state ugo.mission_state_code NOT NULL DEFAULT 'assigned',
    code text REFERENCES ugo.withdrawal,
    assigned_at bigint NOT NULL,      -- made, or given to its team
    under_way_at bigint,
    arrived_at bigint,                -- at the child
    handed_over_at bigint,
    ended_at bigint,
    CONSTRAINT mission_promises CHECK (
        (ended_at IS NOT NULL) = (state IN ('handed_over', 'cancelled'))
        AND (handed_over_at IS NOT NULL) = (state = 'handed_over')
        AND (code IS NULL OR state = 'cancelled')
        AND CASE state WHEN 'assigned' THEN num_nonnulls(under_way_at, arrived_at) = 0
            WHEN 'under_way' THEN under_way_at IS NOT NULL AND arrived_at IS NULL
            WHEN 'arrived' THEN arrived_at IS NOT NULL ELSE true END)
);
CREATE UNIQUE INDEX mission_active ON ugo.mission (hold)
WHERE state IN ('assigned', 'under_way', 'arrived');

CREATE FUNCTION ugo.is_active(m ugo.mission) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN m.state IN ('assigned', 'under_way', 'arrived');

CREATE FUNCTION ugo.mission_due() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ugo.set_due(coalesce(new.id, old.id)::text, ugo.forgotten_at(new.ended_at));
    RETURN NULL;
END
$$;
CREATE TRIGGER mission_due AFTER DELETE OR UPDATE OF ended_at
ON ugo.mission FOR EACH ROW EXECUTE FUNCTION ugo.mission_due();

INSERT INTO ugo.record_source VALUES
    ('mission', 'SELECT id::text, revision, establishment, territory,
        json_build_object(''hold'', hold, ''unit'', unit, ''establishment'', establishment,
            ''territory'', territory, ''origin'', origin, ''created_by'', created_by,
            ''request'', request, ''places'', places, ''profile'', profile,
            ''from'', json_build_object(''commune'', from_commune,
                ''territory'', from_territory),
            ''place'', place, ''team'', team, ''state'', state, ''code'', code,
            ''assigned_at'', assigned_at, ''under_way_at'', under_way_at,
            ''arrived_at'', arrived_at, ''handed_over_at'', handed_over_at,
            ''ended_at'', ended_at)
        FROM ugo.mission');
SELECT ugo.make_record();

CREATE FUNCTION ugo.mission_parties(m ugo.mission) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN ugo.parties(m.establishment, m.territory, m.origin, m.created_by)
    || jsonb_build_object('team', m.team);

-- The part of a mission that was `was`: another team leaves the teams it had before.
CREATE FUNCTION ugo.mission_part(was ugo.mission) RETURNS ugo.part
LANGUAGE plpgsql STABLE AS $$
DECLARE
    part ugo.part := ugo.record_part('mission', was.id);
BEGIN
    IF part.state ->> 'team' IS DISTINCT FROM was.team THEN
        part.departed := ugo.mission_parties(was);
    END IF;
    RETURN part;
END
$$;

-- The account whose rights count.
CREATE FUNCTION ugo.acting_account(c ugo.command) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT acts_for FROM ugo.account WHERE id = c.account), c.account);
END
$$;

-- Who may do something with a mission: its team, or any of the département while it has none; the
-- astreinte and the DEF.
CREATE FUNCTION ugo.may_lead(c ugo.command, m ugo.mission) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE c.role
    WHEN 'mobile' THEN RETURN coalesce(CASE WHEN m.team IS NULL
        THEN ugo.in_departement(c, m.territory) ELSE m.team = ugo.acting_account(c) END, false);
    WHEN 'astreinte', 'def' THEN
        RETURN ugo.in_departement(c, m.territory) OR ugo.in_departement(c, m.origin);
    ELSE RETURN m.id IS NOT NULL;
    END CASE;
END
$$;

-- A team that acts on a mission of nobody's takes it.
CREATE FUNCTION ugo.team_of(c ugo.command, m ugo.mission) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(m.team, CASE c.role WHEN 'mobile' THEN ugo.acting_account(c) END);
END
$$;

CREATE FUNCTION ugo.mission_not_active() RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ugo.invalid('/mission', 'mission_not_active');

-- A mission for an accepted hold; its part. team NULL: whoever is on call, if anybody.
CREATE FUNCTION ugo.make_mission(c ugo.command, h ugo.hold, team text) RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    key text := ugo.new_id('m', c.revision);
    r ugo.request;
BEGIN
    team := coalesce(team, ugo.on_call(ugo.root_of(h.territory), 'mobile', c.at));
    SELECT * INTO r FROM ugo.request WHERE id = h.request;
    INSERT INTO ugo.mission (id, revision, hold, unit, establishment, territory, origin, created_by,
        request, places, profile, from_commune, from_territory, place, team, assigned_at)
    VALUES (key, c.revision, h.id, h.unit, h.establishment, h.territory, h.origin, h.created_by,
        h.request, h.places, h.profile, r.from_commune, r.from_territory, h.place,
        CASE WHEN ugo.is_team(team) THEN team END, c.at);
    RETURN ugo.record_part('mission', key);
END
$$;

-- What follows a hold: a mission when it was accepted and the offices are closed; the end of its
-- mission when it ended.
CREATE FUNCTION ugo.mission_of_hold(c ugo.command, h ugo.hold) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    m ugo.mission;
BEGIN
    IF h.state = 'accepted' THEN
        RETURN CASE WHEN NOT ugo.office_open(ugo.root_of(h.territory), c.at)
            THEN ARRAY[ugo.make_mission(c, h, NULL)] ELSE '{}' END;
    END IF;
    SELECT * INTO m FROM ugo.mission
    WHERE hold = h.id AND state IN ('assigned', 'under_way', 'arrived');
    IF m.id IS NULL THEN
        RETURN '{}';
    END IF;
    UPDATE ugo.mission SET revision = c.revision, ended_at = c.at, team = ugo.team_of(c, m),
        state = CASE h.state WHEN 'arrived' THEN 'handed_over' ELSE 'cancelled' END,
        handed_over_at = CASE h.state WHEN 'arrived' THEN c.at END, code = h.withdrawal
    WHERE id = m.id;
    RETURN ARRAY[ugo.mission_part(m)];
END
$$;
INSERT INTO ugo.hold_hook VALUES ('mission_of_hold', '{accepted,arrived,withdrawn}');
SELECT ugo.make_on_hold();

-- Operations

CREATE FUNCTION ugo.mission_create(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
BEGIN
    SELECT * INTO h FROM ugo.hold WHERE id = c.params ->> 'hold';
    IF NOT ugo.is_holder(c, h.origin, h.created_by) THEN
        RETURN ugo.refused('forbidden');
    ELSIF h.state <> 'accepted' THEN
        RETURN ugo.hold_not_active();
    ELSIF EXISTS (SELECT FROM ugo.mission
            WHERE hold = h.id AND state IN ('assigned', 'under_way', 'arrived')) THEN
        RETURN ugo.invalid('/hold', 'has_mission');
    ELSIF c.params ->> 'team' IS NOT NULL AND NOT ugo.is_team(c.params ->> 'team') THEN
        RETURN ugo.invalid('/team', 'not_a_team');
    END IF;
    RETURN ugo.done(ugo.make_mission(c, h, c.params ->> 'team'));
END
$$;

CREATE FUNCTION ugo.mission_assign(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    m ugo.mission;
BEGIN
    SELECT * INTO m FROM ugo.mission WHERE id = c.params ->> 'mission';
    IF NOT ugo.may_lead(c, m) THEN
        RETURN ugo.refused('forbidden');
    ELSIF NOT ugo.is_active(m) THEN
        RETURN ugo.mission_not_active();
    ELSIF NOT ugo.is_team(c.params ->> 'team') THEN
        RETURN ugo.invalid('/team', 'not_a_team');
    ELSIF m.team = c.params ->> 'team' THEN
        RETURN ugo.done(NULL);
    END IF;
    UPDATE ugo.mission SET revision = c.revision, team = c.params ->> 'team', assigned_at = c.at
    WHERE id = m.id;
    RETURN ugo.done(ugo.mission_part(m));
END
$$;

-- mission.start, mission.arrive: on its way, then with the child.
CREATE FUNCTION ugo.mission_move(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    m ugo.mission;
    starts boolean := c.op = 'mission.start';
BEGIN
    SELECT * INTO m FROM ugo.mission WHERE id = c.params ->> 'mission';
    IF NOT ugo.may_lead(c, m) THEN
        RETURN ugo.refused('forbidden');
    ELSIF NOT (m.state = 'assigned' OR m.state = 'under_way' AND NOT starts) THEN
        RETURN ugo.mission_not_active();
    END IF;
    UPDATE ugo.mission SET revision = c.revision, team = ugo.team_of(c, m),
        state = CASE WHEN starts THEN 'under_way' ELSE 'arrived' END,
        under_way_at = CASE WHEN starts THEN c.at ELSE under_way_at END,
        arrived_at = CASE WHEN NOT starts THEN c.at END
    WHERE id = m.id;
    RETURN ugo.done(ugo.mission_part(m));
END
$$;

CREATE FUNCTION ugo.mission_cancel(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    m ugo.mission;
BEGIN
    SELECT * INTO m FROM ugo.mission WHERE id = c.params ->> 'mission';
    IF NOT ugo.may_lead(c, m) THEN
        RETURN ugo.refused('forbidden');
    ELSIF NOT ugo.is_active(m) THEN
        RETURN ugo.mission_not_active();
    END IF;
    UPDATE ugo.mission SET revision = c.revision, state = 'cancelled', code = c.params ->> 'code',
        ended_at = c.at
    WHERE id = m.id;
    RETURN ugo.done(ugo.mission_part(m));
END
$$;

-- The child of an accepted hold is there: its places move from held to occupied and date the
-- counts, so that nobody types it again.
CREATE FUNCTION ugo.bring(c ugo.command, h ugo.hold, observed bigint) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit;
BEGIN
    UPDATE ugo.unit SET revision = c.revision, held = held - h.places,
        held_emergency = held_emergency - CASE WHEN h.emergency THEN h.places ELSE 0 END,
        occupied = occupied + h.places,
        emergency_used = CASE WHEN h.emergency
            THEN least(emergency_reserved, emergency_used + h.places) ELSE emergency_used END,
        observed_at = greatest(observed_at, observed), recorded_at = c.at,
        declared_by = c.account, channel = c.channel, contested_at = NULL
    WHERE id = h.unit RETURNING * INTO u;
    RETURN ugo.unit_part(u) || ugo.arrive(c, ARRAY[h.id::text]);
END
$$;

CREATE FUNCTION ugo.mission_hand_over(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    m ugo.mission;
    h ugo.hold;
    observed bigint := ugo.observed(c);
BEGIN
    SELECT * INTO m FROM ugo.mission WHERE id = c.params ->> 'mission';
    IF NOT ugo.may_lead(c, m) THEN
        RETURN ugo.refused('forbidden');
    ELSIF NOT ugo.is_active(m) THEN
        RETURN ugo.mission_not_active();
    ELSIF observed IS NULL THEN
        RETURN ugo.in_the_future(c);
    END IF;
    SELECT * INTO STRICT h FROM ugo.hold WHERE id = m.hold;
    RETURN ugo.done_all(ugo.bring(c, h, observed));
END
$$;

-- Who tells of an arrival: a team that of its mission.
CREATE OR REPLACE FUNCTION ugo.may_bring(c ugo.command, h ugo.hold) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    m ugo.mission;
BEGIN
    CASE c.role
    WHEN 'establishment' THEN RETURN coalesce(h.establishment = ANY (c.establishments), false);
    WHEN 'mobile' THEN
        SELECT * INTO m FROM ugo.mission WHERE hold = h.id
        ORDER BY ugo.is_active(mission) DESC, assigned_at DESC LIMIT 1;
        RETURN ugo.may_lead(c, m);
    ELSE RETURN ugo.is_holder(c, h.origin, h.created_by);
    END CASE;
END
$$;

CREATE OR REPLACE FUNCTION ugo.hold_arrive(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
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
    RETURN ugo.done_all(ugo.bring(c, h, observed));
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('mission.create', '{astreinte,territory,def,service}', 'mission_create', '{hold,team}'),
    ('mission.assign', '{astreinte,def,service}', 'mission_assign', '{mission,team}'),
    ('mission.start', '{mobile,astreinte,def,service}', 'mission_move', '{mission}'),
    ('mission.arrive', '{mobile,astreinte,def,service}', 'mission_move', '{mission}'),
    ('mission.hand_over', '{mobile,astreinte,def,service}', 'mission_hand_over',
        '{mission,observed_at}'),
    ('mission.cancel', '{astreinte,def,service}', 'mission_cancel', '{mission,code}');

INSERT INTO ugo.member (op, position, path, required, type, low, high, list) VALUES
    ('mission.create', 1, '{hold}', true, 'text', NULL, 63, NULL),
    ('mission.create', 2, '{team}', false, 'text', NULL, 63, NULL),
    ('mission.assign', 1, '{mission}', true, 'text', NULL, 63, NULL),
    ('mission.assign', 2, '{team}', true, 'text', NULL, 63, NULL),
    ('mission.start', 1, '{mission}', true, 'text', NULL, 63, NULL),
    ('mission.arrive', 1, '{mission}', true, 'text', NULL, 63, NULL),
    ('mission.hand_over', 1, '{mission}', true, 'text', NULL, 63, NULL),
    ('mission.hand_over', 2, '{observed_at}', false, 'integer', 1, 999999999999999999, NULL),
    ('mission.cancel', 1, '{mission}', true, 'text', NULL, 63, NULL),
    ('mission.cancel', 2, '{code}', false, 'code', NULL, NULL, 'withdrawal');

SELECT ugo.make_perform();

-- The clock forgets

CREATE FUNCTION ugo.mission_turn(key text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN 'mission.forget';

CREATE FUNCTION ugo.run_mission_turn(c ugo.command, key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    m ugo.mission;
BEGIN
    DELETE FROM ugo.mission WHERE id = key RETURNING * INTO m;
    RETURN ARRAY[ROW('mission', m.id, m.establishment, m.territory, NULL,
        ugo.mission_parties(m))::ugo.part];
END
$$;
INSERT INTO ugo.due_kind VALUES ('m', 'mission_turn', 'run_mission_turn');
SELECT ugo.make_due();

CREATE FUNCTION ugo.audit_missions() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    SELECT 'mission', m.id::text FROM ugo.mission m
    WHERE ugo.is_active(m) AND NOT EXISTS (SELECT FROM ugo.hold h
        WHERE h.id = m.hold AND h.state = 'accepted' AND h.unit = m.unit)
    UNION
    SELECT 'mission', coalesce(d.id, t.id)
    FROM (SELECT * FROM ugo.due WHERE left(due.id, 1) = 'm') d
    FULL JOIN (SELECT m.id::text COLLATE "C" AS id, ugo.forgotten_at(m.ended_at) AS at
        FROM ugo.mission m) t ON t.id = d.id
    WHERE d.at IS DISTINCT FROM t.at
$$;
INSERT INTO ugo.audit_source VALUES ('audit_missions');
SELECT ugo.make_audit();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;
GRANT SELECT ON ugo.mission TO ugod;

RESET ROLE;
