"""What 2-SUM and 3-SUM share: numbers modulo M, and whether each finds others that make it up to a multiple of M."""

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.drawing import Tabular, number_rows
from logdepth.tasks.sequences.integers import IntegerTask


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

    @abstractmethod
    def partners(self, instance: np.ndarray) -> list[list[int] | None]:
        """For every number, numbers of the list that make it up to a multiple of M; None if there are none."""

    def details(self, answer: np.ndarray, instance: np.ndarray) -> dict[str, Any]:
        """numbers: as they were given; partners: of every number that has some by the answer, and None of others."""
        partners = self.partners(instance)
        return {
            "numbers": instance.tolist(),
            "partners": [found if yes else None for found, yes in zip(partners, answer.tolist(), strict=True)],
        }

    def evidence(self, instance: np.ndarray) -> list[str]:
        """The other numbers of a sum, – if there are none."""
        return ["–" if found is None else " + ".join(map(str, found)) for found in self.partners(instance)]

    def tabulate(self, answer: np.ndarray, instance: np.ndarray) -> Tabular:
        presented, details = self.present(answer, instance), self.details(answer, instance)
        partners = [None if found is None else " ".join(map(str, found)) for found in details["partners"]]
        return Tabular(("row", "number", "answer", "partners"), number_rows(details["numbers"], presented, partners))

    def present(self, answer: np.ndarray, instance: np.ndarray) -> Any:
        """True or False per number."""
        return [bool(found) for found in answer]
