"""The Ray engine beside the local one: rounds of almost nothing, connected components of a long cycle and of a large
random graph.

python benchmarks/ray_engine.py [--edges M] [--cycle N] [--memory S] [--workers W] [--repeat R] [--checkpoints]

Both engines take turns in one run, on the same records; the least time of each counts. The start of Ray is apart.
On a machine that does other things the CPU time says more: of the process that had most of it, beside the local
engine's. Memory is that of the worker with most of it, beside its share of all bytes of records and mail in the round
that had most. Pages that processes share are counted apart: of mail on its way, and of Ray's object store. With
--checkpoints also the time of a run that keeps them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from threading import Event, Thread
from time import perf_counter, process_time

import numpy as np
import psutil

from logdepth.mpc import LocalMachines, Packets, Protocol, RayCluster, Records, Run, begin, run_locally, run_on
from logdepth.protocols.star_hooking import star_hooking, start

options = argparse.ArgumentParser()
options.add_argument("--edges", type=int, default=10**6)
options.add_argument("--cycle", type=int, default=10**5)
options.add_argument("--memory", type=int, default=4096)
options.add_argument("--workers", type=int, default=2)
options.add_argument("--repeat", type=int, default=3)
options.add_argument("--checkpoints", action="store_true")
chosen = options.parse_args()


def cycle(vertices: int, rng: np.random.Generator) -> tuple[int, np.ndarray]:
    order = rng.permutation(vertices)
    return vertices, np.stack([order, np.roll(order, 1)], axis=1)


def random_graph(edges: int, rng: np.random.Generator) -> tuple[int, np.ndarray]:
    """Half as many vertices as edges, without loops and double edges."""
    vertices = max(2, edges // 2)
    ends = rng.integers(0, vertices, (edges + edges // 50 + 100, 2))
    ends = np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1)
    return vertices, np.unique(ends, axis=0)[:edges]


def pass_on(memory, mail):
    token = {**memory, **{kind: Records(packets.destination, packets.fields) for kind, packets in mail.items()}}[
        "token"
    ]
    return {}, {"token": Packets(token.owner, (token.owner + 1) % 8, token.fields)}


def take(memory, mail):
    return {"token": Records(mail["token"].destination, mail["token"].fields)}, {}


def timed(engine: Callable[..., Run], *arguments: object, **options: object) -> tuple[float, Run]:
    started = perf_counter()
    done = engine(*arguments, **options)
    return perf_counter() - started, done


def bytes_of(kinds) -> int:
    """Of records or mail of all kinds, and of the machines that have them."""
    arrays = [array for kept in kinds.values() for array in (*vars(kept).values(), *kept.fields.values())]
    return sum(array.nbytes for array in arrays if isinstance(array, np.ndarray))


class Weighed(LocalMachines):
    """Notes the most bytes of records and mail in a round."""

    most = 0

    def deliver(self):
        received = super().deliver()
        self.most = max(self.most, sum(bytes_of(block.memory) + bytes_of(block.mail) for block in self.blocks))
        return received


def most_bytes(protocol: Protocol, memory) -> int:
    machines = Weighed(protocol, 1)
    run_on(machines, protocol, begin(machines, protocol, memory))
    return machines.most


class Workers:
    """The processes of the workers: the CPU time that each takes in a run, and the memory that it takes besides what it
    had before, at most: of its own, and shared. It is looked at a hundred times a second."""

    def __init__(self, cluster: RayCluster) -> None:
        pids = cluster.ray.get([worker.ready.remote() for worker in cluster.workers])
        self.processes = [psutil.Process(pid) for pid in pids]

    def __enter__(self) -> None:
        self.held = self.most = self.memory()
        self.done, self.watching = Event(), Thread(target=self.watch)
        self.watching.start()
        self.before = self.cpu()

    def __exit__(self, *_: object) -> None:
        self.seconds = [after - before for before, after in zip(self.before, self.cpu(), strict=True)]
        self.done.set()
        self.watching.join()
        self.bytes = (self.most - self.held).max(axis=0)

    def watch(self) -> None:
        while not self.done.wait(0.01):
            self.most = np.maximum(self.most, self.memory())

    def memory(self) -> np.ndarray:
        """Bytes of each worker's own, and of what it shares: (workers, 2)."""
        return np.array([(now.rss - now.shared, now.shared) for now in (p.memory_info() for p in self.processes)])

    def cpu(self) -> list[float]:
        return [sum(process.cpu_times()[:2]) for process in [*self.processes, psutil.Process()]]


rng = np.random.default_rng(0)
started = perf_counter()
with RayCluster(chosen.workers) as cluster:
    print(f"Ray with {chosen.workers} workers starts in {perf_counter() - started:.1f} s")
    workers = Workers(cluster)
    token = {"token": Records(np.arange(8), {"word": np.arange(8)})}
    nothing = Protocol("nothing", machines=8, memory=9, parts=(*[pass_on] * 500, take))
    seconds = min(timed(cluster.run, nothing, token)[0] for _ in range(chosen.repeat))
    print(f"a round of 8 words takes {seconds / nothing.rounds * 1000:.1f} ms")
    for name, (vertices, edges) in {
        f"cycle of {chosen.cycle}": cycle(chosen.cycle, rng),
        f"random graph of {chosen.edges} edges": random_graph(chosen.edges, rng),
    }.items():
        protocol, memory = star_hooking(vertices, len(edges), chosen.memory), start(vertices, edges, chosen.memory)
        local, ray, local_cpu, ray_cpu, held = [], [], [], [], []
        for _ in range(chosen.repeat):
            cpu = process_time()
            seconds, here = timed(run_locally, protocol, memory)
            local.append(seconds)
            local_cpu.append(process_time() - cpu)
            with workers:
                seconds, there = timed(cluster.run, protocol, memory)
            ray.append(seconds)
            ray_cpu.append(workers.seconds)
            held.append(workers.bytes)
            assert here.traffic == there.traffic, "the engines differ"
        *of_workers, driver = min(ray_cpu, key=max)
        (own, shared), share = np.max(held, axis=0), most_bytes(protocol, memory) / chosen.workers
        print(
            f"{name}: {here.rounds} rounds, {here.total:,} words on {protocol.machines} machines;"
            f" local {min(local):.2f} s, Ray {min(ray):.2f} s: {min(ray) / min(local):.2f}x"
        )
        print(
            f"  CPU: local {min(local_cpu):.2f} s, workers {', '.join(f'{seconds:.2f}' for seconds in of_workers)} s,"
            f" driver {driver:.2f} s: {max(*of_workers, driver) / min(local_cpu):.2f}x; memory of a worker"
            f" {own / 2**20:.0f} MiB beyond its start, {own / share:.1f} times its share of {share / 2**20:.0f} MiB,"
            f" and {shared / 2**20:.0f} MiB that it shares"
        )
        if chosen.checkpoints:
            with tempfile.TemporaryDirectory() as folder:
                seconds, _ = timed(run_locally, protocol, memory, resume=f"{folder}/local")
                print(f"  with checkpoints: local {seconds:.2f} s", end="")
                seconds, _ = timed(cluster.run, protocol, memory, resume=f"{folder}/ray")
                print(f", Ray {seconds:.2f} s")
