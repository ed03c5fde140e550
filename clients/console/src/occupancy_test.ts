// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { admits, BRACKETS, branch, chain, common, count, crossed, group, reached, takesAge,
    watches, type Alert, type Tree } from "./occupancy";
import type { Unit } from "./protocol";
import { unit } from "./fixtures";

const AT = Date.parse("2026-11-21T20:00:00Z");
const tree: Tree = new Map([["d31", null], ["dts", "d31"], ["mds", "dts"], ["far", "d31"]]
    .map(([code, parent]) => [code as string,
        { code: code as string, name: code as string, level: "x", parent: parent as null }]));
const never = unit({ open: null, occupied: null, free: null, held: 0, authorised: 9 },
    { id: "u-2", observed_at: null, fresh_until: null });
const old = unit({ open: 6, occupied: 8, free: 0, held: 1, closed: 2 },
    { id: "u-3", observed_at: "2026-11-19T18:00:00Z", fresh_until: "2026-11-20T18:00:00Z" });

test("sums: what nobody declared is neither free nor full", () => {
    const sum = count([unit({ held: 1, free: 1 }), never, old], AT);
    assert.deepEqual(sum, { units: 3, fresh: 1, doubtful: 1, never: 1, authorised: 33, open: 18,
        occupied: 18, held: 2, free: 1, over: 2, closed: 2, rate: 1,
        oldest: "2026-11-19T18:00:00Z" });
    const none = count([never], AT);
    assert.equal(none.open, 0);
    assert.equal(none.rate, null);
    assert.equal(none.oldest, null);
});

test("one over and one empty are not two that are right", () => {
    const sum = count([old, unit({ open: 4, occupied: 2, free: 2 })], AT);
    assert.equal(sum.free, 2);
    assert.equal(sum.over, 2);
    assert.equal(sum.rate, 1);
});

test("a figure that was reported wrong is to be verified", () => {
    assert.equal(count([unit({}, { contested_at: "2026-11-21T19:00:00Z" })], AT).doubtful, 1);
});

test("ages: a bracket is taken when one child of it would be", () => {
    const takes = (min: number | null, max: number | null): number[] =>
        BRACKETS.map((_, i) => i).filter((i) =>
            takesAge(unit({}, { ages: { min_months: min, max_months: max } }), i));
    assert.deepEqual(takes(72, 216), [2, 3, 4]);
    assert.deepEqual(takes(0, 36), [0]);
    assert.deepEqual(takes(35, 37), [0, 1]);
    assert.deepEqual(takes(null, 36), [0]);
    assert.deepEqual(takes(180, null), [4, 5]);
    assert.deepEqual(takes(0, null), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(takes(null, null), [], "unknown ages are no coverage");
});

test("territories: up, down, and what all share", () => {
    assert.deepEqual(chain(tree, "mds"), ["mds", "dts", "d31"]);
    assert.deepEqual(chain(tree, null), []);
    assert.equal(branch(tree, "mds", "d31"), "dts");
    assert.equal(branch(tree, "mds", "dts"), "mds");
    assert.equal(branch(tree, "dts", "dts"), "dts");
    assert.equal(branch(tree, "far", "dts"), null);
    assert.equal(common(tree, ["mds", "dts"]), "dts");
    assert.equal(common(tree, ["mds", "far"]), "d31");
    assert.equal(common(tree, []), null);
    const turning: Tree = new Map([["a", { code: "a", name: "a", level: "x", parent: "b" }],
        ["b", { code: "b", name: "b", level: "x", parent: "a" }]]);
    assert.deepEqual(chain(turning, "a"), ["a", "b"], "a circle ends");
});

test("units are grouped by their keys, each once", () => {
    const other = unit({}, { id: "u-4", modality: "relais" });
    const made = group([unit(), other, never], (each) => [each.territory ?? "", each.modality]);
    assert.deepEqual(made.map(({ keys, units }) => [keys.join(), units.length]),
        [["d31,internat", 2], ["d31,relais", 1]]);
});

test("a matrix shows what no unit is, too", () => {
    const row = (text: string): { keys: string[]; text: string; n: number } =>
        ({ keys: text.toLowerCase().split("\n"), text, n: 1 });
    const made = crossed([row("Est\nUrgence"), row("Est\nRelais"), row("Sud\nRelais")],
        (keys, text) => ({ keys, text, n: 0 }));
    assert.deepEqual(made.map((each) => `${each.text.replace("\n", " ")} ${each.n}`),
        ["Est Urgence 1", "Est Relais 1", "Sud Urgence 0", "Sud Relais 1"]);
    const more = crossed([row("Est\nRelais")], (keys, text) => ({ keys, text, n: 0 }), 0,
        [["est", "Est"], ["sud", "Sud"]]);
    assert.deepEqual(more.map((each) => `${each.keys.join()} ${each.text.replace("\n", " ")}`),
        ["est,relais Est Relais", "sud,relais Sud Relais"]);
    assert.deepEqual(crossed([], () => row("")), []);
});

test("what is looked at", () => {
    const any = { kind: "", modality: "", age: "" };
    assert.equal(admits(any, unit()), true);
    assert.equal(admits({ ...any, kind: "mecs", modality: "internat", age: "3" }, unit()), true);
    assert.equal(admits({ ...any, age: "0" }, unit()), false);
    assert.equal(admits({ ...any, kind: "cdef" }, unit()), false);
    assert.equal(admits({ ...any, modality: "relais" }, unit()), false);
});

test("an alert: for whom it is, and from when, as the server judges", () => {
    const any: Alert = { id: "a-1", territory: "d31", establishment_kind: null, modality: null,
        ages: { min_months: null, max_months: null }, percent: 95, active_since: null,
        or_earlier: false };
    const aged = (min: number | null, max: number | null): Unit =>
        unit({}, { territory: "mds", ages: { min_months: min, max_months: max } });
    const there = aged(72, 216);
    const cases: [Partial<Alert>, Unit, boolean][] = [
        [{}, there, true],
        [{ territory: "dts" }, there, true],
        [{ territory: "far" }, there, false],
        [{ establishment_kind: "mecs" }, there, true],
        [{ establishment_kind: "cdef" }, there, false],
        [{ modality: "urgence" }, there, false],
        [{ ages: { min_months: 0, max_months: 72 } }, there, false],
        [{ ages: { min_months: 0, max_months: 73 } }, there, true],
        [{ ages: { min_months: 216, max_months: null } }, there, false],
        [{ ages: { min_months: 215, max_months: null } }, there, true],
        [{ ages: { min_months: 0, max_months: 36 } }, aged(null, null), false],
        [{ ages: { min_months: 216, max_months: null } }, aged(0, null), false],
        [{}, aged(null, null), true],
    ];
    for (const [rule, unit, wanted] of cases)
        assert.equal(watches({ ...any, ...rule }, tree, unit), wanted, JSON.stringify(rule));
    assert.equal(reached(any, count([unit({ open: 20, occupied: 19 })], AT)), true);
    assert.equal(reached(any, count([unit({ open: 20, occupied: 18 })], AT)), false);
    assert.equal(reached(any, count([unit({ open: 0, occupied: 1 })], AT)), true,
        "somebody where nothing is open");
    assert.equal(reached(any, count([unit({ open: 0, occupied: 0 })], AT)), false);
    assert.equal(reached(any, count([never], AT)), false);
});
