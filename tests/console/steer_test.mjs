// SPDX-License-Identifier: EUPL-1.2
// Those who follow what there is: sums that are true now, down to a unit and its history; who waits
// and why at this rank; each table as a file.
import { readFile } from "node:fs/promises";
import { assert, journey, PHONE, stage, until } from "./browser.mjs";

const scene = stage(9);

/** The figure of that name, as it is shown. */
function figure(person, name) {
    return person.page.locator(".figures > div", { has: person.page.getByText(name,
        { exact: true }) }).locator("dd").innerText();
}

async function view(person, name) {
    await person.page.getByRole("navigation", { name: "Occupation" })
        .getByRole("link", { name }).click();
}

async function detail(person, ...names) {
    for (const name of names) await person.page.getByRole("checkbox", { name }).check();
}

/** The table under that caption, as the file that it gives. */
async function file(person, caption) {
    const [download] = await Promise.all([person.page.waitForEvent("download"),
        person.button(new RegExp(`^Télécharger.*${caption}`)).click()]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(),
        "utf8") };
}

async function declares(world, corner, unit, params) {
    await world.put([`cedres-${corner}`, "unit.declare", { unit, ...params }]);
}

async function waits(world, corner, months, reference) {
    await world.put([`dts-${corner}`, "request.open", {
        children: [{ age_months: months, sex: "F" }], together: true, reference,
        emergency: reference === "NUIT-1", decided_at: (Date.now() - 7_200_000) * 1000 }]);
}

journey(scene, "the direction follows occupancy", async ({ world, corner, comes, unit }) => {
    const def = await comes("def");
    def.allow(/ 404 .*\/v1\/(occupancy\/history|place-days|outlines)/); // not every server has them
    await def.login();
    await def.page.getByRole("table", { name: "Occupation" }).waitFor();
    await def.sees(`MDS ${corner}`);
    assert.equal(await figure(def, "Libres"), "4");
    assert.equal(await figure(def, "Ouvertes"), "32");
    assert.equal(await figure(def, "Jamais déclarées"), "1");
    await def.look("def-now");

    await def.page.getByText("Alertes (0)").click();
    const from = def.page.getByRole("spinbutton", { name: /^Alerter à partir de/ });
    await from.fill("90");
    await from.press("Tab");
    await def.button(/^Alerter pour/).click();
    await def.page.getByText("Alertes (1)").waitFor();
    assert.equal(await def.page.getByText("1 alerte", { exact: true }).count(), 0);
    await declares(world, corner, unit("petits"), { free: 0 });
    await until("the sum", async () => await figure(def, "Libres") === "2");
    await def.sees("1 alerte");
    await def.sees(/94\s% \(30 sur 32\)/);
    await def.look("def-alert");

    await detail(def, "Type", "Modalité");
    const saved = await file(def, "Occupation");
    assert.match(saved.name, /^ugo-now-\d{4}-\d\d-\d\d\.csv$/);
    assert.ok(saved.text.startsWith("\ufeffTerritoire;Type;Modalité;Libres;"), saved.text);
    assert.match(saved.text, new RegExp(`^MDS ${corner};MECS;internat;0;22;22;1;`, "m"));

    await view(def, "Couverture");
    await def.sees(/\d+ trous/);
    await def.look("def-cover");
    await view(def, "Fraîcheur");
    await def.page.getByRole("table", { name: /Fraîcheur/ }).waitFor();
    await def.look("def-trust");
    await view(def, "Évolution");
    await def.look("def-past");
    await view(def, "Besoins et refus");
    await def.sees("Options demandées");
    await def.look("def-proof");
});

journey(scene, "down to a unit and its history", async ({ world, corner, comes, unit }) => {
    const def = await comes("def");
    def.allow(/ 404 .*\/v1\/outlines/);
    await def.login();
    await detail(def, "Unité");
    const link = def.page.getByRole("link", { name: "Foyer des Cèdres, Groupe des petits" });
    await link.focus();
    await def.page.keyboard.press("Enter");
    await def.page.getByRole("heading", { level: 1, name: /Groupe des petits/ }).waitFor();
    const history = def.page.getByRole("table", { name: /Historique/ });
    await history.waitFor();
    const before = await history.getByRole("row").count();
    await declares(world, corner, unit("petits"), { free: 1 });
    await until("the declaration", async () => await history.getByRole("row").count() > before);
    await def.sees("déclaration", history);
    assert.equal(await figure(def, "Libres"), "1");
    await def.look("def-unit");
    await def.page.getByRole("navigation", { name: "Où" })
        .getByRole("link", { name: "Foyer des Cèdres" }).click();
    await def.page.getByRole("table", { name: "Occupation" }).waitFor();
    assert.equal(await def.page.locator("tbody tr").count(), 3);
    assert.equal(await figure(def, "Ouvertes"), "26");
    await def.look("def-establishment");
    await def.page.goBack();
    await def.page.getByRole("heading", { level: 1, name: /Groupe des petits/ }).waitFor();
});

journey(scene, "a territory sees its places and who waits", async (all) => {
    const { world, corner, comes, unit, size } = all;
    const dts = await comes("dts");
    dts.allow(/ 404 .*\/v1\/(occupancy\/history|outlines)/);
    await waits(world, corner, 100, "A-1");
    await waits(world, corner, 150, "NUIT-1");
    await dts.login();
    await dts.page.getByRole("table", { name: "Occupation" }).waitFor();
    await dts.sees("jamais déclarée, à demander");
    await dts.look("dts-now");
    if (size === PHONE) await dts.field("Trier par").selectOption("Ouvertes");
    else await dts.button("Ouvertes").click();
    assert.match(await dts.page.locator("tbody tr").first().innerText(), /Groupe des petits/);
    assert.equal(await dts.page.locator("th[aria-sort=descending]").count(), 1);

    await view(dts, "Attente");
    const list = dts.page.getByRole("table", { name: "Liste d'attente" });
    await dts.sees("urgence, décidée", list);
    const rows = await list.locator("tbody tr").allInnerTexts();
    assert.match(rows[0], /NUIT-1/);
    assert.match(rows[0], /2\sh/);
    assert.match(rows[1], /A-1/);
    await world.put([`dts-${corner}`, "hold.create", { unit: unit("petits"), emergency: false,
        need: { children: [{ age_months: 100, sex: "F" }] } }]);
    await dts.sees(/reste /, dts.page.getByRole("table", { name: "Options en cours" }));
    await dts.look("dts-waiting");
    assert.equal(await dts.page.getByRole("link", { name: "Besoins et refus" }).count(), 0);
});

journey(scene, "the direction in the dark", async ({ comes }) => {
    const def = await comes("def", { look: { colorScheme: "dark" } });
    def.allow(/ 404 .*\/v1\/outlines/);
    await def.login();
    await def.page.getByRole("table", { name: "Occupation" }).waitFor();
    await def.look("def-now-dark");
}, [PHONE]);

journey(scene, "how accessible it is, said to everybody", async ({ comes }) => {
    const somebody = await comes("nobody");
    await somebody.goto();
    await somebody.page.getByRole("link", { name: /^Accessibilité/ }).click();
    await somebody.page.getByRole("heading", { name: "Déclaration d'accessibilité" }).waitFor();
    await somebody.sees("acces@departement.example");
    await somebody.look("accessibility");
    await somebody.goto("/accessibility-en.html");
    await somebody.sees("Accessibility statement");
    await somebody.page.getByRole("link", { name: "Back to the console" }).click();
    await somebody.button("Se connecter").waitFor();
});
