// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { changes, shownFields, taken, type Field } from "./form";

const fields: Field[] = [
    { name: "type", label: "", kind: "code", need: true },
    { name: "places", label: "", kind: "count", least: 1 },
    { name: "on", label: "", kind: "date", need: true },
    { name: "km", label: "", kind: "number" },
    { name: "days", label: "", kind: "codes" },
    { name: "urgent", label: "", kind: "check" },
    { name: "code", label: "", kind: "code", need: true, away: true },
];

test("a form gives what was said, and no more", () => {
    const values = { type: "exit", on: " 2026-12-01 ", km: "", days: [], code: "x", other: 1 };
    assert.deepEqual(taken(shownFields(fields), values), {
        body: { type: "exit", places: 1, on: "2026-12-01", urgent: false }, missing: [] });
});

test("what must be said is missed, and what is no number", () => {
    assert.deepEqual(taken(shownFields(fields), { on: "  ", km: "ten", places: 3 }).missing,
        ["type", "on", "km"]);
    assert.deepEqual(taken(fields, { type: "a", on: "b", km: "12" }), {
        body: { type: "a", places: 1, on: "b", km: 12, urgent: false }, missing: ["code"] });
});

test("an update says what is new, and by name what goes", () => {
    assert.deepEqual(changes({ a: 1, b: ["x"], c: "y" }, { a: 1, b: ["x", "z"], d: true }),
        { b: ["x", "z"], d: true, clear: ["c"] });
    assert.deepEqual(changes({ a: [1] }, { a: [1] }), {});
});

test("an instant is what clocks there show, a shift goes from one time to another", () => {
    const [at, open]: Field[] = [{ name: "at", label: "", kind: "instant" },
        { name: "open", label: "", kind: "shifts" }];
    assert.ok(at && open);
    assert.deepEqual(taken([at], { at: "2030-01-01T18:00" }, "Indian/Reunion").body,
        { at: "2030-01-01T14:00:00.000Z" });
    assert.deepEqual(taken([open], { open: "08:30-12:00, 13:30-17:00" }).body,
        { open: [{ from: "08:30", to: "12:00" }, { from: "13:30", to: "17:00" }] });
    for (const text of ["8:30-12:00", "08:30", "08:30-12:00 et après", "08:30–12:00"])
        assert.deepEqual(taken([open], { open: text }).missing, ["open"], text);
    assert.deepEqual(taken([open], { open: " " }), { body: {}, missing: [] });
});
