# SPDX-License-Identifier: EUPL-1.2
"""What those who steer read with ugo: occupancy over time, place-days, equipment, alerts. The
questions and the tables, against a stand-in for the server; ugo_test.py asks a real one."""
import json
import re

import pytest

from harness.line_server import instant
from harness.records import META, plain

pytest_plugins = ["harness.cli"]

NAMES = {"mds-a": "MDS de Muret", "mds-b": "MDS d'Auterive", "d31": "Haute-Garonne"}
TOTAL = {"units": 60, "never_declared": 1.5, "authorised": 720, "open": 585, "occupied": 570.26,
         "vacant": 16.75, "over": 2, "closed": 15}


@pytest.fixture(name="asked")
def fixture_asked(ugo, server):
    """asked(method, result, words…): what ugo prints, what it asks, its exit code."""
    server.answers["territory.find"] = lambda params, _: {"territories": [
        {"code": code, "name": NAMES[code], "level": "mds", "parent": None}
        for code in params["codes"] if code in NAMES], **META}

    def run(method, result, *line, **environment):
        server.answers[method] = {**result, **META}
        done = ugo(*line, **{"COLUMNS": "120", **environment})
        assert "Sanitizer" not in done.stderr, done.stderr
        return plain(done.stdout), server.next(method)[0], done.returncode
    return run


def cells(line):
    return re.split(r"\s{2,}", line.strip())


def test_territories_of_one_name_are_two(asked, server):
    def row(territory, open_):
        return {"territory": territory, "establishment_kind": "mecs", "modality": "internat",
                "ages": {"min_months": 0, "max_months": 216}, "units": 1, "stale": 0,
                "never_declared": 0, "open": open_, "occupied": 0, "free": open_}
    server.answers["territory.find"] = {"territories": [
        {"code": code, "name": "MDS Nord", "level": "mds", "parent": None}
        for code in ("mds-a", "mds-b")], **META}
    shown, _, _ = asked("occupancy", {"at": instant(), "next": None, "total": row("", 5),
                                      "rows": [row("mds-a", 2), row("mds-a", 1), row("mds-b", 2)]},
                        "occupancy")
    assert [cells(line)[:2] for line in shown.splitlines()[2:4]] == [
        ["MDS Nord", "3"], ["MDS Nord", "2"]]


def test_occupancy_over_time(asked):
    series = {"step": "day", "time_zone": "Europe/Paris", "series": [
        {"at": "2026-11-01T07:00:00Z", "units": 2, "fresh": 1, "open": 12, "occupied": 11,
         "held": 0, "free": 1},
        {"at": "2026-11-02T07:00:00Z", "units": 2, "fresh": 2, "open": 20, "occupied": 17,
         "held": 1, "free": 2}]}
    line = ("occupancy", "history", "--from", "2026-11-01", "--to", "2/11/2026", "--step",
            "semaine", "--territory", "mds-a", "--kind", "mecs", "--modality", "internat")
    shown, params, code = asked("occupancy.history", series, *line)
    assert code == 0
    assert params == {"from": "2026-10-31T23:00:00Z", "to": "2026-11-02T23:00:00Z",
                      "step": "week", "territory": "mds-a", "establishment_kind": "mecs",
                      "modality": "internat"}, "days by the clock here, the last one whole"
    heads, first, second = [cells(row) for row in shown.splitlines()[:3]]
    assert heads == ["Quand", "Libres", "Occup.", "Ouvertes", "Occupées", "Retenues", "Unités",
                     "À jour"]
    assert first == ["01/11/2026 08:00", "1", "92 %", "12", "11", "0", "2", "1"]
    assert second == ["02/11/2026 08:00", "2", "85 %", "20", "17", "1", "2", "2"]
    document, _, _ = asked("occupancy.history", series, *line, "--json")
    assert json.loads(document)["series"] == series["series"]
    narrow, _, _ = asked("occupancy.history", series, *line, COLUMNS="40")
    assert "92 %" in narrow and max(len(row) for row in narrow.splitlines()) <= 40


def test_what_is_asked_when_nothing_is_said(asked):
    empty = {"step": "day", "time_zone": "UTC", "series": []}
    _, params, code = asked("occupancy.history", empty, "occupancy", "history")
    assert code == 1 and params["step"] == "day" and set(params) == {"from", "step"}
    _, params, _ = asked("place_days", {"total": TOTAL, "rows": [], "next": None, "days": 3,
                                        "time_zone": "UTC", "until": instant()}, "place-days")
    assert params["from"] == params["to"][:8] + "01" and "by" not in params


def test_place_days(asked):
    rows = [{"territory": "mds-a", "establishment_kind": "mecs", **TOTAL},
            {"territory": "mds-b", "establishment_kind": "mecs", **TOTAL, "open": 0, "over": 0}]
    result = {"time_zone": "Europe/Paris", "until": instant(), "days": 21.5, "total": TOTAL,
              "rows": rows, "next": None}
    shown, params, code = asked("place_days", result, "place-days", "--from", "1/11/2026", "--to",
                                "2026-11-30", "--by", "kind,territory")
    assert code == 0
    assert params == {"from": "2026-11-01", "to": "2026-11-30",
                      "by": ["territory", "establishment_kind"]}
    lines = shown.splitlines()
    assert lines[0] == "Journées-places, du 01/11/2026 au 30/11/2026 : 21,5 jours comptés"
    assert cells(lines[2]) == ["MDS de Muret", "MECS", "97 %", "585", "570,3", "16,8", "2", "15",
                               "720"]
    assert cells(lines[3])[:4] == ["MDS d'Auterive", "MECS", "-", "0"]
    assert cells(lines[4])[:3] == ["Total", "97 %", "585"]
    by_house = {**result, "rows": [{"establishment": "e-1", "establishment_name": "Les Cèdres",
                                    **TOTAL}]}
    english, _, _ = asked("place_days", by_house, "place-days", "--by", "establishment",
                          LC_ALL="C.UTF-8")
    assert "Les Cèdres" in english and "570.3" in english and "21.5 days counted" in english


def test_equipment(asked):
    rows = [{"territory": "d31", "population": 48120, "units": 61, "authorised": 412, "open": 388,
             "authorised_rate": 8.6, "open_rate": 8.1},
            {"territory": "mds-a", "population": None, "units": 20, "authorised": 130, "open": 121,
             "authorised_rate": None, "open_rate": None}]
    shown, params, code = asked("equipment", {"rows": rows}, "equipment", "--territory", "d31")
    assert code == 0 and params == {"territory": "d31"}
    lines = shown.splitlines()
    assert cells(lines[1]) == ["Haute-Garonne", "48120", "8,1", "388", "8,6", "412", "61"]
    assert cells(lines[2]) == ["MDS de Muret", "-", "-", "121", "-", "130", "20"]
    _, _, code = asked("equipment", {"rows": []}, "equipment")
    assert code == 1


def test_alerts(asked):
    def alert(key, active, **more):
        return {"id": key, "territory": "d31", "establishment_kind": None, "modality": None,
                "ages": {"min_months": None, "max_months": None}, "percent": 95, "units": 4,
                "open": 38, "occupied": 37, "active": active, "or_earlier": False,
                "active_since": instant(3 * 86400 + 60) if active else None, **more}
    alerts = [alert("a-1", True, ages={"min_months": 0, "max_months": 36}),
              alert("a-2", True, or_earlier=True, establishment_kind="mecs", modality="internat"),
              alert("a-3", False)]
    shown, params, code = asked("alert.list", {"alerts": alerts}, "alert")
    assert code == 0 and params == {}
    assert [cells(line) for line in shown.splitlines()[1:]] == [
        ["Haute-Garonne", "moins de 3 ans", "97 %", "95 %", "franchi, depuis 3 jours", "a-1"],
        ["Haute-Garonne", "MECS · internat", "97 %", "95 %", "franchi, depuis plus de 3 jours",
         "a-2"],
        ["Haute-Garonne", "tout", "97 %", "95 %", "non", "a-3"]]
    shown, _, code = asked("alert.list", {"alerts": []}, "alert")
    assert code == 1 and "Aucun seuil" in shown


def test_a_threshold_is_set_and_taken_away(asked):
    rule = {"id": "a-pouponnieres", "territory": "d31", "establishment_kind": "mecs",
            "modality": None, "ages": {"min_months": 0, "max_months": 36}, "percent": 95}
    shown, params, code = asked("alert.put", {"alert": rule}, "alert", "set", "pouponnieres",
                                "--territory", "d31", "--kind", "mecs", "--ages", "0-3",
                                "--percent", "95")
    key = params.pop("idempotency_key")
    assert code == 0 and key
    assert params == {"id": "a-pouponnieres", "territory": "d31", "establishment_kind": "mecs",
                      "min_months": 0, "max_months": 36, "percent": 95}
    assert "Haute-Garonne, MECS · moins de 3 ans, dès 95 % d'occupation" in shown
    shown, params, code = asked("alert.delete", {"id": "a-pouponnieres"}, "alert", "delete",
                                "a-pouponnieres")
    assert code == 0 and params["id"] == "a-pouponnieres" and "Retiré : a-pouponnieres" in shown


@pytest.mark.parametrize("line, says", [
    (("alert", "set", "x", "--percent", "95"), "--territory : le code d'un territoire"),
    (("alert", "set", "x", "--territory", "d31"), "--percent : un pourcentage"),
    (("alert", "set", "x", "--territory", "d31", "--percent", "0"), "un pourcentage de 1 à 999"),
    (("alert", "set", "x", "--territory", "d31", "--percent", "95", "--ages", "6-3"),
     "--ages attend deux âges, le plus petit d'abord"),
    (("alert", "set"), "voir : ugo alert"),
    (("place-days", "--by", "ages"), "--by attend territory, kind, modality ou establishment"),
    (("place-days", "--from", "14:05"), "--from attend un jour, sans heure"),
    (("occupancy", "history", "--from", "hier"), "--from attend une heure (14:05), un jour"),
    (("occupancy", "history", "--step", "year"), "--step"),
    (("occupancy", "history", "--territory", "a,b"), "--territory attend une seule valeur"),
    (("equipment", "--territory", "a", "--territory", "b"), "une seule valeur"),
    (("movement", "plan", "u", "--type", "entry", "--places", "1", "--on", "2026-12-18", "--until",
      "18:00"), "--until attend un jour, sans heure (2026-12-01 ou 1/12/2026), pas « 18:00 »"),
])
def test_what_was_meant(ugo, line, says):
    done = ugo(*line)
    assert done.returncode == 2 and says in plain(done.stderr)
