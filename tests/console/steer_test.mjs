// SPDX-License-Identifier: EUPL-1.2
// Those who follow what there is: sums that are true now, down to a unit and its history; who waits
// and why at this rank; each table as a file.
import { readFile } from "node:fs/promises";
import { assert, journey, PHONE, stage, until } from "./browser.mjs";

const scene = stage(19);

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
    await def.login();
    await def.page.getByRole("table", { name: "Occupation" }).waitFor();
    await def.sees(`MDS ${corner}`);
    assert.equal(await figure(def, "Libres"), "4");
    assert.equal(await figure(def, "Ouvertes"), "32");
    assert.equal(await figure(def, "Jamais déclarées"), "1");
    await def.look("def-now");

    await detail(def, "Type", "Modalité");
    const saved = await file(def, "Occupation");
    assert.match(saved.name, /^ugo-now-\d{4}-\d\d-\d\d\.csv$/);
    assert.ok(saved.text.startsWith("\ufeffTerritoire;Type;Modalité;Libres;"), saved.text);
    assert.match(saved.text, new RegExp(`^MDS ${corner};MECS;internat;2;22;20;0,909\\d*;`, "m"));

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

journey(scene, "alerts are the whole direction's", async ({ world, corner, comes, unit }) => {
    const [one, other] = [await comes("def"), await comes("def")];
    for (const def of [one, other]) {
        await def.login();
        await def.page.getByText("Alertes (0)").click();
    }
    const from = one.page.getByRole("spinbutton", { name: /^Alerter à partir de/ });
    await from.fill("90");
    await from.press("Tab");
    await one.button(/^Alerter pour/).click();
    await one.page.getByText("Alertes (1)").waitFor();
    await one.button(/^Alerter pour/).click(); // the same again is the same rule
    await one.page.getByText("Alertes (1)").waitFor();
    assert.equal((await world.rows("SELECT id FROM ugo.alert WHERE territory = %s", `d${corner}`))
        .length, 1);
    await view(other, "Fraîcheur");
    await view(other, "Maintenant"); // who comes back to it reads the rules again
    await other.page.getByText("Alertes (1)").waitFor();
    for (const def of [one, other])
        assert.equal(await def.page.getByText("1 alerte", { exact: true }).count(), 0);

    await declares(world, corner, unit("petits"), { free: 0 });
    for (const def of [one, other]) {
        await def.sees("1 alerte");
        await def.sees(/94\s% \(30 sur 32\)/);
        await def.sees(/depuis \d\d:\d\d/);
    }
    await one.look("def-alert");
    await one.button(/^Retirer/).click();
    await one.page.getByText("Alertes (0)").waitFor();
    await other.page.evaluate(() => dispatchEvent(new Event("focus")));
    await other.page.getByText("Alertes (0)").waitFor();
});

journey(scene, "territories, one in the other", async ({ world, corner, comes, size }) => {
    const root = `d${corner}`;
    await world.put(
        ["system", "territory.put", { code: `dts-${corner}`, name: `DTS ${corner}`, level: "dts",
            parent: root }],
        ["system", "territory.put", { code: `mds-${corner}`, name: `MDS ${corner}`, level: "mds",
            parent: `dts-${corner}` }],
        ["system", "territory.put", { code: `vide-${corner}`, name: `DTS sans rien ${corner}`,
            level: "dts", parent: root }],
        ...[[root, 0, 0, 900, 600], [`dts-${corner}`, 0, 0, 500, 600],
            [`mds-${corner}`, 0, 0, 500, 600], [`vide-${corner}`, 500, 0, 900, 600]]
            .map(([territory, x0, y0, x1, y1]) => ["system", "outline.put", { territory,
                path: `M${x0} ${y0}l${x1 - x0} 0 0 ${y1 - y0}-${x1 - x0} 0z`,
                origin: [43.6, 1.4], x_scale: 8000, y_scale: 11000, box: [x0, y0, x1, y1] }]));
    const def = await comes("def");
    await def.login();
    const tree = def.page.locator(".tree");
    if (size === PHONE) await tree.getByText("Territoires").click();
    await tree.getByRole("link", { name: `DTS ${corner}` }).waitFor();
    await def.sees(/0 libre · –/, tree.getByRole("listitem").filter({ hasText: "sans rien" }));
    const parts = tree.getByText(/^1 territoire/);
    await parts.focus();
    await def.page.keyboard.press("Enter"); // by keyboard alone
    const mds = tree.getByRole("link", { name: `MDS ${corner}` });
    await mds.waitFor();
    await def.sees(/4 libres · 88\s%/, tree);
    await def.look("def-tree");
    await def.page.getByRole("link", { name: /^DTS \d+ : 4 libres, 88/ }).waitFor(); // the map's
    await mds.focus();
    await def.page.keyboard.press("Enter");
    const way = def.page.getByRole("navigation", { name: "Où" });
    assert.deepEqual(await way.getByRole("link").allInnerTexts(),
        [`Département ${corner}`, `DTS ${corner}`, `MDS ${corner}`]);
    await view(def, "Couverture");
    await way.getByRole("link", { name: `Département ${corner}` }).click();
    await def.sees(`DTS sans rien ${corner}`, def.page.locator("tbody")); // nothing is a hole, too

    await view(def, "Équipement");
    await def.sees(/^Population inconnue\s: 4 territoires/);
    await def.look("def-equipment-unknown");
    await world.put(["system", "population.put", { territory: `mds-${corner}`, from_ages: [0, 18],
        to_ages: [17, 20], numbers: [3000, 500] }]);
    await view(def, "Maintenant");
    await view(def, "Équipement");
    await def.sees(/^Population inconnue\s: 1 territoire\b/);
    await def.look("def-equipment");
    const saved = await file(def, "Taux d'équipement");
    assert.match(saved.text, new RegExp(`^MDS ${corner};3500;14,6;9,1;51;32;5\r$`, "m"));
});

journey(scene, "how occupancy came to be what it is", async (all) => {
    const { world, corner, comes, unit, size } = all;
    // What is known since a moment ago is known since twelve days.
    await world.rows(`UPDATE ugo.change SET at = at - 12 * 86400000000
        WHERE at > (extract(epoch FROM now()) - 86400) * 1000000 RETURNING at`);
    await declares(world, corner, unit("petits"), { free: 8 });
    const def = await comes("def");
    await def.login();
    const row = def.page.locator("tbody tr").first();
    await def.page.locator(".trend").first().waitFor();
    assert.match(await row.innerText(), /[-−]19/); // 88 % twice, 69 % now
    await def.page.getByText("en chiffres").first().click();
    const table = def.page.getByRole("table", { name: /en chiffres/ });
    assert.match((await table.locator("tbody tr").first().innerText()).replace(/\s+/g, " "),
        /88 % .*88 % .*69 %/);
    await def.look("def-trend");
    const saved = await file(def, "Occupation ces 30 derniers jours");
    assert.match(saved.text, new RegExp(`^MDS ${corner};0,875;0,875;0,6875\r$`, "m"));
    await detail(def, "Âges");
    assert.ok(await def.page.locator(".trend").count() >= 3);
    await declares(world, corner, unit("petits"), { free: 2 });
    await until("the last point", async () => !/[-−]/.test(await def.page
        .locator("tbody tr").first().locator("td").last().innerText()));
    if (size === PHONE) assert.equal(await def.page.locator("td .trend").first().isVisible(), true);
});

journey(scene, "the direction declares for a unit", async ({ world, corner, comes, unit }) => {
    const def = await comes("def");
    const home = await comes("cedres");
    await home.login();
    await def.login(`/#steer/now/u/${unit("petits")}`);
    const card = def.card("Groupe des petits");
    await card.waitFor();
    await def.button(/^Une place libre de plus/, card).click();
    await def.button(/^Déclarer 3 libres/, card).click();
    await home.sees("3", home.card("Groupe des petits").locator(".value"));
    await until("the sum", async () => await figure(def, "Libres") === "3");
    const [{ 0: who }] = await world.rows("SELECT state ->> 'declared_by' FROM ugo.record "
        + "WHERE kind = 'unit' AND id = %s", unit("petits"));
    assert.equal(who, `def-${corner}`);

    await def.button(/^Prévoir/).click();
    await def.field("Pourquoi ?").selectOption({ index: 1 });
    await def.field("Quel jour ?").fill(new Date(Date.now() + 172_800_000).toISOString()
        .slice(0, 10));
    await def.look("def-unit-plan");
    await def.button("Prévoir", def.page.locator("form")).click();
    await def.page.locator("li.card").first().waitFor();
    await home.page.locator("li.card").first().waitFor();
    await world.put([`dts-${corner}`, "hold.create", { unit: unit("petits"), emergency: false,
        need: { children: [{ age_months: 100, sex: "F" }] } }]);
    await def.sees(/reste /, def.page.getByRole("table", { name: "Options en cours" }));
    await def.look("def-unit-declared");
});

journey(scene, "a territory sees its places and who waits", async (all) => {
    const { world, corner, comes, unit, size } = all;
    const dts = await comes("dts");
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
