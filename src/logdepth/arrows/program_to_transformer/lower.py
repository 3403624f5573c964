"""Statements become heads and neurons: every `select` one head, every `sum` one or a few, every `map` ReLU pieces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from logdepth.arrows.program_to_transformer.plan import Plan, Segment
from logdepth.arrows.program_to_transformer.row_functions import lower_map
from logdepth.arrows.program_to_transformer.row_numbers import TABLE
from logdepth.gadgets import INDEX, Affine, Embedded, Head, Neurons, Read, State, constant, form, lowering
from logdepth.gadgets.heads import earlier_heads, pull_head, rank_heads, select_head, spread_head, sum_error, sum_head
from logdepth.gadgets.last import last_head, nearest, ways_until
from logdepth.gadgets.relations import is_equality, related_head, ways_to_match_all
from logdepth.gadgets.relu import LARGEST_TABLE, embed, snap, woven
from logdepth.numerics.errors import UsageError
from logdepth.numerics.formats import Format
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
    Repeat,
    Select,
    Spread,
    Statement,
    Sum,
    Weave,
    describe_map,
    in_order,
)

PROPAGATION = "sparse propagation"
"""The label of a head that takes the mean over all that match."""


def lower(program: Program, number_format: Format, tied: bool, positions: str = TABLE) -> Plan:
    """The whole program. `tied`: a repeat becomes a segment of its own, run many times; otherwise it is unrolled.

    positions: how the row number enters, see `row_numbers`.
    """
    work = Lowering(program, number_format, tied, positions)
    work.statements(program.statements)
    outputs = {name: (work.form_of(column), column.high) for name, column in program.outputs.items()}
    fields = {column.name: column.high for column in program.inputs}
    return Plan(program.name, program.rows, program.causal, fields, (*work.done, work.segment()), outputs, positions)


class Lowering:
    """The walk over the statements: which form every column has, and the heads of the segment being written."""

    def __init__(self, program: Program, number_format: Format, tied: bool, positions: str) -> None:
        self.program, self.format, self.tied, self.positions = program, number_format, tied, positions
        self.looping = False  # inside a loop; a repeat there is unrolled
        self.done: list[Segment] = []
        self.heads: list[Head] = []
        self.held: list[Neurons] = []
        self.index = form(Embedded("index", 1, program.rows, 0.0, INDEX, np.arange(program.rows + 1)))
        self.forms: dict[Column, Affine] = {program.index: self.index}
        self.numbers = {id(statement): n for n, statement in enumerate(in_order(program.statements), start=1)}
        for column in program.inputs:
            if column.high >= LARGEST_TABLE:
                raise UsageError(
                    f"input {column.name!r} has {column.high + 1:,} values, and an embedding has a row for each, at"
                    f" most {LARGEST_TABLE:,}. Choose a smaller range for it."
                )
            self.forms[column] = form(
                Embedded(column.name, 0, column.high, 0.0, column.name, np.arange(column.high + 1))
            )

    def form_of(self, operand: Operand) -> Affine:
        if isinstance(operand, Constant):
            return constant(operand.value)
        return self.forms[operand]

    def exact(self, operand: Operand) -> Affine:
        """The column as an exact integer: a sum is snapped to the nearest one."""
        value = self.form_of(operand)
        if value.error and isinstance(operand, Column):
            value = self.forms[operand] = snap(value, operand.high, operand.name).within(0, operand.high)
        return value

    def segment(self, times: int = 1, moves: Sequence[tuple[State, Affine]] = ()) -> Segment:
        heads, self.heads = tuple(self.heads), []
        held, self.held = tuple(self.held), []
        return Segment(times, heads, tuple(moves), held)

    def statements(self, statements: Sequence[Statement]) -> None:
        for statement in statements:
            with lowering(self.numbers[id(statement)]):
                self.statement(statement)

    def statement(self, statement: Statement) -> None:
        match statement:
            case Map():
                self.map(statement)
            case Select():
                self.select(statement)
            case Last():
                self.last(statement)
            case Sum():
                self.sum(statement)
            case Rank():
                self.rank(statement)
            case Earlier():
                self.earlier(statement)
            case Spread():
                self.spread(statement)
            case Weave():
                self.weave(statement)
            case Hold():
                self.hold(statement)
            case Repeat():
                self.repeat(statement)

    def map(self, statement: Map) -> None:
        inputs = [self.form_of(o).within(o.low, o.high) for o in statement.inputs]
        for column, result in zip(statement.outputs, lower_map(statement, inputs), strict=True):
            if result.low > column.high or result.high < 0:
                raise UsageError(
                    f"{describe_map(statement)} gives {result.low}..{result.high}, but 0..{column.high} is declared"
                )
            self.forms[column] = result.within(0, column.high)

    def select(self, statement: Select) -> None:
        query, key = [self.exact(o) for o in statement.query], [self.exact(o) for o in statement.key]
        values = [self.exact(o) for o in statement.values]
        outputs = [Read(c.name, 0, o.high) for c, o in zip(statement.outputs, statement.values, strict=True)]
        label = f"read {', '.join(column.name for column in statement.outputs)}"
        where = None if statement.where is None else self.exact(statement.where)
        if statement.pulls(self.program.index):
            most = self.most_pulled(query[0].high)
            head = pull_head(label, query[0], self.index, values, outputs, self.program.causal, self.format, most)
        else:
            score, most = self.score(statement)
            head = select_head(label, query, key, values, outputs, score, most, where, self.program.causal, self.format)
        self.heads.append(head)
        for column, output in zip(statement.outputs, outputs, strict=True):
            self.forms[column] = form(output)

    def most_pulled(self, highest: int) -> int:
        """Up to which row the code of row numbers goes: to the last that is pulled. By formulas, a code that ends
        shortly before the last row would take more of them than one for all rows."""
        rows = self.program.rows
        return rows if self.positions != TABLE and 2 * highest > rows else min(highest, rows)

    def score(self, statement: Select) -> tuple[Affine, int]:
        """What prefers one match to another, 1..most, different for any two matches."""
        if statement.distinct:
            return constant(1), 1
        rows = self.program.rows
        place = {"last": self.index, "first": constant(rows + 1) - self.index, "any": constant(1)}[statement.order]
        places = 1 if statement.order == "any" else rows
        if statement.priority is None:
            return place, places
        priority = self.exact(statement.priority)
        return (constant(statement.priority.high) - priority) * places + place, (statement.priority.high + 1) * places

    def last(self, statement: Last) -> None:
        """A head for every digit of a row number. The column of the smallest range is read 1 higher, so that a head
        that has found a row reads no 0 there."""
        query, key = [self.exact(o) for o in statement.query], [self.exact(o) for o in statement.key]
        values = [self.exact(o) for o in statement.values]
        where = None if statement.where is None else self.exact(statement.where)
        highs = [operand.high for operand in statement.values]
        ways = ways_until(self.index, self.exact(statement.until))
        mark, more = highs.index(min(highs)), int(len(ways) > 1)
        values[mark] = values[mark] + constant(more)
        label = f"read {', '.join(column.name for column in statement.outputs)}"
        found: list[list[Affine]] = []
        for way in ways:
            parts = zip(statement.outputs, highs, strict=True)
            outputs = [Read(c.name, 0, high + more * (n == mark)) for n, (c, high) in enumerate(parts)]
            self.heads.append(
                last_head(label, way, query, key, values, outputs, self.index, where, self.program.causal, self.format)
            )
            found.append([form(output) for output in outputs])
        marks = [read[mark] for read in found]
        for n, (column, high) in enumerate(zip(statement.outputs, highs, strict=True)):
            read = [each[n] - constant(more * (n == mark)) for each in found]
            result = read[0] if len(ways) == 1 else nearest(marks, read, high, column.name, self.format)
            self.forms[column] = result if ways else constant(0)

    def sum(self, statement: Sum) -> None:
        query, key = [self.exact(o) for o in statement.query], [self.exact(o) for o in statement.key]
        ways = ways_to_match_all(statement.relations, query, key)
        most, added = statement.output.high, statement.value.high
        error = sum_error(most, self.program.rows, added, self.format, heads=len(ways))
        output = Read(statement.output.name, 0, most, error)
        where = None if statement.where is None else self.exact(statement.where)
        label = f"add up {statement.output.name}"
        value = self.exact(statement.value)
        equal = [n for n, relation in enumerate(statement.relations) if is_equality(relation)]
        query, key = [query[n] for n in equal], [key[n] for n in equal]
        for way in ways:
            parts = (query, key, value, output, where, self.program.causal, self.format)
            self.heads.append(related_head(label, way, *parts) if way else sum_head(label, *parts))
        self.forms[statement.output] = form(output) if ways else constant(0)

    def rank(self, statement: Rank) -> None:
        rows, key = self.program.rows, self.exact(statement.key)
        error = sum_error(rows, rows, 1, self.format)
        before = Read(f"rows before by {statement.key.name}", 0, rows - 1, error)
        self.heads += rank_heads(f"rank by {statement.key.name}", key, self.index, before, self.format)
        self.forms[statement.output] = (form(before) + constant(1)).within(1, rows)

    def earlier(self, statement: Earlier) -> None:
        rows, key, most = self.program.rows, self.exact(statement.key), statement.output.high
        before = Read(statement.output.name, 0, most, sum_error(most, rows, 1, self.format))
        where = None if statement.where is None else self.exact(statement.where)
        label = f"count earlier rows with my {statement.key.name}"
        self.heads += earlier_heads(label, key, self.index, before, where, self.format)
        self.forms[statement.output] = form(before)

    def spread(self, statement: Spread) -> None:
        to, values = ([self.exact(o) for o in operands] for operands in (statement.destinations, statement.values))
        outputs = []
        for column, value in zip(statement.outputs, statement.values, strict=True):
            error = sum_error(column.high, statement.senders, value.high, self.format)
            outputs.append(Read(column.name, 0, column.high, error))
            self.forms[column] = form(outputs[-1])
        self.heads.append(spread_head(PROPAGATION, self.index, to, values, outputs, self.format))

    def weave(self, statement: Weave) -> None:
        gates = [embed(INDEX, table, f"gate of {statement.output.name}") for table in statement.tables]
        values = [self.exact(o).within(0, o.high) for o in statement.values]
        self.forms[statement.output] = woven(gates, values, statement.output.high, statement.output.name)

    def hold(self, statement: Hold) -> None:
        output = statement.output
        cell = Neurons(output.name, 0, output.high, 0.0, ((1, self.exact(statement.column)),), held=True)
        self.held.append(cell)
        self.forms[output] = form(cell)

    def repeat(self, statement: Repeat) -> None:
        current = [self.exact(o).within(0, c.high) for o, c in zip(statement.start, statement.state, strict=True)]
        if self.tied and not self.looping and statement.times > 1:
            current = self.loop(statement, current)
        else:
            for _ in range(statement.times):
                current = self.round(statement, current)
        self.forms.update(zip(statement.outputs, current, strict=True))

    def round(self, statement: Repeat, current: Sequence[Affine]) -> list[Affine]:
        self.forms.update(zip(statement.state, current, strict=True))
        self.statements(statement.body)
        return [self.exact(o).within(0, c.high) for o, c in zip(statement.result, statement.state, strict=True)]

    def loop(self, statement: Repeat, current: Sequence[Affine]) -> list[Affine]:
        states = [State(column.name, 0, column.high) for column in statement.state]
        self.done.append(self.segment(1, list(zip(states, current, strict=True))))
        outside = dict(self.forms)
        self.looping = True
        following = self.round(statement, [form(state) for state in states])
        self.looping = False
        self.done.append(self.segment(statement.times, list(zip(states, following, strict=True))))
        self.forms = outside  # what was computed inside is gone after the round
        return [form(state) for state in states]
