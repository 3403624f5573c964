"""Regular expressions, read as Python's `re.fullmatch` reads them; what is not regular is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NoReturn

from logdepth.automata.dfa import Dfa
from logdepth.automata.nfa import Nfa, minimal_dfa
from logdepth.automata.syntax import (
    MOST_POSITIONS,
    Chain,
    Either,
    Letters,
    Part,
    position_automaton,
    positions_of,
    repeated,
)
from logdepth.numerics.errors import CapacityExceeded, UsageError, Wording, quoted

CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
CLASSES: dict[str, Callable[[str], bool]] = {
    "d": str.isdecimal,
    "w": lambda letter: letter.isalnum() or letter == "_",
    "s": str.isspace,
}
"""By what Unicode says of a letter, as in `re`."""
ANCHORS = {"A", "Z", "b", "B"}
MOST_TIMES = 1_000
MOST_NESTED = 50


def read_regex(text: str, letters: str = "") -> Nfa:
    """The automaton of the positions of an expression, over `letters`; without any, over those that stand in it.

    It takes letters, `.`, classes as `[a-z]` and `[^ab]`, `\\d \\w \\s`, groups, `|`, and `* + ? {2} {2,} {2,5}`.
    Errors: UsageError with the column, for wrong syntax, for a construct that is not regular or says nothing here
    (backreferences, lookahead, anchors), and for a letter outside the alphabet.
    """
    parts = read_expression(text, letters)
    found = letters or "".join(sorted(letters_in(parts)))
    if not found:
        raise UsageError(
            f"the regular expression {quoted(text)} holds no letter, and an automaton has at least one.",
            Wording("Give {alphabet}."),
        )
    if positions_of(parts) > MOST_POSITIONS:
        raise CapacityExceeded(
            f"the regular expression {quoted(text)} has {positions_of(parts):,} letters, its repetitions written out;"
            f" {MOST_POSITIONS:,} are the most. Take a smaller one."
        )
    return position_automaton(parts, found)


def regex_dfa(text: str, letters: str = "") -> Dfa:
    """The least deterministic automaton of an expression. Errors: as of `read_regex` and `determinise`."""
    return minimal_dfa(read_regex(text, letters))


def read_expression(text: str, letters: str) -> Part:
    reader = Reader(text, frozenset(letters))
    part = reader.either()
    if reader.at < len(text):
        reader.refuse("this ) closes no group. Remove it, or write \\)")
    return part


def letters_in(part: Part) -> frozenset[str]:
    match part:
        case Letters():
            return part.letters
        case Chain() | Either():
            return frozenset[str]().union(*map(letters_in, part.parts))
        case _:
            return letters_in(part.part)


@dataclass
class Reader:
    """Reads an expression from left to right; `at` is the place that it has come to, from 0."""

    text: str
    alphabet: frozenset[str]
    at: int = 0
    open: list[int] = field(default_factory=list)

    def refuse(self, why: str, at: int | None = None) -> NoReturn:
        column = (self.at if at is None else at) + 1
        raise UsageError(f"regular expression {quoted(self.text)}, column {column}: {why}.")

    @property
    def next(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, expected: str) -> bool:
        found = self.text.startswith(expected, self.at)
        self.at += len(expected) * found
        return found

    # expression = sequence | sequence | …

    def either(self) -> Part:
        parts = [self.sequence()]
        while self.take("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def sequence(self) -> Part:
        parts = []
        while self.next and self.next not in "|)":
            parts.append(self.repeat(self.item()))
        return parts[0] if len(parts) == 1 else Chain(tuple(parts))

    def repeat(self, part: Part) -> Part:
        start = self.at
        times = self.times()
        if times is None:
            return part
        self.take("?")  # as few as possible: the same words
        if self.next == "+":
            self.refuse("a possessive repetition (as *+) gives up words of the language; it is not regular syntax")
        if self.next and self.next in "*?{":
            self.refuse("a repetition is repeated. Put the first one in a group, as in (a*)*")
        try:
            return repeated(part, *times)
        except CapacityExceeded as error:
            self.refuse(str(error), start)

    def times(self) -> tuple[int, int | None] | None:
        """What a repetition says, if there is one: at least, at most."""
        for sign, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self.take(sign):
                return least, most
        return self.bounds() if self.next == "{" else None

    def bounds(self) -> tuple[int, int | None]:
        start = self.at
        inside, brace, _ = self.text[start + 1 :].partition("}")
        low, comma, high = inside.partition(",")
        if (
            not brace
            or not all(not part or (part.isascii() and part.isdigit()) for part in (low, high))
            or not low + high
        ):
            self.refuse("a repetition is {2}, {2,} or {2,5}. For the letter itself write \\{", start)
        if len(low) > 4 or len(high) > 4 or int(low or 0) > MOST_TIMES or int(high or 0) > MOST_TIMES:
            self.refuse(f"at most {MOST_TIMES:,} repetitions are written out", start)
        least = int(low or 0)
        most = (int(high) if high else None) if comma else least
        if most is not None and most < least:
            self.refuse(f"at least {least} and at most {most} times is never. Exchange them", start)
        self.at = start + len(inside) + 2
        return least, most

    # item = letter, class or group

    def item(self) -> Part:
        match self.next:
            case "(":
                return self.group()
            case "[":
                return self.bracket()
            case "\\":
                return Letters(self.escape())
            case ".":
                self.at += 1
                return Letters(self.any("a dot", self.at - 1) - {"\n"})
            case "*" | "+" | "?":
                self.refuse(f"{self.next} repeats nothing. Put it after a letter or a group, or write \\{self.next}")
            case "{":
                self.refuse("{ repeats nothing. For the letter itself write \\{")
            case "^" | "$":
                self.refuse(f"the expression describes the whole text; leave out {self.next}, or write \\{self.next}")
            case letter:
                self.at += 1
                return Letters(self.known({letter}, self.at - 1))

    def known(self, letters: Iterable[str], at: int) -> frozenset[str]:
        """These letters, if the alphabet has them."""
        for letter in sorted(letters):
            if self.alphabet and letter not in self.alphabet:
                shown = quoted("".join(sorted(self.alphabet)))
                raise UsageError(
                    f"regular expression {quoted(self.text)}, column {at + 1}: letter {letter!r} is not in the alphabet"
                    f" {shown}.",
                    Wording("Give another {alphabet}."),
                )
        return frozenset(letters)

    def any(self, what: str, at: int) -> frozenset[str]:
        """All letters, for what stands for those that the alphabet has."""
        if not self.alphabet:
            raise UsageError(
                f"regular expression {quoted(self.text)}, column {at + 1}: {what} stands for letters of the"
                " alphabet, and none is given.",
                Wording("Give {alphabet}."),
            )
        return self.alphabet

    def group(self) -> Part:
        start = self.at
        self.at += 1
        self.check_group(start)
        self.open.append(start)
        if len(self.open) > MOST_NESTED:
            self.refuse(f"groups are nested more than {MOST_NESTED} deep", start)
        part = self.either()
        if not self.take(")"):
            self.refuse("this ( is never closed. Add a ), or write \\(", self.open[-1])
        self.open.pop()
        return part

    def check_group(self, start: int) -> None:
        """Pass over the mark of a group; refuse those that are more than groups."""
        if not self.take("?"):
            return
        if self.take(":"):
            return
        if self.take("P<"):
            name, end, _ = self.text[self.at :].partition(">")
            if not end or not name.isidentifier():
                self.refuse("the name of a group is never closed, or is no name", start)
            self.at += len(name) + 1
            return
        for mark, what in (
            ("=", "lookahead"),
            ("!", "negative lookahead"),
            ("<=", "lookbehind"),
            ("<!", "negative lookbehind"),
            ("P=", "a backreference"),
            (">", "an atomic group"),
            ("(", "a conditional"),
            ("#", "a comment"),
        ):
            if self.text.startswith(mark, self.at):
                self.refuse(f"{what} is not part of regular expressions here. Write the language without it", start)
        self.refuse("a group begins with ( or (?:", start)

    def escape(self) -> frozenset[str]:
        """The letters that a backslash stands for."""
        start = self.at
        letter = self.text[start + 1 : start + 2]
        if not letter:
            self.refuse("a backslash ends the expression. Write \\\\ for the letter itself")
        if letter.lower() in CLASSES:
            return self.shorthand(letter)
        self.at += 2
        if letter in CONTROL:
            return self.known({CONTROL[letter]}, start)
        if letter.isdigit():
            self.refuse(f"\\{letter} is a backreference: with it the language is not regular", start)
        if letter in ANCHORS:
            self.refuse(f"\\{letter} is an anchor, and the expression describes the whole text. Leave it out", start)
        if letter.isalnum():
            self.refuse(f"there is no \\{letter}. For the letter itself write {letter}", start)
        return self.known({letter}, start)

    def shorthand(self, letter: str) -> frozenset[str]:
        """\\d, \\w, \\s and their complements: those of them that the alphabet has."""
        alphabet = self.any(f"\\{letter}", self.at)
        self.at += 2
        chosen = frozenset(filter(CLASSES[letter.lower()], alphabet))
        return chosen if letter.islower() else alphabet - chosen

    def bracket(self) -> Part:
        start = self.at
        self.at += 1
        negated = self.take("^")
        found: set[str] = set()
        first = True
        while first or self.next != "]":
            first = False
            if not self.next:
                self.refuse("this [ is never closed. Add a ], or write \\[", start)
            found |= self.member()
        self.at += 1
        if not negated:
            return Letters(frozenset(found))
        return Letters(self.any("a class [^…]", start) - found)

    def member(self) -> frozenset[str]:
        """One letter, one range or one \\d of a class."""
        start = self.at
        low = self.one()
        if self.next != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return self.known(low, start) if len(low) == 1 else low
        self.at += 1
        end = self.at
        high = self.one()
        if any(self.text[at] == "\\" and self.text[at + 1].lower() in CLASSES for at in (start, end)):
            self.refuse("a range is from one letter to another", start)
        first, last = ord(min(low)), ord(min(high))
        if last < first:
            self.refuse("a range goes upwards. Exchange its ends", start)
        if last - first > MOST_POSITIONS:
            self.refuse(f"a range of {last - first + 1:,} letters is more than {MOST_POSITIONS:,}", start)
        span = frozenset(map(chr, range(first, last + 1)))
        return span & self.alphabet if self.alphabet else span

    def one(self) -> frozenset[str]:
        if self.next == "\\":
            return self.escape()
        letter = self.next
        self.at += 1
        return frozenset([letter])
