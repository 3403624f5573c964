"""The passes of this arrow in order, and what they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from logdepth.arithmetic import undisturbed
from logdepth.arrows.arrow import Columns, MadeProtocol, Ran
from logdepth.arrows.program_to_mpc.deal import Deal, deal, fastest
from logdepth.arrows.program_to_mpc.protocol import protocol_of, rows_of
from logdepth.arrows.program_to_mpc.prune import prune
from logdepth.arrows.program_to_mpc.rows import output_columns, row_records
from logdepth.arrows.program_to_mpc.schedule import schedule
from logdepth.arrows.program_to_mpc.unroll import unroll
from logdepth.mpc import Memory, Protocol
from logdepth.programs import Constant, Operand, Program
from logdepth.theory import Claim


def program_to_mpc(program: Program, rows: int, memory: int, machines: int | None = None) -> Protocol:
    """The protocol that takes `row_records` of so many rows through a program, on machines of `memory` words.

    machines: each takes ⌈rows / machines⌉ rows; if not given, as many as make the fewest rounds, and of these the
    fewest. `output_columns` reads the answers.
    Errors: UsageError for no rows, more than the program has or fewer than machines, and for too little memory, naming
    the least; while it runs, as of `programs.interpret` for maps that fail and values out of range. That nobody breaks
    a promise (of distinct keys, of addresses that exist) is not checked.
    """
    return translate(program, rows, memory, machines).artefact


@dataclass(frozen=True, eq=False)
class MadeOfProgram(MadeProtocol):
    """A protocol made of a program, and where the program's columns stand on the machines.

    given: for every step in which the interpreter carries out the program (`programs.interpret.See`), where each
    column stands that the step gives: the field of the rows' records that holds it while it is still read; or the
    number that it is in every row; or None, for what no output depends on and for the row's own number. written: for
    every such step all fields that carry it out, as the parts of a sum that matches in several ways.
    """

    given: tuple[tuple[str | int | None, ...], ...]
    written: tuple[tuple[str, ...], ...]

    def run(self, columns: Columns) -> Ran:
        """Outputs are as long as the columns are given: without blank rows, if these are."""
        ran = super().run(columns)
        rows = len(next(iter(columns.values())))
        return Ran({name: values[:rows] for name, values in ran.outputs.items()}, ran.taken)


@undisturbed()
def translate(program: Program, rows: int, memory: int | None = None, machines: int | None = None) -> MadeOfProgram:
    """That protocol with its claim. memory: by default the power of two above the least."""
    ways = deals(program, rows, machines)
    words = 2 ** least_memory_of(ways).bit_length() if memory is None else memory
    chosen = fastest(ways, words)
    protocol = protocol_of(chosen, words)

    def encode(columns: Columns) -> Memory:
        return row_records(program, columns, protocol.machines)

    return MadeOfProgram(
        protocol, chosen.claim(words), encode, output_columns, find_given(chosen), find_written(chosen)
    )


def find_given(chosen: Deal) -> tuple[tuple[str | int | None, ...], ...]:
    """`MadeOfProgram.given`."""
    fields = rows_of(chosen).fields

    def where(operand: Operand) -> str | int | None:
        return operand.value if isinstance(operand, Constant) else fields.get(operand)

    return tuple(tuple(map(where, step)) for step in chosen.schedule.straight.given)


def find_written(chosen: Deal) -> tuple[tuple[str, ...], ...]:
    """`MadeOfProgram.written`."""
    fields = rows_of(chosen).fields
    steps = chosen.schedule.straight.written
    return tuple(tuple(fields[column] for column in columns if column in fields) for columns in steps)


@undisturbed()
def claim_for(program: Program, rows: int, memory: int, machines: int | None = None) -> Claim:
    """Rounds and machines of the protocol. Errors: as of `program_to_mpc`."""
    return fastest(deals(program, rows, machines), memory).claim(memory)


@undisturbed()
def least_memory_for(program: Program, rows: int, machines: int | None = None) -> int:
    """The fewest words with which the protocol runs, on so many machines or on any number of them."""
    return least_memory_of(deals(program, rows, machines))


def least_memory_of(ways: Sequence[Deal]) -> int:
    return min(each.least_memory for each in ways)


@lru_cache(maxsize=4)
def deals(program: Program, rows: int, machines: int | None) -> tuple[Deal, ...]:
    """The ways to deal out the rows of a program that was made straight, pruned and scheduled.

    They are kept, since a caller asks for the least memory first and then for the protocol. Blank rows need not be
    counted in `rows`; they are dealt out as all others.
    """
    if program.blank and rows in program.lengths:
        rows = program.rows
    return tuple(deal(schedule(prune(unroll(program))), rows, machines))
