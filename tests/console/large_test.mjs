// SPDX-License-Identifier: EUPL-1.2
// Two hundred units on an old phone (a processor six times slower): usable in under two seconds on
// a machine that does nothing else. Seconds are printed and not judged, for machines differ. Judged
// is what does not depend on them: that the first screen is drawn before the rest, nothing twice,
// no formatter made for each row, and how much work it all is (processor time of the page's own
// thread) against making the same elements bare in the same page.
import { assert, journey, PHONE, stage } from "./browser.mjs";

const scene = stage(2);
const MANY = 200;
const SLOWER = 6;
const TIMES = 5;

function name(i) {
    return `Unité ${String(i).padStart(3, "0")}`;
}

/** One establishment with all of them, beside those of its corner. */
async function large(world, corner) {
    const host = `e-${corner}-cedres`;
    const account = `cedres-${corner}`;
    const ids = Array.from({ length: MANY - 3 }, (_, i) => `u-${corner}-${i}`);
    await world.put(...ids.map((id, i) => ["system", "unit.put", { id, establishment: host,
        name: name(i), modality: "internat", min_months: 36, max_months: 216, sex: "any",
        siblings_max: 4, siblings_mixed: true, admission: "always", authorised: 12,
        ttl_s: 86400 }]));
    await world.put(...ids.map((id, i) => [account, "unit.declare", { unit: id, open: 12,
        free: i % 5, observed_at: Date.now() * 1000 - 60_000_000 * (i % 90 + 1) }]));
}

/** Counts from the page's first moment on. */
function counts(selector) {
    const told = { formatters: 0, added: 0, first: 0 };
    globalThis.told = told;
    for (const each of ["DateTimeFormat", "NumberFormat", "PluralRules", "Collator"])
        Intl[each] = new Proxy(Intl[each], {
            construct(target, given) {
                told.formatters += 1;
                return new target(...given);
            },
        });
    new MutationObserver((changes) => {
        for (const { addedNodes } of changes)
            for (const node of addedNodes)
                told.added += 1 + (node.querySelectorAll?.("*").length ?? 0);
        told.first ||= document.querySelectorAll(selector).length;
    }).observe(document, { childList: true, subtree: true });
}

/** Makes the same elements again, with nothing else to do, and lays them out. */
function bare(selector) {
    const copy = (node) => {
        if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
        const made = document.createElementNS(node.namespaceURI, node.localName);
        for (const { name, value } of node.attributes) made.setAttribute(name, value);
        for (const child of node.childNodes) made.appendChild(copy(child));
        return made;
    };
    const rows = [...document.querySelectorAll(selector)];
    const parent = rows[0].parentElement;
    const box = parent.cloneNode(false);
    for (const row of rows) box.appendChild(copy(row)).style.contentVisibility = "visible";
    parent.after(box);
    box.getBoundingClientRect();
    box.remove();
}

/** Loads the page anew, twice: slowed down for the seconds, as it is for the work. `usable` waits
 *  until somebody could go on. */
async function loads(person, selector, usable) {
    const { page } = person;
    await page.addInitScript(counts, selector);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    const worked = async () => (await devtools.send("Performance.getMetrics")).metrics
        .find((each) => each.name === "TaskDuration").value;
    const load = async (rate) => {
        await devtools.send("Emulation.setCPUThrottlingRate", { rate });
        const from = Date.now();
        await page.reload({ waitUntil: "commit" });
        const before = await worked();
        await usable();
        const soon = Date.now() - from;
        await page.waitForFunction(([what, n]) => document.querySelectorAll(what).length >= n,
            [selector, MANY], { polling: 50 });
        return { soon, late: Date.now() - from, work: await worked() - before };
    };
    const { soon, late } = await load(SLOWER);
    const { work } = await load(1);
    const told = await page.evaluate(() => ({ ...globalThis.told,
        elements: document.querySelectorAll("*").length }));
    const begun = await worked();
    for (let i = 0; i < TIMES; i++) await page.evaluate(bare, selector);
    told.ratio = work / ((await worked() - begun) / TIMES);
    console.log(`# usable after ${soon} ms, all drawn after ${late} ms, the processor ${SLOWER} `
        + `times slower; ${told.ratio.toFixed(1)} times the work of bare elements; ${told.first} `
        + `rows first, ${told.formatters} formatters, ${told.added} elements for `
        + `${told.elements}`);
    assert.ok(told.added < 1.3 * told.elements, "something is drawn twice");
    assert.ok(told.formatters < 30, "a formatter for each row");
    return told;
}

journey(scene, "an establishment of two hundred units", async ({ world, corner, comes }) => {
    await large(world, corner);
    const home = await (await comes("cedres")).login();
    const { first, ratio } = await loads(home, "article.unit", async () => {
        const card = home.page.locator("article.unit").first();
        await card.getByRole("button", { name: /de plus/ }).click();
        await card.getByRole("button", { name: /^Déclarer/ }).waitFor();
    });
    assert.ok(first < MANY / 10, "the first screen waits for the rest");
    assert.ok(ratio < 3.5, `${ratio} times the work of bare elements`);
    await home.field("Trouver une unité").fill("unite 19");
    await home.card("Unité 196").waitFor();
    await home.look("home-large");
}, [PHONE]);

journey(scene, "a département of two hundred units", async ({ world, corner, comes }) => {
    await large(world, corner);
    const def = await (await comes("def")).login("/#steer/now");
    const units = async () => {
        await def.page.getByRole("checkbox", { name: "Unité" }).check();
        await def.button(/^Afficher les/).click();
    };
    const { ratio } = await loads(def, "tbody tr", units);
    assert.ok(ratio < 4, `${ratio} times the work of bare elements`);
}, [PHONE]);
