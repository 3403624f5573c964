"""Numbers of a circuit: sums of functions of variables, whose values are told by gates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import gcd, prod

import numpy as np

from logdepth.arrows.transformer_to_circuit.joint import Compute, Joint, Variable, sums
from logdepth.circuits import CircuitBuilder, FloatFormat
from logdepth.numerics.errors import CapacityExceeded

MOST_VALUES = 20_000
"""Possible values of one variable. Beyond, a circuit would be of no use, and its construction would not end."""


@dataclass(frozen=True)
class Linear:
    """constant + Σ weight · node: what a gate compares."""

    constant: int = 0
    weights: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: Linear) -> Linear:
        weights = dict(self.weights)
        for node, weight in other.weights.items():
            weights[node] = weights.get(node, 0) + weight
        return Linear(self.constant + other.constant, weights)

    def __mul__(self, factor: int) -> Linear:
        return Linear(self.constant * factor, {node: weight * factor for node, weight in self.weights.items()})

    def __sub__(self, other: Linear) -> Linear:
        return self + other * -1


@dataclass(frozen=True)
class Value:
    """constant + Σ over variables: the entry of the variable's table at its value; the first entry of a table is 0."""

    constant: int
    tables: Mapping[Variable, tuple[int, ...]] = field(default_factory=dict)

    @property
    def low(self) -> int:
        return self.constant + sum(min(table) for table in self.tables.values())

    @property
    def high(self) -> int:
        return self.constant + sum(max(table) for table in self.tables.values())

    @property
    def states(self) -> int:
        """How many there are of the values of all its variables together."""
        return prod(len(variable.support) for variable in self.tables)

    @property
    def linear(self) -> Linear:
        weights: dict[int, int] = {}
        for variable, table in self.tables.items():
            for node, (before, after) in zip(variable.reached, pairwise(table), strict=True):
                if after != before:
                    weights[node] = weights.get(node, 0) + after - before
        return Linear(self.constant, weights)

    def at(self, state: Mapping[Variable, int]) -> int:
        """The value where every variable has the value of this number in its support."""
        return self.constant + sum(table[state[variable]] for variable, table in self.tables.items())


def independent_sums(value: Value) -> list[int]:
    """The possible values if variables do not depend on each other, increasing. Errors: CapacityExceeded."""
    found = {value.constant}
    for table in value.tables.values():
        steps = set(table)
        found = {number + step for number in found for step in steps}
        if len(found) > MOST_VALUES:
            raise CapacityExceeded(
                f"a number in the circuit has more than {MOST_VALUES:,} possible values. Take a smaller size, or a"
                " model whose heads read one row."
            )
    return sorted(found)


def place_of(value: Value, least: Sequence[int]) -> Compute:
    """The last place whose least number a value reaches, by the places of its variables."""

    def place(*places: np.ndarray) -> np.ndarray:
        found, unit = sums(value.constant, value.tables, np.stack(places, axis=1))
        return np.searchsorted(
            np.array([-(-number // unit) for number in least[1:]], dtype=found.dtype), found, "right"
        )

    return place


def total(values: Iterable[Value]) -> Value:
    """The exact sum."""
    constant = 0
    tables: dict[Variable, tuple[int, ...]] = {}
    for value in values:
        constant += value.constant
        for variable, table in value.tables.items():
            old = tables.get(variable)
            tables[variable] = tuple(map(sum, zip(old, table, strict=True))) if old else table
    return Value(constant, {variable: table for variable, table in tables.items() if any(table)})


def from_table(variable: Variable, table: Sequence[int]) -> Value:
    """A function of one variable, given by its values."""
    first = table[0]
    shifted = tuple(entry - first for entry in table)
    return Value(first, {variable: shifted} if any(shifted) else {})


class Numbers:
    """The operations of a float format on values; each makes the gates that it needs, in a builder."""

    def __init__(self, builder: CircuitBuilder, number_format: FloatFormat) -> None:
        self.builder = builder
        self.format = number_format
        self.joint = Joint()
        self._sums: dict[tuple[tuple[Variable, tuple[int, ...]], ...], Variable] = {}  # keeps them

    def gate(self, linear: Linear, threshold: int) -> int:
        """[linear ≥ threshold]."""
        return self.builder.gate(linear.weights, threshold - linear.constant)

    def apply(self, function: Callable[[int], int], value: Value) -> Value:
        """A function of a value. Where that is one of several variables, their sum becomes a variable of its own."""
        if len(value.tables) > 1:
            value = self.settled(value)
        if not value.tables:
            return Value(function(value.constant))
        ((variable, table),) = value.tables.items()
        return from_table(variable, [function(value.constant + entry) for entry in table])

    def settled(self, value: Value) -> Value:
        """The same value as a function of one variable. Sums that are equal up to scale and constant share it."""
        scale = gcd(*(entry for table in value.tables.values() for entry in table))
        parts = sorted(value.tables.items(), key=lambda part: (part[0].reached, part[0].support))
        key = tuple((variable, tuple(entry // scale for entry in table)) for variable, table in parts)
        mirrored = tuple((variable, tuple(-entry for entry in table)) for variable, table in key)
        if mirrored in self._sums:
            key, scale = mirrored, -scale
        if key not in self._sums:
            self._sums[key] = self.variable(Value(0, dict(key)))
        variable = self._sums[key]
        return from_table(variable, [value.constant + scale * number for number in variable.support])

    def variable(self, value: Value) -> Variable:
        """A variable of this value, which has no constant."""
        support, linear = self.possible(value), value.linear
        reached = tuple(self.gate(linear, number) for number in support[1:])
        return Variable(tuple(support), reached, tuple(value.tables), place_of(value, support))

    def possible(self, value: Value) -> list[int]:
        """Its possible values, increasing. Errors: CapacityExceeded for too many."""
        found = self.known(value)
        return independent_sums(value) if found is None else found

    def known(self, value: Value) -> list[int] | None:
        """The same, if few combinations of variables decide it."""
        if not value.tables:
            return [value.constant]
        places = self.joint.places(value.tables)
        if places is None:
            return None
        found, unit = sums(value.constant, value.tables, places)
        return [number * unit for number in np.unique(found).tolist()]

    def add(self, values: Sequence[Value]) -> Value:
        """⊕: the sum, cut off once. It stays a sum where the format holds all that it can be."""
        exact = total(values)
        if self.holds(exact):
            return exact
        if len(exact.tables) > 1 and exact.states > self.format.count:
            return self.monotone(self.format.cut, exact)
        return self.apply(self.format.cut, exact)

    def monotone(self, function: Callable[[int], int], exact: Value, low: int | None = None) -> Value:
        """A function of the cut-off sum that never decreases: a gate for every value that it can have, but the least.

        What the sum can be is enumerated where few combinations decide it; else any float between its least and its
        greatest value.
        low: a bound from below that the sum keeps, though its terms do not show it.
        """
        sums = self.known(exact)
        starts = (
            self.floats_between(exact, low)
            if sums is None
            else {self.format.cut(number): number for number in sums[::-1]}
        )
        found: dict[int, int] = {}  # value -> the least sum that gives it
        for number in sorted(starts):
            found.setdefault(function(number), starts[number])
        support, linear = list(found), exact.linear
        if len(support) == 1:
            return Value(support[0])
        reached = tuple(self.gate(linear, found[number]) for number in support[1:])
        place = place_of(exact, list(found.values()))
        return from_table(Variable(tuple(support), reached, tuple(exact.tables), place), support)

    def floats_between(self, exact: Value, low: int | None) -> dict[int, int]:
        """Every float that a sum may be cut off to, and the least sum that is."""
        form = self.format
        first = form.rank(form.cut(exact.low if low is None else max(low, exact.low)))
        last = form.rank(form.cut(exact.high))
        return {form.ranked(rank): form.threshold(rank) for rank in range(first, last + 1)}

    def multiply(self, value: Value, weight: int) -> Value:
        """A product with a number, in units of the format."""
        scale = 2**self.format.largest_exponent
        if len(value.tables) > 1 and all(n * weight % scale == 0 for n in granules(value)):
            product = Value(
                value.constant * weight // scale,
                {v: tuple(entry * weight // scale for entry in table) for v, table in value.tables.items()},
            )
            if self.holds(product):
                return product
        return self.apply(lambda number: self.format.multiply(number, weight), value)

    def holds(self, value: Value) -> bool:
        """Whether every possible value is a float: none has more digits than a mantissa, from the least step on."""
        if not value.tables:
            return self.format.cut(value.constant) == value.constant
        divisor = gcd(*granules(value))
        step = divisor & -divisor  # a power of two: a multiple of 31 has five digits, however few multiples there are
        most = max(abs(value.low), abs(value.high))
        return most <= self.format.largest and (most // step).bit_length() < self.format.mantissa


def granules(value: Value) -> Iterator[int]:
    """Numbers whose common divisor divides all possible values."""
    yield value.constant
    for table in value.tables.values():
        yield from table
