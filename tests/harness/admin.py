# SPDX-License-Identifier: EUPL-1.2
"""ugoctl on a database of its own: fixtures `postgres` (one per module), `database`, `ugoctl`."""
import os
import subprocess

import psycopg2
import pytest

from harness.postgres import Postgres

UGOCTL = os.path.join(os.environ.get("UGO_BIN", ""), "ugoctl")


@pytest.fixture(scope="module")
def postgres():
    with Postgres() as server:
        yield server


class Ugoctl:
    """Runs ugoctl on one database; looks into it."""

    def __init__(self, conninfo):
        self.conninfo = conninfo

    def start(self, *arguments, language="fr", **options):
        return subprocess.Popen(self.line(arguments, language), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **options)

    def line(self, arguments, language):
        return [UGOCTL, "--database", self.conninfo, "--lang", language,
                *(str(a) for a in arguments)]

    def __call__(self, *arguments, language="fr", ok=True, **options):
        done = subprocess.run(self.line(arguments, language), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False, **options)
        assert "Sanitizer" not in done.stderr, done.stderr
        if ok is not None:
            assert (done.returncode == 0) == ok, done.stdout + done.stderr
        return done

    def rows(self, sql, *parameters):
        connection = psycopg2.connect(self.conninfo)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def one(self, sql, *parameters):
        return self.rows(sql, *parameters)[0][0]

    def revision(self):
        return self.one("SELECT revision FROM ugo.ledger")

    def record(self, kind, id_):
        found = self.rows("SELECT state FROM ugo.record WHERE kind = %s AND id = %s", kind, id_)
        return found[0][0] if found else None


@pytest.fixture
def ugoctl(postgres):
    """With the schema."""
    database = postgres.create_database()
    yield Ugoctl(database.owner)
    postgres.drop_database(database)


@pytest.fixture
def bare(postgres):
    """An empty database."""
    database = postgres.create_database(schema=False)
    yield Ugoctl(database.owner)
    postgres.drop_database(database)
