"""Prompt: a graph and a question about it, as an English text has them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from logdepth.numerics.errors import UsageError, quoted
from logdepth.tasks.prompts.names import names_of_vertices
from logdepth.tasks.prompts.phrasings import Edge, Phrasing, find_phrasing
from logdepth.tasks.prompts.templates import TEMPLATES, Template

CAPACITY = "The edge from node {u} to node {v} has capacity {capacity}.\n"
"""Ours: the public generator draws capacities, and does not print them."""

LIKES = "Node {u} likes {word}.\n"

MOST_CAPACITY = 10
"""Of an edge, as the public generator draws it: from 1."""


@dataclass(frozen=True)
class Prompt:
    """A graph in words, what is known of its edges and vertices, and the question about it.

    phrasing: the encoding. names: of the vertices, in order. edges: pairs of vertices, numbered from 1, in the order of
    the text. capacities: of every edge; None: the text has none. likes: vertex -> what it likes. template, asked: the
    question, and the names and words that fill it in; None if nothing is asked. lines: of the text, one for every edge.
    """

    phrasing: Phrasing
    names: tuple[str, ...]
    edges: tuple[Edge, ...]
    template: Template | None = None
    asked: tuple[str, ...] = ()
    capacities: tuple[int, ...] | None = None
    likes: Mapping[int, str] = field(default_factory=dict)
    directed: bool = False
    lines: tuple[int, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        check_names(self.names)
        self._order()
        if any(not 1 <= vertex <= len(self.names) for edge in self.edges for vertex in edge):
            raise UsageError(f"edges join the vertices 1..{len(self.names)} of a prompt.")
        if len(self.asked) != (len(self.template.fields) if self.template else 0):
            raise UsageError(f"{self.question or 'no question'!r} names other things than {self.asked}.")
        for name in self.asked_vertices:
            if name not in self.names:
                raise UsageError(f"a prompt asks about vertices that it names; {quoted(name)} is none of them.")

    def _order(self) -> None:
        """Edges as the text shows them. What belongs to them comes along."""
        if self.capacities is not None and len(self.capacities) != len(self.edges):
            raise UsageError(f"{len(self.edges)} edges have as many capacities; got {len(self.capacities)}.")
        order = self.phrasing.order(self.edges)
        object.__setattr__(self, "edges", tuple(edge for edge, _ in order))  # frozen from here on
        for name in ("capacities", "lines"):
            if given := getattr(self, name):
                object.__setattr__(self, name, tuple(given[place] for _, place in order))

    @property
    def asked_vertices(self) -> tuple[str, ...]:
        """The names of the vertices that the question is about."""
        return self.asked[: self.template.vertices] if self.template else ()

    @property
    def question(self) -> str:
        """The question alone; "" if nothing is asked."""
        filled = self.template is not None and len(self.asked) == len(self.template.fields)
        return self.template.ask(self.asked) if self.template and filled else ""

    @property
    def task_description(self) -> str:
        """The question as it ends a prompt, with the place of its answer."""
        return f"Q: {self.question}\nA: " if self.template else ""

    @property
    def facts(self) -> str:
        """What the text says of edges and vertices."""
        said = ""
        for (u, v), capacity in zip(self.edges, self.capacities or (), strict=False):
            said += CAPACITY.format(u=self.names[u - 1], v=self.names[v - 1], capacity=capacity)
        return said + "".join(LIKES.format(u=self.names[u - 1], word=word) for u, word in self.likes.items())

    @property
    def text(self) -> str:
        """The prompt, to the place of its answer. `read_prompt` reads it back."""
        return self.phrasing.write(self.names, self.edges) + self.facts + self.task_description

    def asking(self, *asked: str) -> "Prompt":
        """The same question about others."""
        return replace(self, asked=asked)


def write_prompt(
    vertices: int,
    edges: Sequence[Edge],
    encoding: str = "adjacency",
    task: str | None = None,
    asked: Sequence[int | str] = (),
    *,
    names: str | Sequence[str] | None = None,
    capacities: Sequence[int] | None = None,
    likes: Mapping[int, str] | None = None,
) -> Prompt:
    """A graph in an encoding of GraphQA, with a question.

    edges: pairs of the vertices 1..vertices. task: the name of the question, one of TEMPLATES; None: no question.
    asked: the vertices that it asks about, by number, then its own words. names: a list of NAMES, or the names
    themselves; by default the list of the encoding.
    Errors: UsageError for an unknown encoding or question, and for more vertices than there are names.
    """
    phrasing = find_phrasing(encoding)
    kind = phrasing.names if names is None else names
    chosen = names_of_vertices(kind, vertices) if isinstance(kind, str) else tuple(kind)
    return Prompt(
        phrasing,
        chosen,
        tuple((int(u), int(v)) for u, v in edges),
        None if task is None else TEMPLATES[task],
        tuple(one if isinstance(one, str) else chosen[one - 1] for one in asked),
        None if capacities is None else tuple(map(int, capacities)),
        dict(likes or {}),
    )


_NAME = re.compile(r"[^\s,;()]+(?: [^\s,;()]+)*(?<![.?!:])")
_PARTING = re.compile(r"(?:^| )(?:and|->)(?: |$)", re.IGNORECASE)
_SEVERAL = re.compile(r"\d+(?: ?(?:to|through|\.{2,}|…|-|–) ?| )\d+(?: \d+)*")
"""A range of numbers, or several without commas; 0-4 may be a name beside others."""


def check_names(names: Sequence[str]) -> None:
    """UsageError for names that could not be told from the words around them."""
    if len(set(names)) < len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise UsageError(f"two vertices of a prompt are called {quoted(twice)}. Give each its own name.")
    for name in names:
        if not _NAME.fullmatch(name) or _PARTING.search(name):
            raise UsageError(
                f"{quoted(name)} cannot be the name of a vertex in a prompt: no commas, semicolons, parentheses, line"
                " ends, 'and' or '->' stand in one, and no full stop ends it. Change it."
            )
        if _SEVERAL.fullmatch(name) and (" " in name or len(names) == 1):
            raise UsageError(f"{quoted(name)} seems to be several vertices. Name each, with commas between them.")
