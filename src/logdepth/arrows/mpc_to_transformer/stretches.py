"""Equal steps of a raw protocol, one after the other: those can share their weights."""

from __future__ import annotations

from collections.abc import Iterator

from logdepth.programs import RawProtocol


def stretches(raw: RawProtocol, *, loops: bool) -> Iterator[range]:
    """The numbers of all steps, in order, in pieces of equal steps; without `loops` every step is a piece.

    The last step is one of its own: no round comes after it.
    """
    first = 0
    for number in range(1, raw.rounds + 1):
        alike = loops and number < raw.rounds and raw.functions[first].equals(raw.functions[number])
        if not alike:
            yield range(first, number)
            first = number
    yield range(first, raw.rounds + 1)
