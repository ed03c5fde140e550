// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { french, said } from "./fixtures";
import { asker } from "./words/fr_asker";
import { admin } from "./words/fr_admin";
import { flat, KINDS, nested, perField, putOf } from "./administering";
import { shownFields, taken } from "./form";

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
                assert.ok(field.name in words.fields || field.label !== field.name,
                    `${name} ${field.name}`);
        for (const more of [{ disabled: true }, { role: "establishment", type: "token" },
            { type: "password", password: true, totp: true }])
            for (const deed of kind.deeds?.({ id: "x", ...more }, words) ?? [])
                assert.ok(words.deeds[deed.word], `${name} ${deed.word}`);
    }
});

test("an account's scope is asked as its role needs it", () => {
    const shown = (role: string): string[] => (KINDS.accounts.fields?.(words, { role }, true) ?? [])
        .filter((field) => !field.away).map((field) => field.name);
    assert.deepEqual(shown("establishment"), ["id", "name", "role", "establishments", "remind"]);
    assert.deepEqual(shown("def"), ["id", "name", "role", "territories"]);
    assert.deepEqual(shown("service"), ["id", "name", "role", "acts_for"]);
});

test("where an account is reached goes with its field, and stays when it is let in again", () => {
    const row = { id: "home", role: "establishment", name: "H", establishments: ["e-1"],
        territories: [], acts_for: null, remind: "05 61 00 00 00", revision: 7, disabled: true };
    const asked = KINDS.accounts.fields?.(words, row, false) ?? [];
    const put = (said: object): object =>
        KINDS.accounts.told?.(putOf(row, asked, { ...said })) ?? {};
    assert.equal((put({ role: "establishment", remind: "06" }) as { remind: string }).remind, "06");
    assert.equal((put({ role: "establishment" }) as { remind: null }).remind, null);
    const [enable] = KINDS.accounts.deeds?.(row, words) ?? [];
    assert.ok(enable?.word === "enable" && enable.body && !("remind" in enable.body));
    assert.equal(enable.body["if_revision"], 7);
});

test("office hours are asked day by day, and put as they were", () => {
    const office = [{ day: 1, from: "08:30", to: "12:00" }, { day: 1, from: "13:30", to: "17:00" },
        { day: 6, from: "09:00", to: "12:00" }];
    const row = { id: "d31", kind: "calendar", revision: 4, time_zone: "Europe/Paris", office,
        holidays: ["2026-12-25", "2027-01-01"] };
    const start = KINDS.calendars.asked?.(row) ?? {};
    assert.equal(start["day1"], "08:30-12:00 13:30-17:00");
    const asked = KINDS.calendars.fields?.(words, start, false) ?? [];
    const { body, missing } = taken(shownFields(asked), start);
    assert.deepEqual(missing, []);
    assert.deepEqual(KINDS.calendars.told?.(putOf(start, asked, body)), {
        time_zone: "Europe/Paris", office, holidays: ["2026-12-25", "2027-01-01"] });
    assert.deepEqual(taken(asked, { ...start, day2: "8h-12h" }).missing, ["territory", "day2"]);
    assert.deepEqual(KINDS.calendars.lines({ ...row, holidays: [] }, words, String).filter(Boolean),
        ["Europe/Paris", "lundi 08:30-12:00 13:30-17:00", "samedi 09:00-12:00", "0 jour fermé"]);
});

test("times are asked in hours and minutes, and put in seconds", () => {
    const rule = { id: "n-1", territory: "d31", question: "declare", establishment_kind: null,
        establishment: null, before_s: 1800, after_s: 300, revision: 2 };
    const asked = KINDS.reminders.fields?.(words, rule, false) ?? [];
    const start = perField(flat(rule), asked);
    assert.equal(start["before_s"], "30");
    const { body } = taken(shownFields(asked), { ...start, before_s: "45" });
    assert.deepEqual(putOf(rule, asked, body), {
        territory: "d31", question: "declare", before_s: 2700 });
    const kinds = KINDS.kinds.fields?.(words, {}, false) ?? [];
    assert.equal(taken(kinds, { ttl_s: "1,5" }).body["ttl_s"], 5400);
});
