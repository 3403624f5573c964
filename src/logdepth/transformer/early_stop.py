"""Early stop: a looped transformer runs until a round changes nothing.

A loop is a piece of a transformer's order that runs several times in a row, so its rounds share weights. A round takes
the residual stream x to f(x), and f depends on nothing else: weights, mask and length are the same in every round. So
if f(x) = x, every further round gives x again, and leaving them out changes no answer. This holds whatever the rounds
compute. A loop that comes to no rest, as one that counts its rounds, runs all of them.

That a round changes nothing is seen when it has run, so it counts as used. Tables of a batch do not read one another: a
table at rest stays at rest, and a loop ends when all tables are. Where rows are looked up, tables run one by one, and
each ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from logdepth.arithmetic import undisturbed
from logdepth.numerics.errors import UsageError
from logdepth.transformer.blocks import EXACT, step, visibility
from logdepth.transformer.lookup import Pairs, pairs_of_softmax, run_by_lookup
from logdepth.transformer.transformer import (
    AUTO,
    Evaluated,
    Transformer,
    check,
    check_lengths,
    embed,
    looks_up,
    only_rows_in_use,
    read,
)


@dataclass(frozen=True)
class Loop:
    """Steps first, …, first + period - 1 run `times` times in a row, by the same blocks."""

    first: int
    period: int
    times: int

    @property
    def end(self) -> int:
        return self.first + self.period * self.times


@dataclass(frozen=True)
class RoundsUsed:
    """used: for every table of a batch the rounds that ran until it was at rest, of all loops together; of: all rounds
    that the model has."""

    used: tuple[int, ...]
    of: int

    @property
    def most(self) -> int:
        return max(self.used)

    def __str__(self) -> str:
        return f"{self.most} of {self.of}"


@dataclass(frozen=True, eq=False)
class StoppedEarly(Evaluated):
    """As `Evaluated`, of the rounds that ran; and how many these were."""

    rounds: RoundsUsed


def find_loops(order: Sequence[int]) -> tuple[Loop, ...]:
    """The loops of an order of blocks, from its beginning, each as long as it goes on."""
    found: list[Loop] = []
    place = 0
    while place < len(order):
        loop = loop_at(order, place)
        if loop.times > 1:
            found.append(loop)
        place = loop.end
    return tuple(found)


def loop_at(order: Sequence[int], first: int) -> Loop:
    """What begins at a step: of one round, of one step, if this block does not come again at once."""
    if order[first] not in order[first + 1 :]:
        return Loop(first, 1, 1)
    period = order.index(order[first], first + 1) - first
    body, times = order[first : first + period], 1
    while order[first + period * times : first + period * (times + 1)] == body:
        times += 1
    return Loop(first, period, times) if times > 1 else Loop(first, 1, 1)


@undisturbed()
def evaluate_until_still(
    model: Transformer, columns: Mapping[str, ArrayLike], lengths: ArrayLike | None = None, attention: str = AUTO
) -> StoppedEarly:
    """As `evaluate_counting`, with the rounds that were used: of every loop as many as change something, and one that
    does not.

    Errors: UsageError for a model without a loop, beside those of `evaluate`.
    """
    if not find_loops(model.order):
        raise UsageError("no blocks of this model run twice in a row, so it has no round to stop after. Run all of it.")
    tables = check(model, columns)
    lengths = check_lengths(lengths, tables)
    *batch, rows = next(iter(tables.values())).shape
    x, rows_used = embed(model, tables), np.full(batch or 1, rows) if lengths is None else lengths
    by_lookup = looks_up(attention, rows, heads=model.most_heads)
    streams = list(one_by_one(model, x, rows_used)) if by_lookup else [together(model, x, rows_used, lengths)]
    for stream in streams:
        stream.run()
    answers = only_rows_in_use(read(model, join(streams, x), EXACT), lengths)
    used = tuple(rounds for stream in streams for rounds in stream.rounds.tolist())
    return StoppedEarly(
        answers if batch else {name: values[0] for name, values in answers.items()},
        sum((stream.pairs for stream in streams), Pairs()),
        RoundsUsed(used, sum(loop.times for loop in find_loops(model.order))),
    )


def together(model: Transformer, x: Tensor, rows: np.ndarray, lengths: np.ndarray | None) -> Stream:
    """All tables in one stream."""
    return Stream(model, x, rows, visibility(x.shape[1], lengths), np.zeros(len(x), dtype=np.int64))


def one_by_one(model: Transformer, x: Tensor, rows: np.ndarray) -> Iterator[Stream]:
    """A stream for every table, of its rows in use. Without rows there is nothing to look up."""
    for number, used in enumerate(rows):
        table = x[number : number + 1, : used + 1]
        kind = LookedUp if used else Stream
        yield kind(model, table, rows[number : number + 1], None, np.zeros(1, dtype=np.int64))


def join(streams: Sequence[Stream], x: Tensor) -> Tensor:
    """What all streams hold, of the shape of x; 0 beyond the rows in use of a table that ran alone."""
    whole, first = torch.zeros_like(x), 0
    for stream in streams:
        tables, tokens, _ = stream.x.shape
        whole[first : first + tables, :tokens] = stream.x
        first += tables
    return whole


@dataclass(eq=False)
class Stream:
    """The residual stream as it goes through the blocks, (B, T, width).

    rows: (B,) in use. rounds: (B,) that each table has used. pairs: that were scored so far.
    """

    model: Transformer
    x: Tensor
    rows: np.ndarray
    visible: Tensor | None
    rounds: np.ndarray
    pairs: Pairs = field(default_factory=Pairs)

    def run(self) -> None:
        """All steps, each loop until it changes nothing."""
        loops, place = {loop.first: loop for loop in find_loops(self.model.order)}, 0
        while place < len(self.model.order):
            if place in loops:
                self.run_loop(loops[place])
                place = loops[place].end
            else:
                self.advance(place, place + 1)
                place += 1

    def advance(self, first: int, end: int) -> None:
        """Steps first, …, end - 1."""
        steps = self.model.steps[first:end]
        for block in steps:
            self.x = step(self.x, block.attention, block.mlp, self.model.causal, self.visible, EXACT)
        self.pairs += pairs_of_softmax(steps, self.model.causal, self.rows + 1)

    def run_loop(self, loop: Loop) -> None:
        """The rounds of a loop, until none changes a table."""
        moving = np.ones(len(self.x), dtype=bool)
        for first in range(loop.first, loop.end, loop.period):
            before = self.x
            self.advance(first, first + loop.period)
            self.rounds += moving
            moving &= self.changed(before)
            if not moving.any():
                return

    def changed(self, before: Tensor) -> np.ndarray:
        """Whether the rows in use of each table are others than before, (B,)."""
        other = (self.x != before).any(dim=-1)
        if self.visible is not None:
            other &= self.visible[:, 0, 0]
        return np.asarray(torch.any(other, dim=-1))


class LookedUp(Stream):
    """The stream of one table, whose heads look up the rows that they read."""

    def advance(self, first: int, end: int) -> None:
        self.x, pairs = run_by_lookup(self.x, self.model.steps[first:end], self.model.causal, first)
        self.pairs += pairs
