"""Early stop: a looped transformer runs until a round changes nothing.

A loop is a piece of a transformer's order that runs several times in a row, so its rounds share weights. A round takes
the residual stream x to f(x), and f depends on nothing else: weights, mask and length are the same in every round. So
if f(x) = x, every further round gives x again, and leaving them out changes no answer. This holds whatever the rounds
compute. A loop that comes to no rest, as one that counts its rounds, runs all of them.

That a round changes nothing is seen when it has run, so it counts as used. Tables of a batch do not read one another: a
table at rest stays at rest, and a loop ends when all tables are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from logdepth.arithmetic import undisturbed
from logdepth.numerics.errors import UsageError
from logdepth.transformer.blocks import EXACT, Block, step, visibility
from logdepth.transformer.transformer import Transformer, check, check_lengths, embed, only_rows_in_use, read


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
    model: Transformer, columns: Mapping[str, ArrayLike], lengths: ArrayLike | None = None
) -> tuple[dict[str, np.ndarray], RoundsUsed]:
    """As `evaluate`, and the rounds that were used: of every loop as many as change something, and one that does not.

    Errors: UsageError for a model without a loop, beside those of `evaluate`.
    """
    loops = {loop.first: loop for loop in find_loops(model.order)}
    if not loops:
        raise UsageError("no blocks of this model run twice in a row, so it has no round to stop after. Run all of it.")
    tables = check(model, columns)
    lengths = check_lengths(lengths, tables)
    x = embed(model, tables)
    stream = Stream(model, visibility(x.shape[1], lengths), x, np.zeros(len(x), dtype=np.int64))
    place = 0
    while place < len(model.order):
        if place in loops:
            stream.run_loop(loops[place])
            place = loops[place].end
        else:
            stream.run([model.steps[place]])
            place += 1
    answers = only_rows_in_use(read(model, stream.x, EXACT), lengths)
    single = all(values.ndim == 1 for values in tables.values())
    rounds = RoundsUsed(tuple(stream.used.tolist()), sum(loop.times for loop in loops.values()))
    return {name: values[0] for name, values in answers.items()} if single else answers, rounds


@dataclass(eq=False)
class Stream:
    """The residual stream as it goes through the blocks, (B, N+1, width); and the rounds that each table has used."""

    model: Transformer
    visible: Tensor | None
    x: Tensor
    used: np.ndarray

    def run(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            self.x = step(self.x, block.attention, block.mlp, self.model.causal, self.visible, EXACT)

    def run_loop(self, loop: Loop) -> None:
        """The rounds of a loop, until none changes a table."""
        body = self.model.steps[loop.first : loop.first + loop.period]
        moving = np.ones(len(self.x), dtype=bool)
        for _ in range(loop.times):
            before = self.x
            self.run(body)
            self.used += moving
            moving &= self.changed(before)
            if not moving.any():
                return

    def changed(self, before: Tensor) -> np.ndarray:
        """Whether the rows in use of each table are others than before, (B,)."""
        other = (self.x != before).any(dim=-1)
        if self.visible is not None:
            other &= self.visible[:, 0, 0]
        return np.asarray(torch.any(other, dim=-1))
