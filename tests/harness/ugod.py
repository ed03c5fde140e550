# SPDX-License-Identifier: EUPL-1.2
"""A real ugod with people and places in it, for tests that come through the line door.

    with registers(PLACES + ACCOUNTS) as new:         # once per file: initdb, schema, commands
        with new(workers=2) as register:              # a copy of it, started
            door = register.door("boss")              # not yet connected
            register.query("SELECT …")                # as the owner of the database
            register.kill_worker(), .kill_postgres(), .kill_master()
"""
import contextlib
import hashlib
import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg2
import psycopg2.extras

from harness.daemon import BIN, Ugod, is_alive, wait_for
from harness.door import Copy, Door, trusting

BATCH = 64
COMPLAINT = re.compile(r"(Address|Leak|UndefinedBehavior)Sanitizer|runtime error:|"
                       r"command_failed|read_failed|door_failed|worker_failed")


def token_of(account):
    return "token-of-" + account


def account(name, role, **members):
    """The commands that make an account and its token."""
    digest = hashlib.sha256(token_of(name).encode()).hexdigest()
    return [("account.put", {"id": name, "role": role, "name": "Compte " + name, **members}),
            ("credential.put", {"id": digest, "account": name, "type": "token"})]


class Register(Ugod):
    """A daemon, its database, its doors."""

    keys = itertools.count()

    def __init__(self, folder, **options):
        super().__init__(folder, **options)
        self.tls_context = trusting(self.tls / "ca.pem")
        self.past = []  # the log of earlier lives

    # lifecycle

    def launch(self):
        self.past += self.log
        super().launch()

    def __exit__(self, kind, *rest):
        if kind is not None and self.past:
            print("\n".join(self.past))
        super().__exit__(kind, *rest)
        complaints = [line for line in self.past + self.log if COMPLAINT.search(line)]
        if complaints and kind is None:
            raise AssertionError("\n".join(complaints[:50]))

    def kill_worker(self, slot):
        """kill -9; the pid that was."""
        pid = wait_for(lambda: self.workers().get(slot), "a worker")
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not is_alive(pid), "the worker's end")
        return pid

    def kill_postgres(self):
        pid = wait_for(self.postmaster, "PostgreSQL")
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not is_alive(pid), "PostgreSQL's end")
        return pid

    def kill_master(self):
        """kill -9, and started again."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.wait_end()
        self.start()

    @contextlib.contextmanager
    def postgres_stopped(self):
        """PostgreSQL and what it forked stand still."""
        pids = [self.postmaster(), *descendants(self.postmaster())]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    # database

    def _connect(self):
        with contextlib.suppress(psycopg2.OperationalError):
            return psycopg2.connect(host=str(self.folder / "data/socket"), dbname="ugo",
                                    user="ugo_admin")
        return None

    def query(self, sql, *parameters):
        """As the owner; waits while PostgreSQL is being restarted."""
        connection = wait_for(self._connect, "PostgreSQL")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def apply(self, commands):
        """(op, params)… as the system; every one must be taken."""
        for i in range(0, len(commands), BATCH):
            batch = [{"account": "system", "op": op, "key": "k%d" % next(self.keys), "digest": "",
                      "channel": "import", "params": params}
                     for op, params in commands[i:i + BATCH]]
            replies = self.query("SELECT ugo.apply_batch(%s)", psycopg2.extras.Json(batch))[0][0]
            for command, reply in zip(batch, replies["replies"]):
                assert reply["type"] == "ok", (command, reply)

    def ctl(self, *words, status=0):
        """ugoctl; what it prints."""
        done = subprocess.run([BIN + "/ugoctl", "--config", self.config, "--lang", "en", *words],
                              capture_output=True, text=True, check=False)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    # doors

    def door(self, account=None, **how):
        how.setdefault("token", token_of(account) if account else None)
        return Door(self.port, how.pop("tls", self.tls_context), **how)


def descendants(pid):
    """Pids of the running processes below one."""
    below = {}
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            with open("/proc/%d/stat" % int(entry)) as stat:
                below.setdefault(int(stat.read().rpartition(")")[2].split()[1]), []).append(
                    int(entry))
    found, left = [], [pid]
    while left:
        found += (children := below.get(left.pop(), []))
        left += children
    return found


@contextlib.contextmanager
def folder():
    """Short (a Unix socket lives below), and the daemon's user can enter it."""
    path = Path(tempfile.mkdtemp(prefix="ugod-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def registers(commands):
    """Gives new(**options): a context with a started Register in which `commands` were applied."""
    with folder() as first:
        with Register(first, workers=1) as register:
            register.start()
            register.apply(commands)
            assert register.stop() == 0

        @contextlib.contextmanager
        def new(**options):
            with folder() as path:
                subprocess.run(["cp", "-a", first / "data", path / "data"], check=True)
                with Register(path, **options) as register:
                    register.start()
                    yield register
        yield new


__all__ = ["BIN", "Copy", "Register", "account", "registers", "token_of", "wait_for"]
