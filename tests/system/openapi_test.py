# SPDX-License-Identifier: EUPL-1.2
"""proto/openapi.yaml against the running server: it names every route and no other, and what the
server answers is what it says."""
import contextlib
import datetime
import json
import pathlib
import re
import sys
import urllib.parse

import jsonschema
import pytest
import yaml

from harness.daemon import free_port
from harness.departement import departement
from harness.https import Https
from harness.ugod import registers, token_of

PROTO = pathlib.Path(__file__).parents[2] / "proto"
sys.path.append(str(PROTO))

import openapi  # noqa: E402
import validate  # noqa: E402

API = yaml.safe_load((PROTO / "openapi.yaml").read_text())
HERE = "https://ugo.invalid/proto/openapi.yaml"
OPERATIONS = {made["operationId"]: (method.upper(), path, made)
              for path, methods in API["paths"].items() for method, made in methods.items()}


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(3)) as new:
        yield new


@pytest.fixture(name="register", scope="module")
def fixture_register(new):
    with new(workers=1, listen_https="127.0.0.1:%d" % free_port(), second_factor="",
             public_url="https://ugo.example.fr") as register:
        yield register


def connect(register, account=None):
    port = int(register.options["listen_https"].rpartition(":")[2])
    return Https(port, register.tls_context, token=token_of(account) if account else None)


def check(schema, value):
    """Strictly: members that no schema knows are refused."""
    store = {**validate.load(True), HERE: API}
    resolver = jsonschema.RefResolver(HERE, API, store=store)
    jsonschema.Draft202012Validator(schema, resolver=resolver,
                                    format_checker=validate.formats).validate(value)


# ── the document ──

def test_every_route_is_described():
    """Of what else it is made, proto/protocol_test.py says."""
    rows = re.findall(r"\{HTTP_", openapi.ROUTES.read_text())
    assert len(rows) == len(openapi.routes())
    assert {(method.lower(), path) for method, path, _ in OPERATIONS.values()} == \
        {(method, path) for method, path, _ in openapi.routes()}


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_reference_leads_somewhere():
    resolver = jsonschema.RefResolver(HERE, API, store={**validate.load(False), HERE: API})
    found = set(references(API))
    assert len(found) > 100
    for where in found:
        resolver.resolve(where)


def test_operations_are_described():
    for name, (method, path, made) in OPERATIONS.items():
        given = [p for p in made.get("parameters", []) if p.get("in") == "path"]
        assert [p["name"] for p in given] == re.findall(r"\{(\w+)\}", path), name
        assert made["summary"] not in ("", name), "proto/openapi.py: a summary of " + name
        assert "default" in made["responses"] and "200" in made["responses"]
        assert ("requestBody" in made) == (method != "GET")


# ── the server's routes ──

def test_the_server_takes_these_methods_and_no_other(register):
    with connect(register, "boss") as door:
        for path, methods in API["paths"].items():
            real = re.sub(r"\{\w+\}", "x", path)
            answer = door.call("OPTIONS", real)
            allowed = set(answer.fields["allow"].split(", ")) - {"HEAD"}
            assert answer.status == 405
            described = {method.upper() for method in methods}
            assert allowed == described, path
        for path in ("/v1", "/v1/x", "/v1/units/x/y", "/v1/unit", "/v1/units/x/confirm/x",
                     "/openapi.yaml"):
            assert door.call("GET", path).status == 404


# ── answers ──

class Caller:
    """Calls what the document describes, as it describes it, and holds the answers to it."""

    def __init__(self, register):
        self.register, self.called, self.n = register, set(), 0

    def send(self, account, name, params, fields):
        method, path, made = OPERATIONS[name]
        params = dict(params)
        for member in re.findall(r"\{(\w+)\}", path):
            path = path.replace("{%s}" % member, params.pop(member))
        body = None
        if method == "GET":
            path += "?" + urllib.parse.urlencode(list(self.query(made, params))) if params else ""
        else:
            schema = made["requestBody"]["content"]["application/json"]["schema"]
            body = params
            if not fields.pop("wrong", False):
                check(schema, body)
        with connect(self.register, account) as door:
            return door.call(method, path, body, **fields)

    @staticmethod
    def query(made, params):
        described = {p["name"]: p for p in made["parameters"] if p.get("in") == "query"}
        for name, value in params.items():
            if "content" in described[name]:
                yield name, json.dumps(value)
            elif described[name].get("style") == "form":
                yield name, ",".join(map(str, value))
            else:
                yield name, value

    def __call__(self, account, name, /, fields=None, **params):
        answer = self.send(account, name, params, fields or {})
        assert answer.status == 200, (name, answer)
        described = OPERATIONS[name][2]["responses"]["200"]
        check(described["content"]["application/json"]["schema"], answer.json)
        for field in described.get("headers", {}):
            assert field.lower() in answer.fields, (name, field)
        assert answer.fields["content-type"] == "application/json; charset=utf-8"
        self.called.add(name)
        return answer.json

    def refused(self, account, name, status, /, **params):
        answer = self.send(account, name, params, {"wrong": True})
        assert answer.status in (status if isinstance(status, tuple) else (status,)), (name, answer)
        assert answer.fields["content-type"] == "application/problem+json"
        check({"$ref": "#/components/schemas/problem"}, answer.json)
        return answer.json


def day(ahead):
    return (datetime.date.today() + datetime.timedelta(days=ahead)).isoformat()


NEED = {"children": [{"age_months": 90, "sex": "F"}]}


def units_and_places(call):
    for i in range(3):
        for letter in "ab":
            call("home-%d" % i, "unit.declare", unit="u-%d-%s" % (i, letter), free=8, open=10)
    call("home-0", "unit.confirm", unit="u-0-a")
    call("boss", "unit.report_wrong", unit="u-0-b")
    call("boss", "hold_policy.put", unit="u-0-a", minutes=60, end="release")
    call("boss", "me")
    call("boss", "unit.list", filter={"modality": ["internat", "relais"]}, limit=5)
    call("home-0", "unit.get", unit="u-0-a")
    call("boss", "commune.find", name="muret")
    call("boss", "territory.find", codes=["dts-1", "mds-2"])
    assert call("night", "search", **NEED)["results"]


def requests_and_holds(call):
    request = call("night", "request.open", **NEED, reference="X-1")["request"]["id"]
    call("night", "request.list")
    call("night", "request.get", request=request)
    call("night", "request.update", request=request, emergency=True)

    def hold(**more):
        return call("night", "hold.create", **more)["hold"]["id"]
    held = hold(unit="u-0-a", request=request)
    call("home-0", "hold.list")
    call("home-0", "hold.get", hold=held)
    call("night", "hold.extend", hold=held, minutes=30)
    call("home-0", "hold.accept", hold=held)
    mission(call, held)
    refused = hold(unit="u-1-a", need=NEED)
    call("home-1", "hold.refuse", hold=refused, code="full")
    call("night", "hold.release", hold=hold(unit="u-1-b", need=NEED))
    taken_back = hold(unit="u-2-a", need=NEED)
    call("home-2", "hold.accept", hold=taken_back)
    call("night", "hold.withdraw", hold=taken_back, code="decision_changed")
    arrived = hold(unit="u-2-b", need=NEED)
    call("home-2", "hold.accept", hold=arrived)
    call("home-2", "hold.arrive", hold=arrived)
    call("night", "request.certificate", request=request)
    other = call("night", "request.open", **NEED)["request"]["id"]
    call("night", "request.close", request=other, code="error")


def mission(call, held):
    def made(hold):
        missions = call("night", "mission.list", hold=hold)["missions"]
        active = [m for m in missions if m["state"] not in ("cancelled", "done")]
        return active[0]["id"] if active else \
            call("night", "mission.create", hold=hold)["mission"]["id"]
    first = made(held)
    call("night", "mission.cancel", mission=first)
    second = call("night", "mission.create", hold=held)["mission"]["id"]
    call("night", "mission.get", mission=second)
    call("night", "mission.assign", mission=second, team="van")
    call("van", "mission.start", mission=second)
    call("van", "mission.arrive", mission=second)
    call("van", "mission.hand_over", mission=second)
    call("night", "on_call")


def movements(call):
    plan = {"unit": "u-0-b", "places": 1, "on": day(3)}
    first = call("home-0", "movement.plan", type="exit", code="majority", **plan)
    call("home-0", "movement.cancel", movement=first["movement"]["id"])
    today = {**plan, "on": day(0)}
    second = call("home-0", "movement.plan", type="exit", code="majority", **today)
    call("home-0", "movement.done", movement=second["movement"]["id"])
    call("home-0", "movement.entry", unit="u-0-b", places=1)
    call("home-0", "movement.exit", unit="u-0-b", places=1, code="return_home")
    call("home-0", "movement.transfer", from_unit="u-0-a", unit="u-0-b", places=1)
    call("home-0", "movement.list")


def looking_back(call):
    midnight = day(-1) + "T00:00:00Z"
    call("boss", "journal.list")
    call("boss", "journal.statistics", **{"from": midnight, "to": day(0) + "T00:00:00Z"})
    call("boss", "occupancy", territories=["dts-1"])
    call("boss", "history", limit=20)
    if "occupancy.history" in OPERATIONS:
        call("boss", "occupancy.history", **{"from": midnight, "step": "day"})
    if "place_days" in OPERATIONS:
        call("boss", "place_days", **{"from": day(-1), "to": day(0)})
    call("boss", "alert.put", id="a-full", territory="d31", percent=95)
    assert len(call("boss", "alert.list")["alerts"]) == 1
    call("boss", "alert.delete", id="a-full")
    call("home-0", "outlines")
    assert call("boss", "equipment")["rows"]


def people(call):
    call("root", "account.put", id="clerk", role="def", name="Un", territories=["d31"])
    call("root", "account.get", id="clerk")
    call("root", "account.list", role="def", words="u", disabled="false", limit=5)
    made = call("root", "credential.put", account="clerk", type="token", label="x")
    call("root", "password.put", account="clerk")
    call("root", "totp.put", account="clerk")
    assert len(call("root", "credential.list", account="clerk")["credentials"]) == 2
    call("root", "session.list")
    call("root", "session.close", id="0" * 64)
    call("root", "credential.revoke", id=made["credential"]["id"])
    call("root", "totp.clear", account="clerk")
    call("root", "password.clear", account="clerk")
    call("root", "account.disable", id="clerk")
    call("root", "link.put", account="home-0", unit="u-0-a", question="declare")
    call("root", "reminder.put", id="n-1", territory="d31", question="hold", after_s=600)
    assert call("root", "reminder.list")["reminders"]
    call("root", "reminder.delete", id="n-1")


def reference(call):
    call("root", "territory.put", code="mds-9", name="Neuf", level="mds", parent="dts-1")
    call("root", "territory.list", limit=3)
    call("root", "establishment_kind.list")
    call("root", "establishment_kind.put", code="neuf", ttl_s=3600, modality="internat")
    host = {"name": "Neuf", "establishment_kind": "neuf", "territory": "mds-9",
            "commune": "31555", "contact": {"day": "1"}}
    call("root", "establishment.put", id="e-new", **host)
    assert call("root", "establishment.list", filter={"territories": ["mds-9"]})["establishments"]
    call("root", "establishment.describe", id="e-new")
    call("boss", "unit.put", id="u-new", establishment="e-new", name="N", accepts={"mna": "no"})
    call("boss", "unit.describe", id="u-new")
    call("boss", "unit.close", unit="u-new")
    call("root", "establishment.close", establishment="e-new")
    call("root", "calendar.put", territory="d31", time_zone="Europe/Paris",
         office=[{"day": 1, "from": "08:00", "to": "12:00"}], holidays=["2026-12-25"])
    call("boss", "calendar.list")
    call("boss", "rota.put", id="t-1", duty="def", territory="d31", account="boss",
         from_at="2026-01-01T00:00:00Z", to_at="2099-01-01T00:00:00Z")
    assert call("boss", "rota.list", words="t-")["rota"]
    call("boss", "rota.delete", id="t-1")


def test_what_is_answered_is_what_is_described(register):
    call = Caller(register)
    for part in (units_and_places, requests_and_holds, movements, looking_back, people, reference):
        part(call)
    # Left are the door's own (below), what only a waiting list comes to (an offer), and what has no
    # call above, yet.
    left = set(OPERATIONS) - call.called - set(openapi.OWN.values()) - {"request.decline"}
    assert all(OPERATIONS[name][0] == "GET" for name in left), left
    for name in left:
        with contextlib.suppress(AssertionError):
            call("boss", name)
            continue
        call.refused("boss", name, (403, 404, 422))


def test_refusals_are_problems(register):
    call = Caller(register)
    assert call.refused("home-0", "search", 403, **NEED)["detail"] == "role"
    call.refused("home-0", "unit.get", 404, unit="u-1-a")
    call.refused("night", "request.decline", 403, request="r-none", offer="o-none")
    for name, (method, _, _) in OPERATIONS.items():
        if name in openapi.OWN.values():
            continue
        ids = {m: "x" for m in re.findall(r"\{(\w+)\}", OPERATIONS[name][1])}
        problem = call.refused(None, name, 401, **ids)
        assert problem["detail"] == "no_credential"
        if method != "GET":
            call.refused("boss", name, (422, 403), **ids, no_such_member=1)


def test_sessions(register):
    with connect(register) as page:
        problem = page.post("/v1/login", {"account": "boss", "password": "x"})
        check({"$ref": "#/components/schemas/problem"}, problem.json)
        assert (problem.status, problem.detail) == (401, "wrong_credentials")
        refused = page.post("/v1/login", {"account": "boss"})
        assert (refused.status, refused.errors) == (422, [("/password", "required")])
    with connect(register, "boss") as door:
        session = door.get("/v1/session")
        check({"$ref": "#/components/schemas/session"}, session.json)
        assert session.json["account"] == "boss"
