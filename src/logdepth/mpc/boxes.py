"""Memory that workers of one host share, for mail on its way from one to another.

Ray's object store does the same for all hosts, but takes some milliseconds of its processes for every mail.
"""

from __future__ import annotations

import mmap
import os
import pickle
import sys
from collections import deque
from dataclasses import dataclass
from typing import Any

from logdepth.mpc.errors import WorkerLost

ALIGNED = 64  # bytes: the line of a cache


@dataclass(frozen=True)
class Left:
    """What was left in a box: a pickle without its arrays, and where each of them lies in a file of a process."""

    pickled: bytes
    process: int
    file: int
    slices: tuple[tuple[int, int], ...]


class Box:
    """Memory for what one worker leaves for another. Nothing of it is on a disk, and it goes with this process."""

    def __init__(self) -> None:
        self.file = os.memfd_create("logdepth mail")
        self.memory: mmap.mmap | None = None

    def leave(self, what: object) -> Left:
        """In place of what was left here before."""
        arrays: list[pickle.PickleBuffer] = []
        pickled = pickle.dumps(what, protocol=5, buffer_callback=arrays.append)
        raw = [array.raw() for array in arrays]
        slices, end = [], 0
        for array in raw:
            begin = -(-end // ALIGNED) * ALIGNED
            end = begin + array.nbytes
            slices.append((begin, end))
        memory = self.room(end)
        for (begin, end), array in zip(slices, raw, strict=True):
            memory[begin:end] = array
        return Left(pickled, os.getpid(), self.file, tuple(slices))

    def room(self, size: int) -> mmap.mmap:
        """So many bytes at least."""
        if self.memory is None or len(self.memory) < size:
            os.ftruncate(self.file, max(1, size))
            self.memory = mmap.mmap(self.file, 0)
        return self.memory

    def __del__(self) -> None:
        os.close(self.file)


class Boxes:
    """A worker's boxes for others, and those of others that it has opened.

    For each of them there are two, which are used in turn: what was left in one is taken in before what comes next is
    answered, and then that box is free again.
    """

    def __init__(self) -> None:
        self.ours: dict[int, deque[Box]] = {}
        self.opened: dict[tuple[int, int], mmap.mmap] = {}

    def next_for(self, to: int) -> Box:
        """The box for what goes to a worker next."""
        if to not in self.ours:
            self.ours[to] = deque([Box(), Box()])
        self.ours[to].rotate()
        return self.ours[to][0]

    def take(self, left: Left) -> Any:
        """What was left, with arrays that lie in the box: they last until something else is left there.

        Errors: WorkerLost if the box is gone with its process.
        """
        box, size = (left.process, left.file), max((end for _, end in left.slices), default=0)
        if size > len(self.opened.get(box, b"")):
            try:
                with open(f"/proc/{left.process}/fd/{left.file}", "rb") as file:
                    self.opened[box] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except OSError as error:
                raise WorkerLost(f"the mail of a worker is gone, which may have died ({error.strerror}).") from error
        memory = memoryview(self.opened.get(box, b""))
        return pickle.loads(left.pickled, buffers=[memory[begin:end] for begin, end in left.slices])


def boxes_are_there() -> bool:
    """Whether processes can share memory in this way: on Linux."""
    return sys.platform == "linux" and os.path.exists("/proc/self/fd")
