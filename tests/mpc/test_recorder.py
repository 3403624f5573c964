"""What the recorder counts is what the engine counts, bin by bin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logdepth.mpc import MOST_BINS, Packets, Protocol, Recorder, Records, run_locally
from logdepth.numerics.errors import UsageError


def scatter(seed, machines, rounds=3):
    """Every machine sends packets of 2 words and of 3 to random machines, in every round others."""

    def step(number):
        def send(memory, mail):
            rng = np.random.default_rng(seed + number)
            sent = {}
            if number < rounds:
                for kind, width in (("a", 2), ("b", 3)):
                    source, destination = rng.integers(0, machines, (2, rng.integers(0, 40)))
                    sent[kind] = Packets(source, destination, {"x": np.zeros((len(source), width))})
            return memory, sent

        return send

    return Protocol("scatter", machines, 1000, [step(number) for number in range(rounds + 1)])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1000), machines=st.integers(1, 200), most=st.integers(1, 80))
def test_the_sum_of_every_round_is_its_total_and_bins_are_sums_of_machines(seed, machines, most):
    protocol = scatter(seed, machines)
    coarse, fine = Recorder(protocol, most_bins=most), Recorder(protocol, most_bins=machines)

    def watch(number, rounds, mail):
        coarse.watch(number, rounds, mail)
        fine.watch(number, rounds, mail)

    run = run_locally(protocol, {"none": Records(np.zeros(0, dtype=int), {})}, watch)
    assert len(coarse.starts) - 1 == sum(coarse.bins) == min(most, machines)
    assert coarse.starts[0] == 0 and coarse.starts[-1] == machines
    assert np.ptp(np.diff(coarse.starts)) <= 1  # neighbourhoods of one size
    for traffic, words, pairs in zip(run.traffic, coarse.words, fine.words, strict=True):
        assert words.sum() == pairs.sum() == traffic.total
        assert pairs.sum(axis=0).max() == traffic.sent and pairs.sum(axis=1).max() == traffic.received
        firsts = coarse.starts[:-1]
        assert np.array_equal(np.add.reduceat(np.add.reduceat(pairs, firsts, axis=0), firsts, axis=1), words)


@pytest.mark.parametrize(
    ("groups", "bins"),
    [
        ({"few": 2, "none": 0, "many": 98}, [2, 62]),
        ({"a": 50, "b": 30, "c": 20}, [22, 22, 20]),
        ({"a": 99, "b": 1}, [63, 1]),
    ],
)
def test_groups_get_equal_shares_of_the_bins(groups, bins):
    recorder = Recorder(scatter(0, 100), groups)
    assert recorder.bins == bins and sum(bins) == MOST_BINS
    edges = np.cumsum([0, *(count for count in groups.values() if count)])
    assert set(edges) <= set(recorder.starts.tolist())  # no bin holds machines of two groups


@pytest.mark.parametrize("groups", [{"a": 99}, {"a": 101}, {str(i): 1 for i in range(100)}])
def test_groups_that_are_not_all_machines_are_refused(groups):
    with pytest.raises(UsageError, match="groups must be all 100 machines"):
        Recorder(scatter(0, 100), groups)
