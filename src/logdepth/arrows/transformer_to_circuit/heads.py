"""Heads of a circuit: who wins, and what is read of the winner; or how much every row adds.

In floats a row whose score is far below the largest has weight 0. So if two rows can never be near to the largest
score at once, the head reads one row. Which row this is follows from the possible queries and keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod

import numpy as np

from logdepth.arrows.transformer_to_circuit.joint import Variable
from logdepth.arrows.transformer_to_circuit.values import MOST_VALUES, Linear, Numbers, Value, from_table
from logdepth.arrows.transformer_to_circuit.winners import Vector, Winner, number_states, together, variables_of
from logdepth.numerics.errors import CapacityExceeded

MOST_STATES = 4096
"""Values that a query, or a key, can have together in one head."""


@dataclass(frozen=True)
class Case:
    """One of the vectors that some values can be at once, and the linear form that is 1 where they are, else 0."""

    vector: tuple[int, ...]
    holds: Linear


@dataclass(frozen=True)
class Candidate:
    """A key in one of its cases, its score, and the weight exp(score - most) of the softmax."""

    key: int
    case: Case
    score: int


@dataclass(frozen=True)
class Key:
    """A token as a key of a head: its vector, all that this can be, and its values.

    together: vector -> all that the values can be beside it; None: too many combinations.
    """

    vector: Sequence[Value]
    cases: Sequence[Case]
    values: Sequence[Value]
    together: Mapping[Vector, list[Vector]] | None


def key_of(numbers: Numbers, vector: Sequence[Value], values: Sequence[Value]) -> Key:
    """Errors: CapacityExceeded as `cases_of`."""
    found = together(numbers.joint, [*vector, *values])
    if found is None:
        return Key(vector, cases_of(numbers, vector), values, None)
    by_case: dict[Vector, list[Vector]] = {}
    for both in found:
        by_case.setdefault(both[: len(vector)], []).append(both[len(vector) :])
    return Key(vector, cases_of(numbers, vector), values, by_case)


def cases_of(numbers: Numbers, values: Sequence[Value]) -> list[Case]:
    """All vectors that these values can be, each with a literal that says whether they are. Errors: CapacityExceeded as
    `forms_of_cases`."""
    forms = forms_of_cases(numbers, values)
    return [Case(vector, literal(numbers, form)) for vector, form in forms.items()]


def forms_of_cases(numbers: Numbers, values: Sequence[Value]) -> dict[Vector, Linear]:
    """All vectors that these values can be, each with a form of value 0 or 1 that says whether they are.

    Values that are sums become variables of their own where several states give the same vector.
    Errors: CapacityExceeded for too many.
    """
    states = states_of(numbers, values)
    vectors = together(numbers.joint, values)
    if states is None or (vectors is not None and len(vectors) < len(states)):
        values = [numbers.settled(value) if len(value.tables) > 1 else value for value in values]
        states = states_of(numbers, values)
    variables = variables_of(values)
    if states is None:
        raise CapacityExceeded(
            f"a query or a key of a head can be {prod(len(variable.support) for variable in variables):,} vectors, and"
            f" {MOST_STATES:,} are the most that a circuit tells apart. Take a smaller size."
        )
    found: dict[tuple[int, ...], Linear] = {}
    for places in states:
        state = dict(zip(variables, places, strict=True))
        vector = tuple(value.at(state) for value in values)
        found[vector] = found.get(vector, Linear()) + holds(numbers, state)
    return found


def states_of(numbers: Numbers, values: Sequence[Value]) -> list[list[int]] | None:
    """Places of the variables of some values, all that they can have at once; None: too many."""
    variables = variables_of(values)
    places = numbers.joint.places(variables)
    if places is None:
        return None
    states, _ = number_states([*places.T], [len(variable.support) for variable in variables], len(places))
    return states if len(states) <= MOST_STATES else None


def literal(numbers: Numbers, form: Linear) -> Linear:
    """A form of value 0 or 1 as one node, or its negation, or a constant; so what asks for several is a conjunction."""
    if form in (Linear(), Linear(1)) or [form.constant, *form.weights.values()] in ([0, 1], [1, -1]):
        return form
    return Linear(0, {numbers.gate(form, 1): 1})


def holds(numbers: Numbers, state: Mapping[Variable, int]) -> Linear:
    """Whether all variables have these values: of one variable no gate, of several a conjunction."""
    parts = [equals(variable, place) for variable, place in state.items()]
    if len(parts) < 2:
        return parts[0] if parts else Linear(1)
    return Linear(0, {numbers.gate(reduce(Linear.__add__, parts), len(parts)): 1})


def equals(variable: Variable, place: int) -> Linear:
    """[x ≥ its value at this place] - [x ≥ the next]."""
    here = Linear(0, {variable.reached[place - 1]: 1}) if place else Linear(1)
    if place == len(variable.reached):
        return here
    return here - Linear(0, {variable.reached[place]: 1})


class HeadCircuit:
    """One head at one query, over the keys that it sees: their cases, and their values, (keys, size)."""

    def __init__(self, numbers: Numbers, query: Sequence[Value], keys: Sequence[Key]) -> None:
        self.numbers = numbers
        self.query = query
        self.queries = cases_of(numbers, query)
        self.keys = keys

    def mix(self) -> list[Value]:
        """What the head mixes of the values. Errors: CapacityExceeded where that cannot be told by few gates."""
        near = [self.near(case, [key.cases for key in self.keys]) for case in self.queries]
        if all(self.one_wins(candidates) for candidates in near):
            return self.read(near)
        sizes = range(len(self.keys[0].values))
        return [count(self, [key.values[size] for key in self.keys]) for size in sizes]

    def near(self, query: Case, keys: Sequence[Sequence[Case]]) -> list[Candidate]:
        """The keys whose weight can be more than 0, the highest score first."""
        scores = [[(self.score(query, case), case) for case in cases] for cases in keys]
        surely = max(min(score for score, _ in of_key) for of_key in scores)
        found = [
            Candidate(key, case, score)
            for key, of_key in enumerate(scores)
            for score, case in of_key
            if self.weight(score, surely)
        ]
        return sorted(found, key=lambda candidate: -candidate.score)

    def score(self, query: Case, key: Case) -> int:
        form = self.numbers.format
        return form.add(form.multiply(q, k) for q, k in zip(query.vector, key.vector, strict=False))

    def weight(self, score: int, most: int) -> int:
        form = self.numbers.format
        return form.exponential(form.cut(min(score - most, 0)))

    def one_wins(self, candidates: Sequence[Candidate]) -> bool:
        """Whether, of any two keys that can be near, the lower one has weight 0."""
        for place, one in enumerate(candidates):
            for other in candidates[place + 1 :]:
                if not self.weight(other.score, one.score):
                    break  # and so have all after it
                if other.key != one.key:
                    return False
        return True

    def read(self, near: Sequence[Sequence[Candidate]]) -> list[Value]:
        """The values of the key that wins."""
        wins: dict[int, Linear] = {}
        for query, candidates in zip(self.queries, near, strict=True):
            for place, candidate in enumerate(candidates):
                better = [one for one in candidates[:place] if one.key != candidate.key and one.score > candidate.score]
                won = self.won(query, candidate, better)
                wins[candidate.key] = wins.get(candidate.key, Linear()) + won
        if len(wins) == 1:
            return list(self.keys[next(iter(wins))].values)
        winner = self.winner(near)
        sizes = range(len(self.keys[0].values))
        return [self.choose(wins, [key.values[size] for key in self.keys], winner, size) for size in sizes]

    def winner(self, near: Sequence[Sequence[Candidate]]) -> tuple[Variable, list[Vector]] | None:
        """What the values that are read can be together, as a variable; None: too many combinations."""
        scores, vectors = {}, []
        for query, candidates in zip(self.queries, near, strict=True):
            for one in candidates:
                of_key = self.keys[one.key].together
                if of_key is None:
                    return None
                scores[query.vector, one.case.vector] = one.score
                vectors += of_key.get(one.case.vector, [])
        winner = Winner(self.query, [(key.vector, key.values) for key in self.keys], scores, vectors)
        if len(winner.vectors) > MOST_STATES:
            return None
        return winner.variable(self.numbers.joint), winner.vectors

    def won(self, query: Case, candidate: Candidate, better: Sequence[Candidate]) -> Linear:
        """1 where the query and the key are so, and no better key is."""
        form = reduce(Linear.__sub__, (one.case.holds for one in better), query.holds + candidate.case.holds)
        if form == Linear(2):
            return Linear(1)
        gate = self.numbers.gate(form, 2)
        return Linear(0, {gate: 1})

    def choose(
        self,
        wins: Mapping[int, Linear],
        values: Sequence[Value],
        winner: tuple[Variable, list[Vector]] | None,
        size: int,
    ) -> Value:
        """The value of the one key that wins."""
        taken = {key: self.numbers.settled(v) if len((v := values[key]).tables) > 1 else v for key in wins}
        if winner is None:
            support = sorted({number for value in taken.values() for number in possible(value)})
        else:
            support = sorted({vector[size] for vector in winner[1]})
        if len(support) == 1:
            return Value(support[0])
        reached = tuple(self.reaches(wins, taken, number) for number in support[1:])
        if winner is None:
            return from_table(Variable(tuple(support), reached), support)
        places = np.array([support.index(vector[size]) for vector in winner[1]])
        return from_table(Variable(tuple(support), reached, (winner[0],), lambda which: places[which]), support)

    def reaches(self, wins: Mapping[int, Linear], values: Mapping[int, Value], number: int) -> int:
        """Whether the value of the winner is at least this."""
        terms = Linear()
        for key, won in wins.items():
            numbers = possible(values[key])
            if min(numbers) >= number:
                terms += won
            elif max(numbers) >= number:
                at_least = indicator(values[key], number)
                terms += Linear(0, {self.numbers.gate(won + at_least, 2): 1})
        return self.numbers.gate(terms, 1)


def possible(value: Value) -> list[int]:
    """The values of a function of at most one variable."""
    if not value.tables:
        return [value.constant]
    (table,) = value.tables.values()
    return [value.constant + entry for entry in table]


def indicator(value: Value, number: int) -> Linear:
    """Whether a function of one variable is at least this, 1 or 0."""
    ((variable, table),) = value.tables.items()
    return from_table(variable, [int(value.constant + entry >= number) for entry in table]).linear


# --- heads that add ---


@dataclass(frozen=True)
class Share:
    """Of a query's case: the weight of every case of every key, and what the sum of the weights can be.

    mixes: sum of weights, cut off -> what the mix can be then, before it is cut off.
    """

    query: Case
    weighed: Sequence[tuple[Linear, int, int]]  # where a key is so; its weight; its value
    mixes: Mapping[int, list[int]]
    totals: list[int]


def count(head: HeadCircuit, values: Sequence[Value]) -> Value:
    """What the head mixes of one number of every key, where the largest score does not depend on the input.

    The weights are then those of the cases, and their sum a form. For each float that this sum can be, so is the mix.
    """
    numbers = head.numbers
    keys = [cases_of(numbers, [*key.vector, value]) for key, value in zip(head.keys, values, strict=True)]
    shares = [share_of(head, query, keys) for query in head.queries]
    cut = numbers.format.cut
    support = sorted({cut(mix) for share in shares for mixes in share.mixes.values() for mix in mixes})
    if len(support) == 1:
        return Value(support[0])
    reached = tuple(numbers.gate(mixes_reach(numbers, shares, number), 1) for number in support[1:])
    return from_table(Variable(tuple(support), reached), support)


def share_of(head: HeadCircuit, query: Case, keys: Sequence[Sequence[Case]]) -> Share:
    scores = [[head.score(query, case) for case in cases] for cases in keys]
    most = max(max(of_key) for of_key in scores)
    if all(min(of_key) < most for of_key in scores):
        raise CapacityExceeded(
            "a head gives weight to several rows, and its largest score depends on the input: that takes more gates"
            " than a circuit has here. Take floats of more bits, in which one row may win, or a program whose heads"
            " add beside a start token, or read one row."
        )
    form = head.numbers.format
    weights = [[head.weight(score, most) for score in of_key] for of_key in scores]
    options = [
        {(weight, case.vector[-1]) for weight, case in zip(of_key, cases, strict=True)}
        for of_key, cases in zip(weights, keys, strict=True)
    ]
    totals = sums({weight for weight, _ in of_key} for of_key in options)
    mixes = {
        whole: sums({form.multiply(form.divide(w, whole), value) for w, value in of_key} for of_key in options)
        for whole in dict.fromkeys(map(form.cut, totals))
    }
    weighed = [
        (case.holds, weight, case.vector[-1])
        for of_key, cases in zip(weights, keys, strict=True)
        for weight, case in zip(of_key, cases, strict=True)
        if weight
    ]
    return Share(query, weighed, mixes, totals)


def sums(options: Iterable[set[int]]) -> list[int]:
    """All sums of one number of each set, increasing. Errors: CapacityExceeded."""
    found = {0}
    for steps in options:
        found = {value + step for value in found for step in steps}
        if len(found) > MOST_VALUES:
            raise CapacityExceeded(
                f"what a head adds up can be more than {MOST_VALUES:,} numbers. Take fewer rows, or fewer bits."
            )
    return sorted(found)


def mixes_reach(numbers: Numbers, shares: Sequence[Share], number: int) -> Linear:
    """Whether the mix is at least this: a sum of gates of which at most one holds."""
    form = numbers.format
    terms = Linear()
    for share in shares:
        whole_of = total_of(numbers, share)
        for whole, mixes in share.mixes.items():
            enough = next((mix for mix in mixes if form.cut(mix) >= number), None)
            if enough is None:
                continue
            mix = Linear()
            for holds, weight, value in share.weighed:
                mix += holds * form.multiply(form.divide(weight, whole), value)
            reached = Linear(0, {numbers.gate(mix, enough): 1})
            terms += Linear(0, {numbers.gate(share.query.holds + whole_of[whole] + reached, 3): 1})
    return terms


def total_of(numbers: Numbers, share: Share) -> dict[int, Linear]:
    """Whether the sum of the weights, cut off, is this float: for each that it can be."""
    whole = Linear()
    for holds, weight, _ in share.weighed:
        whole += holds * weight
    cut = {total: numbers.format.cut(total) for total in share.totals}
    floats = list(dict.fromkeys(cut.values()))
    least = {number: min(total for total in share.totals if cut[total] == number) for number in floats}
    reached = [Linear(1)] + [Linear(0, {numbers.gate(whole, least[number]): 1}) for number in floats[1:]]
    return {
        number: at_least - following
        for number, at_least, following in zip(floats, reached, [*reached[1:], Linear()], strict=True)
    }
