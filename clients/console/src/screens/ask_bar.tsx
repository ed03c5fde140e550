// SPDX-License-Identifier: EUPL-1.2
// Asking the units that were chosen: a request is opened with the need when there is none, so that
// the first acceptance releases the others, and the clock of the decision runs.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Hold, Request } from "../protocol";
import { forRequest, found, picked, search, wanted } from "../searching";
import { childText, goodReference, people, places, requestParams } from "../need";
import { distance } from "../moment";
import { requests, unitName } from "../registry";
import { sayAsker as say } from "../language";
import { label } from "../words/words";
import { serverNow } from "../now";
import { tell } from "../news";
import { useAct, type Act } from "../parts/act";
import { Choice, SelectField, Several, TextField } from "../parts/fields";
import { Panel, ProblemBox } from "../parts/panel";
import { timeOf } from "../parts/unit_parts";

interface Asked {
    hold?: Hold;
    holds?: { hold: Hold }[];
    refused?: { unit: string; type: string; detail?: string }[];
}

let decidedAt: { need: string; at: string } | null = null;

/** The moment of the decision stays the same while the same need is sent again. */
function decided(): string {
    const need = JSON.stringify(wanted.peek());
    if (decidedAt?.need !== need)
        decidedAt = { need, at: new Date(serverNow()).toISOString().replace(/\.\d+Z/, "Z") };
    return decidedAt.at;
}

/** The request's id; opened now when there is none. */
export async function ensureRequest(act: Act, reference: string, frame: string):
    Promise<string | null> {
    if (forRequest.peek() !== null) return forRequest.peek();
    const body = requestParams(wanted.peek(), decided(), reference || null, frame || null);
    const done = await act.run<{ request: Request }>("POST", "/v1/requests", body);
    if (done === null) return null;
    forRequest.value = done.request.id;
    return done.request.id;
}

/** Of the request that is looked for, its own indexes: children that have a place are left out. */
function indexes(request: string, children: number[] | null): number[] | null {
    const known = requests.peek().get(request);
    if (children === null || !known) return children;
    const left = known.children.map((_, index) => index)
        .filter((index) => !known.placed.includes(index));
    return children.map((index) => left[index] ?? index);
}

/** Asks; `children`: only for those of the need, by index (of a split). */
export async function ask(act: Act, request: string, units: string[], minutes: string,
    children: number[] | null): Promise<boolean> {
    const only = indexes(request, children);
    const body = {
        ...(units.length === 1 ? { unit: units[0] } : { units }), request,
        emergency: wanted.peek().emergency,
        ...(only ? { children: only } : {}),
        ...(minutes ? { minutes: Number(minutes) } : {}),
    };
    const done = await act.run<Asked>("POST", "/v1/holds", body);
    if (done === null) return false;
    const made = done.holds?.map(({ hold }) => hold.id) ?? (done.hold ? [done.hold.id] : []);
    if (made.length > 0) tell(say().ask.asked(made.length), false, made);
    for (const each of done.refused ?? []) {
        const why = label(say().ask.refused, each.detail ?? each.type);
        tell(say().ask.notAsked(unitName(each.unit), why), true);
    }
    return true;
}

function titleOf(asked: number, units: number): string {
    const words = say();
    const title = units > 1 ? words.ask.titleEach : words.ask.title;
    return title(words.places(asked), words.units(units));
}

export function requestText(request: Request): string {
    const t = say().ask;
    return request.reference ? t.forRequest(request.reference)
        : t.forRequestOf(timeOf(request.opened_at));
}

export function AskBar(): JSX.Element | null {
    const t = say().ask;
    const act = useAct();
    const [openForm, setOpenForm] = useState(false);
    const [reference, setReference] = useState("");
    const [frame, setFrame] = useState("");
    const [minutes, setMinutes] = useState("");
    const [tried, setTried] = useState(false);
    const [left, setLeft] = useState<string[]>([]);
    const units = [...picked.value];
    if (units.length === 0) return null;
    const request = forRequest.value ? requests.value.get(forRequest.value) : undefined;
    const bad = tried && reference !== "" && !goodReference(reference);
    const { children } = wanted.value;
    const whom = children.map((_, index) => index).filter((index) => !left.includes(String(index)));
    const some = whom.length < children.length;
    const title = titleOf(some ? whom.length : places(wanted.value), units.length);

    async function submit(event: Event): Promise<void> {
        event.preventDefault();
        setTried(true);
        if (reference !== "" && !goodReference(reference) || some && whom.length === 0) return;
        const id = await ensureRequest(act, reference, frame);
        if (id === null || !(await ask(act, id, units, minutes, some ? whom : null))) return;
        picked.value = new Set();
        setLeft([]);
        setOpenForm(false);
        void search(false);
        document.getElementById("running")?.focus();
        document.getElementById("running")?.scrollIntoView({ block: "start" });
    }

    return (
        <div class="ask-bar">
            {!openForm ? <div class="need-line">
                <p role="status">{say().found.selected(units.length)}</p>
                <button type="button" class="strong large" data-opens="ask"
                    onClick={() => setOpenForm(true)}>
                    {title}</button>
            </div> : <Panel title={title} opener="ask" onClose={() => setOpenForm(false)}>
                <form noValidate onSubmit={(event) => void submit(event)}>
                    <p>{people(whom.flatMap((index) => children[index] ?? []),
                        wanted.value.parent, say())} →</p>
                    <ul>{units.map((unit) => <li key={unit}>{unitName(unit)}</li>)}</ul>
                    {children.length > 1 && <Several legend={t.whom} values={whom.map(String)}
                        options={children.map((child, index) =>
                            [String(index), childText(child, say())])}
                        onChange={(chosen) => setLeft(children.map((_, index) => String(index))
                            .filter((index) => !chosen.includes(index)))} />}
                    {tried && some && whom.length === 0 && <p class="fault" role="alert">
                        {t.nobody}</p>}
                    {units.length > 1 && <p>{t.help}</p>}
                    {request ? <p class="quiet">
                        {requestText(request)}</p>
                        : <><p class="quiet">{t.newRequest}</p><details>
                            <summary>{t.more}</summary>
                            <TextField label={t.reference} help={t.referenceHelp} optional
                                value={reference} maxlength={20}
                                fault={bad ? t.referenceBad : undefined}
                                onInput={(text) => setReference(text.toUpperCase().trim())} />
                            <SelectField label={t.frame} value={frame} empty={say().app.choose}
                                options={Object.entries(say().frame)} optional
                                onInput={setFrame} />
                        </details></>}
                    <Choice legend={t.minutes} value={minutes} onChoose={setMinutes}
                        options={["", "15", "30", "60"].map((m) => ({ value: m,
                            text: m === "" ? t.minutesDefault : t.minutesN(Number(m)) }))} />
                    {bad && <p class="fault">{t.referenceBad}</p>}
                    <ProblemBox problem={act.problem} />
                    <div class="actions">
                        <button type="submit" class="strong large" disabled={act.busy}>
                            {act.busy ? say().app.sending : t.submit}</button>
                        <button type="button" onClick={() => setOpenForm(false)}>
                            {say().app.cancel}</button>
                    </div>
                </form>
            </Panel>}
        </div>
    );
}

/** The best places apart, when no unit takes all: asked together, each for its own children. */
export function SplitBox(): JSX.Element | null {
    const words = say();
    const act = useAct();
    const split = found.value?.split;
    if (!split) return null;
    const byUnit = new Map<string, number[]>();
    for (const { child, unit } of split.placements)
        byUnit.set(unit.id, [...(byUnit.get(unit.id) ?? []), child]);
    const units = new Map(split.placements.map(({ unit }) => [unit.id, unit]));
    async function askAll(): Promise<void> {
        const id = await ensureRequest(act, "", "");
        if (id === null) return;
        for (const [unit, children] of byUnit)
            if (!(await ask(act, id, [unit], "", children))) return;
        void search(false);
    }
    return (
        <div class="card split">
            <p><strong>{label(words.found.split, split.level)}</strong></p>
            <ul>
                {[...byUnit].map(([id, children]) => (
                    <li key={id}>{people(children.map((index) =>
                        wanted.value.children[index] ?? { age_months: null, sex: null }), null,
                        words)} → <strong>{units.get(id)?.establishment_name},
                        {" "}{units.get(id)?.name}</strong></li>
                ))}
            </ul>
            {split.km_apart !== null && split.km_apart >= 0.1
                && <p>{words.found.kmApart(distance(split.km_apart, words))}</p>}
            <ProblemBox problem={act.problem} />
            <div class="actions"><button type="button" class="strong" disabled={act.busy}
                onClick={() => void askAll()}>
                {titleOf(split.placements.length, byUnit.size)}</button></div>
        </div>
    );
}
