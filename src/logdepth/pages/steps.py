"""How the blocks run: which are rounds of one loop, which attention layer each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from logdepth.transformer import Transformer

BARE = 0  # the kind of all blocks without attention
LONGEST_BODIES = 64  # repetitions of a block that are tried as the beginning of the next round


@dataclass(frozen=True)
class Segment:
    """Steps in a row that are alike `times` times over; `blocks` says which are alike, `start` is the first step."""

    blocks: tuple[int, ...]
    times: int
    start: int


def loops(model: Transformer) -> list[Segment]:
    """The blocks as runs and loops: first those whose rounds share their weights, then, among the other blocks, those
    whose rounds are alike. Blocks are alike whose heads are called alike, and so are those without attention."""
    kinds: dict[tuple[str, ...], int] = {(): BARE}
    labels = [() if block.attention is None else block.attention.labels for block in model.steps]
    alike = [kinds.setdefault(of_block, len(kinds)) for of_block in labels]
    found = []
    for tied in segments(model.order):
        if tied.times > 1:
            found.append(tied)
        else:
            inside = segments(alike[tied.start : tied.start + len(tied.blocks)], loose=True)
            found += [replace(segment, start=tied.start + segment.start) for segment in inside]
    return found


def bodies(model: Transformer, segment: Segment) -> list[tuple[int, ...]]:
    """For every round of a segment the stored blocks that it runs."""
    length = len(segment.blocks)
    starts = range(segment.start, segment.start + length * segment.times, length)
    return [tuple(model.order[start : start + length]) for start in starts]


def segments(kinds: Sequence[int], loose: bool = False) -> list[Segment]:
    """The order of the blocks as runs and loops: 0 1 2 1 2 3 is (0), twice (1 2), (3).

    loose: kinds only look alike, and BARE ones by themselves are no loop.
    """
    found: list[Segment] = []
    at = 0
    while at < len(kinds):
        later = [place for place in range(at + 1, len(kinds)) if kinds[place] == kinds[at]][:LONGEST_BODIES]
        tried = ((rounds(kinds, at, place - at), place - at) for place in later)
        loops = [(n, length) for n, length in tried if n > 1 and not (loose and set(kinds[at : at + length]) == {BARE})]
        times, length = max(loops, key=lambda loop: loop[0] * loop[1], default=(1, 1))
        body = tuple(kinds[at : at + length]) if times > 1 else (kinds[at],)
        if times == 1 and found and found[-1].times == 1:
            found[-1] = Segment((*found[-1].blocks, *body), 1, found[-1].start)
        else:
            found.append(Segment(body, times, at))
        at += len(body) * times
    return found


def rounds(kinds: Sequence[int], at: int, length: int) -> int:
    """How often the kinds from `at` on begin with the same `length` ones."""
    times = 1
    while kinds[at : at + length] == kinds[at + times * length : at + (times + 1) * length]:
        times += 1
    return times


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
