# SPDX-License-Identifier: EUPL-1.2
"""Links: what lets one question be answered without signing in, and nothing else."""
import hashlib

import psycopg2
import pytest

from asking import new_hold
from register import FORBIDDEN, HOUR, OK, invalid

DAY = 24 * HOUR
MINUTE = 60 * 1000000


def link_id(n=0):
    return hashlib.sha256(b"link %d" % n).hexdigest()


def put(register, n=0, by="root", **params):
    return register.do("link.put", {"id": link_id(n), "account": "home", "unit": "u-1",
                                    "question": "declare", **params}, by)


def made(register, n=0, **params):
    register.advance(1000000)
    reply = put(register, n, **params)
    assert reply["type"] == "ok" and reply["revision"], reply
    return link_id(n)


def held(register, unit="u-1", account="night"):
    """A hold of a unit that has room, waiting for its answer."""
    register.declare(unit, "home", free=3, open=10)
    return new_hold(register, unit, account)


def answer(register, op, key, account="home", **params):
    return register.do(op, {"link": key, **params}, account, channel="link")


def declare(register, key, unit="u-1", **params):
    return answer(register, "unit.declare", key, unit=unit, **params)


def link(register, n=0):
    return register.record("credential", link_id(n))


def due(register):
    return dict(register.query("SELECT id, at FROM ugo.due WHERE left(id, 1) = 'l'"))


# What a link is

def test_a_link(register):
    reply = put(register)
    state = {"account": "home", "type": "link", "expires_at": register.now + DAY, "revoked": False,
             "label": None, "unit": "u-1", "question": "declare", "hold": None,
             "made_at": register.now}
    assert register.changes(reply["revision"]) == [("credential", link_id(), state)]
    assert link(register) == state
    assert due(register) == {"l-" + link_id(): register.now + DAY}
    assert put(register) == invalid("/id", "taken")
    reply = register.do("link.revoke", {"id": link_id()}, "root")
    assert register.changes(reply["revision"]) == [("credential", link_id(), None)]
    assert link(register) is None and due(register) == {}
    assert register.do("link.revoke", {"id": link_id()}, "root") == OK


def test_it_ends(register):
    made(register, expires_at=register.now + HOUR)
    register.advance(HOUR)
    register.apply([])
    assert link(register) is None and due(register) == {}
    assert register.value("SELECT operation FROM ugo.change ORDER BY revision DESC"
                          " LIMIT 1") == "link.end"


def test_one_for_a_hold_ends_with_it(register):
    hold = held(register)
    until = register.record("hold", hold)["held_until"]
    made(register, question="hold", hold=hold, expires_at=register.now + DAY)
    assert link(register)["expires_at"] == until
    made(register, 1, question="hold", hold=hold, expires_at=register.now + MINUTE)
    assert link(register, 1)["expires_at"] == register.now + MINUTE - 1000000


@pytest.mark.parametrize("params, refusal", [
    ({"account": "nobody"}, invalid("/account", "unknown_reference")),
    ({"account": "night"}, invalid("/account", "not_an_establishment")),
    ({"account": "feed"}, invalid("/account", "not_an_establishment")),
    ({"unit": "u-3"}, invalid("/unit", "unknown_reference")),
    ({"unit": "u-9"}, invalid("/unit", "unknown_reference")),
    ({"question": "both"}, invalid("/question", "unknown_code")),
    ({"question": "hold"}, invalid("/hold", "required")),
    ({"hold": "h-1"}, invalid("/hold", "only_for_hold")),
    ({"question": "hold", "hold": "h-1"}, invalid("/hold", "unknown_reference")),
    ({"id": "x"}, invalid("/id", "wrong_format")),
    ({"expires_at": 1}, invalid("/expires_at", "in_the_past")),
    ({"expires_at": 10**17}, invalid("/expires_at", "out_of_range")),
    ({"secret": "x"}, invalid("/secret", "unknown_member")),
])
def test_members(register, params, refusal):
    assert put(register, **params) == refusal


def test_a_hold_of_another_unit_or_that_is_over(register):
    hold = held(register)
    assert put(register, question="hold", unit="u-2", hold=hold) == invalid(
        "/hold", "unknown_reference")
    register.do("hold.refuse", {"hold": hold, "code": "staff"}, "home")
    assert put(register, question="hold", hold=hold)["type"] == "hold_not_active"


def test_who_may(register):
    for account in ("home", "feed", "night", "boss", "mds", "van", "nobody"):
        assert put(register, by=account) == FORBIDDEN
        assert register.do("link.revoke", {"id": link_id()}, account) == FORBIDDEN
    assert put(register, by="daemon")["revision"]


def test_a_unit_has_so_many(register):
    other = made(register, 99, unit="u-2")
    for n in range(9):
        made(register, n)
    assert {key for key, in register.query("SELECT id FROM ugo.link")} == {
        link_id(n) for n in range(1, 9)} | {other}


@pytest.mark.parametrize("op, params", [
    ("account.disable", {"id": "home"}),
    ("account.put", {"id": "home", "role": "def", "territories": ["d31"], "name": "Compte"}),
])
def test_what_ends_an_accounts_links(register, op, params):
    keys = [made(register, n) for n in range(2)]
    reply = register.do(op, params)
    assert {key for kind, key, state in register.changes(reply["revision"])
            if kind == "credential" and state is None} == set(keys)
    assert due(register) == {}


# What it is for

def test_it_declares(register):
    register.declare(free=3, open=10)
    key = made(register)
    reply = declare(register, key, free=2)
    assert reply["type"] == "ok" and reply["revision"]
    unit = register.unit()
    assert (unit["occupied"], unit["channel"], unit["declared_by"]) == (8, "link", "home")
    register.advance(HOUR)
    assert answer(register, "unit.confirm", key, unit="u-1")["revision"]
    assert register.unit()["observed_at"] == register.now
    assert declare(register, key, occupied=4, open=9)["revision"]
    assert declare(register, key, free=11) == invalid("/free", "more_than_open")
    assert declare(register, key, free=2, observed_at=1)["type"] == "outdated"
    # A repetition is known again; the same key for something else is not taken.
    again = [register.do("unit.declare", {"link": key, "unit": "u-1", "free": 1}, "home",
                         channel="link", key="tap", digest=digest) for digest in "aab"]
    assert again[1] == {**again[0], "replayed": True} and again[2]["type"] == "conflict"


def test_it_answers_a_hold(register):
    hold = held(register)
    key = made(register, question="hold", hold=hold)
    assert answer(register, "hold.refuse", key, hold=hold, code="mad") == invalid(
        "/code", "unknown_code")
    assert answer(register, "hold.accept", key, hold=hold)["revision"]
    assert register.record("hold", hold)["answered_by"] == "home"
    assert answer(register, "hold.refuse", key, hold=hold,
                  code="staff")["type"] == "hold_not_active"


def test_it_refuses_a_hold(register):
    hold = held(register)
    key = made(register, question="hold", hold=hold)
    assert answer(register, "hold.refuse", key, hold=hold, code="full")["revision"]
    assert register.record("hold", hold)["state"] == "refused"


# What it is not for

def operations(register):
    return [op for op, in register.query("SELECT op FROM ugo.operation ORDER BY op")]


def test_no_other_operation(register):
    """Each operation there is, with the members that it knows and that a link might be told by."""
    hold = held(register)
    declares = made(register, 0)
    answers = made(register, 1, question="hold", hold=hold)
    allowed = {declares: {"unit.declare", "unit.confirm"}, answers: {"hold.accept", "hold.refuse"}}
    before = register.revision
    for key, own in allowed.items():
        for op in operations(register):
            if op in own:
                continue
            members = register.value("SELECT members FROM ugo.operation WHERE op = %s", op)
            params = {name: value for name, value in (("unit", "u-1"), ("hold", hold))
                      if name in members}
            for given in ({}, params, {"unit": "u-1", "hold": hold}):
                for account in ("home", "system", "daemon", "root"):
                    assert answer(register, op, key, account, **given) == FORBIDDEN, op
    assert register.revision == before


def test_nothing_but_its_own(register):
    hold, other = held(register), held(register, "u-2")
    register.declare("u-3", "boss", free=1, open=2)
    declares = made(register, 0)
    answers = made(register, 1, question="hold", hold=hold)
    before = register.revision
    for unit in ("u-2", "u-3", "u-9", None, ["u-1"], {"u-1": 1}, 1):
        assert declare(register, declares, unit, free=1) == FORBIDDEN
        assert answer(register, "unit.confirm", declares, unit=unit) == FORBIDDEN
    for key in (other, "h-9", None, [hold]):
        assert answer(register, "hold.accept", answers, hold=key) == FORBIDDEN
        assert answer(register, "hold.refuse", answers, hold=key, code="staff") == FORBIDDEN
    for more in ({"arrived": [hold]}, {"derogation": "emergency"}, {"emergency_used": 1},
                 {"closed": {"n": 1, "reason": "works"}}, {"x": 1}, {"if_revision": 1}):
        assert declare(register, declares, free=1, **more) == FORBIDDEN
    assert answer(register, "hold.accept", declares, hold=hold) == FORBIDDEN
    assert declare(register, answers, free=1) == FORBIDDEN
    assert register.revision == before


def test_it_must_be_said_and_be_the_accounts(register):
    key = made(register)
    register.do("account.put", {"id": "other", "role": "establishment", "name": "Autre",
                                "establishments": ["e-1"]})
    before = register.revision
    for account in ("other", "feed", "night", "boss", "system"):
        assert answer(register, "unit.declare", key, account, unit="u-1", free=1,
                      open=9) == FORBIDDEN
    for claim in (link_id(5), "", None, [key], 1):
        assert declare(register, claim, free=1, open=9) == FORBIDDEN
    assert register.do("unit.declare", {"unit": "u-1", "free": 1, "open": 9}, "home",
                       channel="link") == FORBIDDEN
    assert register.do("unit.declare", {"unit": "u-1", "free": 1, "open": 9, "link": key},
                       "home") == invalid("/link", "unknown_member")
    assert register.revision == before


@pytest.mark.parametrize("end", ["time", "revoked", "moved", "closed"])
def test_after_its_end(register, end):
    register.declare(free=3, open=10)
    key = made(register, expires_at=register.now + HOUR)
    if end == "time":
        register.advance(HOUR)
    elif end == "revoked":
        register.do("link.revoke", {"id": key})
    elif end == "moved":
        register.do("account.put", {"id": "home", "role": "establishment", "name": "Compte",
                                    "establishments": ["e-2"]})
    else:
        register.do("unit.close", {"unit": "u-1"})
    assert declare(register, key, free=2) == FORBIDDEN


def test_the_daemon_reads_and_does_not_write(committed):
    made(committed)
    daemon = committed.daemon()
    assert daemon.query("SELECT count(*) FROM ugo.record WHERE kind = 'credential'") == [(1,)]
    for sql in ("DELETE FROM ugo.link", "UPDATE ugo.link SET unit = 'u-2'"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            daemon.query(sql)
    assert put(daemon, 1, "daemon", expires_at=committed.now + HOUR)["revision"]
    assert put(daemon, 2, "system") == FORBIDDEN
    daemon.close()
