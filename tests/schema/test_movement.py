# SPDX-License-Identifier: EUPL-1.2
"""Planned movements: what every event does in every state, what each refuses, what becomes of the
counts, and what the clock does with a stay that is limited."""
import pytest

from asking import (CONFLICTS, DAY, FULL, GIRL, act, day, declared, held, kinds, new_hold, ok,
                    operations)
from judge.judge import Judge
from moving import counts, leave, move, movement_of, plan, planned, transfer
from register import FORBIDDEN, HOUR, invalid

# From each state: the events that do something, and where they lead; any other is refused.
TABLE = {"planned": {"done": "done", "cancel": "cancelled", "close_unit": "cancelled"},
         "done": {"forget": None}, "cancelled": {"forget": None}}
ASKED = ("done", "cancel")
EVENTS = (*ASKED, "close_unit", "forget")
NOT_PLANNED = invalid("/movement", "movement_not_planned")


def happen(register, event, movement):
    if event == "forget":
        ended = movement_of(register, movement)["ended_at"]
        register.now = ended or register.now
        register.advance(2 * DAY + 1)
        register.apply([])
        return None
    if event == "close_unit":
        reply = register.do("unit.close", {"unit": "u-1"}, "root")
        register.apply([])
        return reply
    return move(register, event, movement)


# The table

def test_the_table_is_whole(register):
    codes = set(register.value("SELECT ugo.code_list('movement_state')"))
    assert set(TABLE) == codes
    assert {"planned"} | {to for events in TABLE.values() for to in events.values() if to} == codes
    assert {event for events in TABLE.values() for event in events} == set(EVENTS)


@pytest.mark.parametrize("kind", ["exit", "entry", "opening", "closing"])
@pytest.mark.parametrize("state", list(TABLE))
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_in_every_state(register, state, event, kind):
    declared(register)
    movement = planned(register, kind, 2)
    if state != "planned":
        ok(move(register, {"done": "done", "cancelled": "cancel"}[state], movement))
    before, places = movement_of(register, movement), counts(register)
    assert before["state"] == state
    reply = happen(register, event, movement)
    after = movement_of(register, movement)
    if event in TABLE[state]:
        to = TABLE[state][event]
        assert (after and after["state"]) == to
        if to is not None:
            assert after["ended_at"] == register.result["at"]
    else:
        assert after == before
        assert event not in ASKED or reply == NOT_PLANNED
    if (state, event) == ("planned", "done"):
        moved = {"exit": (0, -2), "entry": (0, 2), "opening": (2, 0), "closing": (-2, 0)}[kind]
        places = tuple(a + b for a, b in zip(places, moved))
    if event != "close_unit":
        assert counts(register) == places


# Plans

def test_a_plan(register):
    declared(register)
    reply = plan(register, places=2, code="majority", account="feed")
    movement = reply["answer"]["movement"]
    assert movement == "v-%s-%d" % (register.result["epoch"][:6], reply["revision"])
    assert movement_of(register, movement) == {
        "unit": "u-1", "establishment": "e-1", "territory": "mds-1", "type": "exit", "places": 2,
        "on": day(register, 3), "code": "majority", "to_unit": None, "hold": None,
        "state": "planned", "limit": False, "due_soon": False, "created_by": "feed",
        "created_at": register.result["at"], "ended_at": None}
    assert kinds(register, reply["revision"]) == [("movement", movement)]
    assert reply["answer"]["units"] == [] and counts(register) == (10, 5)


def test_a_plan_may_be_for_today_and_for_a_unit_never_declared(register):
    assert movement_of(register, planned(register, "opening", 8, 0, "u-3", "night"))["places"] == 8


@pytest.mark.parametrize("params, pointer, detail", [
    ({"type": "leave"}, "/type", "unknown_code"),
    ({"type": None}, "/type", "required"),
    ({"places": 0}, "/places", "out_of_range"),
    ({"places": 1000}, "/places", "out_of_range"),
    ({"places": None}, "/places", "required"),
    ({"on": None}, "/on", "required"),
    ({"on": "2023-02-30"}, "/on", "wrong_format"),
    ({"on": -1}, "/on", "in_the_past"),
    ({"code": None}, "/code", "required"),
    ({"code": "bored"}, "/code", "unknown_code"),
    ({"type": "entry"}, "/code", "only_for_exit"),
    ({"type": "closing", "code": None, "to_unit": "u-2"}, "/to_unit", "only_for_exit"),
    ({"to_unit": "u-1"}, "/to_unit", "same_unit"),
    ({"who": "Lea"}, "/who", "unknown_member"),
])
def test_a_plan_that_is_refused(register, params, pointer, detail):
    whole = {"unit": "u-1", "type": "exit", "places": 1, "on": day(register, 1), "code": "other",
             **params}
    if params.get("on") == -1:
        whole["on"] = day(register, -1)
    before = register.revision
    assert register.do("movement.plan", whole, "home") in (
        invalid(pointer, detail), {"pointer": pointer})
    assert register.revision == before


@pytest.mark.parametrize("kind, places, detail", [
    ("exit", 6, "more_than_occupied"), ("exit", 5, None), ("closing", 11, "more_than_open"),
    ("closing", 10, None), ("entry", 999, None), ("opening", 999, None)])
def test_no_more_is_planned_than_is_there(register, kind, places, detail):
    assert ok(plan(register, kind, places))  # of what was never declared nothing is known
    declared(register)
    planned(register, kind, 1)               # what others will move is not counted
    before = register.revision
    reply = plan(register, kind, places)
    if detail is None:
        assert ok(reply)
    else:
        assert reply == invalid("/places", detail) and register.revision == before


def test_a_day_is_the_local_one(register):
    """At 23:30 UTC it is tomorrow in Toulouse, and only there."""
    tomorrow = register.now - register.now % DAY + 23 * HOUR + HOUR // 2
    register.advance(tomorrow - register.now)
    today = {"unit": "u-1", "type": "entry", "places": 1, "on": day(register)}
    assert register.do("movement.plan", today, "home")["type"] == "ok"
    ok(register.do("calendar.put", {"territory": "d31", "time_zone": "Europe/Paris"}, "root"))
    assert register.do("movement.plan", today, "home") == invalid("/on", "in_the_past")
    assert register.do("movement.plan", {**today, "on": day(register, 1)}, "home")["type"] == "ok"
    declared(register)
    reply = ok(leave(register))
    assert movement_of(register, reply["answer"]["movement"])["on"] == day(register, 1)


# Who

@pytest.mark.parametrize("account, own", [
    ("home", "u-1"), ("feed", "u-1"), ("night", "u-3"), ("north", "u-1"), ("boss", "u-3"),
    ("root", "u-3"), ("north", None), ("home", None), ("mds", None), ("office", None),
    ("van", None)])
def test_who_may(register, account, own):
    unit = own or ("u-3" if account in ("home", "north") else "u-1")
    for each in ("u-1", "u-2", "u-3"):
        declared(register, each)
    movement = planned(register, unit=unit, account="root")
    other = planned(register, unit=unit, account="root")
    replies = [plan(register, unit=unit, account=account),
               move(register, "cancel", other, account),
               move(register, "done", movement, account), leave(register, unit, account=account),
               transfer(register, 1, unit, "u-2" if unit != "u-2" else "u-1", account)]
    for reply in replies:
        assert reply["type"] == ("ok" if own else "forbidden")
    assert plan(register, unit="u-9", account=account) == FORBIDDEN
    assert move(register, "done", "v-000000-1", account) == FORBIDDEN


def test_nobody_moves_into_the_unit_of_others(register):
    for unit in ("u-1", "u-3"):
        declared(register, unit)
    assert plan(register, to_unit="u-3") == FORBIDDEN
    assert transfer(register, unit="u-3") == FORBIDDEN
    movement = planned(register, to_unit="u-3", account="night")
    assert move(register, "done", movement) == FORBIDDEN
    assert ok(move(register, "done", movement, "night"))


# Counts

def test_what_is_done_dates_the_counts(register):
    declared(register)
    movement = planned(register, places=2)
    register.advance(HOUR)
    reply = ok(move(register, "done", movement, "feed", observed_at=register.now - 60))
    assert kinds(register, reply["revision"]) == [("movement", movement), ("unit", "u-1")]
    unit = register.unit()
    assert (unit["open"], unit["occupied"]) == (10, 3)
    assert (unit["observed_at"], unit["recorded_at"]) == (register.now - 60, register.result["at"])
    assert (unit["declared_by"], unit["contested_at"]) == ("feed", None)


@pytest.mark.parametrize("do", [
    lambda register: move(register, "done", planned(register, "opening")),
    lambda register: leave(register), lambda register: transfer(register)])
def test_what_was_reported_wrong_stays_so_until_it_is_counted(register, do):
    for unit in ("u-1", "u-2"):
        declared(register, unit)
        ok(register.do("unit.report_wrong", {"unit": unit}, "night"))
    since = {unit: register.unit(unit)["contested_at"] for unit in ("u-1", "u-2")}
    register.advance(HOUR)
    for unit in ok(do(register))["answer"]["units"]:
        state = register.unit(unit)
        assert since[unit] and state["contested_at"] == since[unit] < state["observed_at"]
        declared(register, unit)
        assert register.unit(unit)["contested_at"] is None


def test_later_figures_count_an_earlier_movement_already(register):
    declared(register)
    declared(register, "u-2")
    movement = planned(register)
    before = register.now + HOUR // 2
    register.advance(HOUR)
    declared(register)
    reply = ok(move(register, "done", movement, observed_at=before))
    assert kinds(register, reply["revision"]) == [("movement", movement)]
    assert counts(register) == (10, 5)
    ok(leave(register, places=9, observed_at=before))
    assert counts(register) == (10, 5)
    ok(transfer(register, 1, observed_at=before))  # u-2 was not declared since
    assert (counts(register), counts(register, "u-2")) == ((10, 5), (10, 6))


@pytest.mark.parametrize("kind, places, pointer, detail", [
    ("exit", 6, "/places", "more_than_occupied"), ("closing", 11, "/places", "more_than_open"),
    ("entry", 999, None, None), ("opening", 999, None, None)])
def test_counts_have_bounds(register, kind, places, pointer, detail):
    movement = planned(register, kind, places)  # before the unit is declared
    declared(register)
    reply = move(register, "done", movement)
    assert reply == invalid(pointer, detail) if pointer else reply["type"] == "ok"
    for open_, occupied in ((9999, 9999),):
        register.do("unit.declare", {"unit": "u-1", "open": open_, "occupied": occupied}, "home")
        assert move(register, "done", planned(register, "entry", 1)) == invalid(
            "/places", "out_of_range")
        assert move(register, "done", planned(register, "opening", 1)) == invalid(
            "/places", "out_of_range")


@pytest.mark.parametrize("observed, detail", [(121_000_000, "in_the_future"), (119_000_000, None)])
def test_the_future_is_not_observed(register, observed, detail):
    declared(register)
    declared(register, "u-2")
    at = register.now + observed
    for do in (lambda: move(register, "done", planned(register), observed_at=at),
               lambda: leave(register, observed_at=at),
               lambda: transfer(register, observed_at=at)):
        reply = do()
        assert reply["type"] == ("invalid_params" if detail else "ok")
        if detail:
            assert reply["errors"][0] == {"pointer": "/observed_at", "detail": detail}
            assert reply["now"] == register.result["at"]


def test_nothing_moves_where_nothing_is_known(register):
    declared(register)
    assert leave(register, "u-2") == invalid("/unit", "never_declared")
    assert move(register, "done", planned(register, unit="u-2")) == invalid(
        "/movement", "never_declared")
    assert transfer(register, unit="u-2") == invalid("/unit", "never_declared")
    assert transfer(register, from_unit="u-2", unit="u-1") == invalid(
        "/from_unit", "never_declared")
    assert move(register, "done", planned(register, to_unit="u-2")) == invalid(
        "/movement", "never_declared")


@pytest.mark.parametrize("kind", ["entry", "closing"])
def test_a_movement_never_eats_a_hold(register, kind):
    declared(register, free=2)
    new_hold(register)
    two, one = planned(register, kind, 2), planned(register, kind, 1)
    assert move(register, "done", two) == CONFLICTS
    assert movement_of(register, two)["state"] == "planned" and counts(register) == (10, 8)
    ok(move(register, "done", one))
    assert held(register) == (1, 0)
    assert move(register, "done", planned(register, kind, 1)) == CONFLICTS


def test_an_opening_makes_room(register):
    declared(register, free=0)
    assert register.do("hold.create", {"unit": "u-1", "need": {"children": [GIRL]}},
                       "night") == FULL
    ok(move(register, "done", planned(register, "opening")))
    new_hold(register)


# At once

def test_an_exit_at_once(register):
    declared(register)
    reply = ok(leave(register, places=2, code="rupture"))
    movement = reply["answer"]["movement"]
    state = movement_of(register, movement)
    assert (state["type"], state["state"], state["code"], state["on"], state["ended_at"]) == (
        "exit", "done", "rupture", day(register), register.result["at"])
    assert kinds(register, reply["revision"]) == [("movement", movement), ("unit", "u-1")]
    assert counts(register) == (10, 3)
    assert leave(register, places=4) == invalid("/places", "more_than_occupied")
    assert leave(register, code=None) == invalid("/code", "required")


def test_a_transfer_is_whole_or_nothing(register):
    declared(register, free=5)
    declared(register, "u-2", free=4)  # two of them for emergencies only
    reply = ok(transfer(register, 2))
    movement = reply["answer"]["movement"]
    assert reply["answer"]["units"] == ["u-1", "u-2"]
    assert kinds(register, reply["revision"]) == [
        ("movement", movement), ("unit", "u-1"), ("unit", "u-2")]
    state = movement_of(register, movement)
    assert (state["unit"], state["to_unit"], state["code"], state["state"]) == (
        "u-1", "u-2", "transfer", "done")
    assert (counts(register), counts(register, "u-2")) == ((10, 3), (10, 8))
    before = register.revision
    for reply, is_ in ((transfer(register, 1), FULL),
                       (transfer(register, 4), invalid("/places", "more_than_occupied")),
                       (transfer(register, 1, "u-1", "u-1"), invalid("/unit", "same_unit"))):
        assert reply == is_
    assert register.revision == before
    assert (counts(register), counts(register, "u-2")) == ((10, 3), (10, 8))


def test_a_planned_transfer(register):
    declared(register)
    declared(register, "u-2", free=2)
    movement = planned(register, code="transfer", to_unit="u-2")
    assert move(register, "done", movement) == FULL
    assert movement_of(register, movement)["state"] == "planned"
    declared(register, "u-2", free=3)
    reply = ok(move(register, "done", movement))
    assert kinds(register, reply["revision"]) == [
        ("movement", movement), ("unit", "u-1"), ("unit", "u-2")]
    assert (counts(register), counts(register, "u-2")) == ((10, 4), (10, 8))


def test_a_repeated_command_moves_once(register):
    declared(register)
    command = register.command("movement.exit", {"unit": "u-1", "places": 1, "code": "other"},
                               "home")
    first, = register.apply([command])
    again, = register.apply([command])
    assert again == {**first, "replayed": True}
    assert counts(register) == (10, 4)


def test_a_destination_that_closes_cancels_the_plan(register):
    declared(register)
    movement = planned(register, to_unit="u-2")
    stays = planned(register)
    before = register.revision
    ok(register.do("unit.close", {"unit": "u-2"}, "root"))
    assert move(register, "cancel", movement) == NOT_PLANNED  # the clock's turn came first
    assert operations(register, before)[1:] == [("movement.cancel", "system", "movement", movement)]
    assert movement_of(register, stays)["state"] == "planned"


# Stays

@pytest.fixture(name="stays")
def fixture_stays(register):
    """A unit of stays of five days."""
    ok(register.do("unit.put", {"id": "u-2", "establishment": "e-1", "name": "Relais",
                                "modality": "relais", "max_stay_days": 5}, "root"))
    declared(register, "u-2")
    return register


def limits(register):
    return [(i, movement_of(register, i)) for (i,) in register.query(
        "SELECT id FROM ugo.movement WHERE \"limit\" ORDER BY id")]


def test_an_arrival_plans_the_end_of_a_limited_stay(stays):
    hold = new_hold(stays, "u-2", places=2)
    act(stays, "accept", hold)
    assert limits(stays) == []
    stays.advance(HOUR)
    reply = ok(act(stays, "arrive", hold))
    (movement, state), = limits(stays)
    assert kinds(stays, reply["revision"]) == [
        ("hold", hold), ("movement", movement), ("unit", "u-2")]
    assert state == {
        "unit": "u-2", "establishment": "e-1", "territory": "mds-1", "type": "exit", "places": 2,
        "on": day(stays, 5), "code": "end_of_stay", "to_unit": None, "hold": hold,
        "state": "planned", "limit": True, "due_soon": False, "created_by": "home",
        "created_at": stays.result["at"], "ended_at": None}


def test_a_stay_without_a_limit_plans_nothing(register):
    declared(register)
    hold = new_hold(register)
    act(register, "accept", hold)
    ok(act(register, "arrive", hold))
    assert limits(register) == []


def test_arrivals_that_a_declaration_counts_plan_their_ends_too(stays):
    holds = [new_hold(stays, "u-2") for _ in range(2)]
    for hold in holds:
        act(stays, "accept", hold)
    stays.advance(3 * DAY)
    ok(stays.declare("u-2", free=3, arrived=holds, observed_at=stays.now - DAY))
    ends = limits(stays)
    assert [state["hold"] for _, state in ends] == holds
    assert {state["on"] for _, state in ends} == {day(stays, 4)}
    assert ends[1][0] == ends[0][0] + "-2"


def test_the_end_of_a_stay_is_told_two_days_before(stays):
    hold = new_hold(stays, "u-2")
    act(stays, "accept", hold)
    ok(act(stays, "arrive", hold))
    (movement, state), = limits(stays)
    untold = planned(stays, days=1)
    arrived = stays.now
    stays.advance(3 * DAY - stays.now % DAY - 1)
    stays.apply([])
    assert limits(stays) == [(movement, state)]
    before = stays.revision
    stays.advance(1)
    stays.apply([])
    assert limits(stays) == [(movement, {**state, "due_soon": True})]
    assert operations(stays, before) == [("movement.due_soon", "system", "movement", movement)]
    assert stays.now - arrived < 3 * DAY
    stays.apply([])  # once
    assert stays.revision == before + 1
    stays.advance(9 * DAY)
    stays.apply([])  # an alarm, never a release
    assert counts(stays, "u-2") == (10, 6)
    assert movement_of(stays, untold)["due_soon"] is False


def test_the_alarm_is_of_the_local_day(stays):
    ok(stays.do("calendar.put", {"territory": "d31", "time_zone": "Europe/Paris"}, "root"))
    hold = new_hold(stays, "u-2")
    act(stays, "accept", hold)
    ok(act(stays, "arrive", hold))
    (_, state), = limits(stays)
    assert state["on"] == day(stays, 5)
    stays.advance(3 * DAY - stays.now % DAY - HOUR - 1)  # midnight of Toulouse in winter
    stays.apply([])
    assert not limits(stays)[0][1]["due_soon"]
    stays.advance(1)
    stays.apply([])
    assert limits(stays)[0][1]["due_soon"]


@pytest.mark.parametrize("verb", ["done", "cancel"])
def test_a_stay_that_ended_is_not_told(stays, verb):
    hold = new_hold(stays, "u-2")
    act(stays, "accept", hold)
    ok(act(stays, "arrive", hold))
    (movement, _), = limits(stays)
    ok(move(stays, verb, movement))
    assert counts(stays, "u-2") == (10, 5 if verb == "done" else 6)
    before = stays.revision
    stays.advance(5 * DAY)
    stays.apply([])
    assert limits(stays) == []
    assert operations(stays, before) == [("hold.forget", "system", "hold", hold),
                                         ("movement.forget", "system", "movement", movement)]
    assert stays.departed(stays.revision) == [
        ("movement", movement, {"establishment": "e-1", "territory": "mds-1"})]


# The judge

COLUMNS = ("revision", "part", "parts", "at", "actor", "operation", "kind", "id", "state")


@pytest.fixture(name="moved")
def fixture_moved(stays):
    """The rows of a log in which everything above happens."""
    declared(stays)
    hold = new_hold(stays, "u-2")
    act(stays, "accept", hold)
    ok(act(stays, "arrive", hold))
    ok(move(stays, "done", planned(stays, "exit", 2)))
    ok(move(stays, "done", planned(stays, "closing", 1)))
    ok(move(stays, "cancel", planned(stays, "entry", 1)))
    ok(transfer(stays, 2))
    ok(stays.do("unit.report_wrong", {"unit": "u-2"}, "night"))
    ok(leave(stays, "u-2"))
    stays.advance(10 * DAY)
    stays.apply([])
    return [dict(zip(COLUMNS, row)) for row in stays.query(
        "SELECT %s FROM ugo.change ORDER BY revision, part" % ", ".join(COLUMNS))]


def test_the_judge_follows_movements(moved):
    assert Judge(moved).complaints() == []


@pytest.mark.parametrize("operation, kind, tamper", [
    ("movement.done", "unit", lambda state: state.update(occupied=state["occupied"] + 1)),
    ("movement.done", "unit", lambda state: state.update(open=state["open"] + 1)),
    ("movement.exit", "unit", lambda state: state.update(recorded_at=1)),
    ("movement.exit", "unit", lambda state: state.update(contested_at=None)),
    ("movement.transfer", "unit", lambda state: state.update(occupied=state["occupied"] + 2)),
    ("movement.transfer", "movement", lambda state: state.update(places=9)),
    ("movement.cancel", "movement", lambda state: state.update(state="done")),
    ("movement.due_soon", "movement", lambda state: state.update(due_soon=False)),
    ("movement.plan", "movement", lambda state: state.update(state="done"))])
def test_the_judge_sees_a_wrong_movement(moved, operation, kind, tamper):
    row = next(row for row in moved if (row["operation"], row["kind"]) == (operation, kind))
    row["state"] = dict(row["state"])
    tamper(row["state"])
    assert any(operation in complaint for complaint in Judge(moved).complaints())
