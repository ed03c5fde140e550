# SPDX-License-Identifier: EUPL-1.2
"""Three who follow the HTTPS door while workers and the whole server are killed and restarted: a
script of thirty lines, curl, and a client of our own. Each goes on from its last mark; in the end
each has what a fresh copy has. A browser does the same in tests/console."""
import contextlib
import json
import pathlib
import signal
import subprocess
import sys
import time

from harness.daemon import PATIENCE_S, free_port
from harness.departement import departement
from harness.follow import HOMES, Follower, connection, judge, port
from harness.https import Ended, events_of
from harness.ugod import registers, token_of

SCRIPT = pathlib.Path(__file__).parents[2] / "clients/examples/follow.py"


class ByScript(Follower):
    def follow(self):
        token = self.register.folder / "token"
        token.write_text(token_of("boss") + "\n")
        self.process = subprocess.Popen(
            [sys.executable, SCRIPT, "https://localhost:%d" % port(self.register), token,
             self.register.tls / "ca.pem"], stdout=subprocess.PIPE)
        for line in self.process.stdout:
            told = json.loads(line)
            if told["from_nothing"]:
                self.copy.ahead = {}
            self.copy.change(told["set"], told["gone"])
            self.copy.resumed.append(not told["from_nothing"])
            self.copy.hear("mark", told["upto"], told)
        assert self.over, "it ended"


class ByCurl(Follower):
    def follow(self):
        while not self.over:
            seen = ["-H", "Last-Event-ID: " + self.copy.token] if self.copy.token else []
            self.process = subprocess.Popen(
                ["curl", "--silent", "--fail", "--no-buffer", "--max-time", str(PATIENCE_S),
                 "--cacert", self.register.tls / "ca.pem",
                 "-H", "Authorization: Bearer " + token_of("boss"), *seen,
                 "https://localhost:%d/v1/events" % port(self.register)], stdout=subprocess.PIPE)
            for event in events_of(self.process.stdout):
                self.copy.hear(*event)
            self.process.wait()
            time.sleep(0.1)


class ByOurselves(Follower):
    """Comes back by its address instead of a field."""

    def follow(self):
        while not self.over:
            since = "?since=" + self.copy.token if self.copy.token else ""
            with contextlib.suppress(OSError, Ended), connection(self.register, "boss") as door:
                for event in door.events(since):
                    self.copy.hear(*event)
            time.sleep(0.1)


def test_no_hole_across_restarts():
    with registers(departement(HOMES)) as new, \
            new(workers=2, listen_https="127.0.0.1:%d" % free_port()) as register:
        followers = judge(register, ByScript, ByCurl, ByOurselves)
        assert len(followers[1].copy.resumed) >= 3  # it was cut off each time


def test_a_stop_says_goodbye():
    with registers(departement(1)) as new, \
            new(workers=1, listen_https="127.0.0.1:%d" % free_port()) as register:
        with connection(register, "boss") as stream, connection(register, "boss") as idle:
            events = stream.events()
            assert next(events)[0] == "start"
            assert idle.get("/v1/me").status == 200
            register.signal(signal.SIGTERM)
            name, _, body = list(events)[-1]
            assert (name, body["code"]) == ("bye", "drain")
            assert 500 <= body["retry_ms"] <= 3000
            assert idle.rest() == b""
        assert register.wait_end() == 0
