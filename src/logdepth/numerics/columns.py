"""Input columns as a user gives them, checked once for every model of computation that reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from logdepth.numerics.errors import UsageError, first_line, quoted

HIGHEST = 2**63 - 1


def as_table(given: Any, names: Collection[str], owner: str, remedy: str = "") -> Mapping[str, Any]:
    """Column -> its values: of a dict, of a data frame of any library, and of bare values or a text where there is one
    column only.

    Errors: UsageError for anything else. `owner` says in messages who takes the columns, `remedy` what may be meant.
    """
    if isinstance(given, Mapping):
        return given
    if hasattr(given, "columns") and hasattr(given, "__getitem__"):  # a data frame
        return {str(name): given[name] for name in given.columns}
    if len(names) == 1 and (hasattr(given, "__array__") or isinstance(given, (str, list, tuple, range))):
        return {next(iter(names)): given}
    raise UsageError(
        f"{owner} takes the columns {sorted(names)} as a dict or a data frame, not a {type(given).__name__}"
        f"{remedy and f'. {remedy}'}"
    )


def integer_columns(columns: Mapping[str, ArrayLike], names: Collection[str], owner: str) -> dict[str, np.ndarray]:
    """The columns `names` as int64 arrays of one shape. `owner` says in messages who takes them.

    Errors: UsageError if one is missing or unknown, holds anything but integers, or differs in shape.
    """
    columns = as_table(columns, names, owner)
    if set(columns) != set(names):
        raise UsageError(f"{owner} takes the columns {sorted(names)}, not {sorted(columns)}")
    arrays = {name: as_integers(name, values, owner) for name, values in columns.items()}
    if len({array.shape for array in arrays.values()}) != 1:
        shapes = ", ".join(f"{name!r} {array.shape}" for name, array in arrays.items())
        raise UsageError(f"{owner} takes columns of one shape, not {shapes}")
    return arrays


def as_integers(name: str, values: Any, owner: str) -> np.ndarray:
    """One column of `integer_columns`: a list, an array or a tensor of any library and type, of whole numbers."""
    array = as_array(name, values, owner)
    if array.dtype.kind == "O":  # Python's numbers, and what data frames hold where a value is missing
        array = np.array([whole(entry) for entry in array.ravel()], dtype=object).reshape(array.shape)
        wrong = np.array([entry is None for entry in array.ravel()], dtype=bool).reshape(array.shape)
        shown = np.asarray(values, dtype=object)
    elif array.dtype.kind == "f":
        wrong, shown = ~(np.isfinite(array) & (np.floor(array) == array) & (np.abs(array) < 2.0**63)), array
    elif array.dtype.kind == "u":
        wrong, shown = array > HIGHEST, array
    elif array.dtype.kind not in "ib" and array.size:
        raise UsageError(
            f"{owner} takes integers, but column {name!r} holds {array.dtype}; convert it with astype(int)"
        )
    else:
        return array.astype(np.int64)
    if wrong.any():
        place = np.argwhere(wrong)[0] + 1
        at = f"row {place[-1]}" if len(place) == 1 else f"table {place[0]}, row {place[-1]}" if len(place) else "it"
        raise UsageError(
            f"{owner} takes whole numbers, but in column {name!r} {at} has {quoted(shown[wrong].flat[0])};"
            " round or correct it"
        )
    return array.astype(np.int64)


def as_array(name: str, values: Any, owner: str) -> np.ndarray:
    try:
        if hasattr(values, "detach"):  # a torch tensor, on any device; NumPy has no bfloat16
            values = (values.double() if values.is_floating_point() else values).detach().cpu()
        return np.asarray(values)
    except (
        ValueError,
        TypeError,
        RuntimeError,
        NotImplementedError,
    ) as error:  # lists of different lengths, a tensor without values, …
        raise UsageError(
            f"{owner} takes integers, but column {name!r} is no array of them: {first_line(error)}"
        ) from error


def whole(entry: Any) -> int | None:
    """A number as an int, None for what is none, is not whole, or is beyond 64 bits."""
    try:
        number = int(entry)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if not isinstance(entry, str) and number == entry and abs(number) <= HIGHEST else None
