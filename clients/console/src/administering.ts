// SPDX-License-Identifier: EUPL-1.2
// What an administrator keeps, kind by kind: how it is said, what is asked to make or change it,
// what can be done with it. Tables; screens/admin.tsx draws them.
import type { Field, Values } from "./form";
import { label, type AdminWords } from "./words/words";

export type Row = Record<string, unknown> & { id: string; name?: string };
/** Its word, and the request that does it; `asks`: what it needs besides. */
export interface Deed {
    word: keyof AdminWords["deeds"];
    method: string;
    path: string;
    body?: Values;
    asks?: Field[];
}

type Time = (at: unknown) => string;

export interface Kind {
    /** Where they are listed; and, by their id, where one is put. */
    path: string;
    list: string;
    key?: "code";
    finds?: boolean;
    /** What is there is asked for before it is changed, for the list does not say all. */
    describes?: boolean;
    /** Made and ended, never changed. */
    fixed?: boolean;
    name: (row: Row, words: AdminWords, time: Time) => string;
    lines: (row: Row, words: AdminWords, time: Time) => unknown[];
    fields?: (words: AdminWords, values: Values, fresh: boolean) => Field[];
    deeds?: (row: Row, words: AdminWords) => Deed[];
    parts?: (row: Row) => [name: KindName, query: Values][];
}
export type KindName = "accounts" | "credentials" | "sessions" | "establishments" | "units"
    | "territories" | "rota";

const pairs = (table: Record<string, string>): [string, string][] => Object.entries(table);

/** Fields by their names: a ! must be answered, what follows a : is their kind. */
function fields(words: AdminWords, names: string, options: Record<string, [string, string][]> = {},
    away: string[] = []): Field[] {
    return names.split(" ").map((each) => {
        const [, name = "", need, kind] = /^([^!:]+)(!?):?(.*)$/.exec(each) ?? [];
        return { name, label: label(words.fields, name), need: need === "!",
            kind: (options[name] ? "code" : kind || "text") as NonNullable<Field["kind"]>,
            away: away.includes(name), ...(options[name] ? { options: options[name] } : {}) };
    });
}

export const KINDS: Record<KindName, Kind> = {
    accounts: {
        path: "admin/accounts", list: "accounts", finds: true,
        name: (row) => row.name ?? row.id,
        lines: (row, words) => [row.id, words.role[row["role"] as keyof typeof words.role],
            ...row["territories"] as string[], ...row["establishments"] as string[],
            row["acts_for"], row["disabled"] && words.disabled],
        fields: (words, { role }, fresh) => fields(words,
            "id! name! role! territories:list establishments:list acts_for",
            { role: pairs(words.role) }, [fresh ? "" : "id",
                ...role === "service" ? ["territories", "establishments"] : ["acts_for",
                    role === "establishment" ? "territories" : "establishments"]]),
        deeds: ({ id, disabled, role, name, territories, establishments, acts_for }, words) => {
            const path = `admin/accounts/${id}`;
            if (disabled) return [{ word: "enable", method: "PUT", path,
                body: { role, name, territories, establishments, acts_for } }];
            return [
                { word: "password", method: "POST", path: `${path}/password` },
                { word: "totp", method: "POST", path: `${path}/totp` },
                { word: "token", method: "POST", path: "admin/credentials",
                    body: { account: id, type: "token" },
                    asks: fields(words, "label! expires_at:instant") },
                { word: "disable", method: "POST", path: `${path}/disable` },
            ];
        },
        parts: ({ id }) => [["credentials", { account: id }], ["sessions", { account: id }]],
    },
    credentials: {
        path: "admin/credentials", list: "credentials",
        name: (row, words) => words.type[row["type"] as keyof typeof words.type],
        lines: (row, words, time) => [row["label"], row["unit"],
            row["expires_at"] && words.ends(time(row["expires_at"])),
            row["revoked"] && words.revoked],
        deeds: ({ id, type, revoked }) => revoked || type === "password" ? []
            : [{ word: "revoke", method: "DELETE", path: `admin/credentials/${id}` }],
    },
    sessions: {
        path: "admin/sessions", list: "sessions",
        name: (row, words, time) => words.seen(time(row["seen_at"])),
        lines: (row, words, time) => [words.ends(time(row["expires_at"]))],
        deeds: ({ id }) => [{ word: "end", method: "DELETE", path: `admin/sessions/${id}` }],
    },
    establishments: {
        path: "admin/establishments", list: "establishments", finds: true, describes: true,
        name: (row) => row.name ?? row.id,
        lines: (row, words) => [row.id,
            words.kind[row["establishment_kind"] as keyof typeof words.kind], row["territory"]],
        fields: (words, _, fresh) => fields(words, "id! name! establishment_kind! territory! "
            + "commune address visibility operator finess contact/day contact/night",
        { establishment_kind: pairs(words.kind), visibility: pairs(words.visible) },
        fresh ? [] : ["id"]),
        deeds: ({ id }) => [{ word: "close", method: "POST",
            path: `admin/establishments/${id}/close` }],
        parts: ({ id }) => [["units", { filter: { establishments: [id] } }]],
    },
    units: {
        path: "units", list: "units", describes: true,
        name: (row) => row.name ?? row.id,
        lines: (row, words) => [row.id, words.modality[row["modality"] as "pad"]],
        fields: (words, _, fresh) => fields(words, "id! name! modality min_months:number "
            + "max_months:number sex siblings_max:number admission max_stay_days:number "
            + "authorised:number emergency_reserved:number contact/day contact/night",
        { modality: pairs(words.modality), sex: pairs(words.sex),
            admission: pairs(words.admission) }, fresh ? [] : ["id"]).concat(
            pairs(words.needs).map(([need, text]) => ({ name: `accepts/${need}`, label: text,
                kind: "code", options: pairs(words.accepts) }))),
        deeds: ({ id }) => [{ word: "close", method: "POST", path: `admin/units/${id}/close` }],
    },
    territories: {
        path: "admin/territories", list: "territories", key: "code", finds: true,
        name: (row) => row.name ?? row.id,
        lines: (row) => [row.id, row["level"], row["parent"]],
        fields: (words, _, fresh) => fields(words, "code! name! level! parent", {},
            fresh ? [] : ["code"]),
    },
    rota: {
        path: "admin/rota", list: "rota", fixed: true,
        name: (row, words) => words.duty[row["duty"] as keyof typeof words.duty],
        lines: (row, _, time) => [row["account"], row["territory"],
            `${time(row["from_at"])} – ${time(row["to_at"])}`],
        fields: (words) => fields(words,
            "duty! territory! account! from_at!:instant to_at!:instant",
            { duty: pairs(words.duty) }),
        deeds: ({ id }) => [{ word: "remove", method: "DELETE", path: `admin/rota/${id}` }],
    },
};

/** {contact: {day: …}} as {"contact/day": …}. */
export function flat(put: Values): Values {
    return Object.fromEntries(Object.entries(put).flatMap(([name, value]) =>
        value !== null && typeof value === "object" && !Array.isArray(value)
            ? Object.entries(value).map(([inner, each]) => [`${name}/${inner}`, each])
            : [[name, value]]));
}

/** And back. */
export function nested(values: Values): Values {
    const put: Values = {};
    for (const [name, value] of Object.entries(values)) {
        const [outer = "", inner] = name.split("/");
        put[outer] = inner ? { ...put[outer] as Values, [inner]: value } : value;
    }
    return put;
}

/** What is put: what was asked, over what was there and was not asked. */
export function putOf(before: Values, asked: Field[], said: Values): Values {
    const names = asked.map((field) => field.name);
    const kept = Object.entries(flat(before)).filter(([name, value]) => !names.includes(name)
        && value !== null && !["id", "code", "revision"].includes(name));
    return nested({ ...Object.fromEntries(kept), ...said });
}
