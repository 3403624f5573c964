"""Circuits of given functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from logdepth.circuits.builder import CircuitBuilder
from logdepth.circuits.circuit import Circuit
from logdepth.numerics.errors import UsageError

MOST_BITS = 16
"""Inputs of a circuit that has a gate for each of their values."""


def symmetric(n: int, accepts: Callable[[int], bool]) -> Circuit:
    """Whether the number of ones among n bits is accepted: two levels, [count ≥ c] and a sum of those that change.

    Majority is `symmetric(n, lambda ones: 2 * ones > n)`, parity `symmetric(n, lambda ones: ones % 2)`.
    """
    builder = CircuitBuilder([f"x{place}" for place in range(1, n + 1)])
    weights: dict[int, int] = {}
    known = accepts(0)
    for ones in range(1, n + 1):
        if bool(accepts(ones)) != bool(accepts(ones - 1)):
            weights[builder.gate(dict.fromkeys(range(n), 1), ones)] = 1 if accepts(ones) else -1
    return builder.finish({"accepted": builder.gate(weights, 0 if known else 1)})


def boolean_function(function: Callable[[int], int], bits: int, outputs: int) -> Circuit:
    """Lemma 1 of Merrill and Sabharwal (arXiv 2207.00729): any function of w bits to m bits in depth 3.

    w negations, a conjunction for each of the 2^w inputs, and m disjunctions of those where the output bit is 1:
    exactly w + 2^w + m gates. Input and output are numbers, their lowest bit first.
    Errors: UsageError for more bits than `MOST_BITS`, or a value beyond the outputs.
    """
    if not 1 <= bits <= MOST_BITS:
        raise UsageError(f"a circuit with a gate for every input has 1 to {MOST_BITS} bits; got {bits}. Change it.")
    builder = CircuitBuilder([f"x{place}" for place in range(bits)], share=False)
    negated = [builder.negation(place) for place in range(bits)]
    values = [function(number) for number in range(2**bits)]
    if any(not 0 <= value < 2**outputs for value in values):
        raise UsageError(
            f"the values of the function have {outputs} bits; another one is among them. Give more outputs."
        )
    hit = [builder.conjunction(literals_of(number, negated)) for number in range(2**bits)]
    found = {
        f"y{place}": builder.disjunction(hit[number] for number, value in enumerate(values) if value >> place & 1)
        for place in range(outputs)
    }
    return builder.finish(found)


def literals_of(number: int, negated: Sequence[int]) -> list[int]:
    """The nodes that are all 1 for this input alone."""
    return [place if number >> place & 1 else negation for place, negation in enumerate(negated)]
