# SPDX-License-Identifier: EUPL-1.2
"""A ugo database as tests drive it: commands in, replies out, rows to look at."""
import hashlib
import itertools
import json

import psycopg2

HOUR = 3600 * 1000000
START = 1_700_000_000_000_000
OK = {"type": "ok", "revision": None}
FORBIDDEN = {"type": "forbidden", "revision": None}

# The clock is the session's: tests move it.
CLOCK = """
SET ROLE ugo_owner;
CREATE OR REPLACE FUNCTION ugo.clock_us() RETURNS bigint LANGUAGE sql VOLATILE
    RETURN coalesce(nullif(current_setting('ugo.clock', true), '')::bigint,
        (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
RESET ROLE;
"""

PLACES = [
    ("territory.put", {"code": "d31", "name": "Haute-Garonne", "level": "departement"}),
    ("territory.put", {"code": "dts-1", "name": "Nord", "level": "dts", "parent": "d31"}),
    ("territory.put", {"code": "dts-2", "name": "Sud", "level": "dts", "parent": "d31"}),
    ("territory.put", {"code": "mds-1", "name": "Minimes", "level": "mds", "parent": "dts-1"}),
    ("commune.put", {"insee": "31555", "name": "Toulouse", "postcodes": ["31000"],
                     "point": [43.6, 1.44], "territory": "dts-1"}),
    ("commune.put", {"insee": "31395", "name": "Muret", "postcodes": ["31600"],
                     "point": [43.46, 1.33], "territory": "dts-2"}),
    ("establishment.put", {"id": "e-1", "name": "Les Tilleuls", "establishment_kind": "mecs",
                           "territory": "mds-1", "commune": "31555", "point": [43.61, 1.45],
                           "contact": {"day": "05 00 00 00 01"}}),
    ("establishment.put", {"id": "e-2", "name": "La Ferme", "establishment_kind": "lieu_de_vie",
                           "territory": "dts-2", "commune": "31395", "point": [43.5, 1.3]}),
    ("unit.put", {"id": "u-1", "establishment": "e-1", "name": "Grands", "min_months": 144,
                  "max_months": 216, "sex": "any", "authorised": 12}),
    ("unit.put", {"id": "u-2", "establishment": "e-1", "name": "Urgence", "modality": "urgence",
                  "ttl_s": 14400, "emergency_reserved": 2}),
    ("unit.put", {"id": "u-3", "establishment": "e-2", "name": "Ferme"}),
]

ACCOUNTS = [
    {"id": "home", "role": "establishment", "establishments": ["e-1"]},
    {"id": "feed", "role": "service", "acts_for": "home"},
    {"id": "night", "role": "astreinte", "territories": ["d31"]},
    {"id": "north", "role": "astreinte", "territories": ["dts-1"]},
    {"id": "boss", "role": "def", "territories": ["d31"]},
    {"id": "mds", "role": "territory", "territories": ["dts-1"]},
    {"id": "office", "role": "service", "acts_for": "mds"},
    {"id": "van", "role": "mobile", "territories": ["d31"]},
    {"id": "root", "role": "admin"},
]


def invalid(pointer, detail, **more):
    return {"type": "invalid_params", "revision": None,
            "errors": [{"pointer": pointer, "detail": detail}], **more}


def chain_breaks(rows, head):
    """The first revision whose head is not the hash of what is before it, or None. rows: of
    audit_rows; head: of the revision before the first."""
    for revision, canonical, stored in rows:
        head = hashlib.sha256(head + bytes(canonical)).digest()
        if stored is None or bytes(stored) != head:
            return revision
    return None


class Session:
    """A connection that applies batches."""

    keys = itertools.count()

    def __init__(self, connection_string, rolled_back=False):
        self.rolled_back = rolled_back
        self.connection = psycopg2.connect(connection_string)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.result = None
        if rolled_back:
            self.cursor.execute("BEGIN")

    def close(self):
        self.connection.close()

    def query(self, sql, *parameters):
        if self.rolled_back:  # an error ends the statement, not the transaction
            self.cursor.execute("SAVEPOINT statement")
        try:
            self.cursor.execute(sql, parameters)
        except psycopg2.Error:
            if self.rolled_back:
                self.cursor.execute("ROLLBACK TO statement")
            raise
        return self.cursor.fetchall() if self.cursor.description else None

    def value(self, sql, *parameters):
        return self.query(sql, *parameters)[0][0]

    def set_clock(self, microseconds):
        self.query("SELECT set_config('ugo.clock', %s, false)", str(microseconds))

    def apply(self, commands):
        """A batch as it is; its replies."""
        self.result = self.value("SELECT ugo.apply_batch(%s)", json.dumps(commands))
        return self.result["replies"]

    def command(self, op, params, account="system", key=None, digest="d", channel="cli"):
        return {"account": account, "op": op, "key": key or "k%d" % next(self.keys),
                "digest": digest, "channel": channel, "params": params}

    def batch(self, *commands, account="system"):
        """(op, params)… as one account; the replies."""
        return self.apply([self.command(op, params, account) for op, params in commands])

    def do(self, op, params, account="system", **rest):
        """One command; its reply."""
        return self.apply([self.command(op, params, account, **rest)])[0]


class Register(Session):
    """The owner's session on a populated database."""

    def __init__(self, database, rolled_back=False):
        super().__init__(database.owner, rolled_back)
        self.database = database
        self.query(CLOCK)
        self.now = self.value("SELECT at FROM ugo.ledger") + HOUR
        self.set_clock(self.now)

    def populate(self):
        for reply in self.batch(*PLACES, *(("account.put", {"name": "Compte", **a})
                                           for a in ACCOUNTS)):
            assert reply["type"] == "ok" and reply["revision"], reply

    def advance(self, microseconds):
        self.now += microseconds
        self.set_clock(self.now)

    def daemon(self, clock=True):
        """A session of the role ugod, with this clock or the real one."""
        session = Session(self.database.ugod)
        if clock:
            session.set_clock(self.now)
        return session

    def declare(self, unit="u-1", account="home", **params):
        return self.do("unit.declare", {"unit": unit, **params}, account)

    @property
    def revision(self):
        return self.value("SELECT revision FROM ugo.ledger")

    def unit(self, unit="u-1"):
        return self.value("SELECT ugo.unit_state(u) FROM ugo.unit u WHERE id = %s", unit)

    def record(self, kind, record):
        rows = self.query("SELECT state FROM ugo.record WHERE kind = %s AND id = %s", kind, record)
        return rows[0][0] if rows else None

    def log(self):
        """The whole history, as the judge reads it."""
        return [row for (row,) in self.query(
            "SELECT json_build_object('revision', revision, 'part', part, 'parts', parts, 'at', at,"
            " 'actor', actor, 'operation', operation, 'kind', kind, 'id', id, 'state', state)"
            " FROM ugo.change")]

    def changes(self, revision):
        """[(kind, id, state)] of a revision, by part."""
        return self.query("SELECT kind, id, state FROM ugo.change WHERE revision = %s"
                          " ORDER BY part", revision)

    def departed(self, revision):
        return self.query("SELECT kind, id, scope FROM ugo.departed WHERE revision = %s"
                          " ORDER BY part", revision)

    def check(self):
        """What must hold whatever was done: gapless revisions in whole parts and growing time, an
        unbroken chain, states that are what the history says."""
        self.query("SET CONSTRAINTS ALL IMMEDIATE")
        floor, floor_head, revision, head = self.query(
            "SELECT history_floor, history_head, revision, head FROM ugo.ledger")[0]
        assert self.query("SELECT DISTINCT revision FROM ugo.change ORDER BY 1") == [
            (r,) for r in range(floor + 1, revision + 1)]
        assert self.query("SELECT revision FROM ugo.change GROUP BY revision HAVING count(*) <>"
                          " max(parts) OR min(part) <> 1 OR max(part) <> max(parts)"
                          " OR min(at) <> max(at)") == []
        assert self.query("SELECT * FROM (SELECT at, lag(at) OVER (ORDER BY revision, part)"
                          " AS before FROM ugo.change) t WHERE at < before") == []
        rows = self.query("SELECT * FROM ugo.audit_rows(%s, 1000000)", floor)
        assert chain_breaks(rows, bytes(floor_head)) is None
        assert bytes(rows[-1][2] if rows else floor_head) == bytes(head)
        assert self.query("SELECT * FROM ugo.audit_records()") == []
