// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { fr } from "./words/fr";
import { asker as frAsker } from "./words/fr_asker";
import { access as frAccess } from "./words/fr_access";
import { steer as frSteer } from "./words/fr_steer";
import { en } from "./words/en";
import { asker as enAsker } from "./words/en_asker";
import { access as enAccess } from "./words/en_access";
import { steer as enSteer } from "./words/en_steer";

/** Every text, functions called with plain arguments. */
function texts(node: unknown, path: string): [string, string][] {
    if (typeof node === "string") return [[path, node]];
    if (typeof node === "function") {
        const made: unknown = /list$/.test(path) ? node(["a"])
            : /date$/.test(path) ? node("2 mai") : node(2, 3, 4);
        return typeof made === "string" ? [[path, made]] : [];
    }
    return Object.entries(node as object).flatMap(([name, each]) =>
        texts(each, path === "" ? name : `${path}.${name}`));
}

const french = [...texts(fr, ""), ...texts(frAsker, ""), ...texts(frSteer, ""),
    ...texts(frAccess, "access")];
const english = [...texts(en, ""), ...texts(enAsker, ""), ...texts(enSteer, ""),
    ...texts(enAccess, "access")];

test("both dictionaries say the same things, none with nothing", () => {
    assert.deepEqual(french.map(([path]) => path).sort(), english.map(([path]) => path).sort());
    for (const [path, text] of [...french, ...english]) assert.notEqual(text.trim(), "", path);
});

test("French has unbreakable spaces before : ; ! ? and inside « »", () => {
    for (const [path, text] of french)
        assert.doesNotMatch(text, / [:;!?»]|« /, `${path}: ${text}`);
});

test("English has none of them", () => {
    for (const [path, text] of english) assert.doesNotMatch(text, /\s[:;!?]|[«»]/, path);
});
