// SPDX-License-Identifier: EUPL-1.2
// What a form asks, and what it gives: only what is shown and said. Pure.
import { momentAt } from "./office";

export type Values = Record<string, unknown>;

export interface Field {
    name: string;
    label: string;
    /** A text when not said. number: a text that is one; count: with − and +; list: of words;
     *  lines: the same, a long one; shifts: 08:30-12:00, several; instant: a day and a time, as
     *  the département's clocks have them. */
    kind?: "text" | "date" | "number" | "count" | "code" | "codes" | "check" | "list" | "lines"
        | "shifts" | "instant";
    /** number: how much of what is sent is one of what is asked. */
    per?: number;
    help?: string | undefined;
    options?: [string, string][];
    /** It must be answered. */
    need?: boolean;
    /** Not asked now. */
    away?: boolean;
    least?: number;
    most?: number;
    from?: string;
}

export function shownFields(fields: Field[]): Field[] {
    return fields.filter((field) => !field.away);
}

/** NaN: not written so. */
function shift(text: string): { from: string; to: string } | number {
    const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? [];
    return from && to ? { from, to } : NaN;
}

function valueOf(field: Field, value: unknown, zone: string | null): unknown {
    if (field.kind === "count") return Number(value ?? field.least ?? 1);
    if (field.kind === "check") return value === true;
    if (typeof value === "string") {
        const text = value.trim();
        if (text === "") return undefined;
        const words = text.split(/[\s,;]+/);
        switch (field.kind) {
            case "number": return Number(text.replace(",", ".")) * (field.per ?? 1);
            case "list": case "lines": return words;
            case "shifts": return words.map(shift).some(Number.isNaN) ? NaN : words.map(shift);
            case "instant": return momentAt(text, zone);
            default: return text;
        }
    }
    return Array.isArray(value) && value.length === 0 ? undefined : value ?? undefined;
}

/** The members of the request; and which answers are missing. `zone`: of instants. */
export function taken(fields: Field[], values: Values, zone: string | null = null):
    { body: Values; missing: string[] } {
    const body: Values = {};
    const missing: string[] = [];
    for (const field of fields) {
        const value = valueOf(field, values[field.name], zone);
        if (Number.isNaN(value) || field.need && value === undefined) missing.push(field.name);
        else if (value !== undefined) body[field.name] = value;
    }
    return { body, missing };
}

/** What an update has to say: what is new, and by name what goes. `before` and `after`: members as
 *  `taken` gives them. */
export function changes(before: Values, after: Values): Values {
    const said = Object.entries(after).filter(([name, value]) =>
        JSON.stringify(value) !== JSON.stringify(before[name]));
    const gone = Object.keys(before).filter((name) => !(name in after));
    return { ...Object.fromEntries(said), ...(gone.length ? { clear: gone } : {}) };
}
