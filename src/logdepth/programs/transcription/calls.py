"""What a function of torch, numpy or Python is, by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from logdepth.programs.transcription.operations import HANDLERS, cast, target_type
from logdepth.programs.transcription.symbols import Refused, Symbol, symbols_in
from logdepth.programs.transcription.tables import by_table, look_up

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
    transcript = symbols_in((args, options))[0].transcript
    given = [transcript.symbol(value) for value in args]
    named = {key: value if isinstance(value, str) else transcript.symbol(value) for key, value in options.items()}
    known = [value for value in (*given, *named.values()) if not isinstance(value, str)]
    if name in HANDLERS and all(value is not None and value.fraction is None for value in known):
        return HANDLERS[name](*given, **named)
    return by_table(function, args, options)
