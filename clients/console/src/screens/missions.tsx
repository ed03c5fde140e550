// SPDX-License-Identifier: EUPL-1.2
// Who fetches whom and takes them where; the team's own steps; who is on call.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Mission, OnCall } from "../protocol";
import { get } from "../api";
import { communeName, missions, onNews, rotas, unitName, unitOf } from "../registry";
import { people } from "../need";
import { sayAsker as say } from "../language";
import { label } from "../words/words";
import { session } from "../session";
import { minute, serverNow } from "../now";
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

/** Teams by account: those on call, then all that the rota knows. */
function teams(onCall: OnCall[]): Record<string, string> {
    const known = [...onCall, ...rotas.value.values()].filter((each) => each.duty === "mobile");
    return Object.fromEntries(known.reverse().map((each) =>
        [each.account, (each as Partial<OnCall>).name ?? each.account]));
}

function MissionCard({ mission, onCall }: { mission: Named; onCall: OnCall[] }): JSX.Element {
    const words = say();
    const t = words.missions;
    const act = useAct();
    const [asking, setAsking] = useState<"cancel" | "assign" | null>(null);
    const [code, setCode] = useState<string | null>(null);
    const role = session.value?.role;
    const next = NEXT[mission.state];
    const name = missionName(mission);
    const texts = { "start": t.start, "arrive": t.arrive, "hand-over": t.handOver };
    const path = `/v1/missions/${mission.id}/`;
    const names = teams(onCall);
    async function run(what: string, body: unknown): Promise<void> {
        if (await act.run("POST", path + what, body) === null) return;
        tell(t.said);
        setAsking(null);
    }
    function ask(what: "cancel" | "assign"): void {
        setCode(null);
        setAsking(what);
    }
    const opens = (what: "cancel" | "assign", text: string): JSX.Element =>
        <button type="button" class="link" data-opens={what} onClick={() => ask(what)}>
            {text}</button>;
    const place = mission.place;
    return (
        <article class="card" aria-labelledby={`mission-${mission.id}`}>
            <h2 id={`mission-${mission.id}`} class="card-title">
                {people(mission.profile, null, words) || words.places(mission.places)}</h2>
            <p>{mission.from.commune && `${t.from(communeName(mission.from.commune))} `}
                {t.to} <strong>{name}</strong></p>
            {place.address && <p>{words.pair(words.hold.address, placeText(place))}</p>}
            <p>{words.pair(t.team, mission.team === null ? t.noTeam
                : names[mission.team] ?? mission.team)}</p>
            <p><strong>{label(words.missionState, mission.state)}</strong>{" "}
                <span class="quiet">{timeOf(mission.arrived_at ?? mission.under_way_at
                    ?? mission.assigned_at)}</span></p>
            {!asking && <ProblemBox problem={act.problem} />}
            <div class="actions">
                {next && role !== "territory" && <button type="button" disabled={act.busy}
                    class={role === "mobile" ? "strong large" : ""}
                    onClick={() => void run(next, next === "hand-over"
                        ? { observed_at: new Date(serverNow()).toISOString() } : {})}>
                    {texts[next]}</button>}
                <CallButton contact={place.contact ?? unitOf(mission.unit)?.contact}
                    name={name} />
                {!asking && (role === "astreinte" || role === "def") && <>
                    {opens("assign", t.assign)}{opens("cancel", t.cancel)}</>}
            </div>
            {asking && <CodeForm title={asking === "cancel" ? t.cancelWhy : t.assignWhom}
                opener={asking} codes={asking === "cancel" ? words.withdrawal : names}
                submit={asking === "cancel" ? t.cancelYes : t.assignYes} busy={act.busy}
                problem={act.problem} chosen={code} onChoose={setCode}
                onClose={() => setAsking(null)} onSubmit={(each) => void run(asking,
                    asking === "cancel" ? { code: each } : { team: each })} />}
        </article>
    );
}

/** Who has which duty now; null: not known yet. */
export function useOnCall(): OnCall[] | null {
    const [list, setList] = useState<OnCall[] | null>(null);
    const turns = [...rotas.value.values()].filter((each) =>
        Date.parse(each.from_at) <= minute.value && minute.value < Date.parse(each.to_at));
    useEffect(() => {
        let stopped = false;
        void get<{ on_call: OnCall[] }>("/v1/on-call").then((answer) => {
            if (answer.ok && !stopped) setList(answer.body.on_call);
        });
        return () => {
            stopped = true;
        };
    }, [turns.map((each) => each.id + each.revision).join()]);
    return list;
}

export function OnCallList({ list }: { list: OnCall[] | null }): JSX.Element {
    const words = say();
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
    const onCall = useOnCall();
    useEffect(() => session.peek()?.role !== "mobile" ? undefined : onNews((turn) => {
        for (const { before, after } of turn.set)
            if (after.kind === "mission" && before === undefined)
                tell(words.missions.news(people(after.profile, null, words)), true);
    }), [words]);
    return (
        <main id="main" tabIndex={-1}>
            <h1>{words.missions.title}</h1>
            {list.length === 0 && <p class="quiet">{words.missions.none}</p>}
            {list.map((mission) => <MissionCard key={mission.id} mission={mission}
                onCall={onCall ?? []} />)}
            <OnCallList list={onCall} />
        </main>
    );
}
