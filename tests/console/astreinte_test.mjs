// SPDX-License-Identifier: EUPL-1.2
// The officer on call: the need in a few taps, places as they change, options, two officers and one
// place.
import { assert, journey, stage, until } from "./browser.mjs";

const scene = stage(8);

/** A girl of seven and a boy of four, as one taps them. */
async function need(night, ...ages) {
    for (const [sex, years] of ages) {
        await night.page.getByRole("radio", { name: sex }).check();
        await night.page.getByRole("button", { name: `${years} ans`, exact: true }).click();
    }
}

async function search(night, ...ages) {
    await need(night, ...ages);
    await night.button("Chercher une place").click();
    await night.page.getByRole("heading", { name: "Places possibles" }).waitFor();
    await night.sees(/unités? possibles?/);
}

async function askFor(night, unit, ...minutes) {
    await night.card(unit).getByRole("checkbox", { name: "Demander" }).check();
    await night.button(/^Demander \d places? à 1 unité/).click();
    for (const each of minutes) await night.page.getByRole("radio", { name: each }).check();
    await night.button("Demander", night.page.locator(".ask-bar")).click();
}

journey(scene, "an officer finds and holds a place", async ({ world, comes, unit }) => {
    const night = await (await comes("night")).login();
    await night.button("Chercher une place").click();
    await night.sees("Dites d'abord pour qui");
    await night.look("need-nobody");
    await need(night, ["fille", 7], ["garçon", 4]);
    await night.field("D'où ?").fill("mur");
    await night.button(/^Muret/).click();
    await night.look("need");
    await night.button("Chercher une place").click();
    await night.sees("2 unités possibles (dont 1 à demander)");
    assert.match(await night.focused(), /Places possibles/);
    await night.look("found");

    const card = night.card("Foyer des Cèdres, Groupe des petits");
    assert.equal(await card.getByRole("link", { name: /Appeler \(nuit\)/ }).getAttribute("href"),
        "tel:0500000002");
    await card.getByText("Pourquoi ici").click();
    await night.sees("chiffre récent", card);
    await askFor(night, "Foyer des Cèdres, Groupe des petits", "15 min");
    await night.page.getByRole("heading", { name: "En cours" }).waitFor();
    await night.sees(/reste 1[45]/);
    await night.sees("déjà demandée", night.card("Foyer des Cèdres, Groupe des petits"));
    assert.equal(await night.page.getByText("Aucune place ensemble").count(), 0);
    await night.look("held");
    const state = await world.record("unit", unit("petits"));
    assert.equal(state.held, 2);

    await night.page.getByRole("link", { name: "Demandes", exact: true }).click();
    await night.page.getByRole("heading", { name: "Demandes en cours" }).waitFor();
    await night.look("asks");
    await night.page.getByText("Autres gestes").click();
    await night.button("Laisser 30 min de plus").click();
    await night.sees(/reste 4[45]/);
    await night.button("Rendre les places").click();
    await until("the places back", async () => (await world.record("unit", unit("petits")))
        .held === 0);
    await night.page.getByRole("link", { name: "La nuit" }).click();
    await night.page.getByRole("heading", { name: "La nuit" }).waitFor();
    await night.look("night");
    await night.page.getByRole("link", { name: "Missions" }).click();
    await night.sees("Aucune mission en cours.");
    await night.look("missions");
});

journey(scene, "what one declares another sees", async ({ comes }) => {
    const night = await (await comes("night")).login();
    const home = await (await comes("cedres")).login();
    await search(night, ["garçon", 15]);
    assert.equal(await night.page.locator("article.result", { hasText: "Groupe des grands" })
        .count(), 0);

    await home.button(/libre de plus, Groupe des grands/).click();
    await home.button("Déclarer 1 libre").click();
    await night.card("Foyer des Cèdres, Groupe des grands").waitFor();
    await night.look("found-live");

    await askFor(night, "Foyer des Cèdres, Groupe des grands");
    await home.sees("Une demande attend votre réponse");
    await home.button(/^Accepter/).click();
    await home.button("Oui, nous les prenons").click();
    await night.sees("Accepté : Foyer des Cèdres, Groupe des grands",
        night.page.locator(".news .good"));
    await night.look("accepted");
    await night.page.getByRole("link", { name: "Missions" }).click();
    await night.sees("vers");
    await night.look("mission");
    await night.page.getByRole("link", { name: "Demandes", exact: true }).click();
    await night.page.getByText("Autres gestes").click();
    await night.button("Ils ne viennent plus…").click();
    await night.page.getByRole("radio", { name: "autre place trouvée" }).check();
    assert.equal(await night.page.locator(".news", { hasText: "Accepté" }).count(), 0);
    await night.look("withdraw");
    await night.button("Retirer", night.page.locator("form")).click();
    await home.page.getByRole("heading", { name: "Attendus" }).waitFor({ state: "detached" });
});

journey(scene, "two officers want the last place", async ({ world, comes, unit }) => {
    const [one, two] = [await comes("night"), await comes("other")];
    const last = "Foyer des Cèdres, Accueil d'urgence";
    for (const each of [one, two]) {
        each.allow(/ 409 .*\/v1\/holds$/);
        await each.login();
        await search(each, ["garçon", 10]);
        await each.card(last).getByRole("checkbox", { name: "Demander" }).check();
        await each.button(/^Demander 1 place à 1 unité/).click();
    }
    await Promise.all([one, two].map((each) =>
        each.button("Demander", each.page.locator(".ask-bar")).click()));
    const won = (each) => each.page.getByRole("heading", { name: "En cours" }).isVisible();
    const lost = (each) => each.page.getByText("Il n'y a plus assez de places libres.").isVisible();
    await until("one to have it and one not", async () =>
        (await won(one) && await lost(two)) || (await won(two) && await lost(one)));
    const [winner, loser] = await won(one) ? [one, two] : [two, one];
    assert.equal(await won(loser), false);
    const holds = await world.rows("SELECT state ->> 'created_by' FROM ugo.record WHERE "
        + `kind = 'hold' AND state ->> 'unit' = '${unit("urgence")}'`);
    assert.deepEqual(holds, [[winner.account]]);
    await winner.look("race-won");
    await loser.look("race-lost");
    await loser.sees("ne convient plus", loser.card(last));
});

journey(scene, "nothing fits, and then something does", async ({ comes }) => {
    const night = await (await comes("night")).login();
    const home = await (await comes("cedres")).login();
    await need(night, ["fille", 15], ["fille", 16], ["garçon", 17]);
    await night.button("Chercher une place").click();
    await night.sees("Aucune place ne convient maintenant.");
    await night.look("found-none");
    for (let i = 0; i < 3; i++) await home.button(/libre de plus, Groupe des grands/).click();
    await home.button("Déclarer 3 libres").click();
    await night.card("Foyer des Cèdres, Groupe des grands").waitFor();
});
