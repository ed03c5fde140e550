# SPDX-License-Identifier: EUPL-1.2
"""PROTOCOL.md, the schemas, the vectors and the codec's headers say the same.

`protocol_test.py --write` takes the examples of PROTOCOL.md over into vectors/examples.json."""

import json
import pathlib
import re
import sys

import jsonschema
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import openapi  # noqa: E402
import validate  # noqa: E402

HERE = validate.HERE
TEXT = (HERE / "PROTOCOL.md").read_text()
SCHEMAS = {path.stem: json.loads(path.read_text()) for path in validate.SCHEMAS.glob("*.json")}
OPERATIONS = sorted(name for name, s in SCHEMAS.items() if "params" in s.get("$defs", {}))
NOTIFICATIONS = sorted(n.split(".")[1] for n in SCHEMAS if n.startswith("notify."))


def examples():
    """(words after ```json, text) of every marked block."""
    found = re.findall(r"^```json ([a-z_. ]+)\n(.*?)^```$", TEXT, re.M | re.S)
    assert len(found) == TEXT.count("```json")
    return [(words.split(), text) for words, text in found]


def no_duplicates(pairs):
    assert len({k for k, _ in pairs}) == len(pairs), pairs
    return dict(pairs)


EXAMPLES = [
    (words, json.loads(text, object_pairs_hook=no_duplicates)) for words, text in examples()
]


def from_client(words, message):
    return words[0] == "request" or message.get("params") == {"code": "done"}


def example_vectors():
    """What the codec's test decodes: the examples, one line each."""
    return [
        {
            "line": json.dumps(message, ensure_ascii=False, separators=(",", ":")),
            "reader": "server" if from_client(words, message) else "client",
            "kind": words[0],
            "id": json.dumps(message.get("id")),
            "method": message.get("method", ""),
        }
        for words, message in EXAMPLES
        if words[0] != "record"
    ]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_schema_is_a_schema(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"].endswith(f"/{name}.json")


def test_references_lead_somewhere():
    for name, schema in SCHEMAS.items():
        for ref in re.findall(r'"\$ref": "([^"]+)"', json.dumps(schema)):
            file, _, path = ref.partition("#/$defs/")
            target = SCHEMAS[file.removesuffix(".json")] if file else schema
            assert not path or path in target["$defs"], f"{name}: {ref}"


@pytest.mark.parametrize("i", range(len(EXAMPLES)))
def test_example(i):
    words, message = EXAMPLES[i]
    kind = words[0]
    if kind == "record":
        return validate.validate("record", "", message, strict=True)
    validate.validate("message", kind, message, strict=True)
    if kind == "request":
        validate.validate(message["method"], "params", message.get("params", {}))
    elif kind == "result":
        validate.validate(words[1], "result", message["result"], strict=True)
    elif kind == "notification":
        validate.validate("notify." + message["method"], "", message["params"], strict=True)


def test_every_operation_is_specified_and_shown():
    headings = re.findall(r"^### ([a-z_.]+)$", TEXT, re.M)
    assert sorted(headings) == OPERATIONS
    shown = {m["method"] for words, m in EXAMPLES if words[0] == "request"}
    assert shown == set(OPERATIONS)
    notified = {m["method"] for words, m in EXAMPLES if words[0] == "notification"}
    assert notified == set(NOTIFICATIONS)


def members(schema):
    """Names of all members that a schema itself describes."""
    names = set()
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            names |= set(schema["properties"])
        for value in schema.values():
            names |= members(value)
    elif isinstance(schema, list):
        for value in schema:
            names |= members(value)
    return names


EVERYWHERE = {"after", "idempotency_key", "position", "as_of", "stale", "limit", "cursor", "next"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_member_is_in_the_operations_section(name):
    section = TEXT.split(f"\n### {name}\n")[1]
    section = re.split(r"\n##", section)[0]
    prose = re.sub(r"^```.*?^```$", "", section, flags=re.M | re.S)
    for same in re.findall(r"Result as `([a-z_.]+)`", prose):
        prose += "".join(f"`{m}`" for m in SCHEMAS[same]["$defs"]["result"]["properties"])
    for member in members(SCHEMAS[name]) - EVERYWHERE:
        assert f"`{member}`" in prose or f'"{member}"' in prose, f"{name}: {member}"


@pytest.mark.parametrize("name", ["unit", "establishment", "request", "hold", "mission", "calendar",
                                  "rota", "movement"])
def test_every_member_of_records_is_specified(name):
    section = TEXT.split("## 7. Records")[1].split("## 8.")[0]
    for member in members(SCHEMAS[name]) - set(SCHEMAS["values"]["$defs"]["need"]["enum"]):
        assert f"`{member}`" in section or f'"{member}"' in section, member


def table(heading):
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` ?°? \| (-?\d+) \| (\S*)", section, re.M)
    assert rows
    return rows


def test_errors_agree():
    header = (HERE / "error.h").read_text()
    rows = re.findall(r'X\(ERROR_\w+, "(\w+)", (-?\d+), (\d+),', header)
    assert rows == table("8. Errors")
    schema = SCHEMAS["error"]
    assert [row[0] for row in rows] == schema["properties"]["data"]["properties"]["type"]["enum"]
    assert [int(row[1]) for row in rows] == [
        one["properties"]["code"]["const"] for one in schema["oneOf"]
    ]


def test_limits_agree():
    header = (HERE / "limits.h").read_text()
    for name, value, _ in table("9. Limits"):
        found = re.search(rf"^#define LIMIT_{name.upper()} +(\(.*?\)|\w+)", header, re.M)
        assert found, name
        assert eval(found[1], {}) == int(value), name
    listed = {name for name, _, _ in table("9. Limits")}
    assert set(SCHEMAS["notify.hello"]["properties"]["limits"]["properties"]) <= listed


def test_closed_lists_are_the_servers():
    """The codes of the wire are those of the records behind it."""
    codes = (HERE.parent / "server/core/codes.h").read_text()
    defs = SCHEMAS["values"]["$defs"]
    for name, macro in (("role", "ROLES"), ("modality", "MODALITIES"), ("need", "NEEDS"),
                        ("closed_reason", "CLOSED_REASONS"), ("derogation", "DEROGATIONS"),
                        ("request_state", "REQUEST_STATES"), ("hold_state", "HOLD_STATES"),
                        ("mission_state", "MISSION_STATES"), ("duty", "DUTIES"),
                        ("legal_frame", "LEGAL_FRAMES"), ("refusal", "REFUSALS"),
                        ("withdrawal", "WITHDRAWALS"), ("request_end", "REQUEST_ENDS"),
                        ("hold_end", "HOLD_ENDS"), ("movement_type", "MOVEMENT_TYPES"),
                        ("movement_state", "MOVEMENT_STATES"), ("movement_code", "MOVEMENT_CODES")):
        body = re.search(rf"#define {macro}\(X\)((?:.*\\\n)*.*\n)", codes)[1]
        assert defs[name]["enum"] == re.findall(r'X\(\w+, "(\w+)"\)', body), name


def vectors(name):
    path = HERE / "vectors" / "params" / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else []


@pytest.mark.parametrize("name", OPERATIONS)
def test_params_vectors(name):
    cases = vectors(name)
    assert any(not case["errors"] for case in cases)
    assert any(case["errors"] for case in cases) or name == "echo"
    assert len({case["name"] for case in cases}) == len(cases)
    for case in cases:
        valid = validate.is_valid(name, "params", case["params"])
        assert valid == (not case["errors"]), f"{name}: {case['name']}"


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_param_is_refused_somewhere(name):
    """Each member of the params is, in some vector, what is wrong."""
    pointers = {e["pointer"] for case in vectors(name) for e in case["errors"]}
    for member in SCHEMAS[name]["$defs"]["params"].get("properties", {}):
        assert any(p == f"/{member}" or p.startswith(f"/{member}/") for p in pointers), member


def test_examples_are_vectors():
    written = json.loads((HERE / "vectors" / "examples.json").read_text())
    assert written == example_vectors(), "run protocol_test.py --write"


def test_openapi_is_made_of_these():
    assert (HERE / "openapi.yaml").read_text() == openapi.text(), "run proto/openapi.py --write"


if __name__ == "__main__":
    assert sys.argv[1:] == ["--write"]
    lines = ",\n".join(json.dumps(v, ensure_ascii=False) for v in example_vectors())
    (HERE / "vectors" / "examples.json").write_text(f"[\n{lines}\n]\n")
