# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a hold: answers, releases, arrivals; parallel asks; declarations beside them."""
import pytest

from asking import (BOY, CONFLICTS, DAY, GIRL, INACTIVE, MINUTE, UNKNOWN, act, ask, declared, held,
                    hold_of, kinds, new_hold, new_request, ok, request_of)
from register import FORBIDDEN, HOUR, invalid


def test_accept(register):
    register.do("establishment.put", {
        "id": "e-2", "name": "La Ferme", "establishment_kind": "lieu_de_vie", "territory": "dts-2",
        "commune": "31395", "point": [43.5, 1.3], "address": "Chemin du Lac",
        "contact": {"night": "06"}})
    declared(register, "u-3")
    register.do("account.put", {"id": "farm", "role": "establishment", "establishments": ["e-2"],
                                "name": "F"})
    hold = new_hold(register, "u-3", emergency=True)
    before = hold_of(register, hold)
    reply = ok(act(register, "accept", hold, "farm"))
    assert reply == {"type": "ok", "revision": register.revision}
    now = register.result["at"]
    assert register.unit("u-3")["visibility"] == "commune"  # and yet:
    place = {"address": "Chemin du Lac", "commune": "31395", "point": [43.5, 1.3],
             "contact": {"day": None, "night": "06"}}
    state = {**before, "state": "accepted", "answered_by": "farm", "answered_at": now,
             "arrive_by": now + DAY, "place": place}
    assert register.changes(reply["revision"]) == [("hold", hold, state)]
    assert hold_of(register, hold) == state and held(register, "u-3") == (1, 1)


def test_arrive_by(register):
    declared(register, free=9, opened=9)
    register.advance(HOUR)
    for given, detail in ((register.now, "in_the_past"), (1, "in_the_past"),
                          (register.now + 8 * DAY, "out_of_range"), (0, "out_of_range"),
                          ("x", "wrong_type")):
        hold = new_hold(register, minutes=240)
        assert act(register, "accept", hold, arrive_by=given) == invalid("/arrive_by", detail)
    register.advance(HOUR)
    assert act(register, "accept", hold, arrive_by=register.now + 7 * DAY + 1) == invalid(
        "/arrive_by", "out_of_range")
    register.advance(HOUR)
    ok(act(register, "accept", hold, arrive_by=register.now + 7 * DAY))
    other = new_hold(register)
    register.advance(MINUTE)
    assert act(register, "accept", other, arrive_by=register.now) == invalid(
        "/arrive_by", "in_the_past")
    register.advance(MINUTE)
    ok(act(register, "accept", other, arrive_by=register.now + 1))


def test_refuse(register):
    declared(register)
    hold = new_hold(register, emergency=True, places=2)
    before = hold_of(register, hold)
    assert act(register, "refuse", hold, code="because") == invalid("/code", "unknown_code")
    assert act(register, "refuse", hold, code=None) == invalid("/code", "required")
    assert act(register, "refuse", hold, code="no_show") == invalid("/code", "unknown_code")
    reply = ok(act(register, "refuse", hold, code="group"))
    now = register.result["at"]
    state = {**before, "state": "refused", "code": "group", "answered_by": "home",
             "answered_at": now, "ended_at": now}
    assert register.changes(reply["revision"]) == [("hold", hold, state),
                                                   ("unit", "u-1", register.unit())]
    assert hold_of(register, hold) == state and held(register) == (0, 0)


def test_full_contests_the_figures(register):
    """A house that is full by its own word is not shown as free for certain."""
    declared(register)
    first, second, third = (new_hold(register) for _ in range(3))
    ok(act(register, "refuse", first, code="staff"))  # true of tonight: the count stands
    assert register.unit()["contested_at"] is None
    counts = register.unit()
    reply = ok(act(register, "refuse", second, code="full"))
    since = register.result["at"]
    assert register.unit() == {**counts, "held": 1, "contested_at": since}
    assert kinds(register, reply["revision"]) == [("hold", second), ("unit", "u-1")]
    register.advance(HOUR)
    ok(act(register, "refuse", new_hold(register), code="full"))
    assert register.unit()["contested_at"] == since  # since it was first said
    assert hold_of(register, new_hold(register))["stale_unit"] is True
    register.do("unit.confirm", {"unit": "u-1"}, "home")
    assert register.unit()["contested_at"] is None
    register.advance(HOUR)
    assert act(register, "refuse", third, code="full") == INACTIVE  # it has ended
    assert register.unit()["contested_at"] is None


def test_release(register):
    declared(register)
    hold = new_hold(register)
    before = hold_of(register, hold)
    reply = ok(act(register, "release", hold))
    assert hold_of(register, hold) == {**before, "state": "released",
                                       "ended_at": register.result["at"]}
    assert kinds(register, reply["revision"]) == [("hold", hold), ("unit", "u-1")]
    assert held(register) == (0, 0)


def test_extend(register):
    declared(register)
    hold = new_hold(register, minutes=10)
    end = hold_of(register, hold)["held_until"]
    register.advance(5 * MINUTE)
    reply = ok(act(register, "extend", hold))  # counted from the old end
    assert kinds(register, reply["revision"]) == [("hold", hold)]
    ok(act(register, "extend", hold, minutes=240))
    state = hold_of(register, hold)
    assert (state["held_until"], state["extensions"]) == (end + 285 * MINUTE, 2)
    assert act(register, "extend", hold) == invalid("/hold", "extended_too_often")
    assert act(register, "extend", hold, minutes=241) == invalid("/minutes", "out_of_range")
    assert hold_of(register, hold) == state and held(register) == (1, 0)


def test_withdraw(register):
    declared(register)
    request = new_request(register, GIRL, BOY)
    one, two = (new_hold(register, request=request, children=[n]) for n in (0, 1))
    act(register, "accept", one)
    act(register, "accept", two)
    assert request_of(register, request)["state"] == "placed"
    before = hold_of(register, one)
    assert act(register, "withdraw", one, code="group") == invalid("/code", "unknown_code")
    reply = ok(act(register, "withdraw", one, code="no_show"))
    assert kinds(register, reply["revision"]) == [("hold", one), ("request", request),
                                                  ("unit", "u-1")]
    assert hold_of(register, one) == {**before, "state": "withdrawn", "code": "no_show",
                                      "ended_at": register.result["at"], "place": None}
    state = request_of(register, request)
    assert (state["state"], state["placed"], state["placed_at"]) == ("open", [1], None)
    assert held(register) == (1, 0)
    new_hold(register, request=request, children=[0])  # asked again
    alone = new_hold(register)
    act(register, "accept", alone)
    assert kinds(register, ok(act(register, "withdraw", alone))["revision"]) == [
        ("hold", alone), ("unit", "u-1")]


def test_arrive(register):
    declared(register, "u-2", 4, 6)
    request = new_request(register, GIRL, BOY)
    one = new_hold(register, "u-2", request=request, children=[0], emergency=True, places=3)
    two = new_hold(register, "u-2", request=request, children=[1], emergency=True)
    act(register, "accept", one)
    act(register, "accept", two)
    register.do("unit.report_wrong", {"unit": "u-2"}, "night")
    before, counts = hold_of(register, one), register.unit("u-2")
    register.advance(HOUR)
    reply = ok(act(register, "arrive", one, "night", observed_at=register.now - 5))
    now = register.result["at"]
    assert kinds(register, reply["revision"]) == [("hold", one), ("request", request),
                                                  ("unit", "u-2")]
    assert hold_of(register, one) == {**before, "state": "arrived", "ended_at": now}
    assert register.unit("u-2") == {
        **counts, "held": 1, "held_emergency": 1, "occupied": 5, "emergency_used": 2,
        "observed_at": register.now - 5, "recorded_at": now, "declared_by": "night",
        "contested_at": None}
    state = request_of(register, request)
    assert (state["arrived"], state["placed"], state["state"]) == ([0], [0, 1], "placed")
    # the other: seen before what is known already
    ok(act(register, "arrive", two, observed_at=1))
    unit = register.unit("u-2")
    assert (unit["held"], unit["occupied"], unit["emergency_used"]) == (0, 6, 2)
    assert (unit["observed_at"], unit["declared_by"]) == (register.now - 5, "home")
    state = request_of(register, request)
    assert (state["state"], state["code"], state["arrived"]) == ("closed", "arrived", [0, 1])
    assert state["closed_at"] == register.result["at"]


def test_arrive_in_the_future(register):
    declared(register)
    hold = new_hold(register)
    ahead = register.now + HOUR
    assert act(register, "arrive", hold, observed_at=ahead) == INACTIVE
    act(register, "accept", hold)
    assert act(register, "arrive", hold, observed_at=ahead) == invalid(
        "/observed_at", "in_the_future", now=register.result["at"])
    ok(act(register, "arrive", hold, observed_at=register.now + MINUTE))
    assert register.unit()["observed_at"] == register.result["at"]


def test_a_parent_alone_arrives(register):
    declared(register)
    declared(register, "u-3")
    reply = register.do("request.open", {"parent": {"pregnant": True}}, "night")
    request = register.changes(reply["revision"])[0][1]
    one, other = (new_hold(register, unit, request=request) for unit in ("u-1", "u-3"))
    act(register, "accept", one)
    assert hold_of(register, other)["state"] == "released"
    assert request_of(register, request)["state"] == "placed"
    act(register, "withdraw", one)
    assert request_of(register, request)["state"] == "open"
    again = new_hold(register, request=request)
    act(register, "accept", again)
    act(register, "arrive", again)
    state = request_of(register, request)
    assert (state["state"], state["code"], state["placed"]) == ("closed", "arrived", [])


def test_an_acceptance_releases_the_losers_only(register):
    """A sibling split keeps its other half."""
    for unit in ("u-1", "u-2", "u-3"):
        declared(register, unit, 6)
    request = new_request(register, GIRL, BOY, UNKNOWN)
    other = new_request(register, GIRL)
    first = new_hold(register, "u-1", request=request, children=[0, 1])
    holds = {name: new_hold(register, "u-2", request=request, children=children)
             for name, children in (("same", [0]), ("half", [2]))}
    holds["pair"] = new_hold(register, "u-3", request=request, children=[1, 0], emergency=True)
    holds["mixed"] = new_hold(register, "u-3", request=request, children=[2])
    mixed = new_hold(register, "u-1", request=request, children=[2])
    strange = new_hold(register, "u-2", request=other)
    need = new_hold(register, "u-2")
    reply = ok(act(register, "accept", first))
    released = {h for h in (*holds.values(), mixed, strange, need, first)
                if hold_of(register, h)["state"] == "released"}
    assert released == {holds["same"], holds["pair"]}
    assert kinds(register, reply["revision"]) == [
        *(("hold", h) for h in sorted([first, holds["same"], holds["pair"]])),
        ("request", request), ("unit", "u-2"), ("unit", "u-3")]
    for hold in released:
        state = hold_of(register, hold)
        assert state["ended_at"] == register.result["at"] and state["code"] is None
    assert [held(register, u) for u in ("u-1", "u-2", "u-3")] == [(3, 0), (3, 0), (1, 0)]
    state = request_of(register, request)
    assert (state["state"], state["placed"], state["placed_at"]) == ("open", [0, 1], None)
    # the other half: now every one has a place
    ok(act(register, "accept", holds["half"]))
    state = request_of(register, request)
    assert (state["state"], state["placed"]) == ("placed", [0, 1, 2])
    assert state["placed_at"] == register.result["at"]
    assert hold_of(register, mixed)["state"] == hold_of(register, holds["mixed"])["state"] == \
        "released"
    assert hold_of(register, strange)["state"] == hold_of(register, need)["state"] == "held"


def test_a_child_has_one_place(register):
    declared(register)
    declared(register, "u-2", 6)
    request = new_request(register, GIRL, BOY)
    one = new_hold(register, request=request, children=[0])
    both = new_hold(register, "u-2", request=request)
    act(register, "accept", one)
    assert hold_of(register, both)["state"] == "held"  # the boy has no place yet
    assert act(register, "accept", both) == invalid("/hold", "child_already_placed")
    act(register, "withdraw", one)
    ok(act(register, "accept", both))


def test_several_acceptances_release_what_they_have_placed_together(register):
    declared(register)
    declared(register, "u-2", 6)
    request = new_request(register, GIRL, BOY, UNKNOWN)
    one, two = (new_hold(register, request=request, children=[n]) for n in (0, 1))
    both = new_hold(register, "u-2", request=request, children=[0, 1])
    act(register, "accept", one)
    act(register, "accept", two)
    assert hold_of(register, both)["state"] == "released"


@pytest.mark.parametrize("verb", ["accept", "refuse"])
def test_who_answers(register, verb):
    """The establishment; the astreinte and the DEF where places reserved for emergencies allow."""
    for emergency, allowed in ((False, {"home", "feed", "system"}),
                               (True, {"home", "feed", "system", "night", "north", "boss"})):
        for account in ("home", "feed", "night", "north", "boss", "mds", "office", "van", "root",
                        "system", "nobody"):
            declared(register, "u-2", 4, 5)
            hold = new_hold(register, "u-2", emergency=emergency)
            reply = act(register, verb, hold, account)
            assert (reply["type"] == "ok") == (account in allowed), account
            if account not in allowed:
                assert reply == act(register, verb, "h-none", account) == FORBIDDEN
            if hold_of(register, hold)["state"] == "held":
                act(register, "release", hold)
            elif verb == "accept":
                act(register, "withdraw", hold)
    register.do("account.put", {"id": "farm", "role": "establishment", "establishments": ["e-2"],
                                "name": "F"})
    assert act(register, verb, new_hold(register, "u-2", emergency=True), "farm") == FORBIDDEN


def test_reserved_places_the_astreinte_gives(register):
    """u-2 reserves two."""
    declared(register, "u-2", 5, 6, emergency_used=0)
    big = new_hold(register, "u-2", emergency=True, places=3)
    for verb in ("accept", "refuse"):
        assert act(register, verb, big, "night") == FORBIDDEN
    act(register, "release", big)
    one, two, three = (new_hold(register, "u-2", emergency=True) for _ in range(3))
    ok(act(register, "accept", one, "night"))
    assert act(register, "accept", one, "night") == INACTIVE  # which itself does not count
    ok(act(register, "accept", two, "boss"))
    assert act(register, "accept", two, "night") == INACTIVE
    assert act(register, "accept", three, "night") == FORBIDDEN
    act(register, "arrive", two)
    assert act(register, "accept", three, "night") == FORBIDDEN  # one used, one accepted
    act(register, "withdraw", one)
    ok(act(register, "accept", three, "night"))


def test_answering_elsewhere(register):
    """An astreinte of another département gives nothing away."""
    register.batch(("territory.put", {"code": "d59", "name": "Nord", "level": "departement"}),
                   ("account.put", {"id": "lille", "role": "astreinte", "territories": ["d59"],
                                    "name": "L"}))
    declared(register, "u-2", 4, 5)
    hold = new_hold(register, "u-2", emergency=True)
    for verb in ("accept", "refuse", "release", "extend", "withdraw", "arrive"):
        assert act(register, verb, hold, "lille") == FORBIDDEN


@pytest.mark.parametrize("verb", ["release", "extend", "withdraw", "arrive"])
def test_who_holds_it(register, verb):
    declared(register, "u-1", 60, 99)
    for origin, creator, allowed in (
            ("dts-2", "night", {"night", "north", "boss", "system"}),
            ("mds-1", "night", {"night", "north", "boss", "system", "mds", "office"}),
            ("dts-2", "mds", {"night", "north", "boss", "system", "mds", "office"}),
            ("dts-2", "office", {"night", "north", "boss", "system", "office"})):
        for account in ("night", "north", "boss", "mds", "office", "home", "feed", "van", "root",
                        "system", "nobody"):
            request = new_request(register, account=creator, **{"from": {"territory": origin}})
            hold = new_hold(register, account=creator, request=request)
            if verb in ("withdraw", "arrive"):
                act(register, "accept", hold)
            may = allowed | ({"home", "feed"} if verb == "arrive" else set())
            reply = act(register, verb, hold, account)
            assert (reply["type"] == "ok") == (account in may), (account, origin, creator)
            if account not in may:
                assert reply == act(register, verb, "h-none", account) == FORBIDDEN


def test_a_declaration_never_eats_a_hold(register):
    declared(register, free=3, opened=5)
    holds = [new_hold(register), new_hold(register, emergency=True)]
    for params in ({"free": 1}, {"occupied": 9}, {"open": 1, "occupied": 0},
                   {"occupied": 2, "closed": {"n": 2, "reason": "staff"}}):
        assert register.declare(**params) == CONFLICTS
    ok(register.declare(occupied=1, closed={"n": 2, "reason": "staff"}))
    assert register.do("unit.close", {"unit": "u-1"}) == CONFLICTS
    assert register.do("establishment.close", {"establishment": "e-1"}) == CONFLICTS
    act(register, "accept", holds[0])
    assert register.declare(free=1) == CONFLICTS
    act(register, "refuse", holds[1])
    ok(register.declare(free=1))
    act(register, "withdraw", holds[0])
    ok(register.declare(free=0))
    ok(register.do("unit.close", {"unit": "u-1"}))
    assert hold_of(register, holds[0])["state"] == "withdrawn"  # and is kept for its 48 h


def test_a_declaration_counts_arrivals(register):
    """`free` is what the establishment sees once they are there: none is counted twice."""
    declared(register, "u-2", 4, 6)
    request = new_request(register, GIRL, BOY)
    one, two = (new_hold(register, "u-2", request=request, children=[n], emergency=True)
                for n in (0, 1))
    third = new_hold(register, "u-2")
    for hold in (one, two, third):
        act(register, "accept", hold)
    assert register.declare("u-2", free=1) == CONFLICTS
    assert register.declare("u-2", free=0, arrived=[one, two]) == CONFLICTS  # the third
    reply = ok(register.declare("u-2", free=2, arrived=[two, one], emergency_used=1))
    unit = register.unit("u-2")
    assert (unit["held"], unit["held_emergency"]) == (1, 0)
    assert (unit["occupied"], unit["open"], unit["emergency_used"]) == (4, 6, 1)
    assert kinds(register, reply["revision"]) == [
        *(("hold", h) for h in sorted([one, two])), ("request", request), ("unit", "u-2")]
    assert {hold_of(register, h)["state"] for h in (one, two)} == {"arrived"}
    assert hold_of(register, third)["state"] == "accepted"
    state = request_of(register, request)
    assert (state["state"], state["arrived"]) == ("closed", [0, 1])
    ok(register.declare("u-2", free=1, arrived=[third]))
    assert held(register, "u-2") == (0, 0) and register.unit("u-2")["emergency_used"] == 1


@pytest.mark.parametrize("params, pointer, detail", [
    ({"arrived": ["ONE", "ONE"]}, "/arrived/1", "twice"),
    ({"arrived": ["ONE", "HELD", "ONE"]}, "/arrived/1", "not_accepted_here"),
    ({"arrived": ["ELSEWHERE"]}, "/arrived/0", "not_accepted_here"),
    ({"arrived": ["h-none"]}, "/arrived/0", "not_accepted_here"),
    ({"arrived": ["h-" * 60]}, "/arrived/0", "not_accepted_here"),
    # before all other rules of a declaration
    ({"arrived": ["HELD"], "occupied": 1}, "/arrived/0", "not_accepted_here"),
    ({"arrived": ["HELD"], "observed_at": 1}, "/arrived/0", "not_accepted_here"),
    ({"arrived": ["HELD"], "observed_at": 10 ** 17}, "/arrived/0", "not_accepted_here"),
])
def test_arrivals_that_are_none(register, params, pointer, detail):
    declared(register)
    declared(register, "u-3")
    names = {"ONE": new_hold(register), "HELD": new_hold(register),
             "ELSEWHERE": new_hold(register, "u-3")}
    act(register, "accept", names["ONE"])
    act(register, "accept", names["ELSEWHERE"], "system")
    before = register.revision
    params = {**params, "arrived": [names.get(h, h) for h in params["arrived"]]}
    assert register.declare(free=3, **params) == invalid(pointer, detail)
    assert register.revision == before
    assert register.declare("u-3", free=3, **params) == FORBIDDEN


def test_an_outdated_declaration_leaves_arrivals_alone(register):
    declared(register)
    hold = new_hold(register)
    act(register, "accept", hold)
    reply = register.declare(free=3, arrived=[hold], observed_at=1)
    assert reply == {"type": "outdated", "revision": register.revision}
    assert hold_of(register, hold)["state"] == "accepted" and held(register) == (1, 0)
    assert register.declare(free=3, arrived=[hold], observed_at=register.now + HOUR)["type"] == \
        "invalid_params"
    assert register.declare(arrived=[hold]) == invalid("/free", "exactly_one")
    assert hold_of(register, hold)["state"] == "accepted"
    ok(register.declare(free=3, arrived=[]))


def test_the_same_child_asked_again_elsewhere_after_a_refusal(register):
    declared(register)
    request = new_request(register)
    act(register, "refuse", new_hold(register, request=request), code="age")
    again = new_hold(register, request=request)
    ok(act(register, "accept", again))
    assert ask(register, request=request) == invalid("/request", "request_not_open")
