// SPDX-License-Identifier: EUPL-1.2
// What is looked at by those who follow what there is: where, which units, and the names of
// territories, asked for as units show them.
import { computed, effect, signal } from "@preact/signals";
import type { Unit } from "./protocol";
import { get } from "./api";
import { saySteer as say } from "./language";
import { ages } from "./moment";
import { admits, BRACKETS, chain, common, type Alert, type Filter, type Territory, type Tree }
    from "./occupancy";
import { address, session } from "./session";
import { units } from "./registry";
import { label, listed } from "./words/words";

const VIEWS = ["now", "cover", "trust", "waiting", "past", "equipment", "proof"] as const;
export type View = typeof VIEWS[number];
export type Key = "territory" | "kind" | "modality" | "ages" | "unit";

export const all = computed(() => [...units.value.values()]);
export const tree = signal<Tree>(new Map());
const asked = new Set<string | null>([null]);
/** Also those without any unit. */
const everywhere = signal<string[]>([]);

void get<{ rows: { territory: string }[] }>("/v1/equipment").then((answer) => {
    if (answer.ok) everywhere.value = answer.body.rows.map((each) => each.territory);
});

effect(() => {
    const codes = [...new Set([...everywhere.value, ...all.value.map((unit) => unit.territory),
        ...[...tree.value.values()].map((each) => each.parent)])]
        .filter((code) => !asked.has(code)).slice(0, 50);
    if (codes.length === 0) return;
    for (const code of codes) asked.add(code);
    void get<{ territories: Territory[] }>("/v1/territories", { codes }).then((answer) => {
        if (answer.ok) tree.value = new Map([...tree.peek(), ...answer.body.territories
            .map((each): [string, Territory] => [each.code, each])]);
        else for (const code of codes) asked.delete(code);
    });
});

export const territoryName = (code: string | null): string =>
    tree.value.get(code ?? "")?.name ?? code ?? "";

// ── where: #steer/VIEW/t/CODE, …/e/ESTABLISHMENT, …/u/UNIT ──

export const isDef = computed(() => session.value?.role === "def");
export const views = computed<readonly View[]>(() => isDef.value ? VIEWS : VIEWS.slice(0, -1));
export const view = computed<View>(() =>
    views.value.find((each) => each === address.value[1]) ?? "now");
/** What is there of that kind: t, e or u; "": nothing. */
export const at = (kind: string): string =>
    address.value[2] === kind ? address.value[3] ?? "" : "";
/** The smallest territory that all is in. */
export const whole = computed(() => common(tree.value, new Set([...everywhere.value,
    ...all.value.map((unit) => unit.territory ?? "")])) ?? "");
/** Of a DTS or MDS its own, where it begins; it sees the others, too. */
const own = computed(() => isDef.value ? "" : common(tree.value, everywhere.value) ?? "");
const inside = computed(() => at("t") || (at("e") ? "" : own.value));
export const atTerritory = computed(() => inside.value || whole.value);

export const link = (kind: string, id: string): string => `#steer/${view.value}/${kind}/${id}`;

// ── which units ──

export const filter = signal<Filter>({ kind: "", modality: "", age: "" });
export const by = signal<Key[]>([]);
export const keys = computed<Key[]>(() => at("e") ? ["unit"] : by.value.length ? by.value
    : isDef.value ? ["territory", ...view.value === "cover" ? ["modality" as const] : []]
        : ["unit"]);

/** Those of the filters in each territory and below it; "": all. */
export const below = computed(() => {
    const found = new Map<string, Unit[]>();
    for (const unit of all.value) if (admits(filter.value, unit))
        for (const code of ["", ...chain(tree.value, unit.territory)]) {
            if (!found.has(code)) found.set(code, []);
            found.get(code)?.push(unit);
        }
    return found;
});

/** Those of the place and the filters. */
export const here = computed<Unit[]>(() => (below.value.get(inside.value) ?? [])
    .filter((unit) => !at("e") || unit.establishment === at("e")));

/** What the territory is divided into. */
export function partsOf(above: string): string[] {
    const order = new Intl.Collator(say().locale, { numeric: true });
    return [...tree.value.values()].filter((each) => each.parent === above)
        .sort((a, b) => order.compare(a.name, b.name)).map((each) => each.code);
}

export const isHere = (territory: string | null): boolean =>
    !inside.value || chain(tree.value, territory).includes(inside.value);

// ── alerts: rules that the server keeps for the whole direction ──

interface Watched { territory: string; establishment_kind: string | null | undefined;
    modality: string | null | undefined;
    ages: Partial<Record<keyof Alert["ages"], number | null | undefined>> }

/** What an alert for what is looked at is about. */
export function watched(): Watched {
    const { kind, modality, age } = filter.value;
    const [min, max] = BRACKETS[Number(age || NaN)] ?? [];
    return { territory: atTerritory.value, establishment_kind: kind || undefined,
        modality: modality || undefined, ages: { min_months: min, max_months: max ?? undefined } };
}

export function alertName(rule: Watched): string {
    const t = say();
    const { min_months: min = null, max_months: max = null } = rule.ages;
    return listed([territoryName(rule.territory), label(t.kind, rule.establishment_kind),
        label(t.modality, rule.modality), (min ?? max) === null ? "" : ages(min, max, t)]);
}
