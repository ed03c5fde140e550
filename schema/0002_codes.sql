-- SPDX-License-Identifier: EUPL-1.2
-- Closed lists (the same as server/core/codes.h) and the two lists that a département extends.
SET LOCAL ROLE ugo_owner;

-- Used by the domains below and by the checks of parameters.
CREATE FUNCTION ugo.code_list(list text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE list
    WHEN 'role' THEN ARRAY['establishment', 'service', 'territory', 'mobile', 'astreinte', 'def',
        'admin']
    WHEN 'modality' THEN ARRAY['internat', 'urgence', 'sequentiel', 'relais', 'accueil_jour', 'pad',
        'semi_autonomie', 'internat_semaine', 'familial', 'parental']
    WHEN 'need' THEN ARRAY['mna', 'disability', 'complex', 'pregnant', 'mother_child',
        'psychiatric', 'medical']
    WHEN 'tristate' THEN ARRAY['unknown', 'yes', 'no']
    WHEN 'sex' THEN ARRAY['any', 'girls', 'boys']
    WHEN 'admission' THEN ARRAY['office_hours', 'always']
    WHEN 'visibility' THEN ARRAY['exact', 'commune', 'hidden']
    WHEN 'precision' THEN ARRAY['exact', 'commune']
    WHEN 'channel' THEN ARRAY['console', 'link', 'cli', 'api', 'import']
    WHEN 'credential' THEN ARRAY['token', 'certificate']
END;

-- One domain per list. Domains and not CHECKs of columns: PostgreSQL prepares every CHECK of a
-- table again for every statement (twenty cost 50 µs), a domain only when its column is set.
DO $$
DECLARE
    list text;
BEGIN
    FOREACH list IN ARRAY ARRAY['role', 'modality', 'sex', 'admission', 'visibility', 'precision',
            'channel', 'credential'] LOOP
        EXECUTE format('CREATE DOMAIN ugo.%I AS text CHECK (VALUE = ANY (%L::text[]))',
            list || '_code', ugo.code_list(list));
    END LOOP;
END
$$;

CREATE DOMAIN ugo.unit_id AS text CHECK (VALUE ~ '^u-[0-9a-z][0-9a-z-]{0,60}$');
CREATE DOMAIN ugo.answers AS jsonb CHECK (jsonb_typeof(VALUE) = 'object');
CREATE DOMAIN ugo.places AS integer CHECK (VALUE BETWEEN 0 AND 9999);
CREATE DOMAIN ugo.months AS integer CHECK (VALUE BETWEEN 0 AND 1200);
CREATE DOMAIN ugo.ttl AS integer CHECK (VALUE BETWEEN 60 AND 31536000);
CREATE DOMAIN ugo.latitude AS numeric CHECK (VALUE BETWEEN -90 AND 90);
CREATE DOMAIN ugo.longitude AS numeric CHECK (VALUE BETWEEN -180 AND 180);
CREATE DOMAIN ugo.title AS text CHECK (length(VALUE) BETWEEN 1 AND 200);
CREATE DOMAIN ugo.contact AS text CHECK (length(VALUE) BETWEEN 1 AND 100);
CREATE DOMAIN ugo.hash AS bytea CHECK (length(VALUE) = 32);
CREATE DOMAIN ugo.count AS bigint CHECK (VALUE >= 0);

-- Why places are closed.
CREATE TABLE ugo.closed_reason (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$')
);
INSERT INTO ugo.closed_reason VALUES
    ('staff'), ('works'), ('holidays'), ('health'), ('safety'), ('administrative'), ('other');

-- On what ground more children are taken than there are places.
CREATE TABLE ugo.derogation (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$')
);
INSERT INTO ugo.derogation VALUES
    ('emergency'), ('siblings'), ('judge'), ('ase'), ('other');

RESET ROLE;
