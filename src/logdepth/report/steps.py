"""How the blocks run: which are one loop, which attention layer each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logdepth.transformer import Transformer


@dataclass(frozen=True)
class Segment:
    """A run of blocks, `times` times in a row with the same weights; `start` is its first step."""

    blocks: tuple[int, ...]
    times: int
    start: int


def segments(order: Sequence[int]) -> list[Segment]:
    """The order of the blocks as runs and loops: 0 1 2 1 2 3 is (0), twice (1 2), (3)."""
    found: list[Segment] = []
    at = 0
    while at < len(order):
        later = [place for place in range(at + 1, len(order)) if order[place] == order[at]]
        length = later[0] - at if later else 1
        body = tuple(order[at : at + length])
        times = 1
        while later and tuple(order[at + times * length : at + (times + 1) * length]) == body:
            times += 1
        if times == 1:
            body = (order[at],)
        if times == 1 and found and found[-1].times == 1:
            found[-1] = Segment((*found[-1].blocks, *body), 1, found[-1].start)
        else:
            found.append(Segment(body, times, at))
        at += len(body) * times
    return found


def layer_numbers(model: Transformer) -> list[int | None]:
    """For every step, the number of its attention layer from 1; None for a block without attention."""
    numbers: list[int | None] = []
    count = 0
    for block in model.steps:
        count += block.attention is not None
        numbers.append(count if block.attention is not None else None)
    return numbers


def in_a_row(numbers: list[int]) -> str:
    """1, 6, 11, … 26"""
    if len(numbers) <= 4:
        return ", ".join(map(str, numbers))
    return f"{numbers[0]}, {numbers[1]}, … {numbers[-1]}"
