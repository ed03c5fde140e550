// SPDX-License-Identifier: EUPL-1.2
// Every text of the console stands in a dictionary: data, fetched by language and by who needs it,
// never part of a script. French is the shape: a text missing in English does not compile.
import type { fr } from "./fr";
import type { admin } from "./fr_admin";
import type { asker } from "./fr_asker";
import type { link } from "./fr_link";
import type { steer } from "./fr_steer";
import type { Said } from "./shape";

export type Words = Said<typeof fr>;
export type AskerWords = Words & Said<typeof asker>;
export type SteerWords = AskerWords & Said<typeof steer>;
export type AdminWords = AskerWords & Said<typeof admin>;
export type LinkWords = Said<typeof link>;
export type Language = "fr" | "en";
/** All need the first; the others come with the screens of those who look for a place, who follow
 *  the offer, who administer; the last is the page of a link's. */
export type Part = "base" | "asker" | "steer" | "admin" | "link";

declare const WORDS: Record<Part, Record<Language, string>>; // their addresses, by build.mjs

/** A dictionary out of its JSON: templates become functions. */
export function spoken<T>(json: string, language: Language): Said<T> {
    const plural = new Intl.PluralRules(language);
    return JSON.parse(json, (_, leaf: unknown) => {
        if (typeof leaf !== "string" || !/[{|]/.test(leaf)) return leaf;
        const [one = "", many = one] = leaf.split("|");
        return (...given: unknown[]): string =>
            (plural.select(Number(given[0])) === "one" ? one : many)
                .replace(/\{(\d)\}/g, (_, hole) => String(given[hole]));
    }) as Said<T>;
}

export async function load(part: Part, language: Language): Promise<object> {
    const answer = await fetch(WORDS[part][language]);
    if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
    return spoken(await answer.text(), language);
}

/** As the browser asks, else French. */
export function asked(): Language {
    return navigator.languages.find((each) => /^(fr|en)\b/.test(each))?.startsWith("en")
        ? "en" : "fr";
}

/** What a code is called; the code itself when this console does not know it yet. */
export function label(table: Record<string, string>, code: string | null | undefined): string {
    if (code === null || code === undefined) return "";
    return table[code] ?? code.replaceAll("_", " ");
}

export function listed(items: readonly (string | null | undefined)[]): string {
    return items.filter(Boolean).join(", ");
}
