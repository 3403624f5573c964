"""Workers go ahead of their driver, and are called in advance; the rounds are those of the local engine all the same.

Here they are in this process: what is Ray's is in test_ray.py.
"""

import gc
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from engine_runs import LARGE, RUNS, same, some
from engine_steps import BUDGETS, held, hold, less, scattered, shift
from hypothesis import given
from hypothesis import strategies as st

from logdepth.mpc import (
    BudgetExceeded,
    Loop,
    Packets,
    Protocol,
    ProtocolError,
    Records,
    WorkerLost,
    begin,
    local,
    run_locally,
    run_on,
)
from logdepth.mpc.ray.lines import End, Line, lines_are_there
from logdepth.mpc.ray.machines import RayMachines
from logdepth.mpc.ray.worker import Worker, writable

NEVER = type("Never", (Exception,), {})
HERE = SimpleNamespace(
    put=lambda value: value,
    get=lambda references: references,
    exceptions=SimpleNamespace(RayTaskError=NEVER, RayError=NEVER),
)


class Hired:
    """A worker that does at once what it is called for; a reference is the value."""

    def __init__(self):
        self.worker, self.calls = Worker(), []

    def __getattr__(self, name):
        def remote(returns, *arguments):
            self.calls.append(name)
            result = getattr(self.worker, name)(*arguments)
            return list(result) if returns > 1 else result

        return SimpleNamespace(
            remote=lambda *arguments: remote(1, *arguments),
            options=lambda num_returns: SimpleNamespace(remote=lambda *arguments: remote(num_returns, *arguments)),
        )


class HiredThread(Hired):
    """One that does it in a thread of its own, one call after the other; a reference is a future."""

    def __init__(self):
        super().__init__()
        self.thread = ThreadPoolExecutor(1)

    def __getattr__(self, name):
        def remote(*arguments):
            self.calls.append(name)
            return self.thread.submit(getattr(self.worker, name), *arguments)

        return SimpleNamespace(remote=remote, options=lambda num_returns: SimpleNamespace(remote=remote))


THREADS = SimpleNamespace(**vars(HERE) | {"get": lambda references: [each.result(60) for each in references]})


def by_ray(protocol, memory, workers, progress=None):
    hired = [Hired() for _ in range(workers)]
    machines = RayMachines(HERE, hired, [""] * workers, "", protocol, digests=True, checkpoints=None)
    return run_on(machines, protocol, begin(machines, protocol, memory), progress), [worker.calls for worker in hired]


def by_lines(protocol, memory, workers, progress=None):
    """As workers of one host do."""
    hired = [HiredThread() for _ in range(workers)]
    machines = RayMachines(THREADS, hired, ["a"] * workers, "a", protocol, digests=True, checkpoints=None)
    try:
        run = run_on(machines, protocol, begin(machines, protocol, memory), progress)
    finally:
        for worker in hired:
            worker.thread.shutdown()
    return run, [worker.calls for worker in hired]


WAYS = [by_ray, *([by_lines] if lines_are_there() else [])]
both_ways = pytest.mark.parametrize("run", WAYS)
on_linux = pytest.mark.skipif(not lines_are_there(), reason="there are lines between processes on Linux only")


WANDERING = Protocol(
    "wandering", 7, 99, [Loop((shift("on", 3, machines=7), local("less", less)), "verdict", most=9), shift("two", 2)]
)
CASES = RUNS | {
    "a verdict that wanders": (WANDERING, held([2], word=[6])),
    "more workers than machines": (Protocol("few", 2, 999, scattered(seed=1, machines=2).parts), held([0], word=[1])),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("workers", [1, 2, 3, 5, 9])
@both_ways
def test_every_round_is_that_of_the_local_engine(case, workers, run):
    protocol, memory = CASES[case]
    ours, _ = run(protocol, memory, workers)
    theirs = run_locally(protocol, memory, digests=True)
    assert ours.traffic == theirs.traffic
    assert same(ours.memory, theirs.memory)


def shared_files():
    links = [os.readlink(file) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
    return sorted(link for link in links if "pipe" in link or "logdepth" in link)


@on_linux
@pytest.mark.parametrize("workers", [2, 3])
def test_large_mail_goes_by_lines_which_end_with_the_run(workers):
    before = shared_files()
    ours, calls = by_lines(*LARGE, workers)
    theirs = run_locally(*LARGE, digests=True)
    assert ours.traffic == theirs.traffic
    assert same(ours.memory, theirs.memory)
    assert all("deliver" not in each for each in calls)
    gc.collect()
    assert shared_files() == before


@on_linux
def test_what_came_by_a_line_lasts_until_the_next_but_one():
    line = Line()
    end = End(line.address)
    received = []
    for number in range(6):
        line.send(1, {"x": np.full(10**number % 12345, number), "empty": np.zeros(0, np.int8)})
        received.append(end.receive(1))
        assert all((mail["x"] == sent).all() for sent, mail in [*enumerate(received)][-2:])
        assert not received[-1]["x"].flags.writeable


@on_linux
def test_a_stop_counts_in_its_own_turn_alone():
    line = Line()
    end = End(line.address)
    line.stop(1)
    line.stop(2)
    assert end.receive(2) is None
    line.stop(2)
    line.send(2, "mail")
    assert end.receive(3) == "mail"


@on_linux
def test_a_worker_that_has_died_sends_no_more():
    line = Line()
    end, address = End(line.address), line.address
    line.send(1, "mail")
    assert end.receive(1) == "mail"
    del line
    with pytest.raises(WorkerLost, match=r"^a worker died: no more mail comes from it\.$"):
        end.receive(1)
    with pytest.raises(WorkerLost, match=r"^a worker died: its mail is gone \(No such file or directory\)\.$"):
        End(address)


@on_linux
def test_a_worker_whose_line_is_gone_before_it_starts_says_so():
    gone = Line().address  # the line goes at once
    events, *_ = Worker().start(WANDERING, {}, 0, 2, False, [None, gone])
    (event,) = pickle.loads(events)
    assert isinstance(event.error(), WorkerLost)


@on_linux
def test_progress_is_told_of_every_round_though_workers_go_on_by_themselves():
    told = []
    protocol, memory = scattered(seed=3, rounds=40), some(50)
    run, calls = by_lines(protocol, memory, 2, lambda traffic, number, most: told.append((traffic, number)))
    assert told == [(traffic, number) for number, traffic in enumerate(run.traffic, start=1)]
    assert run.traffic == run_locally(protocol, memory, digests=True).traffic
    assert max(map(len, calls)) < 40  # not one call a round


@given(
    st.integers(0, 1000),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99)), max_size=30),
    st.integers(1, 5),
)
def test_any_messages_are_delivered_in_the_same_order(seed, records, workers):
    memory = held([owner for owner, _ in records], word=np.array([word for _, word in records], dtype=np.int64))
    ours, _ = by_ray(scattered(seed), memory, workers)
    theirs = run_locally(scattered(seed), memory, digests=True)
    assert ours.traffic == theirs.traffic
    assert same(ours.memory, theirs.memory)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_round_is_one_call_of_every_worker(workers):
    protocol, memory = RUNS["messages that depend on everything"]
    run, calls = by_ray(protocol, memory, workers)
    in_advance = 1  # after the last round; nothing is done in it
    assert calls == [["start", *["deliver"] * (run.rounds + in_advance), "memory"]] * workers


@pytest.mark.parametrize("case", ["holds", "holds in the end", "sends"])
@pytest.mark.parametrize("workers", [1, 3])
@both_ways
def test_a_budget_is_kept_to_the_word(case, workers, run):
    protocol = Protocol("p", 4, 7, BUDGETS[case][0])
    with pytest.raises(BudgetExceeded) as ours:
        run(protocol, {}, workers)
    with pytest.raises(BudgetExceeded) as theirs:
        run_locally(protocol, {})
    assert str(ours.value) == str(theirs.value)


@both_ways
def test_whoever_receives_too_much_goes_no_further(run):
    seen = []

    def to_three(memory, mail):
        owner = memory["x"].owner
        return memory, {"x": Packets(owner, np.full_like(owner, 3), memory["x"].fields)}

    def look(memory, mail):
        seen.append(sorted({*mail["x"].destination.tolist()}))
        return memory, {}

    with pytest.raises(BudgetExceeded, match="machine 4 receives 9 words in round 1; its memory is 8 words"):
        run(Protocol("p", 9, 8, (to_three, look)), held(range(9), word=range(9)), workers=2)
    assert seen == [[]]  # the other block's


@pytest.mark.parametrize("workers", [1, 2])
@both_ways
def test_a_loop_without_rounds_that_never_ends_is_an_error(workers, run):
    protocol = Protocol("p", 2, 9, [Loop((local("less", less),), "verdict", most=4)])
    with pytest.raises(ProtocolError, match=r"after round 0 the machines still go on, .* 4 turns only"):
        run(protocol, held([0, 1], word=[10**9] * 2), workers)


@both_ways
def test_machines_that_disagree_on_the_end_of_a_loop_are_an_error(run):
    """Though one of two blocks goes on in the loop then, and the other one behind it."""
    with pytest.raises(ProtocolError, match="after round 2 the machines disagree whether to go on"):
        run(WANDERING, held([0, 1], word=[2, 9]), 2)


@pytest.mark.parametrize(("run", "before"), [(run, 9 if run is by_lines else 0) for run in WAYS])
def test_blocks_that_return_different_fields_are_refused(run, before):
    """Though workers go on until they do not know what to do with these."""

    def step(memory, mail):
        owner = memory["x"].owner
        twice = np.repeat(owner, 2)
        return memory, {"x": Packets(twice, np.tile([0, 1], len(owner)), {f"word {int(owner[0])}": twice})}

    steps = (*[hold] * before, step, hold)
    with pytest.raises(ProtocolError, match=f"of round {before + 1} returns other fields of 'x' for some machines"):
        run(Protocol("p", 2, 9, steps), held([0, 1], word=[0, 1]), 2)


@both_ways
def test_the_first_block_that_fails_is_named(run):
    def fail(memory, mail):
        if len(memory["x"]):
            raise KeyError(int(memory["x"].owner[0]))
        return memory, {}

    with pytest.raises(ProtocolError, match=r"'p': the step after round 0 raises KeyError: 1\.$"):
        run(Protocol("p", 4, 9, (fail,)), {"x": Records(np.array([1, 2]), {})}, workers=3)


def test_arrays_that_others_can_see_are_copied_and_no_others():
    """Numbers of machines are read-only views of arrays of the worker, or lie in the memory of another process."""
    mine, theirs = np.arange(3), np.frombuffer(bytes(24), dtype=np.int64)
    for machines, field in ((mine, mine.copy()), (theirs, theirs)):
        packets = Packets(machines, machines, {"word": field})
        kept = writable({"x": packets})["x"]
        for before, after in (
            (packets.source, kept.source),
            (packets.destination, kept.destination),
            (field, kept["word"]),
        ):
            assert (before is after) == (machines is mine)
            assert not np.shares_memory(after, theirs)
        assert kept["word"].flags.writeable
