"""What machines hold and send: records of numbers, each with the machine that owns it. A number is one word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from logdepth.numerics.errors import UsageError

Fields = Mapping[str, np.ndarray]  # every array is (records, …)


def words_per_record(fields: Fields) -> int:
    """Numbers in one record."""
    return sum(int(np.prod(values.shape[1:])) for values in fields.values())


@dataclass(frozen=True, eq=False)
class Records:
    """Records of one kind: `owner` (n,) whole numbers, the machine that holds each; `fields`, its numbers, (n,) or
    (n, width, …).

    Errors: UsageError for arrays that are not so.
    """

    owner: np.ndarray
    fields: Fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "owner", machine_numbers("owner", self.owner))
        check_fields(self.fields, len(self.owner))

    def __getitem__(self, name: str) -> np.ndarray:
        return self.fields[name]

    def __len__(self) -> int:
        return len(self.owner)

    def taken(self, index: np.ndarray) -> Records:
        """The records at these places."""
        return Records(self.owner[index], {name: values[index] for name, values in self.fields.items()})

    def settled(self) -> Records:
        """In the order in which a step finds them: by owner, then as they were."""
        return self if in_order(self.owner) else self.taken(np.argsort(self.owner, kind="stable"))


@dataclass(frozen=True, eq=False)
class Packets:
    """Messages of one kind: `source` and `destination` (n,), and the numbers sent, (n,) or (n, width, …).

    Errors: UsageError for arrays that are not so.
    """

    source: np.ndarray
    destination: np.ndarray
    fields: Fields

    def __post_init__(self) -> None:
        for name in ("source", "destination"):
            object.__setattr__(self, name, machine_numbers(name, getattr(self, name)))
        if len(self.source) != len(self.destination):
            raise UsageError(f"packets have {len(self.source)} sources but {len(self.destination)} destinations.")
        check_fields(self.fields, len(self.source))

    def __getitem__(self, name: str) -> np.ndarray:
        return self.fields[name]

    def __len__(self) -> int:
        return len(self.source)

    def taken(self, index: np.ndarray) -> Packets:
        """The packets at these places."""
        fields = {name: values[index] for name, values in self.fields.items()}
        return Packets(self.source[index], self.destination[index], fields)

    def delivered(self) -> Packets:
        """In the order in which a step finds them: by destination, then source, then the order of sending."""
        if in_order(self.destination, self.source):
            return self
        return self.taken(np.lexsort((self.source, self.destination)))  # stable


Memory = dict[str, Records]  # what is held, kind by kind
Mail = dict[str, Packets]  # what is sent in a round, kind by kind


def in_order(first: np.ndarray, second: np.ndarray | None = None) -> bool:
    """Whether numbers, or pairs of them, never descend."""
    steps = np.diff(first)
    if second is None:
        return bool(np.all(steps >= 0))
    return bool(np.all((steps > 0) | ((steps == 0) & (np.diff(second) >= 0))))


def machine_numbers(name: str, numbers: np.ndarray) -> np.ndarray:
    """The numbers of machines as (n,) int64."""
    if not isinstance(numbers, np.ndarray) or numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        raise UsageError(
            f"{name} must be an array (n,) of whole numbers, one machine for each record; {seen(numbers)}."
        )
    return numbers.astype(np.int64, copy=False)


def check_fields(fields: Fields, count: int) -> None:
    """Every field holds `count` entries of words: numbers of at most 64 bits."""
    for name, values in fields.items():
        if not isinstance(values, np.ndarray) or values.ndim == 0 or len(values) != count:
            raise UsageError(
                f"field {name!r} must be an array with one entry for each of {count} records; {seen(values)}."
            )
        if values.dtype.kind not in "biuf" or values.dtype.itemsize > 8:
            raise UsageError(
                f"field {name!r} must hold words, real numbers of at most 64 bits; it holds {values.dtype}."
            )


def seen(value: object) -> str:
    """What was found in place of an array that was asked for."""
    return f"got {value.dtype} {value.shape}" if isinstance(value, np.ndarray) else f"got a {type(value).__name__}"
