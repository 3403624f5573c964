"""Acausal k-hop, one layer a hop: a later occurrence may change every hop, so all of them wait for the last token.

Ω(k) layers are expected under a causal mask (cf. sequential function composition, arXiv 2412.02975); this program
takes k + 1.
"""

from __future__ import annotations

from logdepth.programs import Column, Program, Table
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import AcausalKHop


def acausal_k_hop(n: int, k: int, letters: int) -> Program:
    """Output `answer`: the letter after k hops from token 1, in the prefix that ends at this row; 0 if undefined."""
    table = Table("acausal-k-hop", n, causal=True)
    token = table.input("token", letters)
    before = table.previous(token)
    follows = table.map(lambda i: i > 1, table.index, high=1, name="follows a token")
    start = table.broadcast(token)

    def hop(letter: Column) -> Column:
        return table.select(query=letter, key=before, where=follows, order="last", values=token, name="letter")

    table.output("answer", table.repeat(k, hop, start, high=letters, name="letter"))
    return table.program()


def sizes(task: AcausalKHop, tied: bool) -> Sizes:
    return Sizes(layers=1 + task.k, heads=2 if task.k else 1, source="one layer a hop and one to begin")


ACAUSAL_K_HOP = Solution(
    task=AcausalKHop,
    build=lambda task: acausal_k_hop(task.n, task.k, len(task.letters)),
    sizes=sizes,
    words=(
        "Hops lead forward, to the token after the <em>last</em> occurrence of a letter, and any later token may"
        " change them. Under a causal mask nothing can be resolved ahead of the last token, which therefore hops"
        " one step a layer.",
    ),
)
