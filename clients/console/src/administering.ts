// SPDX-License-Identifier: EUPL-1.2
// What an administrator keeps, kind by kind: how it is said, what is asked to make or change it,
// what can be done with it. Tables; screens/admin.tsx draws them.
import type { Field, Values } from "./form";
import { label, type AdminWords } from "./words/words";

export type Row = Record<string, unknown> & { id: string; name?: string };
/** A record of these (`query`: which), chosen from a list as long as they fit in one. */
export interface Asked extends Field { of?: KindName; query?: Values }
/** Its word, and the request that does it; `asks`: what it needs besides. */
export interface Deed {
    word: keyof AdminWords["deeds"];
    method: string;
    path: string;
    body?: Values;
    asks?: Asked[];
}

type Time = (at: unknown) => string;

export interface Kind {
    /** Where they are listed; and, by their id, where one is put. */
    path: string;
    list: string;
    key?: "code" | "territory";
    /** What ids begin with that nobody chooses. */
    id?: string;
    finds?: boolean;
    /** What is there is asked for before it is changed, for the list does not say all. */
    describes?: boolean;
    /** Made and ended, never changed. */
    fixed?: boolean;
    name: (row: Row, words: AdminWords, time: Time) => string;
    lines: (row: Row, words: AdminWords, time: Time) => unknown[];
    fields?: (words: AdminWords, values: Values, fresh: boolean) => Asked[];
    /** What is there, as it is asked; and what is put, of what was said. */
    asked?: (row: Values) => Values;
    told?: (said: Values) => Values;
    deeds?: (row: Row, words: AdminWords) => Deed[];
    parts?: (row: Row) => [name: KindName, query: Values][];
}
export type KindName = "accounts" | "credentials" | "sessions" | "establishments" | "units"
    | "territories" | "rota" | "reminders" | "calendars" | "kinds";

const pairs = (table: Record<string, string>): [string, string][] => Object.entries(table);

const OF: Record<string, KindName> = {
    territory: "territories", parent: "territories", account: "accounts", acts_for: "accounts",
    establishment_kind: "kinds", establishment: "establishments", unit: "units",
};

/** Fields by their names: a ! must be answered, what follows a : is their kind, a number there how
 *  much one is. */
function fields(words: AdminWords, names: string, options: Record<string, [string, string][]> = {},
    away: string[] = []): Asked[] {
    return names.split(" ").map((each) => {
        const [, name = "", need, kind, per] = /^([^!:]+)(!?):?([a-z]*)(\d*)$/.exec(each) ?? [];
        return { name, label: label(words.fields, name), need: need === "!",
            kind: (options[name] ? "code" : kind || "text") as NonNullable<Field["kind"]>,
            away: away.includes(name), ...(options[name] ? { options: options[name] } : {}),
            ...(per ? { per: Number(per) } : {}), ...(OF[name] ? { of: OF[name] } : {}) };
    });
}

const FACTORS = ["password", "totp"] as const;
const DAYS = [1, 2, 3, 4, 5, 6, 7];
interface Shift { day: number; from: string; to: string }
const shiftsOf = (office: unknown, day: number): string => (office as Shift[])
    .filter((each) => each.day === day).map(({ from, to }) => `${from}-${to}`).join(" ");

export const KINDS: Record<KindName, Kind> = {
    accounts: {
        path: "admin/accounts", list: "accounts", finds: true,
        name: (row) => row.name ?? row.id,
        lines: (row, words) => [row.id, words.role[row["role"] as keyof typeof words.role],
            ...row["territories"] as string[], ...row["establishments"] as string[],
            row["acts_for"], row["remind"], row["disabled"] && words.disabled],
        fields: (words, { role }, fresh) => fields(words,
            "id! name! role! territories:list establishments:list acts_for remind",
            { role: pairs(words.role) }, [fresh ? "" : "id",
                ...role === "service" ? ["territories", "establishments"] : ["acts_for",
                    role === "establishment" ? "territories" : "establishments"],
                role === "establishment" ? "" : "remind"]),
        // Where it is reached would stay if nothing were said.
        told: (said) => ({ remind: null, ...said }),
        deeds: ({ id, disabled, role, name, territories, establishments, acts_for, revision },
            words) => {
            const path = `admin/accounts/${id}`;
            if (disabled) return [{ word: "enable", method: "PUT", path, body: { role, name,
                territories, establishments, acts_for, if_revision: revision } }];
            return [
                ...role === "establishment" ? [{ word: "link" as const, method: "POST",
                    path: "admin/links", body: { account: id, question: "declare" },
                    asks: fields(words, "unit! expires_at:instant").map((field) => ({ ...field,
                        query: { filter: { establishments } } })) }] : [],
                { word: "password", method: "POST", path: `${path}/password` },
                { word: "totp", method: "POST", path: `${path}/totp` },
                { word: "token", method: "POST", path: "admin/credentials",
                    body: { account: id, type: "token" },
                    asks: fields(words, "label! expires_at:instant") },
                { word: "certificate", method: "POST", path: "admin/credentials",
                    body: { account: id, type: "certificate" },
                    asks: fields(words, "id! label! expires_at:instant") },
                { word: "disable", method: "POST", path: `${path}/disable` },
            ];
        },
        parts: ({ id }) => [["credentials", { account: id }], ["sessions", { account: id }]],
    },
    credentials: {
        path: "admin/credentials", list: "credentials",
        name: (row, words) => words.type[row["type"] as keyof typeof words.type],
        lines: (row, words, time) => [row["label"], row["unit"],
            ...FACTORS.filter((each) => row[each]).map((each) => words.has[each]),
            row["expires_at"] && words.ends(time(row["expires_at"])),
            row["revoked"] && words.revoked],
        deeds: ({ id, type, revoked, account, ...row }) => revoked ? []
            : type === "password" ? FACTORS.filter((each) => row[each]).map((each) =>
                ({ word: `no_${each}` as const, method: "DELETE",
                    path: `admin/accounts/${account as string}/${each}` }))
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
            label(words.kind, row["establishment_kind"] as string), row["territory"]],
        fields: (words, _, fresh) => fields(words, "id! name! establishment_kind! territory! "
            + "commune address visibility operator finess contact/day contact/night",
        { visibility: pairs(words.visible) }, fresh ? [] : ["id"]),
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
        path: "admin/rota", list: "rota", id: "t", fixed: true,
        name: (row, words) => words.duty[row["duty"] as keyof typeof words.duty],
        lines: (row, _, time) => [row["account"], row["territory"],
            `${time(row["from_at"])} – ${time(row["to_at"])}`],
        fields: (words) => fields(words,
            "duty! territory! account! from_at!:instant to_at!:instant",
            { duty: pairs(words.duty) }),
        deeds: ({ id }) => [{ word: "remove", method: "DELETE", path: `admin/rota/${id}` }],
    },
    reminders: {
        path: "admin/reminders", list: "reminders", id: "n",
        name: (row, words) => words.asks[row["question"] as keyof typeof words.asks],
        lines: (row, words) => [row["territory"], row["establishment_kind"]
            && label(words.kind, row["establishment_kind"] as string), row["establishment"],
        row["question"] === "hold" ? words.after(Number(row["after_s"]) / 60)
            : words.before(Number(row["before_s"]) / 60)],
        fields: (words, { question }) => fields(words, "question! territory! establishment_kind "
            + "establishment before_s:number60 after_s:number60", { question: pairs(words.asks) },
        [question === "hold" ? "before_s" : "after_s"]),
        deeds: ({ id }) => [{ word: "drop", method: "DELETE", path: `admin/reminders/${id}` }],
    },
    calendars: {
        path: "admin/calendars", list: "calendars", key: "territory",
        name: (row) => row.id,
        lines: (row, words) => [row["time_zone"], ...DAYS.map((day) => {
            const open = shiftsOf(row["office"], day);
            return open && `${label(words.weekdays, `d${day}`)} ${open}`;
        }), words.off((row["holidays"] as string[]).length)],
        fields: (words, _, fresh) => [
            ...fields(words, "territory! time_zone!", {}, fresh ? [] : ["territory"]),
            ...DAYS.map((day) => ({ name: `day${day}`, kind: "shifts" as const,
                label: words.open(label(words.weekdays, `d${day}`)),
                help: day === 1 ? words.shifts : undefined })),
            { name: "holidays", label: words.holidays, kind: "lines", help: words.dates }],
        asked: ({ time_zone, office, holidays }) => ({ time_zone, holidays,
            ...Object.fromEntries(DAYS.map((day) => [`day${day}`, shiftsOf(office, day)])) }),
        told: ({ time_zone, holidays, ...days }) => ({ time_zone, holidays,
            office: Object.entries(days).flatMap(([name, shifts]) => (shifts as Shift[])
                .map((each) => ({ ...each, day: Number(name.slice(3)) }))) }),
    },
    kinds: {
        path: "admin/establishment-kinds", list: "establishment_kinds", key: "code", finds: true,
        name: (row, words) => label(words.kind, row.id),
        lines: (row, words) => [row.id, label(words.modality, row["modality"] as string),
            words.believed(Number(row["ttl_s"]) / 3600),
            label(words.visible, row["visibility"] as string),
            ...row["finess_categories"] as string[]],
        fields: (words, _, fresh) => fields(words,
            "code! modality! ttl_s!:number3600 visibility finess_categories:list",
            { modality: pairs(words.modality), visibility: pairs(words.visible) },
            fresh ? [] : ["code"]),
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

/** Numbers as they are asked. */
export function perField(values: Values, asked: Field[]): Values {
    return { ...values, ...Object.fromEntries(asked.filter(({ per, name }) =>
        per && values[name] !== undefined).map(({ per = 1, name }) =>
        [name, String(Number(values[name]) / per)])) };
}

/** What is put: what was asked, over what was there and was not asked. */
export function putOf(before: Values, asked: Field[], said: Values): Values {
    const names = asked.map((field) => field.name);
    const kept = Object.entries(flat(before)).filter(([name, value]) => !names.includes(name)
        && value !== null && !["id", "code", "revision"].includes(name));
    return nested({ ...Object.fromEntries(kept), ...said });
}
