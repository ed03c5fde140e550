# SPDX-License-Identifier: EUPL-1.2
"""What somebody who waits is shown of the place that came free, with the real ugo against the real
ugod, and how it is declined."""
import json

import pytest

from harness.cli import Watch, caller
from harness.daemon import wait_for
from harness.departement import departement
from harness.records import words
from harness.ugod import registers


@pytest.fixture(name="register", scope="module")
def fixture_register():
    with registers(departement(2)) as new, new(workers=1) as register:
        yield register


def test_offered_and_declined(register, tmp_path):
    call = caller(tmp_path)

    def night(*line):
        return call(register, "night", *line)

    def home(*line):
        return call(register, "home-0", *line)

    assert home("declare", "u-0-a", "--free", "0", "--open", "4").returncode == 0
    opened = night("request", "open", "--age", "7y", "--reference", "A-12", "--json")
    request = json.loads(opened.stdout)["request"]["id"]
    assert home("declare", "u-0-a", "--free", "1").returncode == 0
    asked = "SELECT id FROM ugo.offer WHERE request = %s AND state = 'offered'"
    (offer,), = wait_for(lambda: register.query(asked, request), "an offer")
    shown = night("waiting").stdout
    assert offer in shown, shown
    assert "gardée" in shown
    assert "ugo hold u-0-a --request A-12 " in shown, shown
    assert "ugo request decline A-12 %s " % offer in shown, shown
    assert "UNITÉ" not in shown
    one = words(night("request", "show", "A-12").stdout)
    assert "gardée jusqu'à" in one and "ugo request decline A-12 %s" % offer in one, one
    # What is kept for it is the first that a search for it finds, and how to take it what it says.
    other = call(register, "home-1", "declare", "u-1-a", "--free", "5", "--open", "5")
    assert other.returncode == 0
    found = words(night("search", "--request", "A-12", "--near", "Muret").stdout)
    assert found.index("u-0-a") < found.index("u-1-a"), found
    assert "gardée jusqu'à" in found.partition("u-1-a")[0], found
    assert "ugo request decline A-12 %s" % offer in found, found
    other = words(night("search", "--age", "7y", "--near", "Muret").stdout)
    assert "gardée" not in other and "ugo request decline" not in other, other
    assert other.index("u-1-a") < other.index("u-0-a"), other
    assert "1 place proposée à une autre demande jusqu'à" in other.partition("u-0-a")[2], other
    assert "on ne peut pas la demander avant" in other and "ugo hold u-1-a" in other, other
    urgent = words(night("search", "--age", "7y", "--near", "Muret", "--emergency").stdout)
    assert "proposée" not in urgent, urgent
    watch = Watch(call(register, "night", "watch", popen=True, COLUMNS="200"))
    told = watch.line("pour A-12")
    assert offer in told and "gardée" in told, told
    assert "ugo hold u-0-a --request A-12" in watch.line("ugo hold")
    assert offer in watch.line("ugo request decline A-12")
    watch.stop()
    done = night("request", "decline", "A-12")
    assert done.returncode == 2 and "ugo waiting" in done.stderr
    done = night("request", "decline", "A-12", "zz9")
    assert done.returncode == 1 and "ugo waiting" in done.stderr
    done = night("request", "decline", "A-12", offer.rsplit("-", 1)[1])
    assert done.returncode == 0 and "Décliné" in done.stdout, done
    assert offer not in night("waiting").stdout
    again = night("request", "decline", "A-12", offer)
    assert again.returncode != 0 and "n'est plus valable" in again.stderr, again
