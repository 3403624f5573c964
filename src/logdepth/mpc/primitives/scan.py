"""What is computed over the records of a run: a sum, the least or greatest, the first or last; and how parts combine.

A *state* is what is known of some neighbouring records: (n,) arrays by name, one entry for each of n such parts. Two
states of parts that follow each other combine to the state of both. Where there is no record, all numbers are 0: what
is sent depends on nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from logdepth.mpc.primitives.order import sums_before
from logdepth.mpc.records import Records
from logdepth.mpc.runs import sizes_of
from logdepth.numerics.errors import UsageError

Array = np.ndarray
State = dict[str, Array]
Combine = Callable[[State, State], State]
Op = Literal["sum", "min", "max", "first", "last"]
Part = Literal["run", "so far", "before"]

OPS, PARTS = ("sum", "min", "max", "first", "last"), ("run", "so far", "before")
ANY, PRIORITY = "any", "priority"  # whether there is a record at all; how urgent the chosen one is


@dataclass(frozen=True)
class Scan:
    """One result over runs of records: `into` are new fields, each computed from the one of `fields` at its place.

    op: "sum", "min" and "max" act on every field by itself; "first" and "last" read all fields of one record, which is
    the first or last of those with the least `priority`, a field, if one is named.
    part: over which records of its run a record learns the result: all ("run"), those up to itself ("so far"), or
    those before it ("before").
    where: a field of 0 and 1; only records that hold 1 there count, but all learn the result.
    found: a new field: 1 where any record counted, else 0. missing: what `into` holds where none did; a sum is 0 then.

    Errors: UsageError for an op or part that is not there, names that do not pair up, and a priority for a sum, min or
    max.
    """

    op: Op
    fields: tuple[str, ...]
    into: tuple[str, ...]
    part: Part = "run"
    where: str | None = None
    priority: str | None = None
    found: str | None = None
    missing: int = 0

    def __post_init__(self) -> None:
        if self.op not in OPS or self.part not in PARTS:
            raise UsageError(f"a scan is one of {OPS} over one of {PARTS}; got {self.op!r} over {self.part!r}.")
        if len(self.fields) != len(self.into):
            raise UsageError(f"a scan of {len(self.fields)} fields gives as many; got {len(self.into)} names for them.")
        if self.priority is not None and self.op not in ("first", "last"):
            raise UsageError(f"only 'first' and 'last' know a priority; got {self.op!r} with {self.priority!r}.")

    @property
    def names(self) -> list[str]:
        """Of the numbers that make a state."""
        return [ANY, *([PRIORITY] if self.priority is not None else []), *map(str, range(len(self.fields)))]

    @property
    def words(self) -> int:
        """Words of a state."""
        return len(self.names)

    def of_records(self, records: Records) -> State:
        """The state of every record by itself."""
        counts = records[self.where] == 1 if self.where is not None else np.ones(len(records), dtype=bool)
        read = [*([self.priority] if self.priority is not None else []), *self.fields]
        state = {ANY: counts.astype(np.int64)}
        for name, field in zip(self.names[1:], read, strict=True):
            values = records[field]
            state[name] = np.where(counts, values.astype(np.int64) if values.dtype.kind in "bui" else values, 0)
        return state

    def combine(self, first: State, second: State) -> State:
        """The state of two parts, the second right after the first."""
        any_first, any_second = first[ANY] == 1, second[ANY] == 1
        both = {ANY: first[ANY] | second[ANY]}
        if self.op == "sum":
            return both | {name: first[name] + second[name] for name in first if name != ANY}
        if self.op in ("min", "max"):
            pick = np.minimum if self.op == "min" else np.maximum
            for name in first:
                if name != ANY:
                    either = np.where(any_first, first[name], second[name])
                    both[name] = np.where(any_first & any_second, pick(first[name], second[name]), either)
            return both
        takes_first = any_first
        if self.op == "first" and self.priority is not None:
            takes_first = any_first & (~any_second | (first[PRIORITY] <= second[PRIORITY]))
        elif self.op == "last":
            takes_first = ~any_second
            if self.priority is not None:
                takes_first = any_first & (~any_second | (first[PRIORITY] < second[PRIORITY]))
        return both | {name: np.where(takes_first, first[name], second[name]) for name in first if name != ANY}

    def of_runs(self, state: State, begins: Array) -> State:
        """The states of whole runs, from those of their records."""
        if not len(begins):
            return state
        size = len(state[ANY])
        counts = state[ANY] == 1
        found = {ANY: np.maximum.reduceat(state[ANY], begins)}
        values = {name: value for name, value in state.items() if name != ANY}
        if self.op == "sum":
            return found | {name: np.add.reduceat(value, begins) for name, value in values.items()}
        if self.op in ("min", "max"):
            pick = np.minimum if self.op == "min" else np.maximum
            best = {
                name: pick.reduceat(np.where(counts, value, worst(value, self.op)), begins)
                for name, value in values.items()
            }
            return found | {name: np.where(found[ANY] == 1, value, 0) for name, value in best.items()}
        if self.priority is not None:
            least = np.minimum.reduceat(np.where(counts, state[PRIORITY], worst(state[PRIORITY], "min")), begins)
            counts = counts & (state[PRIORITY] == np.repeat(least, sizes_of(begins, size)))
        if self.op == "first":
            chosen = np.minimum.reduceat(np.where(counts, np.arange(size), size - 1), begins)
        else:
            chosen = np.maximum.reduceat(np.where(counts, np.arange(size), 0), begins)
        return found | {name: np.where(found[ANY] == 1, value[chosen], 0) for name, value in values.items()}

    def up_to(self, state: State, begins: Array) -> State:
        """For every record the state of the records of its run up to itself."""
        if self.op == "sum":
            values = {name: sums_before(value, begins) + value for name, value in state.items()}
            return values | {ANY: np.minimum(values[ANY], 1)}
        return double(state, begins, self.combine)

    def results(self, state: State) -> dict[str, Array]:
        """The new fields that a state means."""
        fields = {}
        for place, name in enumerate(self.into):
            value = state[str(place)]
            fields[name] = value if self.op == "sum" else np.where(state[ANY] == 1, value, self.missing)
        return fields | ({self.found: state[ANY]} if self.found is not None else {})


def worst(values: Array, op: str) -> int | float:
    """What loses against all others."""
    if values.dtype.kind == "f":
        return np.inf if op == "min" else -np.inf
    return np.iinfo(np.int64).max if op == "min" else np.iinfo(np.int64).min


def double(state: State, begins: Array, combine: Combine) -> State:
    """Within runs, the state up to every entry, by doubling (Hillis, Steele 1986)."""
    size = len(next(iter(state.values())))
    sizes = sizes_of(begins, size)
    begin = np.repeat(begins, sizes)
    state, distance = dict(state), 1
    while distance < sizes.max(initial=0):
        here = np.flatnonzero(np.arange(size) - distance >= begin)
        together = combine(take(state, here - distance), take(state, here))
        for name, value in together.items():
            state[name] = state[name].copy()
            state[name][here] = value
        distance *= 2
    return state


def shift(state: State, begins: Array) -> State:
    """The state before every entry of a run, from those up to it: nothing before the first."""
    moved = {}
    for name, value in state.items():
        moved[name] = np.roll(value, 1)
        moved[name][begins] = 0
    return moved


def take(state: State, index: Array) -> State:
    return {name: value[index] for name, value in state.items()}
