// SPDX-License-Identifier: EUPL-1.2
// What is looked at by those who follow what there is: where, which units, and the names of
// territories, asked for as units show them.
import { computed, effect, signal } from "@preact/signals";
import type { Unit } from "./protocol";
import { get } from "./api";
import { recallJson, remember } from "./device";
import { saySteer as say } from "./language";
import { admits, chain, common, type Filter, type Rule, type Territory, type Tree }
    from "./occupancy";
import { address, session } from "./session";
import { units } from "./registry";
import { label, listed } from "./words/words";

const VIEWS = ["now", "cover", "trust", "waiting", "past", "proof"] as const;
export type View = typeof VIEWS[number];
export type Key = "territory" | "kind" | "modality" | "ages" | "unit";

export const all = computed(() => [...units.value.values()]);
export const tree = signal<Tree>(new Map());
const asked = new Set<string | null>([null]);

effect(() => {
    const codes = [...new Set([...all.value.map((unit) => unit.territory),
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
export const views = computed<readonly View[]>(() => isDef.value ? VIEWS : VIEWS.slice(0, 5));
export const view = computed<View>(() =>
    views.value.find((each) => each === address.value[1]) ?? "now");
/** What is there of that kind: t, e or u; "": nothing. */
export const at = (kind: string): string =>
    address.value[2] === kind ? address.value[3] ?? "" : "";
/** The smallest territory that all is in. */
export const whole = computed(() => common(tree.value,
    new Set(all.value.map((unit) => unit.territory ?? ""))) ?? "");
/** Of a DTS or MDS its own, where it begins; it sees the others, too. */
const own = signal("");
effect(() => {
    if (session.value?.role === "territory" && !own.peek())
        void get<{ scope: { territories: string[] } }>("/v1/me").then((answer) => {
            if (answer.ok) own.value = answer.body.scope.territories[0] ?? "";
        });
});
const inside = computed(() => at("t") || (at("e") ? "" : own.value));
export const atTerritory = computed(() => inside.value || whole.value);

export const link = (kind: string, id: string): string => `#steer/${view.value}/${kind}/${id}`;

// ── which units ──

export const filter = signal<Filter>({ kind: "", modality: "", age: "", territory: "" });
export const by = signal<Key[]>([]);
export const keys = computed<Key[]>(() => at("e") ? ["unit"] : by.value.length ? by.value
    : [isDef.value ? "territory" : "unit"]);

/** Those of the place and the filters. */
export const here = computed<Unit[]>(() => {
    const rule = { ...filter.value, territory: inside.value };
    return all.value.filter((unit) => (!at("e") || unit.establishment === at("e"))
        && admits(rule, tree.value, unit));
});

export const isHere = (territory: string | null): boolean =>
    !inside.value || chain(tree.value, territory).includes(inside.value);

// ── alerts: rules that this device keeps ──

export const rules = signal<Rule[]>(recallJson<Rule[]>("rules") ?? []);

export function setRules(list: Rule[]): void {
    rules.value = list;
    remember("rules", JSON.stringify(list));
}

export function ruleName(rule: Filter): string {
    const t = say();
    return listed([territoryName(rule.territory), label(t.kind, rule.kind),
        label(t.modality, rule.modality), t.steer.brackets[Number(rule.age || NaN)] ?? ""]
        .filter(Boolean));
}
