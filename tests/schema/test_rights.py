# SPDX-License-Identifier: EUPL-1.2
"""What the daemon's role may do, and what the tables have no room for."""
import glob
import json
import os
import re

import psycopg2
import pytest

from asking import GIRL, act, declared, hold_of, new_hold, new_request
from register import FORBIDDEN
from harness.postgres import SCHEMA, Postgres, migrate, migrations

# Words that would name a child or tell about one.
IDENTITY = re.compile(
    r"(^|_)(child|children|enfant|minor|first_?name|last_?name|surname|family_?name|prenom|nom|"
    r"birth|born|naissance|dob|birthday|gender|nationality|passport|ssn|nir|insee_number|"
    r"photo|comment|comments|note|notes|remark|free_?text|diagnosis|school|parents?|mother|father|"
    r"email|ip)($|_)")
# A territory's parent is a territory. Of children there are ages and sexes, in arrays that can hold
# nothing else; of a parent there is one boolean.
KNOWN = {("territory", "parent")} | {
    (of, member) for of in ("request", "hold", "search", "request.open", "request.update",
                           "hold.create", "journal.search", "offer", "offer.create")
    for member in ("children", "parent")}

GRANTED = {"link_state", "reminder_state", "outbox_take", "outbox_done", "apply_batch",
           "history_page", "units_at", "state_at", "first_revision_at",
           "retain_resume", "unit_state", "point", "request_state", "hold_state", "search_state",
           "offer_state",
           "age_band", "youngest_band", "common_sex", "under_roots", "journal_rows", "unmet_needs",
           "refusals", "arrival_delays", "journal_statistics", "request_records",
           "certificate_rows", "certificate_page", "asked_of", "with_said",
           "zone_of", "day_begins", "unit_states", "unit_spans", "write_unit_spans", "moments",
           "occupancy_history", "days_passed", "days_text", "place_days", "outlines", "living_in",
           "equipment", "is_over", "alerts_at",
           "admin_kinds", "has_members", "has_words", "admin_page", "admin_record",
           "unit_params", "establishment_params",
           "password_state", "session_state", "login_row"}
SECRET = {"password"}  # tables that even reading is refused of


@pytest.fixture(name="daemon")
def fixture_daemon(committed):
    session = committed.daemon()
    yield session
    session.close()


def tables(session):
    return [t for (t,) in session.query(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'ugo' ORDER BY 1")]


def refused(session, sql):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        session.query(sql)


def test_ugod_reads_and_does_not_write(committed, daemon):
    names = tables(committed)
    assert len(names) >= 17
    for table in names:
        if table in SECRET:
            refused(daemon, "SELECT * FROM ugo.%s LIMIT 1" % table)
        else:
            daemon.query("SELECT * FROM ugo.%s LIMIT 1" % table)
        column = committed.value("SELECT column_name FROM information_schema.columns WHERE"
                                 " table_schema = 'ugo' AND table_name = %s"
                                 " ORDER BY ordinal_position LIMIT 1", table)
        for sql in ("INSERT INTO ugo.{0} DEFAULT VALUES", "UPDATE ugo.{0} SET {1} = {1}",
                    "DELETE FROM ugo.{0}", "TRUNCATE ugo.{0}", "DROP TABLE ugo.{0}",
                    "ALTER TABLE ugo.{0} ADD x integer",
                    "SELECT * FROM ugo.{0} FOR UPDATE"):
            refused(daemon, sql.format(table, '"%s"' % column))
    for view in ("record", "unit_described", "establishment_described"):
        daemon.query("SELECT * FROM ugo.%s LIMIT 1" % view)
    for sql in ("CREATE TABLE ugo.x ()", "CREATE FUNCTION ugo.x() RETURNS integer LANGUAGE sql"
                " RETURN 1", "CREATE TABLE public.x ()", "SET ROLE ugo_owner",
                "ALTER ROLE ugod SUPERUSER"):
        refused(daemon, sql)


def test_ugod_executes_the_few(committed, daemon):
    functions = committed.query(
        "SELECT p.oid::regprocedure::text, proname, has_function_privilege('ugod', p.oid,"
        " 'EXECUTE') FROM pg_proc p WHERE pronamespace = 'ugo'::regnamespace")
    assert {name for _, name, may in functions if may} == GRANTED
    assert len(functions) > 40
    for sql in ("SELECT ugo.open_epoch()", "SELECT ugo.retain_history(31557600)",
                "SELECT ugo.unit_declare(NULL)", "SELECT ugo.write_part(NULL, NULL, NULL)",
                "SELECT ugo.make_perform()"):
        refused(daemon, sql)
    assert daemon.query("SELECT * FROM ugo.units_at(%s)", committed.now)
    assert daemon.query("SELECT * FROM ugo.history_page(NULL, '{unit}', 0, 0, 0,"
                        " 9223372036854775807, 10)")
    assert daemon.value("SELECT ugo.retain_resume()") is False


def test_ugod_is_not_system(daemon):
    assert daemon.do("unit.declare", {"unit": "u-1", "free": 1, "open": 2}) == FORBIDDEN


def test_a_member_of_the_owner_is_system(committed, server):
    server.execute("DROP ROLE IF EXISTS keeper")
    server.execute("CREATE ROLE keeper LOGIN")
    server.execute("GRANT ugo_owner TO keeper")
    from register import Session  # pylint: disable=import-outside-toplevel
    keeper = Session(server.connection_string(committed.database.name, "keeper"))
    assert keeper.do("unit.declare", {"unit": "u-1", "free": 1, "open": 2})["type"] == "ok"
    keeper.close()


def test_a_definers_function_has_a_fixed_search_path(committed):
    rows = committed.query("SELECT proname, proconfig, pg_get_userbyid(proowner) FROM pg_proc"
                           " WHERE prosecdef AND pronamespace = 'ugo'::regnamespace")
    assert {name for name, _, _ in rows} >= {"apply_batch", "retain_resume", "open_epoch"}
    for name, config, owner in rows:
        assert "search_path=pg_catalog, pg_temp" in (config or []), name
        assert owner == "ugo_owner"
    assert committed.query("SELECT rolname FROM pg_roles WHERE rolname IN ('ugo_owner', 'ugod')"
                           " AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls)") == []
    assert committed.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'ugo_owner'") == [
        (False,)]


def test_a_callers_search_path_is_not_followed(committed, daemon):
    """What the caller defines in its own temporary schema must not be called by the owner."""
    daemon.query("CREATE TEMP TABLE trap (hit text)")
    daemon.query("CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE plpgsql AS"
                 " $$ BEGIN RAISE EXCEPTION 'trapped'; END $$")
    daemon.query("CREATE TEMP TABLE unit (id text)")
    daemon.query("SET search_path = pg_temp, pg_catalog, ugo")
    assert daemon.do("unit.declare", {"unit": "u-1", "free": 1, "open": 2}, "home")["type"] == "ok"
    committed.declare(free=1)


def test_no_room_for_an_identity(committed):
    columns = committed.query("SELECT table_name, column_name FROM information_schema.columns"
                              " WHERE table_schema = 'ugo'")
    assert len(columns) > 120
    found = [(t, c) for t, c in columns if IDENTITY.search(c) and (t, c) not in KNOWN]
    assert found == []
    members = committed.query("SELECT op, path[cardinality(path)] FROM ugo.member")
    assert [(o, m) for o, m in members if IDENTITY.search(m) and (o, m) not in KNOWN
            | {("territory.put", "parent"), ("unit.put", "mother_child")}] == []
    declared(committed)
    new_hold(committed, request=new_request(committed))
    states = committed.query("SELECT DISTINCT kind, json_object_keys(state) FROM ugo.record")
    assert [(k, m) for k, m in states if IDENTITY.search(m) and (k, m) not in KNOWN] == []


def test_the_deny_list_denies():
    for column in ("birth_date", "first_name", "nom", "date_naissance", "child_name", "notes"):
        assert IDENTITY.search(column)


def test_history_does_not_hold_refused_params(committed):
    """What a caller types where nothing is asked for is kept nowhere."""
    committed.declare(free=1, open=2, comment="Prénom Nom")
    committed.declare(unit="Prénom Nom", free=1)
    dump = json.dumps([committed.query("SELECT to_jsonb(t) FROM ugo.%s t" % table)
                       for table in tables(committed)], default=str, ensure_ascii=False)
    assert "Prénom" not in dump and "Les Tilleuls" in dump


NAMED = "Zoé Martin"


def test_no_text_about_a_child_gets_in(committed):
    """Whatever member a caller tries, with whatever operation."""
    declared(committed)
    request, hold = new_request(committed), new_hold(committed, places=2)
    need = {"children": [GIRL]}
    attempts = [
        *(("request.open", {"children": [GIRL], **more}) for more in (
            {"reference": NAMED}, {"reference": "ZOE-MARTIN"}, {"name": NAMED}, {"needs": [NAMED]},
            {"children": [{"name": NAMED}]}, {"children": [NAMED]}, {"children": NAMED},
            {"children": [{**GIRL, "sex": NAMED}]}, {"children": [{"age_months": NAMED}]},
            {"parent": {"name": NAMED}}, {"parent": NAMED}, {"legal_frame": NAMED},
            {"modality": [NAMED]}, {"from": {"commune": NAMED}}, {"from": {"address": NAMED}},
            {"wanted_on": NAMED})),
        ("request.update", {"request": request, "children": [{"born": NAMED}]}),
        ("request.update", {"request": request, "reference": NAMED}),
        ("request.update", {"request": NAMED}),
        ("request.close", {"request": request, "code": NAMED}),
        *(("hold.create", {"unit": "u-1", "need": need, **more}) for more in (
            {"unit": NAMED}, {"need": {"children": [{"name": NAMED}]}}, {"comment": NAMED},
            {"need": {**need, "parent": {"name": NAMED}}}, {"need": {**need, "needs": [NAMED]}},
            {"need": {**need, "note": NAMED}}, {"children": [NAMED]}, {"request": NAMED})),
        ("hold.create", {"units": ["u-1", NAMED, 7], "need": need}),
        ("hold.refuse", {"hold": hold, "code": NAMED}), ("hold.accept", {"hold": NAMED}),
        ("hold.withdraw", {"hold": hold, "code": NAMED}),
        ("hold.release", {"hold": hold, "why": NAMED}),
        *(("journal.search", {"children": [GIRL], "total": 0, **more}) for more in (
            {"children": [{"name": NAMED}]}, {"near": {"commune": NAMED}}, {"kinds": [NAMED]},
            {"best": [NAMED]}, {"request": NAMED}, {"needs": [NAMED]}, {"comment": NAMED})),
    ]
    for op, params in attempts:
        account = "home" if op in ("hold.refuse", "hold.accept") else "night"
        reply = committed.do(op, params, account)
        assert reply["type"] != "ok", (op, params)
    dump = json.dumps([committed.query("SELECT to_jsonb(t) FROM ugo.%s t" % table)
                       for table in tables(committed)], default=str, ensure_ascii=False)
    assert "Zo" not in dump and "ZOE" not in dump


@pytest.fixture(name="asked")
def fixture_asked(register):
    """Holds in every state."""
    declared(register, free=9)
    new_request(register)
    request = new_request(register)
    for way in ((), ("accept",), ("refuse",), ("release",), ("accept", "arrive"),
                ("accept", "withdraw")):
        hold = new_hold(register, request=request if way == ("accept",) else None,
                        **({} if way == ("accept",) else {"need": {"children": [GIRL]}}))
        for verb in way:
            act(register, verb, hold)
        assert hold_of(register, hold)
    register.do("hold_policy.put", {"unit": "u-1", "minutes": 9, "end": "release"})
    return register


@pytest.mark.parametrize("sql", [
    *("UPDATE ugo.request SET " + change for change in (
        "id = 'x'", "reference = 'Zoe'", "reference = 'ABC'", "children = '[]'",
        "children = '[{\"age_months\": 1}]'", "children = '[{\"age_months\": 1, \"sex\": \"Z\"}]'",
        "children = '[{\"age_months\": \"1\", \"sex\": null}]'",
        "children = '[{\"age_months\": 1201, \"sex\": null}]'",
        "children = '[{\"age_months\": 1.5, \"sex\": null}]'",
        "children = '[{\"age_months\": 1, \"sex\": null, \"name\": \"Zoe\"}]'",
        "children = '[%s]' WHERE state = 'open'" % ", ".join(
            ['{\"age_months\": 1, \"sex\": null}'] * 11),
        "children = '[\"Zoe\"]'", "children = '\"Zoe\"'", "children = '{}'", "parent = '{}'",
        "parent = '{\"pregnant\": true, \"name\": \"Zoe\"}'", "parent = '\"Zoe\"'",
        "modality = '{Zoe}'", "needs = '{Zoe}'", "legal_frame = 'Zoe'", "from_commune = 'Zoe'",
        "from_territory = 'd31', from_commune = '31555'", "origin = 'Zoe'", "max_km = 0",
        "decided_at = opened_at + 1", "state = 'waiting'", "state = 'closed'", "state = 'open'",
        "code = 'other'", "code = 'Zoe', closed_at = 1, state = 'closed'", "placed = '{1}'",
        "arrived = '{0}' WHERE state = 'open'", "placed = '{10}'", "placed_at = NULL",
        "created_by = 'Zoé'")),
    *("UPDATE ugo.hold SET %s WHERE state = '%s'" % change for change in (
        ("state = 'gone'", "held"), ("state = 'accepted'", "held"), ("state = 'expired'", "held"),
        ("ended_at = 1", "held"), ("place = '{}'", "held"), ("refusal = 'full'", "held"),
        ("answered_by = 'home'", "held"), ("overdue = true", "held"), ("places = 0", "held"),
        ("places = 100", "held"), ("extensions = 3", "held"), ("held_until = 1", "held"),
        ("children = '{0}'", "held"), ("children = '{}'", "accepted"), ("place = NULL", "accepted"),
        ("arrive_by = NULL", "accepted"), ("ended_at = NULL", "arrived"),
        ("refusal = NULL", "refused"), ("refusal = 'Zoe'", "refused"),
        ("withdrawal = NULL", "withdrawn"), ("withdrawal = 'group'", "withdrawn"),
        ("withdrawal = 'error'", "released"), ("answered_at = NULL", "refused"),
        ("profile = '[{\"name\": \"Zoe\"}]'", "held"), ("needs = '{Zoe}'", "held"),
        ("parent = '[]'", "held"), ("request = 'r-none', children = '{0}'", "held"),
        ("origin = 'x'", "held"), ("unit = 'x'", "held"), ("id = 'x'", "held"))),
    "UPDATE ugo.hold_policy SET minutes = 0", "UPDATE ugo.hold_policy SET \"end\" = 'x'",
    "UPDATE ugo.hold_policy SET unit = 'u-none'", "DELETE FROM ugo.unit", "DELETE FROM ugo.request",
    "INSERT INTO ugo.refusal VALUES ('Zoé Martin')",
    "UPDATE ugo.unit SET occupied = open - held + 1 WHERE id = 'u-1'",
    "UPDATE ugo.unit SET open = occupied + held - 1 WHERE id = 'u-1'",
    "UPDATE ugo.hold SET state = 'released', ended_at = 1 WHERE state = 'held';"
    " SET CONSTRAINTS ALL IMMEDIATE",
    "UPDATE ugo.hold SET state = 'held', ended_at = NULL WHERE state = 'released';"
    " SET CONSTRAINTS ALL IMMEDIATE",
])
def test_decisions_refuse_what_cannot_be(asked, sql):
    with pytest.raises(psycopg2.IntegrityError):
        asked.query(sql)


@pytest.mark.parametrize("sql, kind", [
    ("UPDATE ugo.unit SET held = held - 1 WHERE id = 'u-1'", "unit"),
    ("UPDATE ugo.unit SET held_emergency = 1 WHERE id = 'u-1'", "unit"),
    ("UPDATE ugo.unit SET held = 1 WHERE id = 'u-3'", "unit"),
    ("UPDATE ugo.hold SET unit = 'u-none' WHERE state = 'held'", "hold"),
    ("UPDATE ugo.request SET placed = '{}', state = 'open', placed_at = NULL", "request"),
    ("UPDATE ugo.request SET arrived = placed", "request"),
    ("DELETE FROM ugo.due", "hold"),
    ("INSERT INTO ugo.due VALUES ('r-none', 1)", "request"),
    ("UPDATE ugo.due SET at = at + 1", "hold"),
])
def test_the_audit_counts_again(asked, sql, kind):
    declared(asked, "u-3")
    assert asked.query("SELECT * FROM ugo.audit_holds()") == []
    asked.query("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; SAVEPOINT before")
    asked.query(sql)
    found = asked.query("SELECT * FROM ugo.audit_holds()")
    assert kind in {kind for kind, _ in found}
    assert set(found) <= set(asked.query("SELECT * FROM ugo.audit_records()"))
    asked.query("ROLLBACK TO before")


@pytest.mark.parametrize("sql", [
    "UPDATE ugo.unit SET open = 5 WHERE id = 'u-1'",
    "UPDATE ugo.unit SET sex = 'both' WHERE id = 'u-1'",
    "UPDATE ugo.unit SET modality = 'x' WHERE id = 'u-1'",
    "UPDATE ugo.unit SET min_months = 300 WHERE id = 'u-1'",
    "UPDATE ugo.unit SET authorised = -1 WHERE id = 'u-1'",
    "UPDATE ugo.unit SET authorised = 10000 WHERE id = 'u-1'",
    "UPDATE ugo.unit SET held_emergency = 1 WHERE id = 'u-1'",
    "UPDATE ugo.unit SET closed_reason = 'staff' WHERE id = 'u-1'",
    "UPDATE ugo.unit SET derogation = 'judge' WHERE id = 'u-1'",
    "UPDATE ugo.unit SET establishment = 'e-9' WHERE id = 'u-1'",
    "UPDATE ugo.unit SET id = 'x' WHERE id = 'u-1'",
    "UPDATE ugo.unit SET lat = 91 WHERE id = 'u-1'",
    "UPDATE ugo.unit SET accepts = '[]' WHERE id = 'u-1'",
    "UPDATE ugo.establishment SET visibility = 'all'",
    "UPDATE ugo.establishment SET lon = NULL",
    "UPDATE ugo.establishment SET finess = '123'",
    "UPDATE ugo.account SET role = 'king'",
    "UPDATE ugo.account SET id = 'system' WHERE id = 'home'",
    "UPDATE ugo.account SET acts_for = 'home' WHERE id = 'night'",
    "UPDATE ugo.territory SET parent = 'x'",
    "UPDATE ugo.commune SET lat = NULL",
    "UPDATE ugo.ledger SET one = false",
    "UPDATE ugo.ledger SET head = ''",
    "UPDATE ugo.ledger SET revision = -1",
    "INSERT INTO ugo.ledger SELECT * FROM ugo.ledger",
    "UPDATE ugo.unit SET lat = 1 WHERE id = 'u-1'",
    "UPDATE ugo.unit SET contested_at = 1, observed_at = 1 WHERE id = 'u-1'",
    "INSERT INTO ugo.credential VALUES ('x', 1, 'home', 'token')",
])
def test_tables_refuse_what_cannot_be(register, sql):
    with pytest.raises(psycopg2.IntegrityError):
        register.query(sql)


def test_migrations_are_plain_sql():
    paths = migrations()
    assert len(paths) == len(glob.glob(os.path.join(SCHEMA, "*.sql")))
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        assert text.startswith("-- SPDX-License-Identifier: EUPL-1.2\n"), path
        assert not re.search(r"^\s*(\\|BEGIN;|COMMIT;|ROLLBACK)", text, re.MULTILINE), path
        assert max(map(len, text.splitlines())) <= 100, path


def test_migrations_want_utf8():
    with Postgres() as server:
        server.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        with pytest.raises(psycopg2.Error, match="UTF8"):
            migrate(server.connection_string("latin", server.superuser))


def test_two_databases_of_one_server(server):
    """Roles are the server's: the second migration finds them."""
    server.execute("CREATE DATABASE twin")
    migrate(server.connection_string("twin", server.superuser))
    assert server.execute("SELECT count(*) FROM ugo.change", "twin") == [(16,)]
    server.execute("DROP DATABASE twin")
