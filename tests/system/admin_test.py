# SPDX-License-Identifier: EUPL-1.2
"""Administration at the doors of the real daemon: accounts, what they prove themselves with, their
sessions, one's own password; and what an administrator does not see."""
import base64
import contextlib
import hashlib
import hmac
import json
import struct
import time

import pytest

from harness.daemon import free_port, wait_for
from harness.departement import departement
from harness.door import run
from harness.https import Https
from harness.ugod import registers, token_of

GIRL = {"age_months": 90, "sex": "F"}


@pytest.fixture(name="register", scope="module")
def fixture_register():
    with registers(departement(3)) as new:
        with new(workers=2, listen_https="127.0.0.1:%d" % free_port(),
                 public_url="https://ugo.example.fr/") as register:
            yield register


def door(register, account=None, **how):
    port = int(str(register.options["listen_https"]).rpartition(":")[2])
    token = how.pop("token", token_of(account) if account else None)
    return Https(port, register.tls_context, token=token, **how)


def code_of(secret, ahead=0):
    step = int(time.time()) // 30 + ahead
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 10 ** 6)


def sign_in(page, account, password, **more):
    """True: from now on this connection's requests are of its session."""
    answer = page.post("/v1/login", {"account": account, "password": password, **more},
                       Origin="https://" + page.host, Sec_Fetch_Site="same-origin")
    if answer.status == 200:
        page.own["Cookie"] = answer.fields["set-cookie"].partition(";")[0]
        page.own["Ugo-Anti-Forgery"] = answer.json["anti_forgery"]
    return answer


@contextlib.contextmanager
def session_of_an_administrator(register):
    """Someone who came with a password and a code, both made by the server."""
    with door(register, "root") as root:
        root.put("/v1/admin/accounts/chief", {"role": "admin", "name": "Chef"})
        password = root.post("/v1/admin/accounts/chief/password").json["password"]
        secret = root.post("/v1/admin/accounts/chief/totp").json["secret"]
    with door(register) as page:
        assert sign_in(page, "chief", password, totp=code_of(secret)).status == 200
        yield page


@pytest.fixture(name="admin", scope="module", params=["token", "session"])
def fixture_admin(register, request):
    if request.param == "token":
        with door(register, "root") as root:
            yield root
    else:
        with session_of_an_administrator(register) as page:
            yield page


def pages(admin, path, member):
    """All records of a list, two at a time."""
    found, cursor = [], ""
    while cursor is not None:
        answer = admin.get(path + ("&" if "?" in path else "?") + "limit=2"
                           + ("&cursor=" + cursor if cursor else ""))
        assert answer.status == 200, answer
        assert len(answer.json[member]) <= 2
        found += answer.json[member]
        cursor = answer.json["next"]
    return found


# ── accounts ──

def test_an_account_from_its_making_to_its_end(register, admin):
    path = "/v1/admin/accounts/new-home"
    made = admin.put(path, {"role": "establishment", "name": "Foyer", "establishments": ["e-0"]})
    assert made.status == 200, made
    account = made.json["account"]
    assert account["id"] == "new-home" and account["establishments"] == ["e-0"]
    assert account["disabled"] is False and account["revision"] > 0
    read = admin.get(path, Ugo_After=made.json["position"])
    assert read.json["account"] == account and "as_of" in read.json
    same = admin.put(path, {"role": "establishment", "name": "Foyer", "establishments": ["e-0"]})
    assert same.json["account"] == account, "nothing changed"
    wrong = admin.put(path, {"role": "establishment", "name": "x", "establishments": ["e-none"]})
    assert (wrong.status, wrong.errors) == (422, [("/establishments/0", "unknown_reference")])
    assert admin.put(path, {"role": "king", "name": "x"}).errors == [("/role", "not_one_of")]

    made = admin.post("/v1/admin/credentials", {"account": "new-home", "type": "token"})
    token = made.json["token"]
    assert len(token) == 43 and made.json["repeated"] is False
    assert made.json["credential"]["id"] == hashlib.sha256(token.encode()).hexdigest()
    with door(register, token=token) as home:
        wait_for(lambda: home.get("/v1/me").status == 200, "the token at every worker")
        assert home.put("/v1/units/u-0-a/availability", {"free": 2, "open": 5}).status == 200
        done = admin.post(path + "/disable")
        assert done.json["account"]["disabled"] is True
        wait_for(lambda: home.get("/v1/me").status == 401, "the account's end")
    listed = pages(admin, "/v1/admin/accounts?disabled=true", "accounts")
    assert "new-home" in [a["id"] for a in listed]
    assert admin.get("/v1/admin/accounts/nobody").status == 404


def test_lists(register, admin):
    every = pages(admin, "/v1/admin/accounts", "accounts")
    ids = [a["id"] for a in every]
    assert ids == sorted(set(ids)) and {"root", "boss", "night", "home-0"} <= set(ids)
    one = pages(admin, "/v1/admin/accounts?role=def", "accounts")
    assert {a["role"] for a in one} == {"def"}
    words = pages(admin, "/v1/admin/accounts?words=HOME-", "accounts")
    assert len(words) == len([i for i in ids if "home-" in i]) > 0
    tokens = pages(admin, "/v1/admin/credentials?account=mds-2", "credentials")
    assert [(c["account"], c["type"]) for c in tokens] == [("mds-2", "token")]
    assert tokens[0]["id"] == hashlib.sha256(token_of("mds-2").encode()).hexdigest()


def test_a_token_that_is_revoked(register, admin):
    made = admin.post("/v1/admin/credentials", {
        "account": "boss", "type": "token", "label": "essai",
        "expires_at": "2099-01-01T00:00:00Z"}).json
    assert made["credential"]["expires_at"] == "2099-01-01T00:00:00Z"
    with door(register, token=made["token"]) as boss:
        wait_for(lambda: boss.get("/v1/me").status == 200, "the token")
        gone = admin.call("DELETE", "/v1/admin/credentials/" + made["credential"]["id"])
        assert gone.json["credential"]["revoked"] is True
        wait_for(lambda: boss.get("/v1/me").detail == "revoked", "its end")
    for body, error in [({"type": "token", "id": "0" * 64}, ("/id", "only_for_certificate")),
                        ({"type": "certificate"}, ("/id", "required")),
                        ({"type": "session"}, ("/type", "not_one_of")),
                        ({"type": "token", "token": "mine"}, ("/token", "unknown_member"))]:
        refused = admin.post("/v1/admin/credentials", {"account": "boss", **body})
        assert refused.errors == [error], refused


# ── secrets ──

def test_a_password_and_a_code_let_in(register, admin):
    path = "/v1/admin/accounts/night"
    made = admin.post(path + "/password").json
    password = made["password"]
    assert made["credential"]["password"] is True and made["credential"]["totp"] is False
    totp = admin.post(path + "/totp").json
    assert totp["address"].startswith("otpauth://totp/ugo:night?secret=%s&" % totp["secret"])
    with door(register) as page:
        assert sign_in(page, "night", password).detail == "totp_required"
        assert sign_in(page, "night", password, totp=code_of(totp["secret"])).status == 200
        sessions = admin.get("/v1/admin/sessions?account=night").json["sessions"]
        assert len(sessions) == 1 and sessions[0]["opened_at"].endswith("Z")
        closed = admin.call("DELETE", "/v1/admin/sessions/" + sessions[0]["id"])
        assert closed.json["session"] is None
        wait_for(lambda: page.get("/v1/me").status == 401, "the session's end")
    cleared = admin.call("DELETE", path + "/totp").json["credential"]
    assert (cleared["password"], cleared["totp"]) == (True, False)
    assert admin.call("DELETE", path + "/password").json["credential"] is None


@pytest.mark.parametrize("path, body, member", [
    ("/v1/admin/accounts/home-1/password", None, "password"),
    ("/v1/admin/accounts/home-1/totp", None, "secret"),
    ("/v1/admin/credentials", {"account": "home-1", "type": "token"}, "token")])
def test_a_secret_is_shown_once(register, admin, path, body, member):
    """A repeated key is told what was made, not the secret; nor does another secret take its
    place."""
    key = "once-%s-%s" % (member, time.monotonic_ns())
    first = admin.post(path, body, Idempotency_Key=key)
    assert first.status == 200 and first.json[member] and first.json["repeated"] is False
    again = admin.post(path, body, Idempotency_Key=key)
    assert again.status == 200 and again.json[member] is None and again.json["repeated"] is True
    assert again.json.get("address") is None
    if member != "token":  # which is another record each time
        assert again.json["credential"] == first.json["credential"]
    if member == "password":
        made = register.query("SELECT count(DISTINCT revision) FROM ugo.change"
                              " WHERE operation = 'password.put' AND revision >= %s",
                              first.json["credential"]["revision"])
        assert made == [(1,)]
    other = admin.post("/v1/admin/credentials", {"account": "home-2", "type": "token"},
                       Idempotency_Key=key)
    assert other.status == 409


def test_no_secret_is_left_behind(register, admin):
    """Nowhere in the database but in the table of passwords, and in no line of the log."""
    secrets = [admin.post("/v1/admin/accounts/home-2/password").json["password"],
               admin.post("/v1/admin/accounts/home-2/totp").json["secret"],
               admin.post("/v1/admin/credentials",
                          {"account": "home-2", "type": "token"}).json["token"]]
    for secret in secrets:
        assert len(secret) > 20
        for table in ("change", "idempotency", "record"):
            rows = register.query("SELECT count(*) FROM ugo.%s t WHERE t::text LIKE %%s" % table,
                                  "%" + secret + "%")
            assert rows == [(0,)], table
        assert not register.has_log(secret)
    scrypt = register.query("SELECT scrypt FROM ugo.password WHERE account = 'home-2'")[0][0]
    assert register.query("SELECT count(*) FROM ugo.idempotency t WHERE t::text LIKE %s",
                          "%" + scrypt[-20:] + "%") == [(0,)]
    assert not register.has_log(scrypt[-20:])


async def at_door_1(register):
    async with register.door("root", strict=True) as root:
        made = await root.call("account.put", id="line", role="establishment", name="Ligne",
                               establishments=["e-0"])
        assert made["account"]["id"] == "line"
        password = (await root.call("password.put", account="line"))["password"]
        token = (await root.call("credential.put", account="line", type="token",
                                 idempotency_key="line-1"))["token"]
        again = await root.call("credential.put", account="line", type="token",
                                idempotency_key="line-1")
        assert (again["token"], again["repeated"]) == (None, True)
        listed = await root.call("credential.list", account="line")
        assert sorted(c["type"] for c in listed["credentials"]) == ["password", "token"]
    async with register.door(token=token) as line:
        assert (await line.refused("account.list")).type == "forbidden"
    return password


def test_the_line_door_does_the_same(register):
    password = run(at_door_1(register))
    with door(register) as page:
        assert sign_in(page, "line", password).status == 200


# ── links and reminders ──

LINK = {"account": "home-1", "unit": "u-1-a", "question": "declare"}


def test_a_link_from_its_making_to_its_end(register, admin):
    made = admin.post("/v1/admin/links", LINK)
    assert made.status == 200 and made.json["repeated"] is False, made
    base, _, secret = made.json["address"].rpartition("/")
    assert base == "https://ugo.example.fr/l"
    made_id = made.json["credential"]["id"]
    assert made_id == hashlib.sha256(secret.encode()).hexdigest()
    with door(register) as page:
        own = {"Authorization": "Link " + secret}
        wait_for(lambda: page.get("/v1/link", **own).status == 200, "the link at every worker")
        assert page.post("/v1/link", {"free": 1, "open": 5}, **own).status == 200
        listed = pages(admin, "/v1/admin/credentials?account=home-1&type=link", "credentials")
        assert made_id in [c["id"] for c in listed]
        assert admin.call("DELETE", "/v1/admin/credentials/" + made_id).json["credential"] is None
        wait_for(lambda: page.get("/v1/link", **own).status == 401, "its end")
    assert not register.has_log(secret)
    for change, error in [({"account": "boss"}, ("/account", "not_an_establishment")),
                          ({"unit": "u-0-a"}, ("/unit", "unknown_reference")),
                          ({"question": "hold"}, ("/question", "not_one_of")),
                          ({"hold": "h-1"}, ("/hold", "unknown_member")),
                          ({"expires_at": "2099-01-01T00:00:00Z"},
                           ("/expires_at", "out_of_range"))]:
        assert admin.post("/v1/admin/links", {**LINK, **change}).errors == [error]


def test_a_link_is_said_once(admin):
    key = "link-%d" % time.monotonic_ns()
    first = admin.post("/v1/admin/links", LINK, Idempotency_Key=key)
    again = admin.post("/v1/admin/links", LINK, Idempotency_Key=key)
    assert first.json["address"] and again.status == 200
    assert (again.json["address"], again.json["repeated"]) == (None, True)
    admin.call("DELETE", "/v1/admin/credentials/" + first.json["credential"]["id"])


def test_rules_of_reminders(admin):
    path = "/v1/admin/reminders/n-%d" % (time.time_ns() % 10 ** 9)
    rule = {"territory": "d31", "question": "declare", "establishment_kind": "mecs",
            "before_s": 1800}
    made = admin.put(path, rule)
    assert made.status == 200, made
    record = made.json["reminder"]
    assert rule.items() <= record.items() and record["establishment"] is None
    assert record in pages(admin, "/v1/admin/reminders", "reminders")
    assert admin.put(path, {**rule, "territory": "d99"}).errors == [
        ("/territory", "unknown_reference")]
    assert admin.call("DELETE", path).json["reminder"] is None
    assert admin.call("DELETE", path).status == 404


async def links_at_door_1(register):
    async with register.door("root", strict=True) as root:
        made = await root.call("link.put", idempotency_key="line-link", **LINK)
        again = await root.call("link.put", idempotency_key="line-link", **LINK)
        assert made["address"] and (again["address"], again["repeated"]) == (None, True)
        assert (await root.call("credential.revoke",
                                id=made["credential"]["id"]))["credential"] is None
        rule = {"id": "n-line", "territory": "d31", "question": "hold", "after_s": 600}
        seen = (await root.call("reminder.put", **rule))["reminder"]["revision"]
        await root.call("reminder.put", **{**rule, "after_s": 900}, if_revision=seen)
        refused = await root.refused("reminder.put", **rule, if_revision=seen)
        assert (refused.type, refused.detail) == ("precondition_failed", "other_revision")
        assert [r["id"] for r in (await root.call("reminder.list"))["reminders"]] == ["n-line"]
        assert (await root.call("reminder.delete", id="n-line"))["reminder"] is None
        refused = await root.refused("account.disable", id="root")
        assert refused.errors == [("/id", "own_account")]


def test_the_line_door_makes_links_and_rules(register):
    run(links_at_door_1(register))


# ── beside each other ──

def test_two_administrators_do_not_overwrite_each_other(admin):
    path = "/v1/admin/territories/mds-6"
    put = {"name": "Six", "level": "mds", "parent": "dts-2"}
    seen = admin.put(path, put).json["territory"]["revision"]
    now = admin.put(path, {**put, "name": "Six bis", "if_revision": seen})
    assert now.status == 200, now
    late = admin.put(path, {**put, "name": "Sept", "if_revision": seen})
    assert (late.status, late.detail) == (412, "other_revision")
    late = admin.put(path, {**put, "name": "Sept"}, If_Match='"%d"' % seen)
    assert (late.status, late.detail) == (412, "other_revision")
    assert admin.put(path, put).json["territory"]["name"] == "Six"


def test_no_administrator_shuts_itself_out(register):
    with session_of_an_administrator(register) as page:
        assert page.post("/v1/admin/accounts/chief/disable").errors == [("/id", "own_account")]
        for change, pointer in [({"role": "def", "territories": ["d31"]}, "/role"),
                                ({"disabled": True}, "/disabled")]:
            refused = page.put("/v1/admin/accounts/chief",
                               {"role": "admin", "name": "Chef", **change})
            assert refused.errors == [(pointer, "own_account")], refused
        assert page.get("/v1/me").status == 200


# ── one's own ──

def test_own_password(register, admin):
    first = admin.post("/v1/admin/accounts/home-0/password").json["password"]
    admin.call("DELETE", "/v1/admin/accounts/home-0/totp")
    with door(register) as page, door(register) as other, door(register) as third:
        assert sign_in(page, "home-0", first).status == 200
        assert sign_in(other, "home-0", first).status == 200
        fresh = "un nouveau mot de passe"
        for body, error in [({"old": first, "new": "court"}, ("/new", "too_short")),
                            ({"old": first, "new": first}, ("/new", "same")),
                            ({"old": first}, ("/new", "required")),
                            ({"old": first, "new": fresh, "account": "boss"},
                             ("/account", "unknown_member"))]:
            assert page.post("/v1/password", body).errors == [error]
        wrong = page.post("/v1/password", {"old": "ce n'est pas lui", "new": fresh})
        assert (wrong.status, wrong.detail) == (403, "wrong_credentials")
        done = page.post("/v1/password", {"old": first, "new": fresh})
        assert done.status == 200, done
        assert page.get("/v1/me").status == 200, "this session goes on"
        wait_for(lambda: other.get("/v1/me").status == 401, "the other session's end")
        assert sign_in(third, "home-0", first).detail == "wrong_credentials"
        assert sign_in(third, "home-0", fresh).status == 200
        no_forgery = page.post("/v1/password", {"old": fresh, "new": first},
                               Ugo_Anti_Forgery=None)
        assert (no_forgery.status, no_forgery.detail) == (403, "anti_forgery")
    assert not register.has_log(fresh)


def test_guessing_it_in_a_session_is_slow(register, admin):
    password = admin.post("/v1/admin/accounts/home-1/password").json["password"]
    admin.call("DELETE", "/v1/admin/accounts/home-1/totp")
    with door(register) as page:
        assert sign_in(page, "home-1", password).status == 200
        took = []
        for n in range(4):
            began = time.monotonic()
            guess = page.post("/v1/password", {"old": "essai numéro %d" % n, "new": "x" * 20})
            assert guess.status == 403
            took.append(time.monotonic() - began)
    assert took[3] >= 2, took


# ── who may ──

@pytest.mark.parametrize("account", ["boss", "night", "home-0", "van"])
def test_only_administrators(register, account):
    with door(register, account) as other:
        if other.get("/v1/me").status == 401:
            pytest.skip("no such account here")
        for method, path, body in [
                ("GET", "/v1/admin/accounts", None), ("GET", "/v1/admin/accounts/root", None),
                ("PUT", "/v1/admin/accounts/me-too", {"role": "admin", "name": "x"}),
                ("POST", "/v1/admin/accounts/home-1/password", None),
                ("POST", "/v1/admin/accounts/home-1/totp", None),
                ("DELETE", "/v1/admin/accounts/home-1/password", None),
                ("POST", "/v1/admin/accounts/home-1/disable", None),
                ("GET", "/v1/admin/credentials", None),
                ("POST", "/v1/admin/credentials", {"account": "root", "type": "token"}),
                ("POST", "/v1/admin/links", LINK), ("GET", "/v1/admin/reminders", None),
                ("PUT", "/v1/admin/reminders/n-1", {"territory": "d31", "question": "hold"}),
                ("DELETE", "/v1/admin/reminders/n-1", None),
                ("GET", "/v1/admin/sessions", None)]:
            refused = other.call(method, path, body)
            assert (refused.status, refused.detail) == (403, "role"), (path, refused)


def test_an_administrator_sees_no_child(register, admin):
    """A request, its hold and what led to them are canaries; nothing an administrator may ask for
    sings."""
    with door(register, "night") as night, door(register, "home-2") as home:
        home.put("/v1/units/u-2-a/availability", {"free": 3, "open": 6})
        canary = "CANARY-%d" % (time.time_ns() % 10 ** 9)
        made = night.post("/v1/requests", {"children": [GIRL], "reference": canary})
        assert made.status == 200, made
        request = made.json["request"]["id"]
        hold = night.post("/v1/holds", {"unit": "u-2-a", "request": request})
        assert hold.status == 200, hold
    position = hold.json["position"]
    for path in ("/v1/admin/accounts", "/v1/admin/credentials", "/v1/admin/sessions",
                 "/v1/changes?limit=200", "/v1/units", "/v1/occupancy"):
        answer = admin.get(path, Ugo_After=position)
        assert answer.status == 200, (path, answer)
        for song in (canary, request, hold.json["hold"]["id"]):
            assert song not in json.dumps(answer.json), path
    for path in ("/v1/requests", "/v1/requests/" + request, "/v1/holds", "/v1/missions",
                 "/v1/journal", "/v1/requests/%s/certificate" % request):
        assert admin.get(path).status == 403, path


# ── reference data ──

def test_an_establishment_and_its_units(register, admin):
    n = time.time_ns() % 10 ** 9
    path, unit = "/v1/admin/establishments/e-new-%d" % n, "/v1/admin/units/u-new-%d" % n
    body = {"name": "Les Érables", "establishment_kind": "mecs", "territory": "mds-1",
            "commune": "31555", "contact": {"night": "05 00 00 00 09"}}
    made = admin.put(path, body)
    assert made.status == 200, made
    assert made.json["establishment"]["name"] == "Les Érables"
    assert made.json["establishment"]["kind"] == "establishment"
    assert admin.get(path).json["put"] == {**body, "id": path.rpartition("/")[2],
                                           "precision": "commune"}
    found = pages(admin, "/v1/admin/establishments?words=erables", "establishments")
    assert path.rpartition("/")[2] in [e["id"] for e in found]
    assert {e["name"] for e in found} == {"Les Érables"}
    put = {"establishment": path.rpartition("/")[2], "name": "Petits", "min_months": 36,
           "max_months": 120, "accepts": {"mna": "yes"}}
    made = admin.put(unit, put)
    assert made.status == 200, made
    record = made.json["unit"]
    assert (record["kind"], record["name"], record["modality"]) == ("unit", "Petits", "internat")
    described = admin.get(unit, Ugo_After=made.json["position"]).json
    assert described["revision"] == record["revision"]
    assert {**put, "id": record["id"]}.items() <= described["put"].items()
    again = admin.put(unit, {k: v for k, v in described["put"].items() if k != "id"})
    assert again.json["unit"] == record, "nothing changed"
    refused = admin.put(unit, {**put, "min_months": 200})
    assert refused.errors == [("/max_months", "ages_reversed")]

    with door(register, "night") as night:
        admin.put("/v1/units/%s/availability" % record["id"], {"free": 3, "open": 5})
        held = night.post("/v1/holds", {"unit": record["id"], "need": {"children": [
            {"age_months": 60, "sex": "F"}]}})
        assert held.status == 200, held
        for closing in (unit, path):
            refused = admin.post(closing + "/close")
            assert refused.status == 409 and refused.json["type"].endswith("conflicts_with_holds")
            assert held.json["hold"]["id"] not in json.dumps(refused.json), "no hold is shown"
        released = night.post("/v1/holds/%s/release" % held.json["hold"]["id"])
        assert released.status == 200
    assert admin.post(unit + "/close").json["unit"] is None
    assert admin.get(unit).status == 404
    assert admin.post(path + "/close").json["establishment"] is None


def test_territories_and_kinds(register, admin):
    made = admin.put("/v1/admin/territories/mds-9", {"name": "Neuf", "level": "mds",
                                                     "parent": "dts-1"})
    assert made.json["territory"]["parent"] == "dts-1", made
    assert "mds-9" in [t["code"] for t in pages(admin, "/v1/admin/territories", "territories")]
    refused = admin.put("/v1/admin/territories/dts-1", {"name": "x", "level": "dts",
                                                        "parent": "mds-9"})
    assert refused.errors == [("/parent", "cycle")]
    kinds = pages(admin, "/v1/admin/establishment-kinds", "establishment_kinds")
    mecs = next(k for k in kinds if k["code"] == "mecs")
    same = admin.put("/v1/admin/establishment-kinds/mecs",
                     {k: v for k, v in mecs.items() if k not in ("code", "revision")})
    assert same.json["establishment_kind"] == mecs


def test_calendar_and_rota(register, admin):
    path = "/v1/admin/calendars/d31"
    hours = {"time_zone": "Europe/Paris", "holidays": ["2026-12-25"],
             "office": [{"day": day, "from": "08:30", "to": "17:30"} for day in range(1, 6)]}
    made = admin.put(path, hours)
    assert made.status == 200 and made.json["calendar"]["office"] == hours["office"], made
    listed = admin.get("/v1/admin/calendars", Ugo_After=made.json["position"])
    assert listed.json["calendars"] == [made.json["calendar"]]
    assert admin.put("/v1/admin/calendars/dts-1", hours).errors == [("/territory", "not_a_root")]
    entry = "/v1/admin/rota/t-%d" % (time.time_ns() % 10 ** 9)
    shift = {"duty": "astreinte", "territory": "d31", "account": "night",
             "from_at": "2026-01-01T17:30:00+01:00", "to_at": "2099-01-02T08:30:00+01:00"}
    made = admin.put(entry, shift)
    assert made.json["rota"]["from_at"] == "2026-01-01T16:30:00Z", made
    with door(register, "night") as night:
        wait_for(lambda: [o["account"] for o in night.get("/v1/on-call").json["on_call"]
                          if o["duty"] == "astreinte"] == ["night"], "the shift")
    assert made.json["rota"] in pages(admin, "/v1/admin/rota", "rota")
    refused = admin.put(entry, {**shift, "to_at": shift["from_at"]})
    assert refused.errors == [("/to_at", "reversed")]
    assert admin.call("DELETE", entry).json["rota"] is None
    assert admin.call("DELETE", entry).status == 404


def test_what_directing_may(register):
    """Its own units and rota; no account, no establishment, no other département's."""
    register.apply([("territory.put", {"code": "d09", "name": "Ariège", "level": "departement"}),
                    ("establishment.put", {"id": "e-far", "name": "Loin", "territory": "d09",
                                           "establishment_kind": "mecs"}),
                    ("unit.put", {"id": "u-far", "establishment": "e-far", "name": "Loin"})])
    with door(register, "boss") as boss:
        put = boss.get("/v1/admin/units/u-1-a").json["put"]
        put.pop("id")
        assert boss.put("/v1/admin/units/u-1-a", {**put, "name": "Nouveau"}).status == 200
        wait_for(lambda: boss.get("/v1/admin/units/u-far").status == 404, "nothing of it")
        for path in ("/v1/admin/units/u-far", "/v1/admin/establishments/e-far"):
            assert boss.get(path).status == 404
        assert boss.put("/v1/admin/units/u-far", {"establishment": "e-far",
                                                  "name": "x"}).status == 403
        assert boss.post("/v1/admin/units/u-far/close").status == 403
        assert boss.put("/v1/admin/establishments/e-1", {
            "name": "x", "establishment_kind": "mecs", "territory": "mds-1"}).status == 403
        ids = [e["id"] for e in pages(boss, "/v1/admin/establishments", "establishments")]
        assert "e-1" in ids and "e-far" not in ids
        shift = {"duty": "def", "territory": "d31", "account": "boss",
                 "from_at": "2026-01-01T00:00:00Z", "to_at": "2099-01-01T00:00:00Z"}
        assert boss.put("/v1/admin/rota/t-boss", shift).status == 200
        assert boss.put("/v1/admin/rota/t-far", {**shift, "territory": "d09"}).status == 403
        assert boss.call("DELETE", "/v1/admin/rota/t-boss").status == 200
