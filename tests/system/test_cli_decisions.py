# SPDX-License-Identifier: EUPL-1.2
"""Requests, holds and answers with the real ugo against the real ugod, as they are typed at night:
what each side sees, in French and in English, and what scripts are told."""
import datetime
import json
import signal

import pytest

from harness.cli import Watch, caller
from harness.daemon import wait_for
from harness.departement import departement
from harness.records import words
from harness.ugod import account, registers

# A family whose address is shown by its commune until it has accepted.
FAMILY = [
    ("establishment.put", {
        "id": "e-fam", "name": "Famille Roux", "establishment_kind": "assistant_familial",
        "territory": "mds-5", "commune": "31395", "point": [43.46, 1.33],
        "address": "7 chemin des Buis 31600 MURET", "visibility": "commune",
        "contact": {"day": "06 00 00 00 10", "night": "06 00 00 00 11"}}),
    ("unit.put", {
        "id": "u-fam", "establishment": "e-fam", "name": "Famille Roux", "modality": "familial",
        "min_months": 0, "max_months": 216, "sex": "any", "siblings_max": 2,
        "siblings_mixed": True, "admission": "always", "authorised": 2, "ttl_s": 259200}),
    *account("roux", "establishment", establishments=["e-fam"])]
SIBLINGS = ("--age", "7y", "--sex", "F", "--age", "4y", "--sex", "M")
ENGLISH = {"LC_ALL": "C.UTF-8"}


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(6) + FAMILY) as new:
        yield new


@pytest.fixture(name="register")
def fixture_register(new):
    with new(workers=1) as register:
        yield register


@pytest.fixture(name="ugo")
def fixture_ugo(register, tmp_path):
    """ugo(account, words…, status=0): the text of both streams; environment by name."""
    call = caller(tmp_path)

    def run(who, *line, status=0, **environment):
        done = call(register, who, *line, **environment)
        assert done.returncode == status, (line, done.returncode, done.stdout, done.stderr)
        return words(done.stdout + done.stderr)

    def read(who, *line, status=0, **environment):
        done = call(register, who, *line, "--json", **environment)
        assert done.returncode == status, (line, done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout)
    run.json = read
    run.start = lambda *line, **environment: call(register, *line, popen=True, **environment)
    run.open = lambda reference, *line: read("night", "request", "open", *line, "--near", "Muret",
                                             "--reference", reference)["request"]["id"]
    run.call = lambda who, *line: call(register, who, *line).returncode
    run.hold = lambda *line: read("night", "hold", *line)["hold"]["id"]
    return run


@pytest.fixture(name="free")
def fixture_free(ugo):
    """Every house has two free places, of eight; the family's two were said three weeks ago."""
    for i in range(3):
        ugo("home-%d" % i, "declare", "u-%d-a" % i, "--free", "2", "--open", "8")
    ugo("roux", "declare", "u-fam", "--free", "2", "--open", "2", "--observed-at",
        "2026-11-01T00:00:00Z")


def unit(ugo, who, id_):
    return ugo.json(who, "unit", id_)["unit"]["capacity"]


@pytest.mark.usefixtures("free")
def test_a_night(ugo):
    """Siblings: one request, three asks, a refusal, an acceptance, which ends the third."""
    opened = ugo("night", "request", "open", *SIBLINGS, "--near", "Muret", "--emergency", "--frame",
                 "opp", "--need", "disability", "--reference", "x-12", "--decided-at", "00:05",
                 "--max-km", "60")
    assert "Demande ouverte : X-12" in opened and "ordonnance de placement provisoire" in opened
    assert "fille de 7 ans, garçon de 4 ans · ensemble · urgence" in opened
    assert "depuis Muret (31)" in opened and "ugo search --request X-12" in opened
    found = ugo("night", "search", "--request", "X-12")
    assert "ugo hold u-" in found and "--request X-12" in found and "près de Muret (31)" in found

    asked = ugo("night", "hold", "u-0-a", "u-1-a", "u-fam", "u-5-a", "--request", "X-12")
    assert "Demandé à 3 unités, fille de 7 ans, garçon de 4 ans · 2 places · urgence" in asked
    assert "(encore 45 min)" in asked and "tél. jour 05 00 00 00 01" in asked
    assert "appelez avant de compter dessus" in asked.partition("Famille Roux")[2]
    assert "appelez avant" not in asked.partition("Famille Roux")[0]
    assert "Pas demandé : - Maison 5 · A : il n'y a plus assez de places libres" in asked
    assert "7 chemin des Buis" not in asked
    holds = {item["hold"]["unit"]: item["hold"]["id"]
             for item in ugo.json("night", "hold", "list")["holds"]}
    assert set(holds) == {"u-0-a", "u-1-a", "u-fam"}
    assert unit(ugo, "home-0", "u-0-a")["free"] == 0
    assert "ugo hold list --unit u-0-a" in ugo("night", "unit", "u-0-a")

    waiting = ugo("night", "waiting")
    for place, name in (("u-0-a", "Maison 0 · A"), ("u-1-a", "Maison 1 · A"),
                        ("u-fam", "Famille Roux")):
        line = f"{name} · réponse attendue avant"
        assert line in waiting and holds[place] in waiting.partition(line)[2], (line, waiting)
    assert waiting.count("(encore 45 min)") == 3
    assert holds["u-0-a"] in ugo("night", "request", "list")

    seen = ugo("home-0", "answer")
    assert "Une demande pour vous" in seen and "demandé par night" in seen
    assert "fille de 7 ans, garçon de 4 ans · 2 places · urgence · handicap" in seen
    assert f"ugo answer {holds['u-0-a']} accept" in seen and "pour r-" not in seen
    assert "One request for you" in ugo("home-0", "answer", **ENGLISH)
    refused = ugo("home-0", "answer", holds["u-0-a"], "refuse", "--code", "group")
    assert "Refusée" in refused and "équilibre du groupe" in refused
    assert unit(ugo, "home-0", "u-0-a")["free"] == 2
    assert "ugo declare" not in refused
    assert "Maison 0 · A" not in ugo("night", "waiting")

    assert "7 chemin des Buis" not in ugo("night", "hold", "show", holds["u-fam"])
    accepted = ugo("roux", "answer", holds["u-fam"].partition("-")[2].partition("-")[2], "oui")
    assert "Acceptée" in accepted and f"ugo hold arrive {holds['u-fam']}" in accepted
    assert "On ne vous demande rien" in ugo("home-1", "answer", status=1)
    assert "relâchée à" in ugo("home-1", "hold", "show", holds["u-1-a"])
    shown = ugo("night", "hold", "show", holds["u-fam"])
    assert "Adresse : 7 chemin des Buis 31600 MURET " in shown and "acceptée" in shown
    assert "place trouvée" in ugo("night", "request", "list")
    assert "Personne n'attend" in ugo("night", "waiting", status=1)

    assert "Arrivée notée" in ugo("roux", "hold", "arrive", holds["u-fam"])
    assert unit(ugo, "roux", "u-fam")["occupied"] == 2
    story = ugo("night", "request", "show", "X-12")
    assert "tous arrivés" in story and "1. fille de 7 ans · arrivé" in story
    assert "refusée à" in story and "relâchée à" in story
    english = ugo("night", "request", "show", "X-12", **ENGLISH)
    assert "all arrived" in english and "balance of the group" in english


@pytest.mark.usefixtures("free")
def test_full_says_that_the_figures_are_wrong(ugo):
    hold = ugo.hold("u-0-a", "--age", "3y")
    refused = ugo("home-0", "answer", hold, "refuse", "--code", "complet")
    assert "à vérifier" in refused and "de nouveau libres" not in refused
    assert "ugo declare u-0-a --free 0" in refused
    found = ugo("night", "search", "--age", "3y")
    assert "à vérifier, signalé faux" in found.partition("u-0-a")[0].rpartition("libres")[2]
    assert found.index("u-1-a") < found.index("u-0-a")  # certain ones first
    assert "ugo declare u-0-a" in ugo("night", "hold", "show", hold)  # who may say it
    ugo("home-0", "declare", "u-0-a", "--free", "0")
    assert "ugo declare" not in ugo("home-0", "hold", "show", hold)
    other = ugo.json("dts-2", "hold", "u-1-a", "--age", "3y")["hold"]["id"]
    ugo("home-1", "answer", other, "refuse", "--code", "full")
    assert "ugo declare" not in ugo("dts-2", "hold", "show", other)  # who may not


@pytest.mark.usefixtures("free")
def test_what_was_said_is_taken_back(ugo):
    request = ugo.open("A-7", "--age", "3y", "--pregnant", "--frame", "opp", "--max-km", "60",
                       "--wanted", "2027-01-05")
    cleared = ugo.json("night", "request", "update", "A-7", "--reference", "none", "--frame",
                       "aucun", "--from", "none", "--max-km", "none", "--wanted", "none",
                       "--no-parent", "--emergency")["request"]
    assert [cleared[name] for name in ("reference", "legal_frame", "max_km", "wanted_on",
                                       "parent")] == [None] * 5
    assert cleared["from"] == {"commune": None, "territory": None} and cleared["emergency"]
    assert "l'un ou l'autre" in ugo("night", "request", "update", request, "--parent",
                                    "--no-parent", status=3)
    ugo("night", "request", "open", "--age", "3y", "--max-km", "none", status=2)


@pytest.mark.usefixtures("free")
def test_siblings_apart(ugo):
    """Each child in another house: an acceptance keeps the other half."""
    request = ugo.open("A-1", *SIBLINGS, "--apart")
    first = ugo.hold("u-0-a", "--request", "A-1", "--child", "1")
    second = ugo.hold("u-1-a", "--request", "A-1", "--child", "2", "--minutes", "30")
    other = ugo.hold("u-2-a", "--request", "A-1", "--child", "2")
    ugo("home-1", "answer", second, "accept", "--arrive-by", "23:59")
    states = {item["hold"]["id"]: item["hold"]["state"]
              for item in ugo.json("night", "request", "show", request)["holds"]}
    assert states == {first: "held", second: "accepted", other: "released"}
    assert "1 enfant sur 2 a une place" in ugo("night", "request", "show", "A-1")
    twice = ugo("night", "hold", "u-2-a", "--request", "A-1", "--child", "2", status=3, **ENGLISH)
    assert "already has a place" in twice
    # The search for it is for the child that has none.
    found = ugo("night", "search", "--request", "A-1")
    assert "fille de 7 ans" in found and "garçon de" not in found


@pytest.mark.usefixtures("free")
def test_time_and_second_thoughts(ugo):
    ugo.open("B-1", "--age", "3y")
    hold = ugo.hold("u-0-a", "--request", "B-1", "--minutes", "20")
    assert "encore 50 min" in ugo("night", "hold", "extend", hold, "--minutes", "30")
    again = ugo("boss", "hold", "extend", hold, "--minutes", "10")
    assert "encore 1 h 00" in again and "ugo hold extend" not in again
    assert "Déjà prolongée deux fois" in ugo("night", "hold", "extend", hold, status=3)
    assert "dites pourquoi" in ugo("home-0", "answer", hold, "refuse", status=2)
    assert "équilibre du groupe" in ugo("home-0", "answer", hold, "refuse", "--code", "nope",
                                        status=2)
    ugo("home-0", "answer", hold, "accept")
    assert "Too late" in ugo("night", "hold", "release", hold, status=4, **ENGLISH)
    withdrawn = ugo("night", "hold", "withdraw", hold, "--code", "fugue")
    assert "retirée à" in withdrawn and "fugue" in withdrawn
    late = ugo("home-0", "answer", hold, "accept", status=4)
    assert "Trop tard" in late and "Elle est maintenant : retirée" in late
    changed = ugo("night", "request", "update", "B-1", "--emergency", "--need", "medical",
                  "--wanted", "1/12/2026")
    assert "urgence" in changed and "soins médicaux" in changed and "01/12/2026" in changed
    assert "soins médicaux" not in ugo("night", "request", "update", "B-1", "--need", "none")
    hold = ugo.hold("u-1-a", "--request", "B-1")
    kept = ugo("night", "request", "update", "B-1", "--age", "4y", status=4)
    assert hold in kept and "Répondez d'abord" in kept
    closed = ugo("night", "request", "close", "B-1", "--code", "retour à la maison")
    assert "retirée à" in closed and "relâchée à" in ugo("night", "hold", "show", hold)
    assert "n'attend plus" in ugo("night", "request", "close", "B-1", "--code", "error", status=3)


def test_the_waiting_list_says_why(ugo):
    for reference, *line in (("C-3", "--age", "7y", "--decided-at", "2026-11-01T01:00:00Z"),
                             ("C-4", "--age", "9y", "--decided-at", "2026-11-01T01:00:00Z"),
                             ("C-2", "--age", "7y", "--emergency", "--decided-at",
                              "2026-11-01T02:00:00Z"),
                             ("C-1", "--age", "7y", "--emergency", "--decided-at",
                              "2026-11-01T01:30:00Z"),
                             ("C-5", "--pregnant", "--wanted", "2027-01-05")):
        ugo.open(reference, *line)
    listed = ugo("night", "waiting")
    places = [listed.index("C-%d" % n) for n in range(1, 6)]
    assert places == sorted(places) and "5 demandes attendent" in listed
    parts = [listed[a:b] for a, b in zip(places, places[1:] + [None])]
    for part, why in zip(parts, ("en tête : urgence", "décidée 30 min plus tard",
                                 "après les urgences", "le plus jeune a 9 ans", "plus tard")):
        assert why in part and "en attente depuis" in part
    assert "une femme enceinte" in parts[4]
    orders = [item["order"]["emergency"] for item in ugo.json("night", "waiting")["requests"]]
    assert orders == [True, True, False, False, False]
    assert "at the head: emergency" in ugo("night", "waiting", **ENGLISH)


@pytest.mark.usefixtures("free")
def test_a_declaration_and_promised_places(ugo):
    hold = ugo.hold("u-0-a", "--age", "3y", "--sex", "F", "--places", "2")
    refused = ugo("home-0", "declare", "u-0-a", "--free", "1", status=4)
    assert hold in refused and "Répondez d'abord" in refused and "ugo hold arrive" in refused
    told = ugo.json("home-0", "declare", "u-0-a", "--free", "1", status=4)["error"]
    assert [promised["id"] for promised in told["holds"]] == [hold]
    ugo("home-0", "answer", hold, "accept")
    counted = ugo.json("home-0", "declare", "u-0-a", "--free", "0", "--arrived", hold)["unit"]
    assert (counted["capacity"]["held"], counted["capacity"]["occupied"]) == (0, 8)
    assert "arrivés à" in ugo("night", "hold", "show", hold)


@pytest.mark.usefixtures("free")
def test_the_astreinte_decides_on_reserved_places(register, ugo):
    """What cannot wait for the house: shown only to those who may, only where it may be."""
    register.apply([("unit.put", {**FAMILY[1][1], "emergency_reserved": 1})])
    hold = ugo.hold("u-fam", "--age", "3y", "--emergency")
    way = f"ugo answer {hold} accept"
    assert way in ugo("night", "answer") and way in ugo("night", "hold", "show", hold)
    planned = ugo.hold("u-0-a", "--age", "3y")
    assert f"ugo answer {planned} accept" not in ugo("night", "answer")
    own = ugo.json("dts-2", "hold", "u-fam", "--age", "3y", "--emergency")["hold"]["id"]
    assert own in ugo("dts-2", "answer") and "accept" not in ugo("dts-2", "answer")
    assert "Acceptée" in ugo("night", "answer", hold, "accept")
    ugo("night", "answer", planned, "accept", status=3)


@pytest.mark.usefixtures("free")
def test_many_holds_are_a_table(ugo):
    ugo("home-3", "declare", "u-3-a", "--free", "9", "--open", "9")
    ids = [ugo.hold("u-3-a", "--age", "%dy" % (3 + n), "--minutes", "30") for n in range(9)]
    shown = ugo("night", "hold", "list")
    assert "9 options : Reste État Unité Pour Identifiant" in shown
    assert all(id_ in shown for id_ in ids)
    assert "30 min sans réponse Maison 3 · A enfant de 11 ans · 1 place" in shown
    narrow = ugo("night", "hold", "list", COLUMNS="44")
    assert all(id_ in narrow for id_ in ids) and "enfant" not in narrow


@pytest.mark.usefixtures("free")
def test_what_has_ended_is_found_in_the_history(register, ugo):
    """Three days later it has left what is current: who was asked, and the DEF, still see it."""
    today = datetime.date.today()
    day = today.isoformat()
    refused, theirs, active = ugo.hold("u-0-a", "--age", "3y"), ugo.hold("u-1-a", "--age", "3y"), \
        ugo.hold("u-0-a", "--age", "5y")
    ugo("home-0", "answer", refused, "refuse", "--code", "group")
    ugo("night", "hold", "release", theirs)

    def since(who, *line, status=0):
        found = ugo.json(who, "hold", "list", "--since", day, *line, status=status)["holds"]
        return [item["hold"]["id"] for item in found]
    assert since("boss") == since("night") == [refused, theirs]
    assert since("boss", "--state", "held") == [active]
    register.query("CREATE OR REPLACE FUNCTION ugo.clock_us() RETURNS bigint LANGUAGE sql VOLATILE"
                   " RETURN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
                   " + 259200000000")
    register.query("SELECT ugo.apply_batch('[]')")
    wait_for(lambda: ugo.call("night", "hold", "show", refused) == 1, "the hold's departure")
    assert since("boss") == [refused, theirs, active]  # the last one has ended by the clock
    assert since("home-0") == [refused, active] and since("home-1") == [theirs]
    assert since("boss", "--unit", "u-1-a") == since("boss", "--state", "released") == [theirs]
    assert since("boss", "--state", "arrived", status=1) == []
    told = ugo("home-0", "hold", "list", "--since", today.strftime("%d/%m/%Y"))
    assert "2 options terminées depuis le " in told and "équilibre du groupe" in told
    later = ugo("boss", "hold", "list", "--since", "2030-01-01", status=1)
    assert "Aucune option terminée" in later
    assert "attend un jour" in ugo("boss", "hold", "list", "--since", "hier", status=2)


@pytest.mark.usefixtures("free")
def test_several_are_released_at_once(ugo):
    """One that fails does not keep the others from it."""
    first, second, third = (ugo.hold("u-%d-a" % n, "--age", "3y") for n in range(3))
    ugo("home-0", "answer", first, "accept")
    released = ugo("night", "hold", "release", first, second, third.rpartition("-")[2], status=4)
    assert "Trop tard" in released and released.count("Places rendues") == 2
    assert [item["hold"]["id"] for item in ugo.json("night", "hold", "list")["holds"]] == [first]
    assert "une seule" in ugo("night", "hold", "release", second, third, "--key", "k", status=2)


@pytest.mark.usefixtures("free")
def test_the_same_key_asks_once(ugo):
    asked = [ugo.json("night", "hold", "u-0-a", "--age", "3y", "--key", "k-1")["hold"]["id"]
             for _ in range(2)]
    assert asked[0] == asked[1] and unit(ugo, "home-0", "u-0-a")["free"] == 1
    ugo("night", "hold", "u-0-a", "--age", "4y", "--key", "k-1", status=4)


@pytest.mark.usefixtures("free")
def test_who_may_see_and_answer(ugo):
    hold = ugo.hold("u-0-a", "--age", "3y")
    request = ugo.open("D-1", "--age", "3y")
    assert hold in ugo("boss", "hold", "list")
    ugo("home-1", "answer", status=1)
    stranger = ugo("home-1", "answer", hold, "accept", status=3)
    assert "d'en décider" in stranger and "ugo hold list" in stranger
    ugo("home-1", "hold", "show", hold, status=1)
    ugo("mds-2", "request", "show", request, status=1)
    assert "autre rôle" in ugo("home-0", "waiting", status=3)
    assert "autre rôle" in ugo("van", "hold", "u-0-a", "--age", "3y", status=3)


WRONG = [
    (["hold", "u-0-a"], 2, "pour qui ?"),
    (["hold", "--age", "3y"], 2, "il manque UNITÉ"),
    (["hold", "u-0-a", "--age", "3y", "--request", "D-2"], 2, "l'un ou l'autre"),
    (["hold", "u-0-a", "--age", "3y", "--child", "1"], 2, "--child N compte les enfants"),
    (["hold", "u-0-a", "--age", "3y", "--minutes", "241"], 2, "de 1 à 240"),
    (["hold", *["u-%d-a" % i for i in range(9)], "--age", "3y"], 2, "8 unités au plus"),
    (["hold", "u-0-a", "u-0-a", "--age", "3y"], 3, "deux fois le même"),
    (["hold", "u-0-a", "--age", "3y", "--places", "3"], 4, "ugo search"),
    (["hold", "u-0-b", "--age", "3y"], 4, "plus assez de places"),
    (["hold", "u-9-z", "--age", "3y"], 3, "n'est pas de votre département"),
    (["hold", "u-0-a", "--age", "3y", "--need", "nap"], 2, "disability"),
    (["hold", "list", "--state", "gone"], 2, "withdrawn"),
    (["request", "list", "--state", "held"], 2, "placed"),
    (["request", "open", "--age", "3y", "--max-km", "60.5"], 2, "km entiers"),
    (["hold", "Maison", "0", "A", "--age", "3y"], 2, "u-0-b"),
    (["hold", "u-0-a", "--request", "Z-9"], 1, "ugo request list"),
    (["hold", "release", "99999"], 1, "ugo hold list"),
    (["hold", "show", "h-000000-1"], 1, "voir : ugo hold list"),
    (["hold", "withdraw", "h-000000-1"], 2, "no_show"),
    (["answer", "h-000000-1", "accept", "--code", "full"], 2, "--code va avec un refus"),
    (["answer", "accept"], 2, "ugo answer H accept"),
    (["request", "open"], 2, "pour qui ?"),
    (["request", "open", "--age", "3y", "--reference", "DUPONT"], 2, "jamais un nom"),
    (["request", "open", "--age", "3y", "--near", "43.5,1.4"], 2, "pas lat,lon"),
    (["request", "open", "--age", "3y", "--frame", "none"], 2, "recueil provisoire"),
    (["request", "open", "--age", "3y", "--near", "Murret"], 1, "Murret"),
    (["request", "open", "--age", "3y", "--apart", "--together"], 2, "--together ne va pas"),
    (["request", "update", "r-000000-1"], 2, "dites ce qui change"),
    (["request", "update", "r-000000-1", "--emergency", "--planned"], 2, "pas les deux"),
    (["request", "opne"], 2, "request open"),
]


@pytest.mark.usefixtures("free")
def test_what_is_wrong_and_what_to_do(ugo):
    for line, status, said in WRONG:
        text = ugo("night", *line, status=status)
        assert said in text, (line, text)
        english = ugo("night", *line, status=status, **ENGLISH)
        assert english != text, line


@pytest.mark.usefixtures("free")
def test_watch_tells_of_decisions(ugo):
    with ugo.start("boss", "watch") as process:
        watch = Watch(process)
        watch.line("13 unités")
        ugo.open("E-1", "--age", "7y", "--sex", "F", "--emergency")
        assert "fille de 7 ans · urgence" in watch.line("nouvelle demande E-1")
        hold = ugo.hold("u-fam", "--request", "E-1")
        line = watch.line("demandé, réponse attendue avant")
        assert "encore 45 min" in line and "Famille Roux" in line
        watch.line("2 → 1 libre · Famille Roux")
        ugo("roux", "answer", hold, "accept")
        assert "Famille Roux" in watch.line("acceptée, attendus avant")
        watch.line("demande E-1 : place trouvée")
        ugo("night", "hold", "withdraw", hold, "--code", "no_show")
        watch.line("jamais venus")
        watch.line("demande E-1 : en attente")
        watch.stop(signal.SIGTERM)
    with ugo.start("night", "watch", "--request", "E-1") as process:
        watch = Watch(process)
        watch.line("Une demande et ses options")
        watch.line("demande E-1 : en attente")
        ugo.hold("u-1-a", "--request", "E-1")
        assert "Maison 1 · A" in watch.line("demandé, réponse attendue")
        watch.stop(signal.SIGTERM)
