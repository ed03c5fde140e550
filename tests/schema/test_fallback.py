# SPDX-License-Identifier: EUPL-1.2
"""The bed that a child placed at home falls back on: who names one, and what becomes of it."""
import pytest

from register import OK, invalid

HOME = {"id": "u-pad", "establishment": "e-1", "name": "À domicile", "modality": "pad"}


@pytest.fixture(name="pad")
def fixture_pad(register):
    register.do("unit.put", {**HOME, "fallback": "u-1"})
    return register


def kinds(register, reply):
    return [(kind, record) for kind, record, _ in register.changes(reply["revision"])]


def test_a_unit_at_home_names_its_bed(pad):
    assert pad.unit("u-pad")["fallback"] == "u-1"
    assert "fallback" not in pad.unit("u-1")
    assert pad.do("unit.put", {**HOME, "fallback": "u-1"}) == OK
    assert pad.do("unit.put", {**HOME, "fallback": "u-2"})["revision"]
    assert pad.unit("u-pad")["fallback"] == "u-2"
    assert pad.do("unit.put", HOME)["revision"]
    assert "fallback" not in pad.unit("u-pad")


@pytest.mark.parametrize("change, detail", [
    ({"fallback": "u-none"}, "unknown_reference"),
    ({"fallback": "u-pad"}, "same_unit"),
    ({"fallback": "u-far"}, "unknown_reference"),
    ({"fallback": "u-1", "modality": "internat"}, "only_for_pad"),
    ({"fallback": "u-1", "modality": None}, "only_for_pad"),  # its kind's: internat
    ({"fallback": 1}, "wrong_type"),
])
def test_which_bed(pad, change, detail):
    pad.do("territory.put", {"code": "d82", "name": "Ailleurs", "level": "departement"})
    pad.do("unit.put", {"id": "u-far", "establishment": "e-1", "name": "Loin", "territory": "d82"})
    assert pad.do("unit.put", {**HOME, **change}) == invalid("/fallback", detail)
    assert pad.unit("u-pad")["fallback"] == "u-1"


def test_of_a_kind_whose_modality_it_is(register):
    register.do("establishment.put", {"id": "e-pad", "name": "Pas à pas", "territory": "dts-1",
                                      "establishment_kind": "pad"})
    assert register.do("unit.put", {"id": "u-pad", "establishment": "e-pad", "name": "P",
                                    "fallback": "u-1"})["revision"]


def test_a_bed_that_closes_is_nobodys(pad):
    reply = pad.do("unit.close", {"unit": "u-1"}, "root")
    assert kinds(pad, reply) == [("unit", "u-1"), ("unit", "u-pad")]
    assert "fallback" not in pad.unit("u-pad")


def test_a_house_that_closes_with_its_beds(pad):
    """u-pad goes with the house, another that fell back on it stays without."""
    pad.do("unit.put", {**HOME, "id": "u-other", "establishment": "e-2", "fallback": "u-1"})
    reply = pad.do("establishment.close", {"establishment": "e-1"}, "root")
    assert kinds(pad, reply) == [("establishment", "e-1"), ("unit", "u-1"), ("unit", "u-2"),
                                 ("unit", "u-other"), ("unit", "u-pad")]
    assert pad.record("unit", "u-pad") is None
    assert "fallback" not in pad.unit("u-other")


def test_counts_leave_it(pad):
    pad.declare(unit="u-pad", free=2, open=5)
    assert pad.unit("u-pad")["fallback"] == "u-1"


def test_a_bed_that_leaves_the_departement_is_nobodys_here(pad):
    pad.do("territory.put", {"code": "d82", "name": "Ailleurs", "level": "departement"})
    reply = pad.do("unit.put", {"id": "u-1", "establishment": "e-1", "name": "Grands",
                                "territory": "d82"})
    assert kinds(pad, reply) == [("unit", "u-1"), ("unit", "u-pad")]
    assert "fallback" not in pad.unit("u-pad")


@pytest.mark.parametrize("unit", ["u-pad", "u-1"])
def test_a_house_that_leaves_the_departement(pad, unit):
    """With the unit at home, or with the bed that is elsewhere: each once in the revision."""
    pad.do("unit.put", {**HOME, "establishment": "e-2", "fallback": "u-1"})
    house = {"u-pad": ("e-2", "lieu_de_vie"), "u-1": ("e-1", "mecs")}[unit]
    pad.do("territory.put", {"code": "d82", "name": "Ailleurs", "level": "departement"})
    reply = pad.do("establishment.put", {"id": house[0], "name": "Partie", "territory": "d82",
                                         "establishment_kind": house[1]})
    assert [record for kind, record in kinds(pad, reply)].count("u-pad") == 1
    assert "fallback" not in pad.unit("u-pad")


def test_a_whole_territory_that_leaves_the_departement(pad):
    """u-pad goes with its bed, u-other stays behind without."""
    pad.do("unit.put", {**HOME, "id": "u-other", "establishment": "e-2", "fallback": "u-1"})
    pad.do("territory.put", {"code": "d82", "name": "Ailleurs", "level": "departement"})
    north = {"code": "dts-1", "name": "Nord", "level": "dts"}
    assert kinds(pad, pad.do("territory.put", {**north, "name": "Le Nord", "parent": "d31"})) == [
        ("territory", "dts-1")]
    reply = pad.do("territory.put", {**north, "parent": "d82"})
    assert kinds(pad, reply) == [("territory", "dts-1"), ("unit", "u-other")]
    assert pad.unit("u-pad")["fallback"] == "u-1"
    assert "fallback" not in pad.unit("u-other")


@pytest.fixture(name="kind")
def fixture_kind(register):
    """A unit at home because its house is of a kind of units at home."""
    register.do("establishment.put", {"id": "e-pad", "name": "Pas à pas", "territory": "dts-1",
                                      "establishment_kind": "pad"})
    register.do("unit.put", {"id": "u-pad", "establishment": "e-pad", "name": "P",
                             "fallback": "u-1"})
    return register


@pytest.mark.parametrize("op, params", [
    ("establishment.put", {"id": "e-pad", "name": "Pas à pas", "territory": "dts-1",
                           "establishment_kind": "mecs"}),
    ("establishment_kind.put", {"code": "pad", "finess_categories": [], "ttl_s": 86400,
                                "modality": "internat"}),
])
def test_a_house_that_changes_its_kind(kind, op, params):
    reply = kind.do(op, params)
    assert kinds(kind, reply)[-1] == ("unit", "u-pad")
    unit = kind.unit("u-pad")
    assert unit["modality"] == "internat" and "fallback" not in unit


def test_a_house_that_stays_what_it_is_keeps_its_beds(kind):
    kind.do("establishment.put", {"id": "e-pad", "name": "Pas après pas", "territory": "dts-2",
                                  "establishment_kind": "pad"})
    kind.do("establishment.put", {"id": "e-1", "name": "Les Saules", "territory": "dts-2",
                                  "establishment_kind": "mecs"})
    assert kind.unit("u-pad")["fallback"] == "u-1"
