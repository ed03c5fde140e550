# SPDX-License-Identifier: EUPL-1.2
"""Requests and holds as tests make them, on the small département of `register`."""
import datetime

from register import HOUR

MINUTE = HOUR // 60
DAY = 24 * HOUR
INACTIVE = {"type": "hold_not_active", "revision": None}
FULL = {"type": "no_free_place", "revision": None}
CONFLICTS = {"type": "conflicts_with_holds", "revision": None}

GIRL = {"age_months": 84, "sex": "F"}
BOY = {"age_months": 50, "sex": "M"}
UNKNOWN = {"age_months": None, "sex": None}

# Who sees which part: night, boss: the département; mds: dts-1 and what is below.
HOLDERS = ("night", "boss", "mds", "system")


def declared(register, unit="u-1", free=5, opened=10, **params):
    """A unit with so many free places."""
    reply = register.declare(unit, "root", free=free, open=opened, **params)
    assert reply["type"] == "ok", reply


def ok(reply):
    assert reply["type"] == "ok" and reply["revision"], reply
    return reply


def day(register, days=0):
    """A day of UTC, counted from the tests' today."""
    moment = datetime.datetime.fromtimestamp(register.now / 1e6, datetime.timezone.utc)
    return (moment.date() + datetime.timedelta(days)).isoformat()


def new_request(register, *children, account="night", **params):
    """The id of a new request."""
    reply = ok(register.do("request.open", {"children": list(children or [GIRL]), **params},
                           account))
    (kind, request, _), = register.changes(reply["revision"])
    assert kind == "request"
    return request


def ask(register, unit="u-1", account="night", **params):
    """The reply to a hold.create; for one girl unless something else is given."""
    if "request" not in params and "need" not in params:
        params["need"] = {"children": [GIRL]}
    where = {"units": unit} if isinstance(unit, list) else {"unit": unit}
    return register.do("hold.create", {**where, **params}, account)


def new_hold(register, unit="u-1", account="night", **params):
    """The id of a new hold."""
    return ok(ask(register, unit, account, **params))["answer"]["holds"][0]


def act(register, verb, hold, account=None, **params):
    """hold.<verb>, by who usually does it."""
    account = account or {"accept": "home", "refuse": "home", "arrive": "home"}.get(verb, "night")
    if verb in ("refuse", "withdraw"):
        params.setdefault("code", "other")
    return register.do("hold." + verb, {"hold": hold, **params}, account)


def hold_of(register, hold):
    return register.record("hold", hold)


def request_of(register, request):
    return register.record("request", request)


def held(register, unit="u-1"):
    """What a unit counts: (held, of these for emergencies)."""
    state = register.unit(unit)
    return state["held"], state["held_emergency"]


def kinds(register, revision):
    """[(kind, id)] of a revision."""
    return [(kind, record) for kind, record, _ in register.changes(revision)]


def operations(register, above):
    """[(operation, actor, kind, id)] of the first parts above a revision, in their order."""
    return register.query("SELECT operation, actor, kind, id FROM ugo.change WHERE revision > %s"
                          " AND part = 1 ORDER BY revision", above)
