"""What tokens and answers are called on the page: letters, numbers, the user's vertices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from logdepth.tasks import Task, row_names, spell

VISIBLE = {"\n": "↵", " ": "␣"}
ANSWERS_SHOWN = 400
GROUPS_SHOWN, MEMBERS_SHOWN = 30, 60


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
        return [show_letter(spell(value, letters)) for value in values.tolist()]


def row_labels(columns: Mapping[str, np.ndarray], letters: Letters) -> list[str]:
    """What the rows of a table are called: the letter of the first column that has some, or the value of the only
    column, or else the number of the row."""
    return [show_letter(name) for name in row_names(columns, letters.inputs)]


def show_letter(letter: str | None) -> str:
    """A letter in a cell; "∅" is no letter."""
    return "∅" if letter is None else VISIBLE.get(letter, letter)


def answer_rows(
    task: Task[Any], instance: Any, model: np.ndarray, exact: np.ndarray, shown: np.ndarray
) -> dict[str, Any]:
    """The model's answer beside the exact one, entry by entry; `tokens` are the tokens that the entries belong to.

    Of more than ANSWERS_SHOWN entries those of the shown tokens are kept. `wrong`: which of the kept ones are.
    """
    tokens = task.answering_rows(instance, len(model))
    kept = np.arange(len(model)) if len(model) <= ANSWERS_SHOWN else np.flatnonzero(np.isin(tokens, shown))
    evidence, groups = task.evidence(instance), task.details(model, instance).get("groups")

    def names(values: np.ndarray) -> list[str]:
        return [show_letter(task.name_value(value, instance)) for value in values[kept].tolist()]

    return {
        "tokens": tokens[kept].tolist(),
        "model": names(model),
        "exact": names(exact),
        "with": None if evidence is None else [evidence[place] for place in kept],
        "groups": None if groups is None else first_of(groups),
        "wrong": np.flatnonzero(model[kept] != exact[kept]).tolist(),
        "entries": len(model),
        "right": int((model == exact).sum()),
    }


def first_of(groups: Sequence[Sequence[str]]) -> dict[str, Any]:
    """How many groups of vertices there are, and of the first GROUPS_SHOWN the size and the first MEMBERS_SHOWN
    members."""
    shown = [[len(group), list(group[:MEMBERS_SHOWN])] for group in groups[:GROUPS_SHOWN]]
    return {"count": len(groups), "groups": shown}
