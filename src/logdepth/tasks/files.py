"""Reading a user's file: every file that cannot be used is one clear line."""

import gzip
import re
import zlib
from pathlib import Path

import numpy as np

from logdepth.numerics.errors import UsageError

MOST_BYTES = 64 * 2**20
"""No instance that a model takes comes near this; a larger file is a mistake."""

_NUMBER = re.compile(r"[^\s,]+")
_MOST_DIGITS = 18  # fits int64


def read_text(path: Path) -> str:
    """The text of a UTF-8 file (a leading byte order mark dropped, line ends made \\n); a name that ends in .gz is unpacked.

    Errors: UsageError if the file is missing, not a file, not readable, empty, larger than 64 MiB, binary, or a broken .gz.
    """
    data = _read_bytes(path)
    if not data:
        raise UsageError(f"{path} is empty. Give a file with at least one entry.")
    if b"\0" in data:
        raise UsageError(f"{path} is binary (a zero byte at offset {data.index(0)}). Give a text file.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is not UTF-8 text (byte 0x{data[error.start]:02x} at offset {error.start}). Save it as UTF-8."
        ) from None
    return text.replace("\r\n", "\n")


def _read_bytes(path: Path) -> bytes:
    try:
        if not path.exists():
            raise UsageError(f"{path} does not exist. Check the path.")
        if not path.is_file():
            raise UsageError(f"{path} is not a file. Give the path of a file.")
        if path.stat().st_size > MOST_BYTES:
            raise _too_large(path)
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UsageError(f"{path} is not a whole gzip file ({error}). Pack it again, or give it unpacked.") from None
    except (OSError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    if len(data) > MOST_BYTES:
        raise _too_large(path)
    return data


def _too_large(path: Path) -> UsageError:
    return UsageError(f"{path} is larger than {MOST_BYTES // 2**20} MiB, the most that is read. Give a smaller file.")


def read_integers(path: Path, *, most: int, low: int, high: int | None, owner: str) -> np.ndarray:
    """The integers of a file, int64: separated by blanks, commas or newlines; # starts a comment.

    At most `most` of them, each within low..high; `high` None means: at most as many as the file holds.
    Errors: UsageError with the line and column of the entry that breaks a rule.
    """
    entries = [
        (match.group(), line, match.start() + 1)
        for line, text in enumerate(read_text(path).split("\n"), start=1)
        for match in _NUMBER.finditer(text.partition("#")[0])
    ]
    if not entries:
        raise UsageError(f"{path} holds no number. Give integers separated by blanks, commas or newlines.")
    if len(entries) > most:
        raise UsageError(
            f"{owner} takes at most {most} numbers; {path} holds {len(entries)}. Shorten it, or raise --n."
        )
    top = len(entries) if high is None else high
    return np.array([_integer(entry, path, low, top, owner) for entry in entries], dtype=np.int64)


def _integer(entry: tuple[str, int, int], path: Path, low: int, high: int, owner: str) -> int:
    word, line, column = entry
    digits = word.removeprefix("-")
    place = f"{path}, line {line}, column {column}"
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
        raise UsageError(
            f"{owner} reads whole numbers from {low} to {high}; got {word[:40]!r} at {place}. Correct that entry."
        )
    if not low <= int(word) <= high:
        raise UsageError(
            f"{owner} takes numbers from {low} to {high}; got {word} at {place}. Correct it, or compile for a larger range."
        )
    return int(word)
