"""k-fold composition by pointer doubling. Source: as of `powers`."""

from __future__ import annotations

from logdepth.programs import Program, Table
from logdepth.solutions.powers import DOUBLING, DOUBLING_IN_WORDS, power
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import Composition
from logdepth.theory.k_hop import doubling_layers


def composition(n: int, k: int) -> Program:
    """Output `answer`: f^k(i), for the function f that column `image` tabulates."""
    table = Table("composition", n)
    image = table.input("image", n)
    table.output("answer", table.index if k == 0 else power(table, image, [], k, "image")[0])
    return table.program()


def sizes(task: Composition, tied: bool) -> Sizes:
    layers = doubling_layers(task.k) if task.k else 0
    return Sizes(layers=layers, heads=min(1, layers), source=DOUBLING)


COMPOSITION = Solution(
    task=Composition,
    build=lambda task: composition(task.n, task.k),
    sizes=sizes,
    words=("The answer at <i>i</i> is <i>f</i> applied <i>k</i> times to <i>i</i>.", DOUBLING_IN_WORDS),
)
