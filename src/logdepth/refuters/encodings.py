"""How a network on token ids is asked about an instance of a task, and what its classes mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.tasks import (
    AcausalKHop,
    Connectivity,
    CycleCheck,
    Graph,
    InductionHeads,
    KHop,
    Recall,
    Task,
    ThreeSum,
    TwoSum,
)

NO_ANSWER = -1
"""What a class stands for that is no answer."""


@dataclass(frozen=True, eq=False)
class Encoding:
    """names: of the token ids 0, 1, … ids: those of an instance, (N,) int64; the answer is due at the last one.
    meaning: class -> entry of the answer; any other class is `NO_ANSWER`.
    """

    names: tuple[str, ...]
    ids: Callable[[Any], np.ndarray]
    meaning: Mapping[int, int]

    def spell(self, instance: Any) -> tuple[str, ...]:
        return tuple(self.names[token] for token in self.ids(instance).tolist())

    def read(self, classes: np.ndarray) -> np.ndarray:
        """What classes (B,) say, (B,) int64."""
        return np.array([self.meaning.get(int(each), NO_ANSWER) for each in classes], dtype=np.int64)


def letters(task: InductionHeads | KHop | AcausalKHop, before: tuple[str, ...] = (), asked: int = 0) -> Encoding:
    """Letter t as id t - 1, then "no answer". before: names of ids that come first, of which `asked` opens a sequence,
    as k does where k-hop was learned as published."""
    alphabet, first = task.letters, len(before)
    opening = [asked] if before else []
    names = (*before, *alphabet.letters, "no answer")
    meaning = {first + letter - 1: letter for letter in range(1, len(alphabet) + 1)} | {len(names) - 1: 0}
    return Encoding(names, lambda instance: np.concatenate([opening, instance - 1 + first]).astype(np.int64), meaning)


def key_value(task: Recall) -> Encoding:
    """Keys, then values: number t as id t - 1. Nothing stands for a key without a value."""
    names = (*(f"k{key}" for key in range(1, task.keys + 1)), *(f"v{value}" for value in range(1, task.values + 1)))
    meaning = {each: each + 1 for each in range(task.keys, len(names))}
    return Encoding(names, lambda instance: np.asarray(instance, dtype=np.int64) - 1, meaning)


def sums(task: TwoSum | ThreeSum, times: int = 1) -> Encoding:
    """Numbers as they are, then "no" and "yes". The list is given so many times; the answer is for its last number."""
    modulus = task.modulus
    names = (*map(str, range(modulus)), "no", "yes")
    return Encoding(names, lambda instance: np.tile(instance, times), {modulus: 0, modulus + 1: 1})


def edge_list(task: Connectivity | CycleCheck, yes: str = "yes", no: str = "no") -> Encoding:
    """The two ends of every edge, vertex v as id v - 1, then "?", where the answer is due."""
    question = task.n
    names = (*map(str, range(1, task.n + 1)), "?", yes, no)

    def ids(graph: Graph) -> np.ndarray:
        return np.append(graph.edges.ravel() - 1, question)

    return Encoding(names, ids, {question + 1: 1, question + 2: 0})


ENCODINGS: dict[type[Task[Any]], Callable[[Any], Encoding]] = {
    InductionHeads: letters,
    KHop: letters,
    AcausalKHop: letters,
    Recall: key_value,
    TwoSum: sums,
    ThreeSum: sums,
    Connectivity: edge_list,
    CycleCheck: edge_list,
}


def encoding_of(task: Task[Any]) -> Encoding:
    """How networks are asked this task where nothing else is said. Errors: UsageError for a task without a way."""
    if type(task) not in ENCODINGS:
        known = ", ".join(each.name for each in ENCODINGS)
        raise UsageError(f"a network on token ids cannot be asked {task.name}; it can be asked {known}.")
    return ENCODINGS[type(task)](task)
