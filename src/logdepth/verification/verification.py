"""The value `Verification`: what was judged and found; and how much one judges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError
from logdepth.transformer import AUTO, Pairs, Transformer
from logdepth.verification.batches import cost

NO_PAIRS = Pairs()

Progress = Callable[[int, int], None]  # instances done, instances in all

AT_A_TIME = 512  # instances of small sizes judged together
FEW, MANY = 1_000, 100_000  # instances of one size that an ordinary and an exhaustive verification enumerate
AFFORDABLE = 4 * 10**9  # attention scores that a verification computes unless told how many samples: some ten seconds
SAMPLES = 400
LONGEST = 200  # letters of an instance in words


@dataclass(frozen=True)
class Verification:
    """`instances` judged, `wrong` of them.

    `exhaustive_up_to`: every instance of this size or smaller is among them (0: none was enumerated), but for those
    skipped.
    `skipped`: tables on which a program itself refuses to run; they are not judged (a task has none).
    `first_wrong`: an instance that the model gets wrong, or None.
    `planned`: how many instances were planned; `stopped`: the budget in seconds, if it ended before all of them were
    judged, or None. `longest`: the rows of the longest table that was judged. `refusal`: why the first table was
    skipped, or None. `pairs`: of a query and a key that were scored; fewer than all where rows were looked up.
    """

    instances: int
    wrong: int
    exhaustive_up_to: int
    seed: int
    seconds: float
    first_wrong: Any = None
    skipped: int = 0
    planned: int = 0
    stopped: float | None = None
    longest: int = 0
    refusal: str | None = None
    pairs: Pairs = NO_PAIRS

    @property
    def verified(self) -> bool:
        """Whether the model was right on all instances judged, and these were most of those tried."""
        return self.wrong == 0 and self.instances > 0 and self.skipped <= self.instances

    def __str__(self) -> str:
        """What was found, in words: what was skipped comes first."""
        judged = count_of(self.instances, "instance")
        if self.exhaustive_up_to:
            taken = " that the program takes" if self.skipped else ""
            judged += f", among them all{taken} up to size {self.exhaustive_up_to}"
        found = f"WRONG on {self.wrong:,} of {judged}" if self.wrong else f"exact on {judged}"
        if self.first_wrong is not None:
            found += f"; the first is {in_words(self.first_wrong)}"
        if not self.instances:
            found = "nothing was judged"
        if self.pairs.looked_up:
            found += f"; {self.pairs}"
        if self.stopped is not None:
            found += f"; {self.stopped:g} s did not allow for the {self.planned:,} planned"
        if self.skipped:
            known = "" if self.refusal is None else f", the first because {self.refusal}"
            found = f"{self.skipped:,} of {self.skipped + self.instances:,} tables were SKIPPED{known}; {found}"
        return found if self.verified or self.wrong else f"NOT VERIFIED: {found}"

    def as_json(self) -> dict[str, Any]:
        return {
            "instances": self.instances,
            "wrong": self.wrong,
            "exhaustive_up_to": self.exhaustive_up_to,
            "skipped": self.skipped,
            "seed": self.seed,
            "planned": self.planned,
            "stopped": self.stopped,
            "longest": self.longest,
            "refusal": self.refusal,
            "verified": self.verified,
            **({"pairs": self.pairs.as_json()} if self.pairs.looked_up else {}),
        }


def in_words(instance: Any) -> str:
    """An instance in a line, cut where it is long."""
    shown = (
        {name: np.asarray(values).tolist() for name, values in instance.items()}
        if isinstance(instance, Mapping)
        else instance
    )
    text = " ".join(str(shown).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def how_many(samples: int | None, affordable: int) -> int:
    """The number of samples asked for, or else what is affordable."""
    if samples is not None and samples < 0:
        raise UsageError(f"the number of samples is 0 or more; got {samples}")
    return affordable if samples is None else samples


def part(instances: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    """In turn, at most so many at a time."""
    return (instances[first : first + most] for first in range(0, len(instances), most))


def affordable_tables(transformer: Transformer, attention: str = AUTO) -> int:
    """How many tables cost about as much as AFFORDABLE attention scores, at most SAMPLES."""
    return min(SAMPLES, AFFORDABLE // max(1, cost(transformer, transformer.rows + 1, attention)))
