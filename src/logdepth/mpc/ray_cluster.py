"""The Ray engine: blocks of machines on actors, in processes of this machine or of a cluster.

Mail goes from actor to actor through Ray's object store. The driver, which is the process that runs this module, holds
references to it, and sees what the blocks say: counts, verdicts and errors. The input passes through it once, and so
does the result.
"""

from __future__ import annotations

import os
import pickle
import socket
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

from logdepth.mpc.block import Computed, Received, block_of
from logdepth.mpc.checkpoints import Checkpoints, carry_on, checkpoints
from logdepth.mpc.engine import Progress, Run
from logdepth.mpc.errors import WorkerLost
from logdepth.mpc.protocol import Protocol
from logdepth.mpc.records import Memory, check_memory, joined
from logdepth.mpc.shards import Shard
from logdepth.mpc.worker import INLINE, Event, Failed, Taken, Verdicts, Worker, writable
from logdepth.numerics.counts import checked_count
from logdepth.numerics.errors import UsageError

LOOPBACK = "127.0.0.1"
PATIENCE = 60.0  # seconds for workers to start
MOST_OF_A_CPU = 8  # workers on this machine; to start, each takes a CPU a second or more, and all of them PATIENCE
TRIES = 5  # a second each, to find out whether it is a Ray cluster that answers
ENVIRONMENT = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # as below, for processes that Ray starts
    "RAY_USAGE_STATS_ENABLED": "0",
}
AHEAD = 1  # rounds for which the blocks are called before it is known whether they come to them
QUIET = {"log_to_driver": False, "logging_level": "ERROR"}
SHORT = 40  # characters of a folder in which the name of Ray's Unix sockets fits into the 107 that it may have

Called = dict[int, Sequence[Any]]  # block -> references to what it says, and to what it sends to every other block

Sort = TypeVar("Sort", bound=Event)


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

    workers: processes, each of which owns the machines v ≡ its number mod workers.
    address: of a Ray cluster that is there already, as `ray.init` takes it; by default what the environment variable
    RAY_ADDRESS says. A process that is connected to Ray already uses that connection. Else Ray is started on this
    machine, where it listens on 127.0.0.1 only.
    object_store: bytes for mail on its way, if Ray is started here; by default Ray's choice.

    Errors: UsageError for fewer than 1 worker, where Ray is not installed or does not start, and for a cluster that
    does not answer or has no room.
    """

    def __init__(self, workers: int = 2, address: str | None = None, object_store: int | None = None) -> None:
        workers = checked_count("workers", workers)
        self.count, self.workers = workers, list[Any]()
        with ExitStack() as stack:
            self.ray, self.ours = stack.enter_context(connected(workers, address, object_store))
            self.hire()
            self.disconnect = stack.pop_all().close

    def hire(self) -> None:
        """Start the workers, unless they are there."""
        if self.workers:
            return
        cpus = int(self.ray.cluster_resources().get("CPU", 0))
        if not self.ours and self.count > cpus:
            raise UsageError(
                f"{self.count} workers of one CPU each are more than the {cpus} CPUs of the Ray cluster. Ask for fewer"
                " --workers."
            )
        options = {"num_cpus": 0 if self.ours else 1, "max_restarts": 0, "scheduling_strategy": "SPREAD"}
        actor = self.ray.remote(Worker).options(**options)
        self.workers = [actor.remote(sys.path) for _ in range(self.count)]
        try:
            self.ray.get([worker.ready.remote() for worker in self.workers], timeout=PATIENCE)
        except self.ray.exceptions.GetTimeoutError:
            self.dismiss()
            free = self.ray.available_resources().get("CPU", 0)
            raise UsageError(
                f"the Ray cluster has not started {self.count} workers of one CPU each in {PATIENCE:.0f} seconds;"
                f" {free:g} CPUs are free. Ask for fewer --workers, or free some CPUs."
            ) from None
        except self.ray.exceptions.RayError as error:
            self.workers = []
            raise WorkerLost(
                f"no worker starts ({first_line(error)}). If the Ray cluster has ended, start again; --resume goes on"
                " from a checkpoint."
            ) from error

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
                self.hire()
                machines = RayMachines(self.ray, self.workers, protocol, digests, folder)
                try:
                    return carry_on(machines, protocol, memory, progress, folder)
                except WorkerLost as error:
                    self.dismiss()
                    if folder is None:
                        raise WorkerLost(f"{error}. What the machines held is lost; --resume DIR keeps it.") from error
                    folder.go_back()
                    if lost == folder.state.number:
                        raise WorkerLost(
                            f"{error}, and so did one before in round {lost}. Free memory or mend the step, and go on"
                            f" with --resume {folder.folder}."
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


class RayMachines:
    """The blocks as `run_on` sees them."""

    def __init__(
        self, ray: Any, workers: Sequence[Any], protocol: Protocol, digests: bool, checkpoints: Checkpoints | None
    ) -> None:
        self.ray, self.workers, self.protocol, self.digests = ray, workers, protocol, digests
        self.checkpoints = checkpoints
        self.round = 0
        self.events: list[deque[Event]] = [deque() for _ in workers]  # what the blocks said, and nobody asked for yet
        self.sent: dict[int, Sequence[Any]] = {}  # references to the mail from every block to the others
        self.flying: deque[Called] = deque()  # calls to take in mail that nobody has waited for yet
        self.sending: dict[int, Sequence[Any]] = {}  # as `sent`, after these calls

    def start(self, memory: Memory) -> Sequence[Computed]:
        blocks, protocol = len(self.workers), self.sent_protocol()
        owner = {kind: block_of(records.owner, blocks) for kind, records in memory.items()}
        parts = [
            {kind: records.taken(np.flatnonzero(owner[kind] == block)) for kind, records in memory.items()}
            for block in range(blocks)
        ]
        inputs = [self.ray.put(part) for part in parts]
        self.note(self.call("start", {b: (protocol, inputs[b], b, blocks, self.digests) for b in range(blocks)}))
        return self.said(Computed)

    def sent_protocol(self) -> Any:
        """A reference to the protocol."""
        try:
            return self.ray.put(self.protocol)
        except Exception as error:
            raise UsageError(
                f"protocol {self.protocol.name!r} cannot be sent to other processes ({error}). Make its steps of"
                " functions and numbers, or run it on the local engine."
            ) from error

    def load(self, place: Path, shards: Sequence[Shard]) -> None:
        blocks, protocol = len(self.workers), self.sent_protocol()
        self.note(self.call("load", {b: (protocol, place, shards, b, blocks, self.digests) for b in range(blocks)}))
        self.said(Taken)

    def save(self, place: Path) -> Sequence[Shard]:
        if not all(self.events):  # else they have done so when they took in their mail
            self.note(self.call("save", dict.fromkeys(range(len(self.workers)), (place,))))
        return self.said(Shard)

    def compute(self, at: int, number: int) -> Sequence[Computed]:
        self.round = number
        self.go_on(at)
        return self.said(Computed)

    def deliver(self) -> Sequence[Received]:
        ahead = 0 if self.checkpoints is not None else AHEAD
        while len(self.flying) <= ahead:
            self.flying.append(self.exchange())
        self.note(self.flying.popleft())
        return self.said(Received)

    def exchange(self) -> Called:
        """Have every block take in what the others send, or will have sent by then."""
        place = None if self.checkpoints is None else self.checkpoints.place_after(self.round)
        sent, blocks = self.sending, range(len(self.workers))
        called = self.call(
            "deliver", {to: [place, *(sent[b][to - (to > b)] for b in blocks if b != to)] for to in blocks}
        )
        self.sending = {block: parts for block, (_, *parts) in called.items()}
        return called

    def verdicts(self, at: int) -> set[bool]:
        self.go_on(at)
        return set().union(*(verdicts.go_on for verdicts in self.said(Verdicts)))

    def memory(self) -> Memory:
        parts = self.get([worker.memory.remote() for worker in self.workers])
        # Arrays of one's own, for those in the object store are gone when Ray ends.
        return {kind: records.settled() for kind, records in writable(joined(parts)).items()}

    def go_on(self, at: int) -> None:
        """Have the blocks go on from a place of the code that have not done so by themselves."""
        waiting = [block for block, events in enumerate(self.events) if not events]
        if waiting:
            self.flying.clear()  # nothing is done in these calls
            self.note(self.call("compute", dict.fromkeys(waiting, (at,))))

    def said(self, sort: type[Sort]) -> list[Sort]:
        """The next that every block said. Errors: ProtocolError, of the first block that has one."""
        events = [events.popleft() for events in self.events]
        for event in events:
            if isinstance(event, Failed):
                raise event.error()
        assert all(isinstance(event, sort) for event in events), f"expected {sort.__name__} of every block: {events}"
        return [event for event in events if isinstance(event, sort)]

    def call(self, method: str, arguments: dict[int, Sequence[Any]]) -> Called:
        """Call some blocks at once."""
        blocks = len(self.workers)
        called = {
            block: getattr(self.workers[block], method).options(num_returns=blocks).remote(*values)
            for block, values in arguments.items()
        }
        return {block: [whole] for block, whole in called.items()} if blocks == 1 else called

    def note(self, called: Called) -> None:
        """What some blocks say and send in answer to a call."""
        answers = self.get([events for events, *_ in called.values()])
        for (block, (_, *parts)), answer in zip(called.items(), answers, strict=True):
            # Of one object to return, Ray returns the whole tuple.
            events: list[Event] = pickle.loads(answer[0] if len(self.workers) == 1 else answer)
            self.events[block].extend(events)
            if events:
                self.sent[block] = parts
        if not self.flying:
            self.sending = dict(self.sent)

    def get(self, references: Sequence[Any]) -> list[Any]:
        errors = self.ray.exceptions
        try:
            return list(self.ray.get(references))
        except errors.RayTaskError as error:
            if isinstance(error.cause, ImportError | AttributeError):
                raise UsageError(
                    f"a worker cannot load protocol {self.protocol.name!r} ({error.cause}). Install its module"
                    " where the workers run, or define its steps in the script that you start."
                ) from error
            raise
        except errors.RayError as error:
            raise WorkerLost(f"a worker died: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


@contextmanager
def connected(cpus: int, address: str | None = None, object_store: int | None = None) -> Iterator[tuple[Any, bool]]:
    """The module `ray`, connected, and whether Ray was started here for this, with so many logical CPUs.

    address, object_store: as of `RayCluster`.
    Errors: UsageError where Ray is not installed or does not start, and for a cluster that does not answer.
    """
    try:
        import ray
    except ImportError:
        raise UsageError("the Ray engine needs Ray. Install it: pip install 'logdepth[ray]'.") from None
    if ray.is_initialized():
        yield ray, False
        return
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    with ExitStack() as stack:
        stack.enter_context(silence(ray))
        if address == "local":
            # Ray's Unix sockets stand in this folder. It is this Ray's alone: another one that has crashed leaves its
            # address in the usual folder, and ray.init would call there.
            usual = tempfile.gettempdir()
            folder = tempfile.TemporaryDirectory(
                prefix="logdepth-", dir=usual if len(usual) <= SHORT else "/tmp", ignore_cleanup_errors=True
            )
            stack.enter_context(folder)
            stack.callback(ray.shutdown)
            start(ray, cpus, object_store, folder.name)
        else:
            stack.callback(ray.shutdown)
            attach(ray, address)
        yield ray, address == "local"


def start(ray: Any, cpus: int, object_store: int | None, folder: str) -> None:
    """Start Ray on this machine, for workers on so many logical CPUs."""
    most = MOST_OF_A_CPU * (os.cpu_count() or 1)
    if cpus > most:
        raise UsageError(
            f"{cpus} workers are more than this machine starts, {most}: {MOST_OF_A_CPU} for each of its CPUs. Ask for"
            " fewer --workers."
        )
    try:
        with as_loopback(ray):
            ray.init(
                address="local",
                num_cpus=cpus,
                include_dashboard=False,
                object_store_memory=object_store,
                _temp_dir=folder,
                _system_config={"max_direct_call_object_size": INLINE},
                **QUIET,
            )
        where = ray.util.get_node_ip_address()
        if where != LOOPBACK:
            raise RuntimeError(f"it would listen on {where}, not on {LOOPBACK} alone")
    except Exception as error:
        raise UsageError(
            f"Ray {ray.__version__} does not start here ({first_line(error)}). Start it yourself, and give its address."
        ) from error


def attach(ray: Any, address: str) -> None:
    """Connect to a cluster that is there."""
    unknown = f"no Ray cluster answers at {address!r}. Check the address, or leave it out to start Ray here."
    host, _, port = address.removeprefix("ray://").rpartition(":")
    on_loopback = False
    if port.isdigit() and "/" not in host:
        # Ray itself would try for minutes, and take a name of this machine for another.
        if not answers(host, int(port)):
            raise UsageError(unknown)
        on_loopback = host in (LOOPBACK, "localhost") and not answers(ray.util.get_node_ip_address(), int(port))
    try:
        with as_loopback(ray) if on_loopback else nullcontext(), without_native_errors(), few_tries(ray):
            ray.init(address=address, **QUIET)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UsageError(f"{unknown} Ray says: {first_line(error)}.") from error


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there and speaks HTTP/2, as all of Ray does; with TLS nobody says so to a stranger."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            if os.environ.get("RAY_USE_TLS", "0").lower() in ("1", "true"):
                return True
            connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\4" + bytes(5))
            frame = connection.recv(9, socket.MSG_WAITALL)
            return len(frame) == 9 and frame[3] == 4  # both sides begin with a frame of settings. RFC 9113, section 3.4
    except OSError:
        return False


@contextmanager
def few_tries(ray: Any) -> Iterator[None]:
    """While this lasts, Ray does not ask for twenty seconds who answers as a Ray cluster does not."""
    constants = ray._private.ray_constants
    before, constants.NUM_REDIS_GET_RETRIES = constants.NUM_REDIS_GET_RETRIES, TRIES
    try:
        yield
    finally:
        constants.NUM_REDIS_GET_RETRIES = before


@contextmanager
def without_native_errors() -> Iterator[None]:
    """While this lasts, nothing comes out on standard error, where Ray's C++ code tells of every try."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def as_loopback(ray: Any) -> Iterator[None]:
    """While this lasts, Ray takes 127.0.0.1 for the address of this machine, and all that it starts listens there only.

    `ray.init(_node_ip_address="127.0.0.1")` does not do it: Ray replaces that by an address that others can reach. What
    does is its switch for systems whose firewall asks the user about every open port.
    """
    constants = ray._private.ray_constants
    before, constants.ENABLE_RAY_CLUSTER = constants.ENABLE_RAY_CLUSTER, False
    here = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ.update(ENVIRONMENT)
    try:
        yield
    finally:
        constants.ENABLE_RAY_CLUSTER = before
        for name, value in here.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def silence(ray: Any) -> Iterator[None]:
    """While this lasts, Ray does not print on the standard output that a worker died; our errors say so."""
    worker = ray._private.worker
    before, worker.print_to_stdstream = worker.print_to_stdstream, lambda *_, **__: None
    try:
        yield
    finally:
        worker.print_to_stdstream = before
