"""Files: opened to be read only if they are files, and written whole or not at all.

What is written stands beside its place under a temporary name, and is then renamed.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from secrets import token_hex

from logdepth.numerics.errors import UsageError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Write = Callable[[bytes], None]
"""Writes the next piece of a file. Errors: UsageError if the system refuses."""


KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def open_file(path: str | Path) -> BufferedReader:
    """A file, opened to be read. What is none is never read: a pipe would wait for ever, a device may have no end.

    Errors: UsageError, at once, for what is not there, is not a file, or that the system refuses.
    """

    def opener(name: str, flags: int) -> int:
        kind = kind_of(os.stat(name).st_mode)  # first: to open a device may have an effect
        descriptor = -1 if kind else os.open(name, flags | getattr(os, "O_NONBLOCK", 0))
        if descriptor >= 0 and (kind := kind_of(os.fstat(descriptor).st_mode)):  # it has just been replaced
            os.close(descriptor)
        if kind:
            raise UsageError(f"{path} is {kind}, not a file. Give the path of a file.")
        return descriptor

    try:
        return open(path, "rb", opener=opener)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}. Check the path.") from None
    except (OSError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}).") from None


def kind_of(mode: int) -> str | None:
    """What stands at a path that is no file, in words; None: it is a file. mode: as of `os.stat`, or of `os.lstat`."""
    return None if stat.S_ISREG(mode) else next((words for holds, words in KINDS if holds(mode)), "no file")


def read_file(path: str | Path, most: int) -> bytes:
    """The content of a file. Errors: UsageError as `open_file`, and for a file of more than `most` bytes."""
    data = bytearray()
    with open_file(path) as stream:
        try:
            if os.fstat(stream.fileno()).st_size <= most:
                while len(data) <= most and (piece := stream.read(PIECE)):  # no more memory than there is to read
                    data += piece
                if len(data) <= most:
                    return bytes(data)
        except OSError as error:
            raise UsageError(f"{path} cannot be read ({error.strerror or error}).") from None
    raise UsageError(f"{path} is larger than {most:,} bytes, the most that is read here. Give a smaller file.")


PIECE = 2**20


def write_file(path: str | Path, data: bytes) -> None:
    """Write a file, in place of one that is there; missing parent folders are made.

    Errors: UsageError if a folder is in the way or the system refuses; then nothing has changed.
    """
    with growing_file(path) as write:
        write(data)


@contextmanager
def growing_file(path: str | Path) -> Iterator[Write]:
    """The same piece by piece: what is written takes its place in the end, unless an error ends it before.

    A device or a pipe is written as it is: it is never replaced by a file.
    """
    target = place_of(path)
    with temporary_beside(target) as fresh:
        with refusals(target):
            if not target.parent.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
            special = is_special(target)
            stream = (target if special else fresh).open("wb")

        def write(data: bytes) -> None:
            with refusals(target):
                stream.write(data)

        try:
            yield write
        except BaseException:
            with suppress(OSError):
                stream.close()
            raise
        with refusals(target):
            stream.close()
            if not special:
                fresh.replace(target)


def check_writable(path: str | Path) -> None:
    """UsageError if no file can be made there, before one has computed what it is to hold. Nothing changes."""
    target = place_of(path)
    with refusals(target):
        if is_special(target):
            return
        folder = next(parent for parent in target.parents if parent.exists())
        with temporary_beside(folder / target.name) as fresh:
            fresh.touch()


def place_of(path: str | Path) -> Path:
    """Where a file is to be, whatever links lead there. Errors: UsageError if a folder is there."""
    with refusals(Path(path)):
        target = Path(path) if is_special(Path(path)) else Path(path).resolve()  # a pipe's link leads nowhere
        if os.path.isdir(target):  # unlike Path.is_dir, False where the path itself is impossible
            raise UsageError(f"{path} is a folder, and a file is to be written there. Choose another path.")
    return target


def is_special(path: Path) -> bool:
    """Whether a device or a pipe is there."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def write_folder(path: str | Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of these files, in place of a folder that is there; missing parent folders are made.

    Errors: UsageError if the system refuses; then nothing has changed.
    """
    target = Path(path).resolve()
    with refusals(target), temporary_beside(target) as fresh, temporary_beside(target) as old:
        fresh.mkdir(parents=True)
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        try:
            if target.exists():
                target.rename(old)
            fresh.rename(target)
        except BaseException:
            if old.exists() and not target.exists():  # an interruption may come when all is done
                old.rename(target)
            raise


@contextmanager
def refusals(target: Path) -> Iterator[None]:
    """What the system refuses is a UsageError that says where."""
    try:
        yield
    except OSError as error:
        remedy = "Make room, or choose" if error.errno in FULL else "Choose"
        raise UsageError(f"{target} cannot be written ({error.strerror or error}). {remedy} another path.") from None


@contextmanager
def temporary_beside(target: Path) -> Iterator[Path]:
    """A free path beside `target`; what stands there at the end is removed."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{token_hex(4)}")
    try:
        yield temporary
    finally:
        if os.path.isdir(temporary):
            shutil.rmtree(temporary, ignore_errors=True)
        elif os.path.lexists(temporary):
            temporary.unlink()
