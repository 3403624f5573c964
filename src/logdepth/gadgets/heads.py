"""Attention heads that are exact: `select_head` and `pull_head` read one row, `sum_head` and `rank_heads` add up rows.

A head is a bilinear score in whole units and a softmax at `unit` per unit; a row that loses by one unit of `Format.gap`
gets weight 0. The start token is the default: whoever finds nothing reads it, and it holds zeros.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp

import numpy as np

from logdepth.gadgets.cells import ONE, START, Affine, Head, Read, constant, form
from logdepth.gadgets.codes import Radix, digits, norm
from logdepth.gadgets.relu import univariate
from logdepth.numerics.errors import UsageError
from logdepth.numerics.formats import Format

RANK_BASE = 4  # digits of a rank comparison: 3 thermometer cells each, one head each


class CapacityExceeded(UsageError):
    """The format cannot carry the numbers of a head or a layer exactly."""


def radices(most: Sequence[int]) -> Iterator[tuple[Radix, ...]]:
    """Codes for several columns matched at once, from fewest dimensions to fewest bits."""
    for count in range(1, max(1, max(most).bit_length()) + 1):
        yield tuple(Radix(m, min(count, max(1, m.bit_length()))) for m in most)


def fitting(heads: Iterator[Head], form: Format) -> Head:
    """The first head whose scores the format carries exactly."""
    tightest = None
    for head in heads:
        if head.magnitude < form.exact:
            return head
        tightest = head if tightest is None or head.magnitude < tightest.magnitude else tightest
    assert tightest is not None, "there is at least one code"
    raise CapacityExceeded(
        f"the scores of head {tightest.label!r} need {tightest.magnitude.bit_length()} bits "
        f"and {form.name} has {form.mantissa_bits}"
    )


def match(
    query: Sequence[Affine], key: Sequence[Affine], radix: Sequence[Radix], penalty: int
) -> tuple[list[Affine], list[Affine], Affine, Affine]:
    """Score terms of -penalty · Σ |q - k|².

    Returns the query and key vectors, what the key adds for every query, and what the query subtracts for every key.
    """
    queries: list[Affine] = []
    keys: list[Affine] = []
    from_key, from_query = constant(0), constant(0)
    for q, k, r in zip(query, key, radix, strict=True):
        if q.constant is not None and q.constant == k.constant:
            continue
        for q_digit, k_digit in zip(digits(q, r, name_of(q)), digits(k, r, name_of(k)), strict=True):
            factor = 2 * penalty  # goes to the side whose partial sums are smaller
            on_query = q_digit.magnitude < k_digit.magnitude
            queries.append(q_digit * factor if on_query else q_digit)
            keys.append(k_digit if on_query else k_digit * factor)
        from_key -= norm(k, r, name_of(k)) * penalty
        from_query += norm(q, r, name_of(q)) * penalty
    return queries, keys, from_key, from_query


def name_of(x: Affine) -> str:
    """What to call a form in the labels of cells computed from it."""
    return " + ".join(cell.label for cell in x.weights if cell is not ONE) or str(x.constant)


def select_head(
    label: str,
    query: Sequence[Affine],
    key: Sequence[Affine],
    values: Sequence[Affine],
    outputs: Sequence[Read],
    score: Affine,
    most_score: int,
    where: Affine | None,
    causal: bool,
    form_: Format,
) -> Head:
    """Read `values` from the matching row of highest score (1..most_score, distinct among matches); else zeros.

    -penalty · |q - k|² + score lies in 1..most_score on a match and below 0 otherwise; the start token scores 0.
    """
    penalty = most_score + 1
    most = [min(q.high, k.high) for q, k in zip(query, key, strict=True)]

    def candidates() -> Iterator[Head]:
        for radix in radices(most):
            queries, keys, from_key, from_query = match(query, key, radix, penalty)
            queries.append(constant(1))
            keys.append(from_key + score + (constant(0) if where is None else (where - constant(1)) * penalty))
            if from_query.weights:
                queries.append(from_query)
                keys.append(constant(-1))
            yield finish(label, queries, keys, values, outputs, form_.gap, 0, 1, causal)

    return fitting(candidates(), form_)


def pull_head(
    label: str,
    address: Affine,
    index: Affine,
    values: Sequence[Affine],
    outputs: Sequence[Read],
    causal: bool,
    form_: Format,
) -> Head:
    """Read `values` from row `address`; the start token is row 0.

    The score 2 q k - k² is highest, by one unit, where k = q.
    """
    most = min(address.high, index.high)

    def candidates() -> Iterator[Head]:
        for radix in radices([most]):
            queries, keys, from_key, _ = match([address], [index], radix, 1)
            yield finish(label, [*queries, constant(1)], [*keys, from_key], values, outputs, form_.gap, 0, 1, causal)

    return fitting(candidates(), form_)


def sum_head(
    label: str,
    query: Sequence[Affine],
    key: Sequence[Affine],
    value: Affine,
    output: Read,
    where: Affine | None,
    causal: bool,
    form_: Format,
) -> Head:
    """Add `value` over the rows that match.

    A row that matches has weight 1, any other 0, and the start token W = exp(sink), far more than all rows together:
    what is read is Σ value / (W + matches), so W times it is the sum, linear, up to the error that `sum_error` bounds.
    """
    most = [min(q.high, k.high) for q, k in zip(query, key, strict=True)]

    def candidates() -> Iterator[Head]:
        for radix in radices(most or [0]):
            queries, keys, from_key, from_query = match(query, key, radix[: len(query)], 4)
            queries.append(constant(1))
            keys.append(from_key + form(START) + (constant(0) if where is None else (where - constant(1)) * 4))
            if from_query.weights:
                queries.append(from_query)
                keys.append(constant(-1))
            yield finish(label, queries, keys, (value,), (output,), form_.sink, form_.sink, 4, causal)

    return fitting(candidates(), form_)


def sum_error(most: int, rows: int, largest: int, form_: Format) -> float:
    """How far a sum of at most `most`, over at most `rows` values of at most `largest`, can be off.

    Adding in whatever order errs by at most u times the sum of all partial sums, each at most min(i · largest, most);
    zeros cost nothing. Eight more roundings are in the weights and the scale; the sink bends the line by less than
    most · rows / W. Raises CapacityExceeded from 1/4 on.
    Source: Higham, Accuracy and Stability of Numerical Algorithms, section 4.2.
    """
    most = min(most, rows * largest)
    terms = min(rows, most)
    partial_sums = terms * most - most * most / (2 * max(1, largest)) + 8 * most
    error = partial_sums * form_.unit_roundoff + most * rows * exp(-form_.sink)
    if error >= 0.25:
        raise CapacityExceeded(
            f"a sum up to {most} of {rows} rows can be off by {error:.2g} in {form_.name}, more than 1/4"
        )
    return error


def rank_heads(label: str, key: Affine, index: Affine, output: Read, form_: Format) -> list[Head]:
    """Count the rows before me in the order of (key, row number), digit by digit.

    For each digit one head adds 1 for every row with the same higher digits and a smaller digit here. All heads add
    into one output.
    """
    places = [(key, "key", place) for place in range(width_in_digits(key.high) - 1, -1, -1)]
    places += [(index, "row", place) for place in range(width_in_digits(index.high) - 1, -1, -1)]
    above: list[list[Affine]] = []
    heads = []
    for number, name, place in places:
        steps = thermometer(number, place, name)
        queries, keys = list(steps), [k * 4 for k in exactly_at(steps)]
        shared = constant(-4)
        own = constant(0)
        for digit in above:
            value = total(digit, [1] * len(digit))
            square = total(digit, range(1, 2 * len(digit), 2))
            queries.append(value)
            keys.append(value * 8)
            shared -= square * 4
            own += square * 4
        queries += [constant(1), own]
        keys += [shared + form(START), constant(-1)]
        title = f"{label}: digit {place} of {name}"
        heads.append(finish(title, queries, keys, (constant(1),), (output,), form_.sink, form_.sink, 4, False))
        above.append(list(steps))
    return [fitting(iter([head]), form_) for head in heads]


def width_in_digits(high: int) -> int:
    count = 1
    while RANK_BASE**count <= high:
        count += 1
    return count


def thermometer(x: Affine, place: int, label: str) -> tuple[Affine, ...]:
    """[digit > 0], [digit > 1], …: the digit of x at a place, in base RANK_BASE."""
    unit = RANK_BASE**place

    def above(step: int) -> Affine:
        return univariate(
            x, lambda v: (v // unit % RANK_BASE > step).astype(np.int64), f"{label} digit {place} > {step}"
        )

    return tuple(above(step) for step in range(RANK_BASE - 1))


def exactly_at(steps: Sequence[Affine]) -> list[Affine]:
    """[digit = 0], [digit = 1], … up to the last but one digit, which is never smaller than another."""
    below = [constant(1), *steps]
    return [below[i] - below[i + 1] for i in range(len(steps))]


def total(forms: Sequence[Affine], factors: Sequence[int]) -> Affine:
    result = constant(0)
    for item, factor in zip(forms, factors, strict=True):
        result = result + item * factor
    return result


def finish(
    label: str,
    queries: list[Affine],
    keys: list[Affine],
    values: Sequence[Affine],
    outputs: Sequence[Read],
    unit: int,
    gain: int,
    lead: int,
    causal: bool,
) -> Head:
    """The head, with one more dimension in which the start token finds itself: as a query it must read nothing either.

    In a causal model it sees no other token anyway.
    """
    if not causal:
        queries, keys = [*queries, form(START)], [*keys, form(START) * lead]
    used = [(q, k) for q, k in zip(queries, keys, strict=True) if q.weights and k.weights]
    return Head(label, tuple(q for q, _ in used), tuple(k for _, k in used), tuple(values), tuple(outputs), unit, gain)
