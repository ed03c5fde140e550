// SPDX-License-Identifier: EUPL-1.2
// What the page of a link asks and sends; pure.
import type { Hold, Unit } from "./protocol";
import { empty } from "./figures";
import { age } from "./moment";
import { label, type LinkWords } from "./words/words";

export interface Link {
    question: "declare" | "hold";
    unit_name: string | null;
    establishment_name: string | null;
    expires_at: string;
    now: string;
    unit?: Unit;
    hold?: Hold;
}

/** What the person has set: free places, and open ones where nobody ever said. */
export interface Count { free: number; open: number | null }

export function countOf(unit: Unit): Count {
    return { free: empty(unit) ?? 0, open: unit.capacity.open === null ? 1 : null };
}

export function openOf(unit: Unit, count: Count): number {
    return count.open ?? unit.capacity.open ?? 0;
}

/** One more or one fewer, within what is open. */
export function moved(unit: Unit, count: Count, by: number): Count {
    const free = Math.max(0, Math.min(openOf(unit, count), count.free + by));
    return { ...count, free };
}

/** As many open places; free ones follow. */
export function opened(count: Count, by: number): Count {
    const open = Math.max(0, Math.min(999, (count.open ?? 0) + by));
    return { open, free: Math.min(count.free, open) };
}

/** Whether what would be said is what is known: more people than places are never "free: 0". */
export function isUnchanged(unit: Unit, count: Count): boolean {
    return unit.observed_at !== null && count.free === empty(unit);
}

export function bodyOf(unit: Unit, count: Count, at: string): Record<string, unknown> {
    if (isUnchanged(unit, count)) return { unchanged: true, observed_at: at };
    return {
        free: count.free, ...(count.open === null ? {} : { open: count.open }), observed_at: at,
    };
}

/** "une fille de 7 ans et un enfant (handicap)" */
export function whoOf(hold: Hold, words: LinkWords): string {
    const each = hold.profile.map((child) => {
        const who = words.child[child.sex ?? "unknown"];
        const months = child.age_months;
        if (months === null) return who;
        return words.aged(who, age(months, words));
    });
    const needs = hold.needs.map((need) => label(words.needs, need));
    const who = each.length === 0 ? words.children(hold.places) : each.join(words.and);
    return needs.length === 0 ? who : `${who} (${needs.join(", ")})`;
}
