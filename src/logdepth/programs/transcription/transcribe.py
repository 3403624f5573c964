"""A Python function of columns becomes a `RowFunction`, and a `Map`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from torch import Tensor

from logdepth.arithmetic import undisturbed
from logdepth.numerics.errors import UsageError, first_line
from logdepth.programs.place import Place, line_of
from logdepth.programs.row_function import Range, RowFunction
from logdepth.programs.statements import Column, Map, Operand, map_at
from logdepth.programs.transcription.calls import apply
from logdepth.programs.transcription.symbols import Refused, Symbol, Transcript


def make_map(
    function: Callable[..., object] | RowFunction,
    inputs: Sequence[Operand],
    outputs: Sequence[Column],
    place: Place | None = None,
) -> Map:
    """The statement `outputs = function(*inputs)`; a function that is a `RowFunction` already stays as it is.

    Errors: as of `transcribe`; UsageError for another number of results, and for results that are always out of range.
    """
    what = map_at(outputs[0].name, place)
    ranges = [(x.low, x.high) for x in inputs]
    row_function = function if isinstance(function, RowFunction) else transcribe(function, ranges, what)
    if len(row_function.results) != len(outputs):
        raise UsageError(f"{what} gives {len(row_function.results)} columns where {len(outputs)} are declared")
    spans = row_function.spans(ranges)
    for column, result in zip(outputs, row_function.results, strict=True):
        low, high = spans[result]
        if low > column.high or high < 0:
            raise UsageError(
                f"{what} gives {low}..{high} for {column.name!r}, but 0..{column.high} is declared;"
                f" {'declare a larger range' if low > 0 else 'a column holds no negative numbers: shift or clamp them'}"
            )
    return Map(row_function, tuple(inputs), tuple(outputs), place=place)


def transcribe(function: Callable[..., object], inputs: Sequence[Range], what: str = "the map") -> RowFunction:
    """What a function does to columns in the ranges `inputs`; `what` names it in messages.

    Errors: UsageError for anything that is not the same function of every row, for what 64 bits may not hold, and for
    whatever the function raises.
    """
    transcript = Transcript(list(inputs), apply)
    columns = [Symbol(transcript, number) for number in range(len(inputs))]
    try:
        with undisturbed():
            returned = function(*columns)
        results = returned if isinstance(returned, (tuple, list)) else (returned,)
        return transcript.finish([result_of(transcript, result) for result in results])
    except UsageError:
        raise
    except Refused as error:
        raise UsageError(f"{what} {error}{line_of(error, unless=what)}") from None
    except (Exception, SystemExit) as error:
        raise UsageError(
            f"{what} raises {type(error).__name__}: {first_line(error)}{line_of(error, unless=what)}"
        ) from error


def result_of(transcript: Transcript, result: object) -> int:
    """The number of a value that a function returns."""
    symbol = transcript.symbol(result)
    if symbol is None:
        shape = f" of shape {tuple(result.shape)}" if isinstance(result, (Tensor, np.ndarray)) else ""
        raise Refused(f"returns a {type(result).__name__}{shape}; return integer columns, or one integer for all rows")
    if symbol.fraction is not None:
        raise Refused("returns fractions, and columns hold integers; use integer operations such as //, or .long()")
    return symbol.node
