-- SPDX-License-Identifier: EUPL-1.2
-- Thresholds of occupancy: a rule is kept; whether it is crossed, and since when, is what the units
-- and their history say, and is stored nowhere.
SET LOCAL ROLE ugo_owner;

CREATE DOMAIN ugo.alert_id AS text CHECK (VALUE ~ '^a-[0-9a-z][0-9a-z-]{0,60}$');

CREATE TABLE ugo.alert (
    id ugo.alert_id PRIMARY KEY,
    revision bigint NOT NULL,
    territory text NOT NULL REFERENCES ugo.territory, -- with what is below
    establishment_kind text REFERENCES ugo.establishment_kind, -- NULL: any
    modality ugo.modality_code,
    min_months ugo.months, -- units that take some of these ages; NULL: any
    max_months ugo.months,
    percent integer NOT NULL CHECK (percent BETWEEN 1 AND 999),
    CHECK (min_months < max_months)
);

CREATE FUNCTION ugo.alert_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    p jsonb := c.params;
    was ugo.alert;
    written integer;
BEGIN
    SELECT * INTO was FROM ugo.alert WHERE id = p ->> 'id';
    IF NOT ugo.in_departement(c, p ->> 'territory')
            OR was.id IS NOT NULL AND NOT ugo.in_departement(c, was.territory) THEN
        RETURN ugo.refused('forbidden');
    ELSIF (p ->> 'min_months')::integer >= (p ->> 'max_months')::integer THEN
        RETURN ugo.invalid('/max_months', 'ages_reversed');
    END IF;
    INSERT INTO ugo.alert AS t VALUES (p ->> 'id', c.revision, p ->> 'territory',
        p ->> 'establishment_kind', p ->> 'modality', (p ->> 'min_months')::integer,
        (p ->> 'max_months')::integer, (p ->> 'percent')::integer)
    ON CONFLICT (id) DO UPDATE
    SET revision = c.revision, territory = excluded.territory,
        establishment_kind = excluded.establishment_kind, modality = excluded.modality,
        min_months = excluded.min_months, max_months = excluded.max_months,
        percent = excluded.percent
    WHERE (t.territory, t.establishment_kind, t.modality, t.min_months, t.max_months, t.percent)
        IS DISTINCT FROM (excluded.territory, excluded.establishment_kind, excluded.modality,
        excluded.min_months, excluded.max_months, excluded.percent);
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN ugo.done(CASE WHEN written > 0 THEN ugo.record_part('alert', p ->> 'id') END);
END
$$;

CREATE FUNCTION ugo.alert_delete(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    was ugo.alert;
BEGIN
    SELECT * INTO was FROM ugo.alert WHERE id = c.params ->> 'id';
    IF was.id IS NULL AND c.role = 'admin' THEN
        RETURN ugo.refused('not_found');
    ELSIF NOT ugo.in_departement(c, was.territory) THEN
        RETURN ugo.refused('forbidden');
    END IF;
    DELETE FROM ugo.alert WHERE id = was.id;
    RETURN ugo.done(ROW('alert', was.id, NULL, was.territory, NULL, NULL)::ugo.part);
END
$$;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('alert.put', '{admin,def}', 'alert_put',
        '{id,territory,establishment_kind,modality,min_months,max_months,percent}'),
    ('alert.delete', '{admin,def}', 'alert_delete', '{id}');

INSERT INTO ugo.member (op, position, path, required, type, low, high, pattern, list, refers) VALUES
    ('alert.put', 1, '{id}', true, 'text', NULL, 63, '^a-[0-9a-z][0-9a-z-]{0,60}$', NULL, NULL),
    ('alert.put', 2, '{territory}', true, 'text', NULL, 31, NULL, NULL, 'territory'),
    ('alert.put', 3, '{establishment_kind}', false, 'text', NULL, 30, NULL, NULL,
        'establishment_kind'),
    ('alert.put', 4, '{modality}', false, 'code', NULL, NULL, NULL, 'modality', NULL),
    ('alert.put', 5, '{min_months}', false, 'integer', 0, 1200, NULL, NULL, NULL),
    ('alert.put', 6, '{max_months}', false, 'integer', 1, 1200, NULL, NULL, NULL),
    ('alert.put', 7, '{percent}', true, 'integer', 1, 999, NULL, NULL, NULL),
    ('alert.delete', 1, '{id}', true, 'text', NULL, 63, NULL, NULL, NULL);

INSERT INTO ugo.record_source VALUES
    ('alert', 'SELECT id::text, revision, NULL::text, territory,
        json_build_object(''territory'', territory, ''establishment_kind'', establishment_kind,
            ''modality'', modality, ''min_months'', min_months, ''max_months'', max_months,
            ''percent'', percent)
        FROM ugo.alert');

-- Whether so many are occupied of so many open places that a threshold is crossed.
CREATE FUNCTION ugo.is_over(occupied bigint, open bigint, percent integer) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN occupied > 0 AND occupied * 100 >= open * percent;

-- The rules for these territories, and of the units that each is about, as they were known at a
-- moment: how many, and their places. active_since: NULL, it is not crossed; else since when it has
-- been, without a break, or looked_from, when it was crossed then already: nothing before that is
-- looked at.
CREATE FUNCTION ugo.alerts_at(codes text[], moment bigint, look_back bigint)
RETURNS TABLE (id text, territory text, establishment_kind text, modality text,
    min_months integer, max_months integer, percent integer, units bigint, open bigint,
    occupied bigint, active_since bigint, looked_from bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    at_from bigint := greatest(moment - look_back, (SELECT history_at FROM ugo.ledger));
BEGIN
    RETURN QUERY WITH rule AS (
        SELECT a.* FROM ugo.alert a WHERE a.territory = ANY (codes)
    ), matched AS (
        SELECT r.id, r.percent, s.since, s.until, coalesce(u.open, 0) AS open,
            coalesce(u.occupied, 0) AS occupied
        FROM ugo.unit_spans(at_from, moment + 1) s CROSS JOIN LATERAL json_to_record(s.state) u
            (territory text, establishment_kind text, modality text, min_months integer,
            max_months integer, open bigint, occupied bigint)
        JOIN ugo.territory t ON t.code = u.territory
        JOIN rule r ON r.territory = ANY (t.path)
            AND (r.establishment_kind IS NULL OR r.establishment_kind = u.establishment_kind)
            AND (r.modality IS NULL OR r.modality = u.modality)
            AND (r.min_months IS NULL OR u.max_months > r.min_months)
            AND (r.max_months IS NULL OR u.min_months < r.max_months)
    ), moved AS (
        SELECT m.id, m.percent, d.at, sum(d.sign) AS units, sum(d.sign * m.open) AS open,
            sum(d.sign * m.occupied) AS occupied
        FROM matched m CROSS JOIN LATERAL (VALUES (m.since, 1), (m.until, -1)) d (at, sign)
        WHERE d.at <= moment GROUP BY m.id, m.percent, d.at
    ), summed AS (
        SELECT m.id, m.percent, m.at, (sum(m.units) OVER w)::bigint AS units,
            (sum(m.open) OVER w)::bigint AS open, (sum(m.occupied) OVER w)::bigint AS occupied
        FROM moved m WINDOW w AS (PARTITION BY m.id ORDER BY m.at)
    ), judged AS (
        SELECT s.*, ugo.is_over(s.occupied, s.open, s.percent) AS crossed FROM summed s
    ), calm AS (
        SELECT j.id, max(j.at) AS at FROM judged j WHERE NOT j.crossed GROUP BY j.id
    ), last AS (
        SELECT DISTINCT ON (j.id) j.* FROM judged j ORDER BY j.id, j.at DESC
    )
    SELECT r.id::text, r.territory, r.establishment_kind, r.modality::text,
        r.min_months::integer, r.max_months::integer, r.percent, coalesce(l.units, 0),
        coalesce(l.open, 0), coalesce(l.occupied, 0),
        CASE WHEN l.crossed THEN (SELECT min(j.at) FROM judged j
            WHERE j.id = r.id AND j.at > coalesce(c.at, 0)) END, at_from
    FROM rule r LEFT JOIN last l ON l.id = r.id LEFT JOIN calm c ON c.id = r.id
    ORDER BY r.id COLLATE "C";
END
$$;

SELECT ugo.make_perform();
SELECT ugo.make_record();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;
GRANT SELECT ON ugo.alert TO ugod;
-- They run with the rights of who reads.
GRANT EXECUTE ON FUNCTION ugo.is_over(bigint, bigint, integer),
    ugo.alerts_at(text[], bigint, bigint) TO ugod;

RESET ROLE;
