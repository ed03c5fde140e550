# SPDX-License-Identifier: EUPL-1.2
"""Counts over a time, against what is found by looking at each moment, and each day, by itself."""
import datetime
import random
import zoneinfo
from fractions import Fraction

import pytest

from asking import DAY, act, new_hold
from register import HOUR, Session

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
ALL = ["d31", "dts-1", "dts-2", "mds-1"]
COUNTS = ("units", "fresh", "open", "occupied", "held", "free")
DAYS = ("units", "never_declared", "authorised", "open", "occupied", "vacant", "over", "closed")
KEYS = ("territory", "establishment_kind", "modality", "establishment")
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment):
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def local(moment):
    return (EPOCH + datetime.timedelta(microseconds=moment)).astimezone(PARIS)


def midnight(date):
    return microseconds(datetime.datetime(date.year, date.month, date.day, tzinfo=PARIS))


def calendar(register):
    assert register.do("calendar.put", {"territory": "d31", "time_zone": "Europe/Paris"})[
        "type"] == "ok"


def day_of_change(register, summer):
    """Moves the clock two days before the clocks of Paris change."""
    day = local(register.now).date() + datetime.timedelta(days=3)
    while (midnight(day + datetime.timedelta(days=1)) - midnight(day)
           != (23 if summer else 25) * HOUR):
        day += datetime.timedelta(days=1)
    register.advance(midnight(day) - 2 * DAY - register.now)


def write_spans(register, most=1000):
    return register.value("SELECT ugo.write_unit_spans(%s)", most)


def some_days(register, dice, days):
    """Things happen to the units, some at the very end or beginning of a day. Now and then some of
    it is written to the spans; the rest is read from the history."""
    end = register.now + days * DAY
    closed = False
    writing = random.Random(days)
    while register.now < end:
        if writing.randrange(10) == 0:
            write_spans(register, writing.randrange(1, 40))
        what = dice.randrange(12)
        if what < 6:
            opened = dice.randrange(12)
            register.declare("u-%d" % dice.randrange(1, 4), "root", open=opened,
                             occupied=dice.randrange(opened + 3),
                             closed={"n": dice.randrange(3), "reason": "works"})
        elif what == 6:
            register.do("unit.report_wrong", {"unit": "u-1"}, "night")
        elif what == 7:
            register.do("hold.create", {"unit": "u-1", "need": {"children": [{}]}}, "night")
        elif what == 8:
            register.do("establishment.put", {
                "id": "e-2", "name": "La Ferme", "establishment_kind": "lieu_de_vie",
                "territory": dice.choice(["dts-1", "dts-2"]), "commune": "31395"})
        elif what == 9:
            register.do("unit.put", {"id": "u-3", "establishment": "e-2", "name": "Ferme",
                                     "authorised": dice.randrange(9)})
        elif what == 10 and not closed:
            closed = register.do("unit.close", {"unit": "u-2"})["type"] == "ok"
        else:
            closed = False
            register.do("unit.put", {"id": "u-2", "establishment": "e-1", "name": "Urgence",
                                     "modality": "urgence", "ttl_s": 14400})
        if dice.randrange(4) == 0:
            tomorrow = local(register.now).date() + datetime.timedelta(days=1)
            register.advance(midnight(tomorrow) - register.now + dice.randrange(-1, 2))
        else:
            register.advance(dice.randrange(1, DAY // 8))


def states_at(register, moment, territories, kind, modality):
    return [u for u, in register.query("SELECT state FROM ugo.units_at(%s)", moment)
            if u["territory"] in territories and kind in (None, u["establishment_kind"])
            and modality in (None, u["modality"])]


def counts_at(register, moment, territories=ALL, kind=None, modality=None):
    """By looking at each unit, as the door does at one moment."""
    units = states_at(register, moment, territories, kind, modality)
    known = [u for u in units if u["observed_at"] is not None]
    return (len(units),
            sum(u["observed_at"] + u["ttl_s"] * 1000000 > moment
                and (u["contested_at"] is None or u["contested_at"] > moment) for u in known),
            *(sum(u[member] for u in known) for member in ("open", "occupied", "held")),
            sum(max(0, u["open"] - u["occupied"] - u["held"]) for u in known))


def history(register, at_from, at_to, step, territories=ALL, kind=None, modality=None):
    return register.query(
        "SELECT at, units, fresh, open, occupied, held, free"
        " FROM ugo.occupancy_history('d31', %s, %s, %s, %s, %s, %s)", territories, kind, modality,
        at_from, at_to, step)


@pytest.mark.parametrize("seed", range(4))
def test_history_is_what_each_moment_was(register, seed):
    calendar(register)
    dice = random.Random(seed)
    day_of_change(register, seed % 2)
    since = register.now
    some_days(register, dice, 5)
    for step, n in (("hour", 5 * 24), ("day", 5)):
        at_from = since + dice.randrange(HOUR)
        rows = history(register, at_from, register.now, step)
        assert len(rows) >= n - 1
        for row in rows:
            assert row[1:] == counts_at(register, row[0]), row[0]
    assert len({row[1:] for row in history(register, since, register.now, "hour")}) > 8
    changes = [at for at, in register.query("SELECT DISTINCT at FROM ugo.change WHERE at >= %s"
                                            " ORDER BY at LIMIT 30", since)]
    for at in changes:  # at the very moment, and just before it
        for moment in (at - 1, at):
            ((_, *row),) = history(register, moment, moment, "day")
            assert tuple(row) == counts_at(register, moment)


def test_history_of_a_part(register):
    since = register.now
    some_days(register, random.Random(7), 4)
    seen = set()
    for territories, kind, modality in ((["dts-2"], None, None), (ALL, "mecs", None),
                                        (ALL, None, "urgence"), (["dts-2", "mds-1"], "mecs", None),
                                        ([], None, None), (ALL, "no_such", None)):
        rows = history(register, since, register.now, "hour", territories, kind, modality)
        for row in rows:
            assert row[1:] == counts_at(register, row[0], territories, kind, modality)
        seen.add(tuple(row[1:] for row in rows))
    assert len(seen) == 4  # of the last three, one is the second, and two are nothing at all


@pytest.mark.parametrize("step, until", [("hour", 3 * DAY), ("day", 9 * DAY), ("week", 60 * DAY),
                                         ("month", 400 * DAY)])
def test_moments(register, step, until):
    """The same local time; of the 31st the last day of shorter months."""
    at_from = microseconds(datetime.datetime(2026, 10, 21, 7, 30, 0, 17, tzinfo=PARIS))
    (points,), = register.query("SELECT ugo.moments(%s, %s, %s, 'Europe/Paris')", at_from,
                                at_from + until, step)
    assert points[0] == at_from
    if step == "hour":
        assert points == list(range(at_from, at_from + until + 1, HOUR))
        return
    first = local(at_from)
    for n, point in enumerate(points):
        then = local(point)
        assert then.timetz().replace(tzinfo=None) == first.timetz().replace(tzinfo=None)
        if step == "month":
            assert (then.year * 12 + then.month, then.day) == (
                first.year * 12 + first.month + n, 21)
        else:
            assert (then.date() - first.date()).days == n * {"day": 1, "week": 7}[step]
    assert len(points) == {"day": 9, "week": 9, "month": 14}[step]  # a day of these has 25 hours


def test_moments_are_at_most_400(register):
    for step in ("hour", "day", "week", "month"):
        assert register.value("SELECT cardinality(ugo.moments(%s, %s, %s, 'UTC'))", register.now,
                              register.now + 400 * 366 * DAY, step) == 400
    start = microseconds(datetime.datetime(2027, 1, 31, tzinfo=UTC))
    points = register.value("SELECT ugo.moments(%s, %s, 'month', 'UTC')", start,
                            start + 100 * DAY)
    assert [local(p).date().isoformat() for p in points] == [
        "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]


def place_days(register, first, last, keys=(), territories=ALL, kind=None, modality=None,
               at_most=None):
    """The rows by their keys; () is the total."""
    rows = register.query(
        "SELECT days, territory, establishment_kind, modality, establishment, units,"
        " never_declared, authorised, open, occupied, vacant, over, closed"
        " FROM ugo.place_days('d31', %s, %s, %s, %s, %s, %s, %s)", territories, kind, modality,
        first, last, at_most or register.now, list(keys))
    if keys:
        assert len({row[1:5] for row in rows[1:]}) == len(rows) - 1
    return {(row[1:5] if n else ()): dict(zip(DAYS, row[5:])) for n, row in enumerate(rows)}


def by_hand(register, first, last, keys, at_most, territories=ALL):
    """Day by day, second by second: each day is cut where anything changed."""
    sums = {}
    cuts = [at for at, in register.query("SELECT DISTINCT at FROM ugo.change ORDER BY at")]
    day = first
    while day <= last:
        begins, ends = midnight(day), midnight(day + datetime.timedelta(days=1))
        moments = [begins, *(at for at in cuts if begins < at < ends), ends]
        moments = [m for m in moments if m < at_most] + [min(ends, at_most)]
        for since, until in zip(moments, moments[1:]):
            part = Fraction(until - since, ends - begins)
            for u in states_at(register, since, territories, None, None):
                key = tuple(u[k] if k in keys else None for k in KEYS)
                for at in ((), key):
                    row = sums.setdefault(at, dict.fromkeys(DAYS, 0))
                    known = u["open"] is not None
                    opened, occupied = (u["open"], u["occupied"]) if known else (0, 0)
                    for name, n in (("units", 1), ("never_declared", not known),
                                    ("authorised", u["authorised"] or 0), ("open", opened),
                                    ("occupied", occupied), ("vacant", max(0, opened - occupied)),
                                    ("over", max(0, occupied - opened)),
                                    ("closed", u["closed"] if known else 0)):
                        row[name] += part * n
        day += datetime.timedelta(days=1)
    return {key: {name: Fraction(round(n * 1000), 1000) for name, n in row.items()}
            for key, row in sums.items()}


def near(given, expected):
    """Equal but for the last thousandth, which a half may round either way."""
    assert given.keys() == expected.keys()
    for key, row in given.items():
        for name in DAYS:
            assert abs(Fraction(row[name]) - expected[key][name]) <= Fraction(1, 1000), (key, name)


@pytest.mark.parametrize("seed", range(6))
def test_place_days_are_what_each_day_was(register, seed):
    calendar(register)
    dice = random.Random(seed)
    day_of_change(register, seed % 2)
    first = local(register.now).date()
    some_days(register, dice, 5)
    last = first + datetime.timedelta(days=5)
    keys = ((), ("territory",), KEYS, ("establishment", "modality"),
            ("establishment_kind",), ("modality",))[seed]
    at_most = register.now - dice.choice([0, DAY + 17, 3 * DAY])
    found = place_days(register, first, last, keys, at_most=at_most)
    near(found, by_hand(register, first, last, keys, at_most))
    assert found[()]["over"] > 0 < found[()]["closed"]


def test_a_day_is_a_day(register):
    """However long it is, and whatever the time of the declaration."""
    calendar(register)
    for summer in (True, False):
        register.declare("u-1", "root", open=10, occupied=4)
        day_of_change(register, summer)
        day = local(register.now).date() + datetime.timedelta(days=2)
        register.advance(4 * DAY)
        total = place_days(register, day, day, modality="internat", kind="mecs")[()]
        assert {k: float(v) for k, v in total.items()} == {
            "units": 1, "never_declared": 0, "authorised": 12, "open": 10, "occupied": 4,
            "vacant": 6, "over": 0, "closed": 0}
        begins, ends = midnight(day), midnight(day + datetime.timedelta(days=1))
        half = place_days(register, day, day, modality="internat", kind="mecs",
                          at_most=(begins + ends) // 2)[()]
        assert float(half["open"]) == 5


def test_nothing_yet(register):
    today = local(register.now).date()
    tomorrow = today + datetime.timedelta(days=1)
    assert place_days(register, tomorrow, tomorrow, KEYS) == {(): dict.fromkeys(DAYS, 0)}
    before = datetime.date(2001, 1, 1)
    assert place_days(register, before, before)[()]["units"] == 0
    ((_, *row),) = history(register, 0, 0, "day")
    assert row == [0] * 6


def test_what_is_forgotten_is_not_counted(committed):
    committed.declare("u-1", "root", open=10, occupied=4)
    write_spans(committed)
    assert committed.do("unit.close", {"unit": "u-2"})["type"] == "ok"
    since = committed.now
    committed.advance(30 * DAY)
    committed.declare("u-1", "root", open=10, occupied=5)
    while committed.value("SELECT ugo.retain_history(172800)"):
        pass
    day = local(since).date()
    kept = committed.value("SELECT history_at FROM ugo.ledger")
    assert history(committed, kept - 1, committed.now, "day") == [(None,) * 7]
    assert history(committed, kept, committed.now - 1, "day")[-1][3:5] == (10, 4)
    rows = committed.query("SELECT * FROM ugo.place_days('d31', %s, NULL, NULL, %s, %s, %s, '{}')",
                           ALL, day, day, committed.now)
    assert rows == [(None,) * 16]
    after = day + datetime.timedelta(days=3)
    assert float(place_days(committed, after, after)[()]["occupied"]) == 4
    assert committed.value("SELECT count(*) FROM ugo.unit_span WHERE until <= %s", kept) == 0
    # As where the spans came later than the retention.
    until = after + datetime.timedelta(days=30)
    found = place_days(committed, after, until, KEYS)
    committed.query("TRUNCATE ugo.unit_span")
    committed.query("UPDATE ugo.unit_span_upto SET revision = 0")
    assert place_days(committed, after, until, KEYS) == found
    while write_spans(committed, 3):
        assert place_days(committed, after, until, KEYS) == found
    assert place_days(committed, after, until, KEYS) == found


def test_what_is_written_changes_no_answer(register):
    since = register.now
    day = local(since).date()
    some_days(register, random.Random(11), 4)

    def answers():
        return (history(register, since, register.now, "hour"),
                history(register, since, since + DAY, "hour", kind="mecs"),
                place_days(register, day, day + datetime.timedelta(days=4), KEYS))

    before = answers()
    register.query("TRUNCATE ugo.unit_span")
    register.query("UPDATE ugo.unit_span_upto SET revision = 0")
    assert answers() == before
    while write_spans(register, 7):
        assert answers() == before
    assert answers() == before
    assert not write_spans(register)
    assert register.value("SELECT count(*) FROM ugo.unit_span") > 10


def test_a_span_that_lies_shows(register):
    register.declare("u-1", "root", open=10, occupied=4)
    register.advance(DAY)
    register.declare("u-1", "root", open=10, occupied=5)
    write_spans(register)
    register.query("SAVEPOINT before")
    for tamper in ("UPDATE ugo.unit_span SET occupied = 6 WHERE occupied = 4",
                   "UPDATE ugo.unit_span SET until = until + 1 WHERE occupied = 4",
                   "DELETE FROM ugo.unit_span WHERE occupied = 4",
                   "INSERT INTO ugo.unit_span SELECT id, 1, 1, until - 1, territory"
                   " FROM ugo.unit_span WHERE occupied = 5"):
        register.query(tamper)
        assert register.query("SELECT * FROM ugo.audit_records()") == [("unit", "u-1")], tamper
        register.query("ROLLBACK TO before")


def test_no_command_waits_for_the_spans(committed):
    committed.declare("u-1", "root", open=10, occupied=4)
    other = Session(committed.database.owner)
    other.query("BEGIN")
    write_spans(other)
    committed.query("SET lock_timeout = '1s'")
    committed.declare("u-1", "root", open=10, occupied=5)
    committed.query("RESET lock_timeout")
    other.query("COMMIT")
    other.close()
    assert not write_spans(committed)
    assert committed.value("SELECT occupied FROM ugo.unit_span WHERE id = 'u-1'"
                           " ORDER BY revision DESC LIMIT 1") == 5


def test_zones(register):
    assert register.value("SELECT ugo.zone_of('d31')") == "UTC"
    assert register.value("SELECT ugo.zone_of(NULL)") == "UTC"
    calendar(register)
    assert register.value("SELECT ugo.zone_of(NULL)") == "Europe/Paris"
    assert register.value("SELECT ugo.zone_of('d99')") == "UTC"
    register.do("territory.put", {"code": "d974", "name": "Réunion", "level": "departement"})
    register.do("calendar.put", {"territory": "d974", "time_zone": "Indian/Reunion"})
    assert register.value("SELECT ugo.zone_of(NULL)") == "UTC"
    assert register.value("SELECT ugo.zone_of('d974')") == "Indian/Reunion"


def test_a_place_held_is_vacant_and_not_free(register):
    register.declare("u-1", "root", open=10, occupied=4)
    hold = new_hold(register)
    ((_, *row),) = history(register, register.now + 10, register.now + 10, "hour", kind="mecs",
                           modality="internat")
    assert row == [1, 1, 10, 4, 1, 5]
    act(register, "release", hold)
