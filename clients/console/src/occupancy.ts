// SPDX-License-Identifier: EUPL-1.2
// Sums over units: what is open, taken, free, how much of it may be believed, and where nothing is.
// Pure. The same counts as the operation `occupancy` has, but of this moment's copy.
import type { Unit } from "./protocol";
import { over, trust } from "./figures";

export interface Counts {
    units: number;
    /** Of the units: declared and believed, to be verified, never declared. */
    fresh: number;
    doubtful: number;
    never: number;
    authorised: number;
    open: number;
    occupied: number;
    held: number;
    free: number;
    over: number;
    closed: number;
    /** Taken out of open, above 1 when there are more people than places; null: nothing is. */
    rate: number | null;
    /** The oldest declaration that still stands; null: none is declared. */
    oldest: string | null;
}

export function count(units: Iterable<Unit>, now: number): Counts {
    const sum: Counts = {
        units: 0, fresh: 0, doubtful: 0, never: 0, authorised: 0, open: 0, occupied: 0, held: 0,
        free: 0, over: 0, closed: 0, rate: null, oldest: null,
    };
    for (const unit of units) {
        const c = unit.capacity;
        const kind = trust(unit, now);
        sum.units += 1;
        sum.authorised += c.authorised ?? 0;
        sum[kind === "fresh" ? "fresh" : kind === "never" ? "never" : "doubtful"] += 1;
        if (kind === "never") continue; // nothing is known of its places
        sum.open += c.open ?? 0;
        sum.occupied += c.occupied ?? 0;
        sum.held += c.held;
        sum.free += c.free ?? 0;
        sum.over += over(unit);
        sum.closed += c.closed;
        const at = unit.observed_at;
        if (at !== null && (sum.oldest === null || at < sum.oldest)) sum.oldest = at;
    }
    sum.rate = rate(sum);
    return sum;
}

export function rate(counts: { open: number; occupied: number }): number | null {
    return counts.open > 0 ? counts.occupied / counts.open : null;
}

/** The points of a line: values from low to high, drawn so wide and so tall. */
export function points(values: number[], low: number, high: number, wide: number, tall: number):
    string {
    return values.map((value, i) => [wide * i / (values.length - 1),
        tall * (high - value) / (high - low || 1)]).join();
}

/** Ages in months as the journal's statistics have them: [from, to). */
export const BRACKETS: readonly (readonly [number, number | null])[] =
    [[0, 36], [36, 72], [72, 132], [132, 180], [180, 216], [216, null]];

/** Whether the unit takes somebody of that age; one whose ages nobody has said does not count. */
export function takesAge(unit: Unit, bracket: number): boolean {
    const [from, to] = BRACKETS[bracket] ?? [0, 0];
    const { min_months: min, max_months: max } = unit.ages;
    if (min === null && max === null) return false;
    return (to === null || (min ?? 0) < to) && (max === null || max > from);
}

/** Units that share their keys, in the order of their first. */
export function group<U>(units: Iterable<U>, keys: (unit: U) => string[]):
    { keys: string[]; units: U[] }[] {
    const found = new Map<string, { keys: string[]; units: U[] }>();
    for (const unit of units) {
        const own = keys(unit);
        const name = own.join("\n");
        const there = found.get(name);
        if (there) there.units.push(unit);
        else found.set(name, { keys: own, units: [unit] });
    }
    return [...found.values()];
}

/** With what nobody has: each combination of the keys that there are; of the key `at`, with its
 *  text, of these more, too. */
export function crossed<R extends { keys: string[]; text: string }>(rows: R[],
    none: (keys: string[], text: string) => R, at = -1, more: [string, string][] = []): R[] {
    const there = new Map(rows.map((row) => [row.keys.join("\n"), row]));
    const faces = (rows[0]?.keys ?? []).map((_, i) =>
        [...new Map([...rows.map((row): [string, string] =>
            [row.keys[i] ?? "", row.text.split("\n")[i] ?? ""]), ...i === at ? more : []])]);
    const all = faces.reduce<[string[], string[]][]>((found, own) =>
        found.flatMap(([keys, texts]) => own.map(([key, text]): [string[], string[]] =>
            [[...keys, key], [...texts, text]])), [[[], []]]);
    return rows.length ? all.map(([keys, texts]) =>
        there.get(keys.join("\n")) ?? none(keys, texts.join("\n"))) : [];
}

// ── territories ──

export interface Territory { code: string; name: string; level: string; parent: string | null }
export type Tree = ReadonlyMap<string, Territory>;

/** The territory and what it is in, up to the root. */
export function chain(tree: Tree, code: string | null): string[] {
    const found: string[] = [];
    for (let at = code; at !== null && !found.includes(at); at = tree.get(at)?.parent ?? null)
        found.push(at);
    return found;
}

/** Which part of `above` it is in: the territory just below, itself when it is that one; null: it
 *  is elsewhere. */
export function branch(tree: Tree, code: string | null, above: string | null): string | null {
    const up = chain(tree, code);
    const at = above === null ? up.length : up.indexOf(above);
    return at < 0 ? null : up[Math.max(0, at - 1)] ?? null;
}

/** The smallest territory that all are in; null: there is none. */
export function common(tree: Tree, codes: Iterable<string>): string | null {
    let shared: string[] | null = null;
    for (const code of codes) {
        const up = chain(tree, code);
        shared = shared === null ? up : shared.filter((each) => up.includes(each));
    }
    return shared?.[0] ?? null;
}

/** What is looked at; "": any. `age`: a bracket's index. */
export interface Filter { kind: string; modality: string; age: string }

export function admits({ kind, modality, age }: Filter, unit: Unit): boolean {
    return (!kind || unit.establishment_kind === kind)
        && (!modality || unit.modality === modality) && (!age || takesAge(unit, Number(age)));
}

// ── alerts ──

/** A rule as the server keeps it for the whole direction; null: any. */
export interface Alert {
    id: string;
    territory: string;
    establishment_kind: string | null;
    modality: string | null;
    ages: Unit["ages"];
    /** Occupied of the open places. */
    percent: number;
    active_since: string | null;
    or_earlier: boolean;
}

/** Whether it is about the unit, as the server judges: one of unknown ages is not meant by a rule
 *  about ages. */
export function watches(alert: Alert, tree: Tree, unit: Unit): boolean {
    const { min_months: min, max_months: max } = alert.ages;
    return chain(tree, unit.territory).includes(alert.territory)
        && (alert.establishment_kind ?? unit.establishment_kind) === unit.establishment_kind
        && (alert.modality ?? unit.modality) === unit.modality
        && (min === null || (unit.ages.max_months ?? 0) > min)
        && (max === null || (unit.ages.min_months ?? max) < max);
}

/** Whether the places of these units are taken to that part or more. */
export function reached(alert: Alert, { open, occupied }: Counts): boolean {
    return occupied > 0 && occupied * 100 >= alert.percent * open;
}
