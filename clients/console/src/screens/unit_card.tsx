// SPDX-License-Identifier: EUPL-1.2
// One unit of an establishment: how many are free, − and +, « rien de changé » in one tap; what is
// rarer (closing, over-occupation) behind a button.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Unit } from "../protocol";
import { empty, foreseen, isEmptyDraft, openAfter, over, step, stepper, trust, type Draft }
    from "../figures";
import { confirm, declare, saidAt, sending, waitingOf } from "../declaring";
import { minute } from "../now";
import { say } from "../language";
import { label, listed } from "../words/words";
import { NumberField, SelectField, TextField } from "../parts/fields";
import { Icon } from "../parts/icons";
import { Panel } from "../parts/panel";
import { CountsLine, timeOf, TrustLine } from "../parts/unit_parts";
import { day } from "../moment";
import { zone } from "../registry";

/** The unit with what this device has said of it and not sent yet. */
function withWaiting(unit: Unit): Unit {
    return waitingOf(unit.id).reduce((each, entry) =>
        Date.parse(entry.observed_at) < Date.parse(each.observed_at ?? "") ? each
            : foreseen(each, entry.draft, entry.observed_at), unit);
}

function faults(unit: Unit, draft: Draft): { reason?: string; derogation?: string } {
    const t = say().home;
    const open = openAfter(unit, draft) ?? 0;
    return {
        ...(draft.closed && draft.closed.n > 0 && !draft.closed.reason
            ? { reason: t.needsReason } : {}),
        ...((draft.occupied ?? 0) > open && !draft.derogation
            ? { derogation: t.needsDerogation } : {}),
    };
}

export function UnitCard({ unit: known, host }: { unit: Unit; host: boolean }): JSX.Element {
    const t = say().home;
    const [draft, setDraft] = useState<Draft>({});
    const [more, setMore] = useState(false);
    const [tried, setTried] = useState(false);
    const go = useRef<HTMLButtonElement>(null);
    const waiting = waitingOf(known.id);
    const unit = withWaiting(known);
    const never = empty(unit) === null;
    const shown: Draft = never && draft.open === undefined ? { ...draft, open: 0 } : draft;
    const { value, min, max } = stepper(unit, shown);
    const changed = !isEmptyDraft(draft);
    const wrong = faults(unit, draft);
    const last = waiting[waiting.length - 1];
    const title = `unit-${known.id}`;

    function submit(): void {
        setTried(true);
        if (wrong.reason || wrong.derogation) {
            setMore(true);
            const card = go.current?.closest("article");
            setTimeout(() => card?.querySelector<HTMLElement>("[aria-invalid]")?.focus(), 60);
            return;
        }
        const clamped = never || draft.free !== undefined ? { ...draft, free: value } : draft;
        declare(known, clamped);
        setDraft({});
        setMore(false);
        setTried(false);
    }

    const simple = changed && Object.keys(draft).every((name) => name === "free");
    const what = !changed ? t.unchanged : simple || never ? t.declare(value) : t.declareAll;
    const named = (text: string): string => listed([text, unit.name]);
    return (
        <article class={`card unit ${trust(unit, minute.value)}`} aria-labelledby={title}>
            <h3 id={title}>{unit.name}</h3>
            {host && known.establishment_name !== known.name
                && <p class="quiet host">{known.establishment_name}</p>}
            {never && !changed && <p>{t.first}</p>}
            {never && <NumberField label={t.openPlaces} value={draft.open ?? 0} max={999}
                onChange={(open) => setDraft({ ...draft, open })} />}
            <div class="stepper">
                <button type="button" class="step big" disabled={value <= min}
                    aria-label={t.fewer(unit.name)}
                    onClick={() => setDraft(step(unit, shown, -1))}><Icon name="minus" /></button>
                <p class="figure" role="status" aria-atomic="true">
                    <span class="value">{never && !changed ? "?" : value}</span>
                    <span>{value < 2 && !(never && !changed) ? t.freeOne : t.freeNow}</span>
                </p>
                <button type="button" class="step big" disabled={value >= max}
                    aria-label={t.more(unit.name)}
                    onClick={() => setDraft(step(unit, shown, 1))}><Icon name="plus" /></button>
            </div>
            {last ? <p class="trust old"><Icon name="clock" />
                {sending.value && waiting.every((each) => each.tries === 0)
                    ? ` ${say().app.sending}` : ` ${t.notSent(saidAt(last))}`}</p>
                : <TrustLine unit={unit} />}
            {!changed && !last && unit.fresh_until && trust(unit, minute.value) === "fresh"
                && <p class="quiet small">{t.believedUntil(timeOf(unit.fresh_until))}</p>}
            <CountsLine unit={unit} within />
            {unit.contested_at !== null && !changed && <p class="quiet">{t.contested}</p>}
            {more && <Details unit={unit} draft={draft} setDraft={setDraft} never={never}
                wrong={tried ? wrong : {}} onClose={() => setMore(false)} />}
            <div class="actions">
                {(changed || !never) && <button type="button" class="strong large" ref={go}
                    aria-label={named(what)}
                    onClick={changed ? submit : () => confirm(known)}>{what}</button>}
                {changed && <button type="button" aria-label={named(t.undo)} onClick={() => {
                    setDraft({});
                    setMore(false);
                    go.current?.focus();
                }}>{t.undo}</button>}
                {!more && !never && <button type="button" class="link" aria-expanded={false}
                    data-opens="details" aria-label={named(t.details)}
                    onClick={() => setMore(true)}>{t.details}</button>}
            </div>
        </article>
    );
}

function Details(props: {
    unit: Unit; draft: Draft; setDraft: (draft: Draft) => void; never: boolean;
    wrong: { reason?: string; derogation?: string }; onClose: () => void;
}): JSX.Element {
    const t = say().home;
    const { unit, draft, setDraft } = props;
    const c = unit.capacity;
    const closed = draft.closed ?? {
        n: c.closed, ...(unit.closed_reason ? { reason: unit.closed_reason } : {}),
        reopens_on: unit.reopens_on,
    };
    const open = openAfter(unit, draft) ?? 0;
    const extra = draft.occupied !== undefined ? Math.max(0, draft.occupied - open) : over(unit);

    function setExtra(k: number): void {
        const { free: _, occupied: __, derogation: ___, ...rest } = draft;
        if (k === 0) return setDraft(over(unit) > 0 ? { ...rest, free: 0 } : rest);
        setDraft({ ...rest, occupied: open + k, ...(draft.derogation
            ? { derogation: draft.derogation } : {}) });
    }

    return (
        <Panel title={t.detailsOf(unit.name)} opener="details" onClose={props.onClose}>
            <NumberField label={t.openPlaces} value={open} max={999}
                onChange={(n) => setDraft({ ...draft, open: n })} />
            <NumberField label={t.closedPlaces} value={closed.n} max={(c.open ?? 0) + c.closed}
                onChange={(n) => setDraft({ ...draft, closed: { ...closed, n } })} />
            {closed.n > 0 && <>
                <SelectField label={t.closedReason} value={closed.reason ?? ""}
                    empty={say().app.choose} options={Object.entries(say().closedReason)}
                    fault={props.wrong.reason}
                    onInput={(reason) => setDraft({ ...draft, closed: { ...closed, reason } })} />
                <TextField label={t.reopensOn} type="date" value={closed.reopens_on ?? ""} optional
                    min={day(minute.value, zone.value)}
                    onInput={(text) => setDraft({
                        ...draft, closed: { ...closed, reopens_on: text === "" ? null : text },
                    })} />
            </>}
            {c.emergency_reserved > 0 && <NumberField max={c.emergency_reserved}
                label={t.emergencyUsed(c.emergency_reserved)}
                value={draft.emergency_used ?? c.emergency_used}
                onChange={(n) => setDraft({ ...draft, emergency_used: n })} />}
            <NumberField label={t.overBy} value={extra} max={99} onChange={setExtra} />
            {extra > 0 && <SelectField label={t.derogation} empty={say().app.choose}
                value={draft.derogation ?? ""} options={Object.entries(say().derogation)}
                fault={props.wrong.derogation}
                onInput={(derogation) => setDraft({
                    ...draft, derogation, occupied: draft.occupied ?? open + extra,
                })} />}
            <p class="quiet small">{unit.derogation && label(say().derogation, unit.derogation)}</p>
        </Panel>
    );
}
