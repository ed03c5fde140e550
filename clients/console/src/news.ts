// SPDX-License-Identifier: EUPL-1.2
// What has just happened: shown, and read aloud by a live region, without taking the focus.
import { signal } from "@preact/signals";
import { serverNow } from "./now";

export interface News {
    id: number; text: string; at: number; urgent: boolean; about: string[]; good: boolean;
}

export const news = signal<News[]>([]);
let last = 0;

/** What was waited for: where only the last one is shown, nothing that came later hides it. */
const isGood = ({ urgent, good }: News): boolean => urgent && good;

/** `urgent` stays longer. `about`: ids of the records that it tells of. `good`: as was hoped. */
export function tell(text: string, urgent = false, about: string[] = [], good = !urgent): void {
    last += 1;
    const kept = news.peek().filter((each) => each.text !== text).slice(-1);
    news.value = [...kept, { id: last, text, at: serverNow(), urgent, about, good }]
        .sort((a, b) => Number(isGood(a)) - Number(isGood(b)));
    const id = last;
    setTimeout(() => dismiss(id), urgent ? 60_000 : 10_000);
}

export function dismiss(id: number): void {
    news.value = news.peek().filter((each) => each.id !== id);
}

/** What was told of a record has been seen, or is no longer so: somebody acts on it. */
export function settle(record: string): void {
    if (news.peek().some((each) => each.about.includes(record)))
        news.value = news.peek().filter((each) => !each.about.includes(record));
}
