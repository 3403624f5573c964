"""Prefix sums by their definition: the answer of a row, as a sum of its bits, is the sum of the rows so far."""

from __future__ import annotations

from logdepth.proofs.definition import Bits, Definition
from logdepth.tasks import PrefixSum


def promised(bits: Bits, task: PrefixSum) -> int:
    make = bits.builder
    numbers = [bits.number("value", row) for row in range(1, task.n + 1)]
    return make.conjunction([make.negation(make.gate(weights_of(number), task.high + 1)) for number in numbers])


def right(bits: Bits, answers: Bits, task: PrefixSum) -> int:
    make = bits.builder
    difference: dict[int, int] = {}
    good = []
    for row in range(1, task.n + 1):
        add(difference, weights_of(bits.number("value", row)), 1)
        whole = dict(difference)
        add(whole, weights_of(answers.number("answer", row)), -1)
        good += [make.gate(whole, 0), make.gate({node: -weight for node, weight in whole.items()}, 0)]
    return make.conjunction(good)


def weights_of(number: list[int]) -> dict[int, int]:
    return {bit: 2**place for place, bit in enumerate(number)}


def add(into: dict[int, int], weights: dict[int, int], sign: int) -> None:
    for node, weight in weights.items():
        into[node] = into.get(node, 0) + sign * weight


PREFIX_SUM = Definition(
    task=PrefixSum,
    rows=lambda task: task.n,
    promised=promised,
    right=right,
    decode=lambda columns, task: columns["value"],
)
