"""A program becomes a straight line: loops are unrolled, and whatever is known beforehand is taken out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from itertools import product

import numpy as np
import torch
from torch import Tensor

from logdepth.arrows.program_to_mpc.relations import equalities
from logdepth.arrows.program_to_mpc.straight import Line, Order, Straight, Talk, gives
from logdepth.programs import (
    Column,
    Constant,
    Earlier,
    Hold,
    Last,
    Map,
    Operand,
    Program,
    Rank,
    Relation,
    Repeat,
    Select,
    Spread,
    Statement,
    Sum,
    Weave,
    add,
    make_map,
    outputs_of,
)


def unroll(program: Program) -> Straight:
    """All statements as lines, with a new column in every turn of a loop."""
    unrolling = Unrolling(program)
    unrolling.run(program.statements)
    outputs = {name: unrolling.of(column) for name, column in program.outputs.items()}
    return Straight(program, tuple(unrolling.lines), outputs, tuple(unrolling.given), tuple(unrolling.written))


@dataclass(frozen=True)
class Matching:
    """Which rows match: `pairs`, `asks_if` and `offers_if` of a `Talk`."""

    pairs: tuple[tuple[Column, Column], ...]
    asks_if: tuple[tuple[Column, int], ...]
    offers_if: tuple[tuple[Column, int], ...]


@dataclass
class Unrolling:
    """The lines so far, what a column of the program stands for now, what those stood for that a step gave, and what
    the lines of a step wrote."""

    program: Program
    lines: list[Line] = field(default_factory=list)
    now: dict[Column, Operand] = field(default_factory=dict)
    given: list[tuple[Operand, ...]] = field(default_factory=list)
    written: list[tuple[Column, ...]] = field(default_factory=list)

    def of(self, operand: Operand) -> Operand:
        return self.now.get(operand, operand) if isinstance(operand, Column) else operand

    def new(self, column: Column) -> Column:
        self.now[column] = copy = Column(column.name, column.high)
        return copy

    def run(self, statements: Sequence[Statement]) -> None:
        for statement in statements:
            first = len(self.lines)
            match statement:
                case Map():
                    inputs = tuple(map(self.of, statement.inputs))
                    outputs = tuple(map(self.new, statement.outputs))
                    self.lines.append(replace(statement, inputs=inputs, outputs=outputs))
                case Sum() if statement.matching:
                    self.related_sum(statement)
                case Select() | Last() | Sum() | Earlier():
                    self.talk(statement)
                case Rank():
                    self.rank(statement)
                case Spread():
                    self.spread(statement)
                case Weave():
                    self.weave(statement)
                case Hold():
                    self.now[statement.output] = self.of(statement.column)
                case Repeat():
                    self.repeat(statement)
            self.given.append(tuple(map(self.of, outputs_of(statement))))
            lines = () if isinstance(statement, Repeat) else self.lines[first:]
            self.written.append(tuple(column for line in lines for column in gives(line)))

    def repeat(self, statement: Repeat) -> None:
        state = list(map(self.of, statement.start))
        for _ in range(statement.times):
            self.now |= dict(zip(statement.state, state, strict=True))
            self.given.append(tuple(state))
            self.written.append(())
            self.run(statement.body)
            state = list(map(self.of, statement.result))
        self.now |= dict(zip(statement.outputs, state, strict=True))

    def rank(self, statement: Rank) -> None:
        key = self.of(statement.key)
        if isinstance(key, Column):
            self.lines.append(Rank(key, self.new(statement.output)))
        else:  # all rows are equal
            self.now[statement.output] = self.program.index

    def weave(self, statement: Weave) -> None:
        """A map: a machine knows the tables, as it knows the rest of the program."""
        inputs = (self.program.index, *map(self.of, statement.values))
        self.lines.append(make_map(partial(woven, statement.tables), inputs, (self.new(statement.output),)))

    def spread(self, statement: Spread) -> None:
        """For each of the destinations the sums at the row that it names; then their sums."""
        values = tuple(self.column(self.of(value)) for value in statement.values)
        to = tuple(Column("destination", operand.high) for operand in statement.destinations)
        self.lines.append(make_map(first_of_each, tuple(map(self.of, statement.destinations)), to))
        parts = [tuple(Column(output.name, output.high) for output in statement.outputs) for _ in to]
        for destination, sums in zip(to, parts, strict=True):
            self.lines.append(Talk("sum", values, sums, pairs=((self.program.index, destination),)))
        for sums, output in zip(zip(*parts, strict=True), statement.outputs, strict=True):
            self.lines.append(make_map(add, sums, (self.new(output),)))

    def column(self, operand: Operand) -> Column:
        """The operand in a column of its own, if it has none."""
        if isinstance(operand, Column):
            return operand
        column = Column(str(operand.value), operand.high)
        self.lines.append(make_map(add, (operand,), (column,)))
        return column

    def computed(self, function: Callable[[Tensor], Tensor], operand: Operand, high: int) -> Operand:
        """A function of an operand, in a column of its own unless it is the same in every row."""
        if isinstance(operand, Constant):
            return Constant(int(function(torch.tensor(operand.value))))
        column = Column(operand.name, high)
        self.lines.append(make_map(function, (operand,), (column,)))
        return column

    def related_sum(self, statement: Sum) -> None:
        """The sums over the rows that match in each of several ways, and their sum."""
        order, relations = self.by_rows(statement)
        query, key = map(self.of, statement.query), map(self.of, statement.key)
        parts = zip(relations, query, key, strict=True)
        ways = product(*(equalities(r, mine, theirs, self.computed) for r, mine, theirs in parts if r is not None))
        sums: list[Column] = []
        for way in ways:
            matching = self.matching([pair for part in way for pair in part], statement.where)
            if matching is not None:
                sums.append(Column(statement.output.name, statement.output.high))
                conditions = (matching.pairs, matching.asks_if, matching.offers_if)
                self.lines.append(Talk("sum", (self.of(statement.value),), (sums[-1],), *conditions, order))
        if sums:
            self.lines.append(make_map(add, sums, (self.new(statement.output),)))
        else:
            self.now[statement.output] = Constant(0)

    def by_rows(self, statement: Sum) -> tuple[Order, list[Relation | None]]:
        """In which order rows are seen, and the relations that this leaves; None: what the order says already."""
        index, relations = self.program.index, list[Relation | None](statement.relations)
        order: Order = "so far" if self.program.causal else "run"
        for number, relation in enumerate(statement.relations):
            of_rows = statement.query[number] is index and statement.key[number] is index
            if of_rows and isinstance(relation, str) and relation in ("<", "<="):
                order = "before" if relation == "<" or order == "before" else "so far"
                relations[number] = None
        return order, relations

    def talk(self, statement: Select | Last | Sum | Earlier) -> None:
        query, key = ((statement.key,),) * 2 if isinstance(statement, Earlier) else (statement.query, statement.key)
        matching = self.matching(zip(map(self.of, query), map(self.of, key), strict=True), statement.where)
        if matching is not None:
            self.lines.append(self.said(statement, matching))
        else:
            outputs = statement.outputs if isinstance(statement, Select | Last) else (statement.output,)
            self.now |= dict.fromkeys(outputs, Constant(0))

    def matching(self, equal: Iterable[tuple[Operand, Operand]], where: Column | None) -> Matching | None:
        """What has to be equal, without what is known beforehand; None if no row can match any."""
        pairs: dict[tuple[Column, Column], None] = {}
        asks_if: list[tuple[Column, int]] = []
        offers_if: list[tuple[Column, int]] = []
        must_be = [*equal]
        if where is not None:
            must_be.append((Constant(1), self.of(where)))
        for mine, theirs in must_be:
            match mine, theirs:
                case Column(), Column():
                    pairs[mine, theirs] = None
                case Column(), Constant():
                    asks_if.append((mine, theirs.value))
                case Constant(), Column():
                    offers_if.append((theirs, mine.value))
                case _ if mine != theirs:
                    return None
        return Matching(tuple(pairs), tuple(asks_if), tuple(offers_if))

    def said(self, statement: Select | Last | Sum | Earlier, matching: Matching) -> Talk:
        """The statement in the one form that all have."""
        conditions = (matching.pairs, matching.asks_if, matching.offers_if)
        seen: Order = "so far" if self.program.causal else "run"
        match statement:
            case Select():
                pulls = statement.pulls(self.program.index)
                urgent = self.of(statement.priority) if statement.priority is not None else None
                return Talk(
                    "last" if statement.order == "last" else "first",
                    tuple(map(self.of, statement.values)),
                    tuple(map(self.new, statement.outputs)),
                    *conditions,
                    order="run" if pulls else seen,
                    priority=urgent if isinstance(urgent, Column) else None,
                    distinct=statement.distinct,
                )
            case Last():
                return Talk(
                    "last",
                    tuple(map(self.of, statement.values)),
                    tuple(map(self.new, statement.outputs)),
                    *conditions,
                    order="so far",
                    until=self.latest(self.of(statement.until)),
                )
            case Sum():
                return Talk("sum", (self.of(statement.value),), (self.new(statement.output),), *conditions, seen)
            case Earlier():
                return Talk("sum", (Constant(1),), (self.new(statement.output),), *conditions, "before")

    def latest(self, until: Operand) -> Column:
        """The last row that may be heard: in a causal program none after mine."""
        if not self.program.causal:
            return self.column(until)
        latest = Column("until", self.program.rows)
        self.lines.append(make_map(torch.minimum, (until, self.program.index), (latest,)))
        return latest


def woven(tables: Sequence[np.ndarray], index: Tensor, *values: Tensor) -> Tensor:
    """What `Weave` says of its values."""
    return add(*(torch.from_numpy(table)[index] * value for table, value in zip(tables, values, strict=True)))


def first_of_each(*destinations: Tensor) -> list[Tensor]:
    """Of every row the destinations, with 0 in place of one that has come before."""
    once = []
    for number, to in enumerate(destinations):
        again = [earlier == to for earlier in destinations[:number]]
        once.append(to.masked_fill(reduce(operator.or_, again), 0) if again else to)
    return once
