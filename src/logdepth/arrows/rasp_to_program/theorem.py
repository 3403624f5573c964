"""The theorem as a value: RASP becomes a program on a table, of as many rounds as it aggregates in a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from logdepth.arrows.arrow import Arrow, Columns, Example, Made, Ran
from logdepth.programs import Program, interpret, rounds_of
from logdepth.rasp import Rasp, depth_of, read_rasp
from logdepth.theory import Claim


@dataclass(frozen=True, eq=False)
class MadeProgram(Made[Program]):
    """A program with the columns of its source."""

    artefact: Program
    claim: Claim

    def run(self, columns: Columns) -> Ran:
        return Ran(interpret(self.artefact, columns), {"layers": rounds_of(self.artefact)})


def make(source: Rasp) -> MadeProgram:
    claim = Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": max(depth_of(sop) for sop in source.outputs.values())},
        source="logdepth, RASP as a program on a table",
        note="Aggregates that wait for one another, and one round for `length`.",
    )
    return MadeProgram(source.program, claim)


EXAMPLES = {
    "reverse": "reverse = aggregate(select(indices, length - 1 - indices, ==), tokens);",
    "sort": "out = sort(tokens, tokens);",
    "most": 'most = tokens if 2 * selector_width(select(tokens, tokens, ==)) > length else "-";',
    "share": 'share = aggregate(select(indices, indices, <=), indicator(tokens == "a"));',
}
"""RASP text by what it does; the last s-op of each."""


def examples() -> Iterator[Example[Rasp]]:
    for text in EXAMPLES.values():
        program, rng = read_rasp(text, "abc", rows=6), np.random.default_rng(0)
        yield Example(program.source, [program.sample(rng) for _ in range(4)])


RASP_TO_PROGRAM: Arrow[Rasp, Program] = Arrow(
    name="rasp-to-program",
    source=Rasp,
    target=Program,
    theorem="RASP that aggregates d times in a row is a program of d rounds, and of one more if it asks for `length`,"
    " exactly: means as fractions.",
    proof="logdepth.rasp; RASP is from arXiv 2106.06981",
    make=make,
    examples=examples,
)
