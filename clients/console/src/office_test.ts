// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Calendar } from "./protocol";
import { dialled, localTime, momentAt, nightBegan, numberNow, officeOpen } from "./office";

const calendar: Calendar = {
    kind: "calendar", id: "d31", revision: 1, time_zone: "Europe/Paris",
    office: [{ day: 1, from: "08:30", to: "17:30" }, { day: 7, from: "20:00", to: "24:00" }],
    holidays: ["2026-12-21"],
};
const at = (text: string): number => Date.parse(text);

test("the hour is the département's, not the device's", () => {
    const reunion: Calendar = { ...calendar, time_zone: "Indian/Reunion" };
    const moment = at("2026-11-23T05:00:00Z"); // Monday, 06:00 in Paris, 09:00 in Saint-Denis
    assert.deepEqual(localTime(moment, "Indian/Reunion"), { minutes: 540, weekday: 1 });
    assert.equal(officeOpen(moment, calendar), false);
    assert.equal(officeOpen(moment, reunion), true);
});

test("from is open, to is not; 24:00 is the day's end; holidays are closed", () => {
    assert.equal(officeOpen(at("2026-11-23T07:30:00Z"), calendar), true);
    assert.equal(officeOpen(at("2026-11-23T16:30:00Z"), calendar), false);
    assert.equal(officeOpen(at("2026-11-22T22:59:00Z"), calendar), true);
    assert.equal(officeOpen(at("2026-12-21T09:00:00Z"), calendar), false);
});

test("summer time moves the offices with it", () => {
    assert.equal(officeOpen(at("2026-06-22T06:29:00Z"), calendar), false);
    assert.equal(officeOpen(at("2026-06-22T06:30:00Z"), calendar), true);
});

test("without a calendar: weekdays by day", () => {
    assert.equal(officeOpen(at("2026-11-23T15:00:00Z"), null), true);
    assert.equal(officeOpen(at("2026-11-22T15:00:00Z"), null), false);
});

test("the number of this hour, else the other one, said to be so", () => {
    const both = { day: "05 61 00 00 01", night: "06 00 00 00 02" };
    assert.deepEqual(numberNow(both, true),
        { number: both.day, night: false, otherHours: false });
    assert.deepEqual(numberNow(both, false),
        { number: both.night, night: true, otherHours: false });
    assert.deepEqual(numberNow({ day: both.day, night: null }, false),
        { number: both.day, night: false, otherHours: true });
    assert.equal(numberNow({ day: null, night: null }, true), null);
    assert.equal(numberNow(undefined, true), null);
});

test("a telephone link has digits only", () => {
    assert.equal(dialled("05 61.00-00 01"), "tel:0561000001");
    assert.equal(dialled("+33 5 61"), "tel:+33561");
});

test("a night began the last time it was 18:00 there", () => {
    const zone = "Europe/Paris";
    const six = at("2026-11-21T17:00:00Z");
    assert.equal(nightBegan(at("2026-11-22T01:12:40Z"), zone), six);
    assert.equal(nightBegan(six, zone), six);
    assert.equal(nightBegan(at("2026-11-22T16:59:00Z"), zone), six);
});

test("a time is read by the clocks that are there, also when they are turned", () => {
    const paris = (text: string): string => momentAt(text, "Europe/Paris");
    assert.equal(paris("2026-11-21T18:00"), "2026-11-21T17:00:00.000Z");
    assert.equal(paris("2026-07-14T18:00"), "2026-07-14T16:00:00.000Z");
    assert.equal(paris("2026-03-29T01:59"), "2026-03-29T00:59:00.000Z");
    assert.equal(paris("2026-03-29T03:00"), "2026-03-29T01:00:00.000Z");
    assert.equal(paris("2026-03-29T02:30"), "2026-03-29T01:30:00.000Z", "it never comes");
    assert.equal(paris("2026-10-25T01:59"), "2026-10-24T23:59:00.000Z");
    assert.equal(paris("2026-10-25T02:30"), "2026-10-25T01:30:00.000Z", "it comes twice");
    assert.equal(paris("2026-10-25T03:00"), "2026-10-25T02:00:00.000Z");
    assert.equal(momentAt("2026-11-21T18:00", "Pacific/Noumea"), "2026-11-21T07:00:00.000Z");
    assert.equal(momentAt("2026-11-21T18:00", "America/Cayenne"), "2026-11-21T21:00:00.000Z");
});
