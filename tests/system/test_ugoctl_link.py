# SPDX-License-Identifier: EUPL-1.2
"""ugoctl link: addresses by which one question is answered without signing in."""
import hashlib
import json
import re

import pytest

pytest_plugins = ["harness.admin"]

HOUR = 3600 * 1000000
PLACES = [
    ("territory.put", {"code": "d31", "name": "Haute-Garonne", "level": "departement"}),
    ("commune.put", {"insee": "31555", "name": "Toulouse", "postcodes": ["31000"],
                     "point": [43.6, 1.44], "territory": "d31"}),
    ("establishment.put", {"id": "e-1", "name": "Les Tilleuls", "establishment_kind": "mecs",
                           "territory": "d31", "commune": "31555"}),
    ("unit.put", {"id": "u-1", "establishment": "e-1", "name": "Grands"}),
    ("account.put", {"id": "home", "role": "establishment", "establishments": ["e-1"],
                     "name": "Compte"}),
    ("account.put", {"id": "boss", "role": "def", "territories": ["d31"], "name": "Compte"}),
]


@pytest.fixture(name="houses")
def fixture_houses(ugoctl):
    batch = [{"account": "system", "op": op, "key": "k%d" % n, "digest": "", "channel": "cli",
              "params": params} for n, (op, params) in enumerate(PLACES)]
    replies = ugoctl.one("SELECT ugo.apply_batch(%s) -> 'replies'", json.dumps(batch))
    assert {reply["type"] for reply in replies} == {"ok"}, replies
    return ugoctl


def make(ugoctl, *arguments, **options):
    return ugoctl("link", "make", "--account", "home", "--unit", "u-1", *arguments, **options)


def links(ugoctl):
    return ugoctl.rows("SELECT id, question, expires_at - made_at FROM ugo.link ORDER BY made_at")


def test_making_one(houses):
    done = make(houses)
    path = done.stdout.splitlines()[-1]
    assert re.fullmatch("/l/[A-Za-z0-9_-]{32}", path)
    assert "public_url" in done.stderr
    secret = path.split("/")[-1]
    assert links(houses) == [(hashlib.sha256(secret.encode()).hexdigest(), "declare", 24 * HOUR)]
    assert make(houses).stdout.splitlines()[-1] != path
    # The secret is nowhere.
    for table in ("change", "link", "idempotency"):
        assert houses.one(f"SELECT count(*) FROM ugo.{table} t"
                          " WHERE strpos(t::text, %s) > 0", secret) == 0


def test_its_address_and_end(houses, tmp_path):
    conf = tmp_path / "ugod.conf"
    conf.write_text("public_url = https://ugo.example.fr/\n")
    line = make(houses, "--hours", "2", "--config", conf).stdout.splitlines()[-1]
    assert line.startswith("https://ugo.example.fr/l/")
    assert abs(links(houses)[0][2] - 2 * HOUR) < HOUR // 60
    for hours in ("0", "169", "2h", "-1", ""):
        assert make(houses, "--hours", hours, ok=False).returncode == 2
    assert len(links(houses)) == 1


def test_what_is_refused(houses):
    for arguments in (("--account", "boss", "--unit", "u-1"),
                      ("--account", "nobody", "--unit", "u-1"),
                      ("--account", "home", "--unit", "u-9"),
                      ("--account", "home", "--unit", "u-1", "--hold", "h-1")):
        assert houses("link", "make", *arguments, ok=False).returncode == 1
    assert houses("link", "make", "--account", "home", ok=False).returncode == 2
    assert links(houses) == []


def test_listing_and_revoking(houses):
    assert "Aucune adresse" in houses("link", "list").stdout
    for _ in range(3):
        make(houses)
    ids = [key for key, _, _ in links(houses)]
    lines = houses("link", "list", "--account", "home").stdout.splitlines()
    assert [line.split()[:4] for line in lines] == [
        [key[:16], "home", "u-1", "declare"] for key in ids]
    assert houses("link", "revoke", "0" * 8, ok=False).returncode == 1
    assert houses("link", "revoke", ok=False).returncode == 2
    houses("link", "revoke", ids[0][:8])
    assert [key for key, _, _ in links(houses)] == ids[1:]
    assert "2" in houses("link", "revoke", "--account", "home").stdout
    assert links(houses) == []


# ── reminders ──

def test_who_is_reminded(houses):
    def address():
        return houses.one("SELECT remind FROM ugo.account WHERE id = 'home'")
    houses("account", "remind", "home", "cadre@tilleuls.example")
    assert address() == "cadre@tilleuls.example"
    assert houses.one("SELECT establishments FROM ugo.account WHERE id = 'home'") == ["e-1"]
    for arguments, status in ((("home",), 2), (("home", "a@b", "--clear"), 2), (("x", "a@b"), 1),
                              (("home", "nowhere"), 1), (("boss", "a@b"), 1)):
        assert houses("account", "remind", *arguments, ok=False).returncode == status
    assert address() == "cadre@tilleuls.example"
    houses("account", "remind", "home", "--clear")
    assert address() is None


def test_rules(houses):
    assert "Aucune" in houses("reminder", "list").stdout
    houses("reminder", "put", "n-1", "--territory", "d31", "--question", "declare",
           "--before", "600", "--kind", "mecs")
    houses("reminder", "put", "n-2", "--territory", "d31", "--question", "hold")
    assert [line.split() for line in houses("reminder", "list").stdout.splitlines()] == [
        ["n-1", "declare", "d31", "mecs", "-", "-600", "s"],
        ["n-2", "hold", "d31", "-", "-", "+300", "s"]]
    for arguments in (("x", "--territory", "d31", "--question", "hold"),
                      ("n-3", "--territory", "d99", "--question", "hold"),
                      ("n-3", "--territory", "d31", "--question", "why"),
                      ("n-3", "--territory", "d31", "--question", "hold", "--after", "1h")):
        assert houses("reminder", "put", *arguments, ok=False).returncode == 1
    houses("reminder", "delete", "n-1")
    assert houses("reminder", "delete", "n-1", ok=False).returncode == 1
    assert houses.rows("SELECT id FROM ugo.reminder") == [("n-2",)]
