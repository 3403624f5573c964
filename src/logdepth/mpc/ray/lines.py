"""Lines between workers of one host: mail in memory that two processes share, and a pipe that says when it is there.

Ray brings mail to any host, at a price: a mail of 1 MB costs its driver, its object store and each worker 2 ms of CPU.
"""

from __future__ import annotations

import mmap
import os
import pickle
import struct
import sys
from dataclasses import dataclass
from typing import Any
from weakref import finalize

from logdepth.mpc.errors import WorkerLost

ALIGNED = 64  # bytes: the line of a cache
MESSAGE = struct.Struct("<qqq")  # the turn, and where in the box the list of its contents begins and ends; or none


@dataclass(frozen=True)
class Left:
    """What was left in a box: a file of another process, and where the list of contents begins and ends in it."""

    path: str
    begin: int
    end: int

    def open(self) -> mmap.mmap:
        """Errors: WorkerLost if the other process has died."""
        file = opened(self.path)
        try:
            return mmap.mmap(file, 0, access=mmap.ACCESS_READ)
        finally:
            os.close(file)

    def take(self, memory: mmap.mmap | None = None) -> Any:
        """What it is, with arrays that lie in the box: they last until something else is left there."""
        seen = memoryview(self.open() if memory is None else memory)
        pickled, slices = pickle.loads(seen[self.begin : self.end])
        return pickle.loads(pickled, buffers=[seen[begin:end] for begin, end in slices])


@dataclass(frozen=True)
class Address:
    """Where a line begins: files of a process."""

    process: int
    pipe: int
    boxes: tuple[int, int]

    def path(self, file: int) -> str:
        return f"/proc/{self.process}/fd/{file}"


class Box:
    """Memory for one mail at a time. Nothing of it is on a disk, and it goes with this process."""

    def __init__(self) -> None:
        self.file = os.memfd_create("logdepth mail")
        finalize(self, os.close, self.file)
        self.memory = mmap.mmap(-1, 1)

    def leave(self, what: object) -> Left:
        """Put it in place of what was there."""
        arrays: list[pickle.PickleBuffer] = []
        pickled = pickle.dumps(what, protocol=5, buffer_callback=arrays.append)
        raw = [array.raw() for array in arrays]
        slices, end = [], 0
        for array in raw:
            begin = -(-end // ALIGNED) * ALIGNED
            end = begin + array.nbytes
            slices.append((begin, end))
        contents = pickle.dumps((pickled, slices))
        memory = self.room(end + len(contents))
        for (begin, until), array in zip(slices, raw, strict=True):
            memory[begin:until] = array
        memory[end : end + len(contents)] = contents
        return Left(f"/proc/{os.getpid()}/fd/{self.file}", end, end + len(contents))

    def room(self, size: int) -> mmap.mmap:
        """So many bytes at least."""
        if len(self.memory) < size:
            os.ftruncate(self.file, size)
            self.memory = mmap.mmap(self.file, size)
        return self.memory


class Line:
    """Where a line begins: from this process to one other.

    There are two boxes, which are used in turn: what was left in one is taken in before the other worker answers what
    comes next, and then that box is free again.
    """

    def __init__(self) -> None:
        self.pipe, self.writing = os.pipe()
        for file in (self.pipe, self.writing):
            finalize(self, os.close, file)
        self.boxes = [Box(), Box()]

    @property
    def address(self) -> Address:
        first, second = self.boxes
        return Address(os.getpid(), self.pipe, (first.file, second.file))

    def send(self, turn: int, what: object) -> None:
        self.boxes.reverse()
        left = self.boxes[0].leave(what)
        os.write(self.writing, MESSAGE.pack(turn, left.begin, left.end))

    def stop(self, turn: int) -> None:
        """Say that nothing more comes in this turn."""
        os.write(self.writing, MESSAGE.pack(turn, -1, -1))


class End:
    """Where a line ends that begins in another process."""

    def __init__(self, address: Address) -> None:
        """Errors: WorkerLost if the other process has died."""
        self.paths = [address.path(file) for file in address.boxes]
        self.memory: list[mmap.mmap | None] = [None, None]
        self.pipe = opened(address.path(address.pipe))
        finalize(self, os.close, self.pipe)

    def receive(self, turn: int) -> Any:
        """What comes next, with arrays that last until the next but one is received; None if nothing does in this turn.

        Errors: WorkerLost if the other process has died.
        """
        while True:
            message = os.read(self.pipe, MESSAGE.size)
            if not message:
                raise WorkerLost("a worker died: no more mail comes from it.")
            sent_in, begin, end = MESSAGE.unpack(message)
            if end >= 0:
                return self.take(begin, end)
            if sent_in == turn:
                return None

    def take(self, begin: int, end: int) -> Any:
        self.paths.reverse()
        self.memory.reverse()
        left, memory = Left(self.paths[0], begin, end), self.memory[0]
        if memory is None or len(memory) < end:
            memory = self.memory[0] = left.open()
        return left.take(memory)


def opened(path: str) -> int:
    """A file of another process."""
    try:
        return os.open(path, os.O_RDONLY)
    except OSError as error:
        raise WorkerLost(f"a worker died: its mail is gone ({error.strerror}).") from error


def lines_are_there() -> bool:
    """Whether there can be lines between processes: on Linux."""
    return sys.platform == "linux" and os.path.exists("/proc/self/fd")
