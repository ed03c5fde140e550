// SPDX-License-Identifier: EUPL-1.2
// A hold as its asker sees it: how long, whom to call, what came of it, what to do next.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Hold } from "../protocol";
import { missionOf } from "../asking";
import { open, unitName, unitOf } from "../registry";
import { dialled, numberNow } from "../office";
import { sayAsker as say } from "../language";
import { label, listed } from "../words/words";
import { settle, tell } from "../news";
import { session } from "../session";
import { serverNow } from "../now";
import { useAct } from "./act";
import { Icon } from "./icons";
import { CodeForm, ProblemBox } from "./panel";
import { ReportWrong } from "./report";
import { CallButton, Countdown, holdPeople, placeText, timeOf } from "./unit_parts";

function stateText(hold: Hold): string {
    const t = say().hold;
    if (hold.state === "held") return t.waiting(timeOf(hold.held_until));
    const state = label(say().holdState, hold.state);
    if (hold.state === "accepted") return hold.overdue ? t.overdue(timeOf(hold.arrive_by))
        : `${state}, ${t.expectedBefore(timeOf(hold.arrive_by))}`;
    const codes = hold.state === "refused" ? say().refusal : say().withdrawal;
    const why = hold.code ? ` (${label(codes, hold.code)})` : "";
    return `${state}${why}, ${timeOf(hold.ended_at)}`;
}

/** Whether it went as it was asked: no cross on an arrival. */
function went(hold: Hold): boolean {
    return hold.state === "accepted" || hold.state === "arrived";
}

/** One line of what runs: how long or what came of it, and the telephone. */
export function HoldRow({ hold }: { hold: Hold }): JSX.Element {
    const words = say();
    const unit = unitOf(hold.unit);
    const name = unitName(hold.unit);
    const number = numberNow(hold.place?.contact ?? unit?.contact, open.value);
    const ended = hold.state !== "held" && hold.state !== "accepted";
    return (
        <li class={`row ${hold.state}`}>
            <div>
                <p><strong>{name}</strong></p>
                {hold.state === "held" ? <p><Countdown until={hold.held_until} />{" "}
                    <span class="quiet">{holdPeople(hold)}</span></p>
                    : <p class={hold.overdue ? "to-ask" : ""}>
                        <Icon name={went(hold) ? "check" : "close"} /> {stateText(hold)}{" "}
                        <span class="quiet">{holdPeople(hold)}</span></p>}
            </div>
            {!ended && number && <a class="button" href={dialled(number.number)}
                aria-label={`${words.unit.call} ${name}, ${number.number}`}>
                <Icon name="phone" /></a>}
        </li>
    );
}

export function HoldCard({ hold, people = true }: { hold: Hold; people?: boolean }): JSX.Element {
    const t = say();
    const act = useAct();
    const [ending, setEnding] = useState(false);
    const [code, setCode] = useState<string | null>(null);
    const unit = unitOf(hold.unit);
    const name = unitName(hold.unit);
    const mission = missionOf(hold.id);
    const place = hold.place;
    const path = `/v1/holds/${hold.id}/`;
    const decides = hold.state === "held" && hold.emergency && session.value?.role !== "territory"
        && (unit?.capacity.emergency_reserved ?? 0) > 0;

    async function run(what: string, body: unknown = {}): Promise<void> {
        if (await act.run("POST", path + what, body) !== null) setEnding(false);
    }
    async function send(): Promise<void> {
        if (await act.run("POST", "/v1/missions", { hold: hold.id }) !== null)
            tell(t.missions.said);
    }

    function buttons(): JSX.Element {
        if (hold.state === "held") return <>
            {hold.extensions < 2 && <button type="button" disabled={act.busy}
                onClick={() => void run("extend", { minutes: 30 })}>{t.hold.extend}</button>}
            <button type="button" disabled={act.busy}
                onClick={() => void run("release")}>{t.hold.release}</button>
            {decides && <button type="button" disabled={act.busy}
                onClick={() => void run("accept")}>{t.hold.decide}</button>}
        </>;
        return <>
            <button type="button" disabled={act.busy} onClick={() => void run("arrive",
                { observed_at: new Date(serverNow()).toISOString() })}>{t.hold.arrived}</button>
            {!mission && <button type="button" disabled={act.busy}
                onClick={() => void send()}>{t.missions.create}</button>}
            {!ending && <button type="button" data-opens="end"
                onClick={() => setEnding(true)}>
                {t.hold.withdraw}</button>}
        </>;
    }

    return (
        <article class={`card hold ${hold.state}`} aria-labelledby={`hold-${hold.id}`}
            onClick={() => settle(hold.id)}>
            <h3 id={`hold-${hold.id}`}>{name}</h3>
            {people && <p>{holdPeople(hold)}</p>}
            {hold.state === "held" ? <p><Countdown until={hold.held_until} />{" "}
                <span class="quiet">{stateText(hold)}</span></p>
                : <p class={hold.overdue ? "to-ask" : ""}>
                    <Icon name={went(hold) ? "check" : "close"} />{" "}
                    <strong>{stateText(hold)}</strong></p>}
            {hold.stale_unit && hold.state === "held" && <p class="to-ask">{t.hold.stale}</p>}
            {place && <p>{t.pair(t.hold.address, placeText(place))}</p>}
            {mission && <p>{t.pair(t.duty.mobile,
                label(t.missionState, mission.state))}
                {mission.team && ` (${mission.team})`}</p>}
            {(hold.state === "held" || hold.state === "accepted") && <>
                <div class="actions">
                    <CallButton contact={place?.contact ?? unit?.contact} name={name} />
                </div>
                <details>
                    <summary aria-label={listed([t.hold.gestures, name])}>
                        {t.hold.gestures}</summary>
                    <div class="actions">{buttons()}<ReportWrong unit={unit} /></div>
                </details>
            </>}
            {ending && hold.state === "accepted" && <CodeForm title={t.hold.withdrawWhy}
                opener="end"
                codes={t.withdrawal} submit={t.hold.withdrawYes} busy={act.busy}
                problem={act.problem} chosen={code} onChoose={setCode}
                onClose={() => setEnding(false)} onSubmit={(each) =>
                    void run("withdraw", { code: each })} />}
            {!ending && <ProblemBox problem={act.problem} />}
        </article>
    );
}
