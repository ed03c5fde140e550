// SPDX-License-Identifier: EUPL-1.2
// A table with its caption: put in order by its heads, a card per row on a phone, and a file.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { day, numbered } from "../moment";
import { serverNow } from "../now";
import { zone } from "../registry";
import { saySteer as say } from "../language";
import { csv, ordered, type Value } from "../sheet";
import { SelectField } from "./fields";

export interface Column<T> {
    name: string;
    of: (row: T) => Value;
    /** How it is shown, when not as it is. */
    show?: (row: T) => ComponentChildren;
}

const SOME = 150; // rows drawn unasked

export function Sheet<T>({ name: file, caption, help, columns, rows: given, id }: {
    name: string; caption: string; help?: string; columns: Column<T>[]; rows: T[];
    id: (row: T) => string;
}): JSX.Element {
    const words = say();
    const t = words.sheet;
    const [{ by, down }, setSort] = useState({ by: "", down: false });
    const [all, setAll] = useState(false);
    const column = (name: string): Column<T> | undefined =>
        columns.find((each) => each.name === name);
    const of = column(by)?.of;
    const rows = of ? ordered(given, of, down, words.locale) : given;

    const numbers = new Set(columns.filter((each) =>
        given.some((row) => typeof each.of(row) === "number")).map((each) => each.name));
    function sort(name: string): void {
        setSort({ by: name, down: by === name ? !down : numbers.has(name) });
    }
    function save(): void {
        const text = csv([columns.map((each) => each.name),
            ...rows.map((row) => columns.map((each) => each.of(row)))], words.comma);
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
        link.download = `ugo-${file}-${day(serverNow(), zone.value)}.csv`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    }
    const kind = (name: string, value: unknown): string =>
        (numbers.has(name) ? "num" : "") + (value ? "" : " nil");

    if (rows.length === 0) return <p><strong>{caption}</strong> · {t.empty}</p>;
    return (
        <div class="sheet">
            {rows.length > 1 && <div class="narrow"><SelectField label={t.sortBy} empty="–"
                value={by} onInput={sort}
                options={columns.map((each) => [each.name, each.name])} /></div>}
            <table role="table" aria-label={caption}>
                <caption>{caption}{help && <span class="help">{help}</span>}</caption>
                <thead role="rowgroup"><tr role="row">{columns.map(({ name }) => (
                    <th key={name} scope="col" role="columnheader" class={kind(name, name)}
                        aria-sort={by !== name ? undefined : down ? "descending" : "ascending"}>
                        <button type="button" onClick={() => sort(name)}>{name}</button></th>
                ))}</tr></thead>
                <tbody role="rowgroup">{rows.slice(0, all ? undefined : SOME).map((row) => (
                    <tr key={id(row)} role="row">{columns.map(({ name, of, show }, i) => {
                        const value = show ? show(row) : of(row) ?? "–";
                        return i ? <td key={name} role="cell" data-label={name}
                            class={kind(name, show ?? of(row))}>{value}</td>
                            : <th key={name} scope="row" role="rowheader">{value}</th>;
                    })}</tr>
                ))}</tbody>
            </table>
            <div class="actions no-print">
                {!all && rows.length > SOME && <button type="button" onClick={() => setAll(true)}>
                    {t.all(rows.length)}</button>}
                <button type="button" class="link" onClick={save}>
                    {t.csv}<span class="hidden">, {caption}</span></button>
            </div>
        </div>
    );
}

/** Some figures with their names. */
export function Figures({ list }: { list: [string, ComponentChildren][] }): JSX.Element {
    return (
        <dl class="figures">
            {list.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value ?? "–"}</dd>
            </div>)}
        </dl>
    );
}

type Name = { [K in keyof SteerTexts]: SteerTexts[K] extends string ? K : never }[keyof SteerTexts];
type SteerTexts = ReturnType<typeof say>["steer"];

/** Columns of members that the dictionary has a word for. */
export function members<T>(names: Name[], of: (row: T, name: Name) => Value): Column<T>[] {
    return names.map((name) => ({ name: say().steer[name], of: (row) => of(row, name) }));
}

export function percent(value: number | null): string {
    return value === null ? "–" : numbered(value, say().locale, { style: "percent" });
}
