# SPDX-License-Identifier: EUPL-1.2
"""What the clock does to holds and requests, whoever was down meanwhile."""
import pytest

from asking import (BOY, DAY, GIRL, INACTIVE, MINUTE, act, ask, declared, held, hold_of, kinds,
                    new_hold, new_request, ok, operations, request_of)
from register import HOUR, Session, invalid


def test_a_hold_expires_at_its_end(register):
    declared(register)
    request = new_request(register)
    hold = new_hold(register, request=request, emergency=True)
    before = hold_of(register, hold)
    end = before["held_until"]
    register.set_clock(end - 1)
    register.apply([])
    assert hold_of(register, hold) == before and held(register) == (1, 1)
    register.set_clock(end)
    revision = register.revision
    register.apply([])  # the heartbeat
    assert register.result["revision"] == register.revision == revision + 1
    assert operations(register, revision) == [("hold.expire", "system", "hold", hold)]
    assert kinds(register, revision + 1) == [("hold", hold), ("unit", "u-1")]
    assert hold_of(register, hold) == {**before, "state": "expired", "ended_at": end}
    assert held(register) == (0, 0)
    assert request_of(register, request)["state"] == "open"
    register.now = end
    assert act(register, "accept", hold) == INACTIVE
    new_hold(register, request=request)


@pytest.mark.parametrize("verb", ["accept", "refuse", "release", "extend"])
def test_an_hour_without_batches(register, verb):
    """Every daemon was down: what comes first afterwards finds it expired, at its turn."""
    declared(register)
    hold = new_hold(register)
    register.advance(HOUR)
    revision = register.revision
    assert act(register, verb, hold) == INACTIVE
    state = hold_of(register, hold)
    assert (state["state"], state["ended_at"]) == ("expired", register.now)
    assert operations(register, revision) == [("hold.expire", "system", "hold", hold)]


def test_in_time_is_in_time(register):
    declared(register)
    hold = new_hold(register)
    register.set_clock(hold_of(register, hold)["held_until"] - 1)
    ok(act(register, "accept", hold))
    register.advance(HOUR)
    register.apply([])
    assert hold_of(register, hold)["state"] == "accepted"


def test_freed_places_are_there_for_the_same_batch(register):
    declared(register, free=1)
    new_hold(register)
    register.advance(HOUR)
    reply = ask(register)
    assert reply["type"] == "ok" and reply["revision"] == register.revision
    assert held(register) == (1, 0)
    register.advance(HOUR)
    ok(register.declare(free=0))
    assert held(register) == (0, 0)


def test_two_clocks_an_hour_apart(committed):
    """The ledger's time decides: a host whose clock is an hour late changes nothing, one an hour
    ahead ends holds for all."""
    declared(committed)
    late, ahead = committed.daemon(), committed.daemon()
    late.set_clock(committed.now - HOUR)
    ahead.set_clock(committed.now + HOUR)
    one = new_hold(committed)
    end = hold_of(committed, one)["held_until"]
    reply = late.do("hold.extend", {"hold": one}, "night")
    assert reply["type"] == "ok" and late.result["at"] > committed.result["at"]
    assert hold_of(committed, one)["held_until"] == end + 45 * MINUTE
    hold = late.do("hold.create", {"unit": "u-1", "need": {"children": [GIRL]}}, "night")
    state = hold_of(committed, hold["answer"]["holds"][0])
    assert state["created_at"] == late.result["at"]
    assert state["held_until"] == state["created_at"] + 45 * MINUTE
    two = hold["answer"]["holds"][0]
    assert ahead.do("hold.accept", {"hold": two}, "home") == INACTIVE
    assert hold_of(committed, two)["state"] == "expired"
    at = ahead.result["at"]
    assert late.do("hold.accept", {"hold": two}, "home") == INACTIVE
    assert late.result["at"] == at + 1
    late.close()
    ahead.close()


def test_escalation_extends_once_from_the_old_end(register):
    declared(register)
    register.do("hold_policy.put", {"unit": "u-1", "minutes": 30, "end": "escalate"}, "boss")
    hold = new_hold(register, minutes=10)
    before = hold_of(register, hold)
    register.set_clock(before["held_until"] + MINUTE)
    revision = register.revision
    register.apply([])
    after = {**before, "escalated": True, "held_until": before["held_until"] + 30 * MINUTE}
    assert register.changes(revision + 1) == [("hold", hold, after)]
    assert operations(register, revision) == [("hold.escalate", "system", "hold", hold)]
    assert hold_of(register, hold) == after and held(register) == (1, 0)
    register.set_clock(after["held_until"] - 1)
    ok(act(register, "extend", hold, minutes=1))
    register.set_clock(after["held_until"] + MINUTE)
    register.apply([])
    assert operations(register, revision + 2) == [("hold.expire", "system", "hold", hold)]
    assert hold_of(register, hold)["state"] == "expired"


def test_escalation_that_has_passed_too(register):
    declared(register)
    register.do("hold_policy.put", {"unit": "u-1", "minutes": 30, "end": "escalate"}, "boss")
    hold = new_hold(register, minutes=10)
    register.set_clock(hold_of(register, hold)["created_at"] + 40 * MINUTE)
    revision = register.revision
    assert act(register, "accept", hold) == INACTIVE
    assert [op for op, *_ in operations(register, revision)] == ["hold.escalate", "hold.expire"]
    # a minute earlier it would have been its second time
    hold = new_hold(register, minutes=10)
    register.set_clock(hold_of(register, hold)["created_at"] + 40 * MINUTE - 1)
    ok(act(register, "accept", hold))


def test_the_policy_at_the_end_counts(register):
    declared(register)
    register.do("hold_policy.put", {"unit": "u-1", "minutes": 30, "end": "escalate"}, "boss")
    hold = new_hold(register)
    register.do("hold_policy.put", {"unit": "u-1", "minutes": 30, "end": "release"}, "boss")
    register.advance(HOUR)
    register.apply([])
    assert hold_of(register, hold)["state"] == "expired"


def test_overdue_is_an_alarm_and_never_a_release(register):
    declared(register)
    request = new_request(register)
    hold = new_hold(register, request=request)
    act(register, "accept", hold, arrive_by=register.now + 3 * HOUR)
    before = hold_of(register, hold)
    revision = register.revision
    register.set_clock(before["arrive_by"] - 1)
    register.apply([])
    assert register.revision == revision
    register.set_clock(before["arrive_by"])
    register.apply([])
    assert register.changes(revision + 1) == [("hold", hold, {**before, "overdue": True})]
    assert operations(register, revision) == [("hold.overdue", "system", "hold", hold)]
    register.advance(90 * DAY)
    register.apply([])
    assert register.revision == revision + 1 and held(register) == (1, 0)
    assert request_of(register, request)["state"] == "placed"
    ok(act(register, "arrive", hold))
    assert hold_of(register, hold)["overdue"] is True


def test_what_ended_is_forgotten(register):
    declared(register)
    request = new_request(register, GIRL, account="mds", **{"from": {"territory": "dts-2"}})
    hold = new_hold(register, account="mds", request=request)
    ok(register.do("request.close", {"request": request, "code": "other"}, "mds"))
    ended = register.result["at"]
    register.set_clock(ended + 2 * DAY)
    revision = register.revision
    register.apply([])
    assert register.revision == revision
    register.set_clock(ended + 2 * DAY + 1)
    register.apply([])
    assert operations(register, revision) == [("hold.forget", "system", "hold", hold),
                                              ("request.forget", "system", "request", request)]
    assert register.changes(revision + 1) == [("hold", hold, None)]
    assert register.changes(revision + 2) == [("request", request, None)]
    assert register.departed(revision + 1) == [("hold", hold, {
        "establishment": "e-1", "territory": "mds-1", "origin": "dts-2", "created_by": "mds"})]
    assert register.departed(revision + 2) == [("request", request, {
        "establishment": None, "territory": "dts-2", "origin": "dts-2", "created_by": "mds"})]
    assert hold_of(register, hold) is request_of(register, request) is None
    assert register.query("SELECT * FROM ugo.due") == []
    assert register.query("SELECT establishment, territory FROM ugo.change WHERE revision > %s",
                          revision) == [("e-1", "mds-1"), (None, "dts-2")]


def test_a_request_waits_for_ever(register):
    """And remembers who has arrived when the hold is forgotten."""
    declared(register)
    request = new_request(register, GIRL, BOY)
    hold = new_hold(register, request=request, children=[0])
    act(register, "accept", hold)
    act(register, "arrive", hold)
    register.advance(400 * DAY)
    register.apply([])
    assert hold_of(register, hold) is None
    state = request_of(register, request)
    assert (state["state"], state["placed"], state["arrived"]) == ("open", [0], [0])
    assert ask(register, request=request, children=[0]) == invalid("/children/0", "already_placed")
    rest = new_hold(register, request=request)
    act(register, "accept", rest)
    act(register, "arrive", rest)
    assert request_of(register, request)["state"] == "closed"


def test_a_unit_closes_while_its_holds_are_remembered(register):
    declared(register)
    hold = new_hold(register)
    act(register, "refuse", hold)
    ok(register.do("unit.close", {"unit": "u-1"}))
    assert hold_of(register, hold)["state"] == "refused"
    register.advance(3 * DAY)
    register.apply([])
    assert hold_of(register, hold) is None


def test_order_of_the_clock(register):
    """By due time, then by id; each with a revision of its own."""
    declared(register, free=9, opened=9)
    for minutes in (40, 20, 30, 20):
        new_hold(register, minutes=minutes)
    holds = [r for (r,) in register.query("SELECT id FROM ugo.hold ORDER BY revision")]
    register.query("UPDATE ugo.hold SET held_until = %s WHERE id = ANY (%s)",
                   register.now + 20 * MINUTE, [holds[1], holds[3]])
    register.advance(HOUR)
    revision = register.revision
    ok(ask(register))
    order = [holds[1], holds[3], holds[2], holds[0]]
    assert order[:2] == sorted(order[:2])
    assert [(op, h) for op, _, _, h in operations(register, revision)][:4] == [
        ("hold.expire", h) for h in order]
    assert held(register) == (1, 0)


def test_the_order_holds_in_time_across_kinds(register):
    declared(register)
    first = new_hold(register)
    act(register, "accept", first, arrive_by=register.now + 10 * MINUTE)
    second = new_hold(register, minutes=5)
    third = new_hold(register, minutes=15)
    register.advance(HOUR)
    revision = register.revision
    register.apply([])
    assert [(op, h) for op, _, _, h in operations(register, revision)] == [
        ("hold.expire", second), ("hold.overdue", first), ("hold.expire", third)]


@pytest.mark.parametrize("verb", ["accept", "refuse", "release", "extend"])
def test_256_at_a_time(register, verb):
    declared(register, free=300, opened=300)
    for _ in range(5):
        register.batch(*[("hold.create", {"unit": "u-1", "need": {"parent": {}}})] * 60,
                       account="night")
    register.advance(HOUR)
    revision = register.revision
    last = register.value("SELECT id FROM ugo.hold ORDER BY revision DESC LIMIT 1")
    assert act(register, verb, last) == INACTIVE  # what it has not reached yet has ended too
    assert register.revision == revision + 256
    assert hold_of(register, last)["state"] == "held" and held(register) == (44, 0)
    register.apply([])
    assert register.revision == revision + 300 and held(register) == (0, 0)
    assert register.query("SELECT DISTINCT parts FROM ugo.change WHERE revision > %s",
                          revision) == [(2,)]


def test_a_quiet_heartbeat_changes_nothing(register):
    declared(register)
    new_hold(register)
    revision = register.revision
    for _ in range(3):
        register.apply([])
    assert register.revision == revision
    plan = "\n".join(line for (line,) in register.query(
        "SET LOCAL enable_seqscan = off; EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS)"
        " SELECT FROM ugo.due WHERE at <= 0 LIMIT 1"))
    assert "due_at" in plan, plan


def test_the_second_line_counts_at_the_end_of_a_transaction(committed):
    """A count that drifts, whoever wrote it, takes the whole batch back."""
    declared(committed)
    committed.query("""
        CREATE FUNCTION ugo.drift() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN new.held := new.held + 1; RETURN new; END $$;
        CREATE TRIGGER a_drift BEFORE UPDATE OF held ON ugo.unit
        FOR EACH ROW EXECUTE FUNCTION ugo.drift()""")
    revision = committed.revision
    with pytest.raises(Exception, match="does not count its holds"):
        ask(committed)
    assert committed.revision == revision and held(committed) == (0, 0)
    committed.query("DROP FUNCTION ugo.drift CASCADE")
    session = Session(committed.database.ugod)
    session.set_clock(committed.now)
    assert session.do("hold.create", {"unit": "u-1", "need": {"children": [GIRL]}},
                      "night")["type"] == "ok"
    session.close()
