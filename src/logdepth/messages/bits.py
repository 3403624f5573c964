"""Bits: what a message is, and nothing else travels. Forms: how numbers stand in a message, bit for bit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError

FLOATS = {"float32": 32, "float64": 64}
"""Number formats that travel as they are, and their bits."""
WIDEST = 63  # bits of a whole number: it stays an int64


@dataclass(frozen=True, eq=False, repr=False)
class Bits:
    """A string of bits: `values` (count,), zeros and ones or bools. Errors: UsageError for anything else."""

    values: np.ndarray

    def __post_init__(self) -> None:
        given = np.asarray(self.values)
        if given.ndim != 1 or not (given.dtype == bool or np.isin(given, (0, 1)).all()):
            raise UsageError(f"bits are a sequence of zeros and ones; got {str(self.values)[:60]}.")
        values = given.astype(bool)  # our own copy: the caller's may change
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, places: slice) -> Bits:
        return Bits(self.values[places])

    def __add__(self, other: Bits) -> Bits:
        return joined([self, other])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bits) and np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash((len(self), self.values.tobytes()))

    def __str__(self) -> str:
        return "".join("1" if bit else "0" for bit in self.values)

    def __repr__(self) -> str:
        return f"Bits({str(self) if len(self) <= 32 else f'{self[:29]!s}… of {len(self)}'})"

    def split(self, most: int) -> list[Bits]:
        """Pieces of `most` bits, the last one maybe shorter; none of no bits."""
        return [self[first : first + most] for first in range(0, len(self), most)]


NOTHING = Bits(np.zeros(0, dtype=bool))
"""The message of a player that has nothing to say: 0 bits."""


def joined(pieces: Iterable[Bits]) -> Bits:
    """One after another."""
    return Bits(np.concatenate([NOTHING.values, *(piece.values for piece in pieces)]))


@dataclass(frozen=True)
class Field:
    """Numbers of one width in a message: an array of this shape, `width` bits each.

    format: float32 or float64, which travel bit for bit; "" for whole numbers from 0 to 2^width - 1, the highest bit
    first. Made by `floats` and `numbers`.
    """

    name: str
    shape: tuple[int, ...]
    width: int
    format: str = ""

    @property
    def bits(self) -> int:
        return self.width * prod(self.shape)

    def pack(self, values: np.ndarray) -> Bits:
        """Errors: UsageError for another shape or number format, and for a number that has more bits."""
        values = np.asarray(values)
        if values.shape != self.shape:
            raise UsageError(f"{self.name!r} of a message has shape {self.shape}; got {values.shape}.")
        return self.pack_floats(values) if self.format else self.pack_numbers(values)

    def pack_floats(self, values: np.ndarray) -> Bits:
        if values.dtype != self.format:
            raise UsageError(f"{self.name!r} of a message is {self.format}; got {values.dtype}.")
        little = np.ascontiguousarray(values).astype(f"<f{self.width // 8}", copy=False)
        return Bits(np.unpackbits(np.frombuffer(little.tobytes(), dtype=np.uint8)).astype(bool))

    def pack_numbers(self, values: np.ndarray) -> Bits:
        if values.dtype.kind not in "iub" or (
            values.size and not 0 <= int(values.min()) <= int(values.max()) < self.end
        ):
            raise UsageError(
                f"{self.name!r} of a message is whole numbers of {self.width} bits, 0 to {self.end - 1}; got"
                f" {str(values.tolist())[:60]}."
            )
        places = np.arange(self.width - 1, -1, -1)
        return Bits((values.astype(np.int64).reshape(-1, 1) >> places & 1).reshape(-1))

    def unpack(self, bits: Bits) -> np.ndarray:
        """The array that was packed, (shape), of its format or int64."""
        if self.format:
            data = np.packbits(bits.values).tobytes()
            return np.frombuffer(data, dtype=f"<f{self.width // 8}").astype(self.format).reshape(self.shape)
        weights = 2 ** np.arange(self.width - 1, -1, -1, dtype=np.int64)
        return (bits.values.reshape(prod(self.shape), self.width) @ weights).astype(np.int64).reshape(self.shape)

    @property
    def end(self) -> int:
        return 2**self.width


def floats(name: str, shape: tuple[int, ...], format: str) -> Field:
    """An array of floats that travels bit for bit. Errors: UsageError for a format other than float32 and float64."""
    if format not in FLOATS:
        raise UsageError(f"floats of a message are {' or '.join(FLOATS)}; got {format!r}.")
    return Field(name, shape, FLOATS[format], format)


def numbers(name: str, shape: tuple[int, ...], width: int) -> Field:
    """An array of whole numbers of `width` bits each, 0 to 63. Errors: UsageError for another width."""
    if check_count(f"bits of {name!r}", width, 0) > WIDEST:
        raise UsageError(f"whole numbers of a message have up to {WIDEST} bits; got {width}.")
    return Field(name, shape, width)


@dataclass(frozen=True)
class Form:
    """The numbers of a message, field after field. Errors: UsageError for two fields of one name."""

    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        if len({*names}) < len(names):
            raise UsageError(f"the fields of a message have names of their own; got {', '.join(names)}.")

    @property
    def bits(self) -> int:
        """Bits of every message of this form."""
        return sum(field.bits for field in self.fields)

    def pack(self, values: Mapping[str, np.ndarray]) -> Bits:
        """Errors: UsageError for other fields than these, and as of `Field.pack`."""
        names = [field.name for field in self.fields]
        if {*names} != {*values}:
            raise UsageError(f"a message of this form has {', '.join(names)}; got {', '.join(values)}.")
        return joined(field.pack(values[field.name]) for field in self.fields)

    def unpack(self, bits: Bits) -> dict[str, np.ndarray]:
        """Errors: UsageError for more or fewer bits."""
        if len(bits) != self.bits:
            raise UsageError(f"a message of this form has {self.bits} bits; got {len(bits)}.")
        values, first = {}, 0
        for field in self.fields:
            values[field.name] = field.unpack(bits[first : first + field.bits])
            first += field.bits
        return values
