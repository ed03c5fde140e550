# SPDX-License-Identifier: EUPL-1.2
"""Many callers at once, and repeats: nobody is promised what another has, nothing happens twice."""
import random
import threading

import pytest

from asking import BOY, GIRL, act, ask, declared, held, hold_of, new_hold, new_request, ok
from register import OK, invalid

CALLERS = 16
PLACES = 5


def fight(committed, ask_once):
    """Sixteen connections, each until it is refused; the replies."""
    sessions = [committed.daemon() for _ in range(CALLERS)]
    start = threading.Barrier(CALLERS)
    replies, errors = [], []

    def call(session):
        try:
            start.wait()
            for _ in range(PLACES):
                replies.append(ask_once(session))
        except Exception as error:  # pylint: disable=broad-except
            errors.append(error)

    threads = [threading.Thread(target=call, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for session in sessions:
        session.close()
    assert errors == [] and len(replies) == CALLERS * PLACES
    return replies


def test_sixteen_fight_for_five(committed):
    declared(committed, free=PLACES)
    replies = fight(committed, lambda session: session.do(
        "hold.create", {"unit": "u-1", "need": {"children": [GIRL]}}, "night"))
    got = [r for r in replies if r["type"] == "ok"]
    assert len(got) == PLACES and len({r["answer"]["holds"][0] for r in got}) == PLACES
    assert {r["type"] for r in replies} == {"ok", "no_free_place"}
    assert held(committed) == (PLACES, 0)


def test_sixteen_fight_and_let_go(committed):
    """At no revision more is promised than there is."""
    declared(committed, "u-2", PLACES, 7)  # of these two are for emergencies only
    dice = random.Random(7)

    def ask_and_answer(session):
        reply = session.do("hold.create", {
            "unit": "u-2", "need": {"children": [GIRL] * dice.choice([1, 1, 2, 3])},
            "emergency": dice.random() < 0.5}, "night")
        if reply["type"] == "ok":
            hold = {"hold": reply["answer"]["holds"][0]}
            fate = dice.choice(["release", "refuse", "accept", None])
            if fate:
                params = {**hold, "code": "full"} if fate == "refuse" else hold
                assert session.do("hold." + fate, params, "home" if fate != "release" else "night")
            if fate == "accept":
                session.do("hold.withdraw", {**hold, "code": "other"}, "night")
        return reply

    fight(committed, ask_and_answer)
    states = committed.query("SELECT (state ->> 'open')::integer, (state ->> 'occupied')::integer,"
                             " (state ->> 'held')::integer, (state ->> 'held_emergency')::integer"
                             " FROM ugo.change WHERE kind = 'unit' AND id = 'u-2'"
                             " AND state ->> 'open' IS NOT NULL ORDER BY revision")
    assert len(states) > PLACES
    for opened, occupied, places, urgent in states:
        assert 0 <= urgent <= places <= opened - occupied
        assert places - urgent <= PLACES - 2


def test_one_acceptance_for_a_child(committed):
    """Sixteen establishments say yes to the same child."""
    request = new_request(committed, GIRL)
    units = []
    for n in range(CALLERS):
        units.append("u-x%d" % n)
        committed.do("unit.put", {"id": units[-1], "establishment": "e-1", "name": "X"})
        declared(committed, units[-1], 1, 1)
    holds = [new_hold(committed, unit, request=request) for unit in units]
    waiting = list(holds)
    sessions = [committed.daemon() for _ in holds]
    replies = []

    def accept(session):
        replies.append(session.do("hold.accept", {"hold": waiting.pop()}, "home"))

    threads = [threading.Thread(target=accept, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for session in sessions:
        session.close()
    assert sorted(r["type"] for r in replies) == ["hold_not_active"] * (CALLERS - 1) + ["ok"]
    states = sorted(hold_of(committed, hold)["state"] for hold in holds)
    assert states == ["accepted"] + ["released"] * (CALLERS - 1)
    assert sum(held(committed, unit)[0] for unit in units) == 1


# Every operation: what comes before it, and the command.
def commands(register):
    declared(register, "u-1", 9)
    declared(register, "u-3", 9)
    request = new_request(register, GIRL, BOY)
    ready = {name: new_hold(register) for name in ("accept", "refuse", "release", "extend",
                                                   "withdraw", "arrive")}
    for name in ("withdraw", "arrive"):
        act(register, "accept", ready[name])
    needed = {"children": [GIRL]}
    return {
        "request.open": ("night", {"children": [GIRL], "reference": "A1"}),
        "request.update": ("night", {"request": request, "max_km": 3}),
        "request.close": ("night", {"request": new_request(register), "code": "error"}),
        "hold.create": ("night", {"units": ["u-1", "u-2", "u-3"], "need": needed}),
        "hold.accept": ("home", {"hold": ready["accept"]}),
        "hold.refuse": ("home", {"hold": ready["refuse"], "code": "full"}),
        "hold.release": ("night", {"hold": ready["release"]}),
        "hold.extend": ("night", {"hold": ready["extend"]}),
        "hold.withdraw": ("night", {"hold": ready["withdraw"], "code": "error"}),
        "hold.arrive": ("home", {"hold": ready["arrive"]}),
        "hold_policy.put": ("boss", {"unit": "u-1", "minutes": 9, "end": "release"}),
    }


OPERATIONS = ["request.open", "request.update", "request.close", "hold.create", "hold.accept",
              "hold.refuse", "hold.release", "hold.extend", "hold.withdraw", "hold.arrive",
              "hold_policy.put"]


@pytest.mark.parametrize("op", OPERATIONS)
def test_repeated_with_its_key(register, op):
    account, params = commands(register)[op]
    first = ok(register.do(op, params, account, key="once"))
    if op == "hold.create":
        assert len(first["answer"]["holds"]) == 2
        assert first["answer"]["refused"] == [{"unit": "u-2", "type": "no_free_place"}]
    revision = register.revision
    assert register.do(op, params, account, key="once") == {**first, "replayed": True}
    assert register.do(op, params, account, key="once", digest="other") == {
        "type": "conflict", "revision": None}
    register.advance(47 * 3600 * 1000000)  # even when what it made has ended
    assert register.do(op, params, account, key="once") == {**first, "replayed": True}
    assert register.value("SELECT count(*) FROM ugo.change WHERE operation = %s"
                          " AND revision > %s", op, revision) == 0


@pytest.mark.parametrize("op", OPERATIONS)
def test_repeated_without_its_key(register, op):
    account, params = commands(register)[op]
    ok(register.do(op, params, account))
    revision = register.revision
    again = register.do(op, params, account)
    expected = {"request.update": OK, "hold_policy.put": OK,
                "request.open": invalid("/reference", "already_used")}
    if op in ("hold.create", "hold.extend"):
        assert again["type"] == "ok" and again["revision"] == revision + 1
        return
    assert register.revision == revision
    if op == "request.close":
        assert again["errors"] == [{"pointer": "/request", "detail": "request_not_open"}]
    else:
        assert again == expected.get(op, {"type": "hold_not_active", "revision": None})


def test_a_refused_ask_is_remembered(register):
    declared(register, free=0)
    first = ask(register)
    command = {"unit": "u-1", "need": {"children": [GIRL]}}
    refused = register.do("hold.create", command, "night", key="k")
    assert refused == first == {"type": "no_free_place", "revision": None}
    declared(register, free=3)
    assert register.do("hold.create", command, "night", key="k") == {**refused, "replayed": True}
    ok(register.do("hold.create", command, "night", key="k2"))
