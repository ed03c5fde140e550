// SPDX-License-Identifier: EUPL-1.2
// What an establishment has planned: exits and entries with their day, done or cancelled in a tap.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Movement } from "../protocol";
import { date, day } from "../moment";
import { minute } from "../now";
import { movements, unitName, units, zone } from "../registry";
import { say } from "../language";
import { label } from "../words/words";
import { tell } from "../news";
import { useAct } from "../parts/act";
import { NumberField, SelectField, TextField } from "../parts/fields";
import { Icon } from "../parts/icons";
import { saying } from "../parts/live_bar";
import { Panel, ProblemBox } from "../parts/panel";

export function Movements(): JSX.Element {
    const t = say().movement;
    const [planning, setPlanning] = useState(false);
    const planned = [...movements.value.values()].filter((each) => each.state === "planned")
        .sort((a, b) => a.on < b.on ? -1 : a.on > b.on ? 1 : 0);
    return (
        <section aria-labelledby="movements">
            <h2 id="movements">{t.title}</h2>
            {planned.length === 0 && <p class="quiet">{t.none}</p>}
            {planned.length > 0 && <ul class="plain cards">
                {planned.map((each) => <MovementItem key={each.id} movement={each} />)}
            </ul>}
            {planning ? <PlanForm onClose={() => setPlanning(false)} />
                : <button type="button" data-opens="plan" onClick={() => setPlanning(true)}>
                    {t.plan}</button>}
        </section>
    );
}

function MovementItem({ movement }: { movement: Movement }): JSX.Element {
    const t = say().movement;
    const act = useAct();
    const today = day(minute.value, zone.value);
    const what = label(say().movementType, movement.type)
        + (movement.code ? ` (${label(say().movementCode, movement.code)})` : "");
    const on = date(movement.on, minute.value, saying());
    async function end(how: "done" | "cancel"): Promise<void> {
        const done = await act.run("POST", `/v1/movements/${movement.id}/${how}`);
        if (done !== null) tell(how === "done" ? t.doneSaid : t.cancelled);
    }
    return (
        <li class="card">
            <p><strong>{t.line(what, movement.places, on)}</strong><br />
                {unitName(movement.unit)}</p>
            {(movement.due_soon || movement.on < today) && <p class="trust old">
                <Icon name="warn" /> {movement.on < today ? t.late : t.dueSoon}</p>}
            <ProblemBox problem={act.problem} />
            <div class="actions">
                <button type="button" disabled={act.busy} onClick={() => void end("done")}>
                    {t.done}<span class="hidden">, {what}, {on}</span></button>
                <button type="button" disabled={act.busy} onClick={() => void end("cancel")}>
                    {t.cancel}<span class="hidden">, {what}, {on}</span></button>
            </div>
        </li>
    );
}

function PlanForm({ onClose }: { onClose: () => void }): JSX.Element {
    const t = say().movement;
    const act = useAct();
    const list = [...units.value.values()];
    const [unit, setUnit] = useState(list[0]?.id ?? "");
    const [places, setPlaces] = useState(1);
    const [on, setOn] = useState("");
    const [code, setCode] = useState("");
    const [tried, setTried] = useState(false);
    const needed = (text: string): string | undefined =>
        tried && text === "" ? say().login.required : undefined;

    async function submit(event: Event): Promise<void> {
        event.preventDefault();
        setTried(true);
        if (unit === "" || on === "" || code === "") return;
        const done = await act.run("POST", "/v1/movements",
            { unit, type: "exit", places, on, code });
        if (done === null) return;
        tell(t.planned);
        onClose();
    }
    return (
        <Panel title={t.plan} opener="plan" onClose={onClose}>
            <form noValidate onSubmit={(event) => void submit(event)}>
                <SelectField label={t.unit} value={unit} onInput={setUnit}
                    options={list.map((each): [string, string] => [each.id, each.name])} />
                <NumberField label={t.places} value={places} min={1} max={99}
                    onChange={setPlaces} />
                <TextField label={t.on} type="date" value={on} onInput={setOn} required
                    min={day(minute.value, zone.value)} fault={needed(on)} />
                <SelectField label={t.why} value={code} onInput={setCode} fault={needed(code)}
                    empty={say().app.choose} options={Object.entries(say().movementCode)} />
                <ProblemBox problem={act.problem} />
                <div class="actions">
                    <button type="submit" class="strong" disabled={act.busy}>
                        {act.busy ? say().app.sending : t.submit}</button>
                    <button type="button" onClick={onClose}>{say().app.cancel}</button>
                </div>
            </form>
        </Panel>
    );
}
