// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { french, said } from "./fixtures";
import { asker } from "./words/fr_asker";
import { admin } from "./words/fr_admin";
import { flat, KINDS, nested, putOf } from "./administering";

const words = { ...french, ...said(asker, "fr"), ...said(admin, "fr") };

test("what is nested is asked flat, and put as it was", () => {
    const put = { name: "Grands", contact: { day: "05", night: "06" }, point: [43, 1], min: 0 };
    assert.deepEqual(flat(put), { name: "Grands", "contact/day": "05", "contact/night": "06",
        point: [43, 1], min: 0 });
    assert.deepEqual(nested(flat(put)), put);
});

test("what is not asked stays, what is emptied goes", () => {
    const before = { id: "u-1", revision: 7, establishment: "e-1", name: "Grands", point: [43, 1],
        sex: "girls", ttl_s: null, accepts: { mna: "yes", medical: "no" },
        contact: { day: "05" } };
    const asked = KINDS.units.fields?.(words, {}, false) ?? [];
    assert.deepEqual(putOf(before, asked, { name: "Petits", "accepts/mna": "no" }), {
        establishment: "e-1", name: "Petits", point: [43, 1], accepts: { mna: "no" } });
});

test("each field and each deed has its words, in every kind", () => {
    for (const [name, kind] of Object.entries(KINDS)) {
        for (const fresh of [true, false])
            for (const field of kind.fields?.(words, { role: "service" }, fresh) ?? [])
                assert.ok(field.name in words.fields || field.name.startsWith("accepts/"),
                    `${name} ${field.name}`);
        for (const disabled of [true, false])
            for (const deed of kind.deeds?.({ id: "x", disabled }, words) ?? [])
                assert.ok(words.deeds[deed.word], `${name} ${deed.word}`);
    }
});

test("an account's scope is asked as its role needs it", () => {
    const shown = (role: string): string[] => (KINDS.accounts.fields?.(words, { role }, true) ?? [])
        .filter((field) => !field.away).map((field) => field.name);
    assert.deepEqual(shown("establishment"), ["id", "name", "role", "establishments"]);
    assert.deepEqual(shown("def"), ["id", "name", "role", "territories"]);
    assert.deepEqual(shown("service"), ["id", "name", "role", "acts_for"]);
});
