"""Sweeps: several runs in one folder, one after another, in processes of this machine, or on Ray.

A member that fails does not stop the others. Every member is a run like any other: it can be resumed and evaluated by
itself, and a sweep that is started again goes on with what is not finished.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import sleep
from typing import Any

import torch

from logdepth.learn import processes
from logdepth.learn.evaluate import evaluation_of_run
from logdepth.learn.metrics import last_step
from logdepth.learn.recipes import Plan
from logdepth.learn.run_folder import has_ended
from logdepth.learn.train import train
from logdepth.mpc.ray_connection import connected
from logdepth.numerics.errors import UsageError, did_you_mean

PAUSE = 0.3  # seconds between looks at how far the members are
INTERRUPTED = "interrupted"
OBJECT_STORE = 100 * 2**20  # bytes, about Ray's least: members talk through files


@dataclass(frozen=True)
class Outcome:
    """What became of one member: the steps it has done, and why it failed if it did."""

    folder: Path
    steps: int
    error: str | None = None


Progress = Callable[[int, int], None]
"""Called with the steps that all members have done and those that they have to do."""


def sweep(
    plans: Mapping[str, Plan],
    folder: Path,
    device: str = "auto",
    workers: int = 1,
    engine: str = "local",
    progress: Progress = lambda done, total: None,
) -> dict[str, Outcome]:
    """Train and evaluate every plan in folder/NAME, `workers` at a time, the largest networks first.

    engine: "local", or "ray" for the machines of a Ray cluster that all see the folder.
    After Ctrl-C members write a checkpoint and stop, and no other is started.
    Errors: UsageError for an engine that is not there, and under torchrun, which is for one network; whatever
    stops a member is in its outcome.
    """
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}. {did_you_mean(engine, ENGINES)}")
    if processes.started() > 1:
        raise UsageError(
            f"torchrun started {processes.started()} processes to train one network, and this is a sweep of"
            f" {len(plans)}. Leave torchrun out, or choose one network."
        )
    outcomes = {
        name: Outcome(folder / name, plan.recipe.steps)
        for name, plan in plans.items()
        if has_ended(folder / name, plan)
    }
    waiting = sorted((name for name in plans if name not in outcomes), key=lambda name: -cost(plans[name]))
    members = {name: (plan, folder / name, device, threads_of(workers)) for name, plan in plans.items()}
    total = sum(plan.recipe.steps for plan in plans.values())
    running: dict[str, Started] = {}
    with interruptions() as stop, ENGINES[engine](workers) as start:
        while running or (waiting and not stop()):
            while waiting and len(running) < workers and not stop():
                name = waiting.pop(0)
                running[name] = start(members[name])
            sleep(PAUSE)
            for name in [name for name, started in running.items() if started.ready()]:
                outcomes[name] = running.pop(name).outcome()
            progress(sum(last_step(folder / name) for name in plans), total)
        for name in waiting:
            outcomes[name] = Outcome(folder / name, last_step(folder / name), INTERRUPTED)
    return {name: outcomes[name] for name in plans}


def cost(plan: Plan) -> int:
    """About proportional to the time of a run."""
    recipe = plan.recipe
    return recipe.steps * recipe.batch * recipe.depth * recipe.width * plan.sampler.length


def threads_of(workers: int) -> int:
    return max(1, (os.cpu_count() or 1) // workers)


Member = tuple[Plan, Path, str, int]


@dataclass(frozen=True)
class Started:
    """A member under way: whether it is done, and its outcome then."""

    ready: Callable[[], bool]
    outcome: Callable[[], Outcome]


def trained(member: Member) -> Outcome:
    """Train and evaluate one member in this process; what stops it is an outcome."""
    plan, folder, device, threads = member
    torch.set_num_threads(threads)
    try:
        with interruptions() as stop:
            done = train(plan, folder, device, stop=stop, say=lambda text: None).done
            if done == plan.recipe.steps:
                evaluation_of_run(folder)
        return Outcome(folder, done, INTERRUPTED if done < plan.recipe.steps else None)
    except UsageError as error:
        return Outcome(folder, last_step(folder), str(error))
    except Exception as error:  # the others go on whatever it is
        return Outcome(folder, last_step(folder), f"{type(error).__name__}: {error}")


@contextmanager
def interruptions() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C or SIGTERM has come; meanwhile neither ends this process. A second one does."""
    heard = threading.Event()

    def hear(number: int, frame: Any) -> None:
        if heard.is_set():
            raise KeyboardInterrupt
        heard.set()

    if threading.current_thread() is not threading.main_thread():  # only there Python handles signals
        yield heard.is_set
        return
    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield heard.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def here(workers: int) -> Iterator[Callable[[Member], Started]]:
    """Members in processes of their own: one that is killed takes nobody with it."""
    context = get_context("spawn")

    def start(member: Member) -> Started:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=send_outcome, args=(member, sender))
        process.start()
        sender.close()

        def outcome() -> Outcome:
            try:
                found: Outcome = receiver.recv()
            except EOFError:
                process.join()
                found = Outcome(member[1], last_step(member[1]), f"its process ended with status {process.exitcode}")
            process.join()
            return found

        return Started(receiver.poll, outcome)

    yield start


def send_outcome(member: Member, sender: Connection) -> None:
    sender.send(trained(member))


@contextmanager
def on_ray(workers: int) -> Iterator[Callable[[Member], Started]]:
    """Members as tasks of the Ray cluster that this process belongs to, else of one on this machine."""
    with connected(workers, object_store=OBJECT_STORE) as (ray, _):
        gpus = int(torch.cuda.is_available())
        task = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=0)(trained)

        def start(member: Member) -> Started:
            future = task.remote(member)

            def outcome() -> Outcome:
                try:
                    found: Outcome = ray.get(future)
                except ray.exceptions.RayError as error:
                    found = Outcome(member[1], last_step(member[1]), f"its worker ended ({type(error).__name__})")
                return found

            return Started(lambda: bool(ray.wait([future], timeout=0)[0]), outcome)

        yield start


ENGINES: dict[str, Callable[[int], AbstractContextManager[Callable[[Member], Started]]]] = {
    "local": here,
    "ray": on_ray,
}
