-- SPDX-License-Identifier: EUPL-1.2
-- Reference data at the doors: units by who directs child protection, too; and what a put would
-- say to leave a unit or an establishment as it is.
SET LOCAL ROLE ugo_owner;

-- A put gives the full set: whoever changes one attribute of a unit says the others again, as its
-- own and not as what it takes from its establishment.
CREATE FUNCTION ugo.unit_params(u ugo.unit) RETURNS json
LANGUAGE sql STABLE
RETURN json_strip_nulls(json_build_object('id', u.id, 'establishment', u.establishment,
    'name', u.name, 'modality', u.modality, 'min_months', u.min_months,
    'max_months', u.max_months, 'sex', u.sex, 'siblings_max', u.siblings_max,
    'siblings_mixed', u.siblings_mixed, 'admission', u.admission, 'delay_h', u.delay_h,
    'accepts', u.accepts, 'max_stay_days', u.max_stay_days, 'visibility', u.visibility,
    'territory', u.territory, 'commune', u.commune, 'point', ugo.point(u.lat, u.lon),
    'contact', json_build_object('day', u.contact_day, 'night', u.contact_night),
    'ttl_s', u.ttl_s, 'authorised', u.authorised, 'installed', u.installed,
    'emergency_reserved', u.emergency_reserved, 'fallback', u.fallback));

CREATE FUNCTION ugo.establishment_params(e ugo.establishment) RETURNS json
LANGUAGE sql STABLE
RETURN json_strip_nulls(json_build_object('id', e.id, 'name', e.name,
    'establishment_kind', e.establishment_kind, 'finess', e.finess, 'operator', e.operator,
    'address', e.address, 'territory', e.territory, 'commune', e.commune,
    'point', ugo.point(e.lat, e.lon), 'precision', e."precision", 'visibility', e.visibility,
    'contact', json_build_object('day', e.contact_day, 'night', e.contact_night)));

-- Of the kinds unit.put and establishment.put: the params.
CREATE OR REPLACE FUNCTION ugo.admin_record(of_kind text, key text, at_revision bigint)
RETURNS TABLE (revision bigint, state json)
LANGUAGE sql STABLE AS $$
    SELECT c.revision, c.state FROM ugo.change c
    WHERE c.revision = at_revision AND c.kind = of_kind AND c.id = key
        AND of_kind = ANY (ugo.admin_kinds())
    UNION ALL
    SELECT r.revision, r.state FROM ugo.record r
    WHERE at_revision IS NULL AND r.kind = of_kind AND r.id = key
        AND of_kind = ANY (ugo.admin_kinds())
    UNION ALL
    SELECT u.revision, ugo.unit_params(u) FROM ugo.unit u
    WHERE of_kind = 'unit.put' AND u.id = key
    UNION ALL
    SELECT e.revision, ugo.establishment_params(e) FROM ugo.establishment e
    WHERE of_kind = 'establishment.put' AND e.id = key
$$;

-- Of whoever is no administrator: the unit as it was, its establishment and where it comes to be
-- are all in scope.
CREATE FUNCTION ugo.unit_put_in_scope(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    old ugo.unit;
    fresh ugo.unit;
    host text := (SELECT territory FROM ugo.establishment
        WHERE id = c.params ->> 'establishment');
BEGIN
    SELECT * INTO old FROM ugo.unit WHERE id = c.params ->> 'id';
    fresh := ugo.unit_row(old, c.params);
    fresh.home := host;
    IF NOT ugo.in_scope(c, fresh) OR old.id IS NOT NULL AND NOT ugo.in_scope(c, old) THEN
        RETURN ugo.refused('forbidden');
    END IF;
    fresh.home := coalesce(fresh.territory, host);
    IF NOT ugo.in_scope(c, fresh) THEN
        RETURN ugo.refused('forbidden');
    END IF;
    RETURN ugo.unit_put(c);
END
$$;

UPDATE ugo.operation SET roles = '{admin,def}', function = 'unit_put_in_scope'
WHERE op = 'unit.put';

SELECT ugo.make_perform();

REVOKE ALL ON FUNCTION ugo.unit_params(ugo.unit), ugo.establishment_params(ugo.establishment),
    ugo.unit_put_in_scope(ugo.command) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ugo.unit_params(ugo.unit),
    ugo.establishment_params(ugo.establishment) TO ugod;

RESET ROLE;
