// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JournalEntry } from "./protocol";
import { eventOf } from "./journal";

function entry(operation: string, kind: string, state: string | null): JournalEntry {
    const record = state === null ? null : { state };
    const at = "2026-11-22T01:00:00Z";
    return { revision: 1, at, actor: "a", operation, kind, id: "x", record };
}

test("an acceptance is told of each record by what became of it", () => {
    assert.equal(eventOf(entry("hold.accept", "hold", "accepted")), "hold.accept");
    assert.equal(eventOf(entry("hold.accept", "hold", "released")), "hold.release");
    assert.equal(eventOf(entry("hold.accept", "mission", "assigned")), "mission.create");
    assert.equal(eventOf(entry("hold.accept", "request", "placed")), "request.placed");
});

test("what was done to the record itself is told as it was", () => {
    assert.equal(eventOf(entry("hold.extend", "hold", "held")), "hold.extend");
    assert.equal(eventOf(entry("mission.start", "mission", "under_way")), "mission.start");
    assert.equal(eventOf(entry("journal.search", "search", null)), "journal.search");
    assert.equal(eventOf(entry("movement.entry", "movement", "done")), "movement.entry");
    assert.equal(eventOf(entry("movement.entry", "movement", "planned")), "movement.plan");
    assert.equal(eventOf(entry("novelty", "hold", "novel")), "novelty");
});
