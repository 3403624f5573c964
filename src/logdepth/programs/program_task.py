"""A program of the user's own as a task: its instances are tables, its answers are its output columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from logdepth.numerics.columns import as_table, integer_columns
from logdepth.numerics.errors import UsageError
from logdepth.programs.codings import decode_values, encode_values
from logdepth.programs.column_files import read_columns
from logdepth.programs.letters import encode_texts
from logdepth.programs.place import blaming
from logdepth.programs.program import Program
from logdepth.programs.raw_protocol import RawProtocol
from logdepth.programs.statements import Column, Hold, Repeat, Select, in_order
from logdepth.tasks import ColumnForm, Drawing, TableForm, Tabular, Task, number_rows, row_names, spell

Columns = Mapping[str, np.ndarray]  # of one table, (N,) int64 each
Oracle = Callable[[dict[str, np.ndarray]], Any]
"""From the input columns to the output columns, by the user's own means; of a single output also the bare column."""
Sampler = Callable[[np.random.Generator], Mapping[str, Any]]
"""From a source of random numbers to the input columns of one table, which may be lists."""


class NoAnswer(UsageError):
    """An oracle raises this for a table on which what it judges says nothing. Such a table is skipped and counted."""


ATTEMPTS = 100  # random tables that are tried before a program is said to take none


@dataclass(frozen=True, eq=False)
class ProgramTask(Task[Columns]):
    """A program of the user's own as a task: its instances are tables, and its answer is all output columns.

    oracle: computes the exact answer, (outputs, N) in the order of the program's outputs; None: the interpreter does.
    sampler: draws tables, `sampler(rng)`; None: any numbers in the columns' ranges are drawn.
    """

    n: int = field(init=False)
    program: Program
    oracle: Oracle | None = None
    sampler: Sampler | None = None
    raw: RawProtocol | None = None

    summary: ClassVar[str] = "a program of your own"
    families: ClassVar[tuple[str, ...]] = ("random",)

    def __post_init__(self) -> None:
        self._settle("n", self.program.rows)

    @property
    def name(self) -> str:  # type: ignore[override]  # every program brings its own
        return self.program.name

    @property
    def parameters(self) -> dict[str, Any]:
        return {"rows": self.program.rows, **({"blank": self.program.blank} if self.program.blank else {})}

    @property
    def inputs(self) -> dict[str, int]:
        return {column.name: column.high for column in self.program.inputs}

    @property
    def outputs(self) -> dict[str, int]:
        return {name: column.high for name, column in self.program.outputs.items()}

    @property
    def own_program(self) -> Program:
        return self.program

    @property
    def own_protocol(self) -> RawProtocol | None:
        return self.raw

    @property
    def input_letters(self) -> dict[str, str]:
        return dict(self.program.input_letters)

    @property
    def form(self) -> TableForm:
        columns = (
            ColumnForm(column.name, column.high, column.letters, None if column.values is None else as_plain(column))
            for column in self.program.inputs
        )
        return TableForm(tuple(columns), self.program.rows)

    def drawing(self, instance: Columns) -> Drawing:
        return Drawing(row_names(self.encode(instance), self.program.input_letters))

    def answering_rows(self, instance: Columns, entries: int) -> np.ndarray:
        """All that are not blank, whatever the number of outputs."""
        return np.arange(1, self.rows_of(instance) - self.program.blank + 1)

    def draw(self, rng: np.random.Generator, family: str, size: int) -> dict[str, np.ndarray]:
        """A table that the program takes; a `sampler` decides on the size itself.

        Errors: UsageError if none of ATTEMPTS tables is such.
        """
        rows = max(size, self.program.lengths[0])
        for _ in range(ATTEMPTS):
            table = random_table(self.program, rng, rows) if self.sampler is None else self.sampled(rng)
            try:
                self.program.run(table)
            except UsageError as error:
                refusal = error
            else:
                return self.encode(table)
        raise UsageError(
            f"program {self.name!r} refuses {ATTEMPTS} random tables, the last because {refusal}. Give a table that it"
            " takes, or define a function sample(rng) that draws some."
        )

    def sampled(self, rng: np.random.Generator) -> Mapping[str, Any]:
        """What the sampler draws, whatever that is. Errors: UsageError with the line where it fails."""
        assert self.sampler is not None, "asked only of a task that has one"
        owner = f"the sample of program {self.name!r}"
        with blaming(owner):
            table = self.sampler(rng)
        return encode_values(table, self.program.input_values, owner) if isinstance(table, Mapping) else table

    def exhaustive(self, size: int) -> Iterator[dict[str, np.ndarray]]:
        """Every table of so many rows, but for those in which a row pulls one that is not there."""
        return every_table(self.program, size) if size in self.program.lengths else iter(())

    def parse(self, path: Path) -> dict[str, np.ndarray]:
        return self.program.pad(read_columns(self.program, path))

    def solve(self, instance: Columns) -> np.ndarray:
        """Errors: UsageError for a table that the program refuses, and for an oracle that fails or gives no answer."""
        outputs = self.program.run(instance)
        if self.oracle is not None:
            outputs = foretold(self.program, self.oracle, self.encode(instance))
        return self.decode(outputs, instance)

    def columns(self, instance: Mapping[str, ArrayLike | str]) -> dict[str, np.ndarray]:
        return {name: np.asarray(values) for name, values in self.instance_of(instance).items()}

    def instance_of(self, given: Any) -> dict[str, np.ndarray]:
        """Columns as a dict or a data frame, those of letters as texts too; of a single column the bare values. Blank
        rows may be left out."""
        owner = f"program {self.name!r}"
        table = as_table(given, self.inputs.keys(), owner)
        encoded = encode_texts(table, self.program.input_letters, owner)
        return self.program.pad(integer_columns(encoded, self.inputs.keys(), owner))

    def decode(self, outputs: Columns, instance: Columns) -> np.ndarray:
        return np.stack([self._meant(np.asarray(outputs[name], dtype=np.int64)) for name in self.outputs])

    def _meant(self, values: np.ndarray) -> np.ndarray:
        """A column without its blank rows."""
        return values[: len(values) - self.program.blank]

    def present(self, answer: np.ndarray, instance: Columns) -> dict[str, list[int | str | None]]:
        """Output -> its entries, as letters (None: no letter) where the column has them."""
        return {
            name: as_meant(values, self.program.outputs[name])
            for name, values in zip(self.outputs, answer, strict=True)
        }

    def tabulate(self, answer: np.ndarray, instance: Columns) -> Tabular:
        """Inputs and outputs of every row; an output is called one where an input has its name."""
        inputs, outputs = self.present_inputs(instance), self.present(answer, instance)
        names = [*inputs, *(f"{name} (output)" if name in inputs else name for name in outputs)]
        return Tabular(("row", *names), number_rows(*inputs.values(), *outputs.values()))

    def present_inputs(self, instance: Columns) -> dict[str, list[int | str | None]]:
        """Input -> its entries, in the same way."""
        return {
            column.name: as_meant(self._meant(np.asarray(instance[column.name])), column)
            for column in self.program.inputs
        }


def as_meant(numbers: np.ndarray, column: Column) -> list[Any]:
    """Numbers as the letters or values that they stand for, if they do: texts, numbers or None."""
    if column.values is None:
        return as_letters(numbers, column.letters)
    plain = as_plain(column)
    return [plain[number] for number in numbers.tolist()]


def as_plain(column: Column) -> tuple[Any, ...]:
    """What the numbers of a column of values stand for: texts, numbers or None."""
    assert column.values is not None, "asked only of a column of values"
    return tuple(v if v is None or isinstance(v, (str, int, float)) else str(v) for v in column.values)


def as_letters(values: np.ndarray, letters: str | None) -> list[int | str | None]:
    """Numbers as they are, or each as the letter of that number, from 1, and 0 as None."""
    if letters is None:
        return values.tolist()
    return [spell(number, letters) for number in values.tolist()]


def random_table(program: Program, rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
    """Random input columns, (rows,) int64 each.

    All columns draw from one pool of numbers, so that rows match, within and across columns. Every second table holds
    no number above its number of rows: columns often hold row numbers, and an input that rows pull from holds nothing
    else.
    """
    highest = max(column.high for column in program.inputs)
    top = min(rows, highest) if rng.integers(2) else highest
    pool = rng.integers(0, top + 1, int(rng.integers(1, rows + 1)))
    return {name: rng.choice(pool, rows) % (highs + 1) for name, highs in highest_of(program, rows).items()}


def every_table(program: Program, rows: int) -> Iterator[dict[str, np.ndarray]]:
    """Every table of so many rows, but for those in which a row pulls one that is not there."""
    highs = highest_of(program, rows)
    for entries in product(*(range(high + 1) for column in highs.values() for high in column.tolist())):
        columns = np.array(entries, dtype=np.int64).reshape(-1, rows)
        yield dict(zip(highs, columns, strict=True))


def highest_of(program: Program, rows: int) -> dict[str, np.ndarray]:
    """For every input the highest value in each row, (rows,), of a table of so many rows."""
    addresses = pulled_inputs(program)
    last = np.arange(1, rows + 1) if program.causal else np.full(rows, rows)  # the last row that a row may pull
    return {
        column.name: np.minimum(last, column.high) if column in addresses else np.full(rows, column.high)
        for column in program.inputs
    }


def pulled_inputs(program: Program) -> set[Column]:
    """The inputs that are used as the numbers of rows to pull from, as they are."""
    same = {column: column for column in program.inputs}  # the input that a column equals when it is first read
    found: set[Column] = set()
    for statement in in_order(program.statements):
        match statement:
            case Select() if statement.pulls(program.index) and statement.query[0] in same:
                found.add(same[statement.query[0]])  # type: ignore[index]
            case Hold() if statement.column in same:
                same[statement.output] = same[statement.column]
            case Repeat() if statement.times:
                pairs = zip(statement.state, statement.start, strict=True)
                same |= {state: same[start] for state, start in pairs if isinstance(start, Column) and start in same}
    return found


def foretold(program: Program, oracle: Oracle, table: Columns) -> dict[str, np.ndarray]:
    """What an oracle answers on a table, checked: the program's outputs, as many rows as the table.

    Errors: UsageError for anything else, and with the line for what the oracle itself raises.
    """
    owner = f"the oracle of program {program.name!r}"
    rows = len(next(iter(table.values())))
    with blaming(owner):
        said = oracle({name: v.copy() for name, v in decode_values(table, program.input_values).items()})
    if not isinstance(said, Mapping):
        if len(program.outputs) != 1:
            names = ", ".join(map(repr, program.outputs))
            raise UsageError(f"{owner} must return a dict with the outputs {names}; it returns a {type(said).__name__}")
        said = {next(iter(program.outputs)): said}
    columns = integer_columns(encode_values(said, program.output_values, owner), program.outputs.keys(), owner)
    for name, values in columns.items():
        if values.shape != (rows,):
            raise UsageError(f"{owner} must return {rows} rows of {name!r}, as many as the table; got {values.shape}")
    return columns
