"""q-sparse averaging (qSA)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice, product
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.columns import as_integers
from logdepth.numerics.errors import BeyondTask, UsageError, Wording
from logdepth.tasks.forms import AnswerForm, ColumnForm, TableForm
from logdepth.tasks.inputs.files import read_integer_lines
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences.integers import sequence
from logdepth.tasks.task import Task
from logdepth.theory import Claims, constant_rounds, sparse_averaging


@dataclass(frozen=True, eq=False)
class Sparse:
    """values (N,) and, for every row, the q distinct rows to average over: positions (N, q), from 1; both int64."""

    values: np.ndarray
    positions: np.ndarray


@dataclass(frozen=True)
class SparseAveraging(Task[Sparse]):
    """Row i holds a value and q distinct row numbers; its answer is their mean value. Source: arXiv 2306.02896."""

    name: ClassVar[str] = "sparse-averaging"
    summary: ClassVar[str] = "for every row, the mean of the values of the q rows that it names"
    defined_by: ClassVar[str] = "[sum(value[at - 1] for at in row[1:]) / q for row in rows]"
    small: ClassVar[Size] = {"n": 10}
    corner_sizes: ClassVar[tuple[Size, ...]] = (
        {"n": 1, "q": 1},
        {"n": 4, "q": 1, "high": 1},
        {"n": 7, "q": 5, "high": 100},
    )
    families: ClassVar[tuple[str, ...]] = ("random", "same-rows", "highest", "first-and-last")

    n: int = parameter(64, low=1, high=2**16, help="most rows the model takes")
    q: int = parameter(3, low=1, high=64, help="number of rows that each row names")
    high: int = parameter(15, low=1, high=2**31, help="highest value")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.q > self.n:
            raise UsageError(
                f"{self.name}: q distinct rows need n >= q; got q = {self.q}, n = {self.n}.", Wording("Raise {n}.")
            )

    @property
    def inputs(self) -> dict[str, int]:
        return {"value": self.high, **dict.fromkeys(self._position_names(), self.n)}

    def _position_names(self) -> list[str]:
        return [f"position_{place}" for place in range(1, self.q + 1)]

    @property
    def outputs(self) -> dict[str, int]:
        return {"sum": self.q * self.high}

    @property
    def form(self) -> TableForm:
        columns = tuple(ColumnForm(name, high) for name, high in self.inputs.items())
        return TableForm(columns, self.n, distinct=tuple(self._position_names()))

    @property
    def answer_form(self) -> AnswerForm:
        return AnswerForm("sum", divisor=self.q)

    @property
    def smallest(self) -> int:
        return self.q

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Sparse:
        values = rng.integers(0, self.high + 1, size)
        positions = rng.permuted(np.tile(np.arange(1, size + 1), (size, 1)), axis=1)[:, : self.q]
        if family == "same-rows":
            positions = np.tile(positions[0], (size, 1))
        if family == "highest":
            values[:] = self.high
        if family == "first-and-last":
            ends = np.concatenate([np.arange(1, self.q + 1), np.arange(size - self.q + 1, size + 1)]).reshape(2, self.q)
            positions = ends[rng.integers(0, 2, size)]
        return Sparse(values, positions)

    def exhaustive(self, size: int) -> Iterator[Sparse]:
        """All values with all sets of rows on exactly `size` rows, each set in ascending order."""
        choices = list(combinations(range(1, size + 1), self.q))
        for values in product(range(self.high + 1), repeat=size):
            for positions in product(choices, repeat=size):
                yield Sparse(np.array(values), np.array(positions))

    def instance_of(self, given: Any) -> Sparse:
        """A `Sparse`, the pair (values, positions), or a dict of both."""
        match given:
            case Sparse(values, positions) | (values, positions) | {"values": values, "positions": positions}:
                pass
            case _:
                raise UsageError(
                    f"{self.name} takes the pair (values, positions), (N,) and (N, {self.q}), not a"
                    f" {type(given).__name__}."
                )
        values = sequence(values, "value", 0, self.high, self.name)
        rows = as_integers("positions", positions, self.name)
        if rows.shape != (len(values), self.q):
            raise UsageError(
                f"{self.name} takes positions of shape {(len(values), self.q)}, {self.q} for every value, not"
                f" {rows.shape}."
            )
        if rows.min() < 1 or rows.max() > len(values) or any(len(set(row)) < self.q for row in rows.tolist()):
            raise UsageError(
                f"{self.name} averages over {self.q} distinct rows, from 1 to {len(values)}, for every row."
            )
        return Sparse(values, rows)

    def columns(self, instance: Sparse) -> Mapping[str, np.ndarray]:
        return {"value": instance.values, **dict(zip(self._position_names(), instance.positions.T, strict=True))}

    def parse(self, path: Path) -> Sparse:
        """One row per line: its value, then its q rows."""
        lines = list(islice(read_integer_lines(path), self.n + 1))
        if not self.q <= len(lines) <= self.n:
            count = len(lines) if len(lines) <= self.n else f"more than {self.n}"
            raise BeyondTask(
                f"{self.name} takes {self.q} to {self.n} lines; {path} holds {count}.",
                "Change it",
                Wording("another {n}"),
            )
        values, positions = [], []
        for line in lines:
            if len(line) != self.q + 1:
                raise UsageError(
                    f"{self.name} reads a value and {self.q} row numbers per line; {line[0].place} begins"
                    f" a line of {len(line)}. Correct that line."
                )
            values.append(line[0].integer(0, self.high, self.name))
            named = [entry.integer(1, len(lines), self.name) for entry in line[1:]]
            if len(set(named)) < self.q:
                raise UsageError(
                    f"{self.name} averages over {self.q} distinct rows; the line at {line[0].place} names a row twice."
                    " Correct that line."
                )
            positions.append(named)
        return Sparse(np.array(values), np.array(positions))

    def solve(self, instance: Sparse) -> np.ndarray:
        """(N,) float64."""
        values = instance.values.tolist()
        return np.array([sum(values[row - 1] for row in rows) / self.q for rows in instance.positions.tolist()])

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Sparse) -> np.ndarray:
        """The sums divided by q, float64: the same division as in `solve`, so that equal sums give equal means."""
        return np.asarray(outputs["sum"], dtype=np.int64) / self.q

    def present(self, answer: np.ndarray, instance: Sparse) -> Any:
        """One mean per row."""
        return answer.tolist()

    @property
    def theory(self) -> Claims:
        n, q = self.n, self.q
        return (
            sparse_averaging.sparse_averaging_in_one_layer(),
            sparse_averaging.sparse_averaging_width(n, q),
            constant_rounds.at_least_one_layer(n),
            sparse_averaging.sparse_averaging_needs_width(n, q),
            sparse_averaging.sparse_averaging_in_bounded_memory(n, q),
            constant_rounds.mpc_in_constant_rounds(
                "A look-up by many rows: a sort and a broadcast of n q words in all."
            ),
        )
