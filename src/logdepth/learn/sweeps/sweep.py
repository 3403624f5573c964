"""Sweeps: several runs in one folder, one after another, in processes of this machine, or on Ray.

A member that fails does not stop the others. Every member is a run like any other: it can be resumed and evaluated by
itself, and a sweep that is started again goes on with what is not finished. Who stops the sweep stops its members: each
writes a checkpoint first. A member whose sweep was killed does the same.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from time import sleep
from typing import Any

import torch

from logdepth.learn.evaluation.evaluate import evaluation_of_run
from logdepth.learn.plans.recipes import Plan
from logdepth.learn.sweeps.sweep_folder import begin_sweep
from logdepth.learn.training import processes
from logdepth.learn.training.metrics import Row, last_row, last_step
from logdepth.learn.training.run_folder import has_ended, read_start, start_of
from logdepth.learn.training.train import train
from logdepth.mpc import connect
from logdepth.numerics.errors import UsageError, did_you_mean

PAUSE = 0.3  # seconds between looks at how far the members are
INTERRUPTED = "interrupted"
STOPPING = (signal.SIGINT, signal.SIGTERM)
OBJECT_STORE = 100 * 2**20  # bytes, about Ray's least: members talk through files


@dataclass(frozen=True)
class Outcome:
    """The end of one member: the steps done, the reason if it failed, and its notes."""

    folder: Path
    steps: int
    error: UsageError | str | None = None
    notes: tuple[str, ...] = ()


Progress = Callable[[int, int, Mapping[str, Row]], None]
"""Called with the steps that all members have done and have to do, and the last metrics of those under way."""


def sweep(
    plans: Mapping[str, Plan],
    folder: Path,
    device: str = "auto",
    workers: int = 1,
    engine: str = "local",
    progress: Progress = lambda done, total, running: None,
    weights: str | Path | None = None,
    further_seeds: Sequence[int] = (),
) -> dict[str, Outcome]:
    """Train and evaluate every plan in folder/NAME, `workers` at a time, the largest networks first.

    engine: "local", or "ray" for the machines of a Ray cluster that all see the folder. weights: as of `train`, for
    every member. further_seeds: as of `begin_sweep`, which the folder keeps; see `tuning`.
    After Ctrl-C or SIGTERM members write a checkpoint and stop, and no other is started; a second one kills them.
    Errors: UsageError for an engine that is not there, under torchrun, which is for one network, and as of
    `begin_sweep`; whatever stops a member is in its outcome.
    """
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}. {did_you_mean(engine, ENGINES)}")
    if processes.count_started() > 1:
        raise UsageError(
            f"torchrun started {processes.count_started()} processes to train one network, and this is a sweep of"
            f" {len(plans)}. Leave torchrun out, or choose one network."
        )
    begin_sweep(folder, plans, read_start(Path(weights)) if weights is not None else None, further_seeds)
    outcomes = {
        name: Outcome(folder / name, plan.recipe.steps)
        for name, plan in plans.items()
        if has_ended(folder / name, plan)
    }
    waiting = sorted((name for name in plans if name not in outcomes), key=lambda name: -cost(plans[name]))
    threads, begun = threads_of(workers), start_of(folder)
    members = {name: Member(plan, folder / name, device, threads, begun) for name, plan in plans.items()}
    total = sum(plan.recipe.steps for plan in plans.values())
    running: dict[str, Started] = {}
    done, told = {name: last_step(folder / name) for name in plans}, False
    with interruptions() as stop, ENGINES[engine](workers) as start:
        while running or (waiting and not stop()):
            while waiting and len(running) < workers and not stop():
                name = waiting.pop(0)
                running[name] = start(members[name])
            if stop() and not told:
                told = True
                for started in running.values():
                    started.stop()
            sleep(PAUSE)
            for name in [name for name, started in running.items() if started.ready()]:
                outcomes[name] = running.pop(name).outcome()
                done[name] = outcomes[name].steps
            rows = {name: row for name in running if (row := last_row(folder / name)) is not None}
            done |= {name: row.step for name, row in rows.items()}
            progress(sum(done.values()), total, rows)
        for name in waiting:
            outcomes[name] = Outcome(folder / name, last_step(folder / name), INTERRUPTED)
    return {name: outcomes[name] for name in plans}


def cost(plan: Plan) -> int:
    """About proportional to the time of a run."""
    recipe = plan.recipe
    return recipe.steps * recipe.batch * recipe.depth * recipe.width * plan.sampler.length


def threads_of(workers: int) -> int:
    return max(1, (os.cpu_count() or 1) // workers)


@dataclass(frozen=True)
class Member:
    """A run of a sweep: what is trained where, on which device with how many threads, from which weights."""

    plan: Plan
    folder: Path
    device: str
    threads: int
    weights: Path | None


@dataclass(frozen=True)
class Started:
    """A member under way: whether it is done, its outcome then, and how to stop it after its next step."""

    ready: Callable[[], bool]
    outcome: Callable[[], Outcome]
    stop: Callable[[], None]


def train_member(member: Member, stop: Callable[[], bool]) -> Outcome:
    """Train and evaluate one member in this process; what stops it is an outcome."""
    plan, folder = member.plan, member.folder
    torch.set_num_threads(member.threads)
    notes: list[str] = []
    try:
        done = train(plan, folder, member.device, member.weights, stop=stop, say=notes.append).done
        if done == plan.recipe.steps:
            evaluation_of_run(folder, member.device)
        return Outcome(folder, done, INTERRUPTED if done < plan.recipe.steps else None, tuple(notes))
    except UsageError as error:
        return Outcome(folder, last_step(folder), error, tuple(notes))
    except Exception as error:  # the others go on whatever it is
        return Outcome(folder, last_step(folder), f"{type(error).__name__}: {error}", tuple(notes))


@contextmanager
def interruptions(patient: bool = False) -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C or SIGTERM has come. Within it the first one does not end this process; a second one does, unless
    `patient`."""
    heard = threading.Event()

    def hear(number: int, frame: Any) -> None:
        if heard.is_set() and not patient:
            raise KeyboardInterrupt
        heard.set()

    if threading.current_thread() is not threading.main_thread():  # only there Python handles signals
        yield heard.is_set
        return
    before = {number: signal.signal(number, hear) for number in STOPPING}
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)  # see `here`
    try:
        yield heard.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def here(workers: int) -> Iterator[Callable[[Member], Started]]:
    """Members in processes of their own: if one is killed, the others go on."""
    context = get_context("spawn")
    resource_tracker.ensure_running()  # when it starts, it lets signals through again that we hold back below
    children = []

    def start(member: Member) -> Started:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=send_outcome, args=(member, sender))
        # A new process would die of a signal before it can listen: it inherits that they wait until it does.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        children.append(process)
        sender.close()

        def outcome() -> Outcome:
            try:
                found: Outcome = receiver.recv()
            except EOFError:
                process.join()
                error = f"its process ended with status {process.exitcode}"
                found = Outcome(member.folder, last_step(member.folder), error)
            process.join()
            return found

        return Started(receiver.poll, outcome, process.terminate)

    try:
        yield start
    finally:
        for process in children:  # none is left but after a second Ctrl-C, or an error of ours
            process.kill()


def send_outcome(member: Member, sender: Connection) -> None:
    """What the process of a member does. It is patient: Ctrl-C in a terminal reaches it, and its sweep tells it too."""
    sweep = parent_process()
    with interruptions(patient=True) as stop:
        found = train_member(member, lambda: stop() or (sweep is not None and not sweep.is_alive()))
        with suppress(BrokenPipeError):  # the reader is gone
            sender.send(found)


@contextmanager
def on_ray(workers: int) -> Iterator[Callable[[Member], Started]]:
    """Members as tasks of the Ray cluster that this process belongs to, else of one on this machine."""
    with connect(workers, object_store=OBJECT_STORE) as (ray, _):
        gpus = int(torch.cuda.is_available())
        task = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=0)(train_on_ray)

        def start(member: Member) -> Started:
            future = task.remote(member)

            def outcome() -> Outcome:
                try:
                    found: Outcome = ray.get(future)
                except ray.exceptions.TaskCancelledError:
                    found = Outcome(member.folder, last_step(member.folder), INTERRUPTED)
                except ray.exceptions.RayError as error:
                    told = f"its worker ended ({type(error).__name__})"
                    found = Outcome(member.folder, last_step(member.folder), told)
                return found

            return Started(lambda: bool(ray.wait([future], timeout=0)[0]), outcome, lambda: ray.cancel(future))

        yield start


def train_on_ray(member: Member) -> Outcome:
    with interruptions(patient=True) as stop:  # `ray.cancel` interrupts a task that runs, as Ctrl-C does
        return train_member(member, stop)


ENGINES: dict[str, Callable[[int], AbstractContextManager[Callable[[Member], Started]]]] = {
    "local": here,
    "ray": on_ray,
}
