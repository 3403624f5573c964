"""Packed files: their first bytes say what they are, and they never unpack to more than a stated limit."""

import bz2
import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from logdepth.numerics.errors import UsageError

MOST_UNPACKED = 4 * 2**20
"""A packed file may always grow to so many bytes, whatever its own size."""

MOST_GROWTH = 100
"""Beyond, to so many times its own size: edge lists shrink to a quarter, bombs to a thousandth."""

MOST_MEMORY = 2**27
"""Bytes that the dictionary of an .xz file may take."""

MOST_ENTRIES = 100
"""Files and folders of a zip file; one of them is read."""

_PIECE = 2**20

_OTHERS = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "RAR",
    b"\x1f\x9d": "compress (.Z)",
    b"\x04\x22\x4d\x18": "LZ4",
}


def packing_of(start: bytes) -> str | None:
    """The kind of packing that a file's first bytes show, or None. Errors: UsageError for kinds that are not read."""
    return next((kind for kind, (magic, _) in _KINDS.items() if start.startswith(magic)), None)


def other_packing(start: bytes) -> str | None:
    """The name of a kind of packing that is not read, or None."""
    return next((name for magic, name in _OTHERS.items() if start.startswith(magic)), None)


def unpack(stream: IO[bytes], kind: str, path: Path, packed: int, most: int) -> bytes:
    """The content of a packed file of `packed` bytes, at most `most` bytes, and 4 MiB or 100 times `packed`.

    Errors: UsageError if it holds more, is damaged, or cannot be unpacked here.
    """
    limit = min(most, max(MOST_UNPACKED, MOST_GROWTH * packed))
    data = bytearray()
    with _damage(path, kind):
        for piece in _KINDS[kind][1](stream, path):
            data += piece
            if len(data) > limit:
                raise UsageError(
                    f"{path} is larger than {limit // 2**20} MiB when it is unpacked, the most that is unpacked of"
                    f" {packed:,} bytes. Give it unpacked, or a smaller file."
                )
    return bytes(data)


@contextmanager
def _damage(path: Path, kind: str) -> Iterator[None]:
    try:
        yield
    except UsageError:
        raise
    except (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
        raise UsageError(
            f"{path} is not a whole {kind} file ({' '.join(str(error).split())}). Pack it again, or give it unpacked."
        ) from None


def _pieces(file: Any) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _gzip(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    return _pieces(gzip.GzipFile(fileobj=stream))


def _bzip2(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    return _pieces(bz2.BZ2File(stream))


def _xz(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    """By hand, since LZMAFile takes no limit of memory."""
    data = stream.read(_PIECE)
    while data:
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY)
        while True:
            yield unpacker.decompress(data, _PIECE)
            if unpacker.eof:
                break
            data = stream.read(_PIECE) if unpacker.needs_input else b""
            if unpacker.needs_input and not data:
                raise EOFError("it ends too early")
        data = (unpacker.unused_data or stream.read(_PIECE)).lstrip(b"\0")  # streams may follow, padded with zeros


def _zip(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    _check_directory(stream)
    with zipfile.ZipFile(stream) as archive:
        files = [entry for entry in archive.infolist() if not entry.is_dir() and "__MACOSX/" not in entry.filename]
        if len(files) != 1:
            raise UsageError(f"a zip file is read if it holds one file; {path} holds {len(files)}. Unpack it first.")
        with archive.open(files[0]) as file:
            yield from _pieces(file)


def _check_directory(stream: IO[bytes]) -> None:
    """A list of millions of entries fills the memory before anything is unpacked."""
    end = stream.seek(0, 2)
    stream.seek(max(0, end - 2**16 - 22))
    tail = stream.read()
    place = tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) < place + 16:
        raise EOFError("it has no list of its files")
    entries, size = struct.unpack("<HI", tail[place + 10 : place + 16])
    if entries > MOST_ENTRIES or size > 2**20:
        raise ValueError(f"it holds more than {MOST_ENTRIES} files")
    stream.seek(0)


def _zstandard(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    """By the interpreter (Python 3.14) or the package zstandard."""
    try:
        return _pieces(import_module("compression.zstd").ZstdFile(stream))
    except ImportError:
        pass
    try:
        library = import_module("zstandard")
    except ImportError:
        raise UsageError(
            f"{path} is packed by zstd, which this Python does not read. Unpack it, or install the package zstandard."
        ) from None
    return _zstandard_pieces(library, stream)


def _zstandard_pieces(library: Any, stream: IO[bytes]) -> Iterator[bytes]:
    try:
        yield from _pieces(library.ZstdDecompressor().stream_reader(stream, read_across_frames=True))
    except library.ZstdError as error:
        raise EOFError(str(error)) from None


_KINDS: dict[str, tuple[bytes, Callable[[IO[bytes], Path], Iterator[bytes]]]] = {
    "gzip": (b"\x1f\x8b", _gzip),
    "bzip2": (b"BZh", _bzip2),
    "xz": (b"\xfd7zXZ\0", _xz),
    "zstd": (b"\x28\xb5\x2f\xfd", _zstandard),
    "zip": (b"PK\3\4", _zip),
}
