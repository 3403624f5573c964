"""Packed files are known by their content, and end at a stated limit whatever they would unpack to."""

import bz2
import gzip
import io
import lzma
import os
import resource
import socket
import subprocess
import sys
import zipfile
import zlib

import pytest

from logdepth.numerics.errors import UsageError
from logdepth.tasks import make_task
from logdepth.tasks.inputs import unpacking

PATH = b"1 2\n2 3\n"


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


PACKINGS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda data: zipped(edges=data),
    "two gzip members": lambda data: gzip.compress(data[:4]) + gzip.compress(data[4:]),
    "two xz streams": lambda data: lzma.compress(data[:4]) + lzma.compress(data[4:]),
}


@pytest.mark.parametrize("kind", PACKINGS)
@pytest.mark.parametrize("name", ["edges", "edges.txt"])
def test_a_packed_file_is_known_by_its_content(tmp_path, kind, name):
    (tmp_path / name).write_bytes(PACKINGS[kind](PATH))
    assert make_task("components").read(tmp_path / name).edges.tolist() == [[1, 2], [2, 3]]


@pytest.mark.parametrize("kind", PACKINGS)
def test_a_packed_file_that_is_cut_off_is_refused(tmp_path, kind):
    data = PACKINGS[kind](PATH * 50)
    for length in (len(data) - 1, len(data) // 2, 10):
        (tmp_path / "edges").write_bytes(data[:length])
        with pytest.raises(UsageError, match=r"is not a whole|is read if it holds one file|has two words|binary|UTF-8"):
            make_task("components").read(tmp_path / "edges")


@pytest.mark.parametrize("kind", PACKINGS)
def test_a_packed_file_ends_at_the_limit(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", 1000)
    monkeypatch.setattr(unpacking, "MOST_GROWTH", 2)
    (tmp_path / "edges").write_bytes(PACKINGS[kind](b"1 2\n" * 10_000))
    for task in ("components", "sort", "k-hop"):
        with pytest.raises(UsageError, match=r"is larger than .* when it is unpacked, .* Give it unpacked"):
            make_task(task).read(tmp_path / "edges")


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (zipped(a=PATH, b=PATH), "holds 2"),
        (zipped(**{f"f{place}": b"" for place in range(200)}), "more than 100 files"),
        (b"7z\xbc\xaf\x27\x1c more", "packed by 7z, which is not read"),
        (b"Rar!\x1a\x07\x00", "packed by RAR"),
        (gzip.compress(gzip.compress(PATH, mtime=0), mtime=0), "UTF-8|binary"),
    ],
)
def test_other_packings_are_refused_by_name(tmp_path, data, match):
    (tmp_path / "edges").write_bytes(data)
    with pytest.raises(UsageError, match=match):
        make_task("components").read(tmp_path / "edges")


@pytest.mark.parametrize("task", ["components", "sort", "k-hop"])
def test_what_is_no_file_is_refused_at_once(tmp_path, task):
    os.mkfifo(tmp_path / "pipe")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    for place in (tmp_path / "pipe", tmp_path / "socket", tmp_path, "/dev/zero", "/dev/urandom"):
        with pytest.raises(UsageError, match="is not a file"):
            make_task(task).read(place)
    listening.close()


def bomb_of_a_gigabyte(piece):
    """A gzip file of 2^30 bytes: one compressed block of 2^20 bytes, written 2^10 times. Its end is missing."""
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    block = packing.compress(piece * (2**20 // len(piece))) + packing.flush(zlib.Z_FULL_FLUSH)
    return gzip.compress(b"")[:10] + block * 2**10


def test_a_bomb_is_a_gigabyte():
    """It unpacks to that where nothing limits it, and then its end is missing."""
    unpacking, size = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), 0
    left = bomb_of_a_gigabyte(b"1 2\n")
    while left:
        size += len(unpacking.decompress(left, 2**24))
        left = unpacking.unconsumed_tail
    assert size == 2**30 and not unpacking.eof


@pytest.mark.slow
@pytest.mark.parametrize("piece", [b" ", b"\n", b"# x\n", b"1 2\n", b"1"], ids=str)
def test_a_bomb_of_a_gigabyte_ends_within_a_gigabyte_of_memory(tmp_path, piece):
    (tmp_path / "bomb.gz").write_bytes(bomb_of_a_gigabyte(piece))
    code = (
        "import sys; from logdepth.tasks import make_task; from logdepth.numerics.errors import UsageError\n"
        "for name in ('components', 'sort', 'k-hop'):\n"
        "    try: make_task(name).read(sys.argv[1]); sys.exit('read')\n"
        "    except UsageError as error: assert 'when it is unpacked' in str(error), error"
    )
    limit = lambda: resource.setrlimit(resource.RLIMIT_DATA, (2**30, 2**30))  # noqa: E731
    command = [sys.executable, "-c", code, str(tmp_path / "bomb.gz")]
    done = subprocess.run(command, preexec_fn=limit, timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
