// SPDX-License-Identifier: EUPL-1.2
// Who is here, until when, and what happens when that ends: the screens stay as they are, with a
// login over them, so that nothing that was typed is lost.
import { computed, signal } from "@preact/signals";
import type { Session } from "./protocol";
import { call, get, setAntiForgery, whenEnded, whenHeard, type Problem } from "./api";
import { learnNow, second, serverNow } from "./now";
import { recallJson, remember } from "./device";

/** undefined: not known yet; null: nobody. */
export const session = signal<Session | null | undefined>(undefined);
/** The server no longer knows the session of these screens. */
export const ended = signal(false);
/** The server has not said who we are, for it does not answer. */
export const unreachable = signal(false);
/** Without a network: who was here last, who may declare on account of it. */
export const remembered = signal(false);
/** Counts logins, so that streams and queues begin again. */
export const renewals = signal(0);

/** Where one is: what stands after the #, "#steer/now/t/d31" in its parts. */
const place = (): string[] => location.hash.slice(1).split("/").map(decodeURIComponent);
export const address = signal(place());
addEventListener("hashchange", () => {
    address.value = place();
});

const TOUCH_GRAIN = 5 * 60_000; // the server notes a sign of life at most this often
const WARN_IDLE = 3 * 60_000;
const WARN_ABSOLUTE = 10 * 60_000;
let heardAt = serverNow();
const heard = signal(heardAt);
let retry: ReturnType<typeof setTimeout> | undefined;

whenHeard((server, sent, got) => {
    if (server !== null) learnNow(server, sent, got);
    heardAt = serverNow();
    heard.value = heardAt;
});
whenEnded(() => {
    if (session.peek()) ended.value = true;
});

/** What is left of the session, ms, when it is little; null: enough. */
export const ending = computed<{ left: number; absolute: boolean } | null>(() => {
    const who = session.value;
    if (!who || remembered.value) return null;
    const now = second.value;
    const absolute = Date.parse(who.expires_at) - now;
    if (absolute < WARN_ABSOLUTE) return { left: Math.max(0, absolute), absolute: true };
    const idle = heard.value + who.idle_s * 1000 - TOUCH_GRAIN - now;
    return idle < WARN_IDLE ? { left: Math.max(0, idle), absolute: false } : null;
});

function enter(who: Session): void {
    setAntiForgery(who.anti_forgery);
    const before = session.peek();
    if (before && before.account !== who.account) {
        location.reload();
        return;
    }
    const fresh = !before || ended.peek() || remembered.peek();
    remembered.value = false;
    session.value = who;
    ended.value = false;
    heardAt = serverNow();
    heard.value = heardAt;
    const kept = who.role === "establishment" ? { ...who, anti_forgery: "" } : null;
    remember("me", kept && JSON.stringify(kept));
    if (fresh) renewals.value += 1;
}

/** Asks the server who we are. Without an answer, an establishment goes on as it was. */
export async function begin(): Promise<void> {
    const answer = await get<Session>("/v1/session");
    if (answer.ok) return enter(answer.body);
    if (answer.problem.type === "unauthenticated") {
        if (session.peek()) ended.value = true;
        else session.value = null;
        return;
    }
    if (session.peek() && !remembered.peek()) return;
    const kept = recallJson<Session>("me");
    if (!session.peek() && kept) {
        remembered.value = true;
        session.value = kept;
        renewals.value += 1;
    } else if (!session.peek()) unreachable.value = true;
    clearTimeout(retry);
    retry = setTimeout(() => void begin(), 8_000);
}

/** A sign of life, also to find out whether the session still stands. */
export async function stay(): Promise<void> {
    await begin();
}

const TURNS = 8;

/** Where many come in at a time one waits as long as the server says, and tries again by oneself;
 *  `waits` is told how many seconds. */
export async function login(account: string, password: string, totp: string,
    waits: (seconds: number) => void): Promise<Problem | null> {
    const body = {
        account: account.trim().toLowerCase(), password: password.normalize("NFC"),
        ...(totp === "" ? {} : { totp: totp.replace(/\s/g, "") }),
    };
    for (let turn = 1; ; turn++) {
        const answer = await call<Session>("POST", "/v1/login", { body, timeout: 40_000 });
        if (answer.ok) {
            enter(answer.body);
            return null;
        }
        if (answer.problem.detail !== "many_logins" || turn === TURNS) return answer.problem;
        const seconds = (answer.problem.retryAfter ?? 1) + Math.floor(Math.random() * turn);
        waits(seconds);
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
}

export async function logout(): Promise<void> {
    await call("POST", "/v1/logout", { body: {} });
    setAntiForgery(null);
    for (const name of ["me", "copy"]) remember(name, null);
    location.hash = "";
    location.reload();
}

/** Somebody is working here: tell the server before it thinks otherwise. */
export function watchActivity(): void {
    const active = (): void => {
        if (session.peek() && !ended.peek() && serverNow() - heardAt > TOUCH_GRAIN - 60_000) {
            heardAt = serverNow();
            void stay();
        }
    };
    addEventListener("pointerdown", active, { passive: true });
    addEventListener("keydown", active, { passive: true });
    addEventListener("online", () => {
        if (remembered.peek()) void begin();
    });
}
