"""A symbol stands for a column while a function is transcribed; the transcript is what is written down so far."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from numbers import Integral
from typing import Any, NoReturn

import numpy as np
import torch
from torch import Tensor

from logdepth.numerics.errors import UsageError
from logdepth.programs.row_function import INT64, Node, Range, RowFunction, Undefined, evaluate, span_of


class Refused(Exception):
    """What a map does to its columns and cannot: the rest of a sentence that begins with "the map"."""


@dataclass
class Transcript:
    """What has been written down so far: `spans` of all values, inputs first, and the nodes after them."""

    spans: list[Range]
    perform: Callable[..., Symbol]  # what writes down a function of symbols: (function, arguments, options)
    nodes: list[Node] = field(default_factory=list)
    tables: list[np.ndarray] = field(default_factory=list)
    known: dict[object, int] = field(default_factory=dict)  # of every node and table its number

    def __post_init__(self) -> None:
        self.arity = len(self.spans)

    def node(self, operation: str, operands: Sequence[int] = (), argument: int = 0) -> int:
        """The number of a node, new if there is no equal one."""
        node = Node(operation, tuple(operands), argument)
        if node not in self.known:
            try:
                span = span_of(node, [self.spans[number] for number in operands], self.tables)
            except UsageError as error:
                raise Refused(str(error)) from None
            if operands and all(self.constant(number) for number in operands):
                return self.node("constant", (), self.fold(node))
            self.known[node] = len(self.spans)
            self.nodes.append(node)
            self.spans.append(span)
        return self.known[node]

    def fold(self, node: Node) -> int:
        """What an operation on constants gives."""
        try:
            return int(evaluate(node, [np.asarray(self.spans[o][0]) for o in node.operands], self.tables))
        except Undefined as error:
            raise Refused(str(error)) from None

    def table(self, values: np.ndarray, place: int) -> int:
        """A node that looks a value up, in entries 0, 1, …"""
        if not values.size:
            raise Refused("looks something up in a table without entries")
        values = np.ascontiguousarray(values, dtype=np.int64)
        key = values.tobytes()
        if key not in self.known:
            self.known[key] = len(self.tables)
            self.tables.append(values)
        return self.node("table", [place], self.known[key])

    def symbol(self, value: object) -> Symbol | None:
        """A symbol as it is, a number as one; None for anything else."""
        if isinstance(value, Symbol):
            return value
        if isinstance(value, (Tensor, np.ndarray, np.generic)) and value.ndim <= 1 and np.prod(value.shape) == 1:
            value = value.item()
        if not isinstance(value, (Integral, np.bool_)):
            return None
        return Symbol(self, self.node("constant", (), int(value)), boolean=isinstance(value, (bool, np.bool_)))

    def finish(self, results: Sequence[int]) -> RowFunction:
        """The function, without the nodes and tables that no result needs."""
        whole = RowFunction(self.arity, tuple(self.nodes), tuple(results), tuple(self.tables))
        needed = set().union(*(whole.ancestors(result) for result in results))
        number = {old: old for old in range(self.arity)}
        tables: dict[int, int] = {}
        nodes: list[Node] = []
        for old, node in enumerate(self.nodes, start=self.arity):
            if old in needed:
                argument = tables.setdefault(node.argument, len(tables)) if node.operation == "table" else node.argument
                nodes.append(Node(node.operation, tuple(number[o] for o in node.operands), argument))
                number[old] = self.arity + len(nodes) - 1
        kept = tuple(self.tables[old] for old in tables)
        return RowFunction(self.arity, tuple(nodes), tuple(number[result] for result in results), kept)

    # functions of one value

    def base_of(self, numbers: Sequence[int]) -> int | None:
        """The latest value that all these are functions of; None if they depend on several inputs."""
        open_ = {number for number in numbers if not self.constant(number)} or {max(numbers)}
        while len(open_) > 1:
            latest = max(open_)
            if latest < self.arity:
                return None
            open_.remove(latest)
            open_.update(number for number in self.operands(latest) if not self.constant(number))
        return open_.pop()

    def over(self, base: int, number: int) -> np.ndarray:
        """A value for every value of its base, (values,) int64."""
        low, high = self.spans[base]
        needed = {number}
        for latest in range(number, base, -1):
            if latest in needed:
                needed.update(self.operands(latest))
        values: dict[int, np.ndarray] = {base: np.arange(low, high + 1)}
        for latest in sorted(needed - {base}):
            operands = [values[operand] for operand in self.operands(latest)]
            values[latest] = evaluate(self.nodes[latest - self.arity], operands, self.tables)
        return np.broadcast_to(values[number], (high - low + 1,))

    def operands(self, number: int) -> tuple[int, ...]:
        return self.nodes[number - self.arity].operands if number >= self.arity else ()

    def constant(self, number: int) -> bool:
        return number >= self.arity and self.nodes[number - self.arity].operation == "constant"


@dataclass(eq=False)
class Symbol:
    """A value in every row, while a function is transcribed.

    boolean: what torch holds as bool; as a number it is 0 or 1. limits: what the integer type holds to which the user
    has narrowed it. fraction: the values, (values of node,) float64, where it is no integer but a function of `node`.
    """

    transcript: Transcript
    node: int
    boolean: bool = False
    limits: Range = INT64
    fraction: Tensor | None = None

    @property
    def span(self) -> Range:
        return self.transcript.spans[self.node]

    @property
    def dtype(self) -> torch.dtype:
        return torch.bool if self.boolean else torch.int64 if self.fraction is None else torch.float64

    def values(self, base: int) -> Tensor:
        """For every value of the base, in torch's own type."""
        numbers = torch.tensor(self.transcript.over(base, self.node))
        if self.fraction is not None:
            return self.fraction[numbers - self.span[0]]
        return numbers.to(self.dtype)

    # what users do

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return perform(function, args, kwargs or {})

    def __array_ufunc__(self, function: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        if method != "__call__":
            raise Refused(f"uses numpy's {function.__name__}.{method}, which mixes rows")
        return perform(function, args, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return perform(function, args, kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Refused(
            "makes a numpy array of a column, which has no values yet; for a table write torch.tensor(table)[x]"
        )

    def __getattr__(self, name: str) -> Any:
        if name in ("shape", "size", "numel", "ndim", "dim"):
            raise Refused(f"asks for the {name} of a column, which is not row-wise")
        if name in ("item", "tolist", "numpy"):
            self._one_number()
        if name == "device":
            return torch.device("cpu")
        method = None if name.startswith("__") else getattr(Tensor, name, None)
        if not callable(method):
            raise AttributeError(f"a column has no {name!r}: in a map it is one integer in every row")
        return partial(self._call, method)

    def _call(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        return perform(method, (self, *args), kwargs)

    def __bool__(self) -> NoReturn:
        raise Refused("asks a column for one truth value; use torch.where in place of if, and & | ~ for and, or, not")

    def __iter__(self) -> Iterator[Any]:
        raise Refused("goes through the rows of a column, which is not row-wise")

    def __len__(self) -> NoReturn:
        raise Refused("asks for the length of a column, which is not row-wise")

    def _one_number(self, *_: object) -> NoReturn:
        raise Refused(
            "makes a Python number of a column, as by int(), range() or item(); the column holds integers already,"
            " and for a table write torch.tensor(table)[x]"
        )

    __int__ = __float__ = __index__ = __complex__ = __round__ = __floor__ = __ceil__ = __trunc__ = _one_number

    def __setitem__(self, *_: object) -> NoReturn:
        raise Refused("writes to items of a column; use torch.where")

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self


def perform(function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """What a function gives for arguments of which some are symbols, written down in their transcript."""
    return symbols_in((args, kwargs))[0].transcript.perform(function, args, kwargs)


def symbols_in(value: object) -> list[Symbol]:
    """The symbols in arguments, those in lists included."""
    if isinstance(value, Symbol):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
    return [symbol for part in inside for symbol in symbols_in(part)]


BINARY = ["add", "sub", "mul", "floordiv", "truediv", "mod", "pow", "and", "or", "xor", "lshift", "rshift"]


def define_operators() -> None:
    """The operators of `Symbol`: x + y, y + x and x += y, which changes x under all its names, as torch does."""

    def binary(name: str) -> None:
        function = getattr(operator, f"{name}_" if name in ("and", "or") else name)

        def forward(self: Symbol, other: Any, *more: Any) -> Any:
            if more:
                raise Refused("uses pow of three numbers; write x ** y % z")
            return perform(function, (self, other), {})

        def backward(self: Symbol, other: Any) -> Any:
            return perform(function, (other, self), {})

        def in_place(self: Symbol, other: Any) -> Any:
            result = perform(function, (self, other), {})
            if result.fraction is not None or self.boolean > result.boolean:
                raise Refused(f"changes a column in place to another type by {name!r}; write x = x … in place of x …=")
            self.node, self.limits = result.node, result.limits
            return self

        setattr(Symbol, f"__{name}__", forward)
        setattr(Symbol, f"__r{name}__", backward)
        setattr(Symbol, f"__i{name}__", in_place)

    def other(name: str, count: int) -> None:
        function = getattr(operator, name)
        setattr(Symbol, f"__{name}__", lambda *args: perform(function, args[:count], {}))

    for name in BINARY:
        binary(name)
    for name in ("eq", "ne", "lt", "le", "gt", "ge", "getitem"):
        other(name, 2)
    for name in ("neg", "pos", "abs", "invert"):
        other(name, 1)
    Symbol.__hash__ = object.__hash__  # type: ignore[method-assign]


define_operators()
