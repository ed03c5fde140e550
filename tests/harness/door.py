# SPDX-License-Identifier: EUPL-1.2
"""A client of the line door for tests: asyncio, real TLS, one JSON object per line.

It keeps nothing that a test does not ask for: requests are awaited, notifications go to a callback.
Answers and notifications are held to the schemas of proto/ when `strict`.
"""
import asyncio
import functools
import gc
import json
import os
import ssl
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "..", "proto"))

import validate  # noqa: E402


class Refused(Exception):
    """An error answer; .type, .detail and .data are the protocol's."""

    def __init__(self, error):
        super().__init__(json.dumps(error))
        self.error = error
        self.data = error["data"]
        self.type = self.data["type"]
        self.detail = self.data.get("detail")

    @property
    def errors(self):
        """[(pointer, detail)]"""
        return [(e["pointer"], e["detail"]) for e in self.data.get("errors", [])]


class Gone(Exception):
    """The connection ended before the answer: the outcome is unknown."""


def trusting(ca, certificate=None):
    """A TLS context that trusts this authority; certificate: (PEM, key) to show."""
    context = ssl.create_default_context(cafile=str(ca))
    if certificate:
        context.load_cert_chain(*map(str, certificate))
    return context


def run(coroutine, patience_s=120):
    """Runs it to its end and leaves no connection open. Fails when a door heard what was wrong."""
    async def whole():
        try:
            result = await asyncio.wait_for(coroutine, patience_s)
            for door in Door.opened:
                if door.trouble:
                    raise door.trouble
            return result
        finally:
            tasks = [door.task for door in Door.opened]
            for door in Door.opened:
                door.cut()
            Door.opened.clear()
            await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), patience_s)
    try:
        return asyncio.run(whole())
    finally:
        gc.collect()  # now, not while pytest reads the sources of a failure (CPython gh-106905)


def asynchronous(test):
    """A test that is a coroutine."""
    @functools.wraps(test)
    def runs(*arguments, **named):
        run(test(*arguments, **named))
    return runs


class Door:
    """One connection. tls: of trusting(); strict: whether what comes is validated."""

    opened = []  # of this run()

    def __init__(self, port, tls, token=None, name="test/1", strict=False):
        self.port, self.tls, self.token, self.name = port, tls, token, name
        self.strict = strict
        self.answers = {}  # id: (method, future)
        self.at_once = {}  # id: called before anything that follows the answer is heard
        self.next_id = 0
        self.on_notification = lambda method, params: None
        self.received = None  # every byte, when it is a bytearray
        self.trouble = None  # what was wrong in what came
        self.bye = None
        self.greeting = None
        self.closed = asyncio.Event()
        self.greeted = asyncio.Event()

    async def open(self):
        """The connection, without a hello of ours."""
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.tls, server_hostname="localhost", limit=1 << 20)
        self.task = asyncio.create_task(self._read())
        Door.opened.append(self)
        return self

    async def connect(self):
        """The answer to hello."""
        await self.open()
        return await self.hello()

    async def hello(self, **params):
        if self.token:
            params.setdefault("token", self.token)
        return await self.call("hello", **{"protocol": [1, 1], "client": self.name, **params})

    async def _read(self):
        try:
            while (line := await self.reader.readline()).endswith(b"\n"):  # else it was cut off
                if self.received is not None:
                    self.received += line
                self._hear(json.loads(line))
        except (OSError, asyncio.IncompleteReadError):
            pass
        except Exception as trouble:  # the test that looks at .trouble fails
            self.trouble = trouble
            raise
        finally:
            self.closed.set()
            self.greeted.set()
            for _, waiting in self.answers.values():
                if not waiting.done():
                    waiting.set_exception(Gone())
            self.writer.close()

    def _hear(self, message):
        if "method" in message and "id" in message:  # the server's echo
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": message["params"]})
        elif "method" in message:
            self._notified(message["method"], message["params"])
        elif message["id"] in self.answers:
            self._answered(*self.answers.pop(message["id"]), message)
        else:
            self.on_notification(None, message)

    def _notified(self, method, params):
        if self.strict:
            validate.validate("notify." + method, "", params, strict=True)
        if method == "bye":
            self.bye = params
        elif method == "hello":
            self.greeting = params
            self.greeted.set()
        self.on_notification(method, params)

    def _answered(self, method, waiting, message):
        if self.strict and "error" in message:
            validate.validate("error", "", message["error"], strict=True)
        elif self.strict:
            validate.validate(method, "result", message["result"], strict=True)
        at_once = self.at_once.pop(message["id"], None)
        if at_once:
            at_once(message.get("result"))
        if waiting.done():
            return
        if "error" in message:
            waiting.set_exception(Refused(message["error"]))
        else:
            waiting.set_result(message["result"])

    def send(self, message):
        self.write(json.dumps(message).encode() + b"\n")

    def write(self, data):
        self.writer.write(data)

    def ask(self, method, params, at_once=None):
        """Sends a request; its answer's future."""
        if self.closed.is_set():
            raise Gone()
        self.next_id += 1
        waiting = asyncio.get_running_loop().create_future()
        self.answers[self.next_id] = (method, waiting)
        if at_once:
            self.at_once[self.next_id] = at_once
        self.send({"jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params})
        return waiting

    async def call(self, method, /, **params):
        return await self.ask(method, params)

    async def refused(self, method, /, **params):
        """The refusal of a request that must be refused."""
        try:
            result = await self.ask(method, params)
        except Refused as refusal:
            return refusal
        raise AssertionError("%s was taken: %s" % (method, result))

    async def pages(self, method, member, /, **params):
        """Every item of a paged answer, and the last page."""
        items, cursor = [], {}
        while True:
            page = await self.call(method, **params, **cursor)
            items += page[member]
            if page["next"] is None:
                return items, page
            cursor = {"cursor": page["next"]}

    def cut(self):
        """Ends the connection at once, without a word."""
        if not self.closed.is_set():
            self.writer.transport.abort()

    async def close(self):
        self.writer.close()
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def __aenter__(self):
        await self.connect()
        return self

    async def __aexit__(self, *_):
        await self.close()


class Copy:
    """A subscription's copy, complete at its last mark."""

    def __init__(self, name="a"):
        self.name = name
        self.records = {}
        self.token = None
        self.mark = None
        self.ahead = {}
        self.marks = 0
        self.subscribed = None
        self.heard = asyncio.Condition()
        self.on_mark = lambda copy: None
        self.tasks = set()

    @property
    def revision(self):
        return int(self.token.rpartition(".")[2]) if self.token else -1

    def notification(self, method, params):
        if params.get("sub") != self.name:
            return
        if method == "delta":
            for record in params["set"]:
                self.ahead[record["id"]] = record
            for gone in params["gone"]:
                self.ahead.pop(gone, None)
        elif method == "start":
            self.ahead = {}
        elif method == "mark":
            self.records = dict(self.ahead)
            self.token = params["upto"]
            self.mark = params
            self.marks += 1
            self.on_mark(self)
            task = asyncio.create_task(self._tell())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _tell(self):
        async with self.heard:
            self.heard.notify_all()

    async def until(self, condition):
        """Waits for the first mark at which condition(copy) holds."""
        async with self.heard:
            await self.heard.wait_for(lambda: self.mark is not None and condition(self))

    async def follow(self, door, filter=None):
        """Subscribes, from the last mark when there is one."""
        door.on_notification = self.notification
        params = {"sub": self.name}
        if filter is not None:
            params["filter"] = filter
        if self.token:
            params["since"] = self.token

        def answered(result):
            resumed = result is not None and result["resumed"]
            self.ahead = dict(self.records) if resumed else {}

        self.subscribed = await door.ask("subscribe", params, answered)
        return self.subscribed
