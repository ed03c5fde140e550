# SPDX-License-Identifier: EUPL-1.2
"""server/demo as a new user meets it: start, the printed commands, a second start, the end."""
import contextlib
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time

import pytest

from harness.records import words

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
PATIENCE_S = 600  # the first start builds
END_S = 60
ROLES = {"establishment", "service", "territory", "mobile", "astreinte", "def", "admin"}


def free_ports():
    """The first of three free ports in a row."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = probe.getsockname()[1]
        if first > 65533:
            continue
        try:
            for port in (first + 1, first + 2):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue


def processes_of(folder):
    """Who still runs with this folder in its command line: {pid: command line}."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                words = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if folder in words:
            found[int(pid)] = words
    return found


class Demo:
    """One run of server/demo, in a process group of its own as a terminal would have it."""

    def __init__(self, folder, port, *options, language="C.UTF-8"):
        self.folder = folder
        self.output = ""
        self.process = subprocess.Popen(
            ["server/demo", "--dir", folder, "--port-base", str(port), *options], cwd=TOP,
            env={**os.environ, "LC_ALL": language}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, start_new_session=True,
            # a shell in the background hands down an ignored SIGINT, which bash then keeps
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.output += line

    def wait_for(self, text):
        end = time.monotonic() + PATIENCE_S
        while text not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < end, self.output
            time.sleep(0.02)

    def ready(self):
        self.wait_for("Ctrl-C")  # the last of the invitation
        return self

    def file(self):
        with open(os.path.join(self.folder, "demo.json"), encoding="utf-8") as file:
            return json.load(file)

    def commands(self):
        """The printed commands: search, declare, watch."""
        return [shlex.split(line) for line in re.findall(r"^    (\S*/ugo .*)$", self.output, re.M)]

    def night(self):
        """After the night: its commands."""
        self.wait_for("Your turn")
        self.wait_for("request certificate")
        self.wait_for("the evidence for")
        told = self.output[self.output.index("A night on call"):]
        return told, [shlex.split(line) for line in re.findall(r"^  (\S*/ugo .*?)$", told, re.M)]

    def end(self, number=signal.SIGINT):
        """As Ctrl-C does: to the whole group. Its exit status."""
        os.killpg(self.process.pid, number)
        return self.status()

    def status(self):
        status = self.process.wait(END_S)
        self.reader.join()
        return status


@pytest.fixture(name="folder")
def folder_fixture():
    # searchable by the user that ugod becomes, which pytest's own folders are not
    top = tempfile.mkdtemp(prefix="ugo-demo-")
    os.chmod(top, 0o755)
    yield os.path.join(top, "demo")
    for pid in processes_of(top):  # of a test that failed
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(top)


def run(command):
    return subprocess.run(command, cwd=TOP, text=True, capture_output=True, timeout=PATIENCE_S,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}, check=False)


def check_file(demo, port):
    told = demo.file()
    assert told["line"] == "127.0.0.1:%d" % port
    assert told["https"] == "https://127.0.0.1:%d" % (port + 1)
    assert told["server_name"] == "localhost"
    for name in (told["ca"], told["config"], os.path.join(told["bin"], "ugo"),
                 os.path.join(told["bin"], "ugoctl")):
        assert os.path.exists(os.path.join(demo.folder, name)), name
    assert {account["role"] for account in told["accounts"]} == ROLES
    for account in told["accounts"]:
        assert account["token"]
        for member in ("cert", "key"):
            assert os.path.exists(os.path.join(demo.folder, account[member]))


def run_json(demo, who, *line):
    """An answer of ugo, as this account; of nothing, too."""
    ugo = demo.commands()[0][0]
    done = run([ugo, *line, "--demo", demo.folder, "--as", who, "--json"])
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return json.loads(done.stdout)


def play_on(demo):
    """A complete night was shown, and its commands work. The id of its request."""
    told, (waiting, search, hold, answer, night, certificate) = demo.night()
    for sentence in ("opens a request", "3 of them are asked at once", "says no: ", "says yes.",
                     "are given back", "The mobile team gets the mission", "is on the way",
                     "is with the children", "The children have arrived", "is closed.",
                     "Another request has found nothing certain"):
        assert sentence in words(told), told
    shown = run_json(demo, "astreinte", "request", "show", certificate[3])
    assert shown["request"]["state"] == "closed" and len(shown["request"]["arrived"]) == 2
    holds = [item["hold"] for item in shown["holds"]]
    assert sorted(h["state"] for h in holds) == ["arrived", "refused", "released"]
    assert len({h["answered_by"] for h in holds if h["answered_by"]}) == 2
    for command, text in ((waiting, "1 request is waiting"), (search, "boy of"),
                          (hold, "Asked 1 unit"), (answer, "One request for you"),
                          (night, "2 requests opened, 4 holds asked, 1 refused, 1 arrival"),
                          (certificate, "Certificate of request")):
        done = run(command)
        assert done.returncode == 0 and text in words(done.stdout), done.stdout + done.stderr
    asked, = run_json(demo, "astreinte", "hold", "list")["holds"]
    assert asked["hold"]["unit"] == hold[2]
    run_json(demo, "astreinte", "hold", "release", asked["hold"]["id"])
    return certificate[3]


def signs_in(folder, port):
    """What `ugoctl demo accounts` says lets the astreinte into the console."""
    ugoctl = os.path.join(TOP, ".build/release/bin/ugoctl")
    said = run([ugoctl, "demo", "accounts", "--dir", folder]).stdout
    row = next(line.split() for line in said.splitlines() if line.split()[:1] == ["astreinte"])
    assert re.fullmatch(r"\d{6}", row[-1]), said
    tls = ssl.create_default_context(cafile=os.path.join(folder, "ca.pem"))
    door = http.client.HTTPSConnection("localhost", port, context=tls, timeout=60)
    door.request("GET", "/")
    page = door.getresponse()
    assert page.status == 200 and b"<script" in page.read()
    door.request("POST", "/v1/login", json.dumps(
        {"account": row[1], "password": row[2], "totp": row[-1]}),
        {"Content-Type": "application/json"})
    answer = door.getresponse()
    body = json.loads(answer.read())
    assert (answer.status, body.get("role")) == (200, "astreinte"), body
    door.close()


def offers_what_is_drawn(demo, port):
    """A map, who lives there, and somebody reminded: with the account of the direction."""
    who = next(each for each in demo.file()["accounts"] if each["role"] == "def")
    tls = ssl.create_default_context(cafile=os.path.join(demo.folder, "ca.pem"))
    door = http.client.HTTPSConnection("localhost", port, context=tls, timeout=60)
    found = {}
    for what, member in (("outlines", "outlines"), ("equipment", "rows")):
        door.request("GET", "/v1/" + what, headers={"Authorization": "Bearer " + who["token"]})
        answer = door.getresponse()
        body = json.loads(answer.read())
        assert answer.status == 200, body
        found[what] = {row["territory"]: row for row in body[member]}
    door.close()
    assert len(found["outlines"]) == len(found["equipment"]) == 36
    assert all(row["path"].endswith("z") for row in found["outlines"].values())
    whole = found["equipment"]["d31"]
    assert whole["population"] > 200000 and whole["open_rate"] > 0
    assert all(row["population"] > 0 for row in found["equipment"].values())
    outbox, = re.findall(r"^    (\S+/outbox\.jsonl)$", demo.output, re.M)
    written = ""
    end = time.monotonic() + PATIENCE_S
    while "\n" not in written:
        assert time.monotonic() < end, "nobody was reminded"
        time.sleep(0.05)
        with contextlib.suppress(FileNotFoundError), open(outbox, encoding="utf-8") as file:
            written = file.read()
    reminder = json.loads(written[:written.index("\n")])
    assert reminder["question"] == "declare" and reminder["address"].endswith("@demo.invalid")
    assert reminder["url"].startswith("https://localhost:%d/l/" % port), reminder


def test_from_the_first_start_to_the_second(folder):
    port = free_ports()
    demo = Demo(folder, port).ready()
    check_file(demo, port)
    demo.wait_for("UGO_AS=")  # for what ugo then proposes
    search, declare, watch = demo.commands()
    night = play_on(demo)

    found = run(search)
    assert found.returncode == 0 and "1." in found.stdout, found.stdout + found.stderr
    # what is declared is seen by who watches
    with subprocess.Popen(watch, cwd=TOP, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}) as watcher:
        watcher.stdout.readline()  # it has its copy
        assert declare[3:5] == ["--free", "2"]
        done = run(declare)
        assert done.returncode == 0, done.stdout + done.stderr
        for line in watcher.stdout:
            if declare[2] in line:
                break
        watcher.terminate()

    signs_in(folder, port + 1)
    offers_what_is_drawn(demo, port + 1)
    same_folder = Demo(folder, free_ports())
    assert same_folder.status() == 1 and "already running" in same_folder.output
    same_port = Demo(folder + "-2", port)
    assert same_port.status() == 1 and "port %d is taken" % port in same_port.output
    check_file(demo, port)  # both left it alone

    assert demo.end() == 0, demo.output
    assert processes_of(folder) == {}
    assert not os.path.exists(os.path.join(folder, "demo.json"))

    again = Demo(folder, port, "--no-traffic", language="fr_FR.UTF-8").ready()
    assert "Trois commandes" in again.output
    unit = run([declare[0], "unit", declare[2], "--demo", folder, "--as", "def", "--json"])
    assert json.loads(unit.stdout)["unit"]["capacity"]["free"] == 2
    # the night is on record, and none was played again
    assert run_json(again, "def", "request", "show", night)["request"]["state"] == "closed"
    assert len(run_json(again, "def", "waiting")["requests"]) == 1
    assert "nuit" not in again.output
    assert again.end(signal.SIGTERM) == 0
    assert processes_of(folder) == {}


@pytest.mark.parametrize("moment", ["Building", "Starting", "Loading"])
def test_stopped_during_the_start(folder, moment):
    demo = Demo(folder, free_ports())
    demo.wait_for(moment)
    assert demo.end(signal.SIGTERM) in (143, -signal.SIGTERM)
    assert processes_of(folder) == {}
    assert not os.path.exists(os.path.join(folder, "demo.json"))
    # and it begins again from where it was
    demo = Demo(folder, free_ports(), "--no-traffic").ready()
    assert demo.end() == 0
    assert processes_of(folder) == {}


def test_stopped_during_the_night(folder):
    demo = Demo(folder, free_ports())
    demo.wait_for("opens a request")
    assert demo.end() == 0
    assert processes_of(folder) == {}
    # whoever was left waiting still waits, and the next night is another one
    demo = Demo(folder, free_ports())
    demo.wait_for("From an earlier night, NUIT-1 still waits")
    assert "NUIT-2" in demo.output
    assert demo.end() == 0
    assert processes_of(folder) == {}


def test_killed_without_a_chance_to_tidy_up(folder):
    port = free_ports()
    demo = Demo(folder, port, "--no-traffic").ready()
    demo.process.kill()
    demo.process.wait()
    end = time.monotonic() + END_S
    while processes_of(folder) and time.monotonic() < end:
        time.sleep(0.05)
    assert processes_of(folder) == {}
    demo = Demo(folder, port, "--no-traffic").ready()
    check_file(demo, port)
    assert run_json(demo, "def", "hold", "list")["holds"] == []
    assert demo.end() == 0


@pytest.mark.parametrize("options", [["--port-base", "65534"], ["--port-base", "x"], ["--dir"],
                                     ["--dir", ""], ["--nothing"], ["word"]])
def test_wrong_options(options):
    done = run(["server/demo", *options])
    assert done.returncode == 2 and "usage: server/demo" in done.stderr


def test_help():
    done = run(["server/demo", "--help"])
    assert done.returncode == 0 and "--no-traffic" in done.stdout
