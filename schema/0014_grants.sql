-- SPDX-License-Identifier: EUPL-1.2
-- What the daemon may do. Everything else is refused by PostgreSQL itself.
SET LOCAL ROLE ugo_owner;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;
REVOKE ALL ON SCHEMA ugo FROM PUBLIC;
GRANT USAGE ON SCHEMA ugo TO ugod;
GRANT EXECUTE ON FUNCTION ugo.apply_batch(jsonb), ugo.retain_resume(),
    ugo.history_page(text[], text[], bigint, integer, bigint, bigint, integer),
    ugo.units_at(bigint), ugo.state_at(text, text, bigint), ugo.first_revision_at(bigint) TO ugod;
-- A view's functions run with the rights of who reads it.
GRANT EXECUTE ON FUNCTION ugo.point(numeric, numeric), ugo.unit_state(ugo.unit) TO ugod;

RESET ROLE;

-- As the migrating user: the table of migrations is its own.
GRANT SELECT ON ALL TABLES IN SCHEMA ugo TO ugod;
