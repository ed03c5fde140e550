# SPDX-License-Identifier: EUPL-1.2
"""Outlines and inhabitants of territories: what is kept, and what follows from it."""
import pytest

from asking import declared
from register import FORBIDDEN, OK, invalid

SQUARE = {"territory": "dts-1", "path": "M0 0l9 0 0 9-9 0z", "origin": [43.9, 0.4], "x_scale": 8092,
          "y_scale": 11120, "box": [0, 0, 9, 9]}
PEOPLE = {"territory": "mds-1", "from_ages": [0, 3, 18], "to_ages": [2, 17, 24],
          "numbers": [300, 1500, 700]}


def test_an_outline_is_kept(register):
    reply = register.do("outline.put", SQUARE)
    assert register.changes(reply["revision"]) == [("outline", "dts-1", {
        "path": SQUARE["path"], "origin": [43.9, 0.4], "x_scale": 8092, "y_scale": 11120,
        "box": [0, 0, 9, 9]})]
    assert register.do("outline.put", SQUARE) == OK
    assert register.do("outline.put", {**SQUARE, "x_scale": 1})["revision"]
    assert register.do("outline.put", SQUARE, "boss") == FORBIDDEN
    assert register.do("outline.put", SQUARE, "root")["type"] == "ok"


@pytest.mark.parametrize("member, value, detail", [
    ("territory", "d99", "unknown_reference"), ("path", "M0 0<script>", "wrong_format"),
    ("path", "M" * 100001, "out_of_range"), ("origin", [91, 0], "out_of_range"),
    ("x_scale", 0, "out_of_range"), ("y_scale", "1", "wrong_type"), ("path", None, "required"),
    ("box", [0, 0, 9], "out_of_range"), ("box", [9, 0, 0, 9], "out_of_range"),
    ("box", [0] * 5, "out_of_range")])
def test_what_is_no_outline(register, member, value, detail):
    assert register.do("outline.put", {**SQUARE, member: value}) == invalid("/" + member, detail)


def outlines(register, codes, after=None, page=10):
    rows = register.query("SELECT version, territory FROM ugo.outlines(%s, %s, %s)", codes, after,
                          page)
    return rows[0][0], [code for _, code in rows if code]


def test_outlines_in_pages_under_one_version(register):
    codes = ["d31", "dts-1", "dts-2", "mds-1"]
    nothing, none = outlines(register, codes)
    assert none == []
    for code in ("mds-1", "dts-1", "d31"):
        register.do("outline.put", {**SQUARE, "territory": code})
    version, all_of_them = outlines(register, codes)
    assert all_of_them == ["d31", "dts-1", "mds-1"] and version != nothing
    assert outlines(register, codes, None, 2) == (version, ["d31", "dts-1"])
    assert outlines(register, codes, "dts-1", 2) == (version, ["mds-1"])
    assert outlines(register, codes, "mds-1") == (version, [])
    assert outlines(register, codes[1:])[0] != version
    register.do("outline.put", {**SQUARE, "path": "M0 0l1 1z"})
    assert outlines(register, codes)[0] != version


def test_inhabitants_are_kept(register):
    reply = register.do("population.put", PEOPLE)
    assert register.changes(reply["revision"]) == [("population", "mds-1", {
        k: PEOPLE[k] for k in ("from_ages", "to_ages", "numbers")})]
    assert register.do("population.put", PEOPLE) == OK
    assert register.do("population.put", PEOPLE, "boss") == FORBIDDEN


@pytest.mark.parametrize("change, pointer, detail", [
    ({"from_ages": [0, 3, 17]}, "/from_ages/2", "reversed"),
    ({"from_ages": [0, 18, 18]}, "/from_ages/1", "reversed"),
    ({"to_ages": [2, 17]}, "/to_ages", "out_of_range"),
    ({"numbers": [1]}, "/numbers", "out_of_range"),
    ({"numbers": [1, 2, -3]}, "/numbers/2", "out_of_range"),
    ({"from_ages": [], "to_ages": [], "numbers": []}, "/from_ages", "out_of_range"),
    ({"to_ages": [2, 17, 151]}, "/to_ages/2", "out_of_range")])
def test_what_are_no_brackets(register, change, pointer, detail):
    assert register.do("population.put", {**PEOPLE, **change}) == invalid(pointer, detail)


def equipment(register, *codes):
    return {row[0]: row[1:] for row in register.query("SELECT * FROM ugo.equipment(%s)",
                                                      list(codes))}


def test_equipment(register):
    """18 to 24 is seven years, of which three are counted; a territory without figures of its own
    has those below it."""
    codes = ("d31", "dts-1", "dts-2", "mds-1")
    assert {row[0] for row in equipment(register, *codes).values()} == {None}
    register.do("population.put", PEOPLE)
    declared(register, "u-1", free=5, opened=10)
    found = equipment(register, *codes)
    assert found["mds-1"] == (2100, 2, 12, 10)
    assert found["dts-1"] == (2100, 2, 12, 10)
    assert found["dts-2"] == (None, 1, 0, 0)
    assert found["d31"] == (2100, 3, 12, 10)
    register.do("population.put", {"territory": "dts-2", "from_ages": [20, 21], "to_ages": [20, 99],
                                   "numbers": [40, 5000]})
    assert equipment(register, *codes)["d31"][0] == 2140
    register.do("population.put", {"territory": "d31", "from_ages": [0], "to_ages": [41],
                                   "numbers": [1000]})
    assert equipment(register, *codes)["d31"][0] == 500
    assert equipment(register, "dts-2") == {"dts-2": (40, 1, 0, 0)}
