"""T8: log-precision transformers of constant depth are in uniform TC⁰."""

from logdepth.theory.claim import Claim
from logdepth.theory.sources import MERRILL_SABHARWAL_2023, MERRILL_SABHARWAL_2025, TC0_IS_NOT_L, TC0_IS_NOT_NL


def circuit_of_any_function(*, inputs: int, outputs: int) -> Claim:
    """The AND/OR circuit of an arbitrary function of `inputs` = c log n bits: at most n^c + c log n + m gates.

    Source: arXiv:2207.00729, Lemma 1 (n^c = 2^inputs, m = outputs).
    """
    return Claim(
        model="threshold circuits",
        direction="upper",
        exactness="exact",
        sizes={"depth": 3, "gates": 2**inputs + inputs + outputs},
        source=f"{MERRILL_SABHARWAL_2023}, Lemma 1",
        note="A NOT for every input bit, an AND for every input, an OR for every output bit: so all arithmetic on"
        " numbers of O(log n) bits has polynomial size and constant depth.",
    )


def constant_depth_is_not_enough() -> Claim:
    """No constant number of layers decides a problem that is complete for L, unless TC⁰ = L."""
    return _not_in_constant_depth(TC0_IS_NOT_L, "Connectivity of undirected graphs is complete for L (Reingold 2008).")


def constant_depth_is_not_enough_for_nl() -> Claim:
    """No constant number of layers decides a problem that is complete for NL, unless TC⁰ = NL."""
    return _not_in_constant_depth(TC0_IS_NOT_NL, "Reachability in directed graphs is complete for NL (Jones 1975).")


def _not_in_constant_depth(conjecture: str, note: str) -> Claim:
    return Claim(
        model="transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"layers": "ω(1)"},
        provided="O(log n) bits of precision and polynomial size",
        conditional_on=conjecture,
        source=f"{MERRILL_SABHARWAL_2025}, Theorem 3 (vectors of O(log n) bits in all: arXiv:2207.00729, Theorem 2)",
        note=note,
    )
