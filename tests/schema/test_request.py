# SPDX-License-Identifier: EUPL-1.2
"""Requests: what they may say, who may open and change them, how they end."""
import pytest

from asking import (BOY, CONFLICTS, GIRL, MINUTE, UNKNOWN, act, day, declared, held, hold_of, kinds,
                    new_hold, new_request, ok, request_of)
from register import FORBIDDEN, HOUR, OK, invalid

NOT_OPEN = invalid("/request", "request_not_open")
RHYTHM = {"weekdays": [1, 2], "weeks": "odd"}


def opened(register, account="night", **params):
    return register.do("request.open", {"children": [GIRL], **params}, account)


def test_all_that_a_request_says(register):
    epoch = register.value("SELECT epoch FROM ugo.ledger")
    reply = register.do("request.open", {
        "children": [GIRL, {"sex": "M"}, {}], "parent": {}, "together": False, "emergency": True,
        "modality": ["urgence", "familial", "urgence"], "legal_frame": "opp",
        "needs": ["psychiatric", "mna"], "from": {"commune": "31395"}, "max_km": 60,
        "wanted_on": "2027-02-28", "decided_at": register.now - HOUR, "reference": "AB-12",
    }, "night")
    request = "r-%s-%d" % (epoch[:6], reply["revision"])
    assert reply == {"type": "ok", "revision": register.revision}
    state = request_of(register, request)
    assert state == {
        "reference": "AB-12", "children": [GIRL, {"age_months": None, "sex": "M"}, UNKNOWN],
        "together": False, "parent": {"pregnant": False}, "emergency": True,
        "modality": ["familial", "urgence"], "legal_frame": "opp", "needs": ["mna", "psychiatric"],
        "from": {"commune": "31395", "territory": None}, "origin": "dts-2", "max_km": 60,
        "wanted_on": "2027-02-28", "decided_at": register.now - HOUR,
        "opened_at": register.result["at"], "state": "open", "code": None, "placed": [],
        "arrived": [], "placed_at": None, "closed_at": None, "created_by": "night"}
    assert register.changes(reply["revision"]) == [("request", request, state)]
    assert register.query("SELECT establishment, territory FROM ugo.change WHERE id = %s",
                          request) == [(None, "dts-2")]


def test_for_how_long_and_on_which_days(register):
    """Said only where it was said, so that states of before stay what they were."""
    end = day(register, 366)
    request = new_request(register, GIRL, wanted_on=day(register), wanted_until=end)
    state = request_of(register, request)
    assert state["wanted_until"] == end and "days" not in state
    assert "wanted_until" not in request_of(register, new_request(register, GIRL))
    days = {"weekdays": [5, 1, 5], "weeks": "even"}
    ok(register.do("request.update", {"request": request, "days": days}, "night"))
    state = request_of(register, request)
    assert state["days"] == {"weekdays": [1, 5], "weeks": "even"}
    again = {"request": request, "wanted_until": end, "days": days}
    assert register.do("request.update", again, "night") == OK
    later = {"request": request, "wanted_on": end}
    assert register.do("request.update", later, "night") == invalid("/wanted_until", "reversed")
    register.advance(30 * 24 * HOUR)  # its day has passed: it may still be changed
    ok(register.do("request.update", {"request": request, "max_km": 30}, "night"))


def test_little_is_enough(register):
    state = request_of(register, new_request(register, {}))
    assert state["children"] == [UNKNOWN] and state["together"] is True
    assert (state["emergency"], state["parent"], state["reference"]) == (False, None, None)
    assert state["modality"] == state["needs"] == []
    assert state["from"] == {"commune": None, "territory": None} and state["origin"] == "d31"
    assert state["decided_at"] == state["opened_at"] == register.result["at"]
    alone = register.do("request.open", {"parent": {"pregnant": True}}, "mds")
    (_, _, state), = register.changes(alone["revision"])
    assert (state["children"], state["parent"]) == ([], {"pregnant": True})
    assert state["origin"] == "dts-1"


@pytest.mark.parametrize("params, pointer, detail", [
    ({"children": []}, "/children", "required"),
    ({"children": None}, "/children", "required"),
    ({"children": {}}, "/children", "wrong_type"),
    ({"children": [GIRL] * 11}, "/children", "out_of_range"),
    ({"children": [GIRL, 7]}, "/children/1", "wrong_type"),
    ({"children": [None]}, "/children/0", "wrong_type"),
    ({"children": [{"name": "Léa"}]}, "/children/0/name", "unknown_member"),
    ({"children": [{"sex": 1, "a/b": 1}]}, "/children/0/a~1b", "unknown_member"),
    ({"children": [{"age_months": -1}]}, "/children/0/age_months", "out_of_range"),
    ({"children": [GIRL, {"age_months": 1201}]}, "/children/1/age_months", "out_of_range"),
    ({"children": [{"age_months": 7.5}]}, "/children/0/age_months", "wrong_type"),
    ({"children": [{"age_months": "7"}]}, "/children/0/age_months", "wrong_type"),
    ({"children": [{"age_months": 7, "sex": "girl"}]}, "/children/0/sex", "unknown_code"),
    ({"children": [{"sex": True}]}, "/children/0/sex", "wrong_type"),
    ({"parent": True}, "/parent", "wrong_type"),
    ({"parent": {"name": "Zoé"}}, "/parent/name", "unknown_member"),
    ({"parent": {"pregnant": 1}}, "/parent/pregnant", "wrong_type"),
    ({"together": "yes"}, "/together", "wrong_type"),
    ({"emergency": 1}, "/emergency", "wrong_type"),
    ({"modality": "urgence"}, "/modality", "wrong_type"),
    ({"modality": ["urgence", "x"]}, "/modality/1", "unknown_code"),
    ({"modality": ["urgence"] * 11}, "/modality", "out_of_range"),
    ({"modality": [1]}, "/modality/0", "wrong_type"),
    ({"legal_frame": "verbal"}, "/legal_frame", "unknown_code"),
    ({"needs": ["calm"]}, "/needs/0", "unknown_code"),
    ({"needs": ["mna"] * 8}, "/needs", "out_of_range"),
    ({"from": "31555"}, "/from", "wrong_type"),
    ({"from": {"address": "rue X"}}, "/from/address", "unknown_member"),
    ({"from": {"commune": "99999"}}, "/from/commune", "unknown_reference"),
    ({"from": {"territory": "d99"}}, "/from/territory", "unknown_reference"),
    ({"from": {}}, "/from", "exactly_one"),
    ({"from": {"commune": "31555", "territory": "d31"}}, "/from", "exactly_one"),
    ({"max_km": 0}, "/max_km", "out_of_range"),
    ({"max_km": 2001}, "/max_km", "out_of_range"),
    ({"wanted_on": "2027-02-29"}, "/wanted_on", "wrong_format"),
    ({"decided_at": 0}, "/decided_at", "out_of_range"),
    ({"reference": "ABC"}, "/reference", "wrong_format"),
    ({"reference": "ab-1"}, "/reference", "wrong_format"),
    ({"reference": "Léa 7"}, "/reference", "wrong_format"),
    ({"reference": "A" * 20 + "1"}, "/reference", "out_of_range"),
    ({"comment": "calme"}, "/comment", "unknown_member"),
    ({"wanted_on": -1}, "/wanted_on", "in_the_past"),
    ({"wanted_until": "2027-02-29"}, "/wanted_until", "wrong_format"),
    ({"wanted_until": 0}, "/wanted_until", "reversed"),
    ({"wanted_until": 367}, "/wanted_until", "out_of_range"),
    ({"wanted_on": "2027-02-28", "wanted_until": "2027-02-28"}, "/wanted_until", "reversed"),
    ({"wanted_on": "2027-02-28", "wanted_until": "2028-03-01"}, "/wanted_until", "out_of_range"),
    ({"days": RHYTHM}, "/days", "needs_wanted_on"),
    ({"days": []}, "/days", "wrong_type"),
    ({"days": {"weeks": "odd"}}, "/days/weekdays", "required"),
    ({"days": {"weekdays": [1]}}, "/days/weeks", "required"),
    ({"days": {**RHYTHM, "hours": 3}}, "/days/hours", "unknown_member"),
    ({"days": {**RHYTHM, "weeks": "first"}}, "/days/weeks", "unknown_code"),
    ({"days": {**RHYTHM, "weekdays": 1}}, "/days/weekdays", "wrong_type"),
    ({"days": {**RHYTHM, "weekdays": [1, 8]}}, "/days/weekdays/1", "out_of_range"),
    ({"days": {**RHYTHM, "weekdays": [1, 0]}}, "/days/weekdays/1", "out_of_range"),
    ({"days": {**RHYTHM, "weekdays": []}}, "/days/weekdays", "out_of_range"),
    # which error wins
    ({"children": [], "from": {}}, "/children", "required"),
    ({"from": {}, "reference": "ABC"}, "/from", "exactly_one"),
    ({"reference": "ABC", "decided_at": 10 ** 17}, "/reference", "wrong_format"),
])
def test_params(register, params, pointer, detail):
    params = {name: day(register, value) if isinstance(value, int) and name.startswith("wanted")
              else value for name, value in params.items()}
    before = register.revision
    assert opened(register, **params) == invalid(pointer, detail)
    assert register.revision == before
    # the same of an update, where the member is one of its own
    request = new_request(register, GIRL, account="night")
    if "decided_at" not in params and params != {"children": None} and params.keys() != {"comment"}:
        assert register.do("request.update", {"request": request, **params}, "night") == invalid(
            pointer, detail)


def test_decided_at(register):
    register.advance(HOUR)
    request = new_request(register, decided_at=register.now + 2 * MINUTE)
    assert request_of(register, request)["decided_at"] == register.result["at"]
    register.advance(HOUR)
    assert opened(register, decided_at=register.now + 2 * MINUTE + 1) == invalid(
        "/decided_at", "in_the_future", now=register.now)


def test_origin(register):
    def origin(account, **params):
        reply = opened(register, account, **params)
        return register.changes(reply["revision"])[0][2]["origin"] if reply["revision"] else reply

    assert origin("mds") == "dts-1" and origin("office") == "dts-1"
    assert origin("mds", **{"from": {"territory": "dts-2"}}) == "dts-2"  # of its département
    assert origin("mds", **{"from": {"commune": "31555"}}) == "dts-1"
    register.batch(("territory.put", {"code": "d59", "name": "Nord", "level": "departement"}),
                   ("commune.put", {"insee": "59350", "name": "Lille", "territory": "d59"}),
                   ("commune.put", {"insee": "31001", "name": "Agassac"}))
    assert origin("mds", **{"from": {"territory": "d59"}}) == FORBIDDEN
    assert origin("night", **{"from": {"commune": "59350"}}) == FORBIDDEN
    assert origin("night", **{"from": {"commune": "31001"}}) == "d31"  # a commune of no territory
    assert origin("system") == invalid("/from", "required")
    assert origin("system", **{"from": {"territory": "d59"}}) == "d59"
    register.do("account.put", {"id": "night", "role": "astreinte", "name": "N"})
    assert origin("night") == invalid("/from", "required")
    assert origin("night", **{"from": {"territory": "d31"}}) == FORBIDDEN


@pytest.mark.parametrize("account, may", [
    ("night", True), ("north", True), ("boss", True), ("mds", True), ("office", True),
    ("home", False), ("feed", False), ("van", False), ("root", False), ("nobody", False)])
def test_who_opens(register, account, may):
    reply = opened(register, account)
    assert (reply == FORBIDDEN) is not may
    if may:
        assert register.changes(reply["revision"])[0][2]["created_by"] == account


@pytest.mark.parametrize("origin, account, allowed", [
    ("dts-2", "night", {"night", "north", "boss"}),
    ("dts-1", "night", {"night", "north", "boss", "mds", "office"}),
    ("mds-1", "boss", {"night", "north", "boss", "mds", "office"}),
    ("dts-2", "mds", {"night", "north", "boss", "mds", "office"}),   # its own, wherever
    ("dts-2", "office", {"night", "north", "boss", "office"}),
])
def test_who_holds_it(register, origin, account, allowed):
    request = new_request(register, account=account, **{"from": {"territory": origin}})
    for caller in ("night", "north", "boss", "mds", "office", "home", "feed", "van", "root",
                   "nobody"):
        max_km = 7 if request_of(register, request)["max_km"] != 7 else 8
        reply = register.do("request.update", {"request": request, "max_km": max_km}, caller)
        assert (reply["type"] == "ok") == (caller in allowed), caller
        if caller not in allowed:  # the same whether it exists or not
            assert reply == register.do("request.update", {"request": "r-1"}, caller) == FORBIDDEN


def test_another_departement_holds_nothing(register):
    register.batch(("territory.put", {"code": "d59", "name": "Nord", "level": "departement"}),
                   ("account.put", {"id": "lille", "role": "def", "territories": ["d59"],
                                    "name": "L"}))
    request = new_request(register)
    for op, params in (("request.update", {}), ("request.close", {"code": "other"})):
        assert register.do(op, {"request": request, **params}, "lille") == FORBIDDEN


def test_update_replaces_what_it_gives(register):
    request = new_request(register, GIRL, needs=["mna"], reference="A1", max_km=3)
    before = request_of(register, request)
    given = {"children": [BOY, GIRL], "parent": {"pregnant": True}, "together": False,
             "emergency": True, "modality": ["relais"], "legal_frame": "tutelle", "needs": [],
             "max_km": 9, "wanted_on": "2027-01-01", "reference": "B-2"}
    reply = ok(register.do("request.update", {"request": request, **given}, "boss"))
    after = request_of(register, request)
    assert after == {**before, **given}
    assert register.changes(reply["revision"]) == [("request", request, after)]
    assert register.departed(reply["revision"]) == []
    assert register.do("request.update", {"request": request, **given}, "boss") == OK
    assert register.do("request.update", {"request": request}, "boss") == OK


def test_a_reference_means_one_request(register):
    used = invalid("/reference", "already_used")
    request = new_request(register, GIRL, reference="A-1", account="mds")
    before = register.revision
    for account, params in (("mds", {}), ("night", {"from": {"territory": "dts-2"}})):
        assert opened(register, account, reference="A-1", **params) == used
    assert register.revision == before
    other = new_request(register, GIRL, reference="A-2")
    without = new_request(register, GIRL)
    new_request(register, GIRL)  # as many without one as there are
    for each in (other, without):
        assert register.do("request.update", {"request": each, "reference": "A-1"}, "night") == used
    ok(register.do("request.update", {"request": request, "reference": "A-1", "max_km": 7},
                   "night"))  # its own
    ok(register.do("request.update", {"request": request, "from": {"territory": "dts-2"}}, "night"))
    # which error wins
    assert opened(register, reference="A-1", decided_at=10 ** 17)["errors"][0][
        "pointer"] == "/decided_at"
    assert opened(register, "home", reference="A-1") == FORBIDDEN
    ok(register.do("request.close", {"request": request, "code": "other"}, "night"))
    ok(register.do("request.update", {"request": other, "reference": "A-1"}, "night"))
    assert opened(register, reference="A-1") == used
    new_request(register, GIRL, reference="A-2")  # it is another's no more


def test_a_reference_of_a_placed_request_is_used(register):
    declared(register)
    request = new_request(register, GIRL, reference="A-1")
    hold = new_hold(register, request=request)
    act(register, "accept", hold)
    assert request_of(register, request)["state"] == "placed"
    assert opened(register, reference="A-1") == invalid("/reference", "already_used")
    act(register, "arrive", hold)
    assert request_of(register, request)["state"] == "closed"
    new_request(register, GIRL, reference="A-1")


def test_another_departement_has_its_own_references(register):
    register.batch(("territory.put", {"code": "d59", "name": "Nord", "level": "departement"}),
                   ("territory.put", {"code": "dts-59", "name": "Lille", "level": "dts",
                                      "parent": "d59"}))
    new_request(register, GIRL, reference="A-1")
    there = new_request(register, GIRL, reference="A-1", account="system",
                        **{"from": {"territory": "dts-59"}})
    assert register.do("request.update", {"request": there, "from": {"territory": "dts-1"}},
                       "system") == invalid("/reference", "already_used")
    ok(register.do("request.update", {"request": there, "from": {"territory": "d59"}}, "system"))


def test_update_moves_the_origin(register):
    request = new_request(register, account="mds", **{"from": {"territory": "mds-1"}})
    reply = ok(register.do("request.update", {"request": request, "from": {"commune": "31395"}},
                           "night"))
    state = request_of(register, request)
    assert (state["origin"], state["from"]) == ("dts-2", {"commune": "31395", "territory": None})
    assert register.departed(reply["revision"]) == [("request", request, {
        "establishment": None, "territory": "mds-1", "origin": "mds-1", "created_by": "mds"})]
    register.do("commune.put", {"insee": "31001", "name": "Agassac"})
    ok(register.do("request.update", {"request": request, "from": {"commune": "31001"}}, "night"))
    assert request_of(register, request)["origin"] == "dts-2"  # of no territory: it stays


def test_children_stay_while_places_are_asked_for_them(register):
    declared(register)
    request = new_request(register, GIRL, BOY)
    change = {"request": request, "children": [GIRL]}
    hold = new_hold(register, request=request, children=[0])
    for params in (change, {"request": request, "parent": {}}):
        assert register.do("request.update", params, "night") == CONFLICTS
    # before its own flaws, and not for the rest
    assert register.do("request.update", {"request": request, "children": []}, "night") == CONFLICTS
    ok(register.do("request.update", {"request": request, "max_km": 5}, "night"))
    act(register, "accept", hold)
    assert register.do("request.update", change, "night") == CONFLICTS
    act(register, "arrive", hold)
    assert register.do("request.update", change, "night") == CONFLICTS
    register.advance(49 * HOUR)
    register.apply([])
    assert hold_of(register, hold) is None
    assert register.do("request.update", change, "night") == CONFLICTS  # one has arrived


def test_children_change_when_nothing_is_asked_any_more(register):
    declared(register)
    request = new_request(register)
    act(register, "refuse", new_hold(register, request=request))
    ok(register.do("request.update", {"request": request, "children": [BOY, UNKNOWN]}, "night"))
    assert request_of(register, request)["children"] == [BOY, UNKNOWN]


def test_close_lets_go_what_is_asked(register):
    declared(register)
    declared(register, "u-3", 1)
    request = new_request(register, GIRL, BOY)
    holds = [new_hold(register, request=request, children=[0], emergency=True),
             new_hold(register, request=request, children=[1]),
             new_hold(register, "u-3", request=request, children=[1])]
    assert held(register) == (2, 1)
    reply = ok(register.do("request.close", {"request": request, "code": "returned_home"}, "boss"))
    state = request_of(register, request)
    assert (state["state"], state["code"], state["closed_at"]) == (
        "withdrawn", "returned_home", register.result["at"])
    assert kinds(register, reply["revision"]) == [
        *(("hold", hold) for hold in holds), ("request", request), ("unit", "u-1"),
        ("unit", "u-3")]
    for hold in holds:
        state = hold_of(register, hold)
        assert (state["state"], state["code"], state["ended_at"]) == (
            "released", None, register.result["at"])
    assert held(register) == held(register, "u-3") == (0, 0)


def test_close_of_what_is_placed(register):
    declared(register)
    request = new_request(register, GIRL, BOY)
    close = {"request": request, "code": "placed_elsewhere"}
    first = new_hold(register, request=request, children=[0])
    act(register, "accept", first)
    assert register.do("request.close", close, "night") == CONFLICTS
    act(register, "arrive", first)
    waiting = new_hold(register, request=request)
    ok(register.do("request.close", close, "night"))
    state = request_of(register, request)
    assert (state["state"], state["code"], state["arrived"]) == ("closed", "placed_elsewhere", [0])
    assert hold_of(register, waiting)["state"] == "released"


def test_another_origin_is_within_reach_too(register):
    register.do("territory.put", {"code": "d59", "name": "Nord", "level": "departement"})
    request = new_request(register, account="mds")
    change = {"request": request, "from": {"territory": "d59"}}
    assert register.do("request.update", change, "mds") == FORBIDDEN
    ok(register.do("request.update", change, "system"))
    # it stays the one's who made it, and what does not move it asks for no reach
    ok(register.do("request.update", {"request": request, "max_km": 3}, "mds"))
    assert register.do("request.update", {"request": request, "max_km": 4}, "night") == FORBIDDEN


def test_a_request_that_has_arrived_is_closed(register):
    declared(register)
    request = new_request(register)
    hold = new_hold(register, request=request)
    act(register, "accept", hold)
    assert register.do("request.update", {"request": request}, "night") == NOT_OPEN  # placed
    act(register, "arrive", hold)
    for op, params in (("request.close", {"code": "error"}), ("request.update", {})):
        assert register.do(op, {"request": request, **params}, "night") == NOT_OPEN
    assert request_of(register, request)["code"] == "arrived"


def test_a_closed_request_stays_closed(register):
    request = new_request(register)
    close = {"request": request, "code": "error"}
    ok(register.do("request.close", close, "night"))
    for op, params in (("request.close", close), ("request.update", {"request": request}),
                       ("hold.create", {"unit": "u-1", "request": request})):
        assert register.do(op, params, "night") == NOT_OPEN


@pytest.mark.parametrize("code, detail", [
    (None, "required"), ("arrived", "unknown_code"), ("because", "unknown_code"),
    (1, "wrong_type")])
def test_close_has_a_code(register, code, detail):
    request = new_request(register)
    assert register.do("request.close", {"request": request, "code": code}, "night") == invalid(
        "/code", detail)
