"""Reading prompts: the inverse of writing one, and what the public generator and others put around them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from logdepth.numerics.errors import UsageError, did_you_mean, quoted
from logdepth.tasks.inputs.written_numbers import whole_number
from logdepth.tasks.prompts.phrasings import ARCS, PHRASINGS, Phrasing, opens_body, phrasing_of, split_names
from logdepth.tasks.prompts.prompt import CAPACITY, LIKES, Prompt
from logdepth.tasks.prompts.sentences import match_sentence
from logdepth.tasks.prompts.templates import TEMPLATES, Template

OPENING = re.compile(
    r"(?P<sentence>\bG\s+describes\s+an?\s+(?:[\w-]+\s+){0,3}?graph\s+among\s+nodes|\bgiven\s+a\s+graph\s+G\s+among\s+nodes)"
    r"\s+(?P<nodes>(?:(?!\bgraph\s+(?:G\s+)?among\s+nodes\b).)+?)"
    r"(?:\.+(?=[ \t]*(?:\n|\Z)|\s+(?:The edges|We have|In this|G has))"
    r"|(?=[ \t]*\n\s*(?:The edges|We have|In this|G has|Q\s*:|Question\s*:)|\s+(?:The edges in G are|We have the"
    r" following edges|In this (?:\w+ )?graph|G has the following)\b))",
    re.DOTALL | re.IGNORECASE,
)
"""The sentence that lists the vertices. A full stop ends it, or the next line, or the heading of the edges."""

PROMPT = re.compile(
    rb"(?s:.*?)(?:\bG\s+describes\s+an?\s[\w\s-]{0,60}\bgraph\s+among\s+nodes\s"
    rb"|\bgiven\s+a\s+graph\s+G\s+among\s+nodes\s|^Q(?:uestion)?:[ \t]+(?:\S+[ \t]+){2,}\S*[?.][ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)
"""What only a text shows that is meant as a prompt: the list of vertices, or a question of some words behind "Q:"."""

QUESTION = re.compile(
    r"(?:^|(?<=[.?!]))[ \t]*\b(?:Q|Question)\s*:[ \t]*(?P<asked>\S[^\n]*?)(?=[ \t]+A:|[ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)
BARE_QUESTION = re.compile(r"^[ \t]*(?P<asked>(?:[^\n]*\?|List all [^\n]*))[ \t]*$", re.MULTILINE)
"""A question without its Q, where there is none with it."""

ANSWER = re.compile(r"^[ \t]*(?:A|Answer)\s*:", re.MULTILINE | re.IGNORECASE)

SENTENCE_END = re.compile(r"(?<=[.!]) ")

FILLERS = ("Let's construct the graph with the nodes and edges first.", "Let's think step by step.", "Example:", "A:")
"""Lines of the public prompts that say nothing of the graph."""


def read_prompt(text: str, path: object = "the text") -> Prompt:
    """The prompt in a text: its last graph and its last question. What stands before, such as examples with their
    answers, and what comes after the question does not count.

    path: what messages call the text.
    Errors: UsageError with the line, if it is no prompt, a line is not in the encoding of the others, a vertex has no
    place in the list, the question is another than those that are read, or asks for a flow without capacities.
    """
    questions = QUESTION if QUESTION.search(text) else BARE_QUESTION
    asked = last(questions, text)
    end = asked.start() if asked else len(text)
    opening = last(OPENING, text[:end])
    if opening is None:  # the question comes first
        opening, end = last(OPENING, text), len(text)
    if opening is None:
        raise UsageError(
            f"{path} is no prompt about a graph: no sentence such as 'G describes a graph among nodes 0, 1, and 2.'"
            " stands in it. Give it one, or a graph file."
        )
    earlier = questions.search(text, opening.end(), end)
    body = Body.of(text, opening, earlier.start() if earlier else end, path)
    if asked is not None and end == asked.start():
        body.refuse_more(text, asked.end())
    try:
        prompt = body.prompt()
    except UsageError as error:
        raise error if str(error).startswith(str(path)) else UsageError(f"{path}:", error) from None
    return prompt if asked is None else ask(prompt, asked["asked"], path)


def lines_of(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """The lines of a part of a text that say something, with their numbers in the whole; blanks are single."""
    first = text.count("\n", 0, start) + 1
    for place, line in enumerate(text[start:end].split("\n")):
        if line.strip(" .\t"):
            yield first + place, " ".join(line.split())


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
        phrasing = phrasing_of(opening["sentence"], text[: opening.start()], names, body)
        if phrasing is None:
            raise UsageError(
                f"{path} says {quoted(' '.join(opening['sentence'].split()))}; graphs are described in the encodings"
                f" {', '.join(PHRASINGS)}. Use one of them."
            )
        return cls(phrasing, names, tuple(lines_of(text, opening.end(), end)), path)

    def refuse_more(self, text: str, start: int) -> None:
        """UsageError for edges between the question and its answer: they would not count."""
        answer = ANSWER.search(text, start)
        for line, said in lines_of(text, start, answer.start() if answer else len(text)):
            if any(opens_body(one, said, self.names) for one in PHRASINGS.values()):
                raise UsageError(
                    f"{self.path}, line {line}, says more of the graph behind the question. Put it before."
                )

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Name -> vertex."""
        return {name: place for place, name in enumerate(self.names, start=1)}

    def prompt(self) -> Prompt:
        """The prompt, without its question."""
        if len(self.number) < len(self.names):
            twice = next(name for place, name in enumerate(self.names) if name in self.names[:place])
            raise UsageError(f"{self.path} lists {quoted(twice)} twice among the nodes. Give each node its own name.")
        edges, places, likes = [], [], {}
        capacities: dict[frozenset[int], int] = {}
        for line, said in ((line, said) for line, whole in self.lines for said in self.sentences_of(whole)):
            if found := match_sentence(CAPACITY, said, self.names):
                pair = self.vertex(found["u"], line), self.vertex(found["v"], line)
                capacity = self.capacity(found["capacity"], line)
                if capacities.setdefault(frozenset(pair), capacity) != capacity:
                    raise UsageError(f"{self.path}, line {line}, states another capacity of an edge again. Remove one.")
            elif found := match_sentence(LIKES, said, self.names):
                likes[self.vertex(found["u"], line)] = found["word"]
            elif said and said not in FILLERS:
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

    def sentences_of(self, said: str) -> list[str]:
        """The sentences of a line, which may begin with the heading. Full stops in names end none."""
        rest = self.phrasing.behind_heading(said)
        pairs, parts = self.phrasing.read(rest, self.names), SENTENCE_END.split(rest)
        whole = pairs is not None and all(name in self.number for pair in pairs for name in pair)
        return [rest] if whole or not all(map(self.understands, parts)) else parts

    def understands(self, said: str) -> bool:
        known = any(match_sentence(sentence, said, self.names) for sentence in (CAPACITY, LIKES))
        return known or said in FILLERS or self.phrasing.read(said, self.names) is not None

    def vertex(self, name: str, line: int) -> int:
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

    def capacities_of(self, edges: list[tuple[int, int]], stated: dict[frozenset[int], int]) -> tuple[int, ...] | None:
        if not stated:
            return None
        pairs = [frozenset(edge) for edge in edges]
        for pair in (*pairs, *stated):
            u, *_, v = (quoted(self.names[vertex - 1]) for vertex in 2 * sorted(pair))
            if pair not in stated:
                raise UsageError(f"{self.path} states no capacity of the edge {u} - {v}, and one of others. Add it.")
            if pair not in pairs:
                raise UsageError(f"{self.path} states a capacity of {u} - {v}, which is no edge. Add the edge.")
        return tuple(stated[pair] for pair in pairs)


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
