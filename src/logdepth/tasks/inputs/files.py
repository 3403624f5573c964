"""Reading a user's file: every file that cannot be used is one clear line."""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import numpy as np

from logdepth.numerics.errors import BeyondTask, UsageError, Wording, quoted
from logdepth.tasks.inputs.unpacking import other_packing, packing_of, unpack
from logdepth.tasks.inputs.written_numbers import whole_number

MOST_BYTES = 64 * 2**20
"""No sequence that a model takes comes near this; a larger file is a mistake."""

PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst", ".zip")

_BYTE_ORDER_MARKS = {  # the longer ones first: that of UTF-32 begins with that of UTF-16
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
"""Characters that no table of words or numbers holds; one of them would hide in a name."""


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark; its line ends are \\n.

    Errors: UsageError as `read_bytes` for more than 64 MiB, and if it is no such text.
    """
    return decode(read_bytes(path, MOST_BYTES), path)


def decode(data: bytes, path: Path) -> str:
    """The text of a file's content. Errors: UsageError if it is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is not UTF-8 text (byte 0x{data[error.start]:02x} at offset {error.start}). Save it as UTF-8."
        ) from None


def read_bytes(path: Path, most: int) -> bytes:
    """The content of a text file of at most `most` bytes, unpacked by what its first bytes show (gzip, bzip2, xz, zstd,
    a zip of one file); in UTF-8 without a byte order mark, its line ends \\n, without the Ctrl-Z of old systems.

    Errors: UsageError if it is missing, not a file, not readable, empty, larger, binary, or packed and damaged.
    """
    data = _in_utf8(_whole_file(path, most), path)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data.rstrip(b"\n").endswith(b"\x1a"):
        data = data.rstrip(b"\n").removesuffix(b"\x1a")
    if not data:
        raise UsageError(f"{path} is empty. Give a file with at least one entry.")
    return data


def _in_utf8(data: bytes, path: Path) -> bytes:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            data = data[len(mark) :]
            if encoding == "utf-8":
                break
            try:
                return data.decode(encoding).encode()
            except UnicodeError as error:
                name = encoding.upper().rsplit("-", 1)[0]
                raise UsageError(f"{path} begins as {name} text but is none ({error}). Save it as UTF-8.") from None
    if b"\0" in data:
        packed = packing_of(data) or other_packing(data) or ("tar" if data[257:262] == b"ustar" else None)
        what = f"packed by {packed}, which is not read here" if packed else f"a zero byte at offset {data.index(0)}"
        raise UsageError(f"{path} is binary ({what}). Give a text file.")
    return data


def _whole_file(path: Path, most: int) -> bytes:
    try:
        if not path.exists():
            raise UsageError(f"{path} does not exist. Check the path.")
        if not path.is_file():
            raise UsageError(f"{path} is not a file. Give the path of a file.")
        size = path.stat().st_size
        if size > most:
            raise _too_large(path, most)
        with path.open("rb") as stream:
            start = stream.read(8)
            stream.seek(0)
            kind = packing_of(start)
            if kind is not None:
                return unpack(stream, kind, path, size, most)
            if path.suffix.lower() == ".gz" and start:
                raise UsageError(
                    f"{path} is not a whole gzip file (it does not begin as one). Pack it again, or rename it."
                )
            if unread := other_packing(start):
                raise UsageError(f"{path} is packed by {unread}, which is not read. Unpack it first.")
            data = stream.read(most + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    if len(data) > most:
        raise _too_large(path, most)
    return data


def _too_large(path: Path, most: int) -> UsageError:
    return UsageError(f"{path} is larger than {most // 2**20} MiB, the most that is read. Give a smaller file.")


def check_no_control(text: str, path: Path) -> None:
    """UsageError for a control character other than tab and newline: the file is damaged, or no table."""
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise UsageError(
            f"{path}, line {line}, holds the control character U+{ord(found.group()):04X}. Remove it, or give a"
            " text file."
        )


# --- numbers ---


@dataclass(frozen=True)
class Entry:
    """One word of a file of numbers, and where it stands."""

    word: str
    place: str

    def integer(self, low: int, high: int, owner: str, names: Mapping[str, int] = MappingProxyType({})) -> int:
        """The number, or what the word names. Errors: UsageError if it is none, or outside low..high."""
        number = names.get(self.word, whole_number(self.word))
        if number is None:
            remedy = "Correct that entry."
            if _GROUPED.fullmatch(self.word):
                remedy = f"Write {self.word.replace(',', '')[:30]}, or several numbers with blanks between them."
            raise UsageError(
                f"{owner} reads whole numbers from {low} to {high}; got {quoted(self.word, 40)} at {self.place}."
                f" {remedy}"
            )
        if not low <= number <= high:
            raise UsageError(
                f"{owner} takes numbers from {low} to {high}; got {self.word} at {self.place}."
                " Correct it, or make the task larger."
            )
        return number


_WORD = re.compile(r"(?<![^ \t])[0-9]{1,3}(?:,[0-9]{3})+(?![^ \t,])(?!,[0-9])|[^ \t,]+")
"""A word between blanks and commas, but 1,234 is one word: commas may part thousands, so that it has two meanings."""

_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_LINE = re.compile(r"^[ \t,]*[^ \t,#\n][^\n]*", re.MULTILINE)
"""A line that holds more than blanks and a comment."""

MOST_COUNTED = 2**22
"""Words of a file that are counted, to say how many it holds; no task takes as many."""


def read_integer_lines(path: Path) -> Iterator[list[Entry]]:
    """The entries of a file of numbers by line: parted by blanks or commas; # starts a comment; no empty lines.

    Errors: UsageError as `read_text`, for a control character, and in the end for a file without an entry.
    """
    for line, words in _word_lines(path):
        yield [_entry(path, line, word) for word in words]


def _word_lines(path: Path) -> Iterator[tuple[int, Iterator[re.Match[str]]]]:
    """The number of every line with words, and these words."""
    text = read_text(path)
    check_no_control(text, path)
    line, place, empty = 1, 0, True
    for content in _LINE.finditer(text):
        line, place, empty = line + text.count("\n", place, content.start()), content.start(), False
        yield line, _WORD.finditer(content.group().partition("#")[0])
    if empty:
        raise UsageError(f"{path} holds no number. Give integers separated by blanks, commas or newlines.")


def _entry(path: Path, line: int, word: re.Match[str]) -> Entry:
    return Entry(word.group(), f"{path}, line {line}, column {word.start() + 1}")


def read_integers(
    path: Path,
    *,
    most: int,
    low: int,
    high: int | None,
    owner: str,
    names: Mapping[str, int] = MappingProxyType({}),
) -> np.ndarray:
    """All integers of a file of numbers, int64: at most `most`, each from low to high (None: to their number).

    names: words that stand for numbers.
    Errors: UsageError as `read_integer_lines`, for too many numbers, and with the place of a number that breaks a rule.
    """
    entries: list[Entry] = []
    held = 0
    for line, words in _word_lines(path):
        entries += [_entry(path, line, word) for word in islice(words, most - len(entries))]
        held = max(held, len(entries)) + sum(1 for _ in islice(words, MOST_COUNTED))
        if held > MOST_COUNTED:
            raise UsageError(f"{owner} takes at most {most} numbers; {path} holds millions. Shorten it.")
    if held > most:
        raise BeyondTask(
            f"{owner} takes at most {most} numbers; {path} holds {held}.", "Shorten it", Wording("{n}", n=held)
        )
    top = held if high is None else high
    return np.array([entry.integer(low, top, owner, names) for entry in entries], dtype=np.int64)
