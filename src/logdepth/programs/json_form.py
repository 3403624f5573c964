"""A program as plain data: written, and read back without executing any code.

Columns are numbered: the first is the row number. A statement names those that it reads and gives by their numbers; a
constant is an object {"value": n}.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta, Struct

from logdepth.numerics.documents import Count, Positive
from logdepth.numerics.errors import UsageError
from logdepth.programs.place import Place
from logdepth.programs.relations import Comparison
from logdepth.programs.row_function import RowFunction
from logdepth.programs.statements import (
    LARGEST,
    Column,
    Constant,
    Earlier,
    Hold,
    Last,
    Map,
    Order,
    Rank,
    Repeat,
    Select,
    Spread,
    Statement,
    Sum,
    Weave,
    outputs_of,
)

MOST_ROWS = 2**24
MOST_STEPS = 2**20  # statements that a run carries out, those of loops in every round

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]


class Form(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Unknown keys are errors; what is as by default is not written."""


class ConstantForm(Form, frozen=True):
    value: Count


OperandForm = Count | ConstantForm


class RangeForm(Form, frozen=True):
    """count whole numbers from `first` on"""

    first: Int64
    count: Positive
    step: Int64 = 1


class ColumnForm(Form, frozen=True):
    name: str
    high: Annotated[int, Meta(ge=0, le=LARGEST)]
    letters: str | None = None
    low: Count = 0
    values: RangeForm | list[Any] | None = None


class PlaceForm(Form, frozen=True):
    file: str
    line: Count
    text: str


class NodeForm(Struct, array_like=True, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """[operation, [numbers of its operands], argument]"""

    operation: str
    operands: list[Count]
    argument: Int64 = 0


class FunctionForm(Form, frozen=True):
    nodes: list[NodeForm]
    results: list[Count]
    tables: list[list[Int64]] = []


class MapForm(Form, frozen=True, tag="map", tag_field="kind"):
    function: FunctionForm
    inputs: list[OperandForm]
    outputs: list[Count]
    place: PlaceForm | None = None


class SelectForm(Form, frozen=True, tag="select", tag_field="kind"):
    query: list[OperandForm]
    key: list[OperandForm]
    values: list[OperandForm]
    outputs: list[Count]
    where: Count | None = None
    priority: Count | None = None
    order: Order = "first"
    distinct: bool = False
    place: PlaceForm | None = None


class LastForm(Form, frozen=True, tag="last", tag_field="kind"):
    query: list[OperandForm]
    key: list[OperandForm]
    values: list[OperandForm]
    until: OperandForm
    outputs: list[Count]
    where: Count | None = None
    place: PlaceForm | None = None


class SumForm(Form, frozen=True, tag="sum", tag_field="kind"):
    query: list[OperandForm]
    key: list[OperandForm]
    value: OperandForm
    output: Count
    where: Count | None = None
    matching: list[Comparison | list[list[Literal[0, 1]]]] = []
    most: Positive | None = None
    place: PlaceForm | None = None


class RankForm(Form, frozen=True, tag="rank", tag_field="kind"):
    key: Count
    output: Count
    place: PlaceForm | None = None


class EarlierForm(Form, frozen=True, tag="earlier", tag_field="kind"):
    key: Count
    output: Count
    where: Count | None = None
    place: PlaceForm | None = None


class SpreadForm(Form, frozen=True, tag="spread", tag_field="kind"):
    destinations: list[OperandForm]
    values: list[OperandForm]
    outputs: list[Count]
    senders: Positive
    place: PlaceForm | None = None


class WeaveForm(Form, frozen=True, tag="weave", tag_field="kind"):
    values: list[OperandForm]
    tables: list[list[Literal[0, 1]]]
    output: Count
    place: PlaceForm | None = None


class HoldForm(Form, frozen=True, tag="hold", tag_field="kind"):
    column: Count
    output: Count
    place: PlaceForm | None = None


class RepeatForm(Form, frozen=True, tag="repeat", tag_field="kind"):
    times: Count
    start: list[OperandForm]
    state: list[Count]
    body: list[StatementForm]
    result: list[OperandForm]
    outputs: list[Count]
    place: PlaceForm | None = None


StatementForm = (
    MapForm | SelectForm | LastForm | SumForm | RankForm | EarlierForm | SpreadForm | WeaveForm | HoldForm | RepeatForm
)
KINDS: dict[type, type] = {
    Map: MapForm,
    Select: SelectForm,
    Last: LastForm,
    Sum: SumForm,
    Rank: RankForm,
    Earlier: EarlierForm,
    Spread: SpreadForm,
    Weave: WeaveForm,
    Hold: HoldForm,
    Repeat: RepeatForm,
}
STATEMENTS = {form: kind for kind, form in KINDS.items()}


class ProgramForm(Form, frozen=True):
    version: Literal[1]
    name: str
    rows: Annotated[int, Meta(ge=1, le=MOST_ROWS)]
    columns: list[ColumnForm]
    inputs: list[Count]
    statements: list[StatementForm]
    outputs: dict[str, Count]
    causal: bool = False
    blank: Count = 0


# --- writing ---


def written_values(column: Column) -> RangeForm | list[Any] | None:
    """What a column's numbers stand for. Errors: UsageError for values that JSON does not have."""
    if isinstance(column.values, range):
        return RangeForm(column.values.start, len(column.values), column.values.step)
    return None if column.values is None else [written_value(value, column) for value in column.values]


def written_value(value: Any, column: Column) -> Any:
    """A text, a number or None as it is, and a tuple as a list."""
    if isinstance(value, tuple):
        return [written_value(part, column) for part in value]
    if value is None or type(value) in (str, bool, int, float):
        return value
    raise UsageError(
        f"column {column.name!r} holds the value {value!r}, and a program is written with texts, numbers, None and"
        " tuples of these; take such values"
    )


def columns_given(statements: Sequence[Statement]) -> Iterator[Column]:
    for statement in statements:
        if isinstance(statement, Repeat):
            yield from statement.state
            yield from columns_given(statement.body)
        yield from outputs_of(statement)


def plain(value: Any, numbers: dict[Column, int]) -> Any:
    """A part of a program as its form."""
    match value:
        case Column():
            return numbers[value]
        case Constant():
            return ConstantForm(value.value)
        case RowFunction():
            nodes = [NodeForm(node.operation, list(node.operands), node.argument) for node in value.nodes]
            return FunctionForm(nodes, list(value.results), [table.tolist() for table in value.tables])
        case Place():
            return PlaceForm(value.file, value.line, value.text)
        case np.ndarray():
            return value.tolist()
        case tuple():
            return [plain(part, numbers) for part in value]
    if (form := KINDS.get(type(value))) is not None:
        return form(**{each.name: plain(getattr(value, each.name), numbers) for each in fields(value)})
    return value
