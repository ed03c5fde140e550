// SPDX-License-Identifier: EUPL-1.2
// People with browsers. Whatever a page complains of (an error, its policy, another host) fails the
// test that it happened in; each state that is looked at is held to the rules of access and kept as
// a picture.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium, packages } from "./chromium.mjs";
import { build, until, Wire, World } from "./world.mjs";

const axe = packages("axe-core").source;
export const pictures = process.env.UGO_SCREENSHOTS ?? join(build, "screenshots");
mkdirSync(pictures, { recursive: true });

export const PHONE = { name: "360x640", width: 360, height: 640, touch: true, narrow: [320, 640] };
export const OFFICE = { name: "1280x800", width: 1280, height: 800, touch: false,
    narrow: [640, 400] }; // the same at 200 %
const THUMB = 43.5; // 44, rounded
const PATIENCE = Number(process.env.UGO_PATIENCE_MS ?? 60_000);

/** A browser and a world for the tests of this file. */
export function stage(corners, workers = 2) {
    const scene = { world: null, browser: null };
    before(async () => {
        scene.world = await World.open(corners, workers);
        scene.browser = await chromium(scene.world.pin);
    });
    after(async () => {
        await scene.browser?.close();
        await scene.world?.close();
    });
    return scene;
}

/** One test per size, each in a corner of its own; people() gives it people, whose pages are judged
 *  when it ends. */
export function journey(scene, name, play, sizes = [PHONE, OFFICE]) {
    for (const size of sizes)
        test(`${name}, ${size.name}`, async () => {
            const people = [];
            const corner = scene.world.corner();
            const comes = async (account, how = {}) => {
                const person = await Person.open(scene, { account: `${account}-${corner}`,
                    size: how.size ?? size, look: how.look ?? {} });
                people.push(person);
                return person;
            };
            try {
                await play({ world: scene.world, corner, size, comes,
                    unit: (short) => `u-${corner}-${short}` });
                for (const person of people) person.judge();
            } catch (fault) {
                for (const person of people) await person.keepFault(name).catch(() => undefined);
                throw fault;
            } finally {
                for (const person of people) await person.leave();
            }
        });
}

export class Person {
    #scene;
    #faults = [];
    #allowed = [];

    static async open(scene, { account, size, look }) {
        const person = new Person();
        person.#scene = scene;
        person.account = account;
        person.wire = await Wire.open(scene.world.url);
        person.size = size;
        person.context = await scene.browser.newContext({
            viewport: { width: size.width, height: size.height }, hasTouch: size.touch,
            isMobile: size.touch, locale: "fr-FR", timezoneId: "Europe/Paris",
            reducedMotion: "reduce", ...look,
        });
        person.context.setDefaultTimeout(PATIENCE);
        await person.context.addInitScript(() => {
            document.addEventListener("securitypolicyviolation", (event) =>
                console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
        });
        await person.context.addInitScript({ content: axe });
        person.context.on("request", (request) => {
            const url = new URL(request.url());
            if (url.protocol !== "data:" && url.origin !== person.wire.url)
                person.#faults.push("asked another host: " + request.url());
        });
        person.page = await person.context.newPage();
        person.page.on("pageerror", (fault) => person.#faults.push("error: " + fault.stack));
        person.page.on("console", (message) => {
            if (message.type() !== "error" && message.type() !== "warning") return;
            const text = `${message.text()} ${message.location().url ?? ""}`;
            // Who is here is asked before anybody is.
            if (/ 401 .*\/v1\/session$/.test(text)) return;
            if (!person.#allowed.some((each) => each.test(text)))
                person.#faults.push("console: " + text);
        });
        return person;
    }

    /** A refusal or a lost network is meant to happen: the browser reports it as an error. */
    allow(pattern) {
        this.#allowed.push(pattern);
    }

    judge() {
        assert.deepEqual(this.#faults, [], `what the page of ${this.account} complained of`);
    }

    // ── what a person does ──

    async goto(path = "/") {
        await this.page.goto(this.wire.url + path);
    }

    field(label) {
        return this.page.getByLabel(label);
    }

    button(name, where = this.page) {
        return where.getByRole("button", { name });
    }

    card(name) {
        return this.page.getByRole("article", { name });
    }

    /** Fills the form that is there and sends it. */
    async fillLogin(password = this.#scene.world.password) {
        await this.field("Compte").fill(this.account);
        await this.field("Mot de passe", { exact: true }).first().fill(password);
        if (!/^(cedres|jean|martin|new)-/.test(this.account))
            await this.field("Code à 6 chiffres").fill(await this.#scene.world.code(this.account));
        await this.button("Se connecter").click();
    }

    /** Comes in, and waits for the first live copy. */
    async login(path = "/") {
        await this.goto(path);
        await this.fillLogin();
        await this.live();
        return this;
    }

    async live() {
        await this.page.locator("header .live.good").waitFor();
    }

    sees(text, where = this.page) {
        return where.getByText(text).filter({ visible: true }).first().waitFor();
    }

    async focused() {
        return this.page.evaluate(() => {
            const here = document.activeElement;
            return here === null || here === document.body ? ""
                : here.getAttribute("aria-label") ?? here.innerText?.trim() ?? here.tagName;
        });
    }

    /** From now on, what is read aloud by itself is noted: said(). */
    async listen() {
        await this.page.evaluate(() => {
            const said = globalThis.said = [];
            const aloud = "[role=status], [role=alert], [role=log], [aria-live=polite], "
                + "[aria-live=assertive]";
            globalThis.listening?.disconnect();
            globalThis.listening = new MutationObserver((changes) => {
                for (const { target } of changes) {
                    const at = target.nodeType === Node.ELEMENT_NODE ? target
                        : target.parentElement;
                    const region = at?.closest(`${aloud}, [role=timer], [aria-live=off]`);
                    if (region?.matches(aloud)) said.push(region.textContent);
                }
            });
            globalThis.listening.observe(document.body,
                { subtree: true, childList: true, characterData: true });
        });
    }

    said() {
        return this.page.evaluate(() => globalThis.said);
    }

    // ── how it is looked at ──

    /** The state that the page is in: no fault of access, nothing beside the screen, a picture. */
    async look(name) {
        const { page, size } = this;
        await page.evaluate(() => document.fonts.ready.then(() => undefined));
        await this.picture(`${name}-${size.name}`);
        await this.holdToRules(name);
        await this.holdToWidth(name);
        if (size.touch) await this.holdToThumbs(name);
    }

    async holdToRules(name) {
        const found = await this.page.evaluate(async () => {
            const { violations } = await globalThis.axe.run(document, { resultTypes: [] });
            return violations.map((each) => `${each.id}: ${each.help}: ${each.nodes
                .map((node) => `${node.html} ${node.any.concat(node.all, node.none)
                    .map((check) => check.message).join("; ")}`).slice(0, 3).join(" | ")}`);
        });
        assert.deepEqual(found, [], `${name}: axe`);
    }

    async holdToWidth(name) {
        const { page, size } = this;
        const [width, height] = size.narrow;
        await page.setViewportSize({ width, height });
        const beside = await page.evaluate(() => {
            const wide = document.documentElement;
            if (wide.scrollWidth <= wide.clientWidth) return [];
            return [`${wide.scrollWidth} > ${wide.clientWidth}`, ...[...document
                .querySelectorAll("body *")].filter((each) =>
                each.getBoundingClientRect().right > wide.clientWidth + 1)
                .slice(0, 5).map((each) => each.outerHTML.slice(0, 120))];
        });
        await page.setViewportSize({ width: size.width, height: size.height });
        assert.deepEqual(beside, [], `${name}: wider than ${width} px`);
    }

    /** What is touched is large enough for a thumb. */
    async holdToThumbs(name) {
        const small = await this.page.evaluate((least) => [...document.querySelectorAll(
            "button, a[href], select, summary, label.chip, label.check, .field input")]
            .filter((each) => each.checkVisibility() && !each.matches(".skip"))
            .map((each) => [each, each.getBoundingClientRect()])
            .filter(([, box]) => box.height > 0 && (box.height < least || box.width < least))
            .map(([each, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: `
                + each.outerHTML.slice(0, 120)), THUMB);
        assert.deepEqual(small, [], `${name}: too small to touch`);
    }

    /** The whole page, from its top: what sticks to the screen stands where it would then. */
    async picture(name) {
        const at = await this.page.evaluate(() => {
            const before = scrollY;
            scrollTo({ top: 0, behavior: "instant" });
            return before;
        });
        await this.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true,
            animations: "disabled" });
        await this.page.evaluate((top) => scrollTo({ top, behavior: "instant" }), at);
    }

    async keepFault(name) {
        await this.picture(`fault-${name.replace(/[^a-z0-9]+/gi, "-")}-${this.account}`);
        console.error(`# ${this.account}:`, this.#faults.join("\n# "));
    }

    async leave() {
        await this.context.close();
        await this.wire.close();
    }
}

export { assert, test, until };
