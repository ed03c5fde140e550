// SPDX-License-Identifier: EUPL-1.2
// From which occupancy on the direction wants to know: rules of the server, the same for all who
// steer; whether one is crossed is seen in the live copy at once, since when the server says.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { newKey, seen } from "../api";
import { saySteer as say } from "../language";
import { clock } from "../moment";
import { minute } from "../now";
import { count, reached, watches, type Alert } from "../occupancy";
import { live } from "../registry";
import { alertName, all, tree, watched } from "../steering";
import { useAct } from "../parts/act";
import { Asked } from "../parts/asked";
import { Box, NumberField } from "../parts/fields";
import { saying } from "../parts/live_bar";
import { ProblemBox } from "../parts/panel";
import { percent } from "../parts/sheet";

export function Alerts(): JSX.Element {
    const [again, setAgain] = useState(0);
    function anew(): void {
        seen(live.peek()?.copy.upto); // what is seen here is known there, too
        setAgain((turn) => turn + 1);
    }
    useEffect(() => { // who comes back to this page: another may have changed the rules
        addEventListener("focus", anew);
        return () => removeEventListener("focus", anew);
    }, []);
    return <Asked<Alert[]> path="/v1/alerts" member="alerts" query={{}} again={again}
        show={(list) => <Rules list={list} anew={anew} />} />;
}

function Rules({ list, anew }: { list: Alert[]; anew: () => void }): JSX.Element {
    const t = say().steer;
    const [from, setFrom] = useState(95);
    const act = useAct();
    const over = list.map((alert) => ({ alert, counts: count(all.value.filter((unit) =>
        watches(alert, tree.value, unit)), minute.value) }))
        .filter(({ alert, counts }) => reached(alert, counts));
    const place = watched();
    const name = alertName(place);
    useEffect(anew, [over.map(({ alert }) => alert.id).join()]); // since when they are

    async function put(): Promise<void> {
        const { ages, ...rule } = place;
        const known = list.find((each) => alertName(each) === name);
        await act.run("PUT", `/v1/alerts/${known?.id ?? "a-" + newKey()}`,
            { ...rule, ...ages, percent: from });
        anew(); // also when it is not known what came of it
    }
    async function remove(alert: string): Promise<void> {
        await act.run("DELETE", `/v1/alerts/${alert}`);
        anew();
    }
    return <>
        <div role="status">{over.length > 0 && <Box tone="warn">
            <p><strong>{t.alerts(over.length)}</strong></p>
            <ul>{over.map(({ alert, counts }) => <li key={alert.id}>{t.alert(alertName(alert),
                percent(counts.rate), counts.occupied, counts.open)}
            {alert.active_since && <> · {t.alertSince(clock(Date.parse(alert.active_since),
                minute.value, saying()))}</>}</li>)}</ul></Box>}</div>
        <details class="no-print">
            <summary>{t.rules} ({list.length})</summary>
            <ul class="plain">{list.map((each) => (
                <li key={each.id}>{t.rule(alertName(each), each.percent)}{" "}
                    <button type="button" class="link" disabled={act.busy}
                        onClick={() => void remove(each.id)}>{t.remove}
                        <span class="hidden"> {alertName(each)}</span></button></li>
            ))}</ul>
            <NumberField label={t.alertAt} min={1} max={200} value={from} onChange={setFrom} />
            <p class="quiet">{t.alertHelp}</p>
            <ProblemBox problem={act.problem} />
            <button type="button" disabled={act.busy} onClick={() => void put()}>
                {t.alertAdd(name)}</button>
        </details>
    </>;
}
