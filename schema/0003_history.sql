-- SPDX-License-Identifier: EUPL-1.2
-- The one ordered history and what guards it. README.md says what each column promises.
SET LOCAL ROLE ugo_owner;

CREATE DOMAIN ugo.single AS boolean CHECK (VALUE);

-- One row. Updated by every batch: the low fillfactor keeps its versions on one page (HOT).
CREATE TABLE ugo.ledger (
    one ugo.single PRIMARY KEY DEFAULT true,
    epoch text NOT NULL,
    revision ugo.count NOT NULL,
    at bigint NOT NULL,                       -- logical time, µs
    head ugo.hash NOT NULL,
    system_identifier bigint NOT NULL,
    timeline text NOT NULL,
    started timestamptz NOT NULL,             -- of the server whose identifier was read last
    floor_revision ugo.count NOT NULL DEFAULT 0, -- resume floor: departures up to it are gone
    history_floor ugo.count NOT NULL DEFAULT 0,  -- changes up to it are gone
    history_head ugo.hash NOT NULL,           -- head of that revision
    history_at bigint NOT NULL DEFAULT 0      -- time of that revision
) WITH (fillfactor = 10);

CREATE TABLE ugo.epoch (
    epoch text PRIMARY KEY CHECK (epoch ~ '^[0-9a-f]{16}$'),
    fork_revision bigint NOT NULL,            -- of older epochs, revisions above it are lost
    opened_at bigint NOT NULL
);

CREATE TABLE ugo.change (
    revision ugo.count NOT NULL,
    part integer NOT NULL,
    parts integer NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    operation text NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    establishment text,                       -- scope members, of the record or of what it was
    territory text,
    state json,                               -- NULL: deleted
    head ugo.hash,                            -- on part 1
    PRIMARY KEY (revision, part)
);
CREATE UNIQUE INDEX change_record ON ugo.change (id, kind, revision);
CREATE INDEX change_deletion ON ugo.change (kind, id) WHERE state IS NULL;

-- Last state of each record at the history floor, so that the past above it stays complete.
CREATE TABLE ugo.baseline (
    kind text NOT NULL,
    id text NOT NULL,
    revision bigint NOT NULL,
    at bigint NOT NULL,
    establishment text,
    territory text,
    state json NOT NULL,
    PRIMARY KEY (id, kind)
);

-- Records deleted or moved out of a scope, with their scope members of before.
CREATE TABLE ugo.departed (
    revision bigint NOT NULL,
    part integer NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    scope jsonb NOT NULL,
    PRIMARY KEY (revision, part)
);

CREATE TABLE ugo.idempotency (
    account text NOT NULL,
    key text NOT NULL,
    operation text NOT NULL,
    digest text NOT NULL,
    type text NOT NULL,
    revision bigint,
    reply jsonb NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_at ON ugo.idempotency (at);

-- µs since 1970. Alone in a function so that a test may replace it.
CREATE FUNCTION ugo.clock_us() RETURNS bigint
LANGUAGE sql VOLATILE
RETURN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

CREATE FUNCTION ugo.new_epoch() RETURNS text
LANGUAGE sql VOLATILE
RETURN encode(substr(uuid_send(gen_random_uuid()), 1, 4), 'hex')
    || encode(substr(uuid_send(gen_random_uuid()), 1, 4), 'hex');

-- pg_control_checkpoint() still gives the old timeline just after a promotion; this does not.
CREATE FUNCTION ugo.server_timeline() RETURNS text
LANGUAGE sql VOLATILE
RETURN substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8);

-- Reads a file (60 µs): asked for only when the server has started again.
CREATE FUNCTION ugo.server_identifier() RETURNS bigint
LANGUAGE sql VOLATILE
RETURN (SELECT system_identifier FROM pg_control_system());

INSERT INTO ugo.ledger
    (epoch, revision, at, head, system_identifier, timeline, started, history_head)
VALUES (ugo.new_epoch(), 0, ugo.clock_us(), decode(repeat('00', 32), 'hex'),
    ugo.server_identifier(), ugo.server_timeline(), pg_postmaster_start_time(),
    decode(repeat('00', 32), 'hex'));
INSERT INTO ugo.epoch SELECT epoch, 0, at FROM ugo.ledger;

RESET ROLE;
