"""The theorem as a value: every program is a transformer of as many attention layers as it has rounds."""

from __future__ import annotations

from logdepth.arrows.arrow import Arrow, MadeTransformer
from logdepth.arrows.examples import programs
from logdepth.arrows.program_to_transformer.narrowest import NARROWEST, translate_narrowest
from logdepth.programs import Program
from logdepth.tasks import Parameter
from logdepth.transformer import Transformer


def make(program: Program, dtype: str, tied: int) -> MadeTransformer:
    return translate_narrowest(program, None if dtype == NARROWEST else dtype, bool(tied))


PROGRAM_TO_TRANSFORMER: Arrow[Program, Transformer] = Arrow(
    name="program-to-transformer",
    source=Program,
    target=Transformer,
    theorem="A program of R rounds is a transformer of at most R attention layers that is exact on every table up to"
    " its size, in a number format that carries its numbers.",
    proof="logdepth.arrows.program_to_transformer",
    options=(
        Parameter("dtype", str, NARROWEST, None, None, "float32, float64, or narrowest: the first that does"),
        Parameter("tied", int, 1, 0, 1, "1: rounds that repeat share one set of weights; 0: each has its own copy"),
    ),
    make=make,
    examples=programs,
)
