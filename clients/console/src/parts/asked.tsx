// SPDX-License-Identifier: EUPL-1.2
// What a question answers, asked again when it changes. A server that does not know it says so.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get, type Answer, type Problem } from "../api";
import { saySteer as say } from "../language";
import { ProblemBox } from "./panel";

const MOST = 20; // pages: further than anybody would look

/** All pages of a list. */
export async function pages<T>(path: string, query: Record<string, unknown>, member: string):
    Promise<Answer<T[]>> {
    const list: T[] = [];
    let cursor: unknown;
    for (let i = 0; i < MOST && cursor !== null; i++) {
        const answer = await get<Record<string, unknown>>(path, { ...query, cursor });
        if (!answer.ok) return answer;
        list.push(...answer.body[member] as T[]);
        cursor = answer.body["next"] ?? null;
    }
    return { ok: true, body: list };
}

/** `member`: the list of that name, with all its pages. `silent`: nothing but an answer shows. */
export function Asked<T>({ path, query, member, again, silent, show }: {
    path: string; query: Record<string, unknown>; member?: string; again?: unknown;
    silent?: boolean; show: (body: T) => JSX.Element;
}): JSX.Element {
    const words = say();
    const question = JSON.stringify([path, query]);
    const [said, setSaid] = useState<{ question: string; body: T } | null>(null);
    const [problem, setProblem] = useState<Problem | null>(null);
    useEffect(() => {
        let mine = true;
        void (member ? pages(path, query, member) as Promise<Answer<T>> : get<T>(path, query))
            .then((answer) => {
                if (!mine) return;
                setProblem(answer.ok ? null : answer.problem);
                if (answer.ok) setSaid({ question, body: answer.body });
            });
        return () => {
            mine = false;
        };
    }, [question, again]);
    if (said?.question === question && !problem) return show(said.body);
    if (silent) return <></>;
    if (problem) return problem.status === 404 ? <p class="quiet">{words.steer.notHere}</p>
        : <ProblemBox problem={problem} />;
    return <p class="quiet">{words.app.loading}</p>;
}
