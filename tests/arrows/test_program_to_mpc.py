"""Programs as protocols: the interpreter's answers, at every memory down to the least, in the claimed rounds."""

from functools import cache
from itertools import islice

import numpy as np
import pytest
import torch
from arrows.telling_all import tell_all
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st

from logdepth.arrows.mpc_to_transformer import mpc_to_program
from logdepth.arrows.mpc_to_transformer.routers import ROUTERS
from logdepth.arrows.program_to_mpc import (
    claim_for,
    cost,
    least_memory_for,
    output_columns,
    program_to_mpc,
    row_records,
)
from logdepth.artefacts import compile_task
from logdepth.artefacts.simulate import simulate
from logdepth.mpc import ProtocolError, run_locally
from logdepth.numerics.errors import UsageError
from logdepth.programs import Table, interpret
from logdepth.solutions import program_for
from logdepth.tasks import make_task
from logdepth.verification.sizes import small_sizes
from logdepth.verification.strategies import drafts, tables
from logdepth.verification.traffic import PATTERNS, packets_of, relay

LAST = dict(small_sizes())  # of every task the last size; the others are in the slow tier
SIZES = [
    pytest.param(
        name,
        tuple(parameters.items()),
        id=f"{name} {dict(parameters)}",
        marks=() if parameters == LAST[name] else pytest.mark.slow,
    )
    for name, parameters in small_sizes()
]


def run_of(program, columns, memory, machines=None, blocks=1, digests=False):
    rows = len(next(iter(columns.values())))
    protocol = program_to_mpc(program, rows, memory, machines)
    run = run_locally(protocol, row_records(program, columns, protocol.machines), blocks=blocks, digests=digests)
    sizes = claim_for(program, rows, memory, machines).sizes
    assert run.rounds == sizes["rounds"] == protocol.rounds and protocol.machines == sizes["machines"]
    return run


def agree(program, columns, machines, memory, blocks=1, digests=False):
    """The protocol says what the interpreter says."""
    run = run_of(program, columns, memory, machines, blocks, digests)
    found, expected = output_columns(run.memory), interpret(program, columns)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert np.array_equal(found[name], values), (name, found[name], values)
    return run


@cache
def instances(name, parameters):
    """Four small ones, and some of four or five families; of a long table, and of a size that is not the last one, two
    of each: whatever a table holds, the rounds are the same."""
    task = make_task(name, dict(parameters))
    rng = np.random.default_rng(0)
    small = [i for size in range(task.smallest, task.largest + 1) for i in islice(task.exhaustive(size), 2)]
    every = task.rows <= 60 and dict(parameters) == LAST[name]
    families = task.families[:: max(1, len(task.families) // 4)] if every else task.families[:2]
    return (
        task,
        program_for(task),
        small[: 4 if every else 2] + [task.sample(rng, family, task.largest) for family in families],
    )


@pytest.mark.parametrize(("name", "parameters"), SIZES)
def test_every_task_runs_as_a_protocol_at_every_memory(name, parameters):
    task, program, drawn = instances(name, parameters)
    for number, instance in enumerate(drawn):
        columns = task.encode(instance)
        rows = len(next(iter(columns.values())))
        machines = [1, rows, None, max(1, rows // 2)][number % 4]
        least = least_memory_for(program, rows, machines)
        run = agree(program, columns, machines, [least, 2 * least, 10 * least][number % 3])
        assert np.array_equal(task.decode(output_columns(run.memory), instance), task.solve(instance))


@pytest.mark.parametrize(("name", "parameters"), [case for case in SIZES if not case.marks])
def test_every_number_of_blocks_gives_the_same_rounds_to_the_bit(name, parameters):
    task, program, drawn = instances(name, parameters)
    columns = task.encode(drawn[0])
    rows = len(next(iter(columns.values())))
    digests = []
    for blocks in (1, 2, 4):
        run = agree(program, columns, rows, least_memory_for(program, rows, rows), blocks, digests=True)
        digests.append([round_.digest for round_ in run.traffic])
    assert digests[0] == digests[1] == digests[2]


@pytest.mark.parametrize(("name", "parameters"), [pytest.param(*size.values, id=size.id) for size in SIZES[::7]])
def test_less_than_the_least_memory_is_refused(name, parameters):
    _, program, _ = instances(name, parameters)
    for machines in (None, 1, program.rows):
        least = least_memory_for(program, program.rows, machines)
        program_to_mpc(program, program.rows, least, machines)
        if least > 1:
            with pytest.raises(UsageError, match=f"at least {least} words for {program.rows} rows.*got {least - 1}"):
                program_to_mpc(program, program.rows, least - 1, machines)


def random_programs_agree(examples, number, **sizes):
    """Each program on three tables, each time with other machines, memory and blocks; number: of the seed."""

    @seed(number)
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def law(data):
        draft = data.draw(drafts(**sizes))
        note(draft.source)
        program = tell_all(draft.program())
        for more in data.draw(st.permutations([0, 10, 100, 1000]))[:3]:
            columns = data.draw(tables(program))
            rows = len(next(iter(columns.values())))
            machines = min(data.draw(st.integers(1, 6)), rows)
            blocks = data.draw(st.sampled_from([1, 2, 3]))
            agree(program, columns, machines, least_memory_for(program, rows, machines) + more, blocks)

    law()


def test_random_programs_agree():
    random_programs_agree(30, 1)


@pytest.fixture
def sorting_alone(monkeypatch):
    """No key has a home."""
    monkeypatch.setattr(cost, "by_home", lambda line, index, rows: None)


@pytest.mark.usefixtures("sorting_alone")
def test_random_programs_agree_by_sorting_alone():
    random_programs_agree(20, 1)


@pytest.mark.slow
@pytest.mark.usefixtures("sorting_alone")
def test_more_random_programs_agree_by_sorting_alone():
    random_programs_agree(30, 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("examples", "sizes"),
    [(20, {}), (30, {"rows": 20, "statements": 8}), (40, {"rows": 12, "largest": 2000})],
    ids=str,
)
def test_more_random_programs_agree(examples, sizes):
    random_programs_agree(examples, 2, **sizes)


@pytest.mark.parametrize(("name", "n"), [("k-hop", 12), ("components", 5), ("1-vs-2-cycle", 6), ("sort", 6)])
def test_both_ways_to_a_protocol_give_one_answer(name, n):
    """program -> transformer -> MPC, and program -> MPC."""
    model = compile_task(make_task(name, {"n": n}))
    instance = model.task.sample(np.random.default_rng(1))
    columns, program = model.task.encode(instance), program_for(model.task)
    least = least_memory_for(program, len(next(iter(columns.values()))))
    direct = model.task.decode(output_columns(run_of(program, columns, least).memory), instance)
    assert np.array_equal(direct, simulate(model, instance, 4096).answer)


def test_memory_of_the_order_of_the_root_of_the_rows_is_enough():
    """It grows with the logarithm of N only: here it is below √N from 10^5 rows on."""
    for rows, most in ((400, 6 * 20), (10**4, 2 * 100), (10**5, 316), (10**6, 1000)):
        assert least_memory_for(program_for(make_task("2-sum", {"n": rows})), rows) <= most


ONE_STATEMENT = [
    (lambda table, x, y: table.pull(x, y), 4),
    (lambda table, x, y: table.push(x, y, priority=y), 2),
    (lambda table, x, y: table.count(query=table.index, key=x), 2),
    (lambda table, x, y: table.select(query=x, key=y, values=x, order="last"), 6),
    (lambda table, x, y: table.sum(x), 2),
]


@pytest.mark.parametrize(("write", "rounds"), ONE_STATEMENT)
def test_rounds_where_keys_have_homes(write, rounds):
    """With memory for √N questions; a scan goes up and down a tree of one level."""
    table = Table("one statement", 100)
    x, y = table.input("x", 100), table.input("y", 100)
    table.output("out", write(table, x, y))
    rng = np.random.default_rng(0)
    columns = {"x": rng.integers(0, 101, 100), "y": rng.integers(0, 101, 100)}
    run = agree(table.program(), columns, 50, 900, blocks=3)
    assert run.rounds == rounds


@pytest.mark.parametrize("rows", [2, 3, 6])
@pytest.mark.parametrize("write", [write for write, _ in ONE_STATEMENT])
def test_one_statement_runs_with_its_least_memory(write, rows):
    """Whatever way is the one of least memory: few keys, and few rows on each of few machines."""
    for high in (1, 2, rows):
        table = Table("one statement", rows)
        x, y = table.input("x", high), table.input("y", high)
        table.output("out", write(table, x, y))
        program = table.program()
        columns = {"x": np.arange(rows) % (high + 1), "y": np.arange(rows) // 2 % (high + 1)}
        for machines in range(1, rows + 1):
            agree(program, columns, machines, least_memory_for(program, rows, machines))


def test_statements_that_do_not_wait_share_rounds_where_memory_allows():
    table = Table("two reads", 50)
    x, y = table.input("x", 50), table.input("y", 50)
    table.output("a", table.pull(x, y))
    table.output("b", table.pull(y, x))
    program = table.program()
    columns = {"x": np.arange(50) % 7, "y": np.arange(50) * 3 % 51}
    least = least_memory_for(program, 50, 50)
    apart, at_once = agree(program, columns, 50, least), agree(program, columns, 50, 3 * least)
    assert at_once.rounds <= apart.rounds / 2


def test_what_cannot_be_matched_takes_no_rounds():
    table = Table("never", 6)
    x = table.input("x", 3)
    table.output("none", table.sum(x, query=[x, 1], key=[x, 2]))
    nobody = table.repeat(1, lambda s: table.count(query=x, key=x, where=s, high=1), 0, high=1, name="nobody")
    table.output("nobody", nobody)
    table.output("ranks", table.rank(table.repeat(0, lambda s: s, 2, high=2, name="two")))
    run = agree(table.program(), {"x": np.arange(6) % 4}, 3, 50)
    assert run.rounds == 0


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.data(), st.integers(1, 6), st.sampled_from([0, 100]))
def test_what_only_translations_write_runs_too(data, machines, more):
    """`spread`, `weave` and `hold`, of which routers are made; two destinations of a row may be the same."""
    rows = data.draw(st.integers(machines, 6))
    table = Table("routed", 6)
    names = ("x", "y", "to", "or")
    x, y, *to = (table.input(name, 6) for name in names)
    values = data.draw(st.lists(st.sampled_from([x, y, 1, 2]), min_size=1, max_size=3))
    sums = table.spread([*to, 3], values, senders=6, names=[f"sum {n}" for n in range(len(values))])
    gates = [np.array([0, *data.draw(st.lists(st.integers(0, 1), min_size=6, max_size=6))]) for _ in sums]
    table.output("woven", table.weave([table.hold(column, column.name) for column in sums], gates, 6**3, "woven"))
    for number, column in enumerate(sums):
        table.output(f"sum {number}", column)
    columns = {name: np.array(data.draw(st.lists(st.integers(0, 6), min_size=rows, max_size=rows))) for name in names}
    program = table.program()
    agree(program, columns, machines, least_memory_for(program, rows, machines) + more)


@pytest.mark.parametrize("router", ROUTERS)
def test_a_protocol_that_became_a_program_runs_on_machines_again(router):
    """Traffic of 7 machines with 2 slots each, by every router."""
    destinations = PATTERNS["permutation"](7, 2, np.random.default_rng(0))
    columns = packets_of(destinations, np.arange(14).reshape(2, 7) + 1)
    raw = relay(7, 2, 20, destinations if router == "oblivious" else None)
    program = mpc_to_program(raw, router)
    state = program.pad({name: values for name, values in columns.items() if name in raw.state})
    for machines in (1, 3, 7):
        agree(program, state, machines, 2 * least_memory_for(program, 7, machines))


def test_errors_of_maps_and_ranges_come_through():
    table = Table("broken", 6)
    x = table.input("x", 9)
    table.output("y", table.map(lambda x: x + 1, x, high=5, name="y"))
    with pytest.raises(ProtocolError, match=r"column 'y' holds 0..5, but row 6 has 6; give another input, or"):
        run_of(table.program(), {"x": np.arange(6)}, 100)
    with pytest.raises(UsageError, match=r"column 'x' holds 0..9, but row 1 has 10"):
        row_records(table.program(), {"x": np.array([10])}, 1)
    with pytest.raises(UsageError, match=r"takes 1..6 rows; got 7"):
        program_to_mpc(table.program(), 7, 100)
    with pytest.raises(UsageError, match=r"machines must be 1..6, one row each at least; got 9"):
        program_to_mpc(table.program(), 6, 100, 9)


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_a_machine_without_rows_computes_nothing(blocks):
    """Of four rows two are on each of two machines, and the third has none."""
    table = Table("copy", 4)
    table.output("x", table.map(lambda x: x, table.input("x", 9), high=9))
    agree(table.program(), {"x": np.arange(4)}, 3, least_memory_for(table.program(), 4, 3), blocks)


def test_a_map_of_a_block_without_rows_gives_nothing():
    """Of three blocks, two have no machine with rows."""
    table = Table("top", 4)
    x = table.input("x", 9)
    table.output("y", table.map(lambda x: torch.tensor([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])[x] // (x + 1), x, high=9))
    agree(table.program(), {"x": np.arange(4)}, 1, 100, blocks=3)
