# SPDX-License-Identifier: EUPL-1.2
"""Whoever follows the HTTPS door, and their judge: workers and the whole server are killed and
restarted while places change; each goes on from its last mark, and in the end each has what a
fresh copy has."""
import contextlib
import threading

from harness.daemon import wait_for
from harness.https import Ended, EventCopy, Https
from harness.ugod import token_of

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

    def __repr__(self):
        """For a wait in vain: how far it came."""
        return "%s at %s, resumed %s" % (type(self), self.copy.token, self.copy.resumed)


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
    """The position where all have."""
    return [declare(register, i, free).json["position"] for i in range(HOMES)][-1]


def kill_workers(register):
    for slot in (0, 1):
        register.kill_worker(slot)
        declare_all(register, 3 + slot)


def stop_and_start(register):
    assert register.stop() == 0
    register.start()


def kill_master(register):
    register.kill_master()


def fresh_copy(register, after):
    """Of a server that may be on its way back, and of a worker that knows as much."""
    def complete():
        copy = EventCopy()
        with contextlib.suppress(OSError, Ended), connection(register, "boss") as door:
            for event in door.events("?after=" + after):
                if copy.hear(*event):
                    return copy
        return None
    return wait_for(complete, "a fresh copy")


def judge(register, *kinds):
    """The followers, of these kinds, who have followed to the end."""
    with contextlib.ExitStack() as stack:
        followers = [kind(register) for kind in kinds]
        for follower in followers:
            stack.callback(follower.end)

        def all_have(free):
            last = fresh_copy(register, declare_all(register, free))
            assert last.records["unit", "u-0-a"]["capacity"]["free"] == free
            for follower in followers:
                wait_for(lambda f=follower: f.has(last), "the copy of %r" % follower)
        all_have(2)
        for free, blow in ((5, kill_workers), (8, stop_and_start), (10, kill_master)):
            blow(register)
            all_have(free)
        for follower in followers:
            resumed = follower.copy.resumed
            assert not resumed[0] and all(resumed[1:]), (type(follower), resumed)
        return followers
