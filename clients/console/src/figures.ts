// SPDX-License-Identifier: EUPL-1.2
// What a unit's figures say: how many are free, whether they may be believed, and what − and +
// make of them. People count the places that are empty and staffed, held ones included.
import type { Unit } from "./protocol";

export type Trust = "fresh" | "stale" | "contested" | "never";

export function trust(unit: Unit, now: number): Trust {
    if (unit.capacity.open === null || unit.observed_at === null) return "never";
    if (unit.contested_at !== null) return "contested";
    if (unit.fresh_until !== null && Date.parse(unit.fresh_until) <= now) return "stale";
    return "fresh";
}

/** Empty and staffed places as people there see them; null: never declared. */
export function empty(unit: Unit): number | null {
    const { open, occupied } = unit.capacity;
    return open === null || occupied === null ? null : Math.max(0, open - occupied);
}

/** How many more people than open places; 0: none. */
export function over(unit: Unit): number {
    const { open, occupied } = unit.capacity;
    return open === null || occupied === null ? 0 : Math.max(0, occupied - open);
}

/** What the establishment is about to say; what is absent is not said. */
export interface Draft {
    free?: number;
    occupied?: number;
    open?: number;
    emergency_used?: number;
    closed?: { n: number; reason?: string; reopens_on?: string | null };
    derogation?: string;
}

/** Open places after the draft: as said, or moved by what is closed or opened again. */
export function openAfter(unit: Unit, draft: Draft): number | null {
    if (draft.open !== undefined) return draft.open;
    if (unit.capacity.open === null) return null;
    if (draft.closed === undefined) return unit.capacity.open;
    return Math.max(0, unit.capacity.open + unit.capacity.closed - draft.closed.n);
}

/** The number that − and + move, and what bounds it. */
export function stepper(unit: Unit, draft: Draft): { value: number; min: number; max: number } {
    const max = openAfter(unit, draft) ?? 0;
    const people = draft.occupied ?? unit.capacity.occupied ?? max; // who is there stays there
    const value = Math.min(draft.free ?? Math.max(0, max - people), max);
    return { value, min: 0, max };
}

/** The draft after one − or +; {} again when it says what is known. */
export function step(unit: Unit, draft: Draft, by: 1 | -1): Draft {
    const { value, min, max } = stepper(unit, draft);
    const free = Math.max(min, Math.min(max, value + by));
    const { occupied: _, ...rest } = draft;
    const next: Draft = { ...rest, free };
    if (free === empty(unit) && over(unit) === 0 && Object.keys(next).length === 1) return {};
    return next;
}

export function isEmptyDraft(draft: Draft): boolean {
    return Object.keys(draft).length === 0;
}

/** The figures to send: exactly one of free and occupied. A closing keeps the people who are
 *  there: without another word the empty places are fewer. */
export function declaration(unit: Unit, draft: Draft): Draft {
    if (draft.free !== undefined || draft.occupied !== undefined) return draft;
    if (unit.capacity.occupied !== null) return { ...draft, occupied: unit.capacity.occupied };
    return { ...draft, free: 0 };
}

/** The unit as it will read once the draft is known; for showing what was not sent yet. */
export function foreseen(unit: Unit, draft: Draft, observedAt: string): Unit {
    const said = declaration(unit, draft);
    const open = openAfter(unit, said);
    const occupied = said.occupied ?? (open === null ? null : open - (said.free ?? 0));
    const c = unit.capacity;
    const free = open === null || occupied === null ? null : Math.max(0, open - occupied - c.held);
    const closed = said.closed?.n ?? c.closed;
    return {
        ...unit, observed_at: observedAt, contested_at: null,
        fresh_until: new Date(Date.parse(observedAt) + unit.ttl_s * 1000).toISOString(),
        closed_reason: said.closed === undefined ? unit.closed_reason : said.closed.reason ?? null,
        reopens_on: said.closed === undefined ? unit.reopens_on : said.closed.reopens_on ?? null,
        capacity: {
            ...c, open, occupied, closed, free,
            emergency_used: said.emergency_used ?? c.emergency_used,
        },
    };
}
