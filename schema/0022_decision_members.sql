-- SPDX-License-Identifier: EUPL-1.2
-- The operations on requests and holds: who may call them, with which members; their records; what
-- the daemon may do.
SET LOCAL ROLE ugo_owner;

ALTER TABLE ugo.member DROP CONSTRAINT member_type_check, ADD CONSTRAINT member_type_check
    CHECK (type IN ('integer', 'boolean', 'text', 'code', 'date', 'point', 'object', 'texts',
        'codes', 'integers', 'children'));

-- A child as given: the first flaw of its members, null being absent.
CREATE FUNCTION ugo.child_error(v jsonb) RETURNS ugo.flaw
LANGUAGE plpgsql STABLE AS $$
DECLARE
    step text;
    detail text;
BEGIN
    IF jsonb_typeof(v) <> 'object' THEN
        RETURN ROW('', 'wrong_type')::ugo.flaw;
    END IF;
    step := ugo.unknown_member(v, '{age_months,sex}');
    IF step <> '' THEN
        RETURN ROW(step, 'unknown_member')::ugo.flaw;
    END IF;
    IF v ->> 'age_months' IS NOT NULL THEN
        detail := ugo.integer_error(v -> 'age_months', 0, 1200);
    END IF;
    IF detail IS NOT NULL THEN
        RETURN ROW('/age_months', detail)::ugo.flaw;
    ELSIF v ->> 'sex' IS NOT NULL THEN
        detail := ugo.code_error(v -> 'sex', 'child_sex');
    END IF;
    RETURN ROW('/sex', detail)::ugo.flaw;
END
$$;

-- The flaw of an array's element.
CREATE FUNCTION ugo.element_error(v jsonb, m ugo.member) RETURNS ugo.flaw
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE m.type
    WHEN 'texts' THEN RETURN ROW('', ugo.text_error(v, m))::ugo.flaw;
    WHEN 'codes' THEN RETURN ROW('', ugo.code_error(v, m.list))::ugo.flaw;
    WHEN 'integers' THEN RETURN ROW('', ugo.integer_error(v, 0, m.high))::ugo.flaw;
    WHEN 'children' THEN RETURN ugo.child_error(v);
    END CASE;
END
$$;

CREATE FUNCTION ugo.array_error(v jsonb, m ugo.member) RETURNS ugo.flaw
LANGUAGE plpgsql STABLE AS $$
DECLARE
    flaw ugo.flaw;
BEGIN
    IF jsonb_typeof(v) <> 'array' THEN
        RETURN ROW('', 'wrong_type')::ugo.flaw;
    ELSIF jsonb_array_length(v) NOT BETWEEN coalesce(m.low, 0) AND m.high THEN
        RETURN ROW('', 'out_of_range')::ugo.flaw;
    END IF;
    FOR i IN 0 .. jsonb_array_length(v) - 1 LOOP
        flaw := ugo.element_error(v -> i, m);
        IF flaw.detail IS NOT NULL THEN
            RETURN ROW('/' || i || flaw.step, flaw.detail)::ugo.flaw;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ugo.member_error(params jsonb, m ugo.member) RETURNS ugo.flaw
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v jsonb := params #> m.path;
BEGIN
    IF v IS NULL OR v = 'null' THEN
        RETURN ROW('', CASE WHEN m.required
            AND (cardinality(m.path) = 1 OR params ->> m.path[1] IS NOT NULL)
            THEN 'required' END)::ugo.flaw;
    END IF;
    CASE m.type
    WHEN 'integer' THEN RETURN ROW('', ugo.integer_error(v, m.low, m.high))::ugo.flaw;
    WHEN 'text' THEN RETURN ROW('', ugo.text_error(v, m))::ugo.flaw;
    WHEN 'code' THEN RETURN ROW('', ugo.code_error(v, m.list))::ugo.flaw;
    WHEN 'boolean' THEN RETURN ROW('',
        CASE WHEN jsonb_typeof(v) <> 'boolean' THEN 'wrong_type' END)::ugo.flaw;
    WHEN 'date' THEN RETURN ROW('', ugo.date_error(v))::ugo.flaw;
    WHEN 'point' THEN RETURN ROW('', ugo.point_error(v))::ugo.flaw;
    WHEN 'object' THEN RETURN ugo.object_error(v, m);
    ELSE RETURN ugo.array_error(v, m);
    END CASE;
END
$$;
DROP FUNCTION ugo.texts_error(jsonb, ugo.member);

INSERT INTO ugo.operation (op, roles, function, members) VALUES
    ('request.open', '{astreinte,territory,def,service}', 'request_open',
        '{children,parent,together,emergency,modality,legal_frame,needs,from,max_km,wanted_on,
        decided_at,reference}'),
    ('request.update', '{astreinte,territory,def,service}', 'request_update',
        '{request,children,parent,together,emergency,modality,legal_frame,needs,from,max_km,
        wanted_on,reference}'),
    ('request.close', '{astreinte,territory,def,service}', 'request_close', '{request,code}'),
    ('hold.create', '{astreinte,territory,def,service}', 'hold_create',
        '{unit,units,places,emergency,request,need,children,minutes}'),
    ('hold.accept', '{establishment,service,astreinte,def}', 'hold_accept', '{hold,arrive_by}'),
    ('hold.refuse', '{establishment,service,astreinte,def}', 'hold_refuse', '{hold,code}'),
    ('hold.release', '{astreinte,territory,def,service}', 'hold_release', '{hold}'),
    ('hold.extend', '{astreinte,territory,def,service}', 'hold_extend', '{hold,minutes}'),
    ('hold.withdraw', '{astreinte,territory,def,service}', 'hold_withdraw', '{hold,code}'),
    ('hold.arrive', '{establishment,service,astreinte,territory,def,mobile}', 'hold_arrive',
        '{hold,observed_at}'),
    ('hold_policy.put', '{admin,def}', 'hold_policy_put', '{unit,minutes,end}');

INSERT INTO ugo.member (op, position, path, required, type, low, high, list, refers, members)
SELECT op, position + n, path::text[], false, type, low, high, list, refers, members::text[]
FROM (VALUES ('request.open', 0), ('request.update', 1)) AS operation (op, n)
CROSS JOIN (VALUES
    (1, '{children}', 'children', NULL::bigint, 10, NULL, NULL, NULL),
    (2, '{parent}', 'object', NULL, NULL, NULL, NULL, '{pregnant}'),
    (3, '{parent,pregnant}', 'boolean', NULL, NULL, NULL, NULL, NULL),
    (4, '{together}', 'boolean', NULL, NULL, NULL, NULL, NULL),
    (5, '{emergency}', 'boolean', NULL, NULL, NULL, NULL, NULL),
    (6, '{modality}', 'codes', NULL, 10, 'modality', NULL, NULL),
    (7, '{legal_frame}', 'code', NULL, NULL, 'legal_frame', NULL, NULL),
    (8, '{needs}', 'codes', NULL, 7, 'need', NULL, NULL),
    (9, '{from}', 'object', NULL, NULL, NULL, NULL, '{commune,territory}'),
    (10, '{from,commune}', 'text', NULL, 5, NULL, 'commune', NULL),
    (11, '{from,territory}', 'text', NULL, 31, NULL, 'territory', NULL),
    (12, '{max_km}', 'integer', 1, 2000, NULL, NULL, NULL),
    (13, '{wanted_on}', 'date', NULL, NULL, NULL, NULL, NULL)
) AS member (position, path, type, low, high, list, refers, members);

INSERT INTO ugo.member
    (op, position, path, required, type, low, high, pattern, list, members) VALUES
    ('request.open', 14, '{decided_at}', false, 'integer', 1, 999999999999999999, NULL, NULL, NULL),
    ('request.open', 15, '{reference}', false, 'text', NULL, 20, '^[A-Z0-9-]{1,20}$', NULL, NULL),
    ('request.update', 1, '{request}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('request.update', 15, '{reference}', false, 'text', NULL, 20, '^[A-Z0-9-]{1,20}$', NULL, NULL),
    ('request.close', 1, '{request}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('request.close', 2, '{code}', true, 'code', NULL, NULL, NULL, 'request_end', NULL),
    ('hold.create', 1, '{unit}', false, 'text', NULL, 63, NULL, NULL, NULL),
    ('hold.create', 2, '{units}', false, 'texts', 1, 8, NULL, NULL, NULL),
    ('hold.create', 3, '{places}', false, 'integer', 1, 99, NULL, NULL, NULL),
    ('hold.create', 4, '{emergency}', false, 'boolean', NULL, NULL, NULL, NULL, NULL),
    ('hold.create', 5, '{request}', false, 'text', NULL, 63, NULL, NULL, NULL),
    ('hold.create', 6, '{need}', false, 'object', NULL, NULL, NULL, NULL,
        '{children,parent,needs}'),
    ('hold.create', 7, '{need,children}', false, 'children', NULL, 10, NULL, NULL, NULL),
    ('hold.create', 8, '{need,parent}', false, 'object', NULL, NULL, NULL, NULL, '{pregnant}'),
    ('hold.create', 9, '{need,parent,pregnant}', false, 'boolean', NULL, NULL, NULL, NULL, NULL),
    ('hold.create', 10, '{need,needs}', false, 'codes', NULL, 7, NULL, 'need', NULL),
    ('hold.create', 11, '{children}', false, 'integers', NULL, 10, NULL, NULL, NULL),
    ('hold.create', 12, '{minutes}', false, 'integer', 1, 240, NULL, NULL, NULL),
    ('hold.accept', 1, '{hold}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('hold.accept', 2, '{arrive_by}', false, 'integer', 1, 999999999999999999, NULL, NULL, NULL),
    ('hold.refuse', 1, '{hold}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('hold.refuse', 2, '{code}', true, 'code', NULL, NULL, NULL, 'refusal', NULL),
    ('hold.release', 1, '{hold}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('hold.extend', 1, '{hold}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('hold.extend', 2, '{minutes}', false, 'integer', 1, 240, NULL, NULL, NULL),
    ('hold.withdraw', 1, '{hold}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('hold.withdraw', 2, '{code}', true, 'code', NULL, NULL, NULL, 'withdrawal', NULL),
    ('hold.arrive', 1, '{hold}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('hold.arrive', 2, '{observed_at}', false, 'integer', 1, 999999999999999999, NULL, NULL, NULL),
    ('hold_policy.put', 1, '{unit}', true, 'text', NULL, 63, NULL, NULL, NULL),
    ('hold_policy.put', 2, '{minutes}', true, 'integer', 1, 1440, NULL, NULL, NULL),
    ('hold_policy.put', 3, '{end}', true, 'code', NULL, NULL, NULL, 'hold_end', NULL);

-- Arrivals are told apart by unit.declare itself, so that nobody learns which holds there are.
UPDATE ugo.member SET refers = NULL WHERE op = 'unit.declare' AND path = '{arrived}';

SELECT ugo.make_perform();

RESET ROLE;
