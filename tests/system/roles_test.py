# SPDX-License-Identifier: EUPL-1.2
"""Who may see what: canaries outside an account's scope, and exact addresses of homes, are in no
byte that it ever receives, whatever it asks and whatever happens meanwhile."""
import asyncio

import pytest

from harness.door import Copy, Refused, asynchronous
from harness.ugod import account, registers

# (name, territory, commune, visibility, latitude and longitude of the true point)
HOMES = [
    ("pub31", "mds-31-a", "31555", "exact", 43.61111, 1.41111),
    ("com31", "mds-31-a", "31555", "commune", 43.52222, 1.32222),
    ("hid31", "mds-31-b", "31395", "hidden", 43.43333, 1.23333),
    ("exp31", "mds-31-b", "31395", "exact", 43.44444, 1.34444),
    ("mov31", "mds-31-b", "31395", "exact", 43.45555, 1.35555),
    ("pub32", "mds-32", "32013", "exact", 43.66666, 0.56666),
    ("com32", "mds-32", "32013", "commune", 43.57777, 0.57777),
    ("end32", "mds-32", "32013", "exact", 43.58888, 0.58888),
]
IN_31 = {name for name, *_ in HOMES if name.endswith("31")}
IN_32 = {name for name, *_ in HOMES if name.endswith("32")}
HOMES_HIDDEN = {"com31", "hid31", "com32"}


def establishment(name, territory, commune, visibility, point, label="", address=None):
    return ("establishment.put", {
        "id": "e-" + name, "name": "Nom-%s%s" % (name, label), "establishment_kind": "mecs",
        "territory": territory, "commune": commune, "visibility": visibility, "point": point,
        "address": address or "ADR-" + name, "contact": {"day": "CTC-" + name}})


def places():
    yield from [("territory.put", {"code": "d31", "name": "H", "level": "departement"}),
                ("territory.put", {"code": "d32", "name": "G", "level": "departement"}),
                *(("territory.put", {"code": code, "name": code, "level": "mds", "parent": root})
                  for code, root in (("mds-31-a", "d31"), ("mds-31-b", "d31"), ("mds-32", "d32"))),
                *(("commune.put", {"insee": insee, "name": name, "point": point,
                                   "territory": territory, "postcodes": []})
                  for insee, name, point, territory in (
                      ("31555", "Toulouse", [43.6, 1.44], "mds-31-a"),
                      ("31395", "Muret", [43.46, 1.33], "mds-31-b"),
                      ("32013", "Auch", [43.65, 0.58], "mds-32")))]
    for name, territory, commune, visibility, *point in HOMES:
        yield establishment(name, territory, commune, visibility, point)
        yield ("unit.put", {"id": "u-" + name, "establishment": "e-" + name, "name": "U-" + name,
                            "min_months": 0, "max_months": 216, "sex": "any"})
        yield from account("home-" + name, "establishment", establishments=["e-" + name])
    for name, role, scope in (("mds", "territory", ["mds-31-a"]), ("night", "astreinte", ["d31"]),
                              ("boss", "def", ["d31"]), ("van", "mobile", ["d31"]),
                              ("root", "admin", []), ("root-32", "admin", ["d32"])):
        yield from account(name, role, territories=scope)
    yield from account("feed", "service", acts_for="home-com31")
    yield from account("office", "service", acts_for="mds")


# {account: (whom it sees, whose exact place)}; homes are precise for who works there or decides
SEES = {
    "mds": (IN_31, IN_31 - HOMES_HIDDEN), "office": (IN_31, IN_31 - HOMES_HIDDEN),
    "night": (IN_31, IN_31), "boss": (IN_31, IN_31), "van": (set(), set()),
    "root": (IN_31 | IN_32, IN_31 | IN_32), "root-32": (IN_32, IN_32),
    "feed": ({"com31"}, {"com31"}), **{"home-" + n: ({n}, {n}) for n, *_ in HOMES},
}


def canaries(name):
    return [part + name for part in ("u-", "Nom-", "U-", "CTC-")]


def exact(name):
    """What tells the true place: the address, and the digits of the point."""
    _, _, _, _, lat, lon = next(home for home in HOMES if home[0] == name)
    return ["ADR-" + name, "%.5f" % lat, "%.5f" % lon]


class Witness:
    """An account that asks for everything, and keeps every byte it receives."""

    def __init__(self, register, who):
        self.who = who
        self.door = register.door(who)
        self.door.received = bytearray()
        self.copies = []

    async def begin(self):
        await self.door.connect()
        notify = []
        near = {"point": [43.52222, 1.32222]}  # where com31 truly is
        for i, filter in enumerate((None, {"kinds": ["unit"]}, {"territories": ["d32"]},
                                    {"establishments": ["e-pub32", "e-hid31", "e-mov31"]},
                                    {"units": ["u-pub32", "u-com31"]},
                                    {"search": {"children": [{}], "near": near, "max_km": 1}})):
            copy = Copy("s%d" % i)
            await copy.follow(self.door, filter)
            notify.append(copy.notification)
            self.copies.append(copy)
        self.door.on_notification = lambda *words: [one(*words) for one in notify]

    async def ask(self, method, **params):
        try:
            return await self.door.call(method, **params)
        except Refused as refusal:
            assert refusal.type in ("forbidden", "not_found"), refusal
            return None

    async def ask_everything(self, position):
        await self.ask("me", after=position)
        await self.ask("unit.list")
        await self.ask("unit.list", filter={"establishments": ["e-pub32", "e-com31"]})
        for name, _, _, _, *point in HOMES:
            await self.ask("unit.get", unit="u-" + name)
            await self.ask("history", unit="u-" + name)
            await self.ask("unit.report_wrong", unit="u-none-" + name)
            for max_km in (1, 300):
                await self.ask("search", children=[{}], near={"point": point}, max_km=max_km,
                               limit=50)
        await self.ask("search", children=[{"age_months": 1100, "sex": "F"}], limit=50)
        await self.ask("search", children=[{"age_months": 50, "sex": "F"}] * 9, limit=50)
        for kinds in ([], ["unit", "declaration"], ["establishment"], ["account", "credential"]):
            await self.ask("history", **({"kinds": kinds} if kinds else {}))
        await self.ask("occupancy")
        await self.ask("occupancy", territories=["d31"])

    def saw(self, text):
        # echoes of our own words are none of the server's
        return text.encode() in bytes(self.door.received).replace(b"u-none-", b"")


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers([*places()]) as new:
        yield new


async def declare_all(register, free):
    """Every unit, by the administration; the position after it."""
    async with register.door("root") as door:
        for name, *_ in HOMES:
            result = await door.call("unit.declare", unit="u-" + name, free=free, open=8)
        return result["position"]


async def until_there(witnesses, register):
    revision = (await asyncio.to_thread(register.query, "SELECT revision FROM ugo.ledger"))[0][0]
    for witness in witnesses:
        for copy in witness.copies:
            await copy.until(lambda c: c.revision >= revision)


def check_scopes(witnesses):
    for witness in witnesses:
        seen, precise = SEES[witness.who]
        if witness.who not in ("root",):
            for name in (IN_31 | IN_32) - seen:
                for text in canaries(name) + exact(name):
                    assert not witness.saw(text), (witness.who, text)
        for name in seen - precise:
            for text in exact(name):
                assert not witness.saw(text), (witness.who, text)
        for name in seen & precise:  # the test sees what is there to be seen
            assert witness.saw(canaries(name)[0]) and witness.saw("ADR-" + name), witness.who
        for name in seen:
            assert witness.saw("Nom-" + name), (witness.who, name)


@asynchronous
async def test_canaries(new):
    with new(workers=1) as register:
        witnesses = [Witness(register, who) for who in SEES]
        for witness in witnesses:
            await witness.begin()
        position = await declare_all(register, 3)
        for witness in witnesses:
            await witness.ask_everything(position)
        await until_there(witnesses, register)
        check_scopes(witnesses)


@asynchronous
async def test_distances_do_not_locate_a_home(new):
    """Who may not know where a home is learns nothing from asking how far it is."""
    with new(workers=1) as register:
        await declare_all(register, 3)
        for name, _, _, visibility, *point in HOMES:
            if visibility == "exact" or name in IN_32:
                continue
            async with register.door("mds", strict=True) as mds, \
                    register.door("boss", strict=True) as boss:
                def km_of(answer, unit="u-" + name):
                    return next((r["km"] for r in answer["results"] + answer["near_misses"]
                                 if r["unit"]["id"] == unit), "absent")
                asked = {"children": [{}], "near": {"point": point}, "limit": 50}
                assert km_of(await boss.call("search", **asked)) < 0.1
                km = km_of(await mds.call("search", **asked))
                assert km is None if visibility == "hidden" else km > 5, (name, km)
                near = await mds.call("search", **asked, max_km=1)
                assert "u-" + name not in [r["unit"]["id"] for r in near["results"]
                                           if r["km"] is not None]
                copy = Copy()
                await copy.follow(mds, {"search": {"children": [{}], "near": {"point": point},
                                                   "max_km": 1}})
                await copy.until(lambda c: True)
                if visibility == "commune":
                    assert "u-" + name not in copy.records


@asynchronous
async def test_what_leaves_a_scope(new):
    """A home becomes hidden, an establishment moves to another département, a unit of another
    département is deleted, an account's scope shrinks: nothing of what follows is seen."""
    with new(workers=1) as register:
        witnesses = [Witness(register, who) for who in ("mds", "boss", "night", "office",
                                                        "home-pub31", "root-32")]
        for witness in witnesses:
            await witness.begin()
        await until_there(witnesses, register)
        hidden = establishment("exp31", "mds-31-b", "31395", "hidden", [43.99191, 1.99292],
                               "-caché", "ADR-neuve")
        moved = establishment("mov31", "mds-32", "32013", "exact", [43.99393, 0.99494], "-parti",
                              "ADR-ailleurs")
        for change in (hidden, moved, ("unit.close", {"unit": "u-end32"})):
            await asyncio.to_thread(register.apply, [change])
        position = await declare_only(register, ["exp31", "mov31"])
        await until_there(witnesses, register)
        for witness in witnesses:
            await witness.ask_everything(position)
        by_name = {witness.who: witness for witness in witnesses}
        for who in ("mds", "office"):
            assert by_name[who].saw("Nom-exp31-cach")
            for text in ("ADR-neuve", "43.99191", "1.99292"):
                assert not by_name[who].saw(text), (who, text)
        assert by_name["boss"].saw("ADR-neuve")
        for who in ("mds", "boss", "night", "office", "home-pub31"):
            assert "u-mov31" not in by_name[who].copies[0].records
            for text in ("-parti", "ADR-ailleurs", "43.99393", "0.99494", "u-end32"):
                assert not by_name[who].saw(text), (who, text)
        assert by_name["root-32"].saw("-parti")
        assert "u-mov31" in by_name["root-32"].copies[0].records

        before = by_name["boss"]
        mark = len(before.door.received)
        await asyncio.to_thread(register.apply, account("boss", "def", territories=["d32"])[:1])
        await before.copies[0].until(lambda c: "u-pub32" in c.records)
        assert not [id for id in before.copies[0].records if id.endswith("31")
                    and id not in ("u-mov31", "e-mov31")]
        assert b'"method":"start"' in before.door.received[mark:]


async def declare_only(register, names):
    async with register.door("root") as door:
        for name in names:
            result = await door.call("unit.declare", unit="u-" + name, free=1, open=8)
        return result["position"]
