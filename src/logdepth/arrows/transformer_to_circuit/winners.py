"""Which key a head reads, and what its values are together: the parent of all variables that the head brings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import TypeAlias

import numpy as np

from logdepth.arrows.transformer_to_circuit.joint import Joint, Variable
from logdepth.arrows.transformer_to_circuit.values import Numbers, Value, from_table

MOST_CODES = 2**17
"""States that are counted, not sorted."""

Vector: TypeAlias = tuple[int, ...]
Places: TypeAlias = Mapping[Variable, np.ndarray]


def variables_of(values: Iterable[Value]) -> list[Variable]:
    return list(dict.fromkeys(variable for value in values for variable in value.tables))


def together(joint: Joint, values: Sequence[Value]) -> list[Vector] | None:
    """All vectors that these values can be at once; None: too many combinations."""
    variables = variables_of(values)
    places = joint.places(variables)
    if places is None:
        return None
    found, number = vectors_at(values, dict(zip(variables, places.T, strict=True)), len(places))
    return [found[place] for place in np.unique(number)]


def vectors_at(values: Sequence[Value], places: Places, count: int) -> tuple[list[Vector], np.ndarray]:
    """Different vectors of values, and which of them it is in every combination, (combinations,)."""
    variables = variables_of(values)
    sizes = [len(variable.support) for variable in variables]
    states, state = number_states([places[variable] for variable in variables], sizes, count)
    number: dict[Vector, int] = {}
    of_state = []
    for chosen in states:
        at = dict(zip(variables, chosen, strict=True))
        of_state.append(number.setdefault(tuple(value.at(at) for value in values), len(number)))
    return list(number), np.array(of_state)[state]


def number_states(places: Sequence[np.ndarray], sizes: Sequence[int], count: int) -> tuple[list[list[int]], np.ndarray]:
    """Different states, the places of each, and which of them it is in every combination."""
    if prod(sizes) > MOST_CODES:
        found, state = np.unique(np.stack(places, axis=1), axis=0, return_inverse=True)
        return found.tolist(), state.reshape(-1)
    code = np.zeros(count, dtype=np.int64)
    for place, size in zip(places, sizes, strict=True):
        code = code * size + place
    here = np.bincount(code, minlength=prod(sizes)) > 0  # no sorting
    codes = np.flatnonzero(here)
    return np.stack(np.unravel_index(codes, sizes), axis=1).tolist() if sizes else [[]], (np.cumsum(here) - 1)[code]


def function_of_values(
    numbers: Numbers,
    function: Callable[..., int],
    values: Sequence[Value],
    support: Sequence[int],
    reach: Callable[[int, int], int],
) -> Value:
    """A function of values, whose results are in a support, as a variable: with those that combinations of values give.

    reach: the node that says whether the result is at least a number; it gets the next lower one, too.
    """
    vectors = together(numbers.joint, values)
    found = sorted(support) if vectors is None else sorted({function(*vector) for vector in vectors})
    if len(found) == 1:
        return Value(found[0])
    parents, place_of = variables_of(values), {number: place for place, number in enumerate(found)}

    def place(*places: np.ndarray) -> np.ndarray:
        here, which = vectors_at(values, dict(zip(parents, places, strict=True)), len(places[0]))
        return np.array([place_of.get(function(*vector), 0) for vector in here])[which]

    reached = tuple(reach(number, before) for before, number in pairwise(found))
    return from_table(Variable(tuple(found), reached, tuple(parents), place), found)


class Winner:
    """The values that a head reads at one query, as vectors of one variable without gates.

    query: its vector. keys: of every key its vector and its values. scores: (vector of the query, vector of a key).
    vectors: all that the values of the winner may be.
    """

    def __init__(
        self,
        query: Sequence[Value],
        keys: Sequence[tuple[Sequence[Value], Sequence[Value]]],
        scores: Mapping[tuple[Vector, Vector], int],
        vectors: Iterable[Vector],
    ) -> None:
        self.query, self.keys = query, keys
        order = {score: place for place, score in enumerate(sorted(set(scores.values())))}
        self.scores = {pair: order[score] for pair, score in scores.items()}
        self.parents = variables_of(value for values in (query, *(v for key in keys for v in key)) for value in values)
        self.vectors = list(dict.fromkeys(vectors))

    def variable(self, joint: Joint) -> Variable:
        """The place of the vector among `vectors`, of which those that cannot be are dropped."""
        places = joint.places([self.make()])
        assert places is not None, "there are fewer vectors than combinations that are looked at"
        used = np.unique(places)
        if len(used) < len(self.vectors):
            self.vectors = [self.vectors[place] for place in used]
        return self.make()

    def make(self) -> Variable:
        return Variable(tuple(range(len(self.vectors))), (), tuple(self.parents), self.place)

    def place(self, *places: np.ndarray) -> np.ndarray:
        """The place of the winner's vector, where variables have these places."""
        at, count = dict(zip(self.parents, places, strict=True)), len(places[0])
        queries, query = vectors_at(self.query, at, count)
        place_of = {vector: place for place, vector in enumerate(self.vectors)}
        most, found = np.full(count, -1), np.zeros(count, dtype=np.int64)
        for key, values in self.keys:
            keys, which = vectors_at(key, at, count)
            scores = np.array([[self.scores.get((one, other), -1) for other in keys] for one in queries])[query, which]
            read, number = vectors_at(values, at, count)
            wins = scores > most
            found[wins] = np.array([place_of.get(vector, 0) for vector in read])[number[wins]]
            most[wins] = scores[wins]
        return found
