"""Networks as players on a blackboard, and on a graph: rounds and bits beside the claim, outputs beside the network's.

python benchmarks/blackboard.py            # N = 96 tokens, k = 4 players, 3 layers, width 16, fresh weights
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import torch

from logdepth.arrows.registry import ARROWS
from logdepth.messages import chase_at_once, chase_by_steps, reached, run_on_blackboard
from logdepth.networks import (
    ChainOfThought,
    Gpt2,
    Gpt2Shape,
    Longformer,
    Mamba,
    MessagePassing,
    MessagePassingShape,
    OnGraph,
    Performer,
    Recurrent,
)
from logdepth.tasks import pointer_chasing

TOKENS, PLAYERS, VOCABULARY, WIDTH = 96, 4, 10, 16


def shape(depth: int) -> Gpt2Shape:
    return Gpt2Shape(VOCABULARY, TOKENS + 8, depth, heads=2, width=WIDTH, classes=VOCABULARY)


def fresh() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def blackboards() -> None:
    networks = {
        "rnn": ("recurrent", Recurrent(shape(3), "rnn", fresh())),
        "gru": ("recurrent", Recurrent(shape(3), "gru", fresh())),
        "lstm": ("recurrent", Recurrent(shape(3), "lstm", fresh())),
        "mamba, 2 layers": ("mamba", Mamba(shape(2), 4, fresh())),
        "performer": ("performer", Performer(shape(3), 8, fresh())),
        "longformer": ("longformer", Longformer(shape(3), 5, fresh())),
        "transformer": ("attention", Gpt2(shape(3), fresh())),
        "5 thoughts": ("thoughts", ChainOfThought(Gpt2(shape(1), fresh()), 5)),
    }
    print(f"{'network':16} {'rounds':>6} {'bits claimed':>12} {'measured':>8} {'largest difference':>18}")
    for name, (kind, network) in networks.items():
        options = {"tokens": TOKENS} if kind == "attention" else {}
        made = ARROWS[f"{kind}-to-blackboard"](network, players=PLAYERS, **options)
        columns = {"token": np.random.default_rng(0).integers(0, VOCABULARY, TOKENS)}
        ran, own = made.run(columns), network.run(columns)
        off = max(float(np.abs(own[name] - ran.outputs[name]).max()) for name in own)
        print(f"{name:16} {ran.taken['rounds']:6} {made.claim.sizes['bits']:12,} {ran.taken['bits']:8,} {off:18.1e}")


def graph(vertices: int = 60, width: int = 8, layers: int = 3) -> None:
    edges = np.array(nx.gnp_random_graph(vertices, 0.08, seed=0).edges) + 1
    network = MessagePassing(MessagePassingShape(vertices, layers, width, classes=4, labels=3), fresh())
    source = OnGraph(network, vertices, edges)
    columns = {"label": np.random.default_rng(0).integers(0, 3, vertices)}
    for bits in (0, 32, 256):
        made = ARROWS["message-passing-to-congest"](source, bits=bits)
        ran = made.run(columns)
        off = float(np.abs(ran.outputs["logits"] - source.run(columns)["logits"]).max())
        sizes, taken = made.claim.sizes, ran.taken
        print(
            f"message passing, n = {vertices}, {width * 32} bits a layer, B = {sizes['bits']}: {taken['rounds']} rounds"
            f" (claimed {sizes['rounds']}), {taken['bits']} bits at most, largest difference {off:.1e}"
        )


def chasing(instances: int = 300) -> None:
    rng = np.random.default_rng(0)
    right = {"k rounds of ⌈log q⌉ bits": 0, "one round of q bits": 0}
    for _ in range(instances):
        players, vertices = int(rng.integers(1, 9)), int(rng.integers(1, 40))
        instance = pointer_chasing(rng, players, vertices)
        exact = instance.class_of(int(instance.task.solve(instance.tokens)[-1]))
        for name, make in zip(right, (chase_by_steps, chase_at_once), strict=True):
            run = run_on_blackboard(make(players, vertices), instance.parts)
            right[name] += reached(run.answer) == exact
    for name, count in right.items():
        print(f"pointer chasing, {name}: {count} of {instances} right, by the exact answer of k-hop")


if __name__ == "__main__":
    blackboards()
    graph()
    chasing()
