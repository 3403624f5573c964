"""RASP on the command line: FILE.rasp, FILE.crasp, FILE.raspl, or a dialect and a file, with options of their own."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.inputs import input_path
from logdepth.cli.printing import note
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from logdepth.artefacts import Model, OwnFile

SUFFIXES = {".rasp": "rasp", ".crasp": "crasp", ".raspl": "rasp-l"}
OPTIONS = ("--n", "--sop", "--letters", "--numbers", "--causal")
HELP = "RASP takes --n 50, --letters abc or --numbers 9, --sop NAME and --causal 1"
MOST_NUMBER = 10_000
MOST_ROWS = 100_000
TABLES = {".csv", ".tsv", ".json"}
MOST_TOLD = 10_000
"""Tokens of an input that settles how many tokens a model takes."""
PANEL = "Of FILE.rasp"


@dataclass(frozen=True)
class RaspFile:
    """A file with RASP in the place of a model, with its options."""

    path: Path
    options: Mapping[str, str | None]

    def __str__(self) -> str:
        return str(self.path)

    def read(self) -> "OwnFile":
        return read_words([str(self.path)], self.options)


Place = Path | RaspFile
"""Where a model is: its folder, a Python file, or a file with RASP."""


def option(help: str) -> Any:
    return Annotated[str | None, typer.Option(help=help, rich_help_panel=PANEL, show_default=False)]


OPTIONS_OF_VERBS = {
    "n": option("The most tokens; by default as many as INPUT has, if that is one line of text or a table."),
    "sop": option("The s-op that is compiled; by default the last one."),
    "letters": option("The tokens, as abc; by default those of INPUT."),
    "numbers": option("Tokens are the numbers from 0 to this one; by default those of INPUT, if it is 0 1 1."),
    "causal": option("1: no position sees a later one."),
}


def takes_rasp(metavar: str, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The verb's first argument may be FILE.rasp, with options of its own.

    The verb gets a `Place`, and never sees these options. What INPUT says is a default. With another first argument
    they are an error, or, for a verb that takes its context, join what the parser left in `context.args`.
    """

    def decorate(verb: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(verb)
        place = next(name for name in signature.parameters if name != "context")

        @wraps(verb)
        def with_place(**values: Any) -> Any:
            given = {f"--{name}": values.pop(name) for name in OPTIONS_OF_VERBS}
            options = {name: value for name, value in given.items() if value is not None}
            if values[place].suffix in SUFFIXES:
                tell_digits(options.get("--letters"))
                source = values.get("input_file")
                if source is not None:
                    values["input_file"] = source = input_path(source)
                values[place] = RaspFile(values[place], told_by(source, SUFFIXES[values[place].suffix], options))
            elif "context" in values:
                values["context"].args += [word for option in options.items() for word in option]
            elif options:
                raise UsageError(
                    f"{next(iter(options))} is for a file with RASP, and {values[place]} is none. Leave it out."
                )
            return verb(**values)

        argument = signature.parameters[place].replace(
            annotation=Annotated[Path, typer.Argument(metavar=metavar, help=help)]
        )
        rasp = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
            for name, kind in OPTIONS_OF_VERBS.items()
        ]
        parameters = [*({**signature.parameters, place: argument}).values()]
        keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
        with_place.__signature__ = signature.replace(parameters=[*keyword, *rasp])  # type: ignore[attr-defined]
        with_place.__annotations__ = {each.name: each.annotation for each in [*keyword, *rasp]}
        return with_place

    return decorate


def told_by(source: Path | None, language: str, options: Mapping[str, str | None]) -> Mapping[str, str | None]:
    """The options, with the length of an input and its letters or numbers as defaults, and a note that says so."""
    if source is None:
        return options
    settled = {"--letters", "--numbers"} & options.keys() or language == "crasp"
    tokens, are_apart = tokens_in(source, "--numbers" in options, bool(settled))
    if not 0 < len(tokens) <= MOST_TOLD or any(len(token) != 1 for token in tokens if not are_apart):
        return options
    rows = options.get("--n") or str(len(tokens))
    if rows.isdecimal() and int(rows) < len(tokens):
        raise UsageError(
            f"{source} holds {len(tokens)} tokens, and --n is {rows}. Shorten it, or give --n {len(tokens)}."
        )
    found = {} if "--n" in options else {"--n": rows}
    if not settled and are_apart:
        found["--numbers"] = str(max(map(int, tokens)))
    elif not settled:
        found["--letters"] = "".join(sorted(set(tokens)))
    if found:
        apart = " Numbers stand apart, as in 1 0 2." if found.get("--letters", "").isdecimal() else ""
        note(f"{source.name} settles {' '.join(f'{name} {value}' for name, value in found.items())}.{apart}")
    return {**options, **found}


def tokens_in(source: Path, numbers: bool, settled: bool) -> tuple[Sequence[str], bool]:
    """The tokens in a file, none if these are several lines of text; and whether they are numbers. A text has letters,
    but for several numbers with blanks between them. numbers: they are said to be. settled: what they are has been
    said."""
    from logdepth.tasks import read_text

    if TABLES & {*source.suffixes}:
        entries = [str(entry).strip() or str(entry) for entry in entries_in(source)]
        return entries, numbers or (not settled and all(map(is_number, entries)))
    text = read_text(source).removesuffix("\n")
    words = text.split()
    if numbers or (not settled and len(words) > 1 and all(map(is_number, words))):
        return words, True
    return ("" if "\n" in text else text), False


def entries_in(source: Path) -> list[object]:
    """Of a table with one column, `tokens`."""
    from logdepth.programs import Table, read_entries

    table = Table("RASP", MOST_ROWS)
    table.output("tokens", table.input("tokens", high=1))
    return read_entries(table.program(), source)


def is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < 6


def language_of(names: Sequence[str]) -> str | None:
    """The dialect of RASP that words begin with: by its name before a file, or by how the file's name ends."""
    if len(names) > 1 and names[0] in SUFFIXES.values():
        return names[0]
    return SUFFIXES.get(Path(names[0]).suffix) if names else None


def split_rasp(names: Sequence[str]) -> tuple[Path, list[str]]:
    """The file with RASP, and the words after it."""
    rest = [*names[1:]] if names[0] in SUFFIXES.values() and len(names) > 1 else [*names]
    return Path(rest[0]), rest[1:]


def read_rasp_words(names: Sequence[str], parameters: Mapping[str, str | None]) -> "OwnFile":
    """What a file with RASP defines, with a note on digits that are letters. Errors: as `read_words`."""
    own = read_words(names, parameters)
    tell_digits(parameters.get("--letters"))
    return own


def read_words(names: Sequence[str], parameters: Mapping[str, str | None]) -> "OwnFile":
    """Errors: UsageError for an option that a file with RASP does not have, or a bad value."""
    from logdepth.artefacts import read_rasp_file

    language = language_of(names)
    assert language is not None, "the caller has looked"
    for option in parameters:
        if option not in OPTIONS:
            raise UsageError(f"{names[0]} has no option {option}. {did_you_mean(option, OPTIONS)}")
    path, _ = split_rasp(names)
    rows = whole_number("--n", parameters.get("--n"), 1, MOST_ROWS)
    causal = whole_number("--causal", parameters.get("--causal") or "0", 0, 1)
    own = read_rasp_file(path, language, rows, parameters.get("--sop"), tokens_given(parameters), bool(causal))
    tell_answers(own)
    return own


def tell_digits(letters: str | None) -> None:
    """A note that digits given as letters are no numbers: what a program compares with a number is then never equal."""
    if letters and letters.isdecimal():
        note(
            f"--letters {letters} are texts, and equal no number, as in x == 1. For numbers: --numbers {max(letters)}."
        )


def tell_answers(own: "OwnFile") -> None:
    """A note on outputs whose columns do not say the values themselves: fractions, numbers below 0, other values."""
    from logdepth.rasp import RaspProgram

    if isinstance(own.made, RaspProgram):
        for name, answer in own.made.answers.items():
            if answer.told:
                note(f"output {name}: {answer.told}.")


def tokens_given(parameters: Mapping[str, str | None]) -> Sequence[object] | None:
    """The letters, or the numbers from 0 on, that are the tokens."""
    letters, numbers = parameters.get("--letters"), parameters.get("--numbers")
    if letters is not None and numbers is not None:
        raise UsageError("tokens are letters or numbers; got --letters and --numbers. Give one of them.")
    if numbers is not None:
        return range(whole_number("--numbers", numbers, 0, MOST_NUMBER) + 1)
    return letters


def whole_number(option: str, value: str | None, low: int, high: int) -> int:
    if value is None:
        raise UsageError(f"RASP is compiled up to a number of tokens. Give it: {option} 50.")
    if not value.isdecimal() or not low <= int(value) <= high:
        raise UsageError(f"{option} takes a whole number in {low}..{high}, not {value[:40]!r}. Give one.")
    return int(value)


def read_rasp_again(path: Path, model: "Model") -> "OwnFile":
    """The file that a model was compiled from: its s-op, letters and number of tokens are the model's own."""
    from logdepth.artefacts import read_rasp_file

    program = model.task.own_program
    [column] = program.inputs if len(program.inputs) == 1 else (None,)
    if column is None or column.name != "tokens":
        raise UsageError(f"model {model.name!r} was not compiled from RASP. Give the Python file that it comes from.")
    tokens: Sequence[object] = column.letters if column.letters is not None else range(column.high + 1)
    language = SUFFIXES[path.suffix]
    return read_rasp_file(path, language, program.rows, program.name, tokens, program.causal and language == "rasp")
