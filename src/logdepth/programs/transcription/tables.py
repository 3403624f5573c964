"""What becomes a table: functions of one value, and lookups."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from logdepth.programs.row_function import INT64, Range
from logdepth.programs.transcription.symbols import Refused, Symbol, Transcript, symbols_in

MOST_ENTRIES = 2**22  # of a table that stands for other operations


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
    transcript = symbols[0].transcript
    base = transcript.base_of([symbol.node for symbol in symbols])
    if base is None:
        what = "computes with fractions" if any(s.fraction is not None for s in symbols) else f"uses {spelled!r}"
        raise Refused(
            f"{what} on several columns; use + - * // %, comparisons, minimum, maximum, where, & | ^ or a table, or any"
            " function of one column"
        )
    low, high = transcript.spans[base]
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
        return Symbol(transcript, base, fraction=result.double())
    if result.is_complex():
        raise Refused(f"uses {spelled!r}, which gives complex numbers")
    return tabulate(transcript, base, result, common_limits(symbols))


def tabulate(transcript: Transcript, base: int, values: Tensor, limits: Range) -> Symbol:
    """A table over the values of the base."""
    boolean, place = values.dtype == torch.bool, Symbol(transcript, base)
    low = place.span[0]
    entry = emit("sub", place, number(place, low)) if low else place
    return check_limits(Symbol(transcript, transcript.table(values.numpy(), entry.node), boolean, limits))


def look_up(name: str, table: Any, index: Any, **options: Any) -> Symbol:
    """table[i] or table[i, j], or torch.take."""
    if isinstance(table, Symbol):
        raise Refused(f"uses {name!r} on a column, which is not row-wise; rows read one another by pull and select")
    table = torch.as_tensor(table)
    if table.is_floating_point() or options:
        return by_table(getattr(operator, name, torch.take), (table, index), options)
    transcript = symbols_in((index,))[0].transcript
    given = [transcript.symbol(part) for part in (index if isinstance(index, (tuple, list)) else (index,))]
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
    found = transcript.table(table.detach().cpu().reshape(-1).numpy().astype(np.int64), place.node)
    if table.dtype == torch.bool:
        return Symbol(transcript, found, True)
    return Symbol(transcript, found, False, (torch.iinfo(table.dtype).min, torch.iinfo(table.dtype).max))


def in_axis(index: Symbol, size: int) -> Symbol:
    """The index, counted from the end if it is negative; looking it up fails where it is outside."""
    low, high = index.span
    if low >= 0 and high < size:
        return index
    back = size if low < 0 else 0
    entries = np.concatenate([np.arange(back), np.arange(size)])
    place = emit("add", index, number(index, back)) if back else index
    return Symbol(index.transcript, index.transcript.table(entries, place.node))


def number(beside: Symbol, value: int, boolean: bool = False) -> Symbol:
    """A constant."""
    return Symbol(beside.transcript, beside.transcript.node("constant", (), value), boolean)


def common_limits(symbols: Sequence[Symbol]) -> Range:
    """What a result of these holds without fail, however torch promotes their types."""
    limits = [symbol.limits for symbol in symbols if not symbol.boolean] or [INT64]
    return max(low for low, _ in limits), min(high for _, high in limits)


def check_limits(result: Symbol) -> Symbol:
    low, high = result.span
    if not result.boolean and (low < result.limits[0] or high > result.limits[1]):
        raise Refused(
            f"computes numbers in {low}..{high} in a type that holds {result.limits[0]}..{result.limits[1]}, where they"
            " would wrap around; leave the narrow type out (a map computes on 64-bit integers), or take a remainder"
        )
    return result


def emit(operation: str, *symbols: Symbol, boolean: bool = False) -> Symbol:
    """An operation of our own."""
    transcript = symbols[0].transcript
    if operation in ("floordiv", "mod") and symbols[1].span == (0, 0):
        raise Refused("divides by 0")
    node = transcript.node(operation, [symbol.node for symbol in symbols])
    if boolean:
        return Symbol(transcript, node, True)
    return check_limits(Symbol(transcript, node, False, common_limits(symbols[operation == "where" :])))
