"""Message passing on graphs, in plain PyTorch: every layer, each vertex sends one vector along all its edges.

What a vertex does is a function of its own state and of what its neighbours send. So the same code runs on a whole
graph at once (the adjacency matrix says which messages are there), and on one vertex with the mail of its neighbours.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from logdepth.networks.fresh_weights import fresh_weights_from
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True)
class MessagePassingShape:
    """Sizes of a message-passing network. Errors: UsageError for a size below 1."""

    vertices: int  # most of them; their ids are 1..vertices
    depth: int  # layers
    width: int  # of a state, and of a message
    classes: int  # logits of a vertex
    labels: int = 1  # what a vertex may be given besides its id, 0..labels - 1: a letter, for example
    named: bool = True  # whether a vertex knows its id

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if name == "named":
                continue
            least = 0 if name == "depth" else 1
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise UsageError(f"{name} of a message-passing network is a whole number from {least}; got {value!r}.")


class MessageLayer(nn.Module, ABC):
    """What every vertex does in a layer. A vertex knows its state, its degree, and what its neighbours send."""

    @abstractmethod
    def message(self, states: Tensor, degrees: Tensor) -> Tensor:
        """What vertices send to all their neighbours, (…, senders, m), of states (…, senders, w) and degrees
        (…, senders, 1)."""

    @abstractmethod
    def update(self, states: Tensor, messages: Tensor, edges: Tensor) -> Tensor:
        """States of receivers after the layer, (…, receivers, w).

        states (…, receivers, w), before it; messages (…, senders, m); edges (…, receivers, senders), 1 where a
        message arrives, else 0. Row r of the result depends on row r of states and edges, and on the messages that
        arrive at r.
        """

    def forward(self, states: Tensor, adjacency: Tensor) -> Tensor:
        """All vertices at once: states (…, n, w), adjacency (…, n, n)."""
        return self.update(states, self.message(states, adjacency.sum(-1, keepdim=True)), adjacency)


class SumLayer(MessageLayer):
    """A vertex sends its state, adds up what arrives, and passes both through an MLP on a residual."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.LayerNorm(2 * width), nn.Linear(2 * width, width), nn.ReLU(), nn.Linear(width, width)
        )

    def message(self, states: Tensor, degrees: Tensor) -> Tensor:
        return states

    def update(self, states: Tensor, messages: Tensor, edges: Tensor) -> Tensor:
        return states + cast("Tensor", self.mlp(torch.cat([states, edges @ messages], dim=-1)))


class MessagePassing(nn.Module):
    """A graph to logits at every vertex: adjacency (…, n, n), 0 or 1, to (…, n, classes).

    Vertex v is row v - 1, and v is its id: a table gives every id a vector, and every label another one. Where vertices
    are not named, there is no table of ids.
    layer: width -> a layer, for networks of other kinds. generator: of the fresh weights; None takes torch's own.
    """

    def __init__(
        self,
        shape: MessagePassingShape,
        generator: torch.Generator | None = None,
        layer: Callable[[int], MessageLayer] = SumLayer,
    ) -> None:
        super().__init__()
        self.shape = shape
        with fresh_weights_from(generator):
            self.ids = nn.Embedding(shape.vertices + 1, shape.width) if shape.named else None
            self.labels = nn.Embedding(shape.labels, shape.width)
            self.layers = nn.ModuleList(layer(shape.width) for _ in range(shape.depth))
            self.norm = nn.LayerNorm(shape.width)
            self.head = nn.Linear(shape.width, shape.classes)

    def forward(self, adjacency: Tensor, labels: Tensor | None = None) -> Tensor:
        return self.read(self.states(adjacency, labels)[-1])

    def states(self, adjacency: Tensor, labels: Tensor | None = None) -> list[Tensor]:
        """States (…, n, w) of all vertices: before the first layer, and after each. labels (…, n); None: all are 0.

        Errors: UsageError for more vertices than the network has ids for.
        """
        vertices = adjacency.shape[-1]
        if vertices > self.shape.vertices:
            raise UsageError(f"this network takes up to {self.shape.vertices} vertices; got {vertices}.")
        ids = torch.arange(1, vertices + 1, device=adjacency.device).expand(adjacency.shape[:-1])
        states = [self.start(ids, torch.zeros_like(ids) if labels is None else labels)]
        edges = adjacency.to(states[0].dtype)
        for layer in self.layers:
            states.append(layer(states[-1], edges))
        return states

    def start(self, ids: Tensor, labels: Tensor) -> Tensor:
        """What vertices of these ids and labels know before the first layer, (…, w)."""
        marked = cast("Tensor", self.labels(labels))
        return marked if self.ids is None else self.ids(ids) + marked

    def read(self, states: Tensor) -> Tensor:
        """Logits (…, classes) of states (…, w)."""
        return cast("Tensor", self.head(self.norm(states)))
