"""The passes of this arrow in order, and what they make."""

from __future__ import annotations

from logdepth.arithmetic import undisturbed
from logdepth.arrows.arrow import MadeTransformer
from logdepth.arrows.program_to_transformer.allocate import allocate
from logdepth.arrows.program_to_transformer.claim import claim_of
from logdepth.arrows.program_to_transformer.emit import emit
from logdepth.arrows.program_to_transformer.fuse import fuse
from logdepth.arrows.program_to_transformer.lower import lower
from logdepth.arrows.program_to_transformer.prune import prune
from logdepth.arrows.program_to_transformer.schedule import schedule
from logdepth.arrows.program_to_transformer.share import share
from logdepth.numerics.formats import FLOAT32, Format
from logdepth.programs import Program
from logdepth.transformer import Transformer


def program_to_transformer(program: Program, number_format: Format = FLOAT32, tied: bool = True) -> Transformer:
    """The transformer that computes the program, exactly, on every table of 1..program.rows rows. As `translate`."""
    return translate(program, number_format, tied).artefact


@undisturbed()
def translate(program: Program, number_format: Format = FLOAT32, tied: bool = True) -> MadeTransformer:
    """That transformer with its claim.

    tied: a `repeat` becomes one set of weights that runs many times; otherwise every round has its own copy.
    Raises CapacityExceeded if the format cannot carry the numbers, UsageError if a map has no ReLU form.
    """
    plan = fuse(share(prune(lower(program, number_format, tied))))
    timetable = schedule(plan)
    layout = allocate(timetable)
    transformer = emit(timetable, layout, number_format)
    return MadeTransformer(transformer, claim_of(program, timetable, layout, number_format))
