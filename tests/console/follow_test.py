# SPDX-License-Identifier: EUPL-1.2
"""A page's own EventSource follows the HTTPS door while workers and the whole server are killed and
restarted, as the followers of tests/system do, before the same judge."""
import json
import os
import pathlib
import subprocess

from harness.daemon import BIN, free_port
from harness.departement import departement
from harness.follow import HOMES, Follower, judge, port
from harness.ugod import registers

PASSWORD = "une très longue phrase"
HERE = pathlib.Path(__file__).parent


class ByBrowser(Follower):
    """Told nothing but what EventSource does by itself."""

    def follow(self):
        subprocess.run([BIN + "/ugoctl", "--config", self.register.config, "account", "password",
                        "boss"], input=PASSWORD + "\n", text=True, check=True,
                       capture_output=True)
        self.process = subprocess.Popen(
            [os.environ["UGO_NODE"], HERE / "event_source.mjs",
             "https://localhost:%d" % port(self.register), self.register.tls / "server.pem",
             "boss", PASSWORD],
            stdout=subprocess.PIPE, env={**os.environ, "UGO_BUILD": os.path.dirname(BIN)})
        for line in self.process.stdout:
            name, mark, body = json.loads(line)
            assert name != "gave up", "the browser does not come back by itself"
            self.copy.hear(name, mark, body)
        assert self.over, "it ended"


def test_no_hole_across_restarts():
    with registers(departement(HOMES)) as new, \
            new(workers=2, listen_https="127.0.0.1:%d" % free_port(), second_factor="",
                console_dir=os.path.realpath(BIN + "/../share/ugo/console")) as register:
        (follower,) = judge(register, ByBrowser)
        assert len(follower.copy.resumed) >= 3  # it was cut off each time
