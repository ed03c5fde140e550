-- SPDX-License-Identifier: EUPL-1.2
-- A page of history that would have to show forgotten changes says so.
SET LOCAL ROLE ugo_owner;

-- Changes after (after_revision, after_part), oldest first, of these records (NULL: all) and kinds,
-- dated within [at_from, at_to]. One row of NULLs: some of these are forgotten. Without a revision
-- and a moment to begin with (0) it begins with what is kept, unless nothing up to at_to is.
CREATE OR REPLACE FUNCTION ugo.history_page(ids text[], kinds text[], after_revision bigint,
    after_part integer, at_from bigint, at_to bigint, page integer)
RETURNS SETOF ugo.change
LANGUAGE plpgsql STABLE AS $$
DECLARE
    low bigint := greatest(after_revision, ugo.first_revision_at(at_from));
    high bigint := CASE WHEN at_to < 9223372036854775807
        THEN ugo.first_revision_at(at_to + 1) - 1 ELSE at_to END;
BEGIN
    IF EXISTS (SELECT FROM ugo.ledger
            WHERE (after_revision <> 0 OR at_from <> 0 OR at_to <= history_at)
                AND (after_revision, after_part) < (history_floor, 2147483647)
                AND at_from <= history_at) THEN
        RETURN NEXT NULL::ugo.change;
    ELSIF ids IS NULL THEN
        RETURN QUERY SELECT * FROM ugo.change c
            WHERE c.revision BETWEEN low AND high AND c.kind = ANY (kinds)
                AND (c.revision, c.part) > (after_revision, after_part)
            ORDER BY c.revision, c.part LIMIT page;
    ELSE
        RETURN QUERY SELECT c.* FROM (SELECT DISTINCT unnest(ids)) AS wanted (id)
            CROSS JOIN (SELECT DISTINCT unnest(kinds)) AS of (kind)
            CROSS JOIN LATERAL (SELECT * FROM ugo.change c
                WHERE c.id = wanted.id AND c.kind = of.kind AND c.revision BETWEEN low AND high
                    AND (c.revision, c.part) > (after_revision, after_part)
                ORDER BY c.revision LIMIT page) c
            ORDER BY c.revision, c.part LIMIT page;
    END IF;
END
$$;

RESET ROLE;
