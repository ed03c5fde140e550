# SPDX-License-Identifier: EUPL-1.2
"""A real ugod with its console for tests in a browser: python3 world.py CORNERS WORKERS. A corner
is a département of its own with the same places and people in it, so that tests do not meet; its
offices never open, so that it is always night. What it offers and each answer is one line of JSON;
a command is one line of JSON, too; it all ends with standard input."""
import base64
import contextlib
import hashlib
import json
import os
import signal
import sys
import time

import psycopg2.extras

from harness.daemon import BIN, free_port
from harness.ugod import BATCH, Register, folder

PASSWORD = "une phrase assez longue"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CLOSED_SINCE = 30 * 3600


def scrypt(password):
    """As ugod keeps it; the same for everybody here, so that a world is made in no time."""
    salt = b"salt of a test.."
    key = hashlib.scrypt(password.encode(), salt=salt, n=1 << 15, r=8, p=1, dklen=32,
                         maxmem=1 << 26)
    return "scrypt$15$8$1$" + "$".join(
        base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in (salt, key))


def system(op, **params):
    return ("system", op, params)


def person(name, title, role, **scope):
    yield system("account.put", id=name, role=role, name=title, **scope)
    yield system("password.put", account=name, scrypt=KEPT)
    if role != "establishment":
        yield system("totp.put", account=name, secret=SECRET)


def establishment(i, name, title, kind, units, **members):
    """units: id, name, members of unit.put; then what its account declares."""
    yield system("establishment.put", **{
        "id": "e-%d-%s" % (i, name), "name": title, "establishment_kind": kind,
        "territory": "mds-%d" % i, "visibility": "exact",
        "contact": {"day": "05 00 00 00 01", "night": "05 00 00 00 02"}, **members})
    yield from person("%s-%d" % (name, i), title, "establishment",
                      establishments=["e-%d-%s" % (i, name)])
    for unit, unit_title, put, declared in units:
        yield system("unit.put", **{
            "id": "u-%d-%s" % (i, unit), "establishment": "e-%d-%s" % (i, name),
            "name": unit_title, "modality": "internat", "min_months": 36, "max_months": 216,
            "sex": "any", "siblings_max": 4, "siblings_mixed": True, "admission": "always",
            "authorised": 12, "ttl_s": 86400, **put})
        if declared:
            ago = declared.pop("ago", 1200)
            yield ("%s-%d" % (name, i), "unit.declare",
                   {"unit": "u-%d-%s" % (i, unit),
                    "observed_at": int((time.time() - ago) * 1e6), **declared})


def corner(i):
    root = "d%d" % i
    yield system("territory.put", code=root, name="Département %d" % i, level="departement")
    yield system("territory.put", code="mds-%d" % i, name="MDS %d" % i, level="mds", parent=root)
    yield system("calendar.put", territory=root, time_zone="Europe/Paris", office=[], holidays=[])
    yield from establishment(
        i, "cedres", "Foyer des Cèdres", "mecs",
        [("petits", "Groupe des petits", {"max_months": 156}, {"open": 12, "free": 2}),
         ("grands", "Groupe des grands", {"min_months": 144}, {"open": 10, "free": 0}),
         ("urgence", "Accueil d'urgence", {"modality": "urgence", "emergency_reserved": 1},
          {"open": 4, "free": 1})],
        commune="31395", point=[43.4601, 1.3271], address="4 rue des Essais")
    yield from establishment(
        i, "jean", "Maison Saint-Jean", "lieu_de_vie",
        [("jean", "Unité de vie", {}, {"open": 6, "free": 1, "ago": CLOSED_SINCE})],
        commune="31555", point=[43.6045, 1.4440], address="12 allée des Essais")
    yield from establishment(
        i, "martin", "Famille d'accueil Martin", "assistant_familial",
        [("martin", "Famille d'accueil Martin", {"modality": "familial", "authorised": 3,
                                                 "max_months": 120}, None)],
        commune="31555", point=[43.61, 1.45], address="3 chemin des Essais")
    yield from person("root-%d" % i, "Administration %d" % i, "admin", territories=[root])
    for name in ("night", "other"):
        yield from person("%s-%d" % (name, i), "Astreinte %d" % i, "astreinte", territories=[root])
    yield from person("van-%d" % i, "Équipe mobile %d" % i, "mobile", territories=[root])
    yield from person("def-%d" % i, "Direction %d" % i, "def", territories=[root])
    yield from person("dts-%d" % i, "MDS %d" % i, "territory", territories=["mds-%d" % i])
    # Next door, where there is nothing yet.
    yield system("territory.put", code="v%d" % i, name="Vide %d" % i, level="departement")
    yield from establishment(i, "new", "Foyer neuf", "mecs", [], territory="v%d" % i)
    for name, role in (("newnight", "astreinte"), ("newdef", "def"), ("newroot", "admin")):
        yield from person("%s-%d" % (name, i), "Vide %d" % i, role, territories=["v%d" % i])


def communes():
    for insee, name, point, code in (("31555", "Toulouse", [43.6045, 1.4440], "31000"),
                                     ("31395", "Muret", [43.4601, 1.3271], "31600")):
        yield system("commune.put", insee=insee, name=name, point=point, postcodes=[code])


class World(Register):
    def put(self, commands):
        """(account, op, params)…; every one must be taken."""
        for i in range(0, len(commands), BATCH):
            batch = [{"account": who, "op": op, "key": "w%d" % next(self.keys), "digest": "",
                      "channel": "import", "params": params}
                     for who, op, params in commands[i:i + BATCH]]
            replies = self.query("SELECT ugo.apply_batch(%s)", psycopg2.extras.Json(batch))[0][0]
            for command, reply in zip(batch, replies["replies"]):
                assert reply["type"] == "ok", (command, reply)

    def record(self, kind, id_):
        found = self.query("SELECT state FROM ugo.record WHERE kind = %s AND id = %s", kind, id_)
        return found[0][0] if found else None

    def do(self, what, *given):
        if what == "kill":
            os.kill(self.process.pid, signal.SIGKILL)
            self.wait_end()
        elif what == "start":
            self.start()
        elif what == "end_sessions":
            found = self.query("SELECT id FROM ugo.session WHERE account = %s", given[0])
            self.put([system("session.close", id=each) for each, in found])
        elif what == "pass":  # of the register's time, which is everybody's
            self.query("UPDATE ugo.ledger SET at = at + %s WHERE one", given[0] * 1000000)
        elif what == "kill_worker":
            self.kill_worker(given[0])
        elif what == "freeze":
            self.frozen = contextlib.ExitStack()
            self.frozen.enter_context(self.postgres_stopped())
        elif what == "thaw":
            self.frozen.close()
        elif what == "record":
            return self.record(*given)
        elif what == "rows":
            return [list(row) for row in self.query(*given)]
        elif what == "put":
            self.put([tuple(each) for each in given])
        else:
            raise ValueError(what)
        return None


def answer(**members):
    print(json.dumps(members), flush=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and clean up
    port = free_port()
    console = os.environ.get("UGO_CONSOLE_DIR") or BIN + "/../share/ugo/console"
    with folder() as path, World(path, workers=int(sys.argv[2]), listen_https="127.0.0.1:%d" % port,
                                 console_dir=os.path.realpath(console),
                                 public_url="https://localhost:%d" % port,
                                 accessibility_contact="acces@departement.example",
                                 max_connections_per_address="4000") as world:
        world.start()
        world.put([*communes(), *(each for i in range(int(sys.argv[1])) for each in corner(i))])
        answer(url="https://localhost:%d" % port, certificate=str(world.tls / "server.pem"),
               password=PASSWORD, secret=SECRET)
        for line in sys.stdin:
            try:
                answer(ok=world.do(*json.loads(line)))
            except Exception as fault:  # pylint: disable=broad-except
                answer(fault=repr(fault))


KEPT = scrypt(PASSWORD)

if __name__ == "__main__":
    main()
