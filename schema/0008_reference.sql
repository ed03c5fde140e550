-- SPDX-License-Identifier: EUPL-1.2
-- Operations on reference data. A put gives the full set of descriptive attributes; what is absent
-- becomes unknown or inherited. Every record whose state it changes is part of its revision.
SET LOCAL ROLE ugo_owner;

-- The part that a record of reference data is in a revision.
CREATE FUNCTION ugo.record_part(of_kind text, key text) RETURNS ugo.part
LANGUAGE plpgsql STABLE AS $$
DECLARE
    part ugo.part;
BEGIN
    CASE of_kind
    WHEN 'territory' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'territory' AND r.id = key;
    WHEN 'commune' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'commune' AND r.id = key;
    WHEN 'establishment_kind' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'establishment_kind' AND r.id = key;
    WHEN 'account' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'account' AND r.id = key;
    WHEN 'credential' THEN SELECT r.kind, r.id, NULL, NULL, r.state INTO part
        FROM ugo.record r WHERE r.kind = 'credential' AND r.id = key;
    END CASE;
    RETURN part;
END
$$;

CREATE FUNCTION ugo.scope(establishment text, territory text) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN jsonb_build_object('establishment', establishment, 'territory', territory);

-- The scope members a record leaves; NULL when they stay, or it is new (it had no territory).
CREATE FUNCTION ugo.left_scope(was_establishment text, was_territory text, establishment text,
    territory text) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN (was_establishment, was_territory) <> (establishment, territory)
    THEN ugo.scope(was_establishment, was_territory) END;

-- Describes these establishments anew; gives those that differ, and the one put by this revision.
-- (An import fills empty tables within one session: a plan made then must be one for full tables.)
CREATE FUNCTION ugo.refresh_establishments(ids text[], revised bigint) RETURNS ugo.part[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    e record;
    parts ugo.part[] := '{}';
BEGIN
    FOR e IN SELECT old.id, old.territory, d.description,
                old.description::json ->> 'territory' AS was_territory
            FROM unnest(ids) AS wanted (id)
            JOIN ugo.establishment old ON old.id = wanted.id
            JOIN ugo.establishment_described d ON d.id = wanted.id
            WHERE d.description <> old.description OR old.revision = revised LOOP
        UPDATE ugo.establishment SET description = e.description, revision = revised
        WHERE id = e.id;
        parts := parts || ROW('establishment', e.id, e.id, e.territory, e.description::json,
            ugo.left_scope(e.id, e.was_territory, e.id, e.territory))::ugo.part;
    END LOOP;
    RETURN parts;
END
$$;

-- The same for units.
CREATE FUNCTION ugo.refresh_units(ids text[], revised bigint) RETURNS ugo.part[]
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
    RETURN parts;
END
$$;

-- The same for whatever shows something of these establishments.
CREATE FUNCTION ugo.refresh_hosts(hosts text[], units text[], revised bigint) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ugo.refresh_establishments(hosts, revised)
        || ugo.refresh_units(ARRAY(SELECT unnest(units)
            UNION SELECT id FROM ugo.unit WHERE establishment = ANY (hosts)), revised);
END
$$;

-- Moves a territory below another parent, with all that is below it.
CREATE FUNCTION ugo.move_territory(moved text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    upwards text[] := (SELECT coalesce(p.path, '{}') FROM ugo.territory t
        LEFT JOIN ugo.territory p ON p.code = t.parent WHERE t.code = moved);
BEGIN
    UPDATE ugo.territory SET path = path[1:array_position(path, moved)] || upwards
    WHERE path @> ARRAY[moved];
END
$$;

CREATE FUNCTION ugo.territory_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    key text := p ->> 'code';
    written integer;
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
    RETURN ugo.done(ugo.record_part('territory', key));
END
$$;

CREATE FUNCTION ugo.commune_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    key text := p ->> 'insee';
    written integer;
BEGIN
    INSERT INTO ugo.commune AS t (insee, revision, name, postcodes, lat, lon, territory)
    VALUES (key, c.revision, p ->> 'name', ugo.text_set(p -> 'postcodes'),
        ugo.degrees(p -> 'point', 0), ugo.degrees(p -> 'point', 1), p ->> 'territory')
    ON CONFLICT (insee) DO UPDATE
    SET revision = c.revision, name = excluded.name, postcodes = excluded.postcodes,
        lat = excluded.lat, lon = excluded.lon, territory = excluded.territory
    WHERE (t.name, t.postcodes, t.lat, t.lon, t.territory) IS DISTINCT FROM
        (excluded.name, excluded.postcodes, excluded.lat, excluded.lon, excluded.territory);
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written = 0 THEN
        RETURN ugo.done(NULL);
    END IF;
    RETURN ugo.done_all(ugo.record_part('commune', key) || ugo.refresh_hosts(
        ARRAY(SELECT id FROM ugo.establishment WHERE commune = key),
        ARRAY(SELECT id::text FROM ugo.unit WHERE commune = key), c.revision));
END
$$;

CREATE FUNCTION ugo.establishment_kind_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    key text := p ->> 'code';
    categories text[] := ugo.text_set(p -> 'finess_categories');
    written integer;
BEGIN
    IF EXISTS (SELECT FROM ugo.establishment_kind
            WHERE code <> key AND finess_categories && categories) THEN
        RETURN ugo.invalid('/finess_categories', 'already_used');
    END IF;
    INSERT INTO ugo.establishment_kind AS t
        (code, revision, finess_categories, ttl_s, modality, visibility)
    VALUES (key, c.revision, categories, (p ->> 'ttl_s')::integer, p ->> 'modality',
        coalesce(p ->> 'visibility', 'exact'))
    ON CONFLICT (code) DO UPDATE
    SET revision = c.revision, finess_categories = excluded.finess_categories,
        ttl_s = excluded.ttl_s, modality = excluded.modality, visibility = excluded.visibility
    WHERE (t.finess_categories, t.ttl_s, t.modality, t.visibility) IS DISTINCT FROM
        (excluded.finess_categories, excluded.ttl_s, excluded.modality, excluded.visibility);
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written = 0 THEN
        RETURN ugo.done(NULL);
    END IF;
    RETURN ugo.done_all(ugo.record_part('establishment_kind', key) || ugo.refresh_hosts(
        ARRAY(SELECT id FROM ugo.establishment WHERE establishment_kind = key), '{}',
        c.revision));
END
$$;

-- The row that an establishment.put makes of `e`, the present row or one of NULLs.
CREATE FUNCTION ugo.establishment_row(e ugo.establishment, p jsonb) RETURNS ugo.establishment
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    e.id := p ->> 'id';
    e.name := p ->> 'name';
    e.establishment_kind := p ->> 'establishment_kind';
    e.finess := p ->> 'finess';
    e.operator := p ->> 'operator';
    e.address := p ->> 'address';
    e.territory := p ->> 'territory';
    e.commune := p ->> 'commune';
    e.lat := ugo.degrees(p -> 'point', 0);
    e.lon := ugo.degrees(p -> 'point', 1);
    e."precision" := CASE WHEN e.lat IS NULL THEN 'commune'
        ELSE coalesce(p ->> 'precision', 'exact') END;
    e.visibility := p ->> 'visibility';
    e.contact_day := p #>> '{contact,day}';
    e.contact_night := p #>> '{contact,night}';
    e.description := coalesce(e.description, '{}');
    RETURN e;
END
$$;

CREATE FUNCTION ugo.describe_establishment(e ugo.establishment) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ugo.establishment SET revision = e.revision, name = e.name,
        establishment_kind = e.establishment_kind, finess = e.finess, operator = e.operator,
        address = e.address, territory = e.territory, commune = e.commune, lat = e.lat,
        lon = e.lon, "precision" = e."precision", visibility = e.visibility,
        contact_day = e.contact_day, contact_night = e.contact_night
    WHERE id = e.id;
END
$$;

CREATE FUNCTION ugo.establishment_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    old ugo.establishment;
    e ugo.establishment;
BEGIN
    SELECT * INTO old FROM ugo.establishment WHERE id = c.params ->> 'id';
    e := ugo.establishment_row(old, c.params);
    IF EXISTS (SELECT FROM ugo.establishment WHERE finess = e.finess AND id <> e.id) THEN
        RETURN ugo.invalid('/finess', 'already_used');
    ELSIF e IS NOT DISTINCT FROM old THEN
        RETURN ugo.done(NULL);
    END IF;
    e.revision := c.revision;
    IF old.id IS NULL THEN
        INSERT INTO ugo.establishment VALUES (e.*);
    ELSE
        PERFORM ugo.describe_establishment(e);
    END IF;
    RETURN ugo.done_all(ugo.refresh_hosts(ARRAY[e.id], '{}', c.revision));
END
$$;

-- The row that a unit.put makes of `u`, the present row or one of NULLs: counts stay.
CREATE FUNCTION ugo.unit_row(u ugo.unit, p jsonb) RETURNS ugo.unit
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    u.id := p ->> 'id';
    u.establishment := p ->> 'establishment';
    u.name := p ->> 'name';
    u.modality := p ->> 'modality';
    u.min_months := p ->> 'min_months';
    u.max_months := p ->> 'max_months';
    u.sex := p ->> 'sex';
    u.siblings_max := p ->> 'siblings_max';
    u.siblings_mixed := p ->> 'siblings_mixed';
    u.admission := p ->> 'admission';
    u.delay_h := p ->> 'delay_h';
    u.accepts := coalesce((SELECT jsonb_object_agg(key, value)
        FROM jsonb_each_text(nullif(p -> 'accepts', 'null'))
        WHERE value IN ('yes', 'no')), '{}');
    u.max_stay_days := p ->> 'max_stay_days';
    u.visibility := p ->> 'visibility';
    u.territory := p ->> 'territory';
    u.commune := p ->> 'commune';
    u.lat := ugo.degrees(p -> 'point', 0);
    u.lon := ugo.degrees(p -> 'point', 1);
    u.contact_day := p #>> '{contact,day}';
    u.contact_night := p #>> '{contact,night}';
    u.ttl_s := p ->> 'ttl_s';
    u.authorised := p ->> 'authorised';
    u.installed := p ->> 'installed';
    u.emergency_reserved := coalesce((p ->> 'emergency_reserved')::integer, 0);
    u.emergency_used := CASE WHEN u.emergency_used > u.emergency_reserved
        THEN u.emergency_reserved ELSE u.emergency_used END;
    u.held := coalesce(u.held, 0);
    u.held_emergency := coalesce(u.held_emergency, 0);
    u.description := coalesce(u.description, '{}');
    RETURN u;
END
$$;

CREATE FUNCTION ugo.describe_unit(u ugo.unit) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ugo.unit SET revision = u.revision, establishment = u.establishment, name = u.name,
        modality = u.modality, min_months = u.min_months, max_months = u.max_months, sex = u.sex,
        siblings_max = u.siblings_max, siblings_mixed = u.siblings_mixed,
        admission = u.admission, delay_h = u.delay_h, accepts = u.accepts,
        max_stay_days = u.max_stay_days, visibility = u.visibility, territory = u.territory,
        commune = u.commune, lat = u.lat, lon = u.lon, contact_day = u.contact_day,
        contact_night = u.contact_night, ttl_s = u.ttl_s, authorised = u.authorised,
        installed = u.installed, emergency_reserved = u.emergency_reserved,
        emergency_used = u.emergency_used
    WHERE id = u.id;
END
$$;

CREATE FUNCTION ugo.unit_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    old ugo.unit;
    u ugo.unit;
BEGIN
    IF (c.params ->> 'min_months')::integer >= (c.params ->> 'max_months')::integer THEN
        RETURN ugo.invalid('/max_months', 'ages_reversed');
    END IF;
    SELECT * INTO old FROM ugo.unit WHERE id = c.params ->> 'id';
    u := ugo.unit_row(old, c.params);
    IF u IS NOT DISTINCT FROM old THEN
        RETURN ugo.done(NULL);
    END IF;
    u.revision := c.revision;
    IF old.id IS NULL THEN
        INSERT INTO ugo.unit VALUES (u.*);
    ELSE
        PERFORM ugo.describe_unit(u);
    END IF;
    RETURN ugo.done_all(ugo.refresh_units(ARRAY[u.id::text], c.revision));
END
$$;

-- The last part of a unit: no state, and what it leaves.
CREATE FUNCTION ugo.closed_part(u ugo.unit) RETURNS ugo.part
LANGUAGE sql IMMUTABLE
RETURN ROW('unit', u.id, u.establishment, u.home, NULL,
    ugo.scope(u.establishment, u.home))::ugo.part;

CREATE FUNCTION ugo.unit_close(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit := ugo.unit_in_scope(c);
BEGIN
    IF u.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF u.held > 0 THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    DELETE FROM ugo.unit WHERE id = u.id;
    RETURN ugo.done(ugo.closed_part(u));
END
$$;

CREATE FUNCTION ugo.establishment_close(c ugo.command) RETURNS ugo.outcome
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
    parts := ARRAY(SELECT ugo.closed_part(u) FROM ugo.unit u WHERE establishment = key)
        || ROW('establishment', key, key, e.territory, NULL,
            ugo.scope(key, e.territory))::ugo.part;
    DELETE FROM ugo.unit WHERE establishment = key;
    DELETE FROM ugo.establishment WHERE id = key;
    RETURN ugo.done_all(parts);
END
$$;

RESET ROLE;
