// SPDX-License-Identifier: EUPL-1.2
// What comes of what was asked, told as it happens; and who looks here: holds and requests of this
// account first.
import { computed, effect } from "@preact/signals";
import type { Hold, Request } from "./protocol";
import {
    holds, missions, onNews, offers, requests, unitName, whenNamed,
} from "./registry";
import { sayAsker as say } from "./language";
import { label } from "./words/words";
import { session } from "./session";
import { settle, tell } from "./news";
import { minute } from "./now";
import { clock, duration } from "./moment";
import { saying } from "./parts/live_bar";

const SOON = 10 * 60_000;
const RECENT = 30 * 60_000;

export function mine(record: { created_by: string }): boolean {
    return record.created_by === session.value?.account;
}

function rank(hold: Hold): number {
    return hold.state === "accepted" ? 0 : hold.state === "held" ? 1 : 2;
}

function order(a: Hold, b: Hold): number {
    return rank(a) - rank(b) || Date.parse(a.held_until) - Date.parse(b.held_until);
}

/** Those that run, and those that ended within the half hour: a refusal is to be seen, too. */
export function current(list: Iterable<Hold>, now: number): Hold[] {
    return [...list].filter((hold) => hold.state === "held" || hold.state === "accepted"
        || hold.ended_at !== null && now - Date.parse(hold.ended_at) < RECENT
        && hold.state !== "released").sort(order);
}

export const myHolds = computed(() =>
    current([...holds.value.values()].filter(mine), minute.value));

/** Months; unknown: after all others. */
export function youngest(request: Request): number {
    return Math.min(...request.children.map((child) => child.age_months ?? Infinity));
}

/** The waiting list in its own order: what came free is offered to the first that it fits. */
export const openRequests = computed<Request[]>(() => [...requests.value.values()]
    .filter((each) => each.state === "open" || each.state === "placed")
    .sort((a, b) => Number(b.emergency) - Number(a.emergency)
        || Date.parse(a.decided_at) - Date.parse(b.decided_at)
        || youngest(a) - youngest(b) || (a.id < b.id ? -1 : 1)));

/** What runs for a request: its options that await their answer or were accepted. */
export function runningFor(request: string | null): Hold[] {
    return request === null ? [] : [...holds.value.values()].filter((hold) =>
        hold.request === request && (hold.state === "held" || hold.state === "accepted"));
}

/** Whether each of its children that has no place yet is asked for somewhere. */
export function allAsked(request: string | null): boolean {
    const known = request === null ? undefined : requests.value.get(request);
    const asked = new Set(runningFor(request).flatMap((hold) => hold.children));
    return known !== undefined && asked.size > 0 && known.children.every((_, index) =>
        asked.has(index) || known.placed.includes(index));
}

export function offerOf(request: string): ReturnType<typeof offers.value.get> {
    return [...offers.value.values()].find((each) =>
        each.request === request && each.state === "offered");
}

onNews((turn) => {
    const t = say();
    for (const { before, after } of turn.set) {
        if (after.kind === "mission" && before?.kind === "mission" && before.state !== after.state)
            tell(t.missions.news(label(t.missionState, after.state)));
        if (after.kind === "offer" && before === undefined && after.state === "offered")
            whenNamed(after.unit, (unit) => {
                if (offers.peek().get(after.id)?.state === "offered")
                    tell(t.requests.offer(unit, clock(Date.parse(after.offered_until),
                        minute.peek(), saying())), true, [after.id]);
            });
        if (after.kind !== "hold" || before?.kind !== "hold" || before.state === after.state)
            continue;
        const about = [after.id];
        settle(after.id);
        whenNamed(after.unit, (unit) => {
            if (after.state === "accepted") tell(t.hold.nowAccepted(unit), true, about, true);
            if (after.state === "refused")
                tell(t.hold.nowRefused(unit, label(t.refusal, after.code)), true, about);
            if (after.state === "expired") tell(t.hold.nowExpired(unit), true, about);
            if (after.state === "arrived") tell(t.hold.nowArrived(unit), false, about);
        });
    }
});

const warned = new Set<string>();
effect(() => {
    const now = minute.value;
    for (const hold of holds.value.values()) {
        const left = Date.parse(hold.held_until) - now;
        const name = `${hold.id} ${hold.held_until}`;
        if (hold.state !== "held" || !mine(hold) || left > SOON || left <= 0 || warned.has(name))
            continue;
        warned.add(name);
        tell(say().ask.soon(unitName(hold.unit), duration(left + 30_000, say())), true,
            [hold.id]);
    }
});

export function missionOf(hold: string): ReturnType<typeof missions.value.get> {
    return [...missions.value.values()].find((each) =>
        each.hold === hold && each.state !== "cancelled");
}
