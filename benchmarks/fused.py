"""What it saves that numbers of ReLU units that are only added up share a residual column, task by task.

python benchmarks/fused.py

Every task at its default parameters, in the first format that carries it: the width and the parameters with these
numbers apart and together. A task that is not printed saves nothing. The compiler puts them together if that takes
fewer columns.
"""

from __future__ import annotations

from logdepth import make_task
from logdepth.arrows.program_to_transformer import carries
from logdepth.arrows.program_to_transformer.claim import parameters
from logdepth.arrows.program_to_transformer.fuse import ways_to_fuse
from logdepth.arrows.program_to_transformer.laid_out import LaidOut, lay_out
from logdepth.arrows.program_to_transformer.lower import lower
from logdepth.arrows.program_to_transformer.prune import prune
from logdepth.arrows.program_to_transformer.rounding import ways_to_round
from logdepth.arrows.program_to_transformer.share import share
from logdepth.arrows.program_to_transformer.translate import smallest
from logdepth.numerics.formats import FORMATS, Format, format_of
from logdepth.solutions import program_for
from logdepth.tasks import TASKS


def main() -> None:
    print(f"{'task':19}{'width apart':>12}{'together':>9}{'parameters apart':>17}{'together':>11}")
    for name in TASKS:
        program = program_for(make_task(name))
        number_format = format_of(next(each for each in FORMATS if carries(program, each, tied=True)))
        plans = list(ways_to_round(prune(lower(program, number_format, tied=True))))
        ways = [list(map(lay_out, ways_to_fuse(share(plan), number_format.exact))) for plan in plans]
        apart = sizes([first for first, *_ in ways], number_format)
        together = sizes([last for *_, last in ways], number_format)
        if apart != together:
            print(f"{name:19}{apart[0]:12}{together[0]:9}{apart[1]:17,}{together[1]:11,}", flush=True)


def sizes(ways: list[LaidOut], number_format: Format) -> tuple[int, int]:
    """Width and parameters of the smallest way to round sums."""
    way = smallest(ways, number_format)
    return way.layout.width, parameters(way)


if __name__ == "__main__":
    main()
