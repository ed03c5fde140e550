# SPDX-License-Identifier: EUPL-1.2
"""Calendars and rotas: when offices are open, who is on call."""
import datetime
import random

import pytest

from asking import operations
from register import FORBIDDEN, HOUR, OK, invalid

WEEK = [{"day": day, "from": "08:30", "to": "17:30"} for day in range(1, 6)]
PARIS = {"territory": "d31", "time_zone": "Europe/Paris", "office": WEEK,
         "holidays": ["2060-05-05", "2060-12-24"]}
DAY = 24 * HOUR


def at(text):
    """µs of an instant, "2026-05-01T06:30:00Z"."""
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()) * 1000000


def put(register, account="root", **changed):
    if register.now < SPRING:
        register.advance(SPRING - register.now)
    params = {name: value for name, value in {**PARIS, **changed}.items() if value is not None}
    return register.do("calendar.put", params, account)


SPRING = at("2060-04-01T00:00:00Z")


def is_open(register, moment, root="d31"):
    return register.value("SELECT ugo.office_open(%s, %s)", root, moment)


def test_a_calendar_is_a_record(register):
    reply = put(register, office=[WEEK[1], WEEK[0], WEEK[1]],
                holidays=["2060-12-24", "2060-05-05", "2060-12-24"])
    (kind, territory, state), = register.changes(reply["revision"])
    assert (kind, territory) == ("calendar", "d31")
    assert {name: state[name] for name in ("time_zone", "office", "holidays")} == {
        "time_zone": "Europe/Paris", "office": WEEK[:2], "holidays": ["2060-05-05", "2060-12-24"]}
    assert register.record("calendar", "d31") == state
    assert put(register, office=WEEK[:2]) == OK  # the same: nothing changed
    register.advance(DAY)
    assert put(register, office=WEEK[:2]) == OK
    assert put(register)["revision"]
    bare = put(register, office=None, holidays=None)
    state = register.changes(bare["revision"])[0][2]
    assert (state["office"], state["holidays"]) == ([], [])


def test_offsets_are_the_zones(register):
    """The transitions of eleven years from the beginning of this one, to the minute."""
    put(register)
    offsets = register.record("calendar", "d31")["offsets"]
    assert offsets[0] == [at("2060-01-01T00:00:00Z"), 3600]
    assert offsets[1:4] == [[at("2060-03-28T01:00:00Z"), 7200], [at("2060-10-31T01:00:00Z"), 3600],
                            [at("2061-03-27T01:00:00Z"), 7200]]
    assert len(offsets) == 23 and offsets == sorted(offsets)
    for zone, seconds in (("America/Martinique", -14400), ("Indian/Reunion", 14400)):
        put(register, time_zone=zone)
        assert [o for _, o in register.record("calendar", "d31")["offsets"]] == [seconds]


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Miquelon", "Pacific/Noumea"])
def test_open_is_what_local_time_says(register, zone):
    put(register, time_zone=zone)
    dice = random.Random(31)
    answers = set()
    for _ in range(300):
        moment = at("2060-01-01T00:00:00Z") + dice.randrange(10 * 365 * DAY)
        local = register.value("SELECT to_timestamp(%s / 1000000) AT TIME ZONE %s", moment, zone)
        expected = (local.isoweekday() <= 5 and "08:30" <= local.strftime("%H:%M") < "17:30"
                    and local.strftime("%Y-%m-%d") not in PARIS["holidays"])
        assert is_open(register, moment) == expected, local
        answers.add(expected)
    assert answers == {True, False}


@pytest.mark.parametrize("moment, expected", [
    ("2060-05-03T06:29:59Z", False), ("2060-05-03T06:30:00Z", True),  # a Monday in summer
    ("2060-05-03T15:29:59Z", True), ("2060-05-03T15:30:00Z", False),
    ("2060-05-05T10:00:00Z", False),                                  # a holiday
    ("2060-05-08T10:00:00Z", False), ("2060-05-09T10:00:00Z", False),
    ("2060-01-05T07:29:59Z", False), ("2060-01-05T07:30:00Z", True),  # in winter
    ("2019-05-06T10:00:00Z", True), ("2090-05-08T10:00:00Z", True),   # beyond what is known
])
def test_the_edges_of_open(register, moment, expected):
    put(register)
    assert is_open(register, at(moment)) is expected


def test_to_the_end_of_a_day(register):
    put(register, office=[{"day": 1, "from": "00:00", "to": "24:00"}], time_zone="UTC")
    assert [is_open(register, at(t)) for t in (
        "2060-05-02T23:59:59Z", "2060-05-03T00:00:00Z", "2060-05-03T23:59:59Z",
        "2060-05-04T00:00:00Z")] == [False, True, True, False]


def test_without_calendar_nobody_knows(register):
    assert is_open(register, register.now) is None
    assert is_open(register, register.now, "nowhere") is None


@pytest.mark.parametrize("changed, error", [
    ({"territory": None}, ("/territory", "required")),
    ({"territory": "dts-1"}, ("/territory", "not_a_root")),
    ({"territory": "d99"}, ("/territory", "unknown_reference")),
    ({"time_zone": None}, ("/time_zone", "required")),
    ({"time_zone": "Europe/Toulouse"}, ("/time_zone", "unknown_code")),
    ({"time_zone": "Europe/Paris'"}, ("/time_zone", "wrong_format")),
    ({"office": {}}, ("/office", "wrong_type")),
    ({"office": WEEK * 5}, ("/office", "out_of_range")),
    ({"office": [1]}, ("/office/0", "wrong_type")),
    ({"office": [{**WEEK[0], "x": 1}]}, ("/office/0/x", "unknown_member")),
    ({"office": [{"from": "08:00", "to": "09:00"}]}, ("/office/0/day", "required")),
    ({"office": [{**WEEK[0], "day": "1"}]}, ("/office/0/day", "wrong_type")),
    ({"office": [WEEK[0], {**WEEK[0], "day": 8}]}, ("/office/1/day", "out_of_range")),
    ({"office": [{"day": 1, "to": "09:00"}]}, ("/office/0/from", "required")),
    ({"office": [{**WEEK[0], "from": 8}]}, ("/office/0/from", "wrong_type")),
    ({"office": [{**WEEK[0], "from": "8:00"}]}, ("/office/0/from", "wrong_format")),
    ({"office": [{**WEEK[0], "from": "24:30"}]}, ("/office/0/from", "wrong_format")),
    ({"office": [{"day": 1, "from": "08:00"}]}, ("/office/0/to", "required")),
    ({"office": [{**WEEK[0], "to": "25:00"}]}, ("/office/0/to", "wrong_format")),
    ({"office": [{**WEEK[0], "to": "08:30"}]}, ("/office/0/to", "reversed")),
    ({"holidays": "2026-01-01"}, ("/holidays", "wrong_type")),
    ({"holidays": ["2026-02-30"]}, ("/holidays/0", "wrong_format")),
    ({"holidays": ["2026-01-01", 7]}, ("/holidays/1", "wrong_type")),
    ({"holidays": ["2026-01-01"] * 401}, ("/holidays", "out_of_range")),
])
def test_a_calendar_that_is_none(register, changed, error):
    assert put(register, **changed) == invalid(*error)
    assert register.record("calendar", "d31") is None


def test_who_puts_calendars_and_rotas(register):
    for account in ("home", "feed", "night", "boss", "mds", "van"):
        assert put(register, account) == FORBIDDEN
    for account in ("home", "feed", "night", "mds", "van"):
        assert shift(register, by=account) == FORBIDDEN
        assert register.do("rota.delete", {"id": "t-1"}, account) == FORBIDDEN
    assert shift(register, by="boss")["revision"]
    register.batch(("territory.put", {"code": "d82", "name": "Autre", "level": "departement"}),
                   ("account.put", {"id": "far", "role": "def", "territories": ["d82"],
                                    "name": "Autre"}))
    for params in ({}, {"territory": "d82"}):  # neither there nor away from there
        assert shift(register, by="far", **params) == FORBIDDEN
    assert register.do("rota.delete", {"id": "t-1"}, "far") == FORBIDDEN
    assert register.do("rota.delete", {"id": "t-none"}, "far") == FORBIDDEN
    assert register.do("rota.delete", {"id": "t-none"}, "root")["type"] == "not_found"


def shift(register, rota="t-1", by="root", **changed):
    params = {"id": rota, "duty": "mobile", "territory": "d31", "account": "van",
              "from_at": register.now, "to_at": register.now + 12 * HOUR, **changed}
    return register.do("rota.put", {n: v for n, v in params.items() if v is not None}, by)


def on_call(register, moment=None, duty="mobile", root="d31"):
    return register.value("SELECT ugo.on_call(%s, %s, %s)", root, duty, moment or register.now)


def test_a_rota_is_a_record(register):
    reply = shift(register)
    state = {"duty": "mobile", "territory": "d31", "account": "van", "from_at": register.now,
             "to_at": register.now + 12 * HOUR}
    assert register.changes(reply["revision"]) == [("rota", "t-1", state)]
    assert register.record("rota", "t-1") == state
    assert shift(register) == OK
    register.do("territory.put", {"code": "d82", "name": "Autre", "level": "departement"})
    moved = shift(register, territory="d82")
    assert register.departed(moved["revision"]) == [
        ("rota", "t-1", {"establishment": None, "territory": "d31"})]
    gone = register.do("rota.delete", {"id": "t-1"}, "root")
    assert register.changes(gone["revision"]) == [("rota", "t-1", None)]
    assert register.departed(gone["revision"]) == [
        ("rota", "t-1", {"establishment": None, "territory": "d82"})]
    assert register.record("rota", "t-1") is None


def test_a_shift_that_is_over_is_forgotten(register):
    end = shift(register)["revision"] and register.now + 12 * HOUR
    shift(register, "t-2", to_at=end + HOUR)
    register.do("rota.delete", {"id": "t-2"}, "root")
    shift(register, "t-3", to_at=end)
    shift(register, "t-3", to_at=end + HOUR)  # put off
    before = register.revision
    register.advance(end + 2 * DAY - register.now)
    register.batch()
    assert register.revision == before and register.record("rota", "t-1")
    register.advance(1)
    register.batch()
    assert operations(register, before) == [("rota.forget", "system", "rota", "t-1")]
    assert register.changes(before + 1) == [("rota", "t-1", None)]
    assert register.departed(before + 1) == [
        ("rota", "t-1", {"establishment": None, "territory": "d31"})]
    assert register.record("rota", "t-1") is None and register.record("rota", "t-3")
    register.advance(HOUR)
    register.batch()
    assert register.record("rota", "t-3") is None
    assert register.query("SELECT * FROM ugo.due WHERE left(id, 1) = 't'") == []


@pytest.mark.parametrize("changed, error", [
    ({"id": None}, ("/id", "required")), ({"id": "x"}, ("/id", "wrong_format")),
    ({"duty": "night"}, ("/duty", "unknown_code")),
    ({"territory": "dts-1"}, ("/territory", "not_a_root")),
    ({"account": "nobody"}, ("/account", "unknown_reference")),
    ({"account": "night"}, ("/account", "not_a_team")),
    ({"from_at": None}, ("/from_at", "required")),
    ({"from_at": "now"}, ("/from_at", "wrong_type")),
    ({"to_at": 1}, ("/to_at", "reversed")),
])
def test_a_rota_that_is_none(register, changed, error):
    rota = changed.pop("id", "t-1")
    assert shift(register, rota, **changed) == invalid(*error)
    same = register.now
    assert shift(register, from_at=same, to_at=same) == invalid("/to_at", "reversed")


def test_who_is_on_call(register):
    register.do("account.put", {"id": "van-2", "role": "mobile", "territories": ["d31"],
                                "name": "Autre"})
    now = register.now
    shift(register, "t-1", to_at=now + 10)
    shift(register, "t-2", account="van-2", from_at=now + 5, to_at=now + 8)
    shift(register, "t-3", duty="def")  # another duty, whoever has it
    assert [on_call(register, now + d) for d in (-1, 0, 4, 5, 7, 8, 9, 10)] == [
        None, "van", "van", "van-2", "van-2", "van", "van", None]
    assert on_call(register, duty="def") == "van" and on_call(register, duty="astreinte") is None
    assert on_call(register, root="dts-1") is None
