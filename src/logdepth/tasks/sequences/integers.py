"""What the tasks share whose instance is one column of integers."""

from abc import abstractmethod
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.columns import integer_columns
from logdepth.numerics.errors import UsageError
from logdepth.tasks.drawing import Tabular, number_rows
from logdepth.tasks.forms import AnswerForm, NumbersForm
from logdepth.tasks.inputs.files import read_integers
from logdepth.tasks.sequences.sequence_task import SequenceTask


class IntegerTask(SequenceTask):
    """A task whose instance is a sequence of at most n integers, int64, each within `lowest`..`highest`."""

    column: ClassVar[str]
    """Name of the input column."""
    lowest: ClassVar[int] = 0

    @property
    @abstractmethod
    def highest(self) -> int | None:
        """The highest value; None: the length of the sequence, for values that name rows."""

    @property
    def inputs(self) -> dict[str, int]:
        return {self.column: self._top(self.n)}

    def _top(self, size: int) -> int:
        return size if self.highest is None else self.highest

    def instance_of(self, given: Any) -> np.ndarray:
        """A sequence of at least one integer, each in the task's range."""
        return sequence(given, self.column, self.lowest, self.highest, self.name)

    def exhaustive(self, size: int) -> Iterator[np.ndarray]:
        """All (highest - lowest + 1)^size sequences."""
        return (np.array(values) for values in product(range(self.lowest, self._top(size) + 1), repeat=size))

    def columns(self, instance: np.ndarray) -> dict[str, np.ndarray]:
        return {self.column: instance}

    def parse(self, path: Path) -> np.ndarray:
        return read_integers(path, most=self.n, low=self.lowest, high=self.highest, owner=self.name)

    @property
    def form(self) -> NumbersForm:
        return NumbersForm(self.column, self.lowest, self.highest, self.n)

    def typed(self, instance: np.ndarray) -> list[int]:
        return instance.tolist()

    @property
    def answer_form(self) -> AnswerForm:
        (output,) = self.outputs
        return AnswerForm(output)

    def present(self, answer: np.ndarray, instance: np.ndarray) -> Any:
        """One number per row."""
        return answer.tolist()

    def tabulate(self, answer: np.ndarray, instance: np.ndarray) -> Tabular:
        """Beside the numbers that were given, if it has as many."""
        presented = self.present(answer, instance)
        if not isinstance(presented, list) or len(presented) != len(instance):
            return super().tabulate(answer, instance)
        return Tabular(("row", self.column, "answer"), number_rows(instance.tolist(), presented))


def sequence(given: Any, column: str, low: int, high: int | None, owner: str) -> np.ndarray:
    """What a user gives for one column, (N,) int64 in low..high (None: ..N), N ≥ 1. Errors: UsageError."""
    values = integer_columns(given, (column,), owner)[column]
    if values.ndim != 1 or not len(values):
        raise UsageError(f"{owner} takes a sequence of at least one number, not an array of shape {values.shape}.")
    top = len(values) if high is None else high
    if np.minimum.reduce(values) < low or np.maximum.reduce(values) > top:
        row = int(np.argmax((values < low) | (values > top)))
        raise UsageError(f"{owner} takes numbers from {low} to {top}; row {row + 1} has {values[row]}. Correct it.")
    return values
