"""One head that averages q rows: its query at the asking row has to tell the set of these rows.

Values stand on 2q rows, and the last row asks for the mean over S_a = {2t - 1 + a_t : t = 1..q}, for any a in {0,1}^q.
If the queries of a and b are equal, the head says the same of both. Over values that are 1 on S_a and 0 elsewhere the
right means are 1 and 1 - d/q, where d is the number of bits in which a and b differ. So one error is at least d/2q: no
less than 1/2q. A head that is right everywhere has queries of at least q bits. Source: arXiv 2306.02896, Theorem 4.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.refuters.certificate import register_bottleneck
from logdepth.refuters.conviction import convict
from logdepth.refuters.refutation import Attempt, Carried, NotRefuted, Refutation, at
from logdepth.refuters.refuter import Example, Refuter, Search
from logdepth.refuters.suspect import NotTaken, OtherKind, Suspect
from logdepth.tasks import Sparse, SparseAveraging

NAME = "one-averaging-head"
FORMATS = (8, 6, 5, 4, 3, 2, 1)
"""Bits of a number of the query that are tried in turn where none are said."""
SETS = 2**12
"""Sets whose queries are compared: all, if there are no more."""
WHY = (
    "In numbers of {bits} bits both sets have the same query. So the head with this query gives one mean, and two are"
    " right."
)


class AveragingHead(Suspect):
    """A head that is said to average: what it says at the last row depends on that row through its query alone.

    A subclass supplies `query` and `average`, and `top`, which no number of a query exceeds.
    """

    task: SparseAveraging
    top: float
    answers_at: ClassVar[int | None] = -1

    @abstractmethod
    def query(self, positions: np.ndarray) -> np.ndarray:
        """The queries (B, width) of rows that ask for the rows `positions` (B, q), from 1."""

    @abstractmethod
    def average(self, queries: np.ndarray, values: np.ndarray) -> np.ndarray:
        """What the head reads with queries (B, width) of values (B, N): (B,)."""

    def answers(self, instances: Sequence[Sparse]) -> list[np.ndarray]:
        positions = np.stack([instance.positions[-1] for instance in instances])
        values = np.stack([instance.values for instance in instances])
        return list(self.nearest(self.average(self.query(positions), values))[:, None])

    def nearest(self, means: np.ndarray) -> np.ndarray:
        """The nearest means of q whole numbers. Errors: UsageError for what is no number."""
        if not np.isfinite(means).all():
            raise UsageError(f"{self.name} gives a mean that is no finite number. Give a head whose weights are.")
        return np.rint(means * self.task.q) / self.task.q


@register_bottleneck
@dataclass(frozen=True)
class QueryOfTheLastRow:
    """The query of the row that asks, in fixed point from -top to top."""

    bits: int

    name: ClassVar[str] = "query of the last row"

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= 32:
            raise UsageError(f"a number of a query has from 1 to 32 bits; got {self.bits}.")

    def form(self, suspect: Suspect) -> str:
        width = self.levels(take(suspect), first_sets(take(suspect).task.q, 1)).shape[1]
        return f"the query of the last row: {width} numbers in fixed point of {self.bits} bits, one step for all"

    def step(self, head: AveragingHead) -> float:
        return 2 * head.top / (2**self.bits - 1)

    def levels(self, head: AveragingHead, positions: np.ndarray) -> np.ndarray:
        """The queries of sets (B, q) in steps from -top, whole numbers 0..2^bits - 1."""
        found: np.ndarray = np.rint((head.query(positions) + head.top) / self.step(head)).astype(np.int64)
        return found

    def carried(self, suspect: Suspect, instance: Sparse) -> Carried:
        levels = self.levels(take(suspect), instance.positions[-1:])
        return Carried(tuple(levels[0].tolist()), self.bits)

    def beyond(self, suspect: Suspect, instance: Sparse) -> list[int]:
        """All but the set that the last row asks for."""
        flat: list[int] = [*instance.values.tolist(), *instance.positions[:-1].ravel().tolist()]
        return flat

    def answer(self, suspect: Suspect, carried: Carried, beyond: list[int]) -> float:
        head = take(suspect)
        query = np.array([carried.numbers]) * self.step(head) - head.top
        rows = (len(beyond) + head.task.q) // (head.task.q + 1)
        return float(head.nearest(head.average(query, np.array([beyond[:rows]])))[0])


def take(suspect: Suspect) -> AveragingHead:
    """Errors: NotTaken for any other model, and for fewer rows than the sets need."""
    if not isinstance(suspect, AveragingHead):
        raise OtherKind("it is no AveragingHead, a head whose query alone tells what is asked")
    if suspect.task.n < 2 * suspect.task.q + 1:
        raise NotTaken(f"sets of q = {suspect.task.q} rows take n = {2 * suspect.task.q + 1} rows, and n is less")
    return suspect


def first_sets(q: int, count: int) -> np.ndarray:
    """S_a of the first `count` words a, (count, q)."""
    return sets_of(np.arange(count)[:, None] >> np.arange(q) & 1)


def sets_of(a: np.ndarray) -> np.ndarray:
    """S_a = {2t - 1 + a_t} of words (B, q), as rows from 1."""
    return 2 * np.arange(a.shape[1]) + 1 + a


def instance_of(asked: np.ndarray, ones: np.ndarray) -> Sparse:
    """The last row asks for one set, (q,), of values that are 1 on another set and 0 elsewhere."""
    q = len(asked)
    values = np.zeros(2 * q + 1, dtype=np.int64)
    values[ones - 1] = 1
    return Sparse(values, np.stack([*[np.arange(q) + 1] * (2 * q), asked]))


def refute(head: AveragingHead, search: Search) -> Refutation:
    """Two sets of one query, in the format that is said, or in several. Without one, the head itself has to fail."""
    q, rng = head.task.q, np.random.default_rng(search.seed)
    few = 2**q <= SETS
    sets = first_sets(q, 2**q) if few else sets_of(rng.integers(0, 2, (SETS, q)))
    attempts = []
    for bits in (search.bits,) if search.bits else FORMATS:
        attempts.append(Attempt(f"sets compared by their queries of {bits}-bit numbers", len(sets)))
        for one, other in equal_queries(QueryOfTheLastRow(bits).levels(head, sets)):
            pair = [instance_of(sets[each], sets[one]) for each in (one, other)]
            fails = [at(-1, said) for said in head.answers(pair)] != [at(-1, head.task.solve(each)) for each in pair]
            if fails or search.bits:
                why = WHY.format(bits=bits)
                return convict(head, pair, why, refuter=NAME, entry=-1, bottleneck=QueryOfTheLastRow(bits))
    carried = head.query(sets[:1]).shape[1] * (search.bits or FORMATS[0])
    why = f"Queries of {search.bits or FORMATS[0]}-bit numbers have {carried} bits, and sets of q = {q} rows take {q}."
    return NotRefuted(
        refuter=NAME,
        model=head.name,
        task=head.task,
        attempts=attempts,
        carried_bits=carried,
        needed_bits=q,
        why=why,
    )


def equal_queries(levels: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs of rows that are equal, each with the first of its kind."""
    seen: dict[bytes, int] = {}
    for row, query in enumerate(levels):
        first = seen.setdefault(query.tobytes(), row)
        if first != row:
            yield first, row


@dataclass(frozen=True, eq=False)
class ProjectedHead(AveragingHead):
    """A head whose query is the sum of the keys of the rows that are asked for: its own positive control.

    With width 2q every row has a key of its own, at right angles to all others. With less, keys are random.
    """

    task: SparseAveraging
    width: int
    seed: int = 0

    @property
    def name(self) -> str:
        return f"a head of width {self.width}"

    @property
    def top(self) -> float:  # type: ignore[override]  # computed
        return float(np.abs(self.keys).sum(axis=0).max())

    @property
    def keys(self) -> np.ndarray:
        rows = 2 * self.task.q
        if self.width == rows:
            return np.eye(rows)
        return np.random.default_rng(self.seed).standard_normal((rows, self.width)) / np.sqrt(self.width)

    def query(self, positions: np.ndarray) -> np.ndarray:
        found: np.ndarray = self.keys[positions - 1].sum(axis=1)
        return found

    def average(self, queries: np.ndarray, values: np.ndarray) -> np.ndarray:
        scores = SHARP * queries @ self.keys.T  # (B, 2q)
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        found: np.ndarray = (weights * values[:, :-1]).sum(axis=1) / weights.sum(axis=1)
        return found


SHARP = 20.0  # a row that is asked for outweighs one that is not by exp(20)


def examples() -> Iterator[Example]:
    """A key for every row, and fewer numbers than the sets need."""
    six, ten = (SparseAveraging(2 * q + 1, q, 1) for q in (6, 10))
    yield Example(ProjectedHead(six, 12), Search(bits=2), refuted=False)
    yield Example(ProjectedHead(six, 12), refuted=False)
    yield Example(ProjectedHead(six, 2), Search(bits=2))
    yield Example(ProjectedHead(ten, 4), Search(bits=2))
    yield Example(ProjectedHead(ten, 4))


ONE_AVERAGING_HEAD = Refuter(
    name=NAME,
    models="one attention head whose query alone says which rows are averaged",
    tasks=(SparseAveraging,),
    theorem="A head that averages any q rows to within 1/2q, knowing them by its query alone, has a query of q bits.",
    proof="arXiv 2306.02896, Theorem 4; exact for the 2^q sets that take one row of each pair",
    take=take,
    refute=refute,
    examples=examples,
)
