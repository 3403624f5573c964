"""The grammar of RASP text, by recursive descent. The order of operators is that of the RASP interpreter.

From tight to loose: calls and [ ]; not, - and + before an operand; ^; * and /; %; + and -; comparisons; and, or (alike,
from the left); if else; in.
Source: github.com/tech-srl/RASP, RASP.g4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeVar

from logdepth.numerics.errors import quoted
from logdepth.rasp.text.lexer import RaspError, Spot, Word, words_of
from logdepth.rasp.text.syntax import (
    Assign,
    Bare,
    Binary,
    Call,
    Choice,
    Comprehension,
    Define,
    Expr,
    In,
    Index,
    Listing,
    Literal,
    Loop,
    Mapping,
    Name,
    SelectCall,
    Statement,
    Unary,
)

T = TypeVar("T")

LEVELS = (("and", "or"), ("==", "!=", "<=", ">=", ">", "<"), ("+", "-"), ("%",), ("*", "/"), ("^",))
COMPARED = ("==", "<", ">", ">=", "<=", "!=")
RESERVED = ("if", "else", "not", "and", "or", "def", "return", "for", "in", "True", "False")
NO_RASP = {
    "import": "RASP text is never executed as Python, and it imports nothing",
    "load": "this reader loads no other files; put their definitions into one",
    "set": "examples are of the interpreter; leave the line out",
    "show": "examples are of the interpreter; leave the line out",
    "draw": "drawings are of the interpreter; the page of a compiled model shows every head",
    "lambda": "RASP text has no lambda; define a function",
    "class": "this is no RASP",
    "while": "RASP text has no while; a for goes through a list",
}
MOST_DEEP = 60
"""Brackets inside one another."""


def parse(text: str, source: str) -> tuple[Statement, ...]:
    """The statements of a RASP text; `source` names it in messages.

    Errors: RaspError, with line and column, for what is no RASP.
    """
    return Parser(words_of(text, source)).program()


class Parser:
    def __init__(self, words: Sequence[Word]) -> None:
        self.words, self.at, self.depth = words, 0, 0

    # words

    @property
    def word(self) -> Word:
        return self.words[self.at]

    def next(self) -> Word:
        word = self.word
        self.at += word.kind != "end"
        return word

    def sees(self, *texts: str) -> bool:
        return self.word.kind in ("sign", "name") and self.word.text in texts

    def takes(self, *texts: str) -> Word | None:
        return self.next() if self.sees(*texts) else None

    def expect(self, text: str, why: str) -> Word:
        word = self.takes(text)
        if word is None:
            raise RaspError(self.word.spot, f"{quoted(text)} is expected, and {self.shown()} is here. {why}")
        return word

    def shown(self) -> str:
        return "the end of the text" if self.word.kind == "end" else quoted(self.word.text)

    def name(self, what: str) -> str:
        if self.word.kind != "name" or self.word.text in RESERVED:
            raise RaspError(self.word.spot, f"the name of {what} is expected, and {self.shown()} is here. Give a name.")
        return self.next().text

    def names(self, what: str) -> tuple[str, ...]:
        return self.separated(lambda: self.name(what))

    def separated(self, item: Callable[[], T]) -> tuple[T, ...]:
        found = [item()]
        while self.takes(","):
            found.append(item())
        return tuple(found)

    # statements

    def program(self) -> tuple[Statement, ...]:
        found: list[Statement] = []
        while self.word.kind != "end":
            found += self.statement()
        return tuple(found)

    def statement(self) -> list[Statement]:
        spot = self.word.spot
        if self.takes(";"):
            return []
        following = self.words[self.at + 1] if self.word.kind == "name" else self.word
        if self.word.text in NO_RASP and following.text not in ("=", "(", ",", ";"):
            raise RaspError(spot, f"{quoted(self.word.text)} is not read: {NO_RASP[self.word.text]}.")
        if self.takes("def"):
            return [self.definition(spot)]
        if self.takes("for"):
            return [self.loop(spot)]
        if self.takes("return"):
            raise RaspError(spot, "return stands at the end of a def, and nowhere else. Assign the value to a name.")
        if self.is_assignment():
            names = self.names("an s-op")
            self.expect("=", "Assign as in: name = value;")
            values = self.separated(self.expr)
            self.expect(";", "A statement ends with ;")
            return [Assign(spot, names, values)]
        value = self.expr()
        self.expect(";", "A statement ends with ;")
        return [Bare(spot, value)]

    def is_assignment(self) -> bool:
        """Whether names, and then = come next."""
        at = self.at
        while self.words[at].kind == "name" and self.words[at].text not in RESERVED:
            at += 1
            if self.words[at].text == "=" and self.words[at].kind == "sign":
                return True
            if self.words[at].text != ",":
                return False
            at += 1
        return False

    def definition(self, spot: Spot) -> Define:
        name = self.name("a function")
        self.expect("(", "Define as in: def name(seq) { … return value; }")
        parameters = () if self.sees(")") else self.names("a parameter")
        self.expect(")", "The parameters end with )")
        self.expect("{", "The body of a function is in { }.")
        body: list[Statement] = []
        while not self.sees("return"):
            if self.sees("}") or self.word.kind == "end":
                raise RaspError(self.word.spot, f"the function {name!r} ends without return. End it: return value;")
            body += self.statement()
        self.next()
        results = self.separated(self.expr)
        self.expect(";", "A statement ends with ;")
        self.expect("}", "return is the last statement of a function.")
        return Define(spot, name, parameters, tuple(body), results)

    def loop(self, spot: Spot) -> Loop:
        names = self.names("what a loop gives")
        self.expect("in", "Loop as in: for x in list { … }")
        iterable = self.expr()
        self.expect("{", "The body of a loop is in { }.")
        body: list[Statement] = []
        while not self.sees("}"):
            if self.word.kind == "end":
                raise RaspError(spot, "this loop does not end. Close it with }.")
            body += self.statement()
        self.next()
        return Loop(spot, names, iterable, tuple(body))

    # expressions

    def expr(self) -> Expr:
        self.depth += 1
        if self.depth > MOST_DEEP:
            raise RaspError(
                self.word.spot, f"brackets are more than {MOST_DEEP} inside one another. Give parts a name."
            )
        left = self.choice()
        while word := self.takes("in"):
            left = In(word.spot, left, self.choice())
        self.depth -= 1
        return left

    def choice(self) -> Expr:
        yes = self.binary(0)
        word = self.takes("if")
        if word is None:
            return yes
        condition = self.expr()
        self.expect("else", "A choice is: a if condition else b")
        return Choice(word.spot, yes, condition, self.choice())

    def binary(self, level: int) -> Expr:
        if level == len(LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while word := self.takes(*LEVELS[level]):
            left = Binary(word.spot, word.text, left, self.binary(level + 1))
        return left

    def unary(self) -> Expr:
        signs = []
        while word := self.takes("not", "-", "+"):
            signs.append(word)
        value = self.called()
        for word in reversed(signs):
            value = Unary(word.spot, word.text, value)
        return value

    def called(self) -> Expr:
        value = self.atom()
        while self.sees("(", "["):
            word = self.next()
            if word.text == "(":
                value = self.call(word.spot, value)
            else:
                place = self.expr()
                self.expect("]", "An index is in [ ].")
                value = Index(word.spot, value, place)
        return value

    def call(self, spot: Spot, function: Expr) -> Expr:
        if isinstance(function, Name) and function.name == "select":
            return self.select(function.spot)
        arguments = () if self.sees(")") else self.separated(self.expr)
        self.expect(")", "The arguments end with )")
        return Call(function.spot, function, arguments)

    def select(self, spot: Spot) -> SelectCall:
        why = "Select as in: select(keys, queries, ==)"
        keys = self.expr()
        self.expect(",", why)
        queries = self.expr()
        self.expect(",", why)
        sign = self.takes(*COMPARED)
        if sign is None:
            raise RaspError(self.word.spot, f"a comparison is expected, and {self.shown()} is here. {why}")
        self.expect(")", why)
        return SelectCall(spot, keys, queries, sign.text)

    def atom(self) -> Expr:
        word = self.word
        if word.kind == "number":
            self.next()
            return Literal(word.spot, Fraction(word.text) if "." in word.text else int(word.text))
        if word.kind == "text":
            return Literal(word.spot, self.next().text[1:-1])
        if word.kind == "name" and word.text not in RESERVED[:-2]:
            return Name(word.spot, self.next().text)
        if self.takes("("):
            value = self.expr()
            self.expect(")", "A bracket that is opened is closed.")
            return value
        if self.takes("["):
            return self.listing(word.spot)
        if self.takes("{"):
            return self.mapping(word.spot)
        raise RaspError(word.spot, f"a value is expected, and {self.shown()} is here. Give a name, a number or a text.")

    def listing(self, spot: Spot) -> Expr:
        if self.takes("]"):
            return Listing(spot, ())
        first = self.expr()
        if self.takes("for"):
            made = self.comprehension(spot, None, first)
            self.expect("]", "A list ends with ]")
            return made
        rest = self.separated(self.expr) if self.takes(",") else ()
        self.expect("]", "A list ends with ]")
        return Listing(spot, (first, *rest))

    def mapping(self, spot: Spot) -> Expr:
        if self.takes("}"):
            return Mapping(spot, ())
        first = self.entry()
        if self.takes("for"):
            made = self.comprehension(spot, *first)
            self.expect("}", "A dict ends with }")
            return made
        rest = self.separated(self.entry) if self.takes(",") else ()
        self.expect("}", "A dict ends with }")
        return Mapping(spot, (first, *rest))

    def entry(self) -> tuple[Expr, Expr]:
        key = self.expr()
        self.expect(":", "An entry of a dict is: key: value")
        return key, self.expr()

    def comprehension(self, spot: Spot, key: Expr | None, value: Expr) -> Comprehension:
        names = self.names("what a list gives")
        self.expect("in", "Go through a list as in: [x for x in list]")
        return Comprehension(spot, key, value, names, self.expr())
