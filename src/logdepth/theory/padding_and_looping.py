"""What more rows and more layers add to constant depth: padding tokens and loops. Read by the papers' abstracts."""

from logdepth.theory.claim import Claim
from logdepth.theory.sources import JERAD_2026, MERRILL_SABHARWAL_2025B

MODEL = "averaging hard attention, masked pre-norm, polynomially many padding tokens, O(log n) bits of precision"


def padded_transformers() -> Claim:
    """Constant depth with padding is FO-uniform TC⁰, neither less nor more. Source: arXiv:2505.18948, abstract."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(1)"},
        provided=MODEL,
        source=f"{MERRILL_SABHARWAL_2025B}, abstract",
        note="Every problem in FO-uniform TC⁰ is solved so, and no other one.",
    )


def padded_loops(power: int = 1) -> Claim:
    """O(log^d n) loops with padding are FO-uniform TC^d. Source: arXiv:2505.18948, abstract."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(log n)" if power == 1 else f"O(log^{power} n)"},
        provided=f"{MODEL}, one set of weights that loops",
        source=f"{MERRILL_SABHARWAL_2025B}, abstract",
        note=f"Every problem in FO-uniform TC^{power} is solved so, and no other one. All of them together are"
        " FO-uniform NC; what is complete for P is not among them unless NC = P.",
    )


def context_free_in_logarithmic_depth(unambiguous: bool = False) -> Claim:
    """Every context-free language, its grammar fixed, in O(log n) loops. Source: arXiv:2601.01754, abstract."""
    rows = "O(n³)" if unambiguous else "O(n⁶)"
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(log n)"},
        provided=f"averaging hard attention, one set of weights that loops, {rows} padding tokens"
        + (", a grammar without ambiguity" if unambiguous else ""),
        source=f"{JERAD_2026}, abstract",
        note="The grammar is fixed. Where it is input, and has empty productions, the problem is complete for P.",
    )
