# SPDX-License-Identifier: EUPL-1.2
"""ugoctl import on a real database: genuine files where they are, else generated ones."""
import csv
import io
import json
import re
import time

import pytest

from harness import import_samples as samples

pytest_plugins = ["harness.admin"]

DEFAULT_KINDS = 16


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def genuine_or(folder, name, content):
    return samples.genuine(name) or write(folder, name, content)


def table(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")), delimiter=";"))


def changes_nothing(ugoctl, *arguments, **options):
    before = ugoctl.revision()
    done = ugoctl("import", *arguments, **options)
    assert ugoctl.revision() == before
    return done


@pytest.fixture(name="communes")
def fixture_communes(ugoctl, tmp_path):
    ugoctl("import", "communes", write(tmp_path, "communes.csv", samples.communes_text()))


# ── communes ──

def test_communes(ugoctl, tmp_path):
    whole = genuine_or(tmp_path, "communes.csv", samples.communes_text())
    rows = table(whole)
    done = changes_nothing(ugoctl, "communes", whole, "--dry-run")
    assert f"Communes : {len({r['code_insee'] for r in rows})}\n" in done.stdout
    # then some départements for good: the whole country takes minutes
    kept = [r for r in rows if r["departement"] in ("30", "31", "2A", "974", "978", "986")]
    path = write(tmp_path, "some.csv", "\n".join(
        [";".join(rows[0])] + [";".join(r.values()) for r in kept]) + "\n")
    wanted = {}
    for row in table(path):
        commune = wanted.setdefault(row["code_insee"], {"name": row["nom_commune"], "codes": set(),
                                                        "points": set()})
        commune["codes"].add(row["code_postal"])
        commune["points"].add((row["latitude"], row["longitude"]))
    done = ugoctl("import", "communes", path)
    assert f"Communes : {len(wanted)}" in done.stdout
    stored = {insee: (name, codes, lat, lon) for insee, name, codes, lat, lon in ugoctl.rows(
        "SELECT insee, name, postcodes, lat, lon FROM ugo.commune")}
    assert stored.keys() == wanted.keys()
    for insee, (name, codes, lat, lon) in stored.items():
        assert name == wanted[insee]["name"]
        assert set(codes) <= wanted[insee]["codes"]
        if lat is None:
            assert not any(point[0] for point in wanted[insee]["points"])
        else:
            assert any(point[0] and abs(float(point[0]) - float(lat)) < 1e-6
                       and abs(float(point[1]) - float(lon)) < 1e-6
                       for point in wanted[insee]["points"])
    done = changes_nothing(ugoctl, "communes", path)
    assert "Rien à changer" in done.stdout


# ── FINESS with a header ──

def test_finess_table(ugoctl, tmp_path, communes):
    path = genuine_or(tmp_path, "finess_protection_enfance_2021.csv",
                      samples.finess_text(samples.finess_rows()))
    rows = table(path)
    lodging = [r for r in rows if r["categetab"] not in
               ("286", "295", "344", "418", "427", "440", "441", "453")]
    changes_nothing(ugoctl, "finess", path, "--dry-run")
    done = ugoctl("import", "finess", path)
    assert f"Lignes lues : {len(rows)}" in done.stdout
    assert re.search(rf"sans places .*: {len(rows) - len(lodging)}\n", done.stdout)
    stored = dict(ugoctl.rows("SELECT finess, id FROM ugo.establishment"))
    assert stored == {r["nofinesset"]: "e-" + r["nofinesset"].lower() for r in lodging}
    assert ugoctl.one("SELECT count(*) FROM ugo.unit WHERE authorised IS NOT NULL"
                      " OR min_months IS NOT NULL OR sex IS NOT NULL"
                      " OR observed_at IS NOT NULL") == 0
    assert ugoctl.one("SELECT count(*) FROM ugo.unit") == len(lodging)
    # each département has its root, overseas too
    assert {code for code, in ugoctl.rows("SELECT code FROM ugo.territory WHERE parent IS NULL")
            } >= {"d31", "d2a", "d974"}
    assert ugoctl.one("SELECT count(*) FROM ugo.record WHERE kind = 'establishment'"
                      " AND state ->> 'establishment_kind' = 'lieu_de_vie'"
                      " AND state ->> 'visibility' <> 'commune'") == 0
    done = changes_nothing(ugoctl, "finess", path)
    assert "Rien à changer" in done.stdout
    assert ugoctl("audit", "verify").returncode == 0


def test_a_later_file_updates_and_an_earlier_one_takes_back(ugoctl, tmp_path, communes):
    rows = samples.finess_rows()
    first = write(tmp_path, "first.csv", samples.finess_text(rows))
    rows[0]["rs"] = "NOM NOUVEAU"
    later = write(tmp_path, "later.csv", samples.finess_text(rows))
    ugoctl("import", "finess", first)
    id_ = "e-" + rows[0]["nofinesset"]
    before = ugoctl.revision()
    ugoctl("import", "finess", later)
    assert ugoctl.revision() == before + 1
    assert ugoctl.record("establishment", id_)["name"] == "NOM NOUVEAU"
    # the same bytes as before, minutes later, are no repetition of the first import
    ugoctl("import", "finess", first)
    assert ugoctl.record("establishment", id_)["name"] == samples.finess_rows()[0]["rs"]


def test_a_poorer_file_erases_nothing(ugoctl, tmp_path, communes):
    row = samples.finess_rows()[0]
    path = write(tmp_path, "finess.csv", samples.finess_text([row]))
    ugoctl("import", "finess", path)
    ugoctl("import", "units", write(tmp_path, "units.csv",
           "establishment;min_months;max_months;sex;authorised\n"
           f"{row['nofinesset']};36;144;any;12\n"))
    changes_nothing(ugoctl, "finess", path)
    unit = ugoctl.record("unit", "u-" + row["nofinesset"])
    assert (unit["min_months"], unit["max_months"], unit["authorised"]) == (36, 144, 12)


def test_bad_lines_are_reported_by_number_and_left_out(ugoctl, tmp_path, communes):
    rows = samples.finess_rows() + [
        samples.finess_row(20, "999"), samples.finess_row(21, latitude="0", longitude="0"),
        samples.finess_row(22, latitude="1.44", longitude="43.60"), samples.finess_row(1)]
    path = write(tmp_path, "finess.csv", samples.finess_text(rows))
    done = ugoctl("import", "finess", path)
    assert [int(n) for n in re.findall(rf"^{path}:(\d+): ", done.stderr, re.M)] == [10, 11, 12, 13]
    assert "999" in done.stderr
    assert "laissées de côté : 4" in done.stdout
    assert ugoctl.one("SELECT count(*) FROM ugo.establishment") == 6
    english = changes_nothing(ugoctl, "finess", path, language="en")
    assert "unknown FINESS category" in english.stderr and "Bad lines left out: 4" in english.stdout


# ── damaged files ──

def cut_json(text):
    return text[:len(text) * 2 // 3]


def damaged_files():
    good = samples.finess_text(samples.finess_rows())
    lines = good.splitlines(keepends=True)
    structures, activites = samples.plus_sample()
    classic = samples.classic_bytes()
    yield "finess", [good.replace("ÉPREUVES", "\ufffdPREUVES", 1)], 2, "accent"
    yield "finess", [good.encode("latin-1")], 2, "UTF-8"
    yield "finess", [good.encode().decode("latin-1")], 2, "deux fois"
    yield "finess", ["".join(lines[:3]) + lines[3][:40]], 4, "colonnes"
    yield "finess", [good.replace("MAISON D'ESSAI 2", "MAISON; D'ESSAI 2")], 3, "colonnes"
    yield "finess", [lines[0].replace("adresse_l2", "rs") + lines[1]], 1, "deux fois"
    yield "finess", [good + '"319000099;x\n'], 10, "guillemet"
    yield "finess", [good[:200].encode() + b"\x00" * 4096], None, "contrôle"
    yield "finess", [b""], 1, "vide"
    yield "finess", [classic + b"structureet;319000105;x\n"], 6, "colonnes"
    yield "finess", [classic.split(b"\n", 1)[1]], 1, "début"
    yield "finess", [structures], None, "ACTIVIT"
    yield "finess", [activites], None, "STRUCTURES"
    yield "finess", [structures, structures], None, "ACTIVIT"
    yield "finess", [cut_json(structures), activites], None, "JSON"
    yield "finess", [structures, cut_json(activites)], None, "JSON"
    yield "finess", [structures.replace("1.0.0", "3.0.0"), activites], 1, "version"
    yield "communes", [samples.communes_text() + "31001;X\n"], None, "colonnes"
    yield "communes", ["code_insee;nom_commune\n31555;TOULOUSE\n"], 1, "code_postal"
    yield "units", ["establishment;nom\na;b\n"], 1, "nom"
    yield "territories", ["territory;name;level;parent;communes\na;A;dts;b;\n"], 2, "b"


@pytest.mark.parametrize("what,files,line,says", damaged_files())
def test_damaged_files_are_refused_whole(ugoctl, tmp_path, what, files, line, says):
    paths = [write(tmp_path, f"file-{i}", content) for i, content in enumerate(files)]
    done = changes_nothing(ugoctl, what, *paths, ok=False)
    assert done.returncode == 1
    assert says in done.stderr, done.stderr
    assert "rien n'a été modifié" in done.stderr
    if line is not None:
        assert f":{line}: " in done.stderr, done.stderr
    assert ugoctl.one("SELECT count(*) FROM ugo.change") == DEFAULT_KINDS


def test_lost_accents_of_the_genuine_file(ugoctl):
    path = samples.genuine("finess_stock_annuel_2020_accents_perdus.csv")
    if path is None:
        pytest.skip("no genuine files here")
    done = changes_nothing(ugoctl, "finess", path, ok=False)
    assert "U+FFFD" in done.stderr


# ── the classic format ──

def test_classic(ugoctl, tmp_path, communes):
    path = genuine_or(tmp_path, "finess_cs1100502_extrait_2026.csv", samples.classic_bytes())
    lines = path.read_bytes().decode("latin-1").splitlines()[1:]
    done = ugoctl("import", "finess", path)
    assert f"Lignes lues : {len(lines)}" in done.stdout
    lodging = [fields for fields in csv.reader(lines, delimiter=";")
               if fields[18] in ("175", "177", "241", "462")]
    assert lodging
    for fields in lodging:
        state = ugoctl.record("establishment", "e-" + fields[1])
        assert state["name"] == (fields[4] or fields[3])
    assert ugoctl.one("SELECT count(*) FROM ugo.establishment") == len(lodging)
    changes_nothing(ugoctl, "finess", path)


# ── FINESS+ ──

LODGING = {"246", "247", "262", "844", "912", "913", "914", "921", "935"}
WITH_PLACES = {"159", "166", "172", "175", "176", "177", "236", "238", "241", "378", "411", "462",
               "643", "644"}


def plain_sum(activity, status):
    counts = [int(c["nombre"]) for c in activity["capacite"] if c["statutCapacite"] == status
              and not c["habilitation"] and not c["genre"] and c["uniteMesureCapacite"] == "02"]
    return sum(counts) if counts else None


def month_limit(years):
    if years is None:
        return None
    return int(years) * 12 if years in ("18", "21") else (int(years) + 1) * 12


def test_finess_plus(ugoctl, tmp_path):
    sample = samples.plus_sample()
    structures = genuine_or(tmp_path, "finess_plus_structures_extrait_2026.json", sample[0])
    activites = genuine_or(tmp_path, "finess_plus_activites_extrait_2026.json", sample[1])
    opened = {e["informationsGeneralesEGE"]["numFinessEge"]
              for p in json.loads(structures.read_text())["pmej"] for e in p["ege"]
              if e["etatObjet"] == "A" and e["categorieentiteGeographiqueExercice"] in WITH_PLACES}
    ugoctl("import", "finess", structures, activites)
    assert {n for n, in ugoctl.rows("SELECT finess FROM ugo.establishment")} == opened
    seen = 0
    for manager in json.loads(activites.read_text())["pmej"]:
        for e in manager["ege"]:
            for a in e["activitesExercees"]:
                specific = a["nature"]["caracteristiquesSpecifiques"]
                kind = specific.get("typeActiviteASOCR", {}).get("activiteSocialeRegulee")
                key = a["caracteristiquesGeneriques"]["activiteAeId"]
                unit = ugoctl.record("unit", f"u-{e['numFinessEge']}-{key}")
                here = (e["numFinessEge"] in opened and kind in LODGING
                        and a["caracteristiquesGeneriques"]["etatObjet"] == "A")
                assert (unit is not None) == here
                if not here:
                    continue
                seen += 1
                assert unit["authorised"] == plain_sum(a, "09")
                assert unit["installed"] == plain_sum(a, "08")
                assert unit["open"] is None
                limits = (specific["ageMinInstalle"], specific["ageMaxInstalle"])
                if limits not in ((None, None), ("0", "0")):
                    assert unit["min_months"] == int(limits[0]) * 12
                    assert unit["max_months"] == month_limit(limits[1])
    assert seen >= 2
    changes_nothing(ugoctl, "finess", activites, structures)


def test_closing_in_a_later_flow(ugoctl, tmp_path):
    def load(state, activity_state, metadata=False):
        flows = samples.plus_flows(
            [samples.plus_establishment(1, state=state), samples.plus_establishment(2)],
            {samples.number("31", 1): [samples.plus_activity(5)],
             samples.number("31", 2): [samples.plus_activity(6),
                                       samples.plus_activity(7, state=activity_state)]}, metadata)
        return ugoctl("import", "finess", write(tmp_path, "s.json", flows[0]),
                      write(tmp_path, "a.json", flows[1]))
    load("A", "A")
    units = "SELECT id FROM ugo.unit ORDER BY id"
    one, two = samples.number("31", 1), samples.number("31", 2)
    assert ugoctl.rows(units) == [(f"u-{one}-5",), (f"u-{two}-6",), (f"u-{two}-7",)]
    load("I", "I", metadata=True)
    assert ugoctl.rows(units) == [(f"u-{two}-6",)]
    assert ugoctl.record("establishment", "e-" + one) is None
    done = load("I", "I")
    assert "Rien à changer" in done.stdout
    assert "jamais connus ici : 2" in done.stdout


# ── our own formats ──

TERRITORIES = ("territory;name;level;parent;communes\n"
               "mds-muret;MDS de Muret;mds;dts-sud;31395\n"
               "dts-sud;DTS Sud;dts;d31;31042\n"
               "d31;Haute-Garonne;departement;;\n")


def test_territories_and_foster_families(ugoctl, tmp_path, communes):
    rows = samples.finess_rows()
    ugoctl("import", "finess", write(tmp_path, "finess.csv", samples.finess_text(rows)))
    home = next(r for r in rows if r["categetab"] == "462")
    where = "SELECT territory FROM ugo.establishment WHERE finess = %s"
    assert ugoctl.one(where, home["nofinesset"]) == "d31"
    path = write(tmp_path, "territories.csv", TERRITORIES)
    done = ugoctl("import", "territories", path)
    assert "suivent leur commune : 2" in done.stdout
    assert ugoctl.one(where, home["nofinesset"]) == "mds-muret"
    changes_nothing(ugoctl, "territories", path)
    # communes again: the mapping stays
    changes_nothing(ugoctl, "communes", write(tmp_path, "c.csv", samples.communes_text()))

    units = write(tmp_path, "units.csv",
                  "establishment;establishment_name;establishment_kind;commune;latitude;longitude;"
                  "modality;authorised;accepts_disability\n"
                  "af-1;Famille d'essai;assistant_familial;31395;43.4601;1.3201;familial;2;oui\n"
                  "af-2;Autre famille;assistant_familial;31999;;;familial;1;\n"
                  "af-3;Sans type;;31395;;;familial;1;\n")
    done = ugoctl("import", "units", units)
    assert f"{units}:3: " in done.stderr and f"{units}:4: " in done.stderr
    family = ugoctl.record("unit", "u-af-1")
    assert family["visibility"] == "commune" and family["territory"] == "mds-muret"
    assert family["point"] == [43.4601, 1.3201]
    assert family["public_point"] == [43.4607, 1.3265]  # the commune's centre
    assert family["accepts"] == {"disability": "yes"} and family["authorised"] == 2
    assert ugoctl.record("unit", "u-af-2") is None and ugoctl.record("unit", "u-af-3") is None
    ugoctl("import", "units", write(tmp_path, "close.csv", "establishment;closed\naf-1;oui\n"))
    assert ugoctl.record("unit", "u-af-1") is None


# ── interruptions ──

def many_communes(n=3000):
    return samples.communes_text([(f"{31 - i // 1000}{i % 1000:03d}", f"COMMUNE {i}", ["31000"],
                                   "31", None, None) for i in range(n)])


def wait_until(condition, process):
    """Until the condition holds; fails when the process ends before."""
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_an_import_that_is_killed_is_run_again(ugoctl, tmp_path):
    path = write(tmp_path, "communes.csv", many_communes())
    process = ugoctl.start("import", "communes", path)
    wait_until(lambda: ugoctl.one("SELECT count(*) FROM ugo.commune") > 200, process)
    process.kill()
    process.communicate()
    assert ugoctl.one("SELECT count(*) FROM ugo.commune") < 3000
    ugoctl("import", "communes", path)
    assert ugoctl.one("SELECT count(*) FROM ugo.commune") == 3000
    assert ugoctl.one("SELECT count(*) FROM ugo.change WHERE kind = 'commune'") == 3000
    ugoctl("audit", "verify")


def test_a_lost_connection_is_taken_up(ugoctl, tmp_path):
    path = write(tmp_path, "communes.csv", many_communes())
    process = ugoctl.start("import", "communes", path)
    for least in (200, 900, 1600):
        wait_until(lambda: ugoctl.one("SELECT count(*) FROM ugo.commune") > least, process)
        ugoctl.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <>"
                    " pg_backend_pid() AND datname = current_database()"
                    " AND application_name = 'ugoctl'")
    output = process.communicate()
    assert process.returncode == 0, output
    assert ugoctl.one("SELECT count(*) FROM ugo.change WHERE kind = 'commune'") == 3000


def test_others_get_the_writer_in_between(ugoctl, tmp_path):
    """Batches have at most 64 commands, and between two of them a heartbeat gets through."""
    path = write(tmp_path, "communes.csv", many_communes())
    process = ugoctl.start("import", "communes", path)
    wait_until(lambda: ugoctl.one("SELECT count(*) FROM ugo.commune") > 0, process)
    beats = 0
    while process.poll() is None:
        ugoctl.rows("SELECT ugo.apply_batch('[]')")
        beats += 1
    assert process.wait() == 0
    process.communicate()
    assert beats > 5
    biggest = ugoctl.one("SELECT max(n) FROM (SELECT count(*) AS n FROM ugo.change"
                         " WHERE kind = 'commune' GROUP BY at) batch")
    assert 1 < biggest <= 64


def test_files_that_cannot_be_read(ugoctl, tmp_path):
    done = changes_nothing(ugoctl, "finess", tmp_path / "nowhere.csv", ok=False)
    assert done.returncode == 1 and "nowhere.csv" in done.stderr
    assert ugoctl("import", "finess", ok=False).returncode == 2
    assert ugoctl("import", "finess", "a", "b", "c", ok=False).returncode == 2
    assert ugoctl("import", "planets", "a", ok=False).returncode == 2
