"""Write a file or a folder whole or not at all: beside its place under a temporary name, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from logdepth.numerics.errors import UsageError


def write_file(path: str | Path, data: bytes) -> None:
    """Write a file, in place of one that is there; missing parent folders are made.

    Errors: UsageError if a folder is in the way or the system refuses; then nothing has changed.
    """
    target = Path(path).resolve()
    if target.is_dir():
        raise UsageError(f"{path} is a folder, and a file is to be written there. Choose another path.")
    with temporary_beside(target) as fresh:
        fresh.write_bytes(data)
        fresh.replace(target)


def write_folder(path: str | Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of these files, in place of a folder that is there; missing parent folders are made.

    Errors: UsageError if the system refuses; then nothing has changed.
    """
    target = Path(path).resolve()
    with temporary_beside(target) as fresh, temporary_beside(target) as old:
        fresh.mkdir()
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        try:
            if target.exists():
                target.rename(old)
            fresh.rename(target)
        except BaseException:
            if old.exists():
                old.rename(target)
            raise


@contextmanager
def temporary_beside(target: Path) -> Iterator[Path]:
    """A free path beside `target`; what stands there at the end is removed. Errors: OSError becomes UsageError."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{token_hex(4)}")
    try:
        if not target.parent.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
    except OSError as error:
        raise UsageError(f"{target} cannot be written ({error.strerror or error}). Choose another path.") from None
    finally:
        if os.path.isdir(temporary):  # unlike Path.is_dir, False where the path itself is impossible
            shutil.rmtree(temporary, ignore_errors=True)
        elif os.path.lexists(temporary):
            temporary.unlink()
