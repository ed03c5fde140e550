// SPDX-License-Identifier: EUPL-1.2
// A browser's own EventSource, as any page may use it: node event_source.mjs URL CERTIFICATE
// ACCOUNT PASSWORD. Each event is printed as a line, [name, id, data]; it goes on until killed.
import { chromium } from "./chromium.mjs";
import { pinOf } from "./world.mjs";

const [url, certificate, account, password] = process.argv.slice(2);
const browser = await chromium(pinOf(certificate));
const page = await (await browser.newContext()).newPage();
await page.exposeFunction("tell", (...event) => console.log(JSON.stringify(event)));
await page.goto(url + "/accessibility-en.html"); // a page of the console that follows nothing
await page.evaluate(async (body) => {
    const answer = await fetch("/v1/login", { method: "POST", body: JSON.stringify(body),
        headers: { "Content-Type": "application/json" } });
    if (!answer.ok) throw new Error(await answer.text());
    const source = new EventSource("/v1/events");
    for (const name of ["start", "delta", "mark", "bye"])
        source.addEventListener(name, (event) =>
            globalThis.tell(name, event.lastEventId, JSON.parse(event.data)));
    source.addEventListener("error", () => {
        if (source.readyState === EventSource.CLOSED) globalThis.tell("gave up", "", null);
    });
}, { account, password });
