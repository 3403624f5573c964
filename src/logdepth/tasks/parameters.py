"""Parameters of a task: dataclass fields that carry their range and their help."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, Self

from logdepth.numerics.errors import Argument, UsageError, Wording, did_you_mean
from logdepth.tasks.inputs.written_numbers import whole_number

Size = Mapping[str, object]  # parameters by name


@dataclass(frozen=True)
class Parameter:
    """What a user needs to know of one parameter. `low` and `high` are inclusive, None = unbounded or not a number.

    tacit: it is not named among the parameters of a value that has it by default.
    """

    name: str
    kind: type
    default: int | float | str
    low: float | None
    high: float | None
    help: str
    tacit: bool = False

    def allowed(self) -> str:
        """The allowed values in words."""
        if self.kind is str:
            return "text"
        number = "a whole number" if self.kind is int else "a number"
        if self.high is not None:
            return f"{number} from {self.low} to {self.high}"
        return number if self.low is None else f"{number} of at least {self.low}"

    def check(self, value: object, owner: str) -> int | float | str:
        """`value` as this parameter's kind and within its range. Numbers may come as text, as on a command line.

        Errors: UsageError with owner, name, value, allowed range.
        """
        result = self._convert(value)
        if result is None or (not isinstance(result, str) and not self._holds(result)):
            raise UsageError(
                f"{owner}: {self.name} must be {self.allowed()}; got {repr(value)[:80]}.",
                Wording("Change {it}.", it=Argument(self.name)),
            )
        return result

    def _convert(self, value: object) -> int | float | str | None:
        if isinstance(value, bool):
            return None
        if self.kind is str:
            return str(value) if isinstance(value, int | str) else None
        if self.kind is float:
            try:
                return float(value)  # type: ignore[arg-type]  # text, and all that is a number
            except (TypeError, ValueError):
                return None
        if isinstance(value, str):
            return whole_number(value.strip())
        try:
            return value.__index__()  # type: ignore[attr-defined]  # int and numpy integers; a float has none
        except AttributeError:
            return None

    def _holds(self, number: float) -> bool:
        return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)


class Parametrised:
    """A frozen dataclass whose fields are parameters: each is checked when a value is born."""

    name: ClassVar[str]

    def __post_init__(self) -> None:
        for item in self.describe():
            self._settle(item.name, item.check(getattr(self, item.name), self.name))

    def _settle(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)  # frozen from here on: called only while the value is born

    @classmethod
    def describe(cls) -> tuple[Parameter, ...]:
        """The parameters in order, with default, range and help."""
        return parameters_of(cls)

    @classmethod
    def from_parameters(cls, values: Mapping[str, object]) -> Self:
        """The value with these parameters, numbers as such or as text.

        Errors: UsageError for an unknown key or a bad value.
        """
        return cls(**known_only(values, cls, cls.name))

    @property
    def parameters(self) -> dict[str, Any]:
        """Name and value of every parameter but tacit ones; `from_parameters` takes it back."""
        values = {item: getattr(self, item.name) for item in self.describe()}
        return {item.name: value for item, value in values.items() if not (item.tacit and value == item.default)}


def settle(parameters: Sequence[Parameter], given: Mapping[str, object], owner: str) -> dict[str, Any]:
    """All of these parameters, those that were not given by default.

    Errors: UsageError for a name that is none of them, and for a bad value.
    """
    known = {item.name: item for item in parameters}
    for name in given:
        if name not in known:
            raise UsageError(f"{owner} has no option {name!r}. {did_you_mean(name, known)}")
    return {name: item.check(given.get(name, item.default), owner) for name, item in known.items()}


def parameter(
    default: int | float | str,
    *,
    low: float | None = None,
    high: float | None = None,
    help: str,
    tacit: bool = False,
) -> Any:
    """A dataclass field for a parameter; its kind (int, float or str) is that of `default`."""
    return field(default=default, metadata={"low": low, "high": high, "help": help, "tacit": tacit})


DESCRIBED: dict[type, tuple[Parameter, ...]] = {}
"""Of every class that was asked for."""


def parameters_of(owner: type) -> tuple[Parameter, ...]:
    """The parameters that a dataclass declares, in order."""
    if owner not in DESCRIBED:
        DESCRIBED[owner] = tuple(_describe(item) for item in fields(owner))
    return DESCRIBED[owner]


def _describe(item: "Field[Any]") -> Parameter:
    assert item.default is not MISSING, f"{item.name} was not declared with parameter()"
    return Parameter(item.name, type(item.default), item.default, **item.metadata)


def known_only(values: Mapping[str, Any], owner: type, name: str) -> Mapping[str, Any]:
    """`values` unchanged, if every key is a parameter of `owner`. Errors: UsageError that proposes the nearest name."""
    known = [item.name for item in parameters_of(owner)]
    for key in values:
        if key not in known:
            raise UsageError(f"{name} has no parameter {key!r}. {did_you_mean(key, known)}")
    return values
