-- SPDX-License-Identifier: EUPL-1.2
-- The journal knows until when and on which days places were searched for: a need for one week is
-- not that for another. README.md gives the rules.
SET LOCAL ROLE ugo_owner;

ALTER TABLE ugo.search
    ADD wanted_until date,
    ADD days jsonb,
    ADD CONSTRAINT search_span CHECK (days IS NULL OR days - '{weekdays,weeks}'::text[] = '{}'
        AND ugo.is_rhythm(days -> 'weekdays', days ->> 'weeks'));

CREATE OR REPLACE FUNCTION ugo.search_state(s ugo.search) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN ugo.with_said(
    json_build_object('account', s.account, 'role', s.role, 'origin', s.origin,
    'children', s.children, 'parent', s.parent, 'together', s.together, 'emergency', s.emergency,
    'tonight', s.tonight, 'modality', s.modality, 'needs', s.needs, 'kinds', s.kinds,
    'near', json_build_object('commune', s.near_commune, 'territory', s.near_territory),
    'max_km', s.max_km, 'wanted_on', s.wanted_on, 'total', s.total, 'best', s.best,
    'request', s.request, 'searched_at', s.searched_at),
    json_build_object('wanted_until', s.wanted_until, 'days', s.days));

-- As before; a search without a span is the same as before there were any.
CREATE OR REPLACE FUNCTION ugo.search_criteria(s ugo.search) RETURNS bytea
LANGUAGE sql STABLE
RETURN sha256(convert_to((jsonb_build_array(
    (SELECT jsonb_agg(child ORDER BY child) FROM jsonb_array_elements(s.children) child),
    s.parent, s.together, s.emergency, s.tonight, s.modality, s.needs, s.kinds, s.near_commune,
    s.near_territory, s.max_km, s.wanted_on, s.request)
    || CASE WHEN num_nonnulls(s.wanted_until, s.days) = 0 THEN '[]'
        ELSE jsonb_build_array(s.wanted_until, s.days) END)::text, 'UTF8'));

CREATE OR REPLACE FUNCTION ugo.search_row(c ugo.command) RETURNS ugo.search
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p jsonb := c.params;
    s ugo.search;
BEGIN
    s.id := ugo.new_id('s', c.revision);
    s.revision := c.revision;
    s.account := c.account;
    s.role := c.role;
    s.children := ugo.children(p -> 'children');
    s.parent := ugo.parent(p -> 'parent');
    s.together := coalesce((p ->> 'together')::boolean, true);
    s.emergency := coalesce((p ->> 'emergency')::boolean, false);
    s.tonight := coalesce((p ->> 'tonight')::boolean, false);
    s.modality := ugo.text_set(p -> 'modality');
    s.needs := ugo.text_set(p -> 'needs');
    -- What names nothing is left out: it could be any word.
    s.kinds := ARRAY(SELECT code::text COLLATE "C" FROM ugo.establishment_kind
        WHERE code = ANY (ugo.text_set(p -> 'kinds')) ORDER BY 1);
    s.best := ARRAY(SELECT u.id FROM jsonb_array_elements_text(coalesce(
            nullif(p -> 'best', 'null'), '[]')) WITH ORDINALITY AS named (id, n)
        JOIN ugo.unit u ON u.id = named.id ORDER BY n);
    s.near_commune := p #>> '{near,commune}';
    s.near_territory := p #>> '{near,territory}';
    s.origin := coalesce(s.near_territory, (SELECT territory FROM ugo.commune
        WHERE insee = s.near_commune), c.territories[1]);
    s.max_km := (p ->> 'max_km')::integer;
    s.wanted_on := (p ->> 'wanted_on')::date;
    s.wanted_until := (p ->> 'wanted_until')::date;
    IF jsonb_array_length(p #> '{days,weekdays}') > 0
            AND NOT p #> '{days,weekdays}' @> '0' THEN -- journal_search refuses any other
        s.days := jsonb_build_object('weekdays', ugo.weekdays(p #> '{days,weekdays}'),
            'weeks', p #> '{days,weeks}');
    END IF;
    s.total := (p ->> 'total')::integer;
    s.request := p ->> 'request';
    s.searched_at := least(coalesce((p ->> 'searched_at')::bigint, c.at), c.at);
    s.criteria := ugo.search_criteria(s);
    RETURN s;
END
$$;

-- As before; days are days of the week.
CREATE OR REPLACE FUNCTION ugo.journal_search(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    s ugo.search := ugo.search_row(c);
    flaw ugo.outcome := ugo.weekdays_error(c.params #> '{days,weekdays}', '/days/weekdays');
    found_before boolean;
BEGIN
    IF jsonb_array_length(s.children) = 0 AND s.parent IS NULL THEN
        RETURN ugo.invalid('/children', 'required');
    ELSIF num_nonnulls(s.near_commune, s.near_territory) = 2 THEN
        RETURN ugo.invalid('/near', 'exactly_one');
    ELSIF cardinality(s.best) > s.total THEN
        RETURN ugo.invalid('/best', 'out_of_range');
    ELSIF flaw.type IS NOT NULL THEN
        RETURN flaw;
    ELSIF s.request IS NOT NULL AND NOT EXISTS (SELECT FROM ugo.request r WHERE r.id = s.request
            AND ugo.is_holder(c, r.origin, r.created_by)) THEN
        RETURN ugo.refused('forbidden');
    END IF;
    SELECT total > 0 INTO found_before FROM ugo.search
    WHERE account = s.account AND criteria = s.criteria
        AND searched_at > s.searched_at - 600000000
    ORDER BY searched_at DESC LIMIT 1;
    IF found_before = (s.total > 0) THEN
        RETURN ugo.refused('ok');
    END IF;
    INSERT INTO ugo.search SELECT s.*;
    PERFORM ugo.set_due(s.id, ugo.forgotten_at(s.searched_at));
    RETURN ugo.done(ugo.search_part(s));
END
$$;

UPDATE ugo.operation SET members = members || '{wanted_until,days}'::text[]
WHERE op = 'journal.search';
INSERT INTO ugo.member (op, position, path, required, type, high, list, members) VALUES
    ('journal.search', 19, '{wanted_until}', false, 'date', NULL, NULL, NULL),
    ('journal.search', 20, '{days}', false, 'object', NULL, NULL, '{weekdays,weeks}'),
    ('journal.search', 21, '{days,weekdays}', true, 'integers', 7, NULL, NULL),
    ('journal.search', 22, '{days,weeks}', true, 'code', NULL, 'weeks', NULL);
SELECT ugo.make_perform();

REVOKE ALL ON FUNCTION ugo.search_state(ugo.search), ugo.search_criteria(ugo.search),
    ugo.search_row(ugo.command), ugo.journal_search(ugo.command), ugo.perform(ugo.command)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ugo.search_state(ugo.search) TO ugod;

RESET ROLE;
