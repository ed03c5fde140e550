// SPDX-License-Identifier: EUPL-1.2
// How occupancy came to be what it is, row by row: what was known at some past moments, asked for
// once the live figures stand, one moment after the other; the last point is now.
import type { JSX } from "preact";
import { signal } from "@preact/signals";
import type { Unit } from "../protocol";
import { saySteer as say } from "../language";
import { date, day } from "../moment";
import { minute, serverNow } from "../now";
import { admits, group, points, rate } from "../occupancy";
import { zone } from "../registry";
import { filter, type Key } from "../steering";
import { pages } from "../parts/asked";
import { saying } from "../parts/live_bar";
import { percent, type Column } from "../parts/sheet";
import { face, type Row } from "./steer";

const STEP = 5 * 86_400_000;
const STEPS = 6;

/** Of the units of one territory, kind, modality and ages, as they were. */
type Was = Unit & { open: number; occupied: number };
const past = signal<{ at: number; rows: Was[] }[]>([]);
let asked = false;

async function ask(): Promise<void> {
    const hour = Math.floor(serverNow() / 3_600_000) * 3_600_000;
    for (let i = 1; i <= STEPS; i++) {
        const at = hour - i * STEP;
        const answer = await pages<Was>("/v1/occupancy", { at: new Date(at).toISOString(),
            limit: 200 }, "rows");
        if (!answer.ok || answer.body.length === 0) return; // nothing is known of before
        past.value = [{ at, rows: answer.body }, ...past.peek()];
    }
}

function Line({ of }: { of: number[] }): JSX.Element {
    const low = Math.min(...of); // what hardly moves is drawn flat
    return <svg class="trend" viewBox="0 -1 60 18" aria-hidden="true"><polyline
        points={points(of, low, Math.max(...of, low + 0.05), 60, 16)} /></svg>;
}

const sum = (rows: Was[], name: "open" | "occupied"): number =>
    rows.reduce((all, each) => all + each[name], 0);
interface Rated extends Column<Row> { of: (row: Row) => number | null }

/** The column with what is drawn, and those with its numbers; null: nothing is known of before. */
export function trends(keys: Key[]): { column: Column<Row>; columns: Column<Row>[] } | null {
    if (!asked) setTimeout(() => void ask(), 500);
    asked = true;
    if (past.value.length === 0) return null;
    const t = say().steer;
    const columns = past.value.map(({ at, rows }): Rated => {
        const rates = new Map(group(rows.filter((row) => admits(filter.value, row)),
            (row) => keys.map((key) => face(row, key)[0])).map((each) =>
            [each.keys.join(), rate({ open: sum(each.units, "open"),
                occupied: sum(each.units, "occupied") })]));
        return { name: date(day(at, zone.value), minute.value, saying()),
            of: (row) => rates.get(row.keys.join()) ?? null };
    });
    columns.push({ name: t.views.now, of: (row) => row.counts.rate });
    for (const each of columns) each.show = (row) => percent(each.of(row));
    const all = (row: Row): number[] => columns.map((each) => each.of(row))
        .filter((each) => each !== null);
    const change = (row: Row): number =>
        Math.round(100 * ((all(row).at(-1) ?? 0) - (all(row)[0] ?? 0)));
    return { columns, column: { name: t.trend, of: change, show: (row) => all(row).length > 1
        && <span>{change(row) > 0 && "+"}{change(row)} <Line of={all(row)} /></span> } };
}
