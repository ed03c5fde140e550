// SPDX-License-Identifier: EUPL-1.2
// The waiting list: each request with what is asked for it, what it is offered, and how it ends.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Offer, Request } from "../protocol";
import { current, offerOf, openRequests } from "../asking";
import { editing, forRequest, search, wanted } from "../searching";
import { people, wantedOf } from "../need";
import { communeName, holds, open, unitName, zone } from "../registry";
import { sayAsker as say } from "../language";
import { label, listed } from "../words/words";
import { changes, taken, type Field, type Values } from "../form";
import { date, day, duration } from "../moment";
import { minute } from "../now";
import { settle, tell } from "../news";
import { useAct } from "../parts/act";
import { Form } from "../parts/form";
import { HoldCard } from "../parts/hold_card";
import { Icon } from "../parts/icons";
import { saying } from "../parts/live_bar";
import { CodeForm, ProblemBox } from "../parts/panel";
import { Countdown, timeOf } from "../parts/unit_parts";

function OfferBox({ offer }: { offer: Offer }): JSX.Element {
    const t = say().requests;
    const act = useAct();
    async function take(): Promise<void> {
        const body = { unit: offer.unit, request: offer.request, children: offer.children,
            emergency: offer.emergency, places: offer.places };
        if (await act.run("POST", "/v1/holds", body) !== null) tell(say().ask.asked(1));
    }
    async function decline(): Promise<void> {
        const path = `/v1/requests/${offer.request}/decline`;
        if (await act.run("POST", path, { offer: offer.id }) !== null) tell(t.declined);
    }
    return (
        <div class="box warn" onClick={() => settle(offer.id)}>
            <Icon name="alarm" />
            <div>
                <p>{t.offer(unitName(offer.unit), timeOf(offer.offered_until))}{" "}
                    <Countdown until={offer.offered_until} /></p>
                <ProblemBox problem={act.problem} />
                <div class="actions">
                    <button type="button" class="strong" disabled={act.busy}
                        onClick={() => void take()}>{t.take}</button>
                    <button type="button" disabled={act.busy}
                        onClick={() => void decline()}>{t.decline}</button>
                </div>
            </div>
        </div>
    );
}

function requestFields(request: Request, values: Values): Field[] {
    const words = say();
    const t = words.need;
    const from = day(minute.value, zone.value);
    return [
        { name: "emergency", label: t.emergency, help: t.emergencyHelp, kind: "check" },
        { name: "together", label: t.together, help: t.togetherHelp, kind: "check",
            away: request.children.length < 2 },
        { name: "max_km", label: t.maxKm, kind: "number" },
        { name: "wanted_on", label: t.wantedOn, kind: "date", from },
        { name: "wanted_until", label: t.wantedUntil, kind: "date", from,
            away: !values["wanted_on"] },
        { name: "needs", label: t.needs, kind: "codes", options: Object.entries(words.needs) },
        { name: "modality", label: t.modality, kind: "codes",
            options: Object.entries(words.modality) },
        { name: "legal_frame", label: words.ask.frame, kind: "code",
            options: Object.entries(words.frame) },
        { name: "reference", label: words.ask.reference, help: words.ask.referenceHelp, most: 20 },
    ];
}

/** What is told of the need: only what changes; lists whole, for they are never cleared. */
function UpdateForm({ request, onClose }: { request: Request; onClose: () => void }): JSX.Element {
    const t = say().requests;
    const act = useAct();
    const start: Values = { ...request };
    const fields = requestFields(request, start);
    const whole = (values: Values): Values => ({ needs: [], modality: [], ...values });
    async function submit(values: Values): Promise<void> {
        const body = changes(whole(taken(fields, start).body), whole(values));
        if (Object.keys(body).length > 0
            && await act.run("PATCH", `/v1/requests/${request.id}`, body) === null) return;
        tell(t.updated);
        onClose();
    }
    return <Form title={t.updateTitle} opener="update" start={start}
        fields={(values) => requestFields(request, values)}
        submit={t.updateYes} act={act} onClose={onClose}
        onSubmit={(values) => void submit(values)} />;
}

function RequestCard({ request }: { request: Request }): JSX.Element {
    const words = say();
    const t = words.requests;
    const act = useAct();
    const [asking, setAsking] = useState<"close" | "update" | null>(null);
    const [code, setCode] = useState<string | null>(null);
    const list = current([...holds.value.values()].filter((hold) =>
        hold.request === request.id), minute.value);
    const offer = offerOf(request.id);
    const waits = minute.value - Date.parse(request.decided_at);
    const said = (on: string): string => date(on, minute.value, saying());
    const facts = [request.emergency ? words.hold.emergency : words.hold.planned,
        request.from.commune ? words.need.near(communeName(request.from.commune)) : "",
        request.legal_frame ? label(words.frame, request.legal_frame) : "",
        request.wanted_on ? words.need.forDate(said(request.wanted_on)) : "",
        request.wanted_until ? words.movement.untilSaid(said(request.wanted_until)) : "",
        ...request.needs.map((need) => label(words.needs, need))].filter(Boolean);
    function look(): void {
        const commune = request.from.commune;
        wanted.value = wantedOf(request, commune && communeName(commune), !open.peek());
        forRequest.value = request.id;
        editing.value = false;
        location.hash = "#search";
        void search(true);
    }
    async function close(why: string): Promise<void> {
        const done = await act.run("POST", `/v1/requests/${request.id}/close`, { code: why });
        if (done !== null) tell(t.closed);
    }
    return (
        <article class="card" aria-labelledby={`request-${request.id}`}>
            <h2 id={`request-${request.id}`} class="card-title">
                {people(request.children, request.parent, words)}</h2>
            <p class="quiet">{request.reference ?? t.noReference} · {listed(facts)}</p>
            <p><Icon name="clock" />{" "}
                {request.state === "placed" ? t.placed(timeOf(request.placed_at))
                    : waits < 60_000 ? t.waitingNew : t.waiting(duration(waits, words))}
                {request.state === "open" && request.placed.length > 0
                    && `, ${t.partly(request.placed.length, request.children.length)}`}</p>
            {offer && <OfferBox offer={offer} />}
            {list.length === 0 && <p class="quiet">{t.noHolds}</p>}
            <div class="cards">
                {list.map((hold) => <HoldCard key={hold.id} hold={hold}
                    people={hold.children.length < request.children.length} />)}
            </div>
            {!asking && <ProblemBox problem={act.problem} />}
            {asking === "update" && <UpdateForm request={request}
                onClose={() => setAsking(null)} />}
            {asking === "close" ? <CodeForm title={t.closeWhy} opener="close"
                codes={words.requestEnd} submit={t.closeYes} busy={act.busy} problem={act.problem}
                chosen={code}
                onChoose={setCode} onClose={() => setAsking(null)}
                onSubmit={(why) => void close(why)} />
                : !asking && <div class="actions">
                    {request.state === "open" && <button type="button" class="strong"
                        onClick={look}>{t.searchFor}</button>}
                    {request.state === "open" && <button type="button" class="link"
                        data-opens="update" onClick={() => setAsking("update")}>
                        {t.update}</button>}
                    <button type="button" class="link" data-opens="close"
                        onClick={() => setAsking("close")}>
                        {t.close}</button>
                </div>}
        </article>
    );
}

export function AsksScreen(): JSX.Element {
    const t = say().requests;
    const list = openRequests.value;
    const loose = current([...holds.value.values()].filter((hold) => hold.request === null),
        minute.value);
    return (
        <main id="main" tabIndex={-1}>
            <h1>{t.title}</h1>
            {list.length + loose.length === 0 && <p class="quiet">{t.none}</p>}
            {list.map((request) => <RequestCard key={request.id} request={request} />)}
            {loose.map((hold) => <HoldCard key={hold.id} hold={hold} />)}
        </main>
    );
}
