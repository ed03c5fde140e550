// SPDX-License-Identifier: EUPL-1.2
// The page of a link: one question, large, two taps, done. Nothing is kept on the device; the
// secret stays in the page's address and goes with each request to the server, nowhere else.
import { call, newKey, whenHeard, type Answer } from "./api";
import { trust } from "./figures";
import { bodyOf, countOf, isUnchanged, moved, opened, openOf, whoOf, type Count, type Link }
    from "./link_say";
import { ago, clock } from "./moment";
import { asked, label, load, type Language, type LinkWords } from "./words/words";

const secret = location.pathname.split("/").pop() ?? "";
const root = document.getElementById("app") as HTMLElement;

let words: LinkWords;
let link: Link | null = null;
let count: Count = { free: 0, open: null };
let offset = 0;
let busy = false;
let fault = "";
let done = false;
let gone = false;
let asking: "first" | "sure" | "why" = "first";

type Child = Node | string | null;

function el(tag: string, of: Record<string, string | (() => void)>, ...children: Child[]):
    HTMLElement {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(of))
        if (typeof value === "function") made.addEventListener("click", value);
        else made.setAttribute(name, value);
    made.append(...children.filter((each): each is Node | string => each !== null));
    return made;
}

function p(text: string, name = ""): HTMLElement {
    return el("p", name === "" ? {} : { class: name }, text);
}

function button(text: string, name: string, press: () => void, off = false): HTMLElement {
    return el("button", {
        type: "button", class: name, click: press, ...(off || busy ? { disabled: "" } : {}),
    }, text);
}

function now(): number {
    return Date.now() + offset;
}

function time(text: string | number): string {
    const at = typeof text === "number" ? text : Date.parse(text);
    return clock(at, now(), { words, zone: "Europe/Paris" });
}

async function ask(body?: unknown, key?: string): Promise<void> {
    busy = true;
    fault = "";
    draw();
    const answer: Answer<Link> = await call<Link>(body === undefined ? "GET" : "POST", "/v1/link", {
        link: secret, ...(body === undefined ? {} : { body }),
        ...(key === undefined ? {} : { key }),
    });
    busy = false;
    if (answer.ok) {
        link = answer.body;
        if (link.unit !== undefined) count = countOf(link.unit);
        done = body !== undefined;
        asking = "first";
    } else if (answer.problem.type === "unauthenticated" || answer.problem.type === "not_found") {
        gone = true;
    } else {
        const said: Record<string, string> = words.problem;
        fault = said[answer.problem.type] ?? words.problem.other;
        const kept = answer.problem.data["unit"];
        if (link !== null && kept !== undefined)
            link = { ...link, unit: kept } as Link;
        if (answer.problem.type === "hold_not_active") void ask();
    }
    draw(true);
}

function declareParts(of: Link): Child[] {
    const unit = of.unit;
    if (unit === undefined) return [];
    const free = words.free(count.free);
    const open = openOf(unit, count);
    if (done) return [
        p(words.thanks, "box good"), p(words.said(free, time(unit.observed_at ?? of.now))),
        button(words.again, "", () => { done = false; draw(true); }),
    ];
    const state = trust(unit, now());
    const send = (): void => {
        void ask(bodyOf(unit, count, new Date(now()).toISOString()), newKey());
    };
    const step = (by: number): void => { count = moved(unit, count, by); draw(); };
    const plain = isUnchanged(unit, count);
    return [
        unit.observed_at === null ? p(words.never)
            : p(words.known(words.free(countOf(unit).free),
                ago(Date.parse(unit.observed_at), now(), words))),
        state === "stale" ? p(words.stale, "box warn") : null,
        state === "contested" ? p(words.contested, "box warn") : null,
        unit.capacity.held > 0 ? p(words.held(unit.capacity.held)) : null,
        count.open === null ? null : el("div", { class: "stepper" },
            button("−", "step big", () => { count = opened(count, -1); draw(); }),
            el("span", {}, words.pair(words.open, count.open)),
            button("+", "step big", () => { count = opened(count, 1); draw(); })),
        el("h2", {}, words.declare),
        el("div", { class: "stepper" },
            named(button("−", "step big", () => step(-1), count.free <= 0), words.fewer),
            el("output", { class: "figure", "aria-live": "polite" }, String(count.free)),
            named(button("+", "step big", () => step(1), count.free >= open), words.more)),
        p(words.willSend(free, open, time(now())), "quiet"),
        button(plain ? words.unchanged(free) : words.send(free), "strong big", send),
    ];
}

function named(of: HTMLElement, text: string): HTMLElement {
    of.setAttribute("aria-label", text);
    return of;
}

function refusedText(code: string | null): string {
    return code === null ? words.refused : words.refusedFor(label(words.refusal, code));
}

function holdParts(of: Link): Child[] {
    const hold = of.hold;
    if (hold === undefined) return [];
    if (hold.state !== "held")
        return [p(hold.state === "accepted" || hold.state === "arrived" ? words.accepted
            : hold.state === "refused" ? refusedText(hold.code)
                : words.ended, "box plain")];
    const turn = (to: typeof asking) => (): void => { asking = to; draw(true); };
    return [
        el("h2", {}, words.asked(whoOf(hold, words))),
        hold.emergency ? p(words.tonight, "box warn") : null,
        p(words.until(time(hold.held_until))),
        ...(asking === "why" ? [
            p(words.why),
            ...Object.entries(words.refusal).map(([code, text]) =>
                button(text, "big", () => void ask({ refuse: code }, newKey()))),
            button("←", "", turn("first")),
        ] : [
            button(asking === "sure" ? words.sure : words.yes, "strong big",
                asking === "sure" ? () => void ask({ accept: true }, newKey()) : turn("sure")),
            button(words.no, "big", turn("why")),
        ]),
    ];
}

function body(): Child[] {
    if (gone) return [p(words.gone, "box warn"),
        el("a", { href: "/", class: "touch" }, words.console)];
    if (link === null)
        return [busy ? p(words.loading) : button(words.retry, "strong big", () => void ask())];
    return [
        el("h1", { tabindex: "-1" }, link.unit_name ?? "ugo"), p(link.establishment_name ?? ""),
        ...(link.question === "hold" ? holdParts(link) : declareParts(link)),
        p(words.valid(time(link.expires_at)), "quiet small"),
    ];
}

/** Stays with the words that are there when others do not come. */
async function speak(language: Language): Promise<void> {
    try {
        words = await load("link", language) as LinkWords;
    } catch {
        if (words !== undefined) fault = words.problem.network;
        else return;
    }
    draw();
}

/** turned: what is shown is something else; the focus goes to where it begins. */
function draw(turned = false): void {
    document.documentElement.lang = words.code;
    const at = document.activeElement === null ? -1
        : [...root.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
    root.replaceChildren(el("main", { class: "alone link", "aria-busy": String(busy) },
        el(gone || link === null ? "h1" : "p", { class: "brand" }, "ugo"), ...body(),
        el("p", { role: "alert" }, fault === "" ? "" : fault),
        busy && link !== null ? p(words.sending) : null,
        button(words.other, "link", () => void speak(words.code === "fr" ? "en" : "fr"))));
    const buttons = root.querySelectorAll("button");
    if (turned) root.querySelector<HTMLElement>("h1")?.focus();
    else if (at >= 0) buttons[at]?.focus();
}

whenHeard((server, sent, got) => {
    if (server !== null && Math.abs(server - (sent + got) / 2 - offset) > 1_500)
        offset = server - (sent + got) / 2;
});
setInterval(() => {
    if (!busy && link !== null && !done) draw();
}, 30_000);
const begin = (): void => void speak(asked()).then(() => {
    // Until its words are there the page has but what its HTML says, after a while.
    if (words === undefined) setTimeout(begin, 4_000);
    else void ask();
});
begin();
