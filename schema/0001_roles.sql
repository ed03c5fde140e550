-- SPDX-License-Identifier: EUPL-1.2
-- Roles and the schema. Roles belong to the whole cluster, so they may be there already.
-- ugo_owner owns everything and never logs in; ugod is what the daemon logs in as: it reads tables
-- and executes the few functions granted in the last migration, nothing else.
DO $$
BEGIN
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'ugo needs a database in UTF8, this one is %',
            current_setting('server_encoding');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ugo_owner') THEN
        CREATE ROLE ugo_owner NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ugod') THEN
        CREATE ROLE ugod LOGIN;
    END IF;
    IF NOT pg_has_role(current_user, 'ugo_owner', 'MEMBER') THEN
        EXECUTE format('GRANT ugo_owner TO %I', current_user);
    END IF;
END
$$;

CREATE SCHEMA IF NOT EXISTS ugo;
ALTER SCHEMA ugo OWNER TO ugo_owner;
