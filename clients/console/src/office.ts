// SPDX-License-Identifier: EUPL-1.2
// Whether offices are open, by the département's calendar, and so whom to call at this hour.
import type { Calendar, Contact } from "./protocol";
import { day, formatted } from "./moment";

/** Minutes since midnight and day of the week (Monday 1 … Sunday 7) where the calendar is. */
export function localTime(at: number, zone: string | null): { minutes: number; weekday: number } {
    const text = formatted(at, "en-GB", zone,
        { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const [hour = 0, minute = 0] = text.split(":").map(Number);
    const weekday = new Date(day(at, zone) + "T12:00:00Z").getUTCDay();
    return { minutes: hour * 60 + minute, weekday: weekday === 0 ? 7 : weekday };
}

/** The moment at which clocks there show "2030-01-01T18:00", as the server reads it. Of an hour
 *  that comes twice the second; one that never comes is as much later. */
export function momentAt(text: string, zone: string | null): string {
    const wanted = Date.parse(text + "Z");
    let at = wanted;
    for (let turn = 0; turn < 2; turn++)
        at += wanted - Date.parse(day(at, zone)) - localTime(at, zone).minutes * 60_000;
    return new Date(at).toISOString();
}

function minutesOf(text: string): number {
    const [hour = 0, minute = 0] = text.split(":").map(Number);
    return hour * 60 + minute;
}

/** Open offices at that moment. Without a calendar: weekdays from 8 to 18. */
export function officeOpen(at: number, calendar: Calendar | null): boolean {
    const zone = calendar?.time_zone ?? null;
    const { minutes, weekday } = localTime(at, zone);
    if (calendar === null) return weekday <= 5 && minutes >= 8 * 60 && minutes < 18 * 60;
    if (calendar.holidays.includes(day(at, zone))) return false;
    return calendar.office.some((shift) => shift.day === weekday
        && minutes >= minutesOf(shift.from) && minutes < minutesOf(shift.to));
}

/** The number to call now, and whether it is the other hours' for want of one of this hour. */
export function numberNow(contact: Contact | null | undefined, open: boolean):
    { number: string; night: boolean; otherHours: boolean } | null {
    if (!contact) return null;
    const right = open ? contact.day : contact.night;
    const other = open ? contact.night : contact.day;
    if (right) return { number: right, night: !open, otherHours: false };
    if (other) return { number: other, night: open, otherHours: true };
    return null;
}

/** For a tel: link: digits, with + in front only. */
export function dialled(number: string): string {
    const plus = number.trim().startsWith("+") ? "+" : "";
    return "tel:" + plus + number.replace(/[^0-9]/g, "");
}

/** The last time it was 18:00 there, ms: when a night's journal begins. */
export function nightBegan(now: number, zone: string | null): number {
    const { minutes } = localTime(now, zone);
    const back = minutes >= 18 * 60 ? minutes - 18 * 60 : minutes + 6 * 60;
    return Math.floor(now / 60_000) * 60_000 - back * 60_000;
}
