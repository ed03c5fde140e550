# SPDX-License-Identifier: EUPL-1.2
"""Stays that end: entries with their exit, the child's own place kept meanwhile, exits that close
planned ones; places shared in time."""
import pytest

from asking import (CONFLICTS, DAY, GIRL, act, day, declared, kinds, new_hold, new_request, ok,
                    operations)
from moving import counts, leave, move, movement_of, plan, planned
from register import FORBIDDEN, OK, invalid

RHYTHM = {"weekdays": [1, 2], "weeks": "odd"}


@pytest.fixture(name="stays")
def fixture_stays(register):
    """u-2 takes for five days at most; u-1 is where children live."""
    ok(register.do("unit.put", {"id": "u-2", "establishment": "e-1", "name": "Relais",
                                "modality": "relais", "max_stay_days": 5}, "root"))
    declared(register)
    declared(register, "u-2")
    return register


def enter(register, places=1, unit="u-2", account="home", **params):
    return register.do("movement.entry", {"unit": unit, "places": places, **params}, account)


def stay(register, days=3, until=10, **params):
    """A planned entry with its exit: their ids."""
    reply = ok(plan(register, "entry", 1, days, "u-2", until=day(register, until), **params))
    (exit_,) = reply["answer"]["movements"]
    return reply["answer"]["movement"], exit_


# Planned

def test_an_entry_and_its_end(stays):
    """A relais is counted once, where the child is; its own place stays taken."""
    reply = ok(plan(stays, "entry", 2, 3, "u-2", until=day(stays, 10), origin_unit="u-1"))
    entry, (exit_,) = reply["answer"]["movement"], reply["answer"]["movements"]
    assert exit_ == entry + "-2"
    assert kinds(stays, reply["revision"]) == [("movement", entry), ("movement", exit_)]
    assert movement_of(stays, entry)["origin_unit"] == "u-1"
    assert "entry" not in movement_of(stays, entry) and "until" not in movement_of(stays, entry)
    assert movement_of(stays, exit_) == {
        "unit": "u-2", "establishment": "e-1", "territory": "mds-1", "type": "exit", "places": 2,
        "on": day(stays, 10), "code": "end_of_stay", "to_unit": None, "hold": None,
        "state": "planned", "limit": False, "due_soon": False, "created_by": "home",
        "created_at": stays.result["at"], "ended_at": None, "entry": entry, "origin_unit": "u-1"}
    ok(move(stays, "done", entry))
    assert (counts(stays), counts(stays, "u-2")) == ((10, 5), (10, 7))
    ok(move(stays, "done", exit_))
    assert (counts(stays), counts(stays, "u-2")) == ((10, 5), (10, 5))


def test_nobody_leaves_before_they_came(stays):
    entry, exit_ = stay(stays)
    early = invalid("/movement", "entry_not_done")
    assert move(stays, "done", exit_) == early
    assert leave(stays, "u-2", ends=[exit_]) == invalid("/ends/0", "entry_not_done")
    ok(move(stays, "done", entry))
    stays.advance(3 * DAY)  # the entry is forgotten, its exit is not
    stays.apply([])
    assert movement_of(stays, entry) is None
    ok(move(stays, "done", exit_))


def test_what_will_not_come_does_not_leave(stays):
    entry, exit_ = stay(stays)
    other, its = stay(stays)
    reply = ok(move(stays, "cancel", entry))
    assert reply["answer"] == {"movement": entry, "units": [], "movements": [exit_]}
    assert kinds(stays, reply["revision"]) == [("movement", entry), ("movement", exit_)]
    assert movement_of(stays, exit_)["state"] == "cancelled"
    ok(move(stays, "cancel", its))  # they will stay longer
    assert movement_of(stays, other)["state"] == "planned"
    ok(move(stays, "done", other))
    assert counts(stays, "u-2") == (10, 6)


@pytest.mark.parametrize("kind, params, pointer, detail", [
    ("exit", {"until": 9}, "/until", "only_for_entry"),
    ("opening", {"until": 9}, "/until", "only_for_entry"),
    ("entry", {"until": 3}, "/until", "reversed"),
    ("entry", {"until": "2027-02-29"}, "/until", "wrong_format"),
    ("closing", {"origin_unit": "u-1"}, "/origin_unit", "only_for_entry"),
    ("exit", {"origin_unit": "u-1"}, "/origin_unit", "only_for_entry"),
    ("entry", {"origin_unit": "u-2"}, "/origin_unit", "same_unit"),
    ("entry", {"origin_unit": "u-9"}, "/origin_unit", "unknown_reference"),
    ("entry", {"origin_unit": "u-abroad"}, "/origin_unit", "unknown_reference"),
    ("entry", {"weekdays": [1]}, "/weekdays", "only_for_sequence"),
    ("exit", {"weeks": "all"}, "/weeks", "only_for_sequence"),
    ("sequence", {"weeks": "all"}, "/weekdays", "required"),
    ("sequence", {"weekdays": [1]}, "/weeks", "required"),
    ("sequence", {"weekdays": [1, 2], "weeks": "all", "until": 3}, "/until", "reversed"),
    ("sequence", {"weekdays": [0], "weeks": "all"}, "/weekdays/0", "out_of_range"),
    ("sequence", {"weekdays": [], "weeks": "all"}, "/weekdays", "out_of_range"),
    ("sequence", {"weekdays": [8], "weeks": "all"}, "/weekdays/0", "out_of_range"),
    ("sequence", {"weekdays": [1], "weeks": "some"}, "/weeks", "unknown_code"),
    ("sequence", {**RHYTHM, "code": "other"}, "/code", "only_for_exit")])
def test_a_stay_that_is_refused(stays, kind, params, pointer, detail):
    ok(stays.do("territory.put", {"code": "d09", "name": "Ariège", "level": "departement"}))
    ok(stays.do("unit.put", {"id": "u-abroad", "establishment": "e-1", "name": "Loin",
                             "territory": "d09"}))
    if isinstance(params.get("until"), int):
        params = {**params, "until": day(stays, params["until"])}
    before = stays.revision
    assert plan(stays, kind, 1, 3, "u-2", **params) == invalid(pointer, detail)
    assert stays.revision == before


def test_where_a_child_comes_from_may_be_of_others(stays):
    entry, _ = stay(stays, origin_unit="u-3")
    assert movement_of(stays, entry)["origin_unit"] == "u-3"


# At once

def test_a_child_is_brought_in(stays):
    reply = ok(enter(stays, 2, until=day(stays, 4), origin_unit="u-1"))
    entry, (exit_,) = reply["answer"]["movement"], reply["answer"]["movements"]
    assert kinds(stays, reply["revision"]) == [
        ("movement", entry), ("movement", exit_), ("unit", "u-2")]
    state = movement_of(stays, entry)
    assert (state["type"], state["state"], state["on"], state["code"], state["origin_unit"]) == (
        "entry", "done", day(stays), None, "u-1")
    state = movement_of(stays, exit_)
    assert (state["on"], state["limit"], state["entry"], state["origin_unit"]) == (
        day(stays, 4), False, entry, "u-1")
    assert counts(stays, "u-2") == (10, 7) and counts(stays) == (10, 5)


@pytest.mark.parametrize("until, on, limit", [(None, 5, True), (5, 5, True), (9, 5, True),
                                              (4, 4, False)])
def test_no_stay_is_longer_than_its_unit_allows(stays, until, on, limit):
    said = {"until": day(stays, until)} if until else {}
    (exit_,) = ok(enter(stays, **said))["answer"]["movements"]
    state = movement_of(stays, exit_)
    assert (state["on"], state["limit"]) == (day(stays, on), limit)
    hold = new_hold(stays, "u-2", request=new_request(stays, GIRL, **{
        "wanted_" + name: value for name, value in said.items()}))
    act(stays, "accept", hold)
    reply = ok(act(stays, "arrive", hold))
    (exit_,) = (i for kind, i in kinds(stays, reply["revision"]) if kind == "movement")
    state = movement_of(stays, exit_)
    assert (state["on"], state["limit"], state["hold"]) == (day(stays, on), limit, hold)


def test_where_stays_have_no_end(stays):
    assert "movements" not in ok(enter(stays, unit="u-1"))["answer"]
    passed = new_request(stays, GIRL, wanted_until=day(stays, 2))
    stays.advance(2 * DAY)  # its end has come: it says nothing of this stay any more
    said = new_request(stays, GIRL, wanted_until=day(stays, 20))
    for request, ends in ((passed, []), (said, [day(stays, 20)])):
        hold = new_hold(stays, "u-1", request=request)
        ok(act(stays, "accept", hold))
        revision = ok(act(stays, "arrive", hold))["revision"]
        assert [movement_of(stays, i)["on"] for kind, i in kinds(stays, revision)
                if kind == "movement"] == ends


@pytest.mark.parametrize("params, reply", [
    ({"unit": "u-3"}, FORBIDDEN), ({"until": 0}, invalid("/until", "reversed")),
    ({"places": 9}, CONFLICTS), ({"origin_unit": "u-2"}, invalid("/origin_unit", "same_unit")),
    ({"origin_unit": "u-9"}, invalid("/origin_unit", "unknown_reference")),
    ({"places": 0}, invalid("/places", "out_of_range")),
    ({"type": "entry"}, invalid("/type", "unknown_member"))])
def test_who_is_not_brought_in(stays, params, reply):
    new_hold(stays, "u-2")
    if "until" in params:
        params = {"until": day(stays, params["until"])}
    assert enter(stays, **params) == reply
    assert counts(stays, "u-2") == (10, 5)


# Exits that close planned ones

def test_an_exit_closes_what_was_planned(stays):
    (first,) = ok(enter(stays, until=day(stays, 4)))["answer"]["movements"]
    second = planned(stays, unit="u-2", places=2)
    kept = planned(stays, unit="u-2")
    reply = ok(leave(stays, "u-2", 3, ends=[second, first]))
    movement = reply["answer"]["movement"]
    assert sorted(reply["answer"]["movements"]) == sorted([first, second])
    assert counts(stays, "u-2") == (10, 3)  # once
    for each in (first, second, movement):
        assert movement_of(stays, each)["state"] == "done"
        assert movement_of(stays, each)["ended_at"] == stays.result["at"]
    assert movement_of(stays, kept)["state"] == "planned"
    assert leave(stays, "u-2", ends=[kept, first]) == invalid("/ends/1", "movement_not_planned")
    assert movement_of(stays, kept)["state"] == "planned"


def test_what_an_exit_does_not_close(stays):
    exit_ = planned(stays, unit="u-2")
    for ends, detail in (([planned(stays)], "unknown_reference"), (["v-1"], "unknown_reference"),
                         ([planned(stays, "entry", unit="u-2")], "unknown_reference"),
                         ([planned(stays, unit="u-2", to_unit="u-1")], "to_another_unit")):
        assert leave(stays, "u-2", ends=ends) == invalid("/ends/0", detail)
    assert leave(stays, "u-2", ends=[exit_, exit_]) == invalid("/ends/1", "twice")
    assert leave(stays, "u-2", ends=[exit_] * 33) == invalid("/ends", "out_of_range")
    assert counts(stays, "u-2") == (10, 5) and movement_of(stays, exit_)["state"] == "planned"


# Places shared in time

def test_a_sequence(stays):
    reply = ok(plan(stays, "sequence", 2, 3, "u-2", weekdays=[5, 1, 5], weeks="even",
                    origin_unit="u-1", until=day(stays, 300)))
    movement = reply["answer"]["movement"]
    state = movement_of(stays, movement)
    assert (state["type"], state["weekdays"], state["weeks"], state["until"], state["code"],
            state["origin_unit"]) == ("sequence", [1, 5], "even", day(stays, 300), None, "u-1")
    assert kinds(stays, reply["revision"]) == [("movement", movement)]
    assert counts(stays, "u-2") == (10, 5)
    assert move(stays, "done", movement) == invalid("/movement", "movement_recurs")
    ok(move(stays, "cancel", movement))
    assert movement_of(stays, movement)["state"] == "cancelled"


def test_a_sequence_ends_after_its_last_day(stays):
    ok(stays.do("calendar.put", {"territory": "d31", "time_zone": "Europe/Paris"}, "root"))
    ended = planned(stays, "sequence", 1, 1, "u-2", until=day(stays, 2), **RHYTHM)
    goes_on = planned(stays, "sequence", 1, 1, "u-2", **RHYTHM)
    last = stays.now - stays.now % DAY + 3 * DAY - DAY // 24  # midnight in Paris is at 23:00
    before = stays.revision
    stays.advance(last - 1 - stays.now)
    stays.apply([])
    assert movement_of(stays, ended)["state"] == "planned" and stays.revision == before
    stays.advance(1)
    stays.apply([])
    assert operations(stays, before) == [("movement.end", "system", "movement", ended)]
    state = movement_of(stays, ended)
    assert (state["state"], state["ended_at"]) == ("done", stays.result["at"])
    stays.advance(600 * DAY)
    stays.apply([])
    assert movement_of(stays, ended) is None
    assert movement_of(stays, goes_on)["state"] == "planned"


@pytest.mark.parametrize("kind", ["entry", "exit", "sequence"])
def test_null_is_absent(stays, kind):
    nothing = {"until": None, "origin_unit": None}
    rhythm = RHYTHM if kind == "sequence" else {"weekdays": None, "weeks": None}
    for reply in (plan(stays, kind, 1, 3, "u-1", **nothing, **rhythm),
                  enter(stays, unit="u-1", **nothing)):
        assert "movements" not in ok(reply)["answer"]
    ok(leave(stays, ends=None))
    ok(stays.do("request.open", {"children": [GIRL], "wanted_until": None, "days": None}, "night"))


# The alarm before

def test_the_end_of_every_stay_is_told_two_days_before(stays):
    planned(stays, unit="u-2", days=4)  # ends no stay
    (said,) = ok(enter(stays, until=day(stays, 4)))["answer"]["movements"]
    (limit,) = ok(enter(stays))["answer"]["movements"]
    before = stays.revision
    stays.apply([])
    assert stays.revision == before
    stays.advance(2 * DAY)
    stays.apply([])
    assert operations(stays, before) == [("movement.due_soon", "system", "movement", said)]
    assert movement_of(stays, said)["due_soon"] is True
    assert movement_of(stays, limit)["due_soon"] is False
    stays.advance(DAY)
    stays.apply([])
    assert movement_of(stays, limit)["due_soon"] is True


def test_a_unit_that_closes_takes_its_stays_along(stays):
    entry, exit_ = stay(stays)
    shared = planned(stays, "sequence", 1, 1, "u-2", until=day(stays, 2), **RHYTHM)
    ok(stays.do("unit.close", {"unit": "u-2"}, "root"))
    stays.apply([])
    for each in (entry, exit_, shared):
        assert movement_of(stays, each)["state"] == "cancelled"
    assert stays.do("movement.cancel", {"movement": exit_}, "root") != OK
