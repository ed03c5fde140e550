# SPDX-License-Identifier: EUPL-1.2
"""Fixtures to run the ugo command against a stand-in for the line door:
pytest_plugins = ["harness.cli"]."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading

import pytest

from harness.line_server import EPOCH, Certificates, LineServer
from harness.records import META, UNITS, plain
from harness.ugod import token_of

UGO = os.path.join(os.environ["UGO_BIN"], "ugo")


@pytest.fixture(scope="session", name="tls")
def fixture_tls(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(name="server")
def fixture_server(tls):
    with LineServer(tls) as server:
        server.answers.update({
            "me": {"account": "astreinte-31", "name": "Astreinte 31", "role": "astreinte",
                   "scope": {"territories": ["d31"], "establishments": []}, **META},
            "unit.list": {"units": UNITS, "next": None, **META},
            "unit.get": {"unit": UNITS[0], **META},
            "unit.declare": {"unit": UNITS[0], "position": f"{EPOCH}.8"},
            "unit.confirm": {"unit": UNITS[0], "position": f"{EPOCH}.8"},
            "unit.report_wrong": {"unit": UNITS[3], "position": f"{EPOCH}.8"}})
        yield server


@pytest.fixture(name="ugo")
def fixture_ugo(tls, server, tmp_path):
    """Runs ugo; words of the command line, then environment; settings None are left out."""
    def run(*line, popen=False, **environment):
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "Europe/Paris",
               "UGO_SERVER": f"localhost:{server.port}", "UGO_CA": tls.path("ca.pem"),
               "UGO_CERT": tls.path("client.pem"), "UGO_CERT_KEY": tls.path("client.key"),
               "LC_ALL": "fr_FR.UTF-8", "COLUMNS": "80", **environment}
        env = {name: value for name, value in env.items() if value is not None}
        if popen:
            return subprocess.Popen([UGO, *line], env=env, text=True, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, bufsize=1)
        return subprocess.run([UGO, *line], env=env, text=True, capture_output=True, timeout=60,
                              check=False)
    return run


def caller(folder):
    """call(register, account, words…) of the real ugo against a real ugod: the finished process;
    popen: the running one."""
    def call(register, account, *line, popen=False, **environment):
        token = folder / account
        token.write_text(token_of(account) + "\n")
        token.chmod(0o600)
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "Europe/Paris",
               "UGO_SERVER": "localhost:%d" % register.port, "UGO_CA": str(register.tls / "ca.pem"),
               "UGO_TOKEN_FILE": str(token), "LC_ALL": "fr_FR.UTF-8", "COLUMNS": "120",
               **{name: value for name, value in os.environ.items() if "SAN_OPTIONS" in name},
               **environment}
        if popen:
            return subprocess.Popen([UGO, *line], env=env, text=True, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, bufsize=1)
        return subprocess.run([UGO, *line], env=env, text=True, capture_output=True, timeout=60,
                              check=False)
    return call


class Watch:
    """A running `ugo watch` and its lines as they come."""

    def __init__(self, process):
        self.process = process
        self.lines = queue.Queue()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(plain(line.rstrip("\n")))
        self.lines.put(None)

    def line(self, part):
        """The next line that has this part."""
        seen = []
        while True:
            line = self.lines.get(timeout=30)
            assert line is not None, f"ended before “{part}”: {seen}"
            if part in line:
                return line
            seen.append(line)

    def event(self, name):
        return json.loads(self.line(f'"event":"{name}"'))

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        assert self.process.wait(30) == 0
        self.thread.join(30)
        rest = []
        while (line := self.lines.get(timeout=30)) is not None:
            rest.append(line)
        return rest


@pytest.fixture(name="watch")
def fixture_watch(ugo):
    with contextlib.ExitStack() as stack:
        def start(*line, **environment):
            environment = {"COLUMNS": "200", **environment}
            process = stack.enter_context(ugo("watch", *line, popen=True, **environment))
            stack.callback(process.kill)
            return Watch(process)
        yield start
