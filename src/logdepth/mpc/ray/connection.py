"""Ray, started on this machine for us alone, or a cluster that is there."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

from logdepth.mpc.ray.worker import INLINE
from logdepth.numerics.errors import UsageError, Wording, first_line

LOOPBACK = "127.0.0.1"
MOST_OF_A_CPU = 8  # workers on this machine; to start, each takes a CPU a second or more
TRIES = 5  # a second each, to find out whether it is a Ray cluster that answers
ENVIRONMENT = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # as below, for processes that Ray starts
    "RAY_USAGE_STATS_ENABLED": "0",
}
QUIET = {"log_to_driver": False, "logging_level": "ERROR"}
SHORT = 40  # characters of a folder in which the name of Ray's Unix sockets fits into the 107 that it may have


@contextmanager
def connect(cpus: int, address: str | None = None, object_store: int | None = None) -> Iterator[tuple[Any, bool]]:
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
            f"{cpus} workers are more than this machine starts, {most}: {MOST_OF_A_CPU} for each of its CPUs.",
            Wording("Ask for fewer {workers}."),
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
    """Whether a server listens there and speaks HTTP/2, as all of Ray does. With TLS it does not say so."""
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
    """While this lasts, Ray gives up at once, not after 20 seconds, on a server that is no Ray cluster."""
    constants = ray._private.ray_constants
    before, constants.NUM_REDIS_GET_RETRIES = constants.NUM_REDIS_GET_RETRIES, TRIES
    try:
        yield
    finally:
        constants.NUM_REDIS_GET_RETRIES = before


@contextmanager
def without_native_errors() -> Iterator[None]:
    """While this lasts, nothing is printed on standard error. Ray's C++ code would print every try there."""
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
