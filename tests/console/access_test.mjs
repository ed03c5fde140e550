// SPDX-License-Identifier: EUPL-1.2
// By keyboard alone, in the dark, in forced colours, in English: what a mouse and good eyes never
// show.
import { assert, journey, OFFICE, PHONE, stage, until } from "./browser.mjs";

const scene = stage(8);
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
});

journey(scene, "an officer by keyboard", async ({ world, comes, unit }) => {
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
});

async function evening(all, look, name) {
    const home = await (await all.comes("cedres", { look })).login();
    await all.world.put([`night-${all.corner}`, "hold.create", { unit: all.unit("petits"),
        emergency: true, need: { children: [{ age_months: 84, sex: "F" }] } }]);
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
