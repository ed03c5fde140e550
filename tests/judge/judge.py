# SPDX-License-Identifier: EUPL-1.2
"""The judge of a night: replays the log in revision order and says what in it, or in what callers
were told, broke a promise (P1–P3, P12, invariants 1–4 and 6 of the design). The revision is the
order: every answer is held to the state at its revision, every refusal to a state between what was
known when it was asked and what was known when it was answered."""
import dataclasses

from judge.missions import missions
from judge.rules import RULES, Expected, by_the_clock, offers
from judge.world import ACTIVE, Broken, World, demand, free, revisions


TURNS = 256  # of the clock, in a batch


@dataclasses.dataclass
class Call:
    """What a caller asked and was told. Times are of one monotonic clock; a command that was sent
    several times under its key is one call: `sent` is the first time, `answered` the last."""
    account: str
    operation: str
    key: str
    params: dict
    sent: float
    answered: float = None
    type: str = None  # None: never answered
    revision: int = None  # of the answer; None: nothing changed


class Judge:
    """complaints(): one line each, none for a night without fault. late_us: how long after its end
    a hold may be found, where batches never stopped."""

    def __init__(self, rows, calls=(), late_us=None):
        self.log = revisions(rows)
        self.calls = list(calls)
        self.late_us = late_us
        self.batch = None  # its time: each has its own
        self.turns = 0  # of the clock, in it
        self.world = World()
        self.found = []

    def complaints(self):
        self.replay()
        self.answers()
        self.order()
        return self.found

    def complain(self, what, *values):
        self.found.append(what % values if values else what)

    # the log

    def replay(self):
        expected_number = self.log[0].number if self.log else 0
        at = 0
        for revision in self.log:
            if revision.number != expected_number:
                self.complain("%s follows revision %d", revision, expected_number - 1)
            parts = [row["part"] for row in revision.rows]
            if parts != list(range(1, revision.rows[0]["parts"] + 1)):
                self.complain("%s has the parts %s", revision, parts)
            if revision.at < at:
                self.complain("%s is dated before the one before", revision)
            expected_number, at = revision.number + 1, revision.at
            self.judge(revision)
            self.world.apply(revision)

    def judge(self, revision):
        expected = Expected(self.world)
        try:
            self.due(revision)
            offers(self.world, revision)
            missions(self.world, revision)
            if revision.operation in RULES and not (
                    revision.operation == "unit.declare" and revision.of("declaration")):
                RULES[revision.operation](self.world, revision, expected)
                self.compare(revision, expected)
            else:
                demand(not revision.of("hold") and not revision.of("request"),
                       "changed a hold or a request")
        except Broken as broken:
            self.complain("%s: %s", revision, broken)
        except (KeyError, TypeError, ValueError) as trouble:
            self.complain("%s cannot be followed: %r", revision, trouble)

    def compare(self, revision, expected):
        for (kind, record), state in expected.states.items():
            is_now = revision.states.get((kind, record), self.world.records[kind].get(record))
            for member in state:
                demand(is_now is not None and is_now.get(member) == state[member],
                       "%s %s has %s %s, expected %s", kind, record, member,
                       is_now and is_now.get(member), state[member])
        for (kind, record), state in revision.states.items():
            demand((kind, record) in expected.states or state is None or kind not in
                   ("hold", "request", "unit"), "%s %s changed, which it may not", kind, record)

    def due(self, revision):
        """Nothing but the clock's own work is done while a hold is past its end, unless the clock
        has had all the turns that a batch has; and it has no more of them."""
        if revision.at != self.batch:
            self.batch, self.turns = revision.at, 0
        self.turns += by_the_clock(revision)
        demand(self.turns <= TURNS, "the clock's turn %d of a batch", self.turns)
        for hold_id, hold in self.world.holds(state="held").items():
            if hold["held_until"] > revision.at:
                continue
            demand(by_the_clock(revision) or self.turns == TURNS, "hold %s is past its end",
                   hold_id)
            demand(self.late_us is None or revision.at - hold["held_until"] <= self.late_us,
                   "hold %s was past its end for %d µs", hold_id, revision.at - hold["held_until"])

    # what callers were told

    def answers(self):
        claimed, told = {}, {}
        by_number = {revision.number: revision for revision in self.log}
        for call in self.calls:
            first = told.setdefault((call.account, call.key), call)
            if call.type and first.type and (call.type, call.revision) != (
                    first.type, first.revision):
                self.complain("one key, two answers: %s, %s", first, call)
            if call.type == "ok" and call.revision is not None:
                revision = by_number.get(call.revision)
                if revision is None:
                    self.complain("%s was acknowledged at revision %d, which is not there", call,
                                  call.revision)
                    continue
                self.acknowledged(call, revision)
                if claimed.setdefault(call.revision, call) is not call:
                    self.complain("revision %d was given to two keys: %s, %s", call.revision,
                                  claimed[call.revision].key, call.key)
        self.unclaimed(claimed)

    def acknowledged(self, call, revision):
        if (revision.actor, revision.operation) != (call.account, call.operation):
            self.complain("%s was acknowledged with %s", call, revision)
        for kind in ("hold", "mission"):
            record = call.params.get(kind)
            if record is not None and (kind, record) not in revision.states and not (
                    call.operation == "mission.create"):
                self.complain("%s was acknowledged with a revision that left its %s alone", call,
                              kind)

    def unclaimed(self, claimed):
        """What a caller did must have been asked by a call: acknowledged with it, or open."""
        open_calls = [call for call in self.calls if call.type is None]
        accounts = {call.account for call in self.calls}
        for revision in self.log:
            if revision.actor not in accounts or revision.number in claimed:
                continue
            match = next((call for call in open_calls if (call.account, call.operation)
                          == (revision.actor, revision.operation)), None)
            if match is None:
                self.complain("%s was asked by nobody, or done twice", revision)
            else:
                open_calls.remove(match)

    # order

    def order(self):
        """Real time and refusals: a call that was sent after another's answer comes after it."""
        events = sorted(
            [(call.sent, 1, call) for call in self.calls]
            + [(call.answered, 0, call) for call in self.calls if call.answered is not None],
            key=lambda event: event[:2])
        known, low = 0, {}
        for _, is_sent, call in events:
            if is_sent:
                low[id(call)] = known
            elif call.revision is not None:
                if call.revision <= low[id(call)]:
                    self.complain("%s came at revision %d, after %d had been told", call,
                                  call.revision, low[id(call)])
                known = max(known, call.revision)
        high = self.world.revision
        for _, is_sent, call in reversed(events):
            if not is_sent:
                self.refusal(call, low[id(call)], high)
            elif call.revision is not None:
                high = min(high, call.revision - 1)

    def refusal(self, call, low, high):
        """Whether there was a moment at which the refusal was right."""
        wrong = WRONG.get(call.type)
        if wrong is None:
            return
        moments = {low} | {r for key in self.concerned(call)
                           for r, _ in self.world.past.get(key, []) if low < r <= high}
        if not any(wrong(self.world, call, moment) for moment in moments):
            self.complain("%s was refused (%s), and was never to be refused between revisions %d"
                          " and %d", call, call.type, low, high)

    def concerned(self, call):
        if "hold" in call.params:
            return [("hold", call.params["hold"])]
        if call.operation == "request.close":
            return [("hold", hold) for hold in self.world.asked_for(call.params["request"])]
        units = call.params.get("units", [call.params.get("unit")])
        return [key for unit in units for key in
                {("unit", unit), *(k for k in self.world.about["unit", unit] if k[0] == "offer")}]


def not_active(world, call, moment):
    hold = world.at("hold", call.params["hold"], moment)
    wanted = ("accepted",) if call.operation in OF_ACCEPTED else ("held",)
    return hold is None or hold["state"] not in wanted


def no_place(world, call, moment):
    places = call.params.get("places", 1)
    emergency = call.params.get("emergency", False)
    for unit_id in call.params.get("units", [call.params.get("unit")]):
        unit = world.unit_for(unit_id, call.params.get("request"), emergency, moment)
        available = unit and free(unit, emergency)
        if available is None or places > available:
            return True
    return False


def in_the_way(world, call, moment):
    if call.operation == "request.close":
        holds = (world.at("hold", hold, moment)
                 for hold in world.asked_for(call.params["request"]))
        return any(hold and hold["state"] == "accepted" for hold in holds)
    unit = world.at("unit", call.params["unit"], moment)
    return unit is not None and unit["held"] > 0


OF_ACCEPTED = ("hold.arrive", "hold.withdraw", "mission.create")
WRONG = {"hold_not_active": not_active, "no_free_place": no_place,
         "conflicts_with_holds": in_the_way}


def drift(rows):
    """Units whose counters are not the sum of their active holds, at any revision."""
    world, found = World(), []
    for revision in revisions(rows):
        world.apply(revision)
        for unit in set(revision.of("unit")) | {hold["unit"] for hold in revision.of(
                "hold").values() if hold}:
            state = world.unit(unit)
            active = [hold for hold in world.holds(unit=unit).values() if hold["state"] in ACTIVE]
            held = sum(hold["places"] for hold in active)
            urgent = sum(hold["places"] for hold in active if hold["emergency"])
            if state and (state["held"], state["held_emergency"]) != (held, urgent):
                found.append("%s: %s shows %d held, %d are" % (revision, unit, state["held"], held))
    return found
