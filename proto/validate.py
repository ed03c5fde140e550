# SPDX-License-Identifier: EUPL-1.2
"""The schemas of proto/schemas/, ready to use: validate("unit.declare", "params", {...}).

`strict` also refuses members that the schema of a result does not know: right for testing our own
server, wrong for a client."""

import datetime
import functools
import json
import pathlib
import re

import jsonschema

HERE = pathlib.Path(__file__).parent
SCHEMAS = HERE / "schemas"

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

formats = jsonschema.FormatChecker(formats=())


@formats.checks("date", raises=ValueError)
def is_date(text):
    if isinstance(text, str):
        datetime.date.fromisoformat(text)
        return DATE.fullmatch(text) is not None
    return True


@formats.checks("date-time", raises=ValueError)
def is_instant(text):
    if isinstance(text, str):
        datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
        return INSTANT.fullmatch(text) is not None
    return True


def closed(schema):
    """A copy that refuses unknown members of every object whose members are listed."""
    if isinstance(schema, list):
        return [closed(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    # What stands under a condition or an alternative lists some members only.
    copy = {k: v if k in ("if", "then", "oneOf", "allOf") else closed(v) for k, v in schema.items()}
    if schema.get("type") == "object" and "properties" in schema and "allOf" not in schema:
        copy.setdefault("additionalProperties", False)
    return copy


@functools.cache
def load(strict):
    """Every schema, by its $id."""
    schemas = {}
    for path in sorted(SCHEMAS.glob("*.json")):
        schema = json.loads(path.read_text())
        schemas[schema["$id"]] = closed(schema) if strict and path.stem != "error" else schema
    return schemas


@functools.cache
def validator(name, part="", strict=False):
    """For a schema's part: "params", "result", "request", …; "" is the schema itself."""
    schemas = load(strict)
    base = next(iter(schemas)).rsplit("/", 1)[0]
    where = f"{base}/{name}.json"
    if where not in schemas or (part and part not in schemas[where].get("$defs", {})):
        raise KeyError(f"no schema for {part} of {name}")
    resolver = jsonschema.RefResolver(where, schemas[where], store=schemas)
    ref = {"$ref": where + (f"#/$defs/{part}" if part else "")}
    return jsonschema.Draft202012Validator(ref, resolver=resolver, format_checker=formats)


def validate(name, part, value, strict=False):
    """Raises jsonschema.ValidationError."""
    validator(name, part, strict).validate(value)


def is_valid(name, part, value, strict=False):
    return validator(name, part, strict).is_valid(value)
