"""A message-passing network as a suspect: it answers at every vertex."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from logdepth.networks import MessagePassing
from logdepth.numerics.errors import UsageError
from logdepth.refuters.network import blaming, comparable
from logdepth.refuters.suspect import Suspect
from logdepth.tasks import Graph, Task


@dataclass(frozen=True, eq=False)
class GraphNetwork(Suspect):
    """network: adjacency (B, n, n) float, labels (B, n) int64 -> logits (B, n, classes): class c says the answer c.

    A graph comes as its adjacency matrix, vertex v in row v - 1, all labels 0. A text comes as the path of its tokens,
    each labelled by its letter, from 1. layers: of messages along edges. A module is put into evaluation mode.
    Errors: UsageError for a network that fails, or gives something else or another answer when it is asked again.
    """

    task: Task[Any]
    network: Callable[[Tensor, Tensor], Tensor]
    layers: int
    label: str

    def __post_init__(self) -> None:
        if isinstance(self.network, torch.nn.Module):
            self.network.eval()
        if self.layers < 0:
            raise UsageError(f"{self.label} has {self.layers} layers; it is a number from 0.")
        rng = np.random.default_rng(0)
        one, other = self.task.sample(rng), self.task.sample(rng)
        check_seen(self.task, one)
        first = self.logits(one)
        self.logits(other)
        if not torch.equal(first, self.logits(one)):
            raise UsageError(
                f"{self.label} gives other logits when it is asked the same again: it draws at random, or keeps a state"
                " between calls. Make it a function of its graph."
            )

    @property
    def name(self) -> str:
        return self.label

    def answers(self, instances: Sequence[Any]) -> list[np.ndarray]:
        """Of every vertex, (n,)."""
        return [self.logits(instance).argmax(-1).numpy() for instance in instances]

    def logits(self, instance: Any) -> Tensor:
        """Of every vertex, (n, classes)."""
        adjacency, labels = picture(instance)
        with torch.no_grad(), blaming(f"{self.label} fails on a graph of {len(labels)} vertices", self.task):
            logits = self.network(adjacency[None], labels[None])
        if not isinstance(logits, Tensor) or logits.ndim != 3 or logits.shape[:2] != (1, len(labels)):
            given = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
            raise UsageError(
                f"{self.label} gives {given} for {len(labels)} vertices; logits are (batch, vertices, classes). Return"
                " one tensor of them; the theorem is about answers at a vertex."
            )
        return comparable(logits[0], self.label)

    def state(self, instance: Any, vertex: int) -> Tensor:
        """All that this vertex (from 1) knows after the last layer: its state, or its logits in a network of yours."""
        if not isinstance(self.network, MessagePassing):
            return self.logits(instance)[vertex - 1]
        adjacency, labels = picture(instance)
        with torch.no_grad():
            return self.network.states(adjacency[None], labels[None])[-1][0, vertex - 1]

    def check_vertex(self, instance: Any, vertex: int) -> None:
        """UsageError for a vertex that an instance does not have."""
        vertices = len(picture(instance)[1])
        if not 1 <= vertex <= vertices:
            raise UsageError(f"vertices are 1 to {vertices}; got {vertex}.")

    def read(self, state: Tensor) -> int:
        """The answer of a vertex that knows this; its numbers as float64, which holds those of all formats."""
        if not isinstance(self.network, MessagePassing):
            return int(state.argmax())
        with torch.no_grad():
            return int(self.network.read(state.to(self.network.head.weight.dtype)).argmax())


def graph_network(task: Task[Any], network: MessagePassing) -> GraphNetwork:
    """A network of ours as a suspect."""
    shape = network.shape
    number = str(network.head.weight.dtype).removeprefix("torch.")
    return GraphNetwork(
        task, network, shape.depth, f"message passing, {shape.depth} layers, width {shape.width}, {number}"
    )


def check_seen(task: Task[Any], instance: Any) -> None:
    """UsageError for a task whose instances hold more than edges, or letters, which is all that a network is given."""
    if isinstance(instance, Graph):
        seen = not instance.directed and instance.weights is None and instance.question is None
    else:
        seen = bool(task.input_letters)
    if not seen:
        raise UsageError(
            f"a network that passes messages is given the edges of a graph, or the letters of a text, and {task.name}"
            " is asked with more or other things. Give another task."
        )


def picture(instance: Any) -> tuple[Tensor, Tensor]:
    """Adjacency (n, n) and labels (n,) of a graph, or of a text as the path of its tokens."""
    if isinstance(instance, Graph):
        vertices, ends, labels = instance.vertices, instance.edges - 1, np.zeros(instance.vertices, dtype=np.int64)
    else:
        vertices, labels = len(instance), np.asarray(instance, dtype=np.int64)
        ends = np.stack([np.arange(vertices - 1), np.arange(1, vertices)], axis=1)
    adjacency = torch.zeros(vertices, vertices)
    adjacency[ends[:, 0], ends[:, 1]] = adjacency[ends[:, 1], ends[:, 0]] = 1.0
    return adjacency, torch.as_tensor(labels)
