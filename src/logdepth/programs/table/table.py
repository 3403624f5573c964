"""The `Table` on which users write a program, statement by statement."""

from __future__ import annotations

from typing import overload

from logdepth.numerics.errors import UsageError
from logdepth.programs.codings import Coding, coding_of
from logdepth.programs.expressions import Expression, Quotient, output_names
from logdepth.programs.place import place_of_caller
from logdepth.programs.program import Program
from logdepth.programs.statements import Column, check_name
from logdepth.programs.table.looping import LoopingTable
from logdepth.programs.transcription import make_map


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
                    last        the last row that matches: until …   argmax, argmin      the largest, the least
                    select      any of these, with all options       broadcast           one row, read by all
    Rows send:      push        to the row with this number          push_min, push_max  the least, the greatest
    Rows count:     sum, count  over the rows that match: ==, < …    prefix_sum          up to mine
                    mean        an exact fraction, to compare and round
                    earlier     rows before mine with my key         length              how many rows there are
    Order:          rank        my place when rows are sorted        sort                the values in this order
    Many layers:    scan        prefix composition of any operation  repeat              a loop with tied weights
    Rarely:         hold        a column that stays to be seen       spread, weave       sparse propagation

    A statement in which rows talk is one attention layer of one head, if its docstring names no other cost. All other
    statements are ReLU layers.
    """

    @overload
    def input(
        self, name: str, high: int | None = None, *, letters: str | None = None, values: Coding | None = None
    ) -> Column: ...

    @overload
    def input(self, name: str, high: int, *, low: int) -> Expression: ...

    def input(
        self,
        name: str,
        high: int | None = None,
        *,
        letters: str | None = None,
        values: Coding | None = None,
        low: int | None = None,
    ) -> Column | Expression:
        """A column that the user fills in, with values 0..high; or with a text of `letters`.

            degree = table.input("degree", high=20)
            token = table.input("token", letters="abc")               # "abba" is 1, 2, 2, 1
            bracket = table.input("bracket", values=["(", ")", None])   # any values: these are 0, 1, 2
            change = table.input("change", low=-5, high=5)             # an expression: abs(change), change + 5, …

        Letters are numbered from 1, and 0 is no letter. Values are numbered from 0; a row that reads nothing reads the
        first. With `low` you get an expression of whole numbers, which may be negative.
        """
        if sum(meaning is not None for meaning in (letters, values, low)) > 1:
            raise UsageError(f"input {name!r} holds letters, values or numbers from `low` on; give one of these")
        if low is not None:
            return self._offset_input(name, low, high)
        if values is not None:
            values = coding_of(name, values)
            high = len(values) - 1 if high is None else high
        if name == "index" or any(column.name == name for column in self._inputs):
            raise UsageError(f"program {self.name!r} already has a column {name!r}; choose another name")
        column = self._column(name, self._highest(name, high, letters), letters, 0, values)
        self._inputs.append(column)
        return column

    def _offset_input(self, name: str, low: int, high: int | None) -> Expression:
        """The numbers low..high, as those from 0 on and an offset."""
        if not isinstance(low, int) or not isinstance(high, int) or not low <= high:
            raise UsageError(f"input {name!r} holds whole numbers low..high, and not {low!r}..{high!r}")
        return self.input(name, values=range(low, high + 1)) + low

    def output(self, name: str, column: Column | Expression | Quotient, *, values: Coding | None = None) -> None:
        """Declare a column as an answer of the program.

            table.output("balanced", height == 0)
            table.output("height", 2 * opened - table.index)    # an expression may be negative here
            table.output("verdict", height == 0, values=["open", "closed"])

        If the column holds letters or values, so does the answer. values: what its numbers stand for, from 0 on. A mean
        becomes two outputs, "NAME numerator" and "NAME denominator", and `read_fractions` reads them.
        """
        check_name("an output", name)
        if isinstance(column, Quotient):
            if values is not None:
                raise UsageError(
                    f"output {name!r} is a fraction, and values stand for whole numbers; round it, or leave them out"
                )
            for each, part in zip(output_names(name), (column.numerator, column.denominator), strict=True):
                self.output(each, part if isinstance(part, (Column, Expression)) else self.column(part))
            return
        if values is not None:
            column = self._stand_for(name, column, coding_of(name, values))
        elif isinstance(column, Expression) and column.low < 0:
            column = self._stand_for(name, column - column.low, range(column.low, column.high + 1))
        answer = self._own(column, f"output {name!r}")
        if len(self._scopes) > 1:
            raise UsageError(f"output {name!r} is declared inside a repeat; return its column and declare it after")
        if name in self._outputs:
            raise UsageError(f"program {self.name!r} already has an output {name!r}; choose another name")
        self._outputs[name] = answer

    def _stand_for(self, name: str, column: Column | Expression, values: Coding) -> Column:
        """A column of the same numbers, which stand for these values outside."""
        of = self._own(column, f"output {name!r}")
        if of.high >= len(values):
            raise UsageError(f"output {name!r} holds 0..{of.high}, and has {len(values)} values for that; give more")
        result = self._column(of.name, len(values) - 1, None, 0, values)
        self._write(make_map(lambda v: v, (of,), (result,), place_of_caller()))
        return result

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
