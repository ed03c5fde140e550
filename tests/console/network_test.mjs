// SPDX-License-Identifier: EUPL-1.2
// The network goes and comes back, the session ends in the middle of a form, the server dies and
// starts again, its database stands still: always in sight and dated, and nothing is lost.
import { assert, journey, OFFICE, PHONE, stage, until } from "./browser.mjs";

const scene = stage(14);
const micros = (at) => at * 1000;
const lost = / net::ERR_(INTERNET_DISCONNECTED|CONNECTION_(REFUSED|RESET|CLOSED)|FAILED|EMPTY)/;

async function offline(person, off) {
    person.allow(/net::ERR_/);
    if (off) person.wire.cut();
    else person.wire.mend();
    await person.context.setOffline(off);
}

journey(scene, "a declaration waits for the network", async ({ world, comes, unit }) => {
    const home = await (await comes("cedres")).login();
    await home.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await offline(home, true);
    await home.sees("Réseau perdu. Ce qui est affiché date de");

    await home.button(/libre de plus, Groupe des petits/).click();
    await home.button("Déclarer 3 libres").click();
    const said = await home.page.evaluate(() => Date.now());
    await home.sees("Pas encore envoyé, dit à", home.card("Groupe des petits"));
    await home.sees("1 déclaration attend le réseau.");
    await home.sees("Réseau perdu. Ce qui est affiché date de");
    await home.look("offline");

    // Also when the page is loaded anew: the console and the declaration are on the device.
    await home.page.reload();
    await home.sees("Pas encore envoyé, dit à", home.card("Groupe des petits"));
    await home.look("offline-reloaded");
    assert.equal((await world.record("unit", unit("petits"))).occupied, 10);

    const back = await home.page.evaluate(() => Date.now());
    await offline(home, false);
    const state = await until("the declaration", async () => {
        const now = await world.record("unit", unit("petits"));
        return now.occupied === 9 && now;
    });
    assert.ok(state.observed_at <= micros(said + 1000), "said when it was observed");
    assert.ok(state.observed_at >= micros(said - 60_000));
    assert.ok(state.recorded_at >= micros(back), "recorded when it arrived");
    await home.live();
    await home.page.getByText("Pas encore envoyé").waitFor({ state: "detached" });
    await home.look("online-again");
});

const words = /\/assets\/words-/;

journey(scene, "a console whose words do not come says so, and tries again", async ({ comes }) => {
    const home = await comes("cedres");
    home.allow(/net::ERR_FAILED/);
    await home.context.route(words, (route) => route.abort());
    await home.goto();
    await home.sees("La console n'est pas encore là.");
    await home.sees("The console has not come yet.");
    await home.look("no-words");
    await home.context.unroute(words);
    await home.page.getByRole("link", { name: "Réessayer / Try again" }).click();
    await home.field("Compte").waitFor();
    assert.equal(await home.page.getByText("pas encore là").count(), 0);

    await home.context.route(words, (route) => route.abort());
    home.allow(/ 401 .*\/v1\/link$/);
    await home.goto("/l/nobody-ever-made-this-one-0000");
    await home.sees("La page n'est pas encore là.");
    await home.context.unroute(words);
    await home.sees("Ce lien n'est plus valable.");
});

journey(scene, "a screen whose words do not come can be asked for again", async ({ comes }) => {
    const night = await comes("night");
    night.allow(/net::ERR_FAILED/);
    const asker = /words-fr-asker/;
    await night.context.route(asker, (route) => route.abort());
    await night.goto();
    await night.fillLogin();
    await night.sees("Pas de réponse du serveur.");
    await night.look("no-screen");
    await night.button("English").click();
    await night.sees("No answer from the server.");
    await night.context.unroute(asker);
    await night.button("Try again").click();
    await night.button("Find a place").waitFor();
}, [PHONE]);

journey(scene, "a network that swallows everything is seen, and dated", async ({ comes, unit,
    world }) => {
    const home = await (await comes("cedres")).login();
    home.allow(/net::ERR_/);
    home.wire.stall();
    await home.button(/libre de plus, Groupe des petits/).click();
    await home.button("Déclarer 3 libres").click();
    await home.sees("Réseau perdu. Ce qui est affiché date de");
    assert.equal((await world.record("unit", unit("petits"))).occupied, 10);
    await home.look("stalled");
    home.wire.mend();
    await until("the declaration", async () =>
        (await world.record("unit", unit("petits"))).occupied === 9);
    await home.live();
}, [PHONE]);

journey(scene, "a declaration that comes too late is told of", async (all) => {
    const { world, corner, comes, unit } = all;
    const home = await (await comes("cedres")).login();
    await offline(home, true);
    await home.button(/libre de plus, Groupe des petits/).click();
    await home.button("Déclarer 3 libres").click();
    await home.sees("1 déclaration attend le réseau.");
    await world.put([`cedres-${corner}`, "unit.declare", { unit: unit("petits"), free: 1 }]);
    home.allow(/ 409 .*\/availability$/);
    await offline(home, false);
    await home.sees("est arrivée après une plus récente", home.page.locator("main"));
    await home.sees("1place libre", home.card("Groupe des petits"));
    await home.look("outdated");
    await home.button("Compris").click();
    assert.equal((await world.record("unit", unit("petits"))).occupied, 11);
});

journey(scene, "the session ends in the middle of a form", async ({ world, comes, unit }) => {
    const home = await (await comes("cedres")).login();
    const card = home.card("Groupe des petits");
    await home.button(/^Fermer des places.*Groupe des petits/).click();
    await home.button("Plus, Places fermées", card).click();
    await home.field("Pourquoi sont-elles fermées ?").selectOption("staff");
    home.allow(/ 401 /);
    await world.endSessions(home.account);
    await home.page.getByRole("dialog").waitFor();
    await home.sees("Ce que vous avez saisi est toujours là.");
    await home.look("session-ended");
    await home.field("Mot de passe").first().fill(world.password);
    await home.button("Se connecter").click();
    await home.page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await home.page.getByLabel("Pourquoi sont-elles fermées ?").inputValue(),
        "staff");
    await home.live();
    await home.button("Déclarer", card).click();
    await until("the closed place", async () =>
        (await world.record("unit", unit("petits"))).closed === 1);
});

journey(scene, "an officer's session ends over a need", async ({ world, comes }) => {
    const night = await (await comes("night")).login();
    await night.page.getByRole("radio", { name: "fille" }).check();
    await night.button("7 ans").first().click();
    night.allow(/ 401 /);
    await world.endSessions(night.account);
    await night.page.getByRole("dialog").waitFor();
    assert.equal(await night.page.getByRole("textbox", { name: "Compte" }).inputValue(),
        night.account);
    await night.field("Mot de passe").first().fill(world.password);
    await night.field("Code à 6 chiffres").fill(await world.code(night.account));
    await night.button("Se connecter").click();
    await night.page.getByRole("dialog").waitFor({ state: "detached" });
    await night.button("Chercher une place").click();
    await night.sees("fille de 7 ans");
    await night.card("Foyer des Cèdres, Groupe des petits").waitFor();
}, [PHONE]);

journey(scene, "the server dies and starts again", async ({ world, corner, comes, unit }) => {
    const home = await (await comes("cedres")).login();
    const night = await (await comes("night")).login();
    await night.page.getByRole("radio", { name: "garçon" }).check();
    await night.button("15 ans").click();
    await night.button("Chercher une place").click();
    await night.card("Maison Saint-Jean, Unité de vie").waitFor();
    for (const each of [home, night]) each.allow(lost);
    await world.kill();
    for (const each of [home, night])
        await each.sees("Réseau perdu. Ce qui est affiché date de");
    await home.look("server-lost");
    await world.start();
    // What changed before they are back is not missed.
    await world.put([`cedres-${corner}`, "unit.declare", { unit: unit("grands"), free: 2 }]);
    await home.live();
    await home.sees("2places libres", home.card("Groupe des grands"));
    await night.live();
    await night.page.locator("article.result", { hasText: "Groupe des grands" }).waitFor();
    await night.look("server-back");
});

journey(scene, "the database stands still", async ({ world, comes }) => {
    const home = await (await comes("cedres")).login();
    home.allow(/ 50[34] /);
    await world.freeze();
    try {
        await home.sees("Le serveur est sans nouvelles de sa base depuis");
        await home.look("server-stale");
    } finally {
        await world.thaw();
    }
    await home.live();
}, [OFFICE]);
