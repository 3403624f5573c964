"""Reading a user's file: every file that cannot be used is one clear line."""

import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from logdepth.numerics.errors import BeyondTask, UsageError
from logdepth.tasks.written_numbers import whole_number

MOST_BYTES = 64 * 2**20
"""No sequence that a model takes comes near this; a larger file is a mistake."""

_WORD = re.compile(r"[^\s,]+")


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, without a leading byte order mark, its line ends \\n; .gz files are unpacked.

    Errors: UsageError as `read_bytes` for more than 64 MiB, and if it is not UTF-8.
    """
    return decoded(read_bytes(path, MOST_BYTES), path)


def decoded(data: bytes, path: Path) -> str:
    """The text of a file's content. Errors: UsageError if it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is not UTF-8 text (byte 0x{data[error.start]:02x} at offset {error.start}). Save it as UTF-8."
        ) from None
    return text.replace("\r\n", "\n")


def read_bytes(path: Path, most: int) -> bytes:
    """The content of a file of at most `most` bytes; .gz files are unpacked.

    Errors: UsageError if it is missing, not a file, not readable, empty, larger, binary, or a broken .gz.
    """
    data = _whole_file(path, most)
    if not data:
        raise UsageError(f"{path} is empty. Give a file with at least one entry.")
    if b"\0" in data:
        raise UsageError(f"{path} is binary (a zero byte at offset {data.index(0)}). Give a text file.")
    return data


def _whole_file(path: Path, most: int) -> bytes:
    try:
        if not path.exists():
            raise UsageError(f"{path} does not exist. Check the path.")
        if not path.is_file():
            raise UsageError(f"{path} is not a file. Give the path of a file.")
        if path.stat().st_size > most:
            raise _too_large(path, most)
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            data = stream.read(most + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UsageError(f"{path} is not a whole gzip file ({error}). Pack it again, or give it unpacked.") from None
    except (OSError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    if len(data) > most:
        raise _too_large(path, most)
    return data


def _too_large(path: Path, most: int) -> UsageError:
    return UsageError(f"{path} is larger than {most // 2**20} MiB, the most that is read. Give a smaller file.")


@dataclass(frozen=True)
class Entry:
    """One word of a file of numbers, and where it stands."""

    word: str
    place: str

    def integer(self, low: int, high: int, owner: str) -> int:
        """The number. Errors: UsageError if it is none, or outside low..high."""
        number = whole_number(self.word)
        if number is None:
            raise UsageError(
                f"{owner} reads whole numbers from {low} to {high}; got {self.word[:40]!r} at {self.place}."
                " Correct that entry."
            )
        if not low <= number <= high:
            raise UsageError(
                f"{owner} takes numbers from {low} to {high}; got {self.word} at {self.place}."
                " Correct it, or make the task larger."
            )
        return number


def read_integer_lines(path: Path) -> list[list[Entry]]:
    """The entries of a file of numbers by line: parted by blanks or commas; # starts a comment; no empty lines.

    Errors: UsageError as `read_text`, and for a file without an entry.
    """
    lines = [
        [Entry(match.group(), f"{path}, line {line}, column {match.start() + 1}") for match in _WORD.finditer(content)]
        for line, text in enumerate(read_text(path).split("\n"), start=1)
        if (content := text.partition("#")[0]).strip(" \t,")
    ]
    if not lines:
        raise UsageError(f"{path} holds no number. Give integers separated by blanks, commas or newlines.")
    return lines


def read_integers(path: Path, *, most: int, low: int, high: int | None, owner: str) -> np.ndarray:
    """All integers of a file of numbers, int64: at most `most`, each from low to high (None: to their number).

    Errors: UsageError as `read_integer_lines`, for too many numbers, and with the place of a number that breaks a rule.
    """
    entries = [entry for line in read_integer_lines(path) for entry in line]
    if len(entries) > most:
        raise BeyondTask(
            f"{owner} takes at most {most} numbers; {path} holds {len(entries)}.", "Shorten it", f"--n {len(entries)}"
        )
    top = len(entries) if high is None else high
    return np.array([entry.integer(low, top, owner) for entry in entries], dtype=np.int64)
