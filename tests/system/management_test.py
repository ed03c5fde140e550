# SPDX-License-Identifier: EUPL-1.2
"""The management door: alive, ready, and figures that a monitoring system can read."""
import re
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest

from harness.daemon import free_port, wait_for
from harness.departement import departement
from harness.ugod import registers

PROMTOOL = shutil.which("promtool")


@pytest.fixture(name="register", scope="module")
def fixture_register():
    port = free_port()
    with registers(departement(6)) as new:
        with new(workers=2, listen_management="127.0.0.1:%d" % port) as register:
            register.management = "http://127.0.0.1:%d" % port
            yield register


def get(register, path):
    """(status, text); None while nobody listens."""
    try:
        with urllib.request.urlopen(register.management + path, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except (ConnectionError, urllib.error.URLError):
        return None


def figure(text, name, **labels):
    """The value of a figure, or None."""
    wanted = {'%s="%s"' % label for label in labels.items()}
    for line in text.splitlines():
        match = re.match(r"(\w+)\{([^}]*)\} (\S+)$", line)
        if match and match[1] == name and wanted <= set(match[2].split(",")):
            return float(match[3])
    return None


def metrics(register):
    status, text = get(register, "/metrics")
    assert status == 200
    return text


def is_of_the_past(answer):
    status, text = answer
    assert (status, text) == (200, "ready\n") or (status == 503 and "database" in text)
    return status == 503


def test_alive_and_ready(register):
    assert get(register, "/healthz") == (200, "ok\n")
    assert wait_for(lambda: get(register, "/readyz")[0] == 200, "readiness")
    assert get(register, "/v1/me")[0] == 404


def test_a_database_that_stands_still_is_told(register):
    with register.postgres_stopped():
        # Two workers answer, and each notices at its own moment: status and text of one answer.
        wait_for(lambda: is_of_the_past(get(register, "/readyz")), "staleness")
        assert get(register, "/healthz") == (200, "ok\n")
    wait_for(lambda: get(register, "/readyz")[0] == 200, "readiness")


def test_each_worker_has_its_figures(register):
    wait_for(lambda: all(figure(metrics(register), "ugo_worker_ready", worker=w) == 1
                         for w in (0, 1)), "both workers")
    before = metrics(register)
    units = sum(figure(before, "ugo_units", figures=f, kind="mecs") or 0
                for f in ("fresh", "stale", "never_declared"))
    assert units == register.query(
        "SELECT count(*) FROM ugo.unit u JOIN ugo.establishment e ON e.id = u.establishment"
        " WHERE e.establishment_kind = 'mecs'")[0][0] > 0
    assert figure(before, "ugo_certificate_end_seconds", worker=0) > 1.7e9
    killed = register.kill_worker(0)
    assert killed
    wait_for(lambda: get(register, "/readyz") is not None, "a worker")
    wait_for(lambda: figure(metrics(register), "ugo_worker_ready", worker=1) == 1, "the other")


@pytest.mark.skipif(PROMTOOL is None, reason="no promtool: tests/run fetches it from Debian")
def test_promtool_finds_nothing_to_say(register):
    done = subprocess.run([PROMTOOL, "check", "metrics"], input=metrics(register), text=True,
                          capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
