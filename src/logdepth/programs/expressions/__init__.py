"""Arithmetic on columns: `a + 1`, `(a > b) & c`, `table.where(c, a, b)`, and the range of every result."""

from logdepth.programs.expressions.choices import choose, lookup, replace_leaves
from logdepth.programs.expressions.operators import Expression, Operators, operate
from logdepth.programs.expressions.quotients import Quotient, output_names, read_fractions
from logdepth.programs.expressions.row_functions import write_row_function
from logdepth.programs.expressions.terms import Ranged, Term, show

__all__ = [
    "Expression",
    "Operators",
    "Quotient",
    "Ranged",
    "Term",
    "choose",
    "lookup",
    "operate",
    "output_names",
    "read_fractions",
    "replace_leaves",
    "show",
    "write_row_function",
]
