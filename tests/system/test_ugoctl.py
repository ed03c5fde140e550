# SPDX-License-Identifier: EUPL-1.2
"""ugoctl: migrations, accounts, certificates, audit, doctor, the demonstration."""
import hashlib
import json
import re
import stat
import subprocess

import pytest

pytest_plugins = ["harness.admin"]


# ── usage ──

def test_help_shows_every_verb(bare):
    for language, words in (("fr", "administre"), ("en", "administers")):
        text = bare("--help", language=language).stdout
        assert words in text
        for verb in ("migrate", "import finess", "import communes", "import territories",
                     "import units", "calendar", "rota import", "rota list", "account add",
                     "account list", "account disable",
                     "cert issue", "cert server", "cert revoke", "audit verify", "doctor",
                     "demo load", "history retain"):
            assert f"ugoctl {verb}" in text
    assert "--role ROLE" in bare("account", "add", "--help").stdout


@pytest.mark.parametrize("words", [
    [], ["dance"], ["account"], ["migrate", "now"], ["migrate", "--fast"], ["cert", "issue", "a"],
    ["account", "add", "a"], ["account", "add", "a", "--role"],
    ["account", "add", "a", "--role", "def", "--role", "admin"]])
def test_wrong_usage(bare, words):
    done = bare(*words, ok=False)
    assert done.returncode == 2 and "ugoctl --help" in done.stderr


def test_no_database(bare):
    line = [word for word in bare.line(["migrate"], "en") if not word.startswith("host=")]
    line.remove("--database")
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "--config" in done.stderr
    bare.conninfo = "host=/nowhere dbname=x"
    assert "injoignable" in bare("migrate", ok=False).stderr


def test_who_may(bare, ugoctl):
    assert "ugoctl migrate" in bare("account", "list", ok=False).stderr
    ugoctl.conninfo = re.sub("user=\\S+", "user=ugod", ugoctl.conninfo)
    done = ugoctl("account", "add", "a", "--role", "admin", ok=False)
    assert done.returncode == 1 and "ugod" in done.stderr
    ugoctl("account", "list")
    ugoctl("audit", "verify")


def test_config_file(bare, tmp_path):
    config = tmp_path / "ugod.conf"
    config.write_text(f"database = {bare.conninfo}\n")
    line = [bare.line([], "fr")[0], "--config", str(config), "--lang", "fr", "migrate"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    config.write_text("databse = x\n")
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "database" in done.stderr and f"{config}:" in done.stderr


# ── migrate ──

def test_migrate(bare):
    first = bare("migrate").stdout
    assert re.search(r"de la version 0 à la version (\d+)", first)
    assert bare.one("SELECT count(*) FROM ugo.establishment_kind") > 0
    before = bare.rows("SELECT * FROM ugo.migration ORDER BY number")
    assert "déjà à jour" in bare("migrate").stdout
    assert bare.rows("SELECT * FROM ugo.migration ORDER BY number") == before
    # what the daemon's role may read
    assert bare.one("SELECT has_table_privilege('ugod', 'ugo.migration', 'SELECT')")


def test_two_migrate_at_once(bare):
    both = [bare.start("migrate") for _ in range(2)]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("déjà à jour" in out for out, _ in said) == 1


@pytest.mark.parametrize("sql,says", [
    ("UPDATE ugo.migration SET checksum = repeat('0', 64) WHERE number = 4", "0004_"),
    ("INSERT INTO ugo.migration VALUES (9999, '9999_future', repeat('0', 64), 0)", "plus récente"),
    ("DROP TABLE ugo.migration", "n'ont pas créé")])
def test_migrate_refuses(bare, sql, says):
    bare("migrate")
    bare.rows(sql)
    done = bare("migrate", ok=False)
    assert done.returncode == 1 and says in done.stderr


def test_a_failed_migration_leaves_nothing(bare):
    bare.rows("CREATE SCHEMA ugo; CREATE TABLE ugo.unit (x int)")
    done = bare("migrate", ok=False)
    assert "rien n'a été modifié" in done.stderr
    assert bare.one("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    " WHERE n.nspname = 'ugo' AND relkind = 'r'") == 1


# ── accounts ──

@pytest.fixture(name="places")
def fixture_places(ugoctl, tmp_path):
    for name, text in (
            ("communes", "code_insee;nom_commune;code_postal;latitude;longitude\n"
                         "31395;MURET;31600;43.46;1.32\n"),
            ("territories", "territory;name;level;parent;communes\n"
                            "d31;Haute-Garonne;departement;;\ndts-sud;DTS Sud;dts;d31;31395\n"),
            ("units", "establishment;establishment_name;establishment_kind;commune;modality\n"
                      "essai;Maison d'essai;mecs;31395;internat\n")):
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        ugoctl("import", name, path)


def token_of(done):
    tokens = re.findall(r"^ugo_[A-Za-z0-9_-]{43}$", done.stdout, re.M)
    assert len(tokens) == 1
    return tokens[0]


def test_account_add(ugoctl, places):
    token = token_of(ugoctl("account", "add", "mecs-essai", "--role", "establishment",
                            "--establishment", "e-essai", "--name", "Maison d'essai"))
    assert ugoctl.record("account", "mecs-essai") == {
        "role": "establishment", "territories": [], "establishments": ["e-essai"],
        "acts_for": None, "name": "Maison d'essai", "disabled": False}
    stored = ugoctl.rows("SELECT id, account, type, revoked FROM ugo.credential")
    assert stored == [(hashlib.sha256(token.encode()).hexdigest(), "mecs-essai", "token", False)]
    assert token not in str(ugoctl.rows("SELECT * FROM ugo.change"))
    token_of(ugoctl("account", "add", "dts-sud", "--role", "territory", "--territory", "dts-sud"))
    token_of(ugoctl("account", "add", "si", "--role", "service", "--acts-for", "dts-sud"))
    # the whole département when there is one only
    assert "d31" in ugoctl("account", "add", "nuit", "--role", "astreinte", "--no-token").stdout
    assert ugoctl.record("account", "nuit")["territories"] == ["d31"]
    assert ugoctl.one("SELECT count(*) FROM ugo.credential WHERE account = 'nuit'") == 0
    listed = ugoctl("account", "list").stdout
    for account in ("mecs-essai", "dts-sud", "si", "nuit"):
        assert re.search(rf"^{account} ", listed, re.M)


@pytest.mark.parametrize("words,status", [
    (["a", "--role", "boss"], 2), (["a", "--role", "territory"], 2),
    (["a", "--role", "establishment"], 2), (["a", "--role", "service"], 2),
    (["a", "--role", "territory", "--territory", "nowhere"], 1),
    (["a", "--role", "establishment", "--establishment", "e-nobody"], 1),
    (["A b", "--role", "admin"], 1), (["system", "--role", "admin"], 1)])
def test_account_add_refuses(ugoctl, places, words, status):
    before = ugoctl.revision()
    done = ugoctl("account", "add", *words, ok=False)
    assert done.returncode == status and done.stderr
    assert not re.search("ugo_", done.stdout)
    assert ugoctl.revision() == before


def test_account_twice_token_again_and_disable(ugoctl, places):
    first = token_of(ugoctl("account", "add", "admin-31", "--role", "admin"))
    assert "existe déjà" in ugoctl("account", "add", "admin-31", "--role", "def", ok=False).stderr
    second = token_of(ugoctl("account", "token", "admin-31", "--revoke-others"))
    assert first != second
    assert dict(ugoctl.rows("SELECT id, revoked FROM ugo.credential")) == {
        hashlib.sha256(first.encode()).hexdigest(): True,
        hashlib.sha256(second.encode()).hexdigest(): False}
    ugoctl("account", "disable", "admin-31")
    assert ugoctl.record("account", "admin-31")["disabled"]
    assert "déjà" in ugoctl("account", "disable", "admin-31").stdout
    assert ugoctl("account", "disable", "nobody", ok=False).returncode == 1
    assert ugoctl("account", "token", "nobody", ok=False).returncode == 1


# ── certificates ──

def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False)


def test_certificates(ugoctl, places, tmp_path):
    folder = tmp_path / "certs"
    ugoctl("account", "add", "si", "--role", "admin", "--no-token")
    said = ugoctl("cert", "issue", "si", "--dir", folder, "--days", "90").stdout
    assert "Autorité locale créée" in said
    der = openssl("x509", "-in", folder / "si.pem", "-outform", "DER").stdout
    fingerprint = hashlib.sha256(der).hexdigest()
    assert fingerprint in said
    assert ugoctl.rows("SELECT id, account, type, expires_at / 1000000 > extract(epoch FROM now())"
                       " FROM ugo.credential") == [(fingerprint, "si", "certificate", True)]
    said = ugoctl("cert", "server", "--dir", folder, "--name", "localhost", "--name", "127.0.0.1",
                  "--name", "::1").stdout
    assert "Autorité" not in said
    for name, purpose in (("si", "sslclient"), ("server", "sslserver")):
        assert openssl("verify", "-CAfile", folder / "ca.pem", "-purpose", purpose,
                       folder / f"{name}.pem").returncode == 0
        assert stat.S_IMODE((folder / f"{name}.key").stat().st_mode) == 0o600
    assert openssl("verify", "-CAfile", folder / "ca.pem", "-purpose", "sslserver",
                   folder / "si.pem").returncode != 0
    for option, value in (("-verify_hostname", "localhost"), ("-verify_ip", "127.0.0.1"),
                          ("-verify_ip", "::1")):
        assert openssl("verify", "-CAfile", folder / "ca.pem", option, value,
                       folder / "server.pem").returncode == 0
    text = openssl("x509", "-in", folder / "si.pem", "-noout", "-text").stdout.decode()
    assert "prime256v1" in text and "CA:FALSE" in text
    ugoctl("cert", "revoke", folder / "si.pem")
    assert ugoctl.one("SELECT revoked FROM ugo.credential")
    assert ugoctl("cert", "revoke", folder / "si.pem", ok=False).returncode == 1


def test_certificates_are_revoked_by_account_or_fingerprint(ugoctl, places, tmp_path):
    ugoctl("account", "add", "a", "--role", "admin", "--no-token")
    prints = [re.search(r"[0-9a-f]{64}", ugoctl("cert", "issue", "a", "--dir", tmp_path).stdout)[0]
              for _ in range(3)]
    colons = ":".join(re.findall("..", prints[1].upper()))
    ugoctl("cert", "revoke", colons)
    revoked = "SELECT count(*) FROM ugo.credential WHERE revoked"
    assert ugoctl.one(revoked) == 1
    assert "2" in ugoctl("cert", "revoke", "a").stdout
    assert ugoctl.one(revoked) == 3


def test_certificates_refused(ugoctl, places, tmp_path):
    assert ugoctl("cert", "issue", "nobody", "--dir", tmp_path, ok=False).returncode == 1
    assert not list(tmp_path.glob("*.key"))
    ugoctl("account", "add", "a", "--role", "admin", "--no-token")
    assert ugoctl("cert", "issue", "a", "--dir", tmp_path, "--days", "0", ok=False).returncode == 2
    ugoctl("cert", "issue", "a", "--dir", tmp_path)
    (tmp_path / "ca.key").unlink()  # a second authority would disown what the first one issued
    done = ugoctl("cert", "issue", "a", "--dir", tmp_path, ok=False)
    assert done.returncode == 1 and "ca.key" in done.stderr
    assert ugoctl("cert", "server", "--dir", tmp_path / "s", "--name", "a/b",
                  ok=False).returncode == 1


# ── audit ──

TAMPERINGS = [
    ("UPDATE ugo.change SET state = '{}' WHERE revision = 18", 18),
    ("UPDATE ugo.change SET actor = 'somebody' WHERE revision = 3", 3),
    ("UPDATE ugo.change SET at = at + 1 WHERE revision = 5", 5),
    ("UPDATE ugo.change SET head = sha256('x') WHERE revision = 7", 7),
    ("DELETE FROM ugo.change WHERE revision = 9", 9),
    ("UPDATE ugo.ledger SET head = sha256('x')", None),
]


@pytest.mark.parametrize("sql,revision", TAMPERINGS)
def test_audit_finds_the_first_altered_revision(ugoctl, places, sql, revision):
    done = ugoctl("audit", "verify")
    assert f"à {ugoctl.revision()}" in done.stdout
    ugoctl.rows(sql)
    done = ugoctl("audit", "verify", ok=False)
    assert done.returncode == 1
    assert f"altérée : {revision or ugoctl.revision()} " in done.stderr


def test_audit_of_a_rewritten_tail(ugoctl, places):
    """Rows cut off together with the ledger's revision still do not fit its head."""
    last = ugoctl.revision()
    ugoctl.rows("DELETE FROM ugo.change WHERE revision = %s", last)
    ugoctl.rows("UPDATE ugo.ledger SET revision = revision - 1")
    assert ugoctl("audit", "verify", ok=False).returncode == 1


# ── history ──

YEAR_US = 31557600 * 10**6


def in_years(ugoctl, years):
    ugoctl.rows("CREATE OR REPLACE FUNCTION ugo.clock_us() RETURNS bigint LANGUAGE sql AS $$"
                " SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
                f" + {years * YEAR_US} $$")


def test_years_of_history_are_kept(ugoctl, places):
    old = ugoctl.revision()
    in_years(ugoctl, 3)
    ugoctl("account", "add", "a", "--role", "admin", "--no-token")
    assert ugoctl.revision() == old + 1
    records = ugoctl.rows("SELECT kind, id, revision, state::text FROM ugo.record ORDER BY 1, 2")
    said = ugoctl("history", "retain", "--years", "4").stdout
    assert "Rien à oublier" in said and "après la révision 0." in said
    said = ugoctl("history", "retain", "--years", "2", "--dry-run", language="en").stdout
    assert f"Older than 2 years: {old} revisions. Nothing was let go" in said
    assert ugoctl.one("SELECT history_floor FROM ugo.ledger") == 0
    said = ugoctl("history", "retain", "--years", "2").stdout
    today = ugoctl.one("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')")
    assert f"Révisions oubliées : {old}. L'historique commence après la révision {old}" in said
    assert f"(du {today})" in said
    assert "ugoctl audit verify" in said
    assert ugoctl.rows("SELECT min(revision), count(*) FROM ugo.change") == [(old + 1, 1)]
    assert ugoctl.one("SELECT history_floor FROM ugo.ledger") == old
    assert f"1 révisions vérifiées, de {old} à {old + 1}" in ugoctl("audit", "verify").stdout
    assert ugoctl.rows("SELECT * FROM ugo.audit_records()") == []
    assert ugoctl.rows("SELECT kind, id, revision, state::text FROM ugo.record"
                       " ORDER BY 1, 2") == records
    assert f"après la révision {old}." in ugoctl("history", "retain", "--years", "2").stdout
    ugoctl("account", "disable", "a")
    assert "2 révisions" in ugoctl("audit", "verify").stdout


def test_history_is_let_go_in_steps(ugoctl):
    """12 000 revisions of one row are two steps of the database, one command here."""
    ugoctl.rows("INSERT INTO ugo.change SELECT revision + n, 1, 1, at, 'system', 'unit.put',"
                " 'unit', 'u-x', 'e-1', 'd31', NULL, sha256('') FROM ugo.ledger,"
                " generate_series(1, 12000) n")
    ugoctl.rows("UPDATE ugo.ledger SET revision = revision + 12000")
    revision = ugoctl.revision()
    in_years(ugoctl, 3)
    ugoctl.rows("SELECT ugo.apply_batch('[]')")
    assert f": {revision}." in ugoctl("history", "retain", "--years", "1").stdout
    assert ugoctl.one("SELECT count(*) FROM ugo.change") == 0


@pytest.mark.parametrize("years", ["0", "-1", "101", "1.5", "", "two", "99999999999999999999"])
def test_absurd_years_are_refused(ugoctl, years):
    done = ugoctl("history", "retain", f"--years={years}", ok=False)
    assert done.returncode == 2 and "1 à 100" in done.stderr
    assert ugoctl("history", "retain", ok=False).returncode == 2


# ── doctor ──

def test_doctor(bare, tmp_path):
    bare("migrate")
    bare.rows("UPDATE ugo.ledger SET at = at - 60000000")
    done = bare("doctor", ok=False)
    assert re.search("ATTENTION +dernier battement il y a 6", done.stdout), done.stdout
    bare.rows("SELECT ugo.apply_batch('[]')")
    done = bare("doctor", ok=None)
    checks = [line.split()[0] for line in done.stdout.splitlines()]
    assert set(checks) <= {"OK", "ATTENTION"} and len(checks) >= 6
    assert (done.returncode == 0) == ("ATTENTION" not in checks)
    assert re.search(r"libevent \d", done.stdout)
    assert "schéma à jour" in done.stdout
    bare.rows("DELETE FROM ugo.migration WHERE number = (SELECT max(number) FROM ugo.migration)")
    done = bare("doctor", ok=False)
    assert "lancez ugoctl migrate" in done.stdout
    bare.conninfo = "host=/nowhere dbname=x"
    assert "ATTENTION" in bare("doctor", ok=False).stdout


# ── demonstration ──

def test_demo(ugoctl, tmp_path):
    folder = tmp_path / "demo"
    ugoctl("demo", "load", "--dir", folder)
    accounts = json.loads((folder / "accounts.json").read_text())
    assert {a["role"] for a in accounts} == {"establishment", "service", "territory", "mobile",
                                             "astreinte", "def", "admin"}
    assert sum(a["role"] == "establishment" for a in accounts) == 70
    known = dict(ugoctl.rows("SELECT id, account FROM ugo.credential WHERE NOT revoked"))
    for account in accounts:
        assert known[hashlib.sha256(account["token"].encode()).hexdigest()] == account["account"]
        assert (folder / account["key"]).is_file()
    first = next(a for a in accounts if a["role"] == "establishment")
    der = openssl("x509", "-in", folder / first["cert"], "-outform", "DER").stdout
    assert known[hashlib.sha256(der).hexdigest()] == first["account"]
    assert openssl("verify", "-CAfile", folder / "ca.pem", "-purpose", "sslclient",
                   folder / first["cert"]).returncode == 0
    own = ugoctl.rows(
        "SELECT u.open - u.occupied FROM ugo.unit u JOIN ugo.account a"
        " ON u.establishment = ANY (a.establishments) WHERE a.id = %s AND u.emergency_reserved = 0"
        " AND u.observed_at + 3600000000 > ugo.clock_us() AND u.open >= 4", first["account"])
    assert own and max(own)[0] >= 4
    assert ugoctl.one("SELECT count(*) FROM ugo.establishment") == 478
    assert 960 <= ugoctl.one("SELECT 1000 * sum(occupied) / sum(open) FROM ugo.unit") <= 980
    assert ugoctl.one("SELECT count(*) FROM ugo.unit WHERE observed_at IS NULL") > 0
    ugoctl("audit", "verify")


def test_demo_twice_keeps_everything(ugoctl, tmp_path):
    ugoctl("demo", "load", "--dir", tmp_path)
    accounts = (tmp_path / "accounts.json").read_text()
    first = json.loads(accounts)[10]["account"]
    unit = "u-demo-mecs-tilleul-bleu-1"
    ugoctl.rows("SELECT ugo.apply_batch(%s)", json.dumps([{
        "account": "admin-31", "op": "unit.declare", "key": "k", "digest": "d", "channel": "cli",
        "params": {"unit": unit, "free": 1}}]))
    before = ugoctl.revision()
    assert "gardé" in ugoctl("demo", "load", "--dir", tmp_path, "--seed", "31").stdout
    assert (tmp_path / "accounts.json").read_text() == accounts
    # one confirmation, so that the first unit is fresh; its counts stay
    assert ugoctl.revision() == before + 1
    assert ugoctl.record("unit", unit)["occupied"] == ugoctl.record("unit", unit)["open"] - 1
    # a lost folder gets new credentials, the old ones go on
    ugoctl("demo", "load", "--dir", tmp_path / "other")
    assert ugoctl.one("SELECT count(*) FROM ugo.credential WHERE account = %s", first) == 4


def test_demo_stays_out_of_real_registers(ugoctl, places, tmp_path):
    before = ugoctl.revision()
    done = ugoctl("demo", "load", "--dir", tmp_path / "demo", ok=False)
    assert done.returncode == 1 and "base à part" in done.stderr
    assert ugoctl.revision() == before and not (tmp_path / "demo").exists()
