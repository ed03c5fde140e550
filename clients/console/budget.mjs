// SPDX-License-Identifier: EUPL-1.2
// node budget.mjs SIZES.json: what an old phone must load, in bytes, gzipped. First screen: the
// entry and what it imports. All: every script that there is, administration and the page of a link
// included. Words are data and have a budget of their own, by language. What each role loads comes
// to less; it is printed for the reader.
import { readFileSync } from "node:fs";

const FIRST = 25 * 1024;
const ALL = 60 * 1024;
const WORDS = 16 * 1024;

const ROLES = {
    "nobody yet": [["main"], ["base"]],
    establishment: [["main", "home"], ["base"]],
    astreinte: [["main", "search"], ["base", "asker"]],
    "territory, def": [["main", "search", "steer"], ["base", "asker", "steer"]],
    mobile: [["main", "search"], ["base", "asker"]],
    admin: [["main", "admin"], ["base", "asker", "admin"]],
    "a link": [["link"], ["link"]],
};

const { loads, gzip } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const sum = (names) => [...names].reduce((bytes, name) => bytes + gzip[name], 0);
const named = (pattern) => Object.keys(gzip).filter((name) => pattern.test(name));
const scripts = named(/\.js$/);
const script = (entries) => sum(new Set(entries.flatMap((each) =>
    (loads[each] ?? named(new RegExp(`^assets/${each}-.*js$`)))
        .filter((name) => name.endsWith(".js")))));
const words = (parts) => Math.max(...["fr", "en"].map((language) =>
    sum(parts.flatMap((part) => named(new RegExp(`^assets/words-${language}-${part}-`))))));

for (const name of [...scripts, ...named(/^assets\/words-/)])
    console.log(String(gzip[name]).padStart(7), name);
for (const [role, [entries, parts]] of Object.entries(ROLES))
    console.log(`${role}: ${script(entries)} of script, ${words(parts)} of words`);

const checks = [
    ["first screen", script(["main"]), FIRST],
    ["all scripts", sum(scripts), ALL],
    ["all words of a language", words([".*"]), WORDS],
];
for (const [what, bytes, most] of checks) console.log(`${what}: ${bytes} of ${most} bytes`);
if (checks.some(([, bytes, most]) => !(bytes > 0 && bytes <= most))) {
    console.error("over the budget");
    process.exit(1);
}
