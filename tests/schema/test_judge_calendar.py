# SPDX-License-Identifier: EUPL-1.2
"""Acceptances at the edges of office hours, through holidays and changes of the clock: the judge
says that a mission was made just when the offices were closed. Then the same with a fault planted
in the schema: the judge must see each of them."""
import datetime
import random
import zoneinfo

import pytest

from asking import DAY, act, declared, new_hold, new_request, ok
from judge.judge import Judge
from test_fight import arena, plant

SECOND = 1_000_000
PARIS = "Europe/Paris"
OFFICE = [{"day": day, "from": start, "to": end} for day in range(1, 6)
          for start, end in (("08:30", "12:00"), ("13:30", "17:30"))]
OFFICE += [{"day": 7, "from": "02:30", "to": "24:00"}]  # the day when clocks change
EDGES = ("00:00", "02:30", "08:30", "12:00", "13:30", "17:30", "23:59")


def last_sunday(year, month):
    day = datetime.date(year, month + 1, 1) - datetime.timedelta(1)
    return day - datetime.timedelta((day.weekday() + 1) % 7)


def weekday_in(year, month):
    """A Wednesday."""
    day = datetime.date(year, month, 8)
    return day + datetime.timedelta((2 - day.weekday()) % 7)


def moments(year, zone):
    """Around the edges of a winter's, a summer's, two odd days and a holiday: µs, ascending."""
    days = [weekday_in(year, 2), last_sunday(year, 3), weekday_in(year, 6), holiday(year),
            last_sunday(year, 10)]
    for day in days:
        for edge in EDGES:
            local = datetime.datetime.combine(day, datetime.time.fromisoformat(edge),
                                              zoneinfo.ZoneInfo(zone))
            for beside in (-1, 0):
                yield int(local.timestamp() + beside) * SECOND


def holiday(year):
    return weekday_in(year, 7)


def calendar(register, zone, year):
    ok(register.do("calendar.put", {
        "territory": "d31", "time_zone": zone, "office": OFFICE,
        "holidays": [holiday(year).isoformat()]}, "root"))


def rota(register, year, dice):
    """Teams on call for some days each, one of which is none any more."""
    register.batch(
        ("account.put", {"id": "van-2", "role": "mobile", "territories": ["d31"], "name": "B"}),
        ("account.put", {"id": "van-3", "role": "mobile", "territories": ["d31"], "name": "C"}))
    start = next(moments(year, PARIS))
    for n in range(40):
        begin = start + dice.randrange(250 * DAY)
        ok(register.do("rota.put", {
            "id": "t-%d" % n, "duty": dice.choice(["mobile", "mobile", "astreinte"]),
            "territory": "d31", "account": dice.choice(["van", "van-2", "van-3"]),
            "from_at": begin, "to_at": begin + dice.randrange(1, 60 * DAY)}, "root"))
    ok(register.do("account.disable", {"id": "van-3"}, "root"))


def accept_now(register, dice):
    """A hold, accepted; what becomes of it and of its mission is chance."""
    hold = new_hold(register, request=new_request(register))
    reply = ok(act(register, "accept", hold))
    made = [record for kind, record, _ in register.changes(reply["revision"]) if kind == "mission"]
    for verb in dice.choice(((), ("start",), ("start", "arrive"), ("arrive", "hand_over"),
                             ("cancel",))):
        for mission in made:
            ok(register.do("mission." + verb, {"mission": mission}, "boss"))
    if dice.random() < 0.3:
        act(register, "withdraw", hold)
    elif dice.random() < 0.3:
        act(register, "arrive", hold)
    else:
        register.declare(free=500)
    return bool(made)


def year_of_acceptances(register):
    """What the judge says of it, and how many missions were made."""
    dice = random.Random(3)
    year = datetime.datetime.fromtimestamp(register.now / SECOND, datetime.timezone.utc).year + 1
    declared(register, free=500, opened=1000)
    accept_now(register, dice)  # when nobody knows whether the offices are open
    calendar(register, PARIS, year)
    rota(register, year, dice)
    made = []
    for moment in moments(year, PARIS):
        register.set_clock(moment)
        made.append(accept_now(register, dice))
    calendar(register, "America/Guadeloupe", year + 1)
    for moment in moments(year + 1, "America/Guadeloupe"):
        register.set_clock(moment)
        made.append(accept_now(register, dice))
    rows = register.log()
    return Judge(rows).complaints(), made


def test_missions_are_made_just_when_the_offices_are_closed(register):
    complaints, made = year_of_acceptances(register)
    assert complaints == []
    assert 30 < sum(made) < len(made) - 30, sum(made)


CLOSED = "NOT ugo.office_open(ugo.root_of(h.territory), c.at)"
FAULTS = {
    "made in office hours": ("mission_of_hold", CLOSED, "true"),
    "none made at night": ("mission_of_hold", CLOSED, "false"),
    "made where nobody knows": ("mission_of_hold", CLOSED, "(" + CLOSED + ") IS NOT FALSE"),
    "the hours of the territory": ("mission_of_hold", "ugo.root_of(h.territory)", "h.territory"),
    "holidays are worked": ("office_open", "<> ALL (c.holidays)", "IS NOT NULL"),
    "always winter": ("office_open", "ugo.offset_at(c.offsets, moment)",
                      "(c.offsets #>> '{0,1}')::integer"),
    "everywhere Greenwich": ("office_open", "ugo.offset_at(c.offsets, moment)", "0"),
    "another weekday": ("office_open", "(day + 3) % 7 + 1", "(day + 2) % 7 + 1"),
    "a minute longer": ("office_open", "clock < (o ->> 'to')", "clock <= (o ->> 'to')"),
    "who was on call first": ("on_call", "ORDER BY from_at DESC", "ORDER BY from_at"),
    "who is no team": ("is_team", "AND NOT a.disabled", ""),
    "another duty": ("on_call", "duty = asked", "true"),
    "left by its hold": ("mission_of_hold", "IF m.id IS NULL THEN",
                         "IF m.id IS NULL OR h.state = 'withdrawn' THEN"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(server, populated, fault):
    with arena(server, populated) as register:
        plant(register, [FAULTS[fault]])
        complaints, _ = year_of_acceptances(register)
    print("\n".join(complaints[:3]))
    assert complaints and "cannot be followed" not in complaints[0]
