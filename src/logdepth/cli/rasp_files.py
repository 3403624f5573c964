"""RASP on the command line: FILE.rasp, FILE.crasp, FILE.raspl, or a dialect and a file, with options of their own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from logdepth.cli.printing import note
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from logdepth.artefacts import Model, OwnFile

SUFFIXES = {".rasp": "rasp", ".crasp": "crasp", ".raspl": "rasp-l"}
OPTIONS = ("--n", "--sop", "--letters", "--numbers", "--causal")
HELP = (
    "FILE.rasp, FILE.crasp or FILE.raspl, RASP text, with --n 50 --letters abc (or --numbers 9) --sop NAME --causal 1"
)
MOST_NUMBER = 10_000


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
    """What a file with RASP defines. Errors: UsageError for an option that it does not have, or a bad value."""
    from logdepth.artefacts import read_rasp_file

    language = language_of(names)
    assert language is not None, "the caller has looked"
    for option in parameters:
        if option not in OPTIONS:
            raise UsageError(f"{names[0]} has no option {option}. {did_you_mean(option, OPTIONS)}")
    path, _ = split_rasp(names)
    rows = whole_number("--n", parameters.get("--n"), 1, 100_000)
    causal = whole_number("--causal", parameters.get("--causal") or "0", 0, 1)
    own = read_rasp_file(path, language, rows, parameters.get("--sop"), tokens_given(parameters), bool(causal))
    tell_answers(own)
    return own


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


def refuse_rasp(place: str | Path) -> None:
    """UsageError for a file with RASP where a folder is expected."""
    if Path(place).suffix in SUFFIXES:
        raise UsageError(
            f"{place} is RASP, whose letters and size `logdepth compile` takes. Say logdepth compile {place} --n 50"
            " --letters abc --out DIR, and then DIR here."
        )
