"""What machines hold and send: records of numbers, each with the machine that owns it. A number is one word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_array

from logdepth.mpc.runs import begins_of_each, machines_from, ordered_runs
from logdepth.mpc.stable_order import gather, highest_of, in_order, sort_stably, stable_order
from logdepth.numerics.errors import UsageError

Fields = Mapping[str, np.ndarray]  # every array is (records, …)


def words_per_record(fields: Fields) -> int:
    """Numbers in one record."""
    return sum([1 if values.ndim == 1 else prod(values.shape[1:]) for values in fields.values()])


def gather_fields(fields: Fields, places: np.ndarray) -> Fields:
    return {name: gather(values, places) for name, values in fields.items()}


@dataclass(frozen=True, eq=False)
class Records:
    """Records of one kind: `owner` (n,) whole numbers, the place of the machine that holds each, from 0; `fields`, its
    numbers, (n,) or (n, width, …).

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

    def take(self, index: np.ndarray) -> Records:
        """The records at these places."""
        return Records(self.owner[index], {name: values[index] for name, values in self.fields.items()})

    def extend(self, /, **fields: np.ndarray) -> Records:
        """The records with more fields, or other values of some."""
        return Records(self.owner, {**self.fields, **fields})

    def without(self, *names: str) -> Records:
        """The records without these fields."""
        return Records(self.owner, {name: values for name, values in self.fields.items() if name not in names})

    def settle(self) -> Records:
        """In the order in which a step finds them: by owner, then as they were."""
        if ordered_runs(self.owner) is not None:
            return self
        order, owner = sort_stably(self.owner)
        return Records(owner, gather_fields(self.fields, order))


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
        return len(self.destination)

    def take(self, index: np.ndarray) -> Packets:
        """The packets at these places."""
        fields = {name: values[index] for name, values in self.fields.items()}
        return Packets(self.source[index], self.destination[index], fields)

    def open(self) -> Packets:
        return self

    @cached_property
    def highest(self) -> int:
        """The highest receiver, as `highest_of` says it."""
        return highest_of(self.destination)

    def deliver(self) -> Packets:
        """In the order in which a step finds them: by destination, then source, then the order of sending."""
        if ordered_runs(self.source) is None:
            return self.take(stable_order(self.source)).deliver()
        if ordered_runs(self.destination) is not None:
            return self
        return in_order_of_delivery(self.source, self.destination, self.fields, self.highest)


class Delivered(Packets):
    """Packets whose senders are looked up only if a step asks for them, as few do."""

    def __init__(self, sent_by: np.ndarray, order: np.ndarray, destination: np.ndarray, fields: Fields) -> None:
        """sent_by: the senders; order: which of them sent each packet."""
        vars(self).update(
            sent_by=sent_by, order=order, destination=machine_numbers("destination", destination), fields=fields
        )

    @cached_property
    def source(self) -> np.ndarray:
        return machine_numbers("source", gather(vars(self).pop("sent_by"), vars(self).pop("order")))


MANY = 2**16
"""Packets for which it pays to make a sparse matrix of them, if these are not fewer than their receivers; eight times
as many of two words."""


def as_one_word(fields: Fields) -> np.ndarray | None:
    """The words of every packet as one of 32 or 64 bits: one whole number, or two of 32 bits; None where they are not
    so."""
    match [(values.ndim, values.dtype.kind, values.itemsize) for values in fields.values()]:
        case [(1, "i", 4 | 8)]:
            return next(iter(fields.values()))
        case [(1, "i", 4), (1, "i", 4)]:
            return np.stack(list(fields.values()), axis=1).view(np.int64).reshape(-1)
    return None


def apart(word: np.ndarray, fields: Fields) -> Fields:
    """The words of packets that came as one, named as `fields` are."""
    halves = word.view(np.int32).reshape(-1, 2).T if len(fields) == 2 else [word]
    return {name: np.ascontiguousarray(half) for name, half in zip(fields, halves, strict=True)}


def transpose(source: np.ndarray, destination: np.ndarray, fields: Fields, highest: int) -> Packets:
    """Packets of few words (see `as_one_word`) whose sources never descend, in the order of delivery.

    They are a sparse matrix with a row for each sender and a column for each receiver, kept by rows. To keep it by
    columns scipy counts and does not sort, which takes half as long, and finds how many each machine receives. highest:
    the last receiver.
    """
    shape = int(source[-1]) + 1, highest + 1
    begins = begins_of_each(source, shape[0])
    ends = destination.astype(np.int32), begins.astype(np.int32)
    by_receiver = csr_array((as_one_word(fields), *ends), shape=shape).tocsc()
    return Packets(by_receiver.indices, machines_from(by_receiver.indptr), apart(by_receiver.data, fields))


def pays(packets: int, fields: Fields, highest: int) -> bool:
    """Whether it pays to `transpose` so many packets."""
    many = MANY if len(fields) == 1 else 8 * MANY
    enough = max(many, highest) <= packets < 2**31
    return enough and as_one_word({name: values[:1] for name, values in fields.items()}) is not None


def in_order_of_delivery(
    source: np.ndarray, destination: np.ndarray, fields: Fields, highest: int | None = None
) -> Packets:
    """Packets in the order of their sources, in the order in which a step finds them. highest: the last receiver, if it
    is known."""
    if in_order(destination):
        return Packets(source, destination, fields)
    if highest is None:
        highest = highest_of(destination)
    if pays(len(destination), fields, highest):
        return transpose(source, destination, fields, highest)
    order, destination = sort_stably(destination, highest=highest)
    return Delivered(source, order, destination, gather_fields(fields, order))


Memory = dict[str, Records]  # what is held, kind by kind
Mail = dict[str, Packets]  # what is sent in a round, kind by kind

Kept = TypeVar("Kept", Records, Packets)


def join(parts: Sequence[Mapping[str, Kept]]) -> dict[str, Kept]:
    """The records of all parts, kind by kind, in the order of the parts."""
    if len(parts) == 1:
        return dict(parts[0])
    by_kind: dict[str, list[Kept]] = {}
    for part in parts:
        for kind, kept in part.items():
            by_kind.setdefault(kind, []).append(kept)
    return {kind: concatenate(kept) for kind, kept in by_kind.items()}


def concatenate(parts: Sequence[Kept]) -> Kept:
    """All records of these parts; empty parts do not decide the types."""
    parts = [part for part in parts if len(part)] or parts[:1]
    first = parts[0]
    if len(parts) == 1:
        return first
    fields = {name: np.concatenate([part.fields[name] for part in parts]) for name in first.fields}
    match first:
        case Records():
            return Records(np.concatenate([part.owner for part in parts]), fields)
        case Packets():
            source, destination = ([getattr(part, name) for part in parts] for name in ("source", "destination"))
            return Packets(np.concatenate(source), np.concatenate(destination), fields)


def machine_numbers(name: str, numbers: np.ndarray) -> np.ndarray:
    """The places of machines as a read-only array (n,) int64. The same array is not counted again."""
    if not isinstance(numbers, np.ndarray) or numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        raise UsageError(
            f"{name} must be an array (n,) of whole numbers, one machine for each record; {seen(numbers)}."
        )
    numbers = numbers.astype(np.int64, copy=False)
    if numbers.flags.writeable:
        numbers = numbers.view()
        numbers.flags.writeable = False
    return numbers


def check_fields(fields: Fields, count: int) -> None:
    """Every field holds `count` entries of words: numbers of at most 64 bits."""
    if not isinstance(fields, Mapping):
        raise UsageError(f"fields are a dict, name -> array with one entry for each record; {seen(fields)}.")
    for name, values in fields.items():
        if not isinstance(values, np.ndarray) or values.ndim == 0 or len(values) != count:
            raise UsageError(
                f"field {name!r} must be an array with one entry for each of {count} records; {seen(values)}."
            )
        if values.dtype.kind not in "biuf" or values.dtype.itemsize > 8:
            raise UsageError(
                f"field {name!r} must hold words, real numbers of at most 64 bits; it holds {values.dtype}."
            )


def check_memory(memory: object) -> None:
    """Check what machines hold at first. Errors: UsageError for what is no memory."""
    if not isinstance(memory, dict):
        raise UsageError(f"what machines hold at first is a dict, kind -> Records; {seen(memory)}.")
    for kind, records in memory.items():
        if not isinstance(records, Records):
            raise UsageError(f"what machines hold at first is a dict, kind -> Records; of {kind!r}, {seen(records)}.")


def seen(value: object) -> str:
    """What was found in place of an array that was asked for."""
    return f"got {value.dtype} {value.shape}" if isinstance(value, np.ndarray) else f"got a {type(value).__name__}"
