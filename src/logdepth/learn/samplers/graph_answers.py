"""Questions about graphs: the exact answers, and the rules without learning that come near them on random graphs.

All work on batches of dense graphs. An answer is the number of its name among `answers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from logdepth.networks import AskedGraphs

Answer = Callable[[AskedGraphs], Tensor]
"""Graphs to the numbers of their answers, (B,)."""


Read = Callable[[np.ndarray, Sequence[int]], int]
"""The answer of a task, and the vertices from 0 that are asked about, to the number of the answer to a question."""


@dataclass(frozen=True)
class Question:
    """A question of GraphQA. asks: about so many vertices. answers: their names, on graphs of up to n vertices.

    rules: what can be said without learning, by name. harder: families of the graph tasks on which these rules fail.
    task: the one whose compiled model answers it exactly, read by `read`; asks_task: it is asked about the vertices.
    """

    name: str
    asks: int
    answers: Callable[[int], tuple[str, ...]]
    solve: Answer
    rules: Mapping[str, Answer]
    harder: tuple[str, ...]
    task: str
    read: Read
    asks_task: bool = False


def distances(graphs: AskedGraphs) -> Tensor:
    """Steps from the vertex that is asked about first to every vertex, (B, n); 0 for itself and where none lead."""
    number = torch.arange(graphs.adjacency.shape[-1], device=graphs.first.device)
    reached = (number == graphs.first[:, None]).to(graphs.adjacency)
    steps = torch.zeros_like(reached)
    for step in range(1, len(number)):
        more = ((graphs.adjacency @ reached[:, :, None])[:, :, 0] > 0).to(reached) * (1 - reached)
        steps, reached = steps + step * more, reached + more
    return steps


def at(values: Tensor, vertex: Tensor) -> Tensor:
    """The value (B,) of one vertex each, of values (B, n)."""
    return values.gather(1, vertex[:, None])[:, 0]


def distance(graphs: AskedGraphs) -> Tensor:
    """Steps between the two vertices that are asked about; 0 if no path joins them."""
    return at(distances(graphs), graphs.second).long()


def connected(graphs: AskedGraphs) -> Tensor:
    return (distance(graphs) > 0).long()


def degree(graphs: AskedGraphs) -> Tensor:
    return at(graphs.adjacency.sum(-1), graphs.first).long()


def cyclic(graphs: AskedGraphs) -> Tensor:
    """Whether something is left when vertices of degree at most 1 are taken away as long as there are some."""
    left = graphs.adjacency
    for _ in range(left.shape[-1]):
        inner = (left.sum(-1) > 1).to(left)
        left = left * inner[:, :, None] * inner[:, None, :]
    return (left.sum((-2, -1)) > 0).long()


def both_have_edges(graphs: AskedGraphs) -> Tensor:
    degrees = graphs.adjacency.sum(-1)
    return ((at(degrees, graphs.first) > 0) & (at(degrees, graphs.second) > 0)).long()


def near_distance(graphs: AskedGraphs) -> Tensor:
    """1 for neighbours, 2 with a common neighbour, none where a degree is 0, else 3."""
    rows = torch.arange(len(graphs.first), device=graphs.first.device)
    joined = graphs.adjacency[rows, graphs.first, graphs.second] > 0
    common = (graphs.adjacency[rows, graphs.first] * graphs.adjacency[rows, graphs.second]).sum(-1) > 0
    near = torch.where(joined, 1, torch.where(common, 2, 3))
    return near * both_have_edges(graphs)


def distance_seen(graphs: AskedGraphs) -> Tensor:
    """The distance if it is at most `SEEN`, else none: the most that a vertex learns in as many rounds of messages."""
    steps = distance(graphs)
    return steps * (steps <= SEEN)


def connection_seen(graphs: AskedGraphs) -> Tensor:
    return (distance_seen(graphs) > 0).long()


def mean_degree(graphs: AskedGraphs) -> Tensor:
    return (graphs.adjacency.sum((-2, -1)) / graphs.vertices).round().long()


def has_triangle(graphs: AskedGraphs) -> Tensor:
    squares = graphs.adjacency @ graphs.adjacency
    return ((squares * graphs.adjacency).sum((-2, -1)) > 0).long()


def has_many_edges(graphs: AskedGraphs) -> Tensor:
    return (graphs.adjacency.sum((-2, -1)) / 2 >= graphs.vertices).long()


def same_part(found: np.ndarray, asked: Sequence[int]) -> int:
    """Whether two vertices have the same label of their component."""
    return int(found[asked[0]] == found[asked[1]])


SEEN = 4
"""Edges between two vertices that a rule sees: layers of the graph networks that it stands beside."""


def no_or_yes(n: int) -> tuple[str, ...]:
    return "no", "yes"


FAR = ("paths", "cycles", "cliques-bridge")
"""Families with vertices far from each other."""

QUESTIONS = {
    question.name: question
    for question in (
        Question(
            "connectivity",
            2,
            no_or_yes,
            connected,
            {"both degrees > 0": both_have_edges, f"at most {SEEN} edges apart": connection_seen},
            FAR,
            "components",
            same_part,
        ),
        Question(
            "shortest-path",
            2,
            lambda n: ("no path", *map(str, range(1, n))),
            distance,
            {"1, 2 by a common neighbour, else 3": near_distance, f"exact up to {SEEN}": distance_seen},
            FAR,
            "shortest-path",
            lambda found, asked: int(found[-1]),
            asks_task=True,
        ),
        Question(
            "node-degree",
            1,
            lambda n: tuple(map(str, range(n))),
            degree,
            {"the mean degree": mean_degree},
            ("stars", "cliques-bridge"),
            "node-degree",
            lambda found, asked: int(found[asked[0]]),
        ),
        Question(
            "cycle-check",
            0,
            no_or_yes,
            cyclic,
            {"edges ≥ vertices": has_many_edges, "has a triangle": has_triangle},
            ("trees", "cycles"),
            "cycle-check",
            lambda found, asked: int(found[-1]),
        ),
    )
}
