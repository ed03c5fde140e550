-- SPDX-License-Identifier: EUPL-1.2
-- What the daemon may do with what is new: read it. Its writes go through apply_batch.
SET LOCAL ROLE ugo_owner;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ugo FROM PUBLIC;
GRANT SELECT ON ugo.legal_frame, ugo.refusal, ugo.withdrawal, ugo.request_end, ugo.request,
    ugo.hold, ugo.hold_policy, ugo.due TO ugod;
-- A view's functions run with the rights of who reads it.
GRANT EXECUTE ON FUNCTION ugo.request_state(ugo.request), ugo.hold_state(ugo.hold) TO ugod;

RESET ROLE;
