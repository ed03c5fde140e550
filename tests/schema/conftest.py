# SPDX-License-Identifier: EUPL-1.2
"""One PostgreSQL per test file. A test that needs one session only runs in a transaction that is
rolled back (`register`); any other has a database of its own (`committed`)."""
import os
import sys

import pytest

sys.path[:0] = [os.path.join(os.path.dirname(__file__), ".."), os.path.dirname(__file__)]

from harness.postgres import Postgres  # noqa: E402
from register import Register  # noqa: E402


@pytest.fixture(name="server", scope="session")
def fixture_server():
    with Postgres() as server:
        yield server


@pytest.fixture(name="populated", scope="session")
def fixture_populated(server):
    database = server.create_database("populated")
    register = Register(database)
    register.populate()
    register.close()
    return database


@pytest.fixture(name="shared", scope="session")
def fixture_shared(server, populated):
    return server.create_database("shared", template=populated)


@pytest.fixture(name="register")
def fixture_register(shared):
    """A small département, in a transaction; its consistency checked when the test is over."""
    register = Register(shared, rolled_back=True)
    yield register
    try:
        register.check()
    finally:  # or the next test waits for this one's transaction
        register.close()


@pytest.fixture(name="committed")
def fixture_committed(server, populated):
    """The same in a database of its own."""
    database = server.create_database(template=populated)
    register = Register(database)
    yield register
    register.check()
    register.close()
    server.drop_database(database)
