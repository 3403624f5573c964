"""Columns as bits: back and forth, and what is refused."""

import numpy as np
import pytest

from logdepth.circuits import bits_of, decode_columns, encode_columns
from logdepth.numerics.errors import UsageError

NAMES = [str(bit) for bit in bits_of({"token": 5, "a[1].0": 1, "nothing": 0}, 3)]


def test_columns_become_bits_and_again_columns() -> None:
    assert NAMES[:4] == ["token[1].0", "token[1].1", "token[1].2", "a[1].0[1].0"]
    columns = {"token": np.array([5, 0, 3]), "a[1].0": np.array([0, 1, 1])}
    found = decode_columns(NAMES, encode_columns(NAMES, columns))
    assert {name: column.tolist() for name, column in found.items()} == {"token": [5, 0, 3], "a[1].0": [0, 1, 1]}


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"token": [5, 0, 3]}, "takes the columns"),
        ({"token": [5, 0, 3], "a[1].0": [0, 1, 1], "x": [0, 0, 0]}, "takes the columns"),
        ({"token": [5, 0], "a[1].0": [0, 1]}, "3 rows"),
        ({"token": [8, 0, 3], "a[1].0": [0, 1, 1]}, "3 bits"),
        ({"token": [-1, 0, 3], "a[1].0": [0, 1, 1]}, "3 bits"),
        ({"token": [0.5, 0, 3], "a[1].0": [0, 1, 1]}, "whole numbers"),
    ],
)
def test_other_columns_are_refused(columns: dict[str, list[float]], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        encode_columns(NAMES, columns)


def test_a_name_that_is_no_bit_is_refused() -> None:
    with pytest.raises(UsageError, match="'x0' is not called"):
        decode_columns(["x0"], [1])
    for name in ("x[1].63", "x[1048577].0", f"x[{10**30}].0"):
        with pytest.raises(UsageError, match="beyond the 1,048,576 rows and 63 bits of a column"):
            decode_columns([name], [1])
    assert decode_columns(["x[1].62"], [1])["x"].tolist() == [2**62]
