"""The question as clauses: which row every head reads at the end of every word, so that some orders explain it.

Words are told by their last row: the states of a word's rows are those of its beginnings. Variables say which row j
a head reads at the end of a word (`reads`), which state the end of a word is in after a layer (`state`), which of two
states a state prefers (`first`), and for two words of different answers whether a head reads the same in both (`same`).
That preferences have no cycle is left out; `search` adds it where a cycle is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

from logdepth.proofs.hard_attention.model import State, Word

Answer = Callable[[Word], int]
"""The answer at the end of a word."""
Clause = list[int]


class Encoding:
    """Words of 1..letters up to length n; heads: how many every layer has."""

    def __init__(self, answer: Answer, letters: int, n: int, heads: Sequence[int]) -> None:
        self.answer, self.heads = answer, tuple(heads)
        self.words: list[Word] = [w for m in range(1, n + 1) for w in product(range(1, letters + 1), repeat=m)]
        self.numbers: dict[object, int] = {}
        self.clauses = list(self.all_clauses())

    def variable(self, *name: object) -> int:
        return self.numbers.setdefault(name, len(self.numbers) + 1)

    def reads(self, layer: int, head: int, word: Word, row: int) -> int:
        return self.variable("reads", layer, head, word, row)

    def first(self, layer: int, head: int, own: State, one: State, other: State) -> int:
        """A row in the state `own` prefers one state to the other."""
        if one < other:
            return self.variable("first", layer, head, own, one, other)
        return -self.variable("first", layer, head, own, other, one)

    def unless(self, layer: int, *held: tuple[Word, State]) -> Clause:
        """Literals that hold unless these words end in these states before a layer; before the first they do."""
        if layer == 0:
            return []
        return [-self.variable("state", layer, word, state) for word, state in dict.fromkeys(held)]

    def all_clauses(self) -> Iterator[Clause]:
        states: dict[Word, list[State]] = {word: [(len(word), word[-1])] for word in self.words}
        for layer, heads in enumerate(self.heads):
            for word in self.words:
                for head in range(heads):
                    yield [self.reads(layer, head, word, row) for row in range(1, len(word) + 1)]
                    yield from self.preferences(layer, head, word, states)
            if layer + 1 < len(self.heads):
                yield from self.next_states(layer, states)
                states = {word: self.successors(word, states, heads) for word in self.words}
        yield from self.told_apart(states)

    def preferences(self, layer: int, head: int, word: Word, states: dict[Word, list[State]]) -> Iterator[Clause]:
        """What a row reads, it prefers to all other rows that it sees."""
        for row, other_row in product(range(1, len(word) + 1), repeat=2):
            if row == other_row:
                continue
            here, there = word[:row], word[:other_row]
            for own, one, other in product(states[word], states[here], states[there]):
                if (here != word or one == own) and (there != word or other == own):
                    held = self.unless(layer, (word, own), (here, one), (there, other))
                    yield [-self.reads(layer, head, word, row), self.first(layer, head, own, one, other), *held]

    def successors(self, word: Word, states: dict[Word, list[State]], heads: int) -> list[State]:
        """The states that a word may end in after a layer of so many heads."""
        found = []
        for own in states[word]:
            readable = [s for row in range(1, len(word)) for s in states[word[:row]]] + [own]
            found += [(len(word), own, *read) for read in product(readable, repeat=heads)]
        return found

    def next_states(self, layer: int, states: dict[Word, list[State]]) -> Iterator[Clause]:
        """The state after a layer is the one before it, and what was read."""
        heads = self.heads[layer]
        for word in self.words:
            for state in self.successors(word, states, heads):
                _, own, *read = state
                where = [(word[: found[0]], found) for found in read]
                chosen = [-self.reads(layer, head, word, found[0]) for head, found in enumerate(read)]
                yield [
                    *chosen,
                    *self.unless(layer, (word, own), *where),
                    self.variable("state", layer + 1, word, state),
                ]

    def told_apart(self, states: dict[Word, list[State]]) -> Iterator[Clause]:
        """Two words whose answers differ do not end in the same state after the last layer."""
        last, alike = len(self.heads) - 1, defaultdict(list)
        for word in self.words:
            alike[len(word), word[-1]].append(word)
        for words in alike.values():
            for one, other in combinations(words, 2):
                if self.answer(one) != self.answer(other):
                    same = [self.variable("same", head, one, other) for head in range(self.heads[-1])]
                    for head, variable in enumerate(same):
                        yield from ([variable, *rest] for rest in self.unless_same(last, head, one, other, states))
                    for state in set(states[one]) & set(states[other]):
                        yield [*(-v for v in same), *self.unless(last, (one, state), (other, state))]

    def unless_same(
        self, layer: int, head: int, one: Word, other: Word, states: dict[Word, list[State]]
    ) -> Iterator[Clause]:
        """Literals of which one holds unless the head reads the same state at the ends of both words."""
        for row in range(1, len(one) + 1):
            both = [-self.reads(layer, head, word, row) for word in (one, other)]
            if one[:row] == other[:row]:
                yield both
                continue
            for state in set(states[one[:row]]) & set(states[other[:row]]):
                yield both + self.unless(layer, (one[:row], state), (other[:row], state))
