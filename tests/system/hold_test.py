# SPDX-License-Identifier: EUPL-1.2
"""Requests and holds at the real line door: a night from the need to the arrival, who is told of
it, what is refused. Every answer and notification is held to the schemas, strictly."""
import asyncio
import contextlib

import pytest

from harness.departement import departement
from harness.door import Copy, asynchronous
from harness.ugod import account, registers

SIBLINGS = [{"age_months": 84, "sex": "F"}, {"age_months": 50, "sex": "M"}]
SECRET = "7 impasse du Secret"
SECRET_POINT = [43.43333, 1.23333]
EXACT = [SECRET, "43.43333", "1.23333"]  # what would tell where the home is


def hidden_home():
    """A foster family: shown by its territory only."""
    return [("establishment.put", {
                "id": "e-home", "name": "Famille 12", "establishment_kind": "assistant_familial",
                "territory": "mds-2", "commune": "31555", "visibility": "hidden",
                "point": SECRET_POINT, "address": SECRET, "contact": {"night": "05 00 00 00 12"}}),
            ("unit.put", {
                "id": "u-home", "establishment": "e-home", "name": "Accueil", "min_months": 0,
                "max_months": 216, "sex": "any", "siblings_max": 3, "siblings_mixed": True,
                "admission": "always", "emergency_reserved": 1}),
            *account("family", "establishment", establishments=["e-home"]),
            *account("dts-1", "territory", territories=["dts-1"])]


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers([*departement(6), *hidden_home()]) as new:
        yield new


@pytest.fixture(name="register")
def fixture_register(new):
    with new(workers=1) as register:  # so that what one connection has seen, the next has too
        yield register


class Crew:
    """Everybody's connection, each keeping every byte it hears."""

    def __init__(self, register):
        self.register = register
        self.doors = {}

    async def __call__(self, name):
        if name not in self.doors:
            door = self.doors[name] = self.register.door(name, strict=True)
            door.received = bytearray()
            await door.connect()
        return self.doors[name]

    async def call(self, who, method, **params):
        return await (await self(who)).call(method, **params)

    async def refused(self, who, method, **params):
        return await (await self(who)).refused(method, **params)

    async def follow(self, who, **filter):
        copy = Copy()
        await copy.follow(await self(who), filter)
        return copy

    async def places(self, free=4, **units):
        """Everybody declares."""
        for home, unit in (("home-0", "u-0-a"), ("home-1", "u-1-a"), ("family", "u-home")):
            await self.call(home, "unit.declare", unit=unit, free=units.get(home, free), open=6)

    async def ask(self, units, who="night", **request):
        """A request for two siblings and its holds."""
        opened = (await self.call(who, "request.open", children=SIBLINGS, **request))["request"]
        made = await self.call(who, "hold.create", units=units, request=opened["id"])
        assert made["refused"] == []
        return opened, [item["hold"] for item in made["holds"]]


@contextlib.contextmanager
def later(register, seconds):
    """The database's clock runs ahead."""
    clock = """CREATE OR REPLACE FUNCTION ugo.clock_us() RETURNS bigint LANGUAGE sql VOLATILE
        RETURN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + %d"""
    register.query(clock % (seconds * 1000000))
    try:
        yield
    finally:
        register.query(clock % 0)


def states(copy):
    return {id_: record["state"] for id_, record in copy.records.items()}


@asynchronous
async def test_a_night(register):
    """Three asks in parallel, a refusal, an acceptance that releases the third, an arrival."""
    crew = Crew(register)
    await crew.places()
    night = await crew.follow("night", kinds=["hold", "request"])
    stranger = await crew.follow("dts-2", kinds=["hold", "request"])
    request, holds = await crew.ask(["u-0-a", "u-1-a", "u-home"], emergency=True,
                                    **{"from": {"commune": "31555"}})
    assert request["state"] == "open" and request["territory"] == "dts-1"
    first, second, third = holds
    assert [hold["unit"] for hold in holds] == ["u-0-a", "u-1-a", "u-home"]
    assert all(hold["places"] == 2 and hold["emergency"] and hold["children"] == [0, 1]
               and hold["profile"] == SIBLINGS for hold in holds)
    unit = (await crew.call("home-0", "unit.get", unit="u-0-a"))["unit"]["capacity"]
    assert (unit["held"], unit["free"]) == (2, 2)

    await crew.call("home-1", "hold.refuse", hold=second["id"], code="group")
    family = await crew.follow("family", kinds=["hold"])
    accepted = await crew.call("family", "hold.accept", hold=third["id"])
    assert accepted["hold"]["state"] == "accepted"
    assert 0 < accepted["expires_in_ms"] <= 24 * 3600 * 1000
    assert accepted["hold"]["place"] == {"address": SECRET, "commune": "31555",
                                         "point": SECRET_POINT,
                                         "contact": {"day": None, "night": "05 00 00 00 12"}}
    await night.until(lambda copy: states(copy) == {
        request["id"]: "placed", first["id"]: "released", second["id"]: "refused",
        third["id"]: "accepted"})
    released = night.records[first["id"]]
    assert released["revision"] == accepted["hold"]["revision"], "at the same moment"

    arrived = await crew.call("night", "hold.arrive", hold=third["id"])
    assert arrived["hold"]["state"] == "arrived" and arrived["expires_in_ms"] is None
    capacity = (await crew.call("family", "unit.get", unit="u-home"))["unit"]["capacity"]
    assert (capacity["occupied"], capacity["held"], capacity["free"]) == (4, 0, 2)
    await night.until(lambda copy: states(copy)[request["id"]] == "closed")
    assert night.records[request["id"]]["code"] == "arrived"
    await family.until(lambda copy: states(copy) == {third["id"]: "arrived"})

    told = await crew.call("night", "request.get", request=request["id"])
    assert {item["hold"]["id"] for item in told["holds"]} == {hold["id"] for hold in holds}
    await stranger.until(lambda copy: copy.revision >= arrived["hold"]["revision"])
    assert stranger.records == {}


@asynchronous
async def test_the_exact_place_is_in_the_accepted_hold_only(register):
    """dts-2 asks, and learns where; dts-1, who did not, learns nothing of it."""
    crew = Crew(register)
    await crew.places()
    copies = [await crew.follow(who) for who in ("dts-2", "dts-1", "mds-2", "home-0", "van")]
    request, (hold,) = await crew.ask(["u-home"], who="dts-2")
    dts = crew.doors["dts-2"]
    await crew.call("dts-2", "unit.get", unit="u-home")
    assert not any(word.encode() in dts.received for word in EXACT)
    await crew.call("family", "hold.accept", hold=hold["id"])
    await copies[0].until(lambda copy: copy.records[hold["id"]]["state"] == "accepted")
    record = copies[0].records[hold["id"]]
    assert record["place"]["address"] == SECRET and record["place"]["point"] == SECRET_POINT
    assert "point" not in copies[0].records["u-home"]
    listed = (await crew.call("dts-2", "hold.list"))["holds"]
    assert [item["hold"] for item in listed] == [record]
    await crew.call("dts-2", "hold.withdraw", hold=hold["id"], code="decision_changed")
    await copies[0].until(lambda copy: copy.records[hold["id"]]["state"] == "withdrawn")
    assert "place" not in copies[0].records[hold["id"]]

    for copy, who in zip(copies[1:], ("dts-1", "mds-2", "home-0", "van")):
        await copy.until(lambda copy: copy.revision >= copies[0].revision)
        heard = bytes(crew.doors[who].received)
        for word in (*EXACT, hold["id"], request["id"]):
            assert word.encode() not in heard, (who, word)


@asynchronous
async def test_strangers(register):
    """Whoever has nothing to do with it is told nothing, and told so the same way of what is and
    of what is not."""
    crew = Crew(register)
    await crew.places()
    request, (hold,) = await crew.ask(["u-0-a"], who="dts-2")
    for id_ in (hold["id"], "h-none"):
        for who, method, more in (("home-1", "hold.accept", {}),
                                  ("home-1", "hold.refuse", {"code": "full"}),
                                  ("dts-1", "hold.release", {}), ("mds-2", "hold.extend", {}),
                                  ("dts-1", "hold.withdraw", {"code": "error"}),
                                  ("home-1", "hold.arrive", {}),
                                  ("boss", "hold.accept", {})):  # not an emergency
            refusal = await crew.refused(who, method, hold=id_, **more)
            assert refusal.data == {"type": "forbidden"}, (who, method, id_)
        for who in ("home-1", "dts-1", "feed-0" if id_ == "h-none" else "home-2"):
            assert (await crew.refused(who, "hold.get", hold=id_)).type == "not_found"
    for id_ in (request["id"], "r-none"):
        for method, more in (("request.update", {"max_km": 9}),
                             ("request.close", {"code": "other"}),
                             ("hold.create", {"unit": "u-0-a"})):
            refusal = await crew.refused("dts-1", method, request=id_, **more)
            assert refusal.data == {"type": "forbidden"}, (method, id_)
        assert (await crew.refused("dts-1", "request.get", request=id_)).type == "not_found"
    for who in ("home-0", "van", "root"):
        assert (await crew.refused(who, "request.list")).data["detail"] == "role"
    for who in ("dts-1", "home-1"):
        assert (await crew.call(who, "hold.list"))["holds"] == []
    # its own side, its service, and whoever comes on duty next
    for who in ("home-0", "feed-0", "dts-2", "office", "night", "boss"):
        got = await crew.call(who, "hold.get", hold=hold["id"])
        assert got["hold"] == hold and got["expires_in_ms"] > 0
    extended = await crew.call("night-1", "hold.extend", hold=hold["id"], minutes=30)
    assert extended["hold"]["extensions"] == 1
    assert (await crew.call("boss", "hold.release", hold=hold["id"]))["hold"]["state"] == "released"


@asynchronous
async def test_the_clock_ends_a_hold(register):
    """Nobody answers: it ends by itself, who follows is told, and an answer comes too late."""
    crew = Crew(register)
    await crew.places()
    night = await crew.follow("night", kinds=["hold"])
    opened = (await crew.call("night", "request.open", children=SIBLINGS))["request"]
    made = await crew.call("night", "hold.create", unit="u-0-a", request=opened["id"], minutes=2)
    hold = made["hold"]
    assert 119000 < made["expires_in_ms"] <= 120000
    home = await crew.follow("home-0", requests=[opened["id"]])
    await home.until(lambda copy: states(copy) == {hold["id"]: "held"})
    with later(register, 121):
        await night.until(lambda copy: states(copy) == {hold["id"]: "expired"})
        await home.until(lambda copy: states(copy) == {hold["id"]: "expired"})
        capacity = (await crew.call("home-0", "unit.get", unit="u-0-a"))["unit"]["capacity"]
        assert (capacity["held"], capacity["free"]) == (0, 4)
        refusal = await crew.refused("home-0", "hold.accept", hold=hold["id"])
        assert refusal.type == "hold_not_active" and refusal.data["hold"]["state"] == "expired"
        listed = (await crew.call("night", "hold.list", state=["expired"]))["holds"]
        assert [(item["hold"]["id"], item["expires_in_ms"]) for item in listed] == [
            (hold["id"], None)]
        waiting = (await crew.call("night", "request.list"))["requests"]
        assert [item["request"]["id"] for item in waiting] == [opened["id"]]
        assert waiting[0]["waiting_s"] >= 121
    with later(register, 49 * 3600):  # forgotten
        await night.until(lambda copy: copy.records == {})
        await home.until(lambda copy: copy.records == {})
    assert (await crew.refused("night", "hold.get", hold=hold["id"])).type == "not_found"


@asynchronous
async def test_a_declaration_never_eats_a_hold(register):
    crew = Crew(register)
    await crew.places(free=2)
    _, (hold,) = await crew.ask(["u-0-a"])
    refusal = await crew.refused("home-0", "unit.declare", unit="u-0-a", free=1)
    assert (refusal.type, refusal.detail) == ("conflicts_with_holds", "answer_or_release_first")
    assert refusal.data["holds"] == [hold]
    await crew.call("home-0", "hold.accept", hold=hold["id"])
    refusal = await crew.refused("home-0", "unit.declare", unit="u-0-a", free=0,
                                 arrived=[hold["id"], hold["id"]])
    assert refusal.errors == [("/arrived/1", "twice")]
    unit = (await crew.call("home-0", "unit.declare", unit="u-0-a", free=0,
                            arrived=[hold["id"]]))["unit"]
    assert (unit["capacity"]["occupied"], unit["capacity"]["held"]) == (6, 0)
    assert (await crew.call("home-0", "hold.get", hold=hold["id"]))["hold"]["state"] == "arrived"
    refusal = await crew.refused("night", "hold.create", unit="u-0-a",
                                 need={"children": [{"age_months": 60}]})
    assert refusal.type == "no_free_place"


@asynchronous
async def test_requests_are_kept_by_rules(register):
    """What is promised stands against change; a key makes one effect and one answer."""
    crew = Crew(register)
    await crew.places()
    opened, (hold,) = await crew.ask(["u-0-a"], who="dts-2", reference="A-1")
    once = await crew.call("dts-2", "hold.create", unit="u-1-a", request=opened["id"],
                           idempotency_key="k-1")
    refusal = await crew.refused("dts-2", "hold.create", unit="u-1-a", request=opened["id"])
    assert refusal.errors == [("/unit", "already_asked")]
    await crew.call("home-1", "hold.refuse", hold=once["hold"]["id"], code="staff")
    again = await crew.call("dts-2", "hold.create", unit="u-1-a", request=opened["id"],
                            idempotency_key="k-1")
    assert again["hold"] == once["hold"], "as it was then"
    updated = await crew.call("dts-2", "request.update", request=opened["id"], emergency=True)
    assert updated["request"]["emergency"] and updated["request"]["reference"] == "A-1"
    accepted = await crew.call("home-0", "hold.accept", hold=hold["id"])
    for method, more in (("request.close", {"code": "duplicate"}),
                         ("request.update", {"children": SIBLINGS[:1]})):
        refusal = await crew.refused("dts-2", method, request=opened["id"], **more)
        if refusal.type == "conflicts_with_holds":
            assert refusal.detail == "answer_or_release_first"
            assert refusal.data["holds"] == [accepted["hold"]]
        else:  # a placed request is no longer open
            assert method == "request.update"
            assert refusal.errors == [("/request", "request_not_open")]
    await crew.call("dts-2", "hold.withdraw", hold=hold["id"], code="returned_home")
    closed = await crew.call("dts-2", "request.close", request=opened["id"], code="returned_home")
    assert closed["request"]["state"] == "withdrawn"
    assert (await crew.call("dts-2", "request.list"))["requests"] == []
    ended = await crew.call("dts-2", "request.list", state=["withdrawn"])
    assert [item["request"]["id"] for item in ended["requests"]] == [opened["id"]]


@asynchronous
async def test_history_shows_them_to_whom_they_concern(register):
    crew = Crew(register)
    await crew.places()
    opened, (hold,) = await crew.ask(["u-0-a"], who="dts-2")
    await crew.call("home-0", "hold.accept", hold=hold["id"])
    changes = (await crew.call("boss", "history", kinds=["hold", "request"]))["changes"]
    assert [(c["operation"], c["kind"], c["record"]["state"]) for c in changes] == [
        ("request.open", "request", "open"), ("hold.create", "hold", "held"),
        ("hold.accept", "hold", "accepted"), ("hold.accept", "request", "placed")]
    assert changes[0]["record"]["id"] == opened["id"]
    own = (await crew.call("home-0", "history", kinds=["hold", "request"]))["changes"]
    assert [c["record"]["state"] for c in own] == ["held", "accepted"]
    for who in ("root", "home-1", "family"):
        assert (await crew.call(who, "history", kinds=["hold", "request"]))["changes"] == []


@asynchronous
async def test_the_last_place_is_held_once(register):
    """Ten callers, one place."""
    crew = Crew(register)
    await crew.places(free=1)
    doors = [await crew(who) for who in ("night", "boss", "dts-2", "dts-1", "mds-2")] * 2
    answers = await asyncio.gather(
        *(door.ask("hold.create", {"unit": "u-0-a", "need": {"children": [{}]}})
          for door in doors), return_exceptions=True)
    made = [a["hold"] for a in answers if isinstance(a, dict)]
    assert len(made) == 1
    assert {a.type for a in answers if not isinstance(a, dict)} == {"no_free_place"}
    capacity = (await crew.call("home-0", "unit.get", unit="u-0-a"))["unit"]["capacity"]
    assert (capacity["held"], capacity["free"]) == (1, 0)


@asynchronous
async def test_a_unit_has_its_rule(register):
    """Its holds are kept as long as it says; unanswered, one is extended once, and then ends."""
    crew = Crew(register)
    await crew.places()
    rule = {"unit": "u-0-a", "minutes": 30, "end": "escalate"}
    assert (await crew.call("boss", "hold_policy.put", **rule))["policy"] == rule
    assert (await crew.call("root", "hold_policy.put", **rule))["policy"] == rule
    refusal = await crew.refused("home-0", "hold_policy.put", **rule)
    assert (refusal.type, refusal.detail) == ("forbidden", "role")
    made = await crew.call("night", "hold.create", unit="u-0-a", need={"children": SIBLINGS})
    hold = made["hold"]
    assert 29 * 60000 < made["expires_in_ms"] <= 30 * 60000 and hold["request"] is None
    night = await crew.follow("night", kinds=["hold"])
    with later(register, 31 * 60):
        await night.until(lambda copy: copy.records[hold["id"]]["escalated"])
        assert night.records[hold["id"]]["state"] == "held"
        assert night.records[hold["id"]]["held_until"] > hold["held_until"]
    with later(register, 61 * 60):
        await night.until(lambda copy: states(copy) == {hold["id"]: "expired"})
    told = (await crew.call("boss", "history", kinds=["hold", "hold_policy"]))["changes"]
    assert [(c["kind"], c["actor"], c["operation"]) for c in told] == [
        ("hold_policy", "boss", "hold_policy.put"), ("hold", "night", "hold.create"),
        ("hold", "system", "hold.escalate"), ("hold", "system", "hold.expire")]
    assert told[0]["record"] == {"minutes": 30, "end": "escalate"}
