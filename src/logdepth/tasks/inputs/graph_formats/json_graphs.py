"""JSON of networkx: node-link, adjacency and Cytoscape data."""

import json
from pathlib import Path
from typing import Any, NoReturn

from logdepth.numerics.errors import UsageError
from logdepth.tasks.inputs.files import decode
from logdepth.tasks.inputs.raw_graph import RawGraph, damage, names_of, pairs

MOST_BYTES = 2**24
"""JSON is read as a whole, and takes up to thirty times its size in memory."""


class _Number(str):
    """A number as it is written."""


class Broken(Exception):
    """What is wrong with a file, in words."""


def json_graph(data: bytes, path: Path) -> RawGraph:
    """The graph that networkx's `node_link_data`, `adjacency_data` or `cytoscape_data` wrote as JSON."""
    if len(data) > MOST_BYTES:
        raise UsageError(
            f"{path} is larger than {MOST_BYTES // 2**20} MiB, the most of JSON that is read. Give an edge list."
        )
    try:
        held = json.loads(decode(data, path), parse_int=_Number, parse_float=_Number, parse_constant=_Number)
        return _graph(held)
    except (ValueError, RecursionError, Broken) as error:
        if isinstance(error, UsageError):
            raise
        raise damage(path, "JSON graph", error) from None


def _graph(held: Any) -> RawGraph:
    if not isinstance(held, dict):
        _refuse("it is no object with nodes and edges")
    elements = held.get("elements")
    if isinstance(elements, dict):
        nodes = [_object(node, "node").get("data") for node in _list(elements, "nodes")]
        edges = [_object(edge, "edge").get("data") for edge in _list(elements, "edges")]
        return _raw(held, nodes, edges)
    nodes = _list(held, "nodes")
    if "adjacency" in held:
        rows = _list(held, "adjacency")
        if len(rows) != len(nodes):
            _refuse("it has not as many rows of neighbours as nodes")
        seen: set[str] = set()
        edges = []
        for node, row in zip(nodes, rows, strict=True):
            source = _identity(_object(node, "node").get("id"))
            for place in row if isinstance(row, list) else _refuse("a row of neighbours is no list"):
                target = _identity(_object(place, "neighbour").get("id"))
                if held.get("directed") is True or target not in seen:  # else it is stated at both ends
                    edges.append({**place, "source": source, "target": target})
            seen.add(source)
        return _raw(held, nodes, edges)
    names = [name for name in ("edges", "links") if name in held]
    if len(names) != 1:
        _refuse("it has no edges (node-link data), adjacency, or elements")
    return _raw(held, nodes, _list(held, names[0]))


def _raw(held: dict[str, Any], nodes: list[Any], edges: list[Any]) -> RawGraph:
    number: dict[str, int] = {}
    names = []
    for node in nodes:
        identity = _identity(_object(node, "node").get("id"))
        if identity in number:
            _refuse(f"the id {identity!r} is given to two nodes")
        number[identity] = len(number) + 1
        label = node.get("label", "")
        names.append(label if isinstance(label, str) else "")
    ends, weights = [], []
    for place, edge in enumerate(edges, start=1):
        pair = [_identity(_object(edge, "edge").get(end)) for end in ("source", "target")]
        for vertex in pair:
            if vertex not in number:
                _refuse(f"edge {place} names the undefined node {vertex!r}")
        ends.append((number[pair[0]], number[pair[1]]))
        weight = edge.get("weight", edge.get("value", ""))
        weights.append(weight if isinstance(weight, str) else "no number")
    return RawGraph(
        labels=names_of(tuple(number), names),
        ends=pairs(ends),
        weights=weights,
        place=lambda edge: f"edge {edge + 1}",
        directed=held["directed"] if isinstance(held.get("directed"), bool) else None,
    )


def _list(held: dict[str, Any], name: str) -> list[Any]:
    found = held.get(name)
    return found if isinstance(found, list) else _refuse(f"its {name} are no list")


def _object(held: Any, what: str) -> dict[str, Any]:
    return held if isinstance(held, dict) else _refuse(f"a {what} is no object")


def _identity(value: Any) -> str:
    return value if isinstance(value, str) else _refuse("an id is neither a text nor a number")


def _refuse(reason: str) -> NoReturn:
    raise Broken(reason)
