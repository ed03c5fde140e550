-- SPDX-License-Identifier: EUPL-1.2
-- The current state. No table has room for the identity of a child. CHECKs are the second line:
-- apply_batch answers before they are met.
SET LOCAL ROLE ugo_owner;

CREATE TABLE ugo.territory (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
    revision bigint NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    level text NOT NULL CHECK (level ~ '^[a-z0-9_-]{1,30}$'),
    parent text REFERENCES ugo.territory,
    path text[] NOT NULL CHECK (path[1] = code) -- itself, its parent, … its root: derived
);
CREATE INDEX territory_path ON ugo.territory USING gin (path);

CREATE TABLE ugo.commune (
    insee text PRIMARY KEY CHECK (insee ~ '^[0-9][0-9AB][0-9]{3}$'),
    revision bigint NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    postcodes text[] NOT NULL,
    lat numeric CHECK (lat BETWEEN -90 AND 90),
    lon numeric CHECK (lon BETWEEN -180 AND 180),
    territory text REFERENCES ugo.territory,
    CHECK ((lat IS NULL) = (lon IS NULL))
);

CREATE TABLE ugo.establishment_kind (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$'),
    revision bigint NOT NULL,
    finess_categories text[] NOT NULL,
    ttl_s integer NOT NULL CHECK (ttl_s BETWEEN 60 AND 31536000),
    modality text NOT NULL CHECK (modality = ANY (ugo.code_list('modality'))),
    visibility text NOT NULL CHECK (visibility = ANY (ugo.code_list('visibility')))
);

CREATE TABLE ugo.establishment (
    id text PRIMARY KEY CHECK (id ~ '^e-[0-9a-z][0-9a-z-]{0,60}$'),
    revision bigint NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    establishment_kind text NOT NULL REFERENCES ugo.establishment_kind,
    finess text UNIQUE CHECK (finess ~ '^[0-9][0-9A-Z][0-9]{7}$'),
    operator text CHECK (length(operator) BETWEEN 1 AND 200),
    address text CHECK (length(address) BETWEEN 1 AND 300),
    territory text NOT NULL REFERENCES ugo.territory,
    commune text REFERENCES ugo.commune,
    lat numeric CHECK (lat BETWEEN -90 AND 90),
    lon numeric CHECK (lon BETWEEN -180 AND 180),
    "precision" text NOT NULL CHECK ("precision" = ANY (ugo.code_list('precision'))),
    visibility text CHECK (visibility = ANY (ugo.code_list('visibility'))), -- NULL: its kind's
    contact_day text CHECK (length(contact_day) BETWEEN 1 AND 100),
    contact_night text CHECK (length(contact_night) BETWEEN 1 AND 100),
    CHECK ((lat IS NULL) = (lon IS NULL)),
    CHECK (lat IS NOT NULL OR "precision" = 'commune')
);
CREATE INDEX establishment_commune ON ugo.establishment (commune);
CREATE INDEX establishment_of_kind ON ugo.establishment (establishment_kind);

-- Descriptions may be NULL for "unknown" or, where README.md says so, for "its establishment's".
CREATE TABLE ugo.unit (
    id text PRIMARY KEY CHECK (id ~ '^u-[0-9a-z][0-9a-z-]{0,60}$'),
    revision bigint NOT NULL,
    establishment text NOT NULL REFERENCES ugo.establishment,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    modality text CHECK (modality = ANY (ugo.code_list('modality'))),
    min_months integer CHECK (min_months BETWEEN 0 AND 1200),
    max_months integer CHECK (max_months BETWEEN 1 AND 1200),
    sex text CHECK (sex = ANY (ugo.code_list('sex'))),
    siblings_max integer CHECK (siblings_max BETWEEN 1 AND 99),
    siblings_mixed boolean,
    admission text CHECK (admission = ANY (ugo.code_list('admission'))),
    delay_h integer CHECK (delay_h BETWEEN 0 AND 9999),
    accepts jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(accepts) = 'object'),
    max_stay_days integer CHECK (max_stay_days BETWEEN 1 AND 9999),
    visibility text CHECK (visibility = ANY (ugo.code_list('visibility'))),
    territory text REFERENCES ugo.territory,
    commune text REFERENCES ugo.commune,
    lat numeric CHECK (lat BETWEEN -90 AND 90),
    lon numeric CHECK (lon BETWEEN -180 AND 180),
    contact_day text CHECK (length(contact_day) BETWEEN 1 AND 100),
    contact_night text CHECK (length(contact_night) BETWEEN 1 AND 100),
    ttl_s integer CHECK (ttl_s BETWEEN 60 AND 31536000),
    authorised integer CHECK (authorised BETWEEN 0 AND 9999),
    installed integer CHECK (installed BETWEEN 0 AND 9999),
    emergency_reserved integer NOT NULL DEFAULT 0 CHECK (emergency_reserved BETWEEN 0 AND 9999),
    -- what declarations say; all NULL until the first
    open integer CHECK (open BETWEEN 0 AND 9999),
    occupied integer CHECK (occupied BETWEEN 0 AND 9999),
    closed integer CHECK (closed BETWEEN 0 AND 9999),
    emergency_used integer CHECK (emergency_used BETWEEN 0 AND emergency_reserved),
    closed_reason text REFERENCES ugo.closed_reason,
    reopens_on date,
    derogation text REFERENCES ugo.derogation,
    derogation_by text,
    observed_at bigint,
    recorded_at bigint,
    declared_by text,
    channel text CHECK (channel = ANY (ugo.code_list('channel'))),
    contested_at bigint,
    -- active holds
    held integer NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND 9999),
    held_emergency integer NOT NULL DEFAULT 0 CHECK (held_emergency BETWEEN 0 AND held),
    CHECK (min_months < max_months),
    CHECK ((lat IS NULL) = (lon IS NULL)),
    CHECK (num_nulls(open, occupied, closed, emergency_used, observed_at, recorded_at, declared_by,
        channel) IN (0, 8)),
    CHECK ((closed > 0) IS TRUE = (closed_reason IS NOT NULL)),
    CHECK (closed_reason IS NOT NULL OR reopens_on IS NULL),
    CHECK ((derogation IS NULL) = (derogation_by IS NULL)),
    CHECK (contested_at IS NULL OR observed_at IS NOT NULL)
) WITH (fillfactor = 50);
CREATE INDEX unit_establishment ON ugo.unit (establishment);
CREATE INDEX unit_commune ON ugo.unit (commune);

CREATE TABLE ugo.account (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9._-]{0,62}$' AND id <> 'system'),
    revision bigint NOT NULL,
    role text NOT NULL CHECK (role = ANY (ugo.code_list('role'))),
    territories text[] NOT NULL,
    establishments text[] NOT NULL,
    acts_for text REFERENCES ugo.account,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    disabled boolean NOT NULL DEFAULT false,
    CHECK ((role = 'service') = (acts_for IS NOT NULL))
);

-- What an account proves itself with. id: SHA-256 in hex of the token or of the certificate (DER).
CREATE TABLE ugo.credential (
    id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{64}$'),
    revision bigint NOT NULL,
    account text NOT NULL REFERENCES ugo.account,
    type text NOT NULL CHECK (type = ANY (ugo.code_list('credential'))),
    expires_at bigint,
    revoked boolean NOT NULL DEFAULT false,
    label text CHECK (length(label) BETWEEN 1 AND 200)
);
CREATE INDEX credential_account ON ugo.credential (account);

RESET ROLE;
