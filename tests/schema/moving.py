# SPDX-License-Identifier: EUPL-1.2
"""Movements as tests make them, on the small département of `register`."""
from asking import day, ok


def plan(register, kind="exit", places=1, days=3, unit="u-1", account="home", **params):
    """The reply to a plan."""
    if kind == "exit":
        params.setdefault("code", "return_home")
    return register.do("movement.plan", {"unit": unit, "type": kind, "places": places,
                                         "on": day(register, days), **params}, account)


def planned(register, *args, **params):
    """The id of a new movement."""
    return ok(plan(register, *args, **params))["answer"]["movement"]


def move(register, verb, movement, account="home", **params):
    return register.do("movement." + verb, {"movement": movement, **params}, account)


def leave(register, unit="u-1", places=1, account="home", **params):
    params.setdefault("code", "majority")
    return register.do("movement.exit", {"unit": unit, "places": places, **params}, account)


def transfer(register, places=1, from_unit="u-1", unit="u-2", account="home", **params):
    return register.do("movement.transfer", {"from_unit": from_unit, "unit": unit,
                                             "places": places, **params}, account)


def movement_of(register, movement):
    return register.record("movement", movement)


def counts(register, unit="u-1"):
    state = register.unit(unit)
    return state["open"], state["occupied"]
