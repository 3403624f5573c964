"""The parts of a regular expression, and the automaton of its positions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from logdepth.automata.nfa import Nfa
from logdepth.numerics.errors import CapacityExceeded

MOST_POSITIONS = 1_000
"""An expression of more letters, its repetitions written out, is not read."""


@dataclass(frozen=True)
class Letters:
    """One letter of a set."""

    letters: frozenset[str]


@dataclass(frozen=True)
class Chain:
    """All parts, one after the other; without parts, the empty word."""

    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Either:
    """One of the parts."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Star:
    """The part, any number of times."""

    part: Part


Part = Letters | Chain | Either | Star
EMPTY = Chain()


def repeated(part: Part, least: int, most: int | None) -> Part:
    """A part `least` to `most` times (None: without end), written out; one without letters says nothing more."""
    if not positions_of(part):
        return EMPTY
    times = least + (1 if most is None else most - least)
    if positions_of(part) * times > MOST_POSITIONS:
        raise CapacityExceeded(
            f"a repetition writes out {positions_of(part) * times:,} letters, and {MOST_POSITIONS:,} are the most"
        )
    rest = [Star(part)] if most is None else [Either((EMPTY, part))] * (most - least)
    return Chain((*[part] * least, *rest))


def positions_of(part: Part) -> int:
    """How many letters stand in it."""
    match part:
        case Letters():
            return 1
        case Star():
            return positions_of(part.part)
        case _:
            return sum(map(positions_of, part.parts))


@dataclass(frozen=True)
class Ends:
    """Of a part: whether it matches the empty word, and the positions at which its words begin and end."""

    empty: bool
    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()


class Positions:
    """The letters of an expression, numbered from 1, and which may follow which. Source: Glushkov 1961."""

    def __init__(self) -> None:
        self.letters: list[frozenset[str]] = []
        self.follow: list[set[int]] = [set()]

    def ends_of(self, part: Part) -> Ends:
        match part:
            case Letters():
                return self._letter(part)
            case Star():
                inner = self.ends_of(part.part)
                self._join(inner.last, inner.first)
                return Ends(True, inner.first, inner.last)
            case Either():
                return either([self.ends_of(each) for each in part.parts])
            case Chain():
                return self._sequence([self.ends_of(each) for each in part.parts])

    def _letter(self, part: Letters) -> Ends:
        self.letters.append(part.letters)
        self.follow.append(set())
        here = frozenset([len(self.letters)])
        return Ends(False, here, here)

    def _sequence(self, parts: Sequence[Ends]) -> Ends:
        whole = Ends(True)
        for part in parts:
            self._join(whole.last, part.first)
            first = whole.first | part.first if whole.empty else whole.first
            last = whole.last | part.last if part.empty else part.last
            whole = Ends(whole.empty and part.empty, first, last)
        return whole

    def _join(self, before: Iterable[int], after: Iterable[int]) -> None:
        for position in before:
            self.follow[position].update(after)


def either(parts: Sequence[Ends]) -> Ends:
    first = frozenset[int]().union(*(part.first for part in parts))
    last = frozenset[int]().union(*(part.last for part in parts))
    return Ends(any(part.empty for part in parts), first, last)


def position_automaton(part: Part, letters: str) -> Nfa:
    """A state for every letter of an expression, and state 0 before all. Source: Glushkov 1961."""
    positions = Positions()
    ends = positions.ends_of(part)
    positions.follow[0].update(ends.first)
    steps = tuple(
        tuple(frozenset(p for p in following if letter in positions.letters[p - 1]) for letter in letters)
        for following in positions.follow
    )
    return Nfa(letters, steps, frozenset([0]), ends.last | (frozenset([0]) if ends.empty else frozenset()))
