-- SPDX-License-Identifier: EUPL-1.2
-- Links and rules of reminders at the doors.
SET LOCAL ROLE ugo_owner;

CREATE OR REPLACE FUNCTION ugo.admin_kinds() RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN '{account,calendar,credential,establishment,establishment_kind,reminder,rota,territory}'
    ::text[];

-- Its address is said once, as a token is.
CREATE FUNCTION ugo.marked_link_put(c ugo.command) RETURNS ugo.outcome
LANGUAGE sql
RETURN ugo.marked(c, ugo.link_put(c));

UPDATE ugo.operation SET function = 'marked_link_put', members = members || '{mark}'
WHERE op = 'link.put';

INSERT INTO ugo.member (op, position, path, required, type, high, pattern) VALUES
    ('link.put', 90, '{mark}', false, 'text', 32, '^[0-9a-f]{32}$');

SELECT ugo.make_perform();

REVOKE ALL ON FUNCTION ugo.marked_link_put(ugo.command) FROM PUBLIC;

RESET ROLE;
