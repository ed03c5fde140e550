# SPDX-License-Identifier: EUPL-1.2
"""Out of hours, with the real ugo against the real ugod: an acceptance sends the team on call, who
take the child to the place; each side sees its part."""
import json

import pytest

from harness.cli import Watch, caller
from harness.departement import departement
from harness.records import words
from harness.ugod import account, registers

LONG = 10 ** 16  # µs; a shift that does not end
CLOSED = ("calendar.put", {"territory": "d31", "time_zone": "Europe/Paris"})
OPEN = ("calendar.put", {"territory": "d31", "time_zone": "Europe/Paris", "office": [
    {"day": day, "from": "00:00", "to": "24:00"} for day in range(1, 8)]})
ROTA = [("rota.put", {"id": "t-" + duty, "duty": duty, "territory": "d31", "account": name,
                      "from_at": 1, "to_at": LONG})
        for duty, name in (("mobile", "van"), ("def", "boss"))]


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(2) + [CLOSED, *account("van-2", "mobile", territories=["d31"]),
                                     *ROTA]) as new:
        yield new


@pytest.fixture(name="register")
def fixture_register(new):
    with new(workers=1) as register:
        yield register


@pytest.fixture(name="ugo")
def fixture_ugo(register, tmp_path):
    """ugo(account, words…, status=0): the text of both streams."""
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
    run("home-0", "declare", "u-0-a", "--free", "4", "--open", "8")
    return run


def accepted(ugo, *more):
    """A request and its accepted hold."""
    request = ugo.json("night", "request", "open", "--age", "7y", "--sex", "F", "--near",
                       "Muret", *more)["request"]["id"]
    hold = ugo.json("night", "hold", "u-0-a", "--request", request)["hold"]["id"]
    ugo("home-0", "answer", hold, "accept")
    return request, hold


def missions(ugo, who, status=0):
    return [m["mission"] for m in ugo.json(who, "mission", "list", status=status)["missions"]]


def test_a_mission(ugo):
    assert "Aucune mission en cours" in ugo("van", "mission", "list", status=1)
    request, hold = accepted(ugo)
    (mission,) = missions(ugo, "van")
    assert (mission["hold"], mission["request"], mission["team"]) == (hold, request, "van")
    assert [m["id"] for m in missions(ugo, "night")] == [mission["id"]]
    assert [m["id"] for m in missions(ugo, "home-0")] == [mission["id"]]
    assert missions(ugo, "van-2", 1) == missions(ugo, "home-1", 1) == []

    shown = ugo("van", "mission", "list")
    assert "confiée à van" in shown and "fille de 7 ans" in shown and "depuis Muret (31)" in shown
    assert "Adresse : 0 rue des Essais" in shown and "05 00 00 00 01" in shown
    assert "Maison 0 · A" in shown and shown.index("Maison 0") < shown.index(mission["id"])
    assert "Maison 0" in ugo("van", "unit", "u-0-a")  # by its id, while it goes there
    ugo("van", "unit", "u-0-b", status=1)
    ends = mission["id"].rpartition("-")[2]
    started = ugo("van", "mission", "start", ends)
    assert "en route depuis" in started and f"ugo mission handover {mission['id']}" in started
    assert "n'en est plus là" in ugo("van", "mission", "start", mission["id"], status=3)
    assert "avec l'enfant depuis" in ugo("van", "mission", "arrive", ends)
    assert "van avec l'enfant" in ugo("night", "mission", "show", mission["id"])
    english = ugo("home-0", "mission", "show", mission["id"], LC_ALL="C.UTF-8")
    assert "with the child since" in english

    before = ugo.json("home-0", "unit", "u-0-a")["unit"]["capacity"]
    assert "arrivés à destination" in ugo("van", "mission", "handover", ends)
    after = ugo.json("home-0", "unit", "u-0-a")["unit"]["capacity"]
    assert (after["occupied"], after["held"]) == (before["occupied"] + 1, 0)
    assert "tous arrivés" in ugo("night", "request", "show", request)
    assert missions(ugo, "van", 1) == []
    ugo("van", "unit", "u-0-a", status=1)
    done = ugo.json("van", "mission", "list", "--state", "handed_over")["missions"]
    assert [m["mission"]["id"] for m in done] == [mission["id"]]


def test_a_watch_tells_of_missions(ugo, register, tmp_path):
    for who in ("night", "van", "home-0"):
        watch = Watch(caller(tmp_path)(register, who, "watch", popen=True, COLUMNS="200"))
        watch.line("Les changements s'affichent ici")
        accepted(ugo)
        told = watch.line("nouvelle mission")
        assert "confiée à van" in told and "Maison 0 · A" in told and "fille de 7 ans" in told
        assert "Muret (31)" in told and "31395" not in told
        (mission,) = missions(ugo, who)
        may_drive = who != "home-0"
        if may_drive:
            assert f"ugo mission start {mission['id']}" in watch.line("ugo mission")
        ugo("van", "mission", "start", mission["id"])
        assert mission["id"] in watch.line("mission : van en route depuis")
        if may_drive:
            assert f"ugo mission arrive {mission['id']}" in watch.line("ugo mission")
        ugo("van", "mission", "handover", mission["id"])
        watch.line("mission : arrivés à destination")
        assert not [line for line in watch.stop() if "ugo mission" in line]


def test_who_leads(ugo):
    accepted(ugo)
    mission = missions(ugo, "van")[0]["id"]
    ugo("van-2", "mission", "start", mission, status=3)
    ugo("van-2", "mission", "show", mission, status=1)
    assert "confiée à van-2" in ugo("night", "mission", "assign", mission, "--team", "van-2")
    assert missions(ugo, "van", 1) == []
    ugo("van-2", "mission", "start", mission)
    assert "pas le compte d'une équipe" in ugo("boss", "mission", "assign", mission, "--team",
                                               "night", status=3)
    assert "annulée" in ugo("boss", "mission", "cancel", mission, "--code", "returned_home")
    assert "annulée à" in ugo("van-2", "mission", "show", mission)
    hold = ugo.json("night", "hold", "list")["holds"][0]["hold"]["id"]
    assert "mission est créée" in ugo("night", "mission", "create", hold, "--team", "van-2")
    assert "déjà une mission" in ugo("night", "mission", "create", hold, status=3)
    ugo("night", "hold", "withdraw", hold, "--code", "no_show")
    assert missions(ugo, "van-2", 1) == []


def test_in_office_hours_nobody_is_sent(ugo, register):
    register.apply([OPEN])
    accepted(ugo)
    assert missions(ugo, "night", 1) == []


def test_who_is_on_call(ugo):
    for who in ("van", "night", "home-0"):
        shown = ugo(who, "oncall")
        assert "Équipe mobile : Compte van (van)" in shown
        assert "Direction d'astreinte : Compte boss (boss)" in shown
    assert [o["duty"] for o in ugo.json("boss", "oncall")["on_call"]] == ["def", "mobile"]
    assert "Nobody is on call" in ugo("boss", "oncall", "--at", "2300-01-01T00:00:00Z", status=1,
                                      LC_ALL="C.UTF-8")
