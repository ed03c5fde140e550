-- SPDX-License-Identifier: EUPL-1.2
-- Closed lists and domains of requests and holds. Not one of these values can hold a text that
-- somebody made up about a child.
SET LOCAL ROLE ugo_owner;

-- What a reply says beside its type.
ALTER TYPE ugo.outcome ADD ATTRIBUTE answer jsonb;

CREATE OR REPLACE FUNCTION ugo.done(part ugo.part) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW('ok', NULL, NULL, NULL, part, NULL, NULL)::ugo.outcome;

CREATE OR REPLACE FUNCTION ugo.done_all(parts ugo.part[]) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW('ok', NULL, NULL, NULL, NULL, parts, NULL)::ugo.outcome;

CREATE OR REPLACE FUNCTION ugo.refused(type text) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW(type, NULL, NULL, NULL, NULL, NULL, NULL)::ugo.outcome;

CREATE OR REPLACE FUNCTION ugo.invalid(pointer text, detail text) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW('invalid_params', pointer, detail, NULL, NULL, NULL, NULL)::ugo.outcome;

CREATE OR REPLACE FUNCTION ugo.in_the_future(c ugo.command) RETURNS ugo.outcome
LANGUAGE sql IMMUTABLE
RETURN ROW('invalid_params', '/observed_at', 'in_the_future', c.at, NULL, NULL, NULL)::ugo.outcome;

CREATE OR REPLACE FUNCTION ugo.code_list(list text) RETURNS text[]
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
    WHEN 'child_sex' THEN ARRAY['F', 'M']
    WHEN 'request_state' THEN ARRAY['open', 'placed', 'closed', 'withdrawn']
    WHEN 'hold_state' THEN ARRAY['held', 'accepted', 'arrived', 'refused', 'released', 'expired',
        'withdrawn']
    WHEN 'hold_end' THEN ARRAY['release', 'escalate']
END;

-- Lists that a département extends.
CREATE TABLE ugo.legal_frame (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$')
);
INSERT INTO ugo.legal_frame VALUES
    ('recueil_provisoire'), ('accueil_provisoire'), ('apjm'), ('opp'), ('jugement'), ('tutelle'),
    ('pupille'), ('delegation'), ('mna_evaluation'), ('other');

-- Why an establishment says no.
CREATE TABLE ugo.refusal (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$')
);
INSERT INTO ugo.refusal VALUES
    ('full'), ('staff'), ('age'), ('sex'), ('group'), ('behaviour'), ('health'), ('distance'),
    ('admission_mode'), ('documents'), ('other');

-- Why nobody arrives where a hold was accepted.
CREATE TABLE ugo.withdrawal (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$')
);
INSERT INTO ugo.withdrawal VALUES
    ('no_show'), ('runaway'), ('returned_home'), ('other_place'), ('decision_changed'), ('error'),
    ('other');

-- Why a request ends. `arrived` is said by arrivals only.
CREATE TABLE ugo.request_end (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$')
);
INSERT INTO ugo.request_end VALUES
    ('arrived'), ('placed_elsewhere'), ('returned_home'), ('decision_changed'), ('majority'),
    ('duplicate'), ('error'), ('other');

-- What is known of a child: an age in months, a sex, nothing else.
CREATE FUNCTION ugo.is_child(v jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(jsonb_typeof(v) = 'object' AND v ?& '{age_months,sex}'
    AND v - '{age_months,sex}'::text[] = '{}'
    AND CASE jsonb_typeof(v -> 'age_months') WHEN 'null' THEN true
        WHEN 'number' THEN v ->> 'age_months' ~ '^[0-9]{1,4}$'
            AND (v ->> 'age_months')::integer <= 1200
        ELSE false END
    AND v -> 'sex' IN ('null', '"F"', '"M"'), false);

CREATE FUNCTION ugo.are_children(v jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof(v) = 'array' THEN jsonb_array_length(v) <= 10
    AND NOT EXISTS (SELECT FROM jsonb_array_elements(v) child WHERE NOT ugo.is_child(child))
    ELSE false END;

-- Children as stored: every member there.
CREATE FUNCTION ugo.children(given jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN jsonb_typeof(given) = 'array' THEN coalesce((
    SELECT jsonb_agg(jsonb_build_object('age_months', child -> 'age_months',
        'sex', child -> 'sex') ORDER BY n)
    FROM jsonb_array_elements(given) WITH ORDINALITY AS t (child, n)), '[]') ELSE '[]' END;

-- A parent who comes with them, or alone when pregnant, as stored; NULL: none.
CREATE FUNCTION ugo.parent(given jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN jsonb_typeof(given) = 'object' THEN jsonb_build_object('pregnant',
    coalesce((given ->> 'pregnant')::boolean, false)) END;

-- Children are known by their index in the request: a set of them is sorted, each once.
CREATE FUNCTION ugo.index_set(indexes integer[]) RETURNS integer[]
LANGUAGE sql IMMUTABLE
RETURN ARRAY(SELECT DISTINCT i FROM unnest(indexes) i ORDER BY 1);

CREATE DOMAIN ugo.request_id AS text CHECK (VALUE ~ '^r-[0-9a-z][0-9a-z-]{0,60}$');
CREATE DOMAIN ugo.hold_id AS text CHECK (VALUE ~ '^h-[0-9a-z][0-9a-z-]{0,60}$');
CREATE DOMAIN ugo.children_known AS jsonb CHECK (ugo.are_children(VALUE));
CREATE DOMAIN ugo.parent_known AS jsonb
    CHECK (VALUE IN ('{"pregnant": true}', '{"pregnant": false}'));
CREATE DOMAIN ugo.index_list AS integer[]
    CHECK (cardinality(VALUE) <= 10 AND VALUE <@ '{0,1,2,3,4,5,6,7,8,9}');
CREATE DOMAIN ugo.case_reference AS text
    CHECK (VALUE ~ '^[A-Z0-9-]{1,20}$' AND VALUE ~ '[0-9]');
CREATE DOMAIN ugo.kilometres AS integer CHECK (VALUE BETWEEN 1 AND 2000);
CREATE DOMAIN ugo.promised AS integer CHECK (VALUE BETWEEN 1 AND 99);
CREATE DOMAIN ugo.minutes AS integer CHECK (VALUE BETWEEN 1 AND 1440);
CREATE DOMAIN ugo.extensions AS integer CHECK (VALUE BETWEEN 0 AND 2);
CREATE DOMAIN ugo.actor AS text CHECK (VALUE ~ '^[a-z0-9][a-z0-9._-]{0,62}$');

DO $$
DECLARE
    list text;
BEGIN
    FOREACH list IN ARRAY ARRAY['request_state', 'hold_state', 'hold_end'] LOOP
        EXECUTE format('CREATE DOMAIN ugo.%I AS text CHECK (VALUE = ANY (%L::text[]))',
            list || '_code', ugo.code_list(list));
    END LOOP;
    FOREACH list IN ARRAY ARRAY['modality', 'need'] LOOP
        EXECUTE format('CREATE DOMAIN ugo.%I AS text[] CHECK (VALUE <@ %L::text[])',
            list || '_set', ugo.code_list(list));
    END LOOP;
END
$$;

RESET ROLE;
