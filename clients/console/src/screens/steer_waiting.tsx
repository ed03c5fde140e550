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
import { holds, movements, unitName, unitOf } from "../registry";
import { isHere } from "../steering";
import { Icon } from "../parts/icons";
import { saying } from "../parts/live_bar";
import { Sheet } from "../parts/sheet";
import { Countdown, holdPeople, timeOf } from "../parts/unit_parts";

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
    const asked = current(holds.value.values(), minute.value).filter((each) =>
        isHere(each.territory));
    const planned = [...movements.value.values()].filter((each) => each.state === "planned"
        && isHere(unitOf(each.unit)?.territory ?? null)).sort((a, b) => a.on < b.on ? -1 : 1);
    const waited = (each: Request): number => (each.placed_at === null ? minute.value
        : Date.parse(each.placed_at)) - Date.parse(each.decided_at);
    const unit = { name: t.keys.unit, of: (each: Hold | Movement) => unitName(each.unit) };
    return <>
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
        <Sheet name="options" caption={t.asked} rows={asked} id={(each: Hold) => each.id} columns={[
            unit,
            { name: t.forWhom, of: holdPeople },
            { name: t.places, of: (each) => each.places },
            { name: t.state, of: (each) => label(words.holdState, each.state) },
            { name: t.until, of: (each) => each.ended_at ?? each.arrive_by ?? each.held_until,
                show: (each) => each.state === "held" ? <Countdown until={each.held_until} />
                    : timeOf(each.ended_at ?? each.arrive_by) },
        ]} />
        <Sheet name="mouvements" caption={t.planned} rows={planned} id={(each: Movement) => each.id}
            columns={[
                unit,
                { name: t.on, of: (each) => each.on,
                    show: (each) => date(each.on, minute.value, saying()) },
                { name: t.what, of: (each) => label(words.movementType, each.type)
                    + (each.code ? ` (${label(words.movementCode, each.code)})` : "") },
                { name: t.places, of: (each) => each.places },
                { name: t.state, of: (each) => each.due_soon ? t.dueSoon : null,
                    show: (each) => each.due_soon && <><Icon name="warn" /> {t.dueSoon}</> },
            ]} />
    </>;
}
