"""C-RASP: programs that count. Each line defines a truth value or a count at every position, from what is before it.

    opens(i)  := #[j <= i] Q["("](j);      // how often P holds up to here
    closes(i) := #[j <= i] Q[")"](j);
    fell(i)   := opens(i) < closes(i);
    falls(i)  := #[j <= i] fell(j);
    dyck1(i)  := opens(i) == closes(i) and falls(i) == 0;

Q_a(i), or Q["("](i), says whether the letter here is that one; (i) and (j) may be left out, since every name is meant
at this position. P ? C : D chooses a count. The last line is the program; a word is accepted if it holds at its end.
Source: Yang and Chiang 2024, "Counting like transformers", arXiv 2404.04393.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from logdepth.numerics.errors import UsageError, did_you_mean, quoted
from logdepth.rasp import functions
from logdepth.rasp.program import Rasp, RaspProgram
from logdepth.rasp.text.lexer import RaspError, Spot
from logdepth.rasp.tree import Full, Function, Map, Select, SOp, Tokens, Width
from logdepth.rasp.vocabulary import Vocabulary, vocabulary_of

WORDS = re.compile(
    r"""(?P<blank>[ \t\r\n]+|//[^\r\n]*)
      | (?P<count>\#\s*\[\s*j\s*(?:<=|≤)\s*i\s*\])
      | (?P<here>\(\s*[ij]\s*\))
      | (?P<letter>Q_(?P<plain>[^\s(\[\]])|Q\[\s*"(?P<text>[^"\r\n]+)"\s*\])
      | (?P<number>[0-9]+)
      | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<sign>:=|<=|>=|==|!=|[-+<>=≤≥¬∧∨&|!?:;(),])""",
    re.VERBOSE,
)
SAME = {"≤": "<=", "≥": ">=", "=": "==", "¬": "not", "!": "not", "∧": "and", "&": "and", "∨": "or", "|": "or"}
TRUTHS, COUNTS = "a truth value", "a count"
Typed = tuple[str, SOp]


def read_crasp(
    text: str, rows: int, vocabulary: Iterable[object] | None = None, name: str | None = None, source: str = "C-RASP"
) -> RaspProgram:
    """The program of a C-RASP text: of the line of this name, or of the last line.

    vocabulary: the letters; by default those that the text names. source: names the text in messages.
    Errors: RaspError, with line and column; UsageError for no such line.
    """
    reader = Reader(text, source)
    lines = reader.lines()
    chosen = [*lines][-1] if name is None and lines else name
    if chosen not in lines:
        raise UsageError(f"{source} defines no {chosen!r}. {did_you_mean(str(chosen), lines)}")
    letters = vocabulary_of(vocabulary) if vocabulary is not None else Vocabulary((*sorted(reader.letters),) or ("a",))
    return Rasp(chosen, {chosen: lines[chosen][1]}, letters, rows, causal=True).program


class Reader:
    """Words of the text, and what the lines so far define."""

    def __init__(self, text: str, source: str) -> None:
        self.tokens = Tokens()
        self.letters: set[str] = set()
        self.known: dict[str, Typed] = {}
        self.words = [*self.split(text, source)]
        self.at = 0

    def split(self, text: str, source: str) -> Iterable[tuple[str, str, Spot]]:
        at = 0
        while at < len(text):
            spot = Spot(source, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
            match = WORDS.match(text, at)
            if match is None:
                raise RaspError(spot, f"C-RASP has no {quoted(text[at])} here. Comments begin with //.")
            kind = str(match.lastgroup)
            if kind in ("letter", "text", "plain"):
                yield "letter", match["plain"] or match["text"], spot
            elif kind not in ("blank", "here"):
                yield kind, SAME.get(match.group(), match.group()), spot
            at = match.end()
        yield "end", "", Spot(source, text.count("\n") + 1, len(text) - text.rfind("\n"))

    @property
    def spot(self) -> Spot:
        return self.words[self.at][2]

    def takes(self, *texts: str) -> str | None:
        kind, text, _ = self.words[self.at]
        if kind in ("sign", "name", "count") and text in texts:
            self.at += 1
            return text
        return None

    def expect(self, text: str, why: str) -> None:
        if not self.takes(text):
            raise RaspError(self.spot, f"{quoted(text)} is expected, and {self.shown()} is here. {why}")

    def shown(self) -> str:
        return "the end of the text" if self.words[self.at][0] == "end" else quoted(self.words[self.at][1])

    def lines(self) -> dict[str, Typed]:
        while self.words[self.at][0] != "end":
            kind, name, spot = self.words[self.at]
            if kind != "name":
                raise RaspError(spot, f"a name is expected, and {self.shown()} is here. A line is: name(i) := …;")
            self.at += 1
            self.expect(":=", "A line is: name(i) := …;")
            if name in self.known:
                raise RaspError(spot, f"{name!r} is defined before. Choose another name.")
            sort, sop = self.choice()
            if isinstance(sop, (Map, Width)) and not sop.name:
                object.__setattr__(sop, "name", name)
            self.known[name] = sort, sop
            self.expect(";", "A line ends with ;")
        return self.known

    # --- expressions, loosest first ---

    def choice(self) -> Typed:
        spot, first = self.spot, self.either()
        if not self.takes("?"):
            return first
        yes = self.choice()
        self.expect(":", "A choice is: P ? C : D")
        no = self.choice()
        parts = [self.sort(spot, TRUTHS, first), self.sort(spot, COUNTS, yes), self.sort(spot, COUNTS, no)]
        return COUNTS, Map(functions.CHOICE, tuple(parts))

    def either(self) -> Typed:
        return self.joined(self.both, "or", functions.OR)

    def both(self) -> Typed:
        return self.joined(self.compared, "and", functions.AND)

    def joined(self, part: Callable[[], Typed], word: str, function: Function) -> Typed:
        spot, left = self.spot, part()
        while self.takes(word):
            right = part()
            left = TRUTHS, Map(function, (self.sort(spot, TRUTHS, left), self.sort(spot, TRUTHS, right)))
        return left

    def compared(self) -> Typed:
        spot, left = self.spot, self.added()
        sign = self.takes(*functions.COMPARISONS)
        if sign is None:
            return left
        sides = self.sort(spot, COUNTS, left), self.sort(spot, COUNTS, self.added())
        return TRUTHS, Map(functions.COMPARISONS[sign], sides)

    def added(self) -> Typed:
        spot, left = self.spot, self.atom()
        while sign := self.takes("+", "-"):
            sides = self.sort(spot, COUNTS, left), self.sort(spot, COUNTS, self.atom())
            left = COUNTS, Map(functions.ARITHMETIC[sign], sides)
        return left

    def atom(self) -> Typed:
        kind, text, spot = self.words[self.at]
        if self.takes("not"):
            return TRUTHS, Map(functions.NEGATION, (self.sort(spot, TRUTHS, self.atom()),))
        if kind == "count":
            self.at += 1
            holds = self.sort(spot, TRUTHS, self.atom())
            return COUNTS, Width(Select(holds, Full(True), functions.EQUAL))
        if self.takes("("):
            inside = self.choice()
            self.expect(")", "A bracket that is opened is closed.")
            return inside
        if kind in ("letter", "number"):
            self.at += 1
            if kind == "number":
                return COUNTS, Full(int(text))
            self.letters.add(text)
            return TRUTHS, Map(functions.EQUAL, (self.tokens, Full(text)))
        if kind == "name" and text in ("min", "max") and self.words[self.at + 1][1] == "(":
            return self.extreme(text)
        if kind == "name" and text in ("true", "false"):
            self.at += 1
            return TRUTHS, Full(text == "true")
        if kind == "name":
            if text not in self.known:
                raise RaspError(spot, f"{text!r} is not defined before this line. {did_you_mean(text, self.known)}")
            self.at += 1
            return self.known[text]
        raise RaspError(spot, f"a count or a truth value is expected, and {self.shown()} is here. Give a name or Q_a.")

    def extreme(self, text: str) -> Typed:
        spot = self.spot
        self.at += 2
        first = self.sort(spot, COUNTS, self.choice())
        self.expect(",", f"{text} takes two counts: {text}(C, D)")
        second = self.sort(spot, COUNTS, self.choice())
        self.expect(")", f"{text} takes two counts: {text}(C, D)")
        return COUNTS, Map(functions.SMALLER if text == "min" else functions.LARGER, (first, second))

    def sort(self, spot: Spot, wanted: str, given: Typed) -> SOp:
        if given[0] != wanted:
            raise RaspError(spot, f"{wanted} is expected, and this is {given[0]}. Compare counts, or count truths.")
        return given[1]
