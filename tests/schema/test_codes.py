# SPDX-License-Identifier: EUPL-1.2
"""Every closed list of server/core/codes.h is the schema's."""
import pathlib
import re

CODES_H = pathlib.Path(__file__).parents[2] / "server/core/codes.h"

# Macro of codes.h: list of ugo.code_list(), or table.
LISTS = {
    "ROLES": "role", "MODALITIES": "modality", "NEEDS": "need", "TRISTATES": "tristate",
    "UNIT_SEXES": "sex", "ADMISSIONS": "admission", "VISIBILITIES": "visibility",
    "REQUEST_STATES": "request_state", "HOLD_STATES": "hold_state",
    "MISSION_STATES": "mission_state", "DUTIES": "duty", "OFFER_STATES": "offer_state",
    "HOLD_ENDS": "hold_end", "MOVEMENT_TYPES": "movement_type",
    "MOVEMENT_STATES": "movement_state", "WEEKS": "weeks",
}
TABLES = {
    "CLOSED_REASONS": "closed_reason", "DEROGATIONS": "derogation", "LEGAL_FRAMES": "legal_frame",
    "REFUSALS": "refusal", "WITHDRAWALS": "withdrawal", "REQUEST_ENDS": "request_end",
    "MOVEMENT_CODES": "movement_code",
}


def macro(name):
    body = re.search(rf"#define {name}\(X\)((?:.*\\\n)*.*\n)", CODES_H.read_text())[1]
    codes = re.findall(r'X\(\w+, "(\w+)"\)', body)
    assert codes, name
    # What a column may leave NULL is a code of its own in C.
    return codes[1:] if codes[0] == "unknown" and name != "TRISTATES" else codes


def test_every_list_is_compared():
    named = re.findall(r"^#define (\w+)\(X\)", CODES_H.read_text(), re.M)
    assert set(named) == LISTS.keys() | TABLES.keys()


def test_code_lists_are_the_schemas(register):
    for name, code_list in LISTS.items():
        (row,) = register.query(f"SELECT ugo.code_list('{code_list}')")
        assert macro(name) == row[0], name


def test_code_tables_are_the_schemas(register):
    for name, table in TABLES.items():
        rows = register.query(f"SELECT code FROM ugo.{table}")
        assert set(macro(name)) == {code for code, in rows}, name
