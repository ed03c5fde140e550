// SPDX-License-Identifier: EUPL-1.2
// Account, password, and the second factor's code when it is asked for. Also over a screen whose
// session has ended: what was typed there stays.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../api";
import { say } from "../language";
import { login, session } from "../session";
import { problemText } from "../problem";
import { TextField } from "../parts/fields";
import { Icon } from "../parts/icons";

function why(problem: Problem): string {
    const t = say().login;
    switch (problem.detail) {
        case "wrong_credentials": return t.wrong;
        case "totp_required": return t.codeNeeded;
        case "totp_not_enrolled": return t.notEnrolled;
        case "disabled": return t.disabled;
    }
    if (problem.type === "unauthenticated") return t.wrong;
    if (problem.retryAfter !== null) return t.slow(problem.retryAfter);
    return problemText(problem, say());
}

export function LoginForm({ again }: { again: boolean }): JSX.Element {
    const t = say().login;
    const [account, setAccount] = useState(again ? session.peek()?.account ?? "" : "");
    const [password, setPassword] = useState("");
    const [code, setCode] = useState("");
    const [codeAsked, setCodeAsked] = useState(false);
    const [shown, setShown] = useState(false);
    const [tried, setTried] = useState(false);
    const [busy, setBusy] = useState(false);
    const [waits, setWaits] = useState<number | null>(null);
    const [problem, setProblem] = useState<Problem | null>(null);
    const form = useRef<HTMLFormElement>(null);

    const focus = (name: string): void => form.current
        ?.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.focus();
    useEffect(() => focus(again && account !== "" ? "password" : "account"), []);
    useEffect(() => {
        if (codeAsked) focus("totp");
    }, [codeAsked]);

    async function submit(event: Event): Promise<void> {
        event.preventDefault();
        setTried(true);
        if (account === "" || password === "" || busy) {
            focus(account === "" ? "account" : "password");
            return;
        }
        setBusy(true);
        setProblem(null);
        const found = await login(account, password, code, setWaits);
        setBusy(false);
        setWaits(null);
        if (found === null) return;
        setProblem(found);
        setTried(false);
        if (found.detail === "totp_required") setCodeAsked(true);
        else if (found.type === "unauthenticated") {
            setCode("");
            focus("password");
        }
    }

    const needed = (text: string): string | undefined =>
        tried && text === "" ? t.required : undefined;
    return (
        <form class="login" ref={form} noValidate onSubmit={(event) => void submit(event)}>
            <TextField label={t.account} name="account" value={account} onInput={setAccount}
                autocomplete="username" required fault={needed(account)} />
            <TextField label={t.password} name="password" value={password} onInput={setPassword}
                type={shown ? "text" : "password"} autocomplete="current-password" required
                fault={needed(password)} />
            <label class="check">
                <input type="checkbox" checked={shown}
                    onChange={(event) => setShown(event.currentTarget.checked)} />
                <span>{t.show}</span>
            </label>
            <TextField label={t.code} name="totp" value={code} onInput={setCode} maxlength={7}
                inputmode="numeric" autocomplete="one-time-code" help={t.codeHelp}
                optional={!codeAsked} />
            <div role="alert">
                {problem && <div class={`box ${problem.detail === "totp_required" ? "plain"
                    : "bad"}`}><Icon name="warn" /><p>{why(problem)}</p></div>}
                {waits !== null && <div class="box plain"><Icon name="clock" />
                    <p>{t.crowd(waits)}</p></div>}
            </div>
            <button type="submit" class="strong large" disabled={busy}>
                {busy ? t.wait : t.submit}
            </button>
        </form>
    );
}

export function LoginScreen(): JSX.Element {
    return (
        <main id="main" class="alone">
            <h1><span class="brand">ugo</span> {say().login.title}</h1>
            <LoginForm again={false} />
        </main>
    );
}

/** Over the screens, when their session has ended. A modal dialog: the rest waits. */
export function LoginAgain(): JSX.Element {
    const dialog = useRef<HTMLDialogElement>(null);
    useEffect(() => {
        const before = document.activeElement as HTMLElement | null;
        dialog.current?.showModal();
        dialog.current?.querySelector<HTMLInputElement>("input[name=password]")?.focus();
        return () => before?.isConnected ? before.focus() : undefined;
    }, []);
    return (
        <dialog ref={dialog} aria-labelledby="again-title"
            onCancel={(event) => event.preventDefault()}>
            <h2 id="again-title">{say().login.again}</h2>
            <p>{say().login.againWhy}</p>
            <LoginForm again={true} />
        </dialog>
    );
}
