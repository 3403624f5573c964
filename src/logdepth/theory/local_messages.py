"""Messages along the edges of the input: after L layers a vertex knows only what lies within L steps. Unconditional.

Source: by induction over the layers, as for LOCAL algorithms (Linial 1992). It holds at any width and precision, and
whatever ids the vertices have.
"""

from logdepth.theory.claim import Claim, Condition

PROOF = "by induction over the layers, as for LOCAL algorithms (Linial 1992)"


def _needs_layers(layers: int, condition: Condition, *, alike: str) -> Claim:
    return Claim(
        model="GNN / CONGEST",
        direction="lower",
        exactness="exact",
        sizes={"layers": max(0, layers)},
        conditions=(condition,),
        provided="messages along the edges of the input, an answer at every vertex from its own state",
        source=PROOF,
        note=f"With fewer layers some vertex is in the same state in {alike}; any width, any precision, any ids.",
    )


def tell_cycles_apart(n: int) -> Claim:
    """⌊n/4⌋ layers for one cycle or two: on 4L + 4 vertices a vertex sees 2L + 1 of the path that both share."""
    return _needs_layers(
        n // 4, Condition("at least 6 vertices", n >= 6), alike="one cycle and in two of half as many vertices"
    )


def tell_cycle_from_path(n: int) -> Claim:
    """⌊(n - 1)/2⌋ layers for cycle check: the edge that is missing is L + 1 steps away on 2L + 3 vertices."""
    return _needs_layers(
        (n - 1) // 2, Condition("at least 3 vertices", n >= 3), alike="a cycle and in that cycle less an edge"
    )


def read_back_in_text(n: int, letters: int) -> Claim:
    """n - 1 layers for one hop, if the tokens are a path: b b … b a has no answer at its end, and a b … b a has b."""
    condition = Condition("at least 3 tokens over 2 letters", n >= 3 and letters >= 2)
    return _needs_layers(n - 1, condition, alike="two texts, as paths of tokens, that differ at the first token only")
