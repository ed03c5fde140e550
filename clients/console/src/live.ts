// SPDX-License-Identifier: EUPL-1.2
// One live stream of the registry: a copy that follows, comes back where it was, and knows how old
// it is. The browser's own reconnection is not used: it gives up at the first refusal.
import { signal, type ReadonlySignal } from "@preact/signals";
import type { AnyRecord, Filter, Mark } from "./protocol";
import { Copy, type Turn } from "./copy";
import { queryString } from "./api";
import { learnNow } from "./now";

export type LiveState = "connecting" | "live" | "lost";

const QUIET = 10_000; // without a mark: what is shown may be old
const LONGEST = 20_000;

export interface Live {
    copy: Copy;
    state: ReadonlySignal<LiveState>;
    /** Server's time of the last mark; null: none yet. */
    markedAt: ReadonlySignal<number | null>;
    /** The server itself is without news since then; null: it has them. */
    staleSince: ReadonlySignal<number | null>;
    close(): void;
}

function parsed<T>(event: Event): T | null {
    try {
        return JSON.parse((event as MessageEvent<string>).data) as T;
    } catch {
        return null;
    }
}

/** `ended` is asked after each refusal: it finds out whether the session still stands. */
export function follow(filter: Filter, told: (turn: Turn) => void, ended: () => void): Live {
    const copy = new Copy();
    const state = signal<LiveState>("connecting");
    const markedAt = signal<number | null>(null);
    const staleSince = signal<number | null>(null);
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastNews = Date.now();
    let failures = 0;
    let closed = false;

    function drop(): void {
        source?.close();
        source = null;
        clearTimeout(timer);
        timer = undefined;
    }

    function again(wait: number): void {
        drop();
        if (closed) return;
        if (state.value !== "connecting" || failures > 1) state.value = "lost";
        timer = setTimeout(open, wait);
    }

    function failed(): void {
        failures += 1;
        const longest = Math.min(LONGEST, 1000 * 2 ** Math.min(failures, 5));
        if (failures > 1 && navigator.onLine) ended();
        again(longest * (0.5 + Math.random() / 2));
    }

    function open(): void {
        drop();
        lastNews = Date.now();
        const query = queryString({ filter, since: copy.upto });
        copy.start(copy.upto !== null);
        source = new EventSource("/v1/events" + query);
        source.addEventListener("error", failed);
        source.addEventListener("start", (event) => {
            const body = parsed<{ resumed: boolean }>(event);
            if (body) copy.start(body.resumed);
        });
        source.addEventListener("delta", (event) => {
            lastNews = Date.now();
            const body = parsed<{ set: AnyRecord[]; gone: string[] }>(event);
            if (body) copy.delta(body.set, body.gone);
        });
        source.addEventListener("mark", (event) => {
            const mark = parsed<Mark>(event);
            if (!mark) return;
            lastNews = Date.now();
            failures = 0;
            learnNow(Date.parse(mark.now), lastNews, lastNews);
            const turn = copy.reach(mark);
            markedAt.value = Date.parse(mark.now);
            staleSince.value = mark.stale ? Date.parse(mark.fresh_at) : null;
            state.value = "live";
            if (turn.kinds.size) told(turn);
        });
        source.addEventListener("bye", (event) => {
            const body = parsed<{ code: string; retry_ms: number | null }>(event);
            if (body?.retry_ms === null || body === null) ended();
            again(body?.retry_ms ?? LONGEST);
        });
    }

    // A phone that slept wakes with a dead connection that looks alive.
    function look(): void {
        if (closed || Date.now() - lastNews <= QUIET) return;
        if (state.value === "live") state.value = "lost";
        if (source !== null) failed();
    }
    function woken(): void {
        if (document.visibilityState === "visible" && Date.now() - lastNews > QUIET / 2) open();
    }
    function online(): void {
        failures = 0;
        open();
    }
    function offline(): void {
        if (state.value === "live") state.value = "lost";
    }

    const watch = setInterval(look, 2_000);
    document.addEventListener("visibilitychange", woken);
    addEventListener("online", online);
    addEventListener("offline", offline);
    open();
    return {
        copy, state, markedAt, staleSince,
        close() {
            closed = true;
            drop();
            clearInterval(watch);
            document.removeEventListener("visibilitychange", woken);
            removeEventListener("online", online);
            removeEventListener("offline", offline);
        },
    };
}
