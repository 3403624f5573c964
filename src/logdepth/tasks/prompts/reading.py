"""Reading prompts: the inverse of writing one, and what the public generator and others put around them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from logdepth.numerics.errors import UsageError, did_you_mean, quoted
from logdepth.tasks.prompts.phrasings import ARCS, PHRASINGS, Phrasing, phrasing_of, split_names
from logdepth.tasks.prompts.prompt import CAPACITY, LIKES, Prompt
from logdepth.tasks.prompts.sentences import match_sentence
from logdepth.tasks.prompts.templates import TEMPLATES, Template
from logdepth.tasks.written_numbers import whole_number

OPENING = re.compile(
    r"(?P<sentence>\bG\s+describes\s+an?\s+(?:[\w-]+\s+){0,3}?graph\s+among\s+nodes|\bgiven\s+a\s+graph\s+G\s+among\s+nodes)"
    r"\s+(?P<nodes>.+?)\.+(?=[ \t]*(?:\n|\Z)|\s+(?:The edges|We have|In this|G has))",
    re.DOTALL | re.IGNORECASE,
)
"""The sentence that lists the vertices."""

PROMPT = re.compile(
    rb"(?s:.*?)(?:\bG\s+describes\s+an?\s[\w\s-]{0,60}\bgraph\s+among\s+nodes\s"
    rb"|\bgiven\s+a\s+graph\s+G\s+among\s+nodes\s|^Q(?:uestion)?:[ \t]+(?:\S+[ \t]+){2,}\S*[?.][ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)
"""What only a text shows that is meant as a prompt: the list of vertices, or a question of some words behind "Q:"."""

QUESTION = re.compile(r"^[ \t]*(?:Q|Question)\s*:[ \t]*(?P<asked>\S[^\n]*)", re.MULTILINE)
BARE_QUESTION = re.compile(r"^[ \t]*(?P<asked>(?:[^\n]*\?|List all [^\n]*))[ \t]*$", re.MULTILINE)
"""A question without its Q, where there is none with it."""

FILLERS = ("Let's construct the graph with the nodes and edges first.", "Let's think step by step.", "Example:", "A:")
"""Lines of the public prompts that say nothing of the graph."""


def read_prompt(text: str, path: object = "the text") -> Prompt:
    """The prompt in a text: its last graph and its last question. What stands before, such as examples with their
    answers, and what comes after the question does not count.

    path: what messages call the text.
    Errors: UsageError with the line, if it is no prompt, a line is not in the encoding of the others, a vertex has no
    place in the list, the question is another than those that are read, or asks for a flow without capacities.
    """
    asked = last(QUESTION, text) or last(BARE_QUESTION, text)
    end = asked.start() if asked else len(text)
    opening = last(OPENING, text[:end])
    if opening is None:  # the question comes first
        opening, end = last(OPENING, text), len(text)
    if opening is None:
        raise UsageError(
            f"{path} is no prompt about a graph: no sentence such as 'G describes a graph among nodes 0, 1, and 2.'"
            " stands in it. Give it one, or a graph file."
        )
    body = Body.of(text, opening, end, path)
    try:
        prompt = body.prompt()
    except UsageError as error:
        raise error if str(error).startswith(str(path)) else UsageError(f"{path}:", error) from None
    return prompt if asked is None else ask(prompt, asked["asked"], path)


def last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


@dataclass(frozen=True)
class Body:
    """The lines behind the list of vertices, up to the question, in one encoding."""

    phrasing: Phrasing
    names: tuple[str, ...]
    lines: tuple[tuple[int, str], ...]
    path: object

    @classmethod
    def of(cls, text: str, opening: re.Match[str], end: int, path: object) -> "Body":
        names, body = split_names(opening["nodes"]), text[opening.end() : end]
        if not names:
            raise UsageError(f"{path} lists no nodes. Name at least one.")
        first = text.count("\n", 0, opening.end()) + 1
        lines = tuple(
            (first + place, line.strip()) for place, line in enumerate(body.split("\n")) if line.strip(" .\t")
        )
        phrasing = phrasing_of(opening["sentence"], text[: opening.start()], names, body)
        if phrasing is None:
            raise UsageError(
                f"{path} says {quoted(' '.join(opening['sentence'].split()))}; graphs are described in the encodings"
                f" {', '.join(PHRASINGS)}. Use one of them."
            )
        return cls(phrasing, names, lines, path)

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Name -> vertex."""
        return {name: place for place, name in enumerate(self.names, start=1)}

    def prompt(self) -> Prompt:
        """The prompt, without its question."""
        if len(self.number) < len(self.names):
            twice = next(name for place, name in enumerate(self.names) if name in self.names[:place])
            raise UsageError(f"{self.path} lists {quoted(twice)} twice among the nodes. Give each node its own name.")
        edges, places, capacities, likes = [], [], {}, {}
        for line, said in self.lines:
            if found := match_sentence(CAPACITY, said, self.names):
                pair = self.vertex(found["u"], line), self.vertex(found["v"], line)
                capacities[pair] = capacities[pair[::-1]] = self.capacity(found["capacity"], line)
            elif found := match_sentence(LIKES, said, self.names):
                likes[self.vertex(found["u"], line)] = found["word"]
            elif not (self.phrasing.is_heading(said) or said in FILLERS):
                for pair in self.edges_of(line, said):
                    edges.append(pair)
                    places.append(line)
        return Prompt(
            self.phrasing,
            self.names,
            tuple(edges),
            capacities=self.capacities_of(edges, capacities),
            likes=likes,
            directed=self.phrasing is ARCS,
            lines=tuple(places),
        )

    def edges_of(self, line: int, said: str) -> Iterator[tuple[int, int]]:
        pairs = self.phrasing.read(said, self.names)
        if pairs is None:
            shown = self.phrasing.edge.strip().format(u=self.names[0], v=self.names[-1])
            raise UsageError(
                f"{self.path}, line {line}, is no edge in the encoding {self.phrasing.name!r}: {quoted(said)}."
                f" Write edges as {shown!r}."
            )
        for u, v in pairs:
            yield self.vertex(u, line), self.vertex(v, line)

    def vertex(self, name: str, line: int) -> int:
        name = " ".join(name.split())
        if name not in self.number:
            raise UsageError(
                f"{self.path}, line {line}, names {quoted(name)}, which is none of its nodes."
                f" {did_you_mean(name, self.names)}"
            )
        return self.number[name]

    def capacity(self, said: str, line: int) -> int:
        number = whole_number(said)
        if number is None:
            raise UsageError(f"{self.path}, line {line}, has the capacity {quoted(said)}. Give a whole number.")
        return number

    def capacities_of(self, edges: list[tuple[int, int]], stated: dict[tuple[int, int], int]) -> tuple[int, ...] | None:
        if not stated:
            return None
        for pair in edges:
            if pair not in stated:
                u, v = (quoted(self.names[vertex - 1]) for vertex in pair)
                raise UsageError(f"{self.path} states no capacity of the edge {u} - {v}, and one of others. Add it.")
        return tuple(stated[pair] for pair in edges)


def ask(prompt: Prompt, question: str, path: object) -> Prompt:
    """The prompt with its question. Errors: as of `read_prompt`."""
    for template in TEMPLATES.values():
        asked = template.match(question, prompt.names)
        if asked is not None:
            break
    else:
        raise UsageError(
            f"{path} asks {quoted(question)}, which is none of the questions that are read, as"
            f" {TEMPLATES['node-degree'].shape!r}. Change it."
        )
    for name in asked[: template.vertices]:
        if name not in prompt.names:
            remedy = did_you_mean(name, prompt.names)
            raise UsageError(f"{path} asks about {quoted(name)}, which is none of its nodes. {remedy}")
    if template.vertices == 2 and asked[0] == asked[1]:
        raise UsageError(f"{path} asks about two vertices, and names {quoted(asked[0])} twice. Change it.")
    if template is TEMPLATES["max-flow"] and prompt.capacities is None and prompt.edges:
        u, v = (prompt.names[vertex - 1] for vertex in prompt.edges[0])
        raise UsageError(
            f"{path} asks for a flow, and states no capacities; prompts of the public generator never do. Add a line"
            f" for every edge: {CAPACITY.format(u=u, v=v, capacity=7).strip()!r}."
        )
    return replace(prompt, template=template, asked=asked)


def check_asked(prompt: Prompt, asks: Template | None, path: object, owner: str) -> None:
    """UsageError if a prompt has another question than the one that a task answers."""
    if prompt.template is None or (asks is not None and asks.text == prompt.template.text):
        return
    if prompt.template.unanswered:
        rule = f"{path} asks {quoted(prompt.question, 90)}, which no task answers: {prompt.template.unanswered}."
        raise UsageError(rule, "Ask another question.")
    answers = f"{owner} answers {asks.shape!r}" if asks else f"{owner} answers no question in words"
    raise UsageError(f"{path} asks {quoted(prompt.question, 90)}; {answers}. Take {prompt.template.name} for it.")
