"""Where everything stands: every cell gets a residual column for its lifetime, and columns are used again.

Time is counted in half blocks: the attention of block b is time 2b, its ReLU layer 2b + 1, the embedding -1. A column
is handed on by clearing it in the ReLU layer of its cell's last reader: `x + (-relu(x)) = 0`, exact.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from heapq import heappop, heappush

from logdepth.arrows.program_to_transformer.schedule import Schedule, Slot
from logdepth.gadgets import Affine, Cell, Embedded, Neurons, State


@dataclass(frozen=True, eq=False)
class Layout:
    """columns: the residual column of every cell that is held; clears[b]: the cells that block b clears.

    names: the residual columns' names before block 0 and after every block.
    """

    width: int
    columns: dict[Cell, int]
    clears: tuple[tuple[Cell, ...], ...]
    names: tuple[tuple[str, ...], ...]


def allocate(schedule: Schedule) -> Layout:
    """A column for every cell that is read, by first fit in order of birth."""
    born, dies = lifetimes(schedule)
    ends = len(schedule.blocks) * 2
    columns, reused = first_fit(born, dies)
    clears: list[list[Cell]] = [[] for _ in schedule.blocks]
    for cell in columns:
        in_loop = (
            born[cell] >= 0
            and schedule.times[segment_at(schedule, born[cell] // 2)] > 1
            and not isinstance(cell, State)
        )
        if dies[cell] < ends and (cell in reused or in_loop):
            clears[dies[cell] // 2].append(cell)
    cleared = {cell for cells in clears for cell in cells}
    width = 1 + max(columns.values(), default=-1)
    until = {cell: dies[cell] if cell in cleared else ends for cell in columns}
    names = names_after_blocks(columns, born, until, width, len(schedule.blocks))
    return Layout(width, columns, tuple(tuple(cells) for cells in clears), names)


def first_fit(born: dict[Cell, int], dies: dict[Cell, int]) -> tuple[dict[Cell, int], set[Cell]]:
    """The column of every cell, the lowest that is free at its birth; and the cells whose column is handed on."""
    holder: list[Cell] = []  # the last cell of every column
    columns: dict[Cell, int] = {}
    reused: set[Cell] = set()
    held: list[tuple[int, int]] = []  # heap: from when on a column is free, the column
    free: list[int] = []  # heap of columns
    for cell in sorted(dies, key=lambda c: born[c]):
        while held and held[0][0] <= born[cell]:
            heappush(free, heappop(held)[1])
        if free:
            column = heappop(free)
            reused.add(holder[column])
            holder[column] = cell
        else:
            column = len(holder)
            holder.append(cell)
        columns[cell] = column
        in_relu = dies[cell] % 2 and not cell.error  # the ReLU layer that clears a cell may write the next one
        heappush(held, (dies[cell] + (not in_relu), column))
    return columns, reused


def segment_at(schedule: Schedule, block: int) -> int:
    return bisect_right(schedule.bounds, block) - 1


def reads(slot: Slot) -> list[Affine]:
    """Every form that a block reads."""
    forms = [x for head in slot.heads for x in (*head.query, *head.key)]
    forms += [x for head in slot.heads for x in head.values]
    forms += [x for cell in slot.neurons for _, x in cell.terms]
    forms += [x for move in slot.moves for _, x in move.terms]
    return forms


def lifetimes(schedule: Schedule) -> tuple[dict[Cell, int], dict[Cell, int]]:
    """Time of birth and of death (the ReLU layer of the last reading block) of every cell that is read."""
    born: dict[Cell, int] = {move.state: -1 for move in schedule.starts}
    dies: dict[Cell, int] = {}
    for block, slot in enumerate(schedule.blocks):
        for head in slot.heads:
            born.update((cell, 2 * block) for cell in head.outputs)
        born.update((cell, 2 * block + 1) for cell in slot.neurons)
        for move in slot.moves:
            born.setdefault(move.state, 2 * block + 1)
            after = schedule.bounds[segment_at(schedule, block) + 1]
            dies[move.state] = 2 * after + 1
    for block, slot in enumerate(schedule.blocks):
        segment = segment_at(schedule, block)
        after_loop = 2 * schedule.bounds[segment + 1] + 1  # every round reads it, so no round may clear it
        for x in reads(slot):
            for cell in x.weights:
                if isinstance(cell, Embedded):
                    born.setdefault(cell, -1)
                outside = born[cell] < 2 * schedule.bounds[segment] or isinstance(cell, State)
                last = after_loop if outside and schedule.times[segment] > 1 else 2 * block + 1
                dies[cell] = max(dies.get(cell, -1), last)
    for x, _ in schedule.plan.outputs.values():
        for cell in x.weights:
            if isinstance(cell, Embedded):
                born.setdefault(cell, -1)
            dies[cell] = 2 * len(schedule.blocks)
    for cell in born:  # written by a head or a neuron and never read, but held for an instant
        if isinstance(cell, State):
            dies.setdefault(cell, born[cell])
        if isinstance(cell, Neurons) and cell.held:  # there to be seen after the block that writes it
            dies[cell] = max(dies.get(cell, -1), min(born[cell] + 2, 2 * len(schedule.blocks)))
    return born, dies


def names_after_blocks(
    columns: dict[Cell, int], born: dict[Cell, int], until: dict[Cell, int], width: int, blocks: int
) -> tuple[tuple[str, ...], ...]:
    """The names of the residual columns before block 0 and after every block."""
    names = [[""] * width for _ in range(blocks + 1)]
    for cell, column in columns.items():
        for block in range((born[cell] + 2) // 2, min((until[cell] + 2) // 2, blocks + 1)):  # after block - 1
            names[block][column] = cell.label
    return tuple(map(tuple, names))
