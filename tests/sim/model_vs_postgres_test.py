# SPDX-License-Identifier: EUPL-1.2
"""The model of the database is worth what this test is: 10 000 random batches get the same answers
and leave the same history and the same state in the model and in PostgreSQL."""
import json
import os
import re
import subprocess

import psycopg2
import pytest

from harness.postgres import Postgres

COMPARE = os.path.join(os.environ["UGO_BIN"], "compare")
BATCHES = int(os.environ.get("UGO_BATCHES", "2500"))
SEEDS = [int(seed) for seed in os.environ.get("UGO_SEEDS", "1 2 3 4").split()]

# What the seeds together must have met: operation, type of reply (`system`: time did it).
MET = [(operation, "ok") for operation in (
    "unit.declare", "request.open", "request.update", "request.close", "hold.create",
    "hold.accept", "hold.refuse", "hold.release", "hold.extend", "hold.withdraw", "hold.arrive",
    "hold_policy.put", "calendar.put", "rota.put", "rota.delete", "mission.create",
    "mission.assign", "mission.start", "mission.arrive", "mission.hand_over", "mission.cancel",
    "offer.create", "request.decline", "movement.plan", "movement.cancel", "movement.done",
    "movement.entry", "movement.exit", "movement.transfer")]
MET += [(operation, "system") for operation in (
    "hold.expire", "hold.escalate", "hold.overdue", "hold.forget", "request.forget",
    "mission.forget", "offer.lapse", "offer.forget", "rota.forget",
    "movement.due_soon", "movement.end", "movement.cancel", "movement.forget")]
MET += [("hold.create", "no_free_place"), ("hold.accept", "hold_not_active"),
        ("unit.declare", "conflicts_with_holds"), ("unit.declare", "not_accepted_here"),
        ("unit.declare", "precondition_failed: other_revision"), ("unit.put", "only_for_pad"),
        ("unit.put", "forbidden"),
        ("mission.create", "has_mission"),
        ("mission.start", "mission_not_active"), ("mission.assign", "forbidden"),
        ("request.open", "reversed"), ("offer.create", "has_offer"),
        ("offer.create", "already_offered"), ("hold.create", "no_free_place: offered_to_another"),
        ("request.decline", "offer_not_active"), ("movement.done", "entry_not_done"),
        ("movement.done", "movement_not_planned"), ("movement.done", "movement_recurs"),
        ("movement.exit", "more_than_occupied"), ("movement.transfer", "no_free_place"),
        ("movement.exit", "twice"), ("movement.plan", "unknown_reference")]
MET += [("offer", state) for state in ("taken", "declined", "lapsed", "void")]

met = {}  # operation: types of replies, of all seeds so far

# Time and chance come from the test. The functions keep their owner and grants.
SETTABLE = """
SET ROLE ugo_owner;
CREATE OR REPLACE FUNCTION ugo.clock_us() RETURNS bigint LANGUAGE sql VOLATILE
    RETURN current_setting('ugo.clock')::bigint;
CREATE OR REPLACE FUNCTION ugo.new_epoch() RETURNS text LANGUAGE sql VOLATILE
    RETURN current_setting('ugo.next_epoch');
"""


@pytest.fixture(name="server", scope="module")
def fixture_server():
    with Postgres() as server:
        yield server


@pytest.mark.parametrize("seed", SEEDS)
def test_same_answers(server, seed):
    database = server.create_database()
    connection = psycopg2.connect(database.owner)
    with connection, connection.cursor() as cursor:
        cursor.execute(SETTABLE)
    connection.close()
    done = subprocess.run([COMPARE, database.owner, database.ugod, str(seed), str(BATCHES)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    server.drop_database(database)
    assert done.returncode == 0, done.stdout
    # the batches must have met something: changes, refusals, batches that fail as a whole
    counts = re.search(r"(\d+) with a change, (\d+) with a refusal, (\d+) failed", done.stdout)
    changed, refused, failed = map(int, counts.groups())
    assert changed > BATCHES // 4 and refused > BATCHES // 10 and failed > 0, done.stdout
    for operation, types in json.loads(done.stdout.splitlines()[1]).items():
        met.setdefault(operation, set()).update(types)


@pytest.mark.skipif(BATCHES * len(SEEDS) < 10000, reason="too few batches to meet everything")
def test_everything_was_met():
    assert [what for what in MET if what[1] not in met.get(what[0], ())] == []
