# SPDX-License-Identifier: EUPL-1.2
"""A night on the real ugod: searches told of after they were answered, the night printed, its
figures, and the evidence of one request, which an administrator holds against the history."""
import json
import re
import subprocess
import time

import pytest

from harness.cli import caller
from harness.departement import departement
from harness.records import words
from harness.ugod import BIN, registers

ENGLISH = {"LC_ALL": "C.UTF-8"}
SIBLINGS = ("--age", "7y", "--sex", "F", "--age", "4y", "--sex", "M")


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(6)) as new:
        yield new


@pytest.fixture(name="register")
def fixture_register(new):
    with new(workers=1) as register:
        yield register


@pytest.fixture(name="ugo")
def fixture_ugo(register, tmp_path):
    call = caller(tmp_path)

    def run(who, *line, status=0, **environment):
        done = call(register, who, *line, **environment)
        assert done.returncode == status, (line, done.returncode, done.stdout, done.stderr)
        return words(done.stdout + done.stderr)

    run.json = lambda who, *line: json.loads(call(register, who, *line, "--json").stdout)
    run.text = lambda who, *line: call(register, who, *line, "--json").stdout
    return run


def audit(register, file):
    done = subprocess.run([BIN + "/ugoctl", "--config", register.config, "--lang", "en", "audit",
                           "verify", "--certificate", str(file)], text=True, capture_output=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def entries(ugo, who="boss"):
    return ugo.json(who, "night")["entries"]


def until(told, seconds=20):
    """Entries come after answers: waits for one to be there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = told()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError("not told of in time")


def searches(ugo, who="boss"):
    return [e["record"] for e in entries(ugo, who) if e["kind"] == "search"]


@pytest.fixture(name="night")
def fixture_night(ugo):
    """A search in vain, a request, a search for it, one refusal, one arrival; its id."""
    for i in range(2):
        ugo("home-%d" % i, "declare", "u-%d-a" % i, "--free", "2", "--open", "8")
    ugo("night", "search", "--age", "1m", "--near", "Muret", "--max-km", "1", status=1)
    request = ugo.json("night", "request", "open", *SIBLINGS, "--near", "Muret", "--reference",
                       "NUIT-7")["request"]["id"]
    ugo("night", "search", "--request", request)
    refused = ugo.json("night", "hold", "u-0-a", "--request", request)["hold"]["id"]
    ugo("home-0", "answer", refused, "no", "--code", "age")
    hold = ugo.json("night", "hold", "u-1-a", "--request", request)["hold"]["id"]
    ugo("home-1", "answer", hold, "yes")
    ugo("night", "hold", "arrive", hold)
    until(lambda: len(searches(ugo)) == 2)
    return request


def test_the_night_is_printed(ugo, night):
    french = ugo("boss", "night")
    assert "1 demande ouverte, 2 options demandées, 1 refusée, 1 arrivée" in french
    assert "recherche" in french and "aucune unité" in french
    assert "demande ouverte NUIT-7" in french and "refusée" in french and "arrivée" in french
    english = ugo("night", "night", **ENGLISH)
    assert "1 request opened, 2 holds asked, 1 refused, 1 arrival" in english
    assert "no unit" in english
    told = entries(ugo)
    assert [e["revision"] for e in told] == sorted(e["revision"] for e in told)
    assert {e["id"] for e in told} >= {night}
    first, second = searches(ugo)
    assert first["near"] == {"commune": "31395", "territory": None} and first["total"] == 0
    assert second["request"] == night and second["total"] > 0
    assert searches(ugo, "night") == [first, second]


def test_what_an_answer_did_to_others_is_told_as_such(ugo):
    for i in range(2):
        ugo("home-%d" % i, "declare", "u-%d-a" % i, "--free", "2", "--open", "8")
    request = ugo.json("night", "request", "open", *SIBLINGS, "--near", "Muret")["request"]["id"]
    asked = ugo.json("night", "hold", "u-0-a", "u-1-a", "--request", request)["holds"]
    taken, other = (item["hold"]["id"] for item in asked)
    ugo("home-0", "answer", taken, "yes")
    for line in (("night",), ("request", "certificate", request)):
        told = ugo("night", *line)
        assert "acceptée %s ·" % taken in told and "rendue %s ·" % other in told
        assert "acceptée %s" % other not in told
    other_unit = ugo("home-1", "history", "u-1-a")
    assert "places rendues" in other_unit and "acceptée" not in other_unit, other_unit
    told = ugo("boss", "history")
    assert "acceptée Maison" not in told and told.count("places rendues") == 2, told


def test_what_is_planned_and_offered_is_told_in_words(ugo):
    """Movements with their count and day, an offer with its request, the register by its name."""
    for unit in ("u-0-a", "u-1-a"):
        ugo(unit.replace("u-", "home-")[:-2], "declare", unit, "--free", "0", "--open", "8")
    request = ugo.json("night", "request", "open", *SIBLINGS, "--near", "Muret", "--reference",
                       "NUIT-8")["request"]["id"]
    ugo("home-0", "movement", "plan", "u-0-a", "--type", "exit", "--places", "1", "--on",
        "19/12/2040", "--code", "majority")
    ugo("home-0", "exit", "u-0-a", "2", "--code", "rupture")
    until(lambda: [e for e in entries(ugo) if e["kind"] == "offer"])
    ugo("home-1", "declare", "u-1-a", "--free", "1", "--open", "8")
    ugo("boss", "transfer", "u-0-a", "u-1-a", "1")
    told = ugo("boss", "night")
    assert "mouvement prévu v-" in told and "sortie · 1 place, le 19/12/2040 · majorité" in told
    assert re.search(r"sortie v-[0-9a-z-]+ · .* 2 places, le \d\d/\d\d · rupture", told), told
    assert re.search(r"transfert v-[0-9a-z-]+ · .* 1 place, le \d\d/\d\d · vers ", told), told
    assert re.search(r"le registre : place offerte o-[0-9a-z-]+ · .* · pour NUIT-8", told), told
    english = ugo("boss", "night", **ENGLISH)
    assert "the register : place offered" in english and "2 places, on " in english
    certificate = ugo("night", "request", "certificate", request)
    assert "pour NUIT-8" in certificate and "le registre" in certificate
    for text in (told, english, certificate):
        assert not re.search(r"daemon|movement\.|offer\.|request\.|hold\.", text), text


def test_a_long_certificate(ugo, register, tmp_path):
    """More than a MiB, in many pages: one text, one JSON, which is what the history holds."""
    request = ugo.json("night", "request", "open", *SIBLINGS, "--near", "Muret")["request"]["id"]
    ugo("home-0", "declare", "u-0-a", "--free", "4", "--open", "8")
    hold = ugo.json("night", "hold", "u-0-a", "--request", request)["hold"]["id"]
    register.apply([("request.update", {"request": request, "max_km": 1 + i % 1000})
                    for i in range(1600)])
    told = ugo("night", "request", "certificate", request)
    assert hold in told and told.count("demande modifiée") == 1600, told[-2000:]
    file = tmp_path / "certificate.json"
    answer = ugo.json("night", "request", "certificate", request)
    file.write_text(json.dumps(answer))
    assert file.stat().st_size > 2 ** 20 and "next" not in answer
    assert audit(register, file)[0] == 0, audit(register, file)
    del answer["certificate"]["entries"][1000]
    file.write_text(json.dumps(answer))
    assert audit(register, file)[0] == 1


def test_a_time_without_anything(ugo, night):
    assert night
    quiet = ugo("boss", "night", "--from", "2026-01-01T00:00:00Z", "--to", "2026-01-01T06:00:00Z",
                status=1)
    assert "Rien dans ce temps" in quiet


def test_statistics(ugo, night):
    assert night
    figures = ugo.json("boss", "statistics")
    assert figures["none_found"] >= 1 and figures["asks"] == 2
    assert figures["unmet"][0]["profile"]["age"] == "0-2"
    assert [(r["unit"], r["code"]) for r in figures["refusals"]] == [("u-0-a", "age")]
    assert figures["delays"]["decision_to_arrival_s"]["n"] == 1
    text = ugo("boss", "statistics", **ENGLISH)
    assert "Unmet, by need" in text and "the youngest: 0 to 2 years" in text and "Refusals" in text
    ugo("night", "statistics", status=3)


def test_a_certificate_holds_until_a_byte_is_changed(ugo, register, night, tmp_path):
    text = ugo("night", "request", "certificate", "NUIT-7")
    assert "Certificat de la demande " + night in text and "On savait alors" in text
    file = tmp_path / "certificate.json"
    whole = ugo.text("night", "request", "certificate", night)
    file.write_text(whole)
    status, said = audit(register, file)
    assert status == 0 and "says what the history says" in said, said
    assert {"search", "hold", "request"} == {
        e["kind"] for e in json.loads(whole)["certificate"]["entries"]}
    begin = whole.index('"certificate"')
    changed = (
        ('"home-0"', '"home-9"', "/actor"), ('"refused"', '"refusee"', "/state"),
        ('"age_months":84', '"age_months":85', "/age_months"),
        ('"revision":', '"revision":1', "/"), ('"head":"', '"head":"0', "/head"))
    for old, new, where in changed:
        plain = re.sub(r'(?<=[:,])\s+|\s+(?=:)', "", whole[begin:])
        assert old in plain, old
        file.write_text("{" + plain.replace(old, new, 1))
        status, said = audit(register, file)
        assert status == 1 and "does not say what the history says" in said and where in said, said
    certificate = json.loads(whole)["certificate"]
    del certificate["entries"][1]
    file.write_text(json.dumps(certificate))
    status, said = audit(register, file)
    assert status == 1 and "/entries/1/" in said, said
    file.write_text("{}")
    assert audit(register, file)[0] == 1


def test_a_certificate_is_its_holders(ugo, night):
    ugo("home-0", "request", "certificate", night, status=3)


