// SPDX-License-Identifier: EUPL-1.2
// A copy of records that follows the server's stream. It changes at marks only: between two marks
// it might be half-way through a change. Pure: bodies of events go in, changed kinds come out.
import type { AnyRecord, Kind, Mark, RecordOf } from "./protocol";

type Records = { [K in Kind]: ReadonlyMap<string, RecordOf[K]> };

const KINDS: Kind[] = ["unit", "hold", "request", "offer", "mission", "calendar", "rota",
    "movement"];

export interface Turn {
    /** Kinds that changed, with what each changed record was before (undefined: new). */
    kinds: ReadonlySet<Kind>;
    set: { before: AnyRecord | undefined; after: AnyRecord }[];
    gone: AnyRecord[];
    /** The copy was emptied and filled again: what changed is no news. */
    anew: boolean;
}

export class Copy {
    records: Records = emptyRecords();
    /** The position of the last mark; null: none yet. */
    upto: string | null = null;
    mark: Mark | null = null;
    #set = new Map<string, AnyRecord>();
    #gone = new Set<string>();
    #anew = true;

    /** The stream begins: what came after the last mark is forgotten. Not resumed: all of it. */
    start(resumed: boolean): void {
        this.#set.clear();
        this.#gone.clear();
        this.#anew = !resumed;
    }

    delta(set: AnyRecord[], gone: string[]): void {
        for (const id of gone) {
            this.#set.delete(id);
            this.#gone.add(id);
        }
        for (const record of set) {
            this.#gone.delete(record.id);
            this.#set.set(record.id, record);
        }
    }

    /** Takes in what was put aside. */
    reach(mark: Mark): Turn {
        const kinds = new Set<Kind>();
        const turn: Turn = { kinds, set: [], gone: [], anew: this.#anew };
        const next = this.#anew ? emptyRecords() : { ...this.records };
        if (this.#anew) for (const kind of KINDS) kinds.add(kind);
        const own = new Map<Kind, Map<string, AnyRecord>>();
        const writable = (kind: Kind): Map<string, AnyRecord> => {
            let map = own.get(kind);
            if (map === undefined) {
                map = new Map<string, AnyRecord>(next[kind]);
                own.set(kind, map);
                kinds.add(kind);
            }
            return map;
        };
        for (const record of this.#set.values()) {
            if (!KINDS.includes(record.kind)) continue;
            const before = this.records[record.kind].get(record.id);
            writable(record.kind).set(record.id, record);
            turn.set.push({ before, after: record });
        }
        for (const id of this.#gone) {
            for (const kind of KINDS) {
                const before = next[kind].get(id);
                if (before === undefined) continue;
                writable(kind).delete(id);
                turn.gone.push(before);
            }
        }
        this.records = { ...next, ...Object.fromEntries(own) } as Records;
        this.#set.clear();
        this.#gone.clear();
        this.#anew = false;
        this.upto = mark.upto;
        this.mark = mark;
        return turn;
    }
}

function emptyRecords(): Records {
    return Object.fromEntries(KINDS.map((kind) => [kind, new Map()])) as unknown as Records;
}
