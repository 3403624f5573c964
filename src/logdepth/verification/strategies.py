"""Hypothesis strategies: random programs, whose values stay in the ranges that they declare, and random tables.

A program is drawn as source text, so that a failing example prints as code that can be pasted and run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import TypeVar

import numpy as np
import torch
from hypothesis import strategies as st

from logdepth.programs import Program, Table

T = TypeVar("T")


@dataclass(frozen=True)
class Draft:
    """A program as the Python source that writes it."""

    source: str

    def __repr__(self) -> str:
        return f"\n{self.source}"

    def program(self) -> Program:
        """The program that the source writes."""
        names: dict[str, object] = {"Table": Table, "np": np, "torch": torch}
        exec(self.source, names)  # our own text, drawn below
        program = names["program"]
        assert isinstance(program, Program), "the source ends by making one"
        return program


@dataclass(frozen=True)
class Known:
    """A column at hand: its variable in the source, and its range 0..high.

    `address`: it holds 0 or the number of a row that I may read. `permutation`: no two rows hold the same.
    """

    variable: str
    high: int
    address: bool = False
    permutation: bool = False

    @property
    def parameter(self) -> str:
        """What a map's function calls it."""
        return self.variable.removeprefix("table.")


@dataclass(frozen=True)
class Term:
    """A part of a map: its text, its range low..high, whether torch holds it as bool, and the columns that it reads."""

    text: str
    low: int
    high: int
    boolean: bool
    columns: tuple[Known, ...]

    @property
    def condition(self) -> bool:
        return self.low >= 0 and self.high <= 1


@st.composite
def drafts(draw: st.DrawFn, rows: int = 6, statements: int = 6, largest: int = 24) -> Draft:
    """Programs of so many rows and statements (not counting those inside a repeat) at most; maps give 0..largest."""
    return Author(draw, draw(st.integers(1, rows)), draw(st.booleans()), largest).write(
        draw(st.integers(1, statements))
    )


@dataclass(frozen=True)
class DraftMap:
    """The function of a map as source, of columns in 0..high."""

    source: str
    highs: tuple[int, ...]

    @property
    def function(self) -> Callable[..., object]:
        function: Callable[..., object] = eval(self.source, {"torch": torch, "np": np})  # our own text, drawn below
        return function


@st.composite
def draft_maps(draw: st.DrawFn, columns: int = 3, largest: int = 24, depth: int = 4) -> DraftMap:
    """Functions of so many columns at most, that do so many things with them, one inside the other."""
    author = Author(draw, 6, False, largest)
    for _ in range(draw(st.integers(1, columns))):
        author.input()
    known = author.known = author.known[1:]
    term = author.term(draw(st.integers(1, depth)))
    return DraftMap(
        f"lambda {', '.join(column.variable for column in known)}: {term.text}", tuple(c.high for c in known)
    )


def tables(program: Program) -> st.SearchStrategy[dict[str, np.ndarray]]:
    """Input columns of 1..rows rows."""

    def of_length(length: int) -> st.SearchStrategy[dict[str, np.ndarray]]:
        def column(high: int) -> st.SearchStrategy[np.ndarray]:
            values = st.lists(st.integers(0, high), min_size=length, max_size=length)
            return values.map(lambda drawn: np.array(drawn, dtype=np.int64))

        return st.fixed_dictionaries({item.name: column(item.high) for item in program.inputs})

    return st.integers(1, program.rows).flatmap(of_length)


class Author:
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

    def write(self, statements: int) -> Draft:
        for _ in range(self.integer(1, 3)):
            self.input()
        for _ in range(statements):
            self.statement()
        candidates = self.known[::-1]
        for number in range(self.integer(1, 2)):
            self.line(f'table.output("o{number}", {candidates[number % len(candidates)].variable})')
        self.line("program = table.program()")
        return Draft("\n".join(self.lines))

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

    def statement(self) -> None:
        writers: list[Callable[[], None]] = [self.map, self.map, self.select, self.pull, self.push, self.sum]
        writers += [
            self.mean,
            self.extreme,
            self.previous,
            self.expression,
            self.shift,
            self.last,
            self.argmax,
            self.scan,
        ]
        writers += [self.prefix_sum] if self.causal else [self.rank, self.sort, self.earlier, self.prefix_sum]
        writers += [self.repeat] if self.depth < 2 else []
        writers.append(self.rare)
        self.one_of(writers)()

    # row-wise functions

    def map(self) -> None:
        results = [self.result(self.largest) for _ in range(self.integer(1, 2))]
        self.write_map(results, [self.fresh() for _ in results])

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

    # rows talk

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

    def values(self) -> tuple[str, list[Known]]:
        """What is read, one column or several, and what it is called here."""
        read = [self.one_of(self.known) for _ in range(self.integer(1, 2))]
        names = [Known(self.fresh(), column.high, address=column.address) for column in read]
        return (read[0].variable if len(read) == 1 else f"[{', '.join(column.variable for column in read)}]"), names

    def preference(self) -> str:
        """Which of several matching rows is read."""
        unique = [column.variable for column in self.known if column.permutation]
        if self.chance():
            return f"order={self.one_of(['first', 'last'])!r}"
        if self.chance():
            return f"priority={self.one_of(unique)}, order='any'"
        return f"priority={self.one_of(self.known).variable}, order={self.one_of(['first', 'last'])!r}"

    def select(self) -> None:
        pairs = [(self.operand(), self.operand()) for _ in range(self.integer(1, 2))]
        where, (text, outputs), preference = self.condition(), self.values(), self.preference()
        query, key = (f"[{', '.join(side)}]" for side in zip(*pairs, strict=True))
        self.learn(f"table.select(query={query}, key={key}, values={text}, where={where}, {preference})", *outputs)

    def pull(self) -> None:
        addresses = [column.variable for column in self.known if column.address]
        if self.chance():
            x = self.result(self.largest)
            index = self.known[0]
            address = Term(f"torch.minimum({x.text}, {index.parameter})", 0, x.high, False, (*x.columns, index))
            addresses = [self.write_map([address], [self.fresh()], addresses=True)[0].variable]
        text, outputs = self.values()
        self.learn(f"table.pull({self.one_of([*addresses, '1'])}, {text})", *outputs)

    def push(self) -> None:
        unique = [column.variable for column in self.known if column.permutation]
        (text, outputs), where = self.values(), self.condition()
        if self.chance():
            self.learn(f"table.push({self.one_of(unique)}, {text}, where={where}, distinct=True)", *outputs)
        else:
            self.learn(f"table.push({self.operand()}, {text}, where={where}, {self.preference()})", *outputs)

    def sum(self) -> None:
        value, where, name = self.one_of([*self.known, Known("1", 1)]), self.condition(), self.fresh()
        matched = self.one_of([lambda: "", lambda: f"query={self.operand()}, key={self.operand()}, ", self.related])()
        text = f"table.sum({value.variable}, {matched}where={where}, name={name!r})"
        self.learn(text, Known(name, self.rows * value.high))

    def related(self) -> str:
        """One part of a key that is compared, or looked up in a table, and maybe another that is equal."""
        query, key, relation = self.one_of(self.known), self.one_of(self.known), self.relation()
        if max(query.high, key.high) <= 30 and self.chance():
            factors = [self.integer(0, 3) for _ in range(2)]
            relation = f"lambda k, q: ({factors[0]} * k + {factors[1]} * q) % 4 < {self.integer(0, 4)}"
        if self.chance():
            return f"query={query.variable}, key={key.variable}, matching={relation}, "
        queries, keys = f"[{query.variable}, {self.operand()}]", f"[{key.variable}, {self.operand()}]"
        return f"query={queries}, key={keys}, matching=[{relation}, {self.one_of(['==', '<='])!r}], "

    def relation(self) -> str:
        return repr(self.one_of(["<", "<=", ">", ">="]))

    def mean(self) -> None:
        """Rounded, or compared with a fraction or a column."""
        value, other, where = self.one_of(self.known), self.one_of(self.known), self.condition()
        matched = self.related() if self.chance() else ""
        mean = f"table.mean({value.variable}, {matched}where={where})"
        asked = [(f"{mean}.{way}()", value.high) for way in ("floor", "ceil", "round")]
        asked += [(f"{mean} > {other.variable}", 1), (f"{mean} * 2 <= {self.integer(0, 5)}", 1)]
        (text, high), name = self.one_of(asked), self.fresh()
        self.learn(f"table.column({text}, high={high}, name={name!r})", Known(name, high))

    def prefix_sum(self) -> None:
        value, name = self.one_of(self.known), self.fresh()
        self.learn(f"table.prefix_sum({value.variable}, name={name!r})", Known(name, self.rows * value.high))

    def rank(self) -> None:
        name = self.fresh()
        self.learn(
            f"table.rank({self.one_of(self.known).variable}, name={name!r})",
            Known(name, self.rows, address=True, permutation=True),
        )

    def earlier(self) -> None:
        key, where, name = self.one_of(self.known).variable, self.condition(), self.fresh()
        self.learn(f"table.earlier({key}, where={where}, name={name!r})", Known(name, self.rows - 1))

    def sort(self) -> None:
        key, (text, outputs) = self.one_of(self.known).variable, self.values()
        self.learn(f"table.sort({key}, {text})", *outputs)

    def previous(self) -> None:
        column = self.one_of(self.known)
        self.learn(f"table.previous({column.variable})", Known(self.fresh(), column.high, address=column.address))

    def extreme(self) -> None:
        column, destination = self.one_of(self.known), self.one_of(self.known).variable
        method = self.one_of(["push_min", "push_max"])
        text = f"table.{method}({destination}, {column.variable}, where={self.condition()})"
        self.learn(text, Known(self.fresh(), column.high, address=column.address))

    def expression(self) -> None:
        """Operators on columns, divisions too."""
        x, y, z = (self.one_of(self.known) for _ in range(3))
        number = self.integer(1, 5)
        choices = [
            (f"({x.variable} - {y.variable}).clip(0)", x.high),
            (f"abs({x.variable} - {y.variable})", max(x.high, y.high)),
            (f"({x.variable} > {y.variable}) & ({z.variable} != {number}) | ~({y.variable} == {z.variable})", 1),
            (f"table.where({x.variable} >= {number}, {y.variable}, {z.variable})", max(y.high, z.high)),
            (f"table.choose({x.variable} % 3, [{y.variable}, {z.variable}, {number}])", max(y.high, z.high, number)),
            (f"table.lookup({[self.integer(0, 9) for _ in range(number)]}, {x.variable}.clip(0, {number - 1}))", 9),
            (f"table.minimum({x.variable} + {y.variable}, {self.largest}) // {z.variable}.clip(1)", self.largest),
            (f"table.minimum({x.variable} * 2, {self.largest}) % ({y.variable}.clip(0, 6) + 1)", self.largest),
        ]
        text, high = self.one_of(choices)
        name = self.fresh()
        self.learn(f"table.column({text}, high={high}, name={name!r})", Known(name, high))

    def shift(self) -> None:
        column = self.one_of(self.known)
        by = self.integer(0 if self.causal else -3, 3)
        self.learn(f"table.shift({column.variable}, {by})", Known(self.fresh(), column.high))

    def last(self) -> None:
        matched = f"query={self.operand()}, key={self.operand()}, " if self.chance() else ""
        where, (text, outputs) = self.condition(), self.values()
        self.learn(f"table.last({text}, {matched}where={where})", *outputs)

    def argmax(self) -> None:
        matched = f"query={self.operand()}, key={self.operand()}, " if self.chance() else ""
        where, of, order = self.condition(), self.one_of(self.known).variable, self.one_of(["first", "last"])
        text = f"table.{self.one_of(['argmax', 'argmin'])}({of}, {matched}where={where}, order={order!r})"
        self.learn(text, Known(self.fresh(), self.rows, address=True))

    def scan(self) -> None:
        x = self.one_of(self.known)
        op = self.one_of(["table.maximum", "table.minimum", "lambda x, y: table.where(y == 0, x, y)"])
        self.learn(f"table.scan({op}, {x.variable})", Known(self.fresh(), x.high))

    def rare(self) -> None:
        """What protocols are made of."""
        writers = [self.weave] + ([] if self.causal else [self.spread]) + ([self.hold] if self.depth == 0 else [])
        self.one_of(writers)()

    def weave(self) -> None:
        """Their tables are drawn in the source, so that they are as long as the program has rows."""
        read = [self.one_of(self.known) for _ in range(self.integer(1, 3))]
        tables = [[self.integer(0, 1) for _ in range(self.rows + 1)] for _ in read]
        name, high = self.fresh(), sum(column.high for column in read)
        texts = ", ".join(f"np.array({table})" for table in tables)
        variables = ", ".join(column.variable for column in read)
        self.learn(f"table.weave([{variables}], [{texts}], {high}, {name!r})", Known(name, high))

    def spread(self) -> None:
        """No more rows can send to one than there are."""
        to = ", ".join(self.operand() for _ in range(self.integer(1, 2)))
        read = [self.one_of(self.known) for _ in range(self.integer(1, 2))]
        outputs = [Known(self.fresh(), self.rows * column.high) for column in read]
        sent, names = ", ".join(column.variable for column in read), [column.variable for column in outputs]
        source = f"table.spread([{to}], [{sent}], senders={self.rows}, names={names})"
        self.line(f"{', '.join(names)}, = {source}")
        self.known += outputs

    def hold(self) -> None:
        column, name = self.one_of(self.known), self.fresh()
        self.learn(f"table.hold({column.variable}, {name!r})", Known(name, column.high, address=column.address))

    # loops

    def repeat(self) -> None:
        start = [self.one_of(self.known) for _ in range(self.integer(1, 2))]
        highs = [max(column.high, self.integer(0, self.largest)) for column in start]
        body, times, outside = self.fresh("body"), self.integer(0, 3), list(self.known)
        states = [Known(self.fresh("s"), high) for high in highs]
        self.line(f"def {body}({', '.join(column.variable for column in states)}):")
        self.depth += 1
        self.known += states
        for _ in range(self.integer(0, 3)):
            self.statement()
        returned = [self.next_state(high) for high in highs]
        self.line(f"return {', '.join(returned)}")
        self.depth -= 1
        self.known = outside
        outputs = [Known(self.fresh(), high) for high in highs]
        names = [column.variable for column in outputs]
        first = [column.variable for column in start]
        if len(start) == 1:
            self.learn(f"table.repeat({times}, {body}, {first[0]}, high={highs[0]}, name={names[0]!r})", *outputs)
        else:
            self.learn(f"table.repeat({times}, {body}, [{', '.join(first)}], high={highs}, name={names})", *outputs)

    def next_state(self, high: int) -> str:
        fitting = [column.variable for column in self.known if column.high <= high]
        if fitting and self.chance():
            return self.one_of(fitting[::-1])
        return self.write_map([self.result(high)], [self.fresh()])[0].variable
