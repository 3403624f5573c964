"""T2: a transformer becomes an MPC protocol of 2 D L rounds, D = ⌈log_b N⌉, with about N² machines.

Token machine i holds token i. In every attention layer its query travels down a tree of fan-out b to N leaves (i, j), and so do
key and value of token j; leaf (i, j) computes q_i · k_j; pairs (log Z, S), the logarithm of a softmax denominator and a weighted
mean of values, travel up again and merge. Source: arXiv 2402.09268, Theorem 3.4; numerically stable merging as in online softmax
(arXiv 1805.02867).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from logdepth.mpc.protocol import Protocol, Step
from logdepth.mpc.records import Mail, Memory, Packets, Records
from logdepth.numerics.errors import UsageError
from logdepth.transformer.evaluate import embed, in_float64
from logdepth.transformer.transformer import Block, Transformer

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class AttentionLayer:
    """One layer as a token sees it: `project` gives queries, keys (n, heads, d) and values (n, heads, e) of tokens (n, width);
    `absorb` takes tokens and what the heads mixed for them (n, heads, e), and gives the next tokens."""

    heads: int
    key_width: int
    value_width: int
    project: Callable[[Array], tuple[Array, Array, Array]]
    absorb: Callable[[Array, Array], Array]


@dataclass(frozen=True)
class Trees:
    """The machines: `tokens` token machines, then for every level 1..depth-1 and every token the inner machines of its query
    tree and of its key-and-value tree, then a leaf for every pair of tokens."""

    tokens: int
    fan_out: int

    @property
    def depth(self) -> int:
        depth = 1
        while self.fan_out**depth < self.tokens:
            depth += 1
        return depth

    def breadth(self, level: int) -> int:
        """Machines of one tree at a level."""
        return -(-self.tokens // self.fan_out ** (self.depth - level))

    @property
    def inner(self) -> int:
        """Inner machines of one tree."""
        return sum(self.breadth(level) for level in range(1, self.depth))

    @property
    def machines(self) -> int:
        return self.tokens + 2 * self.tokens * self.inner + self.tokens**2

    def machine(self, tree: int, token: Array, level: int, place: Array) -> Array:
        """The machine at a place of a level, in the query tree (0) or the key-and-value tree (1) of a token."""
        if level == 0:
            return token
        first_leaf = self.tokens + 2 * self.tokens * self.inner
        if level == self.depth:
            query, key = (token, place) if tree == 0 else (place, token)
            return first_leaf + query * self.tokens + key
        above = sum(self.breadth(upper) for upper in range(1, level))
        return self.tokens + (tree * self.tokens + token) * self.inner + above + place


def transformer_to_mpc(layers: Sequence[AttentionLayer], tokens: int, causal: bool, memory: int) -> Protocol:
    """The protocol that takes the records `tokens` (one a token machine; field x: (N, width)) through the layers.

    Raises UsageError if a machine of `memory` words cannot serve a tree of fan-out 2.
    """
    trees = trees_for(layers, tokens, memory)
    steps: list[Step] = [hold]
    for layer in layers:
        descent = [ask(layer, trees), *(pass_down(trees, level) for level in range(1, trees.depth))]
        ascent = [meet(trees, causal), *(pass_up(trees, level) for level in range(trees.depth - 1, 0, -1))]
        first, *others = [*descent, *ascent, absorb(layer)]
        steps = [*steps[:-1], chained(steps[-1], first), *others]
    return Protocol("transformer", trees.machines, memory, tuple(steps))


def trees_for(layers: Sequence[AttentionLayer], tokens: int, memory: int) -> Trees:
    """The widest trees that the memory allows: a token machine sends query, key and value to every first child."""
    widest = max((child_words(layer) for layer in layers), default=1)
    if memory < 2 * widest:
        raise UsageError(f"a machine needs at least {2 * widest} words to simulate this model; got {memory}. Raise --memory.")
    return Trees(tokens, min(memory // widest, max(2, tokens)))


def child_words(layer: AttentionLayer) -> int:
    """What a token machine sends to one child of its query tree and one of its key-and-value tree, addresses included."""
    return layer.heads * (2 * layer.key_width + layer.value_width) + 4


def hold(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
    return memory, {}


def chained(last: Step, first: Step) -> Step:
    """The end of one layer and the start of the next are one local step."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        held, _ = last(memory, mail)
        return first(held, {})

    return step


def ask(layer: AttentionLayer, trees: Trees) -> Step:
    """Token machines compute query, key and value and send them to the first level of their trees."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        tokens = memory["tokens"]
        query, key, value = layer.project(tokens["x"])
        place = np.zeros(len(tokens), dtype=np.int64)
        down = {
            "query": descend(trees, 0, 0, tokens.owner, place, {"query": query}),
            "key and value": descend(trees, 1, 0, tokens.owner, place, {"key": key, "value": value}),
        }
        return memory, down

    return step


def descend(trees: Trees, tree: int, level: int, token: Array, place: Array, fields: dict[str, Array]) -> Packets:
    """From machines at a level to all their children."""
    children = place[:, None] * trees.fan_out + np.arange(trees.fan_out)[None, :]
    parent, child = np.nonzero(children < trees.breadth(level + 1))
    below = children[parent, child]
    return Packets(
        trees.machine(tree, token, level, place)[parent],
        trees.machine(tree, token[parent], level + 1, below),
        {name: values[parent] for name, values in fields.items()} | {"token": token[parent], "place": below},
    )


def pass_down(trees: Trees, level: int) -> Step:
    """Inner machines send what they received to their children."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        down: Mail = {}
        for tree, kind in enumerate(("query", "key and value")):
            packets = mail[kind]
            content = {name: values for name, values in packets.fields.items() if name not in ("token", "place")}
            down[kind] = descend(trees, tree, level, packets["token"], packets["place"], content)
        return memory, down

    return step


def meet(trees: Trees, causal: bool) -> Step:
    """Leaf (i, j) has received q_i, k_j and v_j: it sends (log Z, S) = (q_i · k_j, v_j) up the tree of token i."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        queries, others = mail["query"], mail["key and value"]  # both in the order of leaves: one of each per leaf
        token, place = queries["token"], queries["place"]
        seen = place <= token if causal else np.ones(len(token), dtype=bool)
        scores = np.einsum("nhd,nhd->nh", queries["query"][seen], others["key"][seen])
        return memory, {"sums": ascend(trees, trees.depth, token[seen], place[seen], scores, others["value"][seen])}

    return step


def ascend(trees: Trees, level: int, token: Array, place: Array, log_z: Array, mean: Array) -> Packets:
    """From machines at a level of the query tree to their parents."""
    above = place // trees.fan_out
    return Packets(
        trees.machine(0, token, level, place),
        trees.machine(0, token, level - 1, above),
        {"token": token, "place": above, "log_z": log_z, "mean": mean},
    )


def merged(packets: Packets) -> tuple[Array, Array, Array, Array]:
    """For every receiver its token, its place, log Σ Z and the mean of the means, weighted by Z."""
    first = np.flatnonzero(np.diff(packets.destination, prepend=-1))  # where a receiver's packets begin
    sizes = np.diff(first, append=len(packets))
    top = np.maximum.reduceat(packets["log_z"], first)
    weights = np.exp(packets["log_z"] - np.repeat(top, sizes, axis=0))
    total = np.add.reduceat(weights, first)
    mean = np.add.reduceat(weights[..., None] * packets["mean"], first) / total[..., None]
    return packets["token"][first], packets["place"][first], top + np.log(total), mean


def pass_up(trees: Trees, level: int) -> Step:
    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        return memory, {"sums": ascend(trees, level, *merged(mail["sums"]))}

    return step


def absorb(layer: AttentionLayer) -> Step:
    """Token machines merge the last pairs and compute the next tokens."""

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        tokens = memory["tokens"]
        _, _, _, mixed = merged(mail["sums"])  # every token sees at least itself: one receiver each, in order
        return {"tokens": Records(tokens.owner, {"x": layer.absorb(tokens["x"], mixed)})}, {}

    return step


def layers_of(model: Transformer) -> tuple[AttentionLayer, ...]:
    """The attention layers of a transformer of ours, in float64; blocks without attention belong to the layer before them.

    Blocks before the first attention are not among them: `embedded` has them.
    """
    steps = list(in_float64(model).steps)
    first = next((i for i, block in enumerate(steps) if block.attention), len(steps))
    starts = [i for i in range(first, len(steps)) if steps[i].attention]
    return tuple(layer_of(steps[i:j]) for i, j in zip(starts, [*starts[1:], len(steps)], strict=True))


def layer_of(blocks: Sequence[Block]) -> AttentionLayer:
    attention = blocks[0].attention
    assert attention is not None, "a layer begins with its attention"
    query, key, value, output = (w.numpy() for w in (attention.query, attention.key, attention.value, attention.output))

    def project(x: Array) -> tuple[Array, Array, Array]:
        return tuple(np.einsum("nw,hwd->nhd", x, w) for w in (query, key, value))  # type: ignore[return-value]

    def absorb(x: Array, mixed: Array) -> Array:
        return local(blocks, x + np.einsum("nhe,hew->nw", mixed, output))

    return AttentionLayer(attention.heads, query.shape[2], value.shape[2], project, absorb)


def local(blocks: Sequence[Block], x: Array) -> Array:
    """The ReLU layers of the blocks, one after the other."""
    for block in blocks:
        if block.mlp is not None:
            x = x + np.maximum(x @ block.mlp.into.numpy(), 0) @ block.mlp.out.numpy()
    return x


def embedded(model: Transformer, columns: Mapping[str, Array]) -> Array:
    """The tokens of a table before the first attention, (N + 1, width) float64."""
    double = in_float64(model)
    steps = double.steps
    first = next((i for i, block in enumerate(steps) if block.attention), len(steps))
    x = embed(double, {name: values[None] for name, values in columns.items()})[0].numpy()
    return local(steps[:first], x)
