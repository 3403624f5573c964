"""The search: a solver chooses what every head reads, and cycles of preference are excluded until there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from time import perf_counter

from logdepth.numerics.errors import UsageError
from logdepth.proofs.hard_attention.encode import Answer, Clause, Encoding
from logdepth.proofs.hard_attention.model import HardAttention, State, Word
from logdepth.proofs.solver import Solving

FOUND, IMPOSSIBLE, UNKNOWN = "found", "impossible", "unknown"

Place = tuple[int, int, State]  # layer, head, state of the row that reads
Preferences = dict[State, set[State]]  # state -> those that it is preferred to


@dataclass(frozen=True, eq=False)
class Searched:
    """verdict: "found", with the model; "impossible", by a proof of the solver; "unknown": the time was over.

    clauses: those of the solver in the end; seconds: all that it took.
    """

    verdict: str
    model: HardAttention | None
    clauses: int
    seconds: float


def search(answer: Answer, letters: int, n: int, heads: Sequence[int], seconds: float = 600.0) -> Searched:
    """Whether a model of the class gives these answers at the end of every word of 1..letters up to length n.

    heads: how many every layer has. A found model is run on all these words.
    Errors: UsageError for no layer, letter or position, and if python-sat is not installed.
    """
    if min(letters, n, len(heads)) < 1 or min(heads) < 1:
        raise UsageError("a search takes at least one letter, position, layer and head. Give more.")
    began = perf_counter()
    encoding = Encoding(answer, letters, n, heads)
    clauses, given = encoding.clauses, 0
    with Solving() as solving:
        while clauses:
            given += len(clauses)
            found = solving.solve(clauses, max(0.0, seconds - (perf_counter() - began)))
            if not found:
                verdict = UNKNOWN if found is None else IMPOSSIBLE
                return Searched(verdict, None, given, perf_counter() - began)
            states, preferred = follow_choices(encoding, {literal for literal in found if literal > 0})
            clauses = list(exclude_cycles(encoding, preferred))
    model = make_model(encoding, states, preferred)
    check(model, encoding)
    return Searched(FOUND, model, given, perf_counter() - began)


def follow_choices(encoding: Encoding, chosen: set[int]) -> tuple[dict[Word, State], dict[Place, Preferences]]:
    """The last state of every word, if heads read what was chosen, and what is preferred to what."""
    states: dict[Word, State] = {word: (len(word), word[-1]) for word in encoding.words}
    preferred: dict[Place, Preferences] = {}
    for layer, heads in enumerate(encoding.heads):
        after = {}
        for word, own in states.items():
            rows = range(1, len(word) + 1)
            read = []
            for head in range(heads):
                row = next(row for row in rows if encoding.reads(layer, head, word, row) in chosen)
                read.append(states[word[:row]])
                others = {states[word[:other]] for other in rows if other != row}
                graph = preferred.setdefault((layer, head, own), {})
                graph.setdefault(read[-1], set()).update(others)
            after[word] = (len(word), own, *read)
        states = after
    return states, preferred


def exclude_cycles(encoding: Encoding, preferred: Mapping[Place, Preferences]) -> Iterator[Clause]:
    """For a shortest cycle through every state: not all of its preferences hold."""
    for (layer, head, own), graph in preferred.items():
        seen = set()
        for start in graph:
            cycle = shortest_cycle(graph, start)
            if cycle and frozenset(cycle) not in seen:
                seen.add(frozenset(cycle))
                pairs = zip(cycle, [*cycle[1:], cycle[0]], strict=True)
                yield [-encoding.first(layer, head, own, one, other) for one, other in pairs]


def shortest_cycle(graph: Preferences, start: State) -> list[State]:
    """States of which each is preferred to the next, and the last to `start`, which is the first; none if there is no
    such cycle."""
    before: dict[State, State | None] = {start: None}
    reached = [start]
    for state in reached:  # grows as it is gone through
        for other in graph.get(state, ()):
            if other == start:
                return path_to(before, state)
            if other not in before:
                before[other] = state
                reached.append(other)
    return []


def path_to(before: Mapping[State, State | None], end: State) -> list[State]:
    path: list[State] = []
    state: State | None = end
    while state is not None:
        path.insert(0, state)
        state = before[state]
    return path


def make_model(
    encoding: Encoding, states: Mapping[Word, State], preferred: Mapping[Place, Preferences]
) -> HardAttention:
    """The orders that explain what was read, and the answers."""
    layers = []
    for layer, heads in enumerate(encoding.heads):
        tables: list[dict[State, Sequence[State]]] = [{} for _ in range(heads)]
        for (at, head, own), graph in preferred.items():
            if at == layer:
                tables[head][own] = in_order(graph)
        layers.append(tuple(tables))
    return HardAttention(tuple(layers), {state: encoding.answer(word) for word, state in states.items()})


def in_order(graph: Preferences) -> tuple[State, ...]:
    """An order in which every state stands before those that it is preferred to."""
    try:
        return tuple(TopologicalSorter(graph).static_order())[::-1]
    except CycleError as error:
        raise AssertionError("cycles were excluded") from error


def check(model: HardAttention, encoding: Encoding) -> None:
    for word in encoding.words:
        assert model.run(word)[-1] == encoding.answer(word), f"the model is wrong on {word}"
