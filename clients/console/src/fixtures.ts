// SPDX-License-Identifier: EUPL-1.2
// Records and dictionaries for tests.
import type { Hold, Mark, Unit } from "./protocol";
import { en } from "./words/en";
import { fr } from "./words/fr";
import type { Said } from "./words/shape";
import { spoken, type Language } from "./words/words";

/** A dictionary as the console has it once it is fetched. */
export function said<T>(dictionary: T, language: Language): Said<T> {
    return spoken(JSON.stringify(dictionary), language);
}
export const french = said(fr, "fr");
export const english = said(en, "en");

export function unit(counts: Partial<Unit["capacity"]> = {}, rest: Partial<Unit> = {}): Unit {
    const c = {
        authorised: 12, open: 12, occupied: 10, held: 0, closed: 0, emergency_reserved: 0,
        emergency_used: 0, free: 2, free_planned: 2, ...counts,
    };
    return {
        kind: "unit", id: "u-1", revision: 1, establishment: "e-1", establishment_name: "MECS",
        establishment_kind: "mecs", name: "Grands", modality: "internat",
        ages: { min_months: 72, max_months: 216 }, sex: "any", siblings_max: 3,
        siblings_mixed: true, admission: "always", delay_h: null, accepts: {},
        max_stay_days: null, territory: "d31", commune: "31395", capacity: c,
        closed_reason: null, reopens_on: null, derogation: null, ttl_s: 86_400,
        observed_at: "2026-11-21T18:00:00Z", recorded_at: "2026-11-21T18:00:00Z",
        declared_by: "mecs", channel: "console", fresh_until: "2026-11-22T18:00:00Z",
        contested_at: null, contact: { day: "05 00 00 00 01", night: "05 00 00 00 02" }, ...rest,
    };
}

export function hold(id: string, revision: number, state: Hold["state"] = "held"): Hold {
    return {
        kind: "hold", id, revision, unit: "u-1", establishment: "e-1", territory: "d31",
        request: null, children: [0], profile: [{ age_months: 84, sex: "F" }], parent: null,
        needs: [], places: 1, emergency: true, state, code: null, created_by: "astreinte",
        created_at: "2026-11-21T18:00:00Z", held_until: "2026-11-21T18:45:00Z", extensions: 0,
        escalated: false, overdue: false, answered_at: null, arrive_by: null, ended_at: null,
        stale_unit: false,
    };
}

export function mark(revision: number): Mark {
    const at = "2026-11-21T18:00:00Z";
    return { upto: `e.f.${revision}`, fresh_at: at, stale: false, now: at };
}
