// SPDX-License-Identifier: EUPL-1.2
// The queue of declarations on this device, and its replay: at each tap, when the network comes
// back, when the session is renewed, and now and then.
import { effect, signal } from "@preact/signals";
import type { Unit } from "./protocol";
import { call, newKey, type Answer } from "./api";
import { declaration, type Draft } from "./figures";
import {
    dismiss, load, put, replay, type Entry, type Kept, type Notice, type Outcome, type Shelf,
} from "./queue";
import { recall, remember } from "./device";
import { ended, remembered, renewals, session } from "./session";
import { live, units } from "./registry";
import { serverNow } from "./now";
import { tell } from "./news";
import { say } from "./language";
import { label } from "./words/words";
import { clock } from "./moment";
import { saying } from "./parts/live_bar";

export const kept = signal<Kept>({ waiting: [], notices: [] });
/** A replay is under way, since when (ms of this device); null: none. */
export const sending = signal(false);

let unkept: string | null = null; // where the browser keeps nothing

const shelf: Shelf = {
    read: () => recall(shelfName()) ?? unkept,
    write: (text) => {
        unkept = remember(shelfName(), text) ? null : text;
    },
};

function shelfName(): string {
    return `queue.${session.peek()?.account ?? ""}`;
}

function refresh(): void {
    kept.value = load(shelf);
}

async function send(entry: Entry): Promise<Outcome> {
    const path = `/v1/units/${entry.unit}/`;
    const options = { key: entry.key, timeout: 15_000 };
    const answer: Answer<{ unit: Unit }> = entry.operation === "confirm"
        ? await call("POST", path + "confirm",
            { ...options, body: { observed_at: entry.observed_at } })
        : await call("PUT", path + "availability",
            { ...options, body: { ...entry.draft, observed_at: entry.observed_at } });
    refresh();
    if (answer.ok) {
        learn(answer.body.unit);
        said(entry, answer.body.unit);
        return { type: "done" };
    }
    const { type, detail, errors, data, status } = answer.problem;
    if (type === "network") return { type: "later", why: "network" };
    if (type === "unauthenticated" || detail === "anti_forgery")
        return { type: "later", why: "session" };
    if (status >= 500 || type === "too_many_requests") return { type: "later", why: "busy" };
    const first = errors[0]?.detail ?? detail;
    if (first === "in_the_future" && typeof data["now"] === "string")
        return { type: "wrong_clock", serverNow: data["now"] };
    if (data["unit"]) learn(data["unit"] as Unit);
    return { type: "told", problem: type, detail: first, unit: data["unit"] ?? null };
}

function said(entry: Entry, unit: Unit): void {
    const t = say().home;
    const what = say().free(unit.capacity.free ?? 0);
    tell(entry.operation === "confirm" ? t.confirmed(entry.name) : t.sent(entry.name, what));
}

/** Why a declaration was not taken as it was, and what holds instead. */
export function noticeText(notice: Pick<Notice, "entry" | "type" | "detail">): string {
    const { home, detail, problem } = say();
    const { entry, type } = notice;
    if (type === "outdated") return home.noticeOutdated(entry.name, saidAt(entry));
    const known = (problem as Record<string, unknown>)[type];
    const why = notice.detail ? label(detail, notice.detail)
        : typeof known === "string" ? known : problem.other(type);
    return home.noticeRefused(entry.name, saidAt(entry), why);
}

/** The answer is newer than the stream may be for a moment. */
function learn(unit: Unit): void {
    const before = units.peek().get(unit.id);
    if (before && before.revision > unit.revision) return;
    units.value = new Map([...units.peek(), [unit.id, unit]]);
}

let running = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;

async function work(): Promise<void> {
    const end = await replay(shelf, send, () => Date.now(), newKey);
    failures = end === "empty" ? 0 : failures + 1;
    const pause = Math.min(60_000, 2_000 * 2 ** Math.min(failures, 5));
    if (end === "busy" || end === "network")
        timer = setTimeout(() => void flush(), pause * (0.75 + Math.random() / 2));
}

/** One replay at a time, also among the tabs of this browser. */
export async function flush(): Promise<void> {
    if (running || !session.peek() || ended.peek() || remembered.peek()) return;
    if (load(shelf).waiting.length === 0) return;
    running = true;
    sending.value = true;
    clearTimeout(timer);
    try {
        if ("locks" in navigator) await navigator.locks.request("ugo.queue", work);
        else await work();
    } finally {
        running = false;
        sending.value = false;
        refresh();
    }
}

function enqueue(unit: Unit, operation: Entry["operation"], draft: Draft): void {
    const entry: Entry = {
        key: newKey(), unit: unit.id, name: unit.name, operation, draft, tries: 0,
        observed_at: new Date(serverNow()).toISOString(),
    };
    if (!put(shelf, entry)) tell(say().home.queueFull, true);
    refresh();
    void flush();
}

export function declare(unit: Unit, draft: Draft): void {
    enqueue(unit, "declare", declaration(unit, draft));
}

export function confirm(unit: Unit): void {
    enqueue(unit, "confirm", {});
}

export function putAway(key: string): void {
    dismiss(shelf, key);
    refresh();
}

/** What still waits for the network, of a unit; the last is what it will read. */
export function waitingOf(unit: string): Entry[] {
    return kept.value.waiting.filter((entry) => entry.unit === unit);
}

export function saidAt(entry: Entry): string {
    return clock(Date.parse(entry.observed_at), serverNow(), saying());
}

export function openQueue(): void {
    effect(() => {
        void renewals.value;
        if (!session.peek()) return;
        refresh();
        void flush();
    });
    effect(() => {
        if (live.value?.state.value === "live") void flush();
    });
    addEventListener("online", () => void flush());
    addEventListener("storage", refresh);
    setInterval(() => void flush(), 30_000);
}
