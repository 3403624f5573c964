"""The one reader of files with RASP: their text is read, and never executed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from logdepth.artefacts.own_files import OwnFile
from logdepth.numerics.errors import UsageError, Wording, did_you_mean
from logdepth.rasp import RaspProgram, read_crasp, read_rasp, read_rasp_l
from logdepth.tasks import read_text

LANGUAGES = {"rasp": ".rasp", "crasp": ".crasp", "rasp-l": ".raspl"}
"""Dialects of RASP, and how the names of their files end."""


def read_rasp_file(
    path: Path,
    language: str,
    rows: int,
    sop: str | None = None,
    vocabulary: Iterable[object] | None = None,
    causal: bool = False,
) -> OwnFile:
    """The program of an s-op that a file defines, with the evaluator that judges it.

    Errors: UsageError for no such file, and as of `read_rasp`, `read_crasp` and `read_rasp_l`.
    """
    if language not in LANGUAGES:
        raise UsageError(f"there is no dialect {language!r} of RASP here. {did_you_mean(language, LANGUAGES)}")
    text = read_text(path)
    if language == "crasp":
        return own_file(path, read_crasp(text, rows, vocabulary, sop, str(path)))
    if vocabulary is None:
        raise UsageError(Wording(f"{path} does not say what its tokens are. Give {{letters}}.", letters="ab"))
    if language == "rasp-l":
        return own_file(path, read_rasp_l(text, vocabulary, rows, sop, str(path)))
    return own_file(path, read_rasp(text, vocabulary, rows, sop, causal, str(path)))


def own_file(path: Path, program: RaspProgram) -> OwnFile:
    return OwnFile(path, program, program.oracle, program.sample)
