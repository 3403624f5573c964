"""k-hop induction heads in 2 + ⌈log2 k⌉ layers of one head.

Source: arXiv 2402.09268, Theorem 4.2, with the pair of `powers`.
"""

from __future__ import annotations

from logdepth.programs import Column, Program, Table
from logdepth.solutions.powers import DOUBLING, DOUBLING_IN_WORDS, power
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import KHop
from logdepth.theory.k_hop import hop_layers

FIND = (
    '<span class="formula"><i>find</i>(<i>i</i>) = max { <i>j</i> ≤ <i>i</i> :'
    " <i>x</i><sub><i>j</i>−1</sub> = <i>x<sub>i</sub></i> }</span>"
)


def k_hop(n: int, k: int, letters: int) -> Program:
    """Output `answer`: the letter at find^k(i), 0 if undefined, for tokens 1..letters."""
    table = Table("k-hop", n, causal=True)
    token = table.input("token", letters)
    table.output("answer", token if k == 0 else hops(table, token, k))
    return table.program()


def hops(table: Table, token: Column, k: int) -> Column:
    """The first hop by two layers; the others double the reach."""
    _, found, letter = find_first(table, token)
    return power(table, found, [letter], k, "find")[-1]


def find_first(table: Table, token: Column) -> tuple[Column, Column, Column]:
    """The token before, find(i), and the token there: layer 2 reads the last row whose token before is mine."""
    before = table.previous(token)
    found, letter = table.last(key=before, query=token, values=[table.index, token], name=["find 1", "hop 1"])
    return before, found, letter


def hop_sizes(k: int) -> Sizes:
    layers = hop_layers(k)
    return Sizes(layers=layers, heads=min(1, layers), source=DOUBLING)


K_HOP = Solution(
    task=KHop,
    build=lambda task: k_hop(task.n, task.k, len(task.letters)),
    sizes=lambda task, tied: hop_sizes(task.k),
    words=(
        f"A hop leads to the token after the latest earlier occurrence of the same letter: {FIND} The answer at"
        " <i>i</i> is the letter after <i>k</i> hops. Layer 1 tells every token which letter stands before it;"
        " layer 2 looks for the latest token whose letter before equals mine: one hop.",
        DOUBLING_IN_WORDS,
    ),
)
