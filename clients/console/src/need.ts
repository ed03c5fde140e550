// SPDX-License-Identifier: EUPL-1.2
// A need, as the officer taps it: nobody is named. It becomes a search, a request, a sentence; and
// a list of results is kept steady under the finger while places change. Pure.
import type { Child, Commune, Modality, Need, Parent, Request, Result } from "./protocol";
import { age } from "./moment";
import type { Words } from "./words/words";

export interface Wanted {
    children: Child[];
    parent: Parent | null;
    together: boolean;
    emergency: boolean;
    tonight: boolean;
    needs: Need[];
    modality: Modality[];
    near: Pick<Commune, "insee" | "name"> | null;
    max_km: number | null;
    wanted_on: string | null;
}

export function newWanted(night: boolean): Wanted {
    return {
        children: [], parent: null, together: true, emergency: true, tonight: night, needs: [],
        modality: [], near: null, max_km: null, wanted_on: null,
    };
}

export function ready(wanted: Wanted): boolean {
    return wanted.children.length > 0 || wanted.parent !== null;
}

/** Places that this needs: one for a parent alone. */
export function places(wanted: Wanted): number {
    return Math.max(1, wanted.children.length);
}

function common(wanted: Wanted): Record<string, unknown> {
    return {
        children: wanted.children,
        ...(wanted.parent ? { parent: wanted.parent } : {}),
        together: wanted.together,
        emergency: wanted.emergency,
        ...(wanted.needs.length ? { needs: wanted.needs } : {}),
        ...(wanted.modality.length ? { modality: wanted.modality } : {}),
        ...(wanted.near && wanted.max_km !== null ? { max_km: wanted.max_km } : {}),
        ...(wanted.wanted_on ? { wanted_on: wanted.wanted_on } : {}),
    };
}

export function searchParams(wanted: Wanted, request: string | null): Record<string, unknown> {
    return {
        ...common(wanted),
        ...(wanted.near ? { near: { commune: wanted.near.insee } } : {}),
        ...(wanted.tonight ? { tonight: true } : {}),
        ...(request ? { request } : {}),
        limit: 20,
    };
}

/** The same as the filter of a stream: units that would be results. */
export function streamSearch(wanted: Wanted): Record<string, unknown> {
    const { wanted_on: _, ...rest } = common(wanted);
    return { ...rest, ...(wanted.near ? { near: { commune: wanted.near.insee } } : {}) };
}

export function requestParams(wanted: Wanted, decidedAt: string, reference: string | null,
    frame: string | null): Record<string, unknown> {
    return {
        ...common(wanted),
        ...(wanted.near ? { from: { commune: wanted.near.insee } } : {}),
        ...(reference ? { reference } : {}),
        ...(frame ? { legal_frame: frame } : {}),
        decided_at: decidedAt,
    };
}

/** The need of a request that stands, for searching on; its children that have no place yet. */
export function wantedOf(request: Request, commune: string | null, night: boolean): Wanted {
    const left = request.children.filter((_, index) => !request.placed.includes(index));
    return {
        children: left, parent: request.parent, together: request.together,
        emergency: request.emergency, tonight: night && request.emergency, needs: request.needs,
        modality: request.modality, max_km: request.max_km, wanted_on: request.wanted_on,
        near: request.from.commune === null ? null
            : { insee: request.from.commune, name: commune ?? request.from.commune },
    };
}

export function goodReference(text: string): boolean {
    return /^[A-Z0-9-]{1,20}$/.test(text) && /[0-9]/.test(text);
}

export function childText(child: Child, words: Words): string {
    const who = child.sex ?? "unknown";
    if (child.age_months === null) return words.childUnknownAge[who];
    return words.childOf(words.child[who], age(child.age_months, words));
}

/** "fille de 7 ans, garçon de 4 ans"; "un parent avec fille de 2 mois". */
export function people(children: Child[], parent: Parent | null, words: Words): string {
    const listed = children.map((child) => childText(child, words)).join(", ");
    if (parent === null) return listed;
    const adult = parent.pregnant ? words.parent.pregnant : words.parent.alone;
    return listed === "" ? adult : words.parent.with(adult, listed);
}

/** A result as it is shown: where it stood, and what has become of it. */
export interface Shown extends Result { change: "none" | "new" | "gone" }

/** New results over those that are shown. `steady`: what is shown keeps its place, what no longer
 *  fits stays, said to be gone, and what is new comes last. */
export function merge(shown: Shown[], fresh: Result[], steady: boolean): Shown[] {
    if (!steady) return fresh.map((result) => ({ ...result, change: "none" }));
    const byUnit = new Map(fresh.map((result) => [result.unit.id, result]));
    const kept = shown.map((each): Shown => {
        const now = byUnit.get(each.unit.id);
        if (now === undefined) return { ...each, change: "gone" };
        return { ...now, change: each.change === "gone" ? "none" : each.change };
    });
    const known = new Set(shown.map((each) => each.unit.id));
    const added = fresh.filter((result) => !known.has(result.unit.id))
        .map((result): Shown => ({ ...result, change: "new" }));
    return [...kept, ...added];
}

/** Whether the order shown is no longer the best first. */
export function disordered(shown: Shown[], fresh: Result[]): boolean {
    return shown.length !== fresh.length
        || shown.some((each, index) => each.unit.id !== fresh[index]?.unit.id);
}
