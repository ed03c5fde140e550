# SPDX-License-Identifier: EUPL-1.2
"""What the registry was after each revision, replayed from the rows of the log alone. Knows nothing
of SQL or of the daemon: it is the second opinion about holds and requests.

Rows are dictionaries with the columns of ugo.change; states as they were written."""
import bisect
import collections
import itertools

ACTIVE = ("held", "accepted")
MINUTE = 60_000_000


class Broken(Exception):
    """A rule that a revision broke."""


def demand(condition, what, *values):
    if not condition:
        raise Broken(what % values if values else what)


class Revision:
    """One revision: who did what, and the records it changed."""

    def __init__(self, rows):
        first = rows[0]
        self.number, self.at = first["revision"], first["at"]
        self.actor, self.operation = first["actor"], first["operation"]
        self.rows = rows
        self.states = {(row["kind"], row["id"]): row["state"] for row in rows}

    def of(self, kind):
        """{id: state} of the records of a kind that it changed."""
        return {i: state for (k, i), state in self.states.items() if k == kind}

    def __str__(self):
        return "revision %d, %s by %s" % (self.number, self.operation, self.actor)


def revisions(rows):
    """The log's rows as revisions, in their order."""
    ordered = sorted(rows, key=lambda row: (row["revision"], row["part"]))
    return [Revision(list(group))
            for _, group in itertools.groupby(ordered, key=lambda row: row["revision"])]


def free(unit, emergency):
    """Places that an admission of this kind may take (domain.md, "Capacity of a unit"); None:
    never declared."""
    if unit["open"] is None:
        return None
    left = max(0, unit["open"] - unit["occupied"] - unit["held"])
    reserved = (unit["emergency_reserved"] - unit["emergency_used"] - unit["held_emergency"])
    return left if emergency else max(0, left - max(0, reserved))


class World:
    """The records at one revision, and what single records were at earlier ones."""

    def __init__(self):
        self.records = collections.defaultdict(dict)  # kind: {id: state}
        self.past = collections.defaultdict(list)  # (kind, id): [(revision, state)]
        self.about = collections.defaultdict(set)  # ("request" or "unit", id): (kind, id) of others
        self.revision = 0

    def unit(self, unit):
        return self.records["unit"].get(unit)

    def holds(self, **wanted):
        """{id: state} of the holds whose members are these."""
        return {i: hold for i, hold in self.records["hold"].items()
                if all(hold[member] == value for member, value in wanted.items())}

    def root_of(self, territory):
        """The topmost territory above one: its département."""
        while (above := self.records["territory"][territory]["parent"]) is not None:
            territory = above
        return territory

    def asked_for(self, request):
        """Ids of all holds there ever were for a request."""
        return {record for kind, record in self.about["request", request] if kind == "hold"}

    def unit_for(self, unit_id, request, emergency, moment):
        """A unit just after a revision as one who asks sees it: what is offered to other requests
        counts as held; to an emergency only what is offered to emergencies. None: not there."""
        unit = self.at("unit", unit_id, moment)
        if unit is None:
            return None
        seen = dict(unit)
        for kind, record in self.about["unit", unit_id]:
            offer = self.at(kind, record, moment) if kind == "offer" else None
            if (offer and offer["state"] == "offered" and offer["request"] != request
                    and (offer["emergency"] or not emergency)):
                seen["held"] += offer["places"]
                seen["held_emergency"] += offer["places"] * offer["emergency"]
        return seen

    def was_there(self, kind, record):
        """Whether there ever was such a record."""
        return (kind, record) in self.past

    def at(self, kind, record, revision):
        """The state of a record just after a revision; None: it was not there."""
        past = self.past.get((kind, record), [])
        i = bisect.bisect_right(past, revision, key=lambda entry: entry[0])
        return past[i - 1][1] if i else None

    def apply(self, revision):
        for (kind, record), state in revision.states.items():
            self.past[kind, record].append((revision.number, state))
            for member in ("request", "unit"):
                if state and kind != "declaration" and state.get(member):
                    self.about[member, state[member]].add((kind, record))
            if state is None:
                self.records[kind].pop(record, None)
            elif kind != "declaration":
                self.records[kind][record] = state
        self.revision = revision.number
