# SPDX-License-Identifier: EUPL-1.2
"""Reminders: who is asked when a declaration is not believed any more or a hold waits; what is to
be sent, once, and again when it failed."""
import psycopg2
import pytest

from asking import new_hold
from register import FORBIDDEN, HOUR, OK, invalid

MINUTE = 60 * 1000000
MAIL = "cadre@tilleuls.example"


def reachable(register, address=MAIL):
    return register.do("account.put", {"id": "home", "role": "establishment", "name": "Compte",
                                       "establishments": ["e-1"], "remind": address})


def rule(register, key="n-1", by="root", **params):
    return register.do("reminder.put", {"id": key, "territory": "d31", "question": "declare",
                                        **params}, by)


def take(register, most=10):
    """What is to be sent: (id, try, account, unit, question, hold, address)."""
    return [row[:7] for row in register.query("SELECT * FROM ugo.outbox_take(%s)", most)]


def asked(register):
    return [(unit, number) for _, number, _, unit, *_ in take(register)]


def done(register, row, sent):
    return register.value("SELECT ugo.outbox_done(%s, %s, %s)", row[0], row[1], sent)


def until_stale(register, unit="u-1"):
    state = register.unit(unit)
    register.advance(state["observed_at"] + state["ttl_s"] * 1000000 - register.now)


@pytest.fixture(name="ready")
def fixture_ready(register):
    """A unit declared just now, its account reachable, a rule for all."""
    assert reachable(register)["type"] == "ok" and rule(register)["type"] == "ok"
    register.declare(free=3, open=10)
    return register


# Rules and addresses

def test_an_account_is_reachable(register):
    reply = reachable(register)
    assert register.record("account", "home")["remind"] == MAIL
    assert register.changes(reply["revision"])[0][2]["remind"] == MAIL
    assert reachable(register) == OK
    assert reachable(register, "+33 5 00 00 00 01")["revision"]
    assert reachable(register, None)["revision"]
    assert "remind" not in register.record("account", "home")
    for wrong in ("x", "a b@c", "05;00", "a@b\n"):
        assert reachable(register, wrong) == invalid("/remind", "wrong_format")
    assert register.do("account.put", {"id": "boss", "role": "def", "name": "Compte",
                                       "remind": MAIL}) == invalid(
                                           "/remind", "only_for_establishment")


def test_a_rule(register):
    reply = rule(register, establishment_kind="mecs", before_s=600)
    state = {"territory": "d31", "establishment_kind": "mecs", "establishment": None,
             "question": "declare", "before_s": 600, "after_s": 300}
    assert register.changes(reply["revision"]) == [("reminder", "n-1", state)]
    assert rule(register, establishment_kind="mecs", before_s=600) == OK
    assert rule(register, question="hold", territory="dts-1")["revision"]
    assert register.departed(register.revision)
    reply = register.do("reminder.delete", {"id": "n-1"}, "root")
    assert register.changes(reply["revision"]) == [("reminder", "n-1", None)]
    assert register.do("reminder.delete", {"id": "n-1"})["type"] == "not_found"


@pytest.mark.parametrize("params, pointer, detail", [
    ({"id": "x"}, "/id", "wrong_format"), ({"territory": "x"}, "/territory", "unknown_reference"),
    ({"establishment_kind": "x"}, "/establishment_kind", "unknown_reference"),
    ({"establishment": "e-9"}, "/establishment", "unknown_reference"),
    ({"question": "x"}, "/question", "unknown_code"), ({"before_s": -1}, "/before_s",
                                                       "out_of_range"),
    ({"after_s": 86401}, "/after_s", "out_of_range"), ({"x": 1}, "/x", "unknown_member"),
])
def test_members(register, params, pointer, detail):
    assert rule(register, **{"key": params.pop("id", "n-1"), **params}) == invalid(pointer, detail)


def test_who_may(register):
    for account in ("home", "night", "boss", "mds", "daemon"):
        assert rule(register, by=account) == FORBIDDEN
        assert register.do("reminder.delete", {"id": "n-1"}, account) == FORBIDDEN


# Declarations

def test_once_when_it_is_not_believed_any_more(ready):
    assert take(ready) == []
    until_stale(ready)
    ready.advance(-1)
    assert take(ready) == []
    ready.advance(1)
    (row,) = take(ready)
    assert row[1:] == (1, "home", "u-1", "declare", None, MAIL)
    assert done(ready, row, True) == "sent"
    ready.advance(HOUR)
    assert take(ready) == []


def test_ahead_of_it(ready):
    rule(ready, "n-2", before_s=600)
    until_stale(ready)
    ready.advance(-601 * 1000000)
    assert take(ready) == []
    ready.advance(1000000)
    assert asked(ready) == [("u-1", 1)]


def test_three_times_at_most(ready):
    ttl = ready.unit()["ttl_s"] * 1000000
    until_stale(ready)
    for number in range(6):
        rows = take(ready)
        assert len(rows) == (number < 3)
        for row in rows:
            done(ready, row, True)
        ready.advance(ttl - 1)
        assert take(ready) == []
        ready.advance(1)
    ready.declare(free=2)
    until_stale(ready)
    assert asked(ready) == [("u-1", 1)]


def test_who_is_not_asked(ready):
    ready.declare("u-3", "boss", free=1, open=2)  # nobody can be reached there
    ready.declare("u-2", "home", free=1, open=2)
    ready.do("reminder.delete", {"id": "n-1"})
    for n, params in enumerate(({"territory": "dts-2"}, {"establishment_kind": "lieu_de_vie"},
                                {"establishment": "e-2"}, {"question": "hold"})):
        assert rule(ready, f"n-{n}", **params)["revision"]
    ready.advance(1000 * HOUR)
    assert take(ready) == []
    rule(ready, "n-9", territory="dts-1", establishment_kind="mecs", establishment="e-1")
    assert {unit for unit, _ in asked(ready)} == {"u-1", "u-2"}


def test_a_unit_that_never_declared_is_not_reminded(register):
    reachable(register)
    rule(register)
    register.advance(1000 * HOUR)
    assert take(register) == []


@pytest.mark.parametrize("what", ["declared", "disabled", "moved", "closed"])
def test_what_is_answered_is_not_sent(ready, what):
    until_stale(ready)
    (row,) = take(ready)
    assert done(ready, row, False) == "waiting"
    if what == "declared":
        ready.declare(free=1)
    elif what == "disabled":
        ready.do("account.disable", {"id": "home"})
    elif what == "moved":
        reachable(ready, "other@tilleuls.example")
    else:
        ready.do("unit.close", {"unit": "u-1"})
    ready.advance(HOUR)
    assert take(ready) == []
    assert ready.query("SELECT state FROM ugo.outbox") == [("dropped",)]


# Holds

def test_a_hold_that_waits(ready):
    rule(ready, "n-2", question="hold", after_s=600)
    hold = new_hold(ready)
    ready.advance(ready.record("hold", hold)["created_at"] + 600 * 1000000 - 1 - ready.now)
    assert take(ready) == []
    ready.advance(1)
    (row,) = take(ready)
    assert row[1:] == (1, "home", "u-1", "hold", hold, MAIL)
    assert done(ready, row, True) == "sent"
    ready.advance(10 * MINUTE)
    assert take(ready) == []


def test_a_hold_that_was_answered(ready):
    rule(ready, "n-2", question="hold", after_s=0)
    hold = new_hold(ready)
    (row,) = take(ready)
    assert done(ready, row, False) == "waiting"
    ready.do("hold.refuse", {"hold": hold, "code": "staff"}, "home")
    ready.advance(MINUTE)
    assert take(ready) == []


# Sending

def test_it_is_tried_again(ready):
    until_stale(ready)
    for number, pause in enumerate((1, 5, 30), 1):
        (row,) = take(ready)
        assert row[1] == number
        assert done(ready, row, False) == "waiting"
        ready.advance(pause * MINUTE - 1)
        assert take(ready) == []
        ready.advance(1)
    (row,) = take(ready)
    assert row[1] == 4 and done(ready, row, False) == "failed"
    ready.advance(HOUR)
    assert take(ready) == []


def test_whoever_falls_silent_is_replaced(ready):
    until_stale(ready)
    (lost,) = take(ready)
    ready.advance(MINUTE - 1)
    assert take(ready) == []
    ready.advance(1)
    (row,) = take(ready)
    assert row[0] == lost[0] and row[1] == 2
    assert done(ready, lost, False) is None  # it comes too late to say anything
    assert done(ready, row, True) == "sent"
    assert done(ready, row, False) is None


def test_so_many_at_a_time(ready):
    ready.declare("u-2", free=1, open=2)
    ready.advance(1000 * HOUR)
    assert len(take(ready, 1)) == 1 and len(take(ready, 1)) == 1 and take(ready, 1) == []


def test_it_is_let_go(ready):
    until_stale(ready)
    done(ready, take(ready)[0], True)
    ready.declare(free=1)
    ready.advance(31 * 24 * HOUR)
    ready.do("reminder.delete", {"id": "n-1"})
    take(ready)
    assert ready.query("SELECT * FROM ugo.outbox") == []


def test_one_at_a_time(committed):
    reachable(committed)
    rule(committed)
    committed.declare(free=3, open=10)
    until_stale(committed)
    one, other = committed.daemon(), committed.daemon()
    one.query("BEGIN")
    assert len(take(one)) == 1
    assert take(other) == []  # not even waiting for it
    one.query("COMMIT")
    assert take(other) == []
    for sql in ("UPDATE ugo.outbox SET state = 'sent'", "DELETE FROM ugo.outbox",
                "INSERT INTO ugo.reminder DEFAULT VALUES", "SELECT ugo.queue_reminders(1)"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            one.query(sql)
    one.close()
    other.close()
