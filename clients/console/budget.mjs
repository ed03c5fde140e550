// SPDX-License-Identifier: EUPL-1.2
// node budget.mjs SIZES.json: what an old phone must load, in bytes of gzipped script. The first
// screen: the entry, what it imports, one dictionary. All: every screen there is, in one language.
// The page of a link is counted by itself, and so is administration: who administers loads none of
// the other screens, and nobody else loads it.
import { readFileSync } from "node:fs";

const FIRST = 25 * 1024;
const ALL = 60 * 1024;
const LINK = 8 * 1024;
const ADMIN = 6 * 1024;

const { first, gzip } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const sum = (names) => names.reduce((bytes, name) => bytes + gzip[name], 0);
const every = Object.keys(gzip).filter((name) => /^assets\/.*\.js$/.test(name));
const link = every.filter((name) => /^assets\/link-/.test(name));
const admin = every.filter((name) => /^assets\/(en_|fr_)?admin-/.test(name));
const scripts = every.filter((name) => !link.includes(name) && !admin.includes(name));
const spoken = (language, what, among = scripts) => among.filter((name) =>
    new RegExp(`^assets/${language}${what}-`).test(name));
const languages = ["fr", "en"];
const needed = sum(first.filter((name) => name.endsWith(".js")))
    + Math.max(...languages.map((each) => sum(spoken(each, ""))));
const all = sum(scripts)
    - Math.min(...languages.map((each) => sum(spoken(each, "(_\\w+)?"))));
const administered = sum(admin)
    - Math.min(...languages.map((each) => sum(spoken(each, "_admin", admin))));
for (const name of [...scripts, ...admin]) console.log(String(gzip[name]).padStart(7), name);
console.log(`first screen ${needed} of ${FIRST} bytes, all ${all} of ${ALL}`);
if (!languages.every((each) => spoken(each, "").length === 1)) {
    console.error("expected a dictionary of each language in a file of its own");
    process.exit(1);
}
console.log(`administration ${administered} of ${ADMIN}`);
console.log(`the page of a link ${sum(link)} of ${LINK}`);
if (!(needed <= FIRST && all <= ALL && link.length === 1 && sum(link) <= LINK
    && administered <= ADMIN)) {
    console.error("over the budget");
    process.exit(1);
}
