// SPDX-License-Identifier: EUPL-1.2
// The establishment: how many places are free, in a tap or two; closing some; answering what it is
// asked.
import { assert, journey, stage, until } from "./browser.mjs";

const scene = stage(8);
const soon = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);

/** Of a unit in the database, until it is so. */
async function comesTrue(world, unit, what, so) {
    return until(what, async () => {
        const state = await world.record("unit", unit);
        return so(state) && state;
    });
}

journey(scene, "an establishment declares", async ({ world, comes, unit }) => {
    const home = await (await comes("cedres")).login();
    const card = home.card("Groupe des petits");
    await home.look("home");

    await home.button("Une place libre de plus, Groupe des petits").click();
    await home.button("Une place libre de plus, Groupe des petits").click();
    await home.button("Une place libre de moins, Groupe des petits").click();
    await home.look("home-changed");
    await home.button("Déclarer 3 libres", card).click();
    await home.sees("Groupe des petits : 3 libres, visible de tous.");
    await home.look("home-declared");
    const declared = await comesTrue(world, unit("petits"), "3 free",
        (state) => state.occupied === 9);
    assert.equal(declared.channel, "console");

    await home.button(/Rien de changé.*Groupe des grands/).click();
    await home.sees("Groupe des grands : confirmé, visible de tous.");
    await comesTrue(world, unit("grands"), "a confirmation", (state) => state.channel === "console"
        && state.occupied === 10);

    await home.button("Une place libre de moins, Groupe des petits").click();
    await home.button("Annuler", card).click();
    await home.button(/Rien de changé.*Groupe des petits/).waitFor();
});

journey(scene, "an establishment closes places, and takes one too many", async (all) => {
    const { world, comes, unit } = all;
    const home = await (await comes("cedres")).login();
    const card = home.card("Groupe des petits");
    await home.button(/^Fermer des places.*Groupe des petits/).click();
    await home.button("Plus, Places fermées", card).click();
    await home.button("Plus, Places fermées", card).click();
    await home.button("Déclarer", card).click();
    await home.sees("Dites pourquoi ces places sont fermées.");
    await home.look("home-closing");
    await home.field("Pourquoi sont-elles fermées ?").selectOption("staff");
    await home.field("Réouverture prévue le").fill(soon);
    await home.button("Déclarer", card).click();
    await comesTrue(world, unit("petits"), "two closed places", (state) => state.closed === 2
        && state.closed_reason === "staff" && state.reopens_on === soon && state.open === 10);
    await home.sees("2 places fermées");
    await home.look("home-closed");

    const full = home.card("Groupe des grands");
    await home.button(/^Fermer des places.*Groupe des grands/).click();
    await home.button("Plus, En sureffectif", full).click();
    await home.button("Déclarer", full).click();
    await home.sees("Dites sous quelle dérogation.");
    await home.field("Sous quelle dérogation ?").selectOption({ index: 1 });
    await home.button("Déclarer", full).click();
    await comesTrue(world, unit("grands"), "one too many", (state) => state.occupied === 11);
    await home.sees("sureffectif : 1 de plus que de places ouvertes");
    await home.look("home-over");
});

async function held(world, corner, unit, key, minutes = 30) {
    await world.put([`night-${corner}`, "hold.create", {
        unit, minutes, emergency: true, need: { children: [{ age_months: 84, sex: "F" }] } }]);
}

journey(scene, "an establishment answers what it is asked", async (all) => {
    const { world, corner, comes, unit } = all;
    const home = await (await comes("cedres")).login();
    await held(world, corner, unit("petits"));
    await home.sees("Une demande attend votre réponse");
    const asked = home.card(/On vous demande 1 place, Groupe des petits/);
    await home.sees(/reste (29|30)\smin|reste 29:/, asked);
    await home.look("home-asked");
    await home.button(/Accepter.*Groupe des petits/).click();
    await home.look("home-accept");
    await home.button("Oui, nous les prenons").click();
    await home.sees("Accepté. Les places sont gardées jusqu'à l'arrivée.");
    await home.page.getByRole("heading", { name: "Attendus" }).waitFor();
    await home.look("home-expected");
    await home.button("Ils sont arrivés").click();
    await home.sees("Arrivée notée.");
    await comesTrue(world, unit("petits"), "an arrival", (state) => state.occupied === 11
        && state.held === 0);

    await held(world, corner, unit("urgence"));
    await home.button(/Refuser….*Accueil d'urgence/).click();
    await home.page.getByRole("radio", { name: "complet" }).check();
    await home.look("home-refuse");
    await home.button("Refuser", home.card(/On vous demande/)).click();
    await home.sees("Refusé, c'est noté.");
    const refused = await world.rows("SELECT state ->> 'state', state ->> 'code' FROM ugo.record "
        + "WHERE kind = 'hold' AND state ->> 'unit' = $$" + unit("urgence") + "$$");
    assert.deepEqual(refused, [["refused", "full"]]);
    await comesTrue(world, unit("urgence"), "a doubt", (state) => state.contested_at !== null);
    await home.sees("Quelqu'un a trouvé ce chiffre faux.");
    await home.look("home-contested");
});
