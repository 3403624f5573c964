"""The Ray engine on several hosts: network namespaces of this machine, each with a Ray node of one CPU of its own."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from engine_runs import LARGE

from logdepth.mpc import run_locally

pytest.importorskip("ray")

HOSTS = 3
STORE = 80 * 2**20  # bytes; Ray takes no less than 75 MiB
PORT = 6379
PATIENCE = 300  # seconds for a Ray node to start, on a machine that does other things too
SECRET = secrets.token_hex(32)
NETWORK = "10.213.7"  # of the namespaces alone; nothing of it is seen outside


def ip(*arguments):
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True).stdout


def address(host):
    return f"{NETWORK}.{host + 1}"


class Hosts:
    """Namespaces on one bridge, which stands in the first of them; there is the head of the Ray cluster."""

    def __init__(self):
        self.names = [f"logdepth-{os.getpid()}-{host}" for host in range(HOSTS)]
        self.folder = tempfile.mkdtemp(prefix="ld-ray-", dir="/tmp")  # short, for Ray's sockets

    def connect(self):
        first = self.names[0]
        for name in self.names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", first, "link", "add", "name", "bridge", "type", "bridge")
        for host, name in enumerate(self.names):
            device = "bridge"
            if host:
                device = "eth0"
                ip("link", "add", device, "netns", name, "type", "veth", "peer", "name", f"port{host}", "netns", first)
                ip("-n", first, "link", "set", f"port{host}", "master", "bridge", "up")
            ip("-n", name, "addr", "add", f"{address(host)}/24", "dev", device)
            ip("-n", name, "link", "set", device, "up")
            ip("-n", name, "route", "add", "default", "dev", device)  # by which Ray finds out its own address

    def start(self):
        """A Ray node with one CPU on each host, one by one: Ray gives each of them 30 seconds."""
        head = ["--head", f"--port={PORT}", f"--temp-dir={self.folder}", "--include-dashboard=false"]
        ray = [sys.executable, "-m", "ray.scripts.scripts", "start", "--num-cpus=1", "--disable-usage-stats"]
        for host in range(HOSTS):
            here = head if host == 0 else [f"--address={address(0)}:{PORT}"]
            options = [f"--node-ip-address={address(host)}", f"--object-store-memory={STORE}", *here]
            command = self.on(host, [*ray, *options])
            started = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=PATIENCE)
            assert started.returncode == 0, started.stdout + started.stderr

    def on(self, host, command):
        return ["ip", "netns", "exec", self.names[host], *command]

    def of(self, process):
        """The host that a process runs on."""
        return self.names.index(ip("netns", "identify", str(process)).strip())

    def die(self, host):
        """All at once, as when the power fails."""
        for process in ip("netns", "pids", self.names[host]).split():
            os.kill(int(process), signal.SIGKILL)

    def close(self):
        for host, name in reversed([*enumerate(self.names)]):
            if name in ip("netns", "list"):
                self.die(host)
                ip("netns", "del", name)
        shutil.rmtree(self.folder, ignore_errors=True)


def environment():
    """Of all hosts: a secret of their own, and where modules are."""
    here = str(Path(__file__).parent)
    others = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    path = os.pathsep.join([here, *filter(None, sys.path)])
    return others | {"PYTHONPATH": path, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": SECRET}


@pytest.fixture
def hosts():
    hosts = Hosts()
    try:
        try:
            hosts.connect()
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"network namespaces cannot be made here: {getattr(error, 'stderr', '') or error}")
        hosts.start()
        yield hosts
    finally:
        hosts.close()


DRIVER = """
import json
import sys

from engine_runs import LARGE
from logdepth.mpc import RayCluster
from logdepth.numerics.errors import UsageError

address, workers, folder, *stops = sys.argv[1:]
stops = set(map(int, stops))


def say(**what):
    print(json.dumps(what), flush=True)


def progress(traffic, number, most):
    if number in stops:
        stops.remove(number)
        say(workers=cluster.ray.get([worker.ready.remote() for worker in cluster.workers]))
        sys.stdin.readline()


try:
    with RayCluster(int(workers), address) as cluster:
        run = cluster.run(*LARGE, progress, digests=True, resume=folder)
        say(digests=[traffic.digest for traffic in run.traffic])
except UsageError as error:
    say(error=str(error))
"""


class Driver:
    """A process on the first host that runs the protocol, and waits after some rounds."""

    def __init__(self, hosts, workers, folder, *stops):
        command = [sys.executable, "-c", DRIVER, f"{address(0)}:{PORT}", workers, folder, *stops]
        self.process = subprocess.Popen(
            hosts.on(0, map(str, command)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )

    def says(self):
        return json.loads(self.process.stdout.readline())

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()


def lose(hosts, workers):
    """A host with a worker dies, and not the first one, which the driver is on."""
    died = next(host for host in map(hosts.of, workers) if host)
    hosts.die(died)
    return died


@pytest.mark.slow
def test_a_run_on_several_hosts_goes_on_when_they_die_one_by_one(hosts, tmp_path):
    whole = [traffic.digest for traffic in run_locally(*LARGE, digests=True).traffic]
    driver = Driver(hosts, 2, tmp_path, 2, 3)
    [*workers] = driver.says()["workers"]
    assert len(set(map(hosts.of, workers))) == 2  # they have sent each other the mail of two rounds
    first = lose(hosts, workers)
    driver.go_on()

    [*workers] = driver.says()["workers"]
    assert {hosts.of(worker) for worker in workers} == {*range(HOSTS)} - {first}  # a host that was idle takes over
    lose(hosts, workers)
    driver.go_on()
    assert "Ask for fewer workers" in driver.says()["error"]  # one host is left

    assert Driver(hosts, 1, tmp_path).says() == {"digests": whole}
