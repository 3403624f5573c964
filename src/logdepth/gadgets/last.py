"""The last match not after a row that every row names: a head for every digit, and the nearest of what they find.

Write the number P of the named row and j of another one in some base. j ≤ P says that j is P or less at the lowest
digit, or less at a higher one, and equal above. So a head for each digit looks for the last match among its rows: one
selection, since these rows are a conjunction of equal digits and one comparison. The rows of a lower digit agree with P
in more digits, so they come after those of a higher one. Of all that the heads find, the lowest digit's is the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from logdepth.gadgets.cells import Affine, Head, Neurons, Read, constant, form
from logdepth.gadgets.heads import LOSS, exclude, finish, fitting, match, most_compared, radices
from logdepth.gadgets.relations import Way, less
from logdepth.gadgets.relu import univariate
from logdepth.numerics.formats import Format
from logdepth.theory.k_hop import DIGIT_BASE
from logdepth.theory.logarithm import ceil_div, count_digits

BASE = DIGIT_BASE
"""A head has BASE - 1 dimensions for the digit that it compares: more heads, or wider ones."""


def digits_until(rows: int) -> int:
    """Heads for a row number of at most `rows`, or 0."""
    return count_digits(rows, BASE)


def ways_until(index: Affine, until: Affine) -> list[Way]:
    """A way to be no later for every digit, the lowest first; none where no row can be."""
    return less(index, until, of_key=True, or_equal=True, most_digit=BASE)[::-1]


def last_head(
    label: str,
    way: Way,
    query: Sequence[Affine],
    key: Sequence[Affine],
    values: Sequence[Affine],
    outputs: Sequence[Read],
    index: Affine,
    where: Affine | None,
    causal: bool,
    number_format: Format,
) -> Head:
    """Read `values` from the last row whose key equals the query, of those that the way allows; else zeros.

    As `select_head`, whose score is the row number: a row that is not in the way loses as one of another key does.
    """
    penalty = index.high + 1
    most = [most_compared(q, k) for q, k in zip(query, key, strict=True)]
    scale = ceil_div(penalty, LOSS)

    def candidates() -> Iterator[Head]:
        for radix in radices(most, number_format):
            queries, keys, from_key, from_query = match(query, key, radix, penalty, number_format)
            queries += [*way.queries, constant(1), from_query + way.from_query * scale]
            keys += [k * scale for k in way.keys]
            keys += [from_key + way.from_key * scale + index + exclude(where, penalty), constant(-1)]
            yield finish(f"{label}: {way.label}", queries, keys, values, outputs, causal, unit=number_format.gap)

    return fitting(candidates(), number_format)


def nearest(marks: Sequence[Affine], read: Sequence[Affine], high: int, label: str, number_format: Format) -> Affine:
    """Of what the heads have read, the lowest digit first, that of the first one that found a row; 0 if none did.

    marks: 1 or more of a head that found a row, else 0; read: 0..high. Σ relu(read - high · marks before).
    """
    if high * sum(mark.high for mark in marks) >= number_format.exact // 2:
        marks = [univariate(mark, lambda v: v.clip(0, 1), f"{label} found") for mark in marks]
    terms, before = [], constant(0)
    for mark, value in zip(marks, read, strict=True):
        terms.append((1, value - before * high))
        before = before + mark
    return form(Neurons(label, 0, high, 0.0, tuple(terms)))
