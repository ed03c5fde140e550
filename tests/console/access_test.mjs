// SPDX-License-Identifier: EUPL-1.2
// By keyboard alone, in the dark, in forced colours, in English: what a mouse and good eyes never
// show.
import { assert, journey, OFFICE, PHONE, stage, until } from "./browser.mjs";

const scene = stage(9);
const MANY = 60; // no screen here has as many stops

/** Where the focus is; what is wrong with how it shows. */
function stop(page) {
    return page.evaluate(() => {
        const here = document.activeElement;
        if (here === null || here === document.body) return { name: "", wrong: "" };
        const shown = here.matches("input[type=radio], input[type=checkbox]")
            ? here.closest("label") ?? here : here;
        const name = here.getAttribute("aria-label")
            ?? (here.labels?.[0] ?? here).textContent.trim();
        const rings = [here, shown, ...shown.children].some((each) => {
            const style = getComputedStyle(each);
            return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        });
        const box = shown.getBoundingClientRect();
        const at = document.elementFromPoint(Math.min(innerWidth - 1, box.x + box.width / 2),
            Math.min(innerHeight - 1, Math.max(0, box.y + box.height / 2)));
        const covered = at === null || !(shown.contains(at) || at.contains(shown));
        return { name, wrong: rings ? covered ? `covered by ${at?.outerHTML.slice(0, 100)}` : ""
            : "no ring" };
    });
}

/** Tab, until the focus is there; each stop on the way can be seen. */
async function tabTo(person, wanted, key = "Tab") {
    const seen = [];
    for (let i = 0; i < MANY; i++) {
        await person.page.keyboard.press(key);
        const { name, wrong } = await stop(person.page);
        assert.equal(wrong, "", `the focus on “${name}”`);
        seen.push(name);
        if (wanted.test(name)) return;
    }
    assert.fail(`${wanted} is not reached by keyboard: ${seen.join(" | ")}`);
}

journey(scene, "an establishment by keyboard", async ({ world, comes, unit }) => {
    const home = await comes("cedres");
    await home.goto();
    await home.button("Se connecter").waitFor();
    const { keyboard } = home.page;
    await keyboard.type(home.account); // the focus is in the first field
    await keyboard.press("Tab");
    await keyboard.type(world.password);
    await keyboard.press("Enter");
    await home.live();

    await tabTo(home, /Aller au contenu/);
    await home.picture(`keyboard-skip-${home.size.name}`);
    await keyboard.press("Enter");
    await tabTo(home, /Une place libre de plus, Groupe des petits/);
    await keyboard.press("Enter");
    await home.picture(`keyboard-focus-${home.size.name}`);
    await tabTo(home, /Déclarer 3 libres/);
    await keyboard.press("Space");
    await until("3 free", async () => (await world.record("unit", unit("petits"))).occupied === 9);

    await tabTo(home, /^Fermer des places.*Groupe des grands/, "Shift+Tab");
    await keyboard.press("Enter");
    await until("the focus in the panel", () => home.page.evaluate(() =>
        document.activeElement?.closest(".panel") !== null));
    await tabTo(home, /Plus, Places fermées/);
    await keyboard.press("Escape");
    await home.page.locator(".panel").waitFor({ state: "detached" });
    await until("the focus back", async () =>
        /^Fermer des places.*Groupe des grands/.test((await stop(home.page)).name));

    await asked(world, home, unit("petits"));
    await home.sees("Une demande attend votre réponse");
    await tabTo(home, /^Accepter.*Groupe des petits/, "Shift+Tab");
    await keyboard.press("Enter");
    await until("the focus in the question", () => home.page.evaluate(() =>
        document.activeElement?.closest(".panel") !== null));
    await tabTo(home, /^Oui, nous les prenons/);
    await keyboard.press("Enter");
    await home.page.getByRole("heading", { name: "Attendus" }).waitFor();
});

journey(scene, "an officer by keyboard", async ({ world, corner, comes, unit }) => {
    await world.put(["system", "rota.put", { id: `t-${corner}`, duty: "mobile",
        territory: `d${corner}`, account: `van-${corner}`,
        from_at: (Date.now() - 3_600_000) * 1000, to_at: (Date.now() + 36_000_000) * 1000 }]);
    const night = await (await comes("night")).login();
    const { keyboard } = night.page;
    await tabTo(night, /^(fille|garçon|ne sait pas)$/);
    await keyboard.press("ArrowUp");
    await keyboard.press("ArrowUp");
    assert.equal(await night.page.getByRole("radio", { name: "fille" }).isChecked(), true);
    await tabTo(night, /^7 ans$/);
    await keyboard.press("Enter");
    await tabTo(night, /D'où/);
    await keyboard.type("tou");
    await night.button(/^Toulouse/).waitFor();
    await tabTo(night, /^Toulouse/);
    await keyboard.press("Enter");
    await tabTo(night, /Chercher une place/);
    await keyboard.press("Enter");
    await night.card("Foyer des Cèdres, Groupe des petits").waitFor();
    assert.match(await night.focused(), /Places possibles/);
    for (;;) {
        await tabTo(night, /^Demander$/);
        if (await night.card("Foyer des Cèdres, Groupe des petits").evaluate((each) =>
            each.contains(document.activeElement))) break;
    }
    await keyboard.press("Space");
    await tabTo(night, /^Demander 1 place à 1 unité/);
    await keyboard.press("Enter");
    await night.picture(`keyboard-ask-${night.size.name}`);
    await tabTo(night, /^Demander$/);
    await keyboard.press("Enter");
    await until("the option", async () => (await world.record("unit", unit("petits"))).held === 1);
    await night.page.getByRole("heading", { name: "En cours" }).waitFor();
    assert.match(await night.focused(), /En cours/);

    const [[hold]] = await world.rows("SELECT id FROM ugo.record WHERE kind = 'hold' AND "
        + "state ->> 'unit' = %s", unit("petits"));
    await world.put([`cedres-${corner}`, "hold.accept", { hold }]);
    await night.sees("Accepté : Foyer des Cèdres, Groupe des petits");
    assert.match(await night.focused(), /En cours/);
    await tabTo(night, /^Missions$/, "Shift+Tab");
    await keyboard.press("Enter");
    await tabTo(night, /^Confier à une équipe/);
    await keyboard.press("Enter");
    await tabTo(night, /^Équipe mobile/);
    await keyboard.press("Space");
    await tabTo(night, /^Confier la mission/);
    await keyboard.press("Enter");
    await until("the team", async () => (await world.rows("SELECT state ->> 'team' FROM ugo.record "
        + "WHERE kind = 'mission' AND state ->> 'unit' = %s", unit("petits")))[0][0]
        === `van-${corner}`);
});

journey(scene, "news is told once, and takes nobody's focus", async (all) => {
    const { world, corner, comes, unit } = all;
    const home = await (await comes("cedres")).login();
    await home.button(/^Fermer des places.*Groupe des grands/).click();
    const more = home.button("Plus, Places fermées", home.card("Groupe des grands"));
    await more.focus();
    await home.listen();
    await asked(world, home, unit("petits"));
    await home.sees("Une demande attend votre réponse");
    assert.ok(await more.evaluate((each) => each === document.activeElement));

    const night = await (await comes("night")).login();
    await night.page.getByRole("textbox", { name: "D'où" }).pressSequentially("mu");
    await night.listen();
    const [[hold]] = await world.rows("SELECT id FROM ugo.record WHERE kind = 'hold' AND "
        + "state ->> 'unit' = %s", unit("petits"));
    await world.put([`cedres-${corner}`, "hold.accept", { hold }]);
    await night.sees("Accepté : Foyer des Cèdres, Groupe des petits");
    await night.page.keyboard.type("r");
    assert.equal(await night.page.getByRole("textbox", { name: "D'où" }).inputValue(), "mur");
    for (const [each, told] of [[home, "Nouvelle demande"], [night, "Accepté"]])
        assert.equal((await each.said()).filter((text) => text.includes(told)).length, 1,
            `${told}, once: ${(await each.said()).join(" | ")}`);
}, [PHONE]);

async function asked(world, { account }, unit) {
    await world.put([account.replace("cedres", "night"), "hold.create", { unit, emergency: true,
        need: { children: [{ age_months: 84, sex: "F" }] } }]);
}

async function evening(all, look, name) {
    const home = await (await all.comes("cedres", { look })).login();
    await asked(all.world, home, all.unit("petits"));
    await home.button(/^Refuser/).click();
    await home.look(`home-${name}`);
    const night = await (await all.comes("night", { look })).login();
    await night.look(`need-${name}`);
    await night.button("7 ans").first().click();
    await night.button("Chercher une place").click();
    await night.card("Foyer des Cèdres, Groupe des petits").waitFor();
    await night.page.getByRole("checkbox", { name: "Demander" }).first().check();
    await night.look(`found-${name}`);
}

journey(scene, "in the dark", (all) => evening(all, { colorScheme: "dark" }, "dark"));
journey(scene, "in forced colours", (all) => evening(all, { forcedColors: "active" }, "forced"),
    [PHONE]);
journey(scene, "in English", async ({ comes }) => {
    const home = await comes("cedres", { look: { locale: "en-GB" } });
    await home.goto();
    await home.button("Sign in").waitFor();
    assert.equal(await home.page.evaluate(() => document.documentElement.lang), "en");
    await home.look("login-english");
    await home.button("Français").click();
    await home.button("Se connecter").waitFor();
    assert.equal(await home.page.evaluate(() => document.documentElement.lang), "fr");
}, [OFFICE]);
