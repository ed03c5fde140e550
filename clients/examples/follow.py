#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Follows all that an account may see, across lost connections and restarts of the server: one
line of JSON for each mark, with what has changed since the line before.

    follow.py https://ugo.example:8443 TOKEN-FILE [CA.pem]
"""
import http.client
import json
import ssl
import sys
import time


def events(host, token, tls, seen):
    connection = http.client.HTTPSConnection(host, context=tls, timeout=30)  # a mark every 5 s
    headers = {"Authorization": "Bearer " + token, **({"Last-Event-ID": seen} if seen else {})}
    connection.request("GET", "/v1/events", headers=headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise (SystemExit if answer.status < 429 else OSError)(answer.read().decode())
    event = {}
    for line in answer:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if not name and event:  # an empty line ends an event
            yield event.get("event"), event.get("id"), json.loads(event.get("data", "{}"))
            event = {}
        elif name:
            event[name] = value


def follow(host, token, tls):
    seen, change = None, {}  # seen: the last mark, up to which everything was told
    while True:
        try:
            for event, mark, body in events(host, token, tls, seen):
                if event == "start":  # what came behind the last mark is forgotten, or sent again
                    change = {"from_nothing": not body["resumed"], "set": [], "gone": []}
                elif event == "delta":
                    change["set"] += body["set"]
                    change["gone"] += body["gone"]
                elif event == "mark":
                    seen = mark
                    print(json.dumps({"upto": seen, **change}), flush=True)
                    change = {"from_nothing": False, "set": [], "gone": []}
                elif event == "bye" and body["retry_ms"] is None:
                    raise SystemExit(body["code"])
        except (OSError, http.client.HTTPException):
            pass  # lost, or not there yet: go on from the last mark
        time.sleep(1)


if __name__ == "__main__":
    with open(sys.argv[2], encoding="ascii") as file:
        follow(sys.argv[1].rpartition("/")[2], file.read().strip(),
               ssl.create_default_context(cafile=sys.argv[3] if len(sys.argv) > 3 else None))
