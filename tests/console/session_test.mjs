// SPDX-License-Identifier: EUPL-1.2
// The end of a session, by idleness and by age: it is warned of in time, without disturbing who
// works, put off by a sign of life, and when it comes nothing that was typed is lost. The time that
// goes by is the register's own, which is the only one that counts.
import { assert, journey, PHONE, stage, until } from "./browser.mjs";

const scene = stage(3, 1); // with two, one may be told of a leap of time before the other
const MINUTE = 60;
const WARNING = "Votre session se termine dans";

/** Somebody was seen in the session of this account just now. */
function seen(world, account) {
    return until("a sign of life", async () => (await world.rows("SELECT l.at - s.seen_at < %s "
        + "FROM ugo.session s, ugo.ledger l WHERE s.account = %s", 120e6, account))[0][0]);
}

/** Begins a form, as far as a reason; where the focus is then. */
async function begin(home) {
    await home.button(/^Fermer des places.*Groupe des petits/).click();
    await home.button("Plus, Places fermées", home.card("Groupe des petits")).click();
    const reason = home.field("Pourquoi sont-elles fermées ?");
    await reason.selectOption("staff");
    await reason.focus();
    return reason;
}

/** The warning is there and moves, is said once, and leaves the focus where it was. */
async function warned(home, reason) {
    const warning = home.page.getByRole("timer").filter({ hasText: WARNING });
    await warning.waitFor();
    const first = await warning.innerText();
    await until("a countdown", async () => await warning.innerText() !== first);
    const said = (await home.said()).filter((each) => each.includes(WARNING));
    assert.equal(said.length, 1, `said once: ${said.join(" | ")}`);
    assert.ok(await reason.evaluate((each) => each === document.activeElement));
    return warning;
}

async function signInAgain(home, world, reason) {
    await home.page.getByRole("dialog").waitFor();
    await home.sees("Ce que vous avez saisi est toujours là.");
    assert.match(await home.page.evaluate(() => document.activeElement.name), /password/);
    await home.field("Mot de passe").first().fill(world.password);
    await home.button("Se connecter").click();
    await home.page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await reason.inputValue(), "staff");
    await home.live();
}

journey(scene, "nobody is there: warned, put off, over", async ({ world, comes, unit }) => {
    const home = await (await comes("cedres")).login();
    const reason = await begin(home);
    await home.listen();
    await world.pass(23 * MINUTE);
    const warning = await warned(home, reason);
    await home.look("session-soon");
    await reason.press("ArrowDown"); // somebody is there
    await warning.waitFor({ state: "detached" });
    await seen(world, home.account);
    await reason.selectOption("staff");

    await world.pass(27 * MINUTE); // the page does not know exactly when the server saw it last
    await home.sees("Votre session peut se terminer d'un instant à l'autre.",
        home.page.locator(".box"));
    await home.button("Rester connecté").click();
    await home.page.getByRole("timer").waitFor({ state: "detached" });
    await until("the focus back", () =>
        reason.evaluate((each) => each === document.activeElement));

    home.allow(/ 401 /);
    await world.pass(31 * MINUTE);
    await signInAgain(home, world, reason);
    await home.button("Déclarer", home.card("Groupe des petits")).click();
    await until("the closed place", async () =>
        (await world.record("unit", unit("petits"))).closed === 1);
});

journey(scene, "its longest time is over", async ({ world, comes }) => {
    const home = await (await comes("cedres")).login();
    // Its twelve hours are nearly over, which its next sign of life tells the servers.
    const [[id]] = await world.rows("UPDATE ugo.session SET opened_at = opened_at - 120000000, "
        + "seen_at = seen_at - 120000000, expires_at = (SELECT at FROM ugo.ledger) + 480000000 "
        + "WHERE account = %s RETURNING id", home.account);
    await world.put(["system", "session.touch", { id }]);
    await home.page.reload();
    await home.live();
    await home.sees(WARNING);
    await home.sees("Ensuite, il faudra se reconnecter.");
    assert.equal(await home.button("Rester connecté").count(), 0); // no use
    await home.look("session-absolute");
    const reason = await begin(home);
    home.allow(/ 401 /);
    await world.pass(9 * MINUTE);
    await signInAgain(home, world, reason);
    assert.equal(await home.page.getByText(WARNING).count(), 0);
}, [PHONE]);
