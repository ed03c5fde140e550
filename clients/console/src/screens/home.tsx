// SPDX-License-Identifier: EUPL-1.2
// The establishment's screen: what one is asked first, then who is expected, then its units, then
// what is planned.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Hold, Unit } from "../protocol";
import { holds, onNews, unitName, units } from "../registry";
import { say } from "../language";
import { settle, tell } from "../news";
import { TextField } from "../parts/fields";
import { UnitCard } from "./unit_card";
import { AskedCard, ExpectedCard } from "./asked_card";
import { Movements } from "./movements";
import { Notices } from "./notices";
import { holdPeople } from "../parts/unit_parts";

// One file for all who declare: it is loaded as a whole.
export { openQueue } from "../declaring";
export { Movements, Notices, UnitCard };

function byEnd(a: Hold, b: Hold): number {
    return a.held_until < b.held_until ? -1 : a.held_until > b.held_until ? 1 : 0;
}

function useHoldNews(): void {
    useEffect(() => onNews((turn) => {
        const t = say().hold;
        for (const { before, after } of turn.set) {
            if (after.kind !== "hold") continue;
            const what = `${holdPeople(after)}, ${unitName(after.unit)}`;
            if (before === undefined && after.state === "held")
                tell(t.newAsk(what), true, [after.id]);
            const was = before?.kind === "hold" ? before.state : null;
            if (was === "held" && after.state !== "held") settle(after.id);
            if (was === "held" && ["released", "expired", "withdrawn"].includes(after.state))
                tell(t.askEnded(what), false, [after.id]);
        }
    }), []);
}

const MANY = 10;
const AT_ONCE = 6;
const THEN = 18;

function plain(text: string): string {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The units; the first at once, the others as an old phone gets to them. Many: found by name. */
function UnitList({ list, host }: { list: Unit[]; host: boolean }): JSX.Element {
    const t = say().home;
    const [text, setText] = useState("");
    const [drawn, setDrawn] = useState(AT_ONCE);
    const cards = useRef(new Map<string, { unit: Unit; host: boolean; made: JSX.Element }>());
    // The same element again is not looked into: a change of one unit draws one card.
    const card = (unit: Unit): JSX.Element => {
        const kept = cards.current.get(unit.id);
        if (kept?.unit === unit && kept.host === host) return kept.made;
        const made = <UnitCard key={unit.id} unit={unit} host={host} />;
        cards.current.set(unit.id, { unit, host, made });
        return made;
    };
    const wanted = plain(text.trim());
    const found = wanted === "" ? list : list.filter((unit) =>
        plain(`${unit.establishment_name ?? ""} ${unit.name}`).includes(wanted));
    useEffect(() => {
        if (drawn >= list.length) return;
        const timer = setTimeout(() => setDrawn(drawn + THEN), 30);
        return () => clearTimeout(timer);
    }, [drawn, list.length]);
    return (
        <>
            {list.length > MANY && <TextField label={t.find} value={text} onInput={setText}
                inputmode="search" />}
            <p class="hidden" role="status">{wanted !== ""
                && (found.length > 0 ? t.foundUnits(found.length) : t.foundNone)}</p>
            {wanted !== "" && found.length === 0 && <p class="quiet">{t.foundNone}</p>}
            <div class="cards">
                {found.slice(0, drawn).map(card)}
            </div>
        </>
    );
}

export function HomeScreen(): JSX.Element {
    const t = say().home;
    useHoldNews();
    const all = [...holds.value.values()].sort(byEnd);
    const asked = all.filter((hold) => hold.state === "held");
    const expected = all.filter((hold) => hold.state === "accepted");
    const list = [...units.value.values()].sort((a, b) =>
        (a.establishment_name ?? "").localeCompare(b.establishment_name ?? "")
        || a.name.localeCompare(b.name));
    const hosts = new Set(list.map((unit) => unit.establishment));
    return (
        <main id="main" tabIndex={-1}>
            <h1>{t.title}{hosts.size === 1 && list[0]?.establishment_name
                && <span class="host">{list[0].establishment_name}</span>}</h1>
            <Notices />
            {asked.length > 0 && <section class="urgent" aria-labelledby="asked">
                <h2 id="asked">{t.toAnswer(asked.length)}</h2>
                <div class="cards">
                    {asked.map((hold) => <AskedCard key={hold.id} hold={hold} />)}
                </div>
            </section>}
            {expected.length > 0 && <section aria-labelledby="expected">
                <h2 id="expected">{t.expected}</h2>
                <div class="cards">
                    {expected.map((hold) => <ExpectedCard key={hold.id} hold={hold} />)}
                </div>
            </section>}
            <section aria-labelledby="units">
                <h2 id="units" class={asked.length + expected.length ? "" : "hidden"}>{t.units}</h2>
                {list.length === 0 && <p class="quiet">{t.noUnits}</p>}
                <UnitList list={list} host={hosts.size > 1} />
            </section>
            <Movements />
        </main>
    );
}
