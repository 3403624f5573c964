"""Matches become statements: `sum`, `select`, `rank` and `earlier` of a table.

An order between numbers is their digits: a key is less than a query if they agree in all digits before a place, and the
key's is less there. Which rows come before mine, a causal table says for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from logdepth.numerics.errors import CapacityExceeded
from logdepth.programs import Column
from logdepth.rasp.forms import Holder, Number, held, in_parts, is_distinct, numerator_of, whole
from logdepth.rasp.matches import (
    EQUAL,
    LESS,
    MORE,
    Comparison,
    Match,
    Sum,
    comparison,
)
from logdepth.rasp.writing import Writer, refuse_large

MOST_HEADS = 256
"""Of one s-op."""


Signed = tuple[int, list[Comparison], list[Comparison]]
"""A sign, equalities, and orders of which the key is less."""


@dataclass(frozen=True, eq=False)
class Meeting:
    """Rows whose keys equal mine, pair by pair, and `less`: pairs of which the key is less than the query."""

    sign: int
    equal: tuple[Comparison, ...]
    less: tuple[Comparison, ...]


class Adding:
    """Adds up over matches."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.table = writer, writer.table
        self.index = held(self.table.index)
        self.mine = (
            comparison(self.index, self.index, LESS | EQUAL)[0].comparisons[0].pair if writer.table.rows > 1 else None
        )
        self.heads = 0

    def count(self, terms: Sum) -> Number:
        """How many rows match."""
        total = self.added(terms, 1)
        return replace(total, low=max(total.low, 0), high=min(total.high, self.table.rows))

    def total(self, terms: Sum, number: Number) -> Number:
        """The sum of the numerators."""
        parts = [(1, self.added(terms, self.writer.holder(number)))]
        if number.low:
            parts.append((number.low, self.count(terms)))
        total, rows = self.writer.sum(*parts), self.table.rows
        return replace(
            total, low=max(total.low, rows * min(number.low, 0)), high=min(total.high, rows * max(number.high, 0))
        )

    def added(self, terms: Sum, value: Holder | int) -> Number:
        """Σ sign · value over the rows of every term."""
        if isinstance(value, int) and value == 0:
            return whole(0)
        met = [meeting for term in terms for meeting in self.meetings(term)]
        self.heads += len(met)
        if len(met) > MOST_HEADS:
            raise CapacityExceeded(
                f"{self.writer.name!r} needs {len(met)} heads, and at most {MOST_HEADS} are made for one s-op. Take"
                " fewer rows or letters, or select by fewer orders at once."
            )
        parts = [(1, whole(0))]
        while value_is_one(value) and (rank := self.rank(met)):
            parts.append((rank[-1].sign, self.ranked(rank)))
            met = [each for each in met if each not in rank]
        return self.writer.sum(*((each.sign, self.sum(each, value)) for each in met), *parts)

    # --- orders as digits ---

    def meetings(self, term: Match) -> list[Meeting]:
        """A term as a signed sum of meetings in which every order is one of numbers that no parts make up."""
        sums: list[Signed] = [(term.sign, [], [])]
        for each in term.comparisons:
            sums = [
                (sign * more, [*equal, *equals], [*less, *lesser])
                for sign, equal, less in sums
                for more, equals, lesser in self.orders(each)
            ]
        return [Meeting(sign, tuple(equal), tuple(less)) for sign, equal, less in sums]

    def orders(self, each: Comparison) -> list[Signed]:
        """A comparison as a signed sum of equalities and of orders."""
        q, k = each.query, each.key
        same: Signed = (1, [replace(each, allowed=EQUAL)], [])
        everything: Signed = (1, [], [])
        if self.table.causal and each.pair == self.mine:
            return {LESS | EQUAL: [everything], EQUAL: [same], LESS: [everything, (-1, *same[1:])], MORE: []}.get(
                each.allowed, [same] if each.allowed & EQUAL else []
            )
        match each.allowed:
            case 2:
                return [same]
            case 5:  # less or more
                return [everything, (-1, *same[1:])]
            case 1:
                return self.less(q, k)
            case 3:
                return [*self.less(q, k), same] if q.weights == k.weights else self.less(plus_one(q), k)
            case 4:
                return self.less(negated(q), negated(k))
            case 6:
                return (
                    [*self.less(negated(q), negated(k)), same]
                    if q.weights == k.weights
                    else self.less(plus_one(negated(q)), negated(k))
                )
        raise AssertionError(f"{each.allowed} is no order")

    def less(self, q: Number, k: Number) -> list[Signed]:
        """key < query, part by part: equal before a part, and less in it."""
        if q.weights != k.weights or q.constant != k.constant:
            return [(1, [], [Comparison(q, k, LESS)])]
        parts = in_parts(k)
        return [
            (1, [Comparison(part, part, EQUAL) for part in parts[:place]], [Comparison(part, part, LESS)])
            for place, part in enumerate(parts)
        ]

    # --- one sum ---

    def sum(self, met: Meeting, value: Holder | int) -> Number:
        """Σ value over the rows of one meeting."""
        if isinstance(value, int) and not met.equal and [each.pair for each in met.less] in ([], [self.mine]):
            rows = self.writer.sum((1, self.index), (-1, whole(1))) if met.less else self.writer.length
            return self.writer.sum((value, rows))
        earlier = self.earlier(met, value)
        if earlier is not None:
            return earlier
        if met.less and self.reads_one(met):
            return self.one_in_order(met, value)
        if met.less:
            first, *rest = met.less
            digits = [replace(met, equal=(*met.equal, *pairs), less=tuple(rest)) for pairs in self.digits(first)]
            return self.writer.sum(*((1, self.sum(each, value)) for each in digits), (1, whole(0)))
        if any(self.is_mine(each) for each in met.equal):
            return self.own(met, value)
        return self.head(met, value)

    def is_mine(self, each: Comparison) -> bool:
        return each.allowed == EQUAL and each.pair == self.mine

    def own(self, met: Meeting, value: Holder | int) -> Number:
        """Only my own row can match: no head is needed."""
        holds: Any = 1
        for each in met.equal:
            if not self.is_mine(each):
                difference = self.writer.sum((1, each.query), (-1, each.key)).numerator()
                holds = (difference == 0) & holds if not isinstance(holds, int) else difference == 0
        mine: Any = value if isinstance(holds, int) else self.table.where(holds, value, 0)
        return whole(mine) if isinstance(mine, int) else held(mine)

    def reads_one(self, met: Meeting) -> bool:
        """Whether at most one row can match."""
        return any(is_distinct(each.key, self.writer.distinct) for each in met.equal)

    def one_in_order(self, met: Meeting, value: Holder | int) -> Number:
        """The only row that can match hands over what is compared, which costs no head more."""
        alone = replace(met, less=())
        if any(map(self.is_mine, met.equal)):
            return whole(0)  # no row is before itself in any order of equal numbers
        holds: Any = 1
        for each in met.less:
            key = replace(numerator_of(each.key), low=each.key.low - 1)  # 0 is no row
            read: Any = held(self.fetched(alone, self.writer.column(key)), each.key.low - 1)
            difference = self.writer.sum((1, each.query), (-1, read)).numerator()
            there = read.numerator() >= each.key.low
            holds = there & (difference > 0) if isinstance(holds, int) else holds & there & (difference > 0)
        mine: Any = value if isinstance(value, int) else self.fetched(alone, value)
        return held(holds if isinstance(mine, int) and mine == 1 else self.table.where(holds, mine, 0))

    def fetched(self, met: Meeting, value: Holder | int) -> Column:
        pairs = [self.columns(each) for each in met.equal]
        known = ("head", *pair_keys(pairs), column_key(value))
        return self.writer.once(known, lambda: self.read_one(met, value, self.writer.name))  # type: ignore[no-any-return]

    def head(self, met: Meeting, value: Holder | int) -> Number:
        """By one head. A key that only one row has is read; others are added up."""
        if isinstance(value, int) and len(met.equal) == 1 and self.is_there(met.equal[0]):
            return whole(value)
        if self.reads_one(met):
            return held(self.fetched(met, value))
        pairs = [self.columns(each) for each in met.equal]
        name = self.writer.name
        query, key = [q for q, _ in pairs], [k for _, k in pairs]
        known = ("head", *pair_keys(pairs), column_key(value))
        most = self.table.rows * (value if isinstance(value, int) else value.high)
        return held(
            self.writer.once(known, lambda: self.table.sum(value, query=query or 0, key=key or 0, high=most, name=name))
        )

    def read_one(self, met: Meeting, value: Holder | int, name: str) -> Column:
        """The value of the only row that can match, else 0."""
        pairs = [self.columns(each) for each in met.equal]
        if len(pairs) == 1 and self.is_there(met.equal[0]):
            return self.table.pull(pairs[0][0], value, name=name)
        return self.table.select(
            query=[q for q, _ in pairs], key=[k for _, k in pairs], values=value, order="any", name=name
        )

    def is_there(self, each: Comparison) -> bool:
        """Whether the query is surely the number of a row, and the key is that number."""
        return each.key.key == self.index.key and self.is_row(each.query)

    def is_row(self, number: Number) -> bool:
        """Whether a number is surely that of a row that I see."""
        return number.low >= 1 and self.writer.sum((1, number), (-1, self.writer.length)).high <= 0

    def columns(self, each: Comparison) -> tuple[Column | int, Column | int]:
        """The query and the key of an equality, from the same number on; a query beyond matches none."""
        q, k = each.query, each.key
        low = min(q.low, k.low, 0)
        return self.raised(q, low), self.raised(k, low)

    def raised(self, number: Number, low: int) -> Column | int:
        """The number less `low`, as a column."""
        if not number.weights:
            return number.constant - low
        shifted: Any = self.writer.once(("raised", number.key, low), lambda: number.numerator() - low)
        if isinstance(shifted, Column):
            return shifted
        return self.writer.column(replace(number, low=low))

    def digits(self, order: Comparison) -> list[tuple[Comparison, ...]]:
        """key < query as equalities, of which at most one holds: one for every binary place."""
        q, k = order.query, order.key
        low, high = min(q.low, k.low), max(q.high, k.high)
        refuse_large(high - low + 1, "an order of numbers", (high - low + 1,))
        found = []
        for place in range((high - low).bit_length()):
            of_query = [marked(n - low >> place, odd=True) for n in range(q.low, q.high + 1)]
            of_key = [marked(n - low >> place, odd=False) for n in range(k.low, k.high + 1)]
            query, key = self.looked_up(of_query, q), self.looked_up(of_key, k)
            found += [term.comparisons for term in comparison(query, key, EQUAL)]
        return found

    def looked_up(self, entries: Sequence[int], number: Number) -> Number:
        if not number.weights:
            return whole(entries[0])
        holder = self.writer.lookup(entries, number)
        return whole(holder) if isinstance(holder, int) else held(holder)

    # --- statements that compare rows by themselves ---

    def earlier(self, met: Meeting, value: Holder | int) -> Number | None:
        """The rows before mine that hold my key, by the statement of this name."""
        if self.table.causal or [each.pair for each in met.less] != [self.mine] or not counts(value):
            return None
        pairs = [each for each in met.equal if each.query.key == each.key.key]
        conditions = [each for each in met.equal if not each.query.weights]
        if len(pairs) + len(conditions) != len(met.equal):
            return None
        known = (
            "earlier",
            frozenset(each.pair for each in met.equal),
            column_key(value),
        )
        return held(self.writer.once(known, lambda: self.count_earlier(pairs, conditions, value)))

    def count_earlier(
        self, pairs: Sequence[Comparison], conditions: Sequence[Comparison], value: Holder | int
    ) -> Column:
        where: Any = None if isinstance(value, int) else value
        for each in conditions:
            holds = each.key.numerator() == each.query.constant
            where = holds if where is None else holds & where
        return self.table.earlier(self.joined(pairs), where=where, name=self.writer.name)

    def joined(self, pairs: Sequence[Comparison]) -> Column:
        """One column that is equal where all keys are."""
        total = whole(0)
        for each in pairs:
            shifted = replace(each.key, constant=each.key.constant - each.key.low, low=0, high=each.key.size - 1)
            total = self.writer.sum((shifted.size, total), (1, shifted))
        if not total.weights:
            return self.writer.once(
                "nothing", lambda: self.table.map(lambda i: i * 0, self.table.index, high=0, name="0")
            )
        return self.writer.column(total)  # type: ignore[return-value]

    def rank(self, met: Sequence[Meeting]) -> list[Meeting]:
        """Some of them that are, together, the rows before mine in the order of a number, and of equal ones by row.

        They differ first in a part of the number, part by part, or else in the row. Empty if there are none.
        """
        for last in met:
            pairs = {each.pair for each in last.equal if each.query.key == each.key.key}
            if self.table.causal or [each.pair for each in last.less] != [self.mine] or len(pairs) < len(last.equal):
                continue
            chain: list[Meeting] = []
            while len(chain) < len(pairs) and (following := self.link(met, chain, pairs, last.sign)):
                chain.append(following)
            if pairs and len(chain) == len(pairs):
                return [*chain, last]
        return []

    def link(self, met: Sequence[Meeting], chain: Sequence[Meeting], pairs: set[object], sign: int) -> Meeting | None:
        before = {each.less[0].pair for each in chain}
        for each in met:
            alike = each.sign == sign and len(each.less) == 1 and {one.pair for one in each.equal} == before
            if alike and each.less[0].pair in pairs - before:
                return each
        return None

    def ranked(self, rank: Sequence[Meeting]) -> Number:
        key = self.joined([each.less[0] for each in rank[:-1]])
        place = self.writer.once(("rank", id(key)), lambda: self.table.rank(key, name=self.writer.name))
        self.writer.distinct.add(place)
        return held(place, -1)


def value_is_one(value: Holder | int) -> bool:
    return isinstance(value, int) and value == 1


def pair_keys(pairs: Sequence[tuple[Column | int, Column | int]]) -> tuple[object, object]:
    return tuple(column_key(q) for q, _ in pairs), tuple(column_key(k) for _, k in pairs)


def counts(value: Holder | int) -> bool:
    return value == 1 if isinstance(value, int) else value.high <= 1


def negated(number: Number) -> Number:
    weights = {holder: -weight for holder, weight in number.weights.items()}
    return Number(weights, -number.constant, -number.high, -number.low)


def plus_one(number: Number) -> Number:
    return replace(number, constant=number.constant + 1, low=number.low + 1, high=number.high + 1)


def marked(number: int, odd: bool) -> int:
    """A query's digits that end with 1, or a key's that end with 0, which is made 1; else what matches none."""
    if odd:
        return number if number % 2 else 2
    return number + 1 if number % 2 == 0 else 0


def column_key(column: Any) -> object:
    return column if isinstance(column, int) else id(column)
