// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";

const never = (() => 0) as unknown as typeof setTimeout; // no timer keeps the test alive
Object.assign(globalThis, { setInterval: never, setTimeout: never });

test("nothing that comes later hides what was waited for", async () => {
    const { dismiss, news, tell } = await import("./news");
    const texts = (): string[] => news.value.map((each) => each.text);
    tell("refused", true);
    tell("accepted", true, ["h1"], true);
    tell("offered", true);
    assert.deepEqual(texts(), ["offered", "accepted"]);
    tell("arrived");
    assert.deepEqual(texts(), ["arrived", "accepted"]);
    tell("accepted too", true, ["h2"], true);
    assert.deepEqual(texts(), ["accepted", "accepted too"]);
    for (const each of news.value) dismiss(each.id);
    tell("asked");
    tell("refused", true);
    assert.deepEqual(texts(), ["asked", "refused"]);
});
