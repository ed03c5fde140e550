# SPDX-License-Identifier: EUPL-1.2
"""Declaring, confirming and contesting the counts of a unit: every rule, and which error wins."""
import pytest

from register import FORBIDDEN, HOUR, OK, invalid

MINUTE = HOUR // 60


def counts(register, unit="u-1"):
    state = register.unit(unit)
    return state["open"], state["occupied"], state["closed"], state["emergency_used"]


def test_never_declared_is_unknown(register):
    state = register.unit()
    for member in ("open", "occupied", "closed", "emergency_used", "observed_at", "recorded_at",
                   "declared_by", "channel", "contested_at", "closed_reason", "reopens_on"):
        assert state[member] is None, member
    assert state["held"] == state["held_emergency"] == 0


def test_first_declaration_gives_open(register):
    assert register.declare(free=1) == invalid("/open", "first_declaration_needs_open")
    reply = register.declare(free=1, open=12)
    assert reply == {"type": "ok", "revision": register.revision}
    assert counts(register) == (12, 11, 0, 0)
    state = register.unit()
    assert state["observed_at"] == state["recorded_at"] == register.result["at"]
    assert (state["declared_by"], state["channel"]) == ("home", "cli")
    assert register.changes(reply["revision"]) == [("unit", "u-1", state)]


def test_first_declaration_with_closed_still_needs_open(register):
    assert register.declare(free=1, closed={"n": 1, "reason": "staff"}) == invalid(
        "/open", "first_declaration_needs_open")


def test_each_declaration_is_a_revision(register):
    first = register.declare(free=1, open=12)["revision"]
    assert register.declare(free=1)["revision"] == first + 1


def test_occupied_may_exceed_open(register):
    register.declare(open=12, occupied=14, derogation="siblings")
    assert counts(register) == (12, 14, 0, 0)
    state = register.unit()
    assert (state["derogation"], state["derogation_by"]) == ("siblings", "home")
    register.declare(occupied=12)
    assert register.unit()["derogation"] is None


def test_free_more_than_open(register):
    register.declare(free=0, open=5)
    assert register.declare(free=6) == invalid("/free", "more_than_open")
    assert register.declare(free=6, open=6)["revision"]
    assert counts(register) == (6, 0, 0, 0)


def test_closing_takes_from_open_and_reopening_gives_back(register):
    register.declare(free=2, open=10)
    register.declare(free=0, closed={"n": 4, "reason": "staff", "reopens_on": "2030-02-28"})
    assert counts(register) == (6, 6, 4, 0)
    state = register.unit()
    assert (state["closed_reason"], state["reopens_on"]) == ("staff", "2030-02-28")
    register.declare(free=1)
    assert counts(register) == (6, 5, 4, 0) and register.unit()["closed_reason"] == "staff"
    register.declare(free=1, closed={"n": 1, "reason": "works"})
    assert counts(register) == (9, 8, 1, 0) and register.unit()["reopens_on"] is None
    register.declare(free=1, closed={"n": 0, "reason": "works"})
    assert counts(register) == (10, 9, 0, 0) and register.unit()["closed_reason"] is None


def test_open_beside_closed_is_taken_as_said(register):
    register.declare(free=2, open=10)
    register.declare(free=2, open=8, closed={"n": 5, "reason": "other"})
    assert counts(register) == (8, 6, 5, 0)
    register.declare(free=2, open=8)
    assert counts(register) == (8, 6, 5, 0)


def test_closing_more_than_open(register):
    register.declare(free=0, open=3)
    assert register.declare(free=0, closed={"n": 4, "reason": "staff"}) == invalid(
        "/closed/n", "more_than_open")
    register.declare(free=0, open=9999, closed={"n": 9999, "reason": "staff"})
    assert register.declare(free=0, closed={"n": 0}) == invalid("/closed/n", "out_of_range")


def test_emergency_places(register):
    assert register.declare("u-2", free=3, open=5, emergency_used=3) == invalid(
        "/emergency_used", "more_than_reserved")
    register.declare("u-2", free=3, open=5, emergency_used=2)
    register.declare("u-2", free=2)
    assert counts(register, "u-2") == (5, 3, 0, 2)
    # lowering what is reserved lowers what is used of it
    register.do("unit.put", {"id": "u-2", "establishment": "e-1", "name": "Urgence",
                             "emergency_reserved": 1})
    assert counts(register, "u-2") == (5, 3, 0, 1)
    assert register.declare("u-2", free=1)["type"] == "ok"


def test_holds_are_not_promised_away(register):
    register.declare(free=3, open=5)
    # holds come with a later issue: their count is there
    register.query("UPDATE ugo.unit SET held = 2 WHERE id = 'u-1'")
    assert register.declare(free=1) == {"type": "conflicts_with_holds", "revision": None}
    assert register.declare(occupied=9) == {"type": "conflicts_with_holds", "revision": None}
    assert register.declare(free=2)["type"] == "ok"
    assert register.do("unit.close", {"unit": "u-1"})["type"] == "conflicts_with_holds"
    assert register.do("establishment.close", {"establishment": "e-1"})["type"] == \
        "conflicts_with_holds"
    register.query("UPDATE ugo.unit SET held = 0 WHERE id = 'u-1'")
    register.declare(free=2)


def test_observed_at(register):
    at = register.now
    register.declare(free=1, open=5, observed_at=at - HOUR)
    state = register.unit()
    assert state["observed_at"] == at - HOUR and state["recorded_at"] == register.result["at"]
    # a phone's clock: two minutes ahead is now, more is refused and told the time
    register.declare(free=1, observed_at=at + 60 * 1000000)
    assert register.unit()["observed_at"] == register.result["at"]
    reply = register.declare(free=1, observed_at=at + 10 * MINUTE)
    assert reply == invalid("/observed_at", "in_the_future", now=register.result["at"])


def test_two_minutes_ahead_exactly(register):
    register.advance(HOUR)
    ahead = register.now + 2 * MINUTE
    assert register.declare(free=1, open=5, observed_at=ahead)["type"] == "ok"
    assert register.unit()["observed_at"] == register.now
    register.advance(HOUR)
    assert register.declare(free=1, observed_at=register.now + 2 * MINUTE + 1)["type"] == \
        "invalid_params"


def test_outdated(register):
    at = register.now
    register.declare(free=1, open=5, observed_at=at - 1000)
    before = register.unit(), register.record("unit", "u-1")
    reply = register.declare(free=3, open=4, observed_at=at - 1001, closed={"n": 0})
    assert reply == {"type": "outdated", "revision": register.revision}
    assert (register.unit(), register.record("unit", "u-1")) == before
    assert register.changes(reply["revision"]) == [("declaration", "u-1", {
        "unit": "u-1", "observed_at": at - 1001, "recorded_at": register.result["at"],
        "by": "home", "channel": "cli", "unchanged": False, "free": 3, "occupied": None,
        "open": 4, "emergency_used": None, "closed": {"n": 0}, "derogation": None})]
    # as old as the one known: taken
    assert register.declare(free=3, observed_at=at - 1000)["type"] == "ok"
    reply = register.do("unit.confirm", {"unit": "u-1", "observed_at": at - 2000}, "home")
    assert reply["type"] == "outdated"
    assert register.changes(reply["revision"])[0][2]["unchanged"] is True


def test_outdated_wins_over_counts_but_not_over_shape(register):
    at = register.now
    register.declare(free=1, open=5, observed_at=at)
    assert register.declare(free=9, observed_at=at - 1)["type"] == "outdated"
    assert register.declare(free=9, occupied=1, observed_at=at - 1) == invalid(
        "/free", "exactly_one")
    assert register.declare(free=-1, observed_at=at - 1) == invalid("/free", "out_of_range")
    assert register.declare(unit="u-3", free=-1) == invalid("/free", "out_of_range")
    assert register.declare(unit="u-3", free=1, occupied=1) == FORBIDDEN


def test_confirm(register):
    assert register.do("unit.confirm", {"unit": "u-1"}, "home") == invalid(
        "/unit", "never_declared")
    register.declare(free=1, open=5, closed={"n": 1, "reason": "staff"}, derogation="judge")
    register.do("unit.report_wrong", {"unit": "u-1"}, "night")
    before = register.unit()
    register.advance(HOUR)
    reply = register.do("unit.confirm", {"unit": "u-1"}, "feed", channel="api")
    assert reply["revision"] == register.revision
    assert register.unit() == {**before, "observed_at": register.now, "recorded_at": register.now,
                               "declared_by": "feed", "channel": "api", "contested_at": None}
    assert register.do("unit.confirm", {"unit": "u-1", "observed_at": register.now + HOUR},
                       "home") == invalid("/observed_at", "in_the_future",
                                          now=register.result["at"])


def test_report_wrong(register):
    revision = register.revision
    assert register.do("unit.report_wrong", {"unit": "u-1"}, "night") == OK
    assert register.revision == revision
    register.declare(free=1, open=5)
    register.advance(HOUR)
    reply = register.do("unit.report_wrong", {"unit": "u-1"}, "mds")
    assert reply["revision"] == revision + 2
    assert register.unit()["contested_at"] == register.now
    assert register.do("unit.report_wrong", {"unit": "u-1"}, "night") == OK
    register.declare(free=1)
    assert register.unit()["contested_at"] is None
    assert register.do("unit.report_wrong", {"unit": "u-1"}, "boss")["revision"]


@pytest.mark.parametrize("params, pointer, detail", [
    ({"free": None}, "/free", "exactly_one"),
    ({}, "/free", "exactly_one"),
    ({"free": 1, "occupied": 1}, "/free", "exactly_one"),
    ({"free": "1"}, "/free", "wrong_type"),
    ({"free": 1.5}, "/free", "wrong_type"),
    ({"free": 1.0}, "/free", "wrong_type"),
    ({"free": True}, "/free", "wrong_type"),
    ({"free": []}, "/free", "wrong_type"),
    ({"free": -1}, "/free", "out_of_range"),
    ({"free": 10000}, "/free", "out_of_range"),
    ({"free": 10 ** 30}, "/free", "out_of_range"),
    ({"occupied": 10000}, "/occupied", "out_of_range"),
    ({"free": 1, "open": -1}, "/open", "out_of_range"),
    ({"free": 1, "open": {}}, "/open", "wrong_type"),
    ({"free": 1, "emergency_used": -1}, "/emergency_used", "out_of_range"),
    ({"free": 1, "closed": 3}, "/closed", "wrong_type"),
    ({"free": 1, "closed": {}}, "/closed/n", "required"),
    ({"free": 1, "closed": {"n": None}}, "/closed/n", "required"),
    ({"free": 1, "closed": {"n": "1"}}, "/closed/n", "wrong_type"),
    ({"free": 1, "closed": {"n": 10000}}, "/closed/n", "out_of_range"),
    ({"free": 1, "closed": {"n": 1}}, "/closed/reason", "required"),
    ({"free": 1, "closed": {"n": 1, "reason": "tired"}}, "/closed/reason", "unknown_code"),
    ({"free": 1, "closed": {"n": 1, "reason": 4}}, "/closed/reason", "wrong_type"),
    ({"free": 1, "closed": {"n": 0, "why": 1}}, "/closed/why", "unknown_member"),
    ({"free": 1, "closed": {"n": 1, "reason": "staff", "reopens_on": "2026-02-29"}},
     "/closed/reopens_on", "wrong_format"),
    ({"free": 1, "closed": {"n": 1, "reason": "staff", "reopens_on": "2026-13-01"}},
     "/closed/reopens_on", "wrong_format"),
    ({"free": 1, "closed": {"n": 1, "reason": "staff", "reopens_on": "29/02/2026"}},
     "/closed/reopens_on", "wrong_format"),
    ({"free": 1, "closed": {"n": 1, "reason": "staff", "reopens_on": 3}},
     "/closed/reopens_on", "wrong_type"),
    ({"free": 1, "observed_at": 0}, "/observed_at", "out_of_range"),
    ({"free": 1, "observed_at": 10 ** 18}, "/observed_at", "out_of_range"),
    ({"free": 1, "observed_at": "now"}, "/observed_at", "wrong_type"),
    ({"free": 1, "derogation": "because"}, "/derogation", "unknown_code"),
    ({"free": 1, "derogation": 1}, "/derogation", "wrong_type"),
    ({"free": 1, "arrived": "h-1"}, "/arrived", "wrong_type"),
    ({"free": 1, "arrived": ["h-1"]}, "/arrived/0", "not_accepted_here"),
    ({"free": 1, "arrived": [1]}, "/arrived/0", "wrong_type"),
    ({"free": 1, "comment": "calme"}, "/comment", "unknown_member"),
    ({"free": 1, "b/c~d": 1, "z": 1}, "/b~1c~0d", "unknown_member"),
    ({"unit": 7, "free": 1}, "/unit", "wrong_type"),
    ({"unit": None, "free": 1}, "/unit", "required"),
    ({"unit": "", "free": 1}, "/unit", "out_of_range"),
    ({"unit": "u-" + "x" * 62, "free": 1}, "/unit", "out_of_range"),
    ({"unit": "u-1\x7f", "free": 1}, "/unit", "wrong_format"),
    ({"unit": "u-\n", "free": 1}, "/unit", "wrong_format"),
    ({"free": 99999, "open": 99999}, "/free", "out_of_range"),
])
def test_params(register, params, pointer, detail):
    register.declare(free=1, open=10)
    before = register.revision, register.unit()
    assert register.do("unit.declare", {"unit": "u-1", **params}, "home") == invalid(
        pointer, detail)
    assert (register.revision, register.unit()) == before


def test_null_is_absent(register):
    assert register.declare(free=1, open=10, occupied=None, closed=None, observed_at=None,
                            derogation=None, arrived=None, emergency_used=None)["type"] == "ok"
    assert register.declare(free=1, arrived=[])["type"] == "ok"
    state = register.unit()
    assert state["derogation"] is None and state["derogation_by"] is None


@pytest.mark.parametrize("account, allowed", [
    ("home", {"u-1"}), ("feed", {"u-1"}), ("night", {"u-1", "u-3"}), ("north", {"u-1"}),
    ("boss", {"u-1", "u-3"}), ("root", {"u-1", "u-3"}), ("system", {"u-1", "u-3"}),
    ("mds", set()), ("office", set()), ("van", set()), ("nobody", set()),
])
def test_who_declares(register, account, allowed):
    for unit in ("u-1", "u-3", "u-none"):
        reply = register.declare(unit, account, free=1, open=9)
        if unit in allowed:
            assert reply["type"] == "ok" and register.unit(unit)["declared_by"] == account
        else:  # the same answer whether the unit exists or not
            assert reply == FORBIDDEN


@pytest.mark.parametrize("account, allowed", [
    ("home", set()), ("feed", set()), ("night", {"u-1", "u-3"}), ("north", {"u-1"}),
    ("boss", {"u-1", "u-3"}), ("mds", {"u-1"}), ("office", set()), ("van", set()),
    ("root", set()), ("system", {"u-1", "u-3"}),
])
def test_who_reports_wrong(register, account, allowed):
    for unit in ("u-1", "u-3"):
        register.declare(unit, "root", free=1, open=9)
    for unit in ("u-1", "u-3", "u-none"):
        reply = register.do("unit.report_wrong", {"unit": unit}, account)
        assert reply["type"] == ("ok" if unit in allowed else "forbidden"), unit


def test_an_establishment_has_its_own_units_only(register):
    """Also when its account names a territory."""
    register.do("account.put", {"id": "home", "role": "establishment", "name": "H",
                                "establishments": ["e-1"], "territories": ["d31"]})
    assert register.declare("u-3", free=1, open=2) == FORBIDDEN
    assert register.declare("u-1", free=1, open=2)["type"] == "ok"
    # and the astreinte also those of establishments it names
    register.do("account.put", {"id": "night", "role": "astreinte", "name": "N",
                                "establishments": ["e-2"]})
    assert register.declare("u-3", "night", free=1, open=2)["type"] == "ok"
    assert register.declare("u-1", "night", free=1) == FORBIDDEN


def test_disabled_accounts(register):
    assert register.declare(account="feed", free=1, open=9)["type"] == "ok"
    register.do("account.disable", {"id": "home"})
    assert register.declare(free=1) == FORBIDDEN
    assert register.declare(account="feed", free=1) == FORBIDDEN
    register.do("account.put", {"id": "home", "role": "establishment", "name": "H",
                                "establishments": ["e-1"]})
    register.do("account.disable", {"id": "feed"})
    assert register.declare(account="feed", free=1) == FORBIDDEN
    assert register.declare(free=1)["type"] == "ok"


def test_rights_follow_the_batch(register):
    """A command sees what the commands before it in the batch have done."""
    replies = register.apply([
        register.command("unit.declare", {"unit": "u-3", "free": 1, "open": 3}, "home"),
        register.command("account.put", {"id": "home", "role": "establishment", "name": "H",
                                         "establishments": ["e-2"]}),
        register.command("unit.declare", {"unit": "u-3", "free": 1, "open": 3}, "home"),
        register.command("unit.declare", {"unit": "u-1", "free": 1, "open": 3}, "home"),
    ])
    assert [r["type"] for r in replies] == ["forbidden", "ok", "ok", "forbidden"]
