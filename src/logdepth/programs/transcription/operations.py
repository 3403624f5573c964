"""What torch and Python call an operation, by operations of our own, and the types of its results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import torch
from torch import Tensor

from logdepth.programs.row_function import INT64
from logdepth.programs.transcription.symbols import Refused, Symbol
from logdepth.programs.transcription.tables import by_table, emit, number, tabulate


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
        whole = tabulate(x.transcript, x.node, x.fraction.to(torch.int64), INT64)
    low, high = whole.span
    if low < limits[0] or high > limits[1]:
        raise Refused(f"makes {low}..{high} a {kind}, which holds {limits[0]}..{limits[1]}; leave the type out")
    return (
        whole
        if whole is x and not x.boolean and x.limits == limits
        else Symbol(x.transcript, whole.node, False, limits)
    )


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
            return emit("where", opposite, negate(whole), whole)
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


def negate(x: Symbol) -> Symbol:
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


def invert(x: Symbol) -> Symbol:
    return compare("eq", x, number(x, 0)) if x.boolean else emit("sub", number(x, -1), x)


def where(condition: Symbol, yes: Symbol, no: Symbol) -> Symbol:
    if not condition.boolean:
        raise Refused("uses 'where' with a condition that is a number; write condition == 1, or condition > 0")
    return emit("where", condition, yes, no, boolean=yes.boolean and no.boolean)


def masked_fill(x: Symbol, mask: Symbol, value: Symbol) -> Symbol:
    return where(mask, cast(value, torch.bool) if x.boolean else value, x)


def copy(x: Symbol) -> Symbol:
    return Symbol(x.transcript, x.node, x.boolean, x.limits, x.fraction)


def fill(x: Symbol, value: Symbol) -> Symbol:
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
    "neg": negate,
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
    "invert": invert,
    "where": where,
    "masked_fill": masked_fill,
    "same": lambda x: x,
    "copy": copy,
    "zeros_like": lambda x: number(x, 0, x.boolean),
    "ones_like": lambda x: number(x, 1, x.boolean),
    "full_like": fill,
}
