# SPDX-License-Identifier: EUPL-1.2
"""What one operation may do to holds, requests and units: one function per operation, which says
what every record must be afterwards, given what it was and whom the operation was about. The
specification is schema/README.md; this is written from it and not from the SQL."""
from judge.world import ACTIVE, MINUTE, demand, free

HOUR = 60 * MINUTE
DAY = 24 * HOUR
EXTENSION = 45 * MINUTE
UNIT_OF_ARRIVAL = ("occupied", "emergency_used", "observed_at", "recorded_at", "declared_by",
                   "channel", "contested_at")
UNIT_OF_MOVEMENT = ("observed_at", "recorded_at", "declared_by", "channel")


class Expected:
    """The records as they must be after a revision; begins with what they were."""

    def __init__(self, world):
        self.world = world
        self.states = {}  # (kind, id): state

    def get(self, kind, record):
        key = kind, record
        if key not in self.states:
            state = self.world.records[kind].get(record)
            demand(state is not None, "%s %s is not there", kind, record)
            self.states[key] = dict(state)
        return self.states[key]

    def let_go(self, hold_id, state, at, **members):
        """Ends an active hold: its places are free at once."""
        hold = self.get("hold", hold_id)
        hold.update(state=state, ended_at=at, place=hold["place"] if state == "arrived" else None,
                    **members)
        unit = self.get("unit", hold["unit"])
        unit["held"] -= hold["places"]
        unit["held_emergency"] -= hold["places"] * hold["emergency"]
        return hold, unit

    def place(self, hold, at):
        """The request of an accepted hold: its children are placed, what is asked elsewhere for
        them only is let go."""
        if hold["request"] is None:
            return
        request = self.get("request", hold["request"])
        request["placed"] = sorted(set(request["placed"]) | set(hold["children"]))
        for other_id, other in self.world.holds(request=hold["request"], state="held").items():
            if set(other["children"]) <= set(request["placed"]) and self.states.get(
                    ("hold", other_id), other)["state"] == "held":
                self.let_go(other_id, "released", at)
        if len(request["placed"]) == len(request["children"]):
            request.update(state="placed", placed_at=at)

    def arrive(self, hold_id, revision, counted):
        """counted: the declaration that names the arrival has its place among the occupied."""
        hold, unit = self.let_go(hold_id, "arrived", revision.at)
        if not counted:
            unit["occupied"] += hold["places"]
            if hold["emergency"]:
                unit["emergency_used"] = min(unit["emergency_reserved"],
                                             unit["emergency_used"] + hold["places"])
        if hold["request"] is None:
            return
        request = self.get("request", hold["request"])
        request["arrived"] = sorted(set(request["arrived"]) | set(hold["children"]))
        if len(request["arrived"]) == len(request["children"]):
            request.update(state="closed", code="arrived", closed_at=revision.at)


def became(world, revision, state, was):
    """The one hold that came to a state from another, by the revision's own rows."""
    found = [i for i, hold in revision.of("hold").items() if hold and hold["state"] == state
             and world.records["hold"].get(i, {}).get("state") == was]
    demand(len(found) == 1, "%d holds went from %s to %s", len(found), was, state)
    return found[0]


def create(world, revision, expected):
    holds = revision.of("hold")
    demand(holds, "no hold was made")
    for hold_id, hold in holds.items():
        demand(not world.was_there("hold", hold_id), "hold %s was there before", hold_id)
        unit = expected.get("unit", hold["unit"])
        available = free(unit, hold["emergency"])
        demand(available is not None and hold["places"] <= available,
               "%d places of %s promised, %s free", hold["places"], hold["unit"], available)
        seen = world.unit_for(hold["unit"], hold["request"], hold["emergency"], world.revision)
        demand(hold["places"] <= free(seen, hold["emergency"]), "places of %s that are offered to"
               " others", hold["unit"])
        demand(hold["places"] >= max(1, len(hold["children"])), "fewer places than children")
        demand(hold["state"] == "held" and hold["created_by"] == revision.actor
               and hold["created_at"] == revision.at and hold["ended_at"] is None
               and hold["place"] is None and not hold["extensions"] and not hold["overdue"],
               "a hold begins as %s", hold)
        demand(revision.at < hold["held_until"] <= revision.at + DAY, "held until %d",
               hold["held_until"])
        of_request(world, hold)
        unit["held"] += hold["places"]
        unit["held_emergency"] += hold["places"] * hold["emergency"]
        expected.states["hold", hold_id] = hold


def of_request(world, hold):
    if hold["request"] is None:
        return
    request = world.records["request"].get(hold["request"])
    demand(request and request["state"] == "open", "asked for a request that is not open")
    demand(not set(hold["children"]) & set(request["placed"]), "asked for a child that is placed")
    demand(hold["profile"] == [request["children"][i] for i in hold["children"]],
           "another profile than the children's")
    for other in world.holds(request=hold["request"], unit=hold["unit"]).values():
        demand(other["state"] not in ACTIVE or set(other["children"]).isdisjoint(hold["children"])
               and hold["children"], "asked twice for the same child")


def accept(world, revision, expected):
    hold_id = became(world, revision, "accepted", "held")
    hold, now = expected.get("hold", hold_id), revision.of("hold")[hold_id]
    demand(revision.at < hold["held_until"], "accepted at %d, held until %d", revision.at,
           hold["held_until"])
    demand(revision.at < now["arrive_by"] <= revision.at + 7 * DAY, "to arrive by %d",
           now["arrive_by"])
    demand(now["place"] is not None, "accepted without a place to go to")
    if hold["request"] is not None:
        placed = world.records["request"][hold["request"]]["placed"]
        demand(not set(placed) & set(hold["children"]), "a child is placed twice")
    hold.update(state="accepted", answered_by=revision.actor, answered_at=revision.at,
                arrive_by=now["arrive_by"], place=now["place"])
    expected.place(hold, revision.at)


def refuse(world, revision, expected):
    hold_id = became(world, revision, "refused", "held")
    code = revision.of("hold")[hold_id]["code"]
    demand(code, "refused without a code")
    _, unit = expected.let_go(hold_id, "refused", revision.at, code=code,
                              answered_by=revision.actor, answered_at=revision.at)
    if code == "full" and unit["contested_at"] is None:
        unit["contested_at"] = revision.at


def release(world, revision, expected):
    expected.let_go(became(world, revision, "released", "held"), "released", revision.at)


def withdraw(world, revision, expected):
    hold_id = became(world, revision, "withdrawn", "accepted")
    code = revision.of("hold")[hold_id]["code"]
    demand(code, "withdrawn without a code")
    hold, _ = expected.let_go(hold_id, "withdrawn", revision.at, code=code)
    if hold["request"] is not None:
        request = expected.get("request", hold["request"])
        request["placed"] = sorted(set(request["placed"]) - set(hold["children"]))
        if request["state"] == "placed":
            request.update(state="open", placed_at=None)


def arrive(world, revision, expected):
    hold_id = became(world, revision, "arrived", "accepted")
    expected.arrive(hold_id, revision, counted=False)
    unit = expected.get("unit", expected.get("hold", hold_id)["unit"])
    dated = revision.of("unit").get(expected.get("hold", hold_id)["unit"])
    demand(dated and dated["recorded_at"] == revision.at
           and unit["observed_at"] <= dated["observed_at"] <= revision.at,
           "an arrival that does not date the counts")
    unit.update({member: dated[member] for member in UNIT_OF_ARRIVAL[2:]})


def declare(world, revision, expected):
    """A declaration: its counts are its own; the arrivals it names leave the places held."""
    for hold_id, hold in revision.of("hold").items():
        demand(hold["state"] == "arrived" and world.records["hold"][hold_id]["state"] == "accepted",
               "a declaration took hold %s", hold_id)
        expected.arrive(hold_id, revision, counted=True)
    for unit_id, unit in revision.of("unit").items():
        held = expected.get("unit", unit_id)["held"]
        demand(max(0, unit["open"] - unit["occupied"]) >= held, "a declaration ate a hold")
        expected.states["unit", unit_id] = {
            **unit, "held": held,
            "held_emergency": expected.get("unit", unit_id)["held_emergency"]}


def extend(world, revision, expected):
    (hold_id, now), = revision.of("hold").items()
    hold = expected.get("hold", hold_id)
    demand(hold["state"] == "held" and hold["extensions"] < 2, "extended once too often")
    more = now["held_until"] - hold["held_until"]
    demand(0 < more <= 240 * MINUTE, "extended by %d", more)
    hold.update(extensions=hold["extensions"] + 1, held_until=now["held_until"])


def expire(world, revision, expected):
    hold_id = became(world, revision, "expired", "held")
    hold = world.records["hold"][hold_id]
    demand(hold["held_until"] <= revision.at, "expired before its end")
    policy = world.records["hold_policy"].get(hold["unit"])
    demand(policy is None or policy["end"] == "release" or hold["escalated"],
           "expired instead of escalated")
    expected.let_go(hold_id, "expired", revision.at)


def escalate(world, revision, expected):
    (hold_id, _), = revision.of("hold").items()
    hold = expected.get("hold", hold_id)
    policy = world.records["hold_policy"].get(hold["unit"])
    demand(hold["state"] == "held" and not hold["escalated"]
           and hold["held_until"] <= revision.at, "escalated out of its turn")
    demand(policy and policy["end"] == "escalate", "escalated against its policy")
    hold.update(escalated=True, held_until=hold["held_until"] + policy["minutes"] * MINUTE)


def overdue(world, revision, expected):
    (hold_id, _), = revision.of("hold").items()
    hold = expected.get("hold", hold_id)
    demand(hold["state"] == "accepted" and not hold["overdue"]
           and hold["arrive_by"] <= revision.at, "overdue before its time")
    hold["overdue"] = True


def forget(world, revision, _):
    for kind, ended in (("hold", "ended_at"), ("request", "closed_at"), ("movement", "ended_at")):
        for record, state in revision.of(kind).items():
            was = world.records[kind][record]
            demand(state is None and was[ended] is not None
                   and was[ended] + 2 * DAY <= revision.at, "%s %s forgotten too soon", kind,
                   record)


def open_request(world, revision, expected):
    (request_id, request), = revision.of("request").items()
    demand(not world.was_there("request", request_id), "request %s was there before",
           request_id)
    demand(request["state"] == "open" and not request["placed"] and not request["arrived"]
           and request["created_by"] == revision.actor, "a request begins as %s", request)
    expected.states["request", request_id] = request


def update_request(world, revision, expected):
    (request_id, request), = revision.of("request").items()
    was = expected.get("request", request_id)
    demand(was["state"] == "open", "a request changed when it was %s", was["state"])
    for member in ("state", "placed", "arrived", "opened_at", "created_by"):
        demand(request[member] == was[member], "an update changed %s", member)
    expected.states["request", request_id] = request


def close_request(world, revision, expected):
    (request_id, now), = revision.of("request").items()
    request = expected.get("request", request_id)
    demand(request["state"] in ("open", "placed"), "closed twice")
    demand(now["code"] and now["code"] != "arrived", "closed without a code")
    demand(not world.holds(request=request_id, state="accepted"), "closed with an accepted hold")
    for hold_id in world.holds(request=request_id, state="held"):
        expected.let_go(hold_id, "released", revision.at)
    request.update(state="closed" if request["placed"] else "withdrawn",
                   code=now["code"], closed_at=revision.at)


def the_one(world, revision):
    """Of the movements of a revision the one that it is about: any other goes with it."""
    changed = revision.of("movement")
    if revision.operation == "movement.done":
        (movement_id, now), = changed.items()
        return movement_id, now
    ours = [(i, m) for i, m in changed.items() if not world.was_there("movement", i)
            and m.get("entry") not in changed]
    demand(len(ours) == 1, "%d new movements", len(ours))
    movement_id, now = ours[0]
    for other_id, other in changed.items():
        if other_id != movement_id:
            goes_with(world, other_id, other, movement_id, now)
    return movement_id, now


def goes_with(world, other_id, other, movement_id, now):
    """The planned return of whom an entry lets in; a planned exit that another one closes."""
    was = world.records["movement"].get(other_id)
    if was is None:
        demand(other["entry"] == movement_id and now["type"] == "entry"
               and other["state"] == "planned", "movement %s comes from nowhere", other_id)
    else:
        demand(was["state"] == "planned" and other["state"] == "done" and now["state"] == "done"
               and other["type"] == now["type"] == "exit" and other["unit"] == now["unit"],
               "movement %s was closed by %s", other_id, movement_id)


def move(world, revision, expected):
    """A movement that is done: the counts of its units move and are dated, but for units whose
    figures are later than it."""
    movement_id, now = the_one(world, revision)
    was = world.records["movement"].get(movement_id)
    demand(was is None or revision.operation == "movement.done" and was["state"] == "planned",
           "movement %s was done before, or cancelled", movement_id)
    demand(now["state"] == "done" and now["ended_at"] == revision.at, "done as %s", now)
    for unit_id, dated in revision.of("unit").items():
        demand(unit_id in (now["unit"], now["to_unit"]), "movement %s moved %s", movement_id,
               unit_id)
        unit = expected.get("unit", unit_id)
        comes = unit_id == now["to_unit"]
        demand(not comes or now["places"] <= free(unit, False), "moved to where nothing is free")
        counter, sign = MOVES["entry" if comes else now["type"]]
        unit[counter] += sign * now["places"]
        demand(unit[counter] >= 0, "%s %d of %s", counter, unit[counter], unit_id)
        demand(not unit["held"] or unit["open"] - unit["occupied"] >= unit["held"],
               "a movement ate a hold")
        demand(dated["recorded_at"] == revision.at
               and unit["observed_at"] <= dated["observed_at"] <= revision.at,
               "a movement that does not date the counts")
        unit.update({member: dated[member] for member in UNIT_OF_MOVEMENT})


def plan_movement(world, revision, _):
    movement_id, now = the_one(world, revision)
    demand(now["state"] == "planned", "movement %s planned as %s", movement_id, now)


# Of planned movements: what they become.
TURNS = {"movement.cancel": "cancelled", "movement.end": "done", "movement.due_soon": "planned"}


def turn_movement(world, revision, _):
    for movement_id, now in revision.of("movement").items():
        was = world.records["movement"][movement_id]
        demand(was["state"] == "planned" and now["state"] == TURNS[revision.operation],
               "movement %s went from %s to %s", movement_id, was["state"], now["state"])
        if revision.operation == "movement.due_soon":
            demand((was["hold"] or was.get("entry")) and not was["due_soon"] and now["due_soon"],
                   "told too often: %s", now)
        elif revision.operation == "movement.end":
            demand(was["type"] == "sequence" and was["until"], "ended by the clock: %s", was)


MOVES = {"exit": ("occupied", -1), "entry": ("occupied", 1), "opening": ("open", 1),
         "closing": ("open", -1)}
OFFER_ENDS = {"taken": "hold.create", "declined": "request.decline", "lapsed": "offer.lapse"}


def offers(world, revision):
    """An offer begins where there is room, for a request that has no other, and ends once."""
    for offer_id, offer in revision.of("offer").items():
        was = world.records["offer"].get(offer_id)
        if was is None:
            offered(world, revision, offer_id, offer)
        elif offer is None:
            demand(was["state"] != "offered", "offer %s forgotten before its end", offer_id)
        else:
            demand(was["state"] == "offered", "offer %s was %s already", offer_id, was["state"])
            demand(OFFER_ENDS.get(offer["state"], revision.operation) == revision.operation,
                   "an offer %s by %s", offer["state"], revision.operation)
            demand((offer["state"] == "lapsed") <= (was["offered_until"] <= revision.at),
                   "offer %s lapsed before its end", offer_id)


def offered(world, revision, offer_id, offer):
    demand(revision.operation == "offer.create" and not world.was_there("offer", offer_id),
           "offer %s came by %s", offer_id, revision.operation)
    demand(world.records["request"][offer["request"]]["state"] == "open",
           "offered to a request that is not open")
    demand(not any(other["state"] == "offered" and other["request"] == offer["request"]
                   for other in world.records["offer"].values()), "two offers to one request")
    seen = world.unit_for(offer["unit"], None, False, world.revision)
    demand(offer["places"] <= (free(seen, offer["emergency"]) or 0), "offered %d places of %s",
           offer["places"], offer["unit"])


RULES = {
    "movement.done": move, "movement.exit": move, "movement.transfer": move,
    "movement.entry": move, "movement.plan": plan_movement, "movement.cancel": turn_movement,
    "movement.end": turn_movement, "movement.due_soon": turn_movement, "movement.forget": forget,
    "hold.create": create, "hold.accept": accept, "hold.refuse": refuse, "hold.release": release,
    "hold.withdraw": withdraw, "hold.arrive": arrive, "hold.extend": extend,
    "mission.hand_over": arrive,
    "hold.expire": expire, "hold.escalate": escalate, "hold.overdue": overdue,
    "hold.forget": forget, "request.forget": forget,
    "request.open": open_request, "request.update": update_request,
    "request.close": close_request, "unit.declare": declare,
}
CLOCK = {"hold.expire", "hold.escalate", "hold.overdue", "movement.due_soon", "movement.end",
         "movement.cancel", "offer.lapse"}


def by_the_clock(revision):
    """Whether time did it, before the first command of its batch."""
    return revision.actor == "system" and (revision.operation in CLOCK
                                           or revision.operation.endswith(".forget"))
