// SPDX-License-Identifier: EUPL-1.2
// The records and answers of the registry, as far as the console reads them: proto/PROTOCOL.md.

export type Sex = "F" | "M";
export type Need = "mna" | "disability" | "complex" | "pregnant" | "mother_child" | "psychiatric"
    | "medical";
export type Modality = "internat" | "urgence" | "sequentiel" | "relais" | "accueil_jour" | "pad"
    | "semi_autonomie" | "internat_semaine" | "familial" | "parental";
export type Role = "establishment" | "service" | "territory" | "mobile" | "astreinte" | "def"
    | "admin";
export type Instant = string;
export type LocalDate = string;

export interface Contact { day: string | null; night: string | null }
export interface Child { age_months: number | null; sex: Sex | null }
export interface Parent { pregnant: boolean }

export interface Capacity {
    authorised: number | null;
    open: number | null;
    occupied: number | null;
    held: number;
    closed: number;
    emergency_reserved: number;
    emergency_used: number;
    free: number | null;
    free_planned: number | null;
}

interface Head { id: string; revision: number }

export interface Unit extends Head {
    kind: "unit";
    establishment: string;
    establishment_name: string | null;
    establishment_kind: string;
    name: string;
    modality: Modality;
    ages: { min_months: number | null; max_months: number | null };
    sex: "any" | "girls" | "boys" | null;
    siblings_max: number | null;
    siblings_mixed: boolean | null;
    admission: "office_hours" | "always" | null;
    delay_h: number | null;
    accepts: Partial<Record<Need, "yes" | "no" | "unknown">>;
    max_stay_days: number | null;
    territory: string | null;
    commune?: string | null;
    capacity: Capacity;
    closed_reason: string | null;
    reopens_on: LocalDate | null;
    derogation: string | null;
    ttl_s: number;
    observed_at: Instant | null;
    recorded_at: Instant | null;
    declared_by: string | null;
    channel: string | null;
    fresh_until: Instant | null;
    contested_at: Instant | null;
    contact?: Contact | null;
}

export interface Place {
    address: string | null;
    commune: string | null;
    contact: Contact | null;
}

export type HoldState = "held" | "accepted" | "arrived" | "refused" | "released" | "expired"
    | "withdrawn";

export interface Hold extends Head {
    kind: "hold";
    unit: string;
    establishment: string;
    territory: string | null;
    request: string | null;
    children: number[];
    profile: Child[];
    parent: Parent | null;
    needs: Need[];
    places: number;
    emergency: boolean;
    state: HoldState;
    code: string | null;
    created_by: string;
    created_at: Instant;
    held_until: Instant;
    extensions: number;
    escalated: boolean;
    overdue: boolean;
    answered_at: Instant | null;
    arrive_by: Instant | null;
    ended_at: Instant | null;
    stale_unit: boolean;
    place?: Place;
}

export interface Request extends Head {
    kind: "request";
    reference: string | null;
    children: Child[];
    parent: Parent | null;
    together: boolean;
    emergency: boolean;
    modality: Modality[];
    needs: Need[];
    legal_frame: string | null;
    from: { commune: string | null; territory: string | null };
    territory: string;
    max_km: number | null;
    wanted_on: LocalDate | null;
    wanted_until?: LocalDate | null;
    decided_at: Instant;
    opened_at: Instant;
    state: "open" | "placed" | "closed" | "withdrawn";
    code: string | null;
    placed: number[];
    arrived: number[];
    placed_at: Instant | null;
    closed_at: Instant | null;
    created_by: string;
}

export interface Offer extends Head {
    kind: "offer";
    request: string;
    unit: string;
    children: number[];
    places: number;
    emergency: boolean;
    state: "offered" | "taken" | "declined" | "lapsed" | "void";
    offered_until: Instant;
}

export interface Mission extends Head {
    kind: "mission";
    hold: string;
    request: string | null;
    unit: string;
    profile: Child[];
    places: number;
    place: Place;
    from: { commune: string | null; territory: string | null };
    team: string | null;
    state: "assigned" | "under_way" | "arrived" | "handed_over" | "cancelled";
    code: string | null;
    assigned_at: Instant;
    under_way_at: Instant | null;
    arrived_at: Instant | null;
    handed_over_at: Instant | null;
    ended_at: Instant | null;
}

export interface Shift { day: number; from: string; to: string }

export interface Calendar extends Head {
    kind: "calendar";
    time_zone: string;
    office: Shift[];
    holidays: LocalDate[];
}

export interface Rota extends Head {
    kind: "rota";
    duty: "astreinte" | "def" | "mobile";
    territory: string;
    account: string;
    from_at: Instant;
    to_at: Instant;
}

export interface Movement extends Head {
    kind: "movement";
    unit: string;
    type: string;
    places: number;
    on: LocalDate;
    code: string | null;
    to_unit: string | null;
    hold: string | null;
    state: "planned" | "done" | "cancelled";
    limit: boolean;
    due_soon: boolean;
    entry?: string;
    origin_unit?: string;
    until?: LocalDate;
    weekdays?: number[];
    weeks?: "all" | "odd" | "even";
}

export interface RecordOf {
    unit: Unit;
    hold: Hold;
    request: Request;
    offer: Offer;
    mission: Mission;
    calendar: Calendar;
    rota: Rota;
    movement: Movement;
}
export type Kind = keyof RecordOf;
export type AnyRecord = RecordOf[Kind];

export interface Filter {
    kinds?: Kind[];
    units?: string[];
    search?: unknown;
}

export interface Mark { upto: string; fresh_at: Instant; stale: boolean; now: Instant }

export interface Session {
    account: string;
    name: string | null;
    role: Role;
    anti_forgery: string;
    expires_at: Instant;
    idle_s: number;
}

export interface Missing { criterion: string; need: unknown; has: unknown }

export interface Result {
    unit: Unit;
    score: number;
    km: number | null;
    fits: string[];
    to_ask: string[];
    observed_at: Instant | null;
    age_s: number | null;
    stale: boolean;
    children?: number[];
    why: string[];
    free_until?: LocalDate;
    expected?: Expected;
}

/** What the counts will be then. */
export interface Expected {
    on?: LocalDate;
    open: number;
    occupied: number;
    free: number;
    free_planned: number;
}

export interface NearMiss { unit: Unit; km: number | null; stale: boolean; missing: Missing[];
    expected?: Expected }

export interface Split {
    placements: { child: number; unit: Unit; to_ask?: string[] }[];
    level: string;
    km_apart: number | null;
}

export interface Found {
    results: Result[];
    near_misses: NearMiss[];
    split: Split | null;
    rejected: Partial<Record<string, number>>;
    total: number;
    never_declared: number;
    considered: number;
    as_of: Instant;
    stale: boolean;
}

export interface Commune {
    insee: string;
    name: string;
    postcodes: string[];
    territory: string | null;
}

export interface OnCall {
    duty: "astreinte" | "def" | "mobile";
    territory: string;
    account: string;
    name: string | null;
    until: Instant;
}

export interface JournalEntry {
    revision: number;
    at: Instant;
    actor: string;
    operation: string;
    kind: string;
    id: string;
    record: Record<string, unknown> | null;
}
