"""Matches other than equality in a head that adds: comparisons, digit by digit, and any table.

A match scores 0 and anything else -LOSS or less, as in `sum_head`. All matches score alike, so the scores of a
comparison of numbers below b are a triangle, of rank b - 1: a head needs as many dimensions. Larger numbers take a head
for every digit: the one at which the lesser number is less, below digits that are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from logdepth.gadgets.cells import START, Affine, Head, Read, constant, form
from logdepth.gadgets.codes import Radix
from logdepth.gadgets.heads import LOSS, adding, exactly_at, exclude, fitting, match, name_of, radices, total
from logdepth.gadgets.relu import univariate
from logdepth.numerics.formats import Format

COMPARISON_BASE = 16  # of the digits of a comparison: up to so many numbers take one head

Relation = str | np.ndarray  # "==", "<", "<=", ">", ">=", or table[key, query] of 0 and 1


@dataclass(frozen=True, eq=False)
class Way:
    """One way to match: Σ query · key + from_key - from_query is 0 for a key that does so, else -LOSS or less."""

    queries: tuple[Affine, ...] = ()
    keys: tuple[Affine, ...] = ()
    from_key: Affine = field(default_factory=Affine)
    from_query: Affine = field(default_factory=Affine)
    label: str = ""


def ways_to_match(relation: Relation, query: Affine, key: Affine) -> list[Way]:
    """The ways of which a key that matches is in one, and another in none."""
    if not isinstance(relation, str):
        return [by_table(relation, query, key)]
    if relation in ("<", "<="):
        return less(key, query, of_key=True, or_equal=relation == "<=")
    return less(query, key, of_key=False, or_equal=relation == ">=")


def less(x: Affine, y: Affine, of_key: bool, or_equal: bool, most_digit: int = COMPARISON_BASE) -> list[Way]:
    """x < y, or x ≤ y, where x belongs to the key, or to the query: a way for every digit at which x may be less.

    The digits are those of a base of at most `most_digit`, the highest first.
    """
    if x.low > y.high - (not or_equal):
        return []
    least = min(x.low, y.low)  # beyond it and `most` all numbers of a side compare alike
    most = min(x.high, y.high + 1) if or_equal else min(x.high + 1, y.high)
    most, count = most - least, 1
    while most_digit**count <= most:
        count += 1
    base = Radix(most, count).base

    def digit(z: Affine, place: int) -> Steps:
        return thermometer(z - constant(least), most, base, place, name_of(z))

    digits = [(digit(x, place), digit(y, place)) for place in reversed(range(count))]
    last = count - 1
    return [less_at(digits[:n], *digits[n], of_key, or_equal and n == last) for n in range(count)]


Steps = list[Affine]  # [digit > 0], [digit > 1], …


def thermometer(x: Affine, most: int, base: int, place: int, label: str) -> Steps:
    """A digit of x, which is taken for 0 below 0 and for `most` beyond it."""
    unit = base**place

    def above(step: int) -> Callable[[np.ndarray], np.ndarray]:
        return lambda v: (np.clip(v, 0, most) // unit % base > step).astype(np.int64)

    steps = range(min(base - 1, most // unit))
    return [univariate(x, above(step), f"{label} digit {place} > {step}") for step in steps]


def less_at(above: Sequence[tuple[Steps, Steps]], x: Steps, y: Steps, of_key: bool, or_equal: bool) -> Way:
    """The digit of x is less than that of y, or equal, and the digits above are equal.

    x ≤ y says that y is not less.
    """
    one_hot, steps = (exactly_at(y), x) if or_equal else (exactly_at(x), y)
    queries, keys = (list(steps), one_hot) if of_key != or_equal else (one_hot, list(steps))
    keys = [key * (-LOSS if or_equal else LOSS) for key in keys]
    from_key, from_query = constant(0 if or_equal else -LOSS), constant(0)
    for pair in above:
        mine, other = pair[::-1] if of_key else pair
        queries.append(total(mine, [1] * len(mine)))
        keys.append(total(other, [2 * LOSS] * len(other)))
        from_key -= total(other, squares(other)) * LOSS
        from_query += total(mine, squares(mine)) * LOSS
    return Way(tuple(queries), tuple(keys), from_key, from_query, f"digit {len(above)}")


def squares(steps: Steps) -> range:
    """The square of a digit is Σ (2 s + 1) [digit > s]."""
    return range(1, 2 * len(steps), 2)


def by_table(table: np.ndarray, query: Affine, key: Affine) -> Way:
    """Any table: one side says which of the different lines it has, and the other what each of them says of it."""
    lines, line_of_key = np.unique(table, axis=0, return_inverse=True)
    columns, column_of_query = np.unique(table.T, axis=0, return_inverse=True)
    if len(lines) <= len(columns):
        keys = [looked_up(key, line_of_key.ravel() == n, f"line {n}") * LOSS for n in range(1, len(lines))]
        queries = [looked_up(query, line - lines[0], f"said by line {n}") for n, line in enumerate(lines[1:], start=1)]
        first = looked_up(query, lines[0], "said by line 0")
        return Way(tuple(queries), tuple(keys), constant(-LOSS), first * -LOSS, "table")
    queries = [looked_up(query, column_of_query.ravel() == n, f"line {n}") for n in range(1, len(columns))]
    keys = [
        looked_up(key, column - columns[0], f"said by line {n}") * LOSS for n, column in enumerate(columns[1:], start=1)
    ]
    first = looked_up(key, columns[0], "said by line 0")
    return Way(tuple(queries), tuple(keys), (first - constant(1)) * LOSS, constant(0), "table")


def looked_up(x: Affine, table: np.ndarray, label: str) -> Affine:
    entries = table.astype(np.int64)
    return univariate(x, lambda v: entries[v], f"{name_of(x)} {label}")


def ways_to_match_all(
    relations: Sequence[Relation], query: Sequence[Affine], key: Sequence[Affine]
) -> list[tuple[Way, ...]]:
    """A way for every part that is not compared by equality, in every combination."""
    parts = zip(relations, query, key, strict=True)
    return list(product(*(ways_to_match(*part) for part in parts if not is_equality(part[0]))))


def is_equality(relation: Relation) -> bool:
    return isinstance(relation, str) and relation == "=="


def related_head(
    label: str,
    ways: Sequence[Way],
    query: Sequence[Affine],
    key: Sequence[Affine],
    value: Affine,
    output: Read,
    where: Affine | None,
    causal: bool,
    number_format: Format,
) -> Head:
    """Add `value` over the rows whose key equals the query, and that match in all these ways besides."""
    most = [min(q.high, k.high) for q, k in zip(query, key, strict=True)]

    def candidates() -> Iterator[Head]:
        for radix in radices(most or [0], number_format):
            queries, keys, from_key, from_query = match(query, key, radix[: len(query)], LOSS, number_format)
            for way in ways:
                queries, keys = [*queries, *way.queries], [*keys, *way.keys]
                from_key, from_query = from_key + way.from_key, from_query + way.from_query
            queries += [constant(1), from_query]
            keys += [from_key + form(START) + exclude(where, LOSS), constant(-1)]
            name = ": ".join([label, *(way.label for way in ways)])
            yield adding(name, queries, keys, value, output, causal, number_format)

    return fitting(candidates(), number_format)
