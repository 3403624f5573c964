"""GML: nested lists of keys and values; of them a graph is its nodes and edges, and all other keys are skipped."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from logdepth.tasks.inputs.files import decode
from logdepth.tasks.inputs.raw_graph import RawGraph, damage, names_of, pairs
from logdepth.tasks.inputs.written_numbers import whole_number

_TOKEN = re.compile(r'[ \t\n]+|#[^\n]*|(?P<token>"[^"]*"|\[|\]|[^ \t\n\[\]"#]+)|(?P<wrong>.)', re.DOTALL)

_ASKED = {"node": ("id", "label"), "edge": ("source", "target", "weight", "value")}


class Broken(Exception):
    """What is wrong with a file, in words."""


def gml(data: bytes, path: Path) -> RawGraph:
    """GML, also on one line; a node without an id is a vertex that no edge can name."""
    try:
        return _graph(decode(data, path))
    except Broken as error:
        raise damage(path, "GML", error) from None


def _graph(text: str) -> RawGraph:
    directed = False
    found: dict[str, list[dict[str, str]]] = {"node": [], "edge": []}
    graphs = 0
    for where, key, value in _statements(text):
        if where == () and key == "graph" and value == "[":
            graphs += 1
        elif where == ("graph",) and key == "directed":
            directed = value == "1"
        elif where == ("graph",) and key in found and value == "[":
            found[key].append({})
        elif len(where) == 2 and where[0] == "graph" and where[1] in found:
            if key in ("node", "edge", "graph"):
                raise Broken(f"a {where[1]} holds another {key}")
            if key in _ASKED[where[1]] and value != "[":
                if key in found[where[1]][-1]:
                    raise Broken(f"{where[1]} {len(found[where[1]])} has two values of {key}")
                found[where[1]][-1][key] = value
    if graphs != 1:
        raise Broken("it holds no graph" if not graphs else "it holds several graphs, and one is read")
    return _raw(found["node"], found["edge"], directed)


def _statements(text: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Every key with its value, "[" for a list, and the keys of the lists that it stands in; strings are unescaped."""
    where: list[str] = []
    path: tuple[str, ...] = ()
    key: str | None = None
    for found in _TOKEN.finditer(text):
        if found.group("wrong"):
            raise Broken(f"a string is not closed at offset {found.start()}")
        token = found.group("token")
        if token is None:
            continue
        if key is None:
            if token == "]":
                if not where:
                    raise Broken("a list is closed that was not opened")
                where.pop()
                path = tuple(where[:3])
            elif token == "[" or token.startswith('"'):
                raise Broken(f"{token[:40]!r} stands where a key is to be")
            else:
                key = token.lower()
        elif token == "]":
            raise Broken(f"the key {key[:40]!r} has no value")
        else:
            if len(where) < 3:
                yield path, key, unescape(token[1:-1]) if token.startswith('"') else token
            if token == "[":
                where.append(key)
                path = tuple(where[:3])
            key = None
    if where or key is not None:
        raise Broken("it ends too early")


def _raw(nodes: list[dict[str, str]], edges: list[dict[str, str]], directed: bool) -> RawGraph:
    number: dict[int, int] = {}
    ids = []
    for place, node in enumerate(nodes, start=1):
        identity = whole_number(node["id"]) if "id" in node else None
        if "id" in node and identity is None:
            raise Broken(f"the id {node['id'][:40]!r} of node {place} is no whole number")
        if identity is not None:
            if identity in number:
                raise Broken(f"the id {identity} is given to two nodes")
            number[identity] = place
        ids.append(str(identity) if identity is not None else f"node {place}")
    ends = [
        (_end(edge, place, "source", number), _end(edge, place, "target", number)) for place, edge in enumerate(edges)
    ]
    return RawGraph(
        labels=names_of(ids, [node.get("label", "") for node in nodes]),
        ends=pairs(ends),
        weights=[edge.get("weight", edge.get("value", "")) for edge in edges],
        place=lambda edge: f"edge {edge + 1}",
        directed=directed,
    )


def _end(edge: dict[str, str], place: int, key: str, number: dict[int, int]) -> int:
    identity = whole_number(edge.get(key, ""))
    if identity not in number:
        what = f"names the undefined node {edge[key][:40]!r}" if key in edge else f"has no {key}"
        raise Broken(f"edge {place + 1} {what}")
    return number[identity]
