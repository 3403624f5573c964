"""Selectors as signed sums of matches: what a selector adds up is what its matches add up, with signs.

A `Match` is a set of comparisons between a number of the query and a number of the key, each with the relations that it
allows: less, equal, more. So "and" intersects, "not" complements, and "or" is a + b - (a and b).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import lcm
from typing import Any

from logdepth.numerics.errors import CapacityExceeded
from logdepth.rasp import functions
from logdepth.rasp.forms import Coded, Form, Number, held, numerator_of, whole
from logdepth.rasp.tables import NONE, computed, domain, from_entries, refuse_valueless
from logdepth.rasp.tree import Both, Either, Function, Not, Select, Selector, SOp
from logdepth.rasp.values import NoValue, is_number
from logdepth.rasp.writing import Writer, refuse_large

LESS, EQUAL, MORE = 1, 2, 4  # of the key, beside the query
ALL = LESS | EQUAL | MORE
MOST_TERMS = 64
"""Of the sum that a selector becomes: each is a head, or several."""

RELATIONS = {
    functions.EQUAL: EQUAL,
    functions.UNEQUAL: LESS | MORE,
    functions.LESS: LESS,
    functions.AT_MOST: LESS | EQUAL,
    functions.MORE: MORE,
    functions.AT_LEAST: MORE | EQUAL,
}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Which of less, equal, more a key may be beside the query; both are whole numbers."""

    query: Number
    key: Number
    allowed: int

    @property
    def pair(self) -> object:
        return self.query.key, self.key.key


@dataclass(frozen=True, eq=False)
class Match:
    """`sign` times the rows that pass all comparisons, at most one for a pair of numbers."""

    sign: int
    comparisons: tuple[Comparison, ...] = ()

    @property
    def key(self) -> object:
        return frozenset((each.pair, each.allowed) for each in self.comparisons)


Sum = list[Match]
EVERYTHING = Match(1)


def comparison(query: Number, key: Number, allowed: int) -> Sum:
    """Of whole numbers: decided where their ranges decide it; constants are on the side of the query."""
    q = Number(query.weights, query.constant - key.constant, query.low - key.constant, query.high - key.constant)
    k = Number(key.weights, 0, key.low - key.constant, key.high - key.constant)
    possible = (LESS if k.low < q.high else 0) | (MORE if k.high > q.low else 0)
    possible |= EQUAL if k.low <= q.high and q.low <= k.high else 0
    if not possible & allowed:
        return []
    if possible & allowed == possible:
        return [EVERYTHING]
    return [Match(1, (Comparison(q, k, allowed & possible),))]


def both(first: Sum, second: Sum) -> Sum:
    """The product of two sums."""
    return gathered(met for a, b in product(first, second) for met in meeting(a, b))


def meeting(a: Match, b: Match) -> Sum:
    """What passes the comparisons of both; nothing if they contradict each other."""
    found = {each.pair: each for each in a.comparisons}
    for each in b.comparisons:
        before = found.get(each.pair)
        allowed = each.allowed & (before.allowed if before else ALL)
        if not allowed:
            return []
        found[each.pair] = Comparison(each.query, each.key, allowed)
    return [Match(a.sign * b.sign, tuple(found.values()))]


def opposite(terms: Sum) -> Sum:
    """Everything else. Of one comparison it is the complement; else everything, less the terms."""
    if len(terms) == 1 and len(terms[0].comparisons) == 1 and terms[0].sign == 1:
        [only] = terms[0].comparisons
        return [Match(1, (Comparison(only.query, only.key, ALL & ~only.allowed),))]
    return gathered([EVERYTHING, *negative(terms)])


def either(first: Sum, second: Sum) -> Sum:
    return gathered([*first, *second, *negative(both(first, second))])


def negative(terms: Sum) -> Sum:
    return [Match(-term.sign, term.comparisons) for term in terms]


def gathered(terms: Iterable[Match]) -> Sum:
    """Equal matches as one, without those that cancel; two that differ in what one pair allows, as one."""
    total: dict[object, Match] = {}
    for term in terms:
        before = total.get(term.key)
        total[term.key] = Match(term.sign + (before.sign if before else 0), term.comparisons)
    left = [term for term in total.values() if term.sign]
    if len(left) > MOST_TERMS:
        raise CapacityExceeded(
            f"a selector becomes {len(left)} matches, and at most {MOST_TERMS} are taken, each a head or more. Select"
            " by fewer conditions joined with or, or count first and compare the counts."
        )
    return left


# --- selectors ---


class Matching:
    """Reads selectors, each once. forms: what the s-ops that they compare have become."""

    def __init__(self, writer: Writer, forms: Mapping[SOp, Form], causal: bool) -> None:
        self.writer, self.forms, self.causal = writer, forms, causal
        self.known: dict[Selector, Sum] = {}

    def terms(self, selector: Selector) -> Sum:
        """The sum that a selector becomes, of the parts of which it is known what they became."""
        if selector not in self.known:
            self.known[selector] = self.read(selector)
        return self.known[selector]

    def read(self, selector: Selector) -> Sum:
        match selector:
            case Select():
                return self.select(self.forms[selector.keys], self.forms[selector.queries], selector.predicate)
            case Both():
                return both(self.terms(selector.first), self.terms(selector.second))
            case Either():
                return either(self.terms(selector.first), self.terms(selector.second))
            case Not():
                return opposite(self.terms(selector.inner))
        raise AssertionError(f"{type(selector).__name__} is no selector")

    def select(self, keys: Form, queries: Form, predicate: Function) -> Sum:
        if predicate in (functions.ALWAYS, functions.NEVER):
            return [EVERYTHING] if predicate is functions.ALWAYS else []
        if predicate in RELATIONS:
            return self.compare(keys, queries, predicate)
        return self.by_classes(keys, queries, predicate)

    def compare(self, keys: Form, queries: Form, predicate: Function) -> Sum:
        """By the numbers as they are; other values by their place in a list of all of them."""
        if isinstance(keys, Number) and isinstance(queries, Number):
            common = lcm(queries.denominator, keys.denominator)
            q, k = (self.scaled(number, common) for number in (queries, keys))
            return comparison(q, k, RELATIONS[predicate])
        grids = [domain(form) for form in (queries, keys)]
        values = [[value for value in grid.values if value is not NONE] for grid in grids]
        order = in_order([*values[0], *values[1]], predicate)
        q, k = (
            self.ranked(form, grid, order, missing)
            for form, grid, missing in zip((queries, keys), grids, (-1, -2), strict=True)
        )
        return comparison(q, k, RELATIONS[predicate])

    def scaled(self, number: Number, common: int) -> Number:
        return self.writer.sum((common // number.denominator, numerator_of(number)))

    def ranked(self, form: Form, grid: Any, order: Mapping[object, int], missing: int) -> Number:
        """A value by its place in the order; `missing` for one that has none."""
        if isinstance(form, Coded) and not isinstance(form.code, int) and [*order] == [*form.values]:
            return held(form.code)
        places = [order.get(value, missing) if value is not NONE else missing for value in grid.values]
        found = from_entries(self.writer, grid.axes, grid.spread(places))
        assert isinstance(found, Number), "places are numbers"
        return found

    def by_classes(self, keys: Form, queries: Form, predicate: Function) -> Sum:
        """Of any predicate, by asking it about all pairs of values."""
        grids = [domain(form) for form in (keys, queries)]
        sizes = [len(grid.values) for grid in grids]
        refuse_large(sizes[0] * sizes[1], f"the selector by {predicate.name!r}", sizes)
        known: dict[Any, Any] = {}
        rows = [
            tuple(computed(predicate, (k, q), known) not in (NONE, False, None, 0) for k in grids[0].values)
            for q in grids[1].values
        ]
        refuse_valueless(predicate, known)
        return Classes(self.writer, grids[0], grids[1], rows).terms()


def in_order(values: Sequence[Any], predicate: Function) -> dict[object, int]:
    """Every value and its place: in their order where the predicate asks for it, else as they come."""
    distinct = [*dict.fromkeys(values)]
    if predicate not in (functions.EQUAL, functions.UNEQUAL):
        kinds = [[v for v in distinct if is_number(v)], [v for v in distinct if isinstance(v, str)]]
        if kinds[0] and kinds[1]:
            raise NoValue(
                f"a selector by {predicate.name} compares numbers with texts, which have no common order. Select by =="
            )
        distinct = sorted(kinds[0] or kinds[1])
    return {value: place for place, value in enumerate(distinct)}


class Classes:
    """A predicate as a matrix, (queries, keys), as matches between classes of queries and classes of keys."""

    def __init__(self, writer: Writer, keys: Any, queries: Any, rows: Sequence[tuple[bool, ...]]) -> None:
        self.writer, self.keys, self.queries, self.rows = writer, keys, queries, rows
        self.columns = [*zip(*rows, strict=True)]
        self.sets = [*dict.fromkeys(rows)]

    def terms(self) -> Sum:
        found = self.disjoint(self.rows)
        if found is None:
            others = self.disjoint([tuple(not each for each in row) for row in self.rows])
            found = None if others is None else opposite(others)
        if found is None:
            found = self.nested()
        return self.coloured() if found is None else found

    def disjoint(self, rows: Sequence[tuple[bool, ...]]) -> Sum | None:
        """No key is selected by queries of two kinds: one match of kinds."""
        if rows and all(sum(row) <= 1 for row in rows):
            selected = [row.index(True) if any(row) else None for row in rows]
            return self.matched(extended(selected, len(rows[0])), range(len(rows[0])), EQUAL)
        filled = [row for row in dict.fromkeys(rows) if any(row)]
        if any(sum(column) > 1 for column in zip(*filled, strict=True)):
            return None
        kinds = {row: number for number, row in enumerate(filled, start=1)}
        of_key = [next((kinds[row] for row in filled if row[n]), 0) for n in range(len(self.keys.values))]
        return self.matched([kinds.get(row, -1) for row in rows], of_key, EQUAL)

    def nested(self) -> Sum | None:
        """What one query selects holds what another does: a comparison of how much that is."""
        chain = sorted(self.sets, key=sum)
        if not all(all(b or not a for a, b in zip(x, y, strict=True)) for x, y in pairwise(chain)):
            return None
        levels = {each: number for number, each in enumerate(chain)}
        never = len(chain)
        of_key = [next((levels[each] for each in chain if each[n]), never) for n in range(len(self.keys.values))]
        return self.matched([levels[row] for row in self.rows], of_key, LESS | EQUAL)

    def coloured(self) -> Sum:
        """Keys of one kind in groups of which no query selects two kinds: a match for every group."""
        kinds = [*dict.fromkeys(self.columns)]
        groups: list[list[tuple[bool, ...]]] = []
        for kind in sorted((kind for kind in kinds if any(kind)), key=lambda kind: -sum(kind)):
            fitting = (g for g in groups if not any(any(map(both_true, kind, other)) for other in g))
            group = next(fitting, None)
            if group is None:
                groups.append([kind])
            else:
                group.append(kind)
        if len(groups) > MOST_TERMS:
            raise CapacityExceeded(
                f"a selector of {len(self.rows)} · {len(self.columns)} values becomes {len(groups)} matches, and at"
                f" most {MOST_TERMS} are taken, each a head. Select by == or an order, or among fewer values."
            )
        return gathered(term for group in groups for term in self.group(group))

    def group(self, group: Sequence[tuple[bool, ...]]) -> Sum:
        numbers = {kind: number for number, kind in enumerate(group, start=1)}
        of_query = [next((numbers[kind] for kind in group if kind[n]), -1) for n in range(len(self.rows))]
        return self.matched(of_query, [numbers.get(column, 0) for column in self.columns], EQUAL)

    def matched(self, of_query: Sequence[int], of_key: Sequence[int], allowed: int) -> Sum:
        q, k = (
            from_entries(self.writer, grid.axes, grid.spread(entries)) if grid.axes else whole(entries[0])
            for grid, entries in ((self.queries, of_query), (self.keys, of_key))
        )
        assert isinstance(q, Number) and isinstance(k, Number), "classes are numbers"
        return comparison(q, k, allowed)


def extended(places: Sequence[int | None], size: int) -> list[int]:
    """Places in 0..size - 1, and in those of None others, on the same line as the rest if there is such a line."""
    known = [(n, place) for n, place in enumerate(places) if place is not None]
    slope = (known[-1][1] - known[0][1]) // (known[-1][0] - known[0][0]) if len(known) > 1 else 0
    line = [known[0][1] + slope * (n - known[0][0]) for n in range(len(places))] if known else []
    fits = all(
        (at == place) if place is not None else not 0 <= at < size for at, place in zip(line, places, strict=False)
    )
    return line if known and fits else [-1 if place is None else place for place in places]


def both_true(a: bool, b: bool) -> bool:
    return a and b
