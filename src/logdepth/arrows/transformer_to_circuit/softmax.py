"""Attention that gives weight to several rows: every score, the largest, every weight and every product is a variable.

This takes no more than as many gates for each as there are floats, so a few bits only. What can be told by the cases of
a query and a key is in `heads`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from logdepth.arrows.transformer_to_circuit.heads import indicator, possible
from logdepth.arrows.transformer_to_circuit.products import by_cases, few, multiply, share, single
from logdepth.arrows.transformer_to_circuit.values import Linear, Numbers, Value, total
from logdepth.arrows.transformer_to_circuit.winners import function_of_values
from logdepth.circuits import FloatFormat

MOST_FLOATS = 1024
"""Values of a format, at most: floats of 10 bits have 511."""


def mix(
    numbers: Numbers, query: Sequence[Value], keys: Sequence[Sequence[Value]], values: Sequence[Sequence[Value]]
) -> list[Value]:
    """What a head mixes of the values at one query."""
    weights = softmax(numbers, [score(numbers, query, key) for key in keys])
    return [
        numbers.add([multiply(numbers, weight, value) for weight, value in zip(weights, column, strict=True)])
        for column in zip(*values, strict=True)
    ]


def score(numbers: Numbers, query: Sequence[Value], key: Sequence[Value]) -> Value:
    """Query times key: by their cases where these are few."""
    form, size = numbers.format, len(query)
    if few(numbers, [*query, *key]):
        return by_cases(numbers, lambda *both: form.add(map(form.multiply, both[:size], both[size:])), [*query, *key])
    return numbers.add([multiply(numbers, q, k) for q, k in zip(query, key, strict=True)])


def softmax(numbers: Numbers, scores: Sequence[Value]) -> list[Value]:
    """The weights of one query. The largest score has weight exp(0), so the sum of all is at least 1."""
    form = numbers.format
    scores = [single(numbers, value) for value in scores]
    most = largest(numbers, scores)
    powers = [numbers.monotone(lambda n: power(form, min(n, 0)), total([value, negative(most)])) for value in scores]
    whole = numbers.monotone(form.cut, total(powers), low=power(form, 0))
    return [share(numbers, one, whole) for one in powers]


@cache
def power(form: FloatFormat, number: int) -> int:
    return form.exponential(number)


def negative(value: Value) -> Value:
    return Value(
        -value.constant, {variable: tuple(-entry for entry in table) for variable, table in value.tables.items()}
    )


def largest(numbers: Numbers, values: Sequence[Value]) -> Value:
    """The greatest of some functions of one variable each: it reaches a number where one of them does."""
    if len(values) == 1:
        return values[0]
    least = max(min(possible(value)) for value in values)
    support = {least} | {number for value in values for number in possible(value) if number > least}

    def reach(number: int, before: int) -> int:
        form = Linear()
        for value in values:
            form += indicator(value, number) if value.tables else Linear(int(value.constant >= number))
        return numbers.gate(form, 1)

    return function_of_values(numbers, lambda *found: max(found), values, [*support], reach)
