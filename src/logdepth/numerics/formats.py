"""Floating-point formats: what they can carry exactly, and by how much a softmax score must win in them."""

from __future__ import annotations

from dataclasses import dataclass

from logdepth.numerics.errors import UsageError


@dataclass(frozen=True)
class Format:
    """A floating-point format.

    `mantissa_bits`: integers below 2^mantissa_bits are exact, and so is their arithmetic while no partial sum leaves
    that range.
    `gap`: softmax scores that lose by this much get weight exactly 0, because `exp(-gap)` underflows; a power of two,
    so that multiplying integer scores by it is exact. (float32: exp(-104) = 0; float64: exp(-746) = 0.)
    `most_digits`: that a number may have in a score; None: as many as it takes.
    """

    name: str
    mantissa_bits: int
    gap: int
    most_digits: int | None = None

    @property
    def exact(self) -> int:
        """All integers of smaller magnitude are exact."""
        return 2**self.mantissa_bits

    @property
    def unit_roundoff(self) -> float:
        return 2.0**-self.mantissa_bits

    @property
    def sink(self) -> int:
        """By how much the start token outweighs a row in a head that adds: its weight is exp(sink) of theirs."""
        return self.gap // 4


FLOAT32 = Format("float32", 24, 128)
FLOAT64 = Format("float64", 53, 1024)
FORMATS = {form.name: form for form in (FLOAT32, FLOAT64)}


def format_of(name: str) -> Format:
    """The format called `name`."""
    if name not in FORMATS:
        raise UsageError(f"unknown dtype {name!r}; choose one of {', '.join(FORMATS)}")
    return FORMATS[name]
