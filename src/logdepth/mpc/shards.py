"""Shards: files with what one block of machines holds and was sent, as plain numpy arrays. Reading executes no code."""

from __future__ import annotations

import os
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from msgspec import Struct

from logdepth.mpc.dealing import Deal
from logdepth.mpc.protocol import Protocol
from logdepth.mpc.records import Mail, Memory, Packets, Records
from logdepth.numerics.documents import Count, Departure
from logdepth.numerics.errors import UsageError, Wording, first_line
from logdepth.numerics.files import FULL, open_file


class Shard(Struct, frozen=True, forbid_unknown_fields=True):
    """What one block wrote."""

    size: Count  # bytes
    crc32: Count
    memory: dict[str, list[str]]  # the fields of every kind
    mail: dict[str, list[str]]


def write_shard(place: Path, block: int, memory: Memory, mail: Mail) -> Shard:
    """Write what a block holds and was sent into a folder, which is made if it is not there.

    Errors: UsageError if the system refuses.
    """
    path = shard_path(place, block)
    try:
        place.mkdir(exist_ok=True)
        with path.open("wb") as file:
            stream = Summed(file)
            for records in memory.values():
                write_arrays(stream, [records.owner, *records.fields.values()])
            for packets in mail.values():
                write_arrays(stream, [packets.source, packets.destination, *packets.fields.values()])
            flush(file)
    except OSError as error:
        raise refusal(place.parent, error) from error
    of_memory = {kind: list(records.fields) for kind, records in memory.items()}
    of_mail = {kind: list(packets.fields) for kind, packets in mail.items()}
    return Shard(stream.size, stream.crc32, of_memory, of_mail)


def read_shard(place: Path, block: int, shard: Shard) -> tuple[Memory, Mail]:
    """What a block held and was sent. Errors: UsageError for a file that is not there, or not as it was written."""
    path = shard_path(place, block)
    memory: Memory = {}
    mail: Mail = {}
    with open_file(path) as file:
        try:
            stream = Summed(file)
            while stream.read(2**24):
                pass
            if (stream.size, stream.crc32) != (shard.size, shard.crc32):
                raise Departure("not as it was written")
            file.seek(0)
            for kind, names in shard.memory.items():
                owner, *values = read_arrays(file, shard.size, 1 + len(names))
                memory[kind] = Records(owner, dict(zip(names, values, strict=True)))
            for kind, names in shard.mail.items():
                source, destination, *values = read_arrays(file, shard.size, 2 + len(names))
                mail[kind] = Packets(source, destination, dict(zip(names, values, strict=True)))
            if file.tell() != shard.size:
                raise Departure("longer than what it is said to hold")
        except Departure as departure:
            raise damage(place.parent, f"{place.name}/{path.name} is {departure}") from None
        except UsageError as error:  # of records, whose arrays do not fit each other
            raise damage(place.parent, f"{place.name}/{path.name}:", error) from None
        except OSError as error:
            raise damage(place.parent, f"{place.name}/{path.name}: {error.strerror or error}") from None
    return memory, mail


def read_shards(
    place: Path, shards: Sequence[Shard], number: int, blocks: int, protocol: Protocol
) -> list[tuple[Memory, Mail]]:
    """Of these shards, those that the machines of one block are in: its own, or all if others wrote them.

    Each machine is in the shard of the block that it was in.
    """
    machines, dealt = protocol.machines, Deal.of(protocol, len(shards))
    theirs = range(len(shards)) if len(shards) != blocks else [number]
    found = [read_shard(place, block, shards[block]) for block in theirs]
    for block, (memory, mail) in zip(theirs, found, strict=True):
        owners = {f"{kind!r} held by": records.owner for kind, records in memory.items()}
        receivers = {f"{kind!r} sent to": packets.destination for kind, packets in mail.items()}
        for what, machine in (owners | receivers).items():
            there = (machine >= 0) & (machine < machines) & (dealt.block_of(machine) == block)
            if not there.all():
                wrong = f"{what} machine {machine[~there][0] + 1}, which is not in its block"
                raise damage(place.parent, f"{place.name}/{shard_path(place, block).name} has {wrong}")
        for kind, packets in mail.items():
            if len(packets) and not 0 <= packets.source.min() <= packets.source.max() < machines:
                raise damage(place.parent, f"{kind!r} was sent by a machine beyond the {machines} that there are")
    return found


def shard_path(place: Path, block: int) -> Path:
    return place / f"block-{block}.npy"


def write_arrays(stream: Summed, arrays: Sequence[np.ndarray]) -> None:
    for array in arrays:
        np.lib.format.write_array(stream, array, allow_pickle=False)


def read_arrays(file: BufferedReader, size: int, count: int) -> list[np.ndarray]:
    return [read_array(file, size) for _ in range(count)]


def read_array(file: BufferedReader, size: int) -> np.ndarray:
    """The array that comes next in a file of so many bytes. Errors: Departure for anything but an array of words.

    Not `np.lib.format.read_array`: it takes the memory for as many numbers as a header says before it looks for them.
    """
    try:
        if np.lib.format.read_magic(file) != (1, 0):
            raise Departure("of another version of numpy's format")
        with warnings.catch_warnings(action="ignore"):  # of numpy, on headers that it then refuses
            shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    except Departure:
        raise
    except Exception as error:  # whatever numpy trips over in a header that is none
        raise Departure(f"no array where one is said to be ({first_line(error)})") from None
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise Departure(f"an array of {str(dtype)[:40]}, and not of words")
    count = prod(shape)
    if min(shape, default=0) < 0 or count * dtype.itemsize > size - file.tell():
        raise Departure("shorter than what it is said to hold")
    flat = np.empty(count, dtype)
    file.readinto(flat.view(np.uint8).data)
    return flat.reshape(shape[::-1]).T if by_columns else flat.reshape(shape)


@dataclass
class Summed:
    """A file that counts and sums what goes in or out."""

    file: IO[bytes]
    size: int = 0
    crc32: int = 0

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.add(data)

    def read(self, size: int) -> bytes:
        data = self.file.read(size)
        self.add(data)
        return data

    def add(self, data: bytes) -> None:
        self.size += len(data)
        self.crc32 = zlib.crc32(data, self.crc32)


def flush(file: IO[Any]) -> None:
    """To the disk itself."""
    file.flush()
    os.fsync(file.fileno())


def refusal(folder: Path, error: OSError) -> UsageError:
    remedy = "Make room or choose" if error.errno in FULL else "Choose"
    return UsageError(
        f"{folder} takes no checkpoint ({error.strerror or error}). {remedy} another folder; a round that it",
        Wording("holds is safe, and {resume} goes on from it."),
    )


def damage(folder: Path, *wrong: str | UsageError) -> UsageError:
    return UsageError(
        f"{folder} is damaged:", UsageError(*wrong), "Start again in another folder, or restore it from a copy."
    )
