"""A sum is rounded before tables read it where that costs fewer parameters; answers do not depend on the choice."""

from importlib import import_module

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logdepth import Table, compile_program, interpret, verify_program
from logdepth.arrows.program_to_transformer import program_to_transformer, rounding
from logdepth.arrows.program_to_transformer.lower import lower
from logdepth.numerics.formats import FLOAT32
from logdepth.verification.strategies import tables

PASSES = import_module("logdepth.arrows.program_to_transformer.translate")


def take(number, monkeypatch):
    """Always the way with this number, whatever it costs."""
    monkeypatch.setattr(PASSES, "smallest", lambda ways, number_format: ways[number])


def parity(rows, hold=False):
    table = Table("parity", rows, causal=True)
    total = table.prefix_sum(table.input("bit", 1), name="ones")
    table.output("parity", (table.hold(total, "held") if hold else total) % 2)
    return table.program()


@pytest.mark.parametrize(("rows", "parameters"), [(20, 602), (100, 1520), (1000, 14136)])
def test_parity_of_a_prefix_sum_needs_no_hold(rows, parameters):
    model = compile_program(parity(rows))
    assert model.measured.parameters == parameters < compile_program(parity(rows, hold=True)).measured.parameters
    assert verify_program(parity(rows), model, samples=40).wrong == 0


def staircases(tables_of_one_sum, jumps):
    """Tables of one sum, each with so many jumps, all at other places."""
    rows = tables_of_one_sum * jumps
    table = Table("staircases", rows)
    total = table.sum(table.input("bit", 1), name="total")
    for number in range(tables_of_one_sum):
        steps = [sum(1 for place in range(number, v, tables_of_one_sum)) % 2 for v in range(rows + 1)]
        table.output(f"o{number}", table.lookup(steps, total))
    return table.program()


def test_tables_of_one_sum_share_its_digits(monkeypatch):
    chosen = compile_program(staircases(4, 11))
    with monkeypatch.context() as patch:
        take(0, patch)
        assert compile_program(staircases(4, 11)).measured.parameters > 2 * chosen.measured.parameters
    assert verify_program(staircases(4, 11), chosen, samples=100).wrong == 0


def test_a_question_is_answered_as_before():
    """Three jumps are no more than a digit has."""
    assert len(list(rounding.ways_to_round(lower(staircases(1, 3), FLOAT32, tied=True)))) == 1
    assert len(list(rounding.ways_to_round(lower(staircases(1, 4), FLOAT32, tied=True)))) == 2


def test_what_the_format_cannot_carry_is_not_chosen(monkeypatch):
    """The ReLU layer of a table of exact numbers adds up more than its jumps do."""
    table = Table("steep", 4)
    total = table.sum(table.input("x", 2**16), high=2**18)
    table.output(
        "o", table.map(lambda t: sum((t > 30_000 * k) * (17 + k % 2) ** 3 for k in range(9)), total, high=10**5)
    )
    model = compile_program(table.program())
    assert model.transformer.positions.dtype == torch.float32
    assert verify_program(table.program(), model, samples=100).wrong == 0


@st.composite
def tables_of_sums(draw):
    """A program of two sums, and of some random tables of each and of both."""
    rows, high = draw(st.integers(1, 9)), draw(st.integers(1, 4))
    table = Table("tables of sums", rows, causal=draw(st.booleans()))
    x, y = table.input("x", high), table.input("y", 1)
    first, second = table.sum(x, name="first"), table.sum(y, query=x > 1, key=x > 1, name="second")
    forms = [first, second, first + second, first - second + rows, second + 1]
    for number, of in enumerate(draw(st.lists(st.sampled_from(forms), min_size=1, max_size=5))):
        entries = st.lists(st.integers(0, 3), min_size=of.high + 1, max_size=of.high + 1)
        table.output(f"o{number}", table.lookup(draw(entries), of))
    return table.program()


@pytest.mark.parametrize("way", [0, 1, -1])
def test_every_way_to_round_computes_the_same(monkeypatch, way):
    monkeypatch.setattr(rounding, "MANY_JUMPS", (6, 1))
    rounded = []

    def take(ways, number_format):
        rounded.append(len(ways) > 1)
        return ways[way if rounded[-1] else 0]

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def law(data):
        program = data.draw(tables_of_sums())
        columns = data.draw(tables(program))
        expected = interpret(program, columns)
        for name, values in program_to_transformer(program).run(columns).items():
            assert np.array_equal(values, expected[name])

    monkeypatch.setattr(PASSES, "smallest", take)
    law()
    assert sum(rounded) >= 15, "most draws have no table of a sum"
