"""Task: one problem with its instances, its exact answer and its tokens."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar, cast

import numpy as np

from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks.definitions import Definition
from logdepth.tasks.drawing import Drawing, Pointer, Tabular, number_rows
from logdepth.tasks.forms import AnswerForm, ColumnForm, Form, TableForm
from logdepth.tasks.inputs.shipped import shipped_file
from logdepth.tasks.parameters import Parametrised, Size
from logdepth.tasks.prompts import Template
from logdepth.theory import Claims

Instance = TypeVar("Instance")


@dataclass(frozen=True)
class Task(Parametrised, ABC, Generic[Instance]):
    """A problem at one size. Its fields are its parameters; a bad value raises UsageError when the task is made.

    A subclass states names and ranges and supplies `draw`, `exhaustive`, `solve`, `columns`, `parse`, `present`.
    Rows are numbered 1..N and 0 means "nothing", as in every table of this library.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    families: ClassVar[tuple[str, ...]]
    """Names of the families of instances; the first is the plain random one."""
    shipped: ClassVar[tuple[str, ...]] = ()
    """Names of the real inputs that come with the library and suit this task, the best first."""
    limits: ClassVar[tuple[str, ...]] = ("n",)
    """The parameters that only limit the size of an instance. `read_any_size` ignores these limits, if it differs from
    `read`."""

    corner_sizes: ClassVar[tuple[Size, ...]] = ()
    """Parameters at which something is special: the laws are checked there too."""

    small: ClassVar[Size] = {"n": 12}
    """Parameters of a model that can be looked at whole: its pages are tried there, and its families."""

    asks: ClassVar[Template | None] = None
    """The question about a graph in words that it answers; None: no prompt asks it."""

    row: ClassVar[str] = "row"
    """What a row of its table is called."""
    defined_by: ClassVar[str | None] = None
    """Its answer as an expression that a page evaluates; see `tasks.definitions`. None: no page has an exact answer."""
    telling_size: ClassVar[int] = 32
    """The size of a random instance that is large enough to tell something, and small enough to be seen whole."""

    n: int

    def __init_subclass__(cls, **options: Any) -> None:
        """What a task does with an instance it does with all that `instance_of` makes one of."""
        super().__init_subclass__(**options)
        for name in ("solve", "columns", "decode", "present", "in_words", "drawing"):
            if name in vars(cls):
                setattr(cls, name, of_anything(vars(cls)[name]))

    # --- theory ---

    @property
    def theory(self) -> Claims:
        """What the sources promise at these parameters, model by model. In the claims, n counts what it counts here."""
        return ()

    # --- sizes and ranges ---

    @property
    def rows(self) -> int:
        """The most rows of its table: n, unless a task says otherwise."""
        return self.n

    @property
    @abstractmethod
    def inputs(self) -> dict[str, int]:
        """Input column -> highest value; every column holds 0..highest."""

    @property
    @abstractmethod
    def outputs(self) -> dict[str, int]:
        """Output column -> highest value."""

    @property
    def smallest(self) -> int:
        """The least size of an instance, in the task's natural unit (tokens, vertices)."""
        return 1

    @property
    def largest(self) -> int:
        """The greatest size of an instance, in the same unit."""
        return self.n

    def row_values(self, row: int) -> list[tuple[int, ...]] | None:
        """What the columns of a row, from 1, hold together, in tables of all rows; None: anything in their ranges."""
        return None

    # --- instances ---

    def sample(self, rng: np.random.Generator, family: str | None = None, size: int | None = None) -> Instance:
        """One random instance of a family (None: the plain random one) and size (None: uniform over all sizes).

        Errors: UsageError for an unknown family or a size out of range.
        """
        family = self.families[0] if family is None else family
        if family not in self.families:
            raise UsageError(f"{self.name} has no family {family!r}. {did_you_mean(family, self.families)}")
        size = int(rng.integers(self.smallest, self.largest + 1)) if size is None else self._check(size)
        return self.draw(rng, family, size)

    def _check(self, size: int) -> int:
        if not self.smallest <= size <= self.largest:
            raise UsageError(
                f"{self.name}: the size of an instance must be from {self.smallest} to {self.largest}; got {size}."
            )
        return size

    def instance_of(self, given: Any) -> Instance:
        """The instance that a user means: theirs as it is, or one made of what its kind of task takes.

        Sequences: lists, arrays and tensors of any integer type or with whole floats, series, data frames with the
        task's column, and texts where the task has letters. Graphs: those of networkx, lists or arrays of edges (u, v)
        or (u, v, weight), data frames with such columns; with a question, the pair (graph, (u, v)); or a prompt.
        Errors: UsageError for anything else, with what is taken.
        """
        return cast(Instance, given)

    @abstractmethod
    def draw(self, rng: np.random.Generator, family: str, size: int) -> Instance:
        """`sample` after its checks."""

    @abstractmethod
    def exhaustive(self, size: int) -> Iterator[Instance]:
        """Every instance of exactly this size, for small sizes."""

    def read(self, path: str | Path) -> Instance:
        """The instance in a user's file.

        Errors: UsageError for every file that is not one: missing, empty, binary, too large, out of the task's range.
        """
        return self.parse(Path(path))

    def notes(self, instance: Instance) -> tuple[str, ...]:
        """Sentences on how an instance was read: what was dropped from its file, and what could have been meant."""
        return tuple(getattr(instance, "notes", ()))

    def read_any_size(self, path: str | Path) -> Instance:
        """`read`, for what is made to the measure of an instance; some tasks then know no limits of size.

        Errors: as of `read`.
        """
        return self.read(path)

    @abstractmethod
    def parse(self, path: Path) -> Instance:
        """`read` after its checks."""

    def default_input(self) -> Path | None:
        """A real input that comes with the library and fits this task, or None if none does."""
        for name in self.shipped:
            try:
                self.read(shipped_file(name))
            except UsageError:
                continue
            return shipped_file(name)
        return None

    # --- answers ---

    @abstractmethod
    def solve(self, instance: Instance) -> np.ndarray:
        """The exact answer, int64 (or float64), by means independent of any program."""

    def encode(self, instance: Instance) -> dict[str, np.ndarray]:
        """The instance as int64 input columns of one length, at most `rows`.

        Errors: UsageError if it does not fit this task.
        """
        columns = {name: np.asarray(values, dtype=np.int64) for name, values in self.columns(instance).items()}
        inputs, rows = self.inputs, self.rows
        assert columns.keys() == inputs.keys(), f"{self.name} encodes {sorted(columns)} instead of {sorted(inputs)}"
        for name, values in columns.items():
            if values.ndim != 1:
                raise UsageError(
                    f"{self.name} takes one table at a time, in columns (N,); column {name!r} has the shape"
                    f" {values.shape}. `model.run` takes several tables of one length."
                )
            if not 1 <= len(values) <= rows:
                raise UsageError(f"{self.name} takes 1 to {count_of(rows, 'row')}; this instance has {len(values)}.")
            if np.minimum.reduce(values) < 0 or np.maximum.reduce(values) > inputs[name]:
                row = int(np.argmax((values < 0) | (values > inputs[name])))
                raise UsageError(
                    f"{self.name}: column {name!r} holds 0 to {inputs[name]}; row {row + 1} has {values[row]}."
                    " Correct it, or make the task larger."
                )
        return columns

    def rows_of(self, instance: Instance) -> int:
        """The rows of its table. Errors: as of `encode`."""
        return len(next(iter(self.encode(instance).values())))

    @abstractmethod
    def columns(self, instance: Instance) -> Mapping[str, np.ndarray]:
        """`encode` before its checks."""

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Instance) -> np.ndarray:
        """The answer in a model's output columns (integers, one per row), comparable by == with `solve`."""
        (name,) = self.outputs
        return np.asarray(outputs[name], dtype=np.int64)

    def details(self, answer: np.ndarray, instance: Instance) -> dict[str, Any]:
        """What makes an answer plain, such as the numbers of a sum, by name, ready for JSON. Most need nothing."""
        return {}

    @abstractmethod
    def present(self, answer: np.ndarray, instance: Instance) -> Any:
        """The answer in the user's letters and ids, ready for JSON; None stands for "no answer"."""

    def in_words(self, answer: np.ndarray, instance: Instance) -> str | None:
        """The answer as a sentence, to an instance that was read from a question in English; None: it was not."""
        return None

    def tabulate(self, answer: np.ndarray, instance: Instance) -> Tabular:
        """The answer as a table for a file, in the words of `present`."""
        presented = self.present(answer, instance)
        if isinstance(presented, list):
            return Tabular(("row", "answer"), number_rows(presented))
        return Tabular(("answer",), [[presented]])

    # --- how it is shown: every answer has a default, and a task that knows better says so ---

    @property
    def capacity(self) -> str:
        """The instances that a model of this task takes, as in "any table of up to 9 rows"."""
        return f"table of up to {count_of(self.rows, 'row')}"

    @property
    def input_letters(self) -> dict[str, str]:
        """Input column -> its letters, where it has some: letter number t, from 1, is the value t."""
        return {}

    @property
    def own_program(self) -> Any:
        """The program that the task itself is; None for a task of which solutions know one."""
        return None

    @property
    def ways_that_run(self) -> tuple[str, ...]:
        """Of a solution that has a `way` of its own, and not every one for every task: those for this task."""
        return ()

    @property
    def own_protocol(self) -> Any:
        """The raw protocol that `own_program` carries out; None if it is no protocol."""
        return None

    def drawing(self, instance: Instance) -> Drawing:
        """The rows of its table, by the values of its first column, and the graph, if it is one."""
        first = next(iter(self.encode(instance).values()))
        return Drawing(tuple(map(str, first.tolist())))

    def answering_rows(self, instance: Instance, entries: int) -> np.ndarray:
        """The rows, from 1, that give the `entries` entries of the answer, in order: the last ones of the table."""
        rows = self.rows_of(instance)
        return np.arange(rows - entries + 1, rows + 1)

    def name_value(self, value: Any, instance: Instance) -> str | None:
        """A value of the answer in the user's letters and ids; None is no letter."""
        return f"{value:.4g}" if isinstance(value, float) else str(value)

    def evidence(self, instance: Instance) -> list[str] | None:
        """Beside every entry of the answer what makes it plain, as the other numbers of a sum; None: nothing."""
        return None

    @property
    def form(self) -> Form:
        """How an instance is typed: as the columns of its table, unless a task knows better."""
        letters = self.input_letters
        columns = tuple(ColumnForm(name, high, letters.get(name)) for name, high in self.inputs.items())
        return TableForm(columns, self.rows)

    def typed(self, instance: Instance) -> Any:
        """An instance as its `form` says."""
        return {name: values.tolist() for name, values in self.encode(instance).items()}

    @property
    def answer_form(self) -> AnswerForm | None:
        """How the answer is read from the output columns; None: it is these columns."""
        return None

    @property
    def definition(self) -> Definition | None:
        """What the answer is, as data: `defined_by`, in which the names of the task's integer parameters are known."""
        whole = {name: value for name, value in self.parameters.items() if isinstance(value, int)}
        return None if self.defined_by is None else Definition(self.defined_by, whole)

    @property
    def pointer(self) -> Pointer | None:
        """The pointer that the task follows, if it follows one."""
        return None

    @property
    def telling_families(self) -> tuple[tuple[str, ...], ...]:
        """Families of the random instance that is shown; the next ones where all answers of the first are equal."""
        return (self.families[:1],)

    def stretches(self, path: Path) -> Iterator[tuple[Instance, str]]:
        """The parts that the task takes of an instance in a file that is too long for it, and which they are; none, if
        a part of an instance is not one. Errors: as of `read`."""
        return iter(())


def of_anything(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method whose last argument is an instance, given all that `Task.instance_of` makes one of."""

    @wraps(method)
    def taking(self: Task[Any], *given: Any, **named: Any) -> Any:
        if "instance" in named:
            return method(self, *given, **{**named, "instance": self.instance_of(named["instance"])})
        *before, last = given
        return method(self, *before, self.instance_of(last), **named)

    return taking
