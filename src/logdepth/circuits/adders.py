"""A threshold circuit as logic: the bits of every form by carry-save adders, and one comparator a gate.

A gate that needs all of its literals, or one of them, is a conjunction or a disjunction, and takes no adder. A form
that contains one before it adds to the bits of that one. So the sums of all prefixes are one chain: it takes fewer
adders, and a solver proves two chains equal link by link.
"""

from __future__ import annotations

from collections import deque
from functools import reduce

from logdepth.circuits.circuit import Circuit
from logdepth.circuits.form import Form
from logdepth.circuits.logic import FALSE, TRUE, Logic, LogicBuilder, negate


def to_logic(circuit: Circuit) -> Logic:
    """The same outputs for the same inputs. Gates of one form share its adders."""
    builder = LogicBuilder(circuit.inputs)
    literals = [builder.input(number) for number in range(len(circuit.inputs))]
    sums = Sums(builder, literals)
    for gate in circuit.gates:
        form = circuit.forms[gate.form]
        if gate.threshold in (form.highest, form.lowest + 1) and unit(form):
            literals.append(all_or_any(builder, signed(form, literals), gate.threshold == form.highest))
            continue
        literals.append(at_least(builder, sums.of(form), gate.threshold - form.lowest))
    return builder.finish({name: literals[node] for name, node in circuit.outputs.items()})


def unit(form: Form) -> bool:
    return all(abs(weight) == 1 for weight in form.weights)


def signed(form: Form, literals: list[int]) -> list[int]:
    """What a form counts: nodes, and those of weights below 0 negated."""
    pairs = zip(form.nodes, form.weights, strict=True)
    return [literals[node] if weight > 0 else negate(literals[node]) for node, weight in pairs]


def all_or_any(builder: LogicBuilder, literals: list[int], every: bool) -> int:
    """Their conjunction or disjunction, one after the other from the last node on.

    Gates that look for the last of many nodes share what they ask of later ones.
    """
    join = builder.both if every else builder.either
    return reduce(join, sorted(literals, reverse=True), TRUE if every else FALSE)


class Sums:
    """The bits of forms, each less its lowest value, the lowest bit first."""

    def __init__(self, builder: LogicBuilder, literals: list[int]) -> None:
        self.builder = builder
        self.literals = literals
        self._made: dict[Form, list[int]] = {}
        self._last: dict[Form, Form] = {}  # by their first term

    def of(self, form: Form) -> list[int]:
        if form not in self._made:
            self._made[form] = self._add(form)
            self._last[first_term(form)] = form
        return self._made[form]

    def _add(self, form: Form) -> list[int]:
        columns: list[deque[int]] = [deque() for _ in range((form.highest - form.lowest).bit_length())]
        inner = self._last.get(first_term(form), Form((), ()))
        rest = without(form, inner)
        if rest is not None and inner.nodes:
            for column, bit in zip(columns, self._made[inner], strict=False):
                column.append(bit)
        fill(columns, rest or form, self.literals)
        return add(self.builder, columns)


def first_term(form: Form) -> Form:
    return Form(form.nodes[:1], form.weights[:1])


def without(form: Form, inner: Form) -> Form | None:
    """What a form has beside another one; None if it does not contain that."""
    terms, others = dict(zip(form.nodes, form.weights, strict=True)), dict(zip(inner.nodes, inner.weights, strict=True))
    if not others.items() <= terms.items():
        return None
    rest = {node: weight for node, weight in terms.items() if node not in others}
    return Form(tuple(rest), tuple(rest.values()))


def fill(columns: list[deque[int]], form: Form, literals: list[int]) -> None:
    """The literals of every power of two in the sum of a form, less its lowest value.

    A weight below 0 counts the negated node: -w x = w (1 - x) - w.
    """
    for literal, weight in zip(signed(form, literals), form.weights, strict=True):
        for place in range(abs(weight).bit_length()):
            if abs(weight) >> place & 1:
                columns[place].append(literal)


def add(builder: LogicBuilder, columns: list[deque[int]]) -> list[int]:
    """The bits of the sum, the lowest first: three literals of a column become one, and one of the next.

    What waited longest is added first, so that the network stays shallow.
    """
    bits = []
    for place, column in enumerate(columns):
        while len(column) > 1:
            taken = [column.popleft() for _ in range(min(3, len(column)))]
            total, carry = full_adder(builder, *taken, *[FALSE] * (3 - len(taken)))
            column.append(total)
            if carry != FALSE and place + 1 < len(columns):  # beyond the highest value there is nothing to carry
                columns[place + 1].append(carry)
        bits.append(column[0] if column else FALSE)
    return bits


def full_adder(builder: LogicBuilder, one: int, two: int, three: int) -> tuple[int, int]:
    """Sum and carry of three bits."""
    half = builder.differ(one, two)
    carry = builder.either(builder.both(one, two), builder.both(half, three))
    return builder.differ(half, three), carry


def at_least(builder: LogicBuilder, bits: list[int], threshold: int) -> int:
    """Whether a number reaches a constant, from the lowest bit up."""
    if threshold <= 0:
        return TRUE
    if threshold >= 1 << len(bits):
        return FALSE
    reached = TRUE
    for place, bit in enumerate(bits):
        reached = builder.both(bit, reached) if threshold >> place & 1 else builder.either(bit, reached)
    return reached
