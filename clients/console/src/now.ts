// SPDX-License-Identifier: EUPL-1.2
// The present, by the server's clock: a phone's own may be minutes off. `second` and `minute` move
// by themselves, for countdowns and ages.
import { signal } from "@preact/signals";

let offset = 0;
let doubt = Infinity;

/** The server said `server` somewhere between `sent` and `got` (ms of this device). */
export function learnNow(server: number, sent: number, got: number): void {
    const about = 1_000 + (got - sent);
    if (about > doubt + 500) return;
    doubt = about;
    const found = server - (sent + got) / 2;
    if (Math.abs(found - offset) > 1_500) offset = Math.round(found);
}

export function serverNow(): number {
    return Date.now() + offset;
}

export const second = signal(serverNow());
export const minute = signal(serverNow());

setInterval(() => {
    const now = serverNow();
    second.value = now;
    if (Math.floor(now / 15_000) !== Math.floor(minute.peek() / 15_000)) minute.value = now;
}, 1_000);
