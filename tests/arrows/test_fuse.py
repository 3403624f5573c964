"""Numbers that are only added up share a residual column, if ReLU units compute them as if heads read them."""

import numpy as np
import pytest
import torch

from logdepth import Table, make_task
from logdepth.arrows.program_to_transformer.emit import emit
from logdepth.arrows.program_to_transformer.fuse import fuse, neurons_alike, occurrences
from logdepth.arrows.program_to_transformer.laid_out import lay_out
from logdepth.arrows.program_to_transformer.lower import lower
from logdepth.arrows.program_to_transformer.prune import prune
from logdepth.arrows.program_to_transformer.share import share
from logdepth.numerics.formats import FLOAT32
from logdepth.solutions import program_for
from logdepth.transformer import resources

NEVER = 0
"""No number is below 0, so no ReLU cells are added up."""


def plan_of(program):
    return share(prune(lower(program, FLOAT32, tied=True)))


def transformer_of(program, exact):
    return emit(lay_out(fuse(plan_of(program), exact)), FLOAT32)


def branches() -> Table:
    """A column that two branches give, and that others read with several weights of one ratio."""
    table = Table("branches", 6)
    x, y = table.input("x", 9), table.input("y", 9)
    chosen = table.column(table.where(x > y, x * 3, y + 1), 27, name="chosen")
    table.output("largest", table.argmax(chosen, values=chosen))
    table.output("twice", chosen * 2 + x)
    table.output("read", table.pull(table.where(chosen > 6, 6, chosen), x))
    return table


@pytest.mark.parametrize(
    ("program", "columns"),
    [
        (branches().program(), 1),
        *((program_for(make_task(name, dict(make_task(name).small))), 6) for name in ("diameter", "shortest-path")),
    ],
    ids=["branches", "diameter", "shortest-path"],
)
def test_cells_that_are_only_added_take_one_column(program, columns):
    apart, fused = transformer_of(program, NEVER), transformer_of(program, FLOAT32.exact)
    assert resources(apart).width - resources(fused).width >= columns
    assert resources(fused).parameters < resources(apart).parameters
    assert resources(fused).layers == resources(apart).layers
    rng = np.random.default_rng(0)
    for _ in range(20):
        table = {column.name: rng.integers(0, min(column.high, 6) + 1, program.rows) for column in program.inputs}
        one, other = apart.run(table), fused.run(table)
        assert all(np.array_equal(one[name], other[name]) for name in one)


def test_the_fused_model_is_the_program():
    program = branches().program()
    model = transformer_of(program, FLOAT32.exact)
    rng = np.random.default_rng(1)
    for _ in range(50):
        table = {"x": rng.integers(0, 7, 6), "y": rng.integers(0, 10, 6)}
        expected, found = program.run(table), model.run(table)
        assert all(np.array_equal(expected[name], found[name]) for name in expected)


def test_nothing_is_left_to_fuse():
    plan = plan_of(branches().program())
    assert list(neurons_alike(plan, occurrences(plan)))
    fused = fuse(plan, FLOAT32.exact)
    assert not list(neurons_alike(fused, occurrences(fused)))


def test_sums_that_would_leave_the_exact_integers_stay_apart():
    plan = plan_of(branches().program())
    few, more, all_of_them = (len(cells_of(fuse(plan, exact))) for exact in (NEVER, 30, FLOAT32.exact))
    assert few >= more > all_of_them


def cells_of(plan):
    return set(occurrences(plan))


def test_a_fused_cell_names_every_statement_that_it_serves():
    """Two maps whose results are only ever added: the block says that it computes both."""
    table = Table("two maps", 4)
    x, y = table.input("x", 9), table.input("y", 9)
    larger = table.map(torch.maximum, x, y, high=9, name="larger")
    product = table.map(lambda a, b: a * (b > 4), x, y, high=9, name="product")
    table.output("sum", table.column(larger + product, 18, name="total"))
    program = table.program()
    model = transformer_of(program, FLOAT32.exact)
    computed = {number for block in model.blocks if block.mlp for number in block.mlp.statements}
    apart = {n for block in transformer_of(program, NEVER).blocks if block.mlp for n in block.mlp.statements}
    assert computed == apart and len(computed) >= 2
