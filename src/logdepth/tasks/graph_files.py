"""Reading a user's graph: edge lists and the formats of other tools."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from logdepth.numerics.errors import BeyondTask, UsageError, did_you_mean
from logdepth.tasks.edge_lists import edge_list, stated_lines
from logdepth.tasks.files import decoded, read_bytes
from logdepth.tasks.graph import Graph, Numbers, pair_codes
from logdepth.tasks.raw_graph import RawGraph
from logdepth.tasks.written_numbers import number_of

MOST_BYTES = 2**30
"""Tens of millions of edges; a larger file does not fit into the memory of a laptop with what is made of it."""

MOST_VERTICES = 2**26
"""A matrix file can claim any number of vertices in a few bytes."""

HIGHEST_WEIGHT = 2**31
"""Of an edge, in a file of any size: no task takes more."""


def read_graph(
    path: Path, *, owner: str, simplify: bool = False, highest_weight: int | None = None, directed: bool = False
) -> Graph:
    """The graph in a file, of any size. The end of its name, before any .gz, says the format; others are edge lists.

    - edge list: one edge `u v` or `u v weight` per line, parted by blanks or commas; a line with one id is a vertex,
      with or without edges; # and % start comments; a first line `? u v` asks about two vertices
    - .adjlist: a vertex and its neighbours per line, each edge on one line only, as networkx writes it
    - .gml, .graphml: weights are the attribute `weight` or else `value`; labels are ids if all are there and distinct
    - .mtx: a square matrix, every stored entry an edge from its row to its column, vertices numbered from 1; a
      symmetric one may store half of it or all; a pattern has no weights

    `directed`: edges are arcs; every edge of a file that calls itself undirected is one in each direction. Otherwise
    edges have no direction, and an edge list (of two edges or more) or a matrix that holds *every* edge in both
    directions, as many published ones do, states each once. `simplify` drops self-loops and all but the first of
    repeated edges. Weights are read if `highest_weight` is given; every edge then has a whole one from 0 to it.
    Errors: UsageError with place and remedy.
    """
    raw = _format(path)(read_bytes(path, MOST_BYTES), path)
    if not len(raw.labels):
        raise UsageError(f"{path} holds no vertex. Give a graph with at least one.")
    arcs_of_edges = directed and raw.directed is False
    rows = np.repeat(np.arange(len(raw.ends)), 2 if arcs_of_edges else 1)  # where in the file an edge is stated
    ends = raw.ends[rows]
    if arcs_of_edges:
        ends[1::2] = ends[1::2, ::-1]
    weights = None if highest_weight is None else _weights(raw, highest_weight, path, owner)
    codes = pair_codes(ends, len(raw.labels), directed=directed)
    _, first, pair = np.unique(codes, return_index=True, return_inverse=True)
    loops, repeats = ends[:, 0] == ends[:, 1], first[pair] != np.arange(len(ends))
    dropped = loops | repeats
    if not simplify:
        if not directed and _in_both_directions(ends[~loops], pair[~loops], raw):
            _check_directions_agree(raw, weights, first[pair], path, owner)
            refused = loops
        else:
            refused = dropped
        if refused.any():
            raise _refusal(raw, rows, int(np.argmax(refused)), first[pair], path, owner, directed)
    return Graph(
        vertices=len(raw.labels),
        edges=ends[~dropped],
        weights=None if weights is None else weights[rows][~dropped],
        labels=raw.labels,
        question=None if raw.question is None else _asked(raw, path),
        directed=directed,
    )


def _in_both_directions(ends: np.ndarray, pair: np.ndarray, raw: RawGraph) -> bool:
    """Whether every edge is there just twice, once in each direction, and the format allows for that."""
    if not raw.both_ways or len(ends) < 2 * raw.both_ways or (np.bincount(pair)[pair] != 2).any():
        return False
    return len(np.unique(pair_codes(ends, len(raw.labels), directed=True))) == len(ends)


def _check_directions_agree(
    raw: RawGraph, weights: np.ndarray | None, first: np.ndarray, path: Path, owner: str
) -> None:
    if weights is not None and (weights != weights[first]).any():
        back = int(np.argmax(weights != weights[first]))
        raise UsageError(
            f"{owner} reads both directions of an edge as one; {path}, {raw.place(back)}, has weight {weights[back]}"
            f" and {raw.place(int(first[back]))} has {weights[first[back]]}. Give both the same."
        )


def _refusal(
    raw: RawGraph, rows: np.ndarray, edge: int, first: np.ndarray, path: Path, owner: str, directed: bool
) -> UsageError:
    """What is wrong with an edge that is a self-loop or a repetition."""
    place = raw.place(int(rows[edge]))
    u, v = (raw.labels[int(end) - 1] for end in raw.ends[rows[edge]])
    if u == v:
        return UsageError(f"{owner} takes no self-loop; {path}, {place}, joins {u!r} to itself. {_SIMPLIFY}")
    once = "each arc once" if directed else "each edge once, in either direction"
    of = raw.place(int(rows[first[edge]]))
    return UsageError(f"{owner} takes {once}; {path}, {place}, repeats {u!r} - {v!r} of {of}. {_SIMPLIFY}")


_SIMPLIFY = "Remove it, or drop all such edges with --simplify."


def _weights(raw: RawGraph, highest: int, path: Path, owner: str) -> np.ndarray:
    """The whole weights of all edges of the file."""
    if raw.weights is None and len(raw.ends):
        raise UsageError(f"{owner} needs a weight for every edge; {_where(raw, 0, path)}, has none. Add its weight.")
    if isinstance(raw.weights, np.ndarray):
        outside = (raw.weights < 0) | (raw.weights > highest)
        if not outside.any():
            return raw.weights
        edge = int(np.argmax(outside))
        return np.array([_weight(str(raw.weights[edge]), raw, edge, highest, path, owner)])
    words = raw.weights or ()
    return np.array([_weight(word, raw, edge, highest, path, owner) for edge, word in enumerate(words)], dtype=np.int64)


def _weight(word: str, raw: RawGraph, edge: int, highest: int, path: Path, owner: str) -> int:
    if not word:
        raise UsageError(f"{owner} needs a weight for every edge; {_where(raw, edge, path)}, has none. Add its weight.")
    value = number_of(word)
    if value is None or not value.is_integer():  # 3.0 is whole, as other tools write it
        raise UsageError(
            f"{owner} takes whole weights; {_where(raw, edge, path)}, has {word!r}. Scale and round the weights."
        )
    if not 0 <= value <= highest:
        rule = f"{owner} takes weights from 0 to {highest}; {_where(raw, edge, path)}, has {word}."
        if value < 0:
            raise UsageError(f"{rule} Add the same number to all weights.")
        if value > HIGHEST_WEIGHT:
            raise UsageError(f"{rule} Scale the weights.")
        raise BeyondTask(rule, "Scale the weights", "a higher --weights")
    return int(value)


def _where(raw: RawGraph, edge: int, path: Path) -> str:
    u, v = (raw.labels[int(end) - 1] for end in raw.ends[edge])
    return f"{path}, {raw.place(edge)}, edge {u!r} - {v!r}"


def _asked(raw: RawGraph, path: Path) -> tuple[int, int]:
    assert raw.question is not None, "only a file with a question asks one"
    number = {label: vertex for vertex, label in enumerate(raw.labels, start=1)}
    for label in raw.question:
        if label not in number:
            raise UsageError(
                f"a question is about two vertices; that of {path} names {label!r}. {did_you_mean(label, number)}"
            )
    u, v = (number[label] for label in raw.question)
    if u == v:
        raise UsageError(
            f"a question is about two vertices; that of {path} names {raw.question[0]!r} twice. Change it."
        )
    return u, v


# --- formats ---


def _format(path: Path) -> Callable[[bytes, Path], RawGraph]:
    formats = {".adjlist": _adjacency_list, ".gml": _gml, ".graphml": _graphml, ".mtx": _matrix}
    name = path.name.removesuffix(".gz")
    return formats.get(Path(name).suffix.lower(), edge_list)


def _adjacency_list(data: bytes, path: Path) -> RawGraph:
    lines = [(line, content.split()) for line, content in stated_lines(decoded(data, path))]
    number = {word: 0 for _, words in lines for word in words}
    number = {word: place for place, word in enumerate(number, start=1)}
    stated = [line for line, words in lines for _ in words[1:]]
    ends = [(number[words[0]], number[word]) for _, words in lines for word in words[1:]]
    return RawGraph(tuple(number), _pairs(ends), None, lambda edge: f"line {stated[edge]}")


def _pairs(ends: list[tuple[int, int]]) -> np.ndarray:
    return np.array(ends, dtype=np.int64).reshape(-1, 2)


def _gml(data: bytes, path: Path) -> RawGraph:
    import networkx

    # As a multigraph, so that a repeated edge reaches our own rule and not an error of the parser.
    text = decoded(data, path)
    multiple = re.sub(r"^(\s*graph\s*\[)", r"\1 multigraph 1 ", text, count=1, flags=re.MULTILINE)
    return _from_networkx(lambda: networkx.parse_gml(multiple, label="id"), path, "GML")


def _graphml(data: bytes, path: Path) -> RawGraph:
    import networkx

    text = decoded(data, path)
    return _from_networkx(lambda: networkx.parse_graphml(text, force_multigraph=True), path, "GraphML")


def _from_networkx(parse: Callable[[], Any], path: Path, kind: str) -> RawGraph:
    try:
        graph = parse()
    except Exception as error:  # a parser of another library fails in its own ways on a damaged file
        raise _damaged(path, kind, error) from None
    ids = list(graph.nodes)
    labels = [str(graph.nodes[vertex].get("label", "")) for vertex in ids]
    named = all(labels) and len(set(labels)) == len(labels)
    number = {vertex: place for place, vertex in enumerate(ids, start=1)}
    edges = list(graph.edges(data=True))
    return RawGraph(
        labels=tuple(labels if named else map(str, ids)),
        ends=_pairs([(number[u], number[v]) for u, v, _ in edges]),
        weights=[str(data.get("weight", data.get("value", ""))) for *_, data in edges],
        place=lambda edge: f"edge {edge + 1}",
        directed=graph.is_directed(),
    )


def _matrix(data: bytes, path: Path) -> RawGraph:
    from scipy.io import mminfo, mmread
    from scipy.sparse import coo_matrix

    try:
        *_, field, _ = mminfo(io.BytesIO(data))
        matrix = coo_matrix(mmread(io.BytesIO(data)))
    except Exception as error:  # as above
        raise _damaged(path, "Matrix Market", error) from None
    rows, columns = matrix.shape
    if rows != columns or rows > MOST_VERTICES:
        raise UsageError(
            f"a graph is a square matrix of at most {MOST_VERTICES} rows; {path} is {rows} x {columns}. Give another."
        )
    row, column = matrix.row, matrix.col
    return RawGraph(
        labels=Numbers(range(1, rows + 1)),
        ends=np.stack([row, column], axis=1).astype(np.int64) + 1,
        weights=None if field == "pattern" else _whole(matrix.data),
        place=lambda edge: f"entry ({row[edge] + 1}, {column[edge] + 1})",
        both_ways=1,
    )


def _whole(values: np.ndarray) -> np.ndarray | list[str]:
    """Numbers as int64 if they are all whole, else as they are written."""
    if values.dtype.kind in "iu":
        return values.astype(np.int64)
    if values.dtype.kind == "f" and (np.abs(values) <= 2**53).all() and (values == np.rint(values)).all():
        return values.astype(np.int64)
    return [str(value) for value in values.tolist()]


def _damaged(path: Path, kind: str, error: Exception) -> UsageError:
    reason = " ".join(str(error).split())[:160] or type(error).__name__
    return UsageError(f"{path} is not a {kind} file that can be read ({reason}). Write it again, or give an edge list.")
