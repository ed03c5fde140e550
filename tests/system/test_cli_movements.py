# SPDX-License-Identifier: EUPL-1.2
"""Planned movements with the real ugo against the real ugod: planned, counted by a search for that
day, done; exits and transfers at once; in French and in English."""
import datetime
import json

import pytest

from harness.cli import caller
from harness.departement import departement
from harness.records import words
from harness.ugod import registers

ENGLISH = {"LC_ALL": "C.UTF-8"}
DAY = (datetime.date.today() + datetime.timedelta(30)).isoformat()
BEFORE = (datetime.date.today() + datetime.timedelta(29)).isoformat()


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(6)) as new:
        yield new


@pytest.fixture(name="ugo")
def fixture_ugo(new, tmp_path):
    """ugo(account, words…, status=0): the text of both streams; ugo.json: the document."""
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
        yield run


def occupied(ugo, unit, who="root"):
    return ugo.json(who, "unit", unit)["unit"]["capacity"]["occupied"]


def test_a_place_to_come_is_found_for_its_day(ugo):
    """All full; one will leave: nothing today, one place in a month, and then it is there."""
    for i in range(6):
        for unit in ugo.json("home-%d" % i, "units")["units"]:
            ugo("home-%d" % i, "declare", unit["id"], "--free", "0", "--open", "8")
    planned = ugo("home-0", "movement", "plan", "u-0-a", "--type", "exit", "--places", "1", "--on",
                  DAY, "--code", "majority")
    assert "C'est prévu" in planned and "majorité" in planned and "ugo movement done v-" in planned
    assert occupied(ugo, "u-0-a", "home-0") == 8
    search = ("search", "--age", "10y", "--near", "Muret")
    assert ugo.json("night", *search, status=1)["total"] == 0
    assert ugo.json("night", *search, "--wanted", BEFORE, status=1)["total"] == 0
    found, = ugo.json("night", *search, "--wanted", DAY)["results"]
    assert found["unit"]["id"] == "u-0-a" and "expected" in found["why"]
    assert found["expected"] == {"open": 8, "occupied": 7, "free": 1, "free_planned": 1}
    assert found["unit"]["capacity"]["free"] == 0
    dated = ugo("night", *search, "--wanted", DAY)
    assert "prévu à cette date : 1 libre" in dated and "Convenez-en avec" in dated
    assert f"ugo request open --age 10y --sex '?' --wanted {DAY}" in dated
    assert f"ugo movement plan u-0-a --type entry --places 1 --on {DAY}" in dated
    assert "ugo hold u-" not in dated
    request = ugo.json("night", "request", "open", "--age", "10y", "--near", "Muret", "--wanted",
                       DAY, "--reference", "M-1")["request"]["id"]
    assert ugo.json("night", "search", "--request", request)["total"] == 1
    movement, = ugo.json("night", "movement", "list", "--unit", "u-0-a")["movements"]
    done = ugo("home-0", "movement", "done", movement["id"].rsplit("-", 1)[1], **ENGLISH)
    assert "Done: the figures are up to date" in done and "1 free" in done
    assert occupied(ugo, "u-0-a", "home-0") == 7
    assert "a déjà eu lieu" in ugo("home-0", "movement", "done", movement["id"], status=3)


def test_exits_and_transfers_at_once(ugo):
    ugo("home-1", "declare", "u-1-a", "--free", "2", "--open", "8")
    left = ugo("home-1", "exit", "u-1-a", "2", "--code", "rupture")
    assert "C'est fait" in left and "4 libres" in left and occupied(ugo, "u-1-a", "home-1") == 4
    ugo("home-2", "declare", "u-2-a", "--free", "1", "--open", "8")
    assert "C'est fait" in ugo("night", "transfer", "u-1-a", "u-2-a", "1")
    assert (occupied(ugo, "u-1-a", "night"), occupied(ugo, "u-2-a", "night")) == (3, 8)
    ugo("night", "transfer", "u-1-a", "u-2-a", "1", status=4)
    refused = ugo("home-1", "exit", "u-1-a", "9", "--code", "other", status=3)
    assert "plus que de places occupées" in refused and "--places" not in refused
    assert (occupied(ugo, "u-1-a", "night"), occupied(ugo, "u-2-a", "night")) == (3, 8)


def test_what_is_typed_wrong(ugo):
    """Nobody invents a day, a number or a reason."""
    plan = ("movement", "plan", "u-0-a", "--type", "exit", "--places", "1")
    assert "--on" in ugo("home-0", *plan, "--code", "other", status=2)
    assert "--code" in ugo("home-0", *plan, "--on", DAY, status=2)
    assert "--on" in ugo("home-0", *plan, "--code", "other", "--on", "demain", status=2)
    closing = ("movement", "plan", "u-0-a", "--type", "closing", "--on", DAY)
    assert "il manque --places : un nombre de places de 1 à 999" in ugo("home-0", *closing,
                                                                      status=2)
    assert "--places wants a number of places from 1 to 999, not “no”" in ugo(
        "home-0", *closing, "--places", "no", status=2, **ENGLISH)
    untold = ugo("home-0", *plan[:3], "--places", "1", "--on", DAY, status=2, **ENGLISH)
    assert "--type CODE is missing" in untold and "closing" in untold and "say why" not in untold
    assert "u-12 1" in ugo("home-0", "exit", "u-0-a", "--code", "other", status=2)
    assert "u-12 u-13 1" in ugo("home-0", "transfer", "u-0-a", "1", status=2)
    assert "Aucun mouvement" in ugo("home-0", "movement", "list", status=1)
    assert "no planned movement" in ugo("home-0", "movement", "done", "999", status=1, **ENGLISH)


def test_a_plan_is_cancelled(ugo):
    ugo("home-3", "declare", "u-3-a", "--free", "2", "--open", "8")
    movement = ugo.json("home-3", "movement", "plan", "u-3-a", "--type", "closing", "--places", "3",
                        "--on", DAY)["movement"]
    assert movement["state"] == "planned" and movement["code"] is None
    assert "n'aura pas lieu" in ugo("home-3", "movement", "cancel", movement["id"])
    listed = ugo.json("home-3", "movement", "list", "--state", "cancelled")["movements"]
    assert [m["id"] for m in listed] == [movement["id"]]
