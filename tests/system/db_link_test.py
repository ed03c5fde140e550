# SPDX-License-Identifier: EUPL-1.2
"""The database link against a real PostgreSQL that is killed, frozen, demoted and cancelled."""
import os
import queue
import socket
import subprocess
import threading
import time

import psycopg2
import pytest

from harness.postgres import Postgres

PROBE = os.path.join(os.environ["UGO_BIN"], "link_probe")
PATIENCE_S = 30  # for what must happen; nothing is judged by how long it took


class Probe:
    """A link_probe: lines in, lines out."""

    def __init__(self, conninfo, *arguments):
        self.process = subprocess.Popen([PROBE, conninfo, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = queue.Queue()
        self.errors = b""
        self.readers = [threading.Thread(target=self._read, daemon=True),
                        threading.Thread(target=self._drain, daemon=True)]
        for reader in self.readers:
            reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.decode().rstrip("\n"))
        self.lines.put(None)

    def _drain(self):
        self.errors = self.process.stderr.read()

    def write(self, line):
        self.process.stdin.write(line if isinstance(line, bytes) else line.encode())
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def simple(self, param, sql):
        self.write("s %s\t%s" % (param, sql))

    def expect(self, *wanted):
        """The next lines, in this order."""
        for line in wanted:
            assert self.lines.get(timeout=PATIENCE_S) == line

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for reader in self.readers:
            reader.join(PATIENCE_S)
        return self.process.returncode


@pytest.fixture(name="probes")
def fixture_probes():
    """Makes probes, and sees that each ends well (sanitizers and leaks included)."""
    made = []

    def make(conninfo, *arguments):
        made.append(Probe(conninfo, *arguments))
        return made[-1]

    yield make
    for probe in made:
        code = probe.close()
        assert code == 0, probe.errors.decode()


@pytest.fixture(name="server", scope="module")
def fixture_server():
    with Postgres() as server:
        yield server


@pytest.fixture(name="database")
def fixture_database(server):
    database = server.create_database(schema=False)
    yield database
    server.drop_database(database)


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # the condition is polled, nothing is assumed done by now


def backend(server, database, where="true"):
    """Process id of the probe's backend on this database, or None."""
    rows = server.execute("SELECT pid FROM pg_stat_activity WHERE datname = '%s'"
                          " AND application_name = 'ugod-probe' AND %s" % (database.name, where))
    return rows[0][0] if rows else None


def wait_for_backend(server, database, where):
    found = []

    def look():
        found.append(backend(server, database, where))
        return found[-1]

    wait_for(look)
    return found[-1]


ASLEEP = "wait_event = 'PgSleep'"
IN_SYNC_WAIT = "wait_event = 'SyncRep'"


def test_statements(database, probes):
    probe = probes(database.owner)
    probe.expect("ready")
    for text in ("a", "it's", "back\\slash", "{\"k\":\"\\\\\"}", "$1", "é😀", "%s"):
        probe.simple(text, "SELECT $1::text")
        probe.expect("done 1 " + text)
        probe.write("p %s\tSELECT $1::text" % text)
        probe.expect("done 1 " + text)
    probe.simple("x", "SELECT length(repeat('y', 3)) WHERE false")
    probe.expect("done 0 null")
    probe.simple("x", "SELECT NULL")
    probe.expect("done 1 null")


def test_sizes_beyond_every_buffer(database, probes):
    probe = probes(database.owner)
    probe.expect("ready")
    for kind in "sp":
        probe.write("%s %s\tSELECT length($1::text)" % (kind, "'" * 8_000_000))
        probe.expect("done 1 8000000")
    probe.simple("20000", "SELECT repeat('z', 1000) FROM generate_series(1, $1)")
    probe.expect("done 20000 " + "z" * 1000)


def test_failures_leave_the_link_up(server, database, probes):
    probe = probes(database.owner)
    probe.expect("ready")
    probe.simple("x", "SELECT $1::int")
    probe.expect("failed 22P02")
    probe.write(b"s caf\xe9\tSELECT $1::text")  # not UTF-8: never leaves
    probe.expect("failed 22021")
    probe.simple("x", "SELECT 1; SELECT 1/0")
    probe.expect("failed 22012")
    probe.simple("60", "SELECT pg_sleep($1)")
    server.execute("SELECT pg_cancel_backend(%d)" % wait_for_backend(server, database, ASLEEP))
    probe.expect("failed 57014")
    probe.simple("1", "SELECT $1::int")
    probe.expect("done 1 1")


def test_session_settings(database, probes):
    probe = probes(database.owner)
    probe.expect("ready")
    for name, value in (("lock_timeout", "5s"), ("application_name", "ugod-probe"),
                        ("client_encoding", "UTF8")):
        probe.simple(name, "SELECT current_setting($1)")
        probe.expect("done 1 " + value)


def test_notifications(server, database, probes):
    probe = probes(database.owner)
    probe.expect("ready")
    probe.write("p x\tLISTEN ugo")
    probe.expect("done 0 null")
    server.execute("NOTIFY ugo, '7'", database.name)
    probe.expect("notified 7")
    probe.simple("x", "SELECT pg_notify('ugo', $1)")  # one's own too
    assert {probe.lines.get(timeout=PATIENCE_S), probe.lines.get(timeout=PATIENCE_S)} \
        == {"notified x", "done 1 "}


def test_the_same_statement_again(server, database, probes):
    """It is not parsed again; what has overtaken its plan costs one failure."""
    server.execute("CREATE TABLE repeated (n) AS VALUES (7)", database.name)
    probe = probes(database.owner)
    probe.expect("ready")
    for param, rows in ((1, 1), (9, 0), (2, 1)):
        probe.write("p %d\tSELECT count(*) FROM repeated WHERE n > $1::int" % param)
        probe.expect("done 1 %d" % rows)
    probe.simple("1", "SELECT $1::int")  # takes the parsed one away
    probe.expect("done 1 1")
    everything = "p 1\tSELECT * FROM repeated WHERE n > $1::int"
    for _ in range(2):
        probe.write(everything)
        probe.expect("done 1 7")
    server.execute("ALTER TABLE repeated ALTER n TYPE text", database.name)
    server.execute("ALTER TABLE repeated ALTER n TYPE bigint USING n::bigint", database.name)
    probe.write(everything)
    probe.expect("failed 0A000")
    probe.write(everything)
    probe.expect("done 1 7")


def test_terminated_while_idle(server, database, probes):
    probe = probes(database.owner)
    probe.expect("ready")
    server.execute("SELECT pg_terminate_backend(%d)" % backend(server, database))
    probe.expect("lost", "ready")


def test_terminated_in_a_statement(server, database, probes):
    """FATAL says nothing about what was committed: unknown, never failed."""
    probe = probes(database.owner)
    probe.expect("ready")
    probe.simple("60", "SELECT pg_sleep($1)")
    server.execute("SELECT pg_terminate_backend(%d)" % wait_for_backend(server, database, ASLEEP))
    probe.expect("unknown", "lost", "ready")
    probe.simple("1", "SELECT $1::int")
    probe.expect("done 1 1")


def test_killed_server(probes):
    with Postgres() as server:
        database = server.create_database(schema=False)
        probe = probes(database.owner)
        probe.expect("ready")
        probe.simple("60", "SELECT pg_sleep($1)")
        wait_for_backend(server, database, ASLEEP)
        server.kill()
        probe.expect("unknown", "lost")
        probe.write("d 1")  # deadlines go on without a server
        probe.expect("ticked")
        server.start()
        probe.expect("ready")
        probe.simple("1", "SELECT $1::int")
        probe.expect("done 1 1")


def test_no_answer_in_time(database, probes):
    probe = probes(database.owner, "300")
    probe.expect("ready")
    probe.simple("600", "SELECT pg_sleep($1)")
    probe.expect("unknown", "lost", "ready")


def test_black_hole_beside_a_server(database, probes):
    """A host that accepts and never answers stands first; the second is not kept waiting by it."""
    with socket.create_server(("127.0.0.1", 0)) as hole:
        port = hole.getsockname()[1]
        probe = probes("host=127.0.0.1,%s port=%d,5432 dbname=%s user=%s" % (
            database.server.folder, port, database.name, database.server.superuser))
        probe.expect("ready")
        probe.simple("1", "SELECT $1::int")
        probe.expect("done 1 1")


def test_black_hole_alone(probes):
    """Given up and tried again, for ever; the machine's deadlines are kept meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as hole:
        hole.settimeout(PATIENCE_S)
        probe = probes("host=127.0.0.1 port=%d dbname=x user=x" % hole.getsockname()[1])
        probe.write("d 1")
        probe.expect("ticked")
        accepted = [hole.accept()[0] for _ in range(2)]
        assert probe.lines.empty()
        for connection in accepted:
            connection.close()


def test_refused_then_there(probes):
    """The server starts after the link does."""
    with Postgres() as server:
        database = server.create_database(schema=False)
        server.stop()
        probe = probes(database.owner)
        probe.write("d 1")
        probe.expect("ticked")
        server.start()
        probe.expect("ready")


def test_only_a_server_that_takes_writes(server, database, probes):
    read_only = "ALTER DATABASE %s SET default_transaction_read_only = %%s" % database.name
    server.execute(read_only % "on")
    probe = probes(database.owner)
    probe.write("d 1000")
    probe.expect("ticked")  # and not ready
    server.execute(read_only % "off")
    probe.expect("ready")
    # demoted under our feet: the statement fails and another server is looked for
    probe.simple("x", "SET default_transaction_read_only = on")
    probe.expect("done 0 null")
    probe.simple("x", "CREATE TABLE t ()")
    probe.expect("failed 25006", "lost", "ready")


def test_cancelled_synchronous_wait(probes):
    """PostgreSQL answers success with a WARNING; the link must not."""
    with Postgres(settings=("synchronous_standby_names = 'ghost'",
                            "synchronous_commit = local")) as server:
        database = server.create_database(schema=False)
        server.execute("CREATE TABLE t (x text)", database.name)
        probe = probes(database.owner + " options='-c synchronous_commit=on'")
        probe.expect("ready")

        def insert_and(act):
            probe.simple("a", "INSERT INTO t VALUES ($1)")
            server.execute("SELECT %s(%d)"
                           % (act, wait_for_backend(server, database, IN_SYNC_WAIT)))

        insert_and("pg_cancel_backend")
        probe.expect("unsure")
        insert_and("pg_terminate_backend")
        probe.expect("unknown", "lost", "ready")


def test_unblock_ends_a_stuck_holder_of_the_lock(server):
    """A client that stalls with the writer lock held is ended, but only one of our own role that
    has waited long; one that works keeps it."""
    database = server.create_database()
    unblock = subprocess.run([PROBE, "--sql", "unblock"], stdout=subprocess.PIPE, text=True,
                             check=True).stdout

    def connect(conninfo):
        connection = psycopg2.connect(conninfo)
        connection.autocommit = True
        return connection, connection.cursor()

    lock = "BEGIN; SELECT pg_advisory_xact_lock(7694191)"
    keeper, keeping = connect(database.owner)
    keeping.execute(lock)
    watcher, watching = connect(database.ugod)
    watching.execute(unblock)
    assert watching.fetchall() == []  # another role's
    keeping.execute("ROLLBACK")
    stuck, sticking = connect(database.ugod)
    sticking.execute(lock)
    watching.execute(unblock)
    assert watching.fetchall() == []  # not for long yet

    def ended():
        watching.execute(unblock)
        return watching.fetchall() == [(True,)]

    wait_for(ended)
    with pytest.raises(psycopg2.OperationalError):
        sticking.execute("SELECT 1")
    watching.execute("SELECT (ugo.apply_batch('[]') -> 'replies')::text")
    assert watching.fetchall() == [("[]",)]
    for connection in (keeper, watcher, stuck):
        connection.close()
    server.drop_database(database)


def test_bad_connection_string():
    done = subprocess.run([PROBE, "colour=blue"], stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 1


def test_wrong_password_is_no_busy_loop(server, database, probes):
    """Permanent refusals are retried at a slow pace."""
    probe = probes(database.owner.replace("user=ugo_admin", "user=nobody_such"))
    probe.write("d 3000")
    probe.expect("ticked")
    attempts = server.log_text().count("nobody_such")
    assert 2 <= attempts < 80
