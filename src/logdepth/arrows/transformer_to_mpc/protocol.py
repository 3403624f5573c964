"""T2: a transformer becomes an MPC protocol of 2 D L rounds, D = ⌈log_b N⌉, with about N² machines.

Token machine i holds token i. In every attention layer its query travels down a tree of fan-out b to N leaves (i, j),
and so do key and value of token j; leaf (i, j) computes q_i · k_j; pairs (log Z, S), the logarithm of a softmax
denominator and a weighted mean of values, travel up again and merge. The end of one layer and the start of the next
are one local step, so that nothing is sent between layers. Under a causal mask nothing is sent to or from a leaf (i,
j) with j > i.

Every machine knows the weights: they are the protocol, not words that it holds. Local computation is free, as in the
model.

Source: arXiv 2402.09268, Theorem 3.4; numerically stable merging as in online softmax (arXiv 1805.02867). Ours: a
packet also carries its token and its place in the tree, 2 words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from logdepth.arrows.transformer_to_mpc.attention_layers import Array, AttentionLayer
from logdepth.arrows.transformer_to_mpc.plan import least_memory, words_per_child
from logdepth.mpc import Mail, Memory, Packets, Protocol, Records, Routine, Step
from logdepth.numerics.errors import UsageError, Wording

TOKENS = "tokens"
"""The kind of record that a token machine holds before the first round and after the last; field `x`: its token."""

QUERY, KEY_AND_VALUE = range(2)  # the two trees of a token


def transformer_to_mpc(layers: Sequence[AttentionLayer], tokens: int, causal: bool, memory: int) -> Protocol:
    """The protocol that takes `token_records` of as many tokens through the layers, on machines of `memory` words.

    Errors: UsageError, naming the least memory, if a machine cannot hold a token or serve a tree of fan-out 2.
    """
    return protocol_on(trees_for(layers, tokens, causal, memory), layers, memory)


def protocol_on(trees: Trees, layers: Sequence[AttentionLayer], memory: int) -> Protocol:
    """The same, on trees that were planned for these layers and this memory."""
    routines = [attention(layer, trees, number) for number, layer in enumerate(layers, start=1)]
    return Protocol("transformer", trees.machines, memory, routines or (hold,), trees.kinds)


def attention(layer: AttentionLayer, trees: Trees, number: int) -> Routine:
    """The 2 D rounds of one layer."""
    descent = [ask(layer, trees), *(pass_down(trees, level) for level in range(1, trees.depth))]
    ascent = [meet(trees), *(pass_up(trees, level) for level in range(trees.depth - 1, 0, -1))]
    return Routine(f"layer {number}", (*descent, *ascent, absorb(layer)))


def token_records(x: Array) -> Memory:
    """What the token machines hold for tokens (N, width)."""
    return {TOKENS: Records(np.arange(len(x)), {"x": x})}


@dataclass(frozen=True)
class Trees:
    """The machines: `tokens` token machines; then for every token and every level 1..depth-1 the inner machines of its
    query tree, and of its key-and-value tree; then a leaf for every pair of tokens. At level `depth`, place j of a tree
    is token j."""

    tokens: int
    fan_out: int
    causal: bool

    @property
    def depth(self) -> int:
        depth = 1
        while self.fan_out**depth < self.tokens:
            depth += 1
        return depth

    def leaves_below(self, level: int) -> int:
        """Leaves below one machine of a level, if all are there."""
        return self.fan_out ** (self.depth - level)

    def breadth(self, level: int) -> int:
        """Machines of one tree at a level."""
        return -(-self.tokens // self.leaves_below(level))

    @property
    def inner(self) -> int:
        """Inner machines of one tree."""
        return sum(self.breadth(level) for level in range(1, self.depth))

    @property
    def machines(self) -> int:
        return self.first_leaf + self.tokens**2

    @property
    def first_leaf(self) -> int:
        return self.tokens + 2 * self.tokens * self.inner

    @property
    def kinds(self) -> dict[str, int]:
        """Kinds of machines, in the order of their numbers, and how many there are of each."""
        inner = self.tokens * self.inner
        return {"tokens": self.tokens, "query trees": inner, "key trees": inner, "pairs": self.tokens**2}

    def machine(self, tree: int, token: Array, level: int, place: Array) -> Array:
        """The machine at a place of a level in a tree of a token."""
        if level == 0:
            return token
        if level == self.depth:
            query, key = (token, place) if tree == QUERY else (place, token)
            return self.first_leaf + query * self.tokens + key
        above = sum(self.breadth(upper) for upper in range(1, level))
        return self.tokens + (tree * self.tokens + token) * self.inner + above + place

    def used(self, tree: int, token: Array, level: int, place: Array) -> Array:
        """Which of these machines are there, and have a leaf below them that the mask leaves open."""
        there = place < self.breadth(level)
        if not self.causal:
            return there
        first_leaf = place * self.leaves_below(level)
        return there & (first_leaf <= token if tree == QUERY else first_leaf + self.leaves_below(level) > token)


def trees_for(layers: Sequence[AttentionLayer], tokens: int, causal: bool, memory: int) -> Trees:
    """The widest trees that the memory allows: a token machine sends to all its children in both trees at once."""
    if tokens < 1:
        raise UsageError(f"a transformer needs at least 1 token; got {tokens}.")
    width, projected = sizes(layers)
    least = least_memory(width, projected)
    if memory < least:
        raise UsageError(
            f"machines need at least {least} words to simulate this model; got {memory}.", Wording("Raise {memory}.")
        )
    return Trees(tokens, min(memory // words_per_child(projected), max(2, tokens)), causal)


def sizes(layers: Sequence[AttentionLayer]) -> tuple[int, int]:
    """Words of a token, and of its query, key and value, in the widest layer."""
    return max((layer.width for layer in layers), default=1), max((layer.projected for layer in layers), default=0)


def hold(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
    return memory, {}


def ask(layer: AttentionLayer, trees: Trees) -> Step:
    """Token machines compute query, key and value and send them to the first level of their trees."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        tokens = memory[TOKENS]
        query, key, value = layer.project(tokens["x"])
        root = np.zeros(len(tokens), dtype=np.int64)
        down = {
            "query": descend(trees, QUERY, 0, tokens.owner, root, {"query": query}),
            "key and value": descend(trees, KEY_AND_VALUE, 0, tokens.owner, root, {"key": key, "value": value}),
        }
        return memory, down

    return step


def descend(trees: Trees, tree: int, level: int, token: Array, place: Array, fields: dict[str, Array]) -> Packets:
    """From machines at a level to their children."""
    children = place[:, None] * trees.fan_out + np.arange(trees.fan_out)[None, :]
    parent, child = np.nonzero(trees.used(tree, token[:, None], level + 1, children))
    below = children[parent, child]
    return Packets(
        trees.machine(tree, token, level, place)[parent],
        trees.machine(tree, token[parent], level + 1, below),
        {"token": token[parent], "place": below} | {name: values[parent] for name, values in fields.items()},
    )


def pass_down(trees: Trees, level: int) -> Step:
    """Inner machines send what they received to their children."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        queries, others = mail["query"], mail["key and value"]
        down = {
            "query": descend(trees, QUERY, level, queries["token"], queries["place"], {"query": queries["query"]}),
            "key and value": descend(
                trees,
                KEY_AND_VALUE,
                level,
                others["token"],
                others["place"],
                {"key": others["key"], "value": others["value"]},
            ),
        }
        return memory, down

    return step


def meet(trees: Trees) -> Step:
    """Leaf (i, j) has received q_i, k_j and v_j: it sends (log Z, S) = (q_i · k_j, v_j) up the query tree of i."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        queries, others = mail["query"], mail["key and value"]  # one of each per leaf, so in the same order
        scores = np.einsum("nhd,nhd->nh", queries["query"], others["key"])
        return memory, {"sums": ascend(trees, trees.depth, queries["token"], queries["place"], scores, others["value"])}

    return step


def ascend(trees: Trees, level: int, token: Array, place: Array, log_z: Array, mean: Array) -> Packets:
    """From machines at a level of the query tree to their parents."""
    above = place // trees.fan_out
    return Packets(
        trees.machine(QUERY, token, level, place),
        trees.machine(QUERY, token, level - 1, above),
        {"token": token, "place": above, "log_z": log_z, "mean": mean},
    )


@np.errstate(under="ignore")  # meant, and NumPy may be set to raise
def merge(packets: Packets) -> tuple[Array, Array, Array, Array]:
    """For every receiver its token, its place, log Σ Z and the mean of the means, weighted by Z."""
    first = np.flatnonzero(np.diff(packets.destination, prepend=-1))  # where a receiver's packets begin
    sizes = np.diff(first, append=len(packets))
    top = np.maximum.reduceat(packets["log_z"], first)
    weights = np.exp(packets["log_z"] - np.repeat(top, sizes, axis=0))
    total = np.add.reduceat(weights, first)
    mean = np.add.reduceat(weights[..., None] * packets["mean"], first) / total[..., None]
    return packets["token"][first], packets["place"][first], top + np.log(total), mean


def pass_up(trees: Trees, level: int) -> Step:
    """Inner machines of the query trees merge what they received."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        return memory, {"sums": ascend(trees, level, *merge(mail["sums"]))}

    return step


def absorb(layer: AttentionLayer) -> Step:
    """Token machines merge the last pairs and compute the next tokens."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        tokens = memory[TOKENS]
        _, _, _, mixed = merge(mail["sums"])  # every token sees at least itself: one receiver each, in order
        return {TOKENS: Records(tokens.owner, {"x": layer.absorb(tokens["x"], mixed)})}, {}

    return step
