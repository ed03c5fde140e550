# SPDX-License-Identifier: EUPL-1.2
"""What a request says is taken back: by name, for null says nothing."""
import pytest

from asking import (BOY, CONFLICTS, GIRL, act, declared, new_hold, new_request, ok, request_of)
from register import FORBIDDEN, OK, invalid

SAID = {"reference": "A-1", "parent": {"pregnant": True}, "legal_frame": "opp", "max_km": 30,
        "from": {"commune": "31395", "territory": None}, "wanted_on": "2027-01-04",
        "wanted_until": "2027-02-01", "days": {"weekdays": [1, 2], "weeks": "odd"}}
EMPTY = {"from": {"commune": None, "territory": None}}  # what is not null or away then


def update(register, request, account="night", **params):
    return register.do("request.update", {"request": request, **params}, account)


def without(state, *members):
    left = {**state, **{member: EMPTY.get(member) for member in members}}
    return {name: value for name, value in left.items()
            if value is not None or name not in ("wanted_until", "days")}


@pytest.mark.parametrize("member, takes", [
    ("reference", []), ("parent", []), ("legal_frame", []), ("max_km", []), ("from", []),
    ("wanted_until", []), ("days", []), ("wanted_on", ["wanted_until", "days"])])
def test_each_is_cleared_alone(register, member, takes):
    request = new_request(register, **SAID)
    before = request_of(register, request)
    assert all(before[name] == value for name, value in SAID.items())
    ok(update(register, request, **{member: None}, together=False))  # null is not said
    assert request_of(register, request) == {**before, "together": False}
    ok(update(register, request, clear=[member], together=True))
    assert request_of(register, request) == without(before, member, *takes)
    assert update(register, request, clear=[member]) == OK


def test_all_at_once_and_others_beside(register):
    request = new_request(register, **SAID)
    before = request_of(register, request)
    ok(update(register, request, clear=list(SAID), emergency=True, needs=["medical"]))
    assert request_of(register, request) == {
        **without(before, *SAID), "emergency": True, "needs": ["medical"]}
    assert request_of(register, request)["origin"] == before["origin"]
    assert new_request(register, reference="A-1") != request  # it means no request any more


@pytest.mark.parametrize("params, pointer, detail", [
    ({"clear": []}, "/clear", "out_of_range"),
    ({"clear": "max_km"}, "/clear", "wrong_type"),
    ({"clear": ["max_km", "emergency"]}, "/clear/1", "unknown_code"),
    ({"clear": ["reference", "max_km"], "max_km": 4}, "/clear/1", "exactly_one"),
])
def test_what_is_wrong(register, params, pointer, detail):
    request = new_request(register, **SAID)
    before = request_of(register, request)
    assert update(register, request, **params) == invalid(pointer, detail)
    assert request_of(register, request) == before


def test_a_parent_stays_while_places_are_asked_for(register):
    declared(register)
    request = new_request(register, GIRL, BOY, parent={}, max_km=9)
    hold = new_hold(register, request=request)
    assert update(register, request, clear=["parent"]) == CONFLICTS
    ok(update(register, request, clear=["max_km"]))
    act(register, "release", hold)
    ok(update(register, request, clear=["parent"]))
    assert request_of(register, request)["parent"] is None


def test_a_territory_goes_with_from_too(register):
    request = new_request(register, **{"from": {"territory": "dts-2"}})
    ok(update(register, request, clear=["from"]))
    state = request_of(register, request)
    assert (state["from"], state["origin"]) == (EMPTY["from"], "dts-2")


def test_somebody_is_left(register):
    reply = register.do("request.open", {"parent": {}}, "night")
    request = register.changes(reply["revision"])[0][1]
    assert update(register, request, clear=["parent"]) == invalid("/children", "required")


def test_only_the_holder_clears(register):
    request = new_request(register, **SAID)
    assert update(register, request, "mds", clear=["max_km"]) == FORBIDDEN
