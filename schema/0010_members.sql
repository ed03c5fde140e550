-- SPDX-License-Identifier: EUPL-1.2
-- The reference operations: who may call them, with which members, checked in this order.
SET LOCAL ROLE ugo_owner;

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('territory.put', '{admin}', 'territory_put', '{code,name,level,parent}'),
    ('commune.put', '{admin}', 'commune_put', '{insee,name,postcodes,point,territory}'),
    ('establishment_kind.put', '{admin}', 'establishment_kind_put',
        '{code,finess_categories,ttl_s,modality,visibility}'),
    ('establishment.put', '{admin}', 'establishment_put', '{id,name,establishment_kind,finess,
        operator,address,territory,commune,point,precision,visibility,contact}'),
    ('establishment.close', '{admin}', 'establishment_close', '{establishment}'),
    ('unit.put', '{admin}', 'unit_put', '{id,establishment,name,modality,min_months,max_months,
        sex,siblings_max,siblings_mixed,admission,delay_h,accepts,max_stay_days,visibility,
        territory,commune,point,contact,ttl_s,authorised,installed,emergency_reserved}'),
    ('unit.close', '{admin,def}', 'unit_close', '{unit}'),
    ('account.put', '{admin}', 'account_put',
        '{id,role,territories,establishments,acts_for,name,disabled}'),
    ('account.disable', '{admin}', 'account_disable', '{id}'),
    ('credential.put', '{admin}', 'credential_put', '{id,account,type,expires_at,label}'),
    ('credential.revoke', '{admin}', 'credential_revoke', '{id}');

-- Texts: high is the most characters; pattern and refers as given.
INSERT INTO ugo.member (op, position, path, required, type, high, pattern, refers) VALUES
    ('territory.put', 1, '{code}', true, 'text', 31, '^[a-z0-9][a-z0-9-]{0,30}$', NULL),
    ('territory.put', 2, '{name}', true, 'text', 200, NULL, NULL),
    ('territory.put', 3, '{level}', true, 'text', 30, '^[a-z0-9_-]{1,30}$', NULL),
    ('territory.put', 4, '{parent}', false, 'text', 31, NULL, 'territory'),
    ('commune.put', 1, '{insee}', true, 'text', 5, '^[0-9][0-9AB][0-9]{3}$', NULL),
    ('commune.put', 2, '{name}', true, 'text', 200, NULL, NULL),
    ('commune.put', 3, '{postcodes}', false, 'texts', 100, '^[0-9]{5}$', NULL),
    ('commune.put', 5, '{territory}', false, 'text', 31, NULL, 'territory'),
    ('establishment_kind.put', 1, '{code}', true, 'text', 30, '^[a-z0-9_]{1,30}$', NULL),
    ('establishment_kind.put', 2, '{finess_categories}', false, 'texts', 20, '^[0-9]{3}$', NULL),
    ('establishment.put', 1, '{id}', true, 'text', 63, '^e-[0-9a-z][0-9a-z-]{0,60}$', NULL),
    ('establishment.put', 2, '{name}', true, 'text', 200, NULL, NULL),
    ('establishment.put', 3, '{establishment_kind}', true, 'text', 30, NULL, 'establishment_kind'),
    ('establishment.put', 4, '{finess}', false, 'text', 9, '^[0-9][0-9A-Z][0-9]{7}$', NULL),
    ('establishment.put', 5, '{operator}', false, 'text', 200, NULL, NULL),
    ('establishment.put', 6, '{address}', false, 'text', 300, NULL, NULL),
    ('establishment.put', 7, '{territory}', true, 'text', 31, NULL, 'territory'),
    ('establishment.put', 8, '{commune}', false, 'text', 5, NULL, 'commune'),
    ('establishment.put', 13, '{contact,day}', false, 'text', 100, NULL, NULL),
    ('establishment.put', 14, '{contact,night}', false, 'text', 100, NULL, NULL),
    ('establishment.close', 1, '{establishment}', true, 'text', 63, NULL, NULL),
    ('unit.put', 1, '{id}', true, 'text', 63, '^u-[0-9a-z][0-9a-z-]{0,60}$', NULL),
    ('unit.put', 2, '{establishment}', true, 'text', 63, NULL, 'establishment'),
    ('unit.put', 3, '{name}', true, 'text', 200, NULL, NULL),
    ('unit.put', 22, '{territory}', false, 'text', 31, NULL, 'territory'),
    ('unit.put', 23, '{commune}', false, 'text', 5, NULL, 'commune'),
    ('unit.put', 26, '{contact,day}', false, 'text', 100, NULL, NULL),
    ('unit.put', 27, '{contact,night}', false, 'text', 100, NULL, NULL),
    ('unit.close', 1, '{unit}', true, 'text', 63, NULL, NULL),
    ('account.put', 1, '{id}', true, 'text', 63, '^[a-z0-9][a-z0-9._-]{0,62}$', NULL),
    ('account.put', 3, '{territories}', false, 'texts', 1000, NULL, 'territory'),
    ('account.put', 4, '{establishments}', false, 'texts', 1000, NULL, 'establishment'),
    ('account.put', 5, '{acts_for}', false, 'text', 63, NULL, 'account'),
    ('account.put', 6, '{name}', true, 'text', 200, NULL, NULL),
    ('account.disable', 1, '{id}', true, 'text', 63, NULL, NULL),
    ('credential.put', 1, '{id}', true, 'text', 64, '^[0-9a-f]{64}$', NULL),
    ('credential.put', 2, '{account}', true, 'text', 63, NULL, 'account'),
    ('credential.put', 5, '{label}', false, 'text', 200, NULL, NULL),
    ('credential.revoke', 1, '{id}', true, 'text', 64, NULL, NULL);

INSERT INTO ugo.member (op, position, path, required, type, low, high) VALUES
    ('establishment_kind.put', 3, '{ttl_s}', true, 'integer', 60, 31536000),
    ('unit.put', 5, '{min_months}', false, 'integer', 0, 1200),
    ('unit.put', 6, '{max_months}', false, 'integer', 1, 1200),
    ('unit.put', 8, '{siblings_max}', false, 'integer', 1, 99),
    ('unit.put', 11, '{delay_h}', false, 'integer', 0, 9999),
    ('unit.put', 20, '{max_stay_days}', false, 'integer', 1, 9999),
    ('unit.put', 28, '{ttl_s}', false, 'integer', 60, 31536000),
    ('unit.put', 29, '{authorised}', false, 'integer', 0, 9999),
    ('unit.put', 30, '{installed}', false, 'integer', 0, 9999),
    ('unit.put', 31, '{emergency_reserved}', false, 'integer', 0, 9999),
    ('credential.put', 4, '{expires_at}', false, 'integer', 1, 999999999999999999);

INSERT INTO ugo.member (op, position, path, required, type, list) VALUES
    ('establishment_kind.put', 4, '{modality}', true, 'code', 'modality'),
    ('establishment_kind.put', 5, '{visibility}', false, 'code', 'visibility'),
    ('establishment.put', 10, '{precision}', false, 'code', 'precision'),
    ('establishment.put', 11, '{visibility}', false, 'code', 'visibility'),
    ('unit.put', 4, '{modality}', false, 'code', 'modality'),
    ('unit.put', 7, '{sex}', false, 'code', 'sex'),
    ('unit.put', 10, '{admission}', false, 'code', 'admission'),
    ('unit.put', 21, '{visibility}', false, 'code', 'visibility'),
    ('account.put', 2, '{role}', true, 'code', 'role'),
    ('credential.put', 3, '{type}', true, 'code', 'credential');

INSERT INTO ugo.member (op, position, path, required, type, members) VALUES
    ('commune.put', 4, '{point}', false, 'point', NULL),
    ('establishment.put', 9, '{point}', false, 'point', NULL),
    ('establishment.put', 12, '{contact}', false, 'object', '{day,night}'),
    ('unit.put', 9, '{siblings_mixed}', false, 'boolean', NULL),
    ('unit.put', 12, '{accepts}', false, 'object', ugo.code_list('need')),
    ('unit.put', 24, '{point}', false, 'point', NULL),
    ('unit.put', 25, '{contact}', false, 'object', '{day,night}'),
    ('account.put', 7, '{disabled}', false, 'boolean', NULL);

-- accepts: each need a tri-state, positions 13 to 19.
INSERT INTO ugo.member (op, position, path, required, type, list)
SELECT 'unit.put', 12 + n, ARRAY['accepts', need], false, 'code', 'tristate'
FROM unnest(ugo.code_list('need')) WITH ORDINALITY AS t (need, n);

RESET ROLE;
