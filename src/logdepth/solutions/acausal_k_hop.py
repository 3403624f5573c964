"""Acausal k-hop, one layer a hop: a later occurrence may change every hop, so all of them wait for the last token.

Ω(k) layers are expected under a causal mask (cf. sequential function composition, arXiv 2412.02975); this program
takes k + 1.
"""

from __future__ import annotations

from logdepth.numerics.formats import Format
from logdepth.programs import Column, Program, Table
from logdepth.solutions.sizes import Sizes, pointer_neurons, pointer_width, repeats
from logdepth.solutions.solution import Solution
from logdepth.tasks.acausal_k_hop import AcausalKHop
from logdepth.theory.logarithm import count_digits


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


def sizes(task: AcausalKHop, form: Format, tied: bool) -> Sizes:
    letters = len(task.letters)
    return Sizes(
        layers=1 + task.k,
        heads=2,
        width=10 + 2 * count_digits(letters, 4) + pointer_width(task.n, form),
        blocks=1 + 2 * task.k,
        hidden=3 * letters + 16 + pointer_neurons(task.n, form),
        embedded=task.n + letters + 2,
        source="one layer a hop and one to begin",
        repeats=repeats(tied, task.k, 1, 2),
    )


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
