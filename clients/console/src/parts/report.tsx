// SPDX-License-Identifier: EUPL-1.2
// A figure that somebody has found wrong: said in one tap, and the establishment is told.
import type { JSX } from "preact";
import type { Unit } from "../protocol";
import { trust } from "../figures";
import { sayAsker as say } from "../language";
import { listed } from "../words/words";
import { tell } from "../news";
import { minute } from "../now";
import { useAct } from "./act";
import { ProblemBox } from "./panel";

export function ReportWrong({ unit }: { unit: Unit | null }): JSX.Element | null {
    const t = say().found;
    const act = useAct();
    if (!unit || ["never", "contested"].includes(trust(unit, minute.value))) return null;
    async function wrong(): Promise<void> {
        if (await act.run("POST", `/v1/units/${unit?.id}/report-wrong`) !== null) tell(t.reported);
    }
    return <>
        <button type="button" disabled={act.busy} onClick={() => void wrong()}
            aria-label={listed([t.reportWrong, unit.name])}>{t.reportWrong}</button>
        <ProblemBox problem={act.problem} />
    </>;
}
