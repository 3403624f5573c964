"""Row numbers that a layer counts: a causal model that is given nothing of positions, but the start token.

A head adds up 1 over all rows that a row sees: rounded, this is its number i. ReLU layers compute from i what else is
asked of row numbers, by the formulas of `row_numbers`. The square comes from the digits of i: i² = Σ place · digit · i,
where a digit times i is a gate of i for every step of the digit. So units grow as log N, not as N.
Source: that causal attention to a start token tells positions is in arXiv 2503.03961, there by means and layer norm.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from logdepth.arrows.program_to_transformer.plan import Plan
from logdepth.arrows.program_to_transformer.rounding import Rounding, cells_of
from logdepth.arrows.program_to_transformer.row_numbers import FORMULAS, series_of_table
from logdepth.gadgets import INDEX, Affine, Cell, Embedded, Neurons, Read, constant, form
from logdepth.gadgets.heads import sum_error, sum_head
from logdepth.gadgets.relu import Digits, of_rounded, round_digits, total_of
from logdepth.numerics.errors import UsageError, Wording
from logdepth.numerics.formats import Format
from logdepth.transformer import Formula

NAME = "row number"
CHOOSE_TWO = Formula(power=2)


def count_rows(plan: Plan, number_format: Format) -> Plan:
    """The plan with a head that counts, and in the place of all functions of the row number what is computed from it.

    Errors: UsageError for a model that is not causal: its rows see all rows.
    """
    asked = [cell for cell in cells_of(plan) if isinstance(cell, Embedded) and cell.source == INDEX and cell.table.size]
    if not asked:
        return plan
    if not plan.causal:
        raise UsageError(
            f"{plan.name!r} is not causal: every row sees all rows, and cannot count those up to itself.",
            Wording("Give it formulas: {positions}.", positions=FORMULAS),
        )
    most = plan.rows
    read = Read(NAME, 0, most, sum_error(most, most, 1, number_format))
    head = sum_head(f"add up {NAME}", [], [], constant(1), read, None, plan.causal, number_format)
    counted = Counted(most, round_digits(form(read), most, NAME))
    known: dict[Cell, Affine] = {cell: counted.table(cell) for cell in asked}
    rewritten = Rounding({}, known=known).plan(plan)
    first, *others = rewritten.segments
    return replace(rewritten, segments=(replace(first, heads=(head, *first.heads)), *others))


class Counted:
    """Functions of the row number by ReLU layers, from its exact digits; each formula is computed once."""

    def __init__(self, most: int, digits: Digits) -> None:
        self.most, self.digits = most, digits
        self.number = total_of(digits).within(1, most)
        self.known: dict[Formula, Affine] = {}

    def table(self, cell: Embedded) -> Affine:
        """What stands for a function of the row number."""
        total = constant(0)
        for formula, weight in series_of_table(cell.label, cell.table[1:]).items():
            if formula == CHOOSE_TWO and weight % 2 == 0:
                total = total + (self.square - self.number) * (weight // 2)
            else:
                total = total + self.formula(formula) * weight
        return total.within(cell.low, cell.high)

    def formula(self, formula: Formula) -> Affine:
        if formula not in self.known:
            self.known[formula] = self.compute(formula)
        return self.known[formula]

    def compute(self, formula: Formula) -> Affine:
        """A constant, max(i - t, 0) by one unit, or any other function of the digits."""
        if formula.power == 0:
            return constant(1)
        if (formula.power, formula.place, formula.base) == (1, 1, 0):
            start = formula.above + formula.shift
            rest = self.number - constant(start)
            beyond = Neurons(f"{NAME} beyond {start}", 0, max(self.most - start, 0), 0.0, ((1, rest),))
            return form(beyond) if start else self.number
        return of_rounded(self.digits, formula.of(np.arange(self.most + 1)), f"{NAME}: {formula}")

    @cached_property
    def square(self) -> Affine:
        """i², one cell: a gate of i for every step of every digit."""
        terms = [
            (place, self.number - (constant(1) - reached(place, digit, step)) * self.most)
            for place, digit in self.digits
            for step in range(1, digit.high + 1)
        ]
        return form(Neurons(f"{NAME}²", 0, self.most**2, 0.0, tuple(terms)))


def reached(place: int, digit: Affine, step: int) -> Affine:
    """Whether the digit is `step` or more."""
    terms = ((1, digit - constant(step - 1)), (-1, digit - constant(step)))
    return form(Neurons(f"{NAME} / {place} ≥ {step}", 0, 1, 0.0, terms))
