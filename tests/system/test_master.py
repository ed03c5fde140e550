# SPDX-License-Identifier: EUPL-1.2
"""The master: processes that die, configurations that change, a PostgreSQL of its own."""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from harness.daemon import (BIN, Ugod, children, free_port, is_alive, user, wait_for)

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def folder():
    """Short (a Unix socket lives below), and the daemon's user can enter it."""
    path = Path(tempfile.mkdtemp(prefix="ugod-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def fresh(folder):
    """A ugod that was never started."""
    with Ugod(folder) as ugod:
        yield ugod


@pytest.fixture(scope="session")
def seed():
    """The data folder of a ugod that was started and stopped once: initdb takes its time."""
    path = Path(tempfile.mkdtemp(prefix="ugod-seed-"))
    path.chmod(0o755)
    with Ugod(path) as ugod:
        ugod.start()
        assert ugod.has_log("schema_migrated")
        assert ugod.stop() == 0
    yield path / "data"
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def daemon(folder, seed):
    """A ugod that was started and stopped before."""
    subprocess.run(["cp", "-a", seed, folder / "data"], check=True)
    with Ugod(folder) as ugod:
        yield ugod


def check(*arguments, language="C"):
    """`ugod -t`: exit status, standard error, standard output."""
    done = subprocess.run([BIN + "/ugod", "-t", *arguments], capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": language}, check=False)
    return done.returncode, done.stderr, done.stdout


# the command line and the configuration


def test_command_line():
    def run(*arguments):
        done = subprocess.run([BIN + "/ugod", *arguments], capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C"}, check=False)
        return done.returncode, done.stdout + done.stderr
    assert run("--version")[0] == 0 and run("--version")[1].startswith("ugod ")
    assert run("--help")[0] == 0 and "-c, --config FILE" in run("--help")[1]
    assert "démarre" in run("--lang", "fr", "--help")[1]
    options = run("--help-options")
    assert options[0] == 0 and "#hello_timeout = 5s" in options[1]
    for wrong in (["--what"], ["-c"], ["--lang", "de"], ["file"]):
        assert run(*wrong)[0] == 2, wrong


def test_check_says_what_is_wrong(fresh, folder):
    assert check("-c", fresh.config) == (0, "", "%s: the configuration is valid\n" % fresh.config)

    status, errors, _ = check("-c", folder / "none.conf")
    assert status == 1 and "No such file" in errors

    fresh.config.write_text("\nworkers = many\nlissten = *:1\n")
    status, errors, _ = check("-c", fresh.config)
    assert status == 1
    assert "line 2: workers: \"many\" is not a whole number" in errors
    assert "line 3: \"lissten\" is not an option" in errors and "did you mean listen?" in errors
    assert "ligne 2 : workers" in check("-c", fresh.config, language="fr_FR.UTF-8")[1]

    fresh.configure(server_cert=None, server_key=None, client_ca=None)
    status, errors, _ = check("-c", fresh.config)
    assert status == 1 and "server_cert and server_key are missing" in errors

    fresh.configure(server_cert=folder / "tls/server.pem", server_key=folder / "none.key",
                     client_ca=folder / "none.pem")
    status, errors, _ = check("-c", fresh.config)
    assert status == 1 and "server_key: %s: No such" % (folder / "none.key") in errors
    assert "client_ca: %s: No such" % (folder / "none.pem") in errors

    (folder / "other").mkdir()
    subprocess.run([BIN + "/ugoctl", "cert", "server", "--dir", folder / "other", "--name",
                    "localhost"], check=True, capture_output=True)
    fresh.configure(server_key=folder / "other/server.key", client_ca=None)
    status, errors, _ = check("-c", fresh.config)
    assert status == 1 and "key does not belong to the server certificate" in errors

    fresh.configure(server_key=folder / "tls/server.key", client_ca=folder / "tls/server.key")
    status, errors, _ = check("-c", fresh.config)
    assert status == 1 and "client_ca is not a list of PEM certificates" in errors


def test_check_warns_about_a_key_for_all(fresh, folder):
    (folder / "tls/server.key").chmod(0o644)
    status, errors, _ = check("-c", fresh.config)
    assert status == 0 and "everybody can read" in errors


def test_check_finds_no_programs(fresh, folder):
    fresh.configure(postgres_bin=folder)
    status, errors, _ = check("-c", fresh.config)
    assert status == 1 and "no initdb" in errors
    (folder / "data/postgres").mkdir(parents=True)
    (folder / "data/postgres/PG_VERSION").write_text("9\n")
    fresh.configure(postgres_bin=None)
    status, errors, _ = check("-c", fresh.config)
    assert status == 1 and "was made by PostgreSQL 9, which is not installed" in errors


@root_only
def test_check_names_the_folder_that_is_closed(fresh, folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    fresh.configure(data_dir=closed / "below" / "data")
    status, errors, _ = check("-c", fresh.config)
    assert status == 1
    assert "the user %s cannot enter %s" % (user(), closed) in errors
    assert "chmod o+x %s" % closed in errors
    fresh.launch()
    assert fresh.wait_end() == 1
    assert fresh.has_log("start_refused .*cannot enter %s" % closed)
    assert not (closed / "below").exists()


@root_only
def test_check_wants_the_user(fresh):
    fresh.configure(user="no-such-user")
    status, errors, _ = check("-c", fresh.config)
    assert status == 1 and "there is no such system user" in errors
    fresh.configure(user="root")
    status, errors, _ = check("-c", fresh.config)
    assert status == 1 and "PostgreSQL refuses root" in errors


# start and stop


def test_starts_serves_and_stops(daemon):
    daemon.start()
    assert daemon.greet()["method"] == "hello"
    uid = pwd.getpwnam(user()).pw_uid
    family = children(daemon.process.pid)
    assert sorted(family.values()) == ["postgres", "ugod-worker-0", "ugod-worker-1"]
    for pid in family:
        assert os.stat("/proc/%d" % pid).st_uid in (uid, 0)
        with open("/proc/%d/status" % pid) as status:
            uids = [line for line in status if line.startswith("Uid:")][0].split()[1:]
        assert uids == [str(uid)] * 4
    with daemon.connect() as connection:
        connection.read()
        daemon.signal(signal.SIGTERM)
        assert connection.read()["method"] == "bye"
        assert connection.read() is None
    assert daemon.wait_end() == 0
    assert not any(is_alive(pid) for pid in family)
    assert daemon.has_log("database system is shut down")


def test_ctrl_c(daemon):
    """A terminal signals the whole group: only the master acts, PostgreSQL goes last."""
    daemon.start()
    with daemon.connect() as connection:
        connection.read()
        os.killpg(daemon.process.pid, signal.SIGINT)
        assert connection.read()["method"] == "bye"
    assert daemon.wait_end() == 0
    ends = [line.split()[2] for line in daemon.log if "_ended " in line]
    assert ends == ["worker_ended", "worker_ended", "postgres_ended"]


def test_a_stop_during_the_first_start(fresh):
    fresh.launch()
    wait_for((fresh.folder / "data/postgres.new").exists, "initdb")
    fresh.signal(signal.SIGTERM)
    assert fresh.wait_end() == 0
    assert not fresh.has_log("postgres_started")


def test_a_bad_configuration_does_not_start(fresh):
    fresh.configure(workers="many")
    fresh.launch()
    assert fresh.wait_end() == 1
    assert fresh.has_log(r"configuration_refused .*line \d+: workers")


def test_an_impatient_stop(daemon):
    """A second SIGTERM does not wait for a connection that never closes."""
    daemon.configure(drain_timeout="10m")
    daemon.start()
    workers = daemon.workers().values()
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    daemon.signal(signal.SIGTERM)
    daemon.wait_log("notice stopping")
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_end() == 0
    assert daemon.has_log("workers_killed")


def test_keeps_its_data(daemon):
    daemon.start()
    epoch = daemon.greet()["params"]["epoch"]
    assert daemon.stop() == 0
    daemon.start()
    assert daemon.greet()["params"]["epoch"] == epoch
    assert not daemon.has_log("schema_migrated")


def test_one_master_per_folder_and_port(daemon, folder):
    daemon.start()
    config = folder / "second.conf"

    def second(*replacements):
        text = daemon.config.read_text()
        for old, new in replacements:
            text = text.replace(str(old), str(new))
        config.write_text(text)
        return subprocess.run([BIN + "/ugod", "-c", config], capture_output=True, text=True,
                              env=daemon.environment, check=False)
    port = ("127.0.0.1:%d" % daemon.port, "127.0.0.1:%d" % free_port())
    refused = second(port)
    assert refused.returncode == 1
    assert "another ugod (pid %d) works in it" % daemon.process.pid in refused.stderr
    refused = second((folder / "data", folder / "data2"))
    assert refused.returncode == 1
    assert "127.0.0.1:%d: Address already in use" % daemon.port in refused.stderr
    assert daemon.greet()["method"] == "hello"


def test_a_long_path_gets_a_short_socket(folder):
    long = folder / ("l" * 60) / ("m" * 60)
    long.mkdir(parents=True)
    for path in (long.parent, long):
        path.chmod(0o755)
    with Ugod(long) as daemon:
        daemon.start()
        line = daemon.wait_log("listening on Unix socket")
        socket_folder = Path(line.partition('\\"')[2].partition("/.s.PGSQL")[0])
        assert socket_folder.parent == Path("/tmp")
        assert daemon.greet()["method"] == "hello"
        ctl = subprocess.run([BIN + "/ugoctl", "--config", daemon.config, "account", "list"],
                             capture_output=True, text=True, check=False)
        assert ctl.returncode == 0, ctl.stderr
        assert daemon.stop() == 0
        shutil.rmtree(socket_folder)


class Notifications:
    """A service manager's end of sd_notify."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.said = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            self.said.append(self.socket.recv(4096).decode())

    def wait(self, beginning, n=1):
        wait_for(lambda: sum(s.startswith(beginning) for s in self.said) >= n, beginning)


def test_service_manager(folder):
    manager = Notifications(folder / "notify")
    environment = {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "200000"}
    with Ugod(folder, environment) as daemon:
        daemon.start()
        manager.wait("READY=1")
        manager.wait("WATCHDOG=1", 3)
        daemon.signal(signal.SIGHUP)
        manager.wait("RELOADING=1\nMONOTONIC_USEC=")
        manager.wait("READY=1", 2)
        assert daemon.stop() == 0
        manager.wait("STOPPING=1")


# what dies


def test_a_worker_dies(daemon):
    daemon.start()
    before = daemon.workers()
    with daemon.connect() as connection:
        connection.read()
        for slot in before:
            os.kill(before[slot], signal.SIGKILL)
        try:
            assert connection.read() is None
        except ConnectionError:
            pass
    # Not refused, not reset: it waits in the slot's queue for the next worker.
    assert daemon.greet()["method"] == "hello"
    after = wait_for(lambda: len(daemon.workers()) == 2 and daemon.workers(), "new workers")
    assert not set(before.values()) & set(after.values())
    daemon.wait_log("worker_ended", 2)


def test_a_worker_hangs(daemon):
    daemon.configure(worker_silence="5s")
    daemon.start()
    before = daemon.workers()
    os.kill(before[0], signal.SIGSTOP)
    daemon.wait_log(r"worker_silent slot=0 pid=%d" % before[0])
    daemon.wait_log(r"worker_ready .*slot=0", 2)
    assert daemon.workers()[1] == before[1]


def test_a_queue_is_lent(daemon):
    """While a slot's new worker cannot load, its neighbour accepts in its stead."""
    daemon.start()
    before = daemon.workers()
    os.kill(daemon.postmaster(), signal.SIGSTOP)
    os.kill(before[0], signal.SIGKILL)
    daemon.wait_log(r"queue_lent slot=0 to=1")
    for _ in range(20):  # the kernel spreads them over both queues
        assert daemon.greet()["method"] == "hello"
    os.kill(daemon.postmaster(), signal.SIGCONT)
    daemon.wait_log(r"worker_ready .*slot=0", 2)
    assert daemon.workers()[1] == before[1]
    for _ in range(20):
        assert daemon.greet()["method"] == "hello"


def test_postgres_dies(daemon):
    daemon.start()
    workers, server = daemon.workers(), daemon.postmaster()
    with daemon.connect() as connection:
        greeting = connection.read()
        os.kill(server, signal.SIGKILL)
        daemon.wait_log("postgres_ended status=-1 signal=9")
        daemon.wait_log("database system was not properly shut down")
        daemon.wait_log("db_connected .*link=follower", 4)  # of both workers, the second time
        assert daemon.workers() == workers
        connection.write({"jsonrpc": "2.0", "id": 1, "method": "echo", "params": {}})
        assert connection.read()  # the connection has lived through it
        assert daemon.greet()["params"]["epoch"] == greeting["params"]["epoch"]
    assert daemon.postmaster() not in (None, server)


def test_the_master_dies(daemon):
    daemon.start()
    epoch = daemon.greet()["params"]["epoch"]
    family = children(daemon.process.pid)
    os.kill(daemon.process.pid, signal.SIGKILL)
    wait_for(lambda: not any(is_alive(pid) for pid in family), "the end of its children")
    assert daemon.wait_end() == -signal.SIGKILL
    daemon.start()
    assert daemon.greet()["params"]["epoch"] == epoch


def test_a_server_left_behind(daemon):
    """A PostgreSQL of an earlier master still runs on the data: it is stopped first, nothing is
    lost. One that nothing ties to a master stands for it: whatever a dying master leaves, the
    kernel wakes and ends at a moment of its own."""
    daemon.start()
    epoch = daemon.greet()["params"]["epoch"]
    program = os.readlink("/proc/%d/exe" % daemon.postmaster())
    assert daemon.stop() == 0
    cluster = daemon.folder / "data" / "postgres"
    who = pwd.getpwnam(user())
    as_user = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} \
        if os.geteuid() == 0 else {}
    with open(daemon.folder / "left.log", "w") as log, \
            subprocess.Popen([program, "-D", str(cluster), "-c", "listen_addresses=", "-c",
                              "unix_socket_directories=%s" % (daemon.folder / "data" / "socket")],
                             stdout=log, stderr=log, cwd="/", start_new_session=True,
                             **as_user) as left:
        try:
            wait_for(lambda: daemon.postmaster() == left.pid and "ready to accept" in
                     (daemon.folder / "left.log").read_text(), "the server that stands for it")
            daemon.launch()
            daemon.wait_log(r"postgres_left_behind pid=%d" % left.pid)
            assert left.wait(timeout=60) == 0  # it was asked, not shot
        finally:
            left.kill()
    daemon.wait_log(" notice ready ")
    assert daemon.greet()["params"]["epoch"] == epoch
    assert daemon.postmaster() not in (None, left.pid)


def test_a_stale_pid_file_harms_nobody(daemon):
    """postmaster.pid names a process that is not our PostgreSQL: it is left alone."""
    daemon.start()
    assert daemon.stop() == 0
    with subprocess.Popen(["sleep", "600"]) as bystander:
        pid_file = daemon.folder / "data/postgres/postmaster.pid"
        pid_file.write_text("%d\n%s\n" % (bystander.pid, daemon.folder / "data/postgres"))
        shutil.chown(pid_file, user())
        pid_file.chmod(0o600)
        try:
            daemon.launch()
            daemon.wait_log("postgres_started")
            assert bystander.poll() is None
            assert not daemon.has_log("postgres_left_behind")
        finally:
            bystander.kill()


def test_an_interrupted_first_start(fresh):
    """initdb is cut off: the next start begins again."""
    fresh.launch()
    unfinished = fresh.folder / "data/postgres.new"
    wait_for(unfinished.exists, "initdb")
    os.kill(fresh.process.pid, signal.SIGKILL)
    fresh.wait_end()
    assert not (fresh.folder / "data/postgres").exists()
    fresh.start()
    assert fresh.greet()["method"] == "hello"
    assert not unfinished.exists()


# reload and upgrade


def test_reload(daemon):
    daemon.start()
    with daemon.connect() as connection:
        connection.read()
        old = connection.certificate
        daemon.issue()
        daemon.configure(log_level="debug", workers=3, accessibility_contact="a@example.org")
        daemon.signal(signal.SIGHUP)
        daemon.wait_log("notice reloaded")
        daemon.wait_log("restart_needed options=accessibility_contact,workers$")

        def renewed():
            with daemon.connect() as fresh:
                return fresh.certificate != old
        wait_for(renewed, "the new certificate")
        connection.write({"jsonrpc": "2.0", "id": 1, "method": "echo", "params": {}})
        assert connection.read()
    workers = daemon.workers()
    os.kill(workers[0], signal.SIGKILL)  # a new worker starts with the new settings
    daemon.wait_log(r"worker_ready .*slot=0", 2)
    assert len(daemon.workers()) == 2


def test_reload_of_a_bad_file(daemon):
    daemon.start()
    with daemon.connect() as connection:
        old = connection.certificate
    good = daemon.config.read_text()
    key = (daemon.tls / "server.key").read_text()
    daemon.config.write_text(good + "hello_timeout = never\n")
    daemon.signal(signal.SIGHUP)
    daemon.wait_log(r"reload_refused .*hello_timeout")
    daemon.config.write_text(good)
    (daemon.tls / "server.key").write_text("no key\n")
    daemon.signal(signal.SIGHUP)
    daemon.wait_log(r"reload_refused .*not an unencrypted PEM private key")
    assert not daemon.has_log("notice reloaded")
    with daemon.connect() as connection:
        assert connection.certificate == old
    (daemon.tls / "server.key").write_text(key)
    daemon.signal(signal.SIGHUP)
    daemon.wait_log("notice reloaded")
    assert daemon.greet()["method"] == "hello"


def test_upgrade(daemon):
    daemon.start()
    workers, server, since = daemon.workers(), daemon.postmaster(), len(daemon.log)
    epoch = daemon.greet()["params"]["epoch"]
    stop = threading.Event()
    failures = []

    def visit():
        while not stop.is_set():
            try:
                daemon.greet()
            except OSError as error:
                failures.append(error)
    visitor = threading.Thread(target=visit)
    visitor.start()
    daemon.signal(signal.SIGUSR2)
    daemon.wait_log(" notice ready ", since=since)
    wait_for(lambda: not any(is_alive(pid) for pid in workers.values()), "the old workers' end")
    stop.set()
    visitor.join()
    assert not failures
    assert daemon.greet()["params"]["epoch"] == epoch
    assert daemon.postmaster() == server
    assert len(daemon.workers()) == 2
    assert daemon.stop() == 0
    assert not is_alive(server)


def test_upgrade_refused(daemon):
    daemon.start()
    workers = daemon.workers()
    good = daemon.config.read_text()
    daemon.config.write_text("nonsense\n")
    daemon.signal(signal.SIGUSR2)
    daemon.wait_log("upgrade_refused")
    daemon.config.write_text(good)
    assert daemon.greet()["method"] == "hello"
    assert daemon.workers() == workers
