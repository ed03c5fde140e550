# SPDX-License-Identifier: EUPL-1.2
"""ugoctl import outlines, import population: from files to what is drawn and reckoned with."""
import json
import math
import re

import pytest

from harness import import_samples as samples

pytest_plugins = ["harness.admin"]

TERRITORIES = """territory;name;level;parent;communes
d31;Haute-Garonne;departement;;
dts-n;Nord;dts;d31;{}
dts-s;Sud;dts;d31;
mds-e;Est;mds;dts-s;{}
mds-o;Ouest;mds;dts-s;{}
"""


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def squares():
    """Nine communes in three rows, their shared sides bent alike."""
    features = []
    for row in range(3):
        for column in range(3):
            x, y, bend = 1.0 + column / 10, 43.0 + row / 10, 0.004
            ring = [(x, y), (x + .05, y + bend), (x + .1, y), (x + .1 - bend, y + .05),
                    (x + .1, y + .1), (x + .05, y + .1 + bend), (x, y + .1), (x - bend, y + .05)]
            if (row + column) % 2:
                ring.reverse()
            features.append({
                "type": "Feature", "properties": {"code": "31%03d" % (row * 3 + column + 1)},
                "geometry": {"type": "Polygon", "coordinates": [
                    [[round(v, 4) for v in at] for at in ring + ring[:1]]]}})
    return json.dumps({"type": "FeatureCollection", "features": features})


def register(ugoctl, folder, geojson):
    """A département of these communes: the north, and in the south east and west."""
    middles = {}
    for feature in json.loads(geojson)["features"]:
        shape = feature["geometry"]["coordinates"]
        ring = shape[0] if feature["geometry"]["type"] == "Polygon" else shape[0][0]
        middles[feature["properties"]["code"]] = [sum(p[i] for p in ring) / len(ring)
                                                  for i in (0, 1)]
    lon, lat = (sorted(m[i] for m in middles.values())[len(middles) // 2] for i in (0, 1))
    of = {"n": [], "e": [], "o": []}
    for code, middle in sorted(middles.items()):
        of["n" if middle[1] > lat else "e" if middle[0] > lon else "o"].append(code)
    ugoctl("import", "communes", write(folder, "communes.csv", "\n".join(
        ["code_insee;nom_commune;code_postal;departement;latitude;longitude"]
        + ["%s;C %s;31000;31;%.4f;%.4f" % (c, c, m[1], m[0]) for c, m in middles.items()]) + "\n"))
    ugoctl("import", "territories", write(folder, "territories.csv", TERRITORIES.format(
        *(" ".join(of[which]) for which in "neo"))))
    return of


def rings(path):
    """Of a path as it is written: lists of corners."""
    found = []
    for part in re.findall(r"M([^z]*)z", path):
        numbers = [int(n) for n in re.findall(r"-?\d+", part)]
        at, ring = (0, 0), []
        for x, y in zip(numbers[::2], numbers[1::2]):
            at = (at[0] + x, at[1] + y)
            ring.append(at)
        found.append(ring)
    return found


def area(path):
    """With holes taken away: they run the other way."""
    return sum(a[0] * b[1] - b[0] * a[1] for ring in rings(path)
               for a, b in zip(ring, ring[1:] + ring[:1])) / 2


def outlines(ugoctl):
    return {code: ugoctl.record("outline", code) for code in ("d31", "dts-n", "dts-s", "mds-e",
                                                              "mds-o")}


@pytest.mark.parametrize("real", [False, True])
def test_outlines(ugoctl, tmp_path, real):
    genuine = samples.genuine("communes_31.geojson") if real else None
    if real and genuine is None:
        pytest.skip("no genuine outlines here")
    geojson = genuine.read_text(encoding="utf-8") if real else squares()
    register(ugoctl, tmp_path, geojson)
    path = write(tmp_path, "communes.geojson", geojson)
    assert "Contours de territoires : 5\n" in ugoctl("import", "outlines", path,
                                                     "--dry-run").stdout
    assert outlines(ugoctl)["d31"] is None
    sizes = []
    for tolerance in ("0", "150", "1500"):
        ugoctl("import", "outlines", path, "--tolerance", tolerance)
        found = outlines(ugoctl)
        # Neighbours share their border, whatever it was thinned to: areas add up exactly.
        assert area(found["dts-s"]["path"]) == area(found["mds-e"]["path"]) + area(
            found["mds-o"]["path"])
        assert area(found["d31"]["path"]) == area(found["dts-n"]["path"]) + area(
            found["dts-s"]["path"]) != 0
        for outline in found.values():
            corners = [at for ring in rings(outline["path"]) for at in ring]
            assert outline["box"] == [min(c[0] for c in corners), min(c[1] for c in corners),
                                      max(c[0] for c in corners), max(c[1] for c in corners)]
            assert outline["box"][0] >= 0 and outline["box"][1] >= 0
            assert outline["origin"] == found["d31"]["origin"]
        sizes.append(len("".join(o["path"] for o in found.values())))
        if tolerance == "0":
            whole = abs(area(found["d31"]["path"]))
        assert abs(abs(area(found["d31"]["path"])) - whole) < whole / 50
    assert sizes[0] >= sizes[1] > sizes[2]
    if real:  # 6 309 km², and what is drawn of a département is for a telephone
        assert abs(whole / 10000 - 6309) < 70
        assert sizes[1] < 40000
    assert "Rien à changer" in ugoctl("import", "outlines", path, "--tolerance", "1500").stdout
    inside(found["d31"], json.loads(geojson), 1500)
    assert ugoctl("audit", "verify").returncode == 0


def inside(outline, geojson, tolerance):
    """Each corner that stayed is one of the file, where the formula of PROTOCOL.md puts it."""
    here = set()
    for feature in geojson["features"]:
        shape = feature["geometry"]["coordinates"]
        for ring in (r for p in ([shape] if feature["geometry"]["type"] == "Polygon" else shape)
                     for r in p):
            for lon, lat in ring:
                here.add((math.floor((lon - outline["origin"][1]) * outline["x_scale"] + 0.5),
                          math.floor((outline["origin"][0] - lat) * outline["y_scale"] + 0.5)))
    for ring in rings(outline["path"]):
        for x, y in ring:
            assert any((x + i, y + j) in here for i in (-1, 0, 1) for j in (-1, 0, 1)), tolerance


def test_a_territory_may_be_drawn_itself(ugoctl, tmp_path):
    register(ugoctl, tmp_path, squares())
    whole = json.loads(squares())
    whole["features"] = [{**whole["features"][0], "properties": {"code": "31"}},
                         {**whole["features"][1], "properties": {"code": "75056"}}]
    done = ugoctl("import", "outlines", write(tmp_path, "d.geojson", json.dumps(whole)))
    assert "Contours de territoires : 1\n" in done.stdout
    assert "Contours d'autres lieux, laissés de côté : 1\n" in done.stdout
    assert len(rings(outlines(ugoctl)["d31"]["path"])) == 1


@pytest.mark.parametrize("text, said", [
    ("", "JSON illisible"), ("[]", "GeoJSON"), ('{"features": 1}', "GeoJSON"),
    ('{"features": []}', "aucune ligne")])
def test_what_is_no_geojson(ugoctl, tmp_path, text, said):
    done = ugoctl("import", "outlines", write(tmp_path, "x.geojson", text), ok=False)
    assert said in done.stderr, done.stderr
    assert ugoctl("import", "outlines", write(tmp_path, "x.geojson", text), "--tolerance", "far",
                  ok=False).returncode == 2


@pytest.mark.parametrize("geometry", [
    None, {"type": "Point", "coordinates": [1, 43]}, {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[[1, 43], [1, 44], [1, 43]]]},
    {"type": "Polygon", "coordinates": [[[1, 43], [1, 44], [2, "x"], [1, 43]]]},
    {"type": "MultiPolygon", "coordinates": [[[[1, 43], [1, 144], [2, 43], [1, 43]]]]}])
def test_what_is_no_outline_is_left_out(ugoctl, tmp_path, geometry):
    features = json.loads(squares())["features"]
    register(ugoctl, tmp_path, squares())
    features[0]["geometry"] = geometry
    done = ugoctl("import", "outlines", write(tmp_path, "x.geojson", json.dumps(
        {"type": "FeatureCollection", "features": features})))
    assert "31001" in done.stderr and "Contours de territoires : 5" in done.stdout


def test_population(ugoctl, tmp_path):
    register(ugoctl, tmp_path, squares())
    path = write(tmp_path, "people.csv", "code;from_age;to_age;number\n"
                 "31001;0;2;100,4\n31002;0;2;50.3\n31001;3;17;900\nmds-e;3;17;20\n"
                 "31001;5;4;1\n31001;0;2;many\n99999;0;2;1\n")
    done = ugoctl("import", "population", path)
    for line in ("people.csv:6", "people.csv:7", "people.csv:8"):
        assert line in done.stderr, done.stderr
    found = {code: ugoctl.record("population", code) for code in ("mds-e", "mds-o", "dts-n")}
    # 31001 is in the south-west, and so is 31002
    assert found["mds-o"] == {"from_ages": [0, 3], "to_ages": [2, 17], "numbers": [151, 900]}
    assert found["mds-e"] == {"from_ages": [3], "to_ages": [17], "numbers": [20]}
    assert found["dts-n"] is None
    assert "Rien à changer" in ugoctl("import", "population", path).stdout
    assert ugoctl.rows("SELECT population FROM ugo.equipment('{d31}')") == [(1071,)]
