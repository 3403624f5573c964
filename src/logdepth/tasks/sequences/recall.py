"""Associative recall: pairs of a key and a value, then one of the keys."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.errors import BeyondTask, UsageError, Wording
from logdepth.tasks.drawing import Drawing, Tabular
from logdepth.tasks.forms import AnswerForm, NumbersForm
from logdepth.tasks.inputs.files import read_integers
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.sequences.integers import IntegerTask
from logdepth.theory import Claims, constant_rounds, induction_heads, k_hop


@dataclass(frozen=True)
class Recall(IntegerTask):
    """k_1 v_1 … k_T v_T q: the value that came last with the key q, 0 if it came with none. One number a row.

    Keys are 1..keys, values keys + 1..keys + values, and so is the answer; they may come again. The size of an instance
    is T, its pairs. Source: cf. the MQAR of arXiv 2312.04927, with one question.
    """

    name: ClassVar[str] = "recall"
    summary: ClassVar[str] = "after pairs of a key and a value, the value of the key that comes last"
    defined_by: ClassVar[str] = (
        "([0] + [token[at + 1] for at in range(len(token) - 1) if at % 2 == 0 and token[at] == token[-1]])[-1]"
    )
    small: ClassVar[Size] = {"n": 8, "keys": 5}
    corner_sizes: ClassVar[tuple[Size, ...]] = (
        {"n": 1, "keys": 1, "values": 1},
        {"n": 3, "keys": 2, "values": 2},
        {"n": 9, "keys": 40},
    )
    families: ClassVar[tuple[str, ...]] = ("random", "keys-differ", "unknown-key", "one-key")
    column: ClassVar[str] = "token"
    row: ClassVar[str] = "token"
    lowest: ClassVar[int] = 1

    n: int = parameter(64, low=1, high=2**19, help="most pairs the model takes; a sequence of T has 2 T + 1 tokens")
    keys: int = parameter(64, low=1, high=2**15, help="different keys")
    values: int = parameter(2, low=1, high=2**15, help="different values")

    @property
    def rows(self) -> int:
        return 2 * self.n + 1

    @property
    def highest(self) -> int:
        return self.keys + self.values

    @property
    def inputs(self) -> dict[str, int]:
        return {"token": self.highest}

    @property
    def outputs(self) -> dict[str, int]:
        return {"answer": self.highest}

    @property
    def capacity(self) -> str:
        return f"list of up to {self.n:,} pairs and a key"

    def instance_of(self, given: Any) -> np.ndarray:
        """An odd number of numbers: keys and values by turns."""
        return self.checked(super().instance_of(given), "the sequence")

    def checked(self, tokens: np.ndarray, place: str) -> np.ndarray:
        """Errors: UsageError for a value in place of a key, or a key in place of a value."""
        if len(tokens) % 2 == 0:
            raise UsageError(f"recall takes pairs and one key, an odd number; {place} has {len(tokens)}. Correct it.")
        wrong = np.flatnonzero((tokens > self.keys) != (np.arange(len(tokens)) % 2 == 1))
        if len(wrong):
            row, kind = int(wrong[0]), ("a key", "a value")[int(wrong[0]) % 2]
            raise UsageError(
                f"recall takes keys from 1 to {self.keys} and values from {self.keys + 1} to {self.highest} by turns;"
                f" number {row + 1} of {place} is {tokens[row]}, and is {kind}. Correct it."
            )
        return tokens

    def draw(self, rng: np.random.Generator, family: str, size: int) -> np.ndarray:
        keys = rng.integers(1, self.keys + 1, size)
        if family == "keys-differ":
            keys = np.resize(rng.permutation(self.keys) + 1, size)
        if family == "one-key":
            keys[:] = keys[0]
        asked = rng.integers(1, self.keys + 1) if family == "unknown-key" else rng.choice(keys)
        values = rng.integers(self.keys + 1, self.highest + 1, size)
        return np.append(np.stack([keys, values], axis=1).ravel(), asked)

    def exhaustive(self, size: int) -> Iterator[np.ndarray]:
        """All (keys · values)^size · keys sequences of exactly so many pairs."""
        keys, values = range(1, self.keys + 1), range(self.keys + 1, self.highest + 1)
        return (np.array(tokens) for tokens in product(*[keys, values] * size, keys))

    def parse(self, path: Path) -> np.ndarray:
        """Numbers, or the names that they are shown by: k3 v1 k3."""
        names = {name: value for value, name in enumerate(self._names) if name is not None}
        tokens = read_integers(path, most=2**20, low=1, high=self.highest, owner=self.name, names=names)
        if len(tokens) > self.rows:
            pairs = len(tokens) // 2
            raise BeyondTask(
                f"recall takes at most {self.n} pairs; {path} holds {pairs}.", "Shorten it", Wording("{n}", n=pairs)
            )
        return self.checked(tokens, str(path))

    def solve(self, instance: np.ndarray) -> np.ndarray:
        value = dict(zip(instance[0:-1:2].tolist(), instance[1::2].tolist(), strict=True))
        return np.array([value.get(int(instance[-1]), 0)])

    def decode(self, outputs: Any, instance: np.ndarray) -> np.ndarray:
        return super().decode(outputs, instance)[-1:]

    def present(self, answer: np.ndarray, instance: np.ndarray) -> Any:
        """The value, None if the key came with none."""
        return int(answer[-1]) or None

    def tabulate(self, answer: np.ndarray, instance: np.ndarray) -> Tabular:
        return Tabular(("key", "answer"), [[int(instance[-1]), self.present(answer, instance)]])

    def name_value(self, value: Any, instance: np.ndarray) -> str | None:
        """Keys and values each by a number of their own, as k3 and v1; None for no answer."""
        return (f"k{value}" if value <= self.keys else f"v{value - self.keys}") if value else None

    @property
    def form(self) -> NumbersForm:
        turns = ((1, self.keys), (self.keys + 1, self.highest))
        return replace(super().form, most=self.rows, turns=turns, names=self._names)

    @property
    def answer_form(self) -> AnswerForm:
        return AnswerForm("answer", rows="last", names=self._names)

    @property
    def _names(self) -> tuple[str | None, ...]:
        return tuple(self.name_value(value, np.zeros(0)) for value in range(self.highest + 1))

    def drawing(self, instance: np.ndarray) -> Drawing:
        return Drawing(tuple(self.name_value(token, instance) for token in instance.tolist()))

    def stretches(self, path: Path) -> Iterator[tuple[np.ndarray, str]]:
        """None: a part of a sequence asks for something else."""
        return iter(())

    @property
    def theory(self) -> Claims:
        return (
            k_hop.k_hop_depth(1),
            induction_heads.recall_in_bounded_memory(self.n, self.keys, self.values),
            constant_rounds.mpc_in_constant_rounds("By sorting positions by key."),
        )
