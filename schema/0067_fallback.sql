-- SPDX-License-Identifier: EUPL-1.2
-- A child placed at home keeps a bed somewhere for the night when home does not hold: the unit
-- that is the fallback of a unit of modality pad.
SET LOCAL ROLE ugo_owner;

-- (No domain: with one, every function that takes the row would be in the way.)
ALTER TABLE ugo.unit ADD COLUMN fallback text REFERENCES ugo.unit;
CREATE INDEX unit_fallback ON ugo.unit (fallback) WHERE fallback IS NOT NULL;

-- A unit with a commune or a point of its own is there; any other is where its establishment is.
CREATE OR REPLACE VIEW ugo.unit_described AS
SELECT u.id, coalesce(u.territory, e.territory) AS home, ugo.with_said(json_build_object(
    'establishment', u.establishment, 'establishment_name', e.name,
    'establishment_kind', e.establishment_kind, 'name', u.name,
    'modality', coalesce(u.modality, k.modality), 'min_months', u.min_months,
    'max_months', u.max_months, 'sex', u.sex, 'siblings_max', u.siblings_max,
    'siblings_mixed', u.siblings_mixed, 'admission', u.admission, 'delay_h', u.delay_h,
    'accepts', u.accepts, 'max_stay_days', u.max_stay_days, 'visibility', v.visibility,
    'territory', coalesce(u.territory, e.territory), 'commune', p.commune,
    'point', ugo.point(coalesce(p.lat, c.lat), coalesce(p.lon, c.lon)),
    'public_point', CASE v.visibility
        WHEN 'exact' THEN ugo.point(coalesce(p.lat, c.lat), coalesce(p.lon, c.lon))
        WHEN 'commune' THEN ugo.point(c.lat, c.lon) END,
    'contact', json_build_object('day', coalesce(u.contact_day, e.contact_day),
        'night', coalesce(u.contact_night, e.contact_night)),
    'ttl_s', coalesce(u.ttl_s, k.ttl_s), 'authorised', u.authorised, 'installed', u.installed,
    'emergency_reserved', u.emergency_reserved),
    json_build_object('fallback', u.fallback))::text AS description
FROM ugo.unit u
JOIN ugo.establishment e ON e.id = u.establishment
JOIN ugo.establishment_kind k ON k.code = e.establishment_kind
CROSS JOIN LATERAL (SELECT coalesce(u.visibility, e.visibility, k.visibility) AS visibility) v
CROSS JOIN LATERAL (SELECT u.commune IS NOT NULL OR u.lat IS NOT NULL AS own) o
CROSS JOIN LATERAL (SELECT CASE WHEN o.own THEN u.commune ELSE e.commune END AS commune,
    CASE WHEN o.own THEN u.lat ELSE e.lat END AS lat,
    CASE WHEN o.own THEN u.lon ELSE e.lon END AS lon) p
LEFT JOIN ugo.commune c ON c.insee = p.commune;

-- What is wrong with the fallback of a unit as it is put; NULL: nothing.
CREATE FUNCTION ugo.fallback_error(u ugo.unit) RETURNS text
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
            WHERE bed.id = u.fallback AND ugo.root_of(bed.home) = root)
        THEN 'unknown_reference' END;
END
$$;

CREATE OR REPLACE FUNCTION ugo.unit_put(c ugo.command) RETURNS ugo.outcome
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
    u.fallback := c.params ->> 'fallback';
    IF ugo.fallback_error(u) IS NOT NULL THEN
        RETURN ugo.invalid('/fallback', ugo.fallback_error(u));
    ELSIF u IS NOT DISTINCT FROM old THEN
        RETURN ugo.done(NULL);
    END IF;
    u.revision := c.revision;
    IF old.id IS NULL THEN
        INSERT INTO ugo.unit VALUES (u.*);
    ELSE
        PERFORM ugo.describe_unit(u);
        UPDATE ugo.unit SET fallback = u.fallback WHERE id = u.id;
    END IF;
    RETURN ugo.done_all(ugo.refresh_units(ARRAY[u.id::text], c.revision));
END
$$;

-- These units close: the others, whose fallback they were, have none. The parts of these.
CREATE FUNCTION ugo.drop_fallbacks(closing text[], revised bigint) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
DECLARE
    bereft text[] := ARRAY(SELECT id::text FROM ugo.unit
        WHERE fallback = ANY (closing) AND id <> ALL (closing));
BEGIN
    UPDATE ugo.unit SET fallback = NULL, revision = revised WHERE id = ANY (bereft);
    RETURN ugo.refresh_units(bereft, revised);
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
    parts := ugo.drop_policies(ARRAY[u.id::text])
        || ugo.drop_fallbacks(ARRAY[u.id::text], c.revision);
    DELETE FROM ugo.unit WHERE id = u.id;
    RETURN ugo.done_all(parts || ugo.closed_part(u));
END
$$;

CREATE OR REPLACE FUNCTION ugo.establishment_close(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    key text := c.params ->> 'establishment';
    units text[] := ARRAY(SELECT id::text FROM ugo.unit WHERE establishment = key);
    e ugo.establishment;
    parts ugo.part[];
BEGIN
    SELECT * INTO e FROM ugo.establishment WHERE id = key;
    IF e.id IS NULL THEN
        RETURN ugo.refused('not_found');
    ELSIF EXISTS (SELECT FROM ugo.unit WHERE establishment = key AND held > 0) THEN
        RETURN ugo.refused('conflicts_with_holds');
    END IF;
    parts := ugo.drop_policies(units) || ugo.drop_fallbacks(units, c.revision)
        || ARRAY(SELECT ugo.closed_part(u) FROM ugo.unit u WHERE establishment = key)
        || ROW('establishment', key, key, e.territory, NULL,
            ugo.scope(key, e.territory))::ugo.part;
    DELETE FROM ugo.unit WHERE establishment = key;
    DELETE FROM ugo.establishment WHERE id = key;
    RETURN ugo.done_all(parts);
END
$$;

UPDATE ugo.operation SET members = members || '{fallback}' WHERE op = 'unit.put';
INSERT INTO ugo.member (op, position, path, required, type, high)
VALUES ('unit.put', 32, '{fallback}', false, 'text', 63);

REVOKE ALL ON FUNCTION ugo.fallback_error(ugo.unit),
    ugo.drop_fallbacks(text[], bigint) FROM PUBLIC;

RESET ROLE;
