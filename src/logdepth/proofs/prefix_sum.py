"""Prefix sums by their definition: the answer of a row, as a sum of its bits, reaches what the rows so far reach."""

from __future__ import annotations

from logdepth.proofs.definition import Bits, Definition
from logdepth.tasks import PrefixSum


def promised(bits: Bits, task: PrefixSum) -> int:
    make = bits.builder
    numbers = [bits.number("value", row) for row in range(1, task.n + 1)]
    return make.conjunction([make.negation(make.gate(weights_of(number), task.high + 1)) for number in numbers])


def right(bits: Bits, answers: Bits, task: PrefixSum) -> int:
    """Row by row: the answer reaches a number if and only if the sum of the rows so far does."""
    make = bits.builder
    so_far: dict[int, int] = {}
    good = []
    for row in range(1, task.n + 1):
        so_far |= weights_of(bits.number("value", row))
        answer = weights_of(answers.number("answer", row))
        most = max(sum(so_far.values()), sum(answer.values()))
        good += [bits.same(make.gate(so_far, number), make.gate(answer, number)) for number in range(1, most + 1)]
    return make.conjunction(good)


def weights_of(number: list[int]) -> dict[int, int]:
    return {bit: 2**place for place, bit in enumerate(number)}


PREFIX_SUM = Definition(
    task=PrefixSum,
    rows=lambda task: task.n,
    promised=promised,
    right=right,
    decode=lambda columns, task: columns["value"],
)
