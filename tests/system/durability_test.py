# SPDX-License-Identifier: EUPL-1.2
"""Nothing acknowledged is ever lost: a worker, the master and PostgreSQL are killed in the middle
of 5 000 declarations from 70 establishments, while 30 subscribers of different rights and filters
follow. Afterwards each declaration stands in the history exactly once, and every copy, at every
mark it was given, was the server's.

UGO_SEED repeats a run's schedule."""
import asyncio
import os
import random
import time

import pytest

from harness.departement import departement
from harness.door import Copy, Gone, Refused, run
from harness.ugod import registers

ESTABLISHMENTS = 70
DECLARATIONS = 5000
OPEN = 9000  # so that `occupied` can number the declarations of a unit
PATIENCE_S = 240
AGAIN = {"unavailable", "unknown_outcome", "behind"}

SEARCH = {"children": [{"age_months": 84, "sex": "F"}], "near": {"commune": "31395"}, "max_km": 40}
SUBSCRIBERS = [  # (account, filter): 30 of them
    ("boss", None), ("boss", {"kinds": ["unit"]}), ("boss", {"modality": ["urgence"]}),
    ("boss", {"establishment_kinds": ["mecs", "cdef"]}), ("boss", {"territories": ["dts-1"]}),
    ("boss", {"search": SEARCH}), ("night", {"kinds": ["unit"]}), ("night", {"search": SEARCH}),
    ("night", {"territories": ["mds-1", "mds-6"]}), ("night-1", None),
    ("night-1", {"kinds": ["unit"]}), ("night-1", {"territories": ["dts-2"]}),
    ("night-1", {"modality": ["familial", "relais"]}), ("mds-2", None),
    ("mds-2", {"kinds": ["unit"]}), ("mds-2", {"territories": ["d31"]}),
    ("dts-2", {"kinds": ["unit"]}), ("dts-2", {"units": ["u-3-a", "u-4-b", "u-0-a"]}),
    ("dts-2", {"establishments": ["e-3", "e-5", "e-1"]}), ("dts-2", {"search": SEARCH}),
    ("home-0", None), ("home-7", {"kinds": ["unit"]}), ("home-69", {"kinds": ["unit"]}),
    ("home-7", {"units": ["u-8-a"]}), ("feed-0", None), ("feed-0", {"kinds": ["unit"]}),
    ("office", {"kinds": ["unit"]}), ("van", None), ("root", None), ("root", {"kinds": ["unit"]})]


class Tally:
    def __init__(self):
        self.acknowledged = {}  # key: (account, unit, occupied, revision)
        self.grown = asyncio.Condition()
        self.lost = 0  # answers that did not come, or said to ask again
        self.resumed = 0

    async def add(self, key, *what):
        async with self.grown:
            assert key not in self.acknowledged
            self.acknowledged[key] = what
            self.grown.notify_all()

    async def until(self, n):
        async with self.grown:
            await self.grown.wait_for(lambda: len(self.acknowledged) >= n)


class Caller:
    """An account that connects again whenever it must."""

    def __init__(self, register, account, tally):
        self.register, self.account, self.tally = register, account, tally
        self.door = None

    async def connected(self):
        wait_s = 0.02
        while self.door is None or self.door.closed.is_set():
            door = self.register.door(self.account)
            try:
                await door.connect()
                self.door = door
            except (OSError, Gone, Refused):
                await asyncio.sleep(wait_s)  # a client's own delay
                wait_s = min(2 * wait_s, 0.5)
        return self.door

    async def insist(self, ask):
        """The answer of ask(door), whatever it takes."""
        while True:
            door = await self.connected()
            try:
                return await ask(door)
            except Gone:
                self.tally.lost += 1
            except Refused as refusal:
                if refusal.type not in AGAIN:
                    raise
                self.tally.lost += 1

    async def close(self):
        if self.door:
            await self.door.close()


async def declare(caller, rng, unit, occupied, key):
    """One declaration, until it is acknowledged; now and then hangs up before the answer."""
    hang_up = rng.random() < 0.01

    async def ask(door):
        nonlocal hang_up
        answer = door.ask("unit.declare", {"unit": unit, "occupied": occupied, "open": OPEN,
                                           "idempotency_key": key})
        if hang_up:
            hang_up = False
            await door.writer.drain()
            door.cut()
        return await answer

    result = await caller.insist(ask)
    assert result["unit"]["capacity"]["occupied"] == occupied, result
    return result["unit"]["revision"]


async def declare_all(register, tally, i, numbers, rng):
    """Establishment i declares so often, for each of its units in turn."""
    caller = Caller(register, "home-%d" % i, tally)
    for n in range(numbers):
        unit, occupied, key = "u-%d-%s" % (i, "ab"[n % 2]), n // 2 + 1, "d-%d-%d" % (i, n)
        revision = await declare(caller, rng, unit, occupied, key)
        await tally.add(key, caller.account, unit, occupied, revision)
    return caller


class Subscriber(Caller):
    """Keeps a copy, and remembers at each mark what the copy was."""

    def __init__(self, register, account, tally, filter):
        super().__init__(register, account, tally)
        self.filter = filter
        self.copy = Copy()
        self.copy.on_mark = self.note
        self.marks = []  # (revision, {id: revision})
        self.moved_back = None

    def note(self, copy):
        seen = {id: record["revision"] for id, record in copy.records.items()}
        if self.marks:
            revision, before = self.marks[-1]
            if copy.revision < revision or any(seen[id] < before[id]
                                               for id in seen.keys() & before.keys()):
                self.moved_back = (revision, copy.revision)
            if revision == copy.revision and before == seen:
                return
        self.marks.append((copy.revision, seen))

    async def run(self):
        while True:
            door = await self.connected()
            first = self.copy.token is None
            try:
                answer = await self.copy.follow(door, self.filter)
            except Gone:
                continue
            except Refused as refusal:
                assert refusal.type in AGAIN, refusal
                door.cut()
                continue
            assert answer["resumed"] or first, answer
            self.tally.resumed += answer["resumed"]
            await door.closed.wait()


async def kill(register, tally, rng):
    """Two of each, at random moments."""
    kills = ["worker", "postgres", "master"] * 2
    rng.shuffle(kills)
    moments = sorted(rng.sample(range(DECLARATIONS // 20, DECLARATIONS * 19 // 20), len(kills)))
    for moment, what in zip(moments, kills):
        await tally.until(moment)
        print("kill -9 of the %s at %d" % (what, len(tally.acknowledged)))
        arguments = [rng.randrange(2)] if what == "worker" else []
        await asyncio.to_thread(getattr(register, "kill_" + what), *arguments)


def check_history(register, tally):
    """Every acknowledged declaration once, at the revision its answer named; nothing else."""
    rows = register.query("SELECT revision, actor, id, state FROM ugo.change"
                          " WHERE operation = 'unit.declare' ORDER BY revision")
    found = [(actor, unit, state["occupied"], revision) for revision, actor, unit, state in rows]
    assert sorted(tally.acknowledged.values(), key=lambda d: d[3]) == found
    assert len(found) == DECLARATIONS
    revisions = register.query("SELECT DISTINCT revision FROM ugo.change ORDER BY revision")
    last = register.query("SELECT revision FROM ugo.ledger")[0][0]
    assert [r for r, in revisions] == list(range(1, last + 1))
    assert register.query("SELECT * FROM ugo.audit_records()") == []
    print(register.ctl("audit", "verify").strip())


def check_marks(register, subscribers):
    """P4 in hindsight: whatever its filter admitted and did not change since, at each mark."""
    changes = register.query("SELECT revision, id FROM ugo.change"
                             " WHERE kind IN ('unit', 'establishment') ORDER BY revision")
    for subscriber in subscribers:
        assert subscriber.moved_back is None, (subscriber.account, subscriber.moved_back)
        static = "search" not in (subscriber.filter or {})
        admitted = set(subscriber.marks[-1][1])
        expected, at = {}, 0
        for revision, seen in subscriber.marks:
            while at < len(changes) and changes[at][0] <= revision:
                if changes[at][1] in admitted:
                    expected[changes[at][1]] = changes[at][0]
                at += 1
            if static:
                assert seen == expected, (subscriber.account, subscriber.filter, revision)
            else:  # what a search admits comes and goes
                assert all(expected.get(id, r) == r for id, r in seen.items())


async def check_copy(subscriber, last):
    """The copy is what a fresh reader gets."""
    await subscriber.copy.until(lambda copy: copy.revision >= last)
    copy = {id: r for id, r in subscriber.copy.records.items() if r["kind"] == "unit"}
    if subscriber.account == "van":
        assert not copy
        return
    params = {} if subscriber.filter is None else {"filter": subscriber.filter}
    units, page = await subscriber.door.pages("unit.list", "units", limit=200,
                                              after=subscriber.copy.token, **params)
    assert page["position"].endswith(".%d" % last) and subscriber.copy.revision == last
    assert {u["id"]: u for u in units} == copy, (subscriber.account, subscriber.filter)


async def check_repeats(callers, tally, rng):
    """The same keys again: the same answers."""
    for caller in callers:
        own = [item for item in tally.acknowledged.items() if item[1][0] == caller.account]
        for key, (_, unit, occupied, revision) in rng.sample(own, 2):
            assert await declare(caller, rng, unit, occupied, key) == revision


async def everything(register, rng):
    tally = Tally()
    subscribers = [Subscriber(register, account, tally, filter) for account, filter in SUBSCRIBERS]
    following = [asyncio.create_task(s.run()) for s in subscribers]
    share, more = divmod(DECLARATIONS, ESTABLISHMENTS)
    killer = asyncio.create_task(kill(register, tally, rng))
    began = time.monotonic()
    work = asyncio.gather(killer, *(declare_all(register, tally, i, share + (i < more), rng)
                                    for i in range(ESTABLISHMENTS)))
    first = await asyncio.wait([work, *following], timeout=PATIENCE_S,
                               return_when=asyncio.FIRST_COMPLETED)
    assert work in first[0], (len(tally.acknowledged), [t for t in following if t.done()])
    callers = (await work)[1:]
    print("%d declarations in %.1f s, %d asked again, %d streams resumed" %
          (len(tally.acknowledged), time.monotonic() - began, tally.lost, tally.resumed))
    await check_repeats(callers, tally, rng)
    await asyncio.to_thread(check_history, register, tally)
    last = (await asyncio.to_thread(register.query, "SELECT revision FROM ugo.ledger"))[0][0]
    await asyncio.wait_for(asyncio.gather(*(check_copy(s, last) for s in subscribers)), PATIENCE_S)
    await asyncio.to_thread(check_marks, register, subscribers)
    assert tally.lost > 0 and tally.resumed > 0
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    for caller in [*callers, *subscribers]:
        await caller.close()


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(ESTABLISHMENTS)) as new:
        yield new


def test_nothing_acknowledged_is_lost(new):
    seed = int(os.environ.get("UGO_SEED") or random.SystemRandom().randrange(1 << 32))
    print("UGO_SEED=%d" % seed)
    with new(workers=2) as register:
        run(everything(register, random.Random(seed)), 2 * PATIENCE_S)
