// SPDX-License-Identifier: EUPL-1.2
// The language of the page: as chosen before, else as the browser asks, else French.
import { signal } from "@preact/signals";
import {
    asked, load, type AdminWords, type AskerWords, type Language, type Part, type SteerWords,
    type Words,
} from "./words/words";
import { recall, remember } from "./device";

let current: Words | undefined;
const learned = new Set<Part>(["base"]);
const turned = signal(0);

/** The words in use; reading them in a component follows the language. */
export function say(): Words {
    void turned.value;
    if (current === undefined) throw new Error("no words yet");
    return current;
}

/** The same with the words of those who look for a place, whose screens have them loaded. */
export function sayAsker(): AskerWords {
    return say() as AskerWords;
}

/** And of those who follow what there is. */
export function saySteer(): SteerWords {
    return say() as SteerWords;
}

/** And of those who administer. */
export function sayAdmin(): AdminWords {
    return say() as AdminWords;
}

/** Loads what some screens say besides. */
export async function learn(...parts: Part[]): Promise<void> {
    if (parts.some((part) => !learned.has(part))) await speak(say().code as Language, parts);
}

/** Rejects when a dictionary does not come; nothing has changed then. */
export async function speak(language: Language, more: Part[] = []): Promise<void> {
    const parts = [...new Set([...learned, ...more])];
    const words = await Promise.all(parts.map((part) => load(part, language)));
    current = Object.assign({}, ...words) as Words;
    for (const part of parts) learned.add(part);
    document.documentElement.lang = language;
    turned.value += 1;
}

export function preferred(): Language {
    const kept = recall("language");
    return kept === "fr" || kept === "en" ? kept : asked();
}

export async function choose(language: Language): Promise<void> {
    await speak(language);
    remember("language", language);
}
