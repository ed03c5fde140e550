# SPDX-License-Identifier: EUPL-1.2
"""The database stands still: what is known is still told, and said to be old; commands fail
clearly and are not half done; then all comes back."""
import asyncio
import contextlib

import pytest

from harness.departement import departement
from harness.door import Copy, Refused, asynchronous
from harness.ugod import registers

SEARCH = {"children": [{"age_months": 84, "sex": "F"}], "near": {"commune": "31395"}}


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers(departement(6)) as new:
        yield new


@pytest.fixture(name="register")
def fixture_register(new):
    # nothing is ever sent for silence: an answer comes by itself or never
    with new(workers=1, command_wait="2s", behind_wait="1s", silence_probe="10m",
             silence_end="20m") as register:
        yield register


@contextlib.asynccontextmanager
async def stopped(register):
    """PostgreSQL stands still, without blocking the loop while processes are looked for."""
    manager = register.postgres_stopped()
    await asyncio.to_thread(manager.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)


async def answer(waiting):
    """(type, result or refusal)"""
    try:
        return "ok", await waiting
    except Refused as refusal:
        return refusal.type, refusal


async def until_answer(door, method, condition, **params):
    while True:
        result = await door.call(method, **params)
        if condition(result):
            return result


@asynchronous
async def test_the_database_is_away(register):
    async with register.door("home-0", strict=True) as home, \
            register.door("night", strict=True) as night, \
            register.door("boss", strict=True) as boss:
        copy = Copy()
        await copy.follow(boss, {"kinds": ["unit"]})
        first = await home.call("unit.declare", unit="u-0-a", free=1, open=8)
        await copy.until(lambda c: c.records["u-0-a"] == first["unit"])
        fresh = await night.call("search", **SEARCH)
        assert not fresh["stale"] and not copy.mark["stale"]

        async with stopped(register):
            # Known things are told, and since when they are old.
            stale = await until_answer(night, "search", lambda r: r["stale"], **SEARCH)
            assert [r["unit"] for r in stale["results"]] == [r["unit"] for r in fresh["results"]]
            written = [first["unit"]["revision"] + n for n in (0, 1)]  # the first search's entry
            assert int(stale["position"].partition(".")[2]) in written
            await copy.until(lambda c: c.mark["stale"])
            assert copy.records["u-0-a"] == first["unit"]
            for method in ("me", "unit.list"):
                assert (await boss.call(method))["stale"] is True
            async with register.door("home-1", strict=True) as late:
                assert (await late.call("unit.get", unit="u-1-a"))["stale"] is True
            assert (await answer(boss.ask("history", {})))[0] == "unavailable"

            # Commands wait, then fail; more than may wait are refused at once.
            asked = [home.ask("unit.declare", {"unit": "u-0-a", "free": n % 8, "open": 8,
                                               "idempotency_key": "k%d" % n}) for n in range(70)]
            outcomes = [(await answer(waiting))[0] for waiting in asked]
            assert outcomes.count("too_many_requests") == 6
            assert set(outcomes) <= {"too_many_requests", "unavailable", "unknown_outcome"}
            assert (await home.call("unit.get", unit="u-0-a"))["unit"] == first["unit"]

            # A position that cannot be looked up is behind, not wrong; and said after behind_wait,
            # long before anything else (a link that gives up, at 30 s) wakes the connection.
            ahead = first["position"].partition(".")[0] + ".99999999"
            since = copy.token.rpartition(".")[0] + ".99999999"
            for waiting in (night.refused("me", after=ahead),
                            night.refused("search", after="0123456789abcdef.1", **SEARCH),
                            boss.refused("subscribe", sub="b", since=since)):
                assert (await asyncio.wait_for(waiting, 12)).type == "behind"

        await until_answer(night, "search", lambda r: not r["stale"], **SEARCH)
        await copy.until(lambda c: not c.mark["stale"])
        result = await home.call("unit.declare", unit="u-0-a", free=7, open=8)
        await copy.until(lambda c: c.records["u-0-a"] == result["unit"])
        # `unavailable` was not done, by now or ever; the same keys answer.
        rows = await asyncio.to_thread(register.query, "SELECT key, revision FROM ugo.idempotency"
                                       " WHERE account = 'home-0' AND key LIKE 'k%%'")
        done = dict(rows)
        for n, outcome in enumerate(outcomes):
            assert outcome == "unknown_outcome" or "k%d" % n not in done, (n, outcome)
        for n in range(70):
            again = await home.call("unit.declare", unit="u-0-a", free=n % 8, open=8,
                                    idempotency_key="k%d" % n)
            assert again["unit"]["capacity"]["free"] == n % 8
            assert done.get("k%d" % n) in (None, again["unit"]["revision"])
        assert (await night.refused("me", after=ahead)).detail == "future_revision"


@asynchronous
async def test_positions(register):
    """A new epoch: what both have in common can be resumed, what was lost cannot."""
    async with register.door("boss", strict=True) as boss, \
            register.door("home-0", strict=True) as home:
        copy = Copy()
        await copy.follow(boss, {"kinds": ["unit"]})
        first = await home.call("unit.declare", unit="u-0-a", free=1, open=8)
        await copy.until(lambda c: c.records["u-0-a"] == first["unit"])
        epoch, _, revision = first["position"].rpartition(".")
        token = copy.token
        new = (await asyncio.to_thread(register.query, "SELECT ugo.open_epoch()"))[0][0]
        second = await home.call("unit.declare", unit="u-0-a", free=2, open=8)
        assert second["position"] == "%s.%d" % (new, int(revision) + 1)
        await copy.until(lambda c: c.records["u-0-a"] == second["unit"])
        assert copy.token.startswith(new)
        assert (await boss.call("me", after=first["position"]))["position"] == second["position"]
        refusal = await boss.refused("me", after="%s.%d" % (epoch, int(revision) + 1))
        assert (refusal.type, refusal.detail) == ("precondition_failed", "lost_branch")
        await boss.call("unsubscribe", sub="a")
        other = Copy()
        other.token, other.records = token, {"u-0-a": first["unit"]}
        assert (await other.follow(boss, {"kinds": ["unit"]}))["resumed"] is True
        await other.until(lambda c: c.records["u-0-a"] == second["unit"])
        await boss.call("unsubscribe", sub="a")
        other.token = token.rpartition(".")[0] + ".%d" % (int(revision) + 1)
        assert (await other.follow(boss, {"kinds": ["unit"]}))["why"] == "lost_branch"
        await other.until(lambda c: len(c.records) == 12)


@asynchronous
async def test_what_was_written_is_read(new):
    """The answer of a write is a position that every worker waits for."""
    with new(workers=2) as register:
        doors = [register.door("home-0", strict=True) for _ in range(8)]
        for door in doors:
            await door.connect()
        for n in range(100):
            result = await doors[n % 8].call("unit.declare", unit="u-0-a", free=n % 9, open=8 + 1)
            own = await doors[n % 8].call("unit.get", unit="u-0-a")
            assert own["unit"]["revision"] >= result["unit"]["revision"]
            elsewhere = await doors[(n + 1) % 8].call("unit.get", unit="u-0-a",
                                                      after=result["position"])
            assert elsewhere["unit"] == result["unit"]
