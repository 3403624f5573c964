"""The value between lowering and weights: what has to be computed, segment by segment, not yet where or when."""

from __future__ import annotations

from dataclasses import dataclass

from logdepth.gadgets import Affine, Head, Neurons, State


@dataclass(frozen=True, eq=False)
class Segment:
    """A straight-line piece that runs `times` times. At its end the states take their next values, all at once.

    held: cells that stand there even if no statement reads them; none in a piece that runs several times.
    """

    times: int
    heads: tuple[Head, ...]
    moves: tuple[tuple[State, Affine], ...]
    held: tuple[Neurons, ...] = ()


@dataclass(frozen=True, eq=False)
class Plan:
    """Segments in order; a cell of an earlier segment may be read by later ones. Outputs are read after the last.

    positions: how the row number enters, see `row_numbers`.
    """

    name: str
    rows: int
    causal: bool
    fields: dict[str, int]  # input column -> highest value
    segments: tuple[Segment, ...]
    outputs: dict[str, tuple[Affine, int]]  # output -> form, highest value
    positions: str
