# SPDX-License-Identifier: EUPL-1.2
"""A département of any size for tests: two DTS of three MDS, establishments of two units each, and
one account per establishment."""
from harness.ugod import account

COMMUNES = [("31555", "Toulouse", [43.6, 1.44], "dts-1"),
            ("31395", "Muret", [43.46, 1.33], "dts-2")]
MDS = ["mds-1", "mds-2", "mds-3", "mds-4", "mds-5", "mds-6"]
KINDS = ["mecs", "cdef", "lieu_de_vie", "urgence", "village_enfants"]
MODALITIES = ["internat", "urgence", "relais", "familial"]


def territories():
    return [("territory.put", {"code": "d31", "name": "Haute-Garonne", "level": "departement"}),
            *(("territory.put", {"code": code, "name": code.upper(), "level": "dts",
                                 "parent": "d31"}) for code in ("dts-1", "dts-2")),
            *(("territory.put", {"code": code, "name": code.upper(), "level": "mds",
                                 "parent": "dts-1" if i < 3 else "dts-2"})
              for i, code in enumerate(MDS)),
            *(("commune.put", {"insee": insee, "name": name, "point": point, "territory": dts,
                               "postcodes": []}) for insee, name, point, dts in COMMUNES)]


def establishment(i):
    """Number i: e-i with u-i-a and u-i-b, account home-i."""
    mds = MDS[i % len(MDS)]
    yield ("establishment.put",
           {"id": "e-%d" % i, "name": "Maison %d" % i, "establishment_kind": KINDS[i % len(KINDS)],
            "territory": mds, "commune": "31555" if mds < "mds-4" else "31395",
            "point": [43.5 + i / 1000, 1.4], "address": "%d rue des Essais" % i,
            "visibility": "exact", "contact": {"day": "05 00 00 00 01"}})
    for n, letter in enumerate("ab"):
        yield ("unit.put",
               {"id": "u-%d-%s" % (i, letter), "establishment": "e-%d" % i, "name": letter.upper(),
                "modality": MODALITIES[(i + n) % len(MODALITIES)], "min_months": 36,
                "max_months": 216, "sex": "any", "siblings_max": 3, "siblings_mixed": True,
                "admission": "always", "authorised": 12, "ttl_s": 86400})
    yield from account("home-%d" % i, "establishment", establishments=["e-%d" % i])


def departement(establishments):
    return [*territories(),
            *(command for i in range(establishments) for command in establishment(i)),
            *account("boss", "def", territories=["d31"]),
            *account("night", "astreinte", territories=["d31"]),
            *account("night-1", "astreinte", territories=["dts-1"]),
            *account("mds-2", "territory", territories=["mds-2"]),
            *account("dts-2", "territory", territories=["dts-2"]),
            *account("feed-0", "service", acts_for="home-0"),
            *account("office", "service", acts_for="dts-2"),
            *account("van", "mobile", territories=["d31"]),
            *account("root", "admin")]
