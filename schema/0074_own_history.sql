-- SPDX-License-Identifier: EUPL-1.2
-- What an establishment was asked and what moved there, also after these records have left.
SET LOCAL ROLE ugo_owner;

-- Of these kinds only: a declaration pays nothing for it.
CREATE INDEX change_asked ON ugo.change (establishment, kind, id)
    WHERE kind = ANY ('{hold,mission,movement}') AND establishment IS NOT NULL;

-- The ids of all holds, missions and movements that these establishments ever had, as far as the
-- history reaches; NULL: none.
CREATE FUNCTION ugo.asked_of(establishments text[]) RETURNS text[]
LANGUAGE sql STABLE SET enable_seqscan = off
RETURN (SELECT array_agg(DISTINCT c.id) FROM ugo.change c
    WHERE c.establishment = ANY (establishments) AND c.establishment IS NOT NULL
        AND c.kind = ANY ('{hold,mission,movement}'));

REVOKE ALL ON FUNCTION ugo.asked_of(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ugo.asked_of(text[]) TO ugod;

RESET ROLE;
