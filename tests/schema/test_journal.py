# SPDX-License-Identifier: EUPL-1.2
"""The journal of searches, what is counted of it, and the evidence of one request."""
import psycopg2
import pytest

from asking import BOY, DAY, GIRL, MINUTE, act, declared, new_hold, new_request, ok, operations
from register import FORBIDDEN, OK, invalid


def searched(register, account="night", total=0, **params):
    params = {"children": [GIRL], **params}
    return register.do("journal.search", {**params, "total": total}, account)


def entries(register):
    return [state for state, in register.query(
        "SELECT state FROM ugo.change WHERE kind = 'search' AND state IS NOT NULL"
        " ORDER BY revision")]


def test_a_search_is_kept_as_it_was_asked(register):
    request = new_request(register)
    reply = ok(searched(
        register, "night", 2, children=[BOY, GIRL], parent={"pregnant": True}, together=True,
        emergency=True, tonight=True, modality=["urgence", "internat"], needs=["mna"],
        kinds=["mecs", "no_such_kind"], near={"commune": "31395"}, max_km=60,
        wanted_on="2026-12-01", best=["u-2", "u-1", "u-none"], request=request))
    (kind, record, state), = register.changes(reply["revision"])
    assert (kind, record) == ("search", "s-%s-%d" % (
        register.value("SELECT left(epoch, 6) FROM ugo.ledger"), reply["revision"]))
    assert state == {
        "account": "night", "role": "astreinte", "origin": "dts-2", "children": [BOY, GIRL],
        "parent": {"pregnant": True}, "together": True, "emergency": True, "tonight": True,
        "modality": ["internat", "urgence"], "needs": ["mna"], "kinds": ["mecs"],
        "near": {"commune": "31395", "territory": None}, "max_km": 60, "wanted_on": "2026-12-01",
        "total": 2, "best": ["u-2", "u-1"], "request": request,
        "searched_at": state["searched_at"]}
    assert register.query("SELECT establishment, territory, actor, operation FROM ugo.change"
                          " WHERE id = %s", record) == [(None, "dts-2", "night", "journal.search")]
    assert register.record("search", record) == state


def test_a_search_for_days_is_not_one_for_others(register):
    """Until when and on which days are part of what was asked: of its state, and of sameness."""
    week = {"wanted_on": "2026-12-01", "wanted_until": "2026-12-07"}
    ok(searched(register, **week))
    assert searched(register, **week) == OK
    ok(searched(register, wanted_on="2026-12-01"))
    ok(searched(register, **{**week, "wanted_until": "2026-12-08"}))
    ok(searched(register, **week, days={"weekdays": [5, 1, 5], "weeks": "odd"}))
    assert searched(register, **week, days={"weekdays": [1, 5], "weeks": "odd"}) == OK
    ok(searched(register, **week, days={"weekdays": [1, 5], "weeks": "even"}))
    told = [(state.get("wanted_until"), state.get("days")) for state in entries(register)]
    assert told == [("2026-12-07", None), (None, None), ("2026-12-08", None),
                    ("2026-12-07", {"weekdays": [1, 5], "weeks": "odd"}),
                    ("2026-12-07", {"weekdays": [1, 5], "weeks": "even"})]


def test_what_is_not_said(register):
    ok(searched(register, "office"))
    (state,) = entries(register)
    assert state == {
        "account": "office", "role": "territory", "origin": "dts-1", "children": [GIRL],
        "parent": None, "together": True, "emergency": False, "tonight": False, "modality": [],
        "needs": [], "kinds": [], "near": {"commune": None, "territory": None}, "max_km": None,
        "wanted_on": None, "total": 0, "best": [], "request": None,
        "searched_at": state["searched_at"]}


@pytest.mark.parametrize("params, reply", [
    ({"children": []}, invalid("/children", "required")),
    ({"total": None}, invalid("/total", "required")),
    ({"total": -1}, invalid("/total", "out_of_range")),
    ({"near": {"commune": "31395", "territory": "dts-1"}}, invalid("/near", "exactly_one")),
    ({"near": {"point": [43.6, 1.4]}}, invalid("/near/point", "unknown_member")),
    ({"near": {"commune": "Zoé"}}, invalid("/near/commune", "unknown_reference")),
    ({"near": {"territory": "zoe"}}, invalid("/near/territory", "unknown_reference")),
    ({"best": ["u-1"]}, invalid("/best", "out_of_range")),
    ({"best": ["u-1"] * 6, "total": 6}, invalid("/best", "out_of_range")),
    ({"best": ["Zoé"], "total": 6}, invalid("/best/0", "wrong_format")),
    ({"kinds": ["Zoé"]}, invalid("/kinds/0", "wrong_format")),
    ({"max_km": 2001}, invalid("/max_km", "out_of_range")),
    ({"wanted_until": "demain"}, invalid("/wanted_until", "wrong_format")),
    ({"days": {"weekdays": []}}, invalid("/days/weeks", "required")),
    ({"days": {"weekdays": [], "weeks": "all"}}, invalid("/days/weekdays", "out_of_range")),
    ({"days": {"weekdays": [1, 0], "weeks": "all"}}, invalid("/days/weekdays/1", "out_of_range")),
    ({"days": {"weekdays": [1], "weeks": "some"}}, invalid("/days/weeks", "unknown_code")),
    ({"days": {"weekdays": [8], "weeks": "all"}}, invalid("/days/weekdays/0", "out_of_range")),
    ({"request": "r-none"}, FORBIDDEN),
    ({"request": "Zoé"}, invalid("/request", "wrong_format")),
    ({"name": "Zoé"}, invalid("/name", "unknown_member")),
])
def test_refusals(register, params, reply):
    revision = register.revision
    assert register.do("journal.search", {"children": [GIRL], "total": 0, **params},
                       "night") == reply
    assert register.revision == revision


@pytest.mark.parametrize("account, may", [
    ("night", True), ("boss", True), ("mds", True), ("office", True), ("home", False),
    ("feed", False), ("van", False), ("root", False)])
def test_who_searches(register, account, may):
    assert (searched(register, account) == FORBIDDEN) is not may


def test_a_search_for_a_request_is_its_holders(register):
    request = new_request(register, account="night", **{"from": {"territory": "dts-2"}})
    assert searched(register, "mds", request=request) == FORBIDDEN
    assert searched(register, "boss", request=request)["type"] == "ok"


def test_the_same_search_is_kept_once_in_ten_minutes(register):
    ok(searched(register, children=[GIRL, BOY]))
    register.advance(9 * MINUTE)
    assert searched(register, children=[BOY, GIRL]) == OK
    ok(searched(register, "boss", children=[GIRL, BOY]))
    ok(searched(register, children=[GIRL, BOY], emergency=True))
    ok(searched(register, children=[GIRL, BOY], total=1))
    assert searched(register, children=[GIRL, BOY], total=7, best=["u-1"]) == OK
    ok(searched(register, children=[GIRL, BOY], total=0))
    register.advance(10 * MINUTE + 1000)
    ok(searched(register, children=[GIRL, BOY]))
    assert len(entries(register)) == 6


def test_an_entry_that_waited_says_when(register):
    early = register.now - 30 * MINUTE
    ok(searched(register, searched_at=early))
    assert searched(register, searched_at=early + 9 * MINUTE) == OK
    ok(searched(register, searched_at=early + 11 * MINUTE))
    ok(searched(register, searched_at=register.now + DAY))
    at = [state["searched_at"] for state in entries(register)]
    assert at[:2] == [early, early + 11 * MINUTE]
    assert register.now <= at[2] <= register.now + 100


def test_forgotten_after_two_days_kept_in_history(register):
    ok(searched(register))
    register.advance(2 * DAY)
    register.apply([])
    assert register.value("SELECT count(*) FROM ugo.search") == 1
    register.advance(1)
    revision = register.revision
    register.apply([])
    assert register.value("SELECT count(*) FROM ugo.search") == 0
    (turn,) = operations(register, revision)
    assert turn[:3] == ("search.forget", "system", "search")
    assert len(entries(register)) == 1
    assert register.query("SELECT * FROM ugo.due") == []


def statistics(register, since, roots=("d31",)):
    return register.value("SELECT ugo.journal_statistics(%s, %s, %s)", list(roots), since,
                          register.now + 1)


def a_night(register):
    """One girl placed after half an hour, one boy for whom there was nothing."""
    declared(register)
    since = register.now
    request = new_request(register, GIRL)
    searched(register, total=1, best=["u-1"], request=request)
    refused = new_hold(register, request=request)
    act(register, "refuse", refused, code="age")
    hold = new_hold(register, request=request)
    register.advance(30 * MINUTE)
    act(register, "accept", hold)
    act(register, "arrive", hold)
    for _ in range(3):
        searched(register, children=[BOY], emergency=True, near={"territory": "dts-2"})
        register.advance(11 * MINUTE)
    searched(register, children=[BOY, GIRL, {}], near={"territory": "dts-2"})
    return since, request, hold


def test_statistics(register):
    since, _, _ = a_night(register)
    assert statistics(register, since) == {
        "searches": 5, "none_found": 4, "asks": 2, "unmet": [
            {"territory": "dts-2", "profile": {"age": "3-5", "sex": "M", "siblings": 1,
                                               "emergency": True}, "needs": 1},
            {"territory": "dts-2", "profile": {"age": "3-5", "sex": "unknown", "siblings": 3,
                                               "emergency": False}, "needs": 1}],
        "refusals": [{"unit": "u-1", "code": "age", "age": "6-10", "n": 1}],
        "delays": {"decision_to_arrival_s": {"p50": 1800, "p90": 1800, "n": 1}}}
    assert statistics(register, register.now)["searches"] == 1
    empty = statistics(register, since, ["d99"])
    assert (empty["searches"], empty["asks"], empty["unmet"]) == (0, 0, [])
    assert empty["delays"]["decision_to_arrival_s"] == {"p50": None, "p90": None, "n": 0}


def test_statistics_before_the_history(committed):
    since, _, _ = a_night(committed)
    committed.advance(30 * DAY)
    committed.apply([])
    committed.declare(free=1)
    while committed.value("SELECT ugo.retain_history(172800)"):
        pass
    assert committed.value("SELECT history_floor FROM ugo.ledger") > 0
    assert statistics(committed, since) is None
    assert statistics(committed, committed.now - DAY)["searches"] == 0


@pytest.mark.parametrize("months, band", [
    (0, "0-2"), (35, "0-2"), (36, "3-5"), (71, "3-5"), (72, "6-10"), (131, "6-10"),
    (132, "11-14"), (179, "11-14"), (180, "15-17"), (215, "15-17"), (216, "18+"),
    (None, "unknown")])
def test_bands(register, months, band):
    assert register.value("SELECT ugo.age_band(%s)", months) == band


def certificate(register, request):
    rows = register.query("SELECT section, for_hold, revision, part, operation, kind, id, state,"
                          " head FROM ugo.certificate_rows(%s)", request)
    assert rows[0][0] == "ledger"
    return rows


def test_a_certificate_is_all_the_history_of_a_request(register):
    _, request, hold = a_night(register)
    searched(register, total=0, children=[BOY, BOY], request=None)
    rows = certificate(register, request)
    assert rows[0][2] == register.revision
    assert rows[0][8] == register.value("SELECT encode(head, 'hex') FROM ugo.ledger")
    told = [(r[4], r[5]) for r in rows if r[0] == "entry"]
    assert told == [
        ("request.open", "request"), ("journal.search", "search"), ("hold.create", "hold"),
        ("hold.refuse", "hold"), ("hold.create", "hold"), ("hold.accept", "hold"),
        ("hold.accept", "request"), ("hold.arrive", "hold"), ("hold.arrive", "request")]
    for _, _, revision, part, _, _, _, state, head in (r for r in rows if r[0] == "entry"):
        assert (state, head) == register.query(
            "SELECT c.state, encode(h.head, 'hex') FROM ugo.change c JOIN ugo.change h"
            " USING (revision) WHERE revision = %s AND c.part = %s AND h.part = 1",
            revision, part)[0]
    known = [(r[1], r[6], r[7]["free"] if "free" in r[7] else r[7]["held"]) for r in rows
             if r[0] == "known"]
    assert len(known) == 2 and known[1] == (hold, "u-1", 0)
    assert all(not {"point", "public_point", "commune"} & r[7].keys() for r in rows
               if r[0] == "known")


def test_a_certificate_in_pages_is_the_same(register):
    """Whatever happens meanwhile: the pages are of the history as it ended at the first."""
    _, request, _ = a_night(register)
    whole = certificate(register, request)
    for size in (1, 2, 4, 100):
        told = []
        while True:
            rows = register.query(
                "SELECT section, for_hold, revision, part, operation, kind, id, state, head FROM"
                " ugo.certificate_page(%s, %s, %s, %s)", request, whole[0][2], len(told), size)
            assert [r[0] for r in rows[:2]] == ["ledger", "request"]
            assert rows[0][2] == whole[0][2] and rows[1][7]["code"] == "arrived"
            told += rows[2:]
            searched(register, request=request, total=size)  # not in it
            if len(rows) < 2 + size:
                break
        assert told == whole[1:]
    none = register.query("SELECT section FROM ugo.certificate_page('r-none', NULL, 0, 9)")
    assert none == [("ledger",)]


def test_a_certificate_outlives_the_request(register):
    _, request, _ = a_night(register)
    before = certificate(register, request)[1:]
    register.advance(2 * DAY + 1)
    register.apply([])
    register.advance(1)
    register.apply([])
    assert register.record("request", request) is None
    after = certificate(register, request)[1:]
    assert [r for r in after if r[0] == "known"] == [r for r in before if r[0] == "known"]
    ends = [r[4] for r in after if r[0] == "entry" and r[7] is None]
    assert sorted(ends) == ["hold.forget", "hold.forget", "request.forget", "search.forget"]
    assert [r for r in after if r[7] is not None] == before


def test_no_certificate_of_nothing(register):
    assert len(certificate(register, "r-none")) == 1


def test_a_certificate_reads_no_whole_history(register):
    register.query("SET LOCAL enable_seqscan = off")
    plan = "\n".join(line for line, in register.query(
        "EXPLAIN SELECT * FROM ugo.change c WHERE c.kind = ANY ('{hold,mission,offer,search}')"
        " AND c.state ->> 'request' IS NOT NULL AND c.state ->> 'request' = 'r-1'"))
    register.query("SET LOCAL enable_seqscan = on")
    assert "change_request" in plan


@pytest.mark.parametrize("change", [
    "children = '[]'", "account = 'Zoé'", "role = 'Zoe'", "origin = 'zoe'", "near_commune = 'zoe'",
    "kinds = '{Zoé}'", "best = '{zoe}', total = 3", "request = 'Zoe'", "total = -1",
    "modality = '{zoe}'", "max_km = 2001", "near_commune = '31555', near_territory = 'd31'"])
def test_no_room_for_anything_else(register, change):
    ok(searched(register))
    with pytest.raises(psycopg2.IntegrityError):
        register.query("UPDATE ugo.search SET " + change)
