# SPDX-License-Identifier: EUPL-1.2
"""More holds at their end at once than the clock ends in a batch."""
import collections

from asking import FULL, MINUTE, hold_of, ok
from judge.judge import Judge, drift
from register import HOUR

UNITS = ["u-m%d" % n for n in range(12)]
EACH = 50  # places of a unit, all of them held
TURNS = 256  # of the clock, in a batch
SECOND = 1_000_000  # between two heartbeats
NEED = {"children": [{"age_months": 84, "sex": "F"}]}


def full_house(register):
    """Every place of every unit held, the later half of the holds to end first."""
    register.batch(*(("unit.put", {"id": unit, "establishment": "e-1", "name": "M"})
                     for unit in UNITS))
    register.batch(*(("unit.declare", {"unit": unit, "open": EACH, "free": EACH})
                     for unit in UNITS))
    for n in range(EACH):
        register.batch(*(("hold.create", {"unit": unit, "need": NEED,
                                          "minutes": 20 if n < EACH / 2 else 10})
                         for unit in UNITS), account="night")


def by_end(register):
    """(id, unit) of what is held, as the clock has to end them."""
    return register.query("SELECT id, unit FROM ugo.hold WHERE state = 'held'"
                          ' ORDER BY held_until, id COLLATE "C"')


def ended_in(register, revision):
    """The holds that came to their end above a revision."""
    return [record for (record,) in register.query(
        "SELECT id FROM ugo.change WHERE revision > %s AND operation = 'hold.expire'"
        " AND kind = 'hold' ORDER BY revision", revision)]


def check_what_is_free(register, freed):
    """Every unit shows as free what has ended of it and no more."""
    for unit in UNITS:
        state = register.unit(unit)
        assert state == register.query(
            "SELECT state FROM ugo.change WHERE kind = 'unit' AND id = %s"
            " ORDER BY revision DESC LIMIT 1", unit)[0][0]
        assert state["open"] - state["occupied"] - state["held"] == freed[unit]


def test_600_at_once(register):
    full_house(register)
    queue = by_end(register)
    assert len(queue) == len(UNITS) * EACH == 600
    register.advance(HOUR)
    freed = collections.Counter()
    for beat in range(3):
        revision = register.revision
        due = [hold for hold, _ in queue[beat * TURNS:(beat + 1) * TURNS]]
        freed += collections.Counter(unit for _, unit in queue[beat * TURNS:(beat + 1) * TURNS])
        # commands of the same batch see what the clock has ended so far
        assert register.batch(*(("hold.create", {"unit": unit, "need": NEED,
                                                 "places": freed[unit] + 1})
                                for unit in UNITS), account="night") == [FULL] * len(UNITS)
        assert ended_in(register, revision) == due
        assert {hold_of(register, hold)["ended_at"] for hold in due} == {register.result["at"]}
        check_what_is_free(register, freed)
        register.advance(SECOND)
    assert by_end(register) == []
    for unit in UNITS:
        ok(register.do("hold.create", {"unit": unit, "need": NEED, "places": EACH}, "night"))
    rows = register.log()
    assert Judge(rows, late_us=HOUR - 10 * MINUTE + 2 * SECOND).complaints() + drift(rows) == []


def test_what_is_due_meanwhile_waits_its_turn(register):
    """A place that came free is given again, and that hold ends too, behind all before it."""
    full_house(register)
    queue = by_end(register)
    register.advance(HOUR)
    register.apply([])
    unit = queue[0][1]
    hold = ok(register.do("hold.create", {"unit": unit, "need": NEED, "minutes": 1}, "night"))
    register.advance(2 * MINUTE)
    revision = register.revision
    register.apply([])
    assert ended_in(register, revision) == [
        *(old for old, _ in queue[2 * TURNS:]), *hold["answer"]["holds"]]
    rows = register.log()
    assert Judge(rows).complaints() + drift(rows) == []
