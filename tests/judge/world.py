# SPDX-License-Identifier: EUPL-1.2
"""What the registry was after each revision, replayed from the rows of the log alone. Knows nothing
of SQL or of the daemon: it is the second opinion about holds and requests.

Rows are dictionaries with the columns of ugo.change; states as they were written."""
import bisect
import collections
import itertools

ACTIVE = ("held", "accepted")
MINUTE = 60_000_000


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
        self.revision = 0

    def unit(self, unit):
        return self.records["unit"].get(unit)

    def holds(self, **wanted):
        """{id: state} of the holds whose members are these."""
        return {i: hold for i, hold in self.records["hold"].items()
                if all(hold[member] == value for member, value in wanted.items())}

    def asked_for(self, request):
        """Ids of all holds there ever were for a request."""
        return {record for (kind, record), past in self.past.items() if kind == "hold"
                and any(state and state["request"] == request for _, state in past)}

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
            if state is None:
                self.records[kind].pop(record, None)
            elif kind != "declaration":
                self.records[kind][record] = state
        self.revision = revision.number
