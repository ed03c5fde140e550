// SPDX-License-Identifier: EUPL-1.2
// Administration: what there is of a kind, found by its name; made and changed by forms out of
// tables; each deed says first what comes of it, and a secret is shown once.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../api";
import { KINDS, flat, perField, putOf, type Asked, type Deed, type Kind, type KindName,
    type Row } from "../administering";
import type { Field, Values } from "../form";
import { sayAdmin as say } from "../language";
import { tell } from "../news";
import type { AdminWords } from "../words/words";
import { qr, qrPath, SIZE } from "../qr";
import { useAct } from "../parts/act";
import { TextField } from "../parts/fields";
import { Confirm, Form } from "../parts/form";
import { Panel } from "../parts/panel";
import { zoneOf } from "../registry";
import { timeOf } from "../parts/unit_parts";

const PAGE = 50;

/** A page; null: it does not come. */
async function page(kind: Kind, query: Values): Promise<[Row[], next: string | null] | null> {
    const answer = await get<Record<string, unknown>>(`/v1/${kind.path}`, query);
    return answer.ok ? [(answer.body[kind.list] as Row[]).map((row) =>
        ({ ...row, id: (row[kind.key ?? "id"] ?? row.id) as string })),
    answer.body["next"] as string | null] : null;
}

/** Fields with what they are one of; those of which there are too many stay texts. */
function useChoices(): (fields: Asked[]) => Field[] {
    const t = say();
    const [found, setFound] = useState<Record<string, [string, string][] | null>>({});
    const [begun] = useState(new Set<string>());
    async function read({ name, of, query }: Asked): Promise<void> {
        const kind = KINDS[of as "units"];
        const [rows, next] = await page(kind, { ...query, limit: 200 }) ?? [];
        const options = rows && next === null ? rows.map((row): [string, string] =>
            [row.id, `${kind.name(row, t, String)} (${row.id})`]) : null;
        setFound((before) => ({ ...before, [name]: options }));
    }
    return (fields) => fields.map((field) => {
        if (!field.of || field.away || found[field.name] === null) return field;
        if (!begun.has(field.name)) void read(field);
        begun.add(field.name);
        return { ...field, kind: "code", options: found[field.name] ?? [] };
    });
}

/** A list, read page by page; `again`: from its beginning. */
function useRows(kind: Kind, query: Values): {
    rows: Row[] | null; more: (() => void) | null; again: () => void;
} {
    const [rows, setRows] = useState<Row[] | null>(null);
    const [next, setNext] = useState<string | null>(null);
    const [turn, setTurn] = useState(0);
    async function read(cursor: string | null, before: Row[], stopped = (): boolean => false):
        Promise<void> {
        const found = await page(kind, { ...query, limit: PAGE, cursor });
        if (found === null || stopped()) return;
        setRows([...before, ...found[0]]);
        setNext(found[1]);
    }
    const asked = JSON.stringify(query);
    useEffect(() => {
        let stopped = false;
        const timer = setTimeout(() => void read(null, [], () => stopped), turn ? 0 : 200);
        return () => {
            stopped = true;
            clearTimeout(timer);
        };
    }, [kind, asked, turn]);
    return { rows, more: next === null ? null : () => void read(next, rows ?? []),
        again: () => setTurn(turn + 1) };
}

/** What nobody will see again: written, and drawn where it is an address for a telephone. */
function Once({ made, title, onClose }: { made: Values; title: string; onClose: () => void }):
    JSX.Element {
    const t = say();
    const address = made["address"] as string | undefined;
    const secret = (made["password"] ?? made["secret"] ?? made["token"] ?? address ?? null) as
        string | null;
    const isLink = secret === address;
    const grid = address ? qr(address) : null;
    return (
        <Panel title={title} onClose={onClose}>
            <p role="status">{secret === null ? t.lost : isLink ? t.onceLink : t.once}</p>
            {secret && <p><code class="secret">{secret}</code></p>}
            {grid && <svg class="qr" role="img" aria-label={isLink ? t.pictureLink : t.picture}
                viewBox={`-4 -4 ${SIZE + 8} ${SIZE + 8}`}><path d={qrPath(grid)} /></svg>}
            {address && !isLink && <p class="small"><code class="secret">{address}</code></p>}
            <button type="button" onClick={onClose}>{t.app.ok}</button>
        </Panel>
    );
}

/** `onDone`: also when somebody else has put it meanwhile. */
function PutForm({ kind, row, start, onClose, onDone }: {
    kind: Kind; row: Row | null; start: Values; onClose: () => void;
    onDone: (done: boolean) => void;
}): JSX.Element {
    const t = say();
    const act = useAct();
    const choices = useChoices();
    const asked = (values: Values): Asked[] => kind.fields?.(t, values, row === null) ?? [];
    async function submit(values: Values): Promise<void> {
        const { [kind.key ?? "id"]: id, ...said } = values;
        const key = row?.id ?? id ?? `${kind.id}-${Date.now().toString(36)}`;
        const path = kind.path === "units" ? "admin/units" : kind.path;
        const put = putOf(start, asked(values), said);
        const body = { ...kind.told?.(put) ?? put, if_revision: start["revision"] };
        const done = await act.run("PUT", `/v1/${path}/${key}`, body) !== null;
        if (done) tell(t.saved);
        onDone(done);
    }
    return <Form title={row ? t.edit : t.add} opener="put"
        fields={(values) => choices(asked(values))} start={perField(flat(start), asked(start))}
        submit={t.save} act={act} onClose={onClose} onSubmit={(values) => void submit(values)} />;
}

function DeedForm({ deed, name, onClose, onMade }: {
    deed: Deed; name: string; onClose: () => void; onMade: (made: Values) => void;
}): JSX.Element {
    const t = say();
    const act = useAct();
    const choices = useChoices();
    const [text, consequence] = t.deeds[deed.word];
    const submit = text.replace("…", "");
    async function run(values: Values): Promise<void> {
        const done = await act.run<Values>(deed.method, `/v1/${deed.path}`,
            { ...deed.body, ...values });
        if (done !== null) onMade(done);
    }
    const how = { title: t.pair(submit, name), opener: deed.word, submit, act, onClose };
    return deed.asks ? <Form {...how} fields={() => choices(deed.asks ?? [])} start={{}}
        onSubmit={(values) => void run(values)}>
        {consequence !== "-" && <p class="quiet">{consequence}</p>}</Form>
        : <Confirm {...how} onYes={() => void run({})}><p>{consequence}</p></Confirm>;
}

function Card({ kind, row, again, inner }: {
    kind: Kind; row: Row; again: () => void; inner: boolean;
}): JSX.Element {
    const t = say();
    const Title = inner ? "h4" : "h2";
    const [open, setOpen] = useState(false);
    const [deed, setDeed] = useState<Deed | null>(null);
    const [start, setStart] = useState<Values | null>(null);
    const [made, setMade] = useState<[Values, string] | null>(null);
    const [turn, setTurn] = useState(0);
    const deeds = kind.deeds?.(row, t) ?? [];
    const time = (at: unknown): string => timeOf(at as string | null, zoneOf(row["territory"]));
    const name = kind.name(row, t, time);
    const id = `${kind.list}-${row.id}`;
    async function edit(): Promise<void> {
        if (!kind.describes)
            return setStart(kind.asked ? { ...kind.asked(row), revision: row["revision"] } : row);
        const answer = await get<{ put: Values; revision: number }>(`/v1/${kind.path === "units"
            ? "admin/units" : kind.path}/${row.id}`);
        if (answer.ok) setStart({ ...answer.body.put, revision: answer.body.revision });
    }
    const close = (): void => {
        setDeed(null);
        setStart(null);
    };
    return (
        <article class="card kept" aria-labelledby={id}>
            <Title id={id} class="card-title">{name}</Title>
            <p class="quiet">{kind.lines(row, t, time).filter(Boolean).join(" · ")}</p>
            {(deeds.length > 0 || kind.fields) && <details
                onToggle={(event) => setOpen(event.currentTarget.open)}>
                <summary>{t.manage}<span class="hidden">, {name}</span></summary>
                {open && <>
                    {!deed && !start && <div class="actions">
                        {kind.fields && !kind.fixed && <button type="button" data-opens="put"
                            onClick={() => void edit()}>{t.edit}</button>}
                        {deeds.map((each) => <button key={each.word} type="button"
                            data-opens={each.word} onClick={() => {
                                setMade(null);
                                setDeed(each);
                            }}>{t.deeds[each.word][0]}</button>)}
                    </div>}
                    {start && <PutForm kind={kind} row={row} start={start} onClose={close}
                        onDone={(done) => {
                            if (done) close();
                            again();
                        }} />}
                    {deed && <DeedForm deed={deed} name={name} onClose={close} onMade={(body) => {
                        if ("repeated" in body) setMade([body,
                            t.pair(t.deeds[deed.word][0].replace("…", ""), name)]);
                        else tell(t.saved);
                        close();
                        setTurn(turn + 1);
                        again();
                    }} />}
                    {made && <Once made={made[0]} title={made[1]} onClose={() => setMade(null)} />}
                    {kind.parts?.(row).map(([part, query]) => <section key={part}
                        aria-label={`${t.parts[part as "units"]}, ${name}`}>
                        <h3>{t.parts[part as "units"]}</h3>
                        <Things inner key={turn} kind={KINDS[part]} query={query}
                            start={part === "units" ? { establishment: row.id } : {}} />
                    </section>)}
                </>}
            </details>}
        </article>
    );
}

function Things({ kind, query, start, inner = false }: {
    kind: Kind; query: Values; start: Values; inner?: boolean;
}): JSX.Element {
    const t = say();
    const [words, setWords] = useState("");
    const [adding, setAdding] = useState(false);
    const { rows, more, again } = useRows(kind, words.trim() === "" ? query
        : { ...query, words: words.trim() });
    return <>
        {kind.finds && <TextField label={t.find} value={words} onInput={setWords}
            inputmode="search" />}
        {kind.fields && (adding ? <PutForm kind={kind} row={null} start={start}
            onClose={() => setAdding(false)} onDone={(done) => {
                if (done) setAdding(false);
                again();
            }} /> : <p><button type="button" data-opens="put" onClick={() => setAdding(true)}>
            {t.add}</button></p>)}
        {rows === null && <p class="quiet">{t.app.loading}</p>}
        {rows?.length === 0 && <p class="quiet">{t.none}</p>}
        <div class="cards">
            {rows?.map((row) => <Card key={row.id} kind={kind} row={row} again={again}
                inner={inner} />)}
        </div>
        {more && <button type="button" onClick={more}>{t.next}</button>}
    </>;
}

export type AdminTab = KindName & keyof AdminWords["tabs"];

export function screen(name: AdminTab): () => JSX.Element {
    return () => <main id="main" tabIndex={-1}>
        <h1>{say().tabs[name]}</h1>
        <section aria-label={say().tabs[name]}>
            <Things key={name} kind={KINDS[name]} query={{}} start={{}} /></section>
    </main>;
}
