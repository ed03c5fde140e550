# SPDX-License-Identifier: EUPL-1.2
"""Peers of the real line door: how they are greeted, what credentials do, and how those who are
slow, silent or many are kept from harming the others."""
import asyncio
import hashlib
import json
import os
import socket
import ssl
import subprocess

import pytest

from harness.door import Copy, Gone, Refused, asynchronous
from harness.door_kit import HELLO, ended, fixture_new, fixture_register, request
from harness.ugod import BIN, account, trusting, wait_for

__all__ = ["fixture_new", "fixture_register"]


# hello, credentials


async def end_of_hello(register, expected, bye, account=None, tls=None, **params):
    """A hello that is refused so, and the end of the connection."""
    how = {"tls": tls} if tls else {}
    door = register.door(account, strict=True, **how)
    await door.open()
    refusal = await door.refused("hello", **{**HELLO, **({"token": door.token} if account else {}),
                                             **params})
    assert (refusal.type, refusal.detail or refusal.errors) == expected
    assert await ended(door) == bye and door.bye["retry_ms"] is None


@asynchronous
async def test_refused_hellos(register):
    for versions in ([2, 2], [2, 9], [0, 0]):
        await end_of_hello(register, ("invalid_params", [("/protocol", "no_common_version")]),
                           "version", "home-0", protocol=versions)
    await end_of_hello(register, ("unauthenticated", "no_credential"), "unauthenticated")
    await end_of_hello(register, ("unauthenticated", "bad_credential"), "unauthenticated",
                       token="not-a-token-of-ours")
    await end_of_hello(register, ("invalid_params", [("/what", "unknown_member")]), "protocol",
                       "home-0", what=1)
    await end_of_hello(register, ("invalid_params", [("/protocol", "wrong_type")]), "protocol",
                       "home-0", protocol="1")
    door = register.door("home-0", strict=True)
    await door.open()
    refusal = await door.refused("me")
    assert (refusal.type, refusal.detail) == ("unauthenticated", "hello_first")
    assert await door.call("echo", a=1) == {"a": 1}
    assert (await door.hello(protocol=[0, 7]))["protocol"] == 1
    refusal = await door.refused("hello", **HELLO)
    assert (refusal.type, refusal.detail) == ("invalid_request", "already_greeted")
    assert (await door.call("me"))["account"] == "home-0"


@asynchronous
async def test_tokens_end(register):
    """A token is revoked, an account disabled: live connections end, new ones are refused."""
    door = register.door("gone", strict=True)
    await door.connect()
    await asyncio.to_thread(register.ctl, "account", "token", "gone", "--revoke-others")
    assert await ended(door) == "revoked" and door.bye["retry_ms"] is None
    await end_of_hello(register, ("unauthenticated", "revoked"), "revoked", "gone")
    await asyncio.to_thread(register.apply, account("fired", "astreinte", territories=["d31"]))
    door = await admitted(register, "fired")
    copy = Copy()
    await copy.follow(door, {})
    await copy.until(lambda c: c.records)
    await asyncio.to_thread(register.ctl, "account", "disable", "fired")
    assert await ended(door) == "disabled"
    await end_of_hello(register, ("unauthenticated", "disabled"), "disabled", "fired")


async def admitted(register, who=None, **how):
    """A connection, once the worker has heard of a fresh credential."""
    while True:
        door = register.door(who, strict=True, **how)
        try:
            await door.connect()
            return door
        except Refused as refusal:
            assert refusal.detail == "bad_credential"


def issue(register, who):
    """A client certificate as `ugoctl cert issue` makes it: (PEM, key)."""
    before = set(register.tls.iterdir())
    register.ctl("cert", "issue", who, "--dir", str(register.tls))
    made = set(register.tls.iterdir()) - before
    return [next(path for path in made if path.suffix == suffix) for suffix in (".pem", ".key")]


@asynchronous
async def test_certificates(register):
    certificate = await asyncio.to_thread(issue, register, "night")
    tls = trusting(register.tls / "ca.pem", certificate)
    doors = [await admitted(register, tls=tls) for _ in range(2)]
    for door in doors:
        assert (await door.call("me"))["account"] == "night"
    async with register.door("night", tls=tls, strict=True) as both:
        assert (await both.call("me"))["account"] == "night"
    await end_of_hello(register, ("unauthenticated", "other_account"), "unauthenticated",
                       "home-0", tls)
    copy = Copy()
    await copy.follow(doors[0], {})
    await copy.until(lambda c: c.records)
    await asyncio.to_thread(register.ctl, "cert", "revoke", str(certificate[0]))
    for door in doors:
        assert await ended(door) == "revoked" and door.bye["retry_ms"] is None
    await end_of_hello(register, ("unauthenticated", "revoked"), "revoked", None, tls)
    async with register.door("night", strict=True) as door:  # its token is another credential
        assert (await door.call("me"))["account"] == "night"


@asynchronous
async def test_certificates_of_strangers(register, tmp_path):
    """One of another authority is refused by TLS itself; ours are known by their fingerprint."""
    await asyncio.to_thread(subprocess.run, [BIN + "/ugoctl", "cert", "server", "--dir", tmp_path,
                                             "--name", "stranger"], check=True,
                            capture_output=True)
    stranger = register.door("night", tls=trusting(
        register.tls / "ca.pem", (tmp_path / "server.pem", tmp_path / "server.key")))
    with pytest.raises((OSError, Gone)):
        await stranger.connect()
    certificate = await asyncio.to_thread(issue, register, "night-1")
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate[0].read_text())).hexdigest()
    assert register.query("SELECT account FROM ugo.credential WHERE id = %s", digest) == [
        ("night-1",)]


# subscriptions


@asynchronous
async def test_subscriptions(register):
    async with register.door("boss", strict=True) as door:
        for i in range(16):
            await door.call("subscribe", sub="s%d" % i, filter={"units": ["u-0-a"]})
        refusal = await door.refused("subscribe", sub="one-more")
        assert (refusal.type, refusal.detail) == ("too_many_requests", "subscriptions")
        refusal = await door.refused("subscribe", sub="s3")
        assert refusal.errors == [("/sub", "in_use")]
        await door.call("unsubscribe", sub="s3")
        assert (await door.refused("unsubscribe", sub="s3")).type == "not_found"
        copy = Copy("s3")
        assert (await copy.follow(door, {"units": ["u-1-a"]}))["why"] is None
        await copy.until(lambda c: c.records)
        copy.name = "s4"
        await door.call("unsubscribe", sub="s4")
        assert (await copy.follow(door, {"units": ["u-2-a"]}))["why"] == "filter"
        await door.call("unsubscribe", sub="s5")
        for token, why in (("0123456789abcdef.0.1", "unknown_epoch"),
                           (copy.token.rpartition(".")[0] + ".99999999", "future_revision")):
            answer = await door.call("subscribe", sub="s5", since=token,
                                     filter={"units": ["u-1-a"]})
            assert (answer["resumed"], answer["why"]) == (False, why)
            await door.call("unsubscribe", sub="s5")
        for token, why in (("0123456789abcdef.1", "unknown_epoch"),
                           (copy.token.partition(".")[0] + ".99999999", "future_revision")):
            refusal = await door.refused("me", after=token)
            assert (refusal.type, refusal.detail) == ("precondition_failed", why)


# those who do not behave


@pytest.fixture(name="strict", scope="module")
def fixture_strict(new):
    """Short patience: one worker, little room."""
    with new(workers=1, hello_timeout="1s", slow_no_byte="2s", slow_no_mark="5s",
             max_connections_per_address=40, send_buffer="16k", drain_timeout="2s",
             environment={"ASAN_OPTIONS": "quarantine_size_mb=4:malloc_context_size=2"}) \
            as register:
        yield register


@asynchronous
async def test_no_hello(strict):
    silent = await strict.door(strict=True).open()
    assert await ended(silent) == "no_hello" and silent.bye["retry_ms"] > 0

    async def drip(door):  # a byte now and then is no hello either
        while not door.closed.is_set():
            door.write(b" ")
            await asyncio.sleep(0.05)
    door = await strict.door(strict=True).open()
    await asyncio.gather(drip(door), door.closed.wait())
    assert door.bye["code"] == "no_hello"


@asynchronous
async def test_no_handshake(strict):
    """A connection that says nothing at all ends too, and harms nobody."""
    reader, writer = await asyncio.open_connection("127.0.0.1", strict.port)
    plain_reader, plain = await asyncio.open_connection("127.0.0.1", strict.port)
    plain.write(b"GET / HTTP/1.1\r\n\r\n")
    async with strict.door("home-0", strict=True) as door:
        assert (await door.call("me"))["account"] == "home-0"
    await plain_reader.read()
    assert await reader.read() == b""
    for w in (writer, plain):
        w.close()


def rss_kib(pid):
    with open("/proc/%d/status" % pid) as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1])


def established(port):
    """Connections of this local port, on the server's side."""
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    return sum(row[1].endswith(":%04X" % port) and row[3] == "01" for row in rows)


class Blocking:
    """A connection whose reading stands still: a socket with little room."""

    def __init__(self, register, who):
        self.raw = socket.socket()
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.raw.settimeout(60)
        self.raw.connect(("127.0.0.1", register.port))
        self.tls = register.tls_context.wrap_socket(self.raw, server_hostname="localhost")
        self.lines = self.tls.makefile("rb")
        door = register.door(who)
        self.tls.sendall(request(method="hello", id=0, params={**HELLO, "token": door.token})
                         + b"\n")
        assert "protocol" in json.loads(self.lines.readline())["params"]
        assert "result" in json.loads(self.lines.readline())

    def ask(self, method, id_, **params):
        self.tls.sendall(request(method=method, id=id_, params=params) + b"\n")

    def half_close(self):
        with socket.socket(fileno=os.dup(self.tls.fileno())) as half:
            half.shutdown(socket.SHUT_WR)

    def rest(self):
        """What was said until the end; the last line may be cut off."""
        heard = []
        try:
            for line in self.lines:
                heard.append(json.loads(line))
        except (OSError, ValueError):
            pass
        self.lines.close()
        self.tls.close()
        return heard


def test_never_reads(strict):
    """Those who ask and never read are ended; what they cost meanwhile is bounded."""
    pid = strict.workers()[0]
    before = rss_kib(pid)
    since = len(strict.log)
    connections = [Blocking(strict, "boss") for _ in range(10)]
    for connection in connections:
        for n in range(16):
            connection.ask("subscribe", n, sub="s%d" % n)
        for n in range(48):
            connection.ask("unit.list", 100 + n)
    most = rss_kib(pid)

    def over():
        nonlocal most
        most = max(most, rss_kib(pid))
        return established(strict.port) == 0
    wait_for(over, "the end of those who do not read")
    assert most - before < 10 * 2048, (before, most)  # KiB: 256 KiB of output each, and TLS
    heard = [connection.rest() for connection in connections]
    assert all(len(said) < 64 * 2 for said in heard)
    assert strict.workers()[0] == pid, strict.log[since:]
    assert strict.greet()["method"] == "hello"


def test_reads_late(strict):
    """One that asks for much and reads afterwards: each request is answered or refused."""
    connection = Blocking(strict, "boss")
    for n in range(200):
        connection.ask("unit.list", n)
    connection.half_close()
    said = [m for m in connection.rest() if "id" in m]
    assert sorted(m["id"] for m in said) == list(range(200))
    refused = [m["error"]["data"] for m in said if "error" in m]
    assert all((r["type"], r["detail"]) == ("too_many_requests", "in_flight") for r in refused)


def test_half_closed(strict):
    """A peer that ends its sending half gets its answers, then the end."""
    connection = Blocking(strict, "home-5")
    for n in range(5):
        connection.ask("unit.declare", n, unit="u-5-a", free=n, open=8)
    connection.half_close()
    said = connection.rest()
    assert sorted(m["id"] for m in said if "result" in m) == [0, 1, 2, 3, 4], said


@asynchronous
async def test_thousands_from_one_address(strict):
    """Beyond the limit they are ended; who is there, and who comes from elsewhere, is served."""
    loop = asyncio.get_running_loop()

    async def crowd(s):
        s.setblocking(False)
        try:
            await loop.sock_connect(s, ("127.0.0.1", strict.port))
            return await loop.sock_recv(s, 1)
        except ConnectionResetError:
            return b""
    sockets = [socket.socket() for _ in range(2000)]
    async with strict.door("home-0", strict=True) as early:
        ends = asyncio.gather(*map(crowd, sockets))
        assert (await early.call("me"))["account"] == "home-0"
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", strict.port, ssl=strict.tls_context, server_hostname="localhost",
            local_addr=("127.0.0.2", 0))
        assert json.loads(await reader.readline())["method"] == "hello"
        writer.close()
        assert set(await ends) == {b""}
        assert (await early.call("unit.list", limit=1))["units"]
    for s in sockets:
        s.close()
    assert strict.has_log("connection_refused .*reason=connections_per_address limit=40")
    async with strict.door("home-0", strict=True) as late:
        assert (await late.call("me"))["account"] == "home-0"
