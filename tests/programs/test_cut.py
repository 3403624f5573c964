"""A program cut short: its loops end early, and nothing else changes."""

import numpy as np
import pytest

from logdepth import Table, UsageError, compile_program, interpret
from logdepth.programs import cut_loops


def doubling(turns):
    table = Table("double", rows=2)
    number = table.input("number", high=3)
    doubled = table.repeat(turns, lambda x: table.map(lambda v: 2 * v % 97, x, high=96), number, high=96, name="x")
    table.output("doubled", doubled + 1)
    return table.program()


@pytest.mark.parametrize("turns", [0, 1, 3, 5, 9])
def test_a_loop_ends_after_so_many_turns_and_what_follows_stays(turns):
    columns = {"number": np.array([3, 1])}
    short, right = cut_loops(doubling(5), turns), interpret(doubling(min(turns, 5)), columns)
    for run in (short.run, compile_program(short).run):
        assert (
            run(columns)["doubled"].tolist()
            == right["doubled"].tolist()
            == [3 * 2 ** min(turns, 5) + 1, 2 ** min(turns, 5) + 1]
        )


def test_loops_within_loops_are_cut_too():
    table = Table("nested", rows=1)
    number = table.input("number", high=1)

    def outer(x):
        return table.repeat(3, lambda y: table.map(lambda v: v + 1, y, high=20), x, high=20, name="inner")

    table.output("sum", table.repeat(4, outer, number, high=20, name="outer"))
    columns = {"number": np.array([0])}
    assert table.program().run(columns)["sum"].tolist() == [12]
    assert cut_loops(table, 2).run(columns)["sum"].tolist() == [4]


def test_a_program_without_a_loop_and_fewer_than_no_turns_are_refused():
    table = Table("plain", rows=1)
    table.output("same", table.input("number", high=1))
    with pytest.raises(UsageError, match="program 'plain' has no loop to cut"):
        cut_loops(table, 1)
    with pytest.raises(UsageError, match="got -1"):
        cut_loops(doubling(2), -1)
