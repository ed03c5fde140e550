-- SPDX-License-Identifier: EUPL-1.2
-- A shift that is over leaves the state 48 h later, as whatever has ended; the history keeps it.
SET LOCAL ROLE ugo_owner;

CREATE FUNCTION ugo.rota_due() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ugo.set_due(coalesce(new.id, old.id)::text, ugo.forgotten_at(new.to_at));
    RETURN NULL;
END
$$;
CREATE TRIGGER rota_due AFTER INSERT OR DELETE OR UPDATE OF to_at
ON ugo.rota FOR EACH ROW EXECUTE FUNCTION ugo.rota_due();

INSERT INTO ugo.due SELECT id, ugo.forgotten_at(to_at) FROM ugo.rota;

CREATE FUNCTION ugo.rota_turn(key text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN 'rota.forget';

-- Deletes a shift; its part.
CREATE FUNCTION ugo.rota_gone(key text) RETURNS ugo.part
LANGUAGE plpgsql AS $$
DECLARE
    was ugo.rota;
BEGIN
    DELETE FROM ugo.rota WHERE id = key RETURNING * INTO was;
    RETURN ROW('rota', was.id, NULL, was.territory, NULL, ugo.scope(NULL, was.territory))::ugo.part;
END
$$;

CREATE FUNCTION ugo.run_rota_turn(c ugo.command, key text) RETURNS ugo.part[]
LANGUAGE plpgsql AS $$
BEGIN
    RETURN ARRAY[ugo.rota_gone(key)];
END
$$;

CREATE OR REPLACE FUNCTION ugo.rota_delete(c ugo.command) RETURNS ugo.outcome
LANGUAGE plpgsql AS $$
DECLARE
    was ugo.rota;
BEGIN
    SELECT * INTO was FROM ugo.rota WHERE id = c.params ->> 'id';
    IF was.id IS NULL AND c.role = 'admin' THEN
        RETURN ugo.refused('not_found');
    ELSIF NOT ugo.in_departement(c, was.territory) THEN
        RETURN ugo.refused('forbidden');
    END IF;
    RETURN ugo.done(ugo.rota_gone(was.id));
END
$$;

INSERT INTO ugo.due_kind VALUES ('t', 'rota_turn', 'run_rota_turn');

-- Shifts that the clock would miss. None, normally.
CREATE FUNCTION ugo.audit_rota() RETURNS TABLE (kind text, id text)
LANGUAGE sql STABLE AS $$
    SELECT 'rota', coalesce(d.id, t.id)
    FROM (SELECT * FROM ugo.due WHERE left(due.id, 1) = 't') d
    FULL JOIN (SELECT r.id::text COLLATE "C" AS id, ugo.forgotten_at(r.to_at) AS at
        FROM ugo.rota r) t ON t.id = d.id
    WHERE d.at IS DISTINCT FROM t.at
$$;
INSERT INTO ugo.audit_source VALUES ('audit_rota');

SELECT ugo.make_due();
SELECT ugo.make_audit();

REVOKE ALL ON FUNCTION ugo.rota_due(), ugo.rota_turn(text), ugo.rota_gone(text),
    ugo.run_rota_turn(ugo.command, text), ugo.audit_rota() FROM PUBLIC;

RESET ROLE;
