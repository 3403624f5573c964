"""The functions of `map` as ReLU weights: every operation on integers replaced by its exact ReLU piece.

A value that depends on one thing only (a column, a field of the embedding, a difference) stays a table over that thing,
whatever is done to it, and costs one ReLU layer at the end. Only operations on two different things cost a layer of
their own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from logdepth.gadgets import INDEX, Affine, constant
from logdepth.gadgets.relu import (
    LARGEST_TABLE,
    as_table,
    divide,
    embed,
    maximum,
    minimum,
    product,
    snap,
    univariate,
    where,
)
from logdepth.numerics.errors import CapacityExceeded, UsageError
from logdepth.programs import Map, Node, Undefined, describe_map, evaluate

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Base:
    """What a value depends on: a field of the embedding, or a form over cells."""

    identity: object
    low: int
    high: int
    form: Affine | None = None  # None: a field, whose values are low..high


@dataclass(frozen=True, eq=False)
class Tabulated:
    """A function of one base: values[b - base.low], int64."""

    base: Base
    values: Array


@dataclass(frozen=True, eq=False)
class Wide:
    """A form of too many values for a table: sums, minimum and maximum take it, and nothing else does."""

    form: Affine


Value = Tabulated | Wide | int  # an int: the same on every row


def lower_map(statement: Map, inputs: Sequence[Affine]) -> tuple[Affine, ...]:
    """The results of a map of columns, as affine forms over (new) cells.

    Errors: UsageError for an operation of several columns that has no exact ReLU piece.
    """
    function, name, what = statement.function, statement.outputs[0].name, describe_map(statement)
    values = [tabulate(x) for x in inputs]
    for node in function.nodes:
        values.append(apply(node, [values[number] for number in node.operands], function.tables, name, what))
    return tuple(
        materialize(values[result], column.name, exact=False)
        for result, column in zip(function.results, statement.outputs, strict=True)
    )


def tabulate(x: Affine) -> Value:
    """A form as the identity on what it depends on."""
    if x.constant is not None:
        return x.constant
    if (table := as_table(x)) is not None:
        name, values = table
        first = 1 if name == INDEX else 0  # rows are numbered from 1
        return Tabulated(Base(name, first, len(values) - 1), values[first:])
    if x.high - x.low >= LARGEST_TABLE:
        return Wide(x)
    return Tabulated(Base(x.key(), x.low, x.high, x), np.arange(x.low, x.high + 1))


def materialize(value: Value, name: str, exact: bool = True) -> Affine:
    """The value as a form over cells; unless `exact`, a linear function of a sum keeps the sum's small error."""
    if isinstance(value, Wide):
        return value.form
    if not isinstance(value, Tabulated):
        return constant(value)
    table, base = value.values, value.base
    if base.form is None:
        return embed(str(base.identity), np.concatenate([np.zeros(base.low, dtype=np.int64), table]), name)
    low, high = int(table.min()), int(table.max())
    if base.form.error and is_linear(table):
        slope = int(table[1] - table[0]) if len(table) > 1 else 0
        offset = base.form - constant(base.low)
        if exact or abs(slope) * offset.error >= 0.25:
            offset = snap(offset, base.high - base.low, name)
        return (constant(int(table[0])) + offset * slope).within(low, high)
    return univariate(base.form, lambda v: table[v - base.low], name).within(low, high)


def is_linear(table: np.ndarray) -> bool:
    return len(np.unique(np.diff(table))) <= 1


LINEAR = {"add", "sub"}
LIPSCHITZ = {"minimum", "maximum"}
COMPARISONS = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
    "eq": operator.eq,
    "ne": operator.ne,
}
DIVISIONS = {"floordiv", "mod"}
CONNECTIVES = {"and": lambda s: s == 2, "or": lambda s: s >= 1, "xor": lambda s: s == 1}  # of the sum of two conditions


def apply(node: Node, operands: list[Value], tables: Sequence[Array], name: str, what: str) -> Value:
    """One operation: of functions of one base a function of that base, else by its ReLU piece."""
    if any(isinstance(value, Wide) for value in operands):
        return on_wide(node.operation, operands, name, what)
    over_bases = [value for value in operands if isinstance(value, Tabulated)]
    if len({value.base.identity for value in over_bases}) > 1:
        return on_forms(node.operation, operands, name, what)
    try:
        if not over_bases:
            return int(evaluate(node, [np.asarray(value) for value in operands], tables))
        base = common(over_bases)
        values = [over(base, value) if isinstance(value, Tabulated) else np.asarray(value) for value in operands]
        return Tabulated(base, evaluate(node, values, tables))
    except Undefined as error:
        raise UsageError(
            f"{what} {error} for numbers in the declared ranges; keep them out first, by torch.where or clamp"
        ) from error


def on_wide(operation: str, operands: list[Value], name: str, what: str) -> Value:
    """An operation on values of which one has too many numbers for a table. Errors: CapacityExceeded for most."""
    if operation not in LINEAR | LIPSCHITZ:
        raise beyond_tables(next(value.form for value in operands if isinstance(value, Wide)))
    constants_first = sorted(operands, key=lambda value: not isinstance(value, int))  # 0 + relu(x): no wide cell
    return on_forms(operation, operands if operation in LINEAR else constants_first, name, what)


def common(tables: Sequence[Tabulated]) -> Base:
    """The base of functions of one thing: where its range was declared several times, all declarations hold."""
    base, low, high = tables[0].base, max(t.base.low for t in tables), min(t.base.high for t in tables)
    return replace(base, low=low, high=high, form=None if base.form is None else base.form.within(low, high))


def over(base: Base, table: Tabulated) -> Array:
    """The part of the table for the values of `base`."""
    return table.values[base.low - table.base.low : base.high - table.base.low + 1]


def on_forms(operation: str, operands: list[Value], name: str, what: str) -> Value:
    """An operation on values with different bases."""
    if operation == "where":
        condition = materialize(operands[0], f"for {name}")
        yes, no = (materialize(value, f"for {name}", exact=False) for value in operands[1:])
        return tabulate(where(condition, yes, no, name).within(*span(operands[1:])))
    x, y = (
        materialize(value, f"for {name}", exact=operation not in LINEAR | LIPSCHITZ | COMPARISONS.keys())
        for value in operands
    )
    if x.error + y.error >= 0.25 or (operation in LIPSCHITZ and min(x.low, y.low) < 0):
        x, y = (materialize(value, f"for {name}") for value in operands)
    if operation == "add":
        return tabulate((x + y).within(x.low + y.low, x.high + y.high))
    difference = (x - y).within(x.low - y.high, x.high - y.low)
    if operation == "sub":
        return tabulate(difference)
    if operation == "mul":
        corners = [a * b for a in (x.low, x.high) for b in (y.low, y.high)]
        return tabulate(product(x, y, name).within(min(corners), max(corners)))
    if operation == "maximum":
        return tabulate(maximum(x, y, name).within(max(x.low, y.low), max(x.high, y.high)))
    if operation == "minimum":
        return tabulate(minimum(x, y, name).within(min(x.low, y.low), min(x.high, y.high)))
    if operation in DIVISIONS and y.low >= 1:
        exact, other = divide(x, y, name, remainder=operation == "mod")
        return tabulate(other.within(0, y.high - 1) if operation == "mod" else exact.within(*quotients(x, y)))
    if operation in DIVISIONS:
        raise UsageError(f"{what} divides by {y.low}..{y.high}; divide by 1 or more, as in x // y.clamp(1)")
    if operation in COMPARISONS:
        return on_base(tabulate(difference), lambda d: COMPARISONS[operation](d, 0))
    if operation in CONNECTIVES and all(f.low >= 0 and f.high <= 1 for f in (x, y)):
        return on_base(tabulate(x + y), CONNECTIVES[operation])
    raise UsageError(
        f"{what} uses {operation!r} on several columns, which has no exact ReLU piece here; use + - *, comparisons,"
        " minimum, maximum, where, & | ^ on conditions, or any function of one column"
    )


def quotients(x: Affine, y: Affine) -> tuple[int, int]:
    """Between which numbers x // y lies, y ≥ 1."""
    corners = [a // b for a in (x.low, x.high) for b in (y.low, y.high)]
    return min(corners), max(corners)


def on_base(value: Value, function: Callable[[Array], Array]) -> Value:
    if isinstance(value, Wide):
        raise beyond_tables(value.form)
    if isinstance(value, Tabulated):
        return Tabulated(value.base, function(value.values).astype(np.int64))
    return int(function(np.asarray(value)))


def beyond_tables(x: Affine) -> CapacityExceeded:
    return CapacityExceeded(
        f"a map computes with numbers in {x.low}..{x.high} and a table has at most {LARGEST_TABLE}; "
        "declare smaller ranges"
    )


def span(values: Sequence[Value]) -> tuple[int, int]:
    arrays = [value.values if isinstance(value, Tabulated) else np.asarray(value) for value in values]
    return min(int(a.min()) for a in arrays), max(int(a.max()) for a in arrays)
