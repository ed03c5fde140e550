// SPDX-License-Identifier: EUPL-1.2
// What was: occupancy over time, place-days, and what was needed, refused and waited for.
import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { saySteer as say } from "../language";
import { label } from "../words/words";
import { date, day, duration } from "../moment";
import { minute, serverNow } from "../now";
import { zone } from "../registry";
import { points, rate } from "../occupancy";
import { atTerritory, filter, isDef, keys, territoryName } from "../steering";
import { linked, Over } from "./steer_offer";
import { Asked } from "../parts/asked";
import { Choice } from "../parts/fields";
import { saying } from "../parts/live_bar";
import { Figures, members, percent, Sheet } from "../parts/sheet";
import { timeOf } from "../parts/unit_parts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const span = signal("30"); // days

/** From then to the end of this hour. */
function ends(): [number, number] {
    const to = Math.ceil(serverNow() / HOUR) * HOUR;
    return [to - Number(span.value) * DAY, to];
}

function Period(): JSX.Element {
    const t = say().steer;
    return <div class="no-print"><Choice legend={t.period} value={span.value}
        options={["7", "30", "90", "365"].map((value) => ({ value, text: t.days(value) }))}
        onChoose={(value) => {
            span.value = value;
        }} /></div>;
}

interface Moment { at: string; units: number; fresh: number; open: number; occupied: number;
    free: number }

/** Since there were units. */
const known = (series: Moment[]): Moment[] => series.filter((each) => each.units > 0);

function dateOf(moment: Moment | undefined): string {
    return moment ? date(day(Date.parse(moment.at), zone.value), minute.value, saying()) : "";
}

function Curve({ series }: { series: Moment[] }): JSX.Element {
    const values = series.flatMap((each) => [each.open, each.occupied]);
    const floor = Math.min(...values) * 0.9;
    const line = (name: "open" | "occupied"): string => points(series.map((each) => each[name]),
        floor, Math.max(...values), 100, 48);
    const text = say().steer.curve(dateOf(series[0]), dateOf(series[series.length - 1]));
    return (
        <figure>
            <figcaption>{text}</figcaption>
            <svg class="curve" viewBox="0 -2 100 52" preserveAspectRatio="none" aria-hidden="true">
                <polyline class="dashes" points={line("open")} />
                <polyline points={line("occupied")} />
            </svg>
        </figure>
    );
}

type PlaceDays = Record<string, string | number | null>;

function Days({ where }: { where: Record<string, unknown> }): JSX.Element {
    const words = say();
    const t = words.steer;
    const names = { territory: "territory", kind: "establishment_kind", modality: "modality",
        unit: "establishment", ages: "" } as const;
    const found = keys.value.filter((key) => names[key]);
    const wanted = found.length ? found : ["kind" as const];
    const [from, to] = ends().map((each) => day(each, zone.value));
    return <Asked<PlaceDays[]> path="/v1/place-days" member="rows"
        query={{ ...where, by: wanted.map((key) => names[key]), from, to }}
        show={(rows) =>
            <Sheet name="place-days" caption={t.placeDays} rows={rows}
                id={(row) => wanted.map((key) => row[names[key]]).join()} columns={[
                    ...wanted.map((key) => ({ name: t.keys[key], of: (row: PlaceDays) => {
                        const code = String(row[names[key]]);
                        return key === "territory" ? territoryName(code)
                            : key === "unit" ? row["establishment_name"] ?? code
                                : label({ ...words.kind, ...words.modality }, code);
                    } })),
                    ...members<PlaceDays>(["open", "occupied", "vacant", "over", "closed"],
                        (row, name) => Math.round(Number(row[name]) * 10) / 10),
                ]} />} />;
}

export function Past(): JSX.Element {
    const t = say().steer;
    const { kind, modality } = filter.value;
    const [from, to] = ends();
    const where = { territory: atTerritory.value || null, establishment_kind: kind || null,
        modality: modality || null };
    const step = to - from > 100 * DAY ? "week" : to - from > 7 * DAY ? "day" : "hour";
    return <>
        <Period />
        <Asked<{ series: Moment[] }> path="/v1/occupancy/history" query={{ ...where, step,
            from: new Date(from).toISOString() }} show={({ series }) => <>
            {known(series).length > 1 && <Curve series={known(series)} />}
            <Sheet name="history" caption={t.series} rows={known(series).reverse()}
                id={(each) => each.at} columns={[
                    { name: t.when, of: (each) => each.at, show: (each) => step === "hour"
                        ? timeOf(each.at) : dateOf(each) },
                    { name: t.rate, of: rate, show: (each) => percent(rate(each)) },
                    ...members<Moment>(["open", "occupied", "free", "units", "fresh"],
                        (each, name) => each[name as keyof Moment]),
                ]} /></>} />
        {isDef.value && <Days where={where} />}
    </>;
}

interface Unmet { territory: string | null; needs: number;
    profile: { age: string; sex: string; siblings: number; emergency: boolean } }
interface Refusal { unit: string; code: string; age: string; n: number }
interface Statistics {
    searches: number; none_found: number; unmet: Unmet[]; asks: number; refusals: Refusal[];
    delays: { decision_to_arrival_s: { p50: number | null; p90: number | null; n: number } };
}

export function Proof(): JSX.Element {
    const words = say();
    const t = words.steer;
    const [from, to] = ends().map((each) => new Date(each).toISOString());
    const wait = (s: number | null): string => s === null ? "–" : duration(s * 1000, words);
    return <>
        <Over />
        <Period />
        <Asked<Statistics> path="/v1/journal/statistics" query={{ from, to }} show={(found) => <>
            <Figures list={[[t.searches, found.searches], [t.none, found.none_found],
                [t.asks, found.asks],
                [t.refused, found.refusals.reduce((sum, each) => sum + each.n, 0)],
                [t.delay, wait(found.delays.decision_to_arrival_s.p50)],
                [t.delay90, wait(found.delays.decision_to_arrival_s.p90)]]} />
            <Sheet name="unmet" caption={t.unmet} rows={found.unmet}
                id={(each) => JSON.stringify(each)} columns={[
                    linked(t.keys.territory, "t", (each: Unmet) => each.territory),
                    { name: t.age, of: (each) => label(t.codes, each.profile.age) },
                    { name: t.sex, of: (each) => label({ ...words.child, ...t.codes },
                        each.profile.sex) },
                    { name: t.siblings, of: (each) => each.profile.siblings },
                    { name: t.what, of: (each) => each.profile.emergency ? words.hold.emergency
                        : words.hold.planned },
                    { name: t.needs, of: (each) => each.needs },
                ]} />
            <Sheet name="refusals" caption={t.refusals} rows={found.refusals}
                id={(each) => JSON.stringify(each)} columns={[
                    linked(t.keys.unit, "u", (each: Refusal) => each.unit),
                    { name: t.code, of: (each) => label(words.refusal, each.code) },
                    { name: t.age, of: (each) => label(t.codes, each.age) },
                    { name: t.times, of: (each) => each.n },
                ]} /></>} />
    </>;
}
