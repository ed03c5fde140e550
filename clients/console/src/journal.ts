// SPDX-License-Identifier: EUPL-1.2
// What an entry of the journal says happened to its record: the operation, if it was done to this
// record; else what the record came to by it. An acceptance releases what else was asked, and sends
// a team; an arrival hands over. As the command line tells it.
import type { JournalEntry } from "./protocol";

const BY_STATE: Record<string, string> = {
    "hold accepted": "hold.accept", "hold refused": "hold.refuse",
    "hold released": "hold.release", "hold expired": "hold.expire",
    "hold withdrawn": "hold.withdraw", "hold arrived": "hold.arrive",
    "mission assigned": "mission.create", "mission handed_over": "mission.hand_over",
    "mission cancelled": "mission.cancel", "offer offered": "offer.create",
    "offer taken": "offer.taken", "offer void": "offer.void",
    "movement planned": "movement.plan", "movement done": "movement.done",
    "movement cancelled": "movement.cancel", "request placed": "request.placed",
    "request open": "request.update", "request closed": "request.close",
    "request withdrawn": "request.close",
};

export function eventOf(entry: JournalEntry): string {
    const state = entry.record?.["state"];
    const own = entry.operation.startsWith(`${entry.kind}.`);
    // Somebody who was brought in is expected to leave: that one is yet to be.
    if (entry.operation === "movement.entry" && state === "planned") return "movement.plan";
    if (own && entry.operation !== "hold.accept" && entry.operation !== "offer.create")
        return entry.operation;
    return BY_STATE[`${entry.kind} ${String(state)}`] ?? entry.operation;
}
