# SPDX-License-Identifier: EUPL-1.2
"""Missions: who fetches a child, from the acceptance out of hours to the hand-over."""
import psycopg2
import pytest

from asking import (BOY, DAY, GIRL, INACTIVE, act, ask, declared, held, hold_of, kinds, new_hold,
                    new_request, ok, operations, request_of)
from register import FORBIDDEN, HOUR, OK, invalid

# From each state: the events that do something, and where they lead. In any other state an event
# is answered `mission_not_active`, or, when it is the hold's, leaves the mission as it is.
TABLE = {
    "assigned": {"start": "under_way", "arrive": "arrived", "hand_over": "handed_over",
                 "assign": "assigned", "cancel": "cancelled", "hold.arrive": "handed_over",
                 "hold.withdraw": "cancelled", "declare": "handed_over"},
    "under_way": {"arrive": "arrived", "hand_over": "handed_over", "assign": "under_way",
                  "cancel": "cancelled", "hold.arrive": "handed_over",
                  "hold.withdraw": "cancelled", "declare": "handed_over"},
    "arrived": {"hand_over": "handed_over", "assign": "arrived", "cancel": "cancelled",
                "hold.arrive": "handed_over", "hold.withdraw": "cancelled",
                "declare": "handed_over"},
    "handed_over": {"forget": None},
    "cancelled": {"forget": None},
}
ACTIVE = ("assigned", "under_way", "arrived")
OWN = ("start", "arrive", "hand_over", "assign", "cancel")
EVENTS = (*OWN, "hold.arrive", "hold.withdraw", "declare", "forget", "late")
WAYS = {"assigned": (), "under_way": ("start",), "arrived": ("start", "arrive"),
        "handed_over": ("hand_over",), "cancelled": ("cancel",)}
NOT_ACTIVE = invalid("/mission", "mission_not_active")


def mission_of(register, mission):
    return register.record("mission", mission)


def go(register, verb, mission, account="night", **params):
    """mission.<verb>."""
    if verb == "assign":
        params.setdefault("team", "van-2")
    return register.do("mission." + verb, {"mission": mission, **params}, account)


def closed(register, root="d31"):
    """The offices of a département are never open."""
    ok(register.do("calendar.put", {"territory": root, "time_zone": "Europe/Paris"}, "root"))


def at(register, moment):
    """A heartbeat at a moment."""
    register.advance(moment - register.now)
    register.apply([])


def on_call(register, account="van", rota="t-1", hours=240):
    register.do("rota.put", {"id": rota, "duty": "mobile", "territory": "d31", "account": account,
                             "from_at": register.now, "to_at": register.now + hours * HOUR})


@pytest.fixture(name="night")
def fixture_night(register):
    """A night with two more teams, one of which is another département's."""
    register.batch(
        ("territory.put", {"code": "d82", "name": "Autre", "level": "departement"}),
        ("account.put", {"id": "van-2", "role": "mobile", "territories": ["dts-2"], "name": "B"}),
        ("account.put", {"id": "far-van", "role": "mobile", "territories": ["d82"], "name": "C"}),
        ("account.put", {"id": "far", "role": "astreinte", "territories": ["d82"], "name": "D"}),
        ("account.put", {"id": "phone", "role": "service", "acts_for": "van", "name": "E"}))
    closed(register)
    declared(register, free=9)
    return register


def accepted(register, request=None, **params):
    """An accepted hold and its mission, None if there is none."""
    hold = new_hold(register, **({"request": request} if request else {}), **params)
    reply = ok(act(register, "accept", hold))
    made = [record for kind, record in kinds(register, reply["revision"]) if kind == "mission"]
    return hold, made[0] if made else None


def happen(register, event, hold, mission):
    """The reply to an event; None to the clock's."""
    if event in ("forget", "late"):
        at(register, (mission_of(register, mission)["ended_at"] or register.result["at"])
           + (2 * DAY + 1 if event == "forget" else DAY))
        return None
    if event == "declare":
        return register.declare(free=7, arrived=[hold])
    if event in OWN:
        return go(register, event, mission)
    return act(register, event.removeprefix("hold."), hold)


def reach(register, state):
    hold, mission = accepted(register, new_request(register))
    for event in WAYS[state]:
        ok(happen(register, event, hold, mission))
    assert mission_of(register, mission)["state"] == state
    return hold, mission


def test_the_table_is_whole(register):
    codes = set(register.value("SELECT ugo.code_list('mission_state')"))
    assert set(TABLE) == set(WAYS) == codes
    assert {"assigned"} | {to for e in TABLE.values() for to in e.values() if to} == codes
    assert {event for events in TABLE.values() for event in events} == set(EVENTS) - {"late"}
    for state, events in TABLE.items():
        assert state in ACTIVE or set(events) == {"forget"}


@pytest.mark.parametrize("state", list(TABLE))
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_in_every_state(night, state, event):
    hold, mission = reach(night, state)
    before, was = mission_of(night, mission), hold_of(night, hold)
    reply = happen(night, event, hold, mission)
    after = mission_of(night, mission)
    if event in TABLE[state]:
        assert reply is None or reply["type"] == "ok", reply
        assert (after and after["state"]) == TABLE[state][event]
        if after is None:
            return
        over = after["state"] not in ACTIVE
        assert after["ended_at"] == (night.result["at"] if over else None)
        assert hold_of(night, hold)["state"] == {
            "handed_over": "arrived", "cancelled": "withdrawn" if event == "hold.withdraw"
            else "accepted"}.get(after["state"], "accepted")
        return
    if event in OWN:
        assert reply == NOT_ACTIVE and hold_of(night, hold) == was
    elif event == "declare":  # after a hand-over there is nothing to count
        assert (reply["type"] == "ok") == (state == "cancelled")
    elif event.startswith("hold."):
        assert (reply["type"] == "ok") == (state == "cancelled")
    assert after == before


def test_an_acceptance_out_of_hours_makes_a_mission(night):
    on_call(night)
    request = new_request(night, GIRL, BOY, **{"from": {"commune": "31395"}})
    hold = new_hold(night, request=request, minutes=30)
    reply = ok(act(night, "accept", hold))
    mission = night.query("SELECT id FROM ugo.mission")[0][0]
    epoch = night.result["epoch"]
    assert mission == "m-%s-%d" % (epoch[:6], reply["revision"])
    assert kinds(night, reply["revision"]) == [("hold", hold), ("mission", mission),
                                               ("request", request)]
    state = mission_of(night, mission)
    assert state == {
        "hold": hold, "unit": "u-1", "establishment": "e-1", "territory": "mds-1",
        "origin": "dts-2", "created_by": "night", "request": request, "places": 2,
        "profile": [GIRL, BOY], "from": {"commune": "31395", "territory": None},
        "place": hold_of(night, hold)["place"], "team": "van", "state": "assigned", "code": None,
        "assigned_at": night.result["at"], "under_way_at": None, "arrived_at": None,
        "handed_over_at": None, "ended_at": None, "unit_name": "Grands",
        "establishment_name": "Les Tilleuls"}
    assert state["place"]["point"] == [43.61, 1.45]
    row = night.query("SELECT establishment, territory FROM ugo.change WHERE kind = 'mission'")
    assert row == [("e-1", "mds-1")]


def test_a_mission_bears_the_names_of_now(night):
    mission, grands = accepted(night)[1], {"id": "u-1", "establishment": "e-1", "name": "Grands"}
    house = {"id": "e-1", "name": "Les Ormes", "establishment_kind": "mecs", "territory": "mds-1"}

    def put(op, params):
        return kinds(night, ok(night.do(op, params, "root"))["revision"])

    def names():
        state = mission_of(night, mission)
        return state["establishment_name"], state["unit_name"]

    # the very same: a put of what a mission does not say leaves it alone
    assert put("unit.put", {**grands, "sex": "girls"}) == [("unit", "u-1")]
    assert put("unit.put", {**grands, "name": "Petits"}) == [("mission", mission), ("unit", "u-1")]
    assert put("establishment.put", house) == [("establishment", "e-1"), ("mission", mission),
                                               ("unit", "u-1"), ("unit", "u-2")]
    assert names() == ("Les Ormes", "Petits")
    # ended or not, and whatever closes: they are called as they were last
    go(night, "hand_over", mission, "van")
    put("unit.put", {**grands, "name": "Moyens"})
    assert names() == ("Les Ormes", "Moyens")
    put("unit.close", {"unit": "u-1"})
    put("establishment.put", {**house, "name": "Les Saules"})
    assert names() == ("Les Ormes", "Moyens")


def test_a_mission_bears_the_name_of_where_its_unit_is(night):
    """What was asked stays with who was asked; the team reads where it goes."""
    late = new_hold(night)
    mission = accepted(night)[1]
    moved = ok(night.do("unit.put", {"id": "u-1", "establishment": "e-2", "name": "Grands"},
                        "root"))
    assert kinds(night, moved["revision"]) == [("mission", mission), ("unit", "u-1")]
    made = ok(act(night, "accept", late))
    other, = [record for kind, record in kinds(night, made["revision"]) if kind == "mission"]
    for record in (mission, other):
        state = mission_of(night, record)
        assert (state["establishment"], state["establishment_name"]) == ("e-1", "La Ferme")
    # what it has left is no longer its name; what it has come to is
    house = {"name": "Les Ormes", "territory": "mds-1"}
    night.do("establishment.put", {"id": "e-1", "establishment_kind": "mecs", **house}, "root")
    assert mission_of(night, mission)["establishment_name"] == "La Ferme"
    night.do("establishment.put", {"id": "e-2", "establishment_kind": "lieu_de_vie", **house},
             "root")
    assert mission_of(night, mission)["establishment_name"] == "Les Ormes"


def test_no_mission_in_office_hours_nor_without_calendar(register):
    declared(register)
    assert accepted(register)[1] is None
    register.do("calendar.put", {"territory": "d31", "time_zone": "UTC", "office": [
        {"day": day, "from": "00:00", "to": "24:00"} for day in range(1, 8)]}, "root")
    hold, mission = accepted(register)
    assert mission is None
    closed(register)
    made = ok(register.do("mission.create", {"hold": hold}, "night"))
    assert kinds(register, made["revision"])[0][0] == "mission"


def test_whoever_is_on_call_drives(night):
    team = lambda: mission_of(night, accepted(night)[1])["team"]  # noqa: E731
    assert team() is None
    on_call(night, "van")
    assert team() == "van"
    night.advance(HOUR)
    on_call(night, "van-2", "t-2", 1)
    assert team() == "van-2"
    night.do("account.disable", {"id": "van-2"})
    assert team() is None
    night.advance(2 * HOUR)
    assert team() == "van"
    night.do("account.put", {"id": "van", "role": "astreinte", "name": "A"})
    assert team() is None


def test_a_need_without_a_request(night):
    mission = accepted(night)[1]
    state = mission_of(night, mission)
    assert (state["request"], state["from"]) == (None, {"commune": None, "territory": None})
    assert state["profile"] == [GIRL]


def test_a_night(night):
    on_call(night)
    request = new_request(night)
    hold, mission = accepted(night, request)
    for verb, member in (("start", "under_way_at"), ("arrive", "arrived_at")):
        night.advance(HOUR // 2)
        reply = ok(go(night, verb, mission, "van"))
        assert kinds(night, reply["revision"]) == [("mission", mission)]
        assert mission_of(night, mission)[member] == night.now
    night.advance(HOUR)
    before, seen = night.unit(), night.now - HOUR // 4
    reply = ok(go(night, "hand_over", mission, "van", observed_at=seen))
    assert kinds(night, reply["revision"]) == [
        ("hold", hold), ("mission", mission), ("request", request), ("unit", "u-1")]
    assert hold_of(night, hold)["state"] == "arrived"
    assert request_of(night, request)["state"] == "closed"
    unit = night.unit()
    assert held(night) == (0, 0) and unit["occupied"] == before["occupied"] + 1
    assert (unit["observed_at"], unit["declared_by"]) == (seen, "van")
    state = mission_of(night, mission)
    assert state["handed_over_at"] == state["ended_at"] == night.now


def test_a_hand_over_to_come(night):
    mission = accepted(night)[1]
    reply = go(night, "hand_over", mission, observed_at=night.now + 121 * 1000000)
    assert reply == invalid("/observed_at", "in_the_future", now=night.result["at"])
    assert ok(go(night, "hand_over", mission, observed_at=night.now + 100 * 1000000))
    assert night.unit()["observed_at"] <= night.result["at"]


def test_an_emergency_uses_what_is_reserved(night):
    declared(night, "u-2", free=3, opened=4)
    hold, mission = accepted(night, unit="u-2", emergency=True)
    ok(go(night, "hand_over", mission))
    unit = night.unit("u-2")
    assert (unit["occupied"], unit["emergency_used"], unit["held_emergency"]) == (2, 1, 0)


@pytest.mark.parametrize("verb", ["start", "arrive", "hand_over"])
@pytest.mark.parametrize("account", ["van", "phone"])
def test_a_team_takes_what_is_nobodys(night, verb, account):
    hold, mission = accepted(night)
    assert mission_of(night, mission)["team"] is None
    assert go(night, verb, mission, "far-van") == FORBIDDEN
    reply = ok(go(night, verb, mission, account))
    assert mission_of(night, mission)["team"] == "van"
    assert night.departed(reply["revision"]) == [("mission", mission, {
        "establishment": "e-1", "territory": "mds-1", "origin": "d31", "created_by": "night",
        "team": None})]
    assert go(night, verb, mission, "van-2") == FORBIDDEN
    assert hold_of(night, hold)["created_by"] == "night"


def test_who_may(night):
    on_call(night)
    hold, mission = accepted(night)
    for account in ("home", "feed", "mds", "office", "root", "far", "far-van", "van-2"):
        for verb in OWN:
            assert go(night, verb, mission, account) == FORBIDDEN, (account, verb)
            assert go(night, verb, "m-none", account) == FORBIDDEN
    for account in ("van", "phone"):
        for verb in ("assign", "cancel"):
            assert go(night, verb, mission, account) == FORBIDDEN
    for account in ("night", "north", "boss"):
        assert go(night, "start", "m-none", account) == FORBIDDEN
        hold, mission = accepted(night)
        ok(go(night, "start", mission, account))
        assert mission_of(night, mission)["team"] == "van"  # who says so is not who drives
        ok(go(night, "assign", mission, account))
        ok(go(night, "cancel", mission, account))


def test_a_hold_asked_from_afar(night):
    """The astreinte of the asking département leads too."""
    night.do("account.put", {"id": "far", "role": "astreinte", "territories": ["d82", "d31"],
                             "name": "D"})
    request = new_request(night, account="far", **{"from": {"territory": "d82"}})
    hold = new_hold(night, account="far", request=request)
    ok(act(night, "accept", hold))
    mission = night.query("SELECT id FROM ugo.mission")[0][0]
    night.do("account.put", {"id": "far", "role": "astreinte", "territories": ["d82"],
                             "name": "D"})
    ok(go(night, "start", mission, "far"))
    assert go(night, "arrive", mission, "far-van") == FORBIDDEN


def test_assign(night):
    on_call(night)
    mission = accepted(night)[1]
    night.advance(HOUR)
    reply = ok(go(night, "assign", mission))
    state = mission_of(night, mission)
    assert (state["team"], state["assigned_at"], state["state"]) == ("van-2", night.now, "assigned")
    assert night.departed(reply["revision"])[0][2]["team"] == "van"
    assert go(night, "assign", mission) == OK  # the same team
    assert go(night, "start", mission, "van") == FORBIDDEN
    ok(go(night, "start", mission, "van-2"))
    for team in ("night", "nobody", "phone"):
        assert go(night, "assign", mission, team=team) == invalid("/team", "not_a_team")
    night.do("account.disable", {"id": "van"})
    assert go(night, "assign", mission, team="van") == invalid("/team", "not_a_team")


def test_create(night):
    hold, mission = accepted(night)
    create = lambda account="night", **more: night.do(  # noqa: E731
        "mission.create", {"hold": hold, **more}, account)
    assert create() == invalid("/hold", "has_mission")
    ok(go(night, "cancel", mission, code="other"))
    assert mission_of(night, mission)["code"] == "other"
    assert hold_of(night, hold)["state"] == "accepted"
    for account in ("home", "van", "root", "far", "mds"):
        assert create(account) == FORBIDDEN
    assert create(team="night") == invalid("/team", "not_a_team")
    on_call(night)
    second = kinds(night, ok(create("boss"))["revision"])[0][1]
    assert mission_of(night, second)["team"] == "van"
    assert night.do("mission.create", {"hold": "h-none"}, "night") == FORBIDDEN
    ok(act(night, "arrive", hold))
    assert mission_of(night, second)["state"] == "handed_over"
    assert mission_of(night, mission)["state"] == "cancelled"
    assert create() == INACTIVE
    asked = new_hold(night, account="mds")
    assert night.do("mission.create", {"hold": asked}, "mds") == INACTIVE
    own = ok(act(night, "accept", asked))
    made, = [record for kind, record in kinds(night, own["revision"]) if kind == "mission"]
    ok(go(night, "cancel", made))
    third = kinds(night, ok(night.do("mission.create", {"hold": asked, "team": "van-2"},
                                     "office"))["revision"])[0][1]
    assert mission_of(night, third)["team"] == "van-2"


def test_the_team_tells_of_the_arrival(night):
    hold, mission = accepted(night)
    assert act(night, "arrive", hold, "far-van") == FORBIDDEN
    assert act(night, "arrive", "h-none", "van") == FORBIDDEN
    reply = ok(act(night, "arrive", hold, "phone"))
    state = mission_of(night, mission)
    assert (state["state"], state["team"]) == ("handed_over", "van")
    assert night.departed(reply["revision"])[0][:2] == ("mission", mission)
    assert act(night, "arrive", hold, "phone") == INACTIVE
    assert act(night, "arrive", hold, "van-2") == FORBIDDEN
    unmanned = new_hold(night)
    assert act(night, "arrive", unmanned, "van") == FORBIDDEN


def test_the_team_of_the_active_mission(night):
    """Who was sent before, and called back, tells of nothing."""
    on_call(night)
    hold, first = accepted(night)
    ok(go(night, "cancel", first))
    ok(night.do("mission.create", {"hold": hold, "team": "van-2"}, "night"))
    assert act(night, "arrive", hold, "van") == FORBIDDEN
    ok(act(night, "arrive", hold, "van-2"))


def test_a_withdrawal_cancels(night):
    on_call(night)
    hold, mission = accepted(night)
    ok(go(night, "start", mission, "van"))
    reply = ok(act(night, "withdraw", hold, code="runaway"))
    assert kinds(night, reply["revision"]) == [("hold", hold), ("mission", mission),
                                               ("unit", "u-1")]
    state = mission_of(night, mission)
    assert (state["state"], state["code"], state["team"]) == ("cancelled", "runaway", "van")
    assert night.departed(reply["revision"]) == []


def test_a_declaration_hands_over_all_it_names(night):
    one, two = accepted(night), accepted(night)
    ok(night.declare(free=4, arrived=[one[0], two[0]]))
    assert [mission_of(night, m)["state"] for _, m in (one, two)] == ["handed_over"] * 2
    assert [mission_of(night, m)["team"] for _, m in (one, two)] == [None, None]


def test_forgotten_after_two_days(night):
    hold, mission = accepted(night)
    ok(go(night, "cancel", mission))
    end = mission_of(night, mission)["ended_at"]
    at(night, end + 2 * DAY)
    assert mission_of(night, mission)
    revision = night.revision
    at(night, end + 2 * DAY + 1)
    assert mission_of(night, mission) is None and hold_of(night, hold)["state"] == "accepted"
    assert operations(night, revision) == [("mission.forget", "system", "mission", mission)]
    assert night.departed(revision + 1)[0][2] == {
        "establishment": "e-1", "territory": "mds-1", "origin": "d31", "created_by": "night",
        "team": None}
    assert night.query("SELECT * FROM ugo.due WHERE left(id, 1) = 'm'") == []


def test_all_of_a_night_is_forgotten(night):
    request = new_request(night)
    hold, mission = accepted(night, request)
    ok(go(night, "hand_over", mission))
    revision = night.revision
    at(night, night.result["at"] + 2 * DAY + 1)
    assert operations(night, revision) == [
        ("hold.forget", "system", "hold", hold), ("mission.forget", "system", "mission", mission),
        ("request.forget", "system", "request", request)]


def test_a_flaw_is_told(night):
    hold, mission = accepted(night)
    for verb, params, error in (
            ("create", {}, ("/hold", "required")), ("create", {"hold": 1}, ("/hold", "wrong_type")),
            ("assign", {"mission": mission}, ("/team", "required")),
            ("start", {}, ("/mission", "required")),
            ("start", {"mission": mission, "x": 1}, ("/x", "unknown_member")),
            ("hand_over", {"mission": mission, "observed_at": "x"},
             ("/observed_at", "wrong_type")),
            ("cancel", {"mission": mission, "code": "full"}, ("/code", "unknown_code"))):
        assert night.do("mission." + verb, params, "night") == invalid(*error)


def test_a_key_has_one_effect(night):
    hold, mission = accepted(night)
    for verb in ("start", "arrive", "hand_over"):
        reply = night.do("mission." + verb, {"mission": mission}, "night", key="same " + verb)
        again = night.do("mission." + verb, {"mission": mission}, "night", key="same " + verb)
        assert again == {**reply, "replayed": True} and reply["type"] == "ok"


@pytest.mark.parametrize("sql", [
    "state = 'handed_over'", "state = 'under_way'", "state = 'arrived'", "ended_at = 1",
    "handed_over_at = 1", "code = 'other'", "code = 'Zoe'", "team = 'nobody'", "places = 0",
    "under_way_at = 1", "state = 'lost'", "id = 'x'", "hold = 'x'", "profile = '[\"Zoe\"]'",
    "from_commune = 'Zoe'", "place = NULL"])
def test_a_mission_that_cannot_be(night, sql):
    accepted(night)
    with pytest.raises(psycopg2.IntegrityError):
        night.query("UPDATE ugo.mission SET " + sql)


def test_one_at_a_time(night):
    accepted(night)
    with pytest.raises(psycopg2.IntegrityError):
        night.query("INSERT INTO ugo.mission SELECT 'm-2', m.revision, m.hold, m.unit,"
                    " m.establishment, m.territory, m.origin, m.created_by, m.request, m.places,"
                    " m.profile, NULL, NULL, m.place, NULL, 'assigned', NULL, 1 FROM ugo.mission m")


@pytest.mark.parametrize("sql", [
    "UPDATE ugo.mission SET unit = 'u-3'", "UPDATE ugo.mission SET hold = 'h-none'",
    "INSERT INTO ugo.due VALUES ('m-none', 1)", "DELETE FROM ugo.due WHERE left(id, 1) = 'm'"])
def test_the_audit_finds_missions(night, sql):
    ok(go(night, "cancel", accepted(night)[1]))
    accepted(night)
    assert night.query("SELECT * FROM ugo.audit_promises()") == []
    night.query("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; SAVEPOINT before")
    night.query(sql)
    assert "mission" in {kind for kind, _ in night.query("SELECT * FROM ugo.audit_records()")}
    night.query("ROLLBACK TO before")


def test_an_ask_makes_none(night):
    reply = ok(ask(night))
    assert "mission" not in {kind for kind, _ in kinds(night, reply["revision"])}
    ok(act(night, "refuse", reply["answer"]["holds"][0]))
    assert night.query("SELECT * FROM ugo.mission") == []
