"""The questions about a graph in words, with the words of their answers: those of GraphQA (arXiv 2310.04560)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from logdepth.tasks.prompts.sentences import VERTICES, match_sentence


@dataclass(frozen=True)
class Template:
    """A question in which `{u}` and `{v}` are vertices, and any other field a word of the question's own.

    name: of the task that answers it. text: the question. reply: what the task presents as its answer, and what fills
    the fields, in order, as the words of the answer. unanswered: why no task answers it, if none does.
    """

    name: str
    text: str
    reply: Callable[..., str]
    unanswered: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """What the question names, in order."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.text) if name)

    @property
    def vertices(self) -> int:
        """How many vertices it asks about; they come first."""
        return sum(name in VERTICES for name in self.fields)

    @property
    def shape(self) -> str:
        """The question about anything."""
        return self.ask(["…"] * len(self.fields))

    def ask(self, asked: Sequence[str]) -> str:
        """The question about these."""
        return self.text.format(**dict(zip(self.fields, asked, strict=True)))

    def answer(self, presented: Any, asked: Sequence[str]) -> str:
        """What a task presents, in words."""
        return self.reply(presented, *asked)

    def match(self, question: str, names: tuple[str, ...] = ()) -> tuple[str, ...] | None:
        """What fills the fields of a question; None if it is another question. See `match_sentence`."""
        found = match_sentence(self.text, " ".join(question.split()), names, loose=True)
        return None if found is None else tuple(found[field] for field in self.fields)


def yes_or_no(yes: str = "Yes.", no: str = "No.") -> Callable[..., str]:
    return lambda holds, *asked: yes if holds else no


def number(count: int, *asked: str) -> str:
    return f"{count}."


def at_vertex(numbers: Mapping[str, int], u: str) -> str:
    return f"{numbers[u]}."


def vertices(found: Sequence[str], *asked: str) -> str:
    return f"{', '.join(in_order(found))}." if found else "No nodes."


def length_or_none(length: int | None, u: str, v: str) -> str:
    return f"There is no path from node {u} to node {v}." if length is None else f"{length}."


def word(said: str, *asked: str) -> str:
    return said


def in_order(names: Sequence[str]) -> list[str]:
    """Numbers by their values, names by their letters."""
    return sorted(names, key=(lambda name: int(name)) if all(map(str.isdecimal, names)) else str)


COMMUNITIES_DRAWN = (
    "the published answer is the community that the generator drew for the node, and the text does not determine it"
)

TEMPLATES: Mapping[str, Template] = {
    template.name: template
    for template in (
        Template(
            "cycle-check",
            "Is there a cycle in this graph?",
            yes_or_no("Yes, there is a cycle.", "No, there is no cycle."),
        ),
        Template("edge-existence", "Is node {u} connected to node {v}?", yes_or_no()),
        Template("node-count", "How many nodes are in this graph?", number),
        Template("edge-count", "How many edges are in this graph?", number),
        Template("node-degree", "What is the degree of node {u}?", at_vertex),
        Template("connected-nodes", "List all the nodes connected to {u} in alphabetical order.", vertices),
        Template(
            "disconnected-nodes", "List all the nodes that are not connected to {u} in alphabetical order.", vertices
        ),
        Template("reachability", "Is there a path from node {u} to node {v}?", yes_or_no()),
        Template("shortest-path", "What is the length of the shortest path from node {u} to node {v}?", length_or_none),
        Template("triangle-count", "How many triangles are in this graph?", number),
        Template("max-flow", "What is the maximum capacity of the flow from node {u} to node {v}?", number),
        Template("node-classification", "Does node {u} like {first} or {second}?", word, COMMUNITIES_DRAWN),
        Template("connectivity", "Is this graph connected?", yes_or_no()),  # ours; all others are GraphQA's
    )
}
"""Every question that is read, by the name of the task that answers it. A new one is one line."""
