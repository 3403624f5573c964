"""An edge list: whole numbers alone, or any words."""

from pathlib import Path

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.tasks.inputs.edge_lists.delimiters import find_mark
from logdepth.tasks.inputs.edge_lists.lines import drop_comment_lines
from logdepth.tasks.inputs.edge_lists.plain import read_plain_list
from logdepth.tasks.inputs.edge_lists.words import read_edges_in_words
from logdepth.tasks.inputs.files import decode
from logdepth.tasks.inputs.raw_graph import RawGraph, is_matrix


def read_edge_list(
    data: bytes, path: Path, delimiter: str | None = None, *, suffix: str = "", guessed: bool = False
) -> RawGraph:
    """An edge list, as `read_graph` describes it: between the words stands `delimiter` ("blank": blanks; None: what the
    lines show, then the suffix). guessed: its format was not given, so that a list without any edge is refused.

    Errors: UsageError with the line.
    """
    mark = None if delimiter is None else find_mark(delimiter)
    stated = drop_comment_lines(data)
    if stated is not None and not stated.strip(b" \t\n"):
        return RawGraph((), np.zeros((0, 2), dtype=np.int64), None, lambda edge: "")
    plain = read_plain_list(data) if mark is None else None
    graph = plain or read_edges_in_words(decode(data, path), path, mark, suffix=suffix, guessed=guessed)
    if guessed and _begins_with_counts(graph):
        raise UsageError(
            f"{path}, {graph.place(0)}, may be an edge, or count vertices and edges: it is followed by as many lines as"
            " its second number says, and its first is the highest. Remove it, or give the format edge-list if it is an"
            " edge."
        )
    if guessed and _could_be_matrix(graph):
        raise UsageError(
            f"{path} may be three edges with weights, or an adjacency matrix: it is symmetric, and 0 on the diagonal."
            " Write a matrix as its edges, or give the format edge-list if these are edges."
        )
    return graph


def _could_be_matrix(graph: RawGraph) -> bool:
    """Whether three lines of three numbers could as well be a matrix of 0 and others."""
    if len(graph.ends) != 3 or graph.weights is None:
        return False
    rows = [
        [graph.labels[u - 1], graph.labels[v - 1], str(weight)]
        for (u, v), weight in zip(graph.ends.tolist(), graph.weights, strict=True)
    ]
    return all(word.isdecimal() for row in rows for word in row) and is_matrix(np.array(rows, dtype=float))


def _begins_with_counts(graph: RawGraph) -> bool:
    """Whether the first edge is two numbers n m, as m other edges between vertices up to n have before them in lists
    of programming contests."""
    if len(graph.ends) < 3 or (graph.weights is not None and graph.weights[0] not in ("", None)):
        return False
    vertices, edges = (graph.labels[end - 1] for end in graph.ends[0].tolist())
    if edges != str(len(graph.ends) - 1) or not vertices.isdecimal():
        return False
    others = [graph.labels[end - 1] for end in np.unique(graph.ends[1:]).tolist()]
    return all(label.isdecimal() and int(label) <= int(vertices) for label in others)
