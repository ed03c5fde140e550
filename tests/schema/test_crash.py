# SPDX-License-Identifier: EUPL-1.2
"""Many writers, killed backends, a killed server, a standby that takes over: whatever was
acknowledged is there once, and what cannot be is told by a new epoch."""
import os
import random
import signal
import subprocess
import threading

import psycopg2
import pytest

from harness.postgres import Postgres
from register import Register, Session

THREADS = 16
COMMANDS = 40  # of each writer


@pytest.fixture(name="server", scope="module")
def fixture_server():
    with Postgres() as server:
        yield server


@pytest.fixture(name="writers")
def fixture_writers(server):
    """A database with a unit for each writer."""
    database = server.create_database()
    register = Register(database)
    register.populate()
    for reply in register.batch(*(("unit.put", {"id": "u-w%d" % n, "establishment": "e-1",
                                                "name": "W"}) for n in range(THREADS))):
        assert reply["revision"]
    yield register
    register.close()
    server.drop_database(database)


class Progress:
    """How many commands have been answered, and a way to wait for it."""

    def __init__(self, writers):
        self.writers = writers
        self.answered = 0
        self.moved = threading.Condition()

    def add(self, n):
        with self.moved:
            self.answered += n
            self.moved.notify_all()

    def reach(self, mark):
        """Waits until so many have been answered; false: the writers have ended before."""
        with self.moved:
            while self.answered < mark and any(w.is_alive() for w in self.writers):
                self.moved.wait(1)
            return self.answered >= mark


class Writer(threading.Thread):
    """Declares free = 0, 1, 2 … on its unit, each under its key until it is answered; a lost
    answer is asked for again."""

    def __init__(self, database, number):
        super().__init__(daemon=True)
        self.database = database
        self.unit = "u-w%d" % number
        self.replies = {}
        self.retries = self.replayed = 0
        self.error = None
        self.progress = None
        self.random = random.Random(number)

    def command(self, n):
        return {"account": "home", "op": "unit.declare", "key": "%s-%d" % (self.unit, n),
                "digest": str(n), "channel": "api",
                "params": {"unit": self.unit, "free": n, "open": 9999}}

    def run(self):
        try:
            session = None
            waiting = list(range(COMMANDS))
            while waiting:
                some = waiting[:self.random.randint(1, 4)]
                try:
                    session = session or Session(self.database.ugod)
                    replies = session.apply([self.command(n) for n in some])
                except psycopg2.Error:
                    session = None
                    self.retries += 1
                    continue
                for n, reply in zip(some, replies):
                    self.replayed += "replayed" in reply
                    self.replies[n] = reply["type"], reply["revision"]
                del waiting[:len(some)]
                self.progress.add(len(some))
            session.close()
        except Exception as error:  # pylint: disable=broad-except
            self.error = error


def write(register, marks=(), action=None):
    """Runs the writers, and the action each time so many commands have been answered."""
    writers = [Writer(register.database, n) for n in range(THREADS)]
    progress = Progress(writers)
    for writer in writers:
        writer.progress = progress
        writer.start()
    for mark in marks:
        if progress.reach(mark):
            action()
    for writer in writers:
        writer.join(120)
        assert writer.error is None and not writer.is_alive(), writer.error
    return writers


def check_once(register, writers):
    """Each acknowledged command has its revision, with its effect, and there is no other."""
    expected = {revision: (w.unit, n) for w in writers
                for n, (kind, revision) in w.replies.items() if kind == "ok"}
    assert len(expected) == THREADS * COMMANDS
    found = register.query("SELECT revision, id, (state->>'open')::int - (state->>'occupied')::int"
                           " FROM ugo.change WHERE operation = 'unit.declare'")
    assert {r: (unit, free) for r, unit, free in found} == expected
    assert len(found) == len(expected)
    for writer in writers:  # and the last one stands
        state = register.unit(writer.unit)
        last = max(writer.replies, key=lambda n: writer.replies[n][1])
        assert state["open"] - state["occupied"] == last == COMMANDS - 1
    register.check()


def test_many_writers(writers):
    done = write(writers)
    assert sum(w.retries for w in done) == 0
    check_once(writers, done)


def test_kill_9_of_backends(server, writers):
    writers.close()
    killed = []

    def kill_one():
        try:
            pids = server.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'ugod'"
                                  " AND state = 'active'")
            os.kill(pids[0][0], signal.SIGKILL)
            killed.append(pids[0][0])
        except (psycopg2.Error, IndexError, ProcessLookupError):
            pass  # the server is recovering from the last one, or the backend had just ended

    total = THREADS * COMMANDS
    done = write(writers, range(50, total, total // 8), kill_one)
    assert killed and sum(w.retries for w in done) > 0
    check_once(Register(writers.database), done)


def test_kill_9_of_the_server(server, writers):
    writers.close()
    restarts = []

    def restart():
        server.restart_after_kill()
        restarts.append(1)

    total = THREADS * COMMANDS
    done = write(writers, (total // 4, total // 2), restart)
    assert len(restarts) == 2 and sum(w.retries for w in done) > 0
    register = Register(writers.database)
    assert register.value("SELECT count(*) FROM ugo.epoch") == 1  # the same server goes on
    check_once(register, done)


def test_a_lost_answer_is_asked_for_again(server, writers):
    """Killed after the commit and before the answer was read: the same key gives it."""
    session = Session(writers.database.ugod)
    command = writers.command("unit.declare", {"unit": "u-w0", "free": 1, "open": 9}, "home")
    first = session.apply([command])[0]
    session.close()
    writers.close()
    server.restart_after_kill()
    session = Session(writers.database.ugod)
    assert session.apply([command])[0] == {**first, "replayed": True}
    session.close()


def test_an_unfinished_batch_leaves_nothing(server, writers):
    """The owner of the lock is killed in the middle: the next writer goes on at once."""
    before = writers.query("SELECT * FROM ugo.ledger")
    holder = psycopg2.connect(writers.database.ugod)
    cursor = holder.cursor()
    cursor.execute("SELECT ugo.apply_batch(%s)", (
        '[{"account":"home","op":"unit.declare","key":"u","digest":"","channel":"api",'
        '"params":{"unit":"u-w0","free":1,"open":2}}]',))
    os.kill(holder.get_backend_pid(), signal.SIGKILL)
    with pytest.raises(psycopg2.OperationalError):
        cursor.execute("SELECT 1")
    writers.close()
    register = None
    while register is None:  # recovery takes a moment
        try:
            register = Register(writers.database)
        except psycopg2.OperationalError:
            pass
    assert register.query("SELECT * FROM ugo.ledger") == before
    assert "replayed" not in register.do(
        "unit.declare", {"unit": "u-w0", "free": 1, "open": 2}, "home", key="u", digest="")
    register.check()
    register.close()
    assert server.process.poll() is None


def test_a_standby_takes_over(server, writers):
    """Commits that the standby did not have are lost: their revisions come again with other
    content, under a new epoch that says from where."""
    old = writers.value("SELECT epoch FROM ugo.ledger")
    writers.do("unit.declare", {"unit": "u-w0", "free": 1, "open": 9})
    with Postgres.standby_of(server, streaming=False) as standby:
        lost = [writers.do("unit.declare", {"unit": "u-w0", "free": n})["revision"]
                for n in range(3)]
        head = writers.value("SELECT head FROM ugo.ledger")
        follower = Session(standby.connection_string(writers.database.name, "ugo_admin"))
        with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
            follower.apply([])
        standby.promote()
        follower.apply([])  # the same session goes on, on another timeline
        epoch = follower.result["epoch"]
        assert epoch != old
        assert follower.query("SELECT epoch, fork_revision FROM ugo.epoch ORDER BY opened_at") == [
            (old, 0), (epoch, lost[0] - 1)]
        again = [follower.do("unit.declare", {"unit": "u-w0", "free": 9 - n})["revision"]
                 for n in range(3)]
        assert again == lost and follower.result["epoch"] == epoch
        assert bytes(follower.value("SELECT head FROM ugo.ledger")) != bytes(head)
        assert follower.query("SELECT * FROM ugo.audit_records()") == []
        follower.close()


def test_a_streaming_standby_loses_nothing(server, writers):
    with Postgres.standby_of(server) as standby:
        reply = writers.do("unit.declare", {"unit": "u-w0", "free": 1, "open": 9}, key="k")
        reader = Session(standby.connection_string(writers.database.name, "ugod"))
        while reader.value("SELECT revision FROM ugo.ledger") < reply["revision"]:
            pass
        standby.promote()
        reader.close()
        owner = Session(standby.connection_string(writers.database.name, "ugo_admin"))
        assert owner.do("unit.declare", {"unit": "u-w0", "free": 1, "open": 9}, key="k") == {
            **reply, "replayed": True}
        assert owner.value("SELECT fork_revision FROM ugo.epoch WHERE epoch = %s",
                           owner.result["epoch"]) == reply["revision"]
        owner.close()


def test_a_dump_restored_elsewhere(server, writers):
    """Another cluster, the same timeline number: the system identifier tells."""
    writers.do("unit.declare", {"unit": "u-w0", "free": 1, "open": 9})
    old, revision = writers.query("SELECT epoch, revision FROM ugo.ledger")[0]
    dump = server.run("pg_dump", "-h", server.folder, "-U", server.superuser,
                      writers.database.name)
    with Postgres() as other:
        other.execute("CREATE ROLE ugo_owner NOLOGIN")
        other.execute("CREATE ROLE ugod LOGIN")
        database = other.create_database(schema=False)
        done = subprocess.run([os.path.join(other.programs, "psql"), "-q", "-v", "ON_ERROR_STOP=1",
                               database.owner], input=dump, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, done.stdout
        register = Register(database)
        register.check()
        daemon = register.daemon()
        assert daemon.do("unit.declare", {"unit": "u-w0", "free": 2}, "home")["type"] == "ok"
        assert daemon.result["epoch"] != old and daemon.result["revision"] == revision + 1
        assert register.value("SELECT fork_revision FROM ugo.epoch WHERE epoch = %s",
                              daemon.result["epoch"]) == revision
        register.check()
        daemon.close()
        register.close()
