"""Graphs as a user has them in memory: networkx's, edges as tuples, arrays or data frames."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from logdepth.numerics.columns import as_array
from logdepth.numerics.errors import UsageError, quoted
from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.inputs.graph_files import EdgeRules, graph_of
from logdepth.tasks.inputs.graph_formats import raw_of
from logdepth.tasks.inputs.raw_graph import RawGraph, is_matrix, pairs
from logdepth.tasks.prompts import PROMPT, Prompt, Template, check_asked, read_prompt

THE_GRAPH = "the graph"
"""What messages call it."""
FIRST, SECOND, WEIGHT = ("source", "from", "u"), ("target", "to", "v"), ("weight",)
"""Names of the columns of a data frame."""


def take_graph(given: Any, owner: str, rules: EdgeRules) -> Graph:
    """The graph, by the rules of a task: of networkx, or of edges (u, v) or (u, v, weight), whose vertices are named in
    the order in which they come.

    Errors: UsageError for anything else, and as `read_graph`.
    """
    if hasattr(given, "is_multigraph") and hasattr(given, "nodes"):  # networkx, which is not imported for this
        vertices, directed = list(given.nodes), bool(given.is_directed())
        stated = [(u, v, data.get("weight")) for u, v, data in given.edges(data=True)]
    else:
        stated, directed = [edge_of(entry, owner) for entry in entries_of(given, owner)], None
        vertices = list(dict.fromkeys(end for u, v, _ in stated for end in (u, v)))
    number = {vertex: place for place, vertex in enumerate(vertices, start=1)}
    weighted = any(weight is not None for _, _, weight in stated)
    raw = RawGraph(
        labels=tuple(map(str, vertices)),
        ends=pairs([(number[u], number[v]) for u, v, _ in stated]),
        weights=["" if weight is None else str(weight) for _, _, weight in stated] if weighted else None,
        place=lambda edge: f"edge {edge + 1}",
        directed=directed,
    )
    return graph_of(raw, THE_GRAPH, owner, rules)


def is_prompt(given: Any) -> TypeGuard[Prompt | str]:
    """Whether it is a prompt, or a text that is meant as one."""
    return isinstance(given, Prompt) or (isinstance(given, str) and PROMPT.match(given.encode()) is not None)


def take_prompt(given: Prompt | str, owner: str, rules: EdgeRules, asks: Template | None) -> Graph:
    """The graph of a prompt, or of the text of one. Errors: UsageError as `read_graph`."""
    prompt = read_prompt(given) if isinstance(given, str) else given
    check_asked(prompt, asks, "the text", owner)
    return graph_of(raw_of(prompt, "the text"), "the text", owner, rules)


def entries_of(given: Any, owner: str) -> Iterable[Sequence[Any]]:
    """The edges that are given, a row each."""
    if hasattr(given, "columns") and hasattr(given, "__getitem__"):  # a data frame
        names = {str(name).strip().lower(): name for name in given.columns}
        found = [next((names[name] for name in choices if name in names), None) for choices in (FIRST, SECOND, WEIGHT)]
        if found[0] is None or found[1] is None:
            raise UsageError(
                f"{owner} takes a data frame of edges with the columns source and target, and weight where it counts;"
                f" this one has {', '.join(map(repr, given.columns))}."
            )
        return list(zip(*(given[name] for name in found if name is not None), strict=True))
    if hasattr(given, "tocoo"):  # a sparse matrix of scipy
        raise UsageError(f"{owner} takes edges, not a matrix. Make a graph: networkx.from_scipy_sparse_array(matrix).")
    if hasattr(given, "__array__"):
        array = as_array("edges", given, owner)
        if is_matrix(array):
            raise UsageError(f"{owner} takes edges, not a matrix. Make a graph: networkx.from_numpy_array(matrix).")
        given = array.tolist()
    if isinstance(given, (str, bytes, dict)) or not isinstance(given, Iterable):
        raise UsageError(
            f"{owner} takes a graph of networkx, or edges as tuples (u, v) or (u, v, weight), an array or a data frame"
            f" of them; not a {type(given).__name__}. For a file: task.read(path)."
        )
    return list(given)


def edge_of(entry: Any, owner: str) -> tuple[Any, Any, Any]:
    """The ends and the weight, None if there is none."""
    match entry:
        case (u, v):
            weight = None
        case (u, v, Mapping() as data):  # as networkx lists edges
            weight = data.get("weight")
        case (u, v, weight):
            pass
        case _:
            raise UsageError(f"{owner} takes edges (u, v) or (u, v, weight), not {quoted(entry)}.")
    try:
        hash((u, v))
    except TypeError:
        raise UsageError(f"{owner} takes vertices with names or numbers, not those of {quoted(entry)}.") from None
    return u, v, weight
