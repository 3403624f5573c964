"""The functions of `map` as ReLU weights: traced once, every operation on integers replaced by its exact ReLU piece.

A value that depends on one thing only (a column, a field of the embedding, a difference) stays a table over that thing,
whatever is done to it, and costs one ReLU layer at the end. Only operations on two different things cost a layer of
their own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx

from logdepth.gadgets.cells import INDEX, Affine, constant
from logdepth.gadgets.relu import (
    LARGEST_TABLE,
    as_table,
    divided,
    embedded,
    maximum,
    minimum,
    product,
    snapped,
    univariate,
    where,
)
from logdepth.numerics.errors import CapacityExceeded, UsageError, first_line


@dataclass(frozen=True, eq=False)
class Base:
    """What a value depends on: a field of the embedding, or a form over cells."""

    identity: object
    low: int
    high: int
    form: Affine | None = None  # None: a field, whose values are low..high


@dataclass(frozen=True, eq=False)
class Tabulated:
    """A function of one base: values[b - base.low], int64 or bool."""

    base: Base
    values: Tensor


Value = Tabulated | Tensor  # a Tensor: the same on every row


def lower_function(
    function: Callable[..., object], inputs: Sequence[Affine], names: Sequence[str]
) -> tuple[Affine, ...]:
    """The results of a row-wise function of columns, as affine forms over (new) cells.

    Raises UsageError if the function cannot be traced (data-dependent `if`, int(…), in-place writes) or uses an
    operation that has no exact ReLU piece.
    """
    graph, constants = trace(function, len(inputs), names[0])
    known: dict[fx.Node, Any] = {}
    columns = iter(tabulate(x) for x in inputs)
    for node in graph.nodes:
        match node.op:
            case "placeholder":
                known[node] = next(columns)
            case "get_attr":
                known[node] = getattr(constants, str(node.target))
            case "output":
                results = node.args[0] if isinstance(node.args[0], (tuple, list)) else (node.args[0],)
                values = [known[r] if isinstance(r, fx.Node) else r for r in results]
            case _:
                known[node] = apply(node, known, names[0])
    if len(values) != len(names):
        raise UsageError(f"the map of {names[0]!r} gives {len(values)} columns where {len(names)} are declared")
    return tuple(materialize(as_value(value), name, exact=False) for value, name in zip(values, names, strict=True))


def trace(function: Callable[..., object], arity: int, name: str) -> tuple[fx.Graph, torch.nn.Module]:
    """The graph of a Python function of `arity` tensors, and the module whose attributes are its constant tensors."""
    tracer = fx.Tracer()
    tracer.root, tracer.graph, tracer.tensor_attrs = torch.nn.Module(), fx.Graph(tracer_cls=fx.Tracer), {}
    columns = [tracer.create_proxy("placeholder", f"column_{i}", (), {}) for i in range(arity)]
    try:
        tracer.graph.output(tracer.create_arg(function(*columns)))
    except (fx.proxy.TraceError, TypeError, ValueError, RuntimeError, IndexError, AttributeError) as error:
        reason = str(error).split(". ")[0].split("\n")[0]
        raise UsageError(
            f"the map of {name!r} cannot be traced: {reason}; "
            "use torch.where and comparisons in place of if, int() and item writes"
        ) from error
    return tracer.graph, tracer.root


def tabulate(x: Affine) -> Value:
    """A form as the identity on what it depends on."""
    if x.constant is not None:
        return torch.tensor(x.constant)
    if (table := as_table(x)) is not None:
        name, values = table
        first = 1 if name == INDEX else 0  # rows are numbered from 1
        return Tabulated(Base(name, first, len(values) - 1), torch.as_tensor(values[first:]))
    if x.high - x.low >= LARGEST_TABLE:
        raise CapacityExceeded(
            f"a map computes with numbers in {x.low}..{x.high} and a table has at most {LARGEST_TABLE}; "
            "declare smaller ranges"
        )
    return Tabulated(Base(x.key(), x.low, x.high, x), torch.arange(x.low, x.high + 1))


def as_value(value: object) -> Value:
    if isinstance(value, Tabulated):
        return value
    if isinstance(value, (bool, int)):
        return torch.tensor(value)
    if isinstance(value, Tensor) and value.numel() == 1 and not value.is_floating_point():
        return value.reshape(())
    raise UsageError(f"a map works on integer columns and integers, not on {value!r}")


def materialize(value: Value, name: str, exact: bool = True) -> Affine:
    """The value as a form over cells; unless `exact`, a linear function of a sum keeps the sum's small error."""
    if isinstance(value, Tensor):
        return constant(int(value))
    if value.values.is_floating_point():
        raise UsageError(f"the map of {name!r} computes with fractions; use integer operations such as //")
    table = value.values.to(torch.int64).numpy()
    base = value.base
    if base.form is None:
        return embedded(str(base.identity), np.concatenate([np.zeros(base.low, dtype=np.int64), table]), name)
    low, high = int(table.min()), int(table.max())
    if base.form.error and is_linear(table):
        slope = int(table[1] - table[0]) if len(table) > 1 else 0
        offset = base.form - constant(base.low)
        if exact or abs(slope) * offset.error >= 0.25:
            offset = snapped(offset, base.high - base.low, name)
        return (constant(int(table[0])) + offset * slope).within(low, high)
    return univariate(base.form, lambda v: table[v - base.low], name).within(low, high)


def is_linear(table: np.ndarray) -> bool:
    return len(np.unique(np.diff(table))) <= 1


SPELLINGS = {
    "floordiv": "floor_divide", "mod": "remainder", "multiply": "mul", "subtract": "sub", "negative": "neg",
    "bitwise_and": "and", "logical_and": "and", "bitwise_or": "or", "logical_or": "or", "bitwise_xor": "xor",
    "logical_xor": "xor", "greater": "gt", "greater_equal": "ge", "less": "lt", "less_equal": "le", "not_equal": "ne",
    "min": "minimum", "max": "maximum",
}  # fmt: skip
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
DIVISIONS = {"floor_divide", "remainder"}
CONNECTIVES = {"and": lambda s: s == 2, "or": lambda s: s >= 1, "xor": lambda s: s == 1}  # of the sum of two conditions
ROW_MIXING = {
    "sum", "mean", "cumsum", "sort", "argsort", "roll", "flip", "any", "all", "argmax", "argmin", "prod", "cumprod",
}  # fmt: skip


def apply(node: fx.Node, known: dict[fx.Node, Any], name: str) -> Value | object:
    """One operation of the trace."""
    args: Any = fx.map_arg(node.args, lambda n: known[n])
    kwargs: Any = fx.map_arg(node.kwargs, lambda n: known[n])
    tables = [a for a in flat(args, kwargs) if isinstance(a, Tabulated)]
    spelled = operation(node)
    if spelled in ROW_MIXING or (spelled in ("minimum", "maximum") and len(args) < 2):
        raise UsageError(
            f"the map of {name!r} uses {spelled!r}, which mixes rows; rows talk by select and sum statements"
        )
    if len({table.base.identity for table in tables}) <= 1:
        return on_tables(node, args, kwargs, tables, name)
    ordered = [args[1], args[0], *args[2:]] if node.target == "where" else args  # x.where(condition, y)
    result = on_forms(spelled, [as_value(a) for a in ordered], kwargs, name)
    held_as = call(node, args, kwargs, name, lambda table: table.values[:1]).dtype  # torch adds two bools to a bool
    return on_base(result, lambda values: values.to(held_as))


def flat(args: Any, kwargs: Any) -> list[object]:
    """The arguments, those in lists included."""
    found: list[object] = []
    fx.node.map_aggregate((tuple(args), dict(kwargs)), found.append)
    return found


def operation(node: fx.Node) -> str:
    plain = node.target if isinstance(node.target, str) else node.target.__name__
    if plain.endswith("_") and not plain.startswith("__") and getattr(node.target, "__module__", "") != "_operator":
        raise UsageError(f"{plain!r} works in place; use {plain.rstrip('_')!r}")
    plain = plain.strip("_")
    return SPELLINGS.get(plain, plain)


def on_tables(node: fx.Node, args: Any, kwargs: Any, tables: list[Tabulated], name: str) -> Value | object:
    """Anything done to functions of one base is a function of that base: compute it for every value.

    Row-wise is what commutes with reading the rows in another order, some of them twice.
    """
    if not tables:
        return call(node, args, kwargs, name, lambda table: table.values)
    base = common(tables)
    size = base.high - base.low + 1
    again = torch.cat([torch.arange(size).flip(0), torch.zeros(1, dtype=torch.int64)])
    result = call(node, args, kwargs, name, lambda table: over(base, table))
    repeated = call(node, args, kwargs, name, lambda table: over(base, table)[again])
    row_wise = isinstance(result, Tensor) and result.shape == (size,) and repeated.shape == again.shape
    if not row_wise or not torch.equal(result[again].nan_to_num(), repeated.nan_to_num()):
        raise UsageError(f"the map of {name!r} uses {operation(node)!r}, which is not row-wise")
    return Tabulated(base, result)


def call(node: fx.Node, args: Any, kwargs: Any, name: str, values: Callable[[Tabulated], Tensor]) -> Any:
    """The operation itself, with `values` of every table in its place."""
    plain_args, plain_kwargs = fx.node.map_aggregate(
        (tuple(args), dict(kwargs)), lambda a: values(a) if isinstance(a, Tabulated) else a
    )
    try:
        if isinstance(node.target, str):  # the name of a method
            return getattr(plain_args[0], node.target)(*plain_args[1:], **plain_kwargs)
        return node.target(*plain_args, **plain_kwargs)
    except (RuntimeError, TypeError, IndexError, AttributeError) as error:
        raise UsageError(f"the map of {name!r} fails: {first_line(error)}") from error


def common(tables: Sequence[Tabulated]) -> Base:
    """The base of functions of one thing: where its range was declared several times, all declarations hold."""
    base, low, high = tables[0].base, max(t.base.low for t in tables), min(t.base.high for t in tables)
    return replace(base, low=low, high=high, form=None if base.form is None else base.form.within(low, high))


def over(base: Base, table: Tabulated) -> Tensor:
    """The part of the table for the values of `base`."""
    return table.values[base.low - table.base.low : base.high - table.base.low + 1]


def on_forms(spelled: str, args: list[Value], kwargs: dict[str, Any], name: str) -> Value:
    """An operation on values with different bases."""
    if spelled == "where" and len(args) == 3 and not kwargs:
        condition = materialize(args[0], f"for {name}")
        yes, no = (materialize(a, f"for {name}", exact=False) for a in args[1:])
        return tabulate(where(condition, yes, no, name).within(*span(args[1:])))
    if len(args) == 2 and not kwargs:
        x, y = (
            materialize(a, f"for {name}", exact=spelled not in LINEAR | LIPSCHITZ | COMPARISONS.keys()) for a in args
        )
        if x.error + y.error >= 0.25 or (spelled in LIPSCHITZ and min(x.low, y.low) < 0):
            x, y = (materialize(a, f"for {name}") for a in args)
        if spelled == "add":
            return tabulate((x + y).within(x.low + y.low, x.high + y.high))
        difference = (x - y).within(x.low - y.high, x.high - y.low)
        if spelled == "sub":
            return tabulate(difference)
        if spelled == "mul":
            corners = [a * b for a in (x.low, x.high) for b in (y.low, y.high)]
            return tabulate(product(x, y, name).within(min(corners), max(corners)))
        if spelled == "maximum":
            return tabulate(maximum(x, y, name).within(max(x.low, y.low), max(x.high, y.high)))
        if spelled == "minimum":
            return tabulate(minimum(x, y, name).within(min(x.low, y.low), min(x.high, y.high)))
        if spelled in DIVISIONS and y.low >= 1:
            exact, other = divided(x, y, name, remainder=spelled == "remainder")
            return tabulate(other.within(0, y.high - 1) if spelled == "remainder" else exact.within(*quotients(x, y)))
        if spelled in DIVISIONS:
            raise UsageError(
                f"the map of {name!r} divides by {y.low}..{y.high}; divide by 1 or more, as in x // y.clamp(1)"
            )
        if spelled in COMPARISONS:
            return on_base(tabulate(difference), lambda d: COMPARISONS[spelled](d, 0))
        if spelled in CONNECTIVES and all(f.low >= 0 and f.high <= 1 for f in (x, y)):
            return on_base(tabulate(x + y), CONNECTIVES[spelled])
    raise UsageError(
        f"the map of {name!r} uses {spelled!r} on several columns, which has no exact ReLU piece here; use + - *, "
        "comparisons, minimum, maximum, where, & | ^ on conditions, or any function of one column"
    )


def quotients(x: Affine, y: Affine) -> tuple[int, int]:
    """Between which numbers x // y lies, y ≥ 1."""
    corners = [a // b for a in (x.low, x.high) for b in (y.low, y.high)]
    return min(corners), max(corners)


def on_base(value: Value, function: Callable[[Tensor], Tensor]) -> Value:
    if isinstance(value, Tensor):
        return function(value)
    return Tabulated(value.base, function(value.values))


def span(values: Sequence[Value]) -> tuple[int, int]:
    tensors = [v if isinstance(v, Tensor) else v.values for v in values]
    return min(int(t.min()) for t in tensors), max(int(t.max()) for t in tensors)
