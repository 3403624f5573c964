"""One head on one table: every query looks up the keys that can have a weight, and knows that no other one has.

Weights are those of softmax: a key that loses by the gap of the format has weight exactly 0, since its exponential
underflows. A query of which this cannot be shown is scored with all keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from logdepth.transformer.lookup.codes import Codes, Measures, ways_to_look_up
from logdepth.transformer.lookup.index import Index


@dataclass(frozen=True, eq=False)
class Start:
    """The start token as a key: its score at every query, (N,), and its values, (size,)."""

    score: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Found:
    """What N queries mixed, (N, size), of which they are `sure`, (N,), and how many scores that took."""

    mixed: np.ndarray
    sure: np.ndarray
    scores: int


def look_up(
    query: np.ndarray, key: np.ndarray, values: np.ndarray, measures: Measures, start: Start, causal: bool, gap: float
) -> Found:
    """The best way to look up. query, key: (N, dimensions), values: (N, size) of the rows.

    causal: query i sees the start token and keys 0..i. gap: a key that loses by it has weight 0.
    """
    best, scores = Found(np.zeros_like(values), np.zeros(len(query), dtype=bool), 0), 0
    for codes in ways_to_look_up(query, key, measures):
        found = Search(codes, values, start, causal, gap).run()
        scores += found.scores
        best = max(best, found, key=lambda one: np.count_nonzero(one.sure))
        if best.sure.all():
            break
    return replace(best, scores=scores)


class Search:
    """One look-up for every query and class of keys.

    A group is the keys of one code and one class. Of the group that matches a query, the best level that the query sees
    is a candidate, unless even the class's best bonus loses to the start token by the gap.
    """

    def __init__(self, codes: Codes, values: np.ndarray, start: Start, causal: bool, gap: float) -> None:
        self.codes, self.start, self.gap = codes, start, gap
        self.classes = codes.table.shape[1]
        self.index = Index(codes.code * self.classes + codes.key_class, codes.bonus, values, causal)
        self.best_bonus = np.full(self.classes, -np.inf)
        np.maximum.at(self.best_bonus, codes.key_class, codes.bonus)

    def run(self) -> Found:
        codes = self.codes
        row, of_class = np.nonzero(self.start.score[:, None] - self.reach() < self.gap)
        level = self.index.best(codes.wanted[row] * self.classes + of_class, row)
        row, of_class, level = (part[level >= 0] for part in (row, of_class, level))
        score = codes.own[row] + codes.table[codes.query_class[row], of_class] + self.index.bonus[level]
        most = self.start.score.copy()
        np.maximum.at(most, row, score)
        return Found(self.mix(row, level, score, most), self.surely(row, level, score, most), len(row) + len(most))

    def reach(self) -> np.ndarray:
        """What no key of a class that matches scores more than, (N, classes)."""
        codes = self.codes
        return codes.own[:, None] + (codes.table + self.best_bonus)[codes.query_class]

    def mix(self, row: np.ndarray, level: np.ndarray, score: np.ndarray, most: np.ndarray) -> np.ndarray:
        """The values of the candidates and the start token by the weights of the softmax."""
        count, total = self.index.read(level, row)
        weight = self.weigh(score - most[row])
        whole = self.weigh(self.start.score - most)
        mixed = whole[:, None] * self.start.values
        for column, added in ((whole, weight * count), *zip(mixed.T, (weight[:, None] * total).T, strict=True)):
            column += np.bincount(row, added, minlength=len(column))
        return mixed / whole[:, None]

    def weigh(self, short: np.ndarray) -> np.ndarray:
        return np.where(short <= -self.gap, 0.0, np.exp(short))

    def surely(self, row: np.ndarray, level: np.ndarray, score: np.ndarray, most: np.ndarray) -> np.ndarray:
        """(N,): whether keys of other codes, and lower levels of the groups looked at, lose by the gap."""
        sure = most - self.reach().max(axis=1) + self.codes.margin >= self.gap
        sure[row[most[row] - score + self.index.lead[level] < self.gap]] = False
        return sure
