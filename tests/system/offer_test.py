# SPDX-License-Identifier: EUPL-1.2
"""The watch at the real doors, with two workers that both see everything: who waits longest is told
of the place that came free, within a second by the ledger's time, and nobody else can take it."""
import pytest

from harness.daemon import wait_for
from harness.departement import departement
from harness.door import Copy, asynchronous
from harness.ugod import registers

GIRL = {"age_months": 84, "sex": "F"}
SECOND = 1_000_000


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(4)) as new:
        yield new


@pytest.fixture(name="register")
def fixture_register(new):
    with new(workers=2) as register:
        yield register


class Crew:
    """Everybody's connection and what it was told of offers."""

    def __init__(self, register):
        self.register = register
        self.doors, self.copies, self.position = {}, {}, None

    async def __call__(self, name):
        if name not in self.doors:
            self.doors[name] = self.register.door(name, strict=True)
            await self.doors[name].connect()
        return self.doors[name]

    async def call(self, who, method, **params):
        """Not before what was answered to anybody, whatever worker answers."""
        if self.position:
            params["after"] = self.position
        answer = await (await self(who)).call(method, **params)
        self.position = answer["position"]
        return answer

    async def refused(self, who, method, **params):
        return await (await self(who)).refused(method, after=self.position, **params)

    async def watch(self, who, **filter):
        self.copies[who] = Copy()
        await self.copies[who].follow(await self(who), filter or {"kinds": ["offer"]})
        return self.copies[who]

    async def request(self, who, **params):
        return (await self.call(who, "request.open", children=[GIRL], **params))["request"]["id"]

    async def declare(self, free, unit="u-0-a"):
        return await self.call("home-" + unit[2], "unit.declare", unit=unit, free=free, open=6)


def offers(copy):
    """{request: (unit, state)} of the newest."""
    records = sorted((r for r in copy.records.values() if r["kind"] == "offer"),
                     key=lambda r: r["offered_at"])
    return {r["request"]: (r["unit"], r["state"]) for r in records}


def told(register, unit):
    """[(operation, kind, request or None, revision, at)] of a unit's log, counts and offers."""
    return register.query(
        "SELECT operation, kind, state ->> 'request', revision, at FROM ugo.change"
        " WHERE kind = 'unit' AND id = %s OR kind = 'offer' AND state ->> 'unit' = %s"
        " ORDER BY revision, part", unit, unit)


@asynchronous
async def test_the_longest_waiting_is_told_first(register):
    crew = Crew(register)
    await crew.declare(0)
    late = await crew.request("night-1", **{"from": {"commune": "31555"}})
    early = await crew.request("dts-2", decided_at="2026-01-01T00:00:00Z",
                               **{"from": {"commune": "31395"}})
    elder = await crew.watch("dts-2")
    younger = await crew.watch("night-1")
    stranger = await crew.watch("mds-2")
    home = await crew.watch("home-0")
    for _ in range(2):  # said again is not gained
        await crew.declare(0)
    assert offers(elder) == {}

    await crew.declare(1)
    await elder.until(lambda copy: offers(copy) == {early: ("u-0-a", "offered")})
    offer = next(iter(elder.records))
    unit, made = told(register, "u-0-a")[-2:]
    assert unit[:2] == ("unit.declare", "unit") and made[:3] == ("offer.create", "offer", early)
    assert made[3] == unit[3] + 1 and 0 <= made[4] - unit[4] < SECOND
    await younger.until(lambda copy: offers(copy) == {early: ("u-0-a", "offered")})

    error = await crew.refused("night-1", "hold.create", unit="u-0-a", request=late)
    assert (error.type, error.detail) == ("no_free_place", "offered_to_another")
    error = await crew.refused("boss", "hold.create", units=["u-0-a"],
                               need={"children": [GIRL]})
    assert (error.type, error.detail) == ("no_free_place", "offered_to_another")
    error = await crew.refused("night-1", "request.decline", request=late, offer=offer)
    assert error.errors == [("/offer", "offer_not_active")]
    assert (await crew.refused("mds-2", "request.decline", request=early,
                               offer=offer)).type == "forbidden"

    declined = await crew.call("dts-2", "request.decline", request=early, offer=offer)
    assert declined["offer"]["state"] == "declined" and declined["offer"]["id"] == offer
    await younger.until(lambda copy: offers(copy) == {early: ("u-0-a", "declined"),
                                                      late: ("u-0-a", "offered")})
    no, yes = told(register, "u-0-a")[-2:]
    assert no[0] == "request.decline" and yes[:3] == ("offer.create", "offer", late)
    assert yes[3] == no[3] + 1 and 0 <= yes[4] - no[4] < SECOND

    error = await crew.refused("dts-2", "hold.create", unit="u-0-a", request=early)
    assert (error.type, error.detail) == ("no_free_place", "offered_to_another")
    held = await crew.call("night-1", "hold.create", unit="u-0-a", request=late)
    assert held["hold"]["places"] == 1
    await younger.until(lambda copy: offers(copy)[late] == ("u-0-a", "taken"))
    taken = [r for r in younger.records.values() if r["request"] == late][0]
    assert taken["revision"] == held["hold"]["revision"], "at the same moment"
    # two workers: one offer each
    assert [row[2] for row in told(register, "u-0-a") if row[0] == "offer.create"] == [early, late]
    for copy in (stranger, home):
        await copy.until(lambda copy: copy.revision >= held["hold"]["revision"])
        assert copy.records == {}
    assert register.query("SELECT * FROM ugo.audit_records()") == []


@asynchronous
async def test_by_its_request(register):
    """A subscription to a request hears of what it is offered, and of nothing else."""
    crew = Crew(register)
    await crew.declare(0, "u-1-a")
    mine, other = await crew.request("night"), await crew.request("night")
    copy = await crew.watch("boss", requests=[mine])
    await crew.declare(2, "u-1-a")
    await copy.until(lambda copy: offers(copy) == {mine: ("u-1-a", "offered")})
    assert {r["kind"] for r in copy.records.values()} == {"request", "offer"}
    offer = [r for r in copy.records.values() if r["kind"] == "offer"][0]
    await crew.call("boss", "request.close", request=mine, code="error")
    await copy.until(lambda copy: offers(copy) == {mine: ("u-1-a", "void")})
    assert copy.records[offer["id"]]["code"] == "request_changed"
    assert register.query("SELECT count(*) FROM ugo.offer WHERE request = %s", other) == [(1,)]


@asynchronous
async def test_after_a_restart(register):
    """What came free while nobody could offer it is offered by who starts."""
    crew = Crew(register)
    await crew.declare(0, "u-2-a")
    waiting = await crew.request("night")
    register.query("UPDATE ugo.operation SET roles = '{nobody}' WHERE op = 'offer.create'")
    await crew.declare(1, "u-2-a")
    refused = "SELECT type FROM ugo.idempotency WHERE account = 'daemon'"
    wait_for(lambda: register.query(refused), "the watch")
    assert register.query(refused) == [("forbidden",)]
    register.query("UPDATE ugo.operation SET roles = '{daemon}' WHERE op = 'offer.create'")
    register.query("DELETE FROM ugo.idempotency WHERE account = 'daemon'")
    for door in crew.doors.values():
        await door.close()
    register.stop()
    register.start()
    copy = await Crew(register).watch("night")
    await copy.until(lambda copy: offers(copy) == {waiting: ("u-2-a", "offered")})
    assert [row[0] for row in told(register, "u-2-a")].count("offer.create") == 1
