"""What engines know of machines without looking twice, and how they deliver: what the slow and plain ways say."""

import gc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logdepth.mpc import Packets, Protocol, Records, run_locally
from logdepth.mpc.loads import Loads, Most, most_of
from logdepth.mpc.primitives import each_of, least_of_each
from logdepth.mpc.primitives.order import sums_before
from logdepth.mpc.records import MANY, transpose
from logdepth.mpc.runs import KNOWN, ordered_runs, runs_in_order, runs_of, sizes_of

MACHINES = st.lists(st.integers(0, 6), max_size=20)


@given(MACHINES)
def test_runs_count_what_each_machine_has(machines):
    machine = np.array(sorted(machines), dtype=np.int64)
    runs = ordered_runs(machine)
    assert runs is not None
    assert runs.counts.tolist() == np.bincount(machine).tolist()
    load = np.zeros(7, dtype=np.int64)
    places, counts = runs.by_machine
    load[places] += counts
    assert load.tolist() == np.bincount(machine, minlength=7).tolist()
    assert runs.begins.tolist() == [sorted(machines).index(one) for one in sorted({*machines})]


@pytest.mark.parametrize("machines", [[0], [3], [0, 1, 2], [1, 3, 4], [2, 9]])
def test_runs_of_few_machines_begin_where_numbers_change(machines):
    """Where each machine has so many that it is looked for."""
    machine = np.sort(np.random.default_rng(0).choice([*machines, machines[-1]], 2000))
    machine[0] = machines[0]
    assert runs_of(machine).begins.tolist() == np.unique(machine, return_index=True)[1].tolist()
    assert runs_of(machine[::-1]).begins.tolist() == [0, *(np.flatnonzero(np.diff(machine[::-1])) + 1).tolist()]


@given(MACHINES)
def test_runs_in_order_are_those_of_the_sorted_numbers(machines):
    found, expected = (
        make(np.array(numbers, dtype=np.int64))
        for make, numbers in ((runs_in_order, machines), (runs_of, sorted(machines)))
    )
    assert found.machine.tolist() == expected.machine.tolist()
    assert found.begins.tolist() == expected.begins.tolist()
    assert found.sizes.tolist() == expected.sizes.tolist()


@given(MACHINES)
def test_only_numbers_that_never_descend_have_ordered_runs(machines):
    assert (ordered_runs(np.array(machines, dtype=np.int64)) is not None) == (machines == sorted(machines))


def test_what_is_known_of_an_array_is_forgotten_with_it():
    machine = np.arange(5)
    machine.flags.writeable = False
    before = len(KNOWN)
    assert runs_of(machine) is runs_of(machine)
    assert len(KNOWN) == before + 1
    del machine
    gc.collect()
    assert len(KNOWN) == before


def test_what_is_known_of_an_array_that_may_change_is_not_kept():
    machine = np.array([1, 1, 2])
    assert runs_of(machine).begins.tolist() == [0, 2]
    machine[1] = 2
    assert runs_of(machine).begins.tolist() == [0, 1]


@pytest.mark.parametrize("owner", [[3, 3, 3, 3], [3, 2, 1, 0]])
def test_an_array_that_its_owner_writes_to_between_runs_is_looked_at_again(owner):
    """The engine holds a view that is read-only; the caller's own array is not."""
    mine = np.arange(4)
    given = {"number": Records(mine, {"number": np.arange(4)})}
    keep = Protocol("keep", machines=4, memory=4, parts=(lambda memory, _: (memory, {}),) * 2)
    assert run_locally(keep, given).traffic[0].held == 1
    mine[:] = owner
    run = run_locally(keep, given)
    assert run.traffic[0].held == np.bincount(owner).max()
    assert run.memory["number"].owner.tolist() == sorted(owner)


KINDS = st.dictionaries(st.sampled_from("abc"), st.tuples(MACHINES, st.integers(0, 3)))


@given(st.lists(KINDS, max_size=5))
def test_loads_that_change_are_those_that_are_added_up_anew(changes):
    loads, held = Loads(), {}
    for change in changes:
        held = held | {kind: (runs_in_order(np.array(m, dtype=int)), words) for kind, (m, words) in change.items()}
        words = np.zeros(8, dtype=int)
        for runs, each in held.values():
            words[: len(runs.counts)] += runs.counts * each
        most = Most(words.max(), words.argmax()) if words.any() else Most()
        assert loads.change(held) == most_of(held) == most
    assert loads.change({}) == Most()


def test_records_of_the_same_machines_may_have_more_words():
    runs, loads = runs_of(np.array([0, 1, 1])), Loads()
    for words in (1, 3, 2):
        assert loads.change({"a": (runs, words)}) == Most(2 * words, 1)


def test_mail_of_one_block_knows_its_senders():
    sent = Packets(np.array([0, 0, 1, 2]), np.array([2, 1, 1, 0]), {"word": np.arange(4)})
    arrived = sent.deliver()
    assert arrived["word"].tolist() == [3, 1, 2, 0]
    assert arrived.source.tolist() == [2, 0, 1, 0]
    assert arrived.destination.tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize("dtypes", [[np.int32], [np.int64], [np.int32, np.int32]])
@pytest.mark.parametrize("machines", [1, 40, MANY])
def test_much_mail_of_few_words_arrives_as_little_does(machines, dtypes):
    """By the transposed matrix, as by sorting."""
    rng = np.random.default_rng(machines)
    source, destination = np.sort(rng.integers(0, machines, MANY)), rng.integers(0, machines, MANY)
    fields = {f"word {number}": rng.permutation(MANY).astype(dtype) for number, dtype in enumerate(dtypes)}
    order = np.lexsort((source, destination))
    for arrived in (
        transpose(source, destination, fields, destination.max()),
        Packets(source, destination, fields).deliver(),
    ):
        assert list(arrived.fields) == list(fields)
        for name, words in fields.items():
            assert arrived[name].dtype == words.dtype
            assert (arrived[name] == words[order]).all()
        assert (arrived.source == source[order]).all()
        assert (arrived.destination == destination[order]).all()
        assert (runs_of(arrived.destination).counts == np.bincount(destination)).all()
        assert (runs_of(arrived.destination).begins == np.unique(destination[order], return_index=True)[1]).all()


@given(st.lists(st.lists(st.integers(-9, 9), min_size=1, max_size=4)))
def test_the_least_of_each_run_is_that_of_python(runs):
    begins = np.cumsum([0, *map(len, runs)], dtype=np.int64)[:-1]
    values = np.array([value for run in runs for value in run], dtype=np.int32)
    assert least_of_each(values, begins).tolist() == list(map(min, runs))
    assert sizes_of(begins, len(values)).tolist() == list(map(len, runs))


@given(st.lists(st.sampled_from([1] * 9 + [0, 2, 4])))
def test_each_entry_comes_as_often_as_it_counts(counts):
    """Also where most come once, which is another way."""
    place, number = each_of(np.array(counts, dtype=np.int64))
    assert place.tolist() == [entry for entry, times in enumerate(counts) for _ in range(times)]
    assert number.tolist() == [time for times in counts for time in range(times)]


@pytest.mark.parametrize("shape", [(), (1,), (3,)])
@given(st.lists(st.integers(1, 4)))
def test_sums_before_are_those_of_each_run_by_itself(shape, sizes):
    begins = np.cumsum([0, *sizes], dtype=np.int64)
    values = np.random.default_rng(len(sizes)).integers(-9, 9, (begins[-1], *shape))
    runs = [values[begin:end] for begin, end in pairwise(begins)]
    expected = [np.cumsum(run, axis=0) - run for run in runs]
    found = sums_before(values, begins[:-1])
    assert found.tolist() == (np.concatenate(expected) if runs else values).tolist()
