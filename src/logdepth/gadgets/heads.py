"""Attention heads that are exact: `select_head` and `pull_head` read one row, `sum_head` and `rank_heads` add up rows.

A head is a bilinear score in whole units and a softmax at `unit` per unit; a row that loses by one unit of `Format.gap`
gets weight 0. The start token is the default: a row that finds no match reads it, and it holds zeros.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp

import numpy as np

from logdepth.gadgets.cells import INDEX, ONE, START, Affine, Head, Neurons, Read, constant, form
from logdepth.gadgets.codes import Radix, digits, norm
from logdepth.gadgets.relu import embed, univariate
from logdepth.numerics.errors import CapacityExceeded
from logdepth.numerics.formats import Format
from logdepth.theory.logarithm import count_digits

LOSS = 4  # units of `sink`, a quarter of `gap`, by which a row that does not match loses in a head that adds
SMALL = 255  # numbers whose squares cost few bits of a score
RANK_BASE = 4  # digits of a rank comparison: 3 thermometer cells each, one head each


def radices(most: Sequence[int], number_format: Format) -> Iterator[tuple[Radix, ...]]:
    """Codes for several columns matched at once, from fewest dimensions to fewest bits."""
    bits = max(1, max(most).bit_length())
    for count in range(1, min(bits, number_format.most_digits or bits) + 1):
        yield tuple(Radix(m, min(count, max(1, m.bit_length()))) for m in most)


def fitting(heads: Iterator[Head], number_format: Format) -> Head:
    """The first head whose scores the format carries exactly."""
    tightest = None
    for head in heads:
        if head.magnitude < number_format.exact:
            return head
        tightest = head if tightest is None or head.magnitude < tightest.magnitude else tightest
    assert tightest is not None, "there is at least one code"
    raise CapacityExceeded(
        f"the scores of head {tightest.label!r} need {tightest.magnitude.bit_length()} bits "
        f"and {number_format.name} has {number_format.mantissa_bits}"
    )


def match(
    query: Sequence[Affine], key: Sequence[Affine], radix: Sequence[Radix], penalty: int, number_format: Format
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
        of_query, of_key = multiply(q, k, r, penalty)
        queries += of_query
        keys += of_key
        from_key -= norm(k, r, name_of(k), number_format.exact) * penalty
        from_query += norm(q, r, name_of(q), number_format.exact) * penalty
    return queries, keys, from_key, from_query


def multiply(query: Affine, key: Affine, radix: Radix, penalty: int) -> tuple[list[Affine], list[Affine]]:
    """Score terms of 2 · penalty · q · k, digit by digit."""
    queries, keys = [], []
    for q, k in zip(digits(query, radix, name_of(query)), digits(key, radix, name_of(key)), strict=True):
        factor = 2 * penalty  # goes to the side whose partial sums are smaller
        on_query = q.magnitude < k.magnitude
        queries.append(q * factor if on_query else q)
        keys.append(k if on_query else k * factor)
    return queries, keys


def most_compared(query: Affine, key: Affine) -> int:
    """Up to where numbers have to be told apart: beyond the smaller of the two highest nothing matches.

    A constant is compared with small numbers as they are: cells that are cut off at it would serve no other head.
    """
    if query.constant is not None and key.high <= SMALL:
        return key.high
    return min(query.high, key.high)


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
    number_format: Format,
) -> Head:
    """Read `values` from the matching row of highest score (1..most_score, distinct among matches); else zeros.

    -penalty · |q - k|² + score lies in 1..most_score on a match and below 0 otherwise; the start token scores 0.
    """
    penalty = most_score + 1
    most = [most_compared(q, k) for q, k in zip(query, key, strict=True)]

    def candidates() -> Iterator[Head]:
        for radix in radices(most, number_format):
            queries, keys, from_key, from_query = match(query, key, radix, penalty, number_format)
            queries += [constant(1), from_query]
            keys += [from_key + score + exclude(where, penalty), constant(-1)]
            yield finish(label, queries, keys, values, outputs, causal, unit=number_format.gap)

    return fitting(candidates(), number_format)


def pull_head(
    label: str,
    address: Affine,
    index: Affine,
    values: Sequence[Affine],
    outputs: Sequence[Read],
    causal: bool,
    number_format: Format,
    most: int,
) -> Head:
    """Read `values` from row `address`; the start token is row 0. most: rows beyond it are in no code.

    The score 2 q k - k² is highest, by one unit, where k = q. It needs no q², which has a neuron for every address.
    """

    def candidates() -> Iterator[Head]:
        for (radix,) in radices([most], number_format):
            queries, keys = multiply(address, index, radix, 1)
            squares = norm(index, radix, name_of(index), number_format.exact)
            queries, keys = [*queries, constant(1)], [*keys, squares * -1]
            yield finish(label, queries, keys, values, outputs, causal, unit=number_format.gap)

    return fitting(candidates(), number_format)


def sum_head(
    label: str,
    query: Sequence[Affine],
    key: Sequence[Affine],
    value: Affine,
    output: Read,
    where: Affine | None,
    causal: bool,
    number_format: Format,
) -> Head:
    """Add `value` over the rows that match.

    A row that matches has weight 1, any other 0, and the start token W = exp(sink), far more than all rows together:
    what is read is Σ value / (W + matches), so W times it is the sum, linear, up to the error that `sum_error` bounds.
    """
    most = [min(q.high, k.high) for q, k in zip(query, key, strict=True)]

    def candidates() -> Iterator[Head]:
        for radix in radices(most or [0], number_format):
            queries, keys, from_key, from_query = match(query, key, radix[: len(query)], LOSS, number_format)
            queries += [constant(1), from_query]
            keys += [from_key + form(START) + exclude(where, LOSS), constant(-1)]
            yield adding(label, queries, keys, value, output, causal, number_format)

    return fitting(candidates(), number_format)


def sum_error(most: int, rows: int, largest: int, number_format: Format, heads: int = 1) -> float:
    """How far a sum of at most `most`, over at most `rows` values of at most `largest`, can be off.

    Adding in whatever order errs by at most u times the sum of all partial sums, each at most min(i · largest, most);
    zeros cost nothing. Eight more roundings are in the weights and the scale, and one for every head but one that adds
    a part of it; the sink bends the line by less than most · rows / W. Raises CapacityExceeded from 1/4 on.
    Source: Higham, Accuracy and Stability of Numerical Algorithms, section 4.2.
    """
    most = min(most, rows * largest)
    terms = min(rows, most)
    partial_sums = terms * most - most * most / (2 * max(1, largest)) + (7 + heads) * most
    error = partial_sums * number_format.unit_roundoff + most * rows * exp(-number_format.sink)
    if error >= 0.25:
        raise CapacityExceeded(
            f"a sum up to {most} of {rows} rows can be off by {error:.2g} in {number_format.name}, more than 1/4"
        )
    return error


def spread_head(
    label: str,
    index: Affine,
    destinations: Sequence[Affine],
    values: Sequence[Affine],
    outputs: Sequence[Read],
    number_format: Format,
) -> Head:
    """Add `values` over the rows that have my number among their destinations: one head, a dimension for every row.

    The query is the one-hot code of my number, and the key the indicator of the set of destinations, as 1 - relu(1 -
    how often), since one may be named several times. In place of the random vectors of Proposition B.1 (arXiv
    2402.09268), which are narrower only where rows are many more than 4 s² log rows.
    """
    rows = range(1, index.high + 1)
    queries = [embed(INDEX, np.eye(index.high + 1, dtype=np.int64)[row], f"row {row}") for row in rows]
    keys = [name(destinations, row) * LOSS for row in rows]
    queries.append(constant(1))
    keys.append(form(START) - constant(LOSS))
    sink = number_format.sink
    head = finish(label, queries, keys, values, outputs, False, unit=sink, gain=sink, lead=LOSS)
    return fitting(iter([head]), number_format)


def name(destinations: Sequence[Affine], row: int) -> Affine:
    """1 if `row` is among the destinations, else 0."""
    terms = [
        (weight, to - constant(row + step))
        for to in destinations
        if to.high >= row
        for weight, step in ((1, -1), (-2, 0), (1, 1))
    ]
    if not terms:
        return constant(0)
    times = form(Neurons(f"names row {row}", 0, len(destinations), 0.0, tuple(terms)))
    if len(destinations) == 1:
        return times
    return constant(1) - form(Neurons(f"names not row {row}", 0, 1, 0.0, ((1, constant(1) - times),)))


def rank_heads(label: str, key: Affine, index: Affine, output: Read, number_format: Format) -> list[Head]:
    """Count the rows before me in the order of (key, row number), digit by digit.

    For each digit one head adds 1 for every row with the same higher digits and a smaller digit here. All heads add
    into one output.
    """
    places = [*places_of(key, "key"), *places_of(index, "row")]
    return [smaller_head(label, places[:i], places[i], output, None, number_format) for i in range(len(places))]


def earlier_heads(
    label: str, key: Affine, index: Affine, output: Read, where: Affine | None, number_format: Format
) -> list[Head]:
    """Count the rows before me that hold my key (and `where`), digit by digit of the row number."""
    places = places_of(index, "row")
    return [
        smaller_head(label, places[:i], places[i], output, where, number_format, same=[key]) for i in range(len(places))
    ]


Place = tuple[str, tuple[Affine, ...]]  # what a digit is called, and its thermometer


def places_of(x: Affine, name: str) -> list[Place]:
    """The digits of a number in base RANK_BASE, most significant first."""
    places = reversed(range(count_digits(x.high, RANK_BASE)))
    return [(f"digit {place} of {name}", thermometer(x, place, name)) for place in places]


def smaller_head(
    label: str,
    alike: Sequence[Place],
    here: Place,
    output: Read,
    where: Affine | None,
    number_format: Format,
    same: Sequence[Affine] = (),
) -> Head:
    """Count the rows (with `where`, and the numbers that I hold in `same`) whose digits are mine in the places `alike`,
    and whose digit is smaller `here`."""
    title, steps = here

    def candidates() -> Iterator[Head]:
        for radix in radices([number.high for number in same] or [0], number_format):
            queries, keys, shared, own = match(same, same, radix[: len(same)], LOSS, number_format)
            for _, digit in alike:
                value = total(digit, [1] * len(digit))
                square = total(digit, range(1, 2 * len(digit), 2))
                queries.append(value)
                keys.append(value * (2 * LOSS))
                shared -= square * LOSS
                own += square * LOSS
            queries += [*steps, constant(1), own]
            keys += [
                *(at * LOSS for at in exactly_at(steps)),
                shared + form(START) + exclude(where, LOSS) - constant(LOSS),
                constant(-1),
            ]
            yield adding(f"{label}: {title}", queries, keys, constant(1), output, False, number_format)

    return fitting(candidates(), number_format)


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


def exclude(where: Affine | None, penalty: int) -> Affine:
    """What a key's score loses where the condition does not hold."""
    return constant(0) if where is None else (where - constant(1)) * penalty


def adding(
    label: str,
    queries: list[Affine],
    keys: list[Affine],
    value: Affine,
    output: Read,
    causal: bool,
    number_format: Format,
) -> Head:
    """The head that adds up: matches score 0, the start token 1 unit of `sink`, and its weight is divided out."""
    sink = number_format.sink
    return finish(label, queries, keys, (value,), (output,), causal, unit=sink, gain=sink, lead=LOSS)


def finish(
    label: str,
    queries: list[Affine],
    keys: list[Affine],
    values: Sequence[Affine],
    outputs: Sequence[Read],
    causal: bool,
    *,
    unit: int,
    gain: int = 0,
    lead: int = 1,
) -> Head:
    """The head without dimensions that are always 0, and with one more in which the start token finds itself.

    As a query it must read nothing either; by `lead` units. In a causal model it sees no other token anyway.
    """
    if not causal:
        queries, keys = [*queries, form(START)], [*keys, form(START) * lead]
    used = [(q, k) for q, k in zip(queries, keys, strict=True) if q.weights and k.weights]
    return Head(label, tuple(q for q, _ in used), tuple(k for _, k in used), tuple(values), tuple(outputs), unit, gain)
