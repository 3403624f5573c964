"""Questions about graphs in words, with their answers: data for language models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks import GRAPHQA, TASKS, Parametrised, Task, draw_graphqa, make_task, parameter
from logdepth.tasks.prompts import MOST_CAPACITY, PHRASINGS, Prompt, write_prompt

ALL = "all"
"""Every generator, or every encoding, in turn."""

Row = Mapping[str, Any]
"""Name of a column -> its entry, ready for JSON."""


@dataclass(frozen=True)
class Prompts(Parametrised):
    """Prompts of GraphQA: a graph of 5 to 19 vertices in words, a question, and the exact answer in words.

    Source: arXiv 2310.04560. Names of columns and wording are those of its published data set; see `Prompts.row`.
    """

    name: ClassVar[str] = "graphqa"
    summary: ClassVar[str] = "in words: a question about a graph of 5 to 19 vertices, and its exact answer"

    task: str = parameter("node-degree", help="what is asked: a task of the library that answers in words")
    encoding: str = parameter("adjacency", help=f"{', '.join(PHRASINGS)}, or {ALL}, one after the other")
    generator: str = parameter("er", help=f"{', '.join(GRAPHQA)}, or {ALL}, one after the other")
    shots: int = parameter(0, low=0, high=16, help="examples with their answers before the question")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._settle("task", self.task.replace("_", "-"))
        for name, known in (("task", asked_tasks()), ("encoding", PHRASINGS), ("generator", GRAPHQA)):
            given = getattr(self, name)
            if given not in known and not (given == ALL and name != "task"):
                raise UsageError(f"{self.name} has no {name} {given!r}. {did_you_mean(given, known)}")

    @cached_property
    def answering(self) -> Task[Any]:
        """The task that answers. Its size limits models, and no exact answer."""
        return make_task(self.task)

    def rows(self, sequences: int, seed: int) -> Iterator[Row]:
        """Row i is a function of seed and i alone."""
        for number in range(sequences):
            yield self.row(np.random.default_rng((seed, number)), number)

    def row(self, rng: np.random.Generator, number: int) -> Row:
        """The columns of the published data set, as texts: `question` (the prompt), `answer`, `task_description` (the
        question in it), `text_encoding`, `algorithm` (the generator), `nnodes`, `nedges`. Beside them `node_ids`, the
        nodes asked about, and `edges`, both counted from 0."""
        generator, encoding = pick(GRAPHQA, self.generator, number), pick(PHRASINGS, self.encoding, number)
        prompt = self.draw(rng, generator, encoding)
        examples = [self.draw(rng, generator, encoding) for _ in range(self.shots)]
        before = "".join(f"Example: {example.text}{self.answer(example)}\n" for example in examples)
        return {
            "question": f"{before}{'Example: ' * bool(before)}{prompt.text}",
            "answer": self.answer(prompt),
            "task_description": prompt.task_description,
            "text_encoding": encoding,
            "algorithm": generator,
            "nnodes": str(len(prompt.names)),
            "nedges": str(len(prompt.edges)),
            "node_ids": [prompt.names.index(name) for name in prompt.asked_vertices],
            "edges": [[u - 1, v - 1] for u, v in prompt.edges],
        }

    def draw(self, rng: np.random.Generator, generator: str, encoding: str) -> Prompt:
        """A random prompt."""
        graph, template = draw_graphqa(rng, generator), self.answering.asks
        assert template is not None, "asked_tasks ask something"
        prompt = write_prompt(graph.vertices, graph.edges.tolist(), encoding)
        asked = rng.choice(graph.vertices, template.vertices, replace=False)
        if "weight" in self.answering.inputs:
            capacities = tuple(rng.integers(1, MOST_CAPACITY + 1, len(graph.edges)).tolist())
            prompt = replace(prompt, capacities=capacities)
        return replace(prompt, template=template, asked=tuple(prompt.names[vertex] for vertex in asked))

    def answer(self, prompt: Prompt) -> str:
        """The exact answer in words."""
        instance = self.answering.instance_of(prompt)
        said = self.answering.in_words(self.answering.solve(instance), instance)
        assert said is not None, "a prompt with a question is answered in words"
        return said


def asked_tasks() -> list[str]:
    """The tasks that answer a question about some vertices of a graph, or all of it, in words."""
    return [name for name, task in TASKS.items() if task.asks is not None]


def pick(names: Mapping[str, object], given: str, number: int) -> str:
    return list(names)[number % len(names)] if given == ALL else given
