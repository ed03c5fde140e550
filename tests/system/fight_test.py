# SPDX-License-Identifier: EUPL-1.2
"""Sixteen callers fight for forty places through the real doors while workers, PostgreSQL and the
master are killed; the judge replays the log and holds every answer against it. The database's
clock runs faster, so that holds end meanwhile.

UGO_FIGHT_S=300 makes it longer; UGO_SEED repeats a run's schedule."""
import asyncio
import os
import random
import time

import pytest

from harness.departement import departement
from harness.door import Gone, Refused, run
from harness.ugod import registers
from judge.fight import Fighter, Night
from judge.judge import Call, Judge, drift

CALLERS = 16
FIGHT_S = int(os.environ.get("UGO_FIGHT_S", 60))
CLOCK_SPEED = 20
UNITS = {"u-%d-%s" % (i, letter): "home-%d" % i for i in range(4) for letter in "ab"}
OPEN = 5  # places of each
AGAIN = {"unavailable", "unknown_outcome", "behind"}
PATIENCE_S = FIGHT_S + 120

CLOCK = """
SET ROLE ugo_owner;
CREATE OR REPLACE FUNCTION ugo.clock_us() RETURNS bigint LANGUAGE sql VOLATILE
    RETURN %d + ((extract(epoch FROM clock_timestamp()) - %r) * 1000000 * %d)::bigint;
RESET ROLE;
"""


class Caller:
    """A connection for each account that its fighter speaks for, opened again whenever it must."""

    def __init__(self, register, night, number, calls):
        self.register, self.night, self.number, self.calls = register, night, number, calls
        self.fighter, self.dice = Fighter(night, number), random.Random(number)
        self.doors = {}

    async def door(self, account):
        wait_s = 0.02
        while account not in self.doors or self.doors[account].closed.is_set():
            door = self.register.door(account)
            try:
                await door.connect()
                self.doors[account] = door
            except (OSError, Gone, Refused):
                await asyncio.sleep(wait_s)  # a client's own delay
                wait_s = min(2 * wait_s, 0.5)
        return self.doors[account]

    async def fight(self, until):
        n = 0
        while time.monotonic() < until:
            n += 1
            await self.one("f-%d-%d" % (self.number, n))

    async def one(self, key):
        """One command, under its key until there is an answer; now and then nobody waits for the
        first one."""
        command = self.fighter.next()
        call = Call(command.account, command.operation, key, command.params, time.monotonic())
        self.calls.append(call)
        hang_up = self.dice.random() < 0.02
        while call.type is None:
            door = await self.door(command.account)
            try:
                answer = door.ask(command.operation, {**command.params, "idempotency_key": key})
                if hang_up:
                    hang_up = False
                    await door.writer.drain()
                    door.cut()
                self.told(command, call, await answer)
            except Gone:
                pass
            except Refused as refusal:
                if refusal.type not in AGAIN:
                    call.type, call.answered = refusal.type, time.monotonic()

    def told(self, command, call, result):
        call.type, call.answered = "ok", time.monotonic()
        if "request" in result:
            call.revision = result["request"]["revision"]
            self.night.learn_request(result["request"]["id"], len(result["request"]["children"]))
        elif "mission" in result:
            call.revision = result["mission"]["revision"]
            if command.operation == "mission.create":
                self.night.learn_mission(result["mission"]["id"])
        elif "movement" in result:
            call.revision = result["movement"]["revision"]
        elif "unit" in result:
            call.revision = result["unit"]["revision"]
        else:
            holds = [entry["hold"] for entry in result.get("holds", [result])]
            call.revision = holds[0]["revision"]
            if command.operation == "hold.create":
                for hold in holds:
                    self.night.learn_hold(hold["id"], hold["unit"])


async def kill(register, until, dice):
    """One after the other, each some seconds after the one before is back."""
    kills = []
    while (left := until - time.monotonic()) > 5:
        await asyncio.sleep(min(left - 5, dice.uniform(2, 6)))  # the schedule of the faults
        what = dice.choice(["worker", "worker", "postgres", "master"])
        arguments = [dice.randrange(2)] if what == "worker" else []
        await asyncio.to_thread(getattr(register, "kill_" + what), *arguments)
        kills.append(what)
    return kills


async def everything(register, dice):
    night = Night(UNITS, ["night", "boss", "dts-2", "office"], "mds-4")
    calls = []
    callers = [Caller(register, night, dice.randrange(1 << 16), calls) for _ in range(CALLERS)]
    until = time.monotonic() + FIGHT_S
    killer = asyncio.create_task(kill(register, until, dice))
    await asyncio.wait_for(asyncio.gather(*(c.fight(until) for c in callers)), PATIENCE_S)
    kills = await killer
    rows = await asyncio.to_thread(register.query, "SELECT json_build_object(" + ", ".join(
        "'%s', %s" % (column, column) for column in
        ("revision", "part", "parts", "at", "actor", "operation", "kind", "id", "state"))
        + ") FROM ugo.change")
    return calls, [row[0] for row in rows], kills


@pytest.fixture(name="new", scope="module")
def fixture_new():
    first = [("hold_policy.put", {"unit": unit, "minutes": 2, "end": "escalate"})
             for unit in sorted(UNITS)[:3]]
    counts = [("unit.declare", {"unit": unit, "open": OPEN, "free": OPEN}) for unit in UNITS]
    with registers(departement(4) + first + counts) as new:
        yield new


def test_nobody_holds_what_another_holds(new):
    seed = int(os.environ.get("UGO_SEED") or random.SystemRandom().randrange(1 << 32))
    print("UGO_SEED=%d" % seed)
    with new(workers=2) as register:
        ledger_at = register.query("SELECT at FROM ugo.ledger")[0][0]
        register.query(CLOCK % (ledger_at, time.time(), CLOCK_SPEED))
        calls, rows, kills = run(everything(register, random.Random(seed)), 2 * PATIENCE_S)
        print("%d calls, %d revisions, %d offers, killed: %s" % (
            len(calls), rows[-1]["revision"],
            sum(row["operation"] == "offer.create" for row in rows), kills))
        assert Judge(rows, calls).complaints() + drift(rows) == []
        assert register.query("SELECT * FROM ugo.audit_records()") == []
        wanted = {"hold.create", "hold.accept", "hold.refuse", "hold.release", "hold.arrive",
                  "hold.expire", "request.open", "request.close", "offer.create",
                  "mission.create", "mission.hand_over", "movement.exit", "movement.transfer"}
        assert wanted - {row["operation"] for row in rows} == set()
        assert kills
