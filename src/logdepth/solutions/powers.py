"""Powers of a pointer in logarithmic depth: the sub-program that k-hop and k-fold composition share.

Source: pointer doubling (Wyllie 1979); for transformers arXiv 2402.09268, section 4. The pair (p^a, p^(a+1)) becomes
(p^2a, p^(2a+1)) by reading at p^a, and (p^(2a+1), p^(2a+2)) by reading at p^(a+1); so the bits of k - 1, from the top,
lead to the pair (p^(k-1), p^k).
"""

from __future__ import annotations

from collections.abc import Sequence

from logdepth.programs import Column, Table

DOUBLING = "pointer doubling: one layer per bit, proved in logdepth.solutions.powers"
DOUBLING_IN_WORDS = (
    "Every token keeps two neighbouring powers of the pointer. A layer looks up the row that one of them names"
    " and takes over that row’s pair, which doubles the reach; reading the bits of <i>k</i> − 1 from the top, it"
    " looks at the lower power for a 0 and at the upper one for a 1. ⌈log₂ <i>k</i>⌉ layers end at the <i>k</i>-th"
    " power."
)


def power(table: Table, pointer: Column, carried: Sequence[Column], k: int, name: str) -> tuple[Column, ...]:
    """p^k(i), and of every `carried` column, which says what row p(i) holds, the one that says what row p^k(i) holds.

    For k ≥ 1, in ⌈log2 k⌉ pulls. A pointer 0 leads nowhere: then everything is 0.
    """
    lower, upper = table.index, pointer
    load: Sequence[Column] = carried
    stems = [column.name.removesuffix(" 1") for column in carried]
    reach = 0
    for bit in f"{k - 1:b}" if k > 1 else "":
        at = upper if bit == "1" else lower
        reach = 2 * reach + int(bit)
        labels = [f"{name} {reach}", f"{name} {reach + 1}", *(f"{stem} {reach + 1}" for stem in stems)]
        lower, upper, *load = table.pull(at, [lower, upper, *load], name=labels)
    return (upper, *load)


def doublings(most: int) -> int:
    """⌈log2 most⌉: how many doublings make a reach of 1 one of at least `most`."""
    return max(0, most - 1).bit_length()
