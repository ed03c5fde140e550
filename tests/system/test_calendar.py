# SPDX-License-Identifier: EUPL-1.2
"""ugoctl calendar, ugoctl rota import, and what the demonstration has of both."""
import json

import pytest

pytest_plugins = ["harness.admin"]

MONDAY = 1779696000_000000  # 2026-05-25 08:00 UTC, 10:00 in Paris: Whit Monday
TUESDAY = MONDAY + 24 * 3600 * 1000000


@pytest.fixture(name="county")
def fixture_county(ugoctl):
    """A département with a team and somebody on call."""
    put = [("territory.put", {"code": "d31", "name": "Haute-Garonne", "level": "departement"}),
           ("territory.put", {"code": "dts-1", "name": "Nord", "level": "dts", "parent": "d31"})]
    put += [("account.put", {"id": name, "role": role, "territories": ["d31"], "name": name})
            for name, role in (("van", "mobile"), ("night", "astreinte"), ("boss", "def"))]
    ugoctl.rows("SELECT ugo.apply_batch(%s)", json.dumps([
        {"account": "system", "op": op, "key": "k%d" % i, "digest": "d", "channel": "cli",
         "params": params} for i, (op, params) in enumerate(put)]))
    return ugoctl


def calendar(ugoctl, *more, ok=True, territory="d31", zone="Europe/Paris"):
    return ugoctl("calendar", "--territory", territory, "--zone", zone, *more, ok=ok)


def is_open(ugoctl, moment):
    return ugoctl.one("SELECT ugo.office_open('d31', %s)", moment)


def test_a_calendar(county):
    done = calendar(county, "--office", "1-5=08:30-12:00", "--office", "2=14:00-17:30",
                    "--holidays", "fr:2026-2027")
    assert "6 plages" in done.stdout and "22 jours fériés" in done.stdout
    state = county.record("calendar", "d31")
    assert state["time_zone"] == "Europe/Paris" and len(state["office"]) == 6
    assert state["office"][2] == {"day": 2, "from": "14:00", "to": "17:30"}
    assert "2026-05-25" in state["holidays"] and len(state["holidays"]) == 22
    assert is_open(county, TUESDAY) is True and is_open(county, MONDAY) is False
    before = county.revision()
    calendar(county, "--office", "1-5=08:30-12:00", "--office", "2=14:00-17:30", "--holidays",
             "fr:2026-2027")
    assert county.revision() == before


def test_holidays_of_a_file(county, tmp_path):
    file = tmp_path / "jours"
    file.write_text("# les nôtres\n2026-05-26 pont\n2026-12-26;Saint-Étienne\n\n")
    calendar(county, "--office", "2=09:00-17:00", "--holidays", "fr:2026", "--holidays", file)
    assert len(county.record("calendar", "d31")["holidays"]) == 13
    assert is_open(county, TUESDAY) is False


@pytest.mark.parametrize("more, status", [
    (("--office", "lundi=08:00-12:00"), 2), (("--office", "5-1=08:00-12:00"), 2),
    (("--office", "1=08:00"), 2), (("--office", "1=08:00-12:00 "), 2),
    (("--holidays", "fr:"), 2), (("--holidays", "fr:2030-2026"), 2),
    (("--holidays", "fr:2026-2099"), 2), (("--holidays", "/nowhere/file"), 1),
    (("--office", "8=08:00-12:00"), 1), (("--office", "1=12:00-08:00"), 1),
    (("--zone", "Europe/Toulouse"), 2)])
def test_what_is_no_calendar(county, more, status):
    done = calendar(county, *more, ok=False)
    assert done.returncode == status and done.stderr
    assert county.record("calendar", "d31") is None


def test_what_the_register_says_of_it(county):
    assert "not_a_root" in calendar(county, territory="dts-1", ok=False).stderr
    assert "unknown_code" in calendar(county, zone="Europe/Toulouse", ok=False).stderr


ROTA = """duty;territory;account;from;to
mobile;d31;van;2060-05-25 18:00;2060-05-26 08:00
astreinte;d31;night;2060-05-25T18:00:00+02:00;2060-05-26T06:00:00Z
def;d31;boss;2060-05-25;2060-06-01
"""


def test_a_rota(county, tmp_path):
    calendar(county)
    file = tmp_path / "tours.csv"
    file.write_text(ROTA)
    assert "3 tours" in county("rota", "import", file).stdout
    rows = dict((duty, (account, start, end)) for duty, account, start, end in county.rows(
        "SELECT duty::text, account, to_timestamp(from_at / 1000000) AT TIME ZONE 'UTC',"
        " to_timestamp(to_at / 1000000) AT TIME ZONE 'UTC' FROM ugo.rota"))
    assert [str(t) for t in rows["mobile"]] == ["van", "2060-05-25 16:00:00", "2060-05-26 06:00:00"]
    assert rows["astreinte"][1:] == rows["mobile"][1:]
    assert [str(t) for t in rows["def"][1:]] == ["2060-05-24 22:00:00", "2060-05-31 22:00:00"]
    before = county.revision()
    county("rota", "import", file)
    assert county.revision() == before
    file.write_text(ROTA.replace("2060-05-26 08:00", "2060-05-26 09:00"))
    county("rota", "import", file)  # a corrected shift replaces itself
    assert county.revision() == before + 1
    assert county.one("SELECT count(*) FROM ugo.rota") == 3
    county("audit", "verify")


def test_the_list_of_shifts(county, tmp_path):
    calendar(county)
    assert "rota import" in county("rota", "list").stdout
    file = tmp_path / "tours.csv"
    file.write_text("id;" + ROTA.replace("\nm", "\nt-m;m").replace("\na", "\nt-a;a")
                    .replace("\nd", "\nt-d;d") + "t-long;def;d31;boss;2026-01-01;2060-12-24\n")
    county("rota", "import", file)
    assert [line.split() for line in county("rota", "list").stdout.splitlines()] == [
        "* d31 def 2026-01-01 00:00 → 2060-12-24 00:00 boss t-long".split(),
        "d31 def 2060-05-25 00:00 → 2060-06-01 00:00 boss t-d".split(),
        "d31 astreinte 2060-05-25 18:00 → 2060-05-26 08:00 night t-a".split(),
        "d31 mobile 2060-05-25 18:00 → 2060-05-26 08:00 van t-m".split()]


@pytest.mark.parametrize("text, said", [
    ("", "ligne"), ("duty;account\n", "ligne 1"),
    ("duty;territory;account;from;to;color\n", "ligne 1"),
    (ROTA + "mobile;d31;van;tonight;2060-05-26 08:00\n", "ligne 5"),
    (ROTA + "mobile;d99;van;2060-05-25 18:00;2060-05-26 08:00\n", "ligne 5"),
    (ROTA + 'mobile;d31;"van;2060-05-25 18:00;2060-05-26 08:00\n', "ligne 5"),
    ("id;duty;territory;account;from;to\nx;def;d31;boss;2060-05-25;2060-06-01\n", "wrong_format"),
    ("duty;territory;account;from;to\nmobile;d31;boss;2060-05-25;2060-06-01\n", "not_a_team"),
    ("duty;territory;account;from;to\ndef;d31;boss;2060-06-25;2060-06-01\n", "reversed")])
def test_what_is_no_rota(county, tmp_path, text, said):
    calendar(county)
    file = tmp_path / "tours.csv"
    file.write_text(text)
    done = county("rota", "import", file, ok=False)
    assert done.returncode == 1 and said in done.stderr
    assert county.one("SELECT count(*) FROM ugo.rota") == 0


def test_the_demonstration_has_both(ugoctl, tmp_path):
    ugoctl("demo", "load", "--dir", tmp_path)
    state = ugoctl.record("calendar", "d31")
    assert len(state["office"]) == 5 and len(state["holidays"]) == 55
    now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    assert ugoctl.rows(f"SELECT duty, ugo.on_call('d31', duty, {now})"
                       " FROM unnest(ugo.code_list('duty')) duty") == [
        ("astreinte", "astreinte-31"), ("def", "def-31"), ("mobile", "mobile-31")]
