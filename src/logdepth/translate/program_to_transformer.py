"""A parallel program becomes a transformer: attention for the rounds of messages, ReLU layers for what rows compute."""

from __future__ import annotations

from logdepth.numerics.formats import FLOAT32, Format
from logdepth.programs.program import Program
from logdepth.transformer.transformer import Transformer
from logdepth.translate.allocate import allocate
from logdepth.translate.emit import emit
from logdepth.translate.fuse import fuse
from logdepth.translate.lower import lower
from logdepth.translate.prune import prune
from logdepth.translate.schedule import schedule
from logdepth.translate.share import share


def program_to_transformer(program: Program, number_format: Format = FLOAT32, tied: bool = True) -> Transformer:
    """The transformer that computes the program, exactly, on every table of 1..program.rows rows.

    tied: a `repeat` becomes one set of weights that runs many times; otherwise every round has its own copy.
    Raises CapacityExceeded if the format cannot carry the numbers, UsageError if a map has no ReLU form.
    """
    plan = fuse(share(prune(lower(program, number_format, tied))))
    timetable = schedule(plan)
    layout = allocate(timetable)
    return emit(timetable, layout, number_format)
