"""A message-passing network on a fixed graph, as a computation: labels of its vertices to logits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from logdepth.networks.message_passing import MessagePassing
from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True, eq=False)
class OnGraph:
    """edges (m, 2): of a simple graph on the vertices 1..vertices, every edge once, in either direction.

    Errors: UsageError for more vertices than the network has ids for, and for edges that are no such graph.
    """

    network: MessagePassing
    vertices: int
    edges: np.ndarray

    def __post_init__(self) -> None:
        most = self.network.shape.vertices
        if check_count("vertices", self.vertices) > most:
            raise UsageError(f"this network takes up to {most} vertices; got {self.vertices}. Give a smaller graph.")
        edges = np.asarray(self.edges, dtype=np.int64).reshape(-1, 2)
        if len(edges) and not 1 <= edges.min() <= edges.max() <= self.vertices:
            raise UsageError(f"edges join vertices 1 to {self.vertices}; got {edges.min()} to {edges.max()}.")
        if (edges[:, 0] == edges[:, 1]).any() or len(np.unique(np.sort(edges, axis=1), axis=0)) < len(edges):
            raise UsageError("edges join different vertices, each pair once. Drop loops and repeated edges.")
        object.__setattr__(self, "edges", edges)

    @property
    def name(self) -> str:
        shape = self.network.shape
        return f"message passing, depth {shape.depth}, width {shape.width}, on {self.vertices} vertices"

    @property
    def adjacency(self) -> Tensor:
        """(n, n), 0 or 1."""
        matrix = torch.zeros(self.vertices, self.vertices)
        u, v = torch.as_tensor(self.edges - 1).T
        matrix[u, v] = matrix[v, u] = 1.0
        return matrix

    def run(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The column `label`, (n,) from 0, to `logits`, (n, classes), in evaluation mode."""
        self.network.eval()
        with torch.no_grad():
            logits = self.network(self.adjacency, torch.as_tensor(columns["label"]))
        return {"logits": logits.numpy()}
