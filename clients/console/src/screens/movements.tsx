// SPDX-License-Identifier: EUPL-1.2
// What an establishment has planned, who leaves and comes, what opens and closes: each with its
// day, done or cancelled in a tap.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Movement } from "../protocol";
import type { Field, Values } from "../form";
import { date, day, formatted } from "../moment";
import { minute } from "../now";
import { movements, unitName, units, zone } from "../registry";
import { say } from "../language";
import { label, listed } from "../words/words";
import { tell } from "../news";
import { useAct } from "../parts/act";
import { Form } from "../parts/form";
import { Icon } from "../parts/icons";
import { saying } from "../parts/live_bar";
import { ProblemBox } from "../parts/panel";

/** `unit`: only those of this one. */
export function Movements({ unit }: { unit?: string }): JSX.Element {
    const t = say().movement;
    const [planning, setPlanning] = useState(false);
    const planned = [...movements.value.values()].filter((each) => each.state === "planned"
        && (unit ?? each.unit) === each.unit)
        .sort((a, b) => a.on < b.on ? -1 : a.on > b.on ? 1 : 0);
    return (
        <section aria-labelledby="movements">
            <h2 id="movements">{t.title}</h2>
            {planned.length === 0 && <p class="quiet">{t.none}</p>}
            {planned.length > 0 && <ul class="plain cards">
                {planned.map((each) => <MovementItem key={each.id} movement={each} />)}
            </ul>}
            {planning ? <PlanForm unit={unit} onClose={() => setPlanning(false)} />
                : <div class="actions">
                    <button type="button" data-opens="plan" onClick={() => setPlanning(true)}>
                        {t.plan}</button>
                </div>}
        </section>
    );
}

function MovementItem({ movement }: { movement: Movement }): JSX.Element {
    const t = say().movement;
    const act = useAct();
    const today = day(minute.value, zone.value);
    const what = label(say().movementType, movement.type)
        + (movement.code ? ` (${label(say().movementCode, movement.code)})` : "");
    const said = (text: string): string => date(text, minute.value, saying());
    const on = said(movement.on);
    const stays = [...movements.value.values()].find((each) => each.entry === movement.id);
    const until = movement.until ?? stays?.on;
    const origin = movement.origin_unit;
    const more = [movement.weekdays && movement.weekdays.map(weekday).join(", "),
        movement.weeks && movement.weeks !== "all" && t.weeks[movement.weeks],
        until && t.untilSaid(said(until)),
        origin && (units.value.has(origin) ? t.keptIn(unitName(origin)) : t.kept)].filter(Boolean);
    async function end(how: "done" | "cancel"): Promise<void> {
        const done = await act.run("POST", `/v1/movements/${movement.id}/${how}`);
        if (done !== null) tell(how === "done" ? t.doneSaid : t.cancelled);
    }
    return (
        <li class="card">
            <p><strong>{t.line(what, say().places(movement.places), on)}</strong><br />
                {unitName(movement.unit)}
                {movement.to_unit && ` → ${unitName(movement.to_unit)}`}</p>
            {more.length > 0 && <p class="quiet">{more.join(" · ")}</p>}
            {(movement.due_soon || movement.on < today) && <p class="trust old">
                <Icon name="warn" /> {movement.on < today ? t.late : t.dueSoon}</p>}
            <ProblemBox problem={act.problem} />
            <div class="actions">
                {!movement.weekdays && <button type="button" disabled={act.busy}
                    aria-label={listed([t.done, what, on])}
                    onClick={() => void end("done")}>{t.done}</button>}
                <button type="button" disabled={act.busy}
                    aria-label={listed([t.cancel, what, on])}
                    onClick={() => void end("cancel")}>{t.cancel}</button>
            </div>
        </li>
    );
}

/** 1: Monday, as this language says it. */
function weekday(n: number): string {
    return formatted(Date.UTC(2024, 0, n), say().locale, "UTC", { weekday: "short" });
}

function planFields({ type, unit }: Values): Field[] {
    const t = say().movement;
    const list = [...units.value.values()].map((each): [string, string] =>
        [each.id, unitName(each.id)]);
    const others = list.filter(([id]) => id !== unit);
    const comes = type === "entry" || type === "sequence";
    const days = [1, 2, 3, 4, 5, 6, 7].map((n): [string, string] => [String(n), weekday(n)]);
    const from = day(minute.value, zone.value);
    return [
        { name: "type", label: t.what, kind: "code", need: true,
            options: Object.entries(say().movementType) },
        { name: "unit", label: t.unit, kind: "code", need: true, options: list },
        { name: "places", label: t.places, kind: "count", most: 99 },
        { name: "on", label: type === "sequence" ? t.since : t.on, kind: "date", need: true, from },
        { name: "code", label: t.why, kind: "code", need: true, away: type !== "exit",
            options: Object.entries(say().movementCode) },
        { name: "weekdays", label: t.days, kind: "codes", need: true, away: type !== "sequence",
            options: days },
        { name: "weeks", label: t.which, kind: "code", need: true, away: type !== "sequence",
            options: Object.entries(t.weeks) },
        { name: "until", label: t.until, kind: "date", away: !comes, from,
            help: type === "entry" ? t.untilHelp : undefined },
        { name: "origin_unit", label: t.origin, kind: "code", options: others,
            away: !comes || others.length === 0 },
    ];
}

function PlanForm({ unit, onClose }: { unit: string | undefined; onClose: () => void }):
    JSX.Element {
    const t = say().movement;
    const act = useAct();
    async function submit({ weekdays, ...rest }: Values): Promise<void> {
        const body = { ...rest, ...(weekdays ? { weekdays: (weekdays as string[]).map(Number)
            .sort() } : {}) };
        if (await act.run("POST", "/v1/movements", body) === null) return;
        tell(t.planned);
        onClose();
    }
    return <Form title={t.plan} opener="plan" fields={planFields} submit={t.submit} act={act}
        start={{ type: "exit", weeks: "all", unit: unit ?? [...units.value.keys()][0] }}
        onClose={onClose} onSubmit={(values) => void submit(values)} />;
}
