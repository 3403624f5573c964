"""The value of a Boolean formula in 3 + 2 ⌈log2 L⌉ layers, L leaves, by tree contraction.

The formula is in Polish notation, one letter a row. `height` of a row is the number of operands that are still missing
before it, less 1: an operator adds one, a leaf takes one. The formula ends at the first row where none is missing. The
parent of a row is the operator just before it, or, after a leaf, the last row before it of the same height: all rows
between belong to the first operand of that row.

Every row keeps a function of one bit, as its values `f(0)` and `f(1)`. What is below a row gives a bit, and the
function of this bit is what the row gives to its parent. A leaf has a constant function. To *rake* a leaf is to take it
and its parent away. Its sibling takes the place of the parent, and its function becomes x -> p(c ∘ f(x)), for the
constant c of the leaf, the operator ∘ and the function p of the parent. Leaves are numbered from 0, from left to right.
A round rakes all odd leaves, first those that are left operands, then those that are right ones, and halves the numbers
of the rest. So ⌈log2 L⌉ rounds leave one leaf, whose constant is the value.

Why rakes do not meet: two at once could meet only if the sibling of one leaf is the parent of the other. Both leaves
are on the same side, so they follow one another in the order of leaves, and cannot both be odd. For the same reason the
sibling of a raked leaf is no odd leaf, and no odd right leaf changes its side while left ones are raked.

A step is one layer: a row reads its parent, and by a second head the raked leaf that has the same parent.
Source: Abrahamson, Dadoun, Kirkpatrick, Przytycka 1989, "A simple parallel tree contraction algorithm".
"""

from __future__ import annotations

from typing import Any

from logdepth.programs import Column, Program, Table
from logdepth.theory.automata import contraction_rounds

FORMULA_IN_WORDS = (
    "A formula is a tree, and its value is found by tree contraction. A round takes away every second leaf, together"
    " with the operator above it. The other operand moves up, and keeps a function of one bit: what the operators above"
    " it, as far as they are gone, make of its value. One of <i>L</i> leaves is left after ⌈log₂ <i>L</i>⌉ rounds."
    " After Abrahamson, Dadoun, Kirkpatrick and Przytycka (1989)."
)


def formula(rows: int) -> Program:
    """Output `answer`: 1 in the row in which a formula ends that begins in row 1, if it is true."""
    table = Table("language", rows)
    token = table.input("token", letters="&|^01")
    leaf = table.column(token >= 4, name="is a leaf")
    leaves = table.prefix_sum(leaf, name="leaves so far")
    after_leaf = table.shift(leaf, 1, name="after a leaf")
    parent, end = grow(table, leaf, leaves, after_leaf)
    low, high = table.column(token == "1", name="f(0)"), table.column(token != "0", name="f(1)")
    rounds = contraction_rounds(rows)
    if rounds:
        digits = digits_of(table, leaf, leaves, end, rounds)
        state = ("parent", "is right", "f(0)", "f(1)", *(digit.name for digit in digits))

        def contract(*columns: Column) -> tuple[Any, ...]:
            return contract_once(table, token, *columns)

        start = (parent, after_leaf, low, high, *digits)
        _, _, low, *_ = table.repeat(rounds, contract, start, high=(rows, *[1] * (3 + rounds)), name=state)
    first = table.column(leaf & (leaves == 1), name="is the first leaf")
    value = table.select(query=1, key=first, values=low, distinct=True, name="value")
    table.output("answer", (table.index == end) & value)
    return table.program()


def grow(table: Table, leaf: Column, leaves: Column, after_leaf: Column) -> tuple[Column, Column]:
    """Every row's parent, 0 of the root and beyond the end; and where the formula ends, 0 if it does not."""
    height = table.column(table.index - 2 * leaves + 2 * leaf + 2 * table.rows, name="height")
    ends = table.column(2 * leaves == table.index + 1, name="none is missing")
    end = table.select(query=1, key=ends, values=table.index, name="end")
    row_before = table.index - 1
    partner = table.last(table.index, query=height, key=height, until=row_before, name="operator of the same height")
    above = table.where(after_leaf, partner, row_before)
    parent = table.where((table.index <= end) & (table.index > 1), above, 0)
    return table.column(parent, table.rows, name="parent"), end


def digits_of(table: Table, leaf: Column, leaves: Column, end: Column, count: int) -> list[Column]:
    """The binary digits of the number of a leaf, from 0, the lowest first; zeros elsewhere."""
    numbers = [0, *range(table.rows)]
    inside = table.column(leaf & (table.index <= end), name="is a leaf of it")
    return [
        table.column(
            table.lookup([number >> place & 1 for number in numbers], leaves) & inside,
            name=f"digit {place} of its number",
        )
        for place in range(count)
    ]


def contract_once(
    table: Table, token: Column, parent: Column, right: Column, low: Column, high: Column, *digits: Column
) -> tuple[Any, ...]:
    """A round: rake the odd leaves on the left, then those on the right, and halve the numbers."""
    odd: Any = digits[0]
    left = table.column(odd & ~right, name="raked")
    parent, right, low, high = rake(table, token, left, parent, right, low, high)
    rest = table.column(odd & ~left & right, name="raked")
    parent, right, low, high = rake(table, token, rest, parent, right, low, high)
    return parent, right, low, high, *(table.column(digit & ~odd, name=digit.name) for digit in digits[1:]), 0


def rake(
    table: Table, token: Column, raked: Column, parent: Column, right: Column, low: Column, high: Column
) -> tuple[Column, Column, Column, Column]:
    """Parent, side and function of every row after the rows `raked` and their parents are gone."""
    heard = table.select(
        query=parent, key=parent, values=1 + low, where=raked, distinct=True, name="1 + leaf beside me"
    )
    sign = [token == "&", token == "^"]
    names = ("parent is &", "parent is ^", "its f(0)", "its f(1)", "grandparent", "its side")
    conjunction, exclusive, above_0, above_1, grandparent, side = table.pull(
        parent, [*sign, low, high, parent, right], name=names
    )
    gone, one = heard > 0, heard > 1
    joined = [one & ~conjunction, table.where(one, ~exclusive, ~conjunction)]  # c ∘ 0 and c ∘ 1

    def after(bit: Column) -> Column:
        through = table.column(table.where(bit, joined[1], joined[0]), name="through the operator")
        return table.column(table.where(gone, table.where(through, above_1, above_0), bit), name=bit.name)

    return (
        table.column(table.where(gone, grandparent, parent), table.rows, name="parent"),
        table.column(table.where(gone, side, right), 1, name="is right"),
        after(low),
        after(high),
    )
