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
    description text NOT NULL DEFAULT '{}',   -- derived: its state (0005)
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
    description text NOT NULL DEFAULT '{}',
    home text, -- derived: the territory it is in, its own or its establishment's
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
    held_emergency ugo.places NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- What the columns of a unit promise together, as one trigger and not as CHECKs: those would cost a
-- tenth of a declaration.
CREATE FUNCTION ugo.check_unit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (new.min_months < new.max_months AND new.emergency_used <= new.emergency_reserved
                AND new.held_emergency <= new.held) IS FALSE
            OR (new.lat IS NULL) <> (new.lon IS NULL)
            OR num_nulls(new.open, new.occupied, new.closed, new.emergency_used, new.observed_at,
                new.recorded_at, new.declared_by, new.channel) NOT IN (0, 8)
            OR ((new.closed > 0) IS TRUE) <> (new.closed_reason IS NOT NULL)
            OR num_nulls(new.derogation, new.derogation_by) = 1 THEN
        RAISE EXCEPTION 'unit % breaks a rule of its table', new.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END
$$;
CREATE TRIGGER check_unit BEFORE INSERT OR UPDATE ON ugo.unit
FOR EACH ROW EXECUTE FUNCTION ugo.check_unit();

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
