"""How a graph is put into words: the encodings of GraphQA (arXiv 2310.04560; wording of its public generator)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks.prompts.names import NAMES
from logdepth.tasks.prompts.sentences import match_sentence, pattern_of

Edge = tuple[int, int]
"""Two vertices, numbered from 1."""


@dataclass(frozen=True)
class Phrasing:
    """One way to put a graph into words, and to read it back.

    names: the list that vertices take their names from. opening: the sentence that lists the vertices. heading: what
    stands before the edges, if there are any. edge: how one edge is said. close: what ends the whole.
    """

    name: str
    names: str
    opening: str
    heading: str
    edge: str
    close: str = ""

    def write(self, names: Sequence[str], edges: Sequence[Edge]) -> str:
        """The graph in words, with a line end at its end."""
        text = self.opening.format(nodes=listed(names)) + "\n" + self.heading * bool(edges)
        text += self.say(names, edges)
        return f"{text.strip()}{self.close}\n" if self.close else text

    def order(self, edges: Sequence[Edge]) -> Sequence[tuple[Edge, int]]:
        """The edges in the order and from the ends that the text shows, each with its place among those given."""
        return [(edge, place) for place, edge in enumerate(edges)]

    def say(self, names: Sequence[str], edges: Sequence[Edge]) -> str:
        return "".join(self.edge.format(u=names[u - 1], v=names[v - 1]) for u, v in edges)

    def read(self, line: str, names: tuple[str, ...]) -> list[tuple[str, str]] | None:
        """The edges that a line states, by names; None if it is no line of edges."""
        found = match_sentence(self.edge, line, names)
        return None if found is None else [(found["u"], found["v"])]

    def behind_heading(self, line: str) -> str:
        """A line, with single blanks, without the heading that it may begin with."""
        heading = squeeze(self.heading)
        return line[len(heading) :].strip() if line.lower().startswith(heading) else line


@dataclass(frozen=True)
class OneLine(Phrasing):
    """All edges on one line, behind the heading."""

    def read(self, line: str, names: tuple[str, ...]) -> list[tuple[str, str]] | None:
        stated, edge = self.behind_heading(line), pattern_of(self.edge)
        found = [(pair["u"].strip(), pair["v"].strip()) for pair in edge.finditer(stated)]
        rest = edge.sub("", stated).lower().replace("and", "").strip(" ,.;")
        return found if found and not rest else None


@dataclass(frozen=True)
class ByVertex(Phrasing):
    """A line for every vertex that has neighbours, which lists them all. So every edge is said twice.

    edge: for one neighbour; several: for more than one.
    """

    several: str = ""

    def order(self, edges: Sequence[Edge]) -> Sequence[tuple[Edge, int]]:
        """By their vertices; each edge once."""
        first: dict[Edge, int] = {}
        for place, (u, v) in enumerate(edges):
            first.setdefault((min(u, v), max(u, v)), place)
        return sorted(first.items())

    def say(self, names: Sequence[str], edges: Sequence[Edge]) -> str:
        return "".join(self._lines(names, edges))

    def _lines(self, names: Sequence[str], edges: Sequence[Edge]) -> Iterator[str]:
        beside: dict[int, set[int]] = {vertex: set() for vertex in range(1, len(names) + 1)}
        for u, v in edges:
            beside[u].add(v)
            beside[v].add(u)
        for vertex, others in beside.items():
            if others:
                said, beside_it = (
                    self.edge if len(others) == 1 else self.several,
                    [names[v - 1] for v in sorted(others)],
                )
                yield said.format(u=names[vertex - 1], v=beside_it[0], others=", ".join(beside_it))

    def read(self, line: str, names: tuple[str, ...]) -> list[tuple[str, str]] | None:
        found = match_sentence(self.several, line, names)
        if found is None:
            return super().read(line, names)
        return [(found["u"], other) for other in split_names(found["others"])]


def listed(names: Sequence[str]) -> str:
    """Names with commas between them and "and" before the last; also before a single one, as the public prompts."""
    *before, last = names
    return "".join(f"{name}, " for name in before) + f"and {last}"


def listed_plainly(names: Sequence[str], vertices: Iterable[int]) -> str:
    """Their names in order, with commas between them alone."""
    return ", ".join(names[vertex - 1] for vertex in sorted(vertices))


_AND = re.compile(r"(?:^| )and ", re.IGNORECASE)


def split_names(text: str) -> tuple[str, ...]:
    """The inverse of `listed`; takes "0, 1 and 2" as well."""
    *before, last = (" ".join(name.split()) for name in text.split(","))
    ends = [name for name in _AND.split(last) if name]
    return tuple(name for name in (*before, *ends) if name)


_GRAPH = "G describes a graph among nodes {nodes}."
_PAIRS = "In an undirected graph, (i,j) means that node i and node j are connected with an undirected edge. "
_ARCS = "In a directed graph, (i,j) means that there is an edge from node i to node j. "
_EDGES = "We have the following edges in G:\n"


def _friends(name: str, names: str) -> Phrasing:
    return Phrasing(
        name, names, "G describes a friendship graph among nodes {nodes}.", _EDGES, "{u} and {v} are friends.\n"
    )


def _connected(name: str, names: str) -> Phrasing:
    return Phrasing(
        name, names, "G describes a social network graph among nodes {nodes}.", _EDGES, "{u} and {v} are connected.\n"
    )


ADJACENCY = OneLine("adjacency", "integer", _PAIRS + _GRAPH, "The edges in G are: ", "({u}, {v}) ", ".")
ARCS = OneLine("directed adjacency", "integer", _ARCS + _GRAPH, ADJACENCY.heading, ADJACENCY.edge, ".")
"""The same of a directed graph. It is read, and no task writes it."""
INCIDENT = ByVertex(
    "incident",
    "integer",
    _GRAPH,
    "In this graph:\n",
    "Node {u} is connected to node {v}.\n",
    several="Node {u} is connected to nodes {others}.\n",
)

PHRASINGS: Mapping[str, Phrasing] = {
    phrasing.name: phrasing
    for phrasing in (
        ADJACENCY,
        INCIDENT,
        _friends("friendship", "popular"),
        _friends("south_park", "south_park"),
        _friends("got", "got"),
        Phrasing(
            "coauthorship",
            "popular",
            "G describes a coauthorship graph among nodes {nodes}.",
            "In this coauthorship graph:\n",
            "{u} and {v} wrote a paper together.\n",
            ".",
        ),
        _connected("social_network", "popular"),
        _connected("politician", "politician"),
        Phrasing(
            "expert",
            "alphabet",
            "You are a graph analyst and you have been given a graph G among nodes {nodes}.",
            "G has the following undirected edges:\n",
            "{u} -> {v}\n",
        ),
    )
}
"""The encodings of GraphQA, by the names that the paper gives them."""


def find_phrasing(name: str) -> Phrasing:
    """Errors: UsageError for an unknown encoding."""
    if name not in PHRASINGS:
        raise UsageError(f"there is no encoding {name!r} of graphs in words. {did_you_mean(name, PHRASINGS)}")
    return PHRASINGS[name]


def phrasing_of(sentence: str, before: str, names: tuple[str, ...], body: str) -> Phrasing | None:
    """The encoding of a text: by the sentence that lists the vertices, what stands before and after it, and the names.

    Where several encodings say the same, as those of friends do, that one counts whose list has all the names. None: no
    encoding has such a sentence.
    """
    alike = [one for one in (ARCS, *PHRASINGS.values()) if opens(one, sentence)]
    if ARCS in alike and not squeeze(before).endswith(squeeze(_ARCS)):
        alike.remove(ARCS)
    if INCIDENT in alike:
        pairs = squeeze(before).endswith(squeeze(_PAIRS)) or opens_body(ADJACENCY, body, names)
        alike = [one for one in alike if isinstance(one, OneLine) == (pairs or one is ARCS)]
    fitting = [one for one in alike if names == tuple(NAMES[one.names][: len(names)])]
    fitting = fitting or [one for one in alike if set(names) <= set(NAMES[one.names])]
    return next(iter((*fitting, *alike)), None)


def opens(phrasing: Phrasing, sentence: str) -> bool:
    """Whether the opening of an encoding ends, up to the vertices, with this."""
    return squeeze(phrasing.opening.partition("{nodes}")[0]).endswith(squeeze(sentence))


def opens_body(phrasing: Phrasing, body: str, names: tuple[str, ...]) -> bool:
    """Whether the first line of a text that is not empty is one of this encoding."""
    line = next((line.strip() for line in body.splitlines() if line.strip()), "")
    return phrasing.behind_heading(line) != line or phrasing.read(line, names) is not None


def squeeze(text: str) -> str:
    return " ".join(text.split()).lower()
