"""What tokens and answers are called on the page: letters, numbers, the user's vertices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from logdepth.tasks import Task
from logdepth.tasks.components import Components
from logdepth.tasks.graph import Graph
from logdepth.tasks.graph_task import GraphTask
from logdepth.tasks.sum_task import SumTask
from logdepth.tasks.three_sum import ThreeSum, own_rows
from logdepth.tasks.token_sequences import TokenTask
from logdepth.tasks.two_sum import TwoSum

VISIBLE = {"\n": "↵", " ": "␣"}
ANSWERS_SHOWN = 400
GROUPS_SHOWN, MEMBERS_SHOWN = 30, 60


def token_labels(task: Task[Any], instance: Any, columns: Mapping[str, np.ndarray]) -> list[str]:
    """One label per token, the start token's first: the letter, the number, the vertex, the edge u–v."""
    if isinstance(instance, Graph):
        names = ("", *instance.labels)
        first, second = list(columns)[:2]
        ends = zip(columns[first].tolist(), columns[second].tolist(), strict=True)
        arrow = "→" if is_directed(task) else "–"
        places = task.places(instance) if isinstance(task, GraphTask) else []
        blank = [arrow.join(names[vertex] for vertex in place) for place in places]
        rows = [f"{names[u]}{arrow}{names[v]}" if u else blank[row] for row, (u, v) in enumerate(ends)]
        if instance.question is not None:
            rows[-1] += "?"
        return ["start", *rows]
    values = [value_label(task, value) for value in next(iter(columns.values())).tolist()]
    if isinstance(task, ThreeSum):  # blank rows stand for pairs
        numbers = instance.tolist()
        values = [
            f"{x} + {y}" if j < k else str(y) for k, y in enumerate(numbers) for j, x in enumerate(numbers[: k + 1])
        ]
    return ["start", *values]


@dataclass(frozen=True)
class Letters:
    """The letters of a program's columns, by name, where they hold letters: number t from 1 is letter t."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)

    def spell(self, name: str, values: np.ndarray, *, of_outputs: bool = False) -> list[int | str]:
        """The values of a column as the page shows them."""
        letters = (self.outputs if of_outputs else self.inputs).get(name)
        if letters is None:
            return [int(value) for value in values]
        return [shown_letter(letters[value - 1] if value else None) for value in values.tolist()]


def row_labels(columns: Mapping[str, np.ndarray], letters: Letters) -> list[str]:
    """What the rows of a table are called: the letter of the first column that has some, or the value of the only
    column, or else the number of the row."""
    lettered = [name for name in columns if name in letters.inputs]
    named = lettered[:1] or (list(columns) if len(columns) == 1 else [])
    if named:
        return [str(value) for value in letters.spell(named[0], columns[named[0]])]
    return [str(row) for row in range(1, len(next(iter(columns.values()))) + 1)]


def shown_letter(letter: str | None) -> str:
    """A letter in a cell; "∅" is no letter."""
    return "∅" if letter is None else VISIBLE.get(letter, letter)


def is_directed(task: Task[Any]) -> bool:
    """Whether the edges of its table are arcs."""
    return task.directed if isinstance(task, GraphTask) else task.name == "1-vs-2-cycle"


def value_label(task: Task[Any], value: Any) -> str:
    """A value of an input or an answer; "∅" is no letter."""
    if isinstance(task, TokenTask):
        return shown_letter(task.letters.letter(int(value)))
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def answer_rows(
    task: Task[Any], instance: Any, model: np.ndarray, exact: np.ndarray, rows: int, shown: np.ndarray
) -> dict[str, Any]:
    """The model's answer beside the exact one, entry by entry; `tokens` are the tokens that the entries belong to, of
    `rows` rows.

    Of more than ANSWERS_SHOWN entries those of the shown tokens are kept. `wrong`: which of the kept ones are.
    """
    tokens = answering_tokens(task, instance, len(model), rows)
    kept = np.arange(len(model)) if len(model) <= ANSWERS_SHOWN else np.flatnonzero(np.isin(tokens, shown))
    by_vertex = isinstance(task, Components)

    def label(value: Any) -> str:
        return instance.labels[value - 1] if by_vertex and value else value_label(task, value)

    return {
        "tokens": tokens[kept].tolist(),
        "model": [label(value) for value in model[kept].tolist()],
        "exact": [label(value) for value in exact[kept].tolist()],
        "with": completions(task, instance, kept),
        "groups": groups_of(model, instance) if by_vertex else None,
        "wrong": np.flatnonzero(model[kept] != exact[kept]).tolist(),
        "entries": len(model),
        "right": int((model == exact).sum()),
    }


def groups_of(representatives: np.ndarray, graph: Graph) -> dict[str, Any]:
    """The components that a model names, the largest first: how many, and of the first GROUPS_SHOWN the size and the
    first MEMBERS_SHOWN members."""
    members: dict[int, list[str]] = defaultdict(list)
    for vertex, representative in enumerate(representatives.tolist()):
        members[representative].append(graph.labels[vertex])
    members.pop(0, None)  # a wrong model may give a vertex none
    largest = sorted(members.values(), key=len, reverse=True)[:GROUPS_SHOWN]
    return {"count": len(members), "groups": [[len(group), group[:MEMBERS_SHOWN]] for group in largest]}


def completions(task: Task[Any], instance: Any, kept: np.ndarray) -> list[str] | None:
    """For sums: which other numbers of the list make each one up to a multiple of the modulus, "–" for none."""
    if not isinstance(task, SumTask):
        return None
    numbers = instance.tolist()
    held = set(numbers)
    others = [()] if isinstance(task, TwoSum) else [(number,) for number in held]
    found = []
    for place in kept.tolist():
        ways = ((*other, -(numbers[place] + sum(other)) % task.modulus) for other in others)
        way = next((way for way in ways if way[-1] in held), None)
        found.append("–" if way is None else " + ".join(map(str, way)))
    return found


def answering_tokens(task: Task[Any], instance: Any, entries: int, rows: int) -> np.ndarray:
    """The tokens that give the entries of the answer: all rows, the vertices, the edges, or the question at the end."""
    if isinstance(task, ThreeSum):
        return own_rows(entries)
    if isinstance(instance, Graph) and entries == instance.vertices:
        return np.arange(1, entries + 1)
    return np.arange(rows - entries + 1, rows + 1)
