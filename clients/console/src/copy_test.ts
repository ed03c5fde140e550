// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { Copy } from "./copy";
import { hold, mark, unit } from "./fixtures";

function filled(): Copy {
    const copy = new Copy();
    copy.start(false);
    copy.delta([unit(), hold("h-1", 2)], []);
    copy.reach(mark(2));
    return copy;
}

test("a copy changes at marks only", () => {
    const copy = new Copy();
    copy.start(false);
    copy.delta([unit()], []);
    assert.equal(copy.records.unit.size, 0);
    const turn = copy.reach(mark(1));
    assert.equal(copy.records.unit.size, 1);
    assert.equal(turn.anew, true);
    assert.equal(copy.upto, "e.f.1");
});

test("what came after the last mark is forgotten when the stream begins again", () => {
    const copy = filled();
    copy.delta([hold("h-2", 3)], ["h-1"]);
    copy.start(true);
    const turn = copy.reach(mark(2));
    assert.deepEqual([...copy.records.hold.keys()], ["h-1"]);
    assert.equal(turn.kinds.size, 0);
});

test("not resumed: what the server no longer has is gone", () => {
    const copy = filled();
    copy.start(false);
    copy.delta([hold("h-9", 9)], []);
    const turn = copy.reach(mark(9));
    assert.deepEqual([...copy.records.hold.keys()], ["h-9"]);
    assert.equal(copy.records.unit.size, 0);
    assert.equal(turn.anew, true);
});

test("the last word of a record counts: set after gone, gone after set", () => {
    const copy = filled();
    copy.delta([], ["h-1"]);
    copy.delta([hold("h-1", 5, "accepted")], []);
    copy.delta([hold("h-2", 6)], []);
    copy.delta([], ["h-2", "h-unknown"]);
    const turn = copy.reach(mark(6));
    assert.equal(copy.records.hold.get("h-1")?.state, "accepted");
    assert.equal(copy.records.hold.has("h-2"), false);
    assert.deepEqual([...turn.kinds], ["hold"]);
});

test("a turn tells what each record was before", () => {
    const copy = filled();
    copy.delta([hold("h-1", 5, "refused")], []);
    const turn = copy.reach(mark(5));
    assert.equal(turn.anew, false);
    const [change] = turn.set;
    assert.equal(change?.before?.kind === "hold" && change.before.state, "held");
});

test("kinds that this console does not know are let be", () => {
    const copy = filled();
    copy.delta([{ ...unit(), kind: "novelty" } as never], []);
    assert.equal(copy.reach(mark(3)).kinds.size, 0);
});

test("a table that did not change stays the same object", () => {
    const copy = filled();
    const before = copy.records.unit;
    copy.delta([hold("h-3", 4)], []);
    copy.reach(mark(4));
    assert.equal(copy.records.unit, before);
});
