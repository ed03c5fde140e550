# SPDX-License-Identifier: EUPL-1.2
"""Territories, communes, kinds, establishments, units and accounts: what a put writes, which other
records it changes in the same revision, what leaves a scope."""
import pytest

from register import FORBIDDEN, OK, invalid

TILLEULS = {"id": "e-1", "name": "Les Tilleuls", "establishment_kind": "mecs",
            "territory": "mds-1", "commune": "31555", "point": [43.61, 1.45],
            "contact": {"day": "05 00 00 00 01"}}
GRANDS = {"id": "u-1", "establishment": "e-1", "name": "Grands", "min_months": 144,
          "max_months": 216, "sex": "any", "authorised": 12}
MECS = {"code": "mecs", "finess_categories": ["177"], "ttl_s": 86400, "modality": "internat"}
TOKEN = "0123456789abcdef" * 4

KINDS = {
    "mecs": (["177"], 24, "internat"), "cdef": (["175"], 24, "internat"),
    "pouponniere": (["172"], 24, "internat"), "village_enfants": (["176"], 24, "internat"),
    "lieu_de_vie": (["462"], 24, "internat"), "placement_familial": (["236"], 72, "familial"),
    "assistant_familial": ([], 72, "familial"), "accueil_mere_enfant": (["166"], 24, "parental"),
    "centre_parental": (["159"], 24, "parental"), "mna": (["643", "644"], 24, "semi_autonomie"),
    "urgence": ([], 4, "urgence"), "autonomie": ([], 24, "semi_autonomie"),
    "accueil_jour": ([], 24, "accueil_jour"), "pad": ([], 24, "pad"),
    "experimental": (["378"], 24, "internat"), "autre": ([], 24, "internat"),
}


def put(register, op, params):
    return register.do(op + ".put", params)


def parts(register, reply):
    return [(kind, record) for kind, record, _ in register.changes(reply["revision"])]


def test_kinds_are_the_first_revisions(register):
    rows = register.query("SELECT revision, id, state FROM ugo.change WHERE revision <= 16"
                          " ORDER BY revision")
    assert {(r, k) for r, k, _ in rows} == set(enumerate(KINDS, 1))
    for _, kind, state in rows:
        categories, hours, modality = KINDS[kind]
        assert (state["finess_categories"], state["ttl_s"], state["modality"]) == (
            categories, hours * 3600, modality)
        home = kind in ("lieu_de_vie", "assistant_familial")
        assert state["visibility"] == ("commune" if home else "exact")


@pytest.mark.parametrize("op, params", [
    ("territory", {"code": "mds-1", "name": "Minimes", "level": "mds", "parent": "dts-1"}),
    ("commune", {"insee": "31555", "name": "Toulouse", "postcodes": ["31000", "31000"],
                 "point": [43.6000000001, 1.440], "territory": "dts-1"}),
    ("establishment_kind", MECS),
    ("establishment", TILLEULS),
    ("unit", GRANDS),
    ("unit", {**GRANDS, "accepts": {"mna": "unknown"}, "emergency_reserved": 0, "ttl_s": None}),
    ("account", {"id": "home", "name": "Compte", "role": "establishment",
                 "establishments": ["e-1", "e-1"], "disabled": False}),
])
def test_identical_put_is_no_revision(register, op, params):
    before = register.query("SELECT revision, head FROM ugo.ledger")
    assert put(register, op, params) == OK
    assert register.query("SELECT revision, head FROM ugo.ledger") == before


def test_territory(register):
    reply = put(register, "territory", {"code": "mds-1", "name": "M", "level": "mds",
                                        "parent": "dts-2"})
    assert register.changes(reply["revision"]) == [
        ("territory", "mds-1", {"name": "M", "level": "mds", "parent": "dts-2"})]
    # the tree moved: north no longer reaches u-1, whose establishment hangs below mds-1
    assert register.declare(account="north", free=1, open=2) == FORBIDDEN
    put(register, "territory", {"code": "dts-2", "name": "Sud", "level": "dts", "parent": "dts-1"})
    assert register.declare(account="north", free=1, open=2)["type"] == "ok"
    for parent in ("mds-1", "dts-2", "dts-1"):
        assert put(register, "territory", {"code": "dts-1", "name": "Nord", "level": "dts",
                                           "parent": parent}) == invalid("/parent", "cycle")
    assert put(register, "territory", {"code": "new", "name": "N", "level": "mds",
                                       "parent": "new"}) == invalid("/parent", "unknown_reference")
    put(register, "territory", {"code": "dts-1", "name": "Nord", "level": "dts"})  # a second root
    assert register.value("SELECT path FROM ugo.territory WHERE code = 'mds-1'") == [
        "mds-1", "dts-2", "dts-1"]


def test_establishment_state(register):
    assert register.record("establishment", "e-1") == {
        "name": "Les Tilleuls", "establishment_kind": "mecs", "finess": None, "operator": None,
        "address": None, "territory": "mds-1", "commune": "31555", "point": [43.61, 1.45],
        "public_point": [43.61, 1.45], "visibility": "exact", "precision": "exact",
        "contact": {"day": "05 00 00 00 01", "night": None}, "active": True}
    # a home by its kind: others see the commune
    state = register.record("establishment", "e-2")
    assert (state["visibility"], state["point"], state["public_point"]) == (
        "commune", [43.5, 1.3], [43.46, 1.33])


def test_unit_state_and_what_it_inherits(register):
    state = register.unit("u-3")
    assert state == {
        "establishment": "e-2", "establishment_name": "La Ferme",
        "establishment_kind": "lieu_de_vie", "name": "Ferme", "modality": "internat",
        "min_months": None, "max_months": None, "sex": None, "siblings_max": None,
        "siblings_mixed": None, "admission": None, "delay_h": None, "accepts": {},
        "max_stay_days": None, "visibility": "commune", "territory": "dts-2", "commune": "31395",
        "point": [43.5, 1.3], "public_point": [43.46, 1.33],
        "contact": {"day": None, "night": None}, "ttl_s": 86400, "authorised": None,
        "installed": None, "open": None, "occupied": None, "closed": None,
        "emergency_reserved": 0, "emergency_used": None, "held": 0, "held_emergency": 0,
        "closed_reason": None, "reopens_on": None, "derogation": None, "derogation_by": None,
        "observed_at": None, "recorded_at": None, "declared_by": None, "channel": None,
        "contested_at": None}
    put(register, "unit", {
        "id": "u-3", "establishment": "e-2", "name": "Chez Mme", "modality": "familial",
        "siblings_max": 2, "siblings_mixed": True, "admission": "always", "delay_h": 48,
        "accepts": {"mna": "no", "disability": "yes", "medical": "unknown"}, "max_stay_days": 3,
        "visibility": "hidden", "territory": "dts-1", "commune": "31555",
        "contact": {"night": "06"}, "ttl_s": 60, "installed": 2})
    state = register.unit("u-3")
    assert (state["visibility"], state["territory"], state["commune"], state["point"],
            state["public_point"]) == ("hidden", "dts-1", "31555", [43.6, 1.44], None)
    assert (state["accepts"], state["contact"], state["ttl_s"]) == (
        {"mna": "no", "disability": "yes"}, {"day": None, "night": "06"}, 60)


def test_own_point_without_commune(register):
    put(register, "unit", {"id": "u-3", "establishment": "e-2", "name": "F", "point": [1, 2]})
    state = register.unit("u-3")
    assert (state["point"], state["commune"], state["public_point"]) == ([1, 2], None, None)


def test_points_are_rounded(register):
    put(register, "establishment", {**TILLEULS, "point": [43.61000049, 1.4500005]})
    assert register.record("establishment", "e-1")["point"] == [43.61, 1.450001]


def test_precision(register):
    put(register, "establishment", {**TILLEULS, "precision": "commune"})
    assert register.record("establishment", "e-1")["precision"] == "commune"
    put(register, "establishment", {**TILLEULS, "point": None, "precision": "exact"})
    state = register.record("establishment", "e-1")
    assert (state["precision"], state["point"]) == ("commune", [43.6, 1.44])


def test_an_establishments_name_shows_on_its_units(register):
    reply = put(register, "establishment", {**TILLEULS, "name": "Les Ormes"})
    assert parts(register, reply) == [("establishment", "e-1"), ("unit", "u-1"), ("unit", "u-2")]
    assert register.unit()["establishment_name"] == "Les Ormes"
    assert register.departed(reply["revision"]) == []
    assert register.query("SELECT id FROM ugo.record WHERE revision = %s ORDER BY 1",
                          reply["revision"]) == [("e-1",), ("u-1",), ("u-2",)]


def test_what_units_do_not_show_does_not_change_them(register):
    reply = put(register, "establishment", {**TILLEULS, "operator": "Association"})
    assert parts(register, reply) == [("establishment", "e-1")]


def test_own_attributes_are_not_changed(register):
    put(register, "unit", {**GRANDS, "contact": {"day": "1", "night": "2"}, "commune": "31395"})
    reply = put(register, "establishment", {**TILLEULS, "contact": {"day": "9"}, "point": None})
    assert parts(register, reply) == [("establishment", "e-1"), ("unit", "u-2")]


def test_a_put_that_shows_nothing_is_still_written(register):
    """u-1 gets as its own what it inherited: its state is the same, its row is not."""
    state = register.unit()
    reply = put(register, "unit", {**GRANDS, "territory": "mds-1"})
    assert register.changes(reply["revision"]) == [("unit", "u-1", state)]
    assert register.departed(reply["revision"]) == []


def test_counts_survive_a_put(register):
    register.declare(free=1, open=12, closed={"n": 1, "reason": "staff"})
    before = register.unit()
    put(register, "unit", {**GRANDS, "name": "Petits"})
    assert register.unit() == {**before, "name": "Petits"}


def test_a_communes_point(register):
    commune = {"insee": "31395", "name": "Muret", "postcodes": ["31600"], "point": [43.4, 1.3],
               "territory": "dts-2"}
    put(register, "unit", {**GRANDS, "commune": "31395"})
    reply = put(register, "commune", commune)
    # e-2 and u-3 show the commune's point to the public, u-1 is placed by it
    assert parts(register, reply) == [("commune", "31395"), ("establishment", "e-2"),
                                      ("unit", "u-1"), ("unit", "u-3")]
    put(register, "unit", {"id": "u-3", "establishment": "e-2", "name": "Ferme",
                           "visibility": "exact"})
    put(register, "establishment", {"id": "e-2", "name": "La Ferme", "territory": "dts-2",
                                    "establishment_kind": "lieu_de_vie", "commune": "31395",
                                    "point": [43.5, 1.3], "visibility": "exact"})
    assert parts(register, put(register, "commune", {**commune, "point": [43.3, 1.3]})) == [
        ("commune", "31395"), ("unit", "u-1")]
    assert parts(register, put(register, "commune", {**commune, "point": [43.3, 1.3],
                                                     "name": "Muret !"})) == [("commune", "31395")]


def test_a_unit_shown_twice_by_a_commune_changes_once(register):
    put(register, "unit", {**GRANDS, "commune": "31555"})
    put(register, "establishment", {**TILLEULS, "point": None})
    reply = put(register, "commune", {"insee": "31555", "name": "T", "point": [43, 1]})
    assert parts(register, reply) == [("commune", "31555"), ("establishment", "e-1"),
                                      ("unit", "u-1"), ("unit", "u-2")]


def test_a_kinds_ttl(register):
    reply = put(register, "establishment_kind", {**MECS, "ttl_s": 7200})
    assert parts(register, reply) == [("establishment_kind", "mecs"), ("unit", "u-1")]
    assert register.unit()["ttl_s"] == 7200 and register.unit("u-2")["ttl_s"] == 14400
    reply = put(register, "establishment_kind", {**MECS, "ttl_s": 7200, "visibility": "hidden"})
    assert parts(register, reply) == [("establishment", "e-1"), ("establishment_kind", "mecs"),
                                      ("unit", "u-1"), ("unit", "u-2")]
    assert register.unit()["public_point"] is None
    assert put(register, "establishment_kind", {**MECS, "code": "own"}) == invalid(
        "/finess_categories", "already_used")


def test_parts_are_ordered_by_kind_then_id(register):
    autre = {"code": "autre", "ttl_s": 86400, "modality": "internat"}
    for establishment in ("e-b", "e-a", "e-10", "e-9"):
        put(register, "establishment", {"id": establishment, "name": "E", "territory": "d31",
                                        "establishment_kind": "autre"})
    put(register, "unit", {"id": "u-0", "establishment": "e-b", "name": "U"})
    reply = put(register, "establishment_kind", {**autre, "visibility": "hidden"})
    assert parts(register, reply) == [
        ("establishment", "e-10"), ("establishment", "e-9"), ("establishment", "e-a"),
        ("establishment", "e-b"), ("establishment_kind", "autre"), ("unit", "u-0")]


def test_departures(register):
    reply = put(register, "establishment", {**TILLEULS, "territory": "dts-2"})
    was = {"establishment": "e-1", "territory": "mds-1"}
    assert register.departed(reply["revision"]) == [
        ("establishment", "e-1", was), ("unit", "u-1", was), ("unit", "u-2", was)]
    reply = put(register, "unit", {**GRANDS, "establishment": "e-2"})
    assert register.departed(reply["revision"]) == [
        ("unit", "u-1", {"establishment": "e-1", "territory": "dts-2"})]
    assert register.declare(free=1, open=2) == FORBIDDEN


def test_close_a_unit(register):
    register.declare(free=1, open=3)
    assert register.do("unit.close", {"unit": "u-1"}, "north") == FORBIDDEN
    assert register.do("unit.close", {"unit": "u-none"}, "boss") == FORBIDDEN
    reply = register.do("unit.close", {"unit": "u-1"}, "boss")
    assert register.changes(reply["revision"]) == [("unit", "u-1", None)]
    assert register.departed(reply["revision"]) == [
        ("unit", "u-1", {"establishment": "e-1", "territory": "mds-1"})]
    assert register.record("unit", "u-1") is None
    assert register.declare(free=1) == FORBIDDEN
    put(register, "unit", GRANDS)  # the same id again is a new unit, never declared
    assert register.declare(free=1) == invalid("/open", "first_declaration_needs_open")


def test_close_an_establishment(register):
    reply = register.do("establishment.close", {"establishment": "e-1"}, "root")
    assert register.changes(reply["revision"]) == [
        ("establishment", "e-1", None), ("unit", "u-1", None), ("unit", "u-2", None)]
    assert len(register.departed(reply["revision"])) == 3
    assert register.do("establishment.close", {"establishment": "e-1"}) == {
        "type": "not_found", "revision": None}


@pytest.mark.parametrize("op, params, pointer, detail", [
    ("territory", {"name": "N", "level": "mds"}, "/code", "required"),
    ("territory", {"code": "DTS", "name": "N", "level": "mds"}, "/code", "wrong_format"),
    ("territory", {"code": "x", "name": "", "level": "mds"}, "/name", "out_of_range"),
    ("territory", {"code": "x", "name": "N\n", "level": "mds"}, "/name", "wrong_format"),
    ("territory", {"code": "x", "name": "é" * 201, "level": "mds"}, "/name", "out_of_range"),
    ("territory", {"code": "x", "name": "N", "level": "m", "parent": "y"}, "/parent",
     "unknown_reference"),
    ("commune", {"insee": "2C004", "name": "N"}, "/insee", "wrong_format"),
    ("commune", {"insee": "31001", "name": "N", "postcodes": ["31000", "3100"]}, "/postcodes/1",
     "wrong_format"),
    ("commune", {"insee": "31001", "name": "N", "postcodes": "31000"}, "/postcodes",
     "wrong_type"),
    ("commune", {"insee": "31001", "name": "N", "postcodes": ["31000"] * 101}, "/postcodes",
     "out_of_range"),
    ("commune", {"insee": "31001", "name": "N", "point": [91, 0]}, "/point", "out_of_range"),
    ("commune", {"insee": "31001", "name": "N", "point": [0, -180.1]}, "/point", "out_of_range"),
    ("commune", {"insee": "31001", "name": "N", "point": [0]}, "/point", "wrong_type"),
    ("commune", {"insee": "31001", "name": "N", "point": ["0", 1]}, "/point", "wrong_type"),
    ("commune", {"insee": "31001", "name": "N", "territory": "y"}, "/territory",
     "unknown_reference"),
    ("establishment_kind", {**MECS, "modality": "dortoir"}, "/modality", "unknown_code"),
    ("establishment_kind", {**MECS, "ttl_s": 59}, "/ttl_s", "out_of_range"),
    ("establishment", {**TILLEULS, "id": "u-1"}, "/id", "wrong_format"),
    ("establishment", {**TILLEULS, "establishment_kind": "x"}, "/establishment_kind",
     "unknown_reference"),
    ("establishment", {**TILLEULS, "territory": None}, "/territory", "required"),
    ("establishment", {**TILLEULS, "commune": "31999"}, "/commune", "unknown_reference"),
    ("establishment", {**TILLEULS, "finess": "31000321"}, "/finess", "wrong_format"),
    ("establishment", {**TILLEULS, "visibility": "all"}, "/visibility", "unknown_code"),
    ("establishment", {**TILLEULS, "contact": {"fax": "1"}}, "/contact/fax", "unknown_member"),
    ("establishment", {**TILLEULS, "contact": {"day": 1}}, "/contact/day", "wrong_type"),
    ("unit", {**GRANDS, "establishment": "e-9"}, "/establishment", "unknown_reference"),
    ("unit", {**GRANDS, "min_months": 216}, "/max_months", "ages_reversed"),
    ("unit", {**GRANDS, "max_months": 1201}, "/max_months", "out_of_range"),
    ("unit", {**GRANDS, "sex": "unknown"}, "/sex", "unknown_code"),
    ("unit", {**GRANDS, "siblings_mixed": 1}, "/siblings_mixed", "wrong_type"),
    ("unit", {**GRANDS, "siblings_max": 0}, "/siblings_max", "out_of_range"),
    ("unit", {**GRANDS, "accepts": {"mna": "maybe"}}, "/accepts/mna", "unknown_code"),
    ("unit", {**GRANDS, "accepts": {"sport": "yes"}}, "/accepts/sport", "unknown_member"),
    ("unit", {**GRANDS, "accepts": ["mna"]}, "/accepts", "wrong_type"),
    ("unit", {**GRANDS, "open": 3}, "/open", "unknown_member"),
    ("account", {"id": "system", "role": "admin", "name": "S"}, "/id", "reserved"),
    ("account", {"id": "x", "role": "king", "name": "S"}, "/role", "unknown_code"),
    ("account", {"id": "x", "role": "service", "name": "S"}, "/acts_for", "required"),
    ("account", {"id": "x", "role": "service", "acts_for": "y", "name": "S"}, "/acts_for",
     "unknown_reference"),
    ("account", {"id": "x", "role": "service", "acts_for": "feed", "name": "S"}, "/acts_for",
     "is_a_service"),
    ("account", {"id": "x", "role": "def", "acts_for": "home", "name": "S"}, "/acts_for",
     "only_for_service"),
    ("account", {"id": "x", "role": "def", "territories": ["d31", "d32"], "name": "S"},
     "/territories/1", "unknown_reference"),
    ("account", {"id": "x", "role": "def", "establishments": ["e-9"], "name": "S"},
     "/establishments/0", "unknown_reference"),
    ("credential", {"id": "abc", "account": "home", "type": "token"}, "/id", "wrong_format"),
    ("credential", {"id": TOKEN, "account": "x", "type": "token"}, "/account",
     "unknown_reference"),
    ("credential", {"id": TOKEN, "account": "home", "type": "key"}, "/type", "unknown_code"),
])
def test_params(register, op, params, pointer, detail):
    before = register.query("SELECT revision, head FROM ugo.ledger")
    assert put(register, op, params) == invalid(pointer, detail)
    assert register.query("SELECT revision, head FROM ugo.ledger") == before


def test_finess_is_of_one_establishment(register):
    put(register, "establishment", {**TILLEULS, "finess": "310003215"})
    assert put(register, "establishment", {**TILLEULS, "id": "e-9", "finess": "310003215"}) == \
        invalid("/finess", "already_used")
    for finess in ("2A0003215", "9A0003215"):
        assert put(register, "establishment", {**TILLEULS, "finess": finess})["type"] == "ok"


@pytest.mark.parametrize("account", ["home", "feed", "night", "boss", "mds", "van", "nobody"])
def test_reference_data_is_the_admins(register, account):
    """All of it; units are also whose who directs child protection (test_administration)."""
    if account != "boss":
        assert register.do("unit.put", GRANDS, account) == FORBIDDEN
    for op, params in (("territory.put", {}), ("commune.put", {}),
                       ("establishment_kind.put", MECS), ("establishment.put", TILLEULS),
                       ("establishment.close", {"establishment": "e-1"}), ("account.put", {}),
                       ("account.disable", {"id": "home"}), ("credential.put", {}),
                       ("credential.revoke", {"id": TOKEN})):
        assert register.do(op, params, account) == FORBIDDEN


def test_accounts_and_credentials(register):
    assert register.record("account", "feed") == {
        "role": "service", "territories": [], "establishments": [], "acts_for": "home",
        "name": "Compte", "disabled": False}
    credential = {"id": TOKEN, "account": "home", "type": "token", "label": "poste 1",
                  "expires_at": 1_800_000_000_000_000}
    reply = register.do("credential.put", credential, "root")
    assert register.changes(reply["revision"]) == [("credential", TOKEN, {
        "account": "home", "type": "token", "label": "poste 1", "revoked": False,
        "expires_at": 1_800_000_000_000_000})]
    assert register.do("credential.put", credential, "root") == OK
    assert register.do("credential.revoke", {"id": TOKEN}, "root")["revision"]
    assert register.record("credential", TOKEN)["revoked"] is True
    assert register.do("credential.revoke", {"id": TOKEN}, "root") == OK
    assert register.do("credential.put", credential, "root") == invalid("/id", "revoked")
    assert register.do("credential.revoke", {"id": TOKEN[::-1]}, "root")["type"] == "not_found"
    assert register.do("account.disable", {"id": "home"}, "root")["revision"]
    assert register.record("account", "home")["disabled"] is True
    assert register.do("account.disable", {"id": "home"}, "root") == OK
    assert register.do("account.disable", {"id": "nobody"}, "root")["type"] == "not_found"
