"""Workers go ahead of their driver, and are called in advance; the rounds are those of the local engine all the same.

Here they are in this process: what is Ray's is in test_ray.py.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from engine_runs import LARGE, RUNS, same
from engine_steps import BUDGETS, held, less, scattered, shift
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
from logdepth.mpc.boxes import Box, Boxes, boxes_are_there
from logdepth.mpc.ray_machines import RayMachines
from logdepth.mpc.worker import Worker, writable

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


def run_on_workers(protocol, memory, workers, hosts=("",)):
    """Of the hosts each gets a worker in turn; one without a name has none of the memory that workers share."""
    hired, hosts = [Hired() for _ in range(workers)], [hosts[worker % len(hosts)] for worker in range(workers)]
    machines = RayMachines(HERE, hired, hosts, hosts[0], protocol, digests=True, checkpoints=None)
    return run_on(machines, protocol, begin(machines, protocol, memory)), [worker.calls for worker in hired]


WANDERING = Protocol(
    "wandering", 7, 99, [Loop((shift("on", 3, machines=7), local("less", less)), "verdict", most=9), shift("two", 2)]
)
CASES = RUNS | {
    "a verdict that wanders": (WANDERING, held([2], word=[6])),
    "more workers than machines": (Protocol("few", 2, 999, scattered(seed=1, machines=2).parts), held([0], word=[1])),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("workers", [1, 2, 3, 5, 9])
def test_every_round_is_that_of_the_local_engine(case, workers):
    protocol, memory = CASES[case]
    ours, _ = run_on_workers(protocol, memory, workers)
    theirs = run_locally(protocol, memory, digests=True)
    assert ours.traffic == theirs.traffic
    assert same(ours.memory, theirs.memory)


@pytest.mark.skipif(not boxes_are_there(), reason="processes share memory in this way on Linux only")
@pytest.mark.parametrize("hosts", ["", "a", "ab"])
def test_large_mail_within_a_host_is_left_in_boxes_which_end_with_the_run(hosts):
    made = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("logdepth.mpc.boxes.Box.__init__", lambda box, init=Box.__init__: made.append(init(box)))
        ours, _ = run_on_workers(*LARGE, workers=4, hosts=hosts or [""])
    theirs = run_locally(*LARGE, digests=True)
    assert ours.traffic == theirs.traffic
    assert same(ours.memory, theirs.memory)
    pairs = {"": 0, "a": 4 * 3, "ab": 4 * 1}[hosts]
    inputs = {"": 0, "a": 4, "ab": 2}[hosts]
    assert len(made) == 2 * pairs + inputs
    assert not [file for file in Path("/proc/self/fd").iterdir() if "logdepth mail" in str(file.resolve())]


@pytest.mark.skipif(not boxes_are_there(), reason="processes share memory in this way on Linux only")
def test_what_was_left_lasts_until_after_the_next_mail():
    ours, theirs = Boxes(), Boxes()
    taken = []
    for number in range(6):
        left = ours.next_for(1).leave({"x": np.full(10**number % 12345, number), "empty": np.zeros(0, np.int8)})
        taken.append(theirs.take(left))
        assert all((mail["x"] == sent).all() for sent, mail in [*enumerate(taken)][-2:])
        assert not taken[-1]["x"].flags.writeable


@pytest.mark.skipif(not boxes_are_there(), reason="processes share memory in this way on Linux only")
def test_a_box_that_is_gone_means_that_a_worker_died():
    left = Boxes().next_for(1).leave(np.arange(9))  # the boxes go at once
    with pytest.raises(WorkerLost, match=r"^the mail of a worker is gone, which may have died \(No such file"):
        Boxes().take(left)


@given(
    st.integers(0, 1000),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99)), max_size=30),
    st.integers(1, 5),
)
def test_any_messages_are_delivered_in_the_same_order(seed, records, workers):
    memory = held([owner for owner, _ in records], word=np.array([word for _, word in records], dtype=np.int64))
    ours, _ = run_on_workers(scattered(seed), memory, workers)
    theirs = run_locally(scattered(seed), memory, digests=True)
    assert ours.traffic == theirs.traffic
    assert same(ours.memory, theirs.memory)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_round_is_one_call_of_every_worker(workers):
    protocol, memory = RUNS["messages that depend on everything"]
    run, calls = run_on_workers(protocol, memory, workers)
    in_advance = 1  # after the last round; nothing is done in it
    assert calls == [["start", *["deliver"] * (run.rounds + in_advance), "memory"]] * workers


@pytest.mark.parametrize("case", ["holds", "holds in the end", "sends"])
@pytest.mark.parametrize("workers", [1, 3])
def test_a_budget_is_kept_to_the_word(case, workers):
    protocol = Protocol("p", 4, 7, BUDGETS[case][0])
    with pytest.raises(BudgetExceeded) as ours:
        run_on_workers(protocol, {}, workers)
    with pytest.raises(BudgetExceeded) as theirs:
        run_locally(protocol, {})
    assert str(ours.value) == str(theirs.value)


def test_whoever_receives_too_much_goes_no_further():
    seen = []

    def to_three(memory, mail):
        owner = memory["x"].owner
        return memory, {"x": Packets(owner, np.full_like(owner, 3), memory["x"].fields)}

    def look(memory, mail):
        seen.append(sorted({*mail["x"].destination.tolist()}))
        return memory, {}

    with pytest.raises(BudgetExceeded, match="machine 4 receives 9 words in round 1; its memory is 8 words"):
        run_on_workers(Protocol("p", 9, 8, (to_three, look)), held(range(9), word=range(9)), workers=2)
    assert seen == [[]]  # the other block's


@pytest.mark.parametrize("workers", [1, 2])
def test_a_loop_without_rounds_that_never_ends_is_an_error(workers):
    protocol = Protocol("p", 2, 9, [Loop((local("less", less),), "verdict", most=4)])
    with pytest.raises(ProtocolError, match=r"after round 0 the machines still go on, .* 4 turns only"):
        run_on_workers(protocol, held([0, 1], word=[10**9] * 2), workers)


def test_the_first_block_that_fails_is_named():
    def fail(memory, mail):
        if len(memory["x"]):
            raise KeyError(int(memory["x"].owner[0]))
        return memory, {}

    with pytest.raises(ProtocolError, match=r"'p': the step after round 0 raises KeyError: 1\.$"):
        run_on_workers(Protocol("p", 4, 9, (fail,)), {"x": Records(np.array([1, 2]), {})}, workers=3)


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
