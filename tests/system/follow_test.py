# SPDX-License-Identifier: EUPL-1.2
"""Three who follow the HTTPS door while workers and the whole server are killed and restarted: a
script of thirty lines, curl, and a client of our own. Each goes on from its last mark; in the end
each has what a fresh copy has."""
import contextlib
import json
import pathlib
import signal
import subprocess
import sys
import threading
import time

from harness.daemon import PATIENCE_S, free_port, wait_for
from harness.departement import departement
from harness.https import Ended, EventCopy, Https, events_of
from harness.ugod import registers, token_of

SCRIPT = pathlib.Path(__file__).parents[2] / "clients/examples/follow.py"
HOMES = 3


def port(register):
    return int(str(register.options["listen_https"]).rpartition(":")[2])


def connection(register, account):
    return Https(port(register), register.tls_context, token=token_of(account))


class Follower:
    """A copy, kept by a thread."""

    def __init__(self, register):
        self.register, self.copy, self.over, self.trouble = register, EventCopy(), False, None
        self.process = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            self.follow()
        except Exception as trouble:  # noqa: BLE001 - told by the test's thread
            self.trouble = trouble

    def end(self):
        self.over = True
        if self.process:
            self.process.kill()
            self.process.wait()

    def has(self, copy):
        assert self.trouble is None, self.trouble
        return self.copy.token and self.copy.records == copy.records


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


def declare(register, i, free):
    """Until it is answered; counted once."""
    def answered():
        with contextlib.suppress(OSError, Ended), connection(register, "home-%d" % i) as door:
            answer = door.put("/v1/units/u-%d-a/availability" % i, {"free": free, "open": 12},
                              Idempotency_Key="declare-%d-%d" % (i, free))
            if answer.status == 200:
                return answer
            assert answer.status == 503, answer
        return None
    return wait_for(answered, "an answer")


def declare_all(register, free):
    for i in range(HOMES):
        declare(register, i, free)


def kill_workers(register):
    for slot in (0, 1):
        register.kill_worker(slot)
        declare_all(register, 3 + slot)


def stop_and_start(register):
    assert register.stop() == 0
    register.start()


def kill_master(register):
    register.kill_master()


def fresh_copy(register):
    copy = EventCopy()
    with connection(register, "boss") as door:
        for event in door.events():
            if copy.hear(*event):
                return copy
    raise AssertionError("ended before its first mark")


def test_no_hole_across_restarts():
    with registers(departement(HOMES)) as new, \
            new(workers=2, listen_https="127.0.0.1:%d" % free_port()) as register:
        followers = [kind(register) for kind in (ByScript, ByCurl, ByOurselves)]
        try:
            wait_for(lambda: all(f.has(fresh_copy(register)) for f in followers), "copies")
            declare_all(register, 2)
            for free, blow in ((3, kill_workers), (6, stop_and_start), (8, kill_master)):
                blow(register)
                declare_all(register, free + 2)
            last = fresh_copy(register)
            assert last.records["unit", "u-0-a"]["capacity"]["free"] == 10
            wait_for(lambda: all(f.has(last) for f in followers), "the same copies")
            for follower in followers:
                resumed = follower.copy.resumed
                assert not resumed[0] and all(resumed[1:]), (type(follower), resumed)
            assert len(followers[1].copy.resumed) >= 3  # it was cut off each time
        finally:
            for follower in followers:
                follower.end()


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
