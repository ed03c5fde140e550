# SPDX-License-Identifier: EUPL-1.2
"""Passwords, second factors and sessions: what opens one, what ends it, and that no table but one
holds a secret. Declarations that name the revision they are for."""
import hashlib

import psycopg2
import pytest

from register import FORBIDDEN, HOUR, OK, invalid

MINUTE = 60 * 1000000
SALT, HASH = "c2FsdHNhbHRzYWx0c2FsdA", "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
SCRYPT = f"scrypt$15$8$1${SALT}${HASH}"
OTHER = f"scrypt$15$8$1${SALT}${HASH[::-1]}"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
COOKIE = "0123456789abcdef" * 4


def cookie(n):
    return hashlib.sha256(b"%d" % n).hexdigest()


def password_id(account):
    return hashlib.sha256(f"password-{account}".encode()).hexdigest()


def login(register, account):
    rows = register.query("SELECT * FROM ugo.login_row(%s)", account)
    return rows[0] if rows else None


def refused(why):
    return {"type": "unauthenticated", "revision": None, "detail": why}


def enrol(register, account="night", totp=False):
    register.advance(1000000)
    assert register.do("password.put", {"account": account, "scrypt": SCRYPT})["type"] == "ok"
    if totp:
        assert register.do("totp.put", {"account": account, "secret": SECRET})["type"] == "ok"


def open_session(register, account="night", number=0, **params):
    return register.do("session.open", {"account": account, "id": cookie(number),
                                        "expires_at": register.now + 12 * HOUR, **params},
                       "daemon")


def opened(register, account="night", number=0, **params):
    register.advance(1000000)
    reply = open_session(register, account, number, **params)
    assert reply["type"] == "ok" and reply["revision"], reply
    return cookie(number)


def session(register, key):
    return register.record("credential", key)


def due(register):
    return dict(register.query("SELECT id, at FROM ugo.due WHERE left(id, 1) = 'k'"))


# Passwords

def test_a_password_is_a_record_without_it(register):
    reply = register.do("password.put", {"account": "night", "scrypt": SCRYPT})
    assert reply["type"] == "ok"
    state = {"account": "night", "type": "password", "expires_at": None, "revoked": False,
             "label": None, "changed_at": register.now, "password": True, "totp": False}
    key = password_id("night")
    assert register.changes(reply["revision"]) == [("credential", key, state)]
    assert session(register, key) == state
    assert login(register, "night") == (SCRYPT, None, None, "astreinte", False, register.now)
    register.advance(HOUR)
    reply = register.do("totp.put", {"account": "night", "secret": SECRET}, "root")
    assert register.changes(reply["revision"]) == [("credential", key, {**state, "totp": True})]
    assert login(register, "night")[1:3] == (SECRET, None)
    assert login(register, "boss") == (None, None, None, "def", False, None)
    assert login(register, "nobody") is None


def test_clearing(register):
    key = password_id("night")
    for op in ("password.clear", "totp.clear"):
        assert register.do(op, {"account": "night"}) == OK
    enrol(register, totp=True)
    assert register.do("password.clear", {"account": "night"})["revision"]
    assert (session(register, key)["password"], session(register, key)["totp"]) == (False, True)
    assert session(register, key)["changed_at"] is None
    reply = register.do("totp.clear", {"account": "night"})
    assert register.changes(reply["revision"]) == [("credential", key, None)]
    assert session(register, key) is None


@pytest.mark.parametrize("op, params, refusal", [
    ("password.put", {"account": "nobody", "scrypt": SCRYPT},
     invalid("/account", "unknown_reference")),
    ("password.put", {"account": "night"}, invalid("/scrypt", "required")),
    ("password.put", {"account": "night", "scrypt": "correct horse battery staple"},
     invalid("/scrypt", "wrong_format")),
    ("password.put", {"account": "night", "scrypt": SCRYPT.replace("$15$", "$13$")},
     invalid("/scrypt", "wrong_format")),
    ("password.put", {"account": "night", "scrypt": SCRYPT.replace("$15$", "$20$")},
     invalid("/scrypt", "wrong_format")),
    ("password.put", {"account": "night", "scrypt": SCRYPT + "a"},
     invalid("/scrypt", "out_of_range")),
    ("totp.put", {"account": "night", "secret": SECRET[:25]}, invalid("/secret", "wrong_format")),
    ("totp.put", {"account": "night", "secret": SECRET.lower()},
     invalid("/secret", "wrong_format")),
    ("session.open", {"account": "night", "id": "x", "expires_at": 1},
     invalid("/id", "wrong_format")),
    ("session.open", {"account": "night", "id": COOKIE}, invalid("/expires_at", "required")),
])
def test_members(register, op, params, refusal):
    assert register.do(op, params) == refusal


@pytest.mark.parametrize("op", ["password.put", "password.clear", "totp.put", "totp.clear",
                                "session.open", "session.touch", "session.close"])
def test_who_may(register, op):
    for account in ("home", "feed", "night", "boss", "mds", "van", "nobody"):
        assert register.do(op, {"account": "night"}, account) == FORBIDDEN
    if not op.startswith("session"):
        assert register.do(op, {"account": "night"}, "daemon") == FORBIDDEN
    elif op != "session.close":
        assert register.do(op, {"id": COOKIE}, "root") == FORBIDDEN


# Sessions

def test_a_session(register):
    enrol(register)
    register.advance(HOUR)
    reply = open_session(register)
    state = {"account": "night", "type": "session", "expires_at": register.now + 12 * HOUR,
             "revoked": False, "label": None, "opened_at": register.now, "seen_at": register.now}
    assert register.changes(reply["revision"]) == [("credential", cookie(0), state)]
    assert session(register, cookie(0)) == state
    assert due(register) == {"k-" + cookie(0): register.now + HOUR // 2}
    assert open_session(register) == invalid("/id", "taken")
    register.advance(59 * 1000000)
    assert register.do("session.touch", {"id": cookie(0)}, "daemon") == OK
    register.advance(5 * MINUTE)
    reply = register.do("session.touch", {"id": cookie(0)}, "daemon")
    assert register.changes(reply["revision"]) == [
        ("credential", cookie(0), {**state, "seen_at": register.now})]
    reply = register.do("session.close", {"id": cookie(0)}, "root")
    assert register.changes(reply["revision"]) == [("credential", cookie(0), None)]
    assert session(register, cookie(0)) is None and due(register) == {}
    assert register.do("session.close", {"id": cookie(0)}, "daemon") == OK
    gone = {"type": "not_found", "revision": None}
    assert register.do("session.touch", {"id": cookie(0)}, "daemon") == gone


def test_what_it_takes(register):
    assert open_session(register) == refused("wrong_credentials")
    assert open_session(register, "nobody") == refused("wrong_credentials")
    enrol(register)
    changed = login(register, "night")[5]
    assert changed == register.now
    register.advance(HOUR)
    assert open_session(register, totp_step=5) == refused("wrong_credentials")
    assert open_session(register, changed_at=changed - 1) == refused("wrong_credentials")
    assert open_session(register, expires_at=register.now) == invalid("/expires_at", "in_the_past")
    opened(register, changed_at=changed)
    assert register.do("account.disable", {"id": "night"})["type"] == "ok"
    assert open_session(register, number=1) == refused("wrong_credentials")


def test_a_code_is_used_once(register):
    enrol(register, totp=True)
    assert open_session(register) == refused("totp_required")
    opened(register, number=1, totp_step=1000)
    assert login(register, "night")[2] == 1000
    assert open_session(register, number=2, totp_step=1000) == refused("wrong_credentials")
    assert open_session(register, number=2, totp_step=999) == refused("wrong_credentials")
    opened(register, number=2, totp_step=1001)
    # A new secret begins anew, and a refused login uses no step up.
    assert register.do("totp.put", {"account": "night", "secret": SECRET[::-1]})["type"] == "ok"
    opened(register, number=3, totp_step=7)


def test_it_lasts_twelve_hours_at_most(register):
    enrol(register)
    key = opened(register, expires_at=register.now + 100 * HOUR)
    end = register.now + 12 * HOUR
    assert session(register, key)["expires_at"] == end
    while register.now + 20 * MINUTE < end:
        register.advance(20 * MINUTE)
        assert register.do("session.touch", {"id": key}, "daemon")["revision"]
    assert due(register) == {"k-" + key: end}
    register.advance(end - register.now)
    register.apply([])
    assert session(register, key) is None
    assert register.changes(register.revision) == [("credential", key, None)]
    assert register.value("SELECT operation FROM ugo.change ORDER BY revision DESC"
                          " LIMIT 1") == "session.end"


def test_it_ends_when_nobody_is_there(register):
    enrol(register)
    key = opened(register)
    register.advance(29 * MINUTE)
    assert register.do("session.touch", {"id": key}, "daemon")["revision"]
    register.advance(30 * MINUTE - 1)
    register.apply([])
    assert session(register, key)
    register.advance(1)
    register.apply([])
    assert session(register, key) is None and due(register) == {}


@pytest.mark.parametrize("op, params", [
    ("password.put", {"account": "night", "scrypt": OTHER}),
    ("password.clear", {"account": "night"}),
    ("totp.put", {"account": "night", "secret": SECRET[::-1]}),
    ("totp.clear", {"account": "night"}),
    ("account.disable", {"id": "night"}),
    ("account.put", {"id": "night", "role": "astreinte", "territories": ["d31"],
                     "name": "Compte", "disabled": True}),
])
def test_what_closes_an_accounts_sessions(register, op, params):
    enrol(register, totp=True)
    enrol(register, "boss")
    mine = [opened(register, number=n, totp_step=n) for n in range(3)]
    other = opened(register, "boss", 9)
    reply = register.do(op, params)
    assert {(kind, key) for kind, key, state in register.changes(reply["revision"])
            if state is None} == {("credential", key) for key in mine}
    assert len(register.changes(reply["revision"])) == 4
    assert [session(register, key) for key in mine] == [None] * 3
    assert session(register, other)
    assert list(due(register)) == ["k-" + other]


def test_a_new_name_closes_none(register):
    enrol(register)
    key = opened(register)
    reply = register.do("account.put", {"id": "night", "role": "astreinte", "name": "Nuit",
                                        "territories": ["d31"]})
    assert reply["revision"] and session(register, key)


def test_an_account_has_so_many(register):
    enrol(register)
    for n in range(32):
        opened(register, number=n)
        register.advance(1000000)
    register.advance(2 * MINUTE)
    assert register.do("session.touch", {"id": cookie(0)}, "daemon")["revision"]
    opened(register, number=32)
    rows = {key for key, in register.query("SELECT id FROM ugo.session")}
    assert rows == {cookie(n) for n in range(33)} - {cookie(1)}


# Secrets

def holders(register, secret):
    """Every table and view of every schema of ours whose rows hold a text."""
    names = register.query("SELECT c.oid::regclass::text FROM pg_class c"
                           " WHERE relnamespace = 'ugo'::regnamespace AND relkind IN ('r', 'v')")
    assert len(names) > 20
    return {name for name, in names if register.value(
        f"SELECT count(*) FROM {name} t WHERE strpos(t::text, %s) > 0", secret)}


def test_no_secret_is_anywhere_else(committed):
    committed.do("password.put", {"account": "night", "scrypt": SCRYPT}, "root", key="once")
    committed.do("password.put", {"account": "boss", "scrypt": SCRYPT.replace("$15$", "$12$")})
    committed.do("totp.put", {"account": "night", "secret": SECRET}, "root")
    committed.do("totp.put", {"account": "boss", "secret": SECRET + "!"})
    open_session(committed, totp_step=77)
    for secret in (SALT, HASH, SECRET):
        assert holders(committed, secret) == {"ugo.password"}
    assert "ugo.session" in holders(committed, cookie(0))
    daemon = committed.daemon()
    for sql in ("SELECT * FROM ugo.password", "SELECT scrypt FROM ugo.password",
                "UPDATE ugo.password SET totp_step = 0"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            daemon.query(sql)
    assert daemon.query("SELECT * FROM ugo.login_row('night')")[0][:3] == (SCRYPT, SECRET, 77)
    assert daemon.query("SELECT count(*) FROM ugo.record WHERE kind = 'credential'") == [(2,)]
    daemon.close()


def test_the_daemon_opens_and_closes(committed):
    enrol(committed)
    daemon = committed.daemon()
    command = {"account": "night", "id": COOKIE, "expires_at": committed.now + HOUR}
    assert daemon.do("session.open", command) == FORBIDDEN  # as system
    assert daemon.do("session.open", command, "daemon")["type"] == "ok"
    assert daemon.do("session.close", {"id": COOKIE}, "daemon")["revision"]
    daemon.close()


# For the unit as it was seen

def test_if_revision(register):
    first = register.declare(free=3, open=10)["revision"]
    stale = {"type": "precondition_failed", "revision": None, "detail": "other_revision"}
    assert register.declare(free=2, if_revision=first - 1) == stale
    assert register.unit()["occupied"] == 7
    second = register.declare(free=2, if_revision=first)["revision"]
    assert second and register.unit()["occupied"] == 8
    assert register.declare(free=1, if_revision=first) == stale
    confirm = {"unit": "u-1", "if_revision": first}
    assert register.do("unit.confirm", confirm, "home") == stale
    assert register.do("unit.confirm", {**confirm, "if_revision": second}, "home")["revision"]


def test_if_revision_is_judged_after_scope_and_before_the_rules(register):
    register.declare(free=3, open=10)
    assert register.declare("u-3", free=1, if_revision=1) == FORBIDDEN
    assert register.declare("u-9", free=1, if_revision=1) == FORBIDDEN
    for if_revision, detail in (("1", "wrong_type"), (0, "out_of_range"), (1.5, "wrong_type")):
        assert register.declare(free=1, if_revision=if_revision) == invalid("/if_revision", detail)
    reply = register.declare(free=11, if_revision=1)
    assert reply["type"] == "precondition_failed"
    assert register.declare(free=11) == invalid("/free", "more_than_open")
