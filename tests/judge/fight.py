# SPDX-License-Identifier: EUPL-1.2
"""Callers who fight for places: what each asks next, from what all of them have been told. The same
fighters ask PostgreSQL directly and the daemon; who carries their commands learns from the answers.
"""
import dataclasses
import random
import threading

HOLDS_KEPT = 200  # the newest of which are acted on again


@dataclasses.dataclass
class Command:
    account: str
    operation: str
    params: dict


class Night:
    """What is known to everybody: what was acknowledged. units: {id: account of its establishment};
    deciders: accounts that ask; origin: a territory that is theirs; team: who fetches children."""

    def __init__(self, units, deciders, origin, team="van"):
        self.units, self.deciders, self.origin, self.team = units, deciders, origin, team
        self.lock = threading.Lock()
        self.asked = 0
        self.holds = []  # (id, unit)
        self.requests = []  # (id, number of children)
        self.missions = []

    def learn_hold(self, hold, unit):
        """One in six is forgotten by everybody: the clock ends it."""
        with self.lock:
            self.asked += 1
            if self.asked % 6 == 0:
                return
            self.holds.append((hold, unit))
            del self.holds[:-HOLDS_KEPT]

    def learn_request(self, request, children):
        with self.lock:
            self.requests.append((request, children))
            del self.requests[:-HOLDS_KEPT]

    def learn_mission(self, mission):
        with self.lock:
            self.missions.append(mission)
            del self.missions[:-HOLDS_KEPT]

    def pick(self, dice, what, newest=0.25):
        """One of the newer more often than one of the older (newest: how much); None: there is
        none."""
        with self.lock:
            if not what:
                return None
            return what[-1 - min(int(dice.expovariate(newest)), len(what) - 1)]


class Fighter:
    """One caller; seed: its own schedule."""

    def __init__(self, night, seed):
        self.night, self.dice = night, random.Random(seed)
        self.account = night.deciders[seed % len(night.deciders)]

    def next(self):
        """What it asks now."""
        kind = self.dice.choices(list(ASKS), [weight for weight, _ in ASKS.values()])[0]
        return ASKS[kind][1](self) or self.open_request()

    def open_request(self):
        children = [{"age_months": self.dice.randrange(216), "sex": self.dice.choice("FM")}
                    for _ in range(self.dice.choice((1, 2, 3, 3)))]
        return Command(self.account, "request.open", {
            "children": children, "emergency": self.dice.random() < 0.7,
            "from": {"territory": self.night.origin}})

    def ask(self):
        """One to three units, for a request or for a need without one."""
        units = self.dice.sample(sorted(self.night.units), self.dice.choice((1, 1, 2, 3)))
        params = {"unit": units[0]} if len(units) == 1 else {"units": units}
        params.update(places=self.dice.choice((1, 1, 2, 3)), minutes=self.dice.choice((1, 10, 45)),
                      emergency=self.dice.random() < 0.7)
        request = self.night.pick(self.dice, self.night.requests, newest=0.7)
        if request is None or self.dice.random() < 0.2:
            return Command(self.account, "hold.create", {
                **params, "need": {"children": [{"age_months": 84, "sex": "F"}]}})
        chosen = sorted(self.dice.sample(range(request[1]), self.dice.randint(1, request[1])))
        return Command(self.account, "hold.create", {
            **params, "places": max(params["places"], len(chosen)), "request": request[0],
            "children": chosen})

    def of_hold(self, operation, by_home, **params):
        hold = self.night.pick(self.dice, self.night.holds)
        if hold is None:
            return None
        account = self.night.units[hold[1]] if by_home else self.account
        return Command(account, operation, {"hold": hold[0], **params})

    def of_mission(self):
        """What the team does next, or somebody who was told of its mission."""
        mission = self.night.pick(self.dice, self.night.missions)
        operation = self.dice.choice(("start", "arrive", "hand_over", "hand_over", "cancel"))
        account = self.account if operation == "cancel" else self.night.team
        return mission and Command(account, "mission." + operation, {"mission": mission})

    def move(self):
        """Somebody leaves, comes for a time, or goes from one unit to another."""
        unit = self.dice.choice(sorted(self.night.units))
        to_unit = self.dice.choice(sorted(self.night.units))
        account, places = self.night.units[unit], self.dice.choice((1, 1, 2))
        if self.dice.random() < 0.2:
            return Command(account, "movement.entry", {"unit": unit, "places": places,
                                                       "until": "2099-12-31"})
        if to_unit == unit or self.night.units[to_unit] != account or self.dice.random() < 0.5:
            return Command(account, "movement.exit", {"unit": unit, "places": places,
                                                      "code": "return_home"})
        return Command(account, "movement.transfer", {"from_unit": unit, "unit": to_unit,
                                                      "places": places})

    def close(self):
        request = self.night.pick(self.dice, self.night.requests)
        return request and Command(self.account, "request.close",
                                   {"request": request[0], "code": "other"})

    def declare(self):
        unit = self.dice.choice(sorted(self.night.units))
        return Command(self.night.units[unit], "unit.declare",
                       {"unit": unit, "free": self.dice.randrange(5)})


ASKS = {
    "open": (1, Fighter.open_request),
    "ask": (8, Fighter.ask),
    "accept": (5, lambda f: f.of_hold("hold.accept", True)),
    "refuse": (2, lambda f: f.of_hold("hold.refuse", True, code="full")),
    "release": (2, lambda f: f.of_hold("hold.release", False)),
    "extend": (1, lambda f: f.of_hold("hold.extend", False, minutes=2)),
    "withdraw": (1, lambda f: f.of_hold("hold.withdraw", False, code="other_place")),
    "arrive": (1, lambda f: f.of_hold("hold.arrive", f.dice.random() < 0.5)),
    "send": (1, lambda f: f.of_hold("mission.create", False)),
    "mission": (2, Fighter.of_mission),
    "move": (1, Fighter.move),
    "close": (1, Fighter.close),
    "declare": (3, Fighter.declare),
}
