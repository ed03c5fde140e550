-- SPDX-License-Identifier: EUPL-1.2
-- The current state. No table has room for the identity of a child. CHECKs are the second line:
-- apply_batch answers before they are met.
SET LOCAL ROLE ugo_owner;

CREATE TABLE ugo.territory (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
    revision bigint NOT NULL,
    name ugo.title NOT NULL,
    level text NOT NULL CHECK (level ~ '^[a-z0-9_-]{1,30}$'),
    parent text REFERENCES ugo.territory,
    path text[] NOT NULL CHECK (path[1] = code) -- itself, its parent, … its root: derived
);
CREATE INDEX territory_path ON ugo.territory USING gin (path);

CREATE TABLE ugo.commune (
    insee text PRIMARY KEY CHECK (insee ~ '^[0-9][0-9AB][0-9]{3}$'),
    revision bigint NOT NULL,
    name ugo.title NOT NULL,
    postcodes text[] NOT NULL,
    lat ugo.latitude,
    lon ugo.longitude,
    territory text REFERENCES ugo.territory,
    CHECK ((lat IS NULL) = (lon IS NULL))
);

CREATE TABLE ugo.establishment_kind (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,30}$'),
    revision bigint NOT NULL,
    finess_categories text[] NOT NULL,
    ttl_s ugo.ttl NOT NULL,
    modality ugo.modality_code NOT NULL,
    visibility ugo.visibility_code NOT NULL
);

CREATE TABLE ugo.establishment (
    id text PRIMARY KEY CHECK (id ~ '^e-[0-9a-z][0-9a-z-]{0,60}$'),
    revision bigint NOT NULL,
    name ugo.title NOT NULL,
    establishment_kind text NOT NULL REFERENCES ugo.establishment_kind,
    finess text UNIQUE CHECK (finess ~ '^[0-9][0-9A-Z][0-9]{7}$'),
    operator ugo.title,
    address text CHECK (length(address) BETWEEN 1 AND 300),
    territory text NOT NULL REFERENCES ugo.territory,
    commune text REFERENCES ugo.commune,
    lat ugo.latitude,
    lon ugo.longitude,
    "precision" ugo.precision_code NOT NULL,
    visibility ugo.visibility_code, -- NULL: its kind's
    contact_day ugo.contact,
    contact_night ugo.contact,
    description jsonb NOT NULL DEFAULT '{}',  -- derived: its state (0005)
    CHECK ((lat IS NULL) = (lon IS NULL)),
    CHECK (lat IS NOT NULL OR "precision" = 'commune')
);
CREATE INDEX establishment_commune ON ugo.establishment (commune);
CREATE INDEX establishment_of_kind ON ugo.establishment (establishment_kind);

-- Descriptions may be NULL for "unknown" or, where README.md says so, for "its establishment's".
CREATE TABLE ugo.unit (
    id ugo.unit_id PRIMARY KEY,
    revision bigint NOT NULL,
    establishment text NOT NULL REFERENCES ugo.establishment,
    name ugo.title NOT NULL,
    modality ugo.modality_code,
    min_months ugo.months,
    max_months ugo.months,
    sex ugo.sex_code,
    siblings_max ugo.places,
    siblings_mixed boolean,
    admission ugo.admission_code,
    delay_h ugo.places,
    accepts ugo.answers NOT NULL DEFAULT '{}',
    max_stay_days ugo.places,
    visibility ugo.visibility_code,
    territory text REFERENCES ugo.territory,
    commune text REFERENCES ugo.commune,
    lat ugo.latitude,
    lon ugo.longitude,
    contact_day ugo.contact,
    contact_night ugo.contact,
    ttl_s ugo.ttl,
    authorised ugo.places,
    installed ugo.places,
    emergency_reserved ugo.places NOT NULL DEFAULT 0,
    -- derived (0005): the part of its state that declarations leave alone
    description jsonb NOT NULL DEFAULT '{}',
    -- what declarations say; all NULL until the first
    open ugo.places,
    occupied ugo.places,
    closed ugo.places,
    emergency_used ugo.places,
    closed_reason text REFERENCES ugo.closed_reason,
    reopens_on date,
    derogation text REFERENCES ugo.derogation,
    derogation_by text,
    observed_at bigint,
    recorded_at bigint,
    declared_by text,
    channel ugo.channel_code,
    contested_at bigint,
    -- active holds
    held ugo.places NOT NULL DEFAULT 0,
    held_emergency ugo.places NOT NULL DEFAULT 0,
    CHECK (min_months < max_months),
    CHECK (num_nulls(open, occupied, closed, emergency_used, observed_at, declared_by) IN (0, 6)),
    CHECK (((closed > 0) IS TRUE) = (closed_reason IS NOT NULL)),
    CHECK (emergency_used <= emergency_reserved),
    CHECK (held_emergency <= held),
    CHECK (num_nulls(derogation, derogation_by) <> 1)
) WITH (fillfactor = 50);
CREATE INDEX unit_establishment ON ugo.unit (establishment);
CREATE INDEX unit_commune ON ugo.unit (commune);

CREATE TABLE ugo.account (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9._-]{0,62}$' AND id <> 'system'),
    revision bigint NOT NULL,
    role ugo.role_code NOT NULL,
    territories text[] NOT NULL,
    establishments text[] NOT NULL,
    acts_for text REFERENCES ugo.account,
    name ugo.title NOT NULL,
    disabled boolean NOT NULL DEFAULT false,
    CHECK ((role = 'service') = (acts_for IS NOT NULL))
);

-- What an account proves itself with. id: SHA-256 in hex of the token or of the certificate (DER).
CREATE TABLE ugo.credential (
    id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{64}$'),
    revision bigint NOT NULL,
    account text NOT NULL REFERENCES ugo.account,
    type ugo.credential_code NOT NULL,
    expires_at bigint,
    revoked boolean NOT NULL DEFAULT false,
    label ugo.title
);
CREATE INDEX credential_account ON ugo.credential (account);

RESET ROLE;
