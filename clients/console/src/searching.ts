// SPDX-License-Identifier: EUPL-1.2
// The search under way: what is wanted, what was found, and a stream of the units that would be
// found, so that it is made again when places change.
import { batch, computed, effect, signal } from "@preact/signals";
import type { Found } from "./protocol";
import { call, type Problem } from "./api";
import { follow, type Live } from "./live";
import { disordered, merge, newWanted, ready, searchParams, streamSearch, type Shown, type Wanted }
    from "./need";
import { begin, ended, renewals } from "./session";
import { learnUnits, open } from "./registry";
import { serverNow } from "./now";

export const wanted = signal<Wanted>(newWanted(!open.peek()));
/** The request it is for; null: none is open yet. */
export const forRequest = signal<string | null>(null);
export const editing = signal(true);
export const busy = signal(false);
export const problem = signal<Problem | null>(null);
export const found = signal<Found | null>(null);
export const foundAt = signal<number | null>(null);
export const shown = signal<Shown[]>([]);
export const picked = signal<ReadonlySet<string>>(new Set());
export const outOfOrder = computed(() =>
    found.value !== null && disordered(shown.value, found.value.results));

let asked: AbortController | null = null;
let again: ReturnType<typeof setTimeout> | undefined;

function steady(): boolean {
    return picked.peek().size > 0
        || document.activeElement?.closest("#results") !== null
        && document.activeElement !== document.body && document.activeElement !== null;
}

/** Searches. `fresh`: the list begins anew; otherwise it stays under the finger. */
export async function search(fresh: boolean): Promise<void> {
    if (!ready(wanted.peek())) return;
    asked?.abort();
    const mine = new AbortController();
    asked = mine;
    clearTimeout(again);
    if (fresh) batch(() => {
        shown.value = [];
        found.value = null;
        picked.value = new Set();
    });
    busy.value = true;
    const body = searchParams(wanted.peek(), forRequest.peek());
    const answer = await call<Found>("POST", "/v1/search", { body, signal: mine.signal });
    if (mine.signal.aborted) return;
    batch(() => {
        busy.value = false;
        problem.value = answer.ok ? null : answer.problem;
        if (!answer.ok) return;
        learnUnits(answer.body.results.map((result) => result.unit));
        learnUnits(answer.body.near_misses.map((miss) => miss.unit));
        found.value = answer.body;
        foundAt.value = serverNow();
        shown.value = merge(shown.peek(), answer.body.results, !fresh && steady());
    });
}

export function reorder(): void {
    if (found.peek()) shown.value = merge([], found.peek()?.results ?? [], false);
    const there = new Set(shown.peek().map((each) => each.unit.id));
    picked.value = new Set([...picked.peek()].filter((id) => there.has(id)));
}

function soon(wait: number): void {
    clearTimeout(again);
    again = setTimeout(() => void search(false), wait);
}

/** Changes the need while results are shown, and searches again. */
export function widen(change: Partial<Wanted>): void {
    wanted.value = { ...wanted.peek(), ...change };
    void search(true);
}

export function toggle(unit: string): void {
    const next = new Set(picked.peek());
    if (!next.delete(unit) && next.size < 8) next.add(unit);
    picked.value = next;
}

let stream: Live | null = null;
let streamed = "";

/** The need as the server hears it; the stream is opened anew only when it changes. */
const filter = computed(() => editing.value || !ready(wanted.value) || found.value === null ? ""
    : JSON.stringify(streamSearch(wanted.value)));

effect(() => {
    const next = ended.value ? "" : `${renewals.value} ${filter.value}`;
    if (next === streamed) return;
    streamed = next;
    stream?.close();
    stream = null;
    if (next === "" || filter.peek() === "") return;
    let first = true;
    const criteria = JSON.parse(filter.peek()) as unknown;
    stream = follow({ kinds: ["unit"], search: criteria }, () => {
        if (!first) soon(700);
        first = false;
    }, () => void begin());
});

// Time alone changes an answer, too: offices close, a unit that was nearly right comes right.
setInterval(() => {
    if (filter.peek() !== "" && document.visibilityState === "visible" && !ended.peek()
        && serverNow() - (foundAt.peek() ?? 0) > 55_000) soon(0);
}, 10_000);
