"""GraphML and GEXF, read as they come: no tree of the file is kept; all but vertices, edges and weights is skipped."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError, XMLParser

from logdepth.tasks.inputs.files import decode
from logdepth.tasks.inputs.raw_graph import RawGraph, damage, names_of, pairs

_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_UNICODE = {"utf8", "utf16", "utf16le", "utf16be", "utf32", "utf32le", "utf32be"}

WEIGHTS = ("weight", "value")
"""Names of the attribute that holds an edge's weight, the first that is there."""


@dataclass
class _Edge:
    source: str
    target: str
    directed: str
    attributes: dict[str, str]


@dataclass
class _Element:
    """One that is open: its name, its attributes, and of some the text."""

    name: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)


class Broken(Exception):
    """What is wrong with a file, in words."""


class _Reader:
    """What the two formats share: vertices and edges at any depth, also those of graphs within vertices."""

    kind: str
    with_text: frozenset[str] = frozenset()
    """Elements whose text counts."""

    def __init__(self) -> None:
        self.open: list[_Element] = []
        self.names: dict[str, str] = {}  # of vertices, by id
        self.edges: list[_Edge] = []
        self.graphs = 0
        self.default = ""  # what an edge is that does not say: directed or undirected
        self.nodes_open: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        element = _Element(tag.rpartition("}")[2], attributes)
        self.begin(element)
        self.open.append(element)

    def data(self, text: str) -> None:
        if self.open and self.open[-1].name in self.with_text:
            self.open[-1].text.append(text)

    def end(self, tag: str) -> None:
        element = self.open.pop()
        self.finish(element, "".join(element.text).strip())
        if element.name == "node":
            self.nodes_open.pop()

    def close(self) -> None:
        pass

    def begin(self, element: _Element) -> None:
        name, attributes = element.name, element.attributes
        if name == "graph":
            self.begin_graph(attributes)
        elif name == "node":
            if attributes.get("id") is None:
                raise Broken(f"node {len(self.names) + 1} has no id")
            if attributes["id"] in self.names:
                raise Broken(f"the id {attributes['id']!r} is given to two nodes")
            self.names[attributes["id"]] = attributes.get("label", "")
            self.nodes_open.append(attributes["id"])
        elif name == "edge":
            ends = attributes.get("source"), attributes.get("target")
            if ends[0] is None or ends[1] is None:
                raise Broken(f"edge {len(self.edges) + 1} has no source or no target")
            self.edges.append(_Edge(ends[0], ends[1], self.direction(attributes), {}))
        elif name == "hyperedge":
            raise Broken("it holds a hyperedge")

    def begin_graph(self, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def direction(self, attributes: dict[str, str]) -> str:
        raise NotImplementedError

    def finish(self, element: _Element, text: str) -> None:
        pass

    def weight(self, edge: _Edge) -> str:
        return next((edge.attributes[name] for name in WEIGHTS if name in edge.attributes), "")

    def graph(self) -> RawGraph:
        """All that was read."""
        if not self.graphs:
            raise Broken("it holds no graph")
        number = {vertex: place for place, vertex in enumerate(self.names, start=1)}
        for place, edge in enumerate(self.edges, start=1):
            for vertex in (edge.source, edge.target):
                if vertex not in number:
                    raise Broken(f"edge {place} names the undefined node {vertex!r}")
        directions = {edge.directed for edge in self.edges} or {self.default}
        if len(directions) > 1:
            raise Broken("some of its edges are directed and some are not")
        return RawGraph(
            labels=names_of(tuple(self.names), tuple(self.names.values())),
            ends=pairs([(number[edge.source], number[edge.target]) for edge in self.edges]),
            weights=[self.weight(edge) for edge in self.edges],
            place=lambda edge: f"edge {edge + 1}",
            directed=directions == {"directed"},
        )


class _GraphML(_Reader):
    kind = "GraphML"
    with_text = frozenset({"data", "default", "NodeLabel"})

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, str] = {}  # id of a key: name of its attribute
        self.defaults: dict[str, str] = {}  # of the attributes of edges, by name

    def begin_graph(self, attributes: dict[str, str]) -> None:
        if not self.nodes_open:
            self.graphs += 1
            if self.graphs > 1:
                raise Broken("it holds several graphs, and one is read")
            self.default = attributes.get("edgedefault", "undirected")

    def direction(self, attributes: dict[str, str]) -> str:
        said = {"true": "directed", "1": "directed", "false": "undirected", "0": "undirected"}
        return said.get(attributes.get("directed", ""), self.default)

    def finish(self, element: _Element, text: str) -> None:
        name, attributes = element.name, element.attributes
        inside = self.open[-1].name if self.open else ""
        if name == "key":
            self.keys[attributes.get("id", "")] = attributes.get("attr.name", attributes.get("id", ""))
        elif name == "default" and inside == "key":
            described = self.open[-1].attributes
            if described.get("for", "all") in ("edge", "all"):
                self.defaults[described.get("attr.name", described.get("id", ""))] = text
        elif name == "data" and inside == "edge":
            key = attributes.get("key", "")
            self.edges[-1].attributes[self.keys.get(key, key)] = text
        elif name == "data" and inside == "node":
            key = attributes.get("key", "")
            if self.keys.get(key, key) == "label":
                self.names[self.nodes_open[-1]] = text
        elif name == "NodeLabel" and self.nodes_open and not self.names[self.nodes_open[-1]]:
            self.names[self.nodes_open[-1]] = text

    def weight(self, edge: _Edge) -> str:
        edge.attributes = self.defaults | edge.attributes
        return super().weight(edge)


class _Gexf(_Reader):
    kind = "GEXF"

    def begin_graph(self, attributes: dict[str, str]) -> None:
        self.graphs += 1
        if self.graphs > 1:
            raise Broken("it holds several graphs, and one is read")
        if attributes.get("mode", "static") != "static":
            raise Broken("its graph changes in time")
        self.default = attributes.get("defaultedgetype", "undirected")

    def begin(self, element: _Element) -> None:
        super().begin(element)
        if element.name == "edge" and "weight" in element.attributes:
            self.edges[-1].attributes["weight"] = element.attributes["weight"]

    def direction(self, attributes: dict[str, str]) -> str:
        return attributes.get("type", self.default)


def graphml(data: bytes, path: Path) -> RawGraph:
    """GraphML, with or without its namespace; vertices of nested graphs are vertices, and defaults of keys hold."""
    return _read(_GraphML(), data, path)


def gexf(data: bytes, path: Path) -> RawGraph:
    """GEXF of a graph that does not change in time."""
    return _read(_Gexf(), data, path)


def _read(reader: _Reader, data: bytes, path: Path) -> RawGraph:
    text = xml_text(data, path)
    if "<!ENTITY" in text:
        raise damage(path, reader.kind, "it declares entities, which a graph does not need")
    try:
        parser = XMLParser(target=reader)
        parser.feed(text)
        parser.close()
        return reader.graph()
    except (ParseError, Broken, ValueError) as error:
        raise damage(path, reader.kind, error) from None


def xml_text(data: bytes, path: Path) -> str:
    """The text of an XML file in the encoding that it names. Errors: UsageError if it is not in this encoding."""
    named = _ENCODING.match(data)
    encoding = named.group(1).decode() if named else "utf-8"
    if encoding.lower().replace("-", "").replace("_", "") in _UNICODE:  # read_bytes has made it UTF-8
        return decode(data, path)
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        raise damage(path, "XML", f"it is not in the encoding {encoding} that it names") from None
