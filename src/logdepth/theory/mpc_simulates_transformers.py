"""T2: an MPC protocol simulates a transformer, with a machine for every pair of tokens."""

from logdepth.numerics.errors import UsageError
from logdepth.theory.claim import Claim
from logdepth.theory.logarithm import ceil_div
from logdepth.theory.sources import SANFORD_TALK, SHT_2024

PROOF = f"{SHT_2024}, Theorem 3.4"


def mpc_simulates_transformers(*, layers: int, heads: int, width: int, tokens: int, memory: int) -> Claim:
    """The protocol that runs any transformer of `layers` layers with `heads` heads of dimension `width` each.

    Machines: one per token, one per pair of tokens, and two trees per token of fan-in b = ⌊s / (4 m H)⌋ and depth
    D = ⌈log_b N⌉, with only the ⌈N / b^(D-d)⌉ nodes of level d that have a pair below them. Rounds: 2D + 3 a layer.
    Errors: UsageError if the memory does not hold a fan-in of 2.
    Source: arXiv:2402.09268, Theorem 3.4; the numbers are those of its proof (Theorem C.1).
    """
    fan_in = memory // (4 * width * heads)
    if fan_in < 2:
        raise UsageError(
            f"a machine of {memory} words cannot gather from two others at {heads} heads of dimension {width}. Give"
            f" it at least {8 * width * heads} words."
        )
    depth, machines = trees(tokens, fan_in)
    return Claim(
        model="MPC",
        direction="upper",
        exactness="exact",
        sizes={"rounds": layers * (2 * depth + 3), "machines": machines, "memory_words": memory},
        source=PROOF,
        note=f"Fan-in {fan_in}, tree depth {depth}. The theorem says O(L / (δ' - δ)) rounds and O(N²) machines for m"
        f" H = O(N^δ) and s = O(N^δ'); {SANFORD_TALK}, says O(L / δ) for s = N^(2δ). Every layer is charged for"
        " spreading and gathering its tokens; a chain of layers needs this only once.",
    )


def trees(tokens: int, fan_out: int) -> tuple[int, int]:
    """The depth of a tree over all tokens, and the machines: tokens, pairs, inner nodes of two trees per token."""
    depth = 1
    while fan_out**depth < tokens:
        depth += 1
    inner = sum(ceil_div(tokens, fan_out ** (depth - level)) for level in range(1, depth))
    return depth, tokens + tokens**2 + 2 * tokens * inner
