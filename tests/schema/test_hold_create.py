# SPDX-License-Identifier: EUPL-1.2
"""Asking for places: what a hold is, who may ask where, what is refused and which refusal wins."""
import pytest

from asking import (BOY, FULL, GIRL, MINUTE, UNKNOWN, act, ask, declared, held, hold_of, kinds,
                    new_hold, new_request, ok)
from register import FORBIDDEN, invalid

LILLE = [
    ("territory.put", {"code": "d59", "name": "Nord", "level": "departement"}),
    ("establishment.put", {"id": "e-9", "name": "Lille", "establishment_kind": "mecs",
                           "territory": "d59"}),
    ("unit.put", {"id": "u-9", "establishment": "e-9", "name": "Lille"}),
]


def test_all_that_a_hold_says(register):
    declared(register)
    request = new_request(register, GIRL, BOY, UNKNOWN, parent={"pregnant": True},
                          needs=["mna", "complex"], emergency=True, account="mds",
                          **{"from": {"territory": "dts-2"}})
    reply = ok(ask(register, account="mds", request=request, children=[2, 0], places=3))
    epoch = register.value("SELECT epoch FROM ugo.ledger")
    hold = "h-%s-%d" % (epoch[:6], reply["revision"])
    assert reply == {"type": "ok", "revision": register.revision,
                     "answer": {"holds": [hold], "refused": []}}
    now = register.result["at"]
    state = hold_of(register, hold)
    assert state == {
        "unit": "u-1", "establishment": "e-1", "territory": "mds-1", "origin": "dts-2",
        "request": request, "children": [2, 0], "profile": [UNKNOWN, GIRL],
        "parent": {"pregnant": True}, "needs": ["complex", "mna"], "places": 3, "emergency": True,
        "state": "held", "code": None, "created_by": "mds", "created_at": now,
        "held_until": now + 45 * MINUTE, "extensions": 0, "escalated": False, "overdue": False,
        "answered_by": None, "answered_at": None, "arrive_by": None, "ended_at": None,
        "stale_unit": False, "place": None}
    assert held(register) == (3, 3)
    unit = register.record("unit", "u-1")
    assert register.changes(reply["revision"]) == [("hold", hold, state), ("unit", "u-1", unit)]
    assert unit["observed_at"] < now  # asking does not date the counts
    assert register.query("SELECT establishment, territory FROM ugo.change WHERE id = %s",
                          hold) == [("e-1", "mds-1")]


def test_a_need_is_enough(register):
    declared(register)
    state = hold_of(register, new_hold(register, need={
        "children": [BOY, {"sex": "F"}], "parent": {}, "needs": ["medical", "disability"]}))
    assert (state["request"], state["children"], state["places"]) == (None, [], 2)
    assert state["profile"] == [BOY, {"age_months": None, "sex": "F"}]
    assert (state["parent"], state["needs"]) == ({"pregnant": False}, ["disability", "medical"])
    assert (state["origin"], state["emergency"]) == ("d31", False)
    state = hold_of(register, new_hold(register, account="office", need={"parent": {}}, minutes=7,
                                       emergency=True, places=2))
    assert (state["profile"], state["places"], state["origin"]) == ([], 2, "dts-1")
    assert (state["created_by"], state["emergency"]) == ("office", True)
    assert state["held_until"] == register.result["at"] + 7 * MINUTE
    assert hold_of(register, new_hold(register, account="system"))["origin"] == "mds-1"


def test_a_parent_alone(register):
    declared(register)
    request = ok(register.do("request.open", {"parent": {"pregnant": True}}, "night"))
    request = register.changes(request["revision"])[0][1]
    for children in (None, []):
        hold = new_hold(register, request=request, children=children)
        state = hold_of(register, hold)
        assert (state["children"], state["profile"], state["places"]) == ([], [], 1)
        assert ask(register, request=request) == invalid("/unit", "already_asked")
        act(register, "release", hold)
    assert ask(register, request=request, children=[0]) == invalid("/children/0", "out_of_range")


def test_for_whom_by_default(register):
    declared(register)
    request = new_request(register, GIRL, BOY, UNKNOWN)
    hold = new_hold(register, request=request, children=[1])
    act(register, "accept", hold)
    state = hold_of(register, new_hold(register, request=request))  # those without a place
    assert (state["children"], state["profile"], state["places"]) == ([0, 2], [GIRL, UNKNOWN], 2)


@pytest.mark.parametrize("params, pointer, detail", [
    ({"unit": "u-1", "units": ["u-1"]}, "/unit", "exactly_one"),
    ({"unit": None}, "/unit", "exactly_one"),
    ({"unit": 7}, "/unit", "wrong_type"),
    ({"unit": None, "units": []}, "/units", "out_of_range"),
    ({"unit": None, "units": ["u-%d" % n for n in range(9)]}, "/units", "out_of_range"),
    ({"unit": None, "units": "u-1"}, "/units", "wrong_type"),
    ({"unit": None, "units": ["u-1", 2]}, "/units/1", "wrong_type"),
    ({"unit": None, "units": ["u-1", "u-2", "u-1", "u-2"]}, "/units/2", "twice"),
    ({"places": 0}, "/places", "out_of_range"),
    ({"places": 100}, "/places", "out_of_range"),
    ({"emergency": "yes"}, "/emergency", "wrong_type"),
    ({"need": None}, "/request", "exactly_one"),
    ({"request": "r-1"}, "/request", "exactly_one"),
    ({"need": {"name": "Léa"}}, "/need/name", "unknown_member"),
    ({"need": []}, "/need", "wrong_type"),
    ({"need": {"children": [{"first_name": "L"}]}}, "/need/children/0/first_name",
     "unknown_member"),
    ({"need": {"children": [GIRL], "parent": {"age": 3}}}, "/need/parent/age", "unknown_member"),
    ({"need": {"children": [GIRL], "parent": {"pregnant": "no"}}}, "/need/parent/pregnant",
     "wrong_type"),
    ({"need": {"children": [GIRL], "needs": ["x"]}}, "/need/needs/0", "unknown_code"),
    ({"need": {}}, "/need/children", "required"),
    ({"need": {"children": []}}, "/need/children", "required"),
    ({"children": [0]}, "/children", "only_with_request"),
    ({"children": [11]}, "/children/0", "out_of_range"),
    ({"children": ["0"]}, "/children/0", "wrong_type"),
    ({"children": [0] * 11}, "/children", "out_of_range"),
    ({"minutes": 0}, "/minutes", "out_of_range"),
    ({"minutes": 241}, "/minutes", "out_of_range"),
    ({"need": {"children": [GIRL, BOY]}, "places": 1}, "/places", "fewer_than_children"),
    ({"note": "calme"}, "/note", "unknown_member"),
    # which error wins
    ({"unit": None, "need": None}, "/unit", "exactly_one"),
    ({"unit": None, "units": ["u-1", "u-1"], "need": None}, "/units/1", "twice"),
    ({"request": "r-1", "children": [1]}, "/request", "exactly_one"),
    ({"unit": "u-none", "need": {}}, "/need/children", "required"),
    ({"unit": "u-none", "need": {"children": [GIRL, BOY]}, "places": 1}, "/places",
     "fewer_than_children"),
])
def test_params(register, params, pointer, detail):
    declared(register)
    before = register.revision
    assert register.do("hold.create", {"unit": "u-1", "need": {"children": [GIRL]}, **params},
                       "night") == invalid(pointer, detail)
    assert register.revision == before


@pytest.mark.parametrize("params, pointer, detail", [
    ({"children": []}, "/children", "required"),
    ({"children": [3]}, "/children/0", "out_of_range"),
    ({"children": [1, 1]}, "/children/1", "twice"),
    ({"children": [0]}, "/children/0", "already_placed"),
    ({"children": [1, 0]}, "/children/1", "already_placed"),
    ({"children": [1, 1, 0]}, "/children/1", "twice"),
    ({"children": [1, 2], "places": 1}, "/places", "fewer_than_children"),
    ({"children": [0], "places": 1, "unit": "u-none"}, "/children/0", "already_placed"),
])
def test_children_of_a_request(register, params, pointer, detail):
    declared(register)
    request = new_request(register, GIRL, BOY, UNKNOWN)
    act(register, "accept", new_hold(register, request=request, children=[0]))
    assert register.do("hold.create", {"unit": "u-2", "request": request, **params},
                       "night") == invalid(pointer, detail)


def test_request_that_is_not_open(register):
    declared(register)
    request = new_request(register)
    assert ask(register, account="mds", request=request) == FORBIDDEN  # not its own
    assert ask(register, account="night", request="r-1") == FORBIDDEN
    act(register, "accept", new_hold(register, request=request))
    placed = invalid("/request", "request_not_open")
    assert ask(register, request=request, children=[7]) == placed
    assert ask(register, account="mds", request=request) == FORBIDDEN


@pytest.mark.parametrize("account, may", [
    ("night", True), ("north", True), ("boss", True), ("mds", True), ("office", True),
    ("system", True), ("home", False), ("feed", False), ("van", False), ("root", False),
    ("nobody", False)])
def test_who_asks(register, account, may):
    declared(register, "u-3")  # of dts-2: any of the département
    assert (ask(register, "u-3", account) == FORBIDDEN) is not may
    assert ask(register, "u-none", account) == FORBIDDEN


def test_not_in_another_departement(register):
    register.batch(*LILLE)
    declared(register, "u-9")
    declared(register)
    assert ask(register, "u-9") == FORBIDDEN
    reply = ask(register, ["u-9", "u-1"])
    assert reply["answer"]["refused"] == [{"unit": "u-9", "type": "forbidden"}]
    register.do("account.put", {"id": "night", "role": "astreinte", "name": "N",
                                "territories": ["dts-2", "d59"]})
    assert hold_of(register, new_hold(register, "u-9"))["origin"] == "d59"
    register.do("account.put", {"id": "night", "role": "astreinte", "name": "N",
                                "establishments": ["e-1"]})
    assert ask(register) == FORBIDDEN  # an establishment is not a département


def test_free_places(register):
    assert ask(register) == FULL  # never declared
    declared(register, free=0)
    assert ask(register) == FULL
    declared(register, free=0, opened=0)  # closed
    assert ask(register) == FULL
    declared(register, free=2)
    assert ask(register, places=3) == FULL
    new_hold(register, places=2)
    assert ask(register) == FULL
    register.do("unit.declare", {"unit": "u-1", "occupied": 12, "open": 14}, "root")
    assert ask(register) == FULL
    register.do("unit.declare", {"unit": "u-1", "occupied": 11, "open": 14}, "root")
    new_hold(register)


def test_places_reserved_for_emergencies(register):
    """u-2 reserves two."""
    declared(register, "u-2", 3, 5)
    assert ask(register, "u-2", places=2) == FULL
    planned = new_hold(register, "u-2")
    assert ask(register, "u-2") == FULL
    urgent = new_hold(register, "u-2", emergency=True)
    assert held(register, "u-2") == (2, 1)
    assert ask(register, "u-2") == FULL
    act(register, "release", planned)
    new_hold(register, "u-2")  # one of the two reserved is held by an emergency
    act(register, "release", urgent)
    new_hold(register, "u-2", emergency=True, places=2)
    assert ask(register, "u-2", emergency=True) == FULL
    # what is used of the reserve is reserved no more
    register.declare("u-1", "root", free=0, open=1)
    register.do("unit.put", {"id": "u-3", "establishment": "e-2", "name": "F",
                             "emergency_reserved": 2})
    declared(register, "u-3", 2, 5)
    assert ask(register, "u-3") == FULL
    declared(register, "u-3", 2, 5, emergency_used=1)
    new_hold(register, "u-3")


def test_emergency_as_the_request(register):
    declared(register, "u-2", 2, 5)
    request = new_request(register, emergency=True)
    assert ask(register, "u-2", request=request, emergency=False) == FULL
    assert hold_of(register, new_hold(register, "u-2", request=request))["emergency"] is True


def test_several_units(register):
    for unit in ("u-1", "u-3"):
        declared(register, unit, 1)
    request = new_request(register, GIRL)
    reply = ok(ask(register, ["u-3", "u-none", "u-2", "u-1"], request=request))
    first, second = reply["answer"]["holds"]
    assert second == first + "-2" and first.endswith("-%d" % reply["revision"])
    assert reply["answer"]["refused"] == [{"unit": "u-none", "type": "forbidden"},
                                          {"unit": "u-2", "type": "no_free_place"}]
    assert [hold_of(register, h)["unit"] for h in (first, second)] == ["u-3", "u-1"]
    assert kinds(register, reply["revision"]) == [
        ("hold", first), ("hold", second), ("unit", "u-1"), ("unit", "u-3")]


def test_when_no_unit_can(register):
    declared(register, "u-1", 1)
    declared(register, "u-3", 2)
    request = new_request(register)
    new_hold(register, "u-3", request=request)
    new_hold(register, "u-1")
    before = register.revision
    for units, reply in (
            (["u-3", "u-none", "u-1"], FULL), (["u-none", "u-1"], FULL),
            (["u-3", "u-none"], FORBIDDEN), (["u-none"], FORBIDDEN),
            (["u-3"], invalid("/units", "already_asked"))):
        assert ask(register, units, request=request) == reply
    assert ask(register, "u-3", request=request) == invalid("/unit", "already_asked")
    assert register.revision == before


def test_asked_already(register):
    declared(register)
    request = new_request(register, GIRL, BOY)
    first = new_hold(register, request=request, children=[0])
    twice = invalid("/unit", "already_asked")
    assert ask(register, request=request) == twice
    assert ask(register, request=request, children=[0], places=90) == twice  # before the places
    second = new_hold(register, request=request, children=[1])
    assert ask(register, request=request, children=[1]) == twice
    act(register, "refuse", second)
    again = new_hold(register, request=request, children=[1])
    act(register, "accept", again)
    act(register, "release", first)
    new_hold(register, request=request, children=[0])
    new_hold(register)  # a need is nobody's: as often as there is room
    new_hold(register)


def test_policy_of_the_unit(register):
    declared(register)
    policy = {"unit": "u-1", "minutes": 90, "end": "escalate"}
    ok(register.do("hold_policy.put", policy, "boss"))
    state = hold_of(register, new_hold(register))
    assert state["held_until"] == register.result["at"] + 90 * MINUTE
    assert hold_of(register, new_hold(register, minutes=240))["held_until"] == \
        register.result["at"] + 240 * MINUTE


def test_policies(register):
    policy = {"unit": "u-1", "minutes": 1440, "end": "release"}
    reply = ok(register.do("hold_policy.put", policy, "root"))
    assert register.changes(reply["revision"]) == [
        ("hold_policy", "u-1", {"minutes": 1440, "end": "release"})]
    assert register.do("hold_policy.put", policy, "boss") == {"type": "ok", "revision": None}
    ok(register.do("hold_policy.put", {**policy, "end": "escalate"}, "boss"))
    for account in ("night", "home", "mds", "feed", "van"):
        assert register.do("hold_policy.put", policy, account) == FORBIDDEN
    assert register.do("hold_policy.put", {**policy, "unit": "u-none"}, "boss") == FORBIDDEN
    for member, value, detail in (("minutes", 0, "out_of_range"), ("minutes", 1441, "out_of_range"),
                                  ("minutes", None, "required"), ("end", "x", "unknown_code"),
                                  ("end", None, "required"), ("unit", None, "required")):
        assert register.do("hold_policy.put", {**policy, member: value}, "boss") == invalid(
            "/" + member, detail)
    # it goes with its unit
    for closing, params in (("unit.close", {"unit": "u-1"}),
                            ("establishment.close", {"establishment": "e-1"})):
        register.query("SAVEPOINT before")
        reply = ok(register.do(closing, params))
        assert ("hold_policy", "u-1", None) in register.changes(reply["revision"])
        assert ("hold_policy", "u-1", {"establishment": None, "territory": None}) in \
            register.departed(reply["revision"])
        assert register.record("hold_policy", "u-1") is None
        register.check()
        register.query("ROLLBACK TO before")


def test_a_stale_unit_is_asked_with_a_warning(register):
    declared(register)
    ttl = register.unit()["ttl_s"] * 1000000
    seen = register.unit()["observed_at"]
    register.now = seen + ttl - 2
    register.advance(1)
    assert hold_of(register, new_hold(register))["stale_unit"] is False
    register.advance(1)
    assert hold_of(register, new_hold(register))["stale_unit"] is True
    declared(register, free=3)
    register.do("unit.report_wrong", {"unit": "u-1"}, "night")
    assert hold_of(register, new_hold(register))["stale_unit"] is True


def test_a_hold_keeps_its_scope(register):
    """For life, wherever its unit and its request go."""
    declared(register)
    request = new_request(register, account="mds")
    hold = new_hold(register, account="mds", request=request)
    before = hold_of(register, hold)
    ok(register.do("unit.put", {"id": "u-1", "establishment": "e-2", "name": "Grands"}))
    ok(register.do("request.update", {"request": request, "from": {"territory": "dts-2"}}, "mds"))
    assert hold_of(register, hold) == before
    reply = ok(act(register, "refuse", hold))  # of the establishment it was asked of
    assert register.query("SELECT kind, establishment, territory FROM ugo.change"
                          " WHERE revision = %s ORDER BY part", reply["revision"]) == [
        ("hold", "e-1", "mds-1"), ("unit", "e-2", "dts-2")]


def test_several_in_a_batch(register):
    """A command sees what those before it have taken."""
    declared(register, free=3)
    command = {"unit": "u-1", "places": 2, "need": {"children": [GIRL]}}
    replies = register.batch(*[("hold.create", command)] * 2,
                             ("hold.create", {**command, "places": 1}),
                             ("hold.create", {**command, "places": 1}), account="night")
    assert [r["type"] for r in replies] == ["ok", "no_free_place", "ok", "no_free_place"]
