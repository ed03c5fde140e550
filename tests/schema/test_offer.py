# SPDX-License-Identifier: EUPL-1.2
"""Offers: a freed place is kept for one waiting request, and for nobody else, for ten minutes."""
import threading

import pytest

from asking import (BOY, DAY, FULL, GIRL, MINUTE, act, ask, declared, held, kinds,
                    new_hold, new_request, ok, operations)
from register import FORBIDDEN, OK, invalid

OFFERED_TO_ANOTHER = {**FULL, "detail": "offered_to_another"}


def offer(register, request, unit="u-1", account="daemon", **params):
    """The reply to an offer.create."""
    return register.do("offer.create", {"request": request, "unit": unit, **params}, account)


def new_offer(register, request, unit="u-1", **params):
    """The id of a new offer."""
    reply = ok(offer(register, request, unit, **params))
    (kind, made, _), = register.changes(reply["revision"])
    assert kind == "offer"
    return made


def offer_of(register, made):
    return register.record("offer", made)


def state_of(register, made):
    state = offer_of(register, made)
    return state["state"], state["code"]


def decline(register, request, made, account="night"):
    return register.do("request.decline", {"request": request, "offer": made}, account)


def test_what_is_written(register):
    declared(register, "u-2", 3)
    request = new_request(register, GIRL, BOY, emergency=True, **{"from": {"commune": "31395"}})
    reply = ok(offer(register, request, "u-2"))
    (kind, made, state), = register.changes(reply["revision"])
    assert kind == "offer" and made.startswith("o-") and made.endswith("-%d" % reply["revision"])
    at = register.result["at"]
    assert state == {
        "request": request, "unit": "u-2", "establishment": "e-1", "territory": "mds-1",
        "origin": "dts-2", "created_by": "night", "places": 2, "emergency": True,
        "children": [0, 1], "state": "offered", "code": None, "offered_at": at,
        "offered_until": at + 10 * MINUTE, "ended_at": None}
    assert register.query("SELECT actor, operation, establishment, territory FROM ugo.change"
                          " WHERE id = %s", made) == [("daemon", "offer.create", None, "dts-2")]
    assert held(register, "u-2") == (0, 0)


def test_who_offers(register):
    declared(register)
    request = new_request(register)
    for account in ("night", "boss", "mds", "home", "root", "van", "office", "nobody"):
        assert offer(register, request, account=account) == FORBIDDEN, account
    for op, params in (("hold.create", {"unit": "u-1", "need": {"children": [GIRL]}}),
                       ("unit.declare", {"unit": "u-1", "free": 1}),
                       ("account.put", {"id": "x", "role": "def", "name": "X"})):
        assert register.do(op, params, "daemon") == FORBIDDEN
    for name in ("daemon", "system"):
        assert register.do("account.put", {"id": name, "role": "def", "name": "X"}) == invalid(
            "/id", "reserved")
    assert offer(register, request)["type"] == "ok"


def test_no_account_is_the_daemon(register):
    """Not even one that had the name before there was one."""
    register.query("INSERT INTO ugo.account (id, revision, role, territories, establishments, name,"
                   " disabled) VALUES ('daemon', 1, 'def', '{d31}', '{}', 'Compte', false)")
    declared(register)
    request = new_request(register)
    assert register.do("hold.create", {"unit": "u-1", "request": request}, "daemon") == FORBIDDEN
    register.query("DELETE FROM ugo.account WHERE id = 'daemon'")


def test_who_cannot_be_the_daemon(committed):
    """The name is the session's, not the command's: only the daemon's role and the owner."""
    request = new_request(committed)
    declared(committed)
    committed.query("DROP ROLE IF EXISTS passer_by; CREATE ROLE passer_by LOGIN;"
                    " GRANT USAGE ON SCHEMA ugo TO passer_by;"
                    " GRANT EXECUTE ON FUNCTION ugo.apply_batch(jsonb) TO passer_by")
    committed.query("SET SESSION AUTHORIZATION passer_by")
    reply = offer(committed, request)
    committed.query("RESET SESSION AUTHORIZATION")
    committed.query("DROP OWNED BY passer_by; DROP ROLE passer_by")
    assert reply == FORBIDDEN
    daemon = committed.daemon()
    assert offer(daemon, request)["type"] == "ok"
    daemon.close()


def test_what_is_refused(register):
    declared(register, free=2)
    declared(register, "u-3", free=1)
    request = new_request(register, GIRL, BOY)
    not_open = invalid("/request", "request_not_open")
    assert offer(register, "r-none") == not_open
    assert offer(register, request, "u-none") == FORBIDDEN
    assert offer(register, request, "u-3") == FULL
    assert offer(register, request, "u-2") == FULL  # never declared
    assert offer(register, request, "u-3", children=[2]) == invalid("/children/0", "out_of_range")
    hold = new_hold(register, "u-3", request=request, children=[0])
    act(register, "release", hold)
    new_offer(register, request, "u-3", children=[1])
    assert offer(register, request) == invalid("/request", "has_offer")
    register.do("request.close", {"request": request, "code": "error"}, "night")
    assert offer(register, request) == not_open


def test_not_where_it_asks_already(register):
    declared(register)
    request = new_request(register, GIRL, BOY)
    hold = new_hold(register, request=request, children=[0])
    asked = invalid("/unit", "already_asked")
    assert offer(register, request) == asked
    assert offer(register, request, children=[0]) == asked
    assert offer(register, request, children=[1])["type"] == "ok"
    act(register, "release", hold)


def test_not_in_another_departement(register):
    register.batch(("territory.put", {"code": "d09", "name": "Ariège", "level": "departement"}),
                   ("establishment.put", {"id": "e-9", "name": "Foix", "territory": "d09",
                                          "establishment_kind": "mecs"}),
                   ("unit.put", {"id": "u-9", "establishment": "e-9", "name": "Foix"}))
    declared(register, "u-9")
    assert offer(register, new_request(register), "u-9") == FORBIDDEN


def test_an_emergency_goes_before_a_planned_offer(register):
    declared(register, free=1)
    planned = new_offer(register, new_request(register))
    reply = ok(ask(register, emergency=True))
    assert kinds(register, reply["revision"]) == [
        ("hold", reply["answer"]["holds"][0]), ("offer", planned), ("unit", "u-1")]
    assert state_of(register, planned) == ("void", "no_free_place")


def test_an_emergency_waits_for_an_emergency_offer(register):
    declared(register, free=1)
    new_offer(register, new_request(register, emergency=True))
    assert ask(register, emergency=True) == OFFERED_TO_ANOTHER


def test_others_see_it_as_taken(register):
    declared(register, free=2)
    first, second = new_request(register), new_request(register)
    made = new_offer(register, first)
    assert ask(register, request=second, places=2) == OFFERED_TO_ANOTHER
    assert ask(register, places=2) == OFFERED_TO_ANOTHER  # a need that is no request
    assert ask(register, places=3) == FULL
    reply = ask(register, ["u-1", "u-2"], request=second, places=2)
    assert reply == FULL  # one of them is just full
    hold = new_hold(register, request=second)
    assert ask(register) == OFFERED_TO_ANOTHER
    declared(register, "u-3", free=1)
    reply = ok(ask(register, ["u-1", "u-3"]))
    assert reply["answer"]["refused"] == [
        {"unit": "u-1", "type": "no_free_place", "detail": "offered_to_another"}]
    # its own
    reply = ok(ask(register, request=first))
    assert kinds(register, reply["revision"]) == [
        ("hold", reply["answer"]["holds"][0]), ("offer", made), ("unit", "u-1")]
    assert state_of(register, made) == ("taken", None)
    assert offer_of(register, made)["ended_at"] == register.result["at"]
    act(register, "release", hold)
    assert ask(register)["type"] == "ok"


def test_no_place_is_offered_twice(register):
    declared(register, free=2)
    first, second, third = (new_request(register) for _ in range(3))
    new_offer(register, first)
    made = new_offer(register, second)
    assert offer(register, third) == FULL
    decline(register, second, made)
    assert offer(register, third)["type"] == "ok"
    assert offer(register, third) == invalid("/request", "has_offer")


def test_emergency_places(register):
    """What is offered counts as what is held: an emergency takes of the reserved ones first."""
    declared(register, "u-2", free=3)  # two of them for emergencies only
    urgent = new_request(register, emergency=True)
    planned = new_request(register)
    first = new_offer(register, urgent, "u-2")
    assert ask(register, "u-2", places=2) == FULL
    second = new_offer(register, planned, "u-2")
    assert ask(register, "u-2") == OFFERED_TO_ANOTHER
    assert ask(register, "u-2", emergency=True, places=3) == OFFERED_TO_ANOTHER
    new_hold(register, "u-2", emergency=True)
    assert state_of(register, first) == state_of(register, second) == ("offered", None)
    new_hold(register, "u-2", request=planned)
    new_hold(register, "u-2", request=urgent)
    assert held(register, "u-2") == (3, 2)


def test_decline(register):
    declared(register, free=1)
    request, other = new_request(register), new_request(register)
    made = new_offer(register, request)
    not_active = invalid("/offer", "offer_not_active")
    assert decline(register, "r-none", made) == FORBIDDEN
    for account in ("home", "root", "van", "daemon", "mds", "office"):
        assert decline(register, request, made, account) == FORBIDDEN, account
    assert decline(register, other, made) == not_active
    assert decline(register, request, "o-none") == not_active
    reply = ok(decline(register, request, made, "boss"))
    assert kinds(register, reply["revision"]) == [("offer", made)]
    assert state_of(register, made) == ("declined", None)
    assert decline(register, request, made) == not_active
    assert offer(register, request) == invalid("/unit", "already_offered")
    assert ask(register, request=other)["type"] == "ok"


def test_mds_declines_its_own(register):
    declared(register)
    request = new_request(register, account="mds")
    made = new_offer(register, request)
    assert offer_of(register, made)["created_by"] == "mds"
    assert decline(register, request, made, "office")["type"] == "ok"


@pytest.mark.parametrize("early", (True, False))
def test_lapse_by_the_clock(register, early):
    declared(register, free=1)
    request = new_request(register)
    made = new_offer(register, request)
    until = offer_of(register, made)["offered_until"]
    before = register.revision
    register.now = until - 1 if early else until
    register.set_clock(register.now)
    reply = decline(register, request, made)
    if early:
        assert reply["type"] == "ok"
        return
    assert reply == invalid("/offer", "offer_not_active")
    assert operations(register, before) == [("offer.lapse", "system", "offer", made)]
    assert state_of(register, made) == ("lapsed", None)
    assert offer(register, request) == invalid("/unit", "already_offered")
    assert ask(register)["type"] == "ok"


def test_forgotten(register):
    """With its request, and before it."""
    declared(register, free=1)
    request = new_request(register)
    made = new_offer(register, request)
    register.do("request.close", {"request": request, "code": "error"}, "night")
    before = register.revision
    register.advance(2 * DAY - 100)
    register.apply([])
    assert register.revision == before
    register.advance(200)
    register.apply([])
    assert operations(register, before) == [("offer.forget", "system", "offer", made),
                                            ("request.forget", "system", "request", request)]
    assert register.departed(before + 1) == [("offer", made, {
        "establishment": None, "territory": "d31", "origin": "d31", "created_by": "night"})]


def test_fewer_places_void_what_has_no_room(register):
    declared(register, free=4)
    requests = [new_request(register, GIRL, GIRL), new_request(register), new_request(register)]
    made = []
    for request in requests:
        made.append(new_offer(register, request))
        register.advance(1)
    reply = ok(register.declare("u-1", "home", free=3))
    assert kinds(register, reply["revision"]) == [("offer", made[2]), ("unit", "u-1")]
    assert state_of(register, made[2]) == ("void", "no_free_place")
    ok(register.declare("u-1", "home", free=1))  # not the two of the first; the one of the next
    assert [state_of(register, o)[0] for o in made] == ["void", "offered", "void"]
    ok(register.declare("u-1", "home", free=1))
    assert offer(register, requests[0]) == FULL
    ok(register.declare("u-1", "home", free=4))
    assert state_of(register, new_offer(register, requests[0])) == ("offered", None)


def test_what_else_leaves_no_room(register):
    declared(register, "u-2", free=3)
    request = new_request(register)
    made = new_offer(register, request, "u-2")
    unit = {"id": "u-2", "establishment": "e-1", "name": "Urgence", "modality": "urgence",
            "ttl_s": 14400}
    register.do("unit.put", {**unit, "emergency_reserved": 3})  # none left that is planned
    assert state_of(register, made) == ("void", "no_free_place")
    register.do("unit.put", {**unit, "emergency_reserved": 0})
    made = new_offer(register, request, "u-2")
    reply = ok(register.do("unit.close", {"unit": "u-2"}))
    assert kinds(register, reply["revision"]) == [("offer", made), ("unit", "u-2")]
    declared(register, "u-3")
    made = new_offer(register, request, "u-3")
    ok(register.do("establishment.close", {"establishment": "e-2"}))
    assert state_of(register, made) == ("void", "no_free_place")


def test_requests_that_are_not_what_they_were(register):
    declared(register)
    declared(register, "u-3")
    request = new_request(register, GIRL, BOY)
    made = new_offer(register, request)
    ok(register.do("request.update", {"request": request, "emergency": True}, "night"))
    assert state_of(register, made) == ("void", "request_changed")
    made = new_offer(register, request)
    assert offer_of(register, made)["emergency"]
    assert register.do("request.update", {"request": request, "emergency": True}, "night") == OK
    assert state_of(register, made) == ("offered", None)
    # one of its children placed elsewhere
    hold = new_hold(register, "u-3", request=request, children=[0])
    assert state_of(register, made) == ("offered", None)
    reply = ok(act(register, "accept", hold, "system"))
    assert kinds(register, reply["revision"]) == [("hold", hold), ("offer", made),
                                                  ("request", request)]
    assert state_of(register, made) == ("void", "request_changed")
    made = new_offer(register, request)
    assert offer_of(register, made)["children"] == [1] and offer_of(register, made)["places"] == 1
    # the other too
    ok(act(register, "accept", new_hold(register, "u-3", request=request), "system"))
    assert state_of(register, made) == ("void", "request_changed")


def test_closed_request(register):
    declared(register)
    request = new_request(register)
    made = new_offer(register, request)
    reply = ok(register.do("request.close", {"request": request, "code": "error"}, "night"))
    assert kinds(register, reply["revision"]) == [("offer", made), ("request", request)]
    assert state_of(register, made) == ("void", "request_changed")


def test_parent_alone(register):
    declared(register)
    reply = ok(register.do("request.open", {"parent": {"pregnant": True}}, "night"))
    request = register.changes(reply["revision"])[0][1]
    made = new_offer(register, request)
    assert (offer_of(register, made)["places"], offer_of(register, made)["children"]) == (1, [])
    ok(ask(register, request=request))
    assert state_of(register, made) == ("taken", None)


def daemons(committed, commands):
    """The replies to commands given at once, each by a daemon of its own."""
    sessions = [committed.daemon() for _ in commands]
    start = threading.Barrier(len(commands))
    replies = [None] * len(commands)

    def give(i):
        start.wait()
        replies[i] = sessions[i].apply([commands[i]])[0]

    threads = [threading.Thread(target=give, args=(i,)) for i in range(len(commands))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for session in sessions:
        session.close()
    return replies


def offers(committed):
    return committed.query("SELECT request, unit FROM ugo.offer WHERE state = 'offered'")


def test_daemons_with_the_same_key(committed):
    declared(committed, free=8)
    request = new_request(committed)
    replies = daemons(committed, [committed.command(
        "offer.create", {"request": request, "unit": "u-1"}, "daemon", key="offer-1")] * 8)
    assert len(offers(committed)) == 1
    assert sorted(bool(r.pop("replayed", None)) for r in replies) == [False] + [True] * 7
    assert all(r == replies[0] and r["type"] == "ok" for r in replies)


def test_daemons_with_other_views(committed):
    """One saw the one request, one the other, one another unit: nothing is offered twice."""
    declared(committed, free=1)
    declared(committed, "u-3", free=1)
    first, second = new_request(committed), new_request(committed)
    pairs = [(r, u) for r in (first, second) for u in ("u-1", "u-3")] * 4
    replies = daemons(committed, [committed.command(
        "offer.create", {"request": r, "unit": u}, "daemon") for r, u in pairs])
    made = offers(committed)
    assert sorted(r for r, _ in made) == sorted({first, second})
    assert sorted(u for _, u in made) == ["u-1", "u-3"]
    assert sum(r["type"] == "ok" for r in replies) == 2


def test_offer_against_hold(committed):
    """Whoever is first has the place: the other is told."""
    for n in range(6):
        declared(committed, free=1)
        request = new_request(committed)
        given, asked = daemons(committed, [
            committed.command("offer.create", {"request": request, "unit": "u-1"}, "daemon"),
            committed.command("hold.create", {"unit": "u-1", "need": {"children": [GIRL]}},
                              "night")])
        if given["type"] == "ok":
            assert asked == OFFERED_TO_ANOTHER, n
        else:
            assert given == FULL and asked["type"] == "ok", n
            act(committed, "release", asked["answer"]["holds"][0])
        committed.do("request.close", {"request": request, "code": "error"}, "night")
