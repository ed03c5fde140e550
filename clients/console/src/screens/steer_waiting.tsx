// SPDX-License-Identifier: EUPL-1.2
// Who waits, since when and why at this rank; what is asked of units, and what will change there.
import type { JSX } from "preact";
import type { Hold, Movement, Request } from "../protocol";
import { current, openRequests, youngest } from "../asking";
import { saySteer as say } from "../language";
import { label, listed } from "../words/words";
import { age, date, duration } from "../moment";
import { minute } from "../now";
import { people } from "../need";
import { holds, movements, unitOf } from "../registry";
import { isHere } from "../steering";
import { Icon } from "../parts/icons";
import { saying } from "../parts/live_bar";
import { Figures, Sheet } from "../parts/sheet";
import { Countdown, holdPeople, timeOf } from "../parts/unit_parts";
import { linked } from "./steer_offer";

function why(request: Request): string {
    const words = say();
    const least = youngest(request);
    return listed([request.emergency ? words.hold.emergency : words.hold.planned,
        words.steer.decided(timeOf(request.decided_at)),
        ...(Number.isFinite(least) ? [words.steer.youngest(age(least, words))] : [])]);
}

function state(request: Request): string {
    const t = say().requests;
    return request.state === "placed" ? t.placed(timeOf(request.placed_at))
        : request.placed.length ? t.partly(request.placed.length, request.children.length)
            : say().steer.waits;
}

export function Waiting(): JSX.Element {
    const words = say();
    const t = words.steer;
    const list = openRequests.value.filter((each) => isHere(each.territory));
    const waited = (each: Request): number => (each.placed_at === null ? minute.value
        : Date.parse(each.placed_at)) - Date.parse(each.decided_at);
    const delays = list.filter((each) => each.placed_at === null).map(waited)
        .sort((a, b) => a - b);
    return <>
        {delays.length > 0 && <Figures list={[[t.waits, delays.length],
            [t.waitMedian, duration(delays[delays.length >> 1] ?? 0, words)],
            [t.waitLongest, duration(delays[delays.length - 1] ?? 0, words)]]} />}
        <Sheet name="attente" caption={t.waiting} help={t.waitingHelp} rows={list}
            id={(each: Request) => each.id} columns={[
                { name: t.forWhom, of: (each) => people(each.children, each.parent, words),
                    show: (each) => <a href="#asks">
                        {people(each.children, each.parent, words)}</a> },
                { name: t.rank, of: (each) => list.indexOf(each) + 1 },
                { name: words.ask.reference, of: (each) => each.reference },
                { name: t.since, of: (each) => each.decided_at, show: (each) => <>
                    <Icon name="clock" /> {duration(waited(each), words)}</> },
                { name: t.why, of: why },
                { name: t.state, of: state },
            ]} />
        <AskedOf those={(each) => isHere(each.territory)} />
        <PlannedOf those={(each) => isHere(unitOf(each.unit)?.territory ?? null)} />
    </>;
}

export function AskedOf({ those }: { those: (hold: Hold) => boolean }): JSX.Element {
    const words = say();
    const t = words.steer;
    return <Sheet name="options" caption={t.asked} id={(each: Hold) => each.id}
        rows={current(holds.value.values(), minute.value).filter(those)} columns={[
            linked(t.keys.unit, "u", (each: Hold) => each.unit),
            { name: t.forWhom, of: holdPeople },
            { name: t.places, of: (each) => each.places },
            { name: t.state, of: (each) => label(words.holdState, each.state) },
            { name: t.until, of: (each) => each.ended_at ?? each.arrive_by ?? each.held_until,
                show: (each) => each.state === "held" ? <Countdown until={each.held_until} />
                    : timeOf(each.ended_at ?? each.arrive_by) },
        ]} />;
}

export function PlannedOf({ those }: { those: (movement: Movement) => boolean }): JSX.Element {
    const words = say();
    const t = words.steer;
    const planned = [...movements.value.values()].filter((each) => each.state === "planned"
        && those(each)).sort((a, b) => a.on < b.on ? -1 : 1);
    return <Sheet name="mouvements" caption={t.planned} rows={planned}
        id={(each: Movement) => each.id} columns={[
            linked(t.keys.unit, "u", (each: Movement) => each.unit),
            { name: t.on, of: (each) => each.on,
                show: (each) => date(each.on, minute.value, saying()) },
            { name: t.what, of: (each) => label(words.movementType, each.type)
                + (each.code ? ` (${label(words.movementCode, each.code)})` : "") },
            { name: t.places, of: (each) => each.places },
            { name: t.state, of: (each) => each.due_soon ? t.dueSoon : null,
                show: (each) => each.due_soon && <><Icon name="warn" /> {t.dueSoon}</> },
        ]} />;
}
