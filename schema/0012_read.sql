-- SPDX-License-Identifier: EUPL-1.2
-- Reading the history, keeping it bounded, and proving it.
SET LOCAL ROLE ugo_owner;

-- The first revision at or after a moment; the one after the last when there is none. Logical time
-- grows with revisions, so halving finds it.
CREATE FUNCTION ugo.first_revision_at(moment bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    low bigint;
    high bigint;
    middle bigint;
BEGIN
    SELECT history_floor + 1, revision + 1 INTO low, high FROM ugo.ledger;
    WHILE low < high LOOP
        middle := (low + high) / 2;
        IF (SELECT at FROM ugo.change WHERE revision = middle AND part = 1) < moment THEN
            low := middle + 1;
        ELSE
            high := middle;
        END IF;
    END LOOP;
    RETURN low;
END
$$;

-- Changes after (after_revision, after_part), oldest first, of these records (NULL: all) and kinds,
-- dated within [at_from, at_to].
CREATE FUNCTION ugo.history_page(ids text[], kinds text[], after_revision bigint,
    after_part integer, at_from bigint, at_to bigint, page integer)
RETURNS SETOF ugo.change
LANGUAGE plpgsql STABLE AS $$
DECLARE
    low bigint := greatest(after_revision, ugo.first_revision_at(at_from));
    high bigint := CASE WHEN at_to < 9223372036854775807
        THEN ugo.first_revision_at(at_to + 1) - 1 ELSE at_to END;
BEGIN
    IF ids IS NULL THEN
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

-- The state of a record just after a revision; no row: it was not there.
CREATE FUNCTION ugo.state_at(of_kind text, of_id text, last bigint)
RETURNS TABLE (revision bigint, state json)
LANGUAGE sql STABLE AS $$
    SELECT s.revision, s.state FROM (
        (SELECT c.revision, c.state FROM ugo.change c
            WHERE c.id = of_id AND c.kind = of_kind AND c.revision <= last
            ORDER BY c.revision DESC LIMIT 1)
        UNION ALL
        SELECT b.revision, b.state FROM ugo.baseline b WHERE b.id = of_id AND b.kind = of_kind
    ) s ORDER BY s.revision DESC LIMIT 1
$$;

-- The units as they were known at a moment. One row of NULLs: the history does not reach so far.
CREATE FUNCTION ugo.units_at(moment bigint)
RETURNS TABLE (id text, revision bigint, state json)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    last bigint := ugo.first_revision_at(moment + 1) - 1;
BEGIN
    IF moment < (SELECT history_at FROM ugo.ledger) THEN
        RETURN QUERY SELECT NULL::text, NULL::bigint, NULL::json;
        RETURN;
    END IF;
    RETURN QUERY SELECT u.id, s.revision, s.state
        FROM (SELECT unit.id::text FROM ugo.unit
            UNION SELECT b.id FROM ugo.baseline b WHERE b.kind = 'unit'
            UNION SELECT c.id FROM ugo.change c WHERE c.kind = 'unit' AND c.state IS NULL) u
        CROSS JOIN LATERAL ugo.state_at('unit', u.id, last) s
        WHERE s.state IS NOT NULL;
END
$$;

-- The hash chain above a revision: what each head is the hash of, behind the head before it.
CREATE FUNCTION ugo.audit_rows(from_revision bigint, revisions integer DEFAULT 10000)
RETURNS TABLE (revision bigint, canonical bytea, head bytea)
LANGUAGE sql STABLE AS $$
    SELECT c.revision, convert_to(string_agg(ugo.canonical(c.revision, c.part, c.parts, c.at,
        c.actor, c.operation, c.kind, c.id, c.establishment, c.territory, c.state), ''
        ORDER BY c.part), 'UTF8'), (array_agg(c.head ORDER BY c.part))[1]
    FROM ugo.change c WHERE c.revision > from_revision AND c.revision <= from_revision + revisions
    GROUP BY c.revision ORDER BY c.revision
$$;

-- Records whose state is not what the history says, or not what the tables give. None, normally.
CREATE FUNCTION ugo.audit_records() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (h.kind, h.id) h.kind, h.id, h.revision, h.state
        FROM (SELECT c.kind, c.id, c.revision, c.state FROM ugo.change c
            WHERE c.kind <> 'declaration'
            UNION ALL SELECT b.kind, b.id, b.revision, b.state FROM ugo.baseline b) h
        ORDER BY h.kind, h.id, h.revision DESC)
    SELECT coalesce(r.kind, l.kind), coalesce(r.id, l.id)
    FROM ugo.record r
    FULL JOIN (SELECT * FROM latest WHERE state IS NOT NULL) l ON l.kind = r.kind AND l.id = r.id
    WHERE r.state::text IS DISTINCT FROM l.state::text OR r.revision IS DISTINCT FROM l.revision
    UNION
    SELECT 'unit', u.id FROM ugo.unit u JOIN ugo.unit_described d ON d.id = u.id
    WHERE d.description <> u.description OR d.home IS DISTINCT FROM u.home
    UNION
    SELECT 'establishment', e.id
    FROM ugo.establishment e JOIN ugo.establishment_described d ON d.id = e.id
    WHERE d.description <> e.description
$$;

-- Forgets what resuming and repeating need for 48 h only, at most 10 000 keys at a time; tells
-- whether there is more.
CREATE FUNCTION ugo.retain_resume() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    oldest bigint;
    forgotten integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7694191);
    SELECT at - 172800000000 INTO oldest FROM ugo.ledger;
    UPDATE ugo.ledger
    SET floor_revision = greatest(floor_revision, ugo.first_revision_at(oldest + 1) - 1);
    DELETE FROM ugo.departed WHERE revision <= (SELECT floor_revision FROM ugo.ledger);
    DELETE FROM ugo.idempotency WHERE (account, key) IN (
        SELECT account, key FROM ugo.idempotency WHERE at <= oldest ORDER BY at LIMIT 10000);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten = 10000;
END
$$;

-- Moves the last states of revisions up to a new history floor to the baseline.
CREATE FUNCTION ugo.keep_baseline(new_floor bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ugo.baseline AS b
    SELECT DISTINCT ON (kind, id) kind, id, revision, at, establishment, territory,
        coalesce(state, '{}')
    FROM ugo.change WHERE revision <= new_floor AND kind <> 'declaration'
    ORDER BY kind, id, revision DESC
    ON CONFLICT (id, kind) DO UPDATE SET revision = excluded.revision, at = excluded.at,
        establishment = excluded.establishment, territory = excluded.territory,
        state = excluded.state;
    DELETE FROM ugo.baseline WHERE state::text = '{}';
END
$$;

-- Forgets the history older than keep_s seconds, at most 10 000 revisions at a time; tells whether
-- there is more. The head of the last forgotten revision stays, so the rest remains provable.
CREATE FUNCTION ugo.retain_history(keep_s bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l ugo.ledger;
    reached bigint;
    new_floor bigint;
BEGIN
    IF keep_s IS NULL OR keep_s < 172800 THEN
        RAISE EXCEPTION 'history is kept for 48 h at least' USING ERRCODE = 'UG005';
    END IF;
    PERFORM pg_advisory_xact_lock(7694191);
    PERFORM ugo.retain_resume();
    SELECT * INTO STRICT l FROM ugo.ledger;
    reached := ugo.first_revision_at(l.at - keep_s * 1000000 + 1) - 1;
    new_floor := least(reached, l.history_floor + 10000);
    IF new_floor > l.history_floor THEN
        PERFORM ugo.keep_baseline(new_floor);
        UPDATE ugo.ledger SET history_floor = new_floor, history_head = c.head, history_at = c.at
        FROM ugo.change c WHERE c.revision = new_floor AND c.part = 1;
        DELETE FROM ugo.change WHERE revision <= new_floor;
    END IF;
    RETURN new_floor < reached;
END
$$;

RESET ROLE;
