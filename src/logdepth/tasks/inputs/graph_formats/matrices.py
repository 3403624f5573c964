"""Matrix Market: a graph as a square matrix, every stored entry an edge from its row to its column."""

import re
import warnings
from pathlib import Path

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.tasks.graphs.graph import Numbers
from logdepth.tasks.inputs.raw_graph import MOST_VERTICES, RawGraph, damage
from logdepth.tasks.inputs.written_numbers import whole_number

_HEAD = re.compile(
    rb"%%MatrixMarket[ \t]+matrix[ \t]+(coordinate|array)[ \t]+(\w+)[ \t]+([\w-]+)[ \t]*\n", re.IGNORECASE
)
_NO_NUMBERS = re.compile(rb"[^0-9+\-.eE \t\n]")
_COLUMNS = {"pattern": 0, "integer": 1, "unsigned-integer": 1, "real": 1, "double": 1, "complex": 2}
_SYMMETRIES = ("general", "symmetric", "skew-symmetric", "hermitian")


def matrix_market(data: bytes, path: Path) -> RawGraph:
    """A square matrix, by coordinates or whole. Half of a symmetric one states each edge once, and without a direction;
    weights are the entries, of a whole matrix those that are not 0. Read here, and by one thread: the reader of scipy
    takes a damaged file into its threads. Source: https://math.nist.gov/MatrixMarket/formats.html."""
    kind = "Matrix Market"
    head = _HEAD.match(data)
    if head is None:
        raise damage(path, kind, "it does not begin with %%MatrixMarket matrix")
    form, field, symmetry = (word.decode().lower() for word in head.groups())
    if field not in _COLUMNS or symmetry not in _SYMMETRIES or (form == "array" and field == "pattern"):
        raise damage(path, kind, f"it calls itself {form} {field} {symmetry}, which there is not")
    place = head.end()
    while data[place : place + 1] in (b"%", b"\n"):
        place = data.find(b"\n", place) + 1 or len(data)
    sizes_end = data.find(b"\n", place) + 1 or len(data)
    sizes = [whole_number(word.decode("latin-1")) for word in data[place:sizes_end].split()]
    if len(sizes) != (3 if form == "coordinate" else 2) or any(size is None or size < 0 for size in sizes):
        raise damage(path, kind, "its sizes cannot be read")
    rows, columns = (int(size or 0) for size in sizes[:2])
    if rows != columns or rows > MOST_VERTICES:
        raise UsageError(
            f"a graph is a square matrix of at most {MOST_VERTICES} rows; {path} is {rows} x {columns}. Give another."
        )
    numbers = _numbers(data[sizes_end:], path)
    if form == "coordinate":
        width = 2 + _COLUMNS[field]
        if len(numbers) != width * int(sizes[2] or 0):
            raise damage(
                path, kind, f"it states {sizes[2]} entries of {width} numbers and holds {len(numbers)} numbers"
            )
        table = numbers.reshape(-1, width)
        ends = table[:, :2].astype(np.int64)
        if len(ends) and (ends.min() < 1 or ends.max() > rows or (ends != table[:, :2]).any()):
            raise damage(path, kind, f"an entry is not at a row and a column from 1 to {rows}")
        values = table[:, 2:]
    else:
        ends, values = _of_array(numbers, rows, symmetry, _COLUMNS[field], path)
    return RawGraph(
        labels=Numbers(range(1, rows + 1)),
        ends=ends,
        weights=None if field == "pattern" else _whole(values),
        place=lambda edge: f"entry ({ends[edge, 0]}, {ends[edge, 1]})",
        directed=None if symmetry == "general" else False,
        both_ways=1,
    )


def _numbers(text: bytes, path: Path) -> np.ndarray:
    """All numbers of a text, float64: exact for indices."""
    if found := _NO_NUMBERS.search(text):
        raise damage(path, "Matrix Market", f"{found.group().decode('latin-1')!r} stands among its numbers")
    if not text.strip():
        return np.zeros(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of a word that is no number
        try:
            return np.fromstring(text.decode("ascii"), dtype=np.float64, sep=" ")
        except (DeprecationWarning, ValueError):
            raise damage(path, "Matrix Market", "a word among its numbers is none") from None


def _of_array(numbers: np.ndarray, rows: int, symmetry: str, width: int, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Places and values of the entries that are not 0, of a matrix that is stored column by column."""
    low = {"general": None, "skew-symmetric": 1}.get(symmetry, 0)
    count = rows * rows if low is None else sum(rows - column - low for column in range(rows - low))
    if len(numbers) != count * width:
        raise damage(path, "Matrix Market", f"{rows} rows take {count * width} numbers; it holds {len(numbers)}")
    if low is None:
        column, row = np.divmod(np.arange(count), max(rows, 1))
    else:
        column = np.repeat(np.arange(rows), np.maximum(rows - low - np.arange(rows), 0))
        starts = np.searchsorted(column, column)
        row = column + low + np.arange(count) - starts
    values = numbers.reshape(-1, width)
    stored = (values != 0).any(axis=1)
    return np.stack([row, column], axis=1)[stored].astype(np.int64) + 1, values[stored]


def _whole(values: np.ndarray) -> np.ndarray | list[str]:
    """Numbers as int64 if they are all whole, else as they are written; of complex ones both parts."""
    if values.shape[1] == 1 and (np.abs(values) <= 2**53).all() and (values == np.rint(values)).all():
        return values[:, 0].astype(np.int64)
    return [" + i ".join(str(value) for value in row) for row in values.tolist()]
