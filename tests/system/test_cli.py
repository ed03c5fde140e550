# SPDX-License-Identifier: EUPL-1.2
"""The ugo command against a stand-in for the line door: what it asks, shows and returns."""

import json
import os
import queue
import re
import unicodedata

import pytest

from harness.line_server import CLOSE, EPOCH, SILENCE, Error, LineServer, instant
from harness.records import META, UNITS, plain, unit, words

pytest_plugins = ["harness.cli"]

RESULTS = {
    "total": 9, "split": None, "rejected": {"full": 212, "age": 87, "distance": 0}, **META,
    "results": [
        {"unit": UNITS[0], "score": 0.9, "km": 12.4, "fits": ["age"], "to_ask": ["disability"],
         "stale": False, "why": ["fresh", "admits_any_hour"]},
        {"unit": UNITS[1], "score": 0.5, "km": 3.14, "fits": ["age"], "to_ask": [], "stale": True,
         "why": ["stale"]},
        {"unit": UNITS[2], "score": 0.1, "km": None, "fits": [], "to_ask": ["age", "full"],
         "stale": True, "why": ["never_declared"]}],
    "near_misses": [{"unit": UNITS[3], "km": 71.2,
                     "missing": [{"criterion": "max_km", "need": 60, "has": 71.2}]}]}
NOTHING = {**RESULTS, "total": 0, "results": [], "near_misses": []}
MURET = {"insee": "31395", "name": "Muret", "postcodes": ["31600"], "point": [43.46, 1.32]}


@pytest.fixture(name="server")
def fixture_server(server):
    server.answers.update({"search": RESULTS, "commune.find": {"communes": [MURET], **META}})
    return server


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


SEARCH = ("search", "--age", "7y", "--sex", "F", "--age", "4y", "--sex", "M")


# ── what is asked ──

def test_search_asks_what_was_typed(ugo, server):
    done = ugo(*SEARCH, "--near", "Muret", "--emergency", "--max-km", "60", "--need", "disability",
               "--modality", "urgence,familial", "--tonight", "--apart", "--limit", "7")
    assert done.returncode == 0, done.stderr
    assert server.next("commune.find")[0]["name"] == "Muret"
    assert server.next("search")[0] == {
        "children": [{"age_months": 84, "sex": "F"}, {"age_months": 48, "sex": "M"}],
        "near": {"commune": "31395"}, "emergency": True, "max_km": 60.0, "needs": ["disability"],
        "modality": ["urgence", "familial"], "tonight": True, "together": False, "limit": 7}


@pytest.mark.parametrize("line,children", [
    (["--age", "18m"], [{"age_months": 18}]),
    (["--sex", "F", "--age", "7", "--sex", "M"], [{"sex": "F", "age_months": 84}, {"sex": "M"}]),
    (["--age", "7", "--age", "3", "--sex", "F", "--sex", "M"],  # as many of both: each its own
     [{"age_months": 84, "sex": "F"}, {"age_months": 36, "sex": "M"}]),
    (["--age", "?", "--age", "2a6m", "--sex", "g"],
     [{"age_months": None}, {"age_months": 30, "sex": "M"}]),
])
def test_children_as_typed(ugo, server, line, children):
    assert ugo("search", *line).returncode == 0
    assert server.next("search")[0]["children"] == children


@pytest.mark.parametrize("near,asked", [
    ("43.46,1.32", {"point": [43.46, 1.32]}), ("43.46, 1.32", {"point": [43.46, 1.32]}),
    ("territoire:dts-sud", {"territory": "dts-sud"}), ("31395", {"commune": "31395"}),
    ("muret", {"commune": "31395"}),
])
def test_places_as_typed(ugo, server, near, asked):
    assert ugo(*SEARCH, "--near", near).returncode == 0
    assert server.next("search")[0]["near"] == asked


def test_ambiguous_commune_lists_the_candidates(ugo, server):
    server.answers["commune.find"] = {"communes": [
        {"insee": "31488", "name": "Saint-Jean", "postcodes": ["31240"]},
        {"insee": "82155", "name": "Saint-Jean", "postcodes": ["82000"]}]}
    done = ugo(*SEARCH, "--near", "saint jean")
    assert done.returncode == 2
    assert "31488  Saint-Jean  31240" in done.stderr and "82155" in done.stderr
    server.answers["commune.find"] = {"communes": []}
    done = ugo(*SEARCH, "--near", "Murret")
    assert done.returncode == 1 and "Murret" in done.stderr


def test_declare_asks_what_was_typed(ugo, server):
    done = ugo("declare", "u-cedres-petits", "--free", "1", "--open", "10", "--closed", "2",
               "--reason", "staff", "--reopens", "1/12/2026", "--observed-at",
               "2026-11-21T14:05:00+01:00", "--emergency-used", "0", "--key", "k-1")
    assert done.returncode == 0, done.stderr
    assert server.next("unit.declare")[0] == {
        "unit": "u-cedres-petits", "free": 1, "open": 10, "emergency_used": 0,
        "closed": {"n": 2, "reason": "staff", "reopens_on": "2026-12-01"},
        "observed_at": "2026-11-21T14:05:00+01:00", "idempotency_key": "k-1"}


def test_each_write_has_its_own_key(ugo, server):
    keys = set()
    for _ in range(2):
        assert ugo("confirm", "u-cedres-petits").returncode == 0
        keys.add(server.next("unit.confirm")[0]["idempotency_key"])
    assert len(keys) == 2 and all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)


def test_a_unit_by_a_part_of_its_name(ugo, server):
    assert ugo("declare", "cedres", "PETITS", "--free", "1").returncode == 0
    assert server.next("unit.declare")[0]["unit"] == "u-cedres-petits"
    done = ugo("confirm", "groupe")
    assert done.returncode == 2
    assert "u-cedres-petits" in done.stderr and "u-cedres-grands" in done.stderr
    assert ugo("confirm", "nulle part").returncode == 1


def test_pages_are_put_together(ugo, server):
    def pages(params, _):
        second = params.get("cursor") == "u-cedres-grands"
        return {"units": UNITS[2:] if second else UNITS[:2], **META,
                "next": None if second else "u-cedres-grands"}
    server.answers["unit.list"] = pages
    done = ugo("units", "--json")
    assert [u["id"] for u in json.loads(done.stdout)["units"]] == [u["id"] for u in UNITS]


def test_the_position_to_be_after(ugo, server):
    assert ugo("me", "--after", f"{EPOCH}.5").returncode == 0
    assert server.next("me")[0]["after"] == f"{EPOCH}.5"


# ── exit codes ──

@pytest.mark.parametrize("line", [
    [], ["serch"], ["search"], ["declare", "u-1"], ["declare", "u-1", "--free", "2", "--occupied",
                                                    "3"],
    ["declare", "u-1", "--free", "deux"], ["declare", "--free", "2"], ["me", "--free", "2"],
    ["declare", "u-1", "--free", "2", "--closed", "1"], ["search", "--age", "7j"],
    ["search", "--age", "7y", "--max-km", "10"], ["confirm", "u-1", "--observed-at", "hier"],
    ["me", "--timeout", "0"], ["occupancy", "--by", "color"],
])
def test_2_for_a_wrong_command(ugo, server, line):
    done = ugo(*line)
    assert done.returncode == 2
    assert done.stderr.startswith("ugo: ")
    with pytest.raises(queue.Empty):
        server.asked.get_nowait()


def test_2_without_a_server_or_credentials(ugo):
    assert ugo("me", UGO_SERVER=None).returncode == 2
    assert ugo("me", UGO_CERT=None).returncode == 2
    assert ugo("me", UGO_CA="/nowhere.pem").returncode == 2
    assert ugo("me", UGO_CERT_KEY="/nowhere.key").returncode == 2


def test_1_for_nothing_found(ugo, server):
    server.answers["search"] = NOTHING
    server.answers["unit.list"] = {"units": [], "next": None, **META}
    server.answers["unit.get"] = Error(3, "not_found")
    assert ugo(*SEARCH).returncode == 1
    assert ugo("units").returncode == 1
    assert ugo("unit", "u-nowhere").returncode == 1


@pytest.mark.parametrize("error,code,says", [
    (Error(2, "forbidden"), 3, "pas ce droit"),
    (Error(-32602, "invalid_params",
           errors=[{"pointer": "/open", "detail": "first_declaration_needs_open"}]), 3, "--open N"),
    (Error(-32602, "invalid_params", now=instant(),
           errors=[{"pointer": "/observed_at", "detail": "in_the_future"}]), 3, "pour le serveur"),
    (Error(12, "outdated", unit=UNITS[1]), 4, "0 libre"),
    (Error(13, "conflict"), 4, "--key"),
    (Error(30, "unavailable"), 5, "rien n'a été fait"),
    (Error(-32603, "internal", id="4f2a"), 5, "4f2a"),
    (Error(-1, "from_the_future"), 3, "from_the_future"),
])
def test_3_4_5_for_what_the_server_says(ugo, server, error, code, says):
    server.answers["unit.declare"] = error
    done = ugo("declare", "u-cedres-petits", "--free", "1")
    assert done.returncode == code
    assert says in plain(done.stderr)
    done = ugo("declare", "u-cedres-petits", "--free", "1", "--json")
    assert json.loads(done.stdout)["error"]["exit"] == code


def test_3_for_who_is_not_known(ugo, server):
    server.answers["hello"] = Error(1, "unauthenticated", detail="revoked")
    done = ugo("me")
    assert done.returncode == 3 and "révoqué" in done.stderr


def test_3_for_a_certificate_that_tls_rejects(tls, ugo):
    with LineServer(tls, client_certificate=True) as strict:
        done = ugo("me", UGO_SERVER=f"localhost:{strict.port}",
                   UGO_CERT=tls.path("other-ca.pem"), UGO_CERT_KEY=tls.path("other-ca.key"))
        assert done.returncode == 3 and "refuse notre certificat" in done.stderr
        strict.answers["me"] = {"account": "a", "role": "def", "scope": {}, **META}
        assert ugo("me", UGO_SERVER=f"localhost:{strict.port}").returncode == 0


def test_5_for_a_server_one_must_not_trust(tls, ugo, server):
    done = ugo("me", UGO_CA=tls.path("other-ca.pem"))
    assert done.returncode == 5 and "--ca" in done.stderr
    done = ugo("me", UGO_NAME="elsewhere.example")
    assert done.returncode == 5 and "--name" in done.stderr
    assert ugo("me", UGO_SERVER=f"127.0.0.1:{server.port}").returncode == 0
    assert ugo("me", UGO_SERVER=f"127.0.0.1:{server.port}", UGO_NAME="localhost").returncode == 0


def test_5_for_nobody_there(ugo, server):
    server.stop()
    done = ugo("me", "--timeout", "1")
    assert done.returncode == 5 and "personne ne répond" in plain(done.stderr)


def test_5_for_something_else_than_ugo(ugo, server):
    server.greeting = {"protocol": [9, 9]}
    assert ugo("me", "--timeout", "1").returncode == 3
    server.answers["hello"] = CLOSE
    server.greeting = {"protocol": [1, 1]}
    assert ugo("me", "--timeout", "1").returncode == 5


def test_6_for_a_write_without_an_answer(ugo, server):
    server.answers["unit.declare"] = SILENCE
    done = ugo("declare", "u-cedres-petits", "--free", "1", "--timeout", "1")
    key = server.next("unit.declare")[0]["idempotency_key"]
    assert done.returncode == 6
    assert f"--key {key}" in plain(done.stderr)


def test_6_when_only_the_second_sending_was_refused(ugo, server):
    answers = iter([CLOSE, Error(30, "unavailable")])
    server.answers["unit.declare"] = lambda *_: next(answers)
    done = ugo("declare", "u-cedres-petits", "--free", "1")
    assert done.returncode == 6, "the first sending may have been done"


@pytest.mark.parametrize("first", [CLOSE, Error(31, "unknown_outcome")])
def test_a_write_is_repeated_with_its_key(ugo, server, first):
    answers = iter([first, {"unit": UNITS[0], "position": f"{EPOCH}.8"}])
    server.answers["unit.declare"] = lambda *_: next(answers)
    done = ugo("declare", "u-cedres-petits", "--free", "2")
    assert done.returncode == 0, done.stderr
    assert server.next("unit.declare")[0] == server.next("unit.declare")[0]


# ── what is shown ──

def test_languages(ugo):
    assert "Rôle : astreinte ASE" in plain(ugo("me").stdout)
    assert "Role: on-call officer" in ugo("me", LC_ALL="en_GB.UTF-8").stdout
    assert "Role:" in ugo("me", LC_ALL=None).stdout
    assert "Rôle" in ugo("me", LC_ALL=None, LANG="fr_FR.UTF-8").stdout
    assert "Rôle" in ugo("me", "--lang", "fr", LC_ALL="C").stdout
    assert "commande inconnue" in ugo("serch").stderr
    assert "unknown command" in ugo("serch", "--lang=en").stderr


@pytest.mark.parametrize("columns", [44, 60, 80, 120])
def test_everything_fits_the_terminal(ugo, columns):
    for line in ([*SEARCH, "--near", "Muret", "--emergency"], ["units"], ["unit", "u-village"],
                 ["help"], ["help", "search"], ["declare", "u-cedres-petits", "--free", "2"]):
        done = ugo(*line, COLUMNS=str(columns))
        assert done.returncode == 0
        # A command to go on with is not wrapped: it is copied.
        wide = [shown for shown in done.stdout.splitlines()
                if width(shown) > columns and not shown.startswith("  ugo ")]
        assert not wide, (line, wide)


def test_results_say_how_old_and_whom_to_call(ugo):
    shown = plain(ugo(*SEARCH, "--near", "Muret", "--emergency").stdout)
    assert "fille de 7 ans, garçon de 4 ans · urgence · près de Muret" in shown
    assert "1. 2 libres · 12 km · il y a 20 min\n   Foyer des Cèdres · Groupe des petits" in shown
    assert "2. 0 libre · 3,1 km · à vérifier depuis 5 h 00, dit il y a 9 h" in shown
    assert "Un chiffre est cru 4 h 00 ; ensuite il est « à vérifier »" in words(shown)
    assert "3. places inconnues · jamais déclarée, à demander\n" in shown
    assert "\n   Famille d'accueil 217 · Muret (31)\n" in shown
    assert "à demander : handicap" in shown
    assert "Écartées : complètes 212 · âge 87\n" in shown


NAMES = {"31395": "Muret", "97411": "Saint-Denis", "2A004": "Ajaccio"}


def named(params, _):
    return {"communes": [{"insee": code, "name": NAMES[code]} for code in params["insee"]
                         if code in NAMES], **META}


def somewhere(server, *places):
    """Units here, as unit.list has them."""
    units = [unit(f"u-{i}", f"Unité {i}", 1, establishment_name=f"Maison {i}", **place)
             for i, place in enumerate(places)]
    for i, place in enumerate(places):
        if "commune" in place and place["commune"] is None:
            del units[i]["commune"]
    server.answers["unit.list"] = {"units": units, "next": None, **META}
    server.answers["commune.find"] = named
    server.answers["territory.find"] = {"territories": [
        {"code": "mds-muret", "name": "MDS de Muret", "level": "mds", "parent": None}], **META}


def asked(server, method):
    """What was asked since, of this method."""
    found = []
    while not server.asked.empty():
        name, params, _ = server.asked.get()
        found += [params] if name == method else []
    return found


def test_places_have_names(ugo, server):
    somewhere(server, {}, {"commune": "97411"}, {}, {"commune": "2A004"}, {"commune": "99999"},
              {"commune": None}, {"commune": None, "territory": "mds-new"})
    lines = plain(ugo("units", COLUMNS="200").stdout).splitlines()
    assert "Où" in lines[0]
    for line, place in zip(lines[1:], ["Muret (31)", "Saint-Denis (974)", "Muret (31)",
                                       "Ajaccio (2A)", "99999", "MDS de Muret", "mds-new"]):
        assert f"  {place}  " in line, (line, place)
    requests = asked(server, "commune.find")
    assert [sorted(params["insee"]) for params in requests] == [["2A004", "31395", "97411",
                                                                 "99999"]]
    ugo("units")
    assert sorted(asked(server, "territory.find")[0]["codes"]) == ["mds-muret", "mds-new"]
    shown = plain(ugo("unit", "u-cedres-petits").stdout)
    assert "Commune        Muret (31)" in shown and "Territoire     mds-muret" in shown
    server.answers["search"] = {**NOTHING, "near_misses": RESULTS["near_misses"], "split": {
        "km_apart": 3.1, "placements": [{"child": 0, "unit": UNITS[0], "to_ask": []}]}}
    shown = plain(ugo(*SEARCH, COLUMNS="200").stdout)
    assert shown.count(" · Muret (31)\n") == 2


def test_many_places_are_asked_for_together(ugo, server):
    codes = [f"31{n:03}" for n in range(120)]
    somewhere(server, *({"commune": code} for code in codes * 2))
    assert ugo("units").returncode == 0
    requests = [params["insee"] for params in asked(server, "commune.find")]
    assert [len(codes) for codes in requests] == [50, 50, 20]
    assert sorted(sum(requests, [])) == codes


def test_a_place_without_a_name_is_its_code(ugo, server):
    """An older server, one that is silent: the answer is what matters."""
    somewhere(server, {}, {"commune": None})
    for answer in (Error(-32602, "invalid_params"), Error(-32601, "unknown_operation"), CLOSE,
                   SILENCE, {"communes": []}, {"communes": [{"insee": 3}]}):
        server.answers["commune.find"] = server.answers["territory.find"] = answer
        done = ugo("units", COLUMNS="200")
        assert done.returncode == 0 and done.stderr == "", done.stderr
        lines = plain(done.stdout).splitlines()
        assert "  31395  " in lines[1] and "  mds-muret  " in lines[2]


def test_scripts_ask_for_no_names(ugo, server):
    somewhere(server, {})
    assert ugo("units", "--json").returncode == 0
    assert ugo("unit", "u-cedres-petits", "--json").returncode == 0
    assert ugo(*SEARCH, "--json").returncode == 0
    assert not asked(server, "commune.find")


def test_no_place_says_why_and_what_to_try(ugo, server):
    server.answers["search"] = {**NOTHING, "near_misses": RESULTS["near_misses"],
                                "rejected": {"distance": 41, "full": 3}}
    assert "--max-km" not in plain(ugo(*SEARCH, "--near", "Muret").stdout)
    shown = plain(ugo(*SEARCH, "--near", "Muret", "--max-km", "60").stdout)
    assert "Aucune place trouvée." in shown
    assert "à 71 km" in shown and "signalé faux" in shown
    assert "--max-km" in shown and "--emergency" in shown and "--apart" in shown


def test_near_misses_in_words(ugo, server):
    reserved = {**UNITS[0], "capacity": {**UNITS[0]["capacity"], "free": 1, "free_planned": 0}}
    wanting = [("places", 2, 0, "complète"), ("places", 2, 1, "seulement 1 libre"),
               ("age_months", 84, 144, "prend dès 12 ans"),
               ("age_months", 84, 72, "prend les moins de 6 ans"), ("sex", "F", "boys", "garçons"),
               ("together", 3, 2, "n'en prend que 2 ensemble"),
               ("modality", ["urgence"], "internat", "c'est : internat"),
               ("needs", ["mna"], ["mna"], "n'accepte pas : mineur non accompagné"),
               ("tonight", True, "office_hours", "heures de bureau"), ("closed", 2, 0, "fermée")]
    server.answers["search"] = {**NOTHING, "near_misses": [
        {"unit": reserved, "missing": [{"criterion": criterion, "need": need, "has": has}]}
        for criterion, need, has, _ in wanting]}
    shown = plain(ugo(*SEARCH, COLUMNS="200").stdout)
    for _, _, _, text in wanting:
        assert f"{text} · Foyer des Cèdres" in shown, text
    assert "0 libre (1 réservée à l'urgence) ·" in shown
    assert "1 libre · il y a 20 min" in plain(ugo(*SEARCH, "--emergency", COLUMNS="200").stdout)


def test_apart_as_close_as_can_be(ugo, server):
    server.answers["search"] = {**NOTHING, "split": {"km_apart": 3.1, "placements": [
        {"child": 0, "unit": UNITS[0], "to_ask": []},
        {"child": 1, "unit": UNITS[3], "to_ask": ["night"]},
        {"child": 2, "unit": UNITS[0], "to_ask": []}]}}
    shown = plain(ugo(*SEARCH, "--age", "?", "--emergency").stdout)
    assert "Aucune place ensemble." in shown and "à 3,1 km l'un de l'autre" in shown
    assert " - fille de 7 ans, enfant d'âge inconnu :\n   Foyer des Cèdres · Groupe" in shown


def test_stale_answers_say_so(ugo, server):
    server.answers["search"] = {**RESULTS, "stale": True}
    assert "sans nouvelles de sa base" in plain(ugo(*SEARCH).stdout)


def test_units_stand_under_their_establishment(ugo):
    lines = plain(ugo("units").stdout).splitlines()
    assert lines[0].split() == ["Libres", "Unité", "Dit", "il", "y", "a", "Identifiant"]
    assert [" ".join(line.split()) for line in lines[1:6]] == [
        "? Famille d'accueil 217 à demander u-af-217", "Foyer des Cèdres",
        "0 Groupe des grands 9 h, à vérifier u-cedres-grands",
        "2 Groupe des petits 20 min u-cedres-petits",
        "1 Village d'enfants de la Garonne et… 1 min, à vérifier u-village"]
    assert lines[-1] == "4 unités, 3 places libres, 2 à vérifier, 1 jamais déclarée"


def test_one_unit_in_full(ugo):
    shown = plain(ugo("unit", "u-cedres-petits").stdout)
    for text in ("2 libres, il y a 20 min", "12 ouvertes, 10 occupées, 12 autorisées",
                 "mineur non accompagné", "mecs-cedres (ligne de commande)"):
        assert text in shown, shown


def test_declaring_shows_what_all_see(ugo, server):
    capacity = {**UNITS[0]["capacity"], "held": 1, "free": 1, "free_planned": 0}
    server.answers["unit.declare"] = {"unit": {**UNITS[0], "capacity": capacity}}
    shown = plain(ugo("declare", "u-cedres-petits", "--free", "2").stdout)
    assert "Sureffectif" not in shown
    assert "1 libre (12 ouvertes, 10 occupées)" in shown
    assert "dont 1 réservée à l'urgence" in shown
    assert "1 place est retenue" in shown and "fait foi jusqu'à" in shown


def test_names_cannot_play_with_the_terminal(ugo, server):
    server.answers["unit.get"] = {"unit": {**UNITS[0], "name": "\u001b[2J\u009b1A\u202eevil"}}
    shown = ugo("unit", "u-cedres-petits").stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert "evil" in shown


def test_json_is_what_the_server_said(ugo):
    shown = ugo(*SEARCH, "--json").stdout
    assert json.loads(shown) == RESULTS
    assert '"km":12.4,' in shown and shown.count("\n") == 1
    assert json.loads(ugo("unit", "u-cedres-petits", "--json").stdout)["unit"] == UNITS[0]


def test_occupancy_is_summed_as_asked(ugo, server):
    def row(territory, kind, open_, occupied):
        return {"territory": territory, "establishment_kind": kind, "modality": "internat",
                "ages": {"min_months": 0, "max_months": 216}, "units": 1, "stale": 0,
                "never_declared": 0, "open": open_, "occupied": occupied,
                "free": open_ - occupied}
    rows = [row("mds-a", "mecs", 10, 9), row("mds-a", "cdef", 10, 10), row("mds-b", "mecs", 20, 20)]
    total = {"units": 3, "open": 40, "occupied": 39, "free": 1, "stale": 0, "never_declared": 0}
    server.answers["occupancy"] = {"at": instant(), "rows": rows, "total": total, "next": None}
    shown = plain(ugo("occupancy", "--territory", "mds-a,mds-b").stdout)
    assert server.next("occupancy")[0]["territories"] == ["mds-a", "mds-b"]
    assert [line.split() for line in shown.splitlines()[2:5]] == [
        ["mds-a", "1", "95", "%", "20", "19", "2", "0"],
        ["mds-b", "0", "100", "%", "20", "20", "1", "0"],
        ["Total", "1", "98", "%", "40", "39", "3", "0"]]
    shown = plain(ugo("occupancy", "--by", "kind").stdout)
    assert "MECS" in shown and "foyer de l'enfance" in shown and "mds-a" not in shown


def test_history_in_words(ugo, server):
    server.answers["history"] = {"next": None, **META, "changes": [
        {"revision": 3, "at": instant(7200), "actor": "mecs-cedres", "operation": "unit.declare",
         "kind": "declaration", "id": "u-cedres-petits", "record": {"unit": "u-cedres-petits"}},
        {"revision": 4, "at": instant(3600), "actor": "mecs-cedres", "operation": "unit.declare",
         "kind": "unit", "id": "u-cedres-petits", "record": UNITS[0]}]}
    shown = plain(ugo("history", "u-cedres-petits", COLUMNS="100").stdout)
    assert server.next("history")[0]["unit"] == "u-cedres-petits"
    assert "déclaration tardive" in shown and "2/12" in shown
    assert shown.startswith("Foyer des Cèdres · Groupe des petits\n")
    shown = plain(ugo("history", COLUMNS="100").stdout)
    assert shown.count("Foyer des Cèdres · Groupe des petits") == 2, "names for late ones, too"


# ── who we are ──

def test_a_token_instead_of_a_certificate(ugo, server, tmp_path):
    (tmp_path / "token").write_text("k7Qm2nVx5pR8tZ3w\n")
    done = ugo("me", "--token-file", str(tmp_path / "token"), UGO_CERT=None, UGO_CERT_KEY=None)
    assert done.returncode == 0
    hello = server.next("hello")[0]
    assert hello["token"] == "k7Qm2nVx5pR8tZ3w" and hello["client"].startswith("ugo/")


def test_settings_in_a_profile(tls, ugo, server, tmp_path):
    plain_env = {"UGO_SERVER": None, "UGO_CA": None, "UGO_CERT": None, "UGO_CERT_KEY": None}
    profile = tmp_path / ".config" / "ugo" / "profile"
    profile.parent.mkdir(parents=True)
    for name in ("client.pem", "client.key", "ca.pem"):
        (profile.parent / name).write_bytes((tls.folder / name).read_bytes())
    profile.write_text(f"# mine\nserver = localhost:{server.port}\nca=ca.pem\n"
                       "cert = client.pem\ncert-key = client.key\n")
    assert ugo("me", **plain_env).returncode == 0
    assert ugo("me", "--profile", str(profile), HOME=None, **plain_env).returncode == 0
    profile.write_text("serveur = x\n")
    done = ugo("me", **plain_env)
    assert done.returncode == 2 and "profile, ligne 1" in words(done.stderr)


def test_accounts_of_the_demonstration(tls, ugo, server, tmp_path):
    plain_env = {"UGO_SERVER": None, "UGO_CA": None, "UGO_CERT": None, "UGO_CERT_KEY": None}
    assert "server/demo" in ugo("me", "--demo", str(tmp_path), **plain_env).stderr
    os.symlink(tls.folder, tmp_path / "tls")
    (tmp_path / "demo.json").write_text(json.dumps({
        "line": f"127.0.0.1:{server.port}", "server_name": "localhost", "ca": "tls/ca.pem",
        "accounts": [
            {"account": "mecs-1", "role": "establishment", "token": "token-of-mecs-1"},
            {"account": "mecs-2", "role": "establishment", "token": "token-of-mecs-2"},
            {"account": "nuit", "role": "astreinte", "cert": "tls/client.pem",
             "key": "tls/client.key", "token": "token-of-nuit"}]}))
    demo = ("--demo", str(tmp_path), "--as")
    assert ugo("me", *demo, "mecs-2", **plain_env).returncode == 0
    assert server.next("hello")[0]["token"] == "token-of-mecs-2"
    assert ugo("me", *demo, "establishment", **plain_env).returncode == 0
    assert server.next("hello")[0]["token"] == "token-of-mecs-1"
    assert ugo("me", *demo, "nuit", **plain_env).returncode == 0
    assert "token" not in server.next("hello")[0]
    done = ugo("me", *demo, "nobody", **plain_env)
    assert done.returncode == 2
    assert "mecs-1 (établissement), nuit (astreinte ASE)" in words(done.stderr)


def test_more_than_open_asks_why(ugo, server):
    over = {**UNITS[0], "capacity": {**UNITS[0]["capacity"], "occupied": 14, "free": 0}}
    server.answers["unit.declare"] = {"unit": over}
    shown = plain(ugo("declare", "u-cedres-petits", "--occupied", "14").stdout)
    assert "Sureffectif : 2 de plus" in shown and "--derogation" in shown
    server.answers["unit.declare"] = {"unit": {**over, "derogation": "judge"}}
    shown = ugo("declare", "u-cedres-petits", "--occupied", "14", "--derogation", "judge").stdout
    assert "--derogation" not in shown
    assert "derogation" not in server.next("unit.declare")[0]
    assert server.next("unit.declare")[0]["derogation"] == "judge"
