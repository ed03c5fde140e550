// SPDX-License-Identifier: EUPL-1.2
// One unit as it is and as it was: who said what, when.
import type { JSX } from "preact";
import type { Unit } from "../protocol";
import { saySteer as say } from "../language";
import { label, listed } from "../words/words";
import { ages, day } from "../moment";
import { serverNow } from "../now";
import { isDef } from "../steering";
import { Asked } from "../parts/asked";
import { Figures, members, Sheet } from "../parts/sheet";
import { CallButton, CountsLine, timeOf, TrustLine } from "../parts/unit_parts";
import { Movements, Notices, UnitCard } from "./home";
import { AskedOf, PlannedOf } from "./steer_waiting";

interface Change {
    revision: number;
    at: string;
    actor: string;
    operation: string;
    kind: string;
    /** Of a late declaration only what it said. */
    record: Partial<Unit> | null;
}
type Counted = Partial<Unit["capacity"]> | null;

const BACK = 30 * 86_400_000;
const COUNTS = ["open", "occupied", "free"] as const;

export function UnitPlace({ unit }: { unit: Unit }): JSX.Element {
    const words = say();
    const t = words.steer;
    const own = (each: { unit: string }): boolean => each.unit === unit.id;
    const facts = [label(words.kind, unit.establishment_kind), label(words.modality, unit.modality),
        ages(unit.ages.min_months, unit.ages.max_months, words), label(words.sex, unit.sex)];
    const now = new Date(serverNow() - BACK);
    return <>
        <p class="quiet">{listed(facts.filter(Boolean))}</p>
        {!isDef.value && <TrustLine unit={unit} />}
        {!isDef.value && <CountsLine unit={unit} />}
        <Figures list={[...COUNTS, "authorised" as const].map((name) =>
            [t[name], unit.capacity[name]])} />
        <CallButton contact={unit.contact} name={unit.name} />
        {isDef.value && <section aria-labelledby="say">
            <h2 id="say">{t.declare}</h2>
            <Notices />
            <div class="cards"><UnitCard unit={unit} host={false} /></div>
        </section>}
        <AskedOf those={own} />
        {isDef.value ? <Movements unit={unit.id} /> : <PlannedOf those={own} />}
        {isDef.value && <Asked<Change[]> path="/v1/changes" member="changes" again={unit.revision}
            query={{ unit: unit.id, limit: 200, at_from: `${day(now.getTime(), "UTC")}T00:00:00Z` }}
            show={(changes) => <Sheet name={unit.id} caption={t.history}
                rows={[...changes].reverse()} id={(each) => `${each.revision} ${each.kind}`}
                columns={[
                    { name: t.when, of: (each) => each.at, show: (each) => timeOf(each.at) },
                    { name: t.what, of: (each) => each.kind === "declaration" ? t.late
                        : label({ ...words.event, ...t.operation }, each.operation) },
                    { name: t.who, of: (each) => label(words.night.actors, each.actor) },
                    ...members<Change>([...COUNTS], ({ record }, name) =>
                        (record?.capacity ?? record as Counted)?.[name as "open"] ?? null),
                ]} />} />}
    </>;
}
