-- SPDX-License-Identifier: EUPL-1.2
-- What is said of a unit elsewhere follows it: its missions say where it is, a bed to fall back on
-- is one only as long as it may be.
SET LOCAL ROLE ugo_owner;

-- As before; a unit that moved is called after the establishment that it is in: the place told with
-- the acceptance is there, too. Who was asked stays who was asked.
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
    SELECT key, c.revision, h.id, h.unit, h.establishment, h.territory, h.origin, h.created_by,
        h.request, h.places, h.profile, r.from_commune, r.from_territory, h.place,
        CASE WHEN ugo.is_team(team) THEN team END, c.at, u.name, e.name
    FROM ugo.unit u JOIN ugo.establishment e ON e.id = u.establishment WHERE u.id = h.unit;
    RETURN ugo.record_part('mission', key);
END
$$;

CREATE OR REPLACE FUNCTION ugo.rename_missions(ids text[], revised bigint) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    m record;
    parts ugo.part[] := '{}';
BEGIN
    FOR m IN SELECT old.id, u.name AS unit, e.name AS host
            FROM ugo.mission old JOIN ugo.unit u ON u.id = old.unit
            JOIN ugo.establishment e ON e.id = u.establishment
            WHERE old.unit = ANY (ids) AND (old.unit_name, old.establishment_name)
                IS DISTINCT FROM (u.name, e.name) LOOP
        UPDATE ugo.mission
        SET revision = revised, unit_name = m.unit, establishment_name = m.host WHERE id = m.id;
        parts := parts || ugo.record_part('mission', m.id);
    END LOOP;
    RETURN parts;
END
$$;

-- As before; by where the bed is now, which may be newer than what is described of it.
CREATE OR REPLACE FUNCTION ugo.fallback_error(u ugo.unit) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    stay text;
    root text;
BEGIN
    IF u.fallback IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(u.modality, k.modality), ugo.root_of(coalesce(u.territory, e.territory))
    INTO stay, root FROM ugo.establishment e
    JOIN ugo.establishment_kind k ON k.code = e.establishment_kind WHERE e.id = u.establishment;
    RETURN CASE WHEN stay <> 'pad' THEN 'only_for_pad'
        WHEN u.fallback = u.id THEN 'same_unit'
        WHEN NOT EXISTS (SELECT FROM ugo.unit bed
            JOIN ugo.establishment e ON e.id = bed.establishment
            WHERE bed.id = u.fallback
                AND ugo.root_of(coalesce(bed.territory, e.territory)) = root)
        THEN 'unknown_reference' END;
END
$$;

-- Something about these units has changed: those of them, and those that fall back on one of them,
-- whose fallback could not be put so any more have none. Their ids.
CREATE FUNCTION ugo.clear_fallbacks(ids text[], revised bigint) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
    bereft text[];
BEGIN
    WITH cleared AS (UPDATE ugo.unit u SET fallback = NULL, revision = revised
        WHERE u.id IN (SELECT id FROM ugo.unit WHERE id = ANY (ids) AND fallback IS NOT NULL
                UNION SELECT id FROM ugo.unit WHERE fallback = ANY (ids))
            AND ugo.fallback_error(u) IS NOT NULL
        RETURNING u.id)
    SELECT array_agg(id) INTO bereft FROM cleared;
    RETURN coalesce(bereft, '{}');
END
$$;

CREATE OR REPLACE FUNCTION ugo.refresh_units(ids text[], revised bigint) RETURNS ugo.part[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    bereft text[] := ugo.clear_fallbacks(ids, revised);
    u record;
    part ugo.part;
    parts ugo.part[] := '{}';
BEGIN
    FOR u IN SELECT old.id, d.home, d.description, old.home AS was_home,
                old.description::json ->> 'establishment' AS was_establishment
            FROM (SELECT unnest(ids) UNION SELECT unnest(bereft)) AS wanted (id)
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

-- As before; a territory that moves takes units to another root, away from their beds.
CREATE OR REPLACE FUNCTION ugo.territory_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    key text := p ->> 'code';
    was_root text := ugo.root_of(p ->> 'code');
    written integer;
    bereft text[] := '{}';
BEGIN
    IF EXISTS (SELECT FROM ugo.territory WHERE code = p ->> 'parent' AND key = ANY (path)) THEN
        RETURN ugo.invalid('/parent', 'cycle');
    END IF;
    INSERT INTO ugo.territory AS t (code, revision, name, level, parent, path)
    VALUES (key, c.revision, p ->> 'name', p ->> 'level', p ->> 'parent', ARRAY[key])
    ON CONFLICT (code) DO UPDATE
    SET revision = c.revision, name = excluded.name, level = excluded.level,
        parent = excluded.parent
    WHERE (t.name, t.level, t.parent)
        IS DISTINCT FROM (excluded.name, excluded.level, excluded.parent);
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written = 0 THEN
        RETURN ugo.done(NULL);
    END IF;
    PERFORM ugo.move_territory(key);
    IF ugo.root_of(key) <> was_root THEN
        bereft := ugo.clear_fallbacks(ARRAY(SELECT u.id::text FROM ugo.unit u
            JOIN ugo.territory t ON t.code = u.home WHERE key = ANY (t.path)), c.revision);
    END IF;
    RETURN ugo.done_all(ugo.record_part('territory', key)
        || ugo.refresh_units(bereft, c.revision));
END
$$;

REVOKE ALL ON FUNCTION ugo.clear_fallbacks(text[], bigint) FROM PUBLIC;

RESET ROLE;
