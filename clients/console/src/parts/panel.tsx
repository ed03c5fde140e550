// SPDX-License-Identifier: EUPL-1.2
// A question that opens in its place: it takes the focus when it opens, gives it back to what
// opened it (or to what stands there again then: its opener is data-opens), and Escape closes it.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { say } from "../language";
import { Icon } from "./icons";
import { problemText } from "../problem";
import type { Problem } from "../api";
import { keepFocus } from "./act";

export function Panel(props: {
    title: string; onClose: () => void; children: ComponentChildren; opener?: string | undefined;
}): JSX.Element {
    const id = useId();
    const root = useRef<HTMLDivElement>(null);
    useEffect(() => {
        const before = document.activeElement as HTMLElement | null;
        const panel = root.current;
        const host = panel?.closest("article, section, .ask-bar");
        panel?.focus({ preventScroll: true });
        panel?.scrollIntoView({ block: "nearest" });
        return () => {
            const here = document.activeElement;
            if (here !== null && here !== document.body && !panel?.contains(here)) return;
            if (before?.isConnected && before !== document.body)
                before.focus({ preventScroll: true });
            else keepFocus(() => host?.isConnected
                ? host.querySelector<HTMLElement>(`[data-opens="${props.opener ?? ""}"]`) : null);
        };
    }, []);
    return (
        <div class="panel" role="group" aria-labelledby={id} tabIndex={-1} ref={root}
            onKeyDown={(event) => {
                if (event.key !== "Escape") return;
                event.stopPropagation();
                props.onClose();
            }}>
            <div class="panel-head">
                <p class="panel-title" id={id}>{props.title}</p>
                <button type="button" class="bare" aria-label={say().app.close}
                    onClick={props.onClose}><Icon name="close" /></button>
            </div>
            {props.children}
        </div>
    );
}

/** A problem of an action, beside the action. */
export function ProblemBox({ problem }: { problem: Problem | null }): JSX.Element {
    return (
        <div role="alert">
            {problem && <div class="box bad">
                <Icon name="warn" />
                <div><strong>{say().problem.title}.</strong> {problemText(problem, say())}</div>
            </div>}
        </div>
    );
}

/** Choosing one code out of a list, then doing it. */
export function CodeForm(props: {
    title: string; codes: Record<string, string>; submit: string; note?: (code: string) => string;
    busy: boolean; problem: Problem | null; onClose: () => void; onSubmit: (code: string) => void;
    chosen: string | null; onChoose: (code: string) => void; opener?: string;
}): JSX.Element {
    const name = useId();
    const note = props.chosen !== null && props.note ? props.note(props.chosen) : "";
    return (
        <Panel title={props.title} onClose={props.onClose} opener={props.opener}>
            <form onSubmit={(event) => {
                event.preventDefault();
                if (props.chosen !== null) props.onSubmit(props.chosen);
            }}>
                <fieldset class="choice">
                    <legend class="hidden">{props.title}</legend>
                    <div class="chips">
                        {Object.entries(props.codes).map(([code, text]) => (
                            <label key={code} class="chip">
                                <input type="radio" name={name} required
                                    checked={props.chosen === code}
                                    onChange={() => props.onChoose(code)} />
                                <span class="chip-text">{text}</span>
                            </label>
                        ))}
                    </div>
                </fieldset>
                {note && <p class="quiet">{note}</p>}
                <ProblemBox problem={props.problem} />
                <div class="actions">
                    <button type="submit" class="strong" disabled={props.busy}>
                        {props.busy ? say().app.sending : props.submit}
                    </button>
                    <button type="button" onClick={props.onClose}>{say().app.cancel}</button>
                </div>
            </form>
        </Panel>
    );
}
