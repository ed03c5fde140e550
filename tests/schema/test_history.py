# SPDX-License-Identifier: EUPL-1.2
"""The history: its chain, its pages, the past, and what retention may forget."""
import psycopg2
import pytest

from asking import act, declared, new_hold
from register import HOUR, chain_breaks

DAY = 24 * HOUR
YEAR_S = 365 * 24 * 3600
EVER = 2 ** 63 - 1


def page(register, ids=None, kinds=("unit", "declaration"), after=(0, 0), at=(0, EVER), limit=50):
    return register.query(
        "SELECT revision, part, kind, id FROM ugo.history_page(%s::text[], %s::text[], %s, %s,"
        " %s, %s, %s)", ids, list(kinds), *after, *at, limit)


def rows(register, above=0):
    return register.query("SELECT * FROM ugo.audit_rows(%s, 1000000)", above)


def test_chain_starts_from_zeros(register):
    assert bytes(register.value("SELECT history_head FROM ugo.ledger")) == bytes(32)
    assert chain_breaks(rows(register), bytes(32)) is None


def test_canonical_bytes(register):
    register.do("unit.put", {"id": "u-1", "establishment": "e-1", "name": 'a\\"é/'})
    revision, canonical, _ = rows(register)[-1]
    row = register.query("SELECT revision, part, parts, at, actor, operation, kind, id,"
                         " establishment, territory, state::text FROM ugo.change"
                         " WHERE revision = %s", revision)[0]
    assert bytes(canonical).decode() == "\t".join(map(str, row)) + "\n"
    register.do("unit.close", {"unit": "u-1"})
    assert bytes(rows(register)[-1][1]).endswith(b"\tu-1\te-1\tmds-1\tnull\n")
    register.do("account.disable", {"id": "home"})
    assert b"\taccount\thome\t\t\t{" in bytes(rows(register)[-1][1])


@pytest.mark.parametrize("tamper", [
    "UPDATE ugo.change SET state = replace(state::text, '\"held\":0', '\"held\":1')::json"
    " WHERE revision = %s",
    "UPDATE ugo.change SET actor = 'boss' WHERE revision = %s",
    "UPDATE ugo.change SET at = at - 1 WHERE revision = %s",
    "UPDATE ugo.change SET id = 'u-7' WHERE revision = %s AND kind = 'unit'",
    "UPDATE ugo.change SET head = sha256('') WHERE revision = %s AND part = 1",
    "DELETE FROM ugo.change WHERE revision = %s",
])
def test_tampering_breaks_the_chain(register, tamper):
    for free in range(4):
        register.declare(free=free, open=9)
    revision = register.revision - 2
    register.query("SAVEPOINT before")
    register.query(tamper, revision)
    broken = chain_breaks(rows(register), bytes(32))
    assert broken == (revision + 1 if tamper.startswith("DELETE") else revision)
    register.query("ROLLBACK TO before")


def test_tampering_with_a_record_shows(register):
    register.declare(free=1, open=9)
    register.query("SAVEPOINT before")
    for tamper in ("UPDATE ugo.unit SET occupied = 3 WHERE id = 'u-1'",
                   "UPDATE ugo.unit SET name = 'x' WHERE id = 'u-1'",
                   "DELETE FROM ugo.unit WHERE id = 'u-1'",
                   "UPDATE ugo.unit SET revision = 3 WHERE id = 'u-1'"):
        register.query(tamper)
        assert register.query("SELECT * FROM ugo.audit_records()") == [("unit", "u-1")]
        register.query("ROLLBACK TO before")


def test_pages(register):
    start = register.revision
    for free in range(5):
        register.declare("u-%d" % (1 + free % 3), "root", free=free, open=9)
    register.do("establishment.put", {"id": "e-1", "name": "X", "establishment_kind": "mecs",
                                      "territory": "mds-1"})
    end = register.revision
    everything = page(register, after=(start, 2 ** 31 - 1))
    assert everything == [
        (start + 1, 1, "unit", "u-1"), (start + 2, 1, "unit", "u-2"), (start + 3, 1, "unit", "u-3"),
        (start + 4, 1, "unit", "u-1"), (start + 5, 1, "unit", "u-2"),
        (end, 2, "unit", "u-1"), (end, 3, "unit", "u-2")]
    for ids in (None, ["u-1", "u-2", "u-3", "e-1"]):  # read along the log, or record by record
        assert page(register, ids, after=(start, 2 ** 31 - 1)) == everything
        walked, after = [], (start, 2 ** 31 - 1)
        while len(walked) < len(everything):
            some = page(register, ids, after=after, limit=2)
            assert 1 <= len(some) <= 2
            walked += some
            after = some[-1][:2]
        assert walked == everything and page(register, ids, after=after) == []
    assert page(register, ["u-3"], after=(start, 0)) == [everything[2]]
    assert page(register, ["u-3", "u-3"], ["unit", "unit"], (start, 0)) == [everything[2]]
    assert page(register, kinds=["establishment"], after=(start, 0)) == [
        (end, 1, "establishment", "e-1")]
    assert page(register, [], after=(start, 0)) == page(register, kinds=[], after=(start, 0)) == []


def test_pages_by_time(register):
    marks = []
    for free in range(6):
        register.advance(HOUR)
        register.declare(free=free, open=9)
        marks.append((register.now, register.revision))
    for first in range(6):
        for last in range(first, 6):
            expected = [(r, 1, "unit", "u-1") for _, r in marks[first:last + 1]]
            for ids in (None, ["u-1"]):
                assert page(register, ids, at=(marks[first][0], marks[last][0])) == expected
                assert page(register, ids, at=(marks[first][0] - 1, marks[last][0] + 1)) == expected
    assert page(register, at=(register.now + 1, EVER)) == []


def past(register, moment):
    return {u: (r, s) for u, r, s in register.query("SELECT * FROM ugo.units_at(%s)", moment)}


def live(register):
    return {u: (r, s) for u, r, s in register.query(
        "SELECT id, revision, state FROM ugo.record WHERE kind = 'unit'")}


def test_units_at(register):
    moments = [(register.now, live(register))]

    def then(op, params):
        register.advance(HOUR)
        assert register.do(op, params)["revision"]
        moments.append((register.now, live(register)))

    then("unit.declare", {"unit": "u-1", "free": 1, "open": 9})
    then("unit.close", {"unit": "u-2"})
    then("unit.put", {"id": "u-4", "establishment": "e-2", "name": "N"})
    then("unit.put", {"id": "u-2", "establishment": "e-2", "name": "De retour"})
    then("establishment.close", {"establishment": "e-2"})
    for moment, units in moments:
        assert past(register, moment) == units
        assert past(register, moment + HOUR - 1) == units
    assert past(register, EVER - 1) == moments[-1][1]
    assert past(register, 1) == {}


def retain(register, keep_s):
    more = register.value("SELECT ugo.retain_history(%s)", keep_s)
    register.check()
    return more


def test_retention_forgets_history_and_keeps_the_past_above_it(register):
    register.declare(free=1, open=9)
    register.do("unit.close", {"unit": "u-2"})
    register.advance(400 * DAY)
    moments = []
    for free in range(4):
        register.advance(DAY)
        if free == 2:
            register.do("unit.put", {"id": "u-5", "establishment": "e-1", "name": "N"})
        register.declare(free=free)
        moments.append((register.result["at"], live(register)))
    register.apply([])
    forgotten = register.value("SELECT max(revision) FROM ugo.change WHERE at < %s",
                               register.now - 300 * DAY)
    head = register.value("SELECT head FROM ugo.change WHERE revision = %s", forgotten)
    assert retain(register, 300 * 24 * 3600) is False
    floor, floor_head, at = register.query(
        "SELECT history_floor, history_head, history_at FROM ugo.ledger")[0]
    assert (floor, bytes(floor_head)) == (forgotten, bytes(head))
    assert register.value("SELECT min(revision) FROM ugo.change") == floor + 1
    for moment, units in moments:
        assert past(register, moment) == units
    # between the floor and the first change kept: from the baseline alone
    units = past(register, at)
    assert set(units) == {"u-1", "u-3"} and units["u-1"][1]["open"] == 9
    assert past(register, at - 1) == {None: (None, None)}  # it cannot say
    pages_at_the_floor(register, floor, at)
    # life goes on, and so does forgetting
    register.advance(400 * DAY)
    register.do("unit.close", {"unit": "u-1"})
    register.advance(400 * DAY)
    register.apply([])
    assert retain(register, YEAR_S) is False
    assert set(past(register, register.now)) == {"u-3", "u-5"}
    assert register.value("SELECT count(*) FROM ugo.change") == 0
    assert register.value("SELECT count(*) FROM ugo.baseline WHERE id IN ('u-1', 'u-2')") == 0
    register.declare("u-3", "root", free=1, open=2)


def pages_at_the_floor(register, floor, at):
    """A page says when it would have to show what is forgotten; nothing asked for is too old."""
    unknown, end = [(None,) * 4], 2 ** 31 - 1
    for ids in (["u-1"], None):
        kept = page(register, ids)
        assert kept[0][0] > floor and page(register, ids, at=(0, register.now)) == kept
        assert page(register, ids, after=(floor, end)) == kept
        assert page(register, ids, at=(at + 1, EVER)) == kept
        assert page(register, ids, after=(1, end), at=(at + 1, EVER)) == kept
        for after in ((1, 0), (floor - 1, end), (floor, end - 1)):
            assert page(register, ids, after=after) == unknown
        for moments in ((at, EVER), (1, EVER), (1, at - 1), (0, at)):
            assert page(register, ids, at=moments) == unknown


def test_retention_keeps_48_hours_at_least(register):
    for keep_s in (None, 0, 48 * 3600 - 1):
        with pytest.raises(psycopg2.Error) as error:
            register.query("SELECT ugo.retain_history(%s)", keep_s)
        assert error.value.pgcode == "UG005"


def test_resume_floor(register):
    register.advance(HOUR)
    first = register.do("unit.put", {"id": "u-1", "establishment": "e-2", "name": "G"}, key="a")
    register.advance(HOUR)
    second = register.do("unit.close", {"unit": "u-2"}, key="b")

    def at_first(microseconds):
        register.now = first_at + microseconds
        register.set_clock(register.now)
        register.apply([])
        assert register.value("SELECT ugo.retain_resume()") is False
        return (register.value("SELECT floor_revision FROM ugo.ledger"),
                [r for (r,) in register.query("SELECT revision FROM ugo.departed ORDER BY 1")],
                [k for (k,) in register.query("SELECT key FROM ugo.idempotency"
                                              " WHERE key IN ('a', 'b') ORDER BY 1")])

    first_at = register.now - HOUR
    revisions = first["revision"], second["revision"]
    assert at_first(2 * DAY - 1) == (revisions[0] - 1, list(revisions), ["a", "b"])
    assert at_first(2 * DAY) == (revisions[0], [revisions[1]], ["b"])
    assert at_first(3 * DAY) == (revisions[1], [], [])
    register.query("SELECT ugo.retain_resume()")
    assert register.value("SELECT floor_revision FROM ugo.ledger") == revisions[1]


def test_history_floor_never_passes_the_resume_floor(register):
    register.advance(3 * DAY)
    register.declare(free=1, open=4)
    register.advance(DAY)
    register.apply([])
    retain(register, 48 * 3600)
    floor, history = register.query("SELECT floor_revision, history_floor FROM ugo.ledger")[0]
    assert floor == history == register.revision - 1
    assert register.declare(free=2, observed_at=register.now - 2 * DAY)["type"] == "outdated"


def test_retention_goes_in_steps(register):
    """10 000 revisions at a time: the writer waits for one step, not for years."""
    register.query("INSERT INTO ugo.change SELECT %s + n, 1, 1, %s, 'system', 'unit.put', 'unit',"
                   " 'u-x', 'e-1', 'd31', NULL, sha256('') FROM generate_series(1, 12000) n",
                   register.revision, register.now)
    register.query("UPDATE ugo.ledger SET revision = revision + 12000, at = %s", register.now)
    register.advance(400 * DAY)
    register.apply([])
    assert register.value("SELECT ugo.retain_history(%s)", YEAR_S) is True
    assert register.value("SELECT history_floor FROM ugo.ledger") == 10000
    assert register.value("SELECT ugo.retain_history(%s)", YEAR_S) is False
    register.query("UPDATE ugo.ledger SET head = history_head")  # the planted rows have no chain


def test_what_an_establishment_was_asked_outlives_the_holds(register):
    """Three days after a refusal the hold has left the state; its history is there, and its own."""
    declared(register, "u-1")
    declared(register, "u-3")
    mine, theirs = new_hold(register), new_hold(register, "u-3")
    for hold in (mine, theirs):
        act(register, "refuse", hold, "system", code="staff")
    register.do("movement.plan", {"unit": "u-1", "type": "entry", "places": 1,
                                  "on": "2050-01-01"})
    register.advance(3 * DAY)
    register.apply([])
    assert register.record("hold", mine) is None
    ids = register.value("SELECT ugo.asked_of('{e-1}')")
    assert mine in ids and theirs not in ids and len(ids) == 2
    assert register.value("SELECT ugo.asked_of('{e-none}')") is None
    told = [kind for _, _, kind, record in page(register, ids, ("hold",)) if record == mine]
    assert told == ["hold"] * 3  # asked, refused, left
