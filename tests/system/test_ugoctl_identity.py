# SPDX-License-Identifier: EUPL-1.2
"""ugoctl: passwords, second factors and sessions; what the demonstration's people sign in with."""
import base64
import hashlib
import json
import os
import pty
import re
import select
import stat

import pytest

pytest_plugins = ["harness.admin"]

PASSWORD = "une très longue phrase"


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_password(password, kept):
    """Whether the register's text is of this password, by Python's scrypt."""
    name, log_n, r, p, salt, derived = kept.split("$")
    assert name == "scrypt"
    return unpadded(derived) == hashlib.scrypt(
        password.encode(), salt=unpadded(salt), n=1 << int(log_n), r=int(r), p=int(p),
        maxmem=1 << 27, dklen=32)


@pytest.fixture(name="people")
def fixture_people(ugoctl):
    for account, role in (("admin-31", "admin"), ("def-31", "def")):
        ugoctl.rows("SELECT ugo.apply_batch(%s)", json.dumps([{
            "account": "system", "op": "account.put", "key": account, "digest": "d",
            "channel": "cli", "params": {"id": account, "role": role, "name": account}}]))
    return ugoctl


def stored(ugoctl, account):
    rows = ugoctl.rows("SELECT scrypt, totp FROM ugo.password WHERE account = %s", account)
    return rows[0] if rows else (None, None)


def open_sessions(ugoctl, account, *ids):
    for key in ids:
        reply = ugoctl.one("SELECT ugo.apply_batch(%s) -> 'replies' -> 0", json.dumps([{
            "account": "daemon", "op": "session.open", "key": key, "digest": "",
            "channel": "console",
            "params": {"account": account, "id": key, "expires_at": 1 << 55}}]))
        assert reply["type"] == "ok", reply


def sessions(ugoctl):
    return {key for key, in ugoctl.rows("SELECT id FROM ugo.session")}


IDS = [hashlib.sha256(b"%d" % n).hexdigest() for n in range(4)]


# ── passwords ──

def test_a_generated_password(people):
    done = people("account", "password", "def-31", "--generate")
    password = done.stdout.splitlines()[-1]
    assert re.fullmatch("([a-z2-9]{5}-){3}[a-z2-9]{5}", password)
    assert "ugoctl account totp def-31" in done.stderr
    scrypt, totp = stored(people, "def-31")
    assert is_password(password, scrypt) and not is_password(password + "x", scrypt)
    assert totp is None
    again = people("account", "password", "def-31", "--generate").stdout.splitlines()[-1]
    assert again != password and is_password(again, stored(people, "def-31")[0])
    assert "password" in people("account", "list").stdout


@pytest.mark.parametrize("given", [f"{PASSWORD}\n", f"{PASSWORD}\r\nmore\n", PASSWORD])
def test_a_password_of_the_input(people, given):
    done = people("account", "password", "def-31", input=given)
    assert is_password(PASSWORD, stored(people, "def-31")[0])
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.parametrize("given, says", [
    ("", "aucun"), ("\n", "12"), ("onze lettre\n", "12"), ("x" * 257 + "\n", "256"),
    ("avec\ttabulateur\n", "UTF-8")])
def test_a_password_that_is_none(people, given, says):
    before = people.revision()
    done = people("account", "password", "def-31", ok=False, input=given)
    assert done.returncode == 1 and says in done.stderr
    assert people.revision() == before


def at_terminal(ugoctl, words, lines):
    """What ugoctl shows where these lines are typed, each once it asks, and its status."""
    pid, terminal = pty.fork()
    if pid == 0:
        line = ugoctl.line(words, "en")
        os.execv(line[0], line)
    shown = b""
    try:
        while select.select([terminal], [], [], 60)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:
                break
            if lines and shown.endswith(b": "):
                os.write(terminal, lines.pop(0).encode() + b"\n")
    finally:
        os.close(terminal)
    assert not lines
    return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_password_typed_twice(people):
    words = ["account", "password", "def-31"]
    shown, status = at_terminal(people, words, [PASSWORD, PASSWORD + "."])
    assert status == 1 and "not the same" in shown and PASSWORD not in shown
    assert stored(people, "def-31") == (None, None)
    shown, status = at_terminal(people, words, [PASSWORD, PASSWORD])
    assert status == 0 and PASSWORD not in shown
    assert is_password(PASSWORD, stored(people, "def-31")[0])


def test_a_second_factor(people):
    shown = people("account", "totp", "def-31").stdout.splitlines()
    secret, uri = shown[-2:]
    assert re.fullmatch("[A-Z2-7]{32}", secret)
    assert uri == (f"otpauth://totp/ugo:def-31?secret={secret}&issuer=ugo&algorithm=SHA1"
                   "&digits=6&period=30")
    assert stored(people, "def-31") == (None, secret)
    assert len(base64.b32decode(secret)) == 20
    people("account", "password", "def-31", "--generate")
    assert people("account", "password", "def-31", "--generate").stderr == ""
    people("account", "totp", "def-31", "--clear")
    assert stored(people, "def-31")[1] is None
    people("account", "password", "def-31", "--clear")
    assert stored(people, "def-31") == (None, None)


def test_wrong_words(people):
    for words, status in ((["password", "nobody", "--generate"], 1), (["totp", "nobody"], 1),
                          (["password", "def-31", "--generate", "--clear"], 2),
                          (["password"], 2)):
        assert people("account", *words, ok=False).returncode == status
    assert people("session", "revoke", ok=False).returncode == 2
    assert people("session", "revoke", IDS[0], "--account", "def-31", ok=False).returncode == 2
    assert people("session", "revoke", "--account", "nobody", ok=False).returncode == 1
    assert people("session", "revoke", IDS[0], ok=False).returncode == 1
    for verb in ("account password", "account totp", "session list", "session revoke"):
        for language in ("fr", "en"):
            assert f"ugoctl {verb}" in people("--help", language=language).stdout


def test_no_secret_is_written_down(people):
    password = people("account", "password", "def-31", "--generate").stdout.splitlines()[-1]
    secret = people("account", "totp", "def-31").stdout.splitlines()[-2]
    scrypt, _ = stored(people, "def-31")
    tables = people.rows("SELECT c.oid::regclass::text FROM pg_class c WHERE relkind IN ('r', 'v')"
                         " AND relnamespace = 'ugo'::regnamespace")
    for text in (password, secret, scrypt.split("$")[4], scrypt.split("$")[5]):
        holders = [table for table, in tables if people.one(
            f"SELECT count(*) FROM {table} t WHERE strpos(t::text, %s) > 0", text)]
        assert holders == ([] if text == password else ["ugo.password"])
    # Nor can what was given be guessed from the digests of the keys.
    for params in ({"account": "def-31", "scrypt": scrypt},
                   {"account": "def-31", "secret": secret}):
        told = json.dumps(params, separators=(",", ":"), sort_keys=True).encode()
        assert people.one("SELECT count(*) FROM ugo.idempotency WHERE digest = %s",
                          hashlib.sha256(told).hexdigest()) == 0


# ── sessions ──

def test_sessions(people):
    for account in ("def-31", "admin-31"):
        people("account", "password", account, "--generate")
    assert "Aucune" in people("session", "list").stdout
    open_sessions(people, "def-31", *IDS[:3])
    open_sessions(people, "admin-31", IDS[3])
    listed = people("session", "list").stdout.splitlines()
    assert {line.split()[0] for line in listed} == {key[:16] for key in IDS}
    line = next(line for line in listed if line.startswith(IDS[3][:16]))
    assert re.fullmatch(r"\w{16}  admin-31 +20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ  20\S+Z", line)
    assert len(people("session", "list", "--account", "def-31").stdout.splitlines()) == 3
    for wrong in (IDS[0][:7], "%" * 8, IDS[0] + "0"):
        assert people("session", "revoke", wrong, ok=False).returncode == 1
    people("session", "revoke", IDS[0][:8])
    assert sessions(people) == set(IDS[1:])
    assert "2" in people("session", "revoke", "--account", "def-31").stdout
    assert sessions(people) == {IDS[3]}
    assert people("session", "revoke", "%" * 8, ok=False).returncode == 1
    people("session", "revoke", IDS[3].upper())
    assert sessions(people) == set()


@pytest.mark.parametrize("words", [
    ["password", "def-31", "--generate"], ["password", "def-31", "--clear"], ["totp", "def-31"],
    ["disable", "def-31"]])
def test_what_ends_sessions(people, words):
    people("account", "password", "def-31", "--generate")
    people("account", "password", "admin-31", "--generate")
    open_sessions(people, "def-31", *IDS[:2])
    open_sessions(people, "admin-31", IDS[3])
    done = people("account", *words)
    assert sessions(people) == {IDS[3]}
    if words[0] != "disable":
        assert "Sessions arrêtées : 2" in done.stdout
    people("audit", "verify")


# ── the demonstration ──

def load(ugoctl, folder):
    ugoctl("demo", "load", "--dir", folder)
    return json.loads((folder / "accounts.json").read_text())


def test_the_demonstrations_logins(ugoctl, tmp_path):
    folder = tmp_path / "demo"
    accounts = load(ugoctl, folder)
    assert len({a["password"] for a in accounts}) == 1
    password = accounts[0]["password"]
    texts = {scrypt for scrypt, in ugoctl.rows("SELECT scrypt FROM ugo.password")}
    assert len(texts) == 1 and is_password(password, texts.pop())
    for account in accounts:
        has = account.get("totp")
        assert (has is None) == (account["role"] in ("establishment", "service"))
        assert stored(ugoctl, account["account"])[1] == has
    assert len({a["totp"] for a in accounts if "totp" in a}) > 5
    for name in ("accounts.json", "accounts/password"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    # Kept at the next start, but for who has chosen another.
    before = ugoctl.revision()
    assert load(ugoctl, folder) == accounts
    assert ugoctl.revision() == before + 1  # one confirmation
    ugoctl("account", "password", "def-31", input=PASSWORD)
    again = {a["account"]: a.get("password") for a in load(ugoctl, folder)}
    assert again.pop("def-31") is None and set(again.values()) == {password}
    assert is_password(PASSWORD, stored(ugoctl, "def-31")[0])
    # A lost folder gets another.
    other = load(ugoctl, tmp_path / "other")
    assert {a["password"] for a in other} != {password}
    assert is_password(other[0]["password"], stored(ugoctl, "def-31")[0])
    assert [a.get("totp") for a in other] == [a.get("totp") for a in accounts]
