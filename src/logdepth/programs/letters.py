"""Texts in and out of columns that hold letters: letter number t from 1, and 0 is no letter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from logdepth.numerics.errors import BeyondTask, UsageError
from logdepth.tasks import Alphabet, as_text


def encode_texts(
    columns: Mapping[str, ArrayLike | str], letters: Mapping[str, str], owner: str
) -> dict[str, ArrayLike]:
    """The columns, with every text, and every list of single letters, as numbers; other columns as they are.

    letters: those of the columns that hold letters (`program.input_letters`). `owner` says in messages who takes them.
    Errors: UsageError for a text in a column without letters, for an empty text, and for an unknown letter, with its
    position.
    """
    return {name: encode_text(name, values, letters.get(name), owner) for name, values in columns.items()}


def encode_text(name: str, values: ArrayLike | str, letters: str | None, owner: str) -> ArrayLike:
    """One column of `encode_texts`."""
    text = as_text(values)
    if text is None:
        return values
    if letters is None:
        raise UsageError(
            f"{owner} takes numbers in column {name!r}, not the text {text[:40]!r};"
            f" for letters, declare table.input({name!r}, letters=…)"
        )
    if not text:
        raise UsageError(f"{owner} takes at least one letter in column {name!r}, and the text is empty")
    try:
        return Alphabet(letters).tokens(text, f"column {name!r} of {owner}")
    except BeyondTask as error:
        raise UsageError(f"{error.rule} Change the text, or declare more letters.") from error


def decode_texts(columns: Mapping[str, np.ndarray], letters: Mapping[str, str]) -> dict[str, str]:
    """The texts in those of the columns, (N,) each, that hold letters; "·" (or another mark) for 0, which is no letter.

    letters: those of the columns that hold letters (`program.output_letters`).
    """
    return {name: Alphabet(letters[name]).spell(values) for name, values in columns.items() if name in letters}
