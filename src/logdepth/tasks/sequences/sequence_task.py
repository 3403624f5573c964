"""What the tasks share whose instance is one sequence: a long one is shown in part."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.task import Task

LONGEST_SHOWN_IN_PART = 2**12


class SequenceTask(Task[np.ndarray]):
    """A task whose instance is a sequence, (N,) int64, and any stretch of it another."""

    entries: ClassVar[str] = "numbers"
    """What the entries of a sequence are."""

    def stretches(self, path: Path) -> Iterator[tuple[np.ndarray, str]]:
        longer: Any = replace(self, n=max(self.n, LONGEST_SHOWN_IN_PART))
        sequence = np.asarray(longer.read(path))
        for first in range(max(1, len(sequence) - self.n + 1)):
            stretch = sequence[first : first + self.n]
            yield stretch, f"{self.entries} {first + 1} to {first + len(stretch)}"
