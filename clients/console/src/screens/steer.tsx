// SPDX-License-Identifier: EUPL-1.2
// What there is, for those who follow it: from the département down to a unit and its history;
// sums of the live copy, so that they are true now. Tables first; all is in sight in words.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Unit } from "../protocol";
import { saySteer as say } from "../language";
import { label } from "../words/words";
import { ages, ago } from "../moment";
import { minute } from "../now";
import { branch, BRACKETS, chain, count, crossed, group, takesAge, type Counts, type Filter }
    from "../occupancy";
import { unitName, units } from "../registry";
import { address } from "../session";
import { all, at, atTerritory, below, by, filter, here, isDef, keys, link, partsOf, territoryName,
    tree, view, views, whole, type Key } from "../steering";
import { keepFocus } from "../parts/act";
import { Asked } from "../parts/asked";
import { SelectField, Several } from "../parts/fields";
import { Icon } from "../parts/icons";
import { Figures, members, percent, Sheet, type Column } from "../parts/sheet";
import { Alerts } from "./steer_alerts";
import { Equipment } from "./steer_offer";
import { UnitPlace } from "./steer_unit";
import { Past, Proof } from "./steer_past";
import { trends } from "./steer_trend";
import { Tree } from "./steer_tree";
import { Waiting } from "./steer_waiting";

export { openQueue } from "./home";

export interface Row { keys: string[]; units: Unit[]; counts: Counts; text: string }

/** How full, drawn; the number stands beside it. */
function Rate({ of }: { of: number | null }): JSX.Element {
    return (
        <span class="rate">
            {of !== null && <svg viewBox="0 0 100 10" aria-hidden="true"
                preserveAspectRatio="none"><rect width={Math.min(100, of * 100)} height="10" />
            </svg>}{" "}{percent(of)}{(of ?? 0) > 1 && <> <Icon name="warn" /></>}
        </span>
    );
}

/** What a unit is grouped by, and how that is called. */
export function face(unit: Unit, key: Key): [string, string] {
    const words = say();
    const { min_months: min, max_months: max } = unit.ages;
    if (key === "unit") return [unit.id, unitName(unit.id)];
    if (key === "ages") return [`${min} ${max}`, ages(min, max, words)];
    const code = key === "kind" ? unit.establishment_kind : key === "modality" ? unit.modality
        : branch(tree.value, unit.territory, atTerritory.value) ?? "";
    return [code, key === "territory" ? territoryName(code) : label(words[key], code)];
}

function rowsBy(wanted: Key[]): Row[] {
    const order = new Intl.Collator(say().locale, { numeric: true });
    return group(here.value, (unit) => wanted.map((key) => face(unit, key)[0])).map((each) => ({
        ...each, counts: count(each.units, minute.value),
        text: wanted.map((key) => face(each.units[0] as Unit, key)[1]).join("\n"),
    })).sort((a, b) => (wanted[0] === "unit" ? b.counts.free - a.counts.free : 0)
        || order.compare(a.text, b.text));
}

function keyColumns(wanted: Key[]): Column<Row>[] {
    return wanted.map((key, i) => {
        const of = (row: Row): string => row.text.split("\n")[i] ?? "";
        return { name: say().steer.keys[key], of, show: (row) => {
            const id = row.keys[i] ?? "";
            const kind = key === "unit" ? "u" : key === "territory" && id !== atTerritory.value
                ? "t" : "";
            return kind ? <a href={link(kind, id)}>{of(row)}</a> : of(row);
        } };
    });
}

function said({ counts }: Row): JSX.Element {
    const t = say();
    const old = counts.doubtful > 0;
    return counts.oldest === null ? <span class="trust never">{t.unit.never}</span>
        : <span class={`trust ${old ? "old" : "fresh"}`}><Icon name={old ? "warn" : "check"} />
            {" "}{ago(Date.parse(counts.oldest), minute.value, t)}</span>;
}

function Table({ wanted, names }: { wanted: Key[]; names: Parameters<typeof members>[0] }):
    JSX.Element {
    const t = say().steer;
    const columns = members<Row>(names, ({ counts }, name) => counts.oldest === null
        && name !== "units" && name !== "never" ? null : counts[name as keyof Counts]);
    columns.forEach((column, i) => {
        if (names[i] === "rate") column.show = (row) => <Rate of={row.counts.rate} />;
        if (names[i] === "oldest") column.show = said;
    });
    const trust = names.includes("fresh");
    const rows = rowsBy(wanted);
    const id = (row: Row): string => row.keys.join("\n");
    const trend = trust || wanted.includes("unit") ? null : trends(wanted);
    return <>
        <Sheet name={view.value} caption={trust ? t.trust : t.now} help={t.nowHelp} rows={rows}
            columns={[...keyColumns(wanted), ...columns, ...trend ? [trend.column] : []]} id={id} />
        {trend && <details><summary>{t.trendTable}</summary>
            <Sheet name="trend" caption={t.trendTable} rows={rows} id={id}
                columns={[...keyColumns(wanted), ...trend.columns]} /></details>}
    </>;
}

interface Outline { territory: string; parent: string | null; box: number[]; path: string }

/** The parts of where one is, drawn: the figure stands in each, the table below says all. */
function Plan(): JSX.Element {
    return <Asked<Outline[]> path="/v1/outlines" member="outlines" query={{}} silent
        show={(outlines) => {
            const parts = outlines.filter((each) => each.parent === atTerritory.value);
            const edge = (i: number): number[] => parts.map((each) => each.box[i] ?? 0);
            const [left, top] = [Math.min(...edge(0)), Math.min(...edge(1))];
            const wide = Math.max(...edge(2)) - left;
            const text = say().steer.plan;
            return <>{parts.length > 0 && <figure>
                <figcaption>{text}</figcaption>
                <svg class="plan" role="group" aria-label={text}
                    viewBox={`${left} ${top} ${wide} ${Math.max(...edge(3)) - top}`}>
                    {parts.map(({ territory, path, box: [x0 = 0, y0 = 0, x1 = 0, y1 = 0] }) => {
                        const c = count(below.value.get(territory) ?? [], minute.value);
                        return <a key={territory} href={link("t", territory)}>
                            <title>{`${say().pair(territoryName(territory), say().free(c.free))}, `
                                + percent(c.rate)}</title>
                            <path d={path} fill-opacity={Math.min(1, c.rate ?? 0) ** 20} />
                            <text x={(x0 + x1) / 2} y={(y0 + y1) / 2} font-size={wide / 28}>
                                {c.free}{x1 - x0 > wide / 4 && <tspan x={(x0 + x1) / 2} dy="1.2em">
                                    {territoryName(territory)}</tspan>}</text></a>;
                    })}</svg>
            </figure>}</>;
        }} />;
}

function Now(): JSX.Element {
    const t = say().steer;
    const c = count(here.value, minute.value);
    return <>
        <Figures list={[...members<Counts>(["free", "open", "occupied", "held", "over", "doubtful",
            "never"], (_, name) => c[name as keyof Counts])
            .map((each): [string, number] => [each.name, each.of(c) as number]),
        [t.rate, <Rate of={c.rate} />]]} />
        {isDef.value && <Alerts />}
        <By />
        <Table wanted={keys.value} names={["free", "open", "occupied", "rate", "held", "over",
            "closed", ...(keys.value.includes("unit") ? [] : ["units", "doubtful", "never"]) as [],
            "oldest"]} />
        <Plan />
    </>;
}

function Cover(): JSX.Element {
    const t = say().steer;
    const free = (row: Row, bracket: number): number | null => {
        const fits = row.units.filter((unit) => takesAge(unit, bracket));
        return fits.length ? count(fits, minute.value).free : null;
    };
    const found = rowsBy(keys.value);
    const none = (own: string[], text: string): Row =>
        ({ keys: own, text, units: [], counts: count([], 0) });
    const list = keys.value.some((key) => key === "unit" || key === "ages") ? found
        : crossed(found, none, keys.value.indexOf("territory"),
            partsOf(atTerritory.value).map((code) => [code, territoryName(code)]));
    const holes = list.flatMap((row) => BRACKETS.filter((_, i) => free(row, i) === null)).length;
    const unknown = here.value.filter(({ ages: a }) =>
        a.min_months === null && a.max_months === null).length;
    return <>
        <By />
        <p role="status"><strong>{t.holes(holes)}</strong>
            {unknown > 0 && `. ${t.agesUnknown(unknown)}`}</p>
        <Sheet name="cover" caption={t.cover} help={t.coverHelp} rows={list}
            id={(row) => row.keys.join()}
            columns={[...keyColumns(keys.value), ...BRACKETS.map((_, i): Column<Row> => ({
                name: t.brackets[i] ?? "", of: (row) => free(row, i) ?? t.hole,
                show: (row) => free(row, i) ?? <span class="hole"><Icon name="close" />{" "}
                    {t.hole}</span>,
            }))]} />
    </>;
}

function Filters(): JSX.Element {
    const words = say();
    const t = words.steer;
    const codes = (key: "kind" | "modality"): [string, string][] =>
        [...new Map(all.value.map((unit) => face(unit, key)))]
            .sort((a, b) => a[1].localeCompare(b[1]));
    const choice = (name: keyof Filter, title: string, options: [string, string][]): JSX.Element =>
        <SelectField label={title} empty={t.any} value={filter.value[name]} options={options}
            onInput={(value) => {
                filter.value = { ...filter.value, [name]: value };
            }} />;
    return (
        <div class="toggles no-print">
            {choice("kind", t.keys.kind, codes("kind"))}
            {choice("modality", t.keys.modality, codes("modality"))}
            {choice("age", t.age, t.brackets.map((text, i) => [String(i), text]))}
        </div>
    );
}

function By(): JSX.Element | null {
    const t = say().steer;
    if (at("e")) return null;
    return <div class="no-print"><Several legend={t.by} values={keys.value}
        options={Object.entries(t.keys) as [Key, string][]} onChange={(list) => {
            by.value = list;
        }} /></div>;
}

/** The way down to where one is; each step leads back up. */
function Path(): JSX.Element {
    const unit = units.value.get(at("u"));
    const host = unit?.establishment ?? at("e");
    const one = unit ?? all.value.find((each) => each.establishment === host);
    const up = chain(tree.value, one?.territory ?? atTerritory.value);
    const steps = up.slice(0, up.indexOf(whole.value) + 1 || undefined).reverse()
        .map((code) => ["t", code, territoryName(code)]);
    if (host) steps.push(["e", host, one?.establishment_name ?? host]);
    if (unit) steps.push(["u", unit.id, unit.name]);
    return (
        <nav class="path" aria-label={say().steer.path}><ol>
            {steps.map(([kind = "", id = "", name], i) => <li key={id}>
                <a href={link(kind, id)} aria-current={i === steps.length - 1 ? "page"
                    : undefined}>{name}</a></li>)}
        </ol></nav>
    );
}

const VIEWS = {
    now: Now, cover: Cover, waiting: Waiting, past: Past, proof: Proof,
    equipment: Equipment,
    trust: () => <Table wanted={["kind"]}
        names={["units", "fresh", "doubtful", "never", "oldest"]} />,
};

const FILTERED = ["now", "cover", "trust", "past"];

export function SteerScreen(): JSX.Element {
    const words = say();
    const View = VIEWS[view.value];
    const unit = units.value.get(at("u"));
    const where = address.value.slice(2).map((part) => `/${part}`).join("");
    const before = useRef(where);
    useEffect(() => {
        if (before.current === where) return;
        before.current = where;
        scrollTo(0, 0);
        keepFocus();
    }, [where]);
    return (
        <main id="main" tabIndex={-1}>
            <h1>{unit ? unitName(unit.id) : words.tabs.steer}</h1>
            {all.value.length === 0 ? <p>{words.app.loading}</p> : <>
                <Path />
                {unit ? <UnitPlace unit={unit} /> : <>
                    <nav class="views" aria-label={words.tabs.steer}>{views.value.map((each) => (
                        <a key={each} href={`#steer/${each}${where}`} aria-current={
                            each === view.value ? "page" : undefined}>
                            {words.steer.views[each]}</a>))}</nav>
                    {!at("e") && view.value !== "proof" && <Tree />}
                    {FILTERED.includes(view.value) && <Filters />}
                    {view.value === "past" && isDef.value && <By />}
                    <View />
                </>}
            </>}
        </main>
    );
}
