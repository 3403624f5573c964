"""Numbers that are only ever added up become one cell: the residual stream does the addition.

Heads of one layer may write to the same cell, and so may ReLU units of one layer. If two cells always occur together,
with weights of one ratio, one cell can hold their sum in this ratio. It takes one residual column in place of two, and
units of equal input weights that are added to it are one unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import gcd

from logdepth.arrows.program_to_transformer.layers import Layers
from logdepth.arrows.program_to_transformer.plan import Plan, Segment
from logdepth.gadgets import Affine, Cell, Head, Neurons, Read, State, form

Uses = dict[Cell, list[tuple[int, int]]]  # cell -> the forms in which it occurs, by number, and its weight there
Part = tuple[Cell, int]  # a cell, and how often a sum holds it


def fuse(plan: Plan, exact: int) -> Plan:
    """The plan with one cell for all cells that one layer reads, or one ReLU layer computes, and that every form adds
    up alike; but for ReLU cells whose sum might leave the integers below `exact` on the way."""
    *_, all_of_it = ways_to_fuse(plan, exact)
    return all_of_it


def ways_to_fuse(plan: Plan, exact: int) -> Iterator[Plan]:
    """The plan in which ReLU cells stay apart, and only what heads read is put together; then that of `fuse`, if it is
    another one."""
    uses = occurrences(plan)
    fused = sums_of_reads(plan, uses)
    yield Rewriting(fused).plan(plan) if fused else plan
    if neurons := sums_of_neurons(plan, uses, exact):
        yield Rewriting(fused | neurons).plan(plan)


def sums_of_reads(plan: Plan, uses: Uses) -> dict[Cell, Part]:
    """The cell that stands for each cell that heads fill."""
    found: dict[Cell, Part] = {}
    for cells in reads_alike(plan, uses):
        found |= dict.fromkeys(cells, (together(cells), 1))
    return found


def sums_of_neurons(plan: Plan, uses: Uses, exact: int) -> dict[Cell, Part]:
    """The cell that stands for each ReLU cell, and how often it holds it."""
    found: dict[Cell, Part] = {}
    for parts in neurons_alike(plan, uses):
        added = added_up(parts)
        if added is not None and peak(added) < exact:
            found |= {cell: (added, factor) for cell, factor in parts}
    return found


def reads_alike(plan: Plan, uses: Uses) -> Iterator[list[Read]]:
    """Cells that heads of one layer fill, and that every form adds up alike."""
    alike: dict[object, list[Read]] = {}
    for number, segment in enumerate(plan.segments):
        layers = Layers(segment)
        for cell in dict.fromkeys(cell for head in segment.heads for cell in head.outputs):
            alike.setdefault((number, layers.of(cell), tuple(uses.get(cell, ()))), []).append(cell)
    yield from (cells for cells in alike.values() if len(cells) > 1)


def together(cells: list[Read]) -> Read:
    """The cell that holds the sum."""
    label = " + ".join(dict.fromkeys(cell.label for cell in cells))
    return Read(label, sum(c.low for c in cells), sum(c.high for c in cells), sum(c.error for c in cells))


def neurons_alike(plan: Plan, uses: Uses) -> Iterator[list[Part]]:
    """Cells of ReLU units that wait for the same layer, and whose weights have one ratio in all forms."""
    waits = Waits(plan)
    alike: dict[object, list[Part]] = {}
    for cell, where in uses.items():
        if isinstance(cell, Neurons) and not cell.held:
            factor = gcd(*(weight for _, weight in where)) * (1 if where[0][1] > 0 else -1)
            ratio = tuple((number, weight // factor) for number, weight in where)
            alike.setdefault((ratio, waits.of(cell)), []).append((cell, factor))
    yield from (parts for parts in alike.values() if len(parts) > 1)


@dataclass(frozen=True, eq=False)
class Waits:
    """What cells wait for: the last attention layer, as (segment, layer), and the states whose values they read."""

    plan: Plan
    known: dict[Cell, tuple[tuple[int, int], frozenset[Cell]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, segment in enumerate(self.plan.segments):
            layers = Layers(segment)
            for cell in dict.fromkeys(cell for head in segment.heads for cell in head.outputs):
                self.known[cell] = (number, layers.of(cell)), frozenset()

    def of(self, cell: Cell) -> tuple[tuple[int, int], frozenset[Cell]]:
        if cell not in self.known:
            below = [self.of(c) for _, x in cell.terms for c in x.weights] if isinstance(cell, Neurons) else []
            states = frozenset([cell]) if isinstance(cell, State) else frozenset[Cell]()
            self.known[cell] = max((last for last, _ in below), default=(-1, 0)), states.union(*(s for _, s in below))
        return self.known[cell]


def added_up(parts: Sequence[Part]) -> Neurons | None:
    """The cell that holds the sum of ReLU cells, each so often; None if it is always 0."""
    cells = [cell for cell, _ in parts if isinstance(cell, Neurons)]
    ends = [(factor * cell.low, factor * cell.high) for cell, factor in parts]
    terms: dict[object, tuple[int, Affine]] = {}
    for cell, (_, factor) in zip(cells, parts, strict=True):
        for weight, x in cell.terms:
            before, _ = terms.get(x.key(), (0, x))
            terms[x.key()] = before + factor * weight, x
    return Neurons(
        " + ".join(dict.fromkeys(cell.label for cell in cells)),
        sum(map(min, ends)),
        sum(map(max, ends)),
        sum(abs(factor) * cell.error for cell, factor in parts),
        tuple((weight, x) for weight, x in terms.values() if weight),
        statement=cells[0].statement,
        others=frozenset(statement for cell in cells for statement in cell.statements),
    )


def peak(cell: Neurons) -> int:
    """What no sum exceeds when the units of the cell are computed and added up."""
    return max([sum(abs(weight) * max(x.high, 0) for weight, x in cell.terms), *(x.magnitude for _, x in cell.terms)])


def occurrences(plan: Plan) -> Uses:
    """For every cell the forms in which it occurs, by number, and its weight there."""
    found: Uses = {}
    for number, x in enumerate(forms(plan)):
        for cell, weight in x.weights.items():
            found.setdefault(cell, []).append((number, weight))
    return found


def forms(plan: Plan) -> Iterator[Affine]:
    """Every form of the plan, those inside neurons once."""
    seen: set[Cell] = set()

    def inside(x: Affine) -> Iterator[Affine]:
        yield x
        for cell in x.weights:
            if isinstance(cell, Neurons) and cell not in seen:
                seen.add(cell)
                for _, y in cell.terms:
                    yield from inside(y)

    for segment in plan.segments:
        for head in segment.heads:
            for x in head.forms:
                yield from inside(x)
        for _, x in segment.moves:
            yield from inside(x)
        for cell in segment.held:
            yield from inside(form(cell))
    for x, _ in plan.outputs.values():
        yield from inside(x)


@dataclass(frozen=True)
class Rewriting:
    """Puts the cells of sums in the place of their parts, once in every form. fused: cell -> its sum and how often the
    sum holds it."""

    fused: dict[Cell, Part]
    neurons: dict[Cell, Neurons] = field(default_factory=dict)

    def rewritten(self, cell: Neurons) -> Neurons:
        if cell not in self.neurons:
            self.neurons[cell] = replace(cell, terms=tuple((weight, self.form(x)) for weight, x in cell.terms))
        return self.neurons[cell]

    def form(self, x: Affine) -> Affine:
        total: dict[Cell, int] = {}
        for cell, weight in x.weights.items():
            stands, factor = self.fused.get(cell, (cell, 1))
            total[self.rewritten(stands) if isinstance(stands, Neurons) else stands] = weight // factor  # equal: once
        return Affine(total, x.bounds)

    def read(self, cell: Read) -> Read:
        stands, _ = self.fused.get(cell, (cell, 1))
        assert isinstance(stands, Read), "what heads fill is added up by heads"
        return stands

    def head(self, head: Head) -> Head:
        query, key, values = (tuple(self.form(x) for x in part) for part in (head.query, head.key, head.values))
        outputs = tuple(map(self.read, head.outputs))
        return replace(head, query=query, key=key, values=values, outputs=outputs)

    def plan(self, plan: Plan) -> Plan:
        segments = tuple(
            Segment(
                s.times,
                tuple(self.head(h) for h in s.heads),
                tuple((state, self.form(x)) for state, x in s.moves),
                tuple(self.rewritten(cell) for cell in s.held),
            )
            for s in plan.segments
        )
        outputs = {name: (self.form(x), high) for name, (x, high) in plan.outputs.items()}
        return replace(plan, segments=segments, outputs=outputs)
