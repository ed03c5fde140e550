# SPDX-License-Identifier: EUPL-1.2
"""What ugo search shows of siblings placed apart, and how it asks for a parent."""

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
