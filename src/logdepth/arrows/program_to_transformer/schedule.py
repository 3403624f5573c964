"""When everything happens: attention as early as its inputs allow, ReLU layers as late as their readers allow.

A block is an attention and then a ReLU layer. Heads that do not wait for one another share a layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from logdepth.arrows.program_to_transformer.layers import Layers
from logdepth.arrows.program_to_transformer.plan import Plan, Segment
from logdepth.arrows.program_to_transformer.prune import reachable
from logdepth.gadgets import INDEX, Affine, Cell, Head, Neurons, Read, State, form
from logdepth.gadgets.relu import as_table


@dataclass(frozen=True, eq=False)
class Slot:
    """What one block does: heads, then in its ReLU layer neurons and the moves of states to their next values."""

    heads: list[Head] = field(default_factory=list)
    neurons: list[Neurons] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Move:
    """state := Σ weight · relu(form), in place of its old value (`first`: it has none yet).

    A first value that is known from the embedding (`start`: field, table) needs no neurons. statements: those of the
    neurons that are computed in the move itself.
    """

    state: State
    terms: tuple[tuple[int, Affine], ...]
    first: bool
    start: tuple[str, np.ndarray] | None = None
    statements: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Schedule:
    """`blocks` in the order in which they are stored.

    Segment i holds blocks bounds[i]..bounds[i+1]-1 and runs times[i] times. `starts`: the states that begin in the
    embedding.
    """

    plan: Plan
    blocks: tuple[Slot, ...]
    starts: tuple[Move, ...]
    bounds: tuple[int, ...]
    times: tuple[int, ...]


def schedule(plan: Plan) -> Schedule:
    """Every segment by itself, one after the other."""
    blocks: list[Slot] = []
    bounds = [0]
    known: set[Cell] = set()
    started: set[State] = set()
    starts: list[Move] = []
    for number, segment in enumerate(plan.segments):
        later = wanted_later(plan, number)
        slots, moves = schedule_segment(segment, known, later, started)
        starts += [move for move in moves if move.start]
        blocks += slots
        bounds.append(len(blocks))
        if segment.times == 1:  # what a round computes is cleared for the next one
            for slot in slots:
                known.update(slot.neurons)
                known.update(cell for head in slot.heads for cell in head.outputs)
        else:  # only its states are left, and do not change any more
            known.update(state for state, _ in segment.moves)
        started.update(state for state, _ in segment.moves)
    return Schedule(
        plan, tuple(blocks), tuple(starts), tuple(bounds), tuple(segment.times for segment in plan.segments)
    )


def wanted_later(plan: Plan, number: int) -> list[Affine]:
    """The forms that segments after this one, or the outputs, read."""
    forms = [x for x, _ in plan.outputs.values()]
    for segment in plan.segments[number + 1 :]:
        forms += [x for head in segment.heads for x in head.forms]
        forms += [x for _, x in segment.moves]
    return forms


class Timing:
    """Which block of one segment fills each cell, as early as its inputs allow.

    Blocks are numbered from 0 within the segment; -1: the cell is there from the start. `attention[l - 1]` is the block
    of attention layer l. `known`: the cells that earlier segments have filled.
    """

    def __init__(self, segment: Segment, known: set[Cell]) -> None:
        self.known = known
        self.layers = Layers(segment)
        self.block: dict[Cell, int] = {}
        self.attention: list[int] = []
        depth = max((self.layers.of_head(head) for head in segment.heads), default=0)
        for layer in range(1, depth + 1):  # each needs the blocks of those before it
            heads = [head for head in segment.heads if self.layers.of_head(head) == layer]
            needed = [self.ready(cell) for head in heads for x in head.forms for cell in x.weights]
            self.attention.append(max([*self.attention[-1:], -1, *needed]) + 1)

    def block_of(self, head: Head) -> int:
        return self.attention[self.layers.of_head(head) - 1]

    def ready(self, cell: Cell) -> int:
        """The first block that can fill the cell; attention can read it from the next block on."""
        if cell not in self.block:
            if cell in self.known or not isinstance(cell, (Neurons, Read)):
                self.block[cell] = -1
            elif isinstance(cell, Neurons):
                self.block[cell] = max((self.relu_after(c) for _, x in cell.terms for c in x.weights), default=0)
            else:
                self.block[cell] = self.attention[self.layers.of(cell) - 1]
        return self.block[cell]

    def relu_after(self, cell: Cell) -> int:
        """The first block whose ReLU layer can read the cell: for neurons of this segment the next one."""
        return max(0, self.ready(cell) + (1 if isinstance(cell, Neurons) and self.ready(cell) >= 0 else 0))


def schedule_segment(
    segment: Segment, known: set[Cell], later: list[Affine], started: set[State]
) -> tuple[list[Slot], list[Move]]:
    """The blocks of one segment, and how its states move at its end.

    known: cells that earlier segments have filled. later: the forms that later segments read. started: the states that
    have a value already.
    """
    timing = Timing(segment, known)
    held = [form(cell) for cell in segment.held]
    moves, inlined = plan_moves(segment, reachable([*later, *held]), started)
    ahead = [*held, *(later if not moves or segment.times == 1 else [])]
    cells = neurons_needed(segment.heads, moves, ahead, known | timing.layers.writers.keys(), inlined)
    last = last_block(timing, cells, moves)
    place_late(timing, segment.heads, cells, moves, last)
    slots = [Slot() for _ in range(last + 1)]
    for head in segment.heads:
        slots[timing.block_of(head)].heads.append(head)
    for cell in cells:
        slots[timing.block[cell]].neurons.append(cell)
    if slots:
        slots[-1].moves.extend(move for move in moves if not move.start)
    return slots, moves


def plan_moves(segment: Segment, read_later: set[Cell], started: set[State]) -> tuple[list[Move], set[Neurons]]:
    """The new values of the states as neurons. A cell that only serves a move is computed in the move itself."""
    readers: dict[Cell, int] = {}
    for head in segment.heads:
        for cell in reachable(head.forms):
            readers[cell] = readers.get(cell, 0) + 1
    for _, x in segment.moves:
        for top in x.weights:
            below = reachable(y for _, y in top.terms) if isinstance(top, Neurons) else set()
            for cell in {top, *below}:
                readers[cell] = readers.get(cell, 0) + 1
    moves: list[Move] = []
    inlined: set[Neurons] = set()
    for state, x in segment.moves:
        if state not in started and (start := start_table(x)) is not None:
            moves.append(Move(state, (), True, start))
            continue
        terms: list[tuple[int, Affine]] = []
        statements: set[int] = set()
        rest = Affine()
        for cell, weight in x.weights.items():
            if isinstance(cell, Neurons) and readers[cell] == 1 and cell not in read_later:
                inlined.add(cell)
                terms += [(weight * w, y) for w, y in cell.terms]
                statements |= cell.statements
            else:
                rest = rest + Affine({cell: weight})
        if rest.weights:
            terms += [(1, rest)] if rest.low >= 0 else [(1, rest), (-1, -rest)]
        moves.append(Move(state, tuple(terms), state not in started, statements=frozenset(statements)))
    return moves, inlined


def start_table(x: Affine) -> tuple[str, np.ndarray] | None:
    """The form as a function of one field, for a state that begins in the embedding."""
    if x.constant is not None:
        return INDEX, np.array([0, x.constant])  # stands for every row
    return as_table(x)


def neurons_needed(
    heads: Sequence[Head], moves: list[Move], ahead: list[Affine], available: set[Cell], inlined: set[Neurons]
) -> list[Neurons]:
    """The neuron cells that this segment computes, inputs before outputs.

    That is what its heads and moves read, and of what is read `ahead` all that is settled here, so that no loop
    computes it again in every round.
    """
    found: dict[Neurons, None] = {}

    def visit(cell: Cell) -> None:
        if isinstance(cell, Neurons) and cell not in found and cell not in available and cell not in inlined:
            for _, x in cell.terms:
                for c in x.weights:
                    visit(c)
            found[cell] = None

    def settled(x: Affine) -> bool:
        below = {cell for cell in reachable([x]) if isinstance(cell, (Read, State))}
        return below <= available

    for x in [x for head in heads for x in head.forms] + [x for move in moves for _, x in move.terms]:
        for c in x.weights:
            visit(c)
    for x in ahead:
        for c in x.weights:
            if settled(Affine({c: 1})):
                visit(c)
    return list(found)


def last_block(timing: Timing, cells: list[Neurons], moves: list[Move]) -> int:
    """The number of the last block; -1 if nothing is left to do."""
    ends = [*timing.attention, *(timing.ready(cell) for cell in cells)]
    ends += [timing.relu_after(c) for move in moves for _, x in move.terms for c in x.weights]
    written = any(not move.start for move in moves)
    return max([0, *ends]) if ends or written else -1


def place_late(timing: Timing, heads: Sequence[Head], cells: list[Neurons], moves: list[Move], last: int) -> None:
    """Move every neuron cell to the last block that still serves its readers: residual columns are held no longer.

    A cell that is held on request stays where it can be first.
    """
    latest: dict[Cell, int] = {cell: timing.ready(cell) if cell.held else last for cell in cells}
    for head in heads:
        for x in head.forms:
            for c in x.weights:
                if c in latest:
                    latest[c] = min(latest[c], timing.block_of(head) - 1)
    for move in moves:
        for _, x in move.terms:
            for c in x.weights:
                if c in latest:
                    latest[c] = min(latest[c], last - 1)
    for cell in reversed(cells):
        timing.block[cell] = latest[cell]
        for _, x in cell.terms:
            for c in x.weights:
                if c in latest:
                    latest[c] = min(latest[c], latest[cell] - 1)
