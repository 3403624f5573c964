"""The value `Model`: everything that a model folder holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from logdepth.artefacts.notebook import as_table as claim_table
from logdepth.artefacts.notebook import in_a_line
from logdepth.numerics.columns import as_table, integer_columns
from logdepth.numerics.errors import UsageError
from logdepth.programs import Coding, Program, ProgramTask, check_promises, decode_values, encode_texts, encode_values
from logdepth.solutions import program_for
from logdepth.tasks import Task
from logdepth.transformer import (
    AUTO,
    Cache,
    Resources,
    RoundsUsed,
    Transformer,
    TransformerModule,
    evaluate_until_still,
    generate,
    resources,
)

PAGE_WRITER, EXPLORER = "logdepth.pages:write_report", "logdepth.explore:make_explorer"
"""What writes a model's page, and what makes its explorer, by name: both are made of models, and this room does without
them."""


@dataclass(frozen=True, eq=False)
class Model:
    """A transformer, compiled from a task or from a program of your own.

    origin: the task or the program. For a folder without a program (format version 1) it is the program's name.
    transformer: its weights, which `run` evaluates. dtype: "float32" or "float64".
    claimed: quantity -> the most that is promised of it.
    verified: what was checked so far ({"instances", "wrong", "exhaustive_up_to", …}), or None.

    `compile_task`, `compile_program` and `read_model` make one.
    """

    origin: Task[Any] | Program | str
    transformer: Transformer
    dtype: str
    claimed: Mapping[str, int]
    verified: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        return in_a_line(self.name, self._parameters, self.measured, self.dtype, self.verified)

    def _repr_html_(self) -> str:
        """The table of its claim, which a notebook shows."""
        return claim_table(self.name, self._parameters, self.measured, self.dtype, self.claimed, self.verified)

    @property
    def _parameters(self) -> Mapping[str, Any]:
        return {} if isinstance(self.origin, str) else self.task.parameters

    @property
    def name(self) -> str:
        """The task's or the program's."""
        return self.origin if isinstance(self.origin, str) else self.origin.name

    @property
    def task(self) -> Task[Any]:
        """The task: it draws and reads instances and knows their answers. A program is one too: `ProgramTask`.

        Errors: UsageError if the program is not known.
        """
        if isinstance(self.origin, str):
            raise UsageError(
                f"model {self.origin!r} was compiled from a program, and its folder, of format version 1, does not hold"
                " it. Compile the program again, or use the file that defines it."
            )
        return ProgramTask(self.origin) if isinstance(self.origin, Program) else self.origin

    @property
    def measured(self) -> Resources:
        return resources(self.transformer)

    def run(
        self, columns: Any = None, *, text: str | None = None, check: bool = False, attention: str = AUTO
    ) -> dict[str, np.ndarray]:
        """The output columns of one table (columns (N,)) or a batch of tables (columns (B, N)), as integers.

        columns: a dict or a data frame of lists, arrays, series or tensors of whole numbers; for a single column also
        its values alone. Columns of letters also take texts. Columns of values (`table.input(name, values=…)`, and what
        may be negative) are given as these values, and come back so. text: for the only column of letters.
        check: interpret the program too, which is slow. Errors: UsageError for other columns, and for entries that they
        do not hold; with `check` also, with row and column, for inputs on which the program breaks a promise of its
        own, such as a value that leaves its range: there a model may be wrong.
        attention: "softmax" scores all pairs of rows, "lookup" looks up the rows that a head reads, which gives the
        same; "auto" does so for large tables.
        """
        table, rows = self._table(columns, text)
        if check:
            check_promises(self.program, table)
        return self._answers(self.transformer.run(table, attention), rows)

    def run_until_still(
        self, columns: Any = None, *, text: str | None = None, attention: str = AUTO
    ) -> tuple[dict[str, np.ndarray], RoundsUsed]:
        """As `run`, and the rounds that were used: a loop of blocks ends with the first round that changes nothing.

        The outputs are those of `run`; `logdepth.transformer.early_stop` says why. Errors: UsageError as `run`, and for
        a model without a loop, such as one whose rounds have weights of their own.
        """
        table, rows = self._table(columns, text)
        stopped = evaluate_until_still(self.transformer, table, attention=attention)
        return self._answers(stopped.outputs, rows), stopped.rounds

    @property
    def program(self) -> Program:
        """The program that was compiled. Errors: UsageError if it is not known."""
        return program_for(self.task)

    def run_with_cache(self, columns: Any = None, *, text: str | None = None) -> tuple[dict[str, np.ndarray], Cache]:
        """As `run` on one table, with every head's attention pattern and the residual stream after every step."""
        table, rows = self._table(columns, text)
        outputs, cache = self.transformer.run_with_cache(table)
        return self._answers(outputs, rows), cache

    def _answers(self, outputs: Mapping[str, np.ndarray], rows: int | None) -> dict[str, Any]:
        """What `run` gives: without blank rows, where they were not given."""
        return decode_values({name: values[..., :rows] for name, values in outputs.items()}, self.output_values)

    def _table(self, columns: Any, text: str | None) -> tuple[dict[str, ArrayLike], int | None]:
        """What `run` is given, as columns of numbers, with blank rows; and of a program that has some, how many rows
        were given."""
        if (columns is None) == (text is None):
            raise UsageError(f"model {self.name!r} runs on columns or on a text; give one of the two.")
        if text is not None:
            if len(self.letters) != 1 or len(self.transformer.embeddings) != 1:
                held = ", ".join(map(repr, self.transformer.embeddings))
                raise UsageError(
                    f"model {self.name!r} has no single column, of letters, for a text; its columns are {held}."
                    " Give them as a dict."
                )
            columns = {next(iter(self.letters)): text}
        owner = f"model {self.name!r}"
        remedy = "For an instance of its task: model.answer(instance)." if isinstance(self.origin, Task) else ""
        table = as_table(columns, self.transformer.embeddings.keys(), owner, remedy)
        encoded = encode_texts(encode_values(table, self.input_values, owner), self.letters, owner)
        if not self.blank:
            return encoded, None
        given = integer_columns(encoded, self.transformer.embeddings.keys(), owner)
        return dict(self.pad(given)), next(iter(given.values())).shape[-1]

    @property
    def blank(self) -> int:
        """How many rows are blank tokens, which hold 0 in every input column."""
        return self.origin.blank if isinstance(self.origin, Program) else 0

    def pad(self, columns: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
        """Columns (N,) or (B, N) with the blank rows after their own, as `transformer` takes them. As `Program.pad`."""
        return self.origin.pad(columns) if isinstance(self.origin, Program) else columns

    def module(self) -> TransformerModule:
        """The model as a torch module with weights of its own: to hook, patch, probe and fine-tune.

        `module(columns)` gives the outputs before rounding, with gradients; `module.answers(columns)` what `run` gives.
        """
        return TransformerModule(self.transformer)

    def generate(
        self,
        prompt: Any = None,
        steps: int | None = None,
        feed: Mapping[str, str] | None = None,
        *,
        text: str | None = None,
        ends: Collection[str] | None = None,
    ) -> dict[str, np.ndarray]:
        """The columns of `prompt`, or the text, given as for `run`, and `steps` rows more: the model's answer in a row
        is the next row's input.

        steps: None takes all rows that the model has left.
        feed: input column -> the output column that continues it. You may leave it out for a model of one input and one
        output, and if every input has an output of its name.
        ends: input columns in which a 0 ends the table early; by default those of letters, where 0 is no letter.
        Errors: UsageError for a model that is not causal, more rows than it has, a `feed` of other columns, and an
        answer that the input column does not hold.
        """
        ended = self.letters.keys() if ends is None else ends
        table, _ = self._table(prompt, text)
        written = generate(self.transformer, table, steps, feed, ended)
        return decode_values(written, self.input_values)

    @property
    def input_values(self) -> dict[str, Coding]:
        """Input column -> what its numbers stand for, of a program with columns of values."""
        return self.origin.input_values if isinstance(self.origin, Program) else {}

    @property
    def output_values(self) -> dict[str, Coding]:
        """Output column -> what its numbers stand for."""
        return self.origin.output_values if isinstance(self.origin, Program) else {}

    @property
    def letters(self) -> dict[str, str]:
        """Input column -> its letters, for columns of letters: letter number t, from 1, is the value t."""
        return {} if isinstance(self.origin, str) else dict(self.origin.input_letters)

    def _instance(self, instance: Any, text: str | None) -> Any:
        """What `answer` is given, as an instance of the task."""
        if (instance is None) == (text is None):
            raise UsageError(f"model {self.name!r} answers an instance or a text; give one of the two.")
        return self.task.instance_of(instance if text is None else text)

    def answer(self, instance: Any = None, *, text: str | None = None, attention: str = AUTO) -> np.ndarray:
        """The model's answer to one instance, comparable with `task.solve(instance)`.

        instance: the task's own form, or any form that `task.instance_of` takes: a text, a list, an array, edges, a
        graph of networkx, a data frame. text: a text in its place. attention: as for `run`.
        """
        instance = self._instance(instance, text)
        return self.task.decode(self.transformer.run(self.task.encode(instance), attention), instance)

    def answer_until_still(
        self, instance: Any = None, *, text: str | None = None, attention: str = AUTO
    ) -> tuple[np.ndarray, RoundsUsed]:
        """As `answer`, and the rounds that were used: see `run_until_still`."""
        instance = self._instance(instance, text)
        stopped = evaluate_until_still(self.transformer, self.task.encode(instance), attention=attention)
        return self.task.decode(stopped.outputs, instance), stopped.rounds

    def report(self, input: Any = None, file: str | Path = "report.html") -> Path:
        """Write the page that shows this model at work on an input, and return its path; whole or not at all.

        input: as for `answer`, or columns as for `run`. None shows a real input that comes with the library, if one
        fits, and otherwise a random one. The page is one file that loads nothing.
        Errors: UsageError if the input does not fit, or if the file cannot be written.
        """
        write_report: Callable[..., Path] = resolve_name(PAGE_WRITER)
        return write_report(self, file, input)

    def explore(self, input: Any = None, height: int | None = None, view: str | None = None) -> Any:
        """A page that runs this model in the browser, on inputs that its reader types: `logdepth.explore.Explorer`.

        A notebook shows it in a frame, `height` pixels high; `model.explore().write("page.html")` writes it into a file
        that loads nothing, and `model.explore().widget()` talks to Python. input: the one that is shown first, as for
        `report`. view: one figure alone under the input, as "heads", "why", "sum", "walk", "graph", "machines",
        "residual" or "program"; None: all of them.
        Errors: UsageError if the input does not fit, for another view, or if the model is too large for a page.
        """
        make_explorer: Callable[..., Any] = resolve_name(EXPLORER)
        return make_explorer(self, input, height=height, view=view)
