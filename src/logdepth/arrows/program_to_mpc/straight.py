"""The value between the passes: a program as a straight line, without loops, in which no column is written twice.

What lets rows talk is said in one form, `Talk`, but for `Rank`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from logdepth.programs import Column, Constant, Map, Operand, Program, Rank, inputs_of, outputs_of

Order = Literal["run", "so far", "before"]


@dataclass(frozen=True, eq=False)
class Talk:
    """Every row gets a number of each of `reads`, over the rows that it matches: what a statement says, in few words.

    pairs: columns that must be equal, the asking row's and the offering row's. asks_if, offers_if: what must hold of
    the asking and of the offering row by themselves. order: of all rows ("run"), those up to mine ("so far"), or those
    before mine ("before"). until: those up to a row that I name, in the place of mine ("so far"). op and priority are
    those of a `Scan`; a constant is not sent: what is found times it.
    """

    op: Literal["sum", "first", "last"]
    reads: tuple[Operand, ...]
    outputs: tuple[Column, ...]
    pairs: tuple[tuple[Column, Column], ...] = ()
    asks_if: tuple[tuple[Column, int], ...] = ()
    offers_if: tuple[tuple[Column, int], ...] = ()
    order: Order = "run"
    priority: Column | None = None
    distinct: bool = False  # no row matches several rows
    until: Column | None = None

    @property
    def sorts(self) -> bool:
        """Whether questions and offers have to be sorted; otherwise all rows are one run, in their own order."""
        return bool(self.pairs) or self.until is not None

    @property
    def sent(self) -> tuple[Column, ...]:
        """The columns that are read, each once."""
        return tuple(dict.fromkeys(read for read in self.reads if isinstance(read, Column)))

    @property
    def carried(self) -> tuple[Column, ...]:
        """What an offer carries: what is read, and how urgent it is."""
        return tuple(dict.fromkeys([*self.sent, *([self.priority] if self.priority is not None else [])]))

    @property
    def counts(self) -> bool:
        """Whether it matters if anything was found, or how often."""
        return any(isinstance(operand, Constant) for operand in self.reads)

    @property
    def inputs(self) -> set[Column]:
        asked = {column for pair in self.pairs for column in pair}
        asked |= {column for column, _ in (*self.asks_if, *self.offers_if)}
        return asked | set(self.carried) | ({self.until} if self.until is not None else set())

    def pulls(self, index: Column) -> bool:
        """Whether the key is the number of the offering row."""
        return len(self.pairs) == 1 and self.pairs[0][1] is index

    def pushes(self, index: Column) -> bool:
        """Whether the query is the number of the asking row, and all rows ask."""
        return len(self.pairs) == 1 and self.pairs[0][0] is index and not self.asks_if and not self.pulls(index)


Line = Map | Talk | Rank


@dataclass(frozen=True, eq=False)
class Straight:
    """Lines in an order in which each finds what it reads. `outputs`: what each output of the program is.

    given: for every step in which the interpreter carries out the program (`programs.interpret.See`), what the columns
    that the step gives are. written: for every such step, all columns that its lines write.
    """

    program: Program
    lines: tuple[Line, ...]
    outputs: Mapping[str, Operand]
    given: tuple[tuple[Operand, ...], ...] = ()
    written: tuple[tuple[Column, ...], ...] = ()

    @property
    def read_last(self) -> set[Column]:
        """The columns that the outputs are read from."""
        return {operand for operand in self.outputs.values() if isinstance(operand, Column)}


def needs(line: Line) -> set[Column]:
    return line.inputs if isinstance(line, Talk) else set(inputs_of(line))


def gives(line: Line) -> Sequence[Column]:
    return line.outputs if isinstance(line, Talk) else outputs_of(line)


def read(lines: Iterable[Line]) -> set[Column]:
    return {column for line in lines for column in needs(line)}


def written(lines: Iterable[Line]) -> set[Column]:
    return {column for line in lines for column in gives(line)}


def name_lines(lines: Iterable[Line]) -> str:
    """What lines are called in a protocol: by what they write."""
    return ", ".join(dict.fromkeys(column.name for line in lines for column in gives(line)))
