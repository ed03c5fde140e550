// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { declaration, empty, foreseen, isEmptyDraft, openAfter, over, step, stepper, trust }
    from "./figures";
import { unit } from "./fixtures";

const AT = Date.parse("2026-11-21T20:00:00Z");

test("empty places count those that are held", () => {
    assert.equal(empty(unit({ held: 1, free: 1 })), 2);
    assert.equal(empty(unit({ open: null, occupied: null, free: null })), null);
    assert.equal(empty(unit({ occupied: 14 })), 0);
    assert.equal(over(unit({ occupied: 14 })), 2);
});

test("trust: never, contested, stale, fresh", () => {
    assert.equal(trust(unit(), AT), "fresh");
    assert.equal(trust(unit(), Date.parse("2026-11-22T18:00:00Z")), "stale");
    assert.equal(trust(unit({}, { contested_at: "2026-11-21T19:00:00Z" }), AT), "contested");
    assert.equal(trust(unit({ open: null }, { observed_at: null }), AT), "never");
});

test("− and + stay between none and all open places", () => {
    const full = unit({ occupied: 12 });
    assert.deepEqual(step(full, {}, -1), {});
    assert.deepEqual(step(full, {}, 1), { free: 1 });
    assert.deepEqual(step(unit({ occupied: 0 }), {}, 1), {});
    assert.deepEqual(stepper(unit(), { free: 5, open: 3 }), { value: 3, min: 0, max: 3 });
});

test("the figure is what will be declared: who is there stays when places close", () => {
    const two = unit({ open: 12, occupied: 10, free: 2 });
    assert.equal(stepper(two, { closed: { n: 2, reason: "works" } }).value, 0);
    assert.equal(stepper(two, { closed: { n: 1, reason: "works" } }).value, 1);
    assert.equal(stepper(two, { open: 14 }).value, 4);
    assert.equal(stepper(two, { occupied: 13 }).value, 0);
    assert.equal(stepper(two, {}).value, 2);
});

test("back where it was, there is nothing to declare", () => {
    const draft = step(unit(), step(unit(), {}, -1), 1);
    assert.ok(isEmptyDraft(draft));
});

test("an over-occupied unit that says 0 free has said something", () => {
    assert.deepEqual(step(unit({ occupied: 13 }), {}, -1), { free: 0 });
});

test("closing moves the open places, unless they are said", () => {
    const some = unit({ closed: 1 });
    assert.equal(openAfter(some, { closed: { n: 3 } }), 10);
    assert.equal(openAfter(some, { closed: { n: 0 } }), 13);
    assert.equal(openAfter(some, { closed: { n: 3 }, open: 11 }), 11);
});

test("a declaration says exactly one of free and occupied", () => {
    assert.deepEqual(declaration(unit(), { free: 1 }), { free: 1 });
    const closing = declaration(unit(), { closed: { n: 2, reason: "staff" } });
    assert.equal(closing.occupied, 10);
    assert.equal(closing.free, undefined);
    assert.equal(declaration(unit({ open: null, occupied: null }), { open: 4 }).free, 0);
});

test("what was not sent yet is shown as it will be", () => {
    const later = "2026-11-21T21:00:00.000Z";
    const shown = foreseen(unit({ held: 1 }, { contested_at: "2026-11-21T19:00:00Z" }),
        { free: 3 }, later);
    assert.equal(shown.capacity.occupied, 9);
    assert.equal(shown.capacity.free, 2);
    assert.equal(shown.contested_at, null);
    assert.equal(shown.fresh_until, "2026-11-22T21:00:00.000Z");
    const closed = foreseen(unit(), { closed: { n: 2, reason: "staff" } }, later);
    assert.equal(closed.capacity.open, 10);
    assert.equal(closed.capacity.free, 0);
    assert.equal(closed.closed_reason, "staff");
    const same = foreseen(unit({}, { closed_reason: "works" }), {}, later);
    assert.equal(same.closed_reason, "works");
});
