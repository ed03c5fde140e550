# SPDX-License-Identifier: EUPL-1.2
"""Bad input at the real line door gets a clear error, and nothing is lost. Every answer is held to
the schemas, strictly."""
import asyncio

from harness.door import Copy, asynchronous
from harness.door_kit import (HELLO, answer_to, ended, fixture_new, fixture_register, instant,
                              request, seconds)
from harness.ugod import Register, folder

__all__ = ["fixture_new", "fixture_register"]


# lines


LINES = [
    (b'[{"jsonrpc":"2.0","id":"x","method":"me"}]', "invalid_request", "batch", None),
    (b"[]", "invalid_request", "batch", None),
    (b'"me"', "invalid_request", "not_an_object", None),
    (b"", "parse", "not_json", None),
    (b"GET / HTTP/1.1", "parse", "not_json", None),
    (request()[:-1], "parse", "not_json", None),
    (request() + b"{}", "parse", "not_json", None),
    (request().replace(b"me", b"m\xff"), "parse", "not_utf8", None),
    (request().replace(b"me", b"m\xed\xa0\x80"), "parse", "not_utf8", None),
    (b"\xef\xbb\xbf" + request(), "parse", "not_json", None),
    (request().replace(b"me", b"m\te"), "parse", "control_byte", None),
    (request().replace(b"me", b"m\\u0000e"), "parse", "nul_character", None),
    (request(params={"a": 0}).replace(b"0}}", b"[" * 31 + b"]" * 31 + b"}}"), "parse", "too_deep",
     None),
    (request(params={"a": [0] * 4100}), "parse", "too_complex", None),
    (request().replace(b'"id"', b'"id":1,"id"'), "parse", "duplicate_key", None),
    (request(params={"a": 1}).replace(b'"a"', b'"a":1,"\\u0061"'), "parse", "duplicate_key", None),
    (request(params={"a": 1}).replace(b'1}}', b'1e999}}'), "parse", "number_out_of_range", None),
    (request(params={"a": 1}).replace(b'1}}', b'9' * 30 + b'}}'), "parse", "number_out_of_range",
     None),
    (request(id=[1]), "invalid_request", "bad_id", None),
    (request(id=True), "invalid_request", "bad_id", None),
    (request(id=1.5), "invalid_request", "bad_id", None),
    (request(id=1 << 53), "invalid_request", "bad_id", None),
    (request(id="i" * 65), "invalid_request", "bad_id", None),
    (request(id=None), "invalid_request", "bad_id", None),
    (request(jsonrpc="1.0"), "invalid_request", "bad_jsonrpc", "x"),
    (b'{"jsonrpc":"2.0","id":"x"}', "invalid_request", "no_method", "x"),
    (b'{"jsonrpc":"2.0","id":"x","result":{},"error":{}}', "invalid_request", "result_and_error",
     "x"),
    (request(version=1), "invalid_request", "unknown_member", "x"),
    (request(method=""), "invalid_request", "bad_method", "x"),
    (request(method="m" * 65), "invalid_request", "bad_method", "x"),
    (request(method=7), "invalid_request", "bad_method", "x"),
    (request(params=[1]), "invalid_request", "bad_params", "x"),
    (b'{"jsonrpc":"2.0","method":"unit.confirm","params":{"unit":"u-0-a"}}', "invalid_request",
     "id_required", None),
    (request(method="unit.destroy"), "unknown_operation", None, "x"),
    (request(method="hold.keep"), "unknown_operation", None, "x"),
    (request(method="Me"), "unknown_operation", None, "x"),
    (request(params={"what": 1}), "invalid_params", None, "x"),
]


@asynchronous
async def test_refused_lines(register):
    """Each names its fault; the connection goes on."""
    async with register.door("home-0", strict=True) as door:
        for line, type_, detail, id_ in LINES:
            answer = await answer_to(door, line)
            assert answer["id"] == id_, line[:80]
            assert answer["error"]["data"]["type"] == type_, (line[:80], answer)
            assert answer["error"]["data"].get("detail") == detail, (line[:80], answer)
            assert await door.call("echo", ok=1) == {"ok": 1}


@asynchronous
async def test_lines_too_long(register):
    for greeted, limit in ((False, 8192), (True, 65536)):
        door = register.door("home-0", strict=True)
        await door.open()
        if greeted:
            await door.hello()
        await door.greeted.wait()
        line = request(method="echo", params={"a": ""})
        fits = line.replace(b'""', b'"%s"' % (b"a" * (limit - len(line))))
        assert len(fits) == limit
        answer = await answer_to(door, fits)
        assert answer["error"]["data"]["errors"] == [{"pointer": "", "detail": "too_long"}]
        answer = await answer_to(door, fits.replace(b"a\"}", b"aa\"}"))
        assert answer["error"]["data"] == {"type": "parse", "detail": "line_too_long"}
        assert answer["id"] is None
        assert await ended(door) == "protocol" and door.bye["retry_ms"] is None


@asynchronous
async def test_a_line_that_never_ends(register):
    """It is refused at its limit, not when it ends."""
    door = register.door("home-0", strict=True)
    await door.connect()
    answer = await asyncio.wait_for(answer_to(door, b"a" * 70000), 30)
    assert answer["error"]["data"]["detail"] == "line_too_long"
    assert await ended(door) == "protocol"


@asynchronous
async def test_byte_by_byte(register):
    """One byte per TLS record."""
    door = register.door("home-0", strict=True)
    await door.open()
    hello = request(method="hello", params={**HELLO, "token": door.token})
    me = request(id="y").replace(b'"me"', b'"me"\r')
    answers = []
    door.on_notification = lambda method, message: method or answers.append(message)
    for byte in hello + b"\n" + me + b"\n":
        door.write(bytes([byte]))
        await door.writer.drain()
    while len(answers) < 2:
        await asyncio.sleep(0)
    assert [a["id"] for a in answers] == ["x", "y"]
    assert answers[1]["result"]["account"] == "home-0"


# for the unit as it was seen


@asynchronous
async def test_if_revision(register):
    """Of two who saw the same unit, the slower one changes nothing."""
    async with register.door("home-4", strict=True) as door:
        seen = (await door.call("unit.declare", unit="u-4-b", free=1, open=4))["unit"]["revision"]
        declared = (await door.call("unit.declare", unit="u-4-b", free=0, if_revision=seen))["unit"]
        for method, more in (("unit.declare", {"free": 9}), ("unit.confirm", {})):
            refusal = await door.refused(method, unit="u-4-b", if_revision=seen, **more)
            assert (refusal.type, refusal.detail) == ("precondition_failed", "other_revision")
        assert (await door.call("unit.get", unit="u-4-b"))["unit"] == declared
        confirmed = await door.call("unit.confirm", unit="u-4-b", if_revision=declared["revision"])
        assert confirmed["unit"]["revision"] > declared["revision"]
        refusal = await door.refused("unit.confirm", unit="u-3-b", if_revision=seen)
        assert refusal.type == "forbidden"


# params


PARAMS = [
    ("unit.declare", {}, [("/unit", "required")]),
    ("unit.declare", {"unit": "u-0-a"}, [("/free", "free_or_occupied")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "occupied": 1}, [("/free", "free_or_occupied")]),
    ("unit.declare", {"unit": "u-0-a", "free": -1, "open": 4}, [("/free", "out_of_range")]),
    ("unit.declare", {"unit": "u-0-a", "free": 10000, "open": 4}, [("/free", "out_of_range")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1 << 62, "open": 4}, [("/free", "out_of_range")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": -4}, [("/open", "out_of_range")]),
    ("unit.declare", {"unit": "u-0-a", "free": "1", "open": 4}, [("/free", "wrong_type")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1.0, "open": 4}, [("/free", "wrong_type")]),
    ("unit.declare", {"unit": "u-0-a", "free": True, "open": 4}, [("/free", "wrong_type")]),
    ("unit.declare", {"unit": "u-0-a", "free": None, "open": 4}, [("/free", "wrong_type")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "place": 4}, [("/place", "unknown_member")]),
    ("unit.declare", {"unit": "U-0-a", "free": 1}, [("/unit", "bad_format")]),
    ("unit.declare", {"unit": "e-0", "free": 1}, [("/unit", "bad_format")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1}, [("/open", "first_declaration_needs_open")]),
    ("unit.declare", {"unit": "u-0-a", "free": 5, "open": 4}, [("/free", "more_than_open")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": 4, "emergency_used": 1},
     [("/emergency_used", "more_than_reserved")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": 4, "closed": {"n": 2}},
     [("/closed/reason", "required")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": 4,
                      "closed": {"n": 2, "reason": "boredom"}}, [("/closed/reason", "not_one_of")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": 4,
                      "closed": {"n": 2, "reason": "staff", "reopens_on": "2026-02-30"}},
     [("/closed/reopens_on", "bad_format")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": 4, "derogation": "whim"},
     [("/derogation", "not_one_of")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": 4, "observed_at": "yesterday"},
     [("/observed_at", "bad_format")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": 4, "observed_at": 1763748150},
     [("/observed_at", "wrong_type")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": 4, "arrived": ["h-1"]},
     [("/arrived/0", "not_accepted_here")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": 4, "idempotency_key": "k" * 65},
     [("/idempotency_key", "bad_format")]),
    ("unit.declare", {"unit": "u-0-a", "free": 1, "open": 4, "idempotency_key": "a b"},
     [("/idempotency_key", "bad_format")]),
    ("unit.confirm", {"unit": "u-0-a"}, [("/unit", "never_declared")]),
    ("unit.get", {"unit": 7}, [("/unit", "wrong_type")]),
    ("unit.list", {"limit": 0}, [("/limit", "out_of_range")]),
    ("unit.list", {"limit": 201}, [("/limit", "out_of_range")]),
    ("unit.list", {"cursor": "no~cursor"}, [("/cursor", "bad_cursor")]),
    ("unit.list", {"filter": {"modality": []}}, [("/filter/modality", "too_short")]),
    ("unit.list", {"filter": {"units": ["u-1"] * 65}}, [("/filter/units", "too_long")]),
    ("unit.list", {"filter": {"colour": ["red"]}}, [("/filter/colour", "unknown_member")]),
    ("subscribe", {"sub": "é"}, [("/sub", "bad_format")]),
    ("subscribe", {"sub": "a", "since": "nonsense"}, [("/since", "bad_format")]),
    ("subscribe", {"sub": "a", "filter": {"search": {}}}, [("/filter/search/children",
                                                            "required")]),
    ("history", {"at_from": "2026-11-02T00:00:00Z", "at_to": "2026-11-01T00:00:00Z"},
     [("/at_to", "before_at_from")]),
    ("history", {"since_revision": -1}, [("/since_revision", "out_of_range")]),
]

NIGHT_PARAMS = [
    ("search", {}, [("/children", "required")]),
    ("search", {"children": []}, [("/children", "too_short")]),
    ("search", {"children": [{}] * 11}, [("/children", "too_long")]),
    ("search", {"children": [{"age_months": -1}]}, [("/children/0/age_months", "out_of_range")]),
    ("search", {"children": [{"age_months": 1201}]}, [("/children/0/age_months", "out_of_range")]),
    ("search", {"children": [{"sex": "X"}]}, [("/children/0/sex", "not_one_of")]),
    ("search", {"children": [{}], "max_km": 5}, [("/max_km", "needs_near")]),
    ("search", {"children": [{}], "near": {}}, [("/near", "one_of_commune_point_territory")]),
    ("search", {"children": [{}], "near": {"commune": "99999"}},
     [("/near/commune", "unknown_reference")]),
    ("search", {"children": [{}], "near": {"point": [91, 0]}}, [("/near/point/0", "out_of_range")]),
    ("search", {"children": [{}], "modality": ["castle"]}, [("/modality/0", "not_one_of")]),
    ("search", {"children": [{}], "limit": 51}, [("/limit", "out_of_range")]),
    ("request.open", {}, [("/children", "required")]),
    ("request.open", {"children": [{"name": "x"}]}, [("/children/0/name", "unknown_member")]),
    ("request.open", {"children": [{}], "reference": "MARTIN"}, [("/reference", "bad_format")]),
    ("request.open", {"children": [{}], "from": {}}, [("/from", "exactly_one")]),
    ("request.open", {"children": [{}], "from": {"territory": "d59"}},
     [("/from/territory", "unknown_reference")]),
    ("request.open", {"children": [{}], "legal_frame": "whim"}, [("/legal_frame", "not_one_of")]),
    ("request.open", {"children": [{}], "decided_at": instant(3600)},
     [("/decided_at", "in_the_future")]),
    ("request.close", {"request": "r-1", "code": "arrived"}, [("/code", "not_one_of")]),
    ("request.list", {"cursor": "no~cursor"}, [("/cursor", "bad_cursor")]),
    ("hold.create", {"unit": "u-0-a"}, [("/request", "exactly_one")]),
    ("hold.create", {"need": {"children": [{}]}}, [("/unit", "exactly_one")]),
    ("hold.create", {"units": ["u-0-a", "u-0-a"], "need": {"children": [{}]}},
     [("/units/1", "twice")]),
    ("hold.create", {"unit": "u-0-a", "need": {}}, [("/need/children", "required")]),
    ("hold.create", {"unit": "u-0-a", "need": {"children": [{}, {}]}, "places": 1},
     [("/places", "fewer_than_children")]),
    ("hold.create", {"unit": "u-0-a", "need": {"children": [{}]}, "minutes": 241},
     [("/minutes", "out_of_range")]),
    ("hold.create", {"unit": "u-0-a", "need": {"children": [{}]}, "children": [0]},
     [("/children", "only_with_request")]),
    ("hold.refuse", {"hold": "h-1", "code": "mood"}, [("/code", "not_one_of")]),
    ("hold.refuse", {"hold": "h-1"}, [("/code", "required")]),
    ("hold.extend", {"hold": "r-1"}, [("/hold", "bad_format")]),
    ("hold.list", {"state": ["kept"]}, [("/state/0", "not_one_of")]),
]


@asynchronous
async def test_refused_params(register):
    """Each names the member and the fault; nothing is written."""
    revision = register.query("SELECT revision FROM ugo.ledger")
    for who, table in (("home-0", PARAMS), ("night", NIGHT_PARAMS)):
        async with register.door(who, strict=True) as door:
            for method, params, errors in table:
                refusal = await door.refused(method, **params)
                assert (refusal.type, refusal.errors) == ("invalid_params", errors), \
                    (method, params)
    assert register.query("SELECT revision FROM ugo.ledger") == revision


@asynchronous
async def test_roles_and_foreign_units(register):
    """Another's unit and no unit are the same: not to be read, not to be written."""
    async with register.door("home-0", strict=True) as door:
        foreign = await door.refused("unit.declare", unit="u-1-a", free=1, open=4)
        none = await door.refused("unit.declare", unit="u-none", free=1, open=4)
        assert foreign.error == none.error and foreign.type == "forbidden"
        foreign = await door.refused("unit.get", unit="u-1-a")
        none = await door.refused("unit.get", unit="u-none")
        assert foreign.error == none.error and foreign.type == "not_found"
        for method, params in (("search", {"children": [{}]}), ("occupancy", {}),
                               ("unit.report_wrong", {"unit": "u-0-a"})):
            refusal = await door.refused(method, **params)
            assert (refusal.type, refusal.detail) == ("forbidden", "role")
    async with register.door("van", strict=True) as door:
        refusal = await door.refused("unit.list")
        assert (refusal.type, refusal.detail) == ("forbidden", "role")


# declarations


@asynchronous
async def test_idempotency(register):
    async with register.door("home-1", strict=True) as door:
        body = {"unit": "u-1-a", "free": 2, "open": 8}
        first = await door.call("unit.declare", **body, idempotency_key="key")
        again = await door.call("unit.declare", **body, idempotency_key="key")
        assert again["unit"] == first["unit"]
        reordered = dict(reversed(body.items()))
        assert (await door.call("unit.declare", **reordered,
                                idempotency_key="key"))["unit"] == first["unit"]
        for method, params in (("unit.declare", {**body, "free": 3}),
                               ("unit.declare", {**body, "unit": "u-1-b"}),
                               ("unit.confirm", {"unit": "u-1-a"})):
            assert (await door.refused(method, **params, idempotency_key="key")).type == "conflict"
        await door.call("unit.declare", **{**body, "free": 4}, idempotency_key="key-2")
        again = await door.call("unit.declare", **body, idempotency_key="key")
        assert again["unit"] == first["unit"]  # as it was then
        assert (await door.call("unit.get", unit="u-1-a"))["unit"]["capacity"]["free"] == 4

        wrong = {"unit": "u-1-a", "free": 9, "idempotency_key": "refused"}
        refusal = await door.refused("unit.declare", **wrong)
        await door.call("unit.declare", unit="u-1-a", free=9, open=10, idempotency_key="key-3")
        assert (await door.refused("unit.declare", **wrong)).error == refusal.error
    async with register.door("home-2", strict=True) as door:  # a key is its account's
        await door.call("unit.declare", unit="u-2-a", free=2, open=8, idempotency_key="key")
    rows = register.query("SELECT state ->> 'occupied' FROM ugo.change WHERE actor = 'home-1'"
                          " ORDER BY revision")
    assert [occupied for occupied, in rows] == ["6", "4", "1"]


@asynchronous
async def test_together_with_the_same_key(register):
    """Sent twice before the first is answered, on two connections."""
    async with register.door("home-3", strict=True) as one, \
            register.door("home-3", strict=True) as other:
        body = {"unit": "u-3-a", "free": 2, "open": 8, "idempotency_key": "twice"}
        answers = await asyncio.gather(*(door.call("unit.declare", **body)
                                         for door in (one, other) * 20))
        assert all(answer["unit"] == answers[0]["unit"] for answer in answers)
    assert register.query("SELECT count(*) FROM ugo.change WHERE actor = 'home-3'") == [(1,)]


@asynchronous
async def test_clocks_of_phones(register):
    async with register.door("home-4", strict=True) as door:
        def declare(free, at, method=door.call):
            return method("unit.declare", unit="u-4-a", free=free, open=8, observed_at=at)
        behind = instant(-3600)
        assert (await declare(1, behind))["unit"]["observed_at"] == behind
        ahead = (await declare(2, instant(90)))["unit"]  # taken as now
        assert seconds(ahead["observed_at"]) <= seconds(ahead["recorded_at"])
        for at in (instant(180), instant(86400 * 365)):
            refusal = await declare(3, at, door.refused)
            assert refusal.errors == [("/observed_at", "in_the_future")]
            assert abs(seconds(refusal.data["now"]) - seconds(instant())) < 60
        refusal = await declare(4, instant(-1800), door.refused)
        assert refusal.type == "outdated"
        assert refusal.data["unit"] == ahead
        refusal = await door.refused("unit.confirm", unit="u-4-a", observed_at=instant(-1800))
        assert refusal.type == "outdated"
        changes, _ = await door.pages("history", "changes", unit="u-4-a")
        assert [c["kind"] for c in changes][-4:] == ["unit", "unit", "declaration", "declaration"]
        assert (changes[-2]["record"]["free"], changes[-2]["record"]["open"]) == (4, 8)
        assert changes[-1]["record"]["unchanged"] is True
        assert (await door.call("unit.get", unit="u-4-a"))["unit"] == ahead


def move_clock(register, by_s):
    register.query("CREATE OR REPLACE FUNCTION ugo.clock_us() RETURNS bigint LANGUAGE sql VOLATILE"
                   " RETURN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
                   " + %d::bigint" % (by_s * 1000000))


@asynchronous
async def test_the_clock_of_the_host_jumps(new):
    """Forwards and back by an hour: time never runs backwards, nothing is stale or outdated."""
    with new() as register:
        async with register.door("home-0", strict=True) as door, \
                register.door("boss", strict=True) as boss:
            copy, fresh, stale = Copy(), [], []
            copy.on_mark = lambda c: (fresh.append(c.mark["fresh_at"]),
                                      stale.append(c.mark["stale"]))
            await copy.follow(boss, {"units": ["u-0-a"]})
            recorded = []
            for free, jump in enumerate((0, 3600, -3600, 0)):
                await asyncio.to_thread(move_clock, register, jump)
                result = await door.call("unit.declare", unit="u-0-a", free=free, open=8)
                recorded.append(result["unit"]["recorded_at"])
                await copy.until(lambda c, r=result["unit"]: c.records.get("u-0-a") == r)
            assert recorded == sorted(recorded) and fresh == sorted(fresh)
            assert seconds(recorded[1]) - seconds(recorded[0]) > 3000
            assert not any(stale)
    # the epoch of the test's clock ends with its database


def test_a_refused_configuration():
    """Options that contradict each other are said, and the exit status is 1."""
    with folder() as path, Register(path, mark_every="4s", slow_no_mark="3s") as register:
        register.launch()
        assert register.wait_end() == 1
        assert register.has_log("configuration_refused .*mark_every: must be below slow_no_mark")
