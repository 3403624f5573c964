"""T8: log-precision transformers of constant depth are in uniform TC⁰."""

from logdepth.theory.claim import Claim, Condition
from logdepth.theory.sources import (
    L_IS_NOT_P,
    MERRILL_SABHARWAL_2023,
    MERRILL_SABHARWAL_2025,
    TC0_IS_NOT_L,
    TC0_IS_NOT_MOD_P_L,
    TC0_IS_NOT_NL,
)


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


def circuit_of_a_sum(*, numbers: int, bits: int) -> Claim:
    """⊕, the sum of floats of `bits` bits, cut off once: n (p + 2^p) + (V - 1) + p gates of depth 4 for V floats.

    A NOT for every bit of every number, an AND for every value of each, a gate for every float that the sum may reach,
    and one for every bit of the answer. Source: arXiv:2207.00729, Appendix A, with weights in place of repeated wires.
    """
    return Claim(
        model="threshold circuits",
        direction="upper",
        exactness="exact",
        sizes={"depth": 4, "gates": _gates_of_a_sum(numbers, bits)},
        conditions=_enough_bits(bits),
        source=f"{MERRILL_SABHARWAL_2023}, Appendix A",
        note="A sum is exact and cut off once, so each float that it may reach is one threshold of one weighted sum.",
    )


def circuit_of_a_transformer(*, n: int, bits: int, layers: int = 1, heads: int = 1, token_bits: int = 1) -> Claim:
    """The circuit of the proof, gate by gate: every function of floats of `bits` bits is a table, as Lemma 1 has it.

    A token is one float of p bits. For k heads the gates of a layer are, in this order: scores of two tokens, k n²
    (2^2p + 3p); their sums, k n ⊕; weighted values, of score, sum and token, k n² (2^3p + 4p); their sums, k n ⊕; and
    what a token becomes of itself and its heads, n (2^(k+1)p + (k+2)p). Source: arXiv:2207.00729, Theorem 1.
    """

    def table(inputs: int) -> int:
        return int(circuit_of_any_function(inputs=inputs, outputs=bits).sizes["gates"])

    pairs = heads * n**2 * (table(2 * bits) + table(3 * bits))
    layer = pairs + 2 * heads * n * _gates_of_a_sum(n, bits) + n * table((heads + 1) * bits)
    return Claim(
        model="threshold circuits",
        direction="upper",
        exactness="exact",
        sizes={"depth": 3 + (9 + 2 * 4) * layers, "gates": n * table(token_bits) + layers * layer},
        conditions=_enough_bits(bits),
        source=f"{MERRILL_SABHARWAL_2023}, Theorem 1",
        note="Depth does not depend on n. Gates are a polynomial in n for p = c log n, of degree 3 c + 2 for one head:"
        " far too many to build beyond 5 bits. Circuits of compiled transformers are built in another way.",
    )


def _gates_of_a_sum(numbers: int, bits: int) -> int:
    return numbers * (bits + 2**bits) + (_floats(bits) - 1) + bits


def _floats(bits: int) -> int:
    """How many values have half of the bits as a mantissa, and half as an exponent, each with its sign."""
    mantissas, exponents = 2 ** (bits - bits // 2) // 2, 2 ** (bits // 2) // 2  # of one sign, with 0
    return 2 * (mantissas - 1 + (exponents - 1) * mantissas) + 1


def _enough_bits(bits: int) -> tuple[Condition, ...]:
    return (Condition("at least 4 bits, 2 for a mantissa and 2 for an exponent", bits >= 4),)


def constant_depth_is_not_enough() -> Claim:
    """No constant number of layers decides a problem that is complete for L, unless TC⁰ = L."""
    return _not_in_constant_depth(TC0_IS_NOT_L, "Connectivity of undirected graphs is complete for L (Reingold 2008).")


def constant_depth_is_not_enough_for_nl() -> Claim:
    """No constant number of layers decides a problem that is complete for NL, unless TC⁰ = NL."""
    return _not_in_constant_depth(TC0_IS_NOT_NL, "Reachability in directed graphs is complete for NL (Jones 1975).")


def constant_depth_is_not_enough_for_linear_equalities() -> Claim:
    """No constant number of layers decides whether linear equations have a solution of fractions from 0, unless L = P.

    Source: arXiv:2207.00729, abstract, which says "linear equalities"; without "from 0" the problem is in NC².
    """
    return _not_in_constant_depth(
        L_IS_NOT_P, "Merrill and Sabharwal 2023: the problem is complete for P, if solutions are asked that are ≥ 0."
    )


def constant_depth_is_not_enough_for_equations_modulo_a_prime() -> Claim:
    """Nor whether linear equations modulo a prime p have a solution, unless TC⁰ = Mod_p L."""
    return _not_in_constant_depth(
        TC0_IS_NOT_MOD_P_L, "The problem is complete for Mod_p L (Buntrock, Damm, Hertrampf, Meinel 1992)."
    )


def constant_depth_is_not_enough_for_empty_productions() -> Claim:
    """Nor whether a text is in the language of a context-free grammar, both given, with empty productions.

    Source: arXiv:2207.00729, abstract.
    """
    return _not_in_constant_depth(
        L_IS_NOT_P, "Merrill and Sabharwal 2023: the problem is complete for P (the grammar is input)."
    )


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
