"""Input columns as a user gives them, checked once for every model of computation that reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import ArrayLike

from logdepth.numerics.errors import UsageError


def integer_columns(columns: Mapping[str, ArrayLike], names: Collection[str], owner: str) -> dict[str, np.ndarray]:
    """The columns `names` as int64 arrays of one shape. `owner` says in messages who takes them.

    Errors: UsageError if one is missing or unknown, holds anything but integers, or differs in shape.
    """
    if not isinstance(columns, Mapping):
        raise UsageError(f"{owner} takes the columns {sorted(names)} as a dict, not a {type(columns).__name__}")
    if set(columns) != set(names):
        raise UsageError(f"{owner} takes the columns {sorted(names)}, not {sorted(columns)}")
    arrays = {name: as_integers(name, values, owner) for name, values in columns.items()}
    if len({array.shape for array in arrays.values()}) != 1:
        shapes = ", ".join(f"{name!r} {array.shape}" for name, array in arrays.items())
        raise UsageError(f"{owner} takes columns of one shape, not {shapes}")
    return arrays


def as_integers(name: str, values: ArrayLike, owner: str) -> np.ndarray:
    try:
        array = np.asarray(values)
    except ValueError as error:  # lists of different lengths
        raise UsageError(f"{owner} takes integers, but column {name!r} is no array of them: {error}") from error
    if array.size and array.dtype.kind not in "iub":
        raise UsageError(
            f"{owner} takes integers, but column {name!r} holds {array.dtype}; convert it with astype(int)"
        )
    return array.astype(np.int64)
