// SPDX-License-Identifier: EUPL-1.2
// The page of a link: one question, answered without signing in, in a tap or two.
import { createHash, randomBytes } from "node:crypto";
import { assert, journey, stage, until } from "./browser.mjs";

const scene = stage(6);

/** The address of a new link; its id. */
async function addressOf(world, corner, unit, members = {}) {
    const secret = randomBytes(24).toString("base64url");
    const id = createHash("sha256").update(secret).digest("hex");
    await world.put(["system", "link.put", { id, account: `cedres-${corner}`, unit,
        question: "declare", ...members }]);
    return { path: `/l/${secret}`, id };
}

async function comesTrue(world, kind, id, what, so) {
    return until(what, async () => {
        const state = await world.record(kind, id);
        return so(state) && state;
    });
}

journey(scene, "two taps declare", async ({ world, corner, comes, unit }) => {
    const link = await addressOf(world, corner, unit("petits"));
    const home = await comes("cedres");
    await home.goto(link.path);
    await home.sees("Foyer des Cèdres");
    await home.sees(/Dernière déclaration\s: 2 places libres, il y a 20\smin/);
    await home.sees(/Sera enregistré\s: 2 places libres sur 12, à/);
    await home.look("link");
    await home.button("Une place de plus").click();
    await home.sees(/Sera enregistré\s: 3 places libres sur 12, à/);
    await home.button("Envoyer : 3 places libres").click();
    await home.sees("Merci, c'est enregistré.");
    await home.look("link-done");
    const state = await comesTrue(world, "unit", unit("petits"), "3 free",
        (each) => each.occupied === 9);
    assert.equal(state.channel, "link");
    assert.equal(state.declared_by, `cedres-${corner}`);

    await home.button("Corriger").click();
    await home.button(/Rien n'a changé\s: 3 places libres/).click();
    await home.sees("Merci, c'est enregistré.");
    await home.button("English").click();
    await home.sees("Thank you, it is recorded.");
    assert.equal(await home.page.evaluate(() => localStorage.length + document.cookie.length), 0);

    await world.put(["system", "link.revoke", { id: link.id }]);
    home.allow(/ 401 .*\/v1\/link$/);
    await until("its end", async () => {
        await home.goto(link.path);
        const text = home.page.getByText(/n'est plus valable|Merci|Combien de places/);
        await text.first().waitFor();
        return (await home.page.getByText("n'est plus valable").count()) > 0;
    });
    await home.look("link-gone");
});

journey(scene, "two taps answer a hold", async ({ world, corner, comes, unit }) => {
    const asked = async () => {
        await world.put([`night-${corner}`, "hold.create", { unit: unit("petits"),
            need: { children: [{ age_months: 84, sex: "F" }] } }]);
        const [[hold]] = await world.rows("SELECT id FROM ugo.hold WHERE unit = %s"
            + " AND state = 'held' ORDER BY created_at DESC LIMIT 1", unit("petits"));
        return { hold, ...await addressOf(world, corner, unit("petits"), { question: "hold",
            hold }) };
    };
    const home = await comes("cedres");
    const first = await asked();
    await home.goto(first.path);
    await home.sees("Pouvez-vous accueillir une fille de 7 ans ?");
    await home.look("link-hold");
    await home.button("Oui, nous accueillons").click();
    await home.button("Toucher encore pour confirmer").click();
    await home.sees("Vous avez dit oui.");
    await comesTrue(world, "hold", first.hold, "acceptance", (each) => each.state === "accepted");

    const second = await asked();
    await home.goto(second.path);
    await home.button("Non").click();
    await home.look("link-reasons");
    await home.button("manque de personnel").click();
    await home.sees("Vous avez dit non : manque de personnel.");
    const state = await comesTrue(world, "hold", second.hold, "refusal",
        (each) => each.state === "refused");
    assert.equal(state.code, "staff");
});

journey(scene, "a network that fails loses nothing twice", async (all) => {
    const { world, corner, comes, unit } = all;
    const link = await addressOf(world, corner, unit("grands"));
    const home = await comes("cedres");
    home.allow(/ERR_FAILED|ERR_INTERNET_DISCONNECTED|Failed to load/);
    await home.goto(link.path);
    await home.button("Une place de plus").click();
    // What got no answer is sent again under its key.
    const keys = [];
    await home.page.route("**/v1/link", (route) => {
        if (route.request().method() === "POST")
            keys.push(route.request().headers()["idempotency-key"]);
        return keys.length === 1 ? route.abort() : route.continue();
    });
    await home.button("Envoyer : 1 place libre").click();
    await home.sees("Merci, c'est enregistré.");
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    const rows = await world.rows("SELECT count(*) FROM ugo.change WHERE id = %s"
        + " AND operation = 'unit.declare' AND actor = %s AND revision > (SELECT min(revision)"
        + " FROM ugo.change WHERE operation = 'link.put' AND state ->> 'unit' = %s)",
        unit("grands"), `cedres-${corner}`, unit("grands"));
    assert.deepEqual(rows, [[1]]);
});
