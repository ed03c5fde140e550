-- SPDX-License-Identifier: EUPL-1.2
-- Operations on reference data. A put gives the full set of descriptive attributes; what is absent
-- becomes unknown or inherited. Every record whose state it changes is part of its revision.
SET LOCAL ROLE ugo_owner;

CREATE FUNCTION ugo.record_parts(of_kind text, ids text[]) RETURNS ugo.part[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(SELECT ROW(kind, id, establishment, territory, state, NULL)::ugo.part
        FROM ugo.record WHERE kind = of_kind AND id = ANY (ids));
END
$$;

-- A record and those whose state shows something of it.
CREATE FUNCTION ugo.showing(of_kind text, key text) RETURNS ugo.part[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    hosts text[] := '{}';
    units text[] := '{}';
BEGIN
    CASE of_kind
    WHEN 'commune' THEN
        hosts := ARRAY(SELECT id FROM ugo.establishment WHERE commune = key);
        units := ARRAY(SELECT id FROM ugo.unit WHERE commune = key);
    WHEN 'establishment_kind' THEN
        hosts := ARRAY(SELECT id FROM ugo.establishment WHERE establishment_kind = key);
    WHEN 'establishment' THEN
        hosts := ARRAY[key];
    ELSE
        RETURN ugo.record_parts(of_kind, ARRAY[key]);
    END CASE;
    units := ARRAY(SELECT unnest(units)
        UNION SELECT id FROM ugo.unit WHERE establishment = ANY (hosts));
    RETURN CASE WHEN of_kind <> 'establishment'
            THEN ugo.record_parts(of_kind, ARRAY[key]) ELSE '{}' END
        || ugo.record_parts('establishment', hosts) || ugo.record_parts('unit', units);
END
$$;

CREATE FUNCTION ugo.scope(establishment text, territory text) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN jsonb_build_object('establishment', establishment, 'territory', territory);

-- The parts of a revision: the record put, and what else shows a difference. Dates them.
CREATE FUNCTION ugo.changed(of_kind text, key text, before ugo.part[], revised bigint)
RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    parts ugo.part[];
BEGIN
    parts := ARRAY(SELECT ROW(a.kind, a.id, a.establishment, a.territory, a.state,
            CASE WHEN b.id IS NOT NULL AND (a.establishment, a.territory)
                IS DISTINCT FROM (b.establishment, b.territory)
            THEN ugo.scope(b.establishment, b.territory) END)::ugo.part
        FROM unnest(ugo.showing(of_kind, key)) a
        LEFT JOIN unnest(before) b ON b.kind = a.kind AND b.id = a.id
        WHERE b.state IS DISTINCT FROM a.state OR (a.kind = of_kind AND a.id = key));
    UPDATE ugo.establishment SET revision = revised
    FROM unnest(parts) p WHERE p.kind = 'establishment' AND establishment.id = p.id;
    UPDATE ugo.unit SET revision = revised
    FROM unnest(parts) p WHERE p.kind = 'unit' AND unit.id = p.id;
    RETURN parts;
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
    RETURN ugo.done(ugo.record_parts('territory', ARRAY[key]));
END
$$;

CREATE FUNCTION ugo.commune_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    key text := p ->> 'insee';
    before ugo.part[] := ugo.showing('commune', key);
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
    RETURN ugo.done(CASE WHEN written > 0
        THEN ugo.changed('commune', key, before, c.revision) END);
END
$$;

CREATE FUNCTION ugo.establishment_kind_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    key text := p ->> 'code';
    categories text[] := ugo.text_set(p -> 'finess_categories');
    before ugo.part[] := ugo.showing('establishment_kind', key);
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
    RETURN ugo.done(CASE WHEN written > 0
        THEN ugo.changed('establishment_kind', key, before, c.revision) END);
END
$$;

-- The row that an establishment.put describes.
CREATE FUNCTION ugo.establishment_row(c ugo.command) RETURNS ugo.establishment
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    p jsonb := c.params;
    e ugo.establishment;
BEGIN
    e.id := p ->> 'id';
    e.revision := c.revision;
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
    RETURN e;
END
$$;

CREATE FUNCTION ugo.establishment_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    e ugo.establishment := ugo.establishment_row(c);
    old ugo.establishment;
    before ugo.part[] := ugo.showing('establishment', e.id);
BEGIN
    IF EXISTS (SELECT FROM ugo.establishment WHERE finess = e.finess AND id <> e.id) THEN
        RETURN ugo.invalid('/finess', 'already_used');
    END IF;
    SELECT * INTO old FROM ugo.establishment WHERE id = e.id;
    IF old.id IS NULL THEN
        INSERT INTO ugo.establishment VALUES (e.*);
    ELSE
        old.revision := e.revision;
        IF old IS NOT DISTINCT FROM e THEN
            RETURN ugo.done(NULL);
        END IF;
        UPDATE ugo.establishment SET revision = e.revision, name = e.name,
            establishment_kind = e.establishment_kind, finess = e.finess, operator = e.operator,
            address = e.address, territory = e.territory, commune = e.commune, lat = e.lat,
            lon = e.lon, "precision" = e."precision", visibility = e.visibility,
            contact_day = e.contact_day, contact_night = e.contact_night
        WHERE id = e.id;
    END IF;
    RETURN ugo.done(ugo.changed('establishment', e.id, before, c.revision));
END
$$;

-- The row that a unit.put makes of `u`, the present row or one of NULLs: counts stay.
CREATE FUNCTION ugo.unit_row(u ugo.unit, c ugo.command) RETURNS ugo.unit
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    p jsonb := c.params;
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
    before ugo.part[];
BEGIN
    IF (c.params ->> 'min_months')::integer >= (c.params ->> 'max_months')::integer THEN
        RETURN ugo.invalid('/max_months', 'ages_reversed');
    END IF;
    SELECT * INTO old FROM ugo.unit WHERE id = c.params ->> 'id';
    u := ugo.unit_row(old, c);
    IF u IS NOT DISTINCT FROM old THEN
        RETURN ugo.done(NULL);
    END IF;
    before := ugo.record_parts('unit', ARRAY[u.id]);
    u.revision := c.revision;
    IF old.id IS NULL THEN
        INSERT INTO ugo.unit VALUES (u.*);
    ELSE
        PERFORM ugo.describe_unit(u);
    END IF;
    RETURN ugo.done(ugo.changed('unit', u.id, before, c.revision));
END
$$;

CREATE FUNCTION ugo.unit_close(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    u ugo.unit := ugo.unit_in_scope(c);
    p ugo.part[];
BEGIN
    IF u.id IS NULL THEN
        RETURN ugo.refused('forbidden');
    ELSIF u.held > 0 THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    p := ugo.unit_part(u.id);
    p[1].departed := ugo.scope(p[1].establishment, p[1].territory);
    p[1].state := NULL;
    DELETE FROM ugo.unit WHERE id = u.id;
    RETURN ugo.done(p);
END
$$;

CREATE FUNCTION ugo.establishment_close(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    key text := c.params ->> 'establishment';
    parts ugo.part[];
BEGIN
    IF NOT ugo.is_record('establishment', key) THEN
        RETURN ugo.refused('not_found');
    ELSIF EXISTS (SELECT FROM ugo.unit WHERE establishment = key AND held > 0) THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    parts := ARRAY(SELECT ROW(kind, id, establishment, territory, NULL,
            ugo.scope(establishment, territory))::ugo.part
        FROM unnest(ugo.showing('establishment', key)));
    DELETE FROM ugo.unit WHERE establishment = key;
    DELETE FROM ugo.establishment WHERE id = key;
    RETURN ugo.done(parts);
END
$$;

RESET ROLE;
