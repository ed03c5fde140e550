// SPDX-License-Identifier: EUPL-1.2
// Every screen in every state that it can be in, held to the rules of access: where there is
// nothing, while it loads, when it fails, without a network, with a server that is without news, in
// the dark, in forced colours. The state is said in each.
import { assert, journey, OFFICE, PHONE, stage } from "./browser.mjs";

const scene = stage(7);
const TABS = { cedres: ["home"], night: ["search", "asks", "missions", "night"], van: ["missions"],
    def: ["steer"], root: ["accounts", "establishments", "territories", "rota"] };
const EMPTY = { new: ["home"], newnight: TABS.night, newdef: ["steer"], newroot: TABS.root };
const LOST = /^Réseau perdu. Ce qui est affiché date de|^Pas de connexion au serveur/;

/** Each tab of each, looked at. */
async function lookAtAll(people, tabs, state, then = async () => undefined) {
    await Promise.all(Object.entries(people).map(async ([name, person]) => {
        for (const tab of tabs[name]) {
            await person.page.evaluate((hash) => {
                location.hash = hash;
            }, tab);
            if (tabs[name].length > 1)
                await person.page.locator(`nav a[href="#${tab}"][aria-current=page]`).waitFor();
            await person.page.locator("main h1").waitFor();
            await then(person, tab);
            await person.look(`state-${state}-${name}-${tab}`);
        }
    }));
}

async function everybody(comes, tabs, how = {}) {
    const people = await Promise.all(Object.keys(tabs).map(async (name) =>
        [name, await (await comes(name, how)).login()]));
    return Object.fromEntries(people);
}

journey(scene, "where there is nothing yet", async ({ comes }) => {
    await lookAtAll(await everybody(comes, EMPTY), EMPTY, "empty");
}, [PHONE]);

journey(scene, "in forced colours, each screen", async ({ comes }) => {
    await lookAtAll(await everybody(comes, TABS, { look: { forcedColors: "active" } }), TABS,
        "forced");
}, [PHONE]);

journey(scene, "in the dark, each screen", async ({ comes }) => {
    await lookAtAll(await everybody(comes, TABS, { look: { colorScheme: "dark" } }), TABS, "dark");
}, [OFFICE]);

journey(scene, "without news, then without a network", async ({ world, comes }) => {
    const people = await everybody(comes, TABS);
    for (const each of Object.values(people)) each.allow(/ 50[34] |net::ERR_/);
    await world.freeze();
    try {
        await lookAtAll(people, TABS, "stale", (each) =>
            each.sees("Le serveur est sans nouvelles de sa base depuis"));
    } finally {
        await world.thaw();
    }
    for (const each of Object.values(people)) {
        await each.live();
        each.wire.cut();
    }
    await lookAtAll(people, TABS, "offline", (each) =>
        each.sees(LOST));
}, [PHONE]);

journey(scene, "while it loads, and when that fails", async ({ comes }) => {
    const people = await everybody(comes, TABS);
    const asked = /\/v1\/(?!session)/; // who we are is known
    for (const each of Object.values(people)) {
        each.allow(/ 500 |net::ERR_|MIME type/);
        await each.page.route(asked, () => undefined); // never answered
        await each.page.reload();
    }
    await lookAtAll(people, TABS, "loading", (each) => each.sees("Connexion"));
    for (const each of Object.values(people)) {
        await each.page.unroute(asked);
        await each.page.route(asked, (route) => route.fulfill({ status: 500,
            contentType: "application/problem+json",
            body: '{"type":"urn:ugo:error:internal","title":"internal","status":500}' }));
        await each.page.reload();
    } // an establishment has its last copy on its device
    await lookAtAll(people, TABS, "failing", (each) => each.sees(LOST));
}, [PHONE]);

journey(scene, "a screen that does not come", async ({ comes }) => {
    const night = await comes("night", { look: { serviceWorkers: "block" } }); // it keeps screens
    night.allow(/net::ERR_|Failed to load|Service Worker/);
    await night.page.route(/assets\/search-/, (route) => route.abort());
    await night.goto();
    await night.fillLogin();
    await night.sees("Pas de réponse du serveur");
    await night.look("state-no-screen");
    assert.equal(await night.page.getByRole("main").count(), 1);
}, [PHONE]);
