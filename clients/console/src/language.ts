// SPDX-License-Identifier: EUPL-1.2
// The language of the page: as chosen before, else as the browser asks, else French.
import { signal } from "@preact/signals";
import { loadWords, type AskerWords, type Language, type SteerWords, type Words }
    from "./words/words";
import { recall, remember } from "./device";

let current: Words | undefined;
type Part = (language: Language) => Promise<object>;
const learned = new Set<Part>();
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

/** Loads what some screens say besides. */
export async function learn(...parts: Part[]): Promise<void> {
    const before = learned.size;
    for (const part of parts) learned.add(part);
    if (learned.size > before) await speak(say().code);
}

export async function speak(language: Language): Promise<void> {
    const parts = await Promise.all([loadWords, ...learned].map((load) => load(language)));
    current = Object.assign({}, ...parts) as Words;
    document.documentElement.lang = current.code;
    turned.value += 1;
}

export function preferred(): Language {
    const kept = recall("language");
    if (kept === "fr" || kept === "en") return kept;
    const asked = navigator.languages.find((each) => /^(fr|en)\b/.test(each));
    return asked?.startsWith("en") ? "en" : "fr";
}

export async function choose(language: Language): Promise<void> {
    remember("language", language);
    await speak(language);
}
