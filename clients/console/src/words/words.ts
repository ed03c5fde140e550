// SPDX-License-Identifier: EUPL-1.2
// Every text of the console stands in a dictionary; this is their one shape, so that a text missing
// in a language does not compile. Dictionaries are loaded one at a time.
import type { fr } from "./fr";
import type { admin } from "./fr_admin";
import type { asker } from "./fr_asker";
import type { steer } from "./fr_steer";

export type Words = typeof fr;
export type AskerWords = Words & typeof asker;
export type SteerWords = AskerWords & typeof steer;
export type Language = "fr" | "en";

export async function loadWords(language: Language): Promise<Words> {
    return language === "fr" ? (await import("./fr")).fr : (await import("./en")).en;
}

/** The part for those who look for a place. */
export async function loadAsker(language: Language): Promise<typeof asker> {
    return (await (language === "fr" ? import("./fr_asker") : import("./en_asker"))).asker;
}

/** The part for those who follow what there is. */
export async function loadSteer(language: Language): Promise<typeof steer> {
    return (await (language === "fr" ? import("./fr_steer") : import("./en_steer"))).steer;
}

/** The part for those who administer. */
export async function loadAdmin(language: Language): Promise<typeof admin> {
    return (await (language === "fr" ? import("./fr_admin") : import("./en_admin"))).admin;
}

/** What a code is called; the code itself when this console does not know it yet. */
export function label(table: Record<string, string>, code: string | null | undefined): string {
    if (code === null || code === undefined) return "";
    return table[code] ?? code.replaceAll("_", " ");
}
