"""Acausal k-hop: hops go forward, so that under a causal mask no token can hop early."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.drawing import Pointer
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences import alphabet as alphabets
from logdepth.tasks.sequences.token_sequences import TokenTask
from logdepth.theory import Claims, one_layer
from logdepth.theory import acausal_k_hop as acausal


@dataclass(frozen=True)
class AcausalKHop(TokenTask):
    """Hops through the whole sequence, from its first token on; the answer is read at its last token.

    In a sequence of N tokens, find(i) = max{ j <= N : x_{j-1} = x_i }: the position after the last occurrence of x_i
    that has one, undefined if none has. From every i < N it goes forward, since j = i + 1 qualifies; from N it may go
    back. The answer is x_{find^k(1)}, 0 where undefined, and x_1 for k = 0. Row i of the answer is that of the prefix
    of i tokens. Source: cf. sequential function composition, arXiv 2412.02975.
    """

    name: ClassVar[str] = "acausal-k-hop"
    summary: ClassVar[str] = "at the last token, the token that k forward hops from the first one lead to"
    defined_by: ClassVar[str] = "acausal_hop(token, k)"
    small: ClassVar[Size] = {"n": 20, "k": 3}
    corner_sizes: ClassVar[tuple[Size, ...]] = (
        {"n": 10, "k": 0},
        {"n": 10, "k": 1},
        {"n": 12, "k": 6, "alphabet": "2"},
    )

    n: int = parameter(64, low=1, high=2**16, help="most tokens the model takes")
    k: int = parameter(4, low=0, high=2**16, help="number of hops")
    alphabet: str = parameter("16", help=alphabets.HELP)

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        """In the family "chain" as many hops as possible are defined: one per letter, and more there cannot be."""
        return _chain(rng, size, len(self.letters)) if family == "chain" else super().draw(rng, family, size)

    def solve(self, instance: np.ndarray) -> np.ndarray:
        """All prefixes side by side, one hop at a time: O(N (A + k))."""
        size = len(instance)
        after = np.zeros(
            (size + 1, len(self.letters) + 1), dtype=np.int64
        )  # [end, letter] -> max{ j <= end : x_{j-1} = letter }
        for end in range(2, size + 1):
            after[end] = after[end - 1]
            after[end, instance[end - 2]] = end
        ends = np.arange(1, size + 1)
        tokens = np.concatenate([[0], instance])
        at = np.ones(size, dtype=np.int64)
        for _ in range(self.k):
            at = after[ends, tokens[at]]
        return tokens[at]

    def present(self, answer: np.ndarray, instance: np.ndarray) -> Any:
        """The letter at the last token, None if a hop is undefined."""
        return self.letters.letter(int(answer[-1]))

    @property
    def pointer(self) -> Pointer:
        """Every token hops through its own prefix, a hop in every layer after the first."""
        return Pointer("hop", lambda layer, label: [layer] if layer else [], self.k)

    @property
    def theory(self) -> Claims:
        k, letters = self.k, len(self.letters)
        return (
            acausal.acausal_hop_by_hop(k),
            acausal.acausal_all_hops_at_once(letters),
            acausal.acausal_needs_depth(k),
            *((one_layer.acausal_hop_bits(self.n, letters),) if k == 1 else ()),
            acausal.acausal_without_mask(k),
            acausal.acausal_in_bounded_memory(letters),
        )


def _chain(rng: np.random.Generator, size: int, letters: int) -> np.ndarray:
    """Parts, one per letter in a random order; the last occurrence of a letter ends its part.

    Part t consists of letters t, t+1, … of that order; it begins and, unless it is the last, ends with letter t.
    """
    order = rng.permutation(letters) + 1
    parts = min(size, letters)
    lengths = np.ones(parts, dtype=np.int64) + rng.multinomial(size - parts, np.full(parts, 1 / parts))
    tokens = []
    for place, length in enumerate(lengths):
        part = order[rng.integers(place, letters, length)]
        part[0] = order[place]
        if place < parts - 1:
            part[-1] = order[place]
        tokens.append(part)
    return np.concatenate(tokens)
