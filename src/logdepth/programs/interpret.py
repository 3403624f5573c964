"""The reference meaning of every statement, on int64 tensors. Nothing here knows about attention."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from logdepth.arithmetic import undisturbed
from logdepth.numerics.columns import as_table, integer_columns
from logdepth.numerics.errors import UsageError
from logdepth.programs.letters import encode_texts
from logdepth.programs.place import Place
from logdepth.programs.program import (
    Column,
    Constant,
    Earlier,
    Hold,
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
    described,
    outputs_of,
)
from logdepth.programs.row_function import Undefined

Values = dict[Column, Tensor]  # every column's value, (N,) int64

See = Callable[[Statement, Mapping[Column, np.ndarray]], None]
"""Called when a statement has been carried out, with the columns that it gave, (N,) int64 each; for a repeat before
every turn with the state that the turn begins with, and after the last one with its outputs."""


def interpret(program: Program, columns: Mapping[str, ArrayLike | str]) -> dict[str, np.ndarray]:
    """Run the program on one table and return its output columns, each (N,) int64.

    A column of letters may be given as text; `decode_texts(outputs, program.output_letters)` gives texts back.
    Raises UsageError if an input is missing, or a value leaves its column's declared range.
    """
    values = carry_out(program, columns)
    return {name: values[column] for name, column in program.outputs.items()}


@undisturbed()
def carry_out(
    program: Program, columns: Mapping[str, ArrayLike | str], see: See | None = None
) -> dict[Column, np.ndarray]:
    """What every column holds in the end; `see` sees every statement on the way. As `interpret`."""
    values = check_inputs(program, columns)
    run(program, program.statements, values, see)
    return {column: held.numpy() for column, held in values.items()}


def check_promises(program: Program, columns: Mapping[str, ArrayLike | str]) -> None:
    """UsageError for inputs on which the program breaks a promise of its own: a value leaves its range, a row pulls one
    that is not there, … Only on other inputs is a compiled model bound to be right.

    columns: of one table, (N,) each, or of a batch of tables, (B, N) each.
    """
    arrays = {name: values if isinstance(values, str) else np.asarray(values) for name, values in columns.items()}
    batch = {values.shape[0] for values in arrays.values() if not isinstance(values, str) and values.ndim == 2}
    if len(batch) != 1:
        interpret(program, columns)
        return
    for number in range(batch.pop()):
        table = {name: values if isinstance(values, str) else values[number] for name, values in arrays.items()}
        try:
            interpret(program, table)
        except UsageError as error:
            raise UsageError(f"table {number + 1} of the batch:", error) from error


@undisturbed()
def check_inputs(program: Program, columns: Mapping[str, ArrayLike | str]) -> Values:
    """The input columns as tensors, checked: names, equal lengths within the program's rows, ranges."""
    owner = f"program {program.name!r}"
    names = {column.name for column in program.inputs}
    arrays = integer_columns(encode_texts(as_table(columns, names, owner), program.input_letters, owner), names, owner)
    shape = next(iter(arrays.values())).shape
    if len(shape) != 1 or not 1 <= shape[0] <= program.rows:
        raise UsageError(f"{owner} takes columns of 1..{program.rows} rows, not of shape {shape}")
    values = {program.index: torch.arange(1, shape[0] + 1)}
    for column in program.inputs:
        values[column] = in_range(column, torch.as_tensor(arrays[column.name]))
    return values


def in_range(column: Column, values: Tensor, place: Place | None = None) -> Tensor:
    """The values; `place`: where the map is written that gives them."""
    bad = (values < 0) | (values > column.high)
    if bool(bad.any()):
        row = int(bad.nonzero()[0, 0])
        wrong, at = int(values[row]), "" if place is None else f" (the map in {place})"
        remedy = "declare a larger range"
        if wrong < 0:
            remedy = "columns hold no negative numbers: shift them, clamp them at 0, or use torch.where"
        raise UsageError(f"column {column.name!r} holds 0..{column.high}, but row {row + 1} has {wrong}; {remedy}{at}")
    return values


@undisturbed()
def run(program: Program, statements: Sequence[Statement], values: Values, see: See | None = None) -> None:
    for statement in statements:
        match statement:
            case Map():
                run_map(program, statement, values)
            case Select():
                run_select(program, statement, values)
            case Sum():
                run_sum(program, statement, values)
            case Rank():
                order = torch.argsort(values[statement.key], stable=True)
                values[statement.output] = torch.empty_like(order).scatter_(0, order, values[program.index])
            case Earlier():
                key, index = values[statement.key], values[program.index]
                before = (key[:, None] == key[None, :]) & (index[:, None] > index[None, :])
                if statement.where is not None:
                    before &= values[statement.where][None, :] == 1
                values[statement.output] = in_range(statement.output, before.sum(1))
            case Spread():
                run_spread(program, statement, values)
            case Weave():
                tables = (torch.from_numpy(table)[values[program.index]] for table in statement.tables)
                chosen = (of(program, v, values) * table for v, table in zip(statement.values, tables, strict=True))
                values[statement.output] = in_range(statement.output, torch.stack([*chosen]).sum(0))
            case Hold():
                values[statement.output] = values[statement.column]
            case Repeat():
                run_repeat(program, statement, values, see)
        if see is not None:
            see(statement, columns_of(values, outputs_of(statement)))


def columns_of(values: Values, columns: Sequence[Column]) -> dict[Column, np.ndarray]:
    return {column: values[column].numpy() for column in columns}


def of(program: Program, operand: Operand, values: Values) -> Tensor:
    if isinstance(operand, Constant):
        return torch.full_like(values[program.index], operand.value)
    return values[operand]


def run_map(program: Program, statement: Map, values: Values) -> None:
    inputs = [of(program, operand, values).numpy() for operand in statement.inputs]
    try:
        results = statement.function(*inputs)
    except Undefined as error:
        raise UsageError(f"{described(statement)} {error} in row {error.row + 1}; use torch.where or clamp") from error
    for column, result in zip(statement.outputs, results, strict=True):
        values[column] = in_range(column, torch.from_numpy(result), statement.place)


def matches(program: Program, statement: Select | Sum, values: Values) -> Tensor:
    """Which row sees which as a match, (N, N) bool."""
    index = values[program.index]
    seen = torch.ones(len(index), len(index), dtype=torch.bool)
    for query, key in zip(statement.query, statement.key, strict=True):
        seen &= of(program, query, values)[:, None] == of(program, key, values)[None, :]
    if statement.where is not None:
        seen &= values[statement.where][None, :] == 1
    if program.causal:
        seen &= index[None, :] <= index[:, None]
    return seen


def run_select(program: Program, statement: Select, values: Values) -> None:
    seen = matches(program, statement, values)
    index = values[program.index]
    if statement.distinct and bool((seen.sum(1) > 1).any()):
        row = int((seen.sum(1) > 1).nonzero()[0, 0])
        raise UsageError(
            f"row {row + 1} reads {statement.outputs[0].name!r} from several rows, but distinct keys were promised"
        )
    if statement.pulls(program.index):
        lost = (of(program, statement.query[0], values) != 0) & ~seen.any(1)
        if bool(lost.any()):
            row = int(lost.nonzero()[0, 0])
            address = int(of(program, statement.query[0], values)[row])
            raise UsageError(
                f"row {row + 1} pulls row {address}, which does not exist or is later; pull row 0 for nothing"
                f" (column {statement.outputs[0].name!r})"
            )
    urgency = torch.zeros_like(index) if statement.priority is None else values[statement.priority]
    if statement.order != "any":
        urgency = urgency * (len(index) + 1) + (len(index) + 1 - index if statement.order == "last" else index)
    offers = torch.where(seen, urgency[None, :], torch.iinfo(torch.int64).max)
    best, chosen = offers.min(1)
    tied = ((offers == best[:, None]) & seen).sum(1) > 1
    if bool(tied.any()):
        raise UsageError(
            f"row {int(tied.nonzero()[0, 0]) + 1} reads {statement.outputs[0].name!r} from several rows of equal "
            "priority, but order 'any' promised that there are none"
        )
    for operand, column in zip(statement.values, statement.outputs, strict=True):
        values[column] = torch.where(seen.any(1), of(program, operand, values)[chosen], 0)


def run_sum(program: Program, statement: Sum, values: Values) -> None:
    seen = matches(program, statement, values)
    added = of(program, statement.value, values)
    values[statement.output] = in_range(statement.output, (seen * added[None, :]).sum(1))


def run_spread(program: Program, statement: Spread, values: Values) -> None:
    index = values[program.index]
    to = torch.stack([of(program, operand, values) for operand in statement.destinations])  # (destinations, N)
    heard = (index[:, None, None] == to[None]).any(1)  # (receivers, senders)
    if bool((heard.sum(1) > statement.senders).any()):
        row = int((heard.sum(1) > statement.senders).nonzero()[0, 0])
        raise UsageError(
            f"row {row + 1} hears {int(heard.sum(1)[row])} rows, but {statement.senders} were promised (column"
            f" {statement.outputs[0].name!r})"
        )
    for operand, column in zip(statement.values, statement.outputs, strict=True):
        values[column] = in_range(column, (heard * of(program, operand, values)[None, :]).sum(1))


def run_repeat(program: Program, statement: Repeat, values: Values, see: See | None = None) -> None:
    current = [of(program, operand, values) for operand in statement.start]
    for _ in range(statement.times):
        for column, value in zip(statement.state, current, strict=True):
            values[column] = in_range(column, value)
        if see is not None:
            see(statement, columns_of(values, statement.state))
        run(program, statement.body, values, see)
        current = [of(program, operand, values) for operand in statement.result]
    for column, value in zip(statement.outputs, current, strict=True):
        values[column] = in_range(column, value)
