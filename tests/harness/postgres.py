# SPDX-License-Identifier: EUPL-1.2
"""A private PostgreSQL for tests: its own cluster in a temporary folder, a Unix socket only, gone
when the test is. Root cannot run PostgreSQL, so as root it runs as another user.

    with Postgres() as pg:
        db = pg.create_database()             # schema/*.sql applied
        psycopg2.connect(db.owner)            # superuser
        psycopg2.connect(db.ugod)             # the daemon's role

`python3 postgres.py` starts one, prints its connection strings and waits for Ctrl-C.
"""
import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import psycopg2

SCHEMA = os.path.join(os.path.dirname(__file__), "..", "..", "schema")
RUN_AS = ("postgres", "nobody")  # the first that exists, when root
STARTUP_S = 60


def _programs():
    """Folder of the newest PostgreSQL server programs, or None."""
    folders = glob.glob("/usr/lib/postgresql/*/bin")
    return max(folders, key=lambda f: int(f.split("/")[4]), default=None)


def _runner():
    """How to run a program that refuses root: (command prefix, its user or None). The program dies
    with this process, however this process ends."""
    if os.geteuid() != 0:
        return ["setpriv", "--pdeathsig", "QUIT"], None
    for name in RUN_AS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid),
                "--clear-groups", "--pdeathsig", "QUIT"], user
    raise RuntimeError("no unprivileged user to run PostgreSQL as")


def migrations(folder=SCHEMA):
    """Paths of the migrations, in their order."""
    return sorted(glob.glob(os.path.join(folder, "[0-9][0-9][0-9][0-9]_*.sql")))


def migrate(connection_string, folder=SCHEMA):
    """Applies every migration in one transaction."""
    connection = psycopg2.connect(connection_string)
    try:
        with connection, connection.cursor() as cursor:
            for path in migrations(folder):
                with open(path, encoding="utf-8") as file:
                    cursor.execute(file.read())
    finally:
        connection.close()


class Database:
    """Connection strings of one database (libpq keyword form)."""

    def __init__(self, server, name):
        self.server = server
        self.name = name
        self.owner = server.connection_string(name, server.superuser)
        self.ugod = server.connection_string(name, "ugod")


class Postgres:
    """A cluster. `settings` are lines of postgresql.conf. fsync is off unless asked for: a kill -9
    of a process loses nothing that the kernel has."""

    superuser = "ugo_admin"  # not ugod: that role must stay without rights

    def __init__(self, fsync=False, settings=(), programs=None):
        self.programs = programs or _programs()
        if self.programs is None:
            raise RuntimeError("PostgreSQL is not installed (Debian: apt install postgresql)")
        self.folder = None
        self.process = None
        self._prefix, self._user = _runner()
        self._settings = ["fsync = %s" % ("on" if fsync else "off"), *settings]
        self._template = None
        self._databases = 0

    # lifecycle

    def __enter__(self):
        try:
            if self.folder is None:
                self.create()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    @classmethod
    def standby_of(cls, primary, streaming=True):
        """A running hot standby of a running cluster; without streaming it stays where it was
        copied. `with` stops it; promote() makes it a primary."""
        standby = cls(programs=primary.programs)
        standby._make_folder()
        standby.run("pg_basebackup", "-h", primary.folder, "-U", cls.superuser, "-D", standby.data,
                    "-X", "stream", "-c", "fast", "-R", "--no-sync")
        standby.configure(["unix_socket_directories = '%s'" % standby.folder])
        if not streaming:
            auto = os.path.join(standby.data, "postgresql.auto.conf")  # wins over the other
            with open(auto, "a", encoding="utf-8") as file:
                file.write("primary_conninfo = ''\n")
        return standby

    def promote(self):
        if not self.execute("SELECT pg_promote(true, %d)" % STARTUP_S)[0][0]:
            raise RuntimeError("not promoted:\n" + self.log_text())

    def _make_folder(self):
        # /tmp and not $TMPDIR: the path of a Unix socket has 107 bytes
        self.folder = tempfile.mkdtemp(prefix="ugo-pg-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)

    @property
    def data(self):
        return os.path.join(self.folder, "data")

    @property
    def log(self):
        return os.path.join(self.folder, "log")

    def run(self, program, *arguments):
        """Runs a PostgreSQL program as the cluster's user; raises with its output."""
        done = subprocess.run([*self._prefix, os.path.join(self.programs, program), *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              cwd=self.folder, check=False)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (program, done.stdout))
        return done.stdout

    def create(self):
        self._make_folder()
        self.run("initdb", "-D", self.data, "-U", self.superuser, "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync", "--no-instructions")
        self.configure(["listen_addresses = ''", "unix_socket_directories = '%s'" % self.folder,
                        "unix_socket_permissions = 0777", "max_connections = 100",
                        "shared_buffers = 64MB", "jit = off", "log_line_prefix = '%m [%p] %u '",
                        "log_checkpoints = off", *self._settings])

    def configure(self, lines):
        """Appends lines to postgresql.conf; takes effect at the next start."""
        with open(os.path.join(self.data, "postgresql.conf"), "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def start(self):
        """Starts the server and waits until it answers. After a kill -9 it waits for the orphans of
        the old one to leave the shared memory."""
        deadline = time.monotonic() + STARTUP_S
        while True:
            self._spawn()
            while self.process.poll() is None:
                if self._answers():
                    return
                if time.monotonic() > deadline:
                    raise RuntimeError("PostgreSQL does not answer:\n" + self.log_text())
                time.sleep(0.02)  # the condition is polled, nothing is assumed done by now
            if time.monotonic() > deadline or "shared memory block" not in self.log_text()[-2000:]:
                raise RuntimeError("PostgreSQL does not start:\n" + self.log_text())

    def _spawn(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*self._prefix, os.path.join(self.programs, "postgres"), "-D", self.data],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True)

    def _answers(self):
        try:
            psycopg2.connect(self.connection_string("postgres", self.superuser)).close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self):
        """Fast shutdown; does nothing when it is not running."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STARTUP_S)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        self.process = None

    def kill(self):
        """kill -9 of the postmaster."""
        self.process.kill()
        self.process.wait()

    def restart_after_kill(self):
        self.kill()
        self.start()

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    # databases

    def connection_string(self, database, user):
        return "host=%s dbname=%s user=%s" % (self.folder, database, user)

    def execute(self, sql, database="postgres"):
        """Runs one statement as superuser outside a transaction."""
        connection = psycopg2.connect(self.connection_string(database, self.superuser))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def create_database(self, name=None, schema=True, template=None):
        """A new database: a copy of `template` (a Database nobody is connected to), or with schema
        of one where schema/*.sql was applied once, or an empty one."""
        if template is None and schema and self._template is None:
            self.execute("CREATE DATABASE ugo_template")
            migrate(self.connection_string("ugo_template", self.superuser))
            self._template = "ugo_template"
        self._databases += 1
        name = name or "ugo_%d" % self._databases
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ValueError(name)
        source = template.name if template else self._template if schema else "template0"
        self.execute("CREATE DATABASE %s TEMPLATE %s" % (name, source))
        return Database(self, name)

    def drop_database(self, database):
        self.execute("DROP DATABASE IF EXISTS %s WITH (FORCE)" % database.name)


def main():
    # a cluster to try things on
    with Postgres(fsync="--fsync" in sys.argv) as server:
        database = server.create_database("ugo")
        print("owner: %s\nugod:  %s" % (database.owner, database.ugod), flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
