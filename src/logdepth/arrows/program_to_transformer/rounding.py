"""Which sums are made exact integers before tables read them: whatever plan has the fewest parameters.

A sum comes out of a head with a small error. A function of it may be computed by its jumps, two ReLU layers, and then
every jump takes a residual column and two units; or the sum is rounded first, two ReLU layers a digit and a column for
every value of a digit. All tables of one sum share its jumps, or its digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from logdepth.arrows.program_to_transformer.plan import Plan, Segment
from logdepth.arrows.program_to_transformer.prune import prune, reachable
from logdepth.gadgets import Affine, Cell, Head, Neurons, Staircase, combine, constant, form, lowering
from logdepth.gadgets.relu import Digits, of_rounded, round_digits

MANY_JUMPS = (16, 8, 4)  # plans that are tried; three jumps are as many as a digit has, and rounding saves no column

Base = tuple[tuple[int, int], ...]  # the key of a form


def ways_to_round(plan: Plan) -> Iterator[Plan]:
    """The pruned plan as it is; then with the sums of most jumps made exact, and so on, down to those of few."""
    yield plan
    tables = tables_by_sum(plan)
    jumps = {base: len(frozenset[int]().union(*(table.jumps for table in of))) for base, of in tables.items()}
    chosen: set[Base] = set()
    for many in MANY_JUMPS:
        before, chosen = chosen, {base for base, count in jumps.items() if count >= many}
        if chosen != before:
            yield prune(Rounding({base: tables[base] for base in chosen}).plan(plan))


def tables_by_sum(plan: Plan) -> dict[Base, list[Staircase]]:
    """The staircases of the plan by the form that they are functions of, each form by its key."""
    found: dict[Base, list[Staircase]] = {}
    for cell in cells_of(plan):
        if isinstance(cell, Staircase):
            found.setdefault(cell.of.key(), []).append(cell)
    return found


def cells_of(plan: Plan) -> set[Cell]:
    """All cells that heads, moves, held cells or outputs depend on."""
    forms = [x for segment in plan.segments for head in segment.heads for x in head.forms]
    forms += [x for segment in plan.segments for _, x in segment.moves]
    forms += [form(cell) for segment in plan.segments for cell in segment.held]
    return reachable([*forms, *(x for x, _ in plan.outputs.values())])


@dataclass(frozen=True)
class Rounding:
    """Puts tables of exact numbers in the place of staircases. `tables`: those of every sum to be rounded."""

    tables: dict[Base, list[Staircase]]
    digits: dict[Base, Digits] = field(default_factory=dict)
    known: dict[Cell, Affine] = field(default_factory=dict)

    def cell(self, cell: Cell) -> Affine:
        """What stands for the cell."""
        if cell not in self.known:
            self.known[cell] = self.computed(cell)
        return self.known[cell]

    def computed(self, cell: Cell) -> Affine:
        if isinstance(cell, Staircase) and cell.of.key() in self.tables:
            with lowering(cell.statement):
                return self.table(cell)
        if isinstance(cell, Neurons):
            return form(replace(cell, terms=tuple((weight, self.form(x)) for weight, x in cell.terms)))
        return form(cell)

    def table(self, cell: Staircase) -> Affine:
        """The staircase as a function of the exact number."""
        base, all_of_it = cell.of.key(), self.tables[cell.of.key()]
        first = min(table.first for table in all_of_it)
        last = max(table.last for table in all_of_it)
        if base not in self.digits:
            self.digits[base] = round_digits(self.form(cell.of) - constant(first), last - first, cell.label)
        values = np.pad(cell.values, (cell.first - first, last - cell.last), mode="edge")
        return of_rounded(self.digits[base], values - int(cell.values[0]), cell.label)

    def form(self, x: Affine) -> Affine:
        total = combine((self.cell(cell), weight) for cell, weight in x.weights.items())
        return Affine(total.weights, x.bounds)

    def head(self, head: Head) -> Head:
        query, key, values = (tuple(self.form(x) for x in part) for part in (head.query, head.key, head.values))
        return replace(head, query=query, key=key, values=values)

    def held(self, cell: Neurons) -> Neurons:
        (stands,) = self.cell(cell).weights
        assert isinstance(stands, Neurons), "what is held is no staircase"
        return stands

    def segment(self, segment: Segment) -> Segment:
        return Segment(
            segment.times,
            tuple(map(self.head, segment.heads)),
            tuple((state, self.form(x)) for state, x in segment.moves),
            tuple(map(self.held, segment.held)),
        )

    def plan(self, plan: Plan) -> Plan:
        outputs = {name: (self.form(x), high) for name, (x, high) in plan.outputs.items()}
        return replace(plan, segments=tuple(map(self.segment, plan.segments)), outputs=outputs)
