// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { french as said } from "./fixtures";
import { fr } from "./words/fr";
import { access as frAccess } from "./words/fr_access";
import { admin as frAdmin } from "./words/fr_admin";
import { asker as frAsker } from "./words/fr_asker";
import { link as frLink } from "./words/fr_link";
import { steer as frSteer } from "./words/fr_steer";
import { en } from "./words/en";
import { access as enAccess } from "./words/en_access";
import { admin as enAdmin } from "./words/en_admin";
import { asker as enAsker } from "./words/en_asker";
import { link as enLink } from "./words/en_link";
import { steer as enSteer } from "./words/en_steer";
import { label, spoken } from "./words/words";

/** Every text by its path. */
function texts(node: unknown, path = ""): [string, string][] {
    if (typeof node === "string") return [[path, node]];
    return Object.entries(node as object).flatMap(([name, each]) => texts(each, `${path}.${name}`));
}

const french = texts([fr, frAsker, frSteer, frAdmin, frLink, frAccess]);
const english = texts([en, enAsker, enSteer, enAdmin, enLink, enAccess]);

test("both dictionaries say the same things, none with nothing", () => {
    assert.deepEqual(french.map(([path]) => path).sort(), english.map(([path]) => path).sort());
    for (const [path, text] of [...french, ...english]) assert.notEqual(text.trim(), "", path);
});

/** The holes of a template, without repeats. */
function holes(text: string): string[] {
    return [...new Set(text.match(/\{[^}]*\}/g) ?? [])].sort();
}

test("templates have the same holes in both, from {0} on, in each form of a plural", () => {
    const other = new Map(english);
    for (const [path, text] of french) {
        const found = holes(text);
        assert.deepEqual(found, found.map((_, i) => `{${i}}`), `${path}: ${text}`);
        assert.deepEqual(holes(other.get(path) ?? ""), found, `${path}: ${other.get(path)}`);
    }
    for (const [path, text] of [...french, ...english]) {
        const forms = text.split("|");
        assert.ok(forms.length <= 2, path);
        for (const form of forms)
            assert.deepEqual(holes(form).filter((each) => each !== "{0}"),
                holes(text).filter((each) => each !== "{0}"), `${path}: ${form}`);
    }
});

test("French has unbreakable spaces before : ; ! ? and inside « »", () => {
    for (const [path, text] of french)
        assert.doesNotMatch(text, / [:;!?»]|« /, `${path}: ${text}`);
});

test("English has none of them", () => {
    for (const [path, text] of english) assert.doesNotMatch(text, /\s[:;!?]|[«»]/, path);
});

test("a template is filled, a plural chosen as the language does", () => {
    const { t, n } = spoken<{ t: "{1}, {0}, {1}"; n: "{0} jour|{0} jours" }>(
        JSON.stringify({ t: "{1}, {0}, {1}", n: "{0} jour|{0} jours" }), "fr");
    assert.equal(t("$&", 2), "2, $&, 2");
    assert.deepEqual([0, 1, 2].map((k) => n(k)), ["0 jour", "1 jour", "2 jours"]);
    const days = spoken<{ n: "{0} day|{0} days" }>('{"n":"{0} day|{0} days"}', "en");
    assert.deepEqual([0, 1, 2].map((k) => days.n(k)), ["0 days", "1 day", "2 days"]);
});

test("a code that nobody put in words is still said", () => {
    assert.equal(label(said.role, "def"), "direction enfance et famille");
    assert.equal(label(said.role, "of_tomorrow"), "of tomorrow");
    assert.equal(label(said.role, null), "");
});
