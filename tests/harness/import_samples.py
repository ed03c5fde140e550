# SPDX-License-Identifier: EUPL-1.2
"""Files to import: the genuine public ones where ../shared/data exists, else small generated ones
of the same formats (names and numbers made up)."""
import json
from pathlib import Path

GENUINE = Path(__file__).resolve().parents[3] / "shared" / "data"

FINESS_HEADER = (
    "nofinesset;nofinessej;rs;adresse_l1;adresse_l2;codepostal;libelle_routage;departement;"
    "commune_insee_deduite;telephone;categetab;libcategetab;categagretab;libcategagretab;siret;"
    "codeape;dateouv;datemaj;coordxet;coordyet;latitude;longitude;position_source")
COMMUNES = [
    ("31555", "TOULOUSE", ["31000", "31100", "31200"], "31", 43.6045, 1.4442),
    ("31395", "MURET", ["31600"], "31", 43.4607, 1.3265),
    ("31042", "BAGNERES DE LUCHON", ["31110"], "31", 42.7900, 0.5950),
    ("2A004", "AJACCIO", ["20000", "20090"], "2A", 41.9267, 8.7369),
    ("97411", "SAINT DENIS", ["97400"], "974", -20.8789, 55.4481),
    ("97801", "SAINT MARTIN", ["97150"], "978", None, None),
]


def number(departement, n):
    """A FINESS number that nobody has."""
    return f"{departement[:2]}{9000000 + n:07d}"


def communes_text(rows=None):
    lines = ["code_insee;nom_commune;code_postal;departement;latitude;longitude"]
    for insee, name, postcodes, departement, lat, lon in rows or COMMUNES:
        for postcode in postcodes:
            point = f"{lat:.4f};{lon:.4f}" if lat is not None else ";"
            lines.append(f"{insee};{name};{postcode};{departement};{point}")
    return "\n".join(lines) + "\n"


def finess_row(n, category="177", commune=COMMUNES[0], name=None, **cells):
    """One line of the table with a header, as a dict of its cells."""
    insee, place, postcodes, departement, lat, lon = commune
    row = dict.fromkeys(FINESS_HEADER.split(";"), "")
    row.update(nofinesset=number(departement, n), nofinessej=number(departement, 1),
               rs=name or f"MAISON D'ESSAI {n}", adresse_l1=f"{n} R DES ÉPREUVES",
               codepostal=postcodes[0], libelle_routage=place, departement=departement,
               commune_insee_deduite=insee, telephone="05364900%02d" % (n % 100),
               categetab=category, latitude=f"{lat:.6f}" if lat else "",
               longitude=f"{lon:.6f}" if lon else "", position_source="finess")
    row.update(cells)
    return row


def finess_text(rows):
    return "\n".join([FINESS_HEADER] + [";".join(row.values()) for row in rows]) + "\n"


def finess_rows():
    """A home, houses of several kinds, two categories without places, overseas."""
    return [finess_row(1), finess_row(2, "175"), finess_row(3, "462", COMMUNES[1],
                                                            position_source="commune"),
            finess_row(4, "286"), finess_row(5, "295"), finess_row(6, "236", COMMUNES[4]),
            finess_row(7, "177", COMMUNES[3]), finess_row(8, "166", COMMUNES[2])]


def classic_bytes():
    """cs1100502: a banner, no header, 32 fields, ISO-8859-1."""
    def line(number_, name, long_name, departement, commune, place, category):
        fields = ["structureet", number_, number_, name, long_name, "", "", "1", "R", "DU TEST", "",
                  "", commune, departement, "X", place, "0536490001", "", category, "X", "4501",
                  "X", "", "", "", "", "", "", "2001-01-01", "2001-01-01", "2020-01-01", ""]
        assert len(fields) == 32
        return ";".join(fields)
    return "\n".join([
        "finess;etalab;111;2026-05-12",
        line("319000101", "FOYER", '"FOYER ""L\'ÉTOILE"""', "31", "555", "31000 TOULOUSE", "175"),
        line("979000102", "MAISON", "", "9D", "411", "97400 ST DENIS", "177"),
        line("319000103", "HOPITAL", "", "31", "555", "31000 TOULOUSE", "355"),
        line("319000104", "CLUB", "", "31", "555", "31000 TOULOUSE", "286"),
        ""]).encode("latin-1")


def plus_establishment(n, category="177", state="A", commune=COMMUNES[0]):
    insee, place, postcodes, departement, lat, lon = commune
    return {"informationsGeneralesEGE": {"numFinessEge": number(departement, n), "nomEgeCourt": "X",
                                         "nomEgeLong": f"MAISON PLUS {n}",
                                         "complementDenominationEg": None},
            "categorieentiteGeographiqueExercice": category, "contact": [],
            "adresse": [{"usageAdresse": "03", "cogCommune": insee, "ligneQuatre": "1 RUE DU TEST",
                         "codePostal": postcodes[0], "ligneAcheminement": place,
                         "coordonneesGeographique": {"coordonneeX": str(lon),
                                                     "coordonneeY": str(lat)}}],
            "etatObjet": state, "dateDerniereMaj": "2026-05-19 00:00:00"}


def plus_activity(key, activity="912", mode="11", public="800", ages=(None, None), lines=(),
                  state="A"):
    """lines: (status, accreditation, sex, n)."""
    return {"caracteristiquesGeneriques": {"activiteAeId": str(key), "etatObjet": state},
            "nature": {"codeNature": "ASOCR", "caracteristiquesSpecifiques": {
                "ageMinAutorise": ages[0], "ageMaxAutorise": ages[1], "ageMinInstalle": ages[0],
                "ageMaxInstalle": ages[1], "typeActiviteASOCR": {
                    "activiteSocialeRegulee": activity, "modeFonctionnement": mode,
                    "public": public}}},
            "capacite": [{"statutCapacite": status, "habilitation": accreditation, "genre": sex,
                          "uniteMesureCapacite": "02", "nombre": str(n)}
                         for status, accreditation, sex, n in lines]}


def plus_flows(establishments, activities, metadata=False):
    """Both flows as texts. activities: FINESS number → list."""
    head = {"schemaVersion": "v1.0.0", "generatedAt": "2026-08-13T02:07:30Z"}
    head = {"metadata": {**head, "schemaVersion": "1.0.1"}} if metadata else head
    structures = {**head, "gco": [], "gcc": [], "pmej": [
        {"informationsGeneralesPMEJ": {"denominationLonguePmSmsse": "ASSOCIATION D'ESSAI"},
         "ege": establishments}]}
    activites = {**head, "pmej": [{"ege": [
        {"numFinessEge": n, "activitesExercees": list_} for n, list_ in activities.items()]}]}
    return json.dumps(structures, indent=1), json.dumps(activites, indent=1)


def plus_sample(**options):
    twice = [("09", None, None, 12), ("09", "02", None, 12), ("08", None, None, 10),
             ("08", None, "01", 4), ("08", None, "02", 6)]
    return plus_flows(
        [plus_establishment(1), plus_establishment(2, "295"), plus_establishment(3, state="I"),
         plus_establishment(4, "236")],
        {number("31", 1): [plus_activity(11, ages=("12", "17"), lines=twice),
                           plus_activity(12, "913", lines=[("09", None, None, 4)]),
                           plus_activity(13, "257", "16", lines=[("08", None, None, 30)]),
                           plus_activity(14, state="I")],
         number("31", 2): [plus_activity(21, "258", "16")], number("31", 3): []}, **options)


def genuine(name):
    """A genuine file, or None where there is none."""
    path = GENUINE / name
    return path if path.is_file() else None
