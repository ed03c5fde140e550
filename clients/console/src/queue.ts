// SPDX-License-Identifier: EUPL-1.2
// Declarations on their way. Each is written down before it is sent, with the time it was true and
// a key; it leaves when the server has answered. So nothing is lost without a network, nothing is
// counted twice, and the order is kept. Only declarations are ever queued: a hold is not.
//
// Pure: the store, the sender and the present are given.
import type { Draft } from "./figures";

export interface Entry {
    key: string;
    unit: string;
    name: string;
    operation: "declare" | "confirm";
    draft: Draft;
    observed_at: string;
    tries: number;
}

/** A declaration that the server did not take as it was: to be explained, then put away. */
export interface Notice {
    entry: Entry;
    type: string;
    detail: string | null;
    /** What is known instead, as the server said it. */
    unit: unknown;
}

export interface Kept { waiting: Entry[]; notices: Notice[] }

export interface Shelf {
    read(): string | null;
    write(text: string | null): void;
}

export type Outcome =
    | { type: "done" }
    | { type: "later"; why: "network" | "busy" | "session" }
    | { type: "wrong_clock"; serverNow: string }
    | { type: "told"; problem: string; detail: string | null; unit: unknown };

export const LIMIT = 200;

export function load(shelf: Shelf): Kept {
    try {
        const kept = JSON.parse(shelf.read() ?? "null") as Kept | null;
        if (kept && Array.isArray(kept.waiting) && Array.isArray(kept.notices)) return kept;
    } catch {
        // what cannot be read is as good as nothing
    }
    return { waiting: [], notices: [] };
}

export function save(shelf: Shelf, kept: Kept): void {
    const nothing = kept.waiting.length === 0 && kept.notices.length === 0;
    shelf.write(nothing ? null : JSON.stringify(kept));
}

/** One more at the end. False: there are too many already, which no person types. */
export function put(shelf: Shelf, entry: Entry): boolean {
    const kept = load(shelf);
    if (kept.waiting.length >= LIMIT) return false;
    save(shelf, { ...kept, waiting: [...kept.waiting, entry] });
    return true;
}

export function dismiss(shelf: Shelf, key: string): void {
    const kept = load(shelf);
    save(shelf, { ...kept, notices: kept.notices.filter((each) => each.entry.key !== key) });
}

/** A device whose clock is ahead: the same moment by the server's clock, under a new key since it
 *  is another declaration. */
function retimed(entry: Entry, serverNow: string, now: number, key: string): Entry {
    const shift = Date.parse(serverNow) - now;
    const at = new Date(Date.parse(entry.observed_at) + Math.min(0, shift));
    return { ...entry, key, observed_at: at.toISOString(), tries: entry.tries + 1 };
}

/** Sends the first of those waiting, until none is left or one cannot be sent now. The shelf is
 *  read again each time: another tab, or a tap, may have added to it meanwhile. */
export async function replay(shelf: Shelf, send: (entry: Entry) => Promise<Outcome>,
    now: () => number, newKey: () => string): Promise<"empty" | "network" | "busy" | "session"> {
    for (;;) {
        const entry = load(shelf).waiting[0];
        if (entry === undefined) return "empty";
        const outcome = await send(entry);
        const kept = load(shelf);
        const rest = kept.waiting.filter((each) => each.key !== entry.key);
        if (outcome.type === "later") {
            const waiting = kept.waiting.map((each) =>
                each.key === entry.key ? { ...each, tries: each.tries + 1 } : each);
            save(shelf, { ...kept, waiting });
            return outcome.why;
        }
        if (outcome.type === "wrong_clock" && entry.tries < 3) {
            const again = retimed(entry, outcome.serverNow, now(), newKey());
            save(shelf, { ...kept, waiting: [again, ...rest] });
            continue;
        }
        const notice: Notice[] = outcome.type === "told" ? [{
            entry, type: outcome.problem, detail: outcome.detail, unit: outcome.unit,
        }] : outcome.type === "wrong_clock" ? [{
            entry, type: "invalid_params", detail: "in_the_future", unit: null,
        }] : [];
        save(shelf, { waiting: rest, notices: [...kept.notices, ...notice] });
    }
}
