// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { hold, said, unit } from "./fixtures";
import { bodyOf, countOf, isUnchanged, moved, opened, whoOf } from "./link_say";
import { link as english } from "./words/en_link";
import { link as french } from "./words/fr_link";

const fr = said(french, "fr");
const en = said(english, "en");

const AT = "2026-11-21T20:00:00Z";

test("what is known is confirmed, not said again", () => {
    const known = unit();
    assert.deepEqual(countOf(known), { free: 2, open: null });
    assert.deepEqual(bodyOf(known, countOf(known), AT), { unchanged: true, observed_at: AT });
    assert.deepEqual(bodyOf(known, moved(known, countOf(known), 1), AT),
        { free: 3, observed_at: AT });
    // More people than places stay so.
    const over = unit({ occupied: 14 });
    assert.equal(isUnchanged(over, countOf(over)), true);
    assert.deepEqual(bodyOf(over, moved(over, countOf(over), 1), AT), { free: 1, observed_at: AT });
});

test("places stay between none and all that are open", () => {
    const known = unit();
    assert.equal(moved(known, { free: 0, open: null }, -1).free, 0);
    assert.equal(moved(known, { free: 12, open: null }, 1).free, 12);
    assert.deepEqual(opened({ free: 3, open: 3 }, -1), { free: 2, open: 2 });
    assert.deepEqual(opened({ free: 0, open: 0 }, -1), { free: 0, open: 0 });
});

test("a first declaration says what is open", () => {
    const never = unit({ open: null, occupied: null, free: null }, { observed_at: null });
    const count = countOf(never);
    assert.deepEqual(count, { free: 0, open: 1 });
    assert.equal(isUnchanged(never, count), false);
    assert.deepEqual(bodyOf(never, opened(count, 9), AT), { free: 0, open: 10, observed_at: AT });
    assert.equal(moved(never, { free: 1, open: 1 }, 1).free, 1);
});

test("who is asked for", () => {
    assert.equal(whoOf(hold("h-1", 1), fr), "une fille de 7 ans");
    const two = { ...hold("h-1", 1), needs: ["disability" as const], profile: [
        { age_months: 20, sex: "M" as const }, { age_months: null, sex: null }] };
    assert.equal(whoOf(two, fr), "un garçon de 20 mois et un enfant (handicap)");
    assert.equal(whoOf(two, en), "a boy aged 20 months and a child (disability)");
    assert.equal(whoOf({ ...two, needs: [], profile: [], places: 2 }, fr), "2 enfants");
});
