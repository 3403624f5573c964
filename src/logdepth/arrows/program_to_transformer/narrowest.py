"""The number format of a compiled program: the one asked for, or the first that carries its numbers."""

from __future__ import annotations

from logdepth.arrows.arrow import MadeTransformer
from logdepth.arrows.program_to_transformer.row_numbers import TABLE
from logdepth.arrows.program_to_transformer.translate import translate
from logdepth.numerics.errors import CapacityExceeded
from logdepth.numerics.formats import FORMATS, format_of
from logdepth.programs import Program

NARROWEST = "narrowest"
WIDEST = list(FORMATS)[-1]


def translate_narrowest(program: Program, dtype: str | None, tied: bool, positions: str = TABLE) -> MadeTransformer:
    """In the format asked for, or else the first that carries the numbers.

    Errors: as of `translate`, of the widest format that was tried.
    """
    for name in FORMATS if dtype is None else [dtype]:
        try:
            return translate(program, format_of(name), tied, positions)
        except CapacityExceeded as error:
            refusal = error
    raise refusal


def wider_format(program: Program, dtype: str, tied: bool, positions: str = TABLE) -> str | None:
    """The first format wider than this one that carries the program's numbers."""
    formats = list(FORMATS)
    return next((name for name in formats[formats.index(dtype) + 1 :] if carries(program, name, tied, positions)), None)


def carries(program: Program, dtype: str, tied: bool, positions: str = TABLE) -> bool:
    """Whether a format carries the program's numbers."""
    try:
        translate(program, format_of(dtype), tied, positions)
    except CapacityExceeded:
        return False
    return True
