"""Reading a user's graph: edge lists and the formats of other tools."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks.files import read_text
from logdepth.tasks.graph import Graph

MOST_VERTICES = 2**20
"""A matrix file can claim any number of vertices in a few bytes; no model takes more than this."""


@dataclass(frozen=True)
class RawEdge:
    """One edge as a file states it: the ids of its ends, its weight as written ("" = none), and its place in words."""

    u: str
    v: str
    weight: str
    place: str


@dataclass(frozen=True)
class RawGraph:
    """What a file states, before any rule of a task: vertex ids in order and distinct, edges, the pair asked about."""

    vertices: Sequence[str]
    edges: Sequence[RawEdge]
    question: tuple[str, str] | None = None


def read_graph(path: Path, *, owner: str, simplify: bool, highest_weight: int | None) -> Graph:
    """The graph in a file. The end of its name, before any .gz, says the format; every other name is an edge list.

    - edge list: one edge `u v` or `u v weight` per line, parted by blanks or commas; a line with one id is a vertex,
      with or without edges; # and % start comments; a first line `? u v` asks about two vertices
    - .adjlist: a vertex and its neighbours per line, each edge on one line only, as networkx writes it
    - .gml, .graphml: weights are the attribute `weight` or else `value`; labels are ids if all are there and distinct
    - .mtx: a square matrix; a symmetric one holds each edge once; vertices are numbered from 1

    All edges are undirected. `simplify` drops self-loops and all but the first of repeated edges. Weights are read if
    `highest_weight` is given; every edge then has a whole one from 0 to highest_weight.
    Errors: UsageError with place and remedy.
    """
    raw = _format(path)(read_text(path), path)
    if not raw.vertices:
        raise UsageError(f"{path} holds no vertex. Give a graph with at least one.")
    number = {label: vertex for vertex, label in enumerate(raw.vertices, start=1)}
    kept: dict[tuple[str, str], RawEdge] = {}
    for edge in raw.edges:
        pair = min(edge.u, edge.v), max(edge.u, edge.v)
        if simplify and (edge.u == edge.v or pair in kept):
            continue
        if edge.u == edge.v:
            raise UsageError(
                f"{owner} takes no self-loop; {path}, {edge.place}, joins {edge.u!r} to itself. {_SIMPLIFY}"
            )
        if pair in kept:
            raise UsageError(
                f"{owner} takes each edge once, in either direction; {path}, {edge.place}, repeats"
                f" {edge.u!r} - {edge.v!r} of {kept[pair].place}. {_SIMPLIFY}"
            )
        kept[pair] = edge
    return Graph(
        vertices=len(raw.vertices),
        edges=np.array([(number[edge.u], number[edge.v]) for edge in kept.values()], dtype=np.int64),
        weights=None if highest_weight is None else _weights(list(kept.values()), highest_weight, path, owner),
        labels=tuple(raw.vertices),
        question=None if raw.question is None else _asked(raw.question, number, path),
    )


_SIMPLIFY = "Remove it, or drop all such edges with --simplify."


def _weights(edges: list[RawEdge], highest: int, path: Path, owner: str) -> np.ndarray:
    return np.array([_weight(edge, highest, path, owner) for edge in edges], dtype=np.int64)


def _weight(edge: RawEdge, highest: int, path: Path, owner: str) -> int:
    where = f"{path}, {edge.place}, edge {edge.u!r} - {edge.v!r}"
    if not edge.weight:
        raise UsageError(f"{owner} needs a weight for every edge; {where}, has none. Add its weight.")
    value = _number(edge.weight)
    if value is None or not value.is_integer():  # 3.0 is whole, as other tools write it
        raise UsageError(f"{owner} takes whole weights; {where}, has {edge.weight!r}. Scale and round the weights.")
    if not 0 <= value <= highest:
        raise UsageError(
            f"{owner} takes weights from 0 to {highest}; {where}, has {edge.weight}. Compile with another --weights."
        )
    return int(value)


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _asked(question: tuple[str, str], number: dict[str, int], path: Path) -> tuple[int, int]:
    for label in question:
        if label not in number:
            raise UsageError(
                f"a question is about two vertices; that of {path} names {label!r}. {did_you_mean(label, number)}"
            )
    u, v = (number[label] for label in question)
    if u == v:
        raise UsageError(f"a question is about two vertices; that of {path} names {question[0]!r} twice. Change it.")
    return u, v


# --- formats ---


def _format(path: Path) -> Callable[[str, Path], RawGraph]:
    formats = {".adjlist": _adjacency_list, ".gml": _gml, ".graphml": _graphml, ".mtx": _matrix}
    name = path.name.removesuffix(".gz")
    return formats.get(Path(name).suffix.lower(), _edge_list)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Line number and content of every line that holds more than a comment."""
    for line, content in enumerate(text.split("\n"), start=1):
        stated = _COMMENT.split(content, maxsplit=1)[0].strip(" \t,")
        if stated:
            yield line, stated


_COMMENT = re.compile(r"(?:^|\s)[#%]")
_ATTRIBUTES = re.compile(r"\{.*\}$")
_WEIGHT_ATTRIBUTE = re.compile(r"""['"]weight['"]\s*:\s*([^,}\s]+)""")


def _edge_list(text: str, path: Path) -> RawGraph:
    vertices: dict[str, None] = {}
    edges: list[RawEdge] = []
    question = None
    for line, content in _lines(text):
        attributes = _ATTRIBUTES.search(content)  # networkx writes a Python dictionary as third entry
        words = re.split(r"[\s,]+", content[: attributes.start()].strip() if attributes else content)
        if words[0] == "?" and len(words) == 3 and not vertices and question is None:
            question = (words[1], words[2])
            continue
        if len(words) > 3 or (len(words) == 3 and _number(words[2]) is None):
            raise UsageError(
                f"an edge list has lines 'u v' or 'u v weight'; {path}, line {line}, is {content[:60]!r}. Correct it."
            )
        vertices.update(dict.fromkeys(words[:2]))
        if len(words) > 1:
            named = _WEIGHT_ATTRIBUTE.search(attributes.group()) if attributes else None
            weight = words[2] if len(words) == 3 else named.group(1) if named else ""
            edges.append(RawEdge(words[0], words[1], weight, f"line {line}"))
    return RawGraph(tuple(vertices), edges, question)


def _adjacency_list(text: str, path: Path) -> RawGraph:
    lines = [(line, content.split()) for line, content in _lines(text)]
    edges = [RawEdge(words[0], word, "", f"line {line}") for line, words in lines for word in words[1:]]
    return RawGraph(tuple(dict.fromkeys(word for _, words in lines for word in words)), edges)


def _gml(text: str, path: Path) -> RawGraph:
    import networkx

    # As a multigraph, so that a repeated edge reaches our own rule and not an error of the parser.
    multiple = re.sub(r"^(\s*graph\s*\[)", r"\1 multigraph 1 ", text, count=1, flags=re.MULTILINE)
    return _from_networkx(lambda: networkx.parse_gml(multiple, label="id"), path, "GML")


def _graphml(text: str, path: Path) -> RawGraph:
    import networkx

    return _from_networkx(lambda: networkx.parse_graphml(text, force_multigraph=True), path, "GraphML")


def _from_networkx(parse: Callable[[], Any], path: Path, kind: str) -> RawGraph:
    try:
        graph = parse()
    except Exception as error:  # a parser of another library fails in its own ways on a damaged file
        raise _damaged(path, kind, error) from None
    ids = list(graph.nodes)
    labels = [str(graph.nodes[vertex].get("label", "")) for vertex in ids]
    named = all(labels) and len(set(labels)) == len(labels)
    name = dict(zip(ids, labels if named else map(str, ids), strict=True))
    edges = [
        RawEdge(name[u], name[v], str(data.get("weight", data.get("value", ""))), f"edge {place}")
        for place, (u, v, data) in enumerate(graph.edges(data=True), start=1)
    ]
    return RawGraph(tuple(name.values()), edges)


def _matrix(text: str, path: Path) -> RawGraph:
    from scipy.io import mmread
    from scipy.sparse import coo_matrix

    try:
        matrix = coo_matrix(mmread(io.BytesIO(text.encode())))
    except Exception as error:  # as above
        raise _damaged(path, "Matrix Market", error) from None
    rows, columns = matrix.shape
    if rows != columns or rows > MOST_VERTICES:
        raise UsageError(
            f"a graph is a square matrix of at most {MOST_VERTICES} rows; {path} is {rows} x {columns}. Give another."
        )
    entries = list(zip((matrix.row + 1).tolist(), (matrix.col + 1).tolist(), matrix.data.tolist(), strict=True))
    cells = {(row, column) for row, column, _ in entries}
    symmetric = all((column, row) in cells for row, column in cells)
    edges = [
        RawEdge(str(row), str(column), str(value), f"entry ({row}, {column})")
        for row, column, value in entries
        if row >= column or not symmetric
    ]
    return RawGraph([str(vertex) for vertex in range(1, rows + 1)], edges)


def _damaged(path: Path, kind: str, error: Exception) -> UsageError:
    reason = " ".join(str(error).split())[:160] or type(error).__name__
    return UsageError(f"{path} is not a {kind} file that can be read ({reason}). Write it again, or give an edge list.")
