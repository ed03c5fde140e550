// SPDX-License-Identifier: EUPL-1.2
// What went wrong, said so that one knows what to do next.
import type { Problem } from "./api";
import { label, type Words } from "./words/words";

export function problemText(problem: Problem, words: Words): string {
    const t = words.problem;
    const own = (t as Record<string, unknown>)[problem.detail ?? ""];
    if (typeof own === "string") return own;
    const details = [problem.detail, ...problem.errors.map((each) => each.detail)]
        .filter((each): each is string => each !== null);
    const said = [...new Set(details.map((each) => label(words.detail, each)))].join(" ; ");
    if (problem.type === "invalid_params") return t.invalid(said);
    if (problem.type === "internal") {
        const id = problem.data["id"];
        return t.internal(id ? ` (${String(id)})` : "");
    }
    const known = (t as Record<string, unknown>)[problem.type];
    const sentence = typeof known === "string" ? known : t.other(problem.type);
    return said === "" ? sentence : `${sentence} (${said})`;
}
