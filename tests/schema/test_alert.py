# SPDX-License-Identifier: EUPL-1.2
"""Thresholds of occupancy: what is a rule, and since when one is crossed."""
import random

import pytest

from asking import DAY
from register import FORBIDDEN, HOUR, OK, invalid
from test_past_counts import ALL, some_days, states_at

FULL = {"id": "a-full", "territory": "d31", "percent": 90}
PATHS = {"d31": ALL, "dts-1": ["dts-1", "mds-1"], "dts-2": ["dts-2"], "mds-1": ["mds-1"]}


def test_a_rule_is_kept(register):
    reply = register.do("alert.put", FULL, "boss")
    assert register.changes(reply["revision"]) == [("alert", "a-full", {
        "territory": "d31", "establishment_kind": None, "modality": None, "min_months": None,
        "max_months": None, "percent": 90})]
    assert register.do("alert.put", FULL, "boss") == OK
    assert register.do("alert.put", {**FULL, "modality": "urgence", "min_months": 0,
                                     "max_months": 36, "establishment_kind": "mecs"})["revision"]
    reply = register.do("alert.delete", {"id": "a-full"}, "boss")
    assert register.changes(reply["revision"]) == [("alert", "a-full", None)]
    assert register.do("alert.delete", {"id": "a-full"}, "boss") == FORBIDDEN
    assert register.do("alert.delete", {"id": "a-full"}, "root")["type"] == "not_found"


@pytest.mark.parametrize("account", ["home", "feed", "night", "mds", "office", "van"])
def test_only_those_who_steer(register, account):
    assert register.do("alert.put", FULL, account) == FORBIDDEN
    assert register.do("alert.put", FULL, "root")["type"] == "ok"
    assert register.do("alert.delete", {"id": "a-full"}, account) == FORBIDDEN


def test_not_in_another_departement(register):
    register.do("territory.put", {"code": "d30", "name": "Gard", "level": "departement"})
    register.do("account.put", {"id": "gard", "role": "def", "territories": ["d30"],
                                "name": "DEF du Gard"})
    assert register.do("alert.put", FULL, "gard") == FORBIDDEN
    register.do("alert.put", FULL, "boss")
    assert register.do("alert.put", {**FULL, "territory": "d30"}, "gard") == FORBIDDEN
    assert register.do("alert.delete", {"id": "a-full"}, "gard") == FORBIDDEN


@pytest.mark.parametrize("change, pointer, detail", [
    ({"id": "full"}, "/id", "wrong_format"), ({"percent": 0}, "/percent", "out_of_range"),
    ({"percent": 1000}, "/percent", "out_of_range"), ({"percent": None}, "/percent", "required"),
    ({"territory": "d99"}, "/territory", "unknown_reference"),
    ({"establishment_kind": "zoo"}, "/establishment_kind", "unknown_reference"),
    ({"modality": "zoo"}, "/modality", "unknown_code"),
    ({"min_months": 36, "max_months": 36}, "/max_months", "ages_reversed"),
    ({"name": "Zoé"}, "/name", "unknown_member")])
def test_what_is_no_rule(register, change, pointer, detail):
    assert register.do("alert.put", {**FULL, **change}, "boss") == invalid(pointer, detail)


def concerned(rule, unit):
    ages = rule.get("min_months"), rule.get("max_months")
    return (rule.get("establishment_kind") in (None, unit["establishment_kind"])
            and rule.get("modality") in (None, unit["modality"])
            and (ages[0] is None or (unit["max_months"] or 0) > ages[0])
            and (ages[1] is None or unit["min_months"] is not None
                 and unit["min_months"] < ages[1]))


def figures(register, rule, moment):
    units = [u for u in states_at(register, moment, PATHS[rule["territory"]], None, None)
             if concerned(rule, u)]
    return (len(units), sum(u["open"] or 0 for u in units),
            sum(u["occupied"] or 0 for u in units))


def by_hand(register, rule, since, moment):
    """By looking at each moment when anything changed."""
    moments = [since] + [at for at, in register.query(
        "SELECT DISTINCT at FROM ugo.change WHERE at > %s AND at <= %s ORDER BY 1", since, moment)]
    active = None
    for at in moments:
        found = figures(register, rule, at)
        over = found[2] > 0 and found[2] * 100 >= rule["percent"] * found[1]
        active = (active or at) if over else None
    return *found, active


@pytest.mark.parametrize("seed", [0, 2, 3, 4])
def test_since_when_a_threshold_is_crossed(register, seed):
    dice = random.Random(seed)
    rules = [{"id": "a-%d" % i, **rule} for i, rule in enumerate([
        {"territory": "d31", "percent": 60}, {"territory": "d31", "percent": 95},
        {"territory": "dts-1", "percent": 50}, {"territory": "dts-2", "percent": 100},
        {"territory": "d31", "percent": 50, "establishment_kind": "mecs"},
        {"territory": "mds-1", "percent": 80, "modality": "urgence"},
        {"territory": "d31", "percent": 70, "min_months": 100},
        {"territory": "d31", "percent": 70, "max_months": 100},
        {"territory": "d31", "percent": 1, "min_months": 216},  # where a unit's ages end
        {"territory": "d31", "percent": 1, "max_months": 144}])]
    for rule in rules:
        assert register.do("alert.put", rule, "boss")["type"] == "ok"
    active = set()
    for _ in range(4):
        some_days(register, dice, 1)
        last = register.value("SELECT max(at) FROM ugo.change")  # it counts at once
        for moment, back in ((register.now, 3 * DAY), (register.now, HOUR), (last, DAY),
                             (register.now, 1)):  # what is crossed now was already
            rows = register.query(
                "SELECT id, units, open, occupied, active_since, looked_from"
                " FROM ugo.alerts_at(%s, %s, %s)", ALL, moment, back)
            assert [row[0] for row in rows] == [rule["id"] for rule in rules]
            for rule, row in zip(rules, rows):
                assert row[5] == moment - back
                assert row[1:5] == by_hand(register, rule, moment - back, moment), rule
                active.add((row[4] is not None, row[4] == row[5]))
    assert active == {(False, False), (True, False), (True, True)}


def test_of_some_territories_only(register):
    for code in ("d31", "dts-1", "dts-2"):
        register.do("alert.put", {"id": "a-" + code, "territory": code, "percent": 50}, "boss")
    assert register.query("SELECT id, active_since FROM ugo.alerts_at('{dts-2,mds-1}', %s, 10)",
                          register.now) == [("a-dts-2", None)]


def test_nothing_open_and_somebody_there(register):
    register.do("alert.put", FULL, "boss")
    register.declare("u-1", "root", open=0, occupied=1)
    ((since,),) = register.query("SELECT active_since FROM ugo.alerts_at('{d31}', %s, %s)",
                                 register.now + 5, DAY)
    assert since is not None
