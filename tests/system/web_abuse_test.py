# SPDX-License-Identifier: EUPL-1.2
"""What the HTTPS door is not talked into: by another site's page, by what was heard before, by too
much of anything, by thousands who only listen."""
import contextlib
import os
import resource
import subprocess

import pytest

from harness.daemon import BIN, free_port
from harness.departement import departement
from harness.follow import connection, port
from harness.https import Https
from harness.ugod import registers

PASSWORD = "une très longue phrase"
NEED = {"children": [{"age_months": 90, "sex": "F"}]}


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(2)) as new:
        yield new


@pytest.fixture(name="register", scope="module")
def fixture_register(new):
    with new(workers=1, listen_https="127.0.0.1:%d" % free_port(), second_factor="") as register:
        for account in ("night", "home-0"):
            subprocess.run([BIN + "/ugoctl", "--config", register.config, "account", "password",
                            account], input=PASSWORD + "\n", text=True, check=True,
                           capture_output=True)
        yield register


def page_of(register, account, **how):
    """A page that somebody has signed in at; (it, its cookie, its anti-forgery text)."""
    page = Https(port(register), register.tls_context, **how)
    answer = page.post("/v1/login", {"account": account, "password": PASSWORD})
    assert answer.status == 200, answer
    cookie = answer.fields["set-cookie"].partition(";")[0].partition("=")[2]
    page.own.update(Cookie="__Host-ugo=" + cookie)
    page.own["Ugo-Anti-Forgery"] = answer.json["anti_forgery"]
    return page, cookie, answer.json["anti_forgery"]


# ── other sites ──

CROSS = [("another origin", {"Origin": "https://evil.example"}),
         ("a page of no origin", {"Origin": "null"}),
         ("the same name without TLS", {"Origin": "http://localhost"}),
         ("another port", {"Origin": "https://localhost:1"}),
         ("a name that begins like ours", {"Origin": "https://localhost.evil.example"}),
         ("said by the browser", {"Sec_Fetch_Site": "cross-site"}),
         ("a sister's site", {"Sec_Fetch_Site": "same-site"})]


@pytest.mark.parametrize("what,fields", CROSS, ids=[case[0] for case in CROSS])
def test_another_site_does_nothing(register, what, fields):
    """With the cookie, which the browser would not even send; with all else right."""
    page, _, _ = page_of(register, "home-0")
    with page:
        before = register.query("SELECT max(revision) FROM ugo.change WHERE kind = 'unit'")
        for method, path, body in (
                ("PUT", "/v1/units/u-0-a/availability", {"free": 1, "open": 4}),
                ("POST", "/v1/logout", {}), ("POST", "/v1/login", {"account": "home-0",
                                                                   "password": PASSWORD}),
                ("POST", "/v1/password", {"old": PASSWORD, "new": "x" * 20})):
            answer = page.call(method, path, body, **fields)
            assert (answer.status, answer.detail) == (403, "cross_site"), (what, path)
        for path in ("/v1/me", "/v1/units", "/v1/events", "/v1/session"):
            answer = page.get(path, **fields)
            assert (answer.status, answer.detail) == (403, "cross_site"), (what, path)
        assert register.query(
            "SELECT max(revision) FROM ugo.change WHERE kind = 'unit'") == before
        assert page.get("/v1/me").status == 200


# ── forged, heard before ──

def test_what_is_forged_opens_nothing(register):
    page, cookie, forgery = page_of(register, "night")
    other, _, another = page_of(register, "home-0")
    with page, other, Https(port(register), register.tls_context) as forger:
        turned = cookie[:-1] + ("A" if cookie[-1] != "A" else "B")
        for sent in (turned, cookie[:-1], cookie + "A", cookie.swapcase(), "", "%s %s" % (
                cookie, cookie), '"%s"' % cookie):
            answer = forger.get("/v1/me", Cookie="__Host-ugo=" + sent)
            assert answer.status == 401, (sent, answer)
        for name in ("ugo", "Host-ugo", "__host-ugo", "__Secure-ugo"):
            assert forger.get("/v1/me", Cookie=name + "=" + cookie).detail == "no_credential"
        for scheme in ("Bearer ", "Link ", "Basic ", "Cookie "):
            assert forger.get("/v1/me", Authorization=scheme + cookie).status == 401
        for text in (another, forgery[:-1], forgery.upper(), forgery + "A", "", "null"):
            answer = page.post("/v1/search", NEED, Ugo_Anti_Forgery=text)
            assert (answer.status, answer.detail) == (403, "anti_forgery"), text
        assert page.post("/v1/search", NEED).status == 200


def test_what_was_heard_before_is_worth_nothing(register):
    page, cookie, forgery = page_of(register, "night")
    with page, Https(port(register), register.tls_context) as later:
        assert page.post("/v1/logout").status == 200
        later.own.update({"Cookie": "__Host-ugo=" + cookie, "Ugo-Anti-Forgery": forgery})
        for answer in (later.get("/v1/me"), later.post("/v1/search", NEED),
                       later.get("/v1/session"), later.post("/v1/logout")):
            assert (answer.status, answer.detail) == (401, "session_ended")


def test_a_key_is_its_account_s(register):
    """Whoever has heard a key does nothing with it, and hears nothing of its answer."""
    with connection(register, "home-0") as home, connection(register, "home-1") as other:
        said = [home.put("/v1/units/u-0-b/availability", {"free": 2, "open": 4},
                         Idempotency_Key="heard") for _ in range(2)]
        assert said[0].status == 200 and said[0].body == said[1].body
        answer = other.put("/v1/units/u-0-b/availability", {"free": 2, "open": 4},
                           Idempotency_Key="heard")
        assert answer.status == 403 and b"u-0-b" not in answer.body
    assert register.query("SELECT count(*) FROM ugo.change WHERE id = 'u-0-b' AND operation ="
                          " 'unit.declare'") == [(1,)]


def test_no_request_before_the_handshake_has_ended(register):
    """Early data could be sent again by whoever heard it."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", "127.0.0.1:%d" % port(register), "-tls1_3",
         "-CAfile", register.tls / "ca.pem", "-servername", "localhost", "-ign_eof"],
        input=b"GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        capture_output=True, check=False)
    assert b"HTTP/1.1 4" in done.stdout, done.stdout
    assert b"Max Early Data: 0" in done.stdout or b"Max Early Data" not in done.stdout


# ── too much ──

def long(n):
    return "a" * n


DECLARE = ("PUT", "/v1/units/u-0-a/availability")
LOGIN = ("POST", "/v1/login")
TOO_MUCH = [
    ("an account", *LOGIN, {"account": long(5000), "password": "x"}, {}, "/account"),
    ("a password", *LOGIN, {"account": "home-0", "password": long(60000)}, {}, "/password"),
    ("a code", *LOGIN, {"account": "home-0", "password": "x", "totp": long(900)}, {}, "/totp"),
    ("a key", *DECLARE, {"free": 1}, {"Idempotency_Key": long(3000)}, "/idempotency_key"),
    ("a unit", "GET", "/v1/units/" + long(3000), None, {}, "/unit"),
    ("a position", "GET", "/v1/units", None, {"Ugo_After": long(3000)}, "/after"),
    ("a mark", "GET", "/v1/events", None, {"Last_Event_ID": long(3000)}, "/since"),
    ("a mark in the address", "GET", "/v1/events?since=" + long(3000), None, {}, "/since"),
    ("a filter", "GET", "/v1/events?filter=" + long(3000), None, {}, "/filter"),
    ("a filter's units", "GET", "/v1/events?filter=%7B%22units%22:%5B" + ",".join(
        ["%22u%22"] * 400) + "%5D%7D", None, {}, "/filter/units"),
    ("a limit", "GET", "/v1/units?limit=" + "9" * 3000, None, {}, "/limit"),
    ("a cursor", "GET", "/v1/units?cursor=" + long(3000), None, {}, "/cursor"),
    ("parameters", "GET", "/v1/units?" + "&".join(["limit=1"] * 500), None, {}, "/limit"),
    ("children", "POST", "/v1/search", {"children": NEED["children"] * 500}, {}, "/children"),
    ("an age", "POST", "/v1/search", {"children": [{"age_months": 10 ** 17, "sex": "F"}]}, {},
     "/children/0/age_months"),
    ("a number", *DECLARE, {"free": 10 ** 300}, {}, None),
    ("members", *DECLARE, {"m%d" % i: 0 for i in range(3000)}, {}, None),
    ("a token", "GET", "/v1/me", None, {"Authorization": "Bearer " + long(7000)}, None),
]


@pytest.mark.parametrize("what,method,path,body,fields,where", TOO_MUCH,
                         ids=[case[0] for case in TOO_MUCH])
def test_too_much_is_refused(register, what, method, path, body, fields, where):
    """By its name, where it has one; shortly, and the connection goes on."""
    account = "night" if path == "/v1/search" else "home-0"
    with connection(register, account) as door:
        answer = door.call(method, path, body, **fields)
        assert 400 <= answer.status < 500 and len(answer.body) < 400, (what, answer)
        if where is not None:
            assert answer.status == 422, (what, answer)
            assert [pointer for pointer, _ in answer.errors] == [where], (what, answer)
        assert door.get("/v1/me").status == 200


# ── thousands who only listen ──

STREAMS = 1000
EACH_KB = 32  # 16 are aimed at; a build that checks its memory needs somewhat more


def resident_kb(pid):
    with open("/proc/%d/status" % pid) as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))


def test_a_thousand_idle_streams_cost_what_they_may(new):
    """In memory, which does not depend on the machine's speed; tests/bench/run tells of 10 000."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4 * STREAMS, most), most))
    checked = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:malloc_context_size=0"
    with contextlib.ExitStack() as stack:
        register = stack.enter_context(new(
            workers=1, listen_https="127.0.0.1:%d" % free_port(),
            max_connections_per_address=2 * STREAMS, environment={"ASAN_OPTIONS": checked}))
        worker = register.workers()[0]
        streams = []

        def begin(n):
            for _ in range(n):
                events = stack.enter_context(connection(register, "home-1")).events()
                next(name for name, _, _ in events if name == "mark")
                streams.append(events)
        begin(50)  # what is there once is not counted
        before = resident_kb(worker)
        begin(STREAMS - 50)
        each = (resident_kb(worker) - before) / (STREAMS - 50)
        print("an idle stream costs %.1f KB" % each)
        assert each < EACH_KB
        with connection(register, "home-1") as home:
            answer = home.put("/v1/units/u-1-a/availability", {"free": 3, "open": 8})
            assert answer.status == 200
        for events in streams:
            changed = next(body for name, _, body in events if name == "delta")
            assert changed["set"][0]["capacity"]["free"] == 3
        assert register.workers()[0] == worker
