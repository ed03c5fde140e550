# SPDX-License-Identifier: EUPL-1.2
"""Reminders from end to end: a gateway of the test's own gets them, signed; one that fails, is gone
or falls silent loses none; what they bring is a link that answers."""
import hashlib
import hmac
import http.server
import json
import queue
import stat
import threading
import time

import pytest

from harness.daemon import free_port, wait_for
from harness.https import Https
from harness.ugod import registers

SECRET = "what both know"
DAY = 24 * 3600
PLACES = [
    ("territory.put", {"code": "d31", "name": "Haute-Garonne", "level": "departement"}),
    ("commune.put", {"insee": "31555", "name": "Toulouse", "postcodes": ["31000"],
                     "point": [43.6, 1.44], "territory": "d31"}),
    ("establishment.put", {"id": "e-1", "name": "Les Tilleuls", "establishment_kind": "mecs",
                           "territory": "d31", "commune": "31555"}),
    *(("unit.put", {"id": "u-%d" % n, "establishment": "e-1", "name": "Groupe %d" % n,
                    "ttl_s": 3600}) for n in range(3)),
    ("account.put", {"id": "home", "role": "establishment", "name": "Compte",
                     "establishments": ["e-1"], "remind": "cadre@tilleuls.example"}),
    ("reminder.put", {"id": "n-1", "territory": "d31", "question": "declare"}),
]


class Gateway:
    """Takes what is posted, or answers otherwise: `answers` has the status of each to come."""

    def __init__(self, port):
        self.got = queue.Queue()
        self.answers = queue.Queue()
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.got.put((self.headers, body))
                status = 204 if gateway.answers.empty() else gateway.answers.get()
                if status is None:  # silence, until the other side has gone
                    self.connection.recv(1)
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def next(self):
        headers, body = self.got.get(timeout=60)
        stamp, digest = headers["Ugo-Signature"].split(",")
        seconds = stamp.removeprefix("t=")
        assert abs(int(seconds) - time.time()) < 120
        wanted = hmac.new(SECRET.encode(), seconds.encode() + b"." + body, hashlib.sha256)
        assert digest == "v1=" + wanted.hexdigest()
        message = json.loads(body)
        assert headers["Ugo-Id"] == message["id"]
        return message


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(PLACES) as new:
        yield new


@pytest.fixture(name="port")
def fixture_port():
    return free_port()


@pytest.fixture(name="gateway")
def fixture_gateway(port):
    gateway = Gateway(port)
    yield gateway
    gateway.close()


def options(port, **more):
    return {"reminder_webhook": "http://127.0.0.1:%d/ugo" % port, "reminder_secret": SECRET,
            "public_url": "https://ugo.example.fr/", "reminder_every": "1s", "workers": 2, **more}


def grow_old(register, *units):
    """The units said something that is not believed any more."""
    for unit in units:
        register.apply([("unit.declare", {
            "unit": unit, "free": 2, "open": 10,
            "observed_at": int((time.time() - DAY) * 1e6)})])


def states(register):
    return register.query("SELECT unit, state, tries FROM ugo.outbox ORDER BY id")


def becomes(register, *wanted):
    wait_for(lambda: states(register) == list(wanted), str(wanted))


def at_once(register):
    """The next try need not be waited for."""
    register.query("UPDATE ugo.outbox SET next_at = 0")


def failed(register, number):
    """So many tries have failed, and the database knows."""
    wait_for(lambda: sum("reminder_failed" in line for line in register.log) == number,
             "%d failures" % number)


def https_port(register):
    return int(str(register.options["listen_https"]).rpartition(":")[2])


def link_of(register, message):
    base, _, secret = message["url"].rpartition("/")
    assert base == "https://ugo.example.fr/l" and len(secret) == 32
    return Https(https_port(register), register.tls_context), {"Authorization": "Link " + secret}


def test_it_comes_and_answers(new, port, gateway):
    with new(**options(port, listen_https="127.0.0.1:%d" % free_port())) as register:
        grow_old(register, "u-0")
        message = gateway.next()
        assert {name: message[name] for name in (
            "question", "account", "address", "unit", "unit_name", "establishment_name",
            "hold")} == {
            "question": "declare", "account": "home", "address": "cadre@tilleuls.example",
            "unit": "u-0", "unit_name": "Groupe 0", "establishment_name": "Les Tilleuls",
            "hold": None}
        becomes(register, ("u-0", "sent", 1))
        door, who = link_of(register, message)
        with door:
            shown = wait_for(lambda: (a := door.get("/v1/link", **who)).status == 200 and a,
                             "the link")
            assert shown.json["unit"]["id"] == "u-0"
            answer = door.post("/v1/link", {"free": 1}, **who)
            assert answer.status == 200 and answer.json["unit"]["channel"] == "link"
            assert door.get("/v1/me", **who).status == 401
        # The secret is in no row and in no line of the log.
        secret = message["url"].rpartition("/")[2]
        for table in ("outbox", "link", "change", "idempotency"):
            assert register.query(f"SELECT count(*) FROM ugo.{table} t WHERE"
                                  " strpos(t::text, %s) > 0", secret) == [(0,)]
        assert not any(secret in line for line in register.log)
        assert gateway.got.empty()


def test_a_gateway_that_fails_or_is_gone(new, port):
    with new(**options(port)) as register:
        grow_old(register, "u-0")
        failed(register, 1)  # nobody is there
        gateway = Gateway(port)
        try:
            for number, status in enumerate((500, 302), 2):
                gateway.answers.put(status)
                at_once(register)
                tried = gateway.next()["id"]
                failed(register, number)
                assert states(register) == [("u-0", "waiting", number)]
            at_once(register)
            assert gateway.next()["id"] == tried
            becomes(register, ("u-0", "sent", 4))
            assert gateway.got.empty()
        finally:
            gateway.close()


def test_after_four_tries_it_has_failed(new, port):
    with new(**options(port)) as register:
        grow_old(register, "u-0")
        for number in range(1, 5):
            failed(register, number)
            at_once(register)
        becomes(register, ("u-0", "failed", 4))
        assert any("state=failed" in line for line in register.log)


def test_a_worker_that_dies_while_it_sends(new, port, gateway):
    with new(**options(port)) as register:
        gateway.answers.put(None)
        grow_old(register, "u-0", "u-1", "u-2")
        first = gateway.next()
        register.kill_worker(0)
        at_once(register)
        messages = [gateway.next() for _ in range(3)]
        becomes(register, ("u-0", "sent", 2), ("u-1", "sent", 2), ("u-2", "sent", 2))
        assert {m["unit"] for m in messages} == {"u-0", "u-1", "u-2"}
        assert first["id"] in {m["id"] for m in messages}  # the same one, to whoever counts ids
        assert gateway.got.empty()


def test_a_stop_waits_for_no_gateway(new, port, gateway):
    with new(**options(port)) as register:
        gateway.answers.put(None)
        grow_old(register, "u-0")
        gateway.next()
        assert register.stop() == 0


def test_without_a_gateway(new):
    with new(reminder_every="1s", workers=1) as register:
        grow_old(register, "u-0")
        becomes(register, ("u-0", "sent", 1))
        path = register.folder / "data/outbox.jsonl"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        (line,) = path.read_text().splitlines()
        assert json.loads(line)["unit"] == "u-0"
