"""Which numbers a head compares: its scores on this input as codes that match or do not, classes, and a bonus.

A score is Σ_d q_d k_d. Dimensions in which all queries agree add to the key's bonus, and those in which all keys agree
add the same to all scores of a query. Of the others some compare numbers for equality. Let q = b y and k = a x for
whole numbers x and y. Then

    q k - f x² = f y² - f (x - y)²    with    f = a b / 2,

and the key's bonus does hold -f x². So a key with x = y in all these dimensions matches, and another one loses by f or
more. a and b are the common measures of the weights. What is left are dimensions with few different keys, whose scores
are a table. The identity holds for all a and b, right or wrong; wrong ones leave no gap between keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from logdepth.transformer.lookup.index import number_rows
from logdepth.transformer.lookup.measures import MANTISSA, lowest_bit

FEW = 64
"""Different keys, at most, in the dimensions that are not compared for equality."""
VERY_FEW = 16
"""Different keys that are tried one by one, in whatever dimensions."""
SAMPLE = 2**13
"""Keys that tell which dimensions are compared for equality."""
SHARES = np.array([0, 1 / 4, 1 / 2, 1, 2, 4])
"""What a key's bonus may hold of f x²: 0 for none, and others than 1 where the key or the query is doubled."""


@dataclass(frozen=True, eq=False)
class Measures:
    """Of every dimension, what all weights of the queries, and of the keys, are multiples of; 0: of nothing."""

    query: np.ndarray  # (dimensions,)
    key: np.ndarray


@dataclass(frozen=True, eq=False)
class Codes:
    """The score of a key at a query: own + table + bonus, less `margin` or more if the code is not the wanted one.

    wanted, code: (N,) numbers of query and key. query_class, key_class: (N,) places in `table`, (query classes, key
    classes). own: (N,) of a query; bonus: (N,) of a key.
    """

    wanted: np.ndarray
    code: np.ndarray
    margin: float
    query_class: np.ndarray
    key_class: np.ndarray
    table: np.ndarray
    own: np.ndarray
    bonus: np.ndarray

    def are_exact(self) -> bool:
        """Whether float64 adds these numbers exactly, in whatever order."""
        parts = [self.own, self.table, self.bonus]
        units = [unit for unit in map(lowest_bit, parts) if unit]
        return sum(float(np.abs(part).max()) for part in parts) < min(units, default=1.0) * 2.0**MANTISSA


def ways_to_look_up(query: np.ndarray, key: np.ndarray, measures: Measures) -> Iterator[Codes]:
    """The codes that a head may compare, the likeliest first; none if there is no way.

    query, key: (N, dimensions) of the rows.
    """
    queries_agree, keys_agree = np.ptp(query, axis=0) == 0, np.ptp(key, axis=0) == 0
    bonus = key[:, queries_agree] @ query[0, queries_agree]
    only_own = keys_agree & ~queries_agree
    own = query[:, only_own] @ key[0, only_own]
    left = ~(queries_agree | keys_agree)
    query, key, measures = query[:, left], key[:, left], Measures(measures.query[left], measures.key[left])
    tried: list[np.ndarray] = []
    for shares in shares_held(query, key, bonus, measures):
        if not any(np.array_equal(shares, other) for other in tried):
            tried.append(shares)
            codes = codes_of(query, key, measures, shares, own, bonus)
            if codes is not None and codes.are_exact():
                yield codes


def shares_held(query: np.ndarray, key: np.ndarray, bonus: np.ndarray, measures: Measures) -> Iterator[np.ndarray]:
    """What the bonus holds of the squares of every dimension: 0 where numbers are not compared for equality."""
    none = np.zeros(key.shape[1])
    if not len(none) or number_rows(key)[0].max() < VERY_FEW:
        yield none
    whole = are_multiples(query, measures.query) & are_multiples(key, measures.key)
    yield np.where(whole, fitted_shares(key, bonus, measures), 0.0)
    yield whole.astype(np.float64)
    yield none


def are_multiples(values: np.ndarray, measures: np.ndarray) -> np.ndarray:
    """(dimensions,): whether all values, (N, dimensions), are whole multiples."""
    multiples = values / np.where(measures > 0, measures, 1)
    return (measures > 0) & (multiples == np.rint(multiples)).all(axis=0)


def fitted_shares(key: np.ndarray, bonus: np.ndarray, measures: Measures) -> np.ndarray:
    """By least squares: as near to 1 each as the bonuses allow, which may hold a multiple of the row's number too."""
    few = len(key) <= SAMPLE
    rows = np.arange(len(key)) if few else np.linspace(0, len(key) - 1, SAMPLE).astype(np.int64)
    squares = -(key[rows] ** 2) * measures.query / np.where(measures.key > 0, 2 * measures.key, 1)
    known = np.column_stack([squares, np.ones(len(rows)), rows])
    scale = np.maximum(np.abs(known).max(axis=0), 1)
    missing, *_ = np.linalg.lstsq(known / scale, bonus[rows] - squares.sum(axis=1), rcond=None)
    fitted = 1 + (missing / scale)[: key.shape[1]]
    return SHARES[np.abs(fitted[:, None] - SHARES).argmin(axis=1)]


def codes_of(
    query: np.ndarray, key: np.ndarray, measures: Measures, shares: np.ndarray, own: np.ndarray, bonus: np.ndarray
) -> Codes | None:
    """None: the keys are of too many classes."""
    equal = shares > 0
    (query_class,), (key_class,) = number_rows(query[:, ~equal]), number_rows(key[:, ~equal])
    if key_class.max() >= FEW:
        return None
    a, b = measures.key[equal], measures.query[equal]
    of_key, of_query = np.maximum(shares[equal], 1), np.maximum(1 / shares[equal], 1)  # where one of them is doubled
    wanted, code = query[:, equal] / b * of_query, key[:, equal] / a * of_key
    f = a * b / (2 * of_key * of_query)
    wanted_number, number = number_rows(wanted, code)
    return Codes(
        wanted=wanted_number,
        code=number,
        margin=min(f, default=np.inf),
        query_class=query_class,
        key_class=key_class,
        table=one_of_each(query[:, ~equal], query_class) @ one_of_each(key[:, ~equal], key_class).T,
        own=own + wanted**2 @ f,
        bonus=bonus + code**2 @ f,
    )


def one_of_each(rows: np.ndarray, number: np.ndarray) -> np.ndarray:
    """The different rows, in the order of their numbers."""
    return rows[np.unique(number, return_index=True)[1]]
