# SPDX-License-Identifier: EUPL-1.2
"""Stays with the real ugo against the real ugod: a relais whose child's own place is kept, exits
that were planned, a place promised for tomorrow, and two children who share a place in time."""
import datetime
import json

import pytest

from harness.cli import caller
from harness.daemon import wait_for
from harness.departement import departement
from harness.records import words
from harness.ugod import registers

ENGLISH = {"LC_ALL": "C.UTF-8"}


def day(days):
    return (datetime.date.today() + datetime.timedelta(days)).isoformat()


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(3)) as new:
        yield new


@pytest.fixture(name="ugo")
def fixture_ugo(new, tmp_path):
    """ugo(account, words…, status=0): the text of both streams; ugo.json: the document. All is full
    but one place of u-0-a."""
    call = caller(tmp_path)
    with new(workers=1) as register:
        def run(who, *line, status=0, **environment):
            done = call(register, who, *line, **environment)
            assert done.returncode == status, (line, done.returncode, done.stdout, done.stderr)
            return words(done.stdout + done.stderr)

        def read(who, *line, status=0, **environment):
            done = call(register, who, *line, "--json", **environment)
            assert done.returncode == status, (line, done.returncode, done.stdout, done.stderr)
            return json.loads(done.stdout)
        run.json = read
        for i in range(3):
            for unit in read("home-%d" % i, "units")["units"]:
                run("home-%d" % i, "declare", unit["id"], "--free",
                    "1" if unit["id"] == "u-0-a" else "0", "--open", "8")
        yield run


def occupied(ugo, unit, who):
    return ugo.json(who, "unit", unit)["unit"]["capacity"]["occupied"]


def test_a_relais_is_counted_once_and_goes_back(ugo):
    brought = ugo("night", "entry", "u-0-a", "1", "--until", day(1), "--origin-unit", "u-1-a")
    assert "C'est fait" in brought and "sa place reste gardée" in brought
    assert "retour à" in brought
    assert (occupied(ugo, "u-0-a", "night"), occupied(ugo, "u-1-a", "night")) == (8, 8)
    (exit_,) = ugo.json("home-0", "movement", "list")["movements"]
    assert (exit_["on"], exit_["origin_unit"], exit_["code"]) == (day(1), "u-1-a", "end_of_stay")
    wait_for(lambda: ugo.json("home-0", "movement", "list")["movements"][0]["due_soon"],
             "the alarm: two days or fewer are left")
    listed = ugo("home-0", "movement", "list")
    assert "le séjour se termine bientôt" in listed and "retour à u-1-a" in listed
    done = ugo("home-0", "movement", "done", exit_["id"], **ENGLISH)
    assert "Done" in done and "back to" in done
    assert (occupied(ugo, "u-0-a", "night"), occupied(ugo, "u-1-a", "night")) == (7, 8)


def test_a_planned_stay_and_who_left_before_its_end(ugo):
    planned = ugo("home-0", "movement", "plan", "u-0-a", "--type", "entry", "--places", "1",
                  "--on", day(0), "--until", day(5))
    assert "C'est prévu" in planned and "Avec lui" in planned and "fin de séjour" in planned
    entry, exit_ = ugo.json("home-0", "movement", "list")["movements"]
    assert "n'a pas commencé" in ugo("home-0", "movement", "done", exit_["id"], status=3)
    ugo("home-0", "movement", "done", entry["id"])
    left = ugo("home-0", "exit", "u-0-a", "1", "--code", "rupture")
    assert "comptée deux fois" in left
    assert "ugo movement cancel " + exit_["id"] in left and occupied(ugo, "u-0-a", "home-0") == 7
    again = ugo("home-0", "exit", "u-0-a", "1", "--code", "other", "--ends",
                exit_["id"].split("-", 2)[2])
    assert "Avec lui" in again and "comptée deux fois" not in again
    assert occupied(ugo, "u-0-a", "home-0") == 6
    assert "n'a pas eu lieu" not in again
    assert "a déjà eu lieu" in ugo("home-0", "movement", "cancel", exit_["id"], status=3)


def test_a_place_promised_for_tomorrow_is_seen_tonight(ugo):
    search = ("search", "--age", "10y", "--near", "Muret")
    assert "free_until" not in ugo.json("night", *search)["results"][0]
    ugo("home-0", "movement", "plan", "u-0-a", "--type", "entry", "--places", "1", "--on", day(1))
    (found,) = ugo.json("night", *search)["results"]
    assert found["free_until"] == day(0)
    assert "libre jusqu'au" in ugo("night", *search)
    assert ugo.json("night", *search, "--wanted", day(1), status=1)["total"] == 0
    ugo("home-0", "movement", "plan", "u-0-a", "--type", "entry", "--places", "1", "--on", day(0))
    assert ugo.json("night", *search)["results"][0]["free_until"] == day(-1)
    assert "déjà promise" in ugo("night", *search)


def test_two_rhythms_share_one_place(ugo):
    """One lives there on odd weeks, the other may on even ones."""
    ugo("home-0", "movement", "plan", "u-0-a", "--type", "sequence", "--places", "1", "--on",
        day(1), "--weekdays", "1,2,3,4,5,6,7", "--weeks", "odd")
    listed = ugo("home-0", "movement", "list")
    assert "place partagée" in listed and "lundi, mardi" in listed and "semaines impaires" in listed
    search = ("search", "--age", "10y", "--near", "Muret", "--wanted", day(1))
    span = (*search, "--until", day(60))
    assert ugo.json("night", *span, status=1)["total"] == 0
    odd = (*span, "--weekdays", "lundi,mardi", "--weeks", "odd")
    assert ugo.json("night", *odd, status=1)["total"] == 0
    even = (*span, "--weekdays", "lundi,mardi", "--weeks", "paires")
    assert [r["unit"]["id"] for r in ugo.json("night", *even)["results"]] == ["u-0-a"]
    request = ugo.json("night", "request", "open", "--age", "10y", "--near", "Muret", "--wanted",
                       day(1), "--until", day(60), "--weekdays", "6,7", "--weeks", "even",
                       "--reference", "S-1")["request"]
    assert request["days"] == {"weekdays": [6, 7], "weeks": "even"}
    assert request["wanted_until"] == day(60)
    assert "samedi, dimanche" in ugo("night", "request", "show", request["id"])
    assert ugo.json("night", "search", "--request", request["id"])["total"] == 1
    ugo("home-0", "movement", "plan", "u-0-a", "--type", "sequence", "--places", "1", "--on",
        day(1), "--weekdays", "7", "--weeks", "even")
    assert ugo.json("night", "search", "--request", request["id"], status=1)["total"] == 0


@pytest.mark.parametrize("line, told", [
    (("--wanted", day(-1)), "--wanted"), (("--wanted", day(3), "--until", day(2)), "--until"),
    (("--weekdays", "1"), "--wanted"), (("--weeks", "odd"), "--weekdays"),
    (("--weekdays", "8"), "lundi"),
    (("--wanted", day(3), "--until", day(3), "--weekdays",
      str((datetime.date.today() + datetime.timedelta(4)).isoweekday())), "aucun de ces jours")])
def test_days_that_cannot_be(ugo, line, told):
    status = 2 if line[0] in ("--weeks",) or line == ("--weekdays", "8") else 3
    assert told in ugo("night", "search", "--age", "10y", *line, status=status)
