// SPDX-License-Identifier: EUPL-1.2
// Times, ages and distances as people say them; pure: the words, the zone and the present are
// given.
import type { Words as All } from "./words/words";

/** What is needed of a dictionary to say them. */
type Words = Pick<All, "locale" | "time" | "age">;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How times are said: in whose words, and in which zone (null: the device's own). */
export interface Saying {
    words: Words;
    zone: string | null;
}

// To make a format costs more than to draw a row: each is made once.
const formats = new Map<string, { format(value: number): string }>();

function kept(key: string, make: () => { format(value: number): string }):
    { format(value: number): string } {
    const format = formats.get(key) ?? make();
    formats.set(key, format);
    return format;
}

export function formatted(at: number, locale: string, zone: string | null,
    options: Intl.DateTimeFormatOptions): string {
    const where = zone === null ? {} : { timeZone: zone };
    return kept(JSON.stringify([locale, zone, options]), () =>
        new Intl.DateTimeFormat(locale, { ...options, ...where })).format(at);
}

export function numbered(value: number, locale: string, options: Intl.NumberFormatOptions): string {
    return kept(JSON.stringify([locale, options]), () =>
        new Intl.NumberFormat(locale, options)).format(value);
}

function parts(at: number, say: Saying, options: Intl.DateTimeFormatOptions): string {
    return formatted(at, say.words.locale, say.zone, options);
}

/** The day of a moment, YYYY-MM-DD, where the département is. */
export function day(at: number, zone: string | null): string {
    return formatted(at, "en-CA", zone, { year: "numeric", month: "2-digit", day: "2-digit" });
}

function two(digits: number): string {
    return String(digits).padStart(2, "0");
}

/** "20 min", "2 h 05", "3 jours"; ms. */
export function duration(ms: number, words: Words): string {
    const t = words.time;
    const left = Math.max(0, ms);
    if (left < MINUTE) return t.seconds(Math.floor(left / 1000));
    if (left < HOUR) return t.minutes(Math.floor(left / MINUTE));
    if (left < 6 * HOUR)
        return t.hoursMinutes(Math.floor(left / HOUR), two(Math.floor((left % HOUR) / MINUTE)));
    if (left < 2 * DAY) return t.hours(Math.floor(left / HOUR));
    return t.days(Math.floor(left / DAY));
}

/** "à l'instant", "il y a 20 min". */
export function ago(at: number, now: number, words: Words): string {
    return now - at < MINUTE ? words.time.justNow : words.time.ago(duration(now - at, words));
}

/** "18:02" of today; else with its day: "demain 18:02", "dim. 22 nov. 18:02". */
export function clock(at: number, now: number, say: Saying): string {
    const time = parts(at, say, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const then = day(at, say.zone);
    if (then === day(now, say.zone)) return time;
    if (then === day(now + DAY, say.zone)) return say.words.time.tomorrow(time);
    if (then === day(now - DAY, say.zone)) return say.words.time.yesterday(time);
    const other = then.slice(0, 4) !== day(now, say.zone).slice(0, 4);
    const date: Intl.DateTimeFormatOptions = other
        ? { day: "numeric", month: "short", year: "numeric" }
        : { weekday: "short", day: "numeric", month: "short" };
    return parts(at, say, date) + " " + time;
}

/** The time of day with its seconds, for what must be dated exactly. */
export function exact(at: number, say: Saying): string {
    const second = "2-digit";
    return parts(at, say, { hour: "2-digit", minute: "2-digit", second, hourCycle: "h23" });
}

/** A date without a time: "18 décembre", with its year when it is another one. */
export function date(text: string, now: number, say: Saying): string {
    const other = text.slice(0, 4) !== day(now, say.zone).slice(0, 4);
    return formatted(Date.parse(text + "T00:00:00Z"), say.words.locale, "UTC",
        { day: "numeric", month: "long", ...(other ? { year: "numeric" } : {}) })
        .replace(/^1(?= )/, say.words.time.first);
}

/** "7 ans", "18 mois". */
export function age(months: number, words: Words): string {
    if (months >= 24) return words.age.years(Math.floor(months / 12));
    return words.age.months(months);
}

export function ages(min: number | null, max: number | null, words: Words): string {
    if (max === null) {
        if (min === null) return words.age.toAsk;
        return min === 0 ? words.age.all : words.age.from(age(min, words));
    }
    const least = min ?? 0;
    if (least === 0) return words.age.below(age(max, words));
    if (least % 12 === 0 && max % 12 === 0 && max >= least + 24)
        return words.age.range(least / 12, max / 12 - 1);
    return words.age.between(age(least, words), age(max, words));
}

/** What is left, for a countdown that people watch: "31:05", "2 h 05" when it is long. */
export function countdown(ms: number, words: Words): string {
    if (ms <= 0) return words.time.over;
    if (ms >= HOUR) return duration(ms, words);
    const seconds = Math.floor(ms / 1000);
    return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/** "moins de 1 km", "3,5 km", "12 km". */
export function distance(km: number, words: Pick<All, "locale" | "km" | "kmNear">): string {
    if (km < 1) return words.kmNear;
    const digits = km < 10 ? 1 : 0;
    return words.km(numbered(km, words.locale,
        { minimumFractionDigits: digits, maximumFractionDigits: digits }));
}

/** What is left, ms, up to one of a few steps: what is read aloud must not change each second. */
export function step(left: number): number {
    return ([1, 3, 5].find((minutes) => left <= minutes * MINUTE) ?? 10) * MINUTE;
}
