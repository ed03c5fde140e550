# SPDX-License-Identifier: EUPL-1.2
"""Units as the line door shows them, and reading what ugo prints about them."""

from harness.line_server import EPOCH, instant

META = {"position": f"{EPOCH}.7", "as_of": instant(), "stale": False}


def unit(id_="u-cedres-petits", name="Groupe des petits", free=2, ago=1200, **members):
    """A unit's record; free None: never declared."""
    known = free is not None
    free_text = {"free": free, "free_planned": free, "open": 12 if known else None,
                 "occupied": 12 - free if known else None}
    return {
        "kind": "unit", "id": id_, "revision": 5, "establishment": "e-cedres",
        "establishment_name": "Foyer des Cèdres", "establishment_kind": "mecs", "name": name,
        "modality": "internat", "ages": {"min_months": 36, "max_months": 156}, "sex": "any",
        "siblings_max": 3, "siblings_mixed": True, "admission": "always",
        "accepts": {"disability": "yes", "mna": "unknown", "pregnant": "no"},
        "territory": "mds-muret", "commune": "31395",
        "capacity": {"authorised": 12, "held": 0, "closed": 0, "emergency_reserved": 0,
                     "emergency_used": 0, **free_text},
        "closed_reason": None, "reopens_on": None, "ttl_s": 14400,
        "observed_at": instant(ago) if known else None,
        "recorded_at": instant(ago) if known else None,
        "declared_by": "mecs-cedres" if known else None, "channel": "cli" if known else None,
        "fresh_until": instant(ago - 14400) if known else None, "contested_at": None,
        "contact": {"day": "05 00 00 00 01", "night": "05 00 00 00 02"}, **members}


def hold(id_="h-1-10", left=2700, minutes=45, state="held", **members):
    """A hold with so many seconds left of so many minutes."""
    return {
        "kind": "hold", "id": id_, "revision": 10, "unit": "u-cedres-petits",
        "establishment": "e-cedres", "territory": "mds-muret", "request": None, "children": [],
        "profile": [{"age_months": 84, "sex": "F"}], "parent": None, "needs": [], "places": 1,
        "emergency": True, "state": state, "code": None, "created_by": "astreinte-31",
        "created_at": instant(60 * minutes - left), "held_until": instant(-left), "extensions": 0,
        "escalated": False, "overdue": False, "answered_by": None, "answered_at": None,
        "arrive_by": None, "ended_at": None, "stale_unit": False, **members}


UNITS = [unit(), unit("u-cedres-grands", "Groupe des grands", 0, 9 * 3600),
         unit("u-af-217", "Famille d'accueil 217", None, establishment_name="Famille d'accueil 217",
              establishment="e-af-217"),
         unit("u-village", "Maison 4 « Les Écureuils »", 1, 60, contested_at=instant(30),
              establishment="e-village",
              establishment_name="Village d'enfants de la Garonne et des Pyrénées")]


def plain(text):
    return text.replace("\u00a0", " ")


def words(text):
    """The text as it was before it was wrapped."""
    return " ".join(plain(text).split())
