"""k-hop induction heads."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.tasks.drawing import Pointer, powers_in_labels
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences import alphabet as alphabets
from logdepth.tasks.sequences.token_sequences import TokenTask
from logdepth.tasks.way import check_way, way_parameter
from logdepth.theory import (
    Claims,
    constant_rounds,
    induction_heads,
    k_hop,
    local_messages,
    one_layer,
    sequential_models,
)

WAYS = {
    "narrow": "one head, in 2 + ⌈log2 k⌉ layers",
    "shallow": "2 + ⌊log2 k⌋ layers, with a head for every digit of a position in base 4",
}
"""How k hops are made: `solutions` has a program for each."""

FIND = "find"
"""What the pointer of a hop is called."""


def find(tokens: np.ndarray) -> np.ndarray:
    """find(i) = max{ j <= i : x_{j-1} = x_i } for every position i from 1, and 0 where there is none.

    Shapes: tokens (N,), result (N,). Where x_i equals its left neighbour, find(i) = i. Source: arXiv 2402.09268.
    """
    after: dict[int, int] = {}  # letter -> the position after its latest occurrence
    found = []
    before = 0
    for position, token in enumerate(tokens.tolist(), start=1):
        after[before] = position
        found.append(after.get(token, 0))
        before = token
    return np.array(found, dtype=np.int64)


def hop(tokens: np.ndarray, k: int) -> np.ndarray:
    """hop_k(i) = x_{find^k(i)} for every position, 0 where find^k is undefined, (N,); one step at a time: O(N k)."""
    step = np.concatenate([[0], find(tokens)])
    at = np.arange(len(tokens) + 1)
    for _ in range(k):
        onward = step[at]
        if np.array_equal(onward, at):  # all chains have ended or stand still
            break
        at = onward
    return np.concatenate([[0], tokens])[at[1:]]


def theory_of_one_hop(n: int, letters: int) -> Claims:
    """What the sources say of induction heads, which are the 1-hop."""
    return (
        k_hop.k_hop_depth(1),
        k_hop.k_hop_width(n, letters),
        induction_heads.induction_heads_in_one_layer(n, letters),
        one_layer.induction_heads_bits(n, letters),
        induction_heads.induction_heads_in_bounded_memory(n, letters),
        sequential_models.recurrent_over_small_alphabet(1, letters),
        local_messages.read_back_in_text(n, letters),
        constant_rounds.mpc_in_constant_rounds("By sorting positions by letter."),
    )


def hops(times: int) -> Pointer:
    """The pointer of so many hops. It leads where the second layer looks: that is measured, not defined."""
    return Pointer(FIND, powers_in_labels(FIND), times, layer=1)


@dataclass(frozen=True)
class KHop(TokenTask):
    """hop_k(i) = x_{find^k(i)} where find(i) = max{ j <= i : x_{j-1} = x_i }. Source: arXiv 2402.09268, section 4."""

    name: ClassVar[str] = "k-hop"
    summary: ClassVar[str] = "at every token, the token that k induction hops lead back to"
    defined_by: ClassVar[str] = "hop(token, k)"
    small: ClassVar[Size] = {"n": 24, "k": 5}
    corner_sizes: ClassVar[tuple[Size, ...]] = (
        *({"n": 12, "k": k} for k in (0, 1, 2, 3, 5, 8)),
        {"n": 1, "k": 3},
        {"n": 10, "k": 4, "alphabet": "1"},
        {"n": 12, "k": 6, "alphabet": "text"},
        *({"n": 12, "k": k, "way": "shallow"} for k in (0, 1, 3, 6, 13)),
        {"n": 1, "k": 3, "way": "shallow"},
        {"n": 21, "k": 7, "alphabet": "1", "way": "shallow"},
        {"n": 40, "k": 7, "alphabet": "text", "way": "shallow"},
        {"n": 600, "k": 2, "alphabet": "text"},  # float32 compares letters in two digits, rows in one
    )

    n: int = parameter(100, low=1, high=2**20, help="most tokens the model takes")
    k: int = parameter(16, low=0, high=2**20, help="number of hops")
    alphabet: str = parameter("4", help=alphabets.HELP)
    way: str = way_parameter(WAYS)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_way(self.name, self.way, WAYS)

    def solve(self, instance: np.ndarray) -> np.ndarray:
        return hop(instance, self.k)

    @property
    def pointer(self) -> Pointer:
        return hops(self.k)

    @property
    def theory(self) -> Claims:
        if self.k == 1:
            return theory_of_one_hop(self.n, len(self.letters))
        if self.k == 0:
            return (k_hop.k_hop_depth(0),)
        n, k, letters = self.n, self.k, len(self.letters)
        return (
            k_hop.k_hop_depth(k),
            k_hop.k_hop_width(n, letters),
            k_hop.k_hop_needs_log_depth(n, k, letters),
            k_hop.k_hop_with_more_heads(n, k),
            sequential_models.chain_of_thought(n, k, letters),
            sequential_models.recurrent(n, k, letters),
            sequential_models.recurrent_over_small_alphabet(k, letters),
            sequential_models.kernel_attention(n, k, letters),
            sequential_models.windowed_attention(n, k, letters),
            sequential_models.blackboard(n, k, letters),
            k_hop.mpc_doubles(k),
        )
