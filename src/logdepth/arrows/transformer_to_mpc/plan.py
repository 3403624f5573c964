"""What the protocol of T2 costs: its trees, its rounds, its least memory."""

from logdepth.mpc.primitives.costs import least_fan_in
from logdepth.numerics.errors import UsageError
from logdepth.theory import Claim
from logdepth.theory.mpc_simulates_transformers import PROOF, trees


def our_protocol(*, layers: int, width: int, projected: int, tokens: int, memory: int) -> Claim:
    """The protocol of `logdepth.arrows.transformer_to_mpc`, for a transformer of `layers` attention layers.

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
