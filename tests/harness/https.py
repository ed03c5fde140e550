# SPDX-License-Identifier: EUPL-1.2
"""A client of the HTTPS door for tests: synchronous, and no cleverer than a test wants it to be.

    with Https(register.https, register.tls_context, token="…") as door:
        answer = door.get("/v1/me")             # .status, .fields, .json
        door.send(b"GET / HTT"); door.answer()  # any bytes; what they are answered with
        for event in door.events(): …           # (name, id, data)
"""
import json
import socket
import ssl

from harness.daemon import PATIENCE_S


class Ended(Exception):
    """The connection ended where an answer was awaited; what came of it so far."""


class Answer:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def detail(self):
        return self.json.get("detail")

    @property
    def errors(self):
        """[(pointer, detail)]"""
        return [(e["pointer"], e["detail"]) for e in self.json["errors"]]

    def __repr__(self):
        return "%d %r" % (self.status, self.body)


class Https:
    """One connection."""

    def __init__(self, port, tls, token=None, cookie=None, forgery=None):
        self.own = {}
        if token:
            self.own["Authorization"] = "Bearer " + token
        if cookie:
            self.own["Cookie"] = "__Host-ugo=" + cookie
        if forgery:
            self.own["Ugo-Anti-Forgery"] = forgery
        self.host = "localhost:%d" % port
        raw = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        try:
            self.socket = tls.wrap_socket(raw, server_hostname="localhost")
        except (OSError, ssl.SSLError):
            raw.close()
            raise
        self.input = self.socket.makefile("rb")

    def close(self):
        self.input.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # bytes

    def send(self, data):
        """False: the other side has hung up."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def answer(self, of="GET"):
        """The next answer; of: the method it answers."""
        status, fields = self.head()
        length = int(fields.get("content-length", 0))
        empty = of == "HEAD" or status in (204, 304)
        body = b"" if empty else self.input.read(length)
        if len(body) < length and not empty:
            raise Ended(body)
        return Answer(status, fields, body)

    def head(self):
        line = self.input.readline()
        if not line.endswith(b"\r\n"):
            raise Ended(line)
        version, status, _ = line.decode().split(" ", 2)
        assert version == "HTTP/1.1"
        fields = {}
        while (line := self.input.readline()) != b"\r\n":
            if not line.endswith(b"\r\n"):
                raise Ended(line)
            name, _, value = line.decode().rstrip("\r\n").partition(": ")
            assert name.lower() not in fields, "twice: " + name
            fields[name.lower()] = value
        return int(status), fields

    def rest(self):
        """What comes before the other side hangs up."""
        try:
            return self.input.read()
        except OSError:
            return b""

    # requests

    def request(self, method, path, body=None, **fields):
        """fields: If_Match="…" is If-Match."""
        lines = {"Host": self.host, **self.own}
        lines.update((name.replace("_", "-"), value) for name, value in fields.items())
        content = b"" if body is None else json.dumps(body).encode()
        if body is not None:
            lines.setdefault("Content-Type", "application/json")
            lines["Content-Length"] = str(len(content))
        head = "".join("%s: %s\r\n" % item for item in lines.items() if item[1] is not None)
        self.send(("%s %s HTTP/1.1\r\n%s\r\n" % (method, path, head)).encode() + content)

    def call(self, method, path, body=None, **fields):
        self.request(method, path, body, **fields)
        return self.answer(method)

    def get(self, path, **fields):
        return self.call("GET", path, **fields)

    def put(self, path, body, **fields):
        return self.call("PUT", path, body, **fields)

    def post(self, path, body=None, **fields):
        return self.call("POST", path, body, **fields)

    # streams

    def events(self, query="", **fields):
        """Begins a stream; its events, up to its end."""
        self.request("GET", "/v1/events" + query, **fields)
        status, head = self.head()
        if status != 200:
            body = self.input.read(int(head["content-length"]))
            raise Ended(Answer(status, head, body))
        return events_of(self.input)


def events_of(lines):
    """(name, id or None, data) of each event in lines (bytes)."""
    event = {}
    for line in lines:
        if not line.endswith(b"\n"):
            return  # cut off
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            event[name] = value
        elif "event" in event:
            yield event["event"], event.get("id"), json.loads(event["data"])
            event = {}


class EventCopy:
    """A stream's copy, complete at its last mark; told event by event."""

    def __init__(self):
        self.records, self.ahead, self.token = {}, {}, None
        self.resumed = []

    @property
    def revision(self):
        return int(self.token.rpartition(".")[2]) if self.token else -1

    def hear(self, name, mark, body):
        """True: this was a mark."""
        if name == "start":
            self.resumed.append(body["resumed"])
            self.ahead = dict(self.records) if body["resumed"] else {}
        elif name == "delta":
            self.change(body["set"], body["gone"])
        elif name == "mark":
            assert mark == body["upto"]
            self.records, self.token = dict(self.ahead), mark
        return name == "mark"

    def change(self, changed, gone):
        for record in changed:
            self.ahead[record["kind"], record["id"]] = record
        for key in [key for key in self.ahead if key[1] in gone]:
            del self.ahead[key]
