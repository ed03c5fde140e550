# SPDX-License-Identifier: EUPL-1.2
"""The real HTTPS door: what it takes, what it refuses, how long it waits, and whom it lets in."""
import base64
import concurrent.futures
import contextlib
import hashlib
import hmac
import json
import signal
import socket
import ssl
import struct
import subprocess
import time
import warnings

import pytest

from harness.daemon import BIN, free_port, wait_for
from harness.departement import departement
from harness.https import Ended, EventCopy, Https
from harness.ugod import registers, token_of

PASSWORD = "une très longue phrase"


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(3)) as new:
        yield new


@pytest.fixture(name="register", scope="module")
def fixture_register(new):
    with new(workers=1, listen_https="127.0.0.1:%d" % free_port(),
             https_names="LOCALHOST, ugo.example") as register:
        yield register


def port(register):
    return int(str(register.options["listen_https"]).rpartition(":")[2])


def door(register, account=None, **how):
    return Https(port(register), register.tls_context,
                 token=token_of(account) if account else None, **how)


# ── conformance and abuse ──

HOST = b"Host: localhost\r\n"
GET = b"GET /v1/me HTTP/1.1\r\n" + HOST
PUT = b"PUT /v1/units/u-0-a/availability HTTP/1.1\r\n" + HOST

REFUSED = [
    # what a lenient server takes (evhttp 2.1.12 took them)
    ("two lengths", PUT + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", 400),
    ("two same lengths", PUT + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
    ("a list of lengths", PUT + b"Content-Length: 2, 2\r\n\r\n{}", 400),
    ("a signed length", PUT + b"Content-Length: +2\r\n\r\n{}", 400),
    ("a length from zero", PUT + b"Content-Length: 02\r\n\r\n{}", 400),
    ("a hexadecimal length", PUT + b"Content-Length: 0x2\r\n\r\n{}", 400),
    ("an empty length", PUT + b"Content-Length: \r\n\r\n{}", 400),
    ("another name", b"GET /v1/me HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
    ("bare line feeds", b"GET /v1/me HTTP/1.1\nHost: localhost\n\n", 400),
    ("one bare line feed", b"GET /v1/me HTTP/1.1\r\nHost: localhost\n\r\n", 400),
    ("a bare carriage return", GET + b"X: a\rb\r\n\r\n", 400),
    ("a space before the colon", b"GET /v1/me HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
    ("a folded line", GET + b"X: a\r\n b\r\n\r\n", 400),
    ("a folded first line", b"GET /v1/me HTTP/1.1\r\n Host: localhost\r\n\r\n", 400),
    ("no host", b"GET /v1/me HTTP/1.1\r\n\r\n", 400),
    ("two hosts", GET + HOST + b"\r\n", 400),
    ("chunks", PUT + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    ("chunks and a length",
     PUT + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 501),
    ("hidden chunks", PUT + b"Transfer-Encoding: \tidentity, chunked\r\n\r\n", 501),
    ("a byte of zero", GET + b"X: a\0b\r\n\r\n", 400),
    ("a name that is none", GET + b"X(Y): a\r\n\r\n", 400),
    ("no name", GET + b": a\r\n\r\n", 400),
    ("no colon", GET + b"abc\r\n\r\n", 400),
    # lines
    ("an empty line first", b"\r\n" + GET + b"\r\n", 400),
    ("an old version", b"GET /v1/me HTTP/1.0\r\n" + HOST + b"\r\n", 505),
    ("a new version", b"GET /v1/me HTTP/2.0\r\n" + HOST + b"\r\n", 505),
    ("no version", b"GET /v1/me\r\n\r\n", 400),
    ("two spaces", b"GET  /v1/me HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a whole address", b"GET https://localhost/v1/me HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a proxy's verb", b"CONNECT localhost:1 HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    ("everything", b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("an unknown verb", b"BREW /v1/me HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    ("a lower-case verb", b"get /v1/me HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    ("another protocol", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", None),
    ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    # bodies where none belongs, promises
    ("a body of GET", GET + b"Content-Length: 2\r\n\r\n{}", 400),
    ("a promise", PUT + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n", 417),
    # sizes
    ("a long body", PUT + b"Content-Length: 65537\r\n\r\n", 413),
    ("an endless body", PUT + b"Content-Length: 99999999999999999999999\r\n\r\n", 413),
    ("a long target", b"GET /" + b"a" * 4096 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    ("an endless target", b"GET /" + b"a" * 200000, 414),
    ("a long head", GET + b"X: " + b"a" * 8192 + b"\r\n\r\n", 431),
    ("an endless head", GET + b"X: " + b"a" * 200000, 431),
    ("many fields", GET + b"".join(b"X%d: a\r\n" % i for i in range(64)) + b"\r\n", 431),
    # paths
    ("a zero in a path", b"GET /v1/%00 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a hidden slash", b"GET /v1/units%2fu-0-a HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("half an escape", b"GET /v1/%2 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("no UTF-8", b"GET /v1/%ff HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("an overlong dot", b"GET /%c0%ae%c0%ae/etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a credential twice", GET + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
     400),
    ("cookies twice", GET + b"Cookie: __Host-ugo=a\r\nCookie: __Host-ugo=b\r\n\r\n", 400),
]


@pytest.mark.parametrize("what,data,status", REFUSED, ids=[case[0] for case in REFUSED])
def test_refused(register, what, data, status):
    """A problem, then the end; nothing of what follows is taken for another request."""
    with door(register) as connection:
        connection.send(data + b"GET /v1/territories HTTP/1.1\r\n" + HOST + b"\r\n")
        answer = connection.answer()
        assert status in (answer.status, None), (what, answer)
        assert 400 <= answer.status < 600
        assert answer.fields["content-type"] == "application/problem+json"
        assert answer.fields["connection"] == "close"
        assert answer.json["status"] == answer.status
        assert answer.json["type"].startswith("urn:ugo:error:")
        assert connection.rest() == b""


@pytest.mark.parametrize("path", [
    "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..", "/.", "/assets/../../ugod.conf",
    "//etc/passwd", "/etc/passwd", "/assets//x", "/v1/../ugod.conf", "/v1/units/..", "/\\..\\x",
    "/v1/units/u-0-a/", "/v1/units//availability", "/V1/me", "/v1/nothing"])
def test_paths_that_lead_nowhere(register, path):
    with door(register, "boss") as connection:
        answer = connection.get(path)
        assert answer.status == (400 if "\\" in path else 404)
        assert answer.fields["content-type"] == "application/problem+json"


def test_one_request_at_a_time(register):
    with door(register, "boss") as connection:
        one = (b"GET /v1/me HTTP/1.1\r\n" + HOST + b"Authorization: Bearer "
               + token_of("boss").encode() + b"\r\n\r\n")
        connection.send(one + one + one)
        assert connection.answer().status == 200
        assert connection.rest() == b""
    with door(register, "boss") as connection:
        for _ in range(50):
            assert connection.get("/v1/me").status == 200
        assert "connection" not in connection.get("/v1/me").fields
        assert connection.get("/v1/me", Connection="close").fields["connection"] == "close"
        assert connection.rest() == b""


def test_every_answer_is_guarded(register):
    with door(register, "boss") as connection:
        for answer in (connection.get("/v1/me"), connection.get("/v1/nothing"),
                       connection.call("HEAD", "/v1/me"), connection.post("/v1/login", {}),
                       connection.get("/v1/me", Authorization="Bearer no")):
            fields = answer.fields
            assert fields["strict-transport-security"] == "max-age=31536000"
            assert fields["x-content-type-options"] == "nosniff"
            assert fields["referrer-policy"] == "no-referrer"
            assert fields["cross-origin-opener-policy"] == "same-origin"
            assert fields["cross-origin-resource-policy"] == "same-origin"
            assert fields["cache-control"] == "no-store"
            assert "server" not in fields and "access-control-allow-origin" not in fields


# ── time ──

def refused_after(connection, head, drip, detail):
    """Sends head, then drip byte by byte until that is answered; the seconds it took."""
    began = time.monotonic()
    connection.send(head)
    connection.socket.settimeout(0.05)
    said = b""
    for byte in drip:
        connection.send(bytes([byte]))
        with contextlib.suppress(socket.timeout, ssl.SSLWantReadError):
            said = connection.socket.recv(4096)
            break
    assert said.startswith(b"HTTP/1.1 408 "), said
    assert json.loads(said.partition(b"\r\n\r\n")[2])["detail"] == detail
    return time.monotonic() - began


def test_who_dribbles_is_refused(new):
    """Whole deadlines, whatever trickles in; they may be changed while it runs."""
    with new(workers=1, listen_https="127.0.0.1:%d" % free_port(), http_head_timeout="1s",
             http_body_timeout="60s", http_idle="60s") as register:
        with door(register) as connection:
            assert refused_after(connection, b"GET ", b"/" + b"a" * 400, "late_head") >= 1
        register.configure(http_head_timeout="60s", http_body_timeout="1s", http_idle="2s")
        register.signal(signal.SIGHUP)
        register.wait_log("notice reloaded")
        with door(register) as connection:
            assert refused_after(connection, PUT + b"Content-Length: 60000\r\n\r\n", b" " * 400,
                                 "late_body") >= 1
        with door(register, "boss") as connection:
            assert connection.get("/v1/me").status == 200
            began = time.monotonic()
            assert connection.rest() == b""
            assert time.monotonic() - began >= 1.5


# ── TLS ──

def handshake(register, **how):
    """What a client of this kind comes to: (version, cipher, protocol)."""
    context = ssl.create_default_context(cafile=str(register.tls / "ca.pem"))
    with warnings.catch_warnings():  # old versions are meant
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = how.get("most", ssl.TLSVersion.MAXIMUM_SUPPORTED)
    if "ciphers" in how:
        context.set_ciphers(how["ciphers"])
    if "alpn" in how:
        context.set_alpn_protocols(how["alpn"])
    with socket.create_connection(("127.0.0.1", port(register))) as raw:
        with context.wrap_socket(raw, server_hostname="localhost") as s:
            return s.version(), s.cipher()[0], s.selected_alpn_protocol()


def test_tls_policy(register):
    two = {"most": ssl.TLSVersion.TLSv1_2}
    assert handshake(register)[0] == "TLSv1.3"
    version, cipher, _ = handshake(register, **two)
    assert version == "TLSv1.2" and cipher.startswith("ECDHE-")
    assert "GCM" in cipher or "CHACHA20" in cipher
    assert handshake(register, alpn=["h2", "http/1.1"])[2] == "http/1.1"
    assert handshake(register)[2] is None
    refused = [{"most": 0x0302, "ciphers": "ALL:@SECLEVEL=0"},
               {**two, "ciphers": "ECDHE+AES:!AESGCM:!AESCCM"},        # CBC
               {**two, "ciphers": "AES128-GCM-SHA256:AES256-SHA"},     # no forward secrecy
               {**two, "ciphers": "ECDHE-ECDSA-AES128-CCM8:ECDHE-RSA-AES128-SHA256"},
               {"alpn": ["h2"]}, {"alpn": ["ugo/1"]}]
    for how in refused:
        with pytest.raises((ssl.SSLError, OSError)):
            handshake(register, **how)


# ── operations ──

def test_a_declaration_is_seen_on_a_stream(register):
    with door(register, "boss") as watcher, door(register, "home-0") as home:
        copy = EventCopy()
        events = watcher.events("?filter=%7B%22units%22:%5B%22u-0-a%22%5D%7D")
        while not copy.hear(*next(events)):
            pass
        assert copy.records["unit", "u-0-a"]["observed_at"] is None
        answer = home.put("/v1/units/u-0-a/availability", {"free": 3, "open": 8},
                          Idempotency_Key="https-1")
        assert answer.status == 200 and answer.json["unit"]["capacity"]["free"] == 3
        while not copy.hear(*next(events)):
            pass
        assert copy.records["unit", "u-0-a"]["capacity"]["free"] == 3
        assert copy.revision >= answer.json["unit"]["revision"]
        position = answer.fields["ugo-position"]
        assert position == answer.json["position"]

        unit = home.get("/v1/units/u-0-a", Ugo_After=position)
        tag = unit.fields["etag"]
        assert tag == '"%d"' % answer.json["unit"]["revision"]
        again = home.get("/v1/units/u-0-a", If_None_Match=tag)
        assert (again.status, again.body, again.fields["etag"]) == (304, b"", tag)
        moved = home.put("/v1/units/u-0-a/availability", {"free": 2}, If_Match=tag)
        assert moved.status == 200
        late = home.put("/v1/units/u-0-a/availability", {"free": 1}, If_Match=tag)
        assert (late.status, late.json["type"]) == (412, "urn:ugo:error:precondition_failed")
        with door(register, "home-0") as elsewhere:  # the key's answer, whatever came since
            same = elsewhere.put("/v1/units/u-0-a/availability", {"free": 3, "open": 8},
                                 Idempotency_Key="https-1")
            assert same.json["unit"] == answer.json["unit"]
            other = elsewhere.put("/v1/units/u-0-a/availability", {"free": 4, "open": 8},
                                  Idempotency_Key="https-1")
            assert (other.status, other.json["type"]) == (409, "urn:ugo:error:conflict")
    assert register.query("SELECT state ->> 'channel' FROM ugo.change WHERE kind = 'unit'"
                          " AND actor = 'home-0' ORDER BY revision LIMIT 1") == [("api",)]


def test_refusals_are_problems(register):
    with door(register, "home-1") as home:
        refused = home.put("/v1/units/u-1-a/availability", {"free": 9, "open": 8})
        assert (refused.status, refused.errors) == (422, [("/free", "more_than_open")])
        foreign = home.get("/v1/units/u-0-a")
        none = home.get("/v1/units/u-none")
        assert (foreign.status, foreign.body) == (404, none.body)
        assert home.post("/v1/search", {"children": [{}]}).status == 403
        assert home.get("/v1/occupancy").detail == "role"
        wrong = home.put("/v1/units/u-1-a/availability", {"free": 1}, Content_Type="text/plain")
        assert wrong.status == 415
        other = home.call("DELETE", "/v1/units/u-1-a")
        assert (other.status, other.fields["allow"]) == (405, "GET, HEAD")
        assert home.get("/v1/me", Authorization=None).fields["www-authenticate"] == "Bearer"


# ── sessions ──

def code_of(secret, ahead=0):
    step = int(time.time()) // 30 + ahead
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 10 ** 6)


def set_password(register, account):
    subprocess.run([BIN + "/ugoctl", "--config", register.config, "account", "password", account],
                   input=PASSWORD + "\n", text=True, check=True, capture_output=True)


def set_totp(register, account):
    """The secret that was drawn."""
    said = register.ctl("account", "totp", account)
    return next(word for word in said.split() if len(word) == 32 and word.isupper())


def sign_in(connection, account, **more):
    return connection.post("/v1/login", {"account": account, "password": PASSWORD, **more},
                           Origin="https://" + connection.host, Sec_Fetch_Site="same-origin")


def cookie_of(answer):
    name, _, rest = answer.fields["set-cookie"].partition("=")
    value, _, attributes = rest.partition("; ")
    assert name == "__Host-ugo"
    assert attributes.split("; ") == ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"]
    return value


def test_a_session_from_login_to_logout(register):
    set_password(register, "night")
    with door(register) as page:
        assert sign_in(page, "night").detail == "totp_not_enrolled"
        secret = set_totp(register, "night")
        assert sign_in(page, "night").detail == "totp_required"
        wrong = sign_in(page, "night", password="une autre longue phrase", totp=code_of(secret))
        unknown = sign_in(page, "nobody", totp=code_of(secret))
        assert (wrong.status, wrong.detail) == (401, "wrong_credentials")
        assert wrong.body == unknown.body
        code = code_of(secret)
        answer = sign_in(page, "night", totp=code)
        assert answer.status == 200 and answer.json["role"] == "astreinte"
        assert sign_in(page, "night", totp=code).detail == "wrong_code"
    cookie, forgery = cookie_of(answer), answer.json["anti_forgery"]
    with door(register, cookie=cookie, forgery=forgery) as page, \
            door(register, cookie=cookie) as watcher, door(register, cookie=cookie) as forged:
        session = page.get("/v1/session").json
        assert (session["account"], session["anti_forgery"]) == ("night", forgery)
        need = {"children": [{"age_months": 90, "sex": "F"}]}
        assert page.post("/v1/search", need).status == 200
        refused = forged.post("/v1/search", need)
        assert (refused.status, refused.detail) == (403, "anti_forgery")
        refused = page.post("/v1/search", need, Origin="https://evil.example")
        assert (refused.status, refused.detail) == (403, "cross_site")
        refused = forged.get("/v1/me", Sec_Fetch_Site="cross-site")
        assert (refused.status, refused.detail) == (403, "cross_site")

        events = watcher.events()
        assert next(events)[0] == "start"
        done = page.post("/v1/logout")
        assert done.status == 200 and "Max-Age=0" in done.fields["set-cookie"]
        bye = next(body for name, _, body in events if name == "bye")
        assert bye == {"code": "session_ended", "retry_ms": None}
        assert page.get("/v1/me").detail == "session_ended"
        assert page.get("/v1/me", Cookie="__Host-ugo=x").detail == "bad_credential"
    rows = register.query("SELECT count(*) FROM ugo.change WHERE state::text LIKE %s",
                          "%" + cookie + "%")
    assert rows == [(0,)]  # nowhere in the history
    assert not register.has_log(cookie) and not register.has_log("très longue")


def test_a_session_that_is_revoked(register):
    set_password(register, "home-2")
    with door(register) as page:
        answer = sign_in(page, "home-2")
        page.own.update(Cookie="__Host-ugo=" + cookie_of(answer))
        page.own["Ugo-Anti-Forgery"] = answer.json["anti_forgery"]
        declared = page.put("/v1/units/u-2-a/availability", {"free": 1, "open": 4})
        assert declared.status == 200
        assert register.query("SELECT state ->> 'channel' FROM ugo.change WHERE actor = 'home-2'"
                              " AND kind = 'unit'") == [("console",)]
        register.ctl("session", "revoke", "--account", "home-2")
        wait_for(lambda: page.get("/v1/me").status == 401, "the session's end")


def test_who_needs_a_second_factor_follows_a_reload(new):
    with new(workers=1, listen_https="127.0.0.1:%d" % free_port()) as register, \
            door(register) as page:
        set_password(register, "boss")
        assert sign_in(page, "boss").detail == "totp_not_enrolled"
        register.configure(second_factor="astreinte, admin")
        register.signal(signal.SIGHUP)
        wait_for(lambda: sign_in(page, "boss").status == 200, "the new rule")
        register.configure(second_factor="astreinte, nobody")
        register.signal(signal.SIGHUP)
        register.wait_log("reload_refused .*second_factor: nobody is no role")
        assert sign_in(page, "boss").status == 200
        register.configure(second_factor="def")
        register.signal(signal.SIGHUP)
        wait_for(lambda: sign_in(page, "boss").detail == "totp_not_enrolled", "the old rule")
        assert not register.has_log("restart_needed")


def test_a_session_is_one_at_every_worker(new):
    """A browser's other connections may be to other workers than the one that opened it."""
    with new(workers=3, listen_https="127.0.0.1:%d" % free_port()) as register:
        set_password(register, "home-0")
        with contextlib.ExitStack() as stack:
            page, *others = [stack.enter_context(door(register)) for _ in range(12)]
            for _ in range(5):
                cookie = cookie_of(sign_in(page, "home-0"))
                for other in others:
                    other.request("GET", "/v1/me", Cookie="__Host-ugo=" + cookie)
                assert [other.answer().status for other in others] == [200] * 11


def test_passwords_are_derived_aside(register):
    """Some 100 ms each, and the door goes on answering; more at a time from one network are told
    to come back."""
    with contextlib.ExitStack() as stack:
        pages = [stack.enter_context(door(register)) for _ in range(10)]
        other = stack.enter_context(door(register, "boss"))
        for page in pages:
            page.request("POST", "/v1/login", {"account": "nobody", "password": PASSWORD})
        pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(len(pages)))
        coming = [pool.submit(page.answer) for page in pages]
        assert other.get("/v1/me").status == 200
        assert not all(answer.done() for answer in coming)  # it did not wait for them
        answers = [answer.result() for answer in coming]
        details = [(answer.status, answer.detail) for answer in answers]
        assert details.count((401, "wrong_credentials")) >= 8
        refused = [answer for answer in answers if answer.status == 429]
        assert all(a.detail == "many_logins" and a.fields["retry-after"] for a in refused)
        assert len(refused) + details.count((401, "wrong_credentials")) == 10


def test_nobody_is_told_without_a_name(register):
    with door(register) as connection:
        for path in ("/v1/me", "/v1/units", "/v1/events", "/v1/session", "/v1/journal"):
            answer = connection.get(path)
            assert (answer.status, answer.detail) == (401, "no_credential"), path
        with pytest.raises(Ended):
            connection.events()
