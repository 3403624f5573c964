"""A program read back from plain data, without executing any code: checked as if it were written anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from logdepth.numerics.documents import Departure, conform
from logdepth.numerics.errors import UsageError
from logdepth.programs.codings import Coding, coding_of
from logdepth.programs.json_form import (
    MOST_STEPS,
    STATEMENTS,
    ColumnForm,
    ConstantForm,
    HoldForm,
    MapForm,
    OperandForm,
    ProgramForm,
    RangeForm,
    RepeatForm,
    StatementForm,
)
from logdepth.programs.place import Place
from logdepth.programs.program import Program
from logdepth.programs.relations import Relation
from logdepth.programs.row_function import Node, RowFunction
from logdepth.programs.statements import (
    Column,
    Constant,
    Earlier,
    Hold,
    Last,
    Map,
    Operand,
    Rank,
    Repeat,
    Select,
    Spread,
    Statement,
    Sum,
    Weave,
    outputs_of,
)


def program_from_json(document: Any) -> Program:
    """The program that `Program.as_json` wrote, checked as if it were written anew.

    Errors: UsageError for anything else.
    """
    try:
        form = conform(document, ProgramForm)
        return Reading(form).program()
    except (Departure, UsageError) as error:
        raise UsageError("this is no program that can be read:", error) from None
    except RecursionError:
        raise UsageError("this is no program that can be read: its loops are too many inside each other") from None


@dataclass
class Reading:
    """`known`: the numbers of the columns that a statement may read by now; `given`: of those given so far."""

    form: ProgramForm
    known: set[int] = field(default_factory=set)
    given: set[int] = field(default_factory=set)
    where: str = "it"

    def __post_init__(self) -> None:
        self.columns = [Column(c.name, c.high, c.letters, c.low, read_values(c)) for c in self.form.columns]

    def wrong(self, rule: str) -> NoReturn:
        raise UsageError(f"{self.where} {rule}")

    def program(self) -> Program:
        form = self.form
        self.give([0, *form.inputs])
        index, inputs = self.columns[0], tuple(self.columns[number] for number in form.inputs)
        if (index.low, index.high) != (1, form.rows) or any(column.low for column in inputs):
            self.wrong(f"has {form.rows} rows, numbered from 1, and inputs from 0; its columns say otherwise")
        if not inputs or not form.outputs or len({"index", *(c.name for c in inputs)}) <= len(inputs):
            self.wrong("needs inputs, each with a name of its own that is not 'index', and an output")
        if form.blank >= form.rows:
            self.wrong(f"has {form.rows} rows, and {form.blank} of them are blank; one at least is not")
        if steps(form.statements) > MOST_STEPS:
            self.wrong(f"carries out more than {MOST_STEPS} statements")
        statements = self.statements(form.statements, "statements")
        self.where = "it"
        outputs = {name: self.column(number) for name, number in form.outputs.items()}
        return Program(form.name, form.rows, form.causal, index, inputs, statements, outputs, blank=form.blank)

    def give(self, numbers: Sequence[int]) -> None:
        """Columns that can be read from now on."""
        for number in numbers:
            if number >= len(self.columns):
                self.wrong(f"gives column {number} of {len(self.columns)}")
            if number in self.given:
                self.wrong(f"gives column {number}, which is there already")
            self.given.add(number)
            self.known.add(number)

    def column(self, number: int) -> Column:
        if number not in self.known:
            self.wrong(f"reads column {number}, which is not there")
        return self.columns[number]

    def operand(self, form: OperandForm) -> Operand:
        return Constant(form.value) if isinstance(form, ConstantForm) else self.column(form)

    def statements(self, forms: Sequence[StatementForm], path: str) -> tuple[Statement, ...]:
        found = []
        for place, form in enumerate(forms):
            self.where = f"{path}[{place}]"
            found.append(self.statement(form))
        return tuple(found)

    def statement(self, form: StatementForm) -> Statement:
        if isinstance(form, RepeatForm):
            return self.repeat(form)
        if isinstance(form, HoldForm) and ".body" in self.where:
            self.wrong("holds a column inside a loop")
        parts: dict[str, Any] = {name: self.part(name, getattr(form, name)) for name in form.__struct_fields__}
        if isinstance(form, MapForm):
            parts["function"] = self.function(form)
        numbers = form.outputs if hasattr(form, "outputs") else [form.output]
        self.give(numbers)
        given = tuple(self.columns[number] for number in numbers)
        parts |= {"outputs": given} if hasattr(form, "outputs") else {"output": given[0]}
        statement: Statement = STATEMENTS[type(form)](**parts)
        self.check(statement)
        return statement

    def part(self, name: str, value: Any) -> Any:
        match name:
            case "query" | "key" | "values" | "inputs" | "destinations" if isinstance(value, list):
                return tuple(self.operand(operand) for operand in value)
            case "value" | "until":
                return self.operand(value)
            case "key" | "column" | "where" | "priority":
                return None if value is None else self.column(value)
            case "tables":
                return tuple(np.array(table, dtype=np.int64) for table in value)
            case "matching":
                return tuple(relation if isinstance(relation, str) else self.table(relation) for relation in value)
            case "place":
                return None if value is None else Place(value.file, value.line, value.text)
        return value

    def table(self, rows: Sequence[Sequence[int]]) -> np.ndarray:
        if len({len(row) for row in rows}) != 1:
            self.wrong("has a table whose lines are not of one length")
        return np.array(rows, dtype=np.int64)

    def function(self, form: MapForm) -> RowFunction:
        nodes = tuple(Node(n.operation, tuple(n.operands), n.argument) for n in form.function.nodes)
        tables = tuple(np.array(table, dtype=np.int64) for table in form.function.tables)
        function = RowFunction(len(form.inputs), nodes, tuple(form.function.results), tables)
        function.spans([(x.low, x.high) for x in map(self.operand, form.inputs)])
        return function

    def repeat(self, form: RepeatForm) -> Repeat:
        at, outside = self.where, set(self.known)
        start = tuple(self.operand(operand) for operand in form.start)
        if not len(start) == len(form.state) == len(form.result) == len(form.outputs) > 0:
            self.wrong("has as many state columns as start values, results and outputs, at least one")
        self.give(form.state)
        body = self.statements(form.body, f"{at}.body")
        self.where = at
        result = tuple(self.operand(operand) for operand in form.result)
        self.known = outside
        self.give(form.outputs)
        state, outputs = (tuple(self.columns[n] for n in numbers) for numbers in (form.state, form.outputs))
        repeat = Repeat(form.times, start, state, body, result, outputs, place=self.part("place", form.place))
        self.check(repeat)
        return repeat

    def check(self, statement: Statement) -> None:
        """What a `Table` sees to, and the passes rely on."""
        causal, rows, outputs = self.form.causal, self.form.rows, outputs_of(statement)
        match statement:
            case Map():
                fits = len(statement.function.results) == len(outputs) > 0
            case Select() | Last():
                fits = len(statement.query) == len(statement.key) > 0 and len(statement.values) == len(outputs) > 0
                fits = fits and all(o.high >= v.high for o, v in zip(outputs, statement.values, strict=True))
            case Sum():
                fits = len(statement.query) == len(statement.key) == len(statement.relations) > 0
                fits = fits and all(map(relation_fits, statement.relations, statement.key, statement.query))
            case Rank():
                fits = not causal and statement.output.high == rows
            case Earlier():
                fits = not causal
            case Spread():
                fits = not causal and len(statement.values) == len(outputs) > 0 and len(statement.destinations) > 0
            case Weave():
                fits = len(statement.values) == len(statement.tables) > 0
                fits = fits and all(table.shape == (rows + 1,) for table in statement.tables)
            case Hold():
                fits = statement.output.high >= statement.column.high
            case Repeat():
                highs = [column.high for column in statement.state]
                fits = highs == [column.high for column in outputs]
        if not fits:
            self.wrong(f"is a {type(statement).__name__.lower()} whose columns or ranges do not fit together")
        where = getattr(statement, "where", None)
        if where is not None and where.high > 1:
            self.wrong(f"has the condition {where!r}; a condition is 0 or 1")
        if any(column.low for column in outputs) and not is_length(statement):
            self.wrong("gives a column that is said to be at least 1, and it may be 0")


def is_length(statement: Statement) -> bool:
    """Whether it reads the row number from a row that always matches."""
    return (
        isinstance(statement, Select)
        and statement.where is None
        and all(isinstance(x, Constant) for x in (*statement.query, *statement.key))
        and [x.high for x in statement.query] == [x.high for x in statement.key]
        and all(o.low <= v.low for o, v in zip(statement.outputs, statement.values, strict=True))
    )


def read_values(form: ColumnForm) -> Coding | None:
    """What a column's numbers stand for; a list is a tuple."""
    if isinstance(form.values, RangeForm):
        if form.values.step == 0:
            raise UsageError(f"column {form.name!r} has values that are all the same")
        return range(form.values.first, form.values.first + form.values.count * form.values.step, form.values.step)
    return None if form.values is None else coding_of(form.name, map(read_value, form.values))


def read_value(value: Any) -> Any:
    return tuple(map(read_value, value)) if isinstance(value, list) else value


def relation_fits(relation: Relation, key: Operand, query: Operand) -> bool:
    """Whether a table of a relation has the entries that it needs."""
    return isinstance(relation, str) or relation.shape == (key.high + 1, query.high + 1)


def steps(forms: Sequence[StatementForm]) -> int:
    return sum(form.times * max(1, steps(form.body)) if isinstance(form, RepeatForm) else 1 for form in forms)
