# SPDX-License-Identifier: EUPL-1.2
"""The real ugo against the real ugod: what people and scripts see, in French and in English."""
import datetime
import json
import re
import signal

import pytest

from harness.cli import Watch, caller
from harness.departement import departement
from harness.door import run
from harness.records import words
from harness.ugod import registers

SIBLINGS = ("search", "--age", "7y", "--sex", "F", "--age", "4y", "--sex", "M")


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(6)) as new:
        yield new


@pytest.fixture(name="register", scope="module")
def fixture_register(new):
    with new(workers=2) as register:
        yield register


@pytest.fixture(name="ugo")
def fixture_ugo(tmp_path):
    return caller(tmp_path)


def of(done, status=0):
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return words(done.stdout + done.stderr)


def json_of(done):
    of(done)
    return json.loads(done.stdout)


def test_me(register, ugo):
    french = of(ugo(register, "feed-0", "me"))
    assert "feed-0" in french and "home-0" in french
    english = of(ugo(register, "feed-0", "me", "--lang", "en"))
    assert english != french and "home-0" in english
    answer = json_of(ugo(register, "feed-0", "me", "--json"))
    assert (answer["account"], answer["role"], answer["acts_for"]) == ("feed-0", "service",
                                                                      "home-0")
    assert answer["scope"] == {"territories": [], "establishments": ["e-0"]}


def test_units(register, ugo):
    async def asked():
        async with register.door("boss") as door:
            return (await door.pages("unit.list", "units"))[0]
    units = json_of(ugo(register, "boss", "units", "--json"))["units"]
    assert units == run(asked()) and len(units) == 12
    text = of(ugo(register, "boss", "units"))
    for i in range(6):
        assert "Maison %d" % i in text
    assert "Muret (31)" in of(ugo(register, "boss", "units", COLUMNS="200"))
    own = json_of(ugo(register, "home-2", "units", "--json"))["units"]
    assert [u["id"] for u in own] == ["u-2-a", "u-2-b"]
    few = json_of(ugo(register, "boss", "units", "--territory", "mds-1", "--json"))["units"]
    assert {u["territory"] for u in few} == {"mds-1"}
    assert of(ugo(register, "boss", "units", "--territory", "mds-9"), 1)


def test_declare_and_confirm(register, ugo):
    refused = of(ugo(register, "home-0", "declare", "u-0-a", "--free", "2"), 3)
    assert "--open" in refused
    assert of(ugo(register, "home-0", "declare", "u-0-a", "--free", "2", "--open", "8"))
    answer = json_of(ugo(register, "home-0", "declare", "u-0-a", "--free", "1", "--json"))
    unit = answer["unit"]
    assert (unit["capacity"]["free"], unit["channel"], unit["declared_by"]) == (1, "cli", "home-0")
    confirmed = json_of(ugo(register, "home-0", "confirm", "u-0-a", "--json"))["unit"]
    assert confirmed["revision"] == unit["revision"] + 1
    keyed = [json_of(ugo(register, "home-0", "declare", "u-0-a", "--free", "3", "--key", "k-1",
                         "--json"))["unit"]["revision"] for _ in range(2)]
    assert keyed[0] == keyed[1]
    assert of(ugo(register, "home-0", "declare", "u-0-a", "--free", "4", "--key", "k-1"), 4)


def test_refusals(register, ugo):
    """Exit codes for scripts, sentences for people."""
    french = of(ugo(register, "home-0", "declare", "u-1-a", "--free", "2", "--open", "8"), 3)
    english = of(ugo(register, "home-0", "declare", "u-1-a", "--free", "2", "--open", "8",
                     LC_ALL="C.UTF-8"), 3)
    assert french != english
    assert of(ugo(register, "home-0", *SIBLINGS), 3)
    assert of(ugo(register, "home-0", "declare", "u-0-b", "--free", "two"), 2)
    assert of(ugo(register, "home-0", "declare", "u-0-b", "--free", "2", "--open", "8",
                  "--observed-at", "2031-01-01T00:00:00Z"), 3)
    assert of(ugo(register, "home-0", "declare", "u-0-b", "--free", "2", "--open", "8"))
    assert of(ugo(register, "home-0", "declare", "u-0-b", "--free", "1", "--observed-at",
                  "2026-01-01T00:00:00Z"), 4)
    assert of(ugo(register, "stranger", "me"), 3)
    assert of(ugo(register, "boss", "me", "--timeout", "1", UGO_SERVER="localhost:1"), 5)


def test_search(register, ugo):
    assert of(ugo(register, "home-3", "declare", "u-3-a", "--free", "2", "--open", "8"))
    position = json_of(ugo(register, "home-3", "declare", "u-3-b", "--free", "0", "--open", "6",
                           "--json"))["position"]
    answer = json_of(ugo(register, "night", *SIBLINGS, "--near", "Muret", "--json", "--after",
                         position, "--emergency", "--modality",
                         "internat,urgence,relais,familial"))
    first = answer["results"][0]
    assert first["unit"]["id"] in ("u-3-a", "u-0-a", "u-0-b") and first["why"][0] == "fresh"
    assert answer["total"] + sum(answer["rejected"].values()) == answer["considered"] == 12
    assert "u-3-b" not in [result["unit"]["id"] for result in answer["results"]]
    french = of(ugo(register, "night", *SIBLINGS, "--near", "Muret", "--emergency"))
    assert "Maison" in french and "km" in french
    english = of(ugo(register, "night", *SIBLINGS, "--near", "Muret", "--emergency", "--lang",
                     "en"))
    assert english != french
    assert of(ugo(register, "night", "search", "--age", "30y", "--near", "Muret"), 1)
    assert "Murret" in of(ugo(register, "night", *SIBLINGS, "--near", "Murret"), 1)


def test_report_wrong(register, ugo):
    assert of(ugo(register, "home-4", "declare", "u-4-a", "--free", "2", "--open", "8"))
    unit = json_of(ugo(register, "night", "report-wrong", "u-4-a", "--json"))["unit"]
    assert unit["contested_at"] is not None and unit["fresh_until"] == unit["contested_at"]
    unit = json_of(ugo(register, "home-4", "confirm", "u-4-a", "--json"))["unit"]
    assert unit["contested_at"] is None


def test_occupancy_and_history(register, ugo):
    declared = json_of(ugo(register, "home-5", "declare", "u-5-a", "--free", "2", "--open", "9",
                           "--json"))
    answer = json_of(ugo(register, "boss", "occupancy", "--json", "--after",
                         declared["position"]))
    assert answer["total"]["units"] == 12 and answer["total"]["open"] >= 9
    assert answer["total"]["free"] == sum(row["free"] for row in answer["rows"])
    text = of(ugo(register, "boss", "occupancy", "--by", "kind,modality"))
    assert "12" in text and "%" in text
    past = json_of(ugo(register, "boss", "occupancy", "--at", declared["unit"]["recorded_at"],
                       "--json"))
    assert past["total"]["units"] == 12
    changes = json_of(ugo(register, "home-5", "history", "u-5-a", "--json"))["changes"]
    assert changes[-1]["record"] == declared["unit"]
    assert [c["operation"] for c in changes] == ["unit.put", "unit.declare"]
    assert "home-5" in of(ugo(register, "home-5", "history", "u-5-a"))


def test_figures_of_those_who_steer(register, ugo):
    of(ugo(register, "home-5", "declare", "u-5-a", "--free", "2", "--open", "9"))
    today = datetime.date.today().isoformat()
    history = json_of(ugo(register, "boss", "occupancy", "history", "--from", today, "--to", today,
                          "--step", "hour", "--json"))
    assert {"units", "open", "free"} <= set(history["series"][0])
    assert "À jour" in of(ugo(register, "boss", "occupancy", "history", "--from", today))
    days = json_of(ugo(register, "boss", "place-days", "--by", "territory", "--json"))
    assert days["rows"] and days["rows"][0]["territory"]
    assert "Journées-places" in of(ugo(register, "boss", "place-days", "--by", "establishment"))
    assert "pour mille" in of(ugo(register, "boss", "help", "equipment"))
    assert json_of(ugo(register, "boss", "equipment", "--json"))["rows"]
    assert ugo(register, "boss", "alert").returncode == 1
    of(ugo(register, "boss", "alert", "set", "tout", "--territory", "d31", "--percent", "1"))
    assert "franchi" in of(ugo(register, "boss", "alert"))
    of(ugo(register, "boss", "alert", "delete", "tout"))
    assert ugo(register, "boss", "alert").returncode == 1
    assert "rôle" in ugo(register, "home-5", "alert").stderr
    whole = ugo(register, "boss", "history", "--from", today, "--to", today)
    assert whole.returncode == 0, whole.stderr
    assert ugo(register, "boss", "statistics", "--from", today, "--to", today).returncode == 0


class Follower:
    """What a script makes of `ugo watch --json`."""

    def __init__(self, process):
        self.watch = Watch(process)
        self.copy = {}
        self.backs = []
        self.starts = []
        self.revision = -1

    def until(self, revision):
        """Reads up to a mark at that revision or above."""
        while self.revision < revision:
            line = self.watch.lines.get(timeout=60)
            assert line is not None, "watch ended"
            self.take(json.loads(line))

    def take(self, event):
        kind = event["event"]
        if kind == "set":
            before = self.copy.get(event["record"]["id"], {"revision": -1})
            assert event["record"]["revision"] >= before["revision"], "an older state"
            self.copy[event["record"]["id"]] = event["record"]
        elif kind == "gone":
            self.copy.pop(event["id"], None)
        elif kind == "mark":
            revision = int(event["upto"].rpartition(".")[2])
            assert revision >= self.revision, "a mark went back"
            self.revision = revision
        elif kind == "back":
            self.backs.append(event)
        elif kind == "start":
            self.starts.append(event)


def test_watch_has_no_hole(new, ugo):
    """Over a killed worker, a killed PostgreSQL and a restart, while places are declared."""
    with new(workers=2) as register:
        with ugo(register, "boss", "watch", "--json", popen=True) as process:
            follower = Follower(process)
            count = 0

            def declare():
                nonlocal count
                count += 1
                unit = "u-%d-a" % (count % 6)
                answer = json_of(ugo(register, "home-%d" % (count % 6), "declare", unit, "--free",
                                     str(count), "--open", "90", "--timeout", "60", "--json"))
                return answer["unit"]["revision"]
            follower.until(declare())
            for slot in (0, 1):
                register.kill_worker(slot)
                follower.until(declare())
            register.kill_postgres()
            declare()
            follower.until(declare())
            assert register.stop() == 0
            register.start()
            follower.until(declare())
            register.kill_master()
            last = declare()
            follower.until(last)
            assert follower.revision == last
            units = json_of(ugo(register, "boss", "units", "--json"))["units"]
            assert follower.copy == {unit["id"]: unit for unit in units}
            assert len(follower.backs) >= 3  # at least one of the two workers was the watch's
            assert all(back["resumed"] for back in follower.backs), follower.backs
            assert [start["resumed"] for start in follower.starts][0] is False
            assert all(start["resumed"] for start in follower.starts[1:])
            rest = follower.watch.stop(signal.SIGTERM)
            assert json.loads(rest[-1])["since"].endswith(".%d" % last)


def test_watch_for_people(new, ugo):
    """In French: what changes, the loss, and that nothing was missed."""
    with new(workers=1) as register:
        with ugo(register, "boss", "watch", popen=True) as process:
            watch = Watch(process)
            watch.line("12 unités")
            of(ugo(register, "home-0", "declare", "u-0-a", "--free", "2", "--open", "8"))
            assert "Maison 0" in watch.line("2 libres")
            register.kill_worker(0)
            watch.line("Connexion perdue")
            of(ugo(register, "home-0", "declare", "u-0-a", "--free", "1"))
            seen = watch.line("→ 1 libre") + watch.line("De retour")
            assert re.search("rien n'a été manqué", seen), seen
            assert any("ugo watch --since" in line for line in watch.stop())
