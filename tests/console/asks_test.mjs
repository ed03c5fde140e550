// SPDX-License-Identifier: EUPL-1.2
// What an officer does with requests: for some of the children only, a need that changes, another
// team, a figure found wrong, a day to come.
import { assert, journey, stage, until } from "./browser.mjs";

const scene = stage(6);
const children = [{ age_months: 84, sex: "F" }, { age_months: 50, sex: "M" }];
const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

async function requests({ world, corner }) {
    return (await world.rows("SELECT state FROM ugo.record WHERE kind = 'request' AND "
        + `state ->> 'created_by' = 'night-${corner}'`)).map(([state]) => state);
}

journey(scene, "an officer asks for one of two, and changes the need", async (all) => {
    const { world, corner, comes, unit } = all;
    await world.put([`night-${corner}`, "request.open", { children, emergency: true,
        decided_at: (Date.now() - 600_000) * 1000, from: { commune: "31395" },
        reference: `A-${corner}`, legal_frame: "opp" }]);
    const night = await (await comes("night")).login("/#asks");
    await night.button("Modifier…").click();
    const section = night.card("fille de 7 ans, garçon de 4 ans");
    await section.getByLabel("À combien de km au plus").fill("80");
    await section.getByLabel("Pour quel jour").fill(day(4));
    await section.getByLabel("Jusqu'à quel jour").fill(day(9));
    await section.getByRole("checkbox", { name: "handicap" }).check();
    await section.getByLabel("Cadre juridique").selectOption("");
    await night.look("request-update");
    await night.button("Enregistrer").click();
    await night.sees("Demande modifiée.");
    const [state] = await requests(all);
    assert.deepEqual([state.max_km, state.wanted_on, state.wanted_until, state.needs,
        state.legal_frame ?? null, state.reference],
    [80, day(4), day(9), ["disability"], null, `A-${corner}`]);
    await night.sees(/pour le .*, jusqu'au .*, handicap/);

    await night.button("Chercher pour elle").click();
    const card = night.card("Foyer des Cèdres, Groupe des petits");
    await card.getByRole("checkbox", { name: "Demander" }).check();
    await night.button(/^Demander 2 places à 1 unité/).click();
    await night.page.getByRole("group", { name: "Pour qui" })
        .getByRole("checkbox", { name: /garçon/ }).uncheck();
    await night.look("ask-for-one");
    await night.button("Demander", night.page.locator(".ask-bar")).click();
    await until("one place asked", async () => (await world.record("unit", unit("petits")))
        .held === 1);
    const holds = await world.rows("SELECT state -> 'children' FROM ugo.record WHERE kind = 'hold' "
        + `AND state ->> 'unit' = '${unit("petits")}'`);
    assert.deepEqual(holds, [[[0]]]);

    await night.page.getByRole("link", { name: "Demandes", exact: true }).click();
    await night.page.getByText("Autres gestes").click();
    await night.button(/^Ce chiffre est faux/).click();
    await night.sees("Signalé");
    await until("a doubt", async () => (await world.record("unit", unit("petits")))
        .contested_at !== null);
});

journey(scene, "an officer looks at a day to come, and sends a team", async (all) => {
    const { world, corner, comes, unit } = all;
    await world.put([`cedres-${corner}`, "movement.plan", { unit: unit("grands"), type: "exit",
        places: 2, on: day(2), code: "majority" }]);
    const van = `van-${corner}`;
    await world.put(["system", "rota.put", { id: `t-${corner}`, duty: "mobile",
        territory: `d${corner}`, account: van, from_at: (Date.now() - 3_600_000) * 1000,
        to_at: (Date.now() + 3_600_000) * 1000 }]);
    const night = await (await comes("night")).login();
    await night.page.getByRole("radio", { name: "garçon" }).check();
    await night.page.getByRole("button", { name: "15 ans", exact: true }).click();
    await night.page.getByText("Besoins, modalité, parent, date").click();
    await night.field("Pour quel jour ?").fill(day(3));
    await night.button("Chercher une place").click();
    await night.sees(/2 libres d'après ce qui est prévu/,
        night.card("Foyer des Cèdres, Groupe des grands"));
    await night.look("found-expected");

    await world.put([`night-${corner}`, "hold.create", { unit: unit("urgence"), emergency: true,
        need: { children: [children[0]] } }]);
    const [[hold]] = await world.rows("SELECT id FROM ugo.record WHERE kind = 'hold' AND "
        + `state ->> 'unit' = '${unit("urgence")}'`);
    await world.put([`cedres-${corner}`, "hold.accept", { hold }]);
    await night.page.getByRole("link", { name: "Missions" }).click();
    await night.button("Confier à une équipe…").click();
    await night.page.getByRole("radio", { name: `Équipe mobile ${corner}` }).check();
    await night.look("mission-assign");
    await night.button("Confier la mission").click();
    await until("the team", async () => (await world.rows("SELECT state ->> 'team' FROM ugo.record "
        + `WHERE kind = 'mission' AND state ->> 'unit' = '${unit("urgence")}'`))[0][0] === van);
    await night.sees(`Équipe mobile ${corner}`, night.page.getByRole("article"));
});

journey(scene, "what comes free is offered by its name", async ({ world, corner, comes }) => {
    await world.put([`night-${corner}`, "request.open", { emergency: false,
        children: [{ age_months: 180, sex: "M" }], decided_at: (Date.now() - 600_000) * 1000,
        from: { commune: "31395" }, reference: `B-${corner}` }]);
    const night = await (await comes("night")).login("/#asks");
    await night.sees("garçon de 15 ans");
    const home = await (await comes("cedres")).login();
    await home.button(/libre de plus, Groupe des grands/).click();
    await home.button("Déclarer 1 libre").click();
    // Nothing on this page knew the unit before.
    await night.sees(/^Une place s'est libérée\s: Foyer des Cèdres, Groupe des grands\./,
        night.page.locator(".news"));
    await night.look("offered");
});
