-- SPDX-License-Identifier: EUPL-1.2
-- What the clock does by itself, before the first command of every batch: holds end even if every
-- daemon was down at that moment.
SET LOCAL ROLE ugo_owner;

-- What a due record's turn is called in the history.
CREATE FUNCTION ugo.due_operation(key text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF key LIKE 'r-%' THEN
        RETURN 'request.forget';
    END IF;
    RETURN (SELECT CASE h.state WHEN 'accepted' THEN 'hold.overdue'
        WHEN 'held' THEN CASE WHEN NOT h.escalated AND EXISTS (SELECT FROM ugo.hold_policy
            WHERE unit = h.unit AND "end" = 'escalate') THEN 'hold.escalate' ELSE 'hold.expire' END
        ELSE 'hold.forget' END FROM ugo.hold h WHERE h.id = key);
END
$$;

CREATE FUNCTION ugo.hold_forget(key text) RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
BEGIN
    DELETE FROM ugo.hold WHERE id = key RETURNING * INTO h;
    RETURN ROW('hold', h.id, h.establishment, h.territory, NULL,
        ugo.parties(h.establishment, h.territory, h.origin, h.created_by))::ugo.part;
END
$$;

CREATE FUNCTION ugo.request_forget(key text) RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    r ugo.request;
BEGIN
    DELETE FROM ugo.request WHERE id = key RETURNING * INTO r;
    RETURN ROW('request', r.id, NULL, r.origin, NULL,
        ugo.parties(NULL, r.origin, r.origin, r.created_by))::ugo.part;
END
$$;

-- The hold with its second time: its unit's minutes more, counted from the end that has passed.
CREATE FUNCTION ugo.hold_escalate(c ugo.command, key text) RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
BEGIN
    UPDATE ugo.hold SET revision = c.revision, escalated = true, held_until = held_until
        + 60000000 * (SELECT minutes::bigint FROM ugo.hold_policy p WHERE p.unit = hold.unit)
    WHERE id = key RETURNING * INTO h;
    RETURN ugo.hold_part(h);
END
$$;

-- An alarm, never a release.
CREATE FUNCTION ugo.hold_overdue(c ugo.command, key text) RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    h ugo.hold;
BEGIN
    UPDATE ugo.hold SET revision = c.revision, overdue = true WHERE id = key RETURNING * INTO h;
    RETURN ugo.hold_part(h);
END
$$;

-- The parts of a due record's turn.
CREATE FUNCTION ugo.run_due(c ugo.command, key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
BEGIN
    CASE c.op
    WHEN 'hold.expire' THEN RETURN ugo.end_holds(c, ARRAY[key], 'expired', NULL);
    WHEN 'hold.escalate' THEN RETURN ARRAY[ugo.hold_escalate(c, key)];
    WHEN 'hold.overdue' THEN RETURN ARRAY[ugo.hold_overdue(c, key)];
    WHEN 'hold.forget' THEN RETURN ARRAY[ugo.hold_forget(key)];
    WHEN 'request.forget' THEN RETURN ARRAY[ugo.request_forget(key)];
    END CASE;
END
$$;

-- What is due by now, oldest first, one revision each, at most 256 in a batch. Gives the ledger
-- after it. (A request stays as long as one of its holds.)
CREATE FUNCTION ugo.sweep(l ugo.ledger) RETURNS ugo.ledger
LANGUAGE plpgsql AS $$
DECLARE
    c ugo.command;
    key text;
BEGIN
    c.account := 'system';
    c.at := l.at;
    FOR n IN 1 .. 256 LOOP
        SELECT d.id INTO key FROM ugo.due d WHERE d.at <= l.at AND NOT (d.id LIKE 'r-%'
            AND EXISTS (SELECT FROM ugo.hold WHERE request = d.id))
        ORDER BY d.at, d.id LIMIT 1;
        EXIT WHEN key IS NULL;
        c.op := ugo.due_operation(key);
        c.revision := l.revision + 1;
        l.head := ugo.write_parts(c, ugo.run_due(c, key), l.head);
        l.revision := c.revision;
    END LOOP;
    RETURN l;
END
$$;

RESET ROLE;
