"""The Ray engine: the same as the local one, in other processes. One Ray for all tests."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import networkx as nx
import numpy as np
import psutil
import pytest
from engine_runs import LARGE, Stop, killed, same, some, stop_in
from engine_runs import RUNS as LOCAL_RUNS
from engine_steps import BUDGETS, MISTAKES, fail, held, hold, less, scattered, shift

from logdepth.mpc import (
    BudgetExceeded,
    Loop,
    Packets,
    Protocol,
    ProtocolError,
    RayCluster,
    Records,
    WorkerLost,
    local,
    run_locally,
    run_on_ray,
)
from logdepth.mpc.primitives import sort
from logdepth.mpc.ray.lines import lines_are_there
from logdepth.numerics.errors import UsageError
from logdepth.protocols import PROTOCOLS
from logdepth.protocols.star_hooking import star_hooking, start
from logdepth.tasks import make_task

STORE = 80 * 2**20  # bytes; Ray takes no less than 75 MiB


@pytest.fixture(scope="module")
def cluster():
    with RayCluster(workers=2, object_store=STORE) as cluster:
        yield cluster


# --- the same as the local engine ---

COUNTDOWN = Protocol(
    "countdown", 5, 99, [Loop((shift("one", 1, machines=5), local("less", less)), "verdict", most=9), shift("two", 2)]
)


def components():
    graph = nx.gnm_random_graph(60, 70, seed=1)
    edges = np.array(graph.edges)
    return star_hooking(60, len(edges), 64), start(60, edges, 64)


def sorted_words():
    rng = np.random.default_rng(0)
    words = {"key": rng.integers(0, 1000, 400), "number": np.arange(400)}
    routine = sort("x", {"key": 1000}, machines=40, per_machine=10, spare=22)
    return Protocol("sorting", 40, 52, (routine,)), {"x": Records(np.arange(400) % 40, words)}


def three_numbers():
    task = make_task("3-sum", {"n": 30, "modulus": 97})
    numbers = task.sample(np.random.default_rng(0), size=30)
    chosen = PROTOCOLS["3-sum"]
    prepared = chosen.prepare(task, numbers, chosen.default_memory(numbers))
    return prepared.protocol, prepared.records


def transformer():
    from logdepth.arrows.transformer_to_mpc import embed_rows, layers_of, token_records, transformer_to_mpc
    from logdepth.artefacts import compile_task  # loads torch, and a process that dies below need not

    task = make_task("k-hop", {"n": 12, "k": 2})
    model = compile_task(task)
    tokens = embed_rows(model.transformer, task.encode(task.sample(np.random.default_rng(0), size=12)))
    return transformer_to_mpc(layers_of(model.transformer), len(tokens), causal=True, memory=64), token_records(tokens)


RUNS = {
    "messages that depend on everything": (scattered(seed=3), some(200)),
    "large messages": LARGE,
    "nothing": (scattered(seed=3), some(0)),
    "a loop": (COUNTDOWN, held(range(5), word=[7] * 5)),
    "a loop that one block knows nothing of": (COUNTDOWN, held([0, 2], word=[7, 7])),
    "no rounds": (Protocol("rest", 3, 9, (hold,)), held([2, 0, 1], word=[1, 2, 3])),
    "one machine": (Protocol("rest", 1, 9, (hold, hold)), held([0], word=[1])),
    "loops in loops": LOCAL_RUNS["loops in loops"],
}
PROTOCOLS_OF_OURS = {
    "components": components,
    "sorting": sorted_words,
    "3-SUM": three_numbers,
    "a transformer": transformer,
}


@pytest.mark.parametrize("case", [*RUNS, *PROTOCOLS_OF_OURS])
def test_every_round_is_that_of_the_local_engine(cluster, case):
    protocol, memory = RUNS[case] if case in RUNS else PROTOCOLS_OF_OURS[case]()
    ours = cluster.run(protocol, memory, digests=True)
    for blocks in (1, 2, 4):
        theirs = run_locally(protocol, memory, blocks=blocks, digests=True)
        assert ours.traffic == theirs.traffic
        assert same(ours.memory, theirs.memory)


def test_workers_that_see_no_files_of_each_other_exchange_mail_by_ray(cluster, monkeypatch):
    assert len({*cluster.hosts}) == 1 and all(cluster.hosts) == lines_are_there()
    processes = cluster.ray.get([worker.ready.remote() for worker in cluster.workers])
    for seen, others in ((True, processes), (False, [*processes, 2**22 + 1])):  # more than a system counts up to
        said = cluster.ray.get([worker.sees.remote(others) for worker in cluster.workers])
        assert said == [seen and lines_are_there()] * 2
    monkeypatch.setattr(cluster, "hosts", ["", ""])
    ours, theirs = cluster.run(*LARGE, digests=True), run_locally(*LARGE, digests=True)
    assert ours.traffic == theirs.traffic
    assert same(ours.memory, theirs.memory)


@pytest.mark.parametrize("case", ["holds", "holds in the end", "sends"])
def test_a_budget_is_kept_to_the_word(cluster, case):
    protocol = Protocol("p", 4, 7, BUDGETS[case][0])
    with pytest.raises(BudgetExceeded) as ours:
        cluster.run(protocol, {})
    with pytest.raises(BudgetExceeded) as theirs:
        run_locally(protocol, {})
    assert str(ours.value) == str(theirs.value)
    assert ours.value.args == theirs.value.args and vars(ours.value) == vars(theirs.value)


def test_mail_has_to_fit(cluster):
    everyone = held(range(9), word=range(9))

    def to_three(memory, mail):
        owner = memory["x"].owner
        return memory, {"x": Packets(owner, np.full_like(owner, 3), memory["x"].fields)}

    protocol = Protocol("p", 9, 8, (to_three, hold))
    with pytest.raises(BudgetExceeded, match="machine 4 receives 9 words in round 1; its memory is 8 words"):
        cluster.run(protocol, everyone)


@pytest.mark.parametrize("case", MISTAKES)
def test_a_step_that_does_what_it_may_not_is_named(cluster, case):
    step, message = MISTAKES[case]
    with pytest.raises(ProtocolError, match=f"^protocol 'p': the step of round 2 .*{message}"):
        cluster.run(Protocol("p", 4, 9, (hold, step, hold)), {})


def test_the_input_is_checked(cluster):
    with pytest.raises(BudgetExceeded, match="machine 2 holds 2 words of the input; its memory is 1 words"):
        cluster.run(Protocol("p", 2, 1, (hold,)), held([1, 1], x=[0, 0]))
    with pytest.raises(ProtocolError, match="'p': the input leaves on place 2 'x'"):
        cluster.run(Protocol("p", 2, 1, (hold,)), held([2], x=[0]))


def test_the_cause_of_a_failure_is_shown_with_its_place(cluster):
    with pytest.raises(ProtocolError) as caught:
        cluster.run(Protocol("p", 4, 9, (hold, fail, hold)), {})
    assert isinstance(caught.value.__cause__, KeyError)
    assert 'raise KeyError("y")' in "".join(traceback.format_exception(caught.value))


def test_machines_that_disagree_on_the_end_of_a_loop_are_an_error(cluster):
    protocol = Protocol("p", 4, 9, [Loop((local("less", less),), "verdict", most=4)])
    with pytest.raises(ProtocolError, match="after round 0 the machines disagree whether to go on"):
        cluster.run(protocol, held([0, 1], word=[1, 2]))
    with pytest.raises(ProtocolError, match=r"after round 0 the machines still go on, .* 4 turns only"):
        cluster.run(protocol, held([0, 1], word=[9, 9]))


def test_steps_may_write_on_what_they_find(cluster):
    def write(memory, mail):
        for kept in (*memory.values(), *mail.values()):
            kept["word"][:] += 1
        records = memory["x"]
        return memory, {"x": Packets(records.owner, (records.owner + 1) % 5, records.fields)}

    def read(memory, mail):
        return {"x": Records(mail["x"].destination, mail["x"].fields)}, {}

    protocol = Protocol("p", 5, 99, (write, write, read))
    assert cluster.run(protocol, held(range(5), word=[7] * 5)).memory["x"]["word"].tolist() == [9] * 5


def test_progress_is_told_of_every_round(cluster):
    told = []
    run = cluster.run(
        scattered(3), some(50), progress=lambda traffic, number, most: told.append((traffic, number, most))
    )
    assert told == [(traffic, number, 4) for number, traffic in enumerate(run.traffic, start=1)]


def test_a_protocol_that_cannot_be_sent_is_refused(cluster):
    lines = (line for line in "abc")
    with pytest.raises(UsageError, match="protocol 'p' cannot be sent to other processes"):
        cluster.run(Protocol("p", 1, 1, (lambda memory, mail: (memory, lines),)), {})


# --- checkpoints and death ---


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_a_run_goes_on_in_the_other_engine(cluster, blocks, tmp_path):
    protocol, memory = RUNS["messages that depend on everything"]
    whole = run_locally(protocol, memory, digests=True)
    for number in range(1, 5):
        there, back = tmp_path / f"{number} there", tmp_path / f"{number} back"
        with pytest.raises(Stop):
            run_locally(protocol, memory, None, blocks, stop_in(number), digests=True, resume=there)
        with pytest.raises(Stop):
            cluster.run(protocol, memory, stop_in(number), digests=True, resume=back)
        ours = cluster.run(protocol, memory, digests=True, resume=there)
        theirs = run_locally(protocol, memory, None, blocks, digests=True, resume=back)
        assert ours.traffic == theirs.traffic == whole.traffic
        assert same(ours.memory, whole.memory)
        assert same(theirs.memory, whole.memory)
        assert cluster.run(protocol, memory, stop_in(1), resume=back).traffic == whole.traffic  # it is finished


def test_a_run_of_fewer_machines_than_workers_goes_on(cluster, tmp_path):
    protocol, memory = Protocol("p", 1, 9, (hold, hold, hold)), held([0], word=[1])
    with pytest.raises(Stop):
        cluster.run(protocol, memory, stop_in(1), resume=tmp_path)
    for run in (cluster.run, run_locally):  # one takes the other round, and the other finds all done
        assert run(protocol, memory, resume=tmp_path).traffic == run_locally(protocol, memory).traffic


def kill_a_worker(cluster, round_, which=1):
    [*pids] = cluster.ray.get([worker.ready.remote() for worker in cluster.workers])

    def progress(traffic, number, most):
        told.append(number)
        if told.count(round_) == 1 and number == round_:
            os.kill(pids[which], signal.SIGKILL)

    told = progress.told = []
    return progress


def test_a_worker_that_is_killed_costs_a_round(cluster, tmp_path):
    protocol, memory = RUNS["large messages"]
    progress = kill_a_worker(cluster, round_=2)
    run = cluster.run(protocol, memory, progress, digests=True, resume=tmp_path)
    whole = run_locally(protocol, memory, digests=True)
    assert run.traffic == whole.traffic
    assert same(run.memory, whole.memory)
    assert len(progress.told) <= whole.rounds + 1


def test_without_checkpoints_the_death_of_a_worker_is_one_error(cluster):
    protocol, memory = RUNS["messages that depend on everything"]
    with pytest.raises(WorkerLost, match=r"^a worker died: .*\. What the machines held is lost; resume keeps it\.$"):
        cluster.run(protocol, memory, kill_a_worker(cluster, round_=2))
    assert same(cluster.run(protocol, memory).memory, run_locally(protocol, memory).memory)  # others have been hired


@pytest.mark.slow
def test_a_step_that_kills_its_worker_again_and_again_ends_the_run(cluster, tmp_path):
    poison = tmp_path / "poison"

    def deadly(memory, mail):
        if poison.exists() and memory["x"].owner[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return memory, {}

    protocol = Protocol("p", 4, 9, (hold, hold, deadly, hold))
    memory = held(range(4), word=range(4))
    poison.touch()
    with pytest.raises(WorkerLost, match=r"a worker died: .* So did one before in round 3\. .* resume='.*/folder'\.$"):
        cluster.run(protocol, memory, resume=tmp_path / "folder")
    poison.unlink()
    told = []
    run = cluster.run(protocol, memory, lambda traffic, number, most: told.append(number), resume=tmp_path / "folder")
    assert told == [3]
    assert same(run.memory, memory)


DRIVER = """
import sys
import time
import psutil
from engine_runs import LARGE
from logdepth.mpc import RayCluster

protocol, memory = LARGE

def progress(traffic, number, most):
    if number == 3:
        print(*(child.pid for child in psutil.Process().children(recursive=True)))
        print("now", flush=True)
        time.sleep(60)

with RayCluster(workers=2, object_store=80 * 2**20) as cluster:
    cluster.run(protocol, memory, progress, digests=True, resume=sys.argv[1])
"""


@pytest.mark.slow
def test_the_death_of_the_driver_is_nobody_elses_and_loses_one_round(cluster, tmp_path):
    protocol, memory = RUNS["large messages"]
    said = killed(DRIVER, tmp_path / "folder", after="now")
    copy = shutil.copytree(tmp_path / "folder", tmp_path / "copy")
    whole = run_locally(protocol, memory, digests=True)
    for run in (
        cluster.run(protocol, memory, digests=True, resume=tmp_path / "folder"),
        run_locally(protocol, memory, digests=True, resume=copy),
    ):
        assert run.traffic == whole.traffic
        assert same(run.memory, whole.memory)
    deadline = time.monotonic() + 30
    while alive(said[0].split()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert alive(said[0].split()) == []  # Ray ends with its driver


def alive(pids):
    """The names of those that run, but for Ray's agents, which try for a minute to tell the driver that it is dead."""
    running = [process for process in psutil.process_iter(["name", "status"]) if str(process.pid) in pids]
    names = [process.info["name"] for process in running if process.info["status"] != psutil.STATUS_ZOMBIE]
    return [name for name in names if not name.endswith("Agent")]


def test_a_folder_that_takes_nothing_is_one_error(cluster, tmp_path):
    protocol, memory = RUNS["messages that depend on everything"]

    def block_the_way(traffic, number, most):
        if number == 2:  # where the next shards will stand
            [place] = tmp_path.glob("round-1-*")
            (tmp_path / place.name.replace("round-1", "round-3")).touch()

    with pytest.raises(UsageError, match=r"takes no checkpoint \(File exists\).* resume goes on from it"):
        cluster.run(protocol, memory, block_the_way, resume=tmp_path)
    run = cluster.run(protocol, memory, digests=True, resume=tmp_path)
    assert same(run.memory, run_locally(protocol, memory).memory)


def test_a_damaged_folder_is_refused(cluster, tmp_path):
    protocol, memory = RUNS["messages that depend on everything"]
    with pytest.raises(Stop):
        cluster.run(protocol, memory, stop_in(3), resume=tmp_path)
    [shard] = tmp_path.glob("round-2-*/block-1.npy")
    shard.write_bytes(shard.read_bytes()[:-9])
    with pytest.raises(
        UsageError, match=r"is damaged: .*block-1\.npy is not as it was written\. Start again in another"
    ):
        cluster.run(protocol, memory, resume=tmp_path)


# --- what Ray does on this machine ---


def listening(process):
    """Addresses that a process and all its descendants listen on."""
    everyone = [process, *process.children(recursive=True)]
    return {
        connection.laddr.ip
        for each in everyone
        for connection in each.net_connections()
        if connection.status == psutil.CONN_LISTEN or connection.type == socket.SOCK_DGRAM
    }


def test_ray_listens_on_loopback_only(cluster):
    cluster.run(scattered(3), some(50))
    listens = listening(psutil.Process())
    assert listens
    assert listens <= {"127.0.0.1", "::ffff:127.0.0.1", "::1"}


ATTACHED = """
import numpy as np
from logdepth.mpc import Protocol, Records, run_on_ray

protocol = Protocol("rest", 3, 9, (lambda memory, mail: (memory, {}),) * 2)
run = run_on_ray(protocol, {"x": Records(np.arange(3), {"word": np.arange(3)})})
print(run.memory["x"]["word"].tolist())
"""


@pytest.mark.slow
def test_a_cluster_that_is_there_is_used_and_left_alone(cluster):
    address = cluster.ray.get_runtime_context().gcs_address
    environment = os.environ | {"RAY_ADDRESS": address, "RAY_AUTH_MODE": "token"}
    said = subprocess.run(
        [sys.executable, "-c", ATTACHED], env=environment, capture_output=True, text=True, check=True, timeout=90
    )
    assert (said.stdout, said.stderr) == ("[0, 1, 2]\n", "")
    protocol, memory = RUNS["messages that depend on everything"]
    assert same(cluster.run(protocol, memory).memory, run_locally(protocol, memory).memory)


@contextmanager
def listener(greeting):
    """The address of somebody who answers every call with the same bytes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            with suppress(OSError):  # closed
                while True:
                    connection, _ = server.accept()
                    connection.sendall(greeting)
                    connection.close()

        threading.Thread(target=answer, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def refusals_of_clusters(*calls):
    """What a process of its own, which has no Ray yet, says to each of these; and all that it wrote on stderr."""
    tries = "".join(f"try: RayCluster({call})\nexcept UsageError as error: print(error)\n" for call in calls)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    code = f"from logdepth.mpc import RayCluster\nfrom logdepth.numerics.errors import UsageError\n{tries}"
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    return said.stdout.splitlines(), said.stderr


def test_an_address_where_no_ray_cluster_is_gives_one_error_before_ray_tries():
    """Nobody; somebody else's server; and, by the two, a client's port."""
    with listener(b"SSH-2.0-OpenSSH_9.9\r\n") as other:
        places = ["127.0.0.1:9", other, "ray://127.0.0.1:9", f"ray://{other}"]
        said, errors = refusals_of_clusters(*(f"address={place!r}" for place in places))
    rest = "Check the address, or leave it out to start Ray here."
    assert said == [f"no Ray cluster answers at {place!r}. {rest}" for place in places]
    assert errors == ""


@pytest.mark.slow
def test_an_address_of_something_else_that_speaks_ray_s_language_gives_one_error_and_no_log_of_ray():
    grpc = pytest.importorskip("grpc")
    server = grpc.server(ThreadPoolExecutor())
    other = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    (said,), errors = refusals_of_clusters(f"address={other!r}")
    server.stop(0)
    assert said.startswith(f"no Ray cluster answers at '{other}'. Check the address") and "Ray says: " in said
    assert errors == ""


def test_more_workers_than_a_machine_starts_are_one_error_at_once():
    (said,), errors = refusals_of_clusters("workers=5000")
    assert said.startswith("5000 workers are more than this machine starts, ") and "fewer workers" in said
    assert errors == ""


def test_a_connection_that_is_there_is_used_and_left_alone(cluster):
    protocol, memory = RUNS["messages that depend on everything"]
    run = run_on_ray(protocol, memory, workers=1, digests=True)
    assert run.traffic == run_locally(protocol, memory, digests=True).traffic
    assert cluster.ray.is_initialized()


def test_a_cluster_that_has_no_room_is_one_error(cluster, monkeypatch):
    cpus = int(cluster.ray.cluster_resources()["CPU"])
    with pytest.raises(UsageError, match=f"^{cpus + 1} workers of one CPU each are more than the {cpus} CPUs of the"):
        RayCluster(workers=cpus + 1)
    monkeypatch.setattr("logdepth.mpc.ray.cluster.PATIENCE", 1)

    class Guest:
        def sits(self):
            return True

    busy = cluster.ray.remote(Guest).options(num_cpus=cpus).remote()
    assert cluster.ray.get(busy.sits.remote())
    with pytest.raises(UsageError, match=r"not started 1 workers of one CPU each in 1 seconds; 0 CPUs are free\. Ask"):
        RayCluster(workers=1)
    cluster.ray.kill(busy)


def test_workers_are_at_least_one():
    with pytest.raises(UsageError, match="workers must be a whole number of at least 1; got 0"):
        RayCluster(workers=0)


def test_without_ray_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"Install it: pip install 'logdepth\[ray\]'"):
        run_on_ray(scattered(3), some(3))
