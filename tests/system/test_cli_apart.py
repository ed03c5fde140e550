# SPDX-License-Identifier: EUPL-1.2
"""What ugo search shows of siblings placed apart, and how it asks for a parent; whom to call;
wrong codes."""

import pytest

from harness.records import META, UNITS, plain

pytest_plugins = ["harness.cli"]

NOTHING = {"took_us": 41, "considered": 384, "total": 0, "never_declared": 0, "results": [],
           "near_misses": [], "split": None, "rejected": {"full": 12}, **META}
SEARCH = ("search", "--age", "7y", "--sex", "F", "--age", "4y", "--sex", "M")


def asked(server, method):
    found = []
    while not server.asked.empty():
        name, params, _ = server.asked.get()
        found += [params] if name == method else []
    return found


def test_why_they_are_not_closer_to_each_other(ugo, server):
    why_not = [{"level": "one_unit", "considered": 9, "rejected": {"siblings": 2, "full": 7}},
               {"level": "one_establishment", "considered": 5, "rejected": {"age": 5}},
               {"level": "one_commune", "considered": 0, "rejected": {}}]
    split = {"km_apart": 3.1, "level": "anywhere", "why_not": why_not, "placements": [
        {"child": 0, "unit": UNITS[0], "to_ask": []}, {"child": 1, "unit": UNITS[3],
                                                       "to_ask": []}]}
    server.answers["search"] = {**NOTHING, "split": split}
    shown = plain(ugo(*SEARCH, COLUMNS="200").stdout).replace("\u00a0", " ")
    assert ("Pourquoi pas mieux : aucune unité ne les prend tous (fratrie 2, complètes 7) · "
            "aucun établissement (âge 5) · aucune commune\n") in shown
    server.answers["search"] = {**NOTHING, "split": {
        **split, "level": "one_establishment", "why_not": why_not[:1]}}
    shown = plain(ugo(*SEARCH, "--lang", "en", COLUMNS="200").stdout)
    assert "Apart, but in one establishment:" in shown
    assert "Why nothing better: no unit takes all (siblings" in shown
    assert "no establishment" not in shown


def test_a_parent(ugo, server):
    ugo("search", "--parent", "--emergency")
    ugo("search", "--pregnant", "--age", "7y")
    ugo("search", "--age", "7y")
    alone, pregnant, none = asked(server, "search")
    assert alone["children"] == [] and alone["parent"] == {"pregnant": False}
    assert len(pregnant["children"]) == 1 and pregnant["parent"] == {"pregnant": True}
    assert "parent" not in none
    server.answers["search"] = NOTHING
    assert "avec un parent · urgence" in plain(ugo("search", "--parent", "--emergency").stdout)


@pytest.mark.parametrize("zone,says", [("UTC-0", "nuit 05 00 00 00 02"),
                                       ("UTC-12", "jour 05 00 00 00 01")])
def test_the_number_to_call_is_the_hour_s(ugo, server, zone, says):
    """Whatever was asked: it is called now. A Thursday, at 22:00 and at 10:00 of the day after."""
    server.greeting = {**server.greeting, "now": "2026-11-19T22:00:00.000000Z"}
    server.answers["search"] = {**NOTHING, "total": 1, "results": [
        {"unit": UNITS[0], "km": 12.4, "to_ask": [], "why": []}]}
    for line in (SEARCH, (*SEARCH, "--emergency"), (*SEARCH, "--tonight")):
        assert f"tél. {says}" in plain(ugo(*line, TZ=zone).stdout), line


@pytest.mark.parametrize("option,code", [("--need", "medical"), ("--modality", "internat")])
def test_a_wrong_code_is_told_with_the_right_ones(ugo, server, option, code):
    done = ugo("search", "--age", "7y", option, f"{code},foo")
    assert done.returncode == 2 and f"n'est pas un code de {option}." in done.stderr
    assert f" {code} " in done.stderr
    assert not asked(server, "search")
