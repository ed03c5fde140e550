// SPDX-License-Identifier: EUPL-1.2
// Administration: accounts with their secrets and links shown once, establishments, units,
// territories, who is on call or reminded, office hours; what comes of each deed is said before
// it is done, and nobody overwrites what another has just changed.
import { assert, journey, stage, until } from "./browser.mjs";

const scene = stage(10);

/** The panel that asks. */
const panel = (person) => person.page.locator(".panel");

/** The one card that is called so. */
async function only(person, words, name) {
    await person.field("Trouver").fill(words);
    await person.page.locator("article.kept").nth(1).waitFor({ state: "detached" });
    return person.card(name);
}

journey(scene, "an administrator makes an account and ends it", async (all) => {
    const { world, corner, comes } = all;
    const root = await (await comes("root")).login();
    const id = `foyer-${corner}`;
    await root.page.getByRole("heading", { name: "Comptes" }).waitFor();
    await root.button("Ajouter…").click();
    await root.button("Enregistrer").click();
    await root.sees("À remplir.");
    await panel(root).getByLabel("Identifiant", { exact: true }).fill(id);
    await panel(root).getByLabel("Nom").fill(`Foyer ${corner}`);
    await panel(root).getByLabel("Rôle").selectOption("establishment");
    await panel(root).getByLabel("Établissements").fill(`e-${corner}-nothing`);
    root.allow(/ 422 /);
    await root.button("Enregistrer").click();
    await root.sees("inconnu");
    await root.look("admin-account");
    await panel(root).getByLabel("Établissements").fill(`e-${corner}-cedres e-${corner}-jean`);
    await panel(root).getByLabel("Rappelé à").fill(`foyer-${corner}@essai.example`);
    await root.button("Enregistrer").click();
    await root.sees("Enregistré.");
    assert.deepEqual((await world.record("account", id)).establishments,
        [`e-${corner}-cedres`, `e-${corner}-jean`]);
    assert.equal((await world.record("account", id)).remind, `foyer-${corner}@essai.example`);

    await root.field("Trouver").fill(`foyer ${corner}`);
    const card = root.card(`Foyer ${corner}`);
    await card.getByText("Gérer").click();
    await root.look("admin-manage");
    await card.getByRole("button", { name: "Nouveau mot de passe…" }).click();
    await root.sees("L'ancien ne vaut plus", card);
    await root.look("admin-password");
    await card.getByRole("button", { name: "Nouveau mot de passe", exact: true }).click();
    await root.sees("Montré cette seule fois", card);
    const password = await card.locator(".secret").innerText();
    assert.ok(password.length >= 12);
    await root.look("admin-once");

    const home = await comes("foyer");
    await home.goto();
    await home.field("Compte").fill(id);
    await home.page.getByLabel("Mot de passe", { exact: true }).first().fill(password);
    await home.button("Se connecter").click();
    await home.live();
    await home.card("Groupe des petits").waitFor();

    await card.getByRole("button", { name: "Compris" }).click();
    home.allow(/ 401 /); // a new factor ends its session
    await card.getByRole("button", { name: "Nouveau second facteur…" }).click();
    await card.getByRole("button", { name: "Nouveau second facteur", exact: true }).click();
    await card.getByRole("img", { name: /À photographier/ }).waitFor();
    await root.sees(/^otpauth:\/\/totp\/ugo:foyer-/, card);
    await root.look("admin-totp");
    await home.sees("Votre session est terminée");

    await card.getByRole("button", { name: "Nouveau jeton…" }).click();
    await card.getByLabel("À quoi sert-il").fill("logiciel");
    await card.getByRole("button", { name: "Nouveau jeton", exact: true }).click();
    await root.sees("Montré cette seule fois", card);
    const token = card.getByRole("article", { name: "jeton" });
    await token.getByText("Gérer").click();
    await token.getByRole("button", { name: "Révoquer…" }).click();
    await root.sees("Ne se défait pas", token);
    await token.getByRole("button", { name: "Révoquer", exact: true }).click();
    await root.sees("révoqué", token);

    const print = `${corner}`.padStart(64, "c");
    await card.getByRole("button", { name: "Nouveau certificat…" }).click();
    await root.sees("empreinte SHA-256", card);
    await card.getByLabel("Identifiant").fill(print);
    await card.getByLabel("À quoi sert-il").fill("poste du bureau");
    await root.look("admin-certificate");
    await card.getByRole("button", { name: "Nouveau certificat", exact: true }).click();
    await root.sees("poste du bureau", card.getByRole("article", { name: "certificat" }));
    assert.deepEqual(await world.rows("SELECT id, type FROM ugo.credential WHERE account = %s"
        + " AND type = 'certificate'", id), [[print, "certificate"]]);

    // Its telephone is lost: the second factor goes, and then the password.
    const signing = card.getByRole("article", { name: "connexion à la console" });
    await root.sees("mot de passe · second facteur", signing);
    await signing.getByText("Gérer").click();
    for (const what of ["second facteur", "mot de passe"]) {
        await signing.getByRole("button", { name: `Retirer le ${what}…` }).click();
        await root.sees("Ses sessions se terminent", signing);
        await root.look(what === "mot de passe" ? "admin-no-password" : "admin-no-totp");
        await signing.getByRole("button", { name: `Retirer le ${what}`, exact: true }).click();
        await until(`no ${what}`, async () => (await world.rows(
            "SELECT scrypt IS NULL, totp IS NULL FROM ugo.password WHERE account = %s", id))
            .every(([password, secret]) => what === "mot de passe" ? password : secret));
    }
    await signing.waitFor({ state: "detached" });

    await card.getByRole("button", { name: "Désactiver…" }).click();
    await root.look("admin-disable");
    await card.getByRole("button", { name: "Désactiver", exact: true }).click();
    await until("a disabled account", async () => (await world.record("account", id)).disabled);
    await card.getByRole("button", { name: "Réactiver…" }).click();
    await card.getByRole("button", { name: "Réactiver", exact: true }).click();
    await until("an account again", async () => !(await world.record("account", id)).disabled);
    const again = await world.record("account", id);
    assert.deepEqual([again.establishments, again.remind],
        [[`e-${corner}-cedres`, `e-${corner}-jean`], `foyer-${corner}@essai.example`]);
});

journey(scene, "an administrator sends an address, and takes it back", async (all) => {
    const { world, corner, comes, unit } = all;
    const root = await (await comes("root")).login();
    const card = await only(root, `cedres-${corner}`, "Foyer des Cèdres");
    await card.getByText("Gérer").click();
    await card.getByRole("button", { name: "Nouveau lien…" }).click();
    await card.getByRole("button", { name: "Nouveau lien", exact: true }).click();
    await root.sees("À remplir.", card);
    await root.sees("Vaut un jour si rien n'est dit", card);
    await card.getByLabel("Unité").selectOption(unit("petits"));
    await root.look("admin-link");
    await card.getByRole("button", { name: "Nouveau lien", exact: true }).click();
    await root.sees("Montrée cette seule fois", card);
    await card.getByRole("img", { name: /À photographier/ }).waitFor();
    await root.look("admin-link-once");
    const address = await card.locator(".secret").innerText();
    assert.match(address, /^https:\/\/localhost:\d+\/l\/[\w-]{32}$/);

    const whoever = await comes("nobody");
    await whoever.goto(new URL(address).pathname);
    await whoever.sees("Groupe des petits");
    const [[link]] = await world.rows("SELECT id FROM ugo.link WHERE account = %s",
        `cedres-${corner}`);
    assert.ok(link);
    await card.getByRole("button", { name: "Compris" }).click();
    const made = card.getByRole("article", { name: "lien" });
    await made.getByText("Gérer").click();
    await made.getByRole("button", { name: "Révoquer…" }).click();
    await made.getByRole("button", { name: "Révoquer", exact: true }).click();
    await until("no link", async () => (await world.record("credential", link)) === null);
    await made.waitFor({ state: "detached" });
});

journey(scene, "an administrator says who is reminded, and when offices are open", async (all) => {
    const { world, corner, comes } = all;
    const root = await (await comes("root")).login("/#reminders");
    await root.button("Ajouter…").click();
    await panel(root).getByLabel("Quoi").selectOption("hold");
    await panel(root).getByLabel("Territoire").selectOption(`d${corner}`);
    await panel(root).getByLabel("Type").selectOption("mecs");
    await panel(root).getByLabel("Minutes d'attente").fill("20");
    await root.look("admin-reminder");
    await root.button("Enregistrer").click();
    await root.sees("Enregistré.");
    const rule = root.page.getByRole("article").filter({ hasText: `d${corner} ·` });
    await root.sees("après 20 min d'attente", rule);
    await rule.getByText("Gérer").click();
    await rule.getByRole("button", { name: "Modifier…" }).click();
    await rule.getByLabel("Quoi").selectOption("declare");
    await rule.getByLabel("Minutes avant").fill("45");
    await rule.getByRole("button", { name: "Enregistrer" }).click();
    await root.sees("45 min avant que le chiffre soit trop vieux", rule);
    await root.look("admin-reminders");
    const rules = () => world.rows("SELECT question, establishment_kind, before_s FROM ugo.reminder"
        + " WHERE territory = %s", `d${corner}`);
    assert.deepEqual(await rules(), [["declare", "mecs", 2700]]);
    await rule.getByRole("button", { name: "Retirer…" }).click();
    await rule.getByRole("button", { name: "Retirer", exact: true }).click();
    await until("no rule", async () => (await rules()).length === 0);

    await root.page.getByRole("link", { name: "Horaires" }).click();
    const hours = root.card(`d${corner}`);
    await hours.getByText("Gérer").click();
    await hours.getByRole("button", { name: "Modifier…" }).click();
    await hours.getByLabel("Ouvert le lundi").fill("8h-12h");
    await hours.getByRole("button", { name: "Enregistrer" }).click();
    await root.sees("pas écrit comme il faut", hours);
    await hours.getByLabel("Ouvert le lundi").fill("08:30-12:00 13:30-17:00");
    await hours.getByLabel("Jours fermés").fill("2030-12-25\n2031-01-01");
    await root.look("admin-hours");
    await hours.getByRole("button", { name: "Enregistrer" }).click();
    await root.sees("lundi 08:30-12:00 13:30-17:00", hours);
    const calendar = await world.record("calendar", `d${corner}`);
    assert.deepEqual([calendar.office.length, calendar.holidays, calendar.time_zone],
        [2, ["2030-12-25", "2031-01-01"], "Europe/Paris"]);

    await root.page.getByRole("link", { name: "Types" }).click();
    await root.button("Ajouter…").click();
    await panel(root).getByLabel("Code").fill(`relais_${corner}`);
    await panel(root).getByLabel("Modalité").selectOption("relais");
    await panel(root).getByLabel("Un chiffre est cru").fill("12");
    await root.look("admin-kind");
    await root.button("Enregistrer").click();
    await root.sees("cru 12 h", root.card(`relais ${corner}`));
    assert.equal((await world.record("establishment_kind", `relais_${corner}`)).ttl_s, 43200);
});

journey(scene, "two administrators change one thing, and one itself", async (all) => {
    const { world, corner, comes } = all;
    const root = await (await comes("root")).login();
    const card = await only(root, `jean-${corner}`, "Maison Saint-Jean");
    await card.getByText("Gérer").click();
    await card.getByRole("button", { name: "Modifier…" }).click();
    await card.getByLabel("Nom").fill("Maison à moi");
    const jean = await world.record("account", `jean-${corner}`);
    await world.put(["system", "account.put", { id: `jean-${corner}`, role: jean.role,
        name: "Maison Saint-Jean bis", establishments: jean.establishments }]);
    root.allow(/ 412 /);
    await card.getByRole("button", { name: "Enregistrer" }).click();
    await root.sees("Quelqu'un vient de changer la même fiche", root.page);
    await root.look("admin-conflict");
    const bis = root.card("Maison Saint-Jean bis");
    await bis.getByRole("button", { name: "Annuler" }).click();
    await bis.getByRole("button", { name: "Modifier…" }).click();
    assert.equal(await bis.getByLabel("Nom").inputValue(), "Maison Saint-Jean bis");
    await bis.getByLabel("Nom").fill("Maison à nous");
    await bis.getByRole("button", { name: "Enregistrer" }).click();
    await root.card("Maison à nous").waitFor();

    const own = await only(root, `administration ${corner}`, `Administration ${corner}`);
    await own.getByText("Gérer").click();
    await own.getByRole("button", { name: "Désactiver…" }).click();
    root.allow(/ 422 /);
    await own.getByRole("button", { name: "Désactiver", exact: true }).click();
    await root.sees("un autre administrateur doit le faire", own);
    await root.look("admin-own");
});

journey(scene, "an administrator changes units, and says who is on call", async (all) => {
    const { world, corner, comes, unit } = all;
    const root = await (await comes("root")).login("/#establishments");
    const host = root.card("Foyer des Cèdres").first();
    await root.field("Trouver").fill(`e-${corner}-cedres`);
    await host.getByText("Gérer").first().click();
    const grands = host.getByRole("article", { name: "Groupe des grands" });
    await grands.getByText("Gérer").click();
    await grands.getByRole("button", { name: "Modifier…" }).click();
    await grands.getByLabel("Nom").fill("Groupe des aînés");
    await grands.getByLabel("Âge minimal").fill("156");
    await grands.getByLabel("handicap").selectOption("yes");
    await root.look("admin-unit");
    await grands.getByRole("button", { name: "Enregistrer" }).click();
    await until("a unit changed, and else as it was", async () => {
        const state = await world.record("unit", unit("grands"));
        return state.name === "Groupe des aînés" && state.min_months === 156
            && state.accepts.disability === "yes" && state.siblings_max === 4
            && state.authorised === 12 && state.occupied === 10;
    });
    const closed = host.getByRole("article", { name: "Groupe des aînés" });
    await closed.getByRole("button", { name: "Fermer…" }).click();
    await root.sees("Ne se défait pas", closed);
    await root.look("admin-close");
    await closed.locator(".panel .strong").click();
    await until("no such unit", async () => await world.record("unit", unit("grands")) === null);

    await root.page.getByRole("link", { name: "Territoires" }).click();
    await root.field("Trouver").fill(`mds-${corner}`);
    const mds = root.card(`MDS ${corner}`);
    await mds.getByText("Gérer").click();
    await mds.getByRole("button", { name: "Modifier…" }).click();
    await mds.getByLabel("Nom").fill(`Maison ${corner}`);
    await mds.getByRole("button", { name: "Enregistrer" }).click();
    await root.card(`Maison ${corner}`).waitFor();
    await root.look("admin-territories");

    await world.put(["system", "calendar.put", { territory: `d${corner}`, office: [],
        holidays: [], time_zone: "America/Cayenne" }]);
    await root.page.getByRole("link", { name: "Astreintes" }).click();
    await root.button("Ajouter…").click();
    await panel(root).getByLabel("Tour").selectOption("mobile");
    await panel(root).getByLabel("Territoire").selectOption(`d${corner}`);
    await panel(root).getByLabel("Compte").selectOption(`van-${corner}`);
    await panel(root).getByLabel("De", { exact: true }).fill("2030-01-01T18:00");
    await panel(root).getByLabel("À", { exact: true }).fill("2030-01-02T08:00");
    await root.look("admin-rota");
    await root.button("Enregistrer").click();
    await root.sees(`van-${corner}`);
    // 18:00 by the clocks of Cayenne, wherever this browser is.
    const [[from]] = await world.rows("SELECT from_at FROM ugo.rota WHERE account = %s",
        `van-${corner}`);
    assert.equal(new Date(from / 1000).toISOString(), "2030-01-01T21:00:00.000Z");
    await root.sees("1 janv. 2030 18:00", root.card("Équipe mobile"));
});
