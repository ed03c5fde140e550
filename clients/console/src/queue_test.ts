// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { dismiss, LIMIT, load, put, replay, type Entry, type Outcome, type Shelf } from "./queue";

function shelf(): Shelf & { text: string | null } {
    return {
        text: null,
        read() { return this.text; },
        write(text) { this.text = text; },
    };
}

function entry(key: string, at = "2026-11-22T02:00:00.000Z"): Entry {
    return {
        key, unit: "u-1", name: "Grands", operation: "declare", draft: { free: 2 },
        observed_at: at, tries: 0,
    };
}

const NOW = Date.parse("2026-11-22T02:10:00Z");
let keys = 0;
const newKey = (): string => `new-${++keys}`;
const run = (on: Shelf, send: (each: Entry) => Promise<Outcome>): ReturnType<typeof replay> =>
    replay(on, send, () => NOW, newKey);

test("declarations are sent in order, each with its key and its time", async () => {
    const on = shelf();
    for (const key of ["a", "b", "c"]) put(on, entry(key));
    const sent: string[] = [];
    const end = await run(on, async (each) => {
        sent.push(`${each.key} ${each.observed_at}`);
        return { type: "done" };
    });
    assert.equal(end, "empty");
    assert.deepEqual(sent.map((each) => each[0]), ["a", "b", "c"]);
    assert.match(sent[0] ?? "", /2026-11-22T02:00:00/);
    assert.equal(on.text, null);
});

test("without a network nothing is lost, and the same key is sent again", async () => {
    const on = shelf();
    put(on, entry("a"));
    put(on, entry("b"));
    const sent: string[] = [];
    const end = await run(on, async (each) => {
        sent.push(each.key);
        return each.key === "b" ? { type: "later", why: "network" } : { type: "done" };
    });
    assert.equal(end, "network");
    assert.deepEqual(load(on).waiting.map((each) => [each.key, each.tries]), [["b", 1]]);
    await run(on, async (each) => {
        sent.push(each.key);
        return { type: "done" };
    });
    assert.deepEqual(sent, ["a", "b", "b"]);
});

test("what is put in while another is sent is kept", async () => {
    const on = shelf();
    put(on, entry("a"));
    const sent: string[] = [];
    await run(on, async (each) => {
        if (each.key === "a") put(on, entry("b"));
        sent.push(each.key);
        return { type: "done" };
    });
    assert.deepEqual(sent, ["a", "b"]);
});

test("outdated is explained, and the next goes on", async () => {
    const on = shelf();
    put(on, entry("a"));
    put(on, entry("b"));
    const end = await run(on, async (each) => each.key === "a"
        ? { type: "told", problem: "outdated", detail: null, unit: { id: "u-1" } }
        : { type: "done" });
    assert.equal(end, "empty");
    const { waiting, notices } = load(on);
    assert.equal(waiting.length, 0);
    assert.deepEqual(notices.map((each) => each.type), ["outdated"]);
    dismiss(on, "a");
    assert.equal(on.text, null);
});

test("a clock that is ahead: the time is corrected, under a new key", async () => {
    const on = shelf();
    put(on, entry("a", "2026-11-22T02:10:00.000Z"));
    const seen: Entry[] = [];
    await run(on, async (each) => {
        seen.push(each);
        return seen.length === 1 ? { type: "wrong_clock", serverNow: "2026-11-22T02:00:00Z" }
            : { type: "done" };
    });
    assert.equal(seen[1]?.observed_at, "2026-11-22T02:00:00.000Z");
    assert.notEqual(seen[1]?.key, seen[0]?.key);
    assert.equal(on.text, null);
});

test("a clock that stays wrong ends as an explanation, not as a circle", async () => {
    const on = shelf();
    put(on, entry("a"));
    let sent = 0;
    const end = await run(on, async () => {
        sent += 1;
        return { type: "wrong_clock", serverNow: "2026-11-22T01:00:00Z" };
    });
    assert.equal(end, "empty");
    assert.equal(sent, 4);
    assert.equal(load(on).notices[0]?.detail, "in_the_future");
});

test("what cannot be read is an empty queue; too many are refused", () => {
    const on = shelf();
    on.text = "{broken";
    assert.deepEqual(load(on), { waiting: [], notices: [] });
    for (let i = 0; i < LIMIT; i += 1) assert.equal(put(on, entry(`k${i}`)), true);
    assert.equal(put(on, entry("one more")), false);
});
