# SPDX-License-Identifier: EUPL-1.2
"""ugo watch: what it shows, and that it misses nothing over restarts of the server."""

import json
import re
import signal

from harness.line_server import EPOCH, Error, LineServer, instant
from harness.records import UNITS, hold, unit

pytest_plugins = ["harness.cli"]


def snapshot(connection, sub, revision, *units):
    connection.notify("delta", {"sub": sub, "set": list(units), "gone": []})
    mark(connection, sub, revision)


def mark(connection, sub, revision, stale=False):
    connection.notify("mark", {"sub": sub, "upto": f"{EPOCH}.f1.{revision}", "stale": stale,
                               "fresh_at": instant(), "now": instant()})


def full(server):
    server.answers["subscribe"] = lambda params, _: {
        "sub": params["sub"], "resumed": False, "why": None, "position": f"{EPOCH}.7"}


def begun(server, watch, *line):
    """A watch that has its first copy, and its connection."""
    full(server)
    watching = watch(*line)
    params, connection = server.next("subscribe")
    snapshot(connection, params["sub"], 7, UNITS[0], UNITS[2])
    return watching, params, connection


def test_watch_shows_changes(server, watch):
    watching, params, connection = begun(server, watch, "--modality", "internat",
                                         "--territory", "dts-sud")
    assert params["filter"] == {"kinds": ["unit", "hold", "request", "offer", "mission"],
                                "modality": ["internat"], "territories": ["dts-sud"]}
    assert "2 unités, 2 places libres" in watching.line("places libres")
    snapshot(connection, "s1", 8, unit(free=1, ago=0, revision=8))
    assert "2 → 1 libre · Foyer des Cèdres · Groupe des petits" in watching.line("→")
    snapshot(connection, "s1", 9, unit(free=1, ago=-1, revision=9))
    assert "confirmé, 1 libre" in watching.line("confirmé")
    snapshot(connection, "s1", 9, unit(free=1, ago=-1, revision=9, sex="girls"))
    assert "modifiée, 1 libre" in watching.line("modifiée")
    full_house = unit(free=0, ago=-2)
    full_house["capacity"]["occupied"] = 13
    snapshot(connection, "s1", 9, unit(free=0, ago=-2))
    assert "1 → 0 libre" in watching.line("→")
    snapshot(connection, "s1", 9, full_house)
    assert "0 libre (12 ouvertes, 13 occupées)" in watching.line("13 occupées")
    snapshot(connection, "s1", 10, unit("u-af-217", "Famille d'accueil 217", 1, 0))
    assert "? → 1 libre" in watching.line("→")
    connection.notify("delta", {"sub": "s1", "set": [], "gone": ["u-af-217"]})
    mark(connection, "s1", 11, stale=True)
    assert "n'est plus dans la liste" in watching.line("u-af-217")
    assert watching.line("sans nouvelles")
    rest = watching.stop()
    assert rest[-1] == f"ugo watch --since {EPOCH}.f1.11"


def test_watch_survives_a_restart_without_a_hole(tls, server, watch):
    watching, _, _ = begun(server, watch)
    watching.line("2 unités")
    server.stop()
    assert watching.line("Connexion perdue")
    with LineServer(tls, port=server.port) as again:
        again.answers["subscribe"] = {"sub": "s1", "resumed": True, "why": None}
        params, connection = again.next("subscribe")
        assert params["since"] == f"{EPOCH}.f1.7"
        snapshot(connection, "s1", 9, unit(free=0, ago=0, revision=9))
        assert "2 → 0 libre" in watching.line("→")
        assert re.search(r"De retour après \d+ s : rien n'a été manqué", watching.line("De retour"))
        watching.stop(signal.SIGTERM)


def test_watch_tells_only_differences_when_all_is_read_again(tls, server, watch):
    watching, _, connection = begun(server, watch)
    watching.line("2 unités")
    connection.notify("bye", {"code": "drain", "retry_ms": 10})
    server.stop()
    assert watching.line("Le serveur redémarre")
    with LineServer(tls, port=server.port) as again:
        again.answers["subscribe"] = {"sub": "s1", "resumed": False, "why": "compacted"}
        _, connection = again.next("subscribe")
        snapshot(connection, "s1", 90, unit(free=1, ago=0, revision=90), UNITS[2], UNITS[3])
        assert "2 → 1 libre" in watching.line("u-cedres-petits")
        assert "nouvelle, 1 libre" in watching.line("u-village")
        assert "Tout a été relu (trop ancien)" in watching.line("De retour")
        assert not [line for line in watching.stop() if "u-af-217" in line]


def test_watch_as_json_lines(tls, server, watch):
    watching, _, _ = begun(server, watch, "--json")
    assert watching.event("start") == {"event": "start", "resumed": False, "why": None}
    assert watching.event("set")["record"] == UNITS[0]
    assert watching.event("mark")["upto"] == f"{EPOCH}.f1.7"
    server.stop()
    assert watching.event("away")
    with LineServer(tls, port=server.port) as again:
        again.answers["subscribe"] = {"sub": "s1", "resumed": True, "why": None}
        _, connection = again.next("subscribe")
        connection.notify("delta", {"sub": "s1", "set": [], "gone": ["u-af-217"]})
        mark(connection, "s1", 8)
        assert watching.event("gone")["id"] == "u-af-217"
        back = watching.event("back")
        assert back["resumed"] is True and back["away_s"] >= 0
        watching.event("mark")
        assert json.loads(watching.stop()[-1]) == {"event": "end", "since": f"{EPOCH}.f1.8"}


def test_watch_from_where_one_had_stopped(server, watch):
    server.answers["subscribe"] = {"sub": "s1", "resumed": True, "why": None}
    watching = watch("--since", f"{EPOCH}.f1.7")
    params, connection = server.next("subscribe")
    assert params["since"] == f"{EPOCH}.f1.7"
    snapshot(connection, "s1", 9, unit(free=1, ago=0, revision=9))
    assert "Repris" in watching.line("Repris")
    assert "Groupe des petits" in watching.line("u-cedres-petits")
    watching.stop()


def test_watch_from_a_position_at_least(server, watch):
    """--after asks for all, of a server that is there; also when it is the position of a mark."""
    full(server)
    for after in (f"{EPOCH}.7", f"{EPOCH}.f1.7"):
        watching = watch("--after", after)
        params, connection = server.next("subscribe")
        assert params["after"] == after and "since" not in params
        snapshot(connection, params["sub"], 7, UNITS[0], UNITS[2])
        assert "2 unités" in watching.line("unités")
        connection.cut()
        params, _ = server.next("subscribe")
        assert params["since"] == f"{EPOCH}.f1.7" and "after" not in params
        watching.stop()
    watching = watch("--since", f"{EPOCH}.f1.5", UGO_AFTER=f"{EPOCH}.7")
    params, _ = server.next("subscribe")
    assert (params["since"], params["after"]) == (f"{EPOCH}.f1.5", f"{EPOCH}.7")
    watching.stop()


def test_watch_from_a_position_that_never_comes(server, watch):
    for type_, code, status, said in [("precondition_failed", 33, 4, "--after"),
                                      ("behind", 32, 5, "n'en est pas encore là")]:
        server.answers["subscribe"] = Error(code, type_)
        watching = watch("--after", f"{EPOCH}.9")
        assert said in watching.line(said)
        assert watching.process.wait(30) == status


def test_watch_leaves_a_server_that_is_behind(server, watch):
    watching, _, connection = begun(server, watch)
    watching.line("2 unités")
    answers = [Error(32, "behind"), {"sub": "s1", "resumed": True, "why": None}]
    server.answers["subscribe"] = lambda *_: answers.pop(0)
    connection.cut()
    server.next("subscribe")
    params, connection = server.next("subscribe")
    assert params["since"] == f"{EPOCH}.f1.7"
    mark(connection, "s1", 7)
    assert "rien n'a été manqué" in watching.line("De retour")
    watching.stop()


def test_watch_ends_when_it_is_no_longer_wanted(server, watch):
    watching, _, connection = begun(server, watch)
    watching.line("2 unités")
    connection.notify("bye", {"code": "revoked", "retry_ms": None})
    assert "révoqué" in watching.line("révoqué")
    assert watching.process.wait(30) == 3


def test_watch_gives_up_when_it_never_came_in(server, watch):
    server.stop()
    assert watch("--timeout", "1").process.wait(30) == 5


def test_nobody_reads_any_more(server, ugo):
    full(server)
    process = ugo("watch", "--json", popen=True)
    params, connection = server.next("subscribe")
    process.stdout.close()
    snapshot(connection, params["sub"], 7, UNITS[0])
    assert process.wait(30) == 0


# ── decisions ──

def test_watch_warns_before_a_hold_ends(server, watch):
    """Once for each end; not of a short hold that has just begun."""
    watching, _, connection = begun(server, watch)
    watching.line("2 unités")
    snapshot(connection, "s1", 10, hold(left=590), hold("h-1-11", left=610),
             hold("h-1-12", left=290, minutes=5))
    line = watching.line("plus que 10 min pour répondre")
    assert "Foyer des Cèdres · Groupe des petits · h-1-10" in line
    snapshot(connection, "s1", 11, hold("h-1-12", left=95, minutes=5))
    line = watching.line("plus que")
    assert "2 min" in line and "h-1-12" in line
    snapshot(connection, "s1", 12, hold(left=3200, minutes=90, extensions=1))
    assert "prolongée 1 fois" in watching.line("h-1-10")
    snapshot(connection, "s1", 13, hold(left=300, minutes=90, extensions=1))
    assert "h-1-10" in watching.line("plus que 5 min pour")
    rest = watching.stop(signal.SIGTERM)
    assert not [line for line in rest if "plus que" in line]


def test_watch_lists_what_is_current_and_forgets_in_silence(server, watch):
    full(server)
    watching = watch()
    params, connection = server.next("subscribe")
    snapshot(connection, params["sub"], 7, UNITS[0], hold(),
             hold("h-1-9", state="refused", code="full", ended_at=instant(60)))
    watching.line("1 unité, 2 places libres")
    watching.line("En cours : 0 demande, 1 option.")
    assert "encore 45 min" in watching.line("réponse attendue avant")
    connection.notify("delta", {"sub": params["sub"], "set": [], "gone": ["h-1-9"]})
    mark(connection, params["sub"], 8)
    snapshot(connection, params["sub"], 8,
             hold(state="accepted", arrive_by=instant(-3600), overdue=False))
    assert "acceptée, attendus avant" in watching.line(":")
    snapshot(connection, params["sub"], 9,
             hold(state="accepted", arrive_by=instant(1), overdue=True))
    watching.line("pas arrivés : appelez")
    rest = watching.stop(signal.SIGTERM)
    assert not [line for line in rest if "h-1-9" in line]
