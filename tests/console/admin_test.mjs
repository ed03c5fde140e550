// SPDX-License-Identifier: EUPL-1.2
// Administration: accounts with their secrets shown once, establishments, units, territories, who
// is on call; what comes of each deed is said before it is done.
import { assert, journey, stage, until } from "./browser.mjs";

const scene = stage(4);

/** The panel that asks. */
const panel = (person) => person.page.locator(".panel");

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
    await root.button("Enregistrer").click();
    await root.sees("Enregistré.");
    assert.deepEqual((await world.record("account", id)).establishments,
        [`e-${corner}-cedres`, `e-${corner}-jean`]);

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
    await card.getByRole("button", { name: "Nouveau second facteur…" }).click();
    await card.getByRole("button", { name: "Nouveau second facteur", exact: true }).click();
    await card.getByRole("img", { name: /À photographier/ }).waitFor();
    await root.sees(/^otpauth:\/\/totp\/ugo:foyer-/, card);
    await root.look("admin-totp");
    await home.sees("Votre session est terminée");
    home.allow(/ 401 /);

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

    await card.getByRole("button", { name: "Désactiver…" }).click();
    await root.look("admin-disable");
    await card.getByRole("button", { name: "Désactiver", exact: true }).click();
    await until("a disabled account", async () => (await world.record("account", id)).disabled);
    await card.getByRole("button", { name: "Réactiver…" }).click();
    await card.getByRole("button", { name: "Réactiver", exact: true }).click();
    await until("an account again", async () => !(await world.record("account", id)).disabled);
    assert.deepEqual((await world.record("account", id)).establishments,
        [`e-${corner}-cedres`, `e-${corner}-jean`]);
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

    await root.page.getByRole("link", { name: "Astreintes" }).click();
    await root.button("Ajouter…").click();
    await panel(root).getByLabel("Tour").selectOption("mobile");
    await panel(root).getByLabel("Territoire").fill(`d${corner}`);
    await panel(root).getByLabel("Compte").fill(`van-${corner}`);
    await panel(root).getByLabel("De", { exact: true }).fill("2030-01-01T18:00");
    await panel(root).getByLabel("À", { exact: true }).fill("2030-01-02T08:00");
    await root.look("admin-rota");
    await root.button("Enregistrer").click();
    await root.sees(`van-${corner}`);
});
