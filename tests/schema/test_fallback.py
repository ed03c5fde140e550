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
