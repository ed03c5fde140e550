// SPDX-License-Identifier: EUPL-1.2
// What the offer comes to: places for a thousand who live there; where more people are than places.
import type { JSX } from "preact";
import type { Unit } from "../protocol";
import { saySteer as say } from "../language";
import { label } from "../words/words";
import { over } from "../figures";
import { all, atTerritory, link, territoryName } from "../steering";
import { unitName } from "../registry";
import { Asked } from "../parts/asked";
import { members, Sheet, type Column } from "../parts/sheet";

/** A column that leads to what it names: a territory (t) or a unit (u). */
export function linked<T>(name: string, kind: "t" | "u", id: (row: T) => string | null):
    Column<T> {
    const of = (row: T): string => (kind === "t" ? territoryName : unitName)(id(row) ?? "");
    return { name, of, show: (row) => <a href={link(kind, id(row) ?? "")}>{of(row)}</a> };
}

interface Equipped { territory: string; population: number | null; units: number;
    authorised: number; open: number; authorised_rate: number | null; open_rate: number | null }

export function Equipment(): JSX.Element {
    const t = say().steer;
    return <Asked<Equipped[]> path="/v1/equipment" member="rows"
        query={{ territory: atTerritory.value || null }} show={(rows) => {
            const unknown = rows.filter((each) => each.population === null).length;
            return <Sheet name="equipment" caption={t.equipment} rows={rows}
                help={unknown ? `${t.noPopulation(unknown)}. ${t.populationHelp}` : t.equipmentHelp}
                id={(each) => each.territory} columns={[
                    linked(t.keys.territory, "t", (each: Equipped) => each.territory),
                    ...members<Equipped>(["population", "authorised_rate", "open_rate",
                        "authorised", "open", "units"], (each, name) =>
                        each[name as keyof Equipped]),
                ]} />;
        }} />;
}

export function Over(): JSX.Element {
    const t = say().steer;
    return <Sheet name="over" caption={t.overNow} rows={all.value.filter((unit) => over(unit) > 0)}
        id={(unit) => unit.id} columns={[
            linked(t.keys.unit, "u", (unit: Unit) => unit.id),
            linked(t.keys.territory, "t", (unit: Unit) => unit.territory),
            ...members<Unit>(["open", "occupied", "over"], (unit, name) =>
                name === "over" ? over(unit) : unit.capacity[name as "open"]),
            { name: t.derogation, of: (unit) => label(say().derogation, unit.derogation) },
        ]} />;
}
