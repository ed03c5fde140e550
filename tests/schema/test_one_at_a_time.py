# SPDX-License-Identifier: EUPL-1.2
"""Administrators beside each other: a put for the record as its writer saw it; nobody shuts itself
out; the address of a link is told apart by its mark."""
import hashlib

import pytest

from register import FORBIDDEN, HOUR, OK, invalid

OTHER_REVISION = {"type": "precondition_failed", "revision": None, "detail": "other_revision"}
MARK = "0123456789abcdef" * 2
KIND = {"code": "mecs", "finess_categories": ["177"], "ttl_s": 86400, "modality": "internat"}
PUTS = [
    ("account.put", "account", "home", {"id": "home", "role": "establishment",
                                        "establishments": ["e-1"]}, "name"),
    ("territory.put", "territory", "mds-1", {"code": "mds-1", "level": "mds", "parent": "dts-1"},
     "name"),
    ("establishment_kind.put", "establishment_kind", "mecs",
     {k: v for k, v in KIND.items() if k != "ttl_s"}, "ttl_s"),
    ("establishment.put", "establishment", "e-1",
     {"id": "e-1", "establishment_kind": "mecs", "territory": "mds-1"}, "name"),
    ("unit.put", "unit", "u-1", {"id": "u-1", "establishment": "e-1"}, "name"),
    ("calendar.put", "calendar", "d31", {"territory": "d31", "holidays": ["2026-12-25"]},
     "time_zone"),
    ("reminder.put", "reminder", "n-1", {"id": "n-1", "territory": "d31", "question": "declare"},
     "before_s"),
]
VALUES = {"name": ["Un", "Deux", "Trois"], "ttl_s": [3600, 7200, 10800],
          "time_zone": ["Europe/Paris", "Europe/London", "Europe/Rome"],
          "before_s": [60, 120, 180]}


def revision_of(register, kind, key):
    return register.value("SELECT revision FROM ugo.record WHERE kind = %s AND id = %s", kind, key)


@pytest.mark.parametrize("op, kind, key, params, member", PUTS)
def test_a_put_for_what_its_writer_saw(register, op, kind, key, params, member):
    first, second, third = VALUES[member]
    reply = register.do(op, {**params, member: first}, "root")
    assert reply["type"] == "ok", reply
    seen = revision_of(register, kind, key)
    assert register.do(op, {**params, member: second, "if_revision": seen}, "root")["revision"]
    refused = register.do(op, {**params, member: third, "if_revision": seen}, "root")
    assert refused == OTHER_REVISION
    assert register.record(kind, key)[member] == second
    seen = revision_of(register, kind, key)
    assert register.do(op, {**params, member: third, "if_revision": seen}, "root")["revision"]
    assert register.do(op, {**params, member: first}, "root")["revision"], "it need not be said"


def test_of_what_is_not_there(register):
    absent = {"id": "n-9", "territory": "d31", "question": "hold", "if_revision": 1}
    assert register.do("reminder.put", absent, "root") == OTHER_REVISION
    unit = {"id": "u-new", "establishment": "e-1", "name": "x", "if_revision": 1}
    assert register.do("unit.put", unit, "root") == OTHER_REVISION
    assert register.do("reminder.put", {**absent, "if_revision": 0}, "root") == invalid(
        "/if_revision", "out_of_range")


def test_counts_are_no_change_of_a_unit(register):
    params = {"id": "u-1", "establishment": "e-1", "name": "Grands"}
    assert register.do("unit.put", params, "root")["type"] == "ok"
    seen = revision_of(register, "unit", "u-1")
    assert register.declare("u-1", "root", free=3, open=10)["revision"]
    assert revision_of(register, "unit", "u-1") > seen
    assert register.do("unit.put", {**params, "name": "Petits", "if_revision": seen},
                       "root")["revision"]
    assert register.do("unit.put", {**params, "if_revision": seen}, "root") == OTHER_REVISION


def test_a_declaration_is_still_for_the_unit_as_it_was(register):
    register.declare("u-1", "root", free=3, open=10)
    seen = revision_of(register, "unit", "u-1")
    assert register.declare("u-1", "home", free=2, if_revision=seen)["revision"]
    assert register.declare("u-1", "home", free=1, if_revision=seen) == OTHER_REVISION
    assert register.do("unit.declare", {"unit": "u-none", "free": 1, "if_revision": 1},
                       "root") == FORBIDDEN


def test_who_may_not_put_learns_nothing_of_revisions(register):
    register.do("account.put", {"id": "gard", "role": "def", "territories": ["d82"],
                                "name": "x"})
    params = {"establishment": "e-1", "name": "x", "if_revision": 1}
    for unit in ("u-1", "u-none"):
        assert register.do("unit.put", {"id": unit, **params}, "gard") == FORBIDDEN


# Oneself

@pytest.mark.parametrize("op, params, pointer", [
    ("account.disable", {}, "/id"),
    ("account.put", {"role": "admin", "name": "R", "disabled": True}, "/disabled"),
    ("account.put", {"role": "def", "name": "R", "territories": ["d31"]}, "/role"),
])
def test_nobody_shuts_itself_out(register, op, params, pointer):
    refusal = invalid(pointer, "own_account")
    assert register.do(op, {"id": "root", **params}, "root") == refusal
    register.do("account.put", {"id": "chief", "role": "admin", "name": "C"})
    assert register.do(op, {"id": "root", **params}, "chief")["revision"]
    assert register.do("account.put", {"id": "root", "role": "admin", "name": "R"},
                       "chief")["revision"]


def test_one_may_change_its_own_name(register):
    reply = register.do("account.put", {"id": "root", "role": "admin", "name": "Autre"}, "root")
    assert reply["revision"] and register.record("account", "root")["name"] == "Autre"


# Where an account is reached

def test_it_stays_until_it_is_said(register):
    def reached():
        return register.record("account", "home").get("remind")

    home = {"id": "home", "role": "establishment", "establishments": ["e-1"], "name": "Foyer"}
    register.do("account.put", {**home, "remind": "cadre@tilleuls.example"}, "root")
    register.do("account.put", {**home, "name": "Maison"}, "root")
    assert reached() == "cadre@tilleuls.example"
    again = register.do("account.put", {**home, "name": "Maison"}, "root")
    assert again == OK, "nothing changed"
    register.do("account.put", {**home, "remind": None}, "root")
    assert reached() is None
    register.do("account.put", {**home, "remind": "05 61 00 00 00"}, "root")
    assert register.do("account.put", {"id": "home", "role": "def", "territories": ["d31"],
                                       "name": "x"}, "root")["revision"]
    assert reached() is None


# Links

def test_a_link_answers_with_its_mark(register):
    params = {"account": "home", "unit": "u-1", "question": "declare"}
    first = {**params, "id": hashlib.sha256(b"1").hexdigest(), "mark": MARK}
    again = {**params, "id": hashlib.sha256(b"2").hexdigest(), "mark": "f" * 32}
    reply = register.do("link.put", first, "root", key="once")
    assert reply["answer"] == {"mark": MARK}
    assert register.do("link.put", again, "root", key="once") == {**reply, "replayed": True}
    assert register.value("SELECT count(*) FROM ugo.link") == 1
    ends = register.record("credential", first["id"])["expires_at"]
    assert ends == register.now + 24 * HOUR
    assert register.do("credential.revoke", {"id": first["id"]}, "root")["revision"]
    assert register.record("credential", first["id"]) is None


def test_rules_of_reminders_are_read(register):
    register.do("reminder.put", {"id": "n-1", "territory": "d31", "question": "hold"}, "root")
    rows = register.query("SELECT id, state FROM ugo.admin_page('reminder', '{}', NULL, NULL, 9)")
    assert [row[0] for row in rows] == ["n-1"] and rows[0][1]["after_s"] == 300
    assert register.do("reminder.delete", {"id": "n-1"}, "root")["type"] == OK["type"]
