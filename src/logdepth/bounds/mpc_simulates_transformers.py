"""T2: an MPC protocol simulates a transformer, with a machine for every pair of tokens."""

from logdepth.bounds.claim import Claim
from logdepth.bounds.mpc_primitives import ceil_div, least_fan_in
from logdepth.bounds.sources import SANFORD_TALK, SHT_2024
from logdepth.numerics.errors import UsageError

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


def our_protocol(*, layers: int, width: int, projected: int, tokens: int, memory: int) -> Claim:
    """The protocol of `logdepth.translate.transformer_to_mpc`, for a transformer of `layers` attention layers.

    width: words of a token. projected: words of the query, key and value of one token, in the widest layer: H (2 m' +
    m'') for H heads with keys of m' words and values of m''. tokens: N, the start token among them.
    Fan-out b = ⌊s / (projected + 4)⌋, at least 2 and no more than N needs; D = ⌈log_b N⌉. Rounds: 2D a layer, none
    between layers, since token machines gather one layer and spread the next in the same local step. Machines: as in
    the proof.
    Errors: UsageError below the least memory.
    """
    least = least_memory(width, projected)
    if memory < least:
        raise UsageError(f"machines of {memory} words cannot run this protocol. Give them at least {least} words.")
    fan_out = min(memory // words_per_child(projected), max(2, tokens))
    depth, machines = trees(tokens, fan_out)
    return Claim(
        model="MPC",
        direction="upper",
        exactness="exact",
        sizes={"rounds": 2 * depth * layers, "machines": machines, "memory_words": memory},
        source=f"construction; after {PROOF}",
        note=f"Fan-out {fan_out}, tree depth {depth}; the least memory is {least} words. Weights are no words.",
    )


def words_per_child(projected: int) -> int:
    """What a machine sends to one child of either tree of its token, in words: token and place come with each.

    Going up it is no more: a head has at least one key word, and log Z is one.
    """
    return projected + 4


def least_memory(width: int, projected: int) -> int:
    """The fewest words with which our protocol runs: a machine holds its token, and serves trees of fan-out 2."""
    return max(width, 2 * words_per_child(projected))


def memory_for_depth_two(width: int, projected: int, tokens: int) -> int:
    """The fewest words with which our protocol takes 4 rounds a layer: a fan-out of ⌈√N⌉."""
    fan_out = max(2, least_fan_in(tokens, 2))
    return max(width, fan_out * words_per_child(projected))


def trees(tokens: int, fan_out: int) -> tuple[int, int]:
    """The depth of a tree over all tokens, and the machines: tokens, pairs, inner nodes of two trees per token."""
    depth = 1
    while fan_out**depth < tokens:
        depth += 1
    inner = sum(ceil_div(tokens, fan_out ** (depth - level)) for level in range(1, depth))
    return depth, tokens + tokens**2 + 2 * tokens * inner
