// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { call, get, queryString, seen, setAntiForgery, whenEnded, write } from "./api";

interface Sent { url: string; method: string; headers: Record<string, string> }
let sent: Sent[] = [];
let answers: (Response | Error)[] = [];

globalThis.fetch = (async (url: string, init: RequestInit) => {
    sent.push({ url, method: init.method ?? "GET", headers: init.headers as never });
    const next = answers.shift() ?? new Error("no network");
    if (next instanceof Error) throw next;
    return next;
}) as typeof fetch;

// No test waits for a pause.
const later = globalThis.setTimeout;
globalThis.setTimeout = ((run: () => void, wait: number) =>
    later(run, wait > 10_000 ? wait : 0)) as typeof setTimeout;

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
    return new Response(JSON.stringify(body), { status, headers });
}

beforeEach(() => {
    sent = [];
    answers = [];
    setAntiForgery(null);
});

test("a query: arrays by commas, objects as JSON, nothing for null", () => {
    assert.equal(queryString({ insee: ["31395", "31555"], limit: 6, cursor: null }),
        "?insee=31395%2C31555&limit=6");
    assert.equal(queryString({ filter: { units: ["u-1"] } }),
        "?filter=%7B%22units%22%3A%5B%22u-1%22%5D%7D");
    assert.equal(queryString({}), "");
});

test("a write has a key and the anti-forgery token, a read has neither", async () => {
    setAntiForgery("token");
    answers = [json({}), json({})];
    await write("POST", "/v1/holds", {});
    await get("/v1/holds");
    assert.equal(sent[0]?.headers["Ugo-Anti-Forgery"], "token");
    assert.match(sent[0]?.headers["Idempotency-Key"] ?? "", /^c-[0-9a-f]{32}$/);
    assert.equal(sent[1]?.headers["Ugo-Anti-Forgery"], undefined);
    assert.equal(sent[1]?.headers["Idempotency-Key"], undefined);
});

test("a read is not older than what was written or seen here", async () => {
    answers = [json({}, 200, { "Ugo-Position": "e.9" }), json({}), json({}), json({})];
    await write("POST", "/v1/holds", {});
    seen("e.5f.8");
    await get("/v1/holds");
    seen("e.5f.11");
    await get("/v1/holds");
    seen(null);
    await get("/v1/holds");
    assert.deepEqual(sent.slice(1).map((each) => each.headers["Ugo-After"]),
        ["e.9", "e.11", "e.11"]);
});

test("an unknown outcome is asked again with the same key", async () => {
    answers = [new Error("lost"), json({ type: "urn:ugo:error:unknown_outcome" }, 503),
        json({ done: true })];
    const answer = await write("POST", "/v1/holds", {}, "k-1");
    assert.equal(answer.ok, true);
    assert.deepEqual(sent.map((each) => each.headers["Idempotency-Key"]), ["k-1", "k-1", "k-1"]);
});

test("what was refused is not asked again", async () => {
    answers = [json({ type: "urn:ugo:error:no_free_place", status: 409,
        detail: "offered_to_another" }, 409)];
    const answer = await write("POST", "/v1/holds", {});
    assert.equal(sent.length, 1);
    assert.equal(!answer.ok && answer.problem.type, "no_free_place");
    assert.equal(!answer.ok && answer.problem.detail, "offered_to_another");
});

test("a read follows what was written, and forgets a position that cannot be", async () => {
    answers = [json({}, 200, { "Ugo-Position": "e.7" }), json({}),
        json({ type: "urn:ugo:error:precondition_failed" }, 412), json({ fine: true })];
    await write("POST", "/v1/holds", {});
    await get("/v1/holds");
    assert.equal(sent[1]?.headers["Ugo-After"], "e.7");
    const answer = await get("/v1/holds");
    assert.equal(answer.ok, true);
    assert.equal(sent[3]?.headers["Ugo-After"], undefined);
});

test("a server that is behind is asked again", async () => {
    answers = [json({}, 200, { "Ugo-Position": "e.9" }),
        json({ type: "urn:ugo:error:behind" }, 503), json({ fine: true })];
    await write("POST", "/v1/holds", {});
    assert.equal((await get("/v1/holds")).ok, true);
    assert.equal(sent.length, 3);
});

test("a session that ended is told, but not by a wrong password", async () => {
    let told = 0;
    whenEnded(() => { told += 1; });
    answers = [json({ type: "urn:ugo:error:unauthenticated" }, 401),
        json({ type: "urn:ugo:error:unauthenticated", detail: "wrong_credentials" }, 401)];
    await get("/v1/me");
    assert.equal(told, 1);
    await call("POST", "/v1/login", { body: {} });
    assert.equal(told, 1);
});

test("no answer is a problem of its own; further members are kept", async () => {
    const lost = await get("/v1/me");
    assert.equal(!lost.ok && lost.problem.type, "network");
    answers = [json({ type: "urn:ugo:error:too_many_requests", unit: 1 }, 429,
        { "Retry-After": "7" })];
    const busy = await get("/v1/me");
    assert.equal(!busy.ok && busy.problem.retryAfter, 7);
    assert.deepEqual(!busy.ok && busy.problem.data, { unit: 1 });
});
