# SPDX-License-Identifier: EUPL-1.2
"""What may become of missions: made by an acceptance if and only if the offices are closed then,
by the calendar as it was (local time by this machine's own table of zones), and ended with their
hold."""
import datetime
import zoneinfo

from judge.world import Broken, demand

ACTIVE = ("assigned", "under_way", "arrived")
SECOND = 1_000_000
DAY = 86_400 * SECOND

# Operation: from which states, to which one (None: the same).
MOVES = {
    "mission.assign": (ACTIVE, None),
    "mission.start": (("assigned",), "under_way"),
    "mission.arrive": (("assigned", "under_way"), "arrived"),
    "mission.hand_over": (ACTIVE, "handed_over"), "hold.arrive": (ACTIVE, "handed_over"),
    "unit.declare": (ACTIVE, "handed_over"),
    "mission.cancel": (ACTIVE, "cancelled"), "hold.withdraw": (ACTIVE, "cancelled"),
}
OF_HOLD = ("unit", "establishment", "territory", "origin", "created_by", "request", "places",
           "profile", "place")
CHANGING = ("team", "state", "code", "assigned_at", "under_way_at", "arrived_at",
            "handed_over_at", "ended_at")


def office_open(calendar, moment):
    """Whether the offices are open; None: nobody knows."""
    if calendar is None:
        return None
    local = datetime.datetime.fromtimestamp(moment // SECOND,
                                            zoneinfo.ZoneInfo(calendar["time_zone"]))
    now = local.strftime("%H:%M")
    return local.date().isoformat() not in calendar["holidays"] and any(
        hours["day"] == local.isoweekday() and hours["from"] <= now < hours["to"]
        for hours in calendar["office"])


def is_team(world, account):
    found = world.records["account"].get(account)
    return found is not None and found["role"] == "mobile" and not found["disabled"]


def on_call(world, root, moment):
    """The team that has the duty: of the entries that cover the moment the one that began last."""
    shifts = sorted(
        (-shift["from_at"], record, shift["account"])
        for record, shift in world.records["rota"].items()
        if shift["duty"] == "mobile" and shift["territory"] == root
        and shift["from_at"] <= moment < shift["to_at"])
    team = shifts[0][2] if shifts else None
    return team if is_team(world, team) else None


def missions(world, revision):
    """Judges what a revision does to missions, and what it should have done."""
    changed = revision.of("mission")
    for mission_id, now in changed.items():
        was = world.records["mission"].get(mission_id)
        if was is None:
            begun(world, revision, mission_id, now)
        elif now is None:
            demand(was["ended_at"] is not None and was["ended_at"] + 2 * DAY < revision.at,
                   "mission %s forgotten too soon", mission_id)
        else:
            moved(world, revision, mission_id, was, now)
    for hold_id, hold in revision.of("hold").items():
        before = world.records["hold"].get(hold_id, {}).get("state")
        if hold and hold["state"] == "accepted" and before == "held":
            follows_acceptance(world, revision, hold_id, hold)
        elif before == "accepted" and (hold is None or hold["state"] != "accepted"):
            demand(all(changed.get(i, mission)["state"] not in ACTIVE
                       for i, mission in world.records["mission"].items()
                       if mission["hold"] == hold_id), "hold %s left its mission", hold_id)


def follows_acceptance(world, revision, hold_id, hold):
    root = world.root_of(hold["territory"])
    is_open = office_open(world.records["calendar"].get(root), revision.at)
    made = [mission for mission in revision.of("mission").values()
            if mission and mission["hold"] == hold_id]
    demand(len(made) == (is_open is False), "%d missions for a hold accepted when the offices"
           " are %s", len(made), {True: "open", False: "closed", None: "unknown"}[is_open])
    for mission in made:
        team = on_call(world, root, revision.at)
        demand(mission["team"] == team, "given to %s, on call is %s", mission["team"], team)


def begun(world, revision, mission_id, now):
    demand(revision.operation in ("hold.accept", "mission.create")
           and not world.was_there("mission", mission_id), "mission %s came by %s", mission_id,
           revision.operation)
    hold = revision.of("hold").get(now["hold"]) or world.records["hold"].get(now["hold"])
    demand(hold and hold["state"] == "accepted", "a mission of a hold that is not accepted")
    demand(not any(other["hold"] == now["hold"] and other["state"] in ACTIVE
                   for other in world.records["mission"].values()), "two missions of a hold")
    demand(all(now[member] == hold[member] for member in OF_HOLD), "a mission unlike its hold")
    demand(now["state"] == "assigned" and now["assigned_at"] == revision.at
           and now["ended_at"] is None, "a mission begins as %s", now)
    demand(now["team"] is None or is_team(world, now["team"]), "%s is no team", now["team"])


def moved(world, revision, mission_id, was, now):
    if revision.operation not in MOVES:
        raise Broken("mission %s changed by %s" % (mission_id, revision.operation))
    states, to_state = MOVES[revision.operation]
    demand(was["state"] in states and now["state"] == (to_state or was["state"]),
           "mission %s went from %s to %s", mission_id, was["state"], now["state"])
    demand(all(now[member] == was[member] for member in was if member not in CHANGING),
           "mission %s is another one", mission_id)
    over = now["state"] not in ACTIVE
    demand(now["ended_at"] == (revision.at if over else None), "mission %s ended at %s",
           mission_id, now["ended_at"])
    if to_state and to_state != "cancelled":
        demand(now[to_state + "_at"] == revision.at, "%s at another time", to_state)
    if revision.operation == "mission.assign":
        demand(is_team(world, now["team"]) and now["team"] != was["team"], "assigned to %s",
               now["team"])
    else:
        demand(now["team"] == was["team"] or was["team"] is None, "mission %s changed teams",
               mission_id)
    if over and to_state == "handed_over":
        hold = revision.of("hold").get(now["hold"])
        demand(hold and hold["state"] == "arrived", "handed over, not arrived")
