# SPDX-License-Identifier: EUPL-1.2
"""What administrators read and change at the doors: records, secrets that are shown once, one's own
password; and that nothing of a child, a request or a night is among it."""
import hashlib
import json

import pytest

from asking import declared, new_hold, new_request
from register import FORBIDDEN, HOUR, OK, invalid
from test_identity import (HASH, OTHER, SALT, SCRYPT, SECRET, cookie, enrol, login, opened,
                           password_id, session)

MARK, OTHER_MARK = "0123456789abcdef" * 2, "f" * 32
TOKEN = hashlib.sha256(b"token").hexdigest()
NEW = f"scrypt$15$8$1${SALT[::-1].replace('=', 'a')}${HASH}"


def page(register, kind, wanted=None, words=None, after=None, most=100):
    return register.query("SELECT * FROM ugo.admin_page(%s, %s, %s, %s, %s)", kind,
                          json.dumps(wanted or {}), words, after, most)


def ids(*args, **how):
    return [row[0] for row in page(*args, **how)]


def one(register, kind, key, revision=None):
    rows = register.query("SELECT * FROM ugo.admin_record(%s, %s, %s)", kind, key, revision)
    return rows[0] if rows else None


# Reading

def test_pages(register):
    everybody = ids(register, "account")
    assert everybody == sorted(everybody) and {"home", "root", "night"} <= set(everybody)
    read = []
    while rows := ids(register, "account", after=read[-1] if read else None, most=2):
        read += rows
    assert read == everybody
    assert ids(register, "account", {"role": "astreinte"}) == ["night", "north"]
    assert ids(register, "account", {"role": "astreinte", "disabled": True}) == []
    assert ids(register, "account", {"role": ["admin", "def"]}) == ["boss", "root"]
    assert ids(register, "account", {"nothing": "there"}) == []
    assert ids(register, "establishment", words="TILL") == ["e-1"]
    assert ids(register, "establishment", words="%") == []


def test_credentials_and_sessions_are_told_apart(register):
    enrol(register)
    opened(register, number=4)
    register.do("credential.put", {"id": TOKEN, "account": "home", "type": "token"})
    assert ids(register, "credential", {"type": ["session"]}) == [cookie(4)]
    assert ids(register, "credential", {"type": ["token"], "account": "home"}) == [TOKEN]
    assert ids(register, "credential", {"type": ["password"]}) == [password_id("night")]


def test_a_record_as_a_revision_left_it(register):
    reply = register.do("account.disable", {"id": "home"})
    register.do("account.put", {"id": "home", "role": "establishment", "name": "x",
                                "establishments": ["e-1"]})
    assert one(register, "account", "home", reply["revision"])[1]["disabled"] is True
    assert one(register, "account", "home")[1]["disabled"] is False
    assert one(register, "account", "home", reply["revision"] + 7) is None
    assert one(register, "account", "nobody") is None


@pytest.mark.parametrize("kind", ["request", "hold", "mission", "offer", "search", "movement",
                                  "unit", "declaration"])
def test_no_other_kind(register, kind):
    """Least privilege: what concerns children is not read so, whatever is asked for."""
    declared(register)
    request = new_request(register, reference="CANARY-7")
    hold = new_hold(register, "u-1", request=request)
    assert page(register, kind) == []
    for key in (request, hold, "u-1"):
        assert one(register, kind, key) is None
        for (revision,) in register.query("SELECT revision FROM ugo.change WHERE id = %s", key):
            assert one(register, kind, key, revision) is None
    for readable in register.value("SELECT ugo.admin_kinds()"):
        assert "CANARY-7" not in json.dumps(page(register, readable))


# Secrets

@pytest.mark.parametrize("op, params", [
    ("credential.put", {"id": TOKEN, "account": "home", "type": "token"}),
    ("password.put", {"account": "home", "scrypt": SCRYPT}),
    ("totp.put", {"account": "home", "secret": SECRET})])
def test_the_answer_to_a_repetition_has_the_first_ones_mark(register, op, params):
    first = register.do(op, {**params, "mark": MARK}, "root", key="once")
    assert first["answer"] == {"mark": MARK}
    again = register.do(op, {**params, "mark": OTHER_MARK}, "root", key="once")
    assert again == {**first, "replayed": True}
    assert register.do(op, {**params, "mark": "x" * 32}) == invalid("/mark", "wrong_format")
    assert "answer" not in register.do(op, params, "root")


@pytest.mark.parametrize("op", ["credential.put", "password.put", "totp.put"])
def test_for_administrators(register, op):
    for account in ("home", "feed", "night", "boss", "mds", "van"):
        assert register.do(op, {"account": "home"}, account) == FORBIDDEN


def test_no_secret_is_kept_but_where_it_belongs(register):
    secrets = {"password.put": ("scrypt", SCRYPT), "totp.put": ("secret", SECRET)}
    for op, (member, secret) in secrets.items():
        register.do(op, {"account": "home", member: secret, "mark": MARK}, "root")
    register.do("password.change", {"scrypt": OTHER, "changed_at": login(register, "home")[5]},
                "home")
    for table in ("change", "idempotency", "record", "departed"):
        text = str(register.query("SELECT t::text FROM ugo.%s t" % table))
        for secret in (HASH, HASH[::-1], SALT, SECRET):
            assert secret not in text, table


# One's own password

def change(register, account, **params):
    return register.do("password.change", {"scrypt": OTHER, **params}, account)


def test_own_password(register):
    enrol(register)
    here, elsewhere = opened(register, number=1), opened(register, number=2)
    before = login(register, "night")[5]
    register.advance(1000000)
    reply = change(register, "night", changed_at=before, session=here)
    assert reply["type"] == "ok"
    assert {(kind, key) for kind, key, _ in register.changes(reply["revision"])} == {
        ("credential", password_id("night")), ("credential", elsewhere)}
    assert login(register, "night")[0] == OTHER
    assert login(register, "night")[5] == register.now
    assert session(register, here) and not session(register, elsewhere)


def test_own_password_keeps_the_second_factor(register):
    enrol(register, totp=True)
    assert change(register, "night", changed_at=login(register, "night")[5])["type"] == "ok"
    assert login(register, "night")[1] == SECRET


def test_what_was_compared_is_what_is_there(register):
    """Two at a time, or an administrator in between: the second finds another password."""
    enrol(register)
    before = login(register, "night")[5]
    register.advance(1000000)
    register.do("password.put", {"account": "night", "scrypt": NEW})
    refusal = {"type": "forbidden", "revision": None, "detail": "wrong_credentials"}
    assert change(register, "night", changed_at=before) == refusal
    assert change(register, "home", changed_at=1) == refusal
    assert login(register, "night")[0] == NEW


def test_nobody_elses_password(register):
    enrol(register)
    at = login(register, "night")[5]
    params = {"scrypt": OTHER, "changed_at": at, "account": "night"}
    assert register.do("password.change", params, "boss") == invalid("/account", "unknown_member")
    assert change(register, "boss", changed_at=at)["type"] == "forbidden"
    other = opened(register, number=3)
    enrol(register, "boss")
    own = login(register, "boss")[5]
    assert change(register, "boss", changed_at=own, session=other)["type"] == "ok"
    assert (login(register, "boss")[0], login(register, "night")[0]) == (OTHER, SCRYPT)
    assert session(register, other), "another account's session goes on"
    register.do("account.disable", {"id": "night"})
    assert change(register, "night", changed_at=at) == FORBIDDEN


def test_nothing_to_do(register):
    assert register.do("password.clear", {"account": "home"}, "root") == OK


def test_a_link_is_revoked_as_any_credential(register):
    key = hashlib.sha256(b"link").hexdigest()
    declared(register)
    made = register.do("link.put", {"id": key, "account": "home", "unit": "u-1",
                                    "question": "declare", "expires_at": register.now + HOUR})
    assert made["type"] == "ok", made
    assert ids(register, "credential", {"type": ["link"]}) == [key]
    reply = register.do("credential.revoke", {"id": key}, "root")
    assert register.changes(reply["revision"]) == [("credential", key, None)]
    assert register.do("credential.revoke", {"id": key}, "root")["type"] == "not_found"


# Reference data

def put_params(register, of, key):
    return one(register, of + ".put", key)[1]


def test_what_a_put_would_say_changes_nothing(register):
    full = {"id": "u-9", "establishment": "e-1", "name": "Neuf", "modality": "pad",
            "min_months": 1, "max_months": 2, "sex": "girls", "siblings_max": 2,
            "siblings_mixed": False, "admission": "always", "delay_h": 3,
            "accepts": {"mna": "no", "medical": "yes"}, "max_stay_days": 4,
            "visibility": "hidden", "territory": "dts-2", "commune": "31395",
            "point": [43.5, 1.25], "contact": {"day": "1", "night": "2"}, "ttl_s": 60,
            "authorised": 5, "installed": 6, "emergency_reserved": 1, "fallback": "u-1"}
    register.do("unit.put", full)
    assert put_params(register, "unit", "u-9") == full
    whole = {"id": "e-9", "name": "Neuf", "establishment_kind": "mecs", "finess": "310000009",
             "operator": "Nous", "address": "1 rue", "territory": "dts-1", "commune": "31555",
             "point": [43.5, 1.25], "precision": "commune", "visibility": "commune",
             "contact": {"day": "1", "night": "2"}}
    register.do("establishment.put", whole)
    assert put_params(register, "establishment", "e-9") == whole
    for of, keys in (("unit", ["u-1", "u-2", "u-3", "u-9"]), ("establishment", ["e-1", "e-2",
                                                                              "e-9"])):
        for key in keys:
            assert register.do(of + ".put", put_params(register, of, key)) == OK, key
    assert one(register, "unit.put", "u-none") is None
    assert "territory" not in put_params(register, "unit", "u-1"), "what is the establishment's"


def test_a_unit_by_who_directs_child_protection(register):
    register.do("account.put", {"id": "half", "role": "def", "name": "x",
                                "territories": ["dts-1"]})
    fresh = {"id": "u-8", "establishment": "e-1", "name": "Huit"}
    assert register.do("unit.put", fresh, "half")["revision"]
    assert register.do("unit.put", {**fresh, "name": "8"}, "boss")["revision"]
    for account in ("home", "feed", "night", "mds", "van"):
        assert register.do("unit.put", fresh, account) == FORBIDDEN, account


@pytest.mark.parametrize("what, params", [
    ("another's unit", {"id": "u-3", "establishment": "e-2"}),
    ("taken from another's", {"id": "u-3", "establishment": "e-1"}),
    ("in another's establishment", {"id": "u-8", "establishment": "e-2"}),
    ("in another's, said to be here", {"id": "u-8", "establishment": "e-2",
                                       "territory": "dts-1"}),
    ("moved away", {"id": "u-1", "establishment": "e-1", "territory": "dts-2"}),
    ("given away", {"id": "u-1", "establishment": "e-2"})])
def test_a_unit_out_of_scope(register, what, params):
    register.do("account.put", {"id": "half", "role": "def", "name": "x",
                                "territories": ["dts-1"]})
    assert register.do("unit.put", {**params, "name": "x"}, "half") == FORBIDDEN, what
