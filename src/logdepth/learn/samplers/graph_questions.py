"""Questions of GraphQA about small graphs, as edge tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from logdepth.learn.samplers.graph_answers import QUESTIONS, Question
from logdepth.learn.samplers.sampler import NOT_ASKED, Batch, Rule, Sampler
from logdepth.networks import AskedGraphs, EdgeTokens
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks import BUCKETS, GRAPHQA, Connectivity, parameter


@dataclass(frozen=True)
class GraphQuestions(Sampler):
    """Graphs as GraphQA draws them, as `EdgeTokens`, with one question; the answer is due at "?".

    Groups are its buckets: sizes are uniform in 5..9, 10..14, 15..19. Of "er", p is uniform in 0..1 for every graph.
    Names are random, and the edges come in random order. Source: arXiv 2310.04560 and
    github.com/google-research/talk-like-a-graph.
    """

    name: ClassVar[str] = "graph-questions"
    summary: ClassVar[str] = "a question of GraphQA about a graph of 5 to 19 vertices, one token an edge"
    group_name: ClassVar[str] = "size"
    lengths_differ: ClassVar[bool] = True

    question: str = parameter("connectivity", help=", ".join(QUESTIONS))
    family: str = parameter("er", help=f"{', '.join(GRAPHQA)} as in GraphQA, or a family of the graph tasks")
    buckets: int = parameter(3, low=1, high=8, help="sizes of graphs are 5 to 9, 10 to 14, …, so many times five")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.question not in QUESTIONS:
            raise UsageError(f"there is no question {self.question!r}. {did_you_mean(self.question, QUESTIONS)}")
        families = (*GRAPHQA, *Connectivity.families)
        if self.family not in families:
            raise UsageError(f"there is no family {self.family!r}. {did_you_mean(self.family, families)}")

    @property
    def asked(self) -> Question:
        return QUESTIONS[self.question]

    @property
    def layout(self) -> EdgeTokens:
        return EdgeTokens(self.classes, 5 * self.buckets + 4)

    @property
    def answers(self) -> tuple[str, ...]:
        return self.asked.answers(5 * self.buckets + 4)

    @property
    def classes(self) -> int:
        return len(self.answers)

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*self.answers, *self.layout.names)

    @property
    def length(self) -> int:
        return self.layout.length

    @property
    def groups(self) -> range:
        return range(1, self.buckets + 1)

    @property
    def rules(self) -> Mapping[str, Rule]:
        return {name: partial(self.spread, answer=answer) for name, answer in self.asked.rules.items()}

    @property
    def harder(self) -> Mapping[str, Sampler]:
        return {family: replace(self, family=family) for family in self.asked.harder}

    def spread(self, inputs: Tensor, answer: Callable[[AskedGraphs], Tensor]) -> Tensor:
        """An answer (B,) at every token of inputs (B, T)."""
        return answer(self.layout.read(inputs))[:, None].expand_as(inputs)

    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        rows, device = len(groups), generator.device

        def uniform(*shape: int) -> Tensor:
            return torch.rand((rows, *shape), generator=generator, device=device)

        vertices = 5 * groups + (5 * uniform()).long()
        first = (vertices * uniform()).long()
        second = (first + 1 + ((vertices - 1) * uniform()).long()) % vertices
        none, asks = torch.full_like(first, -1), self.asked.asks
        graphs = AskedGraphs(
            self.graphs(vertices, generator), vertices, first if asks else none, second if asks > 1 else none, none
        )
        inputs = self.layout.write(graphs, uniform(self.layout.pairs))
        due = inputs == self.tokens.index("?")
        targets = torch.where(due, self.asked.solve(graphs)[:, None], NOT_ASKED)
        return Batch(inputs, targets, due, groups)

    def graphs(self, vertices: Tensor, generator: torch.Generator) -> Tensor:
        """Adjacency (B, n, n) of graphs with so many vertices."""
        most = self.layout.vertices
        if self.family == "er":
            return random_graphs(vertices, most, generator)
        seeds = torch.randint(2**31, (len(vertices),), generator=generator, device=generator.device)
        found = [
            draw(self.family, size, seed, most) for size, seed in zip(vertices.tolist(), seeds.tolist(), strict=True)
        ]
        return torch.as_tensor(np.stack(found), device=generator.device)


def random_graphs(vertices: Tensor, most: int, generator: torch.Generator) -> Tensor:
    """Erdős–Rényi graphs (B, most, most), p uniform in 0..1 for each."""
    rows, device = len(vertices), generator.device
    u, v = torch.triu_indices(most, most, 1, device=device)
    noise = torch.rand((rows, len(u)), generator=generator, device=device)
    density = torch.rand((rows, 1), generator=generator, device=device)
    adjacency = torch.zeros((rows, most, most), device=device)
    adjacency[:, u, v] = adjacency[:, v, u] = ((noise < density) & (v < vertices[:, None])).float()
    return adjacency


def draw(family: str, size: int, seed: int, most: int) -> np.ndarray:
    """Adjacency (most, most) of one graph of another family, names shuffled."""
    rng = np.random.default_rng(seed)
    if family in GRAPHQA:
        bucket = next((name for name, sizes in BUCKETS.items() if size in sizes), "large")
        edges = rng.permutation(size)[np.argwhere(np.triu(GRAPHQA[family](rng, size, bucket), k=1))]
    else:
        edges = Connectivity(n=size).draw(rng, family, size).edges - 1
    adjacency = np.zeros((most, most), dtype=np.float32)
    adjacency[edges[:, 0], edges[:, 1]] = adjacency[edges[:, 1], edges[:, 0]] = 1
    return adjacency
