// SPDX-License-Identifier: EUPL-1.2
// The territories, each in the one that it is a part of, with what is free there.
import type { JSX } from "preact";
import { saySteer as say } from "../language";
import { minute } from "../now";
import { chain, count } from "../occupancy";
import { atTerritory, below, link, partsOf, territoryName, tree, whole } from "../steering";
import { percent } from "../parts/sheet";

function Branches({ of }: { of: string }): JSX.Element {
    const t = say();
    return <ul>{partsOf(of).map((code) => {
        const parts = partsOf(code);
        const { free, rate } = count(below.value.get(code) ?? [], minute.value);
        return <li key={code}>
            <a href={link("t", code)} aria-current={code === atTerritory.value || undefined}>
                {territoryName(code)}</a>{" "}
            <span class="quiet">{t.free(free)} · {percent(rate)}</span>
            {parts.length > 0 && <details
                open={chain(tree.value, atTerritory.value).includes(code)}>
                <summary>{t.steer.parts(parts.length)}<span class="hidden">
                    {" "}{territoryName(code)}</span></summary>
                <Branches of={code} />
            </details>}
        </li>;
    })}</ul>;
}

export function Tree(): JSX.Element | null {
    if (partsOf(whole.value).length === 0) return null;
    return (
        <details class="tree no-print" open={innerWidth > 960}>
            <summary>{say().steer.tree}</summary>
            <Branches of={whole.value} />
        </details>
    );
}
