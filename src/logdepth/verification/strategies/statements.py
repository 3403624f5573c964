"""Statements of a program, drawn one after another."""

from __future__ import annotations

from collections.abc import Callable

from logdepth.verification.strategies.draft import Draft, Known, Term
from logdepth.verification.strategies.terms import TermAuthor


class Author(TermAuthor):
    """Writes a program statement by statement."""

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
        until = f"until={self.operand()}, " if self.chance() else ""
        where, (text, outputs) = self.condition(), self.values()
        self.learn(f"table.last({text}, {matched}{until}where={where})", *outputs)

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
