# SPDX-License-Identifier: EUPL-1.2
"""A real ugod for tests: its folder, certificates, port and log; ended with the test, with
everything it started.

    with Ugod(folder, workers=2) as daemon:
        daemon.start()                     # until the doors accept
        greeting = daemon.greet()          # a TLS connection's first line
        daemon.stop()                      # SIGTERM; the exit status
"""
import json
import os
import pwd
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

BIN = os.environ["UGO_BIN"]
PATIENCE_S = 60  # for what must happen; nothing is judged by how long it took
RUN_AS = ("ugod", "postgres", "nobody")  # the first that exists, when root


def user():
    """Who workers and PostgreSQL run as."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    for name in RUN_AS:
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("no unprivileged user to run ugod as")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, what="condition"):
    """The first true value that condition() gives."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "waited in vain for " + what
        time.sleep(0.01)


def is_alive(pid):
    """Running; a zombie is not."""
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def children(pid):
    """{pid: name} of the direct children that run."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % entry) as stat:
                head, _, tail = stat.read().rpartition(")")
        except OSError:
            continue
        state, parent = tail.split()[:2]
        if int(parent) == pid and state not in "ZX":
            found[int(entry)] = head.partition("(")[2]
    return found


class Connection:
    """A TLS connection of the line door, synchronous."""

    def __init__(self, daemon, context=None):
        raw = socket.create_connection(("127.0.0.1", daemon.port), timeout=PATIENCE_S)
        self.socket = (context or daemon.context).wrap_socket(raw, server_hostname="localhost")
        self.certificate = self.socket.getpeercert(binary_form=True)
        self.lines = self.socket.makefile("rb")

    def read(self):
        """The next message, or None at the end."""
        line = self.lines.readline()
        return json.loads(line) if line else None

    def write(self, message):
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def close(self):
        self.lines.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Ugod:
    def __init__(self, folder, environment=None, **options):
        """folder: a pathlib.Path that the daemon's user can enter; options: of ugod.conf."""
        self.folder = folder
        self.port = free_port()
        self.environment = {**os.environ, "LC_ALL": "C", **(environment or {})}
        self.process = None
        self.log = []
        self.reader = None
        self.tls = folder / "tls"
        self.issue()
        self.options = {"data_dir": folder / "data", "listen": "127.0.0.1:%d" % self.port,
                        "server_cert": self.tls / "server.pem",
                        "server_key": self.tls / "server.key", "client_ca": self.tls / "ca.pem",
                        "user": user(), "hello_timeout": "60s", **options}
        self.config = folder / "ugod.conf"
        self.configure()
        self.context = ssl.create_default_context(cafile=str(self.tls / "ca.pem"))

    def issue(self):
        """A new server certificate of the same authority."""
        for name in ("server.pem", "server.key"):
            (self.tls / name).unlink(missing_ok=True)
        subprocess.run([BIN + "/ugoctl", "cert", "server", "--dir", self.tls,
                        "--name", "localhost"], check=True, capture_output=True)

    def configure(self, **options):
        self.options.update(options)
        given = {name: value for name, value in self.options.items() if value is not None}
        self.config.write_text("".join("%s = %s\n" % option for option in given.items()))

    # lifecycle

    def launch(self):
        """Starts it and does not wait."""
        self.log = []
        self.process = subprocess.Popen([BIN + "/ugod", "-c", self.config], env=self.environment,
                                        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        text=True, errors="replace", start_new_session=True)
        self.reader = threading.Thread(target=self._read, args=(self.process.stderr, self.log),
                                       daemon=True)
        self.reader.start()

    @staticmethod
    def _read(stream, log):
        for line in stream:
            log.append(line.rstrip("\n"))

    def start(self):
        self.launch()
        self.wait_log(r" notice ready ")

    def wait_end(self):
        """The exit status, once it has ended by itself."""
        status = self.process.wait(PATIENCE_S)
        self.reader.join(PATIENCE_S)
        return status

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.wait_end()

    def signal(self, signo):
        self.process.send_signal(signo)

    def kill_everything(self):
        """Ends what is left, whatever state it is in."""
        if self.process is None:
            return
        family = [self.process.pid, *children(self.process.pid)]
        server = self.postmaster()
        if server:
            family.append(server)
        for pid in family:
            for signo in (signal.SIGKILL, signal.SIGCONT):
                if is_alive(pid):
                    os.kill(pid, signo)
        self.process.wait()
        wait_for(lambda: not any(is_alive(pid) for pid in family), "the end of ugod")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            print("\n".join(self.log))
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                pass
        self.kill_everything()

    # looking

    def wait_log(self, pattern, n=1, since=0):
        """The n-th line of the log that matches; since: lines to leave out."""
        expression = re.compile(pattern)

        def found():
            lines = [line for line in self.log[since:] if expression.search(line)]
            if len(lines) >= n:
                return lines[n - 1]
            assert self.process.poll() is None or self.reader.is_alive(), \
                "ugod ended before it logged " + pattern + "\n" + "\n".join(self.log)
            return None
        try:
            return wait_for(found, pattern)
        except AssertionError:
            print("\n".join(self.log))
            raise

    def has_log(self, pattern):
        return any(re.search(pattern, line) for line in self.log)

    def workers(self):
        """{slot: pid}"""
        return {int(name.rpartition("-")[2]): pid
                for pid, name in children(self.process.pid).items()
                if name.startswith("ugod-worker")}

    def postmaster(self):
        """Pid of the embedded PostgreSQL, or None."""
        try:
            with open(self.folder / "data" / "postgres" / "postmaster.pid") as file:
                pid = int(file.readline())
        except (OSError, ValueError):
            return None
        return pid if is_alive(pid) else None

    def connect(self, context=None):
        return Connection(self, context)

    def greet(self):
        """What a fresh connection is told first."""
        with self.connect() as connection:
            return connection.read()
