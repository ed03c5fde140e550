// SPDX-License-Identifier: EUPL-1.2
// What an establishment plans: an entry with its end, places shared in time, what opens; done or
// cancelled.
import { journey, stage, until } from "./browser.mjs";

const scene = stage(4);
const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

async function planned(world, unit) {
    return (await world.rows("SELECT state FROM ugo.record WHERE kind = 'movement' AND "
        + `state ->> 'unit' = '${unit}' AND state ->> 'state' = 'planned' ORDER BY id`))
        .map(([state]) => state);
}

journey(scene, "an establishment plans who comes and leaves", async ({ world, comes, unit }) => {
    const home = await (await comes("cedres")).login();
    const section = home.page.getByRole("region", { name: "Ce qui est prévu" });
    const ask = (label) => section.getByLabel(label, { exact: true });
    await home.sees("Rien de prévu.", section);
    await home.button("Prévoir…").click();
    await home.button("Prévoir", section).last().click();
    await home.sees("À remplir.", section);
    await until("the focus on what is missing", () => home.page.evaluate(() =>
        document.activeElement.matches("input[aria-invalid]")));
    await home.look("plan-missing");

    await ask("Quoi ?").selectOption("entry");
    await ask("Unité").selectOption(unit("petits"));
    await ask("Quel jour ?").fill(day(3));
    await section.getByLabel("Jusqu'à quel jour ?").fill(day(10));
    await section.getByLabel("Sa place habituelle").selectOption(unit("grands"));
    await home.look("plan-entry");
    await home.button("Prévoir", section).last().click();
    await home.sees("C'est prévu.");
    await until("an entry with its end", async () => {
        const list = await planned(world, unit("petits"));
        return list.length === 2 && list.some((each) => each.type === "entry"
            && each.origin_unit === unit("grands")) && list.some((each) => each.type === "exit"
            && each.on === day(10));
    });
    await home.sees(/jusqu'au .*sa place lui reste gardée\s: Groupe des grands/, section);

    await home.button("Prévoir…").click();
    await ask("Quoi ?").selectOption("sequence");
    await ask("Unité").selectOption(unit("grands"));
    await ask("À partir de quel jour ?").fill(day(1));
    await home.page.getByRole("checkbox", { name: "ven." }).check();
    await home.page.getByRole("checkbox", { name: "sam." }).check();
    await ask("Quelles semaines ?").selectOption("odd");
    await home.look("plan-sequence");
    await home.button("Prévoir", section).last().click();
    await until("places shared in time", async () => {
        const [each] = await planned(world, unit("grands"));
        return each && each.type === "sequence" && each.weeks === "odd"
            && each.weekdays.join() === "5,6";
    });
    await home.sees(/ven., sam. · semaines impaires/, section);
    await home.look("planned");

    await section.getByRole("listitem").filter({ hasText: "entrée" })
        .getByRole("button", { name: /^Annulée/ }).click();
    await until("neither entry nor end", async () =>
        (await planned(world, unit("petits"))).length === 0);
});

journey(scene, "an establishment opens places on a day", async ({ world, comes, unit }) => {
    const home = await (await comes("cedres")).login();
    const section = home.page.getByRole("region", { name: "Ce qui est prévu" });
    const ask = (label) => section.getByLabel(label, { exact: true });
    await home.button("Prévoir…").click();
    await ask("Quoi ?").selectOption("opening");
    await ask("Unité").selectOption(unit("grands"));
    await home.button("Plus, Combien de places ?").click();
    await ask("Quel jour ?").fill(new Date().toLocaleDateString("en-CA",
        { timeZone: "Europe/Paris" }));
    await home.button("Prévoir", section).last().click();
    await home.sees("ouverture, 2 places", section);
    await home.button(/^C'est fait.*ouverture/).click();
    await until("12 open places", async () => (await world.record("unit", unit("grands")))
        .open === 12);
});
