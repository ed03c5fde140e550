// SPDX-License-Identifier: EUPL-1.2
// The need in a few taps: a sex and an age make a child. Nobody is named, there is no place for it.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Child, Modality, Need, Sex } from "../protocol";
import { editing, forRequest, search, wanted } from "../searching";
import { childText, newWanted, ready, type Wanted } from "../need";
import { open } from "../registry";
import { sayAsker as say } from "../language";
import { Check, Choice, Several, TextField } from "../parts/fields";
import { Icon } from "../parts/icons";
import { WhereField } from "../parts/where_field";
import { day } from "../moment";
import { minute } from "../now";
import { zone } from "../registry";

const YEARS = Array.from({ length: 17 }, (_, index) => index + 1);
const MONTHS = Array.from({ length: 12 }, (_, index) => index);
const FAR = ["", "15", "30", "60", "100"];

function AddChild({ onAdd, first }: { onAdd: (child: Child) => void; first: boolean }):
    JSX.Element {
    const t = say().need;
    const [sex, setSex] = useState<Sex | "">("");
    const [baby, setBaby] = useState(false);
    function add(months: number | null): void {
        onAdd({ age_months: months, sex: sex === "" ? null : sex });
        setSex("");
        setBaby(false);
    }
    return (
        <div class="ages">
            <Choice legend={first ? t.sex : t.another} value={sex} onChoose={setSex} options={[
                { value: "F" as const, text: say().child.F },
                { value: "M" as const, text: say().child.M },
                { value: "" as const, text: t.sexUnknown },
            ]} />
            <fieldset class="grid">
                <legend>{baby ? t.months : t.age}</legend>
                <div class="chips">
                    {baby ? MONTHS.map((m) => <button key={m} type="button"
                        aria-label={say().age.months(m)} onClick={() => add(m)}>{m}</button>) : <>
                        <button type="button" class="wide" onClick={() => setBaby(true)}>
                            {t.underOne}</button>
                        {YEARS.map((y) => <button key={y} type="button"
                            aria-label={t.yearsLong(y)} onClick={() => add(y * 12)}>
                            {t.yearsShort(y)}</button>)}
                        <button type="button" class="wide" onClick={() => add(18 * 12)}>
                            {t.adult}</button>
                    </>}
                    <button type="button" aria-label={t.ageUnknownLong}
                        onClick={() => add(null)}>{t.ageUnknown}</button>
                </div>
            </fieldset>
        </div>
    );
}

/** The next need; what was asked for the last one goes on. */
export function freshNeed(): void {
    forRequest.value = null;
    wanted.value = newWanted(!open.peek());
    editing.value = true;
}

export function NeedForm(): JSX.Element {
    const t = say().need;
    const need = wanted.value;
    const [tried, setTried] = useState(false);
    const set = (change: Partial<Wanted>): void => {
        wanted.value = { ...wanted.peek(), ...change };
    };
    const fixed = forRequest.value !== null;
    function submit(event: Event): void {
        event.preventDefault();
        setTried(true);
        if (!ready(need)) return;
        editing.value = false;
        void search(true).then(() => document.getElementById("found")?.focus());
    }
    const parent = need.parent === null ? "no" : need.parent.pregnant ? "pregnant" : "yes";
    return (
        <form onSubmit={submit} class="need">
            <p class="quiet small">{t.noNames}</p>
            <h2 class="hidden">{t.children}</h2>
            {need.children.length > 0 && <ul class="children" aria-label={t.children}>
                {need.children.map((child, index) => (
                    <li key={index} class="child">
                        <span>{childText(child, say())}</span>
                        {!fixed && <button type="button" class="bare"
                            aria-label={t.remove(childText(child, say()))}
                            onClick={() => set({
                                children: need.children.filter((_, at) => at !== index),
                            })}><Icon name="close" /></button>}
                    </li>
                ))}
            </ul>}
            <p class="hidden" role="status">
                {need.children.map((child) => childText(child, say())).join(", ")}</p>
            {!fixed && need.children.length < 10 && <AddChild first={need.children.length === 0}
                onAdd={(child) => {
                    setTried(false);
                    set({ children: [...need.children, child] });
                }} />}
            {tried && !ready(need) && <p class="fault" role="alert">
                <Icon name="warn" /> {t.nobody}</p>}
            <div class="toggles">
                <Check label={t.emergency} help={t.emergencyHelp} checked={need.emergency}
                    onChange={(emergency) => set({ emergency })} />
                <Check label={t.tonight} help={t.tonightHelp} checked={need.tonight}
                    onChange={(tonight) => set({ tonight })} />
                {need.children.length > 1 && <Check label={t.together} help={t.togetherHelp}
                    checked={need.together} onChange={(together) => set({ together })} />}
            </div>
            <WhereField value={need.near} onChoose={(near) => set({ near })} />
            {need.near && <Choice legend={t.max} value={String(need.max_km ?? "")}
                onChoose={(km) => set({ max_km: km === "" ? null : Number(km) })}
                options={FAR.map((km) => ({ value: km,
                    text: km === "" ? t.maxAny : `${km} km` }))} />}
            <details>
                <summary>{t.moreCriteria}</summary>
                <Several<Need> legend={t.needs} values={need.needs}
                    options={Object.entries(say().needs) as [Need, string][]}
                    onChange={(needs) => set({ needs })} />
                <Several<Modality> legend={t.modality} values={need.modality}
                    options={Object.entries(say().modality) as [Modality, string][]}
                    onChange={(modality) => set({ modality })} />
                {!fixed && <Choice legend={t.parent} value={parent} options={[
                    { value: "no", text: t.parentNo }, { value: "yes", text: t.parentYes },
                    { value: "pregnant", text: t.parentPregnantYes },
                ]} onChoose={(each) => set({
                    parent: each === "no" ? null : { pregnant: each === "pregnant" },
                })} />}
                <TextField label={t.wantedOn} type="date" value={need.wanted_on ?? ""} optional
                    min={day(minute.value, zone.value)}
                    onInput={(text) => set({ wanted_on: text === "" ? null : text })} />
            </details>
            <div class="actions">
                <button type="submit" class="strong large">{t.search}</button>
                {(ready(need) || fixed) && <button type="button" class="link"
                    onClick={freshNeed}>{t.fresh}</button>}
            </div>
        </form>
    );
}
