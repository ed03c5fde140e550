// SPDX-License-Identifier: EUPL-1.2
// The night on paper: who is on call, what is asked for, held and on its way, what happened, room
// for notes; black on white whatever the screen was, nothing to press and nothing cut.
import { join } from "node:path";
import { assert, journey, pictures, stage } from "./browser.mjs";

const scene = stage(2);
const WIDTH = 718; // of A4 within a browser's margins, at 96 dots per inch
const HEIGHT = 1047;
const ASKS = 9; // with an option each
const WAITING = 20; // without

/** What a printer could not put right. */
function faultsOnPaper([width, height]) {
    const shown = [...document.querySelectorAll("body *")].filter((each) =>
        each.checkVisibility() && each.getClientRects().length > 0);
    const found = [];
    const luminance = (colour) => colour.match(/[\d.]+/g).slice(0, 3)
        .reduce((sum, each, i) => sum + Number(each) * [0.21, 0.72, 0.07][i], 0) / 255;
    for (const each of shown) {
        const style = getComputedStyle(each);
        const told = `${each.tagName} ${each.className}: ${each.innerText?.slice(0, 40)}`;
        const box = each.getBoundingClientRect();
        if (each.matches("button, nav, input, select, summary")) found.push("to press: " + told);
        if (box.right > width + 1) found.push(`beside the paper: ${told}`);
        if (style.overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1)
            found.push("cut: " + told);
        if (each.matches("li, .card, .notes") && (box.height > height
            || !/avoid/.test(style.breakInside))) found.push("torn: " + told);
        if (each.innerText && luminance(style.color) > 0.3) found.push("pale: " + told);
        const ground = style.backgroundColor;
        if (!/, 0\)$/.test(ground) && luminance(ground) < 0.9) found.push("grounded: " + told);
    }
    return found;
}

journey(scene, "the night on paper", async ({ world, corner, comes, unit, size }) => {
    await world.put(
        ["system", "rota.put", { id: `t-${corner}`, duty: "mobile", territory: `d${corner}`,
            account: `van-${corner}`, from_at: (Date.now() - 3_600_000) * 1000,
            to_at: (Date.now() + 36_000_000) * 1000 }],
        [`cedres-${corner}`, "unit.declare", { unit: unit("petits"), free: 12 }],
        ...Array.from({ length: ASKS }, (_, i) => [`night-${corner}`, "hold.create",
            { unit: unit("petits"), emergency: true,
                need: { children: [{ age_months: 12 * (3 + i), sex: "F" }] } }]),
        ...Array.from({ length: WAITING }, (_, i) => [`night-${corner}`, "request.open",
            { children: [{ age_months: 170, sex: "M" }], emergency: true,
                decided_at: (Date.now() - 600_000) * 1000, reference: `N-${100 + i}` }]));
    const [[hold]] = await world.rows("SELECT id FROM ugo.record WHERE kind = 'hold' AND "
        + "state ->> 'unit' = %s ORDER BY id LIMIT 1", unit("petits"));
    await world.put([`cedres-${corner}`, "hold.accept", { hold }]);

    const night = await comes("night", { look: { colorScheme: "dark" } });
    night.allow(/net::ERR_/);
    await night.login("/#night");
    const { page } = night;
    await page.locator(".journal li").nth(ASKS + WAITING).waitFor();
    assert.equal(await page.getByText("Feuille de nuit", { exact: true }).isVisible(), false);

    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await page.setViewportSize({ width: WIDTH, height: HEIGHT });
    assert.deepEqual(await page.evaluate(faultsOnPaper, [WIDTH, HEIGHT]), []);
    const text = await page.locator("body").innerText();
    for (const each of ["Feuille de nuit", `Astreinte ${corner}`, `Équipe mobile ${corner}`,
        "Foyer des Cèdres, Groupe des petits", "4 rue des Essais", "En direct", "Notes",
        ...Array.from({ length: ASKS }, (_, i) => `fille de ${3 + i} ans`),
        ...Array.from({ length: WAITING }, (_, i) => `N-${100 + i}`)])
        assert.ok(text.includes(each), `${each} is not on paper: ${text}`);
    for (let i = 0; i < ASKS; i++) // as it stands, not only as it happened
        await page.locator(".printed li", { hasText: `fille de ${3 + i} ans` }).first().waitFor();
    await night.picture(`night-sheet-${size.name}`);
    const path = join(pictures, `night-sheet-${size.name}.pdf`);
    const pages = (await page.pdf({ format: "A4", path })).toString("latin1")
        .match(/\/Type\s*\/Page\b/g);
    assert.ok(pages.length >= 2, "a night is more than a page");

    // What is old says so on paper, too.
    night.wire.cut();
    await page.getByText("Réseau perdu. Ce qui est affiché date de").filter({ visible: true })
        .first().waitFor();
});
