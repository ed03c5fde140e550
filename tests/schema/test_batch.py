# SPDX-License-Identifier: EUPL-1.2
"""apply_batch itself: order, time, idempotency, epochs, what it refuses whole."""
import select

import psycopg2
import pytest

from register import FORBIDDEN, HOUR, OK, Session, invalid

CONFLICT = {"type": "conflict", "revision": None}
DECLARE = {"unit": "u-1", "free": 1, "open": 9}


def test_heartbeat(committed):
    listener = Session(committed.database.ugod)
    listener.query("LISTEN ugo")
    before = committed.query("SELECT revision, head FROM ugo.ledger")
    assert committed.apply([]) == []
    at = committed.result["at"]
    assert committed.query("SELECT revision, head FROM ugo.ledger") == before
    assert committed.value("SELECT at FROM ugo.ledger") == at
    assert select.select([listener.connection], [], [], 30)[0]
    listener.connection.poll()
    assert [(n.channel, n.payload) for n in listener.connection.notifies] == [
        ("ugo", str(committed.revision))]
    listener.close()


def test_time_never_goes_back(register):
    register.apply([])
    at = register.result["at"]
    register.advance(-24 * HOUR)  # the host's clock jumps
    register.apply([])
    assert register.result["at"] == at + 1
    register.advance(48 * HOUR)
    register.apply([])
    assert register.result["at"] == register.now


def test_replies_keep_the_order(register):
    revision = register.revision
    replies = register.batch(
        ("unit.declare", DECLARE), ("unit.declare", {"unit": "u-1"}), ("no.such", {}),
        ("unit.report_wrong", {"unit": "u-1"}), ("unit.report_wrong", {"unit": "u-1"}))
    assert replies == [{"type": "ok", "revision": revision + 1}, invalid("/free", "exactly_one"),
                       {"type": "unknown_operation", "revision": None},
                       {"type": "ok", "revision": revision + 2}, OK]
    assert register.result["revision"] == revision + 2
    assert register.result["epoch"] == register.value("SELECT epoch FROM ugo.ledger")
    assert set(register.result) == {"epoch", "revision", "at", "replies"}


def test_same_key_same_answer(register):
    first = register.do("unit.declare", DECLARE, "home", key="k")
    state = register.unit()
    register.declare(free=5)
    later = register.revision
    assert register.do("unit.declare", DECLARE, "home", key="k") == {**first, "replayed": True}
    assert register.revision == later and register.unit() != state
    # keys belong to the account
    assert "replayed" not in register.do("unit.declare", DECLARE, "night", key="k")


def test_same_key_twice_in_a_batch(register):
    command = register.command("unit.declare", DECLARE, "home", key="twice")
    first, second = register.apply([command, command])
    assert second == {**first, "replayed": True}


def test_same_key_for_something_else(register):
    first = register.do("unit.declare", DECLARE, "home", key="k", digest="one")
    assert register.do("unit.declare", DECLARE, "home", key="k", digest="two") == CONFLICT
    assert register.do("unit.confirm", {"unit": "u-1"}, "home", key="k", digest="one") == CONFLICT
    # a conflict does not take the key's place
    assert register.do("unit.declare", DECLARE, "home", key="k", digest="one") == {
        **first, "replayed": True}


@pytest.mark.parametrize("op, params, account", [
    ("unit.declare", {"unit": "u-1", "free": 1}, "home"),       # needs open
    ("unit.declare", {"unit": "u-3", "free": 1}, "home"),       # not its own
    ("unit.declare", {"unit": "u-1", "free": 1}, "nobody"),
    ("unit.report_wrong", {"unit": "u-1"}, "night"),            # nothing changed
    ("no.such", {}, "home"),
])
def test_refusals_are_remembered(register, op, params, account):
    first = register.do(op, params, account, key="k")
    register.do("unit.declare", DECLARE, "root")                # would now go otherwise
    register.do("account.put", {"id": "home", "role": "admin", "name": "H"})
    assert register.do(op, params, account, key="k") == {**first, "replayed": True}


def test_in_the_future_is_remembered_with_its_time(register):
    params = {**DECLARE, "observed_at": register.now + 10 * HOUR}
    first = register.do("unit.declare", params, "home", key="k")
    register.advance(11 * HOUR)
    assert register.do("unit.declare", params, "home", key="k") == {**first, "replayed": True}


def test_keys_are_kept_48_hours(register):
    first = register.do("unit.declare", DECLARE, "home", key="k")
    at = register.result["at"]
    register.now = at
    register.advance(48 * HOUR - 1)
    assert register.do("unit.declare", DECLARE, "home", key="k") == {**first, "replayed": True}
    register.advance(1)
    again = register.do("unit.declare", DECLARE, "home", key="k", digest="other")
    assert again == {"type": "ok", "revision": register.revision}
    assert register.do("unit.declare", DECLARE, "home", key="k", digest="other") == {
        **again, "replayed": True}


@pytest.mark.parametrize("change", [
    {"account": None}, {"account": 7}, {"account": ""}, {"account": "Home"}, {"account": "-h"},
    {"account": "h" * 64}, {"op": None}, {"op": ""}, {"op": "o" * 65}, {"key": None}, {"key": ""},
    {"key": "k" * 65}, {"digest": None}, {"digest": 1}, {"digest": "d" * 129},
    {"channel": None}, {"channel": "fax"}, {"params": None}, {"params": []}, {"params": "x"},
])
def test_not_a_command(register, change):
    command = {**register.command("unit.declare", DECLARE, "home"), **change}
    remembered = register.value("SELECT count(*) FROM ugo.idempotency")
    assert register.apply([command]) == [{"type": "invalid_request", "revision": None}]
    assert register.value("SELECT count(*) FROM ugo.idempotency") == remembered


@pytest.mark.parametrize("item", [1, "x", None, [], [{"account": "home"}], {}])
def test_not_even_an_object(register, item):
    good = register.command("unit.declare", DECLARE, "home")
    replies = register.apply([item, good])
    assert [r["type"] for r in replies] == ["invalid_request", "ok"]


@pytest.mark.parametrize("batch", ["{}", "1", "null", '"x"'])
def test_not_a_batch(register, batch):
    with pytest.raises(psycopg2.Error) as error:
        register.query("SELECT ugo.apply_batch(%s)", batch)
    assert error.value.pgcode == "UG003"


def test_a_batch_is_64_commands(register):
    commands = [register.command("unit.declare", DECLARE, "home") for _ in range(65)]
    with pytest.raises(psycopg2.Error) as error:
        register.apply(commands)
    assert error.value.pgcode == "UG003"
    assert all(r["type"] == "ok" for r in register.apply(commands[:64]))


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_read_committed_only(committed, level):
    with pytest.raises(psycopg2.Error) as error:
        committed.query("BEGIN ISOLATION LEVEL %s; SELECT ugo.apply_batch('[]')" % level)
    assert error.value.pgcode == "UG002"
    committed.query("ROLLBACK")


def test_system_is_the_owners(committed):
    daemon = committed.daemon()
    command = committed.command("unit.declare", DECLARE, "system", key="k")
    assert daemon.apply([command]) == [FORBIDDEN]
    # not remembered either: the daemon cannot take the owner's keys
    assert committed.apply([command])[0]["type"] == "ok"
    assert daemon.apply([command]) == [FORBIDDEN]
    daemon.close()


def test_an_exception_undoes_the_batch(register):
    """A fault that no rule foresees (here a planted one) takes the whole batch back."""
    register.query("ALTER TABLE ugo.unit ADD CONSTRAINT planted CHECK (occupied <> 7)")
    before = register.query("SELECT * FROM ugo.ledger"), register.unit()
    with pytest.raises(psycopg2.errors.CheckViolation):
        register.batch(("unit.declare", DECLARE),
                       ("unit.declare", {"unit": "u-1", "occupied": 7}), account="home")
    assert (register.query("SELECT * FROM ugo.ledger"), register.unit()) == before


def test_another_timeline_opens_an_epoch(register):
    old, revision = register.query("SELECT epoch, revision FROM ugo.ledger")[0]
    register.query("UPDATE ugo.ledger SET timeline = '000000FF'")
    register.do("unit.declare", DECLARE, "home")
    epoch = register.result["epoch"]
    assert epoch != old and register.revision == revision + 1
    assert register.query("SELECT epoch, fork_revision FROM ugo.epoch ORDER BY opened_at") == [
        (old, 0), (epoch, revision)]
    register.apply([])
    assert register.result["epoch"] == epoch


def test_another_system_opens_an_epoch(register):
    old = register.value("SELECT epoch FROM ugo.ledger")
    register.query("UPDATE ugo.ledger SET started = started - interval '1 day'")
    register.apply([])
    assert register.result["epoch"] == old  # started again, the same system
    register.query("UPDATE ugo.ledger SET system_identifier = 1,"
                   " started = started - interval '1 day'")
    register.apply([])
    assert register.result["epoch"] != old


def test_a_restore_opens_an_epoch(register):
    old = register.value("SELECT epoch FROM ugo.ledger")
    epoch = register.value("SELECT ugo.open_epoch()")
    register.apply([])
    assert register.result["epoch"] == epoch != old
    assert register.value("SELECT fork_revision FROM ugo.epoch WHERE epoch = %s",
                          epoch) == register.revision
