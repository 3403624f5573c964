"""Arrow: a theorem that constructs, from one model of computation to another; and what an arrow makes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from logdepth import mpc
from logdepth.numerics.errors import UsageError
from logdepth.tasks import Parameter, settle
from logdepth.theory import Claim
from logdepth.transformer import Transformer, resources

Columns = Mapping[str, np.ndarray]  # of one table, (N,) int64 each


class Computation(Protocol):
    """What every model of computation offers: input columns become output columns, (N,) int64 each."""

    def run(self, columns: Columns) -> dict[str, np.ndarray]: ...


@dataclass(frozen=True, eq=False)
class Ran:
    """What an artefact gave for one table, and what this cost: quantity of a `Claim` -> amount."""

    outputs: Mapping[str, np.ndarray]
    taken: Mapping[str, int]


S = TypeVar("S", bound=Computation)
T = TypeVar("T")


class Made(ABC, Generic[T]):
    """What an arrow returns: the artefact, the claim of its size, and how it runs on the source's columns."""

    artefact: T
    claim: Claim

    @abstractmethod
    def run(self, columns: Columns) -> Ran:
        """What the source gives on these columns, by means of the artefact."""


@dataclass(frozen=True, eq=False)
class MadeTransformer(Made[Transformer]):
    """A transformer that takes the source's columns as they are."""

    artefact: Transformer
    claim: Claim

    def run(self, columns: Columns) -> Ran:
        return Ran(self.artefact.run(columns), resources(self.artefact).as_json())


@dataclass(frozen=True, eq=False)
class MadeProtocol(Made[mpc.Protocol]):
    """A protocol for tables of one length.

    encode: what the machines hold at first, for the source's input columns. decode: the output columns that they hold
    in the end.
    """

    artefact: mpc.Protocol
    claim: Claim
    encode: Callable[[Columns], mpc.Memory]
    decode: Callable[[mpc.Memory], dict[str, np.ndarray]]

    def run(self, columns: Columns) -> Ran:
        """On the local engine, which enforces every budget."""
        run = mpc.run_locally(self.artefact, self.encode(columns))
        taken = {
            "rounds": run.rounds,
            "machines": self.artefact.machines,
            "memory_words": max(run.most_sent, run.most_received),
        }
        return Ran(self.decode(run.memory), taken)


@dataclass(frozen=True, eq=False)
class Example(Generic[S]):
    """A source, tables to run it on, and options of the arrow."""

    source: S
    tables: Sequence[Columns]
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrow(Generic[S, T]):
    """A theorem that constructs: every source becomes an artefact of another model that does the same.

    name: as in "program-to-mpc". source, target: the models' classes.
    theorem: what it says, in one sentence. proof: paper and number, or where the proof stands.
    options: what `make` takes besides the source.
    within: how far an output that is no integer may be from the source's; 0: equal. A bound other than 0 is that of an
        analysis, which stands in the theorem's own folder.
    make: from a source to an artefact with its claim. examples: what the law of all arrows is checked on.
    """

    name: str
    source: type[S]
    target: type[T]
    theorem: str
    proof: str
    options: tuple[Parameter, ...] = ()
    within: float = 0.0
    make: Callable[..., Made[T]]
    examples: Callable[[], Iterable[Example[S]]]

    def __call__(self, source: S, **options: object) -> Made[T]:
        """Errors: UsageError for another source, an unknown option or a bad value; and those of the construction."""
        if not isinstance(source, self.source):
            raise UsageError(
                f"the arrow {self.name} takes a {self.source.__name__}, not a {type(source).__name__}. Give one."
            )
        return self.make(source, **self.fill_options(options))

    def fill_options(self, options: Mapping[str, object]) -> dict[str, Any]:
        """All options, those that were not given by default."""
        return settle(self.options, options, f"the arrow {self.name}")
