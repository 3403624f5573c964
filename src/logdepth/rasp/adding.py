"""Matches become statements: a `sum` of the table for each, or a `select` where at most one row can match.

Which rows come before mine, a causal table says for nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from logdepth.numerics.errors import CapacityExceeded
from logdepth.programs import Column
from logdepth.rasp.forms import Holder, Number, held, in_parts, numerator_of, whole
from logdepth.rasp.matches import EQUAL, LESS, MORE, Comparison, Match, Sum, comparison
from logdepth.rasp.writing import Writer

MOST_HEADS = 64
"""Of one s-op, comparisons counted once each."""

SIGNS = {EQUAL: "==", LESS: "<", LESS | EQUAL: "<=", MORE: ">", MORE | EQUAL: ">=", LESS | MORE: "!="}

TESTS: dict[str, Any] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge
}  # fmt: skip

Compared = list[Comparison]


@dataclass(frozen=True, eq=False)
class Meeting:
    """`sign` times the rows that pass all comparisons, none of which is "less or more"."""

    sign: int
    comparisons: tuple[Comparison, ...]

    @property
    def equal(self) -> list[Comparison]:
        return [each for each in self.comparisons if each.allowed == EQUAL]

    @property
    def ordered(self) -> list[Comparison]:
        return [each for each in self.comparisons if each.allowed != EQUAL]


class Adding:
    """Adds up over matches."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.table = writer, writer.table
        self.index = held(self.table.index)
        order = comparison(self.index, self.index, LESS | EQUAL)[0].comparisons
        self.mine = order[0].pair if order else None  # of my row number and another's; None in a table of one row

    def count(self, terms: Sum) -> Number:
        """How many rows match."""
        total = self.added(terms, 1)
        counted = replace(total, low=max(total.low, 0), high=min(total.high, self.table.rows))
        self.mark_rank(terms, counted)
        return counted

    def total(self, terms: Sum, number: Number) -> Number:
        """The sum of the numerators."""
        parts = [(1, self.added(terms, self.writer.holder(number)))]
        if number.low:
            parts.append((number.low, self.count(terms)))
        total, rows = self.writer.sum(*parts), self.table.rows
        low, high = rows * min(number.low, 0), rows * max(number.high, 0)
        return replace(total, low=max(total.low, low), high=min(total.high, high))

    def added(self, terms: Sum, value: Holder | int, most: int | None = None) -> Number:
        """Σ sign · value over the rows of every term. most: the promise of how many rows every term has."""
        if isinstance(value, int) and value == 0:
            return whole(0)
        met = self.meetings(terms)
        if len(met) > MOST_HEADS:
            raise CapacityExceeded(
                f"{self.writer.name!r} needs {len(met)} heads or more, and at most {MOST_HEADS} are made for one s-op."
                " Take fewer rows or letters, or select by fewer orders at once."
            )
        parts = [(each.sign, self.sum(each, value, most)) for each in met]
        return self.writer.sum(*parts, (1, whole(0)))

    def the_only(self, terms: Sum, value: Holder | int) -> Number:
        """The value of the only row that matches, 0 if none does: the interpreter checks that there are no more."""
        met = self.meetings(terms)
        if len(met) == 1:
            return self.added(terms, value, most=1)
        self.promise_one(terms)
        return self.writer.narrow(self.added(terms, value), value if isinstance(value, int) else value.high)

    def promise_one(self, terms: Sum) -> None:
        """At most one row matches: the interpreter checks it, and a compiled model has no head for it."""
        count = self.count(terms)
        if count.high > 1:
            self.writer.promise(count, 1, f"rows that {self.writer.name!r} reads (several have no mean)")

    # --- comparisons that one statement makes ---

    def meetings(self, terms: Sum) -> list[Meeting]:
        """The terms as a signed sum of meetings, in which every order is one of numbers that no parts make up."""
        return [meeting for term in terms for meeting in self.meetings_of(term)]

    def meetings_of(self, term: Match) -> list[Meeting]:
        sums: list[tuple[int, Compared]] = [(term.sign, [])]
        for each in term.comparisons:
            sums = [(sign * more, [*before, *further]) for sign, before in sums for more, further in self.split(each)]
        return [Meeting(sign, tuple(comparisons)) for sign, comparisons in sums]

    def split(self, each: Comparison) -> list[tuple[int, Compared]]:
        """A comparison as a signed sum of such that one statement makes."""
        same = [replace(each, allowed=EQUAL)]
        if self.table.causal and each.pair == self.mine:
            seen = each.allowed & (LESS | EQUAL)  # later rows are not seen
            found: dict[int, list[tuple[int, Compared]]] = {
                LESS | EQUAL: [(1, [])],
                EQUAL: [(1, same)],
                LESS: [(1, []), (-1, same)],
            }
            return found.get(seen, [])
        if each.allowed == LESS | MORE:
            return [(1, []), (-1, same)]
        if each.query.key != each.key.key or each.allowed == EQUAL:
            return [(1, [each])]
        return [(1, compared) for compared in by_parts(each)]

    # --- one sum ---

    def sum(self, met: Meeting, value: Holder | int, most: int | None = None) -> Number:
        """Σ value over the rows of one meeting."""
        if isinstance(value, int) and self.rows_alone(met):
            rows = self.index if met.comparisons else self.writer.length
            strict = bool(met.comparisons) and met.comparisons[0].allowed == LESS
            return self.writer.sum((value, rows), (-value * strict, whole(1)))
        if any(map(self.is_mine, met.equal)):
            return self.own(met, value)
        if met.ordered and self.reads_one(met):
            return self.one_in_order(met, value)
        return self.head(met, value, most)

    def rows_alone(self, met: Meeting) -> bool:
        """Whether it matches all rows, or all up to mine: how many they are needs no head."""
        if not met.comparisons:
            return True
        [first, *rest] = met.comparisons
        return not rest and first.pair == self.mine and first.allowed in (LESS, LESS | EQUAL)

    def is_mine(self, each: Comparison) -> bool:
        return each.allowed == EQUAL and each.pair == self.mine

    def own(self, met: Meeting, value: Holder | int) -> Number:
        """Only my own row can match: no head is needed."""
        holds: Any = True
        for each in met.comparisons:
            if not self.is_mine(each):
                holds = holds & passes(self.writer.sum((1, each.key), (-1, each.query)), each.allowed)
        return self.where(holds, value)

    def where(self, holds: Any, value: Any) -> Number:
        """The value in the rows in which it holds, 0 in the others. holds: an expression, or a bool for all rows."""
        mine = (value if holds else 0) if isinstance(holds, bool) else self.table.where(holds, value, 0)
        return whole(mine) if isinstance(mine, int) else held(mine)

    def reads_one(self, met: Meeting) -> bool:
        """Whether at most one row can match."""
        return any(self.writer.is_distinct(each.key) for each in met.equal)

    def one_in_order(self, met: Meeting, value: Holder | int) -> Number:
        """The only row that can match hands over what is compared, which costs no head more."""
        alone = Meeting(1, tuple(met.equal))
        holds: Any = True
        for each in met.ordered:
            low = each.key.low - 1  # in the place of no row
            read = held(self.fetched(alone, self.writer.column(replace(numerator_of(each.key), low=low))), low)
            passed: Any = passes(self.writer.sum((1, read), (-1, each.query)), each.allowed)
            there: Any = read.numerator()
            holds = holds & (passed & (there > low))
        if isinstance(value, int) and value == 1 and not isinstance(holds, bool):
            return held(holds)
        return self.where(holds, value if isinstance(value, int) else self.fetched(alone, value))

    def head(self, met: Meeting, value: Holder | int, at_most: int | None = None) -> Number:
        """A key that only one row has is read; others are added up."""
        if isinstance(value, int) and len(met.comparisons) == 1 and self.is_there(met.comparisons[0]):
            return whole(value)
        if self.reads_one(met):
            return held(self.fetched(met, value))
        pairs = [self.columns(each) for each in met.comparisons]
        signs: Any = [SIGNS[each.allowed] for each in met.comparisons]
        known = ("head", *pair_keys(pairs), tuple(signs), column_key(value), at_most)
        rows = self.table.rows if at_most is None else min(at_most, self.table.rows)
        most = rows * (value if isinstance(value, int) else value.high)
        query, key = [q for q, _ in pairs], [k for _, k in pairs]
        return held(
            self.writer.once(
                known,
                lambda: self.table.sum(
                    value,
                    query=query or 0,
                    key=key or 0,
                    matching=signs if set(signs) - {"=="} else None,
                    high=most,
                    most=at_most,
                    name=self.writer.name,
                ),
            )
        )

    def fetched(self, met: Meeting, value: Holder | int) -> Column:
        """The value of the only row that can match, else 0."""
        pairs = [self.columns(each) for each in met.comparisons]
        known = ("read", *pair_keys(pairs), column_key(value))
        return self.writer.once(known, lambda: self.read_one(met, pairs, value))

    def read_one(self, met: Meeting, pairs: Sequence[tuple[Column | int, Column | int]], value: Holder | int) -> Column:
        name = self.writer.name
        if len(pairs) == 1 and self.is_there(met.comparisons[0]):
            return self.table.pull(pairs[0][0], value, name=name)
        query, key = [q for q, _ in pairs], [k for _, k in pairs]
        return self.table.select(query=query or 0, key=key or 0, values=value, order="any", name=name)

    def is_there(self, each: Comparison) -> bool:
        """Whether the query is surely the number of a row, and the key is that number."""
        return each.allowed == EQUAL and each.key.key == self.index.key and self.is_row(each.query)

    def is_row(self, number: Number) -> bool:
        """Whether a number is surely that of a row that I see."""
        return number.low >= 1 and self.writer.sum((1, number), (-1, self.writer.length)).high <= 0

    def columns(self, each: Comparison) -> tuple[Column | int, Column | int]:
        """The query and the key, from the same number on."""
        low = min(each.query.low, each.key.low, 0)
        return self.raised(each.query, low), self.raised(each.key, low)

    def raised(self, number: Number, low: int) -> Column | int:
        """The number less `low`, as a column."""
        if not number.weights:
            return number.constant - low
        shifted: Any = self.writer.once(("raised", number.key, low), lambda: number.numerator() - low)
        return shifted if isinstance(shifted, Column) else self.writer.column(replace(number, low=low))

    # --- ranks ---

    def mark_rank(self, terms: Sum, count: Number) -> None:
        """If it counts the rows before mine in an order of numbers that are all different, no two rows count alike."""
        met = self.meetings(terms)
        if any(each.sign != 1 or [one.allowed for one in each.ordered] != [LESS] for each in met):
            return
        chain = sorted(met, key=lambda each: len(each.comparisons))
        parts = [each.ordered[0] for each in chain]
        before = [{part.pair for part in parts[:place]} for place in range(len(chain))]
        alike = all({one.pair for one in each.equal} == pairs for each, pairs in zip(chain, before, strict=True))
        own = all(part.query.key == part.key.key for part in parts)
        last = chain and self.writer.is_distinct(parts[-1].key)
        if last and alike and own and count.weights:
            self.writer.ranks.add(count.shape)


def by_parts(each: Comparison) -> list[Compared]:
    """An order of numbers of the same form: equal in the parts before one, and less or more in this one."""
    parts = in_parts(each.key)
    strict = each.allowed & ~EQUAL
    found = []
    for place, part in enumerate(parts):
        order = each.allowed if place == len(parts) - 1 else strict
        before = [Comparison(other, other, EQUAL) for other in parts[:place]]
        found.append([*before, Comparison(part, part, order)])
    return found


def passes(difference: Number, allowed: int) -> Any:
    """Whether key - query is as allowed, as an expression of 0 and 1, or a bool."""
    return TESTS[SIGNS[allowed]](difference.numerator(), 0)


def pair_keys(pairs: Sequence[tuple[Column | int, Column | int]]) -> tuple[object, object]:
    return tuple(column_key(q) for q, _ in pairs), tuple(column_key(k) for _, k in pairs)


def column_key(column: Any) -> object:
    return column if isinstance(column, int) else id(column)
