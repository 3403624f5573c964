"""Automata as text: a line for every step.

    letters ab        # the alphabet; the order of its letters
    start even        # the first state
    accept even       # the states that accept
    even a odd        # from, letter, to
    even b even
    odd a even
    odd b odd

A line `nfa` allows several starts, and any number of steps from one state by one letter. A semicolon is as good as the
end of a line. A letter that would be misread is written with a backslash: \\s (blank), \\t, \\n, \\; \\# \\\\.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from logdepth.automata.dfa import Dfa
from logdepth.automata.nfa import MOST_STATES, Nfa, minimal_dfa
from logdepth.numerics.errors import CapacityExceeded, UsageError, quoted

ESCAPED = {" ": "\\s", "\t": "\\t", "\n": "\\n", "\r": "\\r", ";": "\\;", "#": "\\#", "\\": "\\\\"}
MEANT = {written: letter for letter, written in ESCAPED.items()}
KEYWORDS = ("letters", "start", "accept", "nfa")
WORD = re.compile(r"(?:\\.|[^ \t\r;#\\]|(?<=[^ \t\r])#)+")  # any other blank is a letter
LINE = re.compile(r"(?:\\.|[^\n;\\])*")


@dataclass(frozen=True)
class Word:
    """A word of the text, and where it stands, from 1."""

    text: str
    line: int
    column: int

    def refuse(self, why: str) -> UsageError:
        return UsageError(f"automaton table, line {self.line}, column {self.column}: {why}.")


@dataclass
class Reading:
    """What the lines so far say."""

    letters: str = ""
    starts: list[Word] = field(default_factory=list)
    accept: list[Word] = field(default_factory=list)
    steps: list[tuple[Word, str, Word]] = field(default_factory=list)
    guesses: bool = False

    def states(self) -> dict[str, int]:
        """Every state by its name, numbered as they first leave or are entered, the start first."""
        named = [*self.starts, *(word for a, _, b in self.steps for word in (a, b)), *self.accept]
        return {name: number for number, name in enumerate(dict.fromkeys(word.text for word in named))}


def read_table(text: str) -> Dfa:
    """The automaton in a text; of one that guesses (`nfa`), the least that does not.

    Errors: UsageError with line and column, for a step that is missing or given twice, and for what is no line of it.
    """
    found = Reading()
    for words in lines_of(text):
        read_line(words, found)
    if not found.letters:
        raise UsageError("automaton table: it names no letters. Begin with a line such as `letters ab`.")
    if not found.starts:
        raise UsageError("automaton table: it names no first state. Add a line such as `start 1`.")
    states = found.states()
    if len(states) > MOST_STATES:
        raise CapacityExceeded(f"automaton table: it has {len(states):,} states, and {MOST_STATES:,} are the most.")
    check_accepting(found)
    return minimal_dfa(guessing(found, states)) if found.guesses else deterministic(found, states)


def lines_of(text: str) -> Iterator[list[Word]]:
    """The words of every line that has some."""
    for line, content in enumerate(text.split("\n"), start=1):
        for match in re.finditer(LINE, content):
            code = re.match(r"(?:\\.|[^#\\]|(?<=[^ \t\r])#)*", match[0])
            assert code is not None, "it matches nothing at all"
            words = [Word(word[0], line, match.start() + word.start() + 1) for word in WORD.finditer(code[0])]
            if words:
                yield words


def read_line(words: list[Word], found: Reading) -> None:
    head, *rest = words
    match head.text, len(rest):
        case "nfa", 0:
            found.guesses = True
        case "letters", count if count > 0:
            read_letters(head, rest, found)
        case "start", count if count > 0:
            found.starts += rest
        case "accept", _:
            found.accept += rest
        case _, 2:
            found.steps.append((head, letter_of(rest[0]), rest[1]))
        case _:
            raise head.refuse(
                f"{quoted(' '.join(word.text for word in words))} is no line such as `1 a 2` or `start 1`"
            )


def read_letters(head: Word, words: list[Word], found: Reading) -> None:
    """Those of a line `letters`, together or apart."""
    if found.letters:
        raise head.refuse("letters are named a second time. Name them in one line")
    for word in words:
        for written in re.findall(r"\\.|[^\\]", word.text):
            letter = MEANT.get(written, written[-1])
            if letter in found.letters:
                raise word.refuse(f"letter {letter!r} comes twice. Name it once, and end the line after the letters")
            found.letters += letter


def letter_of(word: Word) -> str:
    letter = MEANT.get(word.text, word.text.removeprefix("\\") if len(word.text) == 2 else word.text)
    if len(letter) != 1:
        raise word.refuse(f"{quoted(word.text)} is no single letter. A step is written as: from letter to")
    return letter


def deterministic(found: Reading, states: dict[str, int]) -> Dfa:
    """Errors: UsageError for a second start, and a step that is given twice or not at all."""
    if len(found.starts) > 1:
        raise found.starts[1].refuse(
            "a second first state (no state is called start). For an automaton that guesses add the line `nfa`"
        )
    rows: list[dict[str, int]] = [{} for _ in states]
    for source, letter, target in checked_steps(found):
        row = rows[states[source.text]]
        if letter in row:
            raise source.refuse(
                f"state {quoted(source.text)} has two steps for letter {letter!r}. Remove one, or add the line `nfa`"
            )
        row[letter] = states[target.text]
    for name, row in zip(states, rows, strict=True):
        for letter in found.letters:
            if letter not in row:
                raise UsageError(
                    f"automaton table: state {quoted(name)} has no step for letter {letter!r}. Add the line"
                    f" `{name} {ESCAPED.get(letter, letter)} STATE`, or the line `nfa`, which lets it end there."
                )
    steps = tuple(tuple(row[letter] for letter in found.letters) for row in rows)
    accepting = frozenset(states[word.text] for word in found.accept)
    return Dfa(found.letters, steps, states[found.starts[0].text], accepting, tuple(states))


def check_accepting(found: Reading) -> None:
    """Errors: UsageError for a state that accepts, if nothing else names it: a slip of the pen would go unseen."""
    named = {word.text for word in found.starts} | {state.text for a, _, b in found.steps for state in (a, b)}
    for word in found.accept:
        if word.text not in named:
            raise word.refuse(
                f"no step leads to or from state {quoted(word.text)}. Correct its name, or give its steps"
            )


def guessing(found: Reading, states: dict[str, int]) -> Nfa:
    steps: list[list[set[int]]] = [[set() for _ in found.letters] for _ in states]
    for source, letter, target in checked_steps(found):
        steps[states[source.text]][found.letters.index(letter)].add(states[target.text])
    return Nfa(
        found.letters,
        tuple(tuple(map(frozenset, row)) for row in steps),
        frozenset(states[word.text] for word in found.starts),
        frozenset(states[word.text] for word in found.accept),
    )


def checked_steps(found: Reading) -> Iterator[tuple[Word, str, Word]]:
    for source, letter, target in found.steps:
        if letter not in found.letters:
            raise source.refuse(f"the step by {letter!r}: the letters are {quoted(found.letters)}. Add it to them")
        yield source, letter, target


def write_table(dfa: Dfa) -> str:
    """An automaton as one line of text, which `read_table` takes back."""
    name = dfa.name_of
    steps = [
        f"{name(state)} {ESCAPED.get(letter, letter)} {name(following)}"
        for state, row in enumerate(dfa.steps)
        for letter, following in zip(dfa.letters, row, strict=True)
    ]
    letters = "".join(ESCAPED.get(letter, letter) for letter in dfa.letters)
    accept = "".join(f" {name(state)}" for state in sorted(dfa.accepting))
    return "; ".join([f"letters {letters}", f"start {name(dfa.start)}", f"accept{accept}", *steps])
