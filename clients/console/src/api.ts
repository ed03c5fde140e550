// SPDX-License-Identifier: EUPL-1.2
// Door 2 as the console uses it: one call, a result or a problem. A write has a key, and is sent
// again with the same key while its outcome is unknown: it is done once.

export interface Problem {
    /** The error's type of the protocol; "network": no answer came. */
    type: string;
    status: number;
    detail: string | null;
    errors: { pointer: string; detail: string }[];
    retryAfter: number | null;
    /** Further members: unit, hold, holds, now, id. */
    data: Record<string, unknown>;
}
export type Answer<T> = { ok: true; body: T } | { ok: false; problem: Problem };

export interface Options {
    query?: Record<string, unknown>;
    body?: unknown;
    key?: string;
    /** The secret of a link: whoever has it needs no session. */
    link?: string;
    timeout?: number;
    signal?: AbortSignal;
}

const TIMEOUT = 20_000;
const AGAIN = [1_000, 3_000];

let antiForgery: string | null = null;
let after: string | null = null;
let onEnded: () => void = () => undefined;
let onHeard: (server: number | null, sent: number, got: number) => void = () => undefined;

export function setAntiForgery(token: string | null): void {
    antiForgery = token;
    if (token === null) after = null;
}

const revision = (position: string | null): number => Number(position?.split(".").at(-1) ?? -1);

/** What is asked for from now on is not older than this mark of a stream. */
export function seen(upto: string | null | undefined): void {
    if (upto && revision(upto) > revision(after)) after = upto.replace(/\.[^.]*(?=\.)/, "");
}

/** Told when the server no longer knows who we are. */
export function whenEnded(told: () => void): void {
    onEnded = told;
}

/** Told of each answer: the server's time when it says it, and when it was asked and heard. */
export function whenHeard(told: typeof onHeard): void {
    onHeard = told;
}

export function newKey(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return "c-" + Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

function text(value: unknown): string {
    if (Array.isArray(value)) return value.join(",");
    return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function queryString(query: Record<string, unknown>): string {
    const given = Object.entries(query)
        .filter(([, value]) => value !== undefined && value !== null);
    if (given.length === 0) return "";
    const pairs = given.map(([name, value]) => `${name}=${encodeURIComponent(text(value))}`);
    return "?" + pairs.join("&");
}

function problemOf(status: number, body: Record<string, unknown>, response: Response | null):
    Problem {
    const { type, title: _, status: __, detail, errors, ...data } = body;
    const named = typeof type === "string" ? type.replace(/^urn:ugo:error:/, "") : "";
    const wait = Number(response?.headers.get("Retry-After") ?? NaN);
    return {
        type: named !== "" && named !== "about:blank" ? named
            : status === 0 ? "network" : status === 401 ? "unauthenticated"
                : status >= 500 ? "unavailable" : "internal",
        status, detail: typeof detail === "string" ? detail : null,
        errors: Array.isArray(errors) ? errors as Problem["errors"] : [],
        retryAfter: Number.isFinite(wait) ? wait : null, data,
    };
}

async function once<T>(method: string, path: string, options: Options): Promise<Answer<T>> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (options.body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET" && antiForgery !== null) headers["Ugo-Anti-Forgery"] = antiForgery;
    if (options.link !== undefined) headers["Authorization"] = "Link " + options.link;
    if (options.key !== undefined) headers["Idempotency-Key"] = options.key;
    if (method === "GET" && after !== null && path.startsWith("/v1/")) headers["Ugo-After"] = after;
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), options.timeout ?? TIMEOUT);
    const given = options.signal;
    const give = (): void => ended.abort();
    given?.addEventListener("abort", give);
    const sent = Date.now();
    try {
        const response = await fetch(path + queryString(options.query ?? {}), {
            method, headers, credentials: "same-origin", cache: "no-store", redirect: "error",
            signal: ended.signal,
            ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
        });
        const body = response.status === 204 ? {} : await response.json() as T;
        const dated = Date.parse(response.headers.get("Date") ?? "");
        if (response.ok) onHeard(Number.isFinite(dated) ? dated : null, sent, Date.now());
        if (!response.ok) return {
            ok: false,
            problem: problemOf(response.status, body as Record<string, unknown>, response),
        };
        const position = response.headers.get("Ugo-Position");
        if (method !== "GET" && position !== null) after = position;
        return { ok: true, body: body as T };
    } catch {
        return { ok: false, problem: problemOf(0, {}, null) };
    } finally {
        clearTimeout(timer);
        given?.removeEventListener("abort", give);
    }
}

const UNKNOWN = ["network", "unknown_outcome"];

export async function call<T>(method: string, path: string, options: Options = {}):
    Promise<Answer<T>> {
    let answer = await once<T>(method, path, options);
    for (const pause of AGAIN) {
        if (answer.ok || options.signal?.aborted) break;
        const { type } = answer.problem;
        if (type === "behind" || type === "precondition_failed") after = null;
        else if (!(options.key !== undefined && UNKNOWN.includes(type))) break;
        await new Promise((resolve) => setTimeout(resolve, type === "network" ? pause : 500));
        answer = await once<T>(method, path, options);
    }
    if (!answer.ok && answer.problem.type === "unauthenticated" && path !== "/v1/login") onEnded();
    return answer;
}

export function get<T>(path: string, query: Record<string, unknown> = {}): Promise<Answer<T>> {
    return call<T>("GET", path, { query });
}

/** A write with a key of its own: the caller keeps one only to repeat exactly this. */
export function write<T>(method: string, path: string, body: unknown = {}, key = newKey()):
    Promise<Answer<T>> {
    return call<T>(method, path, { body, key });
}
