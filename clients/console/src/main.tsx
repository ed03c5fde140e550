// SPDX-License-Identifier: EUPL-1.2
// The console: who is here decides which screens there are. Screens are loaded when they are first
// needed; addresses are after the #, so that the server has one page.
import { render, type ComponentType, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Role } from "./protocol";
import { choose, learn, preferred, say, speak } from "./language";
import { address, begin, ended, logout, session, unreachable, watchActivity } from "./session";
import { tell } from "./news";
import { openRegistry } from "./registry";
import { label, type Language } from "./words/words";
import { LiveBar, LiveSpoken, NewsStrip, SessionWarning } from "./parts/live_bar";
import type { AdminTab } from "./screens/admin";
import { LoginAgain, LoginScreen } from "./screens/login";
// What every screen needs comes with the first one: fewer files are fewer bytes for everybody.
import "./parts/form";
import "./parts/unit_parts";

type OwnTab = "home" | "steer" | "search" | "asks" | "missions" | "night";
type Tab = OwnTab | AdminTab;

const TABS: Partial<Record<Role, Tab[]>> = {
    establishment: ["home"],
    astreinte: ["search", "asks", "missions", "night"],
    territory: ["steer", "search", "asks", "night"],
    def: ["steer", "search", "asks", "missions", "night"],
    mobile: ["missions"],
    admin: ["accounts", "establishments", "territories", "rota", "reminders", "calendars",
        "kinds"],
};

/** A screen of those who look for a place, and its words. */
async function both<T>(screen: Promise<T>, steer = false): Promise<T> {
    return (await Promise.all([screen, learn("asker", ...steer ? ["steer" as const] : [])]))[0];
}

const SCREENS: Record<OwnTab, () => Promise<ComponentType>> = {
    home: async () => {
        const screen = await import("./screens/home");
        screen.openQueue();
        return screen.HomeScreen;
    },
    steer: async () => {
        const screen = await both(import("./screens/steer"), true);
        screen.openQueue();
        return screen.SteerScreen;
    },
    search: async () => (await both(import("./screens/search"))).SearchScreen,
    asks: async () => (await both(import("./screens/search"))).AsksScreen,
    missions: async () => (await both(import("./screens/search"))).MissionsScreen,
    night: async () => (await both(import("./screens/search"))).NightScreen,
};

async function screenOf(tab: Tab): Promise<ComponentType> {
    if (tab in SCREENS) return SCREENS[tab as OwnTab]();
    const [admin] = await Promise.all([import("./screens/admin"), learn("asker", "admin")]);
    return admin.screen(tab as AdminTab);
}

const loaded = new Map<Tab, ComponentType>();

function useScreen(tab: Tab | null): { screen: ComponentType | null; failed: boolean } {
    const [, setTurn] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
        setFailed(false);
        if (tab === null || loaded.has(tab)) return;
        screenOf(tab).then((screen) => {
            loaded.set(tab, screen);
            setTurn((turn) => turn + 1);
        }, () => setFailed(true));
    }, [tab]);
    return { screen: tab === null ? null : loaded.get(tab) ?? null, failed };
}

function Header({ tabs, here }: { tabs: Tab[]; here: Tab | null }): JSX.Element {
    const who = session.value;
    const words = say();
    return (
        <header>
            <div class="head">
                <p class="brand">ugo</p>
                <LiveBar />
            </div>
            {tabs.length > 1 && <nav aria-label={words.app.menu}>
                {tabs.map((tab) => (
                    <a key={tab} href={`#${tab}`} aria-current={tab === here ? "page" : undefined}>
                        {words.tabs[tab]}</a>
                ))}
            </nav>}
            <LiveSpoken />
            {who && <SessionWarning />}
        </header>
    );
}

function Footer(): JSX.Element {
    const who = session.value;
    const words = say();
    return (
        <footer>
            {who && <p>{words.app.signedInAs(who.name ?? who.account,
                label(words.role, who.role))}</p>}
            <div class="actions">
                <a class="touch" href={`/accessibility-${words.code}.html`}>
                    {words.app.accessibility}</a>
                <button type="button" class="link" lang={words.otherCode}
                    onClick={() => void choose(words.otherCode as Language)
                        .catch(() => tell(words.problem.network, true))}>
                    {words.otherLanguage}</button>
                {who && <button type="button" class="link" onClick={() => void logout()}>
                    {words.app.signOut}</button>}
            </div>
        </footer>
    );
}

function Screens({ role }: { role: Role }): JSX.Element {
    const words = say();
    const tabs = TABS[role] ?? [];
    const wanted = address.value[0] as Tab;
    const here = tabs.includes(wanted) ? wanted : tabs[0] ?? null;
    const { screen: Screen, failed } = useScreen(here);
    useEffect(() => {
        document.title = here === null ? words.app.title
            : `${words.tabs[here]} · ${words.app.title}`;
        if (document.activeElement?.closest("nav")) window.scrollTo(0, 0);
    }, [here, words]);
    return (
        <>
            <a class="skip" href="#main" onClick={(event) => {
                event.preventDefault();
                document.getElementById("main")?.focus();
            }}>{words.app.skip}</a>
            <Header tabs={tabs} here={here} />
            {Screen ? <Screen /> : <main id="main" tabIndex={-1}>
                <h1 class="hidden">{words.app.title}</h1>
                <p>{here === null ? words.app.none
                    : failed ? words.problem.network : words.app.loading}</p>
                {failed && <button type="button" onClick={() => location.reload()}>
                    {words.app.retry}</button>}
            </main>}
            <NewsStrip />
            <Footer />
            {ended.value && <LoginAgain />}
        </>
    );
}

function App(): JSX.Element {
    const who = session.value;
    if (who === undefined)
        return <main id="main" class="alone" aria-busy="true"><h1 class="brand">ugo</h1>
            <p role="status">{unreachable.value ? say().live.never : say().app.loading}</p></main>;
    if (who === null) return <><LoginScreen /><Footer /></>;
    return <Screens role={who.role} />;
}

// The browser asks for this before a script's address may be given to it.
interface TrustedTypesLike {
    createPolicy(name: string, rules: { createScriptURL: (url: string) => string }):
        { createScriptURL(url: string): unknown };
}

function keepForOffline(): void {
    if (!("serviceWorker" in navigator)) return;
    const types = (globalThis as { trustedTypes?: TrustedTypesLike }).trustedTypes;
    const policy = types?.createPolicy("ugo", {
        createScriptURL: (url) => {
            if (url !== "/sw.js") throw new TypeError("not ours");
            return url;
        },
    });
    const url = policy ? policy.createScriptURL("/sw.js") : "/sw.js";
    navigator.serviceWorker.register(url as string).catch(() => undefined);
}

async function main(): Promise<void> {
    // Until its words are there the page has but what its HTML says, after a while.
    while (!await speak(preferred()).then(() => true, () => false))
        await new Promise((resolve) => setTimeout(resolve, 4_000));
    const root = document.getElementById("app");
    root?.replaceChildren();
    if (root) render(<App />, root);
    watchActivity();
    await begin();
    openRegistry();
    if (document.readyState === "complete") keepForOffline();
    else addEventListener("load", keepForOffline);
}

void main();
