"""What answers without learning: a rule, the most frequent answer, and a compiled model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from logdepth.artefacts import compile_task
from logdepth.learn.samplers import NOT_ASKED, Sampler
from logdepth.learn.samplers.graph_questions import GraphQuestions
from logdepth.learn.trained.models import Answering, Compiled
from logdepth.networks import AskedGraphs
from logdepth.tasks import TASKS, Graph, make_task

FREQUENT = "the most frequent answer"
COUNTED = 2000  # sequences that say which answer is the most frequent


@dataclass(frozen=True, eq=False)
class ByRule(Answering):
    """rule: ids (B, T) to the ids of answers (B, T). It computes nothing else, and was not trained."""

    rule: Callable[[Tensor], Tensor]

    @property
    def architecture(self) -> str:
        return "rule"

    @property
    def sizes(self) -> dict[str, int]:
        return {}

    def answers(self, inputs: Tensor, dropout: bool = False) -> Tensor:
        return self.rule(inputs)


def rules_of(sampler: Sampler) -> dict[str, ByRule]:
    """The rules of a sampler by name, the most frequent answer first; none for one without rules."""
    if not sampler.rules:
        return {}
    targets = sampler.batch(COUNTED, seed=0, step=0).targets
    answer = targets[targets != NOT_ASKED].bincount().argmax()
    constant = ByRule(Path(), sampler, lambda inputs: answer.expand_as(inputs))
    return {FREQUENT: constant} | {name: ByRule(Path(), sampler, rule) for name, rule in sampler.rules.items()}


@dataclass(frozen=True, eq=False)
class CompiledGraphs(Compiled):
    """A compiled model of a graph task."""

    sampler: GraphQuestions

    @property
    def sizes(self) -> dict[str, int]:
        return super().sizes | {"parameters": self.model.measured.parameters}

    def answers(self, inputs: Tensor, dropout: bool = False) -> Tensor:
        found = [self.answer(graph, asked) for graph, asked in graphs_of(self.sampler.layout.read(inputs))]
        return torch.tensor(found)[:, None].expand_as(inputs)

    def answer(self, graph: Graph, asked: tuple[int, ...]) -> int:
        """The number of the answer about these vertices of a graph."""
        question = self.sampler.asked
        asking = graph.asking(*asked) if question.asks_task else graph
        return question.read(self.model.answer(asking), [vertex - 1 for vertex in asked])


def graphs_of(graphs: AskedGraphs) -> list[tuple[Graph, tuple[int, ...]]]:
    """Each graph as the tasks have it, and the vertices that are asked about, from 1."""
    found = []
    for matrix, size, *asked in zip(
        graphs.adjacency, graphs.vertices.tolist(), graphs.first.tolist(), graphs.second.tolist(), strict=True
    ):
        edges = np.argwhere(np.triu(matrix.numpy())) + 1
        found.append((Graph(size, edges), tuple(vertex + 1 for vertex in asked if vertex >= 0)))
    return found


def exact_model(sampler: Sampler) -> CompiledGraphs | None:
    """The compiled model that answers a sampler's question on all its graphs; None if there is none."""
    if not isinstance(sampler, GraphQuestions) or sampler.asked.task not in TASKS:
        return None
    layout = sampler.layout
    task = make_task(sampler.asked.task, {"n": layout.vertices, "edges": layout.pairs})
    return CompiledGraphs(Path(), sampler, compile_task(task))
