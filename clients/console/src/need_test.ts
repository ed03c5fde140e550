// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Request, Result } from "./protocol";
import { disordered, goodReference, merge, newWanted, people, places, ready, requestParams,
    searchParams, streamSearch, wantedOf, type Wanted } from "./need";
import { english as en, french as fr, unit } from "./fixtures";

const two: Wanted = {
    ...newWanted(true), max_km: 60, near: { insee: "31555", name: "Toulouse" },
    children: [{ age_months: 84, sex: "F" }, { age_months: null, sex: null }],
};

test("a search says what is wanted, and nothing more", () => {
    assert.deepEqual(searchParams(two, null), {
        children: two.children, together: true, emergency: true, max_km: 60, tonight: true,
        near: { commune: "31555" }, limit: 20,
    });
    const bare = searchParams({ ...two, near: null, tonight: false }, "r-1");
    assert.equal("max_km" in bare, false); // a distance needs a place to count from
    assert.equal("tonight" in bare, false);
    assert.equal(bare["request"], "r-1");
});

test("a stream's filter has no tonight, date or limit", () => {
    const filter = streamSearch({ ...two, wanted_on: "2026-12-01" });
    for (const name of ["tonight", "wanted_on", "limit", "request"])
        assert.equal(name in filter, false, name);
});

test("a request has from, not near, and the moment of the decision", () => {
    const body = requestParams(two, "2026-11-22T01:05:00Z", "A-1", null);
    assert.deepEqual(body["from"], { commune: "31555" });
    assert.equal("near" in body, false);
    assert.equal(body["reference"], "A-1");
    assert.equal("legal_frame" in body, false);
    assert.equal(body["decided_at"], "2026-11-22T01:05:00Z");
});

test("ready with a child or a parent; one place for a parent alone", () => {
    assert.equal(ready(newWanted(false)), false);
    const alone = { ...newWanted(false), parent: { pregnant: true } };
    assert.equal(ready(alone), true);
    assert.equal(places(alone), 1);
    assert.equal(places(two), 2);
});

test("references: capitals, digits, hyphens, one digit at least", () => {
    for (const good of ["A-2026-114", "1", "X12"]) assert.ok(goodReference(good), good);
    for (const bad of ["", "DUPONT", "a1", "A 1", "A".repeat(20) + "1"])
        assert.ok(!goodReference(bad), bad);
});

test("people in words, in both languages", () => {
    assert.equal(people(two.children, null, fr), "fille de 7 ans, enfant d'âge inconnu");
    assert.equal(people([{ age_months: 18, sex: "M" }], { pregnant: false }, en),
        "a parent with boy of 18 months");
    assert.equal(people([], { pregnant: true }, fr), "une femme enceinte");
});

test("a request's need leaves out children that have a place", () => {
    const request = {
        children: two.children, placed: [0], parent: null, together: true, emergency: false,
        modality: [], needs: [], from: { commune: "31555", territory: null }, max_km: null,
        wanted_on: null,
    } as unknown as Request;
    const need = wantedOf(request, "Toulouse", true);
    assert.deepEqual(need.children, [two.children[1]]);
    assert.equal(need.tonight, false);
    assert.equal(need.near?.name, "Toulouse");
});

function result(id: string): Result {
    return { unit: unit({}, { id }), score: 1, km: null, fits: [], to_ask: [], observed_at: null,
        age_s: null, stale: false, why: [] };
}

test("results under the finger keep their place", () => {
    const shown = merge([], [result("a"), result("b")], true).map((each) =>
        ({ ...each, change: "none" as const }));
    const fresh = [result("c"), result("b")];
    const next = merge(shown, fresh, true);
    assert.deepEqual(next.map((each) => [each.unit.id, each.change]),
        [["a", "gone"], ["b", "none"], ["c", "new"]]);
    assert.equal(disordered(next, fresh), true);
    const back = merge(next, [result("a"), result("b")], true);
    assert.equal(back[0]?.change, "none");
    assert.deepEqual(merge(next, fresh, false).map((each) => each.unit.id), ["c", "b"]);
    assert.equal(disordered(merge(next, fresh, false), fresh), false);
});
