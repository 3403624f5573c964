"""Files are written whole or not at all."""

import os
from itertools import count
from pathlib import Path

import pytest

from logdepth.numerics.errors import UsageError
from logdepth.numerics.files import check_writable, growing_file, write_file, write_folder

LEAST = 10_000  # bytes that a file may grow to by `full_disk`


def written_in_pieces(path, data):
    with growing_file(path) as write:
        for start in range(0, len(data), 7):
            write(data[start : start + 7])


WAYS = {"at once": write_file, "in pieces": written_in_pieces}


@pytest.fixture(params=WAYS)
def put(request):
    return WAYS[request.param]


def test_a_file_takes_the_place_of_the_old_one_in_folders_that_are_made(put, tmp_path):
    path = tmp_path / "a" / "b" / "file"
    put(path, b"first")
    put(path, b"second, longer")
    assert path.read_bytes() == b"second, longer"
    assert list(path.parent.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(put, tmp_path, full_disk):
    (tmp_path / "file").write_bytes(b"old")
    for size in (LEAST + 1, 3 * LEAST, 100 * LEAST):  # less than a buffer, and more
        with pytest.raises(
            UsageError, match=r"/file cannot be written \(File too large\)\. Make room, or choose another"
        ):
            put(tmp_path / "file", b"x" * size)
        with pytest.raises(UsageError, match="/new cannot be written"):
            put(tmp_path / "new", b"x" * size)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_device_is_written_and_never_replaced(put):
    put(os.devnull, b"x")
    assert Path(os.devnull).is_char_device()
    if Path("/dev/full").exists():
        with pytest.raises(UsageError, match=r"/dev/full cannot be written \(No space left on device\)"):
            put("/dev/full", b"x")
        assert Path("/dev/full").is_char_device()


def test_a_pipe_is_written_by_its_name_as_a_process_sees_it(put):
    """As /dev/stdout is, in `… --trace /dev/stdout | head`."""
    end, start = os.pipe()
    put(f"/dev/fd/{start}", b"x")
    assert os.read(end, 9) == b"x"
    os.close(end)
    os.close(start)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(5, "of something else"), UsageError("a refusal")])
def test_an_error_on_the_way_passes_and_leaves_nothing(tmp_path, error):
    with (
        pytest.raises(error if isinstance(error, type) else type(error)) as raised,
        growing_file(tmp_path / "f") as write,
    ):
        write(b"some")
        raise error
    assert raised.value is error or isinstance(error, type), "it is not taken for one of the file"
    assert not list(tmp_path.iterdir())


def test_a_place_that_can_be_written_is_left_as_it_is(tmp_path):
    check_writable(tmp_path / "a" / "b" / "file")
    (tmp_path / "file").write_bytes(b"old")
    check_writable(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"old"


BAD = {
    "a folder": (".", "is a folder"),
    "below a file": ("file/below", "file/below cannot be written (Not a directory)"),
    "a name that cannot be": ("x" * 300, "cannot be written (File name too long)"),
    "a folder of such a name": ("x" * 300 + "/y", "cannot be written (File name too long)"),
    "where nothing can be written": ("/proc/logdepth", "/proc/logdepth cannot be written"),
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize(
    "way", [check_writable, lambda path: write_file(path, b"x"), lambda path: written_in_pieces(path, b"x")]
)
def test_a_place_that_cannot_be_written_is_one_error(tmp_path, kind, way):
    (tmp_path / "file").write_bytes(b"old")
    name, message = BAD[kind]
    with pytest.raises(UsageError) as refusal:
        way(tmp_path / name)
    assert message in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("place", "done", "left"),
    [(1, False, b"old"), (2, False, b"old"), (2, True, b"new")],
    ids=["before", "between", "after"],
)
def test_a_folder_that_is_interrupted_is_the_old_one_or_the_new_one(place, done, left, tmp_path, monkeypatch):
    """The old folder is renamed, then the new one; an interruption comes before one of them, or when both are done."""
    write_folder(tmp_path / "model", {"file": b"old"})
    rename, calls = Path.rename, count(1)

    def interrupted(path, target):
        if next(calls) != place:
            return rename(path, target)
        if done:
            rename(path, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_folder(tmp_path / "model", {"file": b"new"})
    assert (tmp_path / "model" / "file").read_bytes() == left
    assert [each.name for each in tmp_path.iterdir()] == ["model"]
