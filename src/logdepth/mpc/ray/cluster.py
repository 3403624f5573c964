"""The Ray engine: workers in processes of this machine or of a cluster, for any number of runs."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any

from logdepth.mpc.checkpoints import carry_on, checkpoints
from logdepth.mpc.engine import Progress, Run
from logdepth.mpc.errors import WorkerLost
from logdepth.mpc.protocol import Protocol
from logdepth.mpc.ray.connection import connect
from logdepth.mpc.ray.machines import RayMachines
from logdepth.mpc.ray.worker import Worker, this_host
from logdepth.mpc.records import Memory, check_memory
from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError, Wording, first_line

PATIENCE = 60.0  # seconds for workers to start
PAUSE = 1.0  # seconds between two tries to replace those who died


def run_on_ray(
    protocol: Protocol,
    memory: Memory,
    workers: int = 2,
    address: str | None = None,
    progress: Progress | None = None,
    digests: bool = False,
    resume: str | Path | None = None,
) -> Run:
    """Run all rounds on Ray: `RayCluster(workers, address).run(protocol, memory, progress, digests, resume)`.

    Workers take seconds to start, so keep a `RayCluster` for several runs.
    """
    with RayCluster(workers, address) as cluster:
        return cluster.run(protocol, memory, progress, digests, resume)


class RayCluster:
    """Workers on Ray, for any number of runs; a context manager.

    workers: processes, each of which owns some machines of every group (see `Deal`).
    address: of a Ray cluster that is there already, as `ray.init` takes it; by default what the environment variable
    RAY_ADDRESS says. A process that is connected to Ray already uses that connection. Else Ray is started on this
    machine, where it listens on 127.0.0.1 only.
    object_store: bytes of Ray's object store, if Ray is started here; by default Ray's choice.

    Errors: UsageError for fewer than 1 worker, where Ray is not installed or does not start, and for a cluster that
    does not answer or has no room.
    """

    def __init__(self, workers: int = 2, address: str | None = None, object_store: int | None = None) -> None:
        workers = check_count("workers", workers)
        self.count, self.workers, self.hosts = workers, list[Any](), list[str]()
        with ExitStack() as stack:
            self.ray, self.ours = stack.enter_context(connect(workers, address, object_store))
            self.hire()
            self.disconnect = stack.pop_all().close

    def hire(self, again: bool = False) -> None:
        """Start the workers, unless they are there.

        again: in place of others that have died. It takes a while until Ray knows that a host is dead; till then it
        starts workers there, in vain.
        """
        deadline = monotonic() + PATIENCE
        while not self.workers:
            self.check_room()
            options = {"num_cpus": 0 if self.ours else 1, "max_restarts": 0, "scheduling_strategy": "SPREAD"}
            actor = self.ray.remote(Worker).options(**options)
            self.workers = [actor.remote(sys.path) for _ in range(self.count)]
            try:
                self.hosts = self.find_hosts()
            except self.ray.exceptions.GetTimeoutError:
                self.dismiss()
                raise self.no_room() from None
            except self.ray.exceptions.RayError as error:
                self.dismiss()
                if not again or monotonic() > deadline:
                    raise WorkerLost(
                        f"no worker starts ({first_line(error)}).",
                        Wording("If the Ray cluster has ended, start again; {resume} goes on from a checkpoint."),
                    ) from error
                sleep(PAUSE)

    def find_hosts(self) -> list[str]:
        """What every started worker says as its `host`; no names, if they do not see the files of each other."""
        hosts, processes = (
            self.ray.get([getattr(worker, said).remote() for worker in self.workers], timeout=PATIENCE)
            for said in ("host", "ready")
        )
        if len(set(hosts)) == 1 and hosts[0]:
            seen = self.ray.get([worker.sees.remote(processes) for worker in self.workers], timeout=PATIENCE)
            return hosts if all(seen) else [""] * len(hosts)
        return hosts

    def check_room(self) -> None:
        cpus = int(self.ray.cluster_resources().get("CPU", 0))
        if not self.ours and self.count > cpus:
            raise UsageError(
                f"{self.count} workers of one CPU each are more than the {cpus} CPUs of the Ray cluster.",
                Wording("Ask for fewer {workers}."),
            )

    def no_room(self) -> UsageError:
        free = self.ray.available_resources().get("CPU", 0)
        return UsageError(
            f"the Ray cluster has not started {self.count} workers of one CPU each in {PATIENCE:.0f} seconds;"
            f" {free:g} CPUs are free.",
            Wording("Ask for fewer {workers}, or free some CPUs."),
        )

    def dismiss(self) -> None:
        """End the workers."""
        for worker in self.workers:
            self.ray.kill(worker)
        self.workers = []

    def run(
        self,
        protocol: Protocol,
        memory: Memory,
        progress: Progress | None = None,
        digests: bool = False,
        resume: str | Path | None = None,
    ) -> Run:
        """Run all rounds from what the machines hold at first, as `run_locally` does, with the same result.

        digests: note the digest of every round's mail in its `Traffic`. resume: a folder for checkpoints (see
        `Checkpoints`), from which the run goes on if there is one of it, and which holds the result in the end; all
        workers must see it. Then the death of a worker costs a round, which new workers take again.
        Errors: as of `run_on` and `Checkpoints`; UsageError for a protocol that cannot be sent to other processes;
        WorkerLost for one that dies without a checkpoint, or again in the same round.
        """
        check_memory(memory)
        with checkpoints(resume, protocol, memory) as folder:
            lost = None  # the round in which a worker died last
            while True:
                self.hire(again=lost is not None)
                workers, hosts = (each[: protocol.machines] for each in (self.workers, self.hosts))
                machines = RayMachines(self.ray, workers, hosts, this_host(), protocol, digests, folder)
                try:
                    return carry_on(machines, protocol, memory, progress, folder)
                except WorkerLost as error:
                    self.dismiss()
                    if folder is None:
                        remedy = Wording("What the machines held is lost; {resume} keeps it.")
                        raise WorkerLost(error, remedy) from error
                    folder.go_back()
                    if lost == folder.state.number:
                        raise WorkerLost(
                            error,
                            f"So did one before in round {lost}.",
                            Wording("Free memory or mend the step, and go on with {resume}.", resume=folder.folder),
                        ) from error
                    lost = folder.state.number

    def close(self) -> None:
        """Dismiss the workers, and end the Ray that was started for them."""
        self.dismiss()
        self.disconnect()

    def __enter__(self) -> RayCluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
