# SPDX-License-Identifier: EUPL-1.2
"""What those who steer ask of the past, at both doors: counts over a time, place-days."""
import csv
import datetime
import io
import time

import pytest

from harness.daemon import free_port
from harness.departement import departement
from harness.door import asynchronous
from harness.https import Https
from harness.ugod import registers, token_of, wait_for


@pytest.fixture(name="register", scope="module")
def fixture_register():
    port = free_port()
    with registers(departement(3)) as new:
        with new(workers=1, listen_https="127.0.0.1:%d" % port) as register:
            register.https_port = port
            yield register


def door(register, account):
    return Https(register.https_port, register.tls_context, token=token_of(account))


def declare(register, unit, **counts):
    with door(register, "boss") as boss:
        answer = boss.put("/v1/units/%s/availability" % unit, counts)
        assert answer.status == 200, answer
        return answer.json


def now(days=0):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days)


def text(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@asynchronous
async def test_both_doors_tell_the_same_past(register):
    declare(register, "u-0-a", open=9, occupied=4)
    time.sleep(0.002)  # an instant to ask for, after it
    between = text(now())
    after = declare(register, "u-0-a", open=9, occupied=9999)["position"]
    time.sleep(0.1)  # 9990 place-seconds to be seen in thousandths of a day
    with door(register, "boss") as boss:
        answer = boss.get("/v1/occupancy/history?step=hour&from=%s&to=%s&after=%s"
                          % (between, between, after)).json
        (point,) = answer["series"]
        assert point["at"][:19] == between[:19] and answer["time_zone"] == "UTC"
        past = boss.get("/v1/occupancy?at=" + between).json["total"]
        for member in ("units", "open", "occupied", "held", "free"):
            assert point[member] == past[member]
        assert point["fresh"] == past["units"] - past["stale"] - past["never_declared"]
        assert point["occupied"] == 4
        series = boss.get("/v1/occupancy/history?step=hour&from=" + between).json["series"]
        assert [p["at"] for p in series] == [point["at"]]
        none = boss.get("/v1/occupancy/history?step=day&from=" + text(now(-9.5))).json["series"]
        assert len(none) == 10 and none[0]["units"] == 0
        days = boss.get("/v1/place-days?from=%s&to=%s&by=establishment,modality"
                        % (now(-1).date(), now().date())).json
        assert 0 < days["total"]["over"] <= days["total"]["occupied"]
        (row,) = [r for r in days["rows"] if r["over"]]
        assert row["establishment"] == "e-0" and row["modality"]
        assert 1 <= days["days"] <= 2
        assert boss.get("/v1/place-days?from=2026-01-02&to=2026-01-01").errors == [
            ("/to", "before_from")]
        async with register.door("boss") as line:
            told = await line.call("occupancy.history", step="hour", to=between,
                                   **{"from": between})
            assert told["series"] == answer["series"]
            told = await line.call("place_days", by=["establishment", "modality"],
                                   to=str(now().date()), **{"from": str(now(-1).date())})
            assert [r["establishment"] for r in told["rows"]] == [
                r["establishment"] for r in days["rows"]]


def test_the_daemon_writes_what_was_counted(register):
    """Nobody has to ask for it, and what it wrote is what the history says."""
    wait_for(lambda: register.query("SELECT revision > 0 FROM ugo.unit_span_upto")[0][0],
             "the counts of units")
    assert register.query("SELECT count(*) FROM ugo.unit_span")[0][0] > 0
    assert register.query("SELECT * FROM ugo.audit_unit_spans()") == []


def test_an_establishment_is_not_asked(register):
    with door(register, "home-0") as home:
        for path in ("/v1/place-days?from=2026-01-01&to=2026-01-02",
                     "/v1/occupancy/history?step=day&from=2026-01-01T00:00:00Z"):
            assert home.get(path).status == 403


def test_alerts_over_https(register):
    rule = {"territory": "d31", "percent": 1}
    with door(register, "boss") as boss:
        made = boss.put("/v1/alerts/a-some", rule)
        assert made.status == 200 and made.json["alert"]["id"] == "a-some", made
        declared = declare(register, "u-1-a", open=9, occupied=4)["position"]
        found = boss.get("/v1/alerts?after=" + declared).json["alerts"]
        (alert,) = found
        assert (alert["id"], alert["active"], alert["or_earlier"]) == ("a-some", True, False)
        assert boss.put("/v1/alerts/a-some", {**rule, "percent": 0}).status == 422
        assert boss.put("/v1/alerts/u-some", rule).status == 422
        gone = boss.call("DELETE", "/v1/alerts/a-some").json
        assert boss.get("/v1/alerts?after=" + gone["position"]).json["alerts"] == []
        assert boss.call("DELETE", "/v1/alerts/a-some").status == 403


def test_outlines_over_https(register):
    with door(register, "home-0") as home:
        first = home.get("/v1/outlines")
        assert first.json["outlines"] == []
        assert first.fields["etag"] == '"%s"' % first.json["version"]
        assert first.fields["cache-control"] == "no-cache"
        again = home.get("/v1/outlines", If_None_Match=first.fields["etag"])
        assert (again.status, again.body) == (304, b"")
        assert home.get("/v1/outlines", If_None_Match='"0"').status == 200
    with door(register, "boss") as boss:
        rows = boss.get("/v1/equipment").json["rows"]
        assert rows and all(r["population"] is None is r["open_rate"] for r in rows)


def day(days=0):
    return "%sT00:00:00Z" % now(days).date()


def table(register, path):
    """(text, bytes) of a table."""
    with door(register, "boss") as boss:
        answer = boss.get(path, Accept="text/csv")
        assert answer.status == 200, answer
        assert answer.fields["content-type"] == "text/csv; charset=utf-8"
        assert answer.fields["x-content-type-options"] == "nosniff"
        return answer.body.decode("utf-8-sig"), answer.body


def test_tables_for_spreadsheets(register):
    days = "from=%s&to=%s" % (now(-1).date(), now().date())
    declare(register, "u-2-a", open=5, occupied=2)
    with door(register, "boss") as boss:
        rows = boss.get("/v1/occupancy").json["rows"]
    told, raw = table(register, "/v1/occupancy?limit=1&separator=comma")
    assert raw.startswith(b"\xef\xbb\xbfterritory,establishment_kind,") and b"\r\n" in raw
    read = list(csv.DictReader(io.StringIO(told, newline="")))
    assert [(r["territory"], r["open"]) for r in read] == [
        (r["territory"], str(r["open"])) for r in rows] and len(rows) > 1
    header, line, rest = table(register, "/v1/place-days?table=total&" + days)[0].split("\r\n")
    assert rest == "" and header.startswith("units;never_declared;")
    assert all(float(n.replace(",", ".")) >= 0 for n in line.split(";"))
    told, _ = table(register, "/v1/place-days?by=establishment&" + days)
    assert told.startswith("establishment;establishment_name;units;") and "\r\ne-0;" in told
    for path in ("/v1/equipment", "/v1/alerts", "/v1/occupancy/history?step=day&from=" + day(),
                 "/v1/journal/statistics?from=%s&to=%s" % (day(-1), day())):
        assert ";" in table(register, path)[0]


def test_what_is_no_table(register):
    """Is JSON; and what is wrong a problem."""
    with door(register, "boss") as boss:
        answer = boss.get("/v1/me", Accept="text/csv")
        assert answer.fields["content-type"].startswith("application/json")
        answer = boss.get("/v1/occupancy?separator=pipe", Accept="text/csv")
        assert (answer.status, answer.errors) == (422, [("/separator", "not_one_of")])
        assert answer.fields["content-type"].startswith("application/problem+json")
        assert boss.get("/v1/occupancy?separator=comma").errors == [
            ("/separator", "unknown_member")]
        assert boss.get("/v1/occupancy?limit=0", Accept="text/csv").status == 422
    with door(register, "home-0") as home:
        assert home.get("/v1/occupancy", Accept="text/csv").status == 403
