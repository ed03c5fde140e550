// SPDX-License-Identifier: EUPL-1.2
// From where: a commune found by its name, as one types; the last few are offered again.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Commune } from "../protocol";
import { get } from "../api";
import { sayAsker as say } from "../language";
import { recallJson, remember } from "../device";
import { TextField } from "./fields";

type Near = Pick<Commune, "insee" | "name">;

export function WhereField(props: {
    value: Near | null; onChoose: (near: Near | null) => void;
}): JSX.Element {
    const t = say().need;
    const [text, setText] = useState("");
    const [found, setFound] = useState<Commune[] | null>(null);
    const recent = recallJson<Near[]>("communes") ?? [];

    useEffect(() => {
        setFound(null);
        if (text.trim().length < 2) return;
        let stopped = false;
        const timer = setTimeout(() => {
            void get<{ communes: Commune[] }>("/v1/communes", { name: text.trim(), limit: 6 })
                .then((answer) => {
                    if (!stopped && answer.ok) setFound(answer.body.communes);
                });
        }, 200);
        return () => {
            stopped = true;
            clearTimeout(timer);
        };
    }, [text]);

    function choose(near: Near): void {
        const kept = recent.filter((each) => each.insee !== near.insee);
        remember("communes", JSON.stringify([{ insee: near.insee, name: near.name }, ...kept]
            .slice(0, 4)));
        setText("");
        props.onChoose({ insee: near.insee, name: near.name });
    }

    if (props.value) return (
        <div class="field">
            <p class="label"><strong>{t.where}</strong></p>
            <div class="child"><span>{props.value.name}</span>
                <button type="button" class="link" onClick={() => props.onChoose(null)}>
                    {t.clearWhere}</button></div>
        </div>
    );
    const options: Near[] = found ?? (text.trim() === "" ? recent : []);
    return (
        <div>
            <TextField label={t.where} help={t.whereHelp} value={text} onInput={setText}
                inputmode="search" />
            <p class="hidden" role="status">
                {found && (found.length ? t.communesFound(found.length) : t.noCommune)}</p>
            {found?.length === 0 && <p class="quiet" aria-hidden="true">{t.noCommune}</p>}
            {options.length > 0 && <ul class="options">
                {options.map((near) => (
                    <li key={near.insee}>
                        <button type="button" onClick={() => choose(near)}>{near.name}
                            {"postcodes" in near && <span class="quiet">
                                {(near as Commune).postcodes.slice(0, 2).join(", ")}</span>}
                        </button>
                    </li>
                ))}
            </ul>}
        </div>
    );
}
