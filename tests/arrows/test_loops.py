"""Loops: one set of weights that runs many times does what its rounds written out do."""

import numpy as np
import pytest
import torch

from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.programs import Table, interpret
from logdepth.transformer import resources


def doubled(table, state):
    """A round with a message in it."""
    there = table.select(query=state, key=table.index, values=state)
    return table.map(lambda x, y: (x + y) % 10, state, there, high=9)


def one_loop(table, a):
    return table.repeat(5, lambda s: doubled(table, s), a, high=9, name="s")


def used_in_a_map_only(table, a):
    return table.map(lambda x, i: torch.abs(x - i), one_loop(table, a), table.index, high=9)


def in_one_another(table, a):
    def outer(state):
        shifted = table.map(lambda x: (x + 1) % 6, state, high=9)
        inner = table.repeat(2, lambda s: doubled(table, s), shifted, high=9, name="inner")
        return table.map(lambda x, y: torch.minimum(x + y, x * 0 + 6), inner, state, high=9)

    return table.repeat(3, outer, a, high=9, name="outer")


def after_one_another(table, a):
    first = one_loop(table, a)
    base = table.map(lambda x, y: x * 10 + y, first, a, high=99)
    return table.repeat(3, lambda s: table.map(lambda x, y: (x + y) % 7, s, base, high=9), first, high=9, name="second")


def swapped(table, a):
    one, _ = table.repeat(3, lambda x, y: (y, x), [a, table.index], high=[9, 9], name=["x", "y"])
    return one


def of_a_sum(table, a):
    """A noisy number enters the loop, and another one is computed inside."""

    def body(state):
        return table.map(lambda s: s % 10, table.sum(state, query=table.index, key=a), high=9)

    return table.repeat(4, body, table.map(lambda s: s % 10, table.sum(a), high=9), high=9, name="s")


def unchanged(table, a):
    return table.repeat(3, lambda s: s, a, high=9, name="s")


def of_a_constant(table, a):
    return table.repeat(3, lambda s: table.map(lambda x, y: (x + y) % 10, s, a, high=9), 4, high=9, name="s")


def never(table, a):
    return table.repeat(0, lambda s: doubled(table, s), a, high=9, name="s")


PROGRAMS = [
    *(one_loop, used_in_a_map_only, in_one_another, after_one_another, swapped, of_a_sum, unchanged, of_a_constant),
    never,
]


def program_of(build):
    table = Table(build.__name__, rows=9)
    table.output("out", build(table, table.input("a", 6)))
    return table.program()


@pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])
@pytest.mark.parametrize("build", PROGRAMS, ids=lambda build: build.__name__)
def test_a_loop_does_what_its_rounds_do(build, tied):
    program, rng = program_of(build), np.random.default_rng(0)
    model = program_to_transformer(program, tied=tied)
    for rows in (1, 2, 6, 9, 9, 9):
        columns = {"a": rng.integers(0, 7, rows)}
        assert np.array_equal(model.run(columns)["out"], interpret(program, columns)["out"])


def test_tied_weights_are_stored_once():
    program = program_of(one_loop)
    tied, untied = (resources(program_to_transformer(program, tied=way)) for way in (True, False))
    assert tied.layers == untied.layers == 5
    assert tied.parameters < untied.parameters
