// SPDX-License-Identifier: EUPL-1.2
// What this account sees of the registry, live: one stream for all screens, and names of what the
// stream does not carry.
import { computed, effect, signal, type Signal } from "@preact/signals";
import type {
    AnyRecord, Calendar, Commune, Hold, Kind, Mission, Movement, Offer, Request, Role, Rota, Unit,
} from "./protocol";
import { follow, type Live } from "./live";
import type { Turn } from "./copy";
import { begin, ended, remembered, renewals, session } from "./session";
import { get } from "./api";
import { recallJson, remember } from "./device";
import { minute } from "./now";
import { officeOpen } from "./office";

type Table<T> = Signal<ReadonlyMap<string, T>>;
function table<T>(): Table<T> {
    return signal<ReadonlyMap<string, T>>(new Map());
}

export const units: Table<Unit> = table();
export const holds: Table<Hold> = table();
export const requests: Table<Request> = table();
export const offers: Table<Offer> = table();
export const missions: Table<Mission> = table();
export const calendars: Table<Calendar> = table();
export const rotas: Table<Rota> = table();
export const movements: Table<Movement> = table();
const tables: Record<Kind, Table<AnyRecord>> = {
    unit: units, hold: holds, request: requests, offer: offers, mission: missions,
    calendar: calendars, rota: rotas, movement: movements,
} as unknown as Record<Kind, Table<AnyRecord>>;

export const live = signal<Live | null>(null);
/** When what is shown was true, as long as it is what this device kept (ms); null: it is not. */
export const keptAt = signal<number | null>(null);
export const calendar = computed(() => [...calendars.value.values()][0] ?? null);
export const zone = computed(() => calendar.value?.time_zone ?? null);
/** Of a département; of the first one where it has none. */
export function zoneOf(territory: unknown): string | null {
    return calendars.value.get(territory as string)?.time_zone ?? zone.value;
}
export const open = computed(() => officeOpen(minute.value, calendar.value));

/** Told of each turn of the stream that is news (not the first copy). */
const listeners = new Set<(turn: Turn) => void>();
export function onNews(told: (turn: Turn) => void): () => void {
    listeners.add(told);
    return () => listeners.delete(told);
}

const KINDS: Partial<Record<Role, Kind[]>> = {
    establishment: ["unit", "hold", "mission", "movement", "calendar"],
    astreinte: ["hold", "request", "offer", "mission", "calendar", "rota"],
    territory: ["unit", "hold", "request", "offer", "mission", "calendar", "rota", "movement"],
    def: ["unit", "hold", "request", "offer", "mission", "calendar", "rota", "movement"],
    mobile: ["mission", "calendar", "rota"],
    admin: ["calendar", "rota"],
};

/** After a full copy: what is as it was stays the same object, and is not drawn again. */
function same(old: ReadonlyMap<string, AnyRecord>, records: ReadonlyMap<string, AnyRecord>):
    ReadonlyMap<string, AnyRecord> {
    return new Map([...records].map(([id, record]) => {
        const before = old.get(id);
        const equal = before?.revision === record.revision
            && JSON.stringify(before) === JSON.stringify(record);
        return [id, equal && before ? before : record];
    }));
}

let keeping: ReturnType<typeof setTimeout> | undefined;

/** An establishment's own units, for when it opens the page without a network. */
function keepSoon(): void {
    clearTimeout(keeping);
    keeping = setTimeout(() => {
        const at = live.peek()?.markedAt.peek() ?? null;
        const account = session.peek()?.account;
        if (account !== undefined && at !== null)
            remember("copy", JSON.stringify({ account, at, units: [...units.peek().values()] }));
    }, 2_000);
}

function taken(turn: Turn): void {
    const copy = live.peek()?.copy;
    if (!copy) return;
    keptAt.value = null;
    for (const kind of turn.kinds) {
        const records = copy.records[kind] as ReadonlyMap<string, AnyRecord>;
        tables[kind].value = turn.anew ? same(tables[kind].peek(), records) : records;
    }
    if (turn.kinds.has("unit") && session.peek()?.role === "establishment") keepSoon();
    if (!turn.anew) for (const told of listeners) told(turn);
}

/** Follows from now on, as whoever is here; again after each login. */
export function openRegistry(): void {
    const kept = recallJson<{ account: string; at: number; units: Unit[] }>("copy");
    effect(() => {
        void renewals.value; // and not of the session, which is renewed by each sign of life
        const who = session.peek();
        const stopped = ended.value;
        live.peek()?.close();
        live.value = null;
        if (!who || stopped) return;
        const kinds = KINDS[who.role];
        if (kept?.account === who.account && units.peek().size === 0) {
            units.value = new Map(kept.units.map((unit) => [unit.id, unit]));
            keptAt.value = kept.at;
        }
        if (kinds && !remembered.peek()) live.value = follow({ kinds }, taken, () => void begin());
    });
}

// ── units and communes by name, asked for together ──

const knownUnits = signal<ReadonlyMap<string, Unit>>(new Map());
const knownCommunes = signal<ReadonlyMap<string, string>>(new Map());
const asked = new Set<string>();
let wantedUnits = new Set<string>();
let wantedCommunes = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

async function ask(): Promise<void> {
    timer = undefined;
    const ids = [...wantedUnits].slice(0, 64);
    const insee = [...wantedCommunes].slice(0, 50);
    wantedUnits = new Set();
    wantedCommunes = new Set();
    const forget = (each: string): void => void setTimeout(() => asked.delete(each), 5_000);
    if (ids.length) {
        const answer = await get<{ units: Unit[] }>("/v1/units",
            { filter: { units: ids }, limit: 200 });
        if (answer.ok) learnUnits(answer.body.units);
        else ids.forEach(forget);
    }
    if (insee.length) {
        const answer = await get<{ communes: Commune[] }>("/v1/communes", { insee });
        if (answer.ok) {
            const found = answer.body.communes.map((each): [string, string] =>
                [each.insee, each.name]);
            knownCommunes.value = new Map([...knownCommunes.peek(), ...found]);
        } else insee.forEach(forget);
    }
}

function later(wanted: Set<string>, id: string): void {
    if (asked.has(id)) return;
    asked.add(id);
    wanted.add(id);
    timer ??= setTimeout(() => void ask(), 30);
}

export function learnUnits(list: Unit[]): void {
    if (list.length === 0) return;
    const pairs = list.map((unit): [string, Unit] => [unit.id, unit]);
    knownUnits.value = new Map([...knownUnits.peek(), ...pairs]);
}

/** The newest that is known of a unit; asked for when nothing is. */
export function unitOf(id: string): Unit | null {
    const own = units.value.get(id) ?? knownUnits.value.get(id);
    if (own) return own;
    if (session.value?.role !== "mobile") later(wantedUnits, id);
    return null;
}

const oneHost = computed(() =>
    new Set([...units.value.values()].map((unit) => unit.establishment)).size < 2);

export function unitName(id: string): string {
    const unit = unitOf(id);
    if (!unit) return id;
    const host = session.value?.role === "establishment" && oneHost.value ? null
        : unit.establishment_name;
    return host && host !== unit.name && !unit.name.includes(host)
        ? `${host}, ${unit.name}` : unit.name;
}

/** Tells the name of a unit: at once, or as soon as it is known; its id if that takes too long. */
export function whenNamed(id: string, then: (name: string) => void): void {
    if (unitOf(id) !== null) return then(unitName(id));
    const told = (): void => {
        clearTimeout(late);
        stop();
        then(unitName(id));
    };
    const late = setTimeout(told, 2_000);
    const stop = knownUnits.subscribe((known) => {
        if (known.has(id)) told();
    });
}

export function communeName(insee: string): string {
    const name = knownCommunes.value.get(insee);
    if (name !== undefined) return name;
    later(wantedCommunes, insee);
    return insee;
}
