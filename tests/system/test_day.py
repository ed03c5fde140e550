# SPDX-License-Identifier: EUPL-1.2
"""The simulated day against a stand-in for the line door that keeps units."""

import json
import os
import re
import signal
import subprocess
import threading

import pytest

from harness.line_server import EPOCH, Error, LineServer
from harness.records import plain, unit

pytest_plugins = ["harness.cli"]

DAY = os.path.join(os.environ["UGO_BIN"], "ugo-day")
ACCOUNTS = [f"mecs-{n}" for n in range(8)]


class Registry:
    """Units of each account, four each, the last of them never declared. One of the first
    account's is the second one's, too, and one of the fifth's the fourth's."""

    def __init__(self, server):
        self.units = {}
        self.own = {}
        self.words = []  # (account, method, params)
        self.enough = threading.Event()
        for n, account in enumerate(ACCOUNTS):
            ids = [f"u-{n}-{i}" for i in range(4)]
            for id_ in ids:
                self.units[id_] = unit(id_, free=None if id_.endswith("-3") else 1)
            self.own[account] = ids
        self.own["mecs-1"].append("u-0-0")
        self.own["mecs-3"].append("u-4-0")
        server.answers.update({
            "hello": self.hello, "unit.list": self.list, "unit.declare": self.declare,
            "unit.confirm": self.confirm})

    def hello(self, params, connection):
        connection.account = params["token"].removeprefix("token-of-")
        return {"protocol": 1, "account": connection.account, "role": "establishment",
                "scope": {}, "position": f"{EPOCH}.1"}

    def list(self, params, connection):
        ids = [id_ for id_ in sorted(self.own[connection.account])
               if id_ > params.get("cursor", "")]
        return {"units": [self.units[id_] for id_ in ids[:3]],
                "next": ids[2] if len(ids) > 3 else None}

    def confirm(self, params, connection, method="unit.confirm"):
        self.words.append((connection.account, method, params))
        if len(self.words) > 10:
            self.enough.set()
        if params["unit"] not in self.own[connection.account]:
            return Error(2, "forbidden")
        return {"unit": self.units[params["unit"]]}

    def declare(self, params, connection):
        capacity = self.units[params["unit"]]["capacity"]
        open_ = params.get("open", capacity["open"])
        if open_ is None:
            return Error(-32602, "invalid_params", errors=[
                {"pointer": "/open", "detail": "first_declaration_needs_open"}])
        if "closed" in params:
            open_ += capacity["closed"] - params["closed"]["n"]
            capacity["closed"] = params["closed"]["n"]
        capacity.update(open=open_, occupied=params["occupied"],
                        free=max(0, open_ - params["occupied"]))
        return self.confirm(params, connection, "unit.declare")


@pytest.fixture(name="demo")
def fixture_demo(tls, tmp_path):
    with LineServer(tls) as server:
        registry = Registry(server)
        os.symlink(tls.folder, tmp_path / "tls")
        (tmp_path / "demo.json").write_text(json.dumps({
            "line": f"localhost:{server.port}", "ca": "tls/ca.pem", "accounts": [
                {"account": "nuit", "role": "astreinte", "token": "token-of-nuit"},
                *({"account": account, "role": "establishment", "token": f"token-of-{account}"}
                  for account in ACCOUNTS)]}))
        registry.folder = tmp_path
        yield registry


def start(demo, *line):
    env = {"PATH": os.environ["PATH"], "LANG": "fr_FR.UTF-8"}
    return subprocess.Popen([DAY, "--demo", str(demo.folder), *line], env=env, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_day(demo):
    day = start(demo, "--speed", "20000", "--seed", "3")
    out, err = day.communicate(timeout=120)
    assert day.returncode == 0 and err == ""
    lines = plain(out).splitlines()
    assert "7 établissements, 28 unités" in lines[0] and "mecs-0" in lines[0]
    hours = [line for line in lines if re.match(r"\d\d:00 ", line)]
    assert [line[:5] for line in hours] == [f"{hour % 24:02}:00" for hour in range(6, 30)]
    assert not re.search("refus", out)
    said = re.search(r"(\d+) déclarations, (\d+) confirmations", lines[-1])
    assert int(said[1]) + int(said[2]) == len(demo.words) > 20


def test_what_belongs_to_others_is_left_alone(demo):
    assert start(demo, "--speed", "20000").wait(120) == 0
    touched = {params["unit"] for _, _, params in demo.words}
    assert not [id_ for id_ in touched if id_.startswith("u-0-")]
    assert all(params["unit"] in demo.own[account] for account, _, params in demo.words)
    spoken = {(params["unit"], account) for account, _, params in demo.words}
    assert len(spoken) == len(touched), "a unit has one who speaks for it"
    keys = [params["idempotency_key"] for _, _, params in demo.words]
    assert len(set(keys)) == len(keys)


def test_the_seed_decides(demo):
    def said():
        demo.words.clear()
        assert start(demo, "--speed", "20000", "--seed", "5").wait(120) == 0
        return sorted({params["unit"] for _, _, params in demo.words})
    first = said()
    assert said() == first


def test_sigterm_ends_it(demo):
    day = start(demo, "--speed", "2000")
    assert demo.enough.wait(60)
    day.send_signal(signal.SIGTERM)
    assert day.wait(30) == 0


def test_wrong_usage_and_no_demonstration(demo):
    assert start(demo, "--speed", "fast").wait(30) == 2
    assert start(demo, "--speed").wait(30) == 2
    assert start(demo, "--night", "fast").wait(30) == 2
    (demo.folder / "demo.json").unlink()
    assert start(demo).wait(30) == 2
    assert start(demo, "--night").wait(30) == 2
