"""A causal transformer of hard attention whose scores and maps are tables: the value, and how it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Word = tuple[int, ...]
State = tuple[Any, ...]
"""Before the first layer (position, letter); after a layer (position, the state before, the states that heads read)."""


@dataclass(frozen=True, eq=False)
class HardAttention:
    """layers: of every layer, of every head: state of the row that reads -> the states that it prefers, the best first.

    answers: state after the last layer -> the answer there.
    """

    layers: tuple[tuple[Mapping[State, Sequence[State]], ...], ...]
    answers: Mapping[State, int]

    def run(self, word: Word) -> list[int]:
        """The answer at every position."""
        states: list[State] = [(position, letter) for position, letter in enumerate(word, start=1)]
        for heads in self.layers:
            states = [self.layer(heads, states[:position]) for position in range(1, len(word) + 1)]
        return [self.answers[state] for state in states]

    def layer(self, heads: Sequence[Mapping[State, Sequence[State]]], seen: Sequence[State]) -> State:
        """The next state of the last of the rows that it sees."""
        own = seen[-1]
        read = [next(state for state in head.get(own, (own,)) if state in seen) for head in heads]
        return (own[0], own, *read)
