// SPDX-License-Identifier: EUPL-1.2
// Coming in: what is wrong is explained, the second factor is asked for, going out ends it.
import { assert, journey, PHONE, stage } from "./browser.mjs";

const scene = stage(5);

journey(scene, "an establishment comes in and goes out", async ({ comes }) => {
    const home = await comes("cedres");
    home.allow(/ 401 .*\/v1\/login$/);
    await home.goto();
    await home.button("Se connecter").waitFor();
    await home.look("login");
    await home.button("Se connecter").click();
    await home.sees("À remplir.");
    assert.equal(await home.field("Compte").evaluate((each) => each === document.activeElement),
        true);
    await home.look("login-empty");

    await home.fillLogin("pas le bon mot de passe");
    await home.sees("Compte, mot de passe ou code incorrect");
    await home.look("login-wrong");
    assert.equal(await home.field("Compte").inputValue(), home.account);

    await home.fillLogin();
    await home.page.getByRole("heading", { name: "Nos places" }).waitFor();
    await home.live();
    await home.page.reload();
    await home.page.getByRole("heading", { name: "Nos places" }).waitFor();

    await home.button("Se déconnecter").click();
    await home.button("Se connecter").waitFor();
    await home.page.reload();
    await home.button("Se connecter").waitFor();
    assert.deepEqual(await home.context.cookies(), []);
});

journey(scene, "an officer is asked for the second factor", async ({ world, comes }) => {
    const night = await comes("night");
    night.allow(/ 401 .*\/v1\/login$/);
    await night.goto();
    await night.field("Compte").fill(night.account);
    await night.field("Mot de passe").first().fill(world.password);
    await night.button("Se connecter").click();
    await night.sees("Mot de passe accepté.");
    assert.equal(await night.field("Code à 6 chiffres")
        .evaluate((each) => each === document.activeElement), true);
    await night.look("login-code");

    await night.field("Code à 6 chiffres").fill("000000");
    await night.button("Se connecter").click();
    await night.sees("Compte, mot de passe ou code incorrect");
    await night.field("Code à 6 chiffres").fill(await world.code(night.account));
    await night.button("Se connecter").click();
    await night.page.getByRole("heading", { name: "Le besoin" }).waitFor();
    await night.live();
    const [cookie] = await night.context.cookies();
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite, cookie.path],
        ["__Host-ugo", true, true, "Strict", "/"]);
});

journey(scene, "where many come in at a time, one comes in a little later", async ({ comes }) => {
    const home = await comes("cedres");
    home.allow(/ (429|503) .*\/v1\/login$/);
    let refusals = [429, 503];
    let seconds = "2";
    await home.context.route("**/v1/login", (route) => {
        const status = refusals.shift();
        return status === undefined ? route.continue() : route.fulfill({
            status, contentType: "application/problem+json", headers: { "Retry-After": seconds },
            body: JSON.stringify({ type: "urn:ugo:error:too_many_requests", title: "", status,
                detail: "many_logins" }),
        });
    });
    await home.goto();
    await home.fillLogin();
    await home.sees("Beaucoup de connexions en ce moment.");
    await home.look("login-crowd");
    await home.live();
    await home.button("Se déconnecter").click();
    await home.button("Se connecter").waitFor();

    refusals = Array(100).fill(429); // not for ever
    seconds = "0";
    await home.fillLogin();
    await home.sees(/Trop d'essais|Trop de demandes/);
    assert.equal(100 - refusals.length, 8);
}, [PHONE]);
