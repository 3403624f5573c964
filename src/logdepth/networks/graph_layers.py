"""Layers of the graph networks of the literature, as message passing: a vertex sends one vector to all its neighbours.

Dense, for graphs of some twenty vertices in large batches. What a vertex adds of its own state (`residual`) is ours.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from logdepth.networks.message_passing import MessageLayer


class GraphLayer(MessageLayer):
    """A layer on states of this width. residual: a state is added to what the layer makes of it, on a LayerNorm."""

    def __init__(self, width: int, residual: bool = True) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width) if residual else nn.Identity()
        self.residual = residual

    def add(self, states: Tensor, found: Tensor) -> Tensor:
        return states + found if self.residual else found


class GcnLayer(GraphLayer):
    """relu of W applied to the mean over neighbours and self, each weighed by 1 / √((d_u + 1)(d_v + 1)).

    Source: arXiv 1609.02907.
    """

    def __init__(self, width: int, residual: bool = True) -> None:
        super().__init__(width, residual)
        self.weights = nn.Linear(width, width)

    def message(self, states: Tensor, degrees: Tensor) -> Tensor:
        return cast("Tensor", self.norm(states)) / (degrees + 1).sqrt()

    def update(self, states: Tensor, messages: Tensor, edges: Tensor) -> Tensor:
        degrees = edges.sum(-1, keepdim=True)
        mean = (edges @ messages + self.message(states, degrees)) / (degrees + 1).sqrt()
        return self.add(states, functional.relu(self.weights(mean)))


class GinLayer(GraphLayer):
    """An MLP of (1 + ε) times the own state and the sum over neighbours. Source: arXiv 1810.00826."""

    def __init__(self, width: int, residual: bool = True) -> None:
        super().__init__(width, residual)
        self.own = nn.Parameter(torch.zeros(1))  # ε
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())

    def message(self, states: Tensor, degrees: Tensor) -> Tensor:
        return cast("Tensor", self.norm(states))

    def update(self, states: Tensor, messages: Tensor, edges: Tensor) -> Tensor:
        total = (1 + self.own) * self.norm(states) + edges @ messages
        return self.add(states, self.mlp(total))


class MpnnLayer(GraphLayer):
    """The sum over neighbours of M(own state, theirs), an MLP of both, and then an MLP of the own state and this sum.

    The first matrix of M has a part for either state, so that a neighbour still sends one vector to all: its part.
    Source: arXiv 1704.01212.
    """

    def __init__(self, width: int, residual: bool = True) -> None:
        super().__init__(width, residual)
        self.theirs, self.mine = nn.Linear(width, width, bias=False), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(2 * width, width), nn.ReLU(), nn.Linear(width, width))

    def message(self, states: Tensor, degrees: Tensor) -> Tensor:
        return cast("Tensor", self.theirs(self.norm(states)))

    def update(self, states: Tensor, messages: Tensor, edges: Tensor) -> Tensor:
        own = self.norm(states)
        both = functional.relu(self.mine(own)[..., :, None, :] + messages[..., None, :, :])  # (…, receiver, sender, w)
        total = (edges[..., None, :] @ both)[..., 0, :]
        return self.add(states, self.mlp(torch.cat([own, total], dim=-1)))


GRAPH_LAYERS: dict[str, type[GraphLayer]] = {"gcn": GcnLayer, "gin": GinLayer, "mpnn": MpnnLayer}
