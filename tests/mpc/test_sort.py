"""Sorting: exact places, stable, within every budget whatever the keys, in as many rounds as promised."""

import numpy as np
import pytest

from logdepth.mpc import Protocol, ProtocolError, Records, run_locally
from logdepth.mpc.primitives import sort
from logdepth.mpc.primitives.costs import least_spare, sorting
from logdepth.numerics.errors import UsageError

KEYS = {
    "random": lambda rng, n, high: rng.integers(0, high + 1, n),
    "all equal": lambda rng, n, high: np.full(n, high),
    "sorted": lambda rng, n, high: np.sort(rng.integers(0, high + 1, n)),
    "reversed": lambda rng, n, high: -np.sort(-rng.integers(0, high + 1, n)),
    "few values": lambda rng, n, high: rng.integers(0, min(high, 2) + 1, n),
    "one that differs": lambda rng, n, high: np.where(np.arange(n) == n // 2, 0, high),
    "interleaved": lambda rng, n, high: np.arange(n) * 7 % (high + 1),
}
OWNERS = {
    "random": lambda rng, n, q: rng.integers(0, q, n),
    "one machine": lambda rng, n, q: np.full(n, q - 1),
    "even": lambda rng, n, q: np.arange(n) % q,
    "reversed": lambda rng, n, q: np.sort(q - 1 - np.arange(n) * q // max(n, 1)),
}


def sorted_by(fields, owner, by, machines, per_machine, spare, blocks):
    """Sort, on machines that have no word more than promised; the run, and the records as they were."""
    n = len(owner)
    records = Records(owner, {**fields, "number": np.arange(n)}).settle()
    most = max(np.bincount(owner, minlength=machines).max(), per_machine if n else 0)
    memory = int(most) * (len(fields) + 1) + max(spare, 1)
    routine = sort("x", by, machines=machines, per_machine=per_machine, spare=spare)
    other = Records(np.zeros(0, dtype=np.int64), {"word": np.zeros(0)})
    run = run_locally(
        Protocol("p", machines, memory, (routine,)), {"x": records, "other": other}, blocks=blocks, digests=True
    )
    assert routine.rounds == run.rounds
    assert run.memory.keys() == {"x", "other"}
    return run, records


@pytest.mark.parametrize("placed", OWNERS)
@pytest.mark.parametrize("drawn", KEYS)
def test_every_record_comes_to_its_rank(drawn, placed):
    rng = np.random.default_rng(0)
    sizes = [(1, 6, 9), (2, 3, 1), (5, 4, 30), (30, 3, 100)]
    for machines, per_machine, high in [*sizes, (64, 2, 0)] if drawn == "all equal" else sizes:
        n = machines * per_machine - int(rng.integers(0, 2))
        key, owner = KEYS[drawn](rng, n, high), OWNERS[placed](rng, n, machines)
        for spare, some_blocks in ((least_spare(machines), (1, 7)), (1000, (2,))):
            plan = sorting(machines, spare, [high])
            assert plan.spare <= spare
            runs = []
            for blocks in some_blocks:
                run, records = sorted_by({"key": key}, owner, {"key": high}, machines, per_machine, plan.spare, blocks)
                found = run.memory["x"]
                assert np.array_equal(found["number"], records["number"][np.argsort(records["key"], kind="stable")])
                assert np.array_equal(found.owner, np.arange(n) // per_machine)
                runs.append([round_.digest for round_ in run.traffic])
            assert run.rounds == plan.rounds
            assert runs[0] == runs[-1]


def test_several_keys_and_keys_too_wide_for_one_number():
    rng = np.random.default_rng(1)
    n, machines = 60, 10
    for highs in [(3, 5), (2**40, 2**40), (1, 2**61, 4), (2**62, 2**62, 1)]:
        fields = {f"k{place}": rng.integers(0, min(high, 2) + 1, n) * (high // 2) for place, high in enumerate(highs)}
        by = dict(zip(fields, highs, strict=True))
        run, records = sorted_by(fields, np.arange(n) % machines, by, machines, 6, 40, 2)
        order = np.lexsort([records[name] for name in reversed(fields)])
        assert np.array_equal(run.memory["x"]["number"], records["number"][order])


@pytest.mark.parametrize("machines", [2, 3, 4, 10, 31, 64, 100, 1000])
def test_the_counts_need_no_more_words_than_promised_and_no_fewer(machines):
    """Every machine has a record, so everybody counts: what is held and sent is what the plan says, to the word."""
    key = np.arange(machines)[::-1].copy()
    for spare in (least_spare(machines), 60, 300, 2000):
        if spare >= least_spare(machines):
            plan = sorting(machines, spare, [machines - 1])
            run, _ = sorted_by({"key": key}, np.arange(machines), {"key": machines - 1}, machines, 1, plan.spare, 1)
            records = 2 * machines * sum(plan.passes)
            assert run.total == plan.words_of_one_pass() * sum(plan.passes) + records
            held = max(round_.held for round_ in run.traffic)
            assert held - 2 <= plan.spare
            assert run.most_sent <= max(plan.spare, 2) and run.most_received <= max(plan.spare, 2)


def test_a_target_size_sorts_in_twelve_rounds_and_two_shuffles():
    """Keys below 2^20 on 2,000 machines with 2,250 words besides their records."""
    plan = sorting(2000, 2250, [2**20 - 1])
    assert (plan.rounds, sum(plan.passes), plan.levels) == (12, 2, 2)


def test_what_cannot_be_sorted_is_refused():
    with pytest.raises(UsageError, match="10 machines need at least 14 words besides their records to sort; got 13"):
        sort("x", {"key": 5}, machines=10, per_machine=1, spare=13)
    with pytest.raises(UsageError, match="at least 1 field"):
        sort("x", {}, machines=10, per_machine=1, spare=100)
    for key, message in ((6, "field 'key' holds 6, but is sorted as 0..5"), (-1, "holds -1")):
        with pytest.raises(ProtocolError, match=message):
            sorted_by({"key": np.full(10, key)}, np.arange(10), {"key": 5}, 10, 1, 100, 1)
    with pytest.raises(ProtocolError, match="more than 10 · 1 records of kind 'x'"):
        sorted_by({"key": np.zeros(11, dtype=np.int64)}, np.arange(11) % 10, {"key": 5}, 10, 1, 100, 1)


@pytest.mark.parametrize(
    ("keys", "highest"),
    [
        (np.array([3, 200, 7, 0, 255], dtype=np.uint8), 255),
        (np.array([1, 0, 1, 0]) > 0, 1),
        (np.array([3, 9, 1], dtype=np.int32), 2**40),  # divided by more than these words hold
        (np.array([2**31 + 5, 7, 2**31]), 2**31 + 5),  # the least number that 32 bits do not hold, and more
        (np.array([2**61, 1, 2**59]), 2**61),
    ],
)
def test_keys_of_any_sort_of_word_are_sorted(keys, highest):
    routine = sort("x", {"key": highest}, machines=3, per_machine=2, spare=30)
    records = {"x": Records(np.arange(len(keys)) % 3, {"key": keys})}
    found = run_locally(Protocol("sort", 3, 60, (routine,)), records).memory["x"]["key"]
    assert found.tolist() == np.sort(keys).tolist()
    assert found.dtype == keys.dtype
