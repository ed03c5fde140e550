# SPDX-License-Identifier: EUPL-1.2
"""Kinds of establishments on the command line: which codes are one, how long their figures are
believed. Against a stand-in for the line door."""
import pytest

from harness.records import META, UNITS, plain, unit, words

pytest_plugins = ["harness.cli"]

SEARCH = ["search", "--age", "7y"]
RESULT = {"unit": UNITS[0], "score": 0.9, "km": None, "fits": ["age"], "to_ask": [], "stale": False,
          "why": ["fresh"]}
RESULTS = {"total": 1, "split": None, "rejected": {}, "results": [RESULT], "near_misses": [],
           **META}


@pytest.fixture(name="server")
def fixture_server(server):
    server.answers["search"] = RESULTS
    return server


def test_how_long_figures_are_believed(ugo, server):
    def found(*kinds):
        units = [unit("u-%d" % n, establishment_kind=kind, ttl_s=hours * 3600)
                 for n, (kind, hours) in enumerate(kinds)]
        results = [{**RESULT, "unit": one} for one in units]
        server.answers["search"] = {**RESULTS, "results": results}
        return words(ugo(*SEARCH).stdout)
    assert "cru 24 h ;" in found(("mecs", 24), ("cdef", 24))
    assert "cru 4 h 00 (urgence), 24 h (MECS, foyer de l'enfance), 3 jours (famille d'accueil) ;" \
        in found(("mecs", 24), ("assistant_familial", 72), ("urgence", 4), ("cdef", 24),
                 ("mecs", 24))
    server.answers["search"] = {**RESULTS, "results": [{**RESULT, "unit": UNITS[2]}]}
    assert "est cru" not in words(ugo(*SEARCH).stdout)  # never declared


def test_a_kind_is_known_or_used(ugo, server):
    """A typing error must not look like "no place": the code is checked before the search."""
    server.answers["unit.list"] = {"units": [], "next": None, **META}
    for line in (SEARCH, ["units"], ["watch"]):
        done = ugo(*line, "--kind", "mec")
        assert done.returncode == 2, line
        assert "« mec » n'est pas un code de --kind" in plain(done.stderr)
        assert "assistant_familial famille d'accueil" in words(done.stderr)
        assert server.next("unit.list")[0] == {"filter": {"establishment_kinds": ["mec"]},
                                               "limit": 1}
    ugo("search", "--age", "3y", "--kind", "Famille d'accueil,mecs")
    assert server.next("search")[0]["establishment_kinds"] == ["assistant_familial", "mecs"]
    server.answers["unit.list"] = {"units": UNITS[:1], "next": None, **META}
    ugo("search", "--age", "3y", "--kind", "sas_nuit")  # of this département alone
    assert server.next("search")[0]["establishment_kinds"] == ["sas_nuit"]
    done = ugo("units", "--modality", "internt")
    assert done.returncode == 2 and "internat_semaine" in done.stderr
