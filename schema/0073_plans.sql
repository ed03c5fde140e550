-- SPDX-License-Identifier: EUPL-1.2
-- What planning costs a command: a function in SQL that is not inlined is planned at every call,
-- one in plpgsql once a session. The answers are as they were.
SET LOCAL ROLE ugo_owner;

-- Of a query with parameters one plan, for any of them: those for the ones at hand are made anew at
-- every call where they look cheaper.
ALTER FUNCTION ugo.apply_batch(jsonb) SET plan_cache_mode = force_generic_plan;

CREATE OR REPLACE FUNCTION ugo.children(given jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    known jsonb := '[]';
BEGIN
    IF jsonb_typeof(given) = 'array' THEN
        FOR i IN 0 .. jsonb_array_length(given) - 1 LOOP
            known := known || jsonb_build_array(jsonb_build_object(
                'age_months', given -> i -> 'age_months', 'sex', given -> i -> 'sex'));
        END LOOP;
    END IF;
    RETURN known;
END
$$;

CREATE OR REPLACE FUNCTION ugo.are_children(v jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF jsonb_typeof(v) IS DISTINCT FROM 'array' OR jsonb_array_length(v) > 10 THEN
        RETURN false;
    END IF;
    FOR i IN 0 .. jsonb_array_length(v) - 1 LOOP
        IF NOT ugo.is_child(v -> i) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION ugo.parent(given jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF jsonb_typeof(given) = 'object' THEN
        RETURN jsonb_build_object('pregnant', coalesce((given ->> 'pregnant')::boolean, false));
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ugo.text_set(v jsonb) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF jsonb_typeof(v) = 'array' THEN
        RETURN ARRAY(SELECT DISTINCT t COLLATE "C" FROM jsonb_array_elements_text(v) t ORDER BY 1);
    END IF;
    RETURN '{}';
END
$$;

CREATE OR REPLACE FUNCTION ugo.offers_to_others(c ugo.command, of_unit text, but text,
    urgent boolean) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(SELECT id::text FROM ugo.offer WHERE unit = of_unit AND state = 'offered'
        AND offered_until > c.at AND request IS DISTINCT FROM but AND (emergency OR NOT urgent));
END
$$;

RESET ROLE;
