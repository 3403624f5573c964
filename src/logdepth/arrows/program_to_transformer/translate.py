"""The passes of this arrow in order, and what they make."""

from __future__ import annotations

from dataclasses import replace

from logdepth.arithmetic import undisturbed
from logdepth.arrows.arrow import MadeTransformer
from logdepth.arrows.program_to_transformer.claim import claim_of, parameters
from logdepth.arrows.program_to_transformer.count_rows import count_rows
from logdepth.arrows.program_to_transformer.emit import emit, largest_number
from logdepth.arrows.program_to_transformer.fuse import ways_to_fuse
from logdepth.arrows.program_to_transformer.laid_out import LaidOut, lay_out
from logdepth.arrows.program_to_transformer.lower import lower
from logdepth.arrows.program_to_transformer.plan import Plan
from logdepth.arrows.program_to_transformer.prune import prune
from logdepth.arrows.program_to_transformer.rounding import ways_to_round
from logdepth.arrows.program_to_transformer.row_numbers import COUNTED, TABLE, check_positions
from logdepth.arrows.program_to_transformer.share import share
from logdepth.numerics.formats import FLOAT32, Format
from logdepth.programs import Program
from logdepth.transformer import Transformer


def program_to_transformer(program: Program, number_format: Format = FLOAT32, tied: bool = True) -> Transformer:
    """The transformer that computes the program, exactly, on every table of 1..program.rows rows. As `translate`."""
    return translate(program, number_format, tied).artefact


@undisturbed()
def translate(
    program: Program, number_format: Format = FLOAT32, tied: bool = True, positions: str = TABLE
) -> MadeTransformer:
    """That transformer with its claim.

    tied: a `repeat` becomes one set of weights that runs many times; otherwise every round has its own copy.
    positions: how the row number enters, one of `POSITIONS`. By formulas, a number in a score has one digit, so that no
    weight matrix grows with the rows; then a format carries fewer of them.
    Raises CapacityExceeded if the format cannot carry the numbers, UsageError if a map has no ReLU form, or a function
    of the row number no formula where formulas are asked for.
    """
    check_positions(positions)
    if positions != TABLE:
        number_format = replace(number_format, most_digits=1)
    plans = ways_to_round(prune(lower(program, number_format, tied, positions)))
    if positions == COUNTED:
        plans = (prune(count_rows(plan, number_format)) for plan in plans)
    way = smallest([lay_out_narrowest(share(plan), number_format) for plan in plans], number_format)
    return MadeTransformer(emit(way, number_format), claim_of(program, way, number_format))


def lay_out_narrowest(plan: Plan, number_format: Format) -> LaidOut:
    """With one cell for all ReLU cells that are only added up, if that takes fewer columns.

    Otherwise they stay apart: cells of their own have fewer values, and the circuit of the model has fewer gates.
    """
    return min(map(lay_out, ways_to_fuse(plan, number_format.exact)), key=lambda way: way.layout.width)


def smallest(ways: list[LaidOut], number_format: Format) -> LaidOut:
    """The way of fewest parameters of those that the format carries, or the first."""
    if len(ways) == 1:
        return ways[0]
    carried = [way for way in ways if largest_number(way) < number_format.exact]
    return min(carried, key=parameters, default=ways[0])
