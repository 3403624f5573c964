"""Facts about people in words, and questions that go through several: "What is the profession of John's mother?"

Source: after the multi-step questions of Weston, Chopra and Bordes (2014).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from logdepth.numerics.errors import UsageError, did_you_mean, quoted

PEOPLE = (
    *("John", "Helen", "Mary", "Peter", "Anna", "Paul", "Clara", "Hugo", "Nora", "Oscar", "Ida", "Felix", "Rosa"),
    *("Martin", "Julia", "Victor", "Emma", "Simon", "Laura", "Thomas", "Alice", "Henry", "Sophie", "Daniel", "Marie"),
    *("Robert", "Elsa", "Frank", "Greta", "Walter", "Lucy", "Edgar"),
)
RELATIONS = ("mother", "father", "friend", "teacher", "neighbour", "doctor")
PROFESSION = "profession"
PROFESSIONS = ("painter", "baker", "pilot", "sailor", "lawyer", "farmer", "singer", "nurse", "tailor", "judge")

FACT = "The {relation} of {person} is {value}.\n"


@dataclass(frozen=True)
class Fact:
    """The `relation` of `person` is `value`: another person, or a word such as a profession."""

    relation: str
    person: str
    value: str

    @property
    def text(self) -> str:
        return FACT.format(relation=self.relation, person=self.person, value=self.value)


@dataclass(frozen=True)
class KinPrompt:
    """Facts, and a question: what the last of `relations` is, of the one before it, …, of `person`.

    The mother and then the profession, of John, is asked as "What is the profession of John's mother?"
    """

    facts: tuple[Fact, ...]
    person: str
    relations: tuple[str, ...]

    def __post_init__(self) -> None:
        known: dict[tuple[str, str], str] = {}
        for fact in self.facts:
            for word in (fact.relation, fact.person, fact.value):
                if not _WORD.fullmatch(word):
                    raise UsageError(f"{quoted(word)} is no single word, as facts about people need. Change it.")
            if known.setdefault((fact.relation, fact.person), fact.value) != fact.value:
                raise UsageError(f"the {fact.relation} of {fact.person} is stated twice, and not the same. Correct it.")
        if not self.relations:
            raise UsageError(f"a question is about a relation of {self.person}; none is given. Add one.")

    @property
    def question(self) -> str:
        """In the words of the last relation: "What is …" of a profession, "Who is …" of a person."""
        *before, last = self.relations
        if last == PROFESSION:
            return f"What is the {last} of {possessive((self.person, *before))}?"
        return f"Who is {possessive((self.person, *before, last))}?"

    @property
    def text(self) -> str:
        """All of it, to the place of the answer. `read_kin` reads it back."""
        return "".join(fact.text for fact in self.facts) + f"Q: {self.question}\nA: "


_WORD = re.compile(r"[^\W\d_][\w-]*")
_OUTER = re.compile(r"the (?P<relation>[\w-]+) of ", re.IGNORECASE)
_FACT = re.compile(r"(?P<left>[^.?!]+?) is (?P<right>[^.?!]+)", re.IGNORECASE)
_ARTICLES = ("a", "an")
KIN = re.compile(r"(?:(?:Q|Question)\s*:\s*)?(?:What|Who)\s+is\s+(?P<term>[^.?!]+)\?", re.IGNORECASE)
"""What asks a question in a text about people."""

_ANSWER = re.compile(r"\s*A\s*:[^\n]*")


def possessive(names: tuple[str, ...]) -> str:
    """John's mother's friend"""
    return "'s ".join(names)


def read_kin(text: str, path: object = "the text") -> KinPrompt:
    """The facts and the last question of a text. Facts before an earlier question are those of an example, if others
    follow it. Facts may stand behind the question, if none stand before.

    A fact is "The mother of John is Helen.", "John's mother is Helen.", "Helen is the mother of John." or "John is a
    painter."; a question is "What is the profession of John's mother?" or "Who is the mother of John's friend?" in any
    nesting of the two forms. Blanks before 's and full stops are free.
    Errors: UsageError with the sentence that is none of them, and for a question about a person without a fact.
    """
    words = " ".join(re.sub(r"\s+('s\b|[.?])", r"\1", text.replace("’", "'")).split(" "))
    questions = list(KIN.finditer(words))
    if not questions:
        raise UsageError(f'{path} asks no question such as "What is the profession of John\'s mother?". Add one.')
    last = questions[-1]
    behind = "" if _ANSWER.match(words, last.end()) else words[last.end() :]
    facts = tuple(read_facts(facts_before(questions, words) or behind, path))
    person, relations = read_term(last["term"], path)
    people = list(dict.fromkeys(fact.person for fact in facts))
    if person not in people:
        raise UsageError(
            f"{path} asks about {quoted(person)}, of whom it states nothing. {did_you_mean(person, people)}"
        )
    return KinPrompt(facts, person, relations)


def facts_before(questions: list[re.Match[str]], text: str) -> str:
    """What stands before the last question, and after the one before it with its answer; if nothing does, then what
    stands before that one, and so on."""
    starts = [0]
    for question in questions[:-1]:
        answer = _ANSWER.match(text, question.end())
        starts.append((answer or question).end())
    parts = [text[start : question.start()] for start, question in zip(starts, questions, strict=True)]
    return next((part for part in reversed(parts) if part.strip()), "")


def read_facts(text: str, path: object) -> Iterator[Fact]:
    for sentence in re.split(r"[.!]\s*", text):
        said = " ".join(sentence.split()).removeprefix("Example: ")
        if said:
            yield read_fact(said, path)


def read_fact(said: str, path: object) -> Fact:
    found = _FACT.fullmatch(said)
    if found is None:
        raise UsageError(
            f"{path} has the sentence {quoted(said)}, which is no fact such as 'The mother of John is Helen.'"
        )
    left, right = found["left"], found["right"]
    article, _, profession = right.partition(" ")
    if article in _ARTICLES:
        if " " not in left:
            return Fact(PROFESSION, left, profession)
        right = profession
    value, term = (right, left) if " " in left else (left, right)
    person, relations = read_term(term, path)
    if len(relations) != 1:
        raise UsageError(f"{path} has the sentence {quoted(said)}; a fact is about one relation. Divide it.")
    return Fact(relations[0], person, value)


def read_term(term: str, path: object) -> tuple[str, tuple[str, ...]]:
    """A person, and the relations that lead from there, in order: those of "the friend of John's mother" are mother and
    friend. Of a bare name there are none."""
    inner, outer = " ".join(term.split()), []
    while found := _OUTER.match(inner):
        outer.append(found["relation"])
        inner = inner[found.end() :]
    person, *steps = re.split("'s? ", inner)
    if not all(_WORD.fullmatch(word) for word in (person, *steps)):
        raise UsageError(f'{path} names {quoted(inner)}, which is no person such as "John\'s mother". Change it.')
    return person, (*steps, *reversed(outer))
