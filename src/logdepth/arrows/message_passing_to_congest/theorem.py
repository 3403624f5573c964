"""The theorem as a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx
import numpy as np
import torch

from logdepth.arrows.arrow import Arrow, Columns, Example, Made, Ran
from logdepth.arrows.message_passing_to_congest.protocol import Vertices, message_size
from logdepth.messages import FLOATS, CongestProtocol, CongestRun, Form, floats, run_on_graph
from logdepth.networks import MessagePassing, MessagePassingShape, OnGraph, number_format
from logdepth.tasks import Parameter
from logdepth.theory import Claim
from logdepth.theory.blackboard_simulates_networks import message_passing
from logdepth.theory.sources import SHT_2024


@dataclass(frozen=True, eq=False)
class MadeOnGraph(Made[CongestProtocol]):
    """A protocol for the labels (n,) of the graph's vertices, the column `label`."""

    artefact: CongestProtocol
    claim: Claim

    def run(self, columns: Columns) -> Ran:
        """On the engine, which enforces the bits of every edge, direction and round."""
        ran = self.play(columns)
        logits = torch.stack([vertex.logits for vertex in ran.kept]).numpy()
        return Ran({"logits": logits}, {"rounds": ran.rounds, "bits": ran.most_bits})

    def play(self, columns: Columns) -> CongestRun:
        """The same, with who sent how many bits."""
        return run_on_graph(self.artefact, [int(label) for label in columns["label"]])


def make(source: OnGraph, bits: int) -> MadeOnGraph:
    """bits: of an edge in a round; 0: ⌈log n⌉, as CONGEST has it."""
    bits = bits or max(1, (source.vertices - 1).bit_length())
    size, format = message_size(source.network), number_format(source.network)
    vertices = Vertices(source, Form((floats("message", (size,), format),)), bits)
    depth, precision = source.network.shape.depth, FLOATS[format]
    claim = message_passing(layers=depth, message_width=size, precision=precision, bits=bits)
    return MadeOnGraph(vertices.protocol, claim)


def examples() -> Iterator[Example[OnGraph]]:
    """Cycles, trees and random graphs, one with vertices that have no neighbour; edges narrow and wide."""
    rng = np.random.default_rng(0)
    graphs = (nx.cycle_graph(9), nx.balanced_tree(2, 3), nx.gnp_random_graph(12, 0.15, seed=1))
    for graph, bits in zip(graphs, (0, 40, 1000), strict=True):
        shape = MessagePassingShape(vertices=20, depth=3, width=6, classes=4, labels=3)
        network = MessagePassing(shape, torch.Generator().manual_seed(len(graph)))
        edges = np.array(graph.edges, dtype=np.int64) + 1
        tables = [{"label": rng.integers(0, 3, len(graph))} for _ in range(3)]
        yield Example(OnGraph(network, len(graph), edges), tables, {"bits": bits})


MESSAGE_PASSING_TO_CONGEST: Arrow[OnGraph, CongestProtocol] = Arrow(
    name="message-passing-to-congest",
    source=OnGraph,
    target=CongestProtocol,
    theorem="A message-passing network of L layers, whose vertices send w numbers of p bits, is a CONGEST protocol on"
    " its graph of L ⌈w p / B⌉ rounds, with B bits on an edge, in each direction and round.",
    proof=f"{SHT_2024}, section 5.1",
    options=(Parameter("bits", int, 0, 0, None, "bits of an edge, in each direction and round; 0: ⌈log n⌉"),),
    make=make,
    examples=examples,
)
