# SPDX-License-Identifier: EUPL-1.2
"""openapi.yaml, made from the table of routes (server/http/route.c) and the schemas:

    openapi.py --write

What the operations mean stands in PROTOCOL.md; here is how HTTP carries them."""

import json
import pathlib
import re
import sys

import yaml

HERE = pathlib.Path(__file__).parent
ROUTES = HERE.parent / "server" / "http" / "route.c"

SUMMARIES = {
    "me": "Who am I, and what may I see",
    "unit.list": "The units that one may see",
    "unit.get": "One unit",
    "unit.declare": "Say how many places are free",
    "unit.confirm": "Say that nothing has changed",
    "unit.report_wrong": "Say that the figures were found wrong",
    "hold_policy.put": "How long holds of a unit last, and what ends them",
    "search": "Places for these children, the best first, with reasons",
    "hold.create": "Ask one or several units to keep places",
    "hold.list": "Holds that one may see",
    "hold.get": "One hold",
    "hold.accept": "Say yes to who asked",
    "hold.refuse": "Say no, with a code",
    "hold.release": "Give back what was kept",
    "hold.extend": "Ask for more time",
    "hold.withdraw": "Take an acceptance back, with a code",
    "hold.arrive": "The children are there",
    "request.open": "Say that a place is needed",
    "request.list": "Requests that one may see",
    "request.get": "One request",
    "request.update": "Change what is needed",
    "request.close": "Nothing is needed any more, with a code",
    "request.decline": "Say no to an offer",
    "request.certificate": "The whole history of a request, verifiable",
    "mission.create": "Send a team for an accepted hold",
    "mission.list": "Missions that one may see",
    "mission.get": "One mission",
    "mission.assign": "Give it to a team",
    "mission.start": "The team leaves",
    "mission.arrive": "The team is with the child",
    "mission.hand_over": "The child is handed over at the place",
    "mission.cancel": "Call it off",
    "on_call": "Who is on call",
    "movement.plan": "Plan an entry, an exit, a transfer, a closing, an opening, a sequence",
    "movement.list": "Movements that one may see",
    "movement.cancel": "What was planned will not be",
    "movement.done": "What was planned has happened",
    "movement.entry": "Somebody came in",
    "movement.exit": "Somebody left",
    "movement.transfer": "Somebody moved from one unit to another",
    "commune.find": "Communes by name, postcode or number",
    "territory.find": "Names of territories",
    "journal.list": "What was searched for and asked, and what came of it",
    "journal.statistics": "Delays, refusals and outcomes over a time",
    "occupancy": "How full, by territory and kind",
    "occupancy.history": "How full it was, day by day",
    "place_days": "Place-days, used and empty",
    "alert.list": "Thresholds of occupancy, and which are crossed",
    "alert.put": "Say from which occupancy on one wants to know",
    "alert.delete": "That threshold is none any more",
    "outlines": "Outlines of territories, to be drawn",
    "equipment": "Places for a thousand inhabitants aged 0 to 20",
    "history": "What changed, by whom",
    "account.list": "Accounts",
    "account.get": "One account",
    "account.put": "Make an account, or change it",
    "account.disable": "Let an account in no more",
    "credential.list": "What accounts prove themselves with; no secrets",
    "credential.put": "A token, made and shown once; or a certificate, by its digest",
    "credential.revoke": "Let nobody in by it any more",
    "password.put": "A new password, made and shown once",
    "password.clear": "Take an account's password away",
    "totp.put": "A new second factor, made and shown once",
    "totp.clear": "Take an account's second factor away",
    "link.put": "An address that answers one question, made and shown once",
    "reminder.list": "Rules by which establishments are reminded",
    "reminder.put": "Make a rule of reminders, or change it",
    "reminder.delete": "Take a rule of reminders away",
    "session.list": "Sessions that last",
    "session.close": "End a session",
    "territory.list": "Territories",
    "territory.put": "Make a territory, or change it",
    "establishment_kind.list": "Kinds of establishment",
    "establishment_kind.put": "Make a kind of establishment, or change it",
    "establishment.list": "Establishments that one may see",
    "establishment.describe": "What a put would say to leave an establishment as it is",
    "establishment.put": "Make an establishment, or change it",
    "establishment.close": "An establishment and its units are there no more",
    "unit.describe": "What a put would say to leave a unit as it is",
    "unit.put": "Make a unit, or change what it is",
    "unit.close": "A unit is there no more",
    "calendar.list": "Calendars that one may see",
    "calendar.put": "When the offices of a département are open",
    "rota.list": "Who is on call when",
    "rota.put": "Put somebody on call",
    "rota.delete": "Take an entry of the rota away",
}

# What the door answers itself.
OWN = {
    "EVENTS GET": "events",
    "LOGIN POST": "login",
    "LOGOUT POST": "logout",
    "SESSION GET": "session",
    "PASSWORD POST": "own_password",
    "LINK GET": "link",
    "LINK POST": "link.answer",
}


def tables():
    """{operation: [names of the tables that it gives as text/csv]} (server/http/csv.c)"""
    found = {}
    for operation, name in re.findall(r'^    \{"([a-z_.]+)",\s+"(\w+)",',
                                      (HERE.parent / "server/http/csv.c").read_text(), re.M):
        found.setdefault(operation, []).append(name)
    return found


def routes():
    """(method, path, operation) of each route, in the order of the table."""
    row = r'\{HTTP_([A-Z]+), "([^"]+)", (?:"([a-z_.]+)"|NULL, ROUTE_([A-Z]+))\}'
    return [(method.lower(), path, operation or OWN[own + " " + method])
            for method, path, operation, own in re.findall(row, ROUTES.read_text())]


def ref(where):
    return {"$ref": where}


def component(kind, name):
    return ref("#/components/%s/%s" % (kind, name))


def field(name, where, description, required=False):
    """A field of a request's head."""
    made = {"name": name, "in": "header", "description": description, "schema": where}
    return {**made, "required": True} if required else made


VALUES = "schemas/values.json#/$defs/"
FIELDS = {
    "after": field("Ugo-After", ref(VALUES + "position"),
                   "The answer is not older than this position; the member `after` says the same."),
    "idempotency_key": field("Idempotency-Key", ref(VALUES + "key"),
                             "Sent again with this key it is done once; the member"
                             " `idempotency_key` says the same."),
    "if_revision": field("If-Match", {"type": "string", "pattern": '^"[1-9][0-9]*"$'},
                         "Only if the record is still at this revision."),
    "if_none_match": field("If-None-Match", {"type": "string"}, "Tags one has: answered 304."),
    "separator": {"name": "separator", "in": "query",
                  "description": "With text/csv: between cells; semicolon when not said, with"
                                 " decimal commas.",
                  "schema": {"enum": ["semicolon", "comma", "tab"]}},
    "last_event_id": field("Last-Event-ID", ref(VALUES + "since"),
                           "The last mark one has seen; counts more than `since`."),
    "anti_forgery": field("Ugo-Anti-Forgery", {"type": "string"},
                          "With a cookie: what login and session answered as `anti_forgery`."),
}


def schema_of(operation):
    return json.loads((HERE / "schemas" / (operation + ".json")).read_text())


def resolve(schema):
    """What a schema is at bottom, through values.json."""
    while "$ref" in schema:
        file, _, pointer = schema["$ref"].partition("#/$defs/")
        whole = json.loads((HERE / "schemas" / (file or "values.json")).read_text())
        schema = whole["$defs"][pointer] if pointer else whole
    return schema


def in_query(operation, name, schema, required):
    where = ref("schemas/%s.json#/$defs/params/properties/%s" % (operation, name))
    types = [resolve(s).get("type") for s in schema.get("anyOf", [schema])]
    made = {"name": name, "in": "query"}
    if required:
        made["required"] = True
    if "array" in types:
        return {**made, "style": "form", "explode": False, "schema": where}
    if "object" in types:
        return {**made, "content": {"application/json": {"schema": where}}}
    return {**made, "schema": where}


def in_path(operation, name):
    where = ref("schemas/%s.json#/$defs/params/properties/%s" % (operation, name))
    return {"name": name, "in": "path", "required": True, "schema": where}


def body(operation, params, path_members):
    """The params without what the path gives."""
    base = "schemas/%s.json#/$defs/params" % operation
    if path_members:
        required = [m for m in params.get("required", []) if m not in path_members]
        schema = {"type": "object",
                  "properties": {m: ref(base + "/properties/" + m) for m in params["properties"]
                                 if m not in path_members},
                  **({"required": required} if required else {}),
                  "additionalProperties": False}
        for rule in ("oneOf", "anyOf", "allOf"):
            if rule in params:
                schema[rule] = [ref("%s/%s/%d" % (base, rule, i))
                                for i in range(len(params[rule]))]
    else:
        required, schema = params.get("required", []), ref(base)
    needed = bool(required) or any(rule in params for rule in ("oneOf", "anyOf", "allOf"))
    return {"required": needed, "content": {"application/json": {"schema": schema}}}


def answer(schema, description, **fields):
    return {"description": description,
            **({"headers": fields} if fields else {}),
            "content": {"application/json": {"schema": schema}}}


POSITION = {"description": "Where the answer stands in the history.",
            "schema": ref(VALUES + "position")}
TAG = {"description": "Of a unit its revision, of outlines their version.",
       "schema": {"type": "string"}}


def of_operation(method, path, operation):
    params = schema_of(operation)["$defs"]["params"]
    path_members = re.findall(r"\{(\w+)\}", path)
    made = {"operationId": operation, "summary": SUMMARIES.get(operation, operation)}
    parameters = [in_path(operation, m) for m in path_members]
    fields = [m for m in ("after", "idempotency_key", "if_revision") if m in params["properties"]]
    if method == "get":
        parameters += [in_query(operation, m, s, m in params.get("required", []))
                       for m, s in params["properties"].items()
                       if m not in path_members]
    if operation in ("unit.get", "outlines"):
        fields.append("if_none_match")
    if operation in tables():
        parameters.append({"name": "table", "in": "query", "schema": {
            "enum": tables()[operation]}, "description": "With text/csv: which; else the first."})
        fields.append("separator")
    if method != "get":
        fields.append("anti_forgery")
    made["parameters"] = parameters + [component("parameters", m) for m in fields]
    if method != "get":
        made["requestBody"] = body(operation, params, path_members)
    shown = {"Ugo-Position": component("headers", "position")}
    if operation in ("unit.get", "outlines"):
        shown["ETag"] = component("headers", "tag")
    made["responses"] = {
        "200": answer(ref("schemas/%s.json#/$defs/result" % operation), "Done.", **shown)}
    if operation in tables():
        made["responses"]["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
    if operation in ("unit.get", "outlines"):
        made["responses"]["304"] = {"description": "One has it already.",
                                    "headers": {"ETag": component("headers", "tag")}}
    made["responses"]["default"] = component("responses", "problem")
    return made


def of_link(made, name, problem):
    made = {**made, "security": [{"link": []}],
            "summary": "What a link asks" if name == "link" else "Answer what a link asks"}
    if name != "link":
        made["parameters"] = [component("parameters", "idempotency_key")]
        made["requestBody"] = {"required": True, "content": {"application/json": {
            "schema": {"anyOf": [component("schemas", "link_declares"),
                                 component("schemas", "link_decides")]}}}}
    made["responses"] = {"200": answer(component("schemas", "link"), "Done."), "default": problem}
    return made


def of_door(name):
    problem = component("responses", "problem")
    session = component("schemas", "session")
    if name == "events":
        params = schema_of("subscribe")["$defs"]["params"]["properties"]
        return {
            "operationId": "events",
            "summary": "What changes, as Server-Sent Events; PROTOCOL.md, The HTTPS door",
            "parameters": [*(in_query("subscribe", m, params[m], False)
                             for m in ("filter", "since", "after")),
                           component("parameters", "last_event_id")],
            "responses": {"200": {
                "description": "Events `start`, `delta`, `mark` (whose id resumes), `bye`.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}}},
                "default": problem}}
    made = {"operationId": name}
    if name.startswith("link"):
        return of_link(made, name, problem)
    if name == "login":
        return {**made, "summary": "Open a session with a password and a code", "security": [],
                "requestBody": {"required": True, "content": {"application/json": {
                    "schema": component("schemas", "login")}}},
                "responses": {"200": answer(
                    session, "The session's cookie is set.",
                    **{"Set-Cookie": {"schema": {"type": "string"}}}), "default": problem}}
    if name == "logout":
        return {**made, "summary": "End the session", "security": [{"session": []}],
                "parameters": [component("parameters", "anti_forgery")],
                "requestBody": {"required": False, "content": {"application/json": {
                    "schema": component("schemas", "nothing")}}},
                "responses": {"200": answer(
                    component("schemas", "nothing"), "The cookie is taken back.",
                    **{"Set-Cookie": {"schema": {"type": "string"}}}), "default": problem}}
    if name == "own_password":
        return {**made, "summary": "Change one's own password",
                "parameters": [component("parameters", "anti_forgery")],
                "requestBody": {"required": True, "content": {"application/json": {
                    "schema": component("schemas", "own_password")}}},
                "responses": {"200": answer(component("schemas", "done"), "It is another one."),
                              "default": problem}}
    return {**made, "summary": "The session that one has",
            "responses": {"200": answer(session, "It lasts."), "default": problem}}


def components():
    text = {"type": "string"}
    types = resolve({"$ref": "error.json"})["properties"]["data"]["properties"]["type"]["enum"]
    return {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "For programs."},
            "session": {"type": "apiKey", "in": "cookie", "name": "__Host-ugo",
                        "description": "For browsers: login sets it."},
            "link": {"type": "http", "scheme": "link",
                     "description": "The secret of an address /l/SECRET."}},
        "parameters": FIELDS,
        "headers": {"position": POSITION, "tag": TAG},
        "responses": {"problem": {
            "description": "An error (RFC 9457).",
            "content": {"application/problem+json": {"schema": component("schemas", "problem")}}}},
        "schemas": {
            "problem": {
                "type": "object", "required": ["type", "title", "status"],
                "properties": {
                    "type": {"enum": ["urn:ugo:error:" + name for name in types]},
                    "title": text, "status": {"type": "integer", "minimum": 400, "maximum": 599},
                    "detail": ref(VALUES + "code"), "errors": ref(VALUES + "error_items")}},
            "nothing": {"type": "object", "maxProperties": 0},
            "done": {"type": "object", "required": ["done", "position"],
                     "properties": {"done": {"const": True}, "position": ref(VALUES + "position")}},
            "own_password": {
                "type": "object", "required": ["old", "new"],
                "properties": {"old": {**text, "minLength": 1, "maxLength": 256},
                               "new": {**text, "minLength": 12, "maxLength": 256}},
                "additionalProperties": False},
            "link": {
                "type": "object",
                "required": ["question", "unit_name", "establishment_name", "expires_at", "now"],
                "properties": {"question": {"enum": ["declare", "hold"]},
                               "unit_name": {"type": ["string", "null"]},
                               "establishment_name": {"type": ["string", "null"]},
                               "expires_at": ref(VALUES + "instant"),
                               "now": ref(VALUES + "instant"), "unit": ref("schemas/unit.json"),
                               "hold": ref("schemas/hold.json")}},
            "link_declares": {
                "type": "object",
                "properties": {"unchanged": {"type": "boolean"},
                               **{m: ref("schemas/unit.declare.json#/$defs/params/properties/" + m)
                                  for m in ("free", "occupied", "open", "observed_at")}},
                "additionalProperties": False},
            "link_decides": {
                "type": "object",
                "properties": {
                    "accept": {"type": "boolean"},
                    "refuse": ref("schemas/hold.refuse.json#/$defs/params/properties/code"),
                    "arrive_by": ref("schemas/hold.accept.json#/$defs/params/properties/"
                                     "arrive_by")},
                "additionalProperties": False},
            "login": {
                "type": "object", "required": ["account", "password"],
                "properties": {"account": ref(VALUES + "account"),
                               "password": {**text, "minLength": 1, "maxLength": 256},
                               "totp": {"type": ["string", "null"], "minLength": 1,
                                        "maxLength": 10}},
                "additionalProperties": False},
            "session": {
                "type": "object", "required": ["account", "name", "role", "expires_at"],
                "properties": {
                    "account": ref(VALUES + "account"), "name": {"type": ["string", "null"]},
                    "role": ref(VALUES + "role"),
                    "anti_forgery": {**text, "description": "of a session: for Ugo-Anti-Forgery"},
                    "idle_s": {"type": "integer", "description": "it ends unused after so long"},
                    "expires_at": {"anyOf": [ref(VALUES + "instant"), {"type": "null"}]}}}}}


def document():
    paths = {}
    for method, path, operation in routes():
        made = of_door(operation) if operation in OWN.values() \
            else of_operation(method, path, operation)
        paths.setdefault(path, {})[method] = made
    return {
        "openapi": "3.1.0",
        "info": {"title": "ugo", "version": "1", "license": {"name": "EUPL-1.2",
                                                              "identifier": "EUPL-1.2"},
                 "description": "The registry of free places, at its HTTPS door. What operations"
                                " mean, who may ask them, and streams: PROTOCOL.md."},
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": components(),
    }


class Plain(yaml.SafeDumper):
    """Without anchors: what is said twice is written twice."""

    def ignore_aliases(self, data):
        return True


def text():
    head = "# SPDX-License-Identifier: EUPL-1.2\n# Made by openapi.py --write; not to be edited.\n"
    return head + yaml.dump(document(), Dumper=Plain, sort_keys=False, width=88,
                            allow_unicode=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        (HERE / "openapi.yaml").write_text(text())
    else:
        sys.stdout.write(text())
