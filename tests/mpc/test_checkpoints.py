"""A run that stops anywhere goes on from its folder, in any number of blocks, to the same end."""

import json
import os
import resource
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from engine_runs import RUNS, Stop, killed, same, some, stop_in
from engine_steps import hold, scattered

from logdepth.mpc import Packets, Protocol, Records, run_locally
from logdepth.mpc.checkpoints import MANIFEST, UNFINISHED, Checkpoints
from logdepth.mpc.fingerprint import fingerprint
from logdepth.mpc.shards import read_shard, write_shard
from logdepth.numerics.errors import UsageError


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Files need not be on the disk itself when a process dies, and that takes milliseconds each."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.mark.parametrize("case", RUNS)
@pytest.mark.parametrize("blocks", [(1, 1), (2, 2), (1, 3), (4, 1), (3, 2)])
def test_a_run_that_stops_in_any_round_goes_on_to_the_same_end(case, blocks, tmp_path):
    protocol, memory = RUNS[case]
    whole = run_locally(protocol, memory, digests=True)
    before, after = blocks
    for number in range(1, whole.rounds + 1):
        folder = tmp_path / str(number)
        with pytest.raises(Stop):
            run_locally(protocol, memory, None, before, stop_in(number), digests=True, resume=folder)
        run = run_locally(protocol, memory, blocks=after, digests=True, resume=folder)
        assert run.traffic == whole.traffic
        assert same(run.memory, whole.memory)


def test_rounds_that_are_done_are_not_done_again(tmp_path):
    done = []

    def note(number, memory, mail):
        done.append(number)
        return memory, {}

    protocol = Protocol("p", 1, 9, tuple(partial(note, number) for number in range(5)))
    with pytest.raises(Stop):
        run_locally(protocol, {}, progress=stop_in(3), resume=tmp_path)
    done.clear()
    told = []
    run_locally(protocol, {}, progress=lambda traffic, number, most: told.append(number), resume=tmp_path)
    assert (done, told) == ([2, 3, 4], [3, 4])


@pytest.mark.parametrize("case", RUNS)
def test_the_folder_of_a_finished_run_holds_its_result(case, tmp_path):
    protocol, memory = RUNS[case]
    whole = run_locally(protocol, memory, resume=tmp_path, blocks=2)
    held_before = sorted(tmp_path.rglob("*"))
    for blocks in (1, 2, 3):
        again = run_locally(protocol, memory, progress=stop_in(1), resume=tmp_path, blocks=blocks)
        assert again.traffic == whole.traffic
        assert same(again.memory, whole.memory)
    assert sorted(tmp_path.rglob("*")) == held_before


def test_only_the_last_round_is_kept(tmp_path):
    places = []

    def progress(traffic, number, most):
        places.append([entry.name.rpartition("-")[0] for entry in tmp_path.iterdir() if entry.is_dir()])

    run_locally(scattered(3), some(50), progress=progress, resume=tmp_path)
    assert places == [[], ["round-1"], ["round-2"], ["round-3"]]
    assert [entry.name.rpartition("-")[0] for entry in tmp_path.iterdir() if entry.is_dir()] == ["end"]


WORDS = ["?", "i1", "i2", "i4", "i8", "u1", "u8", "f2", "f4", "f8", ">i4"]


@pytest.mark.parametrize("dtype", WORDS)
def test_a_shard_keeps_every_bit(dtype, tmp_path):
    values = np.arange(12).reshape(3, 2, 2).astype(dtype)
    for count in (0, 3):
        memory = {"a/b": Records(np.arange(count), {"..": values[:count], "": values[:count, 0].T.copy().T})}
        mail = {"x": Packets(np.arange(count), np.arange(count), {"word": values[:count, 0, ::-1]})}
        shard = write_shard(tmp_path / "round-1", 0, memory, mail)
        memory_then, mail_then = read_shard(tmp_path / "round-1", 0, shard)
        assert same(memory, memory_then)
        assert np.array_equal(mail_then["x"]["word"], mail["x"]["word"])
        assert mail_then["x"]["word"].dtype == mail["x"]["word"].dtype


# --- death ---


class Crash(BaseException):
    pass


def test_the_folder_is_whole_wherever_the_process_dies(tmp_path, monkeypatch):
    """It dies at the first, the second, … change that it makes in the folder."""
    protocol, memory = RUNS["messages that depend on everything"]
    whole = run_locally(protocol, memory, digests=True)
    crash_at, changes = 0, 0

    def crashing(change):
        def changing(*arguments, **options):
            nonlocal changes
            changes += 1
            if changes == crash_at:
                raise Crash
            return change(*arguments, **options)

        return changing

    for place, name in ((os, "fsync"), (Path, "mkdir"), (Path, "replace"), (shutil, "rmtree")):
        monkeypatch.setattr(place, name, crashing(getattr(place, name)))
    finished = False
    while not finished:
        folder = tmp_path / str(crash_at)
        crash_at, changes = crash_at + 1, 0
        try:
            run_locally(protocol, memory, blocks=2, digests=True, resume=folder)
            finished = True
        except Crash:
            crash_at, before = 0, crash_at
            run = run_locally(protocol, memory, digests=True, resume=folder)
            crash_at = before
            assert run.traffic == whole.traffic
            assert same(run.memory, whole.memory)
    assert crash_at > 20


KILLED = """
import sys
import time
from engine_runs import RUNS
from logdepth.mpc import run_locally

protocol, memory = RUNS["messages that depend on everything"]

def progress(traffic, number, most):
    print(number, flush=True)
    if number == 3:
        time.sleep(60)

run_locally(protocol, memory, progress=progress, resume=sys.argv[1])
"""


def test_a_process_that_is_killed_loses_one_round(tmp_path):
    protocol, memory = RUNS["messages that depend on everything"]
    killed(KILLED, tmp_path, after="3")
    told = []
    run = run_locally(protocol, memory, progress=lambda traffic, number, most: told.append(number), resume=tmp_path)
    assert told == [3, 4]
    assert same(run.memory, run_locally(protocol, memory).memory)


# --- refusals ---


@pytest.fixture
def stopped(tmp_path):
    """The folder of a run that stopped after round 2."""
    with pytest.raises(Stop):
        run_locally(*RUNS["messages that depend on everything"], progress=stop_in(3), blocks=2, resume=tmp_path)
    return tmp_path


def manifest(change):
    def damage(folder):
        described = json.loads((folder / MANIFEST).read_text())
        change(described)
        (folder / MANIFEST).write_text(json.dumps(described))

    return damage


def shard_of(folder):
    return next(folder.glob("round-2-*/block-1.npy"))


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGE = {
    "no manifest": (lambda folder: (folder / MANIFEST).unlink(), "no checkpoint.json: it is no folder of checkpoints"),
    "half a manifest": (
        lambda folder: (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes()[:-40]),
        "is damaged: checkpoint.json: it is not JSON",
    ),
    "an empty manifest": (lambda folder: (folder / MANIFEST).write_text(""), "checkpoint.json: it is not JSON"),
    "another number": (
        manifest(lambda described: described["run"].update(at=1)),
        "checkpoint.json: it is not as it was written",
    ),
    "a bit of a shard": (lambda folder: flip(shard_of(folder)), "block-1.npy is not as it was written"),
    "half a shard": (
        lambda folder: shard_of(folder).write_bytes(shard_of(folder).read_bytes()[:-9]),
        "block-1.npy is not as it was written",
    ),
    "no shard": (lambda folder: shard_of(folder).unlink(), "block-1.npy. Check the path"),
    "another format": (
        manifest(lambda described: described.update(format="other")),
        "describes no checkpoint. Choose another folder",
    ),
    "a list": (lambda folder: (folder / MANIFEST).write_text("[]"), "describes no checkpoint"),
    "a newer version": (
        manifest(lambda described: described.update(version=9, library="7.0")),
        'was written by logdepth "7.0", in format version 9;',
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
@pytest.mark.parametrize("blocks", [1, 2])
def test_a_damaged_folder_is_refused_and_left_as_it_is(case, blocks, stopped):
    damage, message = DAMAGE[case]
    damage(stopped)
    before = {path: path.read_bytes() for path in stopped.rglob("*") if path.is_file()}
    with pytest.raises(UsageError) as caught:
        run_locally(*RUNS["messages that depend on everything"], blocks=blocks, resume=stopped)
    assert message in str(caught.value)
    assert str(stopped) in str(caught.value)
    assert {path: path.read_bytes() for path in stopped.rglob("*") if path.is_file()} == before


def with_other(**other):
    protocol, memory = RUNS["messages that depend on everything"]
    facts = {"name": "scattered", "machines": 7, "memory": 1000, "parts": protocol.parts} | other
    return Protocol(**facts), memory


OTHERS = {
    "name": (with_other(name="other"), "its protocol is 'scattered', not 'other'"),
    "machines": (with_other(machines=8), "it has 7 machines, not 8"),
    "memory": (with_other(memory=999), "its machines have 1000 words, not 999"),
    "parameters": (with_other(parts=scattered(seed=4).parts), "its steps are others"),
    "input": ((scattered(seed=3), some(199)), "it began with other records"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_the_folder_of_another_run_is_refused(case, stopped):
    (protocol, memory), message = OTHERS[case]
    with pytest.raises(UsageError, match=f"holds another run: {message}.*Choose another folder, or an empty one"):
        run_locally(protocol, memory, resume=stopped)
    run_locally(*RUNS["messages that depend on everything"], resume=stopped)


def test_what_is_no_folder_of_checkpoints_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"holds 'notes.txt' but no checkpoint.json"):
        run_locally(scattered(3), some(5), resume=tmp_path)
    with pytest.raises(UsageError, match=r"notes.txt is a file, and checkpoints are a folder"):
        run_locally(scattered(3), some(5), resume=tmp_path / "notes.txt")
    with pytest.raises(UsageError, match="is a file, and checkpoints are a folder"):
        run_locally(scattered(3), some(5), resume=tmp_path / "notes.txt" / "below")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_folder_in_use_is_refused(tmp_path):
    with (
        Checkpoints(tmp_path, scattered(3), some(5)),
        pytest.raises(UsageError, match=r"another run uses .*\. Wait for its end, or choose another folder"),
    ):
        run_locally(scattered(3), some(5), resume=tmp_path)
    run_locally(scattered(3), some(5), resume=tmp_path)


def test_a_full_disk_is_one_error_and_the_last_round_is_safe(tmp_path):
    protocol, memory = RUNS["messages that depend on everything"]
    size, (soft, hard) = 0, resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(traffic, number, most):
        if number == 3:  # no file may grow beyond this from here on
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

    try:
        with pytest.raises(UsageError, match=r"takes no checkpoint \(File too large\)\. .* resume goes on from it"):
            run_locally(protocol, memory, progress=fill, resume=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    told = []
    run = run_locally(protocol, memory, progress=lambda traffic, number, most: told.append(number), resume=tmp_path)
    assert told == [3, 4]
    assert same(run.memory, run_locally(protocol, memory).memory)


def test_shards_that_cannot_be_seen_are_not_committed(stopped):
    """As where a worker of another node has a folder of the same name."""
    protocol, memory = RUNS["messages that depend on everything"]
    with Checkpoints(stopped, protocol, memory) as folder:
        before, shards, place = folder.state, folder.shards, folder.place_after(9)
        with pytest.raises(
            UsageError, match=r"block-0\.npy, but it is not to be seen from here\. .* all workers share"
        ):
            folder.commit(before, place.name, shards)
        folder.go_back()
        assert (folder.state, folder.shards) == (before, shards)


@pytest.mark.parametrize("name", [UNFINISHED, MANIFEST])
def test_what_stands_where_the_manifest_is_to_be_written_is_named(name, tmp_path):
    protocol, memory = RUNS["messages that depend on everything"]
    for make, words in (
        (Path.mkdir, "is a folder"),
        (os.mkfifo, "is a named pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "is a link" if name == UNFINISHED else "is a device"),
        (lambda path: path.symlink_to(tmp_path / "elsewhere"), "is a link" if name == UNFINISHED else "no file"),
    ):
        shutil.rmtree(tmp_path / "run", ignore_errors=True)
        (tmp_path / "run").mkdir()
        make(tmp_path / "run" / name)
        with pytest.raises(UsageError, match=words) as caught:
            run_locally(protocol, memory, resume=tmp_path / "run")
        assert name in str(caught.value) and "room" not in str(caught.value)
    assert not (tmp_path / "elsewhere").exists()


# --- fingerprints ---


def adding(number, *, twice=False):
    def add(memory, mail):
        return memory, {"x": number, "twice": twice}

    return add


class Adder:
    def __init__(self, number):
        self.number = number

    def add(self, memory, mail):
        return memory, {"x": self.number}


STEPS = {
    "a number": (lambda: adding(1), lambda: adding(2)),
    "an array": (lambda: adding(np.arange(3)), lambda: adding(np.array([0, 1, 3]))),
    "a list": (lambda: adding([1, {2: 3}]), lambda: adding([1, {2: 4}])),
    "a flag": (lambda: adding(1), lambda: adding(1, twice=True)),
    "a function": (lambda: adding(adding(1)), lambda: adding(adding(2))),
    "arguments of a partial": (lambda: partial(hold, 1), lambda: partial(hold, 2)),
    "a record": (lambda: adding(Records(np.arange(2), {})), lambda: adding(Records(np.arange(3), {}))),
    "a constant": (lambda: lambda memory, mail: (memory, 1), lambda: lambda memory, mail: (memory, 2)),
    "a call": (lambda: lambda memory, mail: len(memory), lambda: lambda memory, mail: max(memory)),
}


@pytest.mark.parametrize("case", STEPS)
def test_the_fingerprint_of_steps_tells_what_they_were_made_with(case):
    one, other = STEPS[case]
    prints = [fingerprint(Protocol("p", 1, 1, (step(),)), {})["steps"] for step in (one, one, other)]
    assert prints[0] == prints[1] != prints[2]


def test_the_fingerprint_of_steps_that_refer_to_themselves_ends():
    def count(memory, mail):
        return count(memory, mail)

    assert fingerprint(Protocol("p", 1, 1, (count, Adder(3).add)), {})["steps"]


def test_the_fingerprint_is_the_same_in_another_process():
    code = (
        "import json; from engine_runs import RUNS; from logdepth.mpc.fingerprint import fingerprint;"
        " print(json.dumps(fingerprint(*RUNS['loops in loops'])))"
    )
    here = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([here, *filter(None, sys.path)]), "PYTHONHASHSEED": "7"}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert json.loads(said.stdout) == fingerprint(*RUNS["loops in loops"])


def test_the_order_of_machines_in_the_input_is_no_difference():
    one = {"x": Records(np.array([0, 1, 1]), {"word": np.array([5, 6, 7])})}
    other = {"x": Records(np.array([1, 1, 0]), {"word": np.array([6, 7, 5])})}
    third = {"x": Records(np.array([1, 1, 0]), {"word": np.array([7, 6, 5])})}
    prints = [fingerprint(scattered(3), memory)["input"] for memory in (one, other, third)]
    assert prints[0] == prints[1] != prints[2]
