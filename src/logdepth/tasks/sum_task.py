"""What 2-SUM and 3-SUM share: numbers modulo M, and whether each finds others that make it up to a multiple of M."""

from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.integers import IntegerTask


class SumTask(IntegerTask):
    """A task on the residues 0..M-1, with a yes or no for each."""

    shipped: ClassVar[tuple[str, ...]] = ("nile.txt",)
    column: ClassVar[str] = "number"
    modulus: int

    @property
    def highest(self) -> int:
        return self.modulus - 1

    @property
    def outputs(self) -> dict[str, int]:
        return {"answer": 1}

    def present(self, answer: np.ndarray, instance: np.ndarray) -> Any:
        """True or False per number."""
        return [bool(found) for found in answer]
