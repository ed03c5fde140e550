// SPDX-License-Identifier: EUPL-1.2
// Whoever looks sees what another does, without reloading: an establishment, an officer, a
// territory, the direction, a mobile team, each at a screen of their own. The server is killed, and
// the same goes on.
import { assert, journey, OFFICE, PHONE, stage, until } from "./browser.mjs";

const scene = stage(2);
const lost = / net::ERR_(INTERNET_DISCONNECTED|CONNECTION_(REFUSED|RESET|CLOSED)|FAILED|EMPTY)/;

function figure(person, name) {
    return person.page.locator(".figures > div", { has: person.page.getByText(name,
        { exact: true }) }).locator("dd").innerText();
}

async function search(night) {
    await night.page.getByRole("radio", { name: "garçon" }).check();
    await night.page.getByRole("button", { name: "12 ans", exact: true }).click();
    await night.button("Chercher une place").click();
    await night.card("Foyer des Cèdres, Groupe des petits").waitFor();
}

/** One place more is declared: results, occupancy of a territory and of the département have it. */
async function declares({ home, night, dts, def }, group, free, sum) {
    await home.button(`Une place libre de plus, ${group}`).click();
    await home.button(`Déclarer ${free} libre${free > 1 ? "s" : ""}`).click();
    await until("the places found", async () => await night.card(`Foyer des Cèdres, ${group}`)
        .locator(".result-free strong").allInnerTexts().then(([each]) => each === String(free)));
    for (const each of [dts, def])
        await until("the sum", async () => await figure(each, "Libres") === String(sum));
}

/** The place is asked for, promised, and a team sent: each knows it of the others. */
async function asks({ home, night, van }, group, team) {
    const unit = `Foyer des Cèdres, ${group}`;
    await night.page.getByRole("link", { name: "Chercher", exact: true }).click();
    await night.card(unit).getByRole("checkbox", { name: "Demander" }).check();
    await night.button(/^Demander 1 place à 1 unité/).click();
    await night.button("Demander", night.page.locator(".ask-bar")).click();
    await home.button(new RegExp(`^Accepter.*${group}`)).click();
    await home.button("Oui, nous les prenons").click();
    await night.sees(`Accepté : ${unit}`);
    await night.page.getByRole("link", { name: "Missions" }).click();
    await night.button("Confier à une équipe…").last().click();
    await night.page.getByRole("radio", { name: team }).check();
    await night.button("Confier la mission").click();
    await van.card(/garçon de 12 ans/).filter({ hasText: group }).waitFor();
    await van.button("En route").last().click();
    await night.sees("en route");
}

journey(scene, "one does and all see, also after the server was killed", async (all) => {
    const { world, corner, comes } = all;
    const people = {};
    for (const [name, account, size] of [["home", "cedres", PHONE], ["night", "night", PHONE],
        ["van", "van", PHONE], ["dts", "dts", OFFICE], ["def", "def", OFFICE]])
        people[name] = await (await comes(account, { size })).login();
    const { night, van } = people;
    await van.sees("Personne n'est inscrit au tour d'astreinte");
    await world.put(["system", "rota.put", { id: `t-${corner}`, duty: "mobile",
        territory: `d${corner}`, account: `van-${corner}`,
        from_at: (Date.now() - 3_600_000) * 1000, to_at: (Date.now() + 36_000_000) * 1000 }]);
    await van.sees(`Équipe mobile ${corner}`, van.page.getByRole("listitem"));
    await search(night);
    await declares(people, "Groupe des grands", 1, 5);
    await asks(people, "Groupe des grands", `Équipe mobile ${corner}`);

    for (const each of Object.values(people)) each.allow(lost);
    await world.kill();
    for (const each of Object.values(people)) await each.sees("Réseau perdu");
    await world.start();
    for (const each of Object.values(people)) await each.live();
    await night.page.getByRole("link", { name: "Chercher", exact: true }).click();
    await declares(people, "Groupe des petits", 3, 5);
    await night.button("Nouveau besoin").first().click();
    await search(night);
    await asks(people, "Groupe des petits", `Équipe mobile ${corner}`);
    assert.equal(await people.van.page.getByRole("article").count(), 2);
    for (const [name, each] of Object.entries(people)) await each.look(`live-${name}`);
}, [PHONE]);
