"""The theorem as a value: every program runs on machines of any memory above its least."""

from __future__ import annotations

from logdepth.arrows.arrow import Arrow, MadeProtocol
from logdepth.arrows.examples import programs
from logdepth.arrows.program_to_mpc.translate import translate
from logdepth.mpc import Protocol
from logdepth.programs import Program
from logdepth.tasks import Parameter


def make(program: Program, rows: int, memory: int, machines: int) -> MadeProtocol:
    return translate(program, rows or program.rows, memory or None, machines or None)


PROGRAM_TO_MPC: Arrow[Program, Protocol] = Arrow(
    name="program-to-mpc",
    source=Program,
    target=Protocol,
    theorem="A program of R rounds on N rows is a protocol of O(R) rounds on machines of any memory above a stated"
    " least one: rows talk by sorting, by known homes or by a scan.",
    proof="logdepth.arrows.program_to_mpc.plan, after Goodrich, Sitchinava, Zhang 2011",
    options=(
        Parameter("rows", int, 0, 0, None, "rows of the table; 0: as many as the program takes"),
        Parameter("memory", int, 0, 0, None, "words of a machine; 0: the power of two above the least"),
        Parameter("machines", int, 0, 0, None, "0: as many as make the fewest rounds"),
    ),
    make=make,
    examples=programs,
)
