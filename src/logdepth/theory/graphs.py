"""T9 and its corollaries: connectivity and its kin in logarithmic depth; counting and looking up in one layer."""

from logdepth.theory.claim import Claim, Condition
from logdepth.theory.logarithm import log2
from logdepth.theory.scalable_mpc import scalable_mpc
from logdepth.theory.sources import (
    COY_CZUMAJ_2022,
    FOLKLORE,
    FORD_FULKERSON_1956,
    LOUKAS_2019,
    MERRILL_SABHARWAL_2025,
    NANONGKAI_SCQUIZZATO_2020,
    SANFORD_2024,
    SANFORD_TALK,
    SHT_2024,
)

COMPONENTS = f"{SHT_2024}, Corollary 3.3 (Theorem 3.1 on {COY_CZUMAJ_2022}, Theorem 6.2)"
SPANNING_FOREST = f"{SHT_2024}, Corollary B.9 (Theorem 3.1 on {COY_CZUMAJ_2022}, Corollary 8.2)"


def transformer_in_log_diameter(n: int, *, source: str, diameter: str = "the largest diameter of a component") -> Claim:
    """O(log D) layers of narrow width, D < n."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(log D)", "heads": "O(log log n)", "width": "O(n^ε)"},
        leading={"layers": log2(n), "heads": log2(log2(n))},
        provided=f"any constant ε > 0; D is {diameter}",
        source=source,
        note="The leading term is for D = n. The constants are not known.",
    )


def cycle_check_in_log_depth(n: int) -> Claim:
    """Cycle check is a parallelizable task. Source: arXiv:2405.18512, Theorem 2."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(log n)", "width": "O(n^ε)"},
        leading={"layers": log2(n)},
        provided="any constant ε > 0, and polynomially many blank tokens (without them, width O(N^(1/2+ε)) for N"
        " tokens)",
        source=f"{SANFORD_2024}, Theorem 2 (parallelizable tasks)",
    )


def mpc_in_log_diameter(n: int) -> Claim:
    """Rounds for connected components."""
    return scalable_mpc(
        "O(log D + log log n)",
        leading=log2(n),
        provided="; D is the largest diameter of a component",
        source=f"{COY_CZUMAJ_2022}, Theorem 6.2 (deterministic)",
        note="The leading term is for D = n. First by Behnezhad et al. 2019, randomized; before, O(log D · log log n),"
        " Andoni et al. 2018. With n^(1+γ) words in all, for a constant γ > 0, the second term is a constant.",
    )


def mpc_in_log_rounds(n: int, *, note: str) -> Claim:
    """Rounds for tasks that connected components or a few more steps of the same algorithm solve."""
    return scalable_mpc("O(log n)", leading=log2(n), source=COY_CZUMAJ_2022, note=note)


def squares_in_log_depth(n: int) -> Claim:
    """Problems in NL, and distances, by squaring on blank tokens."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(log n)", "width": "O(n^ε)"},
        leading={"layers": log2(n)},
        provided="any constant ε > 0, and polynomially many blank tokens",
        source=f"{MERRILL_SABHARWAL_2025}, Theorem 2; {SHT_2024}, Theorem 3.1, and {SANFORD_2024}, Theorem 1, on"
        f" {NANONGKAI_SCQUIZZATO_2020}",
        note="Squaring a matrix of n² entries takes n³ tokens, one for every product.",
    )


def mpc_squares(n: int) -> Claim:
    """O(log n) squarings of O(1) rounds each."""
    return scalable_mpc(
        "O(log n)",
        leading=log2(n),
        provided=", and machines for n³ words",
        source=f"{NANONGKAI_SCQUIZZATO_2020} (all of NL in O(log n) rounds)",
        note="With machines for O(n + edges) words, nothing like it is known for directed graphs.",
    )


def search_in_log_depth(n: int) -> Claim:
    """Shortest paths, diameter, reachability without blank tokens. Source: arXiv:2405.18512, Theorem 4."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(log N)", "width": "O(N^(1/2+ε))"},
        leading={"layers": log2(n)},
        provided="any constant ε > 0; N tokens, vertices and edges together, none of them blank",
        source=f"{SANFORD_2024}, Theorem 4 (search tasks)",
        note="The leading term is for N = n.",
    )


def triangles_in_log_log_depth(n: int) -> Claim:
    """Triangle counting. Source: arXiv:2405.18512, Theorem 7."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(log log N)", "width": "O(N^ε)"},
        leading={"layers": log2(max(2.0, log2(n)))},
        provided="any constant ε > 0; N tokens, and O(α N^(1-ε)) blank tokens if the arboricity α is Ω(N^ε)",
        source=f"{SANFORD_2024}, Theorem 7",
        note="The leading term is for N = n. With a blank row for every three vertices two layers suffice.",
    )


def cuts_on_blank_rows(n: int) -> Claim:
    """Maximum flow: a blank row for every cut."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": 2, "heads": 2},
        provided=f"{2 ** (n - 1):,} blank tokens, one for every cut",
        source=FORD_FULKERSON_1956,
        note="A cut adds up the capacities of the edges that leave its side, with one head, and that enter it, with"
        " another. The question looks for the least cut between its vertices.",
    )


def one_layer_needs_linear_size(n: int) -> Claim:
    """Connectivity, shortest path and cycle check in a single layer. Source: arXiv:2405.18512, Theorem 6."""
    return Claim(
        model="one-layer transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"heads × width": "Ω̃(n)"},
        leading={"heads × width": n},
        source=f"{SANFORD_2024}, Theorem 6",
        note="Stated there for N tokens, vertices and edges together; N ≥ n. Logarithmic factors are hidden.",
    )


def message_passing(n: int, numbers: int = 1) -> Claim:
    """GNNs pass messages along edges only. Source: arXiv:2402.09268, Theorem 5.1.

    numbers: m, of a message. Says nothing where the leading term is at most one layer.
    """
    layers = n**0.25 / numbers**0.5
    return Claim(
        model="GNN / CONGEST",
        direction="lower",
        exactness="asymptotic",
        sizes={"layers": "Ω̃(n^(1/4) / √m)"},
        leading={"layers": layers},
        conditions=(
            Condition(f"n^(1/4) above √m = {numbers**0.5:.3g}; else the bound is below one layer", layers > 1),
        ),
        provided="messages of m numbers, along the edges of a fixed graph of which the input is a subgraph",
        source=f"{SHT_2024}, Theorem 5.1 ({LOUKAS_2019})",
        note=f"L √m = Ω̃(n^(1/4)) in the paper; {SANFORD_TALK}, says Ω̃(√n). The leading term is for m = {numbers}.",
    )


def graph_questions_in_bounded_memory(n: int, edges: int, *, taken: int) -> Claim:
    """Bits of state that every one-pass model needs for connectivity, and as many for cycle check.

    taken: the edges of the graphs of the proof, at most: 2n - 4 for connectivity, n for cycle check.

    First come the edge {1, 2} and the edges {1, j} for any set of j ≥ 3. Connectivity then asks for j by a path from 2
    through all other vertices, cycle check by the edge {2, j}: the answer tells whether {1, j} was there.
    """
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="exact",
        sizes={"bits": max(0, n - 2)},
        conditions=(Condition(f"room for {taken:,} edges", edges >= taken),),
        provided="the answer at the last row",
        source=FOLKLORE,
        note="After the edges at vertex 1, the state tells apart all sets of vertices j ≥ 3 that they join to it,"
        " since the rest of the edges may ask for each.",
    )


def retrieval_width(n: int) -> Claim:
    """Node count, edge count, edge existence, node degree. Source: arXiv:2405.18512, Theorem 5."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": 1, "width": "O(log n)"},
        leading={"width": log2(n)},
        source=f"{SANFORD_2024}, Theorem 5 (retrieval tasks)",
    )


def edge_existence_in_bounded_memory(n: int, edges: int) -> Claim:
    """Bits of state that every one-pass model needs before the question."""
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="exact",
        sizes={"bits": min(edges, n * (n - 1) // 2)},
        source=FOLKLORE,
        note="The state before the question tells apart all subsets of that many pairs, since the question may ask"
        " for any.",
    )


def reachability_in_bounded_memory(n: int, edges: int) -> Claim:
    """Bits of state that every one-pass model needs before the question."""
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="exact",
        sizes={"bits": min(edges, n * n // 4)},
        source=FOLKLORE,
        note="Arcs from one half of the vertices to the other make no longer paths, and the state before the question"
        " tells apart all sets of them, since the question may ask for each.",
    )
