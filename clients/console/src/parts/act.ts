// SPDX-License-Identifier: EUPL-1.2
// One action at a time: busy while it is sent, its problem kept beside it.
import { useState } from "preact/hooks";
import { newKey, write, type Answer, type Problem } from "../api";

/** What had the focus may be gone with what was done: then `next` has it, else the screen, not
 *  nothing. */
export function keepFocus(next: () => HTMLElement | null | undefined = () => null): void {
    for (const wait of [0, 600, 2_000]) setTimeout(() => {
        const here = document.activeElement;
        if (here === null || here === document.body)
            (next() ?? document.getElementById("main"))?.focus({ preventScroll: true });
    }, wait);
}

export interface Act {
    busy: boolean;
    problem: Problem | null;
    clear: () => void;
    /** The answer's body, or null. The same action again, while its outcome is unknown, has the
     *  same key. */
    run: <T>(method: string, path: string, body?: unknown) => Promise<T | null>;
}

const UNSURE = ["network", "unknown_outcome", "unauthenticated"];

export function useAct(): Act {
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem | null>(null);
    const [kept] = useState<{ what: string; key: string }>({ what: "", key: "" });
    async function run<T>(method: string, path: string, body: unknown = {}): Promise<T | null> {
        const what = `${method} ${path} ${JSON.stringify(body)}`;
        if (kept.what !== what) Object.assign(kept, { what, key: newKey() });
        setBusy(true);
        setProblem(null);
        const answer: Answer<T> = await write<T>(method, path, body, kept.key);
        setBusy(false);
        if (answer.ok || !UNSURE.includes(answer.problem.type)) kept.what = "";
        if (answer.ok) {
            keepFocus();
            return answer.body;
        }
        setProblem(answer.problem);
        return null;
    }
    return { busy, problem, clear: () => setProblem(null), run };
}
