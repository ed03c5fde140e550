// SPDX-License-Identifier: EUPL-1.2
// Who fetches whom and takes them where; the team's own steps; who is on call.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Mission, OnCall } from "../protocol";
import { get } from "../api";
import { communeName, missions, onNews, unitName, unitOf } from "../registry";
import { people } from "../need";
import { sayAsker as say } from "../language";
import { label } from "../words/words";
import { session } from "../session";
import { serverNow } from "../now";
import { tell } from "../news";
import { useAct } from "../parts/act";
import { CodeForm, ProblemBox } from "../parts/panel";
import { CallButton, placeText, timeOf } from "../parts/unit_parts";

type Named = Mission & { unit_name?: string; establishment_name?: string };

const NEXT: Partial<Record<Mission["state"], "start" | "arrive" | "hand-over">> = {
    assigned: "start", under_way: "arrive", arrived: "hand-over",
};

export function missionName(mission: Named): string {
    if (mission.unit_name) return mission.establishment_name
        ? `${mission.establishment_name}, ${mission.unit_name}` : mission.unit_name;
    return unitName(mission.unit);
}

function MissionCard({ mission }: { mission: Named }): JSX.Element {
    const words = say();
    const t = words.missions;
    const act = useAct();
    const [ending, setEnding] = useState(false);
    const [code, setCode] = useState<string | null>(null);
    const role = session.value?.role;
    const next = NEXT[mission.state];
    const name = missionName(mission);
    const texts = { "start": t.start, "arrive": t.arrive, "hand-over": t.handOver };
    const path = `/v1/missions/${mission.id}/`;
    async function run(what: string, body: unknown): Promise<void> {
        if (await act.run("POST", path + what, body) === null) return;
        tell(t.said);
        setEnding(false);
    }
    const place = mission.place;
    return (
        <article class="card" aria-labelledby={`mission-${mission.id}`}>
            <h2 id={`mission-${mission.id}`} class="card-title">
                {people(mission.profile, null, words) || words.places(mission.places)}</h2>
            <p>{mission.from.commune && `${t.from(communeName(mission.from.commune))} `}
                {t.to} <strong>{name}</strong></p>
            {place.address && <p>{words.pair(words.hold.address, placeText(place))}</p>}
            <p>{words.pair(t.team, mission.team ?? t.noTeam)}</p>
            <p><strong>{label(words.missionState, mission.state)}</strong>{" "}
                <span class="quiet">{timeOf(mission.arrived_at ?? mission.under_way_at
                    ?? mission.assigned_at)}</span></p>
            {!ending && <ProblemBox problem={act.problem} />}
            <div class="actions">
                {next && role !== "territory" && <button type="button" disabled={act.busy}
                    class={role === "mobile" ? "strong large" : ""}
                    onClick={() => void run(next, next === "hand-over"
                        ? { observed_at: new Date(serverNow()).toISOString() } : {})}>
                    {texts[next]}</button>}
                <CallButton contact={place.contact ?? unitOf(mission.unit)?.contact}
                    name={name} />
                {!ending && (role === "astreinte" || role === "def") && <button type="button"
                    class="link" data-opens="end" onClick={() => setEnding(true)}>
                    {t.cancel}</button>}
            </div>
            {ending && <CodeForm title={t.cancelWhy} opener="end" codes={words.withdrawal}
                submit={t.cancelYes} busy={act.busy} problem={act.problem} chosen={code}
                onChoose={setCode} onClose={() => setEnding(false)}
                onSubmit={(why) => void run("cancel", { code: why })} />}
        </article>
    );
}

export function OnCallList(): JSX.Element {
    const words = say();
    const [list, setList] = useState<OnCall[] | null>(null);
    useEffect(() => {
        void get<{ on_call: OnCall[] }>("/v1/on-call").then((answer) => {
            if (answer.ok) setList(answer.body.on_call);
        });
    }, []);
    return (
        <section aria-labelledby="on-call">
            <h2 id="on-call">{words.missions.onCall}</h2>
            {list?.length === 0 && <p class="quiet">{words.missions.nobody}</p>}
            {list && list.length > 0 && <ul>
                {list.map((each) => (
                    <li key={each.duty + each.account}>{words.pair(label(words.duty, each.duty),
                        each.name ?? each.account)}, {words.missions.until(timeOf(each.until))}
                    </li>
                ))}
            </ul>}
        </section>
    );
}

export function activeMissions(): Mission[] {
    return [...missions.value.values()].filter((each) => each.ended_at === null)
        .sort((a, b) => a.assigned_at < b.assigned_at ? -1 : 1);
}

export function MissionsScreen(): JSX.Element {
    const words = say();
    const list = activeMissions();
    useEffect(() => session.peek()?.role !== "mobile" ? undefined : onNews((turn) => {
        for (const { before, after } of turn.set)
            if (after.kind === "mission" && before === undefined)
                tell(words.missions.news(people(after.profile, null, words)), true);
    }), [words]);
    return (
        <main id="main" tabIndex={-1}>
            <h1>{words.missions.title}</h1>
            {list.length === 0 && <p class="quiet">{words.missions.none}</p>}
            {list.map((mission) => <MissionCard key={mission.id} mission={mission} />)}
            <OnCallList />
        </main>
    );
}
