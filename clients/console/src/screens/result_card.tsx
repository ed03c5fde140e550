// SPDX-License-Identifier: EUPL-1.2
// One possible place: how many, how far, how sure; whom to call now; to choose it.
import type { JSX } from "preact";
import type { Expected, NearMiss, Unit } from "../protocol";
import { runningFor } from "../asking";
import { communeName } from "../registry";
import { forRequest, picked, toggle, wanted } from "../searching";
import { sayAsker as say } from "../language";
import { label, listed } from "../words/words";
import { age, ages, date, distance } from "../moment";
import { childText, type Shown } from "../need";
import { trust } from "../figures";
import { minute } from "../now";
import { Check } from "../parts/fields";
import { Icon } from "../parts/icons";
import { saying } from "../parts/live_bar";
import { ReportWrong } from "../parts/report";
import { CallButton, CountsLine, TrustLine } from "../parts/unit_parts";

export function describe(unit: Unit, km: number | null): string {
    const words = say();
    const where = unit.commune ? communeName(unit.commune) : null;
    return [label(words.kind, unit.establishment_kind), label(words.modality, unit.modality), where,
        km === null ? null : distance(km, words)].filter((each, index, all) =>
        each && all.indexOf(each) === index).join(" · ");
}

function takes(unit: Unit): string {
    const words = say();
    return [ages(unit.ages.min_months, unit.ages.max_months, words),
        unit.sex && words.sex[unit.sex], unit.admission && words.admission[unit.admission]]
        .filter(Boolean).join(", ");
}

/** Whether an option of the request that is looked for runs there. */
function alreadyAsked(unit: Unit): boolean {
    return runningFor(forRequest.value).some((hold) => hold.unit === unit.id);
}

/** The places that this need may take. */
function freeFor(counts: Unit["capacity"] | Expected): number | null {
    return wanted.value.emergency ? counts.free : counts.free_planned;
}

/** For a day to come: what will be free then, after what is planned. */
function Then({ expected }: { expected: Expected | undefined }): JSX.Element | null {
    const on = expected?.on ?? wanted.value.wanted_on;
    return expected && on ? <p><Icon name="clock" /> {say().found.expected(
        freeFor(expected) ?? 0, date(on, minute.value, saying()))}</p> : null;
}

export function ResultCard({ result }: { result: Shown }): JSX.Element {
    const words = say();
    const t = words.found;
    const { unit } = result;
    const title = `result-${unit.id}`;
    const name = unit.establishment_name && unit.establishment_name !== unit.name
        ? `${unit.establishment_name}, ${unit.name}` : unit.name;
    const free = freeFor(unit.capacity);
    const kind = trust(unit, minute.value);
    const gone = result.change === "gone";
    const already = alreadyAsked(unit);
    const several = wanted.value.children.length > 1
        && result.children && result.children.length < wanted.value.children.length;
    return (
        <article class={`card result ${result.change}`} aria-labelledby={title}>
            <div class="result-head">
                <div>
                    <h3 id={title}>{name}{" "}
                        {already && <span class="tag">{t.already}</span>}
                        {result.change === "new" && <span class="tag">{t.isNew}</span>}
                        {gone && <span class="tag">{t.isGone}</span>}</h3>
                    <p class="quiet">{describe(unit, result.km)}</p>
                </div>
                <p class="result-free"><strong>{free ?? "?"}</strong>
                    {words.home.freeWord(free ?? 2)}</p>
            </div>
            <TrustLine unit={unit} />
            {(kind === "stale" || kind === "contested") && !gone
                && <p class="to-ask">{t.callFirst}</p>}
            {result.to_ask.length > 0 && <p class="to-ask"><Icon name="ask" />{" "}
                {words.pair(t.toAsk, listed(result.to_ask.map((each) =>
                    label(words.criterion, each))))}</p>}
            {several && <p>{t.takes(listed((result.children ?? []).map((index) => {
                const child = wanted.value.children[index];
                return child ? childText(child, words) : "";
            })))}</p>}
            {result.free_until && <p class="to-ask"><Icon name="clock" />{" "}
                {t.freeUntil(date(result.free_until, minute.value, saying()))}</p>}
            <Then expected={result.expected} />
            <CountsLine unit={unit} />
            <div class="actions">
                {!gone && !already && free !== null && <div class="pick"><Check label={t.askShort}
                    checked={picked.value.has(unit.id)} onChange={() => toggle(unit.id)} /></div>}
                <CallButton contact={unit.contact} name={name} />
            </div>
            <details>
                <summary aria-label={listed([t.why, name])}>{t.why}</summary>
                <p>{listed(result.why.map((each) => label(words.whyHere, each)))}</p>
                <p>{words.pair(t.fits, listed(result.fits.map((each) =>
                    label(words.criterion, each))))}</p>
                <p class="quiet">{takes(unit)}</p>
                <ReportWrong unit={unit} />
            </details>
        </article>
    );
}

function missText(miss: NearMiss): string {
    const words = say();
    const t = words.found.miss;
    const codes = (value: unknown, table: Record<string, string>): string =>
        listed((Array.isArray(value) ? value : [value]).map((each) =>
            label(table, String(each))));
    return listed(miss.missing.map(({ criterion, need, has }) => {
        const number = Number(has);
        switch (criterion) {
            case "max_km": return t.max_km(distance(number, words));
            case "places": return number > 0 ? t.places(number) : t.full;
            case "age_months": return Number(need) < number ? t.tooYoung(age(number, words))
                : t.tooOld(age(number, words));
            case "together": return t.together(number);
            case "sex": return t.sex(codes(has, words.sex));
            case "modality": return t.modality(codes(has, words.modality));
            case "needs": case "parent": return t.needs(codes(has, words.needs));
            case "tonight": return t.tonight;
            case "closed": return t.closed;
            case "establishment_kinds": return t.establishment_kinds;
            default: return label(words.criterion, criterion);
        }
    }));
}

export function MissCard({ miss }: { miss: NearMiss }): JSX.Element {
    const { unit } = miss;
    const name = unit.establishment_name && unit.establishment_name !== unit.name
        ? `${unit.establishment_name}, ${unit.name}` : unit.name;
    const already = alreadyAsked(unit);
    const ours = already && miss.missing.every(({ criterion }) => criterion === "places");
    return (
        <article class="card" aria-labelledby={`miss-${unit.id}`}>
            <h3 id={`miss-${unit.id}`}>{name}{" "}
                {already && <span class="tag">{say().found.already}</span>}</h3>
            {!ours && <p class="to-ask"><Icon name="warn" /> {missText(miss)}</p>}
            <p class="quiet">{describe(unit, miss.km)}</p>
            <TrustLine unit={unit} />
            <Then expected={miss.expected} />
            <div class="actions"><CallButton contact={unit.contact} name={name} /></div>
        </article>
    );
}

