-- SPDX-License-Identifier: EUPL-1.2
-- A mission says by name where it goes: a team sees missions, not the register.
SET LOCAL ROLE ugo_owner;

-- Of the unit, and of the establishment as of the hold. NULL: made before missions had names.
-- (No domains: with one, every function that takes the row would be in the way.)
ALTER TABLE ugo.mission ADD COLUMN unit_name text, ADD COLUMN establishment_name text;
CREATE INDEX mission_unit ON ugo.mission (unit);

UPDATE ugo.record_source SET query = 'SELECT id::text, revision, establishment, territory,
        ugo.with_said(json_build_object(''hold'', hold, ''unit'', unit,
            ''establishment'', establishment,
            ''territory'', territory, ''origin'', origin, ''created_by'', created_by,
            ''request'', request, ''places'', places, ''profile'', profile,
            ''from'', json_build_object(''commune'', from_commune,
                ''territory'', from_territory),
            ''place'', place, ''team'', team, ''state'', state, ''code'', code,
            ''assigned_at'', assigned_at, ''under_way_at'', under_way_at,
            ''arrived_at'', arrived_at, ''handed_over_at'', handed_over_at,
            ''ended_at'', ended_at), json_build_object(''unit_name'', unit_name,
            ''establishment_name'', establishment_name))
        FROM ugo.mission'
WHERE kind = 'mission';
SELECT ugo.make_record();

-- A mission for an accepted hold; its part. team NULL: whoever is on call, if anybody.
CREATE OR REPLACE FUNCTION ugo.make_mission(c ugo.command, h ugo.hold, team text) RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    key text := ugo.new_id('m', c.revision);
    r ugo.request;
BEGIN
    team := coalesce(team, ugo.on_call(ugo.root_of(h.territory), 'mobile', c.at));
    SELECT * INTO r FROM ugo.request WHERE id = h.request;
    INSERT INTO ugo.mission (id, revision, hold, unit, establishment, territory, origin, created_by,
        request, places, profile, from_commune, from_territory, place, team, assigned_at,
        unit_name, establishment_name)
    VALUES (key, c.revision, h.id, h.unit, h.establishment, h.territory, h.origin, h.created_by,
        h.request, h.places, h.profile, r.from_commune, r.from_territory, h.place,
        CASE WHEN ugo.is_team(team) THEN team END, c.at,
        (SELECT name FROM ugo.unit WHERE id = h.unit),
        (SELECT name FROM ugo.establishment WHERE id = h.establishment));
    RETURN ugo.record_part('mission', key);
END
$$;

-- Missions to these units say what they and their establishments are called now; the parts of those
-- that said otherwise.
CREATE FUNCTION ugo.rename_missions(ids text[], revised bigint) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    m record;
    parts ugo.part[] := '{}';
BEGIN
    FOR m IN SELECT old.id, u.name AS unit, coalesce(e.name, old.establishment_name) AS host
            FROM ugo.mission old JOIN ugo.unit u ON u.id = old.unit
            LEFT JOIN ugo.establishment e ON e.id = old.establishment
            WHERE old.unit = ANY (ids) AND (old.unit_name, old.establishment_name)
                IS DISTINCT FROM (u.name, coalesce(e.name, old.establishment_name)) LOOP
        UPDATE ugo.mission
        SET revision = revised, unit_name = m.unit, establishment_name = m.host WHERE id = m.id;
        parts := parts || ugo.record_part('mission', m.id);
    END LOOP;
    RETURN parts;
END
$$;

-- Describes these units anew; gives those that differ, the one put by this revision, and missions
-- that name them.
CREATE OR REPLACE FUNCTION ugo.refresh_units(ids text[], revised bigint) RETURNS ugo.part[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    u record;
    part ugo.part;
    parts ugo.part[] := '{}';
BEGIN
    FOR u IN SELECT old.id, d.home, d.description, old.home AS was_home,
                old.description::json ->> 'establishment' AS was_establishment
            FROM unnest(ids) AS wanted (id)
            JOIN ugo.unit old ON old.id = wanted.id
            JOIN ugo.unit_described d ON d.id = wanted.id
            WHERE d.description <> old.description OR old.revision = revised LOOP
        UPDATE ugo.unit SET description = u.description, home = u.home, revision = revised
        WHERE id = u.id RETURNING (ugo.unit_part(unit)).* INTO part;
        part.departed := ugo.left_scope(u.was_establishment, u.was_home,
            part.establishment, part.territory);
        parts := parts || part;
    END LOOP;
    RETURN parts || ugo.rename_missions(ids, revised);
END
$$;

REVOKE ALL ON FUNCTION ugo.rename_missions(text[], bigint) FROM PUBLIC;

RESET ROLE;
