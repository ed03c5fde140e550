// SPDX-License-Identifier: EUPL-1.2
// Always in sight: whether what is shown is live, since when not, and when the session ends.
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { say } from "../language";
import { clock, countdown, duration, exact, step, type Saying } from "../moment";
import { ended, ending, remembered, stay } from "../session";
import { keptAt, live, zone } from "../registry";
import { second } from "../now";
import { dismiss, news } from "../news";
import { Icon } from "./icons";

export function saying(): Saying {
    return { words: say(), zone: zone.value };
}

function state(): { tone: string; icon: "check" | "lost" | "warn" | "clock"; text: string } {
    const t = say().live;
    const stream = live.value;
    const at = stream?.markedAt.value ?? keptAt.value;
    const now = second.value;
    if (remembered.value) {
        const text = at === null ? t.never : t.lost(clock(at, now, saying()));
        return { tone: "bad", icon: "lost", text };
    }
    if (ended.value) return { tone: "bad", icon: "warn", text: say().login.again };
    if (stream === null) return { tone: "plain", icon: "clock", text: t.connecting };
    if (stream.state.value === "live" && at !== null) {
        const stale = stream.staleSince.value;
        if (stale !== null) {
            const text = t.stale(clock(stale, now, saying()));
            return { tone: "bad", icon: "warn", text };
        }
        return { tone: "good", icon: "check", text: t.live(exact(at, saying())) };
    }
    if (at !== null && stream.state.value === "lost")
        return { tone: "bad", icon: "lost", text: t.lost(clock(at, now, saying())) };
    if (stream.state.value === "lost") return { tone: "bad", icon: "lost", text: t.never };
    return { tone: "plain", icon: "clock", text: t.connecting };
}

export function LiveBar(): JSX.Element {
    const { tone, icon, text } = state();
    return <p class={`live ${tone}`}><Icon name={icon} /><span>{text}</span></p>;
}

/** Said once when it changes; the time that moves each second is not read aloud. */
export function LiveSpoken(): JSX.Element {
    const { tone, text } = state();
    return <p class="hidden" role="status">{tone === "bad" ? text : ""}</p>;
}

export function SessionWarning(): JSX.Element {
    const words = say().login;
    const before = useRef<HTMLElement | null>(null); // where the focus was
    const soon = ended.value ? null : ending.value;
    const told = (left: string): string => soon?.left === 0 ? words.anyMoment : words.soon(left);
    async function goOn(): Promise<void> {
        await stay();
        if (document.activeElement === document.body) before.current?.focus();
    }
    return (
        <>
            <p class="hidden" role="status">{soon && told(duration(step(soon.left), say()))
                + (soon.absolute ? " " + words.absolute : "")}</p>
            {soon && <div class="box warn wide">
                <Icon name="clock" />
                <div>
                    <p role="timer" aria-live="off">{told(countdown(soon.left, say()))}</p>
                    {soon.absolute ? <p>{words.absolute}</p>
                        : <button type="button" class="strong" onClick={() => void goOn()}
                            onFocus={(event) => {
                                before.current = event.relatedTarget as HTMLElement | null;
                            }}>{words.stay}</button>}
                </div>
            </div>}
        </>
    );
}

export function NewsStrip(): JSX.Element {
    return (
        <div class="news" role="log" aria-live="polite" aria-relevant="additions">
            {news.value.map((each) => (
                <div key={each.id} class={each.good ? "box good" : "box warn"}>
                    <Icon name={each.good ? "check" : "alarm"} />
                    <p>{each.text} <span class="quiet">{exact(each.at, saying())}</span></p>
                    <button type="button" class="bare" onClick={() => dismiss(each.id)}
                        aria-label={say().pair(say().app.close, each.text)}>
                        <Icon name="close" /></button>
                </div>
            ))}
        </div>
    );
}
