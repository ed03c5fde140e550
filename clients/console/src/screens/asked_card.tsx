// SPDX-License-Identifier: EUPL-1.2
// What an establishment is asked: yes, or no and why; then the arrival. Never queued: an answer is
// given when the server has it.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Hold } from "../protocol";
import { say } from "../language";
import { label, listed } from "../words/words";
import { settle, tell } from "../news";
import { missions, unitName } from "../registry";
import { useAct } from "../parts/act";
import { CodeForm, Panel, ProblemBox } from "../parts/panel";
import { Icon } from "../parts/icons";
import { Countdown, holdPeople, timeOf } from "../parts/unit_parts";

export function AskedCard({ hold }: { hold: Hold }): JSX.Element {
    const t = say().hold;
    const act = useAct();
    const [asking, setAsking] = useState<"accept" | "refuse" | null>(null);
    const [code, setCode] = useState<string | null>(null);
    const name = unitName(hold.unit);
    const title = `asked-${hold.id}`;

    function ask(what: "accept" | "refuse" | null): void {
        act.clear();
        setAsking(what);
    }
    async function answer(what: "accept" | "refuse"): Promise<void> {
        const body = what === "refuse" ? { code } : {};
        const done = await act.run("POST", `/v1/holds/${hold.id}/${what}`, body);
        if (done !== null) tell(what === "accept" ? t.accepted : t.refused);
    }

    return (
        <article class="card asked" aria-labelledby={title} onClick={() => settle(hold.id)}>
            <h3 id={title}>{t.asksFor(hold.places)}, {name}</h3>
            <p class="who">{holdPeople(hold)}</p>
            <p>
                <span class="tag">{hold.emergency ? t.emergency : t.planned}</span>
                {hold.needs.length > 0 && ` ${t.needs(listed(hold.needs.map((need) =>
                    label(say().needs, need))))}`}
            </p>
            <p><Countdown until={hold.held_until} /> <span class="quiet">
                {t.answerBefore(timeOf(hold.held_until))}</span></p>
            {hold.escalated && <p class="quiet">{t.escalated}</p>}
            {asking === null && <div class="actions">
                <button type="button" class="strong large" data-opens="accept"
                    aria-label={listed([t.accept, name])}
                    onClick={() => ask("accept")}>{t.accept}</button>
                <button type="button" class="large" data-opens="refuse"
                    aria-label={listed([t.refuse, name])}
                    onClick={() => ask("refuse")}>{t.refuse}</button>
            </div>}
            {asking === "accept" && <Panel title={t.acceptConfirm(hold.places, name)}
                opener="accept" onClose={() => ask(null)}>
                <ProblemBox problem={act.problem} />
                <div class="actions">
                    <button type="button" class="strong large" disabled={act.busy}
                        onClick={() => void answer("accept")}>
                        {act.busy ? say().app.sending : t.acceptYes}</button>
                    <button type="button" onClick={() => ask(null)}>{say().app.cancel}</button>
                </div>
            </Panel>}
            {asking === "refuse" && <CodeForm title={t.refuseWhy} opener="refuse"
                codes={say().refusal} submit={t.refuseYes} busy={act.busy} problem={act.problem}
                chosen={code} note={(each) => each === "full" ? t.fullNote : ""} onChoose={setCode}
                onClose={() => ask(null)} onSubmit={() => void answer("refuse")} />}
        </article>
    );
}

export function ExpectedCard({ hold }: { hold: Hold }): JSX.Element {
    const t = say().hold;
    const act = useAct();
    const name = unitName(hold.unit);
    const mission = [...missions.value.values()].find((each) => each.hold === hold.id
        && each.state !== "cancelled");
    async function arrived(): Promise<void> {
        const body = { observed_at: new Date().toISOString() };
        if (await act.run("POST", `/v1/holds/${hold.id}/arrive`, body) !== null)
            tell(t.arrivedDone);
    }
    return (
        <article class="card" aria-labelledby={`expected-${hold.id}`}>
            <h3 id={`expected-${hold.id}`}>{holdPeople(hold)}</h3>
            <p>{name}</p>
            <p class={hold.overdue ? "trust old" : "quiet"}>
                <Icon name={hold.overdue ? "warn" : "clock"} />{" "}
                {hold.overdue ? t.overdue(timeOf(hold.arrive_by))
                    : t.expectedBefore(timeOf(hold.arrive_by))}</p>
            {mission && <p>{say().pair(say().duty.mobile,
                label(say().missionState, mission.state))}</p>}
            <ProblemBox problem={act.problem} />
            <div class="actions">
                <button type="button" class="strong large" disabled={act.busy}
                    aria-label={listed([act.busy ? say().app.sending : t.arrived, name])}
                    onClick={() => void arrived()}>
                    {act.busy ? say().app.sending : t.arrived}</button>
            </div>
        </article>
    );
}
