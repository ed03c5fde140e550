// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { age, ages, ago, clock, countdown, date, day, distance, duration, step } from "./moment";
import { english as en, french as fr } from "./fixtures";

const NOW = Date.parse("2026-11-22T01:30:00Z"); // 02:30 in Paris
const french = { words: fr, zone: "Europe/Paris" };

test("times of day, with the day when it is not today there", () => {
    assert.equal(clock(NOW, NOW, french), "02:30");
    assert.equal(clock(Date.parse("2026-11-21T22:30:00Z"), NOW, french), "hier 23:30");
    assert.equal(clock(Date.parse("2026-11-22T23:30:00Z"), NOW, french), "demain 00:30");
    assert.match(clock(Date.parse("2026-12-24T12:00:00Z"), NOW, french), /24 déc.* 13:00/);
    assert.match(clock(Date.parse("2027-11-21T09:04:00Z"), NOW, french), /21 nov.* 2027 10:04/);
    assert.equal(clock(NOW, NOW, { words: en, zone: "Indian/Reunion" }), "05:30");
});

test("the day is the département's", () => {
    assert.equal(day(Date.parse("2026-11-21T23:30:00Z"), "Europe/Paris"), "2026-11-22");
    assert.equal(day(Date.parse("2026-11-21T23:30:00Z"), "America/Cayenne"), "2026-11-21");
});

test("durations and ages of figures", () => {
    assert.equal(duration(59_000, fr), "59 s");
    assert.equal(duration(20 * 60_000, fr), "20 min");
    assert.equal(duration(125 * 60_000, fr), "2 h 05");
    assert.equal(duration(26 * 3_600_000, fr), "26 h");
    assert.equal(duration(72 * 3_600_000, en), "3 days");
    assert.equal(ago(NOW - 30_000, NOW, fr), "à l'instant");
    assert.equal(ago(NOW - 20 * 60_000, NOW, fr), "il y a 20 min");
});

test("a countdown never runs backwards past its end", () => {
    assert.equal(countdown(31 * 60_000 + 5_000, fr), "31:05");
    assert.equal(countdown(125 * 60_000, fr), "2 h 05");
    assert.equal(countdown(0, fr), "terminé");
    assert.equal(countdown(-5, en), "over");
});

test("what is read aloud of a countdown changes seldom", () => {
    const minutes = [600, 301, 300, 181, 180, 61, 60, 1, 0, -5]
        .map((seconds) => step(seconds * 1000) / 60_000);
    assert.deepEqual(minutes, [10, 10, 5, 5, 3, 3, 1, 1, 1, 1]);
});

test("ages of people and ranges of units", () => {
    assert.equal(age(84, fr), "7 ans");
    assert.equal(age(18, fr), "18 mois");
    assert.equal(ages(72, 216, fr), "6 à 17 ans");
    assert.equal(ages(0, 36, fr), "moins de 3 ans");
    assert.equal(ages(null, null, fr), "âges à demander");
    assert.equal(ages(0, null, fr), "tous âges");
    assert.equal(ages(6, 30, en), "6 months to under 2 years");
});

test("dates without a time do not slip by a day", () => {
    assert.equal(date("2026-12-01", NOW, french), "1er décembre");
    assert.equal(date("2027-01-01", NOW, { words: fr, zone: "America/Cayenne" }),
        "1er janvier 2027");
});

test("distances", () => {
    assert.equal(distance(0, fr), "moins de 1 km"); // in one commune
    assert.equal(distance(3.46, fr), "3,5 km");
    assert.equal(distance(3.46, en), "3.5 km");
    assert.equal(distance(41.6, fr), "42 km");
});
