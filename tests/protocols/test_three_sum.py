"""3-SUM on machines: the task's own answer, in just the rounds, machines and memory that are claimed."""

from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from logdepth.mpc import BudgetExceeded, Protocol, run_locally
from logdepth.numerics.errors import UsageError
from logdepth.protocols import PROTOCOLS
from logdepth.protocols.three_sum import answers, dealt, three_sum
from logdepth.protocols.three_sum_layout import memory_for, three_sum_layout, three_sum_protocol
from logdepth.protocols.three_sum_plan import plan, threes
from logdepth.tasks import make_task


def solved(numbers, modulus, memory=None, **options):
    """The run; right, and within every claim."""
    numbers = np.asarray(numbers, dtype=np.int64)
    layout = three_sum_layout(len(numbers), modulus, memory)
    protocol = three_sum(len(numbers), modulus, memory)
    run = run_locally(protocol, dealt(numbers, layout), **options)
    task = make_task("3-sum", {"n": 1024, "modulus": modulus})
    assert np.array_equal(answers(run.memory), task.solve(numbers))
    claim = three_sum_protocol(len(numbers), modulus, memory).sizes
    assert (run.rounds, protocol.machines, protocol.memory) == tuple(claim.values())
    return run


def test_every_short_list():
    for modulus in range(1, 5):
        for count in range(1, 4):
            for numbers in product(range(modulus), repeat=count):
                solved(numbers, modulus)


@pytest.mark.parametrize("family", make_task("3-sum").families)
@pytest.mark.parametrize(("count", "modulus"), [(1, 50), (2, 7), (9, 30), (40, 100), (120, 3500), (300, 10**6)])
def test_every_family_of_the_task(family, count, modulus):
    task = make_task("3-sum", {"n": 300, "modulus": modulus})
    solved(task.sample(np.random.default_rng(count), family, count), modulus)


def clusters(count, modulus):
    """Half of the numbers are dense, the others far apart: one block is wanted by most machines."""
    dense = np.arange(count // 2) + modulus // 3
    return np.concatenate([dense, np.linspace(0, modulus - 1, count - count // 2).astype(np.int64)])


SHAPES = {
    "one number": lambda n, m: np.full(n, m // 3),
    "all residues": lambda n, m: np.arange(n) * m // n,
    "neighbours": lambda n, m: np.arange(n),
    "the highest": lambda n, m: m - 1 - np.arange(n),
    "clusters": clusters,
    "powers of two": lambda n, m: 2 ** (np.arange(n) % 60) % m,
    "squares": lambda n, m: np.arange(n) ** 2 % m,
    "two of each": lambda n, m: np.arange(n) // 2 * 7 % m,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("count", "modulus"), [(30, 30), (100, 10**4), (400, 10**9)])
def test_every_shape_of_numbers(shape, count, modulus):
    solved(SHAPES[shape](count, modulus), modulus)


@pytest.mark.parametrize("blocks", [2, 5])
def test_machines_in_any_number_of_blocks_send_the_same(blocks):
    numbers = clusters(80, 5000)
    one, many = (solved(numbers, 5000, blocks=count, digests=True) for count in (1, blocks))
    assert [round_.digest for round_ in one.traffic] == [round_.digest for round_ in many.traffic]


def test_more_memory_takes_no_more_rounds_and_fewer_machines():
    numbers = np.random.default_rng(0).integers(0, 10**5, 200)
    least = min(memory_for(200, blocks) for blocks in range(1, 29))
    runs = [solved(numbers, 10**5, memory) for memory in (least, 2 * least, 5 * least)]
    machines = [three_sum_layout(200, 10**5, memory).machines for memory in (least, 2 * least, 5 * least)]
    assert machines == sorted(machines, reverse=True)
    assert runs[0].rounds >= runs[-1].rounds
    with pytest.raises(UsageError, match=f"needs machines with at least {least} words; got {least - 1}"):
        three_sum(200, 10**5, least - 1)


def test_with_less_memory_than_it_asks_for_a_budget_breaks():
    numbers, modulus = clusters(300, 10**6), 10**6
    layout, protocol = three_sum_layout(300, modulus), three_sum(300, modulus)
    run = run_locally(protocol, dealt(numbers, layout))
    most = max(run.most_sent, run.most_received, *(round_.held for round_ in run.traffic))
    short = Protocol(protocol.name, protocol.machines, most - 1, protocol.parts)
    with pytest.raises(BudgetExceeded):
        run_locally(short, dealt(numbers, layout))


def test_fewer_numbers_than_there_is_room_for():
    layout, protocol = three_sum_layout(100, 50), three_sum(100, 50)
    for numbers in ([], [25], [10, 15, 25]):
        run = run_locally(protocol, dealt(np.array(numbers, dtype=np.int64), layout))
        exact = make_task("3-sum", {"modulus": 50}).solve(np.array(numbers)).tolist() if numbers else []
        assert answers(run.memory).tolist() == exact


def test_the_task_knows_its_protocol():
    task = make_task("3-sum", {"n": 100, "modulus": 3500})
    numbers = task.sample(np.random.default_rng(1), "all-triples", 100)
    memory = PROTOCOLS["3-sum"].default_memory(numbers)
    ready = PROTOCOLS["3-sum"].prepare(task, numbers, memory)
    assert ready.claimed == three_sum_protocol(100, 3500, memory)
    assert np.array_equal(ready.answer(run_locally(ready.protocol, ready.records).memory), task.solve(numbers))


# --- the list of threes ---

BOUNDARIES = st.tuples(st.sets(st.integers(0, 60), min_size=1, max_size=12).map(sorted), st.integers(61, 90))


@given(BOUNDARIES)
@example(([0, 1, 2, 3], 4))
def test_the_list_names_every_three_that_may_hold_a_sum_once_and_is_short(given_):
    lows, modulus = given_
    highs = [*(low - 1 for low in lows[1:]), modulus - 1]
    listed = threes(np.array(lows), modulus)
    got = sorted((*blocks, total) for blocks, total in zip(listed.blocks.tolist(), listed.total.tolist(), strict=True))
    wanted = [
        (*blocks, total)
        for blocks in combinations_with_replacement(range(len(lows)), 3)
        for total in (0, modulus, 2 * modulus)
        if sum(lows[block] for block in blocks) <= total <= sum(highs[block] for block in blocks)
    ]
    assert got == sorted(wanted)
    assert len(got) <= len(lows) * (len(lows) + 1) + 1


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [30, 400, 3000])
def test_there_are_machines_for_all_threes_and_groups(shape, count):
    modulus = 10**7
    layout = three_sum_layout(count, modulus)
    values = np.unique(SHAPES[shape](count, modulus))
    made = plan(values[:: layout.each], layout)
    assert len(made.threes.total) <= layout.machines and len(made.begin) <= layout.machines
    assert made.size.max(initial=0) <= layout.blocks
    assert (np.diff(made.machine) > 0)[made.group[1:] == made.group[:-1]].all()  # members by machine: parts in order


def test_one_block_may_be_wanted_by_most_machines():
    layout = three_sum_layout(3000, 10**7)
    made = plan(np.unique(clusters(3000, 10**7))[:: layout.each], layout)
    wishes = np.bincount(made.block, weights=made.size)
    assert wishes.max() > 5 * layout.blocks > np.median(wishes)
    assert made.leaders.max() > 5


@pytest.mark.parametrize("numbers", [10**3, 10**4, 10**5])
def test_sizes_are_those_of_the_theorem_with_small_constants(numbers):
    claim = three_sum_protocol(numbers, numbers**2).sizes
    assert claim["machines"] <= 1.1 * numbers**0.99
    assert claim["memory_words"] <= 6 * numbers**0.51
    assert claim["rounds"] <= 63
