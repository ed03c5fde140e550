// SPDX-License-Identifier: EUPL-1.2
// The night as the registry holds it: searches, requests, answers, arrivals, in order; and the same
// on paper.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Child, JournalEntry, Parent } from "../protocol";
import { get, type Problem } from "../api";
import { communeName, onNews, requests, unitName, zone } from "../registry";
import { current, openRequests } from "../asking";
import { people } from "../need";
import { eventOf } from "../journal";
import { nightBegan } from "../office";
import { sayAsker as say } from "../language";
import { label, listed } from "../words/words";
import { clock } from "../moment";
import { minute, serverNow } from "../now";
import { session } from "../session";
import { LiveBar, saying } from "../parts/live_bar";
import { ProblemBox } from "../parts/panel";
import { holds } from "../registry";
import { timeOf, holdPeople } from "../parts/unit_parts";
import { activeMissions, missionName, OnCallList, useOnCall } from "./missions";

interface Told {
    unit?: string; children?: Child[]; profile?: Child[]; parent?: Parent | null; code?: string;
    near?: { commune: string | null }; total?: number; reference?: string | null;
    places?: number; request?: string | null;
}

/** One entry in words: for whom, where, with what outcome. */
function what(entry: JournalEntry): string {
    const words = say();
    const told = (entry.record ?? {}) as Told;
    const list = entry.kind === "hold" || entry.kind === "mission" ? told.profile : told.children;
    const who = Array.isArray(list) && typeof list[0] !== "number"
        ? people(list, told.parent ?? null, words) : "";
    const request = told.request ? requests.value.get(told.request)?.reference : told.reference;
    const codes = eventOf(entry) === "hold.refuse" ? words.refusal
        : entry.kind === "request" ? words.requestEnd
            : entry.kind === "movement" ? words.movementCode : words.withdrawal;
    return [label(words.event, eventOf(entry)), who,
        told.unit ? unitName(told.unit) : "",
        entry.kind === "search" && told.near?.commune
            ? words.need.near(communeName(told.near.commune)) : "",
        entry.kind === "search" ? told.total
            ? words.night.foundUnits(told.total) : words.night.foundNone : "",
        told.code ? label({ ...codes, ...words.night.why }, told.code) : "",
        request ?? ""].filter(Boolean).join(", ");
}

function Journal({ entries }: { entries: JournalEntry[] }): JSX.Element {
    return (
        <ol class="journal">
            {entries.map((entry) => (
                <li key={`${entry.revision} ${entry.id}`}>
                    <time dateTime={entry.at}>
                        {clock(Date.parse(entry.at), minute.value, saying())}</time>
                    <p>{what(entry)} <span class="quiet">
                        ({label(say().night.actors, entry.actor)})</span></p>
                </li>
            ))}
        </ol>
    );
}

/** What stands now; on paper only. */
function Standing(): JSX.Element {
    const words = say();
    const all = current([...holds.value.values()], minute.value);
    const lines = (request: string | null): JSX.Element | null => {
        const list = all.filter((hold) => hold.request === request);
        return list.length === 0 ? null : <ul>{list.map((hold) => (
            <li key={hold.id}>{words.pair(unitName(hold.unit), holdPeople(hold))},{" "}
                {label(words.holdState, hold.state)},{" "}
                {timeOf(hold.ended_at ?? hold.arrive_by ?? hold.held_until)}
                {hold.place?.address && `, ${hold.place.address}`}</li>
        ))}</ul>;
    };
    return (
        <div class="printed">
            <OnCallList list={useOnCall()} />
            <h2>{words.requests.title}</h2>
            {openRequests.value.map((request) => (
                <div key={request.id} class="card">
                    <p><strong>{people(request.children, request.parent, words)}</strong>,{" "}
                        {request.reference ?? words.requests.noReference}</p>
                    {lines(request.id)}
                </div>
            ))}
            {lines(null)}
            <h2>{words.missions.title}</h2>
            <ul>{activeMissions().map((mission) => (
                <li key={mission.id}>{people(mission.profile, null, words)} →{" "}
                    {listed([missionName(mission), mission.place.address ?? "",
                        mission.team ?? words.missions.noTeam,
                        label(words.missionState, mission.state)].filter(Boolean))}</li>
            ))}</ul>
        </div>
    );
}

export function NightScreen(): JSX.Element {
    const words = say();
    const t = words.night;
    const [entries, setEntries] = useState<JournalEntry[] | null>(null);
    const [problem, setProblem] = useState<Problem | null>(null);
    const [turn, setTurn] = useState(0);
    const from = nightBegan(serverNow(), zone.value);

    useEffect(() => {
        let stopped = false;
        void (async () => {
            const read: JournalEntry[] = [];
            let cursor: string | null = null;
            do {
                const answer: Awaited<ReturnType<typeof page>> = await page(from, cursor);
                if (stopped) return;
                if (!answer.ok) return setProblem(answer.problem);
                read.push(...answer.body.entries);
                cursor = answer.body.next;
            } while (cursor !== null && read.length < 2000);
            setProblem(null);
            setEntries(read);
        })();
        return () => {
            stopped = true;
        };
    }, [turn, zone.value]);

    useEffect(() => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const stop = onNews(() => {
            clearTimeout(timer);
            timer = setTimeout(() => setTurn((each) => each + 1), 1_500);
        });
        return () => {
            clearTimeout(timer);
            stop();
        };
    }, []);

    const since = clock(from, minute.value, saying());
    return (
        <main id="main" tabIndex={-1}>
            <h1><span class="no-print">{t.title}</span><span class="printed">{t.sheet}</span>,{" "}
                {t.since(since)}</h1>
            <p class="printed">{t.madeAt(clock(minute.value, minute.value, saying()))}{" "}
                {session.value?.name ?? session.value?.account}</p>
            <div class="printed"><LiveBar /></div>
            <div class="actions no-print">
                <button type="button" onClick={() => window.print()}>{t.print}</button>
                <button type="button" onClick={() => setTurn(turn + 1)}>{t.refresh}</button>
            </div>
            <ProblemBox problem={problem} />
            <Standing />
            <h2>{t.journal}</h2>
            {entries === null && !problem && <p class="quiet">{words.app.loading}</p>}
            {entries?.length === 0 && <p class="quiet">{t.quiet}</p>}
            {entries && entries.length > 0 && <Journal entries={entries} />}
            <div class="printed"><h2>{t.notes}</h2><div class="notes" /></div>
        </main>
    );
}

function page(from: number, cursor: string | null):
    ReturnType<typeof get<{ entries: JournalEntry[]; next: string | null }>> {
    return get<{ entries: JournalEntry[]; next: string | null }>("/v1/journal", cursor === null
        ? { from: new Date(from).toISOString(), limit: 200 }
        : { from: new Date(from).toISOString(), limit: 200, cursor });
}
