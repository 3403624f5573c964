"""Which format a graph file has: what the caller says, else what its content shows, else the end of its name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks.inputs.edge_lists import find_mark, read_edge_list
from logdepth.tasks.inputs.files import PACKED_SUFFIXES
from logdepth.tasks.inputs.graph_formats import line_formats
from logdepth.tasks.inputs.graph_formats.bit_formats import graph6
from logdepth.tasks.inputs.graph_formats.gml import gml
from logdepth.tasks.inputs.graph_formats.json_graphs import json_graph
from logdepth.tasks.inputs.graph_formats.matrices import matrix_market
from logdepth.tasks.inputs.graph_formats.prompts import prompt_graph
from logdepth.tasks.inputs.graph_formats.xml_graphs import gexf, graphml
from logdepth.tasks.inputs.raw_graph import RawGraph
from logdepth.tasks.prompts import PROMPT

_HEAD = 4096
"""Bytes at the beginning in which a format shows itself."""


@dataclass(frozen=True)
class GraphFormat:
    """read: content and path to graph. suffixes: of its files. signature: what no edge list begins with."""

    read: Callable[[bytes, Path], RawGraph]
    suffixes: tuple[str, ...] = ()
    signature: re.Pattern[bytes] | None = None


def _signature(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.IGNORECASE | re.VERBOSE)


_XML = r"(?:<\?xml[^>]*>|<!--(?:[^-]|-[^-])*-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>|\s)* < (?:\w+:)? "

FORMATS: Mapping[str, GraphFormat] = {
    "adjlist": GraphFormat(line_formats.adjacency_list, (".adjlist",)),
    "multiline-adjlist": GraphFormat(line_formats.multiline_adjacency_list, (".multiline_adjlist",)),
    "gml": GraphFormat(
        gml,
        (".gml",),
        _signature(
            r'(?:\s|\#[^\n]*\n|(?:creator|version|comment)\s+(?:"[^"]*"|[^\s"\[\]]+)|directed\s+[01])* graph\s*\['
        ),
    ),
    "graphml": GraphFormat(graphml, (".graphml",), _signature(_XML + r"graphml\b")),
    "gexf": GraphFormat(gexf, (".gexf",), _signature(_XML + r"gexf\b")),
    "graph6": GraphFormat(graph6, (".g6", ".s6", ".graph6", ".sparse6"), _signature(r">>(?:graph6|sparse6)<<")),
    "pajek": GraphFormat(
        line_formats.pajek, (".net", ".paj", ".pajek"), _signature(r"(?:\s|%[^\n]*\n)*\*(?:vertices|network)\b")
    ),
    "json": GraphFormat(json_graph, (".json",), _signature(r'\s*\{\s*(?:"|\}\s*\Z)')),
    "mtx": GraphFormat(matrix_market, (".mtx", ".mm"), _signature("%%MatrixMarket")),
    "leda": GraphFormat(line_formats.leda, (".lgr", ".leda", ".gw"), _signature(r"(?:\s|\#[^\n]*\n)*LEDA\.GRAPH\b")),
    "dimacs": GraphFormat(
        line_formats.dimacs,
        (".dimacs", ".col"),
        _signature(r"(?:\s|c(?:[ \t][^\n]*)?\n)*p[ \t]+[a-z]+[ \t]+\d+[ \t]+\d+[ \t]*\n"),
    ),
    "lgl": GraphFormat(line_formats.lgl, (".lgl",)),
    "tgf": GraphFormat(line_formats.tgf, (".tgf",)),
    "metis": GraphFormat(line_formats.metis, (".metis", ".graph")),
    "prompt": GraphFormat(prompt_graph, (".prompt",), PROMPT),
}
"""All but the edge list, by the name that the caller gives."""

EDGE_LIST = "edge-list"

_UNREAD = {
    "DOT": (
        (".dot", ".gv"),
        _signature(r"(?:\s|//[^\n]*\n|\#[^\n]*\n|/\*.*?\*/)* (?:strict\s+)?(?:di)?graph\b[^\[\n]{0,200}\{"),
    ),
    "UCINET DL": ((".dl",), _signature(r"\s*dl\s+(?:n|nm|nr|format|data)\s*[= ]")),
    "a list in JSON": ((), _signature(r'\s*\[\s*[\[{"\d]')),
    "GDF": ((".gdf",), _signature(r"\s*nodedef>")),
    "VNA": ((".vna",), _signature(r"\s*\*\s*node\s+(?:data|properties)")),
    "digraph6": ((".d6",), _signature(r">>digraph6<<")),
    "XML of another kind": ((".xgmml", ".xml"), _signature(r"\s*(?:<\?xml|<!doctype|<!--|<html|<[a-z]+[\s>:])")),
}
"""Formats that are refused by name."""


def parse_graph(data: bytes, path: Path, format: str | None = None, delimiter: str | None = None) -> RawGraph:
    """The graph of a file's content, as `read_graph` describes it. Errors: UsageError with place and remedy."""
    name = _find_named(format, delimiter)
    if name is None and delimiter is not None:
        name = "adjlist" if _suffix(path) == ".adjlist" else EDGE_LIST
    name = name or _find_shown(data) or _by_suffix(path)
    if name == "adjlist":
        return line_formats.adjacency_list(data, path, None if delimiter is None else find_mark(delimiter))
    if name == EDGE_LIST:
        return read_edge_list(data, path, delimiter)
    if name is not None:
        return FORMATS[name].read(data, path)
    _refuse_unread(data, path)
    graph = line_formats.multiline_or_none(data, path) if b"}\n" in data + b"\n" and b"{" in data else None
    if graph is not None:
        return graph
    _refuse_ambiguous(data, path)
    return read_edge_list(data, path, suffix=_suffix(path), guessed=True)


def _find_named(format: str | None, delimiter: str | None) -> str | None:
    if format is None:
        return None
    if format != EDGE_LIST and format not in FORMATS:
        raise UsageError(f"there is no graph format {format!r}. {did_you_mean(format, [EDGE_LIST, *FORMATS])}")
    if delimiter is not None and format not in (EDGE_LIST, "adjlist"):
        raise UsageError(
            f"a delimiter parts the words of an edge list or adjlist; the format is {format}. Leave one out."
        )
    return format


def _find_shown(data: bytes) -> str | None:
    head = data[:_HEAD]
    return next((name for name, kind in FORMATS.items() if kind.signature and kind.signature.match(head)), None)


def _by_suffix(path: Path) -> str | None:
    suffix = _suffix(path)
    return next((name for name, kind in FORMATS.items() if suffix in kind.suffixes), None)


def _suffix(path: Path) -> str:
    """The last one, before those of packing."""
    name = path.name.lower()
    while name.endswith(PACKED_SUFFIXES):
        name = name.rpartition(".")[0]
    return Path(name).suffix


def _refuse_unread(data: bytes, path: Path) -> None:
    for name, (suffixes, signature) in _UNREAD.items():
        if signature.match(data[:_HEAD]) or _suffix(path) in suffixes:
            known = ", ".join([EDGE_LIST, *FORMATS])
            raise UsageError(f"{path} is {name}, which is not read. Write it in another format: {known}.")


def _refuse_ambiguous(data: bytes, path: Path) -> None:
    """A METIS or TGF file of numbers could be a list of edges, too; the caller has to say which."""
    for name, could_be in (("metis", _could_be_metis), ("tgf", _could_be_tgf), ("lgl", _could_be_lgl)):
        if could_be(data, path):
            raise UsageError(
                f"{path} can be read as {name} and as an edge list. Say which: give the format {name} or {EDGE_LIST}."
            )


_TWO_NUMBERS = re.compile(rb"(?:%[^\n]*\n)*[ \t]*(\d{1,9})[ \t]+(\d{1,9})(?:[ \t]+[01]{1,3}(?:[ \t]+\d)?)?[ \t]*\n")


def _could_be_metis(data: bytes, path: Path) -> bool:
    """Its first line states how many lines and numbers follow, and the numbers are neighbours on both sides."""
    head = _TWO_NUMBERS.match(data)
    if head is None or not 0 <= int(head[1]) - data.count(b"\n", head.end()) <= 1 + (not data.endswith(b"\n")):
        return False
    return not isinstance(line_formats.metis_or_reason(data.decode("latin-1")), str)


def _could_be_tgf(data: bytes, path: Path) -> bool:
    """One line # alone, behind other lines."""
    if data.count(b"\n#\n") != 1 or b"#" in data[: data.index(b"\n#\n")]:
        return False
    try:
        line_formats.tgf(data, path)
    except UsageError:
        return False
    return True


def _could_be_lgl(data: bytes, path: Path) -> bool:
    """Every comment is one word, every other line a word and perhaps a number; and either these words are no numbers,
    or all comments are."""
    if not data.startswith(b"# "):
        return False
    head = data[: 2**16].rpartition(b"\n")[0] or data
    try:
        graph = line_formats.lgl(head, path)
    except UsageError:
        return False
    vertices = re.findall(rb"^# *(\S+)", head, re.MULTILINE)
    if len(vertices) > 1 and all(vertex.isdigit() for vertex in vertices):
        return True
    return any(not graph.labels[end - 1].isdigit() for end in graph.ends[:, 1].tolist())
