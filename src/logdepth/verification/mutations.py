"""Documents that differ from one in a single value: a checker that accepts any of them checks too little."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from copy import deepcopy
from typing import Any

import numpy as np

from logdepth.numerics.documents import Departure
from logdepth.numerics.errors import UsageError
from logdepth.refuters import Counterexample, Rejected, Suspect, as_json, check, of_json, sign

REMARKS = ("why", "refuter")
"""What a certificate says that is no claim: only its digest keeps it."""
DIGEST = "sha256"


def accepted_mutations(
    found: Counterexample, suspect: Suspect, count: int, seed: int = 0
) -> Iterator[tuple[str | int, ...]]:
    """Where a change of one value of a certificate was not noticed, its digest made anew. There should be none.

    count: how many changes are tried, drawn with this seed.
    """
    rng, document = np.random.default_rng(seed), as_json(found)
    for _ in range(count):
        changed, path = mutate(document, rng, REMARKS)
        try:
            check(of_json(changed if path == (DIGEST,) else sign(changed)), suspect)
        except (Rejected, Departure, UsageError):
            continue
        yield path


def mutate(document: Any, rng: np.random.Generator, kept: Collection[str] = ()) -> tuple[Any, tuple[str | int, ...]]:
    """A JSON document with one value changed, drawn anywhere in it but under the keys `kept`; and where."""
    changed = deepcopy(document)
    place, path = changed, []
    while True:
        keys = [key for key in place if key not in kept] if isinstance(place, dict) else list(range(len(place)))
        path.append(keys[rng.integers(len(keys))])
        value = place[path[-1]]
        if not (isinstance(value, dict | list) and value):
            place[path[-1]] = another(value, rng)
            return changed, tuple(path)
        place = value


def another(value: Any, rng: np.random.Generator) -> Any:
    """A value of the same kind that is not this one; of nothing, something."""
    match value:
        case bool() | None:
            return 1
        case int() | float():
            return value + int(rng.choice([-2, -1, 1, 2, 1000]))
        case str():
            return f"{value}x"
    return [0]
