// SPDX-License-Identifier: EUPL-1.2
// What became of declarations that were not taken as they were, and how many still wait.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { kept, noticeText, putAway } from "../declaring";
import { say } from "../language";
import { settle, tell } from "../news";
import { Icon } from "../parts/icons";

const HEADER = "-110px 0px 0px"; // which it hides

export function Notices(): JSX.Element | null {
    const t = say().home;
    const { waiting, notices } = kept.value;
    const late = waiting.filter((entry) => entry.tries > 0);
    const root = useRef<HTMLDivElement>(null);
    const last = notices[notices.length - 1];
    useEffect(() => { // where it is not on the screen it is told there, too, until it is
        if (!last || !root.current) return;
        const { key } = last.entry;
        let told = false;
        const watch = new IntersectionObserver(([at]) => {
            if (at?.isIntersecting) settle(key);
            else if (!told) tell(noticeText(last), true, [key]);
            told = true;
        }, { rootMargin: HEADER });
        watch.observe(root.current);
        return () => watch.disconnect();
    }, [last?.entry.key]);
    return (
        <div role="status" ref={root}>
            {late.length > 0 && <div class="box warn"><Icon name="lost" />
                <p>{t.queue(waiting.length)}</p></div>}
            {notices.map((notice) => (
                <div key={notice.entry.key} class="box warn">
                    <Icon name="warn" />
                    <div>
                        <p>{noticeText(notice)}</p>
                        <button type="button" onClick={() => {
                            settle(notice.entry.key);
                            putAway(notice.entry.key);
                        }}>
                            {say().app.ok}</button>
                    </div>
                </div>
            ))}
        </div>
    );
}
