# SPDX-License-Identifier: EUPL-1.2
"""The state machine of a hold as a table: what every event does in every state. Nothing is left
out, and every state is reached."""
import pytest

from asking import DAY, INACTIVE, act, declared, held, hold_of, new_hold, new_request, request_of
from register import HOUR

# From each state: the events that do something, and where they lead. In any other state an event
# is answered `hold_not_active`; the clock does nothing.
TABLE = {
    "held": {"accept": "accepted", "refuse": "refused", "release": "released", "extend": "held",
             "end": "expired", "close": "released"},
    "accepted": {"withdraw": "withdrawn", "arrive": "arrived", "declare": "arrived",
                 "late": "accepted"},
    "arrived": {"forget": None},
    "refused": {"forget": None},
    "released": {"forget": None},
    "expired": {"forget": None},
    "withdrawn": {"forget": None},
}
ACTIVE = ("held", "accepted")
ANSWERED = ("accept", "refuse", "release", "extend", "withdraw", "arrive")
CLOCK = {"end": 45 * HOUR // 60, "late": DAY, "forget": 2 * DAY + 1}
EVENTS = (*ANSWERED, "declare", "close", *CLOCK)
# How a new hold gets there.
WAYS = {"held": (), "accepted": ("accept",), "refused": ("refuse",), "released": ("release",),
        "expired": ("end",), "arrived": ("accept", "arrive"), "withdrawn": ("accept", "withdraw")}


def happen(register, event, hold, request):
    """The reply to an event; None to the clock's."""
    if event in CLOCK:
        state = hold_of(register, hold)
        since = {"end": state["created_at"], "late": state["answered_at"],
                 "forget": state["ended_at"]}[event] or register.now
        register.now = since
        register.advance(CLOCK[event])
        register.apply([])
        return None
    if event == "declare":
        return register.declare(free=7, arrived=[hold])
    if event == "close":
        return register.do("request.close", {"request": request, "code": "other"}, "night")
    return act(register, event, hold)


def reach(register, state):
    """A hold in this state, and its request."""
    declared(register)
    request = new_request(register)
    hold = new_hold(register, request=request)
    for event in WAYS[state]:
        happen(register, event, hold, request)
    assert hold_of(register, hold)["state"] == state
    return hold, request


def test_the_table_is_whole(register):
    codes = set(register.value("SELECT ugo.code_list('hold_state')"))
    assert set(TABLE) == set(WAYS) == codes
    reached = {"held"} | {to for events in TABLE.values() for to in events.values() if to}
    assert reached == codes
    assert {event for events in TABLE.values() for event in events} == set(EVENTS)
    for state, events in TABLE.items():  # an end is an end
        assert state in ACTIVE or set(events) == {"forget"}


@pytest.mark.parametrize("state", list(TABLE))
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_in_every_state(register, state, event):
    hold, request = reach(register, state)
    before, counts, asked = hold_of(register, hold), held(register), request_of(register, request)
    reply = happen(register, event, hold, request)
    after = hold_of(register, hold)
    if event in TABLE[state]:
        assert reply is None or reply["type"] == "ok", reply
        to = TABLE[state][event]
        assert (after and after["state"]) == to
        assert held(register) == ((1, 0) if to in ACTIVE else (0, 0))
        if to is not None and to not in ACTIVE:
            assert after["ended_at"] == register.result["at"]
        return
    if event in ANSWERED:
        assert reply == INACTIVE
    elif event == "declare":
        assert reply["errors"] == [{"pointer": "/arrived/0", "detail": "not_accepted_here"}]
    elif event == "close":  # its request may close without it, or must not
        assert state != "held"
        assert reply["type"] == {"accepted": "conflicts_with_holds", "arrived": "invalid_params"
                                 }.get(state, "ok")
    elif (state, event) in (("held", "late"), ("held", "forget")):
        assert after["state"] == "expired"  # its own end comes first
        return
    elif (state, event) == ("accepted", "forget"):
        assert after == {**before, "overdue": True}  # an alarm, never a release
        assert held(register) == counts
        return
    assert after == before and held(register) == counts
    if event in ANSWERED:
        assert request_of(register, request) == asked
