// SPDX-License-Identifier: EUPL-1.2
// The on-call officer's screen: the need, the places, live; what runs stays above.
import type { JSX } from "preact";
import {
    busy, editing, forRequest, found, foundAt, outOfOrder, problem, reorder, shown, wanted, widen,
} from "../searching";
import { people, type Wanted } from "../need";
import { allAsked, myHolds } from "../asking";
import { requests } from "../registry";
import { sayAsker as say } from "../language";
import { label } from "../words/words";
import { date, exact } from "../moment";
import { minute } from "../now";
import { tell } from "../news";
import { HoldRow } from "../parts/hold_card";
import { Icon } from "../parts/icons";
import { saying } from "../parts/live_bar";
import { ProblemBox } from "../parts/panel";
import { useAct } from "../parts/act";
import { freshNeed, NeedForm } from "./need_form";
import { MissCard, ResultCard } from "./result_card";
import { AskBar, ensureRequest, requestText, SplitBox } from "./ask_bar";

// One file for them all: who searches asks, and together they are a fifth smaller.
export { AsksScreen } from "./asks";
export { MissionsScreen } from "./missions";
export { NightScreen } from "./night";

export function needText(need: Wanted): string {
    const words = say();
    const t = words.need;
    const parts = [people(need.children, need.parent, words)];
    if (need.emergency) parts.push(words.hold.emergency);
    if (need.tonight) parts.push(t.tonight.toLowerCase());
    if (need.children.length > 1) parts.push(need.together ? t.together.toLowerCase() : t.apart);
    if (need.near) parts.push(t.near(need.near.name));
    if (need.near && need.max_km !== null) parts.push(t.within(need.max_km));
    parts.push(...need.needs.map((each) => label(words.needs, each)),
        ...need.modality.map((each) => label(words.modality, each)));
    if (need.wanted_on) parts.push(t.forDate(date(need.wanted_on, minute.value, saying())));
    return parts.join(" · ");
}

function Summary(): JSX.Element {
    const t = say();
    const act = useAct();
    const request = forRequest.value ? requests.value.get(forRequest.value) : undefined;
    async function openOnly(): Promise<void> {
        if (await ensureRequest(act, "", "") !== null) tell(t.requests.opened);
    }
    return (
        <div class="card">
            <div class="need-line">
                <p>{needText(wanted.value)}</p>
                <button type="button" onClick={() => {
                    editing.value = true;
                }}>{t.need.change}</button>
            </div>
            {request && <p class="quiet">{requestText(request)}</p>}
            {request && request.state !== "open" && <div class="box good">
                <Icon name="check" />
                <div>
                    <p>{label(t.requestState, request.state)}</p>
                    <button type="button" onClick={freshNeed}>{t.need.fresh}</button>
                </div>
            </div>}
            {!forRequest.value && <button type="button" class="link" disabled={act.busy}
                onClick={() => void openOnly()}>{t.requests.openOnly}</button>}
            <ProblemBox problem={act.problem} />
        </div>
    );
}

function Widen(): JSX.Element | null {
    const t = say().found;
    const need = wanted.value;
    const ways: [string, Partial<Wanted>][] = [];
    if (need.max_km !== null) ways.push([t.widenKm, { max_km: null }]);
    if (need.tonight) ways.push([t.widenNight, { tonight: false }]);
    if (!need.emergency) ways.push([t.widenEmergency, { emergency: true }]);
    if (need.modality.length) ways.push([t.widenModality, { modality: [] }]);
    if (need.together && need.children.length > 1) ways.push([t.widenApart, { together: false }]);
    if (ways.length === 0) return null;
    return (
        <div class="actions" role="group" aria-label={t.widen}>
            {ways.map(([text, change]) => <button key={text} type="button"
                onClick={() => widen(change)}>{text}</button>)}
        </div>
    );
}

function Rejected(): JSX.Element | null {
    const t = say().found;
    const answer = found.value;
    if (!answer) return null;
    const reasons = Object.entries(answer.rejected).filter(([, count]) => (count ?? 0) > 0)
        .sort((a, b) => (b[1] ?? 0) - (a[1] ?? 0));
    if (reasons.length === 0) return null;
    return (
        <details>
            <summary>{t.rejected}</summary>
            <p class="quiet">{t.rejectedOf(answer.considered)}</p>
            <dl class="rejected">
                {reasons.map(([code, count]) => [<dt key={code}>{count}</dt>,
                    <dd key={`${code}-d`}>{label(say().rejected, code)}</dd>])}
            </dl>
        </details>
    );
}

function Results(): JSX.Element {
    const t = say().found;
    const answer = found.value;
    const fitting = shown.value.filter((each) => each.change !== "gone");
    const count = fitting.length;
    const toAsk = fitting.filter((each) => each.unit.capacity.free === null).length;
    const covered = allAsked(forRequest.value);
    const told = answer === null ? busy.value ? t.searching : ""
        : (answer.total > count ? t.best(count, answer.total) : t.count(count))
            + (toAsk > 0 ? t.ofWhichAsk(toAsk) : "");
    return (
        <section id="results" aria-labelledby="found">
            <h2 id="found" tabIndex={-1}>{t.title}</h2>
            <p role="status">{told}</p>
            {answer && foundAt.value !== null && <p class="quiet small">
                {t.asOf(exact(foundAt.value, saying()))}</p>}
            <ProblemBox problem={problem.value} />
            {answer?.stale && <p class="to-ask"><Icon name="warn" />{" "}
                {say().live.stale(exact(Date.parse(answer.as_of), saying()))}</p>}
            {outOfOrder.value && shown.value.length > 0 && <div class="box plain">
                <Icon name="clock" /><div><p>{t.changed}</p>
                    <button type="button" onClick={reorder}>{t.reorder}</button></div></div>}
            {answer && count === 0 && covered && <p>{t.noneElse}</p>}
            {answer && count === 0 && !covered && <div class="box warn"><Icon name="warn" />
                <div><p><strong>{t.none}</strong></p><p>{t.noneLive}</p></div></div>}
            {answer && count === 0 && !covered && <Widen />}
            {!covered && <SplitBox />}
            <div class="cards">
                {shown.value.map((each) => <ResultCard key={each.unit.id} result={each} />)}
            </div>
            {answer && answer.near_misses.length > 0 && <>
                <h2>{t.nearMisses}</h2>
                <p class="quiet">{t.nearMissesHelp}</p>
                <div class="cards">
                    {answer.near_misses.map((miss) =>
                        <MissCard key={miss.unit.id} miss={miss} />)}
                </div>
            </>}
            <Rejected />
        </section>
    );
}

export function SearchScreen(): JSX.Element {
    const t = say();
    const running = myHolds.value;
    return (
        <main id="main" tabIndex={-1}>
            {running.length > 0 && <section aria-labelledby="running">
                <h2 id="running" tabIndex={-1}>{t.ask.running}</h2>
                <ul class="rows">{running.map((hold) => <HoldRow key={hold.id} hold={hold} />)}</ul>
                <p><a class="touch" href="#asks">{t.ask.all}</a></p>
            </section>}
            {editing.value ? <>
                <h1>{t.need.title}</h1>
                <NeedForm />
            </> : <>
                <h1 class="hidden">{t.tabs.search}</h1>
                <Summary />
                <Results />
                <AskBar />
            </>}
        </main>
    );
}
