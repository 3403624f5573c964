"""Where in the user's source a statement was written."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType

import numpy as np
import torch

from logdepth.numerics.errors import UsageError, first_line

LIBRARY = Path(__file__).parent.parent
PROGRAMS, SOLUTIONS = f"{LIBRARY / 'programs'}/", f"{LIBRARY / 'solutions'}/"
OTHERS = ("<frozen ", *(f"{Path(module.__file__ or '').parent}/" for module in (np, torch)), f"{LIBRARY}/")
"""How the names of files begin that no user has written."""
LONGEST = 400  # letters of a statement's text that are kept


@dataclass(frozen=True)
class Place:
    """The name of the file, the number of the line, and the statement's text, of one line."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}"


def place_of_caller() -> Place | None:
    """Where the nearest function outside of this folder is: a user's line, or that of a solution of a task.

    None if other parts of the library wrote the statement, such as the routers of protocols.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(PROGRAMS):
        frame = frame.f_back
    if frame is None or (
        frame.f_code.co_filename.startswith(f"{LIBRARY}/") and not frame.f_code.co_filename.startswith(SOLUTIONS)
    ):
        return None
    return place_in(frame.f_code, frame.f_lasti)


@lru_cache(maxsize=4096)
def place_in(code: CodeType, instruction: int) -> Place:
    """The place of one instruction; a call that goes over several lines is put on one."""
    first, last, *_ = next(islice(code.co_positions(), instruction // 2, None))
    first = first or code.co_firstlineno
    lines = [linecache.getline(code.co_filename, number) for number in range(first, (last or first) + 1)]
    text = " ".join(" ".join(lines).split())
    return Place(Path(code.co_filename).name, first, text[:LONGEST])


def line_of(error: BaseException, unless: str = "") -> str:
    """ "; see FILE line N": the last line of the user's own code that an error comes from. "" if there is none, or if
    `unless` says so already."""
    found, traceback = "", error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if not file.startswith(OTHERS):
            found = f"{Path(file).name} line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return f"; see {found}" if found and f"({found})" not in unless else ""


@contextmanager
def blaming(owner: str) -> Iterator[None]:
    """Run a function of the user's: what it raises becomes a UsageError that says whose it is, and its line."""
    try:
        yield
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        raise UsageError(f"{owner} raises {type(error).__name__}: {first_line(error)}{line_of(error)}") from error
