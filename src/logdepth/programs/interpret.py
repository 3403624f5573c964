"""The reference meaning of every statement, on int64 arrays. Nothing here knows about attention."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError
from logdepth.programs.place import Place
from logdepth.programs.relations import all_equal, holds
from logdepth.programs.row_function import Undefined
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
    describe_map,
    outputs_of,
)

Values = dict[Column, np.ndarray]  # every column's value, (N,) int64

See = Callable[[Statement, Mapping[Column, np.ndarray]], None]
"""Called when a statement has been carried out, with the columns that it gave, (N,) int64 each; for a repeat before
every turn with the state that the turn begins with, and after the last one with its outputs."""


@dataclass(frozen=True, eq=False)
class TableState:
    """One table while a program runs on it; a statement adds the columns that it gives to `values`.

    index: the column of row numbers. causal: no row sees a later one. see: is called after every statement.
    """

    index: Column
    causal: bool
    values: Values
    see: See | None = None


def in_range(column: Column, values: np.ndarray, place: Place | None = None) -> np.ndarray:
    """The values, if the column holds all of them. place: where the map is written that gives them.

    Errors: UsageError for the first value out of range, with its row.
    """
    if not len(values):  # a machine may have no rows
        return values
    if np.minimum.reduce(values) < 0 or np.maximum.reduce(values) > column.high:
        row = int(np.argmax((values < 0) | (values > column.high)))
        wrong, at = int(values[row]), "" if place is None else f" (the map in {place})"
        remedy = "give another input, or declare a larger range"
        if wrong < 0:
            remedy = "columns hold no negative numbers: shift them, clamp them at 0, or use torch.where"
        raise UsageError(f"column {column.name!r} holds 0..{column.high}, but row {row + 1} has {wrong}; {remedy}{at}")
    return values


def run_statements(table: TableState, statements: Sequence[Statement]) -> None:
    """Carry out statements in order, by their reference meaning: each adds its columns to `table.values`.

    Errors: UsageError for a value that leaves its column's range, and for a broken promise of a statement.
    """
    for statement in statements:
        match statement:
            case Map():
                run_map(table, statement)
            case Select():
                run_select(table, statement)
            case Last():
                run_last(table, statement)
            case Sum():
                run_sum(table, statement)
            case Rank():
                ranks = np.empty_like(table.values[table.index])
                ranks[np.argsort(table.values[statement.key], kind="stable")] = table.values[table.index]
                table.values[statement.output] = ranks
            case Earlier():
                key, index = table.values[statement.key], table.values[table.index]
                before = (key[:, None] == key[None, :]) & (index[:, None] > index[None, :])
                if statement.where is not None:
                    before &= table.values[statement.where][None, :] == 1
                table.values[statement.output] = in_range(statement.output, before.sum(1))
            case Spread():
                run_spread(table, statement)
            case Weave():
                tables = (mask[table.values[table.index]] for mask in statement.tables)
                chosen = (of(table, v) * mask for v, mask in zip(statement.values, tables, strict=True))
                table.values[statement.output] = in_range(statement.output, np.stack([*chosen]).sum(0))
            case Hold():
                table.values[statement.output] = table.values[statement.column]
            case Repeat():
                run_repeat(table, statement)
        if table.see is not None:
            table.see(statement, columns_of(table.values, outputs_of(statement)))


def columns_of(values: Values, columns: Sequence[Column]) -> Values:
    return {column: values[column] for column in columns}


def of(table: TableState, operand: Operand) -> np.ndarray:
    if isinstance(operand, Constant):
        return np.full(len(table.values[table.index]), operand.value, dtype=np.int64)
    return table.values[operand]


def run_map(table: TableState, statement: Map) -> None:
    """Carry out one map, row by row. Errors: UsageError for a value out of range or without meaning, as x // 0."""
    inputs = [of(table, operand) for operand in statement.inputs]
    try:
        results = statement.function(*inputs)
    except Undefined as error:
        raise UsageError(
            f"{describe_map(statement)} {error} in row {error.row + 1}; use torch.where or clamp"
        ) from error
    for column, result in zip(statement.outputs, results, strict=True):
        table.values[column] = in_range(column, result, statement.place)


def matches(table: TableState, statement: Select | Last | Sum) -> np.ndarray:
    """Which row sees which as a match, (N, N) bool."""
    index = table.values[table.index]
    seen = np.ones((len(index), len(index)), dtype=bool)
    relations = statement.relations if isinstance(statement, Sum) else all_equal(len(statement.key))
    for relation, query, key in zip(relations, statement.query, statement.key, strict=True):
        seen &= holds(relation, of(table, key), of(table, query))
    if statement.where is not None:
        seen &= table.values[statement.where][None, :] == 1
    if table.causal:
        seen &= index[None, :] <= index[:, None]
    return seen


def run_select(table: TableState, statement: Select) -> None:
    seen = matches(table, statement)
    index = table.values[table.index]
    found = seen.any(1)
    if statement.distinct and np.count_nonzero(seen) > np.count_nonzero(found):
        row = int(np.argmax(seen.sum(1) > 1))
        raise UsageError(
            f"row {row + 1} reads {statement.outputs[0].name!r} from several rows, and the program promises distinct"
            " keys; give another input, or promise nothing"
        )
    if statement.pulls(table.index):
        lost = (of(table, statement.query[0]) != 0) & ~found
        if lost.any():
            row = int(np.argmax(lost))
            address = int(of(table, statement.query[0])[row])
            raise UsageError(
                f"row {row + 1} pulls row {address}, which does not exist or is later; pull row 0 for nothing"
                f" (column {statement.outputs[0].name!r})"
            )
    urgency = np.zeros_like(index) if statement.priority is None else table.values[statement.priority]
    if statement.order != "any":
        urgency = urgency * (len(index) + 1) + (len(index) + 1 - index if statement.order == "last" else index)
    offers = np.where(seen, urgency[None, :], np.iinfo(np.int64).max)
    chosen = offers.argmin(1)
    if statement.order == "any" and not statement.distinct:  # otherwise no two rows are of equal urgency
        tied = ((offers == np.take_along_axis(offers, chosen[:, None], 1)) & seen).sum(1) > 1
        if tied.any():
            row = int(np.argmax(tied))
            raise UsageError(
                f"row {row + 1} reads {statement.outputs[0].name!r} from several rows of equal priority,"
                " and the program promises by order 'any' that there are none; give another input, or another order"
            )
    for operand, column in zip(statement.values, statement.outputs, strict=True):
        table.values[column] = np.where(found, of(table, operand)[chosen], 0)


def run_last(table: TableState, statement: Last) -> None:
    index = table.values[table.index]
    seen = matches(table, statement) & (index[None, :] <= of(table, statement.until)[:, None])
    chosen, found = np.where(seen, index[None, :], 0).argmax(1), seen.any(1)
    for operand, column in zip(statement.values, statement.outputs, strict=True):
        table.values[column] = np.where(found, of(table, operand)[chosen], 0)


def run_sum(table: TableState, statement: Sum) -> None:
    seen = matches(table, statement)
    met = seen.sum(1)
    if statement.most is not None and (met > statement.most).any():
        row = int(np.argmax(met > statement.most))
        raise UsageError(
            f"row {row + 1} adds {statement.output.name!r} up over {count_of(int(met[row]), 'row')}, and the program"
            f" promises at most {statement.most}; give another input, or promise more"
        )
    added = of(table, statement.value)
    table.values[statement.output] = in_range(statement.output, (seen * added[None, :]).sum(1))


def run_spread(table: TableState, statement: Spread) -> None:
    index = table.values[table.index]
    to = np.stack([of(table, operand) for operand in statement.destinations])  # (destinations, N)
    heard = (index[:, None, None] == to[None]).any(1)  # (receivers, senders)
    hears = heard.sum(1)
    if (hears > statement.senders).any():
        row = int(np.argmax(hears > statement.senders))
        raise UsageError(
            f"row {row + 1} hears {count_of(int(hears[row]), 'row')}, and the program promises at most"
            f" {statement.senders} (column {statement.outputs[0].name!r}); give another input, or promise more"
        )
    for operand, column in zip(statement.values, statement.outputs, strict=True):
        table.values[column] = in_range(column, (heard * of(table, operand)[None, :]).sum(1))


def run_repeat(table: TableState, statement: Repeat) -> None:
    current = [of(table, operand) for operand in statement.start]
    for _ in range(statement.times):
        for column, value in zip(statement.state, current, strict=True):
            table.values[column] = in_range(column, value)
        if table.see is not None:
            table.see(statement, columns_of(table.values, statement.state))
        run_statements(table, statement.body)
        current = [of(table, operand) for operand in statement.result]
    for column, value in zip(statement.outputs, current, strict=True):
        table.values[column] = in_range(column, value)
