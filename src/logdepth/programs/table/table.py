"""The `Table` on which users write a program, statement by statement."""

from __future__ import annotations

from logdepth.numerics.errors import UsageError
from logdepth.programs.expressions import Expression
from logdepth.programs.program import Program
from logdepth.programs.statements import Column, check_name
from logdepth.programs.table.looping import LoopingTable


class Table(LoopingTable):
    """Writes a program: every method adds one statement and returns its new columns.

        table = Table("induction", rows=100, causal=True)
        token = table.input("token", letters="abcd")
        before = table.shift(token, 1)
        table.output("answer", table.last(token, query=token, key=before))
        program = table.program()

    rows: the most that a table may have. causal: row i sees rows 1..i only. Rows are numbered from 1, by the column
    `table.index`; row 0 is no row: a row that reads it reads zeros. In place of a column you may give an expression of
    columns, or a non-negative int, which stands for the column that holds it in every row.

    Begin and end:  input  output  program
    Rows compute:   + - * // %  == != < <= > >=  & | ~ ^  abs  .clip(low, high)      operators on columns
                    where  minimum  maximum  lookup  choose                          more of them
                    map         any function of integer tensors that is the same for all rows
                    column      an expression as a column, with a name or a smaller range
    Rows read one:  pull        the row with this number             previous, shift     some rows before or after mine
                    last        the last row that matches            argmax, argmin      the largest, the least
                    select      any of these, with all options       broadcast           one row, read by all
    Rows send:      push        to the row with this number          push_min, push_max  the least, the greatest
    Rows count:     sum, count  over the rows that match: ==, < …    prefix_sum          up to mine
                    earlier     rows before mine with my key         length              how many rows there are
    Order:          rank        my place when rows are sorted        sort                the values in this order
    Many layers:    scan        prefix composition of any operation  repeat              a loop with tied weights
    Rarely:         hold        a column that stays to be seen       spread, weave       sparse propagation

    A statement in which rows talk is one attention layer of one head, if its docstring names no other cost. All other
    statements are ReLU layers.
    """

    def input(self, name: str, high: int | None = None, *, letters: str | None = None) -> Column:
        """A column that the user fills in, with values 0..high; or with a text of `letters`.

            degree = table.input("degree", high=20)
            token = table.input("token", letters="abc")    # "abba" is 1, 2, 2, 1

        Letters are numbered from 1, and 0 is no letter.
        """
        if name == "index" or any(column.name == name for column in self._inputs):
            raise UsageError(f"program {self.name!r} already has a column {name!r}; choose another name")
        column = self._column(name, self._highest(name, high, letters), letters)
        self._inputs.append(column)
        return column

    def output(self, name: str, column: Column | Expression) -> None:
        """Declare a column as an answer of the program.

            table.output("balanced", height == 0)

        If the column holds letters, so does the answer.
        """
        check_name("an output", name)
        answer = self._own(column, f"output {name!r}")
        if len(self._scopes) > 1:
            raise UsageError(f"output {name!r} is declared inside a repeat; return its column and declare it after")
        if name in self._outputs:
            raise UsageError(f"program {self.name!r} already has an output {name!r}; choose another name")
        self._outputs[name] = answer

    def program(self) -> Program:
        """The finished program."""
        if not self._inputs:
            raise UsageError(f"program {self.name!r} has no input; make one with table.input(name, high)")
        if not self._outputs:
            raise UsageError(f"program {self.name!r} has no output; name one with table.output(name, column)")
        return Program(
            self.name,
            self.rows,
            self.causal,
            self.index,
            tuple(self._inputs),
            tuple(self._scopes[0]),
            dict(self._outputs),
        )
