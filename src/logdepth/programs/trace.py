"""A Python function of columns becomes a `RowFunction`: it is called once, on symbols that write down what is done.

A symbol takes what a user does to an int64 tensor: operators, methods, torch functions, numpy's elementwise ones. Each
means what it means on such tensors, or is refused. What has no operation of its own (a square root, a rounded fraction)
becomes a table over the one value that it depends on.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from numbers import Integral
from typing import Any, NoReturn

import numpy as np
import torch
from torch import Tensor

from logdepth.arithmetic import undisturbed
from logdepth.numerics.errors import UsageError, first_line
from logdepth.programs.place import Place, line_of
from logdepth.programs.row_function import INT64, Node, Range, RowFunction, Undefined, evaluate, span_of
from logdepth.programs.statements import Column, Map, Operand, map_at

MOST_ENTRIES = 2**22  # of a table that stands for other operations


class Refused(Exception):
    """What a map does to its columns and cannot: the rest of a sentence that begins with "the map"."""


def traced_map(
    function: Callable[..., object] | RowFunction,
    inputs: Sequence[Operand],
    outputs: Sequence[Column],
    place: Place | None = None,
) -> Map:
    """The statement `outputs = function(*inputs)`; a function that is a `RowFunction` already is not traced.

    Errors: as of `trace`; UsageError for another number of results, and for results that are always out of range.
    """
    what = map_at(outputs[0].name, place)
    ranges = [(x.low, x.high) for x in inputs]
    traced = function if isinstance(function, RowFunction) else trace(function, ranges, what)
    if len(traced.results) != len(outputs):
        raise UsageError(f"{what} gives {len(traced.results)} columns where {len(outputs)} are declared")
    spans = traced.spans(ranges)
    for column, result in zip(outputs, traced.results, strict=True):
        low, high = spans[result]
        if low > column.high or high < 0:
            raise UsageError(
                f"{what} gives {low}..{high} for {column.name!r}, but 0..{column.high} is declared;"
                f" {'declare a larger range' if low > 0 else 'a column holds no negative numbers: shift or clamp them'}"
            )
    return Map(traced, tuple(inputs), tuple(outputs), place=place)


def trace(function: Callable[..., object], inputs: Sequence[Range], what: str = "the map") -> RowFunction:
    """What a function does to columns in the ranges `inputs`; `what` names it in messages.

    Errors: UsageError for anything that is not the same function of every row, for what 64 bits may not hold, and for
    whatever the function raises.
    """
    tracing = Tracing(list(inputs))
    columns = [Symbol(tracing, number) for number in range(len(inputs))]
    try:
        with undisturbed():
            returned = function(*columns)
        results = returned if isinstance(returned, (tuple, list)) else (returned,)
        return tracing.finished([result_of(tracing, result) for result in results])
    except UsageError:
        raise
    except Refused as error:
        raise UsageError(f"{what} {error}{line_of(error, unless=what)}") from None
    except (Exception, SystemExit) as error:
        raise UsageError(
            f"{what} raises {type(error).__name__}: {first_line(error)}{line_of(error, unless=what)}"
        ) from error


def result_of(tracing: Tracing, result: object) -> int:
    """The number of a value that a function returns."""
    symbol = tracing.symbol(result)
    if symbol is None:
        shape = f" of shape {tuple(result.shape)}" if isinstance(result, (Tensor, np.ndarray)) else ""
        raise Refused(f"returns a {type(result).__name__}{shape}; return integer columns, or one integer for all rows")
    if symbol.fraction is not None:
        raise Refused("returns fractions, and columns hold integers; use integer operations such as //, or .long()")
    return symbol.node


@dataclass
class Tracing:
    """What has been written down so far: `spans` of all values, inputs first, and the nodes after them."""

    spans: list[Range]
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
                return self.node("constant", (), self.folded(node))
            self.known[node] = len(self.spans)
            self.nodes.append(node)
            self.spans.append(span)
        return self.known[node]

    def folded(self, node: Node) -> int:
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

    def finished(self, results: Sequence[int]) -> RowFunction:
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
    """A value in every row, while a function is traced.

    boolean: what torch holds as bool; as a number it is 0 or 1. limits: what the integer type holds to which the user
    has narrowed it. fraction: the values, (values of node,) float64, where it is no integer but a function of `node`.
    """

    tracing: Tracing
    node: int
    boolean: bool = False
    limits: Range = INT64
    fraction: Tensor | None = None

    @property
    def span(self) -> Range:
        return self.tracing.spans[self.node]

    @property
    def dtype(self) -> torch.dtype:
        return torch.bool if self.boolean else torch.int64 if self.fraction is None else torch.float64

    def values(self, base: int) -> Tensor:
        """For every value of the base, in torch's own type."""
        numbers = torch.tensor(self.tracing.over(base, self.node))
        if self.fraction is not None:
            return self.fraction[numbers - self.span[0]]
        return numbers.to(self.dtype)

    # what users do

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return apply(function, args, kwargs or {})

    def __array_ufunc__(self, function: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        if method != "__call__":
            raise Refused(f"uses numpy's {function.__name__}.{method}, which mixes rows")
        return apply(function, args, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return apply(function, args, kwargs)

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
        return apply(method, (self, *args), kwargs)

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


BINARY = ["add", "sub", "mul", "floordiv", "truediv", "mod", "pow", "and", "or", "xor", "lshift", "rshift"]


def define_operators() -> None:
    """The operators of `Symbol`: x + y, y + x and x += y, which changes x under all its names, as torch does."""

    def binary(name: str) -> None:
        function = getattr(operator, f"{name}_" if name in ("and", "or") else name)

        def forward(self: Symbol, other: Any, *more: Any) -> Any:
            if more:
                raise Refused("uses pow of three numbers; write x ** y % z")
            return apply(function, (self, other), {})

        def backward(self: Symbol, other: Any) -> Any:
            return apply(function, (other, self), {})

        def in_place(self: Symbol, other: Any) -> Any:
            result = apply(function, (self, other), {})
            if result.fraction is not None or self.boolean > result.boolean:
                raise Refused(f"changes a column in place to another type by {name!r}; write x = x … in place of x …=")
            self.node, self.limits = result.node, result.limits
            return self

        setattr(Symbol, f"__{name}__", forward)
        setattr(Symbol, f"__r{name}__", backward)
        setattr(Symbol, f"__i{name}__", in_place)

    def other(name: str, count: int) -> None:
        function = getattr(operator, name)
        setattr(Symbol, f"__{name}__", lambda *args: apply(function, args[:count], {}))

    for name in BINARY:
        binary(name)
    for name in ("eq", "ne", "lt", "le", "gt", "ge", "getitem"):
        other(name, 2)
    for name in ("neg", "pos", "abs", "invert"):
        other(name, 1)
    Symbol.__hash__ = object.__hash__  # type: ignore[method-assign]


define_operators()


# --- what is done to symbols ---

SPELLINGS = {
    "floordiv": "floor_divide", "remainder": "mod", "multiply": "mul", "subtract": "sub", "negative": "neg",
    "radd": "add", "rmul": "mul", "rand": "and", "ror": "or", "rxor": "xor",
    "bitwise_and": "and", "bitwise_or": "or", "bitwise_xor": "xor", "bitwise_not": "invert",
    "bitwise_left_shift": "lshift", "left_shift": "lshift", "bitwise_right_shift": "rshift", "right_shift": "rshift",
    "greater": "gt", "greater_equal": "ge", "less": "lt", "less_equal": "le", "not_equal": "ne", "equal": "eq",
    "min": "minimum", "max": "maximum", "fmin": "minimum", "fmax": "maximum", "clip": "clamp", "absolute": "abs",
    "truediv": "div", "true_divide": "div", "divide": "div", "sgn": "sign", "pos": "same", "positive": "same",
    "power": "pow", "clone": "copy", "detach": "same", "contiguous": "same", "cpu": "same",
}  # fmt: skip
MIXING = {
    "sum", "mean", "cumsum", "sort", "argsort", "roll", "flip", "any", "all", "argmax", "argmin", "prod", "cumprod",
    "nansum", "cummax", "cummin", "median", "mode", "unique", "bincount", "nonzero", "std", "var", "norm",
}  # fmt: skip
RANDOM = ("rand", "bernoulli", "normal", "dropout", "empty", "multinomial", "poisson", "uniform", "shuffle")
CASTS = {
    "long": torch.int64, "int": torch.int32, "short": torch.int16, "char": torch.int8, "byte": torch.uint8,
    "bool": torch.bool, "double": torch.float64, "float": torch.float32, "half": torch.float16,
    "bfloat16": torch.bfloat16,
}  # fmt: skip


def apply(function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """A function of torch, numpy or Python's operators, on arguments of which some are symbols."""
    spelled = function.__name__
    name = SPELLINGS.get(spelled.strip("_"), spelled.strip("_"))
    if spelled.endswith("_") and not spelled.startswith("__") and spelled not in ("and_", "or_"):
        raise Refused(f"uses {spelled!r}, which works in place; use {spelled.rstrip('_')!r}")
    if name in MIXING or (name in ("minimum", "maximum") and len(args) < 2):
        raise Refused(f"uses {spelled!r}, which mixes rows; rows talk by statements, such as table.sum and table.count")
    if name.startswith(RANDOM):
        raise Refused(f"uses {spelled!r}, but a map gives the same results for the same numbers")
    if kwargs.get("inplace"):
        raise Refused(f"uses {spelled!r} in place; leave inplace=True out")
    options = {key: value for key, value in kwargs.items() if value is not None and value is not False}
    if name == "where" and hasattr(function, "__objclass__"):  # x.where(condition, y)
        args = [args[1], args[0], *args[2:]]
    if name in CASTS:
        return cast(args[0], CASTS[name])
    if name in ("to", "type", "type_as"):
        return cast(args[0], target_type((*args[1:], *options.values())))
    if name in ("getitem", "take"):
        return look_up(name, *args, **options)
    return compute(function, name, args, options)


def compute(function: Any, name: str, args: Sequence[Any], options: dict[str, Any]) -> Symbol:
    """By operations of our own, if there are such and all arguments are integers; else by a table."""
    tracing = symbols_in((args, options))[0].tracing
    given = [tracing.symbol(value) for value in args]
    named = {key: value if isinstance(value, str) else tracing.symbol(value) for key, value in options.items()}
    known = [value for value in (*given, *named.values()) if not isinstance(value, str)]
    if name in HANDLERS and all(value is not None and value.fraction is None for value in known):
        return HANDLERS[name](*given, **named)
    return by_table(function, args, options)


def symbols_in(value: object) -> list[Symbol]:
    """The symbols in arguments, those in lists included."""
    if isinstance(value, Symbol):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
    return [symbol for part in inside for symbol in symbols_in(part)]


def with_values(value: Any, replacement: Callable[[Symbol], Any]) -> Any:
    """The arguments with something in place of every symbol."""
    if isinstance(value, Symbol):
        return replacement(value)
    if isinstance(value, dict):
        return {key: with_values(part, replacement) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(with_values(part, replacement) for part in value)
    return value


def by_table(function: Any, args: Sequence[Any], options: dict[str, Any]) -> Symbol:
    """Any function of one value is a table over that value: compute it for every one.

    Row-wise is what commutes with reading the rows in another order, some of them twice. Fractions are float64.
    """
    symbols, spelled = symbols_in((args, options)), function.__name__
    tracing = symbols[0].tracing
    base = tracing.base_of([symbol.node for symbol in symbols])
    if base is None:
        what = "computes with fractions" if any(s.fraction is not None for s in symbols) else f"uses {spelled!r}"
        raise Refused(
            f"{what} on several columns; use + - * // %, comparisons, minimum, maximum, where, & | ^ or a table, or any"
            " function of one column"
        )
    low, high = tracing.spans[base]
    if high - low >= MOST_ENTRIES:
        raise Refused(
            f"uses {spelled!r} on a number in {low}..{high}, and a table has at most {MOST_ENTRIES} entries; use + - *"
            " // % and comparisons, or declare a smaller range"
        )

    def result_for(places: Tensor, fractions: bool) -> Any:
        def values(symbol: Symbol) -> Any:
            of_all = symbol.values(base)[places]
            of_all = of_all.double() if fractions else of_all
            return (
                of_all.numpy()
                if getattr(function, "__module__", None) == "numpy" or isinstance(function, np.ufunc)
                else of_all
            )

        found = function(*with_values(list(args), values), **with_values(options, values))
        return torch.as_tensor(found) if isinstance(found, np.ndarray) else found

    places = torch.arange(high - low + 1)
    again = torch.cat([places.flip(0), places[:1]])
    result = result_for(places, fractions=False)
    fractions = isinstance(result, Tensor) and result.is_floating_point()
    if fractions:
        try:
            result = result_for(places, fractions=True)
        except (RuntimeError, TypeError, IndexError):  # a condition or an index, which cannot be float64
            fractions = False
    repeated = result_for(again, fractions)
    row_wise = isinstance(result, Tensor) and result.shape == places.shape and repeated.shape == again.shape
    if not row_wise or not torch.equal(result[again].nan_to_num(), repeated.nan_to_num()):
        raise Refused(f"uses {spelled!r}, which is not row-wise")
    if result.is_floating_point():
        return Symbol(tracing, base, fraction=result.double())
    if result.is_complex():
        raise Refused(f"uses {spelled!r}, which gives complex numbers")
    return tabulated(tracing, base, result, common_limits(symbols))


def tabulated(tracing: Tracing, base: int, values: Tensor, limits: Range) -> Symbol:
    """A table over the values of the base."""
    boolean, place = values.dtype == torch.bool, Symbol(tracing, base)
    low = place.span[0]
    entry = emit("sub", place, number(place, low)) if low else place
    return within_limits(Symbol(tracing, tracing.table(values.numpy(), entry.node), boolean, limits))


def number(beside: Symbol, value: int, boolean: bool = False) -> Symbol:
    """A constant."""
    return Symbol(beside.tracing, beside.tracing.node("constant", (), value), boolean)


def common_limits(symbols: Sequence[Symbol]) -> Range:
    """What a result of these holds without fail, however torch promotes their types."""
    limits = [symbol.limits for symbol in symbols if not symbol.boolean] or [INT64]
    return max(low for low, _ in limits), min(high for _, high in limits)


def within_limits(result: Symbol) -> Symbol:
    low, high = result.span
    if not result.boolean and (low < result.limits[0] or high > result.limits[1]):
        raise Refused(
            f"computes numbers in {low}..{high} in a type that holds {result.limits[0]}..{result.limits[1]}, where they"
            " would wrap around; leave the narrow type out (a map computes on 64-bit integers), or take a remainder"
        )
    return result


def emit(operation: str, *symbols: Symbol, boolean: bool = False) -> Symbol:
    """An operation of our own."""
    tracing = symbols[0].tracing
    if operation in ("floordiv", "mod") and symbols[1].span == (0, 0):
        raise Refused("divides by 0")
    node = tracing.node(operation, [symbol.node for symbol in symbols])
    if boolean:
        return Symbol(tracing, node, True)
    return within_limits(Symbol(tracing, node, False, common_limits(symbols[operation == "where" :])))


# --- types ---


def target_type(args: Sequence[object]) -> torch.dtype:
    """What `x.to(…)` is asked for."""
    for value in args:
        if isinstance(value, torch.dtype):
            return value
        if isinstance(value, (Tensor, Symbol)):
            return value.dtype
    raise Refused("uses 'to' without a type; leave it out: a map has no device")


def cast(x: Any, kind: torch.dtype) -> Symbol:
    """The same numbers. A narrower integer type is refused if it does not hold them; a fraction is cut off."""
    if not isinstance(x, Symbol):
        raise Refused(f"makes a tensor a {kind}, like a column; give it the type by name")
    if kind == torch.bool:
        if x.fraction is not None:
            return by_table(torch.ne, (x, 0), {})
        return x if x.boolean else emit("ne", x, number(x, 0), boolean=True)
    if kind.is_floating_point:
        return x if x.fraction is not None else by_table(Tensor.double, (x,), {})
    if kind.is_complex:
        raise Refused("computes with complex numbers")
    limits = (torch.iinfo(kind).min, torch.iinfo(kind).max)
    whole = x
    if x.fraction is not None:
        if not bool((x.fraction.abs() < 2.0**63).all()):
            raise Refused("makes an integer of a fraction that is infinite or not a number")
        whole = tabulated(x.tracing, x.node, x.fraction.to(torch.int64), INT64)
    low, high = whole.span
    if low < limits[0] or high > limits[1]:
        raise Refused(f"makes {low}..{high} a {kind}, which holds {limits[0]}..{limits[1]}; leave the type out")
    return (
        whole if whole is x and not x.boolean and x.limits == limits else Symbol(x.tracing, whole.node, False, limits)
    )


# --- operations of our own ---


def look_up(name: str, table: Any, index: Any, **options: Any) -> Symbol:
    """table[i] or table[i, j], or torch.take."""
    if isinstance(table, Symbol):
        raise Refused(f"uses {name!r} on a column, which is not row-wise; rows read one another by pull and select")
    table = torch.as_tensor(table)
    if table.is_floating_point() or options:
        return by_table(getattr(operator, name, torch.take), (table, index), options)
    tracing = symbols_in((index,))[0].tracing
    given = [tracing.symbol(part) for part in (index if isinstance(index, (tuple, list)) else (index,))]
    indices = [part for part in given if part is not None and not part.boolean and part.fraction is None]
    shape = (table.numel(),) if name == "take" else tuple(table.shape)
    if not len(given) == len(indices) == len(shape):
        raise Refused(
            f"looks something up in a table of shape {tuple(table.shape)} by {len(given)} indices; give one integer"
            " for every dimension"
        )
    place = in_axis(indices[0], shape[0])
    for part, size in zip(indices[1:], shape[1:], strict=True):
        place = emit("add", emit("mul", place, number(place, size)), in_axis(part, size))
    found = tracing.table(table.detach().cpu().reshape(-1).numpy().astype(np.int64), place.node)
    if table.dtype == torch.bool:
        return Symbol(tracing, found, True)
    return Symbol(tracing, found, False, (torch.iinfo(table.dtype).min, torch.iinfo(table.dtype).max))


def in_axis(index: Symbol, size: int) -> Symbol:
    """The index, counted from the end if it is negative; looking it up fails where it is outside."""
    low, high = index.span
    if low >= 0 and high < size:
        return index
    back = size if low < 0 else 0
    entries = np.concatenate([np.arange(back), np.arange(size)])
    place = emit("add", index, number(index, back)) if back else index
    return Symbol(index.tracing, index.tracing.table(entries, place.node))


def add(x: Symbol, y: Symbol, alpha: Symbol | None = None) -> Symbol:
    y = y if alpha is None else mul(y, alpha)
    if x.boolean and y.boolean:
        return emit("or", x, y, boolean=True)  # as in torch
    return emit("add", x, y)


def sub(x: Symbol, y: Symbol, alpha: Symbol | None = None) -> Symbol:
    if x.boolean and y.boolean:
        raise Refused("subtracts a condition from a condition; write x.long() - y.long(), or x & ~y")
    return emit("sub", x, y if alpha is None else mul(y, alpha))


def mul(x: Symbol, y: Symbol) -> Symbol:
    return emit("mul", x, y, boolean=x.boolean and y.boolean)


def div(x: Symbol, y: Symbol, rounding_mode: str | None = None) -> Symbol:
    match rounding_mode:
        case "floor":
            return quotient(x, y)
        case "trunc":
            whole = emit("floordiv", absolute(x), absolute(y))
            opposite = emit("ne", compare("lt", x, number(x, 0)), compare("lt", y, number(y, 0)), boolean=True)
            return emit("where", opposite, negated(whole), whole)
    return by_table(torch.true_divide, (x, y), {})


def quotient(x: Symbol, y: Symbol) -> Symbol:
    return emit("floordiv", *as_numbers("//", x, y))


def remainder(x: Symbol, y: Symbol) -> Symbol:
    return emit("mod", *as_numbers("%", x, y))


def truncated_remainder(x: Symbol, y: Symbol) -> Symbol:
    return emit("sub", x, mul(y, div(x, y, "trunc")))


def as_numbers(sign: str, *symbols: Symbol) -> tuple[Symbol, ...]:
    if all(symbol.boolean for symbol in symbols):
        raise Refused(f"uses {sign} on conditions; make them numbers by .long()")
    return symbols


def negated(x: Symbol) -> Symbol:
    return emit("sub", number(x, 0), *as_numbers("-", x))


def absolute(x: Symbol) -> Symbol:
    return emit("abs", x)


def sign(x: Symbol) -> Symbol:
    above, below = (compare(name, x, number(x, 0)) for name in ("gt", "lt"))
    return emit("sub", above, below)


def power(x: Symbol, y: Symbol) -> Symbol:
    least, most = y.span
    if least < 0:
        raise Refused(f"takes a power of {least}..{most}; take one of 0 or more")
    if x.boolean or least != most or not 0 <= most <= 64:
        return by_table(torch.pow, (x, y), {})
    return reduce(mul, [x] * most, number(x, 1))


def shift(operation: str, x: Symbol, y: Symbol) -> Symbol:
    return emit(operation, *as_numbers("<< or >>", x, y))


def extreme(operation: str, x: Symbol, y: Symbol) -> Symbol:
    return emit(operation, x, y, boolean=x.boolean and y.boolean)


def clamp(x: Symbol, min: Symbol | None = None, max: Symbol | None = None) -> Symbol:
    if min is None and max is None:
        raise Refused("uses 'clamp' without bounds")
    x = x if min is None else emit("maximum", x, min)
    return x if max is None else emit("minimum", x, max)


def compare(operation: str, x: Symbol, y: Symbol) -> Symbol:
    return emit(operation, x, y, boolean=True)


def bits(operation: str, x: Symbol, y: Symbol) -> Symbol:
    return emit(operation, x, y, boolean=x.boolean and y.boolean)


def logical(operation: str, x: Symbol, y: Symbol) -> Symbol:
    return emit(operation, cast(x, torch.bool), cast(y, torch.bool), boolean=True)


def inverted(x: Symbol) -> Symbol:
    return compare("eq", x, number(x, 0)) if x.boolean else emit("sub", number(x, -1), x)


def where(condition: Symbol, yes: Symbol, no: Symbol) -> Symbol:
    if not condition.boolean:
        raise Refused("uses 'where' with a condition that is a number; write condition == 1, or condition > 0")
    return emit("where", condition, yes, no, boolean=yes.boolean and no.boolean)


def masked_fill(x: Symbol, mask: Symbol, value: Symbol) -> Symbol:
    return where(mask, cast(value, torch.bool) if x.boolean else value, x)


def copied(x: Symbol) -> Symbol:
    return Symbol(x.tracing, x.node, x.boolean, x.limits, x.fraction)


def filled(x: Symbol, value: Symbol) -> Symbol:
    return cast(value, torch.bool) if x.boolean else value


HANDLERS: dict[str, Callable[..., Symbol]] = {
    "add": add,
    "sub": sub,
    "rsub": lambda x, y, alpha=None: sub(y, x, alpha),
    "mul": mul,
    "div": div,
    "floor_divide": quotient,
    "mod": remainder,
    "fmod": truncated_remainder,
    "neg": negated,
    "abs": absolute,
    "sign": sign,
    "square": lambda x: mul(x, x),
    "pow": power,
    "lshift": partial(shift, "lshift"),
    "rshift": partial(shift, "rshift"),
    "minimum": partial(extreme, "minimum"),
    "maximum": partial(extreme, "maximum"),
    "clamp": clamp,
    "clamp_min": lambda x, min: clamp(x, min),
    "clamp_max": lambda x, max: clamp(x, None, max),
    "relu": lambda x: clamp(x, number(x, 0)),
    **{name: partial(compare, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    **{name: partial(bits, name) for name in ("and", "or", "xor")},
    "logical_and": partial(logical, "and"),
    "logical_or": partial(logical, "or"),
    "logical_xor": partial(logical, "xor"),
    "logical_not": lambda x: compare("eq", x, number(x, 0)),
    "invert": inverted,
    "where": where,
    "masked_fill": masked_fill,
    "same": lambda x: x,
    "copy": copied,
    "zeros_like": lambda x: number(x, 0, x.boolean),
    "ones_like": lambda x: number(x, 1, x.boolean),
    "full_like": filled,
}
