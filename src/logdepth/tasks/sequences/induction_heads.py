"""Induction heads: associative recall, the 1-hop."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.drawing import Pointer
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences import alphabet as alphabets
from logdepth.tasks.sequences.k_hop import hop, hops, theory_of_one_hop
from logdepth.tasks.sequences.token_sequences import TokenTask
from logdepth.theory import Claims


@dataclass(frozen=True)
class InductionHeads(TokenTask):
    """Answer i is the token after the most recent earlier occurrence of x_i."""

    name: ClassVar[str] = "induction-heads"
    summary: ClassVar[str] = "at every token, the token after its most recent earlier occurrence"
    defined_by: ClassVar[str] = "hop(token, 1)"
    small: ClassVar[Size] = {"n": 20}
    corner_sizes: ClassVar[tuple[Size, ...]] = ({"n": 1}, {"n": 7, "alphabet": "1"}, {"n": 12, "alphabet": "text"})

    n: int = parameter(100, low=1, high=2**20, help="most tokens the model takes")
    alphabet: str = parameter("4", help=alphabets.HELP)

    def solve(self, instance: np.ndarray) -> np.ndarray:
        return hop(instance, 1)

    @property
    def pointer(self) -> Pointer:
        return hops(1)

    @property
    def theory(self) -> Claims:
        return theory_of_one_hop(self.n, len(self.letters))
