"""Terms of a map, drawn so that their values stay in a range."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import TypeVar

from hypothesis import strategies as st

from logdepth.verification.strategies.draft import Known, Term

T = TypeVar("T")


class TermAuthor:
    """Writes one program line by line, and knows the columns that the next line may use."""

    def __init__(self, draw: st.DrawFn, rows: int, causal: bool, largest: int) -> None:
        self.draw, self.rows, self.causal, self.largest = draw, rows, causal, largest
        self.lines = [f'table = Table("random", rows={rows}, causal={causal})']
        self.known = [Known("table.index", rows, address=True, permutation=True)]
        self.count = 0
        self.depth = 0  # repeats around the next line

    # choices

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def one_of(self, choices: Sequence[T]) -> T:
        return self.draw(st.sampled_from(choices))

    def chance(self) -> bool:
        return self.draw(st.booleans())

    # lines

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def fresh(self, prefix: str = "c") -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def learn(self, text: str, *columns: Known) -> None:
        self.line(f"{', '.join(column.variable for column in columns)} = {text}")
        self.known += columns

    def input(self) -> None:
        name, high = self.fresh("x"), self.one_of([0, 1, 1, 2, 3, 5, self.largest])
        self.learn(f'table.input("{name}", {high})', Known(name, high))

    def write_map(self, results: list[Term], names: list[str], addresses: bool = False) -> list[Known]:
        read = list(dict.fromkeys(column for term in results for column in term.columns)) or [self.known[0]]
        parameters = ", ".join(column.parameter for column in read)
        arguments = ", ".join(column.variable for column in read)
        texts, highs = [term.text for term in results], [max(term.high, 0) for term in results]
        single = len(results) == 1
        body = texts[0] if single else f"({', '.join(texts)})"
        columns = [Known(name, high, address=addresses) for name, high in zip(names, highs, strict=True)]
        ranges = f"high={highs[0]}, name={names[0]!r}" if single else f"high={highs}, name={names}"
        self.learn(f"table.map(lambda {parameters}: {body}, {arguments}, {ranges})", *columns)
        return columns

    def result(self, most: int) -> Term:
        """A term in 0..most."""
        return self.bounded(self.term(self.integer(0, 3)), 0, most)

    def bounded(self, term: Term, low: int, high: int) -> Term:
        if low <= term.low and term.high <= high:
            return term
        if self.chance():
            return Term(f"({term.text} % {high - low + 1} + {low})", low, high, False, term.columns)
        return Term(f"torch.clamp({self.whole(term).text}, {low}, {high})", low, high, False, term.columns)

    def whole(self, term: Term) -> Term:
        """The term as an integer: torch has no `-` and no clamp for bool."""
        return Term(f"({term.text}).long()", term.low, term.high, False, term.columns) if term.boolean else term

    def term(self, depth: int) -> Term:
        if depth == 0:
            column = self.one_of(self.known)
            return Term(column.parameter, 0, column.high, False, (column,))
        writers = [self.unary, self.arithmetic, self.arithmetic, self.comparison, self.connective, self.choice]
        term = self.one_of(writers)(depth - 1)
        return term if abs(term.low) + abs(term.high) <= 20 * self.largest else self.bounded(term, 0, self.largest)

    def unary(self, depth: int) -> Term:
        x = self.term(depth)
        number = self.integer(1, 5)
        changed: list[tuple[str, int, int]] = [
            (f"({x.text} // {number})", x.low // number, x.high // number),
            (f"({x.text} % {number})", 0, number - 1),
            (f"({x.text} * {number})", x.low * number, x.high * number),
            (f"({x.text} + {number})", x.low + number, x.high + number),
        ]
        if x.boolean:
            return self.one_of([Term(f"~{x.text}", 0, 1, True, x.columns), self.whole(x), self.of(x, *changed)])
        changed += [
            (f"torch.abs({x.text})", 0, max(abs(x.low), abs(x.high))),
            (f"(-{x.text})", -x.high, -x.low),
            (f"({number} - {x.text})", number - x.high, number - x.low),
            (f"torch.clamp({x.text}, -1, {number})", min(max(x.low, -1), number), min(max(x.high, -1), number)),
            (f"(~{x.text})", -x.high - 1, -x.low - 1),
            (f"torch.relu({x.text})", max(x.low, 0), max(x.high, 0)),
        ]
        signed = number * self.one_of([-1, 1])
        corners = (x.low // signed, x.high // signed)
        squares = [x.low**2, x.high**2]
        changed += [
            (f"({x.text} // {signed})", min(corners), max(corners)),
            (f"({x.text} % {signed})", min(signed + 1, 0), max(signed - 1, 0)),
            (f"torch.div({x.text}, {number}, rounding_mode='trunc')", -(-x.low // number), x.high // number),
            (f"torch.fmod({x.text}, {number})", min(1 - number, 0) if x.low < 0 else 0, number - 1),
            (f"({x.text}) ** 2", min(squares) if x.low * x.high > 0 else 0, max(squares)),
            (f"({x.text} << 1)", 2 * x.low, 2 * x.high),
            (f"({x.text} >> {number})", x.low >> number, x.high >> number),
            (f"({x.text}).int()", x.low, x.high),
            (f"torch.sign({x.text})", max(min(x.low, 1), -1), max(min(x.high, 1), -1)),
            (f"torch.sqrt(torch.relu({x.text})).long()", 0, isqrt(max(x.high, 0))),
            (f"torch.tensor([[3, 1], [4, 1], [5, 9]])[{x.text} % 3, ({x.text}) % 2 - 2]", 1, 9),
        ]
        if x.low >= 0:
            changed.append((f"({x.text} & {number})", 0, min(x.high, number)))
            changed.append((f"({x.text} ^ {number})", 0, 2 ** max(x.high, number).bit_length() - 1))
        if x.high - x.low < 12:
            values = [self.integer(0, 9) for _ in range(x.low, x.high + 1)]
            changed.append((f"torch.tensor({values})[{x.text} - {x.low}]", min(values), max(values)))
        return self.of(x, *changed)

    def of(self, x: Term, *changed: tuple[str, int, int]) -> Term:
        text, low, high = self.one_of(list(changed))
        return Term(text, low, high, False, x.columns)

    def arithmetic(self, depth: int) -> Term:
        x, y = self.term(depth), self.term(depth)
        columns = x.columns + y.columns
        both = x.boolean and y.boolean
        operation = self.one_of(["+", "-", "*", "torch.minimum", "torch.maximum"])
        if operation == "-":
            x, y = self.whole(x), self.whole(y)
            return Term(f"({x.text} - {y.text})", x.low - y.high, x.high - y.low, False, columns)
        if operation == "+":  # of bools it is `or`, in torch
            return Term(f"({x.text} + {y.text})", x.low + y.low, 1 if both else x.high + y.high, both, columns)
        if operation == "*":
            corners = [a * b for a in (x.low, x.high) for b in (y.low, y.high)]
            return Term(f"({x.text} * {y.text})", min(corners), max(corners), both, columns)
        pick = min if operation == "torch.minimum" else max
        return Term(f"{operation}({x.text}, {y.text})", pick(x.low, y.low), pick(x.high, y.high), both, columns)

    def comparison(self, depth: int) -> Term:
        x, y = self.term(depth), self.term(depth)
        sign = self.one_of(["<", "<=", ">", ">=", "==", "!="])
        if self.chance():
            return Term(f"({x.text} {sign} {self.integer(0, 5)})", 0, 1, True, x.columns)
        return Term(f"({x.text} {sign} {y.text})", 0, 1, True, x.columns + y.columns)

    def conditional(self, depth: int) -> Term:
        """A bool."""
        x = self.term(depth)
        return x if x.boolean else Term(f"({x.text} > {self.integer(0, 3)})", 0, 1, True, x.columns)

    def connective(self, depth: int) -> Term:
        x, y = self.term(depth), self.term(depth)
        x, y = (t if t.condition else Term(f"({t.text} > 1)", 0, 1, True, t.columns) for t in (x, y))
        sign = self.one_of(["&", "|", "^"])
        return Term(f"({x.text} {sign} {y.text})", 0, 1, x.boolean and y.boolean, x.columns + y.columns)

    def choice(self, depth: int) -> Term:
        c, x, y = self.conditional(depth), self.term(depth), self.term(depth)
        columns = c.columns + x.columns + y.columns
        text = f"torch.where({c.text}, {x.text}, {y.text})"
        return Term(text, min(x.low, y.low), max(x.high, y.high), x.boolean and y.boolean, columns)

    def operand(self) -> str:
        return self.one_of([*(column.variable for column in self.known), str(self.integer(0, 3))])

    def condition(self) -> str:
        """A column of 0 and 1, or None."""
        if self.chance():
            return "None"
        conditions = [column.variable for column in self.known if column.high <= 1]
        if conditions and self.chance():
            return self.one_of(conditions)
        return self.write_map([self.conditional(self.integer(0, 1))], [self.fresh()])[0].variable
