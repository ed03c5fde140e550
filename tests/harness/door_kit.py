# SPDX-License-Identifier: EUPL-1.2
"""What the tests of the real line door share: registers of a small département, raw answers."""
import asyncio
import datetime
import json

import pytest

from harness.departement import departement
from harness.ugod import account, registers

HELLO = {"protocol": [1, 1], "client": "test/1"}


@pytest.fixture(name="new", scope="module")
def fixture_new():
    with registers([*departement(6), *account("gone", "astreinte", territories=["d31"])]) as new:
        yield new


@pytest.fixture(name="register", scope="module")
def fixture_register(new):
    with new(workers=1) as register:  # so that what one connection has seen, the next has too
        yield register


def instant(seconds=0):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


async def answer_to(door, line):
    """The answer with an id that no request of ours has."""
    heard = asyncio.get_running_loop().create_future()
    door.on_notification = lambda method, message: method or heard.done() or \
        heard.set_result(message)
    door.write(line + b"\n")
    return await heard


async def ended(door):
    await door.closed.wait()
    return door.bye and door.bye["code"]


def request(**members):
    return json.dumps({"jsonrpc": "2.0", "id": "x", "method": "me", **members}).encode()
