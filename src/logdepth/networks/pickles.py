"""What torch.save wrote, read without executing any of it.

A pickle is a program that may call whatever it names. Here every name stands for a value of ours: an ordered dict for a
dict, a tensor for `Declared`, which says in which storage its numbers are, and all else for `Foreign`. So a training
state reads in which arguments, paths or numpy numbers stand beside the weights. Only then numbers are read, and only
from storages that are as large as they say.

Formats: the zip of torch 1.6 and later, and the row of pickles before it. Source: torch/serialization.py.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, BinaryIO, ClassVar

import torch
from torch import Tensor

from logdepth.numerics.errors import first_line

MOST_BYTES, MOST_STEPS, MOST_NAMES = 2**26, 2**19, 2**10
"""Of a pickle: its bytes, its instructions and the names that it calls by. A state dict of 10,000 weights has 10^5."""
MAGIC = 0x1950A86A20F9469CFC6C  # of the formats before the zip

STORAGES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
"""Kinds of storage, and the numbers in them; a tensor of any other kind is foreign."""


class Unreadable(ValueError):
    """A file that is no pickle of torch.save, or a damaged one: its message says what is wrong."""


class Foreign:
    """What a pickle makes by calling `called`. Nothing is called, and what it would hold is forgotten."""

    called: ClassVar[str] = ""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __call__(self, *_: Any, **__: Any) -> Foreign:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        pass

    def append(self, value: Any) -> None:
        pass

    extend = append
    add = append


@dataclass(frozen=True)
class OtherTensor:
    """A tensor of a kind that is not read, in words."""

    kind: str


class Names(dict[Any, Any]):
    """An ordered dict; its attributes, such as the metadata of a state dict, are forgotten."""

    def __setstate__(self, state: Any) -> None:
        pass


@dataclass(frozen=True)
class Storage:
    """Numbers in a row: `count` of them, under `key` in the file."""

    key: str
    dtype: torch.dtype
    count: int


@dataclass(frozen=True)
class Declared:
    """A tensor as a pickle declares it."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def __post_init__(self) -> None:
        sizes = (self.storage.count, self.offset, *self.shape, *self.strides)
        if len(self.shape) != len(self.strides) or not all(type(size) is int and size >= 0 for size in sizes):
            raise Unreadable("a tensor has no shape")
        steps = ((length - 1) * stride for length, stride in zip(self.shape, self.strides, strict=True))
        last = self.offset + sum(steps) if prod(self.shape) else 0
        if last >= max(self.storage.count, 1) or prod(self.shape) > self.storage.count:
            raise Unreadable(f"a tensor of shape {list(self.shape)} reaches beyond its storage")


def declare(storage: Any, offset: Any, shape: Any, strides: Any, *rest: Any) -> Any:
    """In place of `torch._utils._rebuild_tensor_v2`."""
    if rest[2:] and rest[2]:  # its metadata, of a view
        return OtherTensor("a negated or conjugated view")
    return Declared(storage, offset, tuple(shape), tuple(strides)) if isinstance(storage, Storage) else storage


def declare_new(*arguments: Any) -> Any:
    """In place of `torch._utils._rebuild_tensor_v3`, of the formats that have no kind of storage of their own."""
    return OtherTensor(called(arguments[6]))


def declare_kind(function: Any, kind: Any, arguments: Any, *_: Any) -> Any:
    """In place of `torch._tensor._rebuild_from_type_v2`: a tensor with attributes, or one of a kind of its own."""
    plain = ("torch.Tensor", "torch._tensor.Tensor", "torch.nn.parameter.Parameter")
    return function(*arguments) if called(kind) in plain else OtherTensor(called(kind))


def keep(value: Any, *_: Any) -> Any:
    """In place of `torch._utils._rebuild_parameter`."""
    return value


def called(kind: Any) -> str:
    """What the pickle calls a type by."""
    return kind.called if isinstance(kind, type) and issubclass(kind, Foreign) else str(kind)[:80]


STANDING_IN: Mapping[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): Names,
    ("torch._utils", "_rebuild_tensor"): declare,
    ("torch._utils", "_rebuild_tensor_v2"): declare,
    ("torch._utils", "_rebuild_tensor_v3"): declare_new,
    ("torch._tensor", "_rebuild_from_type_v2"): declare_kind,
    ("torch._utils", "_rebuild_parameter"): keep,
    ("torch._utils", "_rebuild_parameter_with_state"): keep,
    ("torch._utils", "_rebuild_sparse_tensor"): lambda *_: OtherTensor("sparse"),
    ("torch._utils", "_rebuild_qtensor"): lambda *_: OtherTensor("quantised"),
    ("torch._utils", "_rebuild_nested_tensor"): lambda *_: OtherTensor("nested"),
    ("torch._utils", "_rebuild_meta_tensor_no_storage"): lambda *_: OtherTensor("on the meta device, without numbers"),
    **{("torch", name): dtype for name, dtype in STORAGES.items()},
}


class Reader(pickle.Unpickler):
    """Puts our values in place of all that the pickle names; `storages` are those that it refers to."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self.names: dict[tuple[str, str], Any] = dict(STANDING_IN)
        self.storages: dict[str, Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if len(self.names) > MOST_NAMES:
            raise Unreadable("its pickle names too many things")
        if (module, name) not in self.names:
            self.names[module, name] = type("Foreign", (Foreign,), {"called": f"{module}.{name}"})
        return self.names[module, name]

    def persistent_load(self, reference: Any) -> Any:
        match reference:
            case ("storage", torch.dtype() as dtype, str(key), _, int(count), *_):
                return self.storages.setdefault(key, Storage(key, dtype, count))
            case ("storage", kind, *_):
                return OtherTensor(f"of {called(kind)}")
            case ("module", kind, *_):  # a class with its source
                return kind
        raise Unreadable("its pickle refers to something that is no storage")


def check_steps(stream: BinaryIO) -> None:
    """Unreadable if the pickle here would take more memory than its own size is worth; the stream stands after it."""
    for steps, (instruction, argument, _) in enumerate(pickletools.genops(stream)):
        if "PUT" in instruction.name and int(argument or 0) > steps:  # a memo has as many places as its largest number
            raise Unreadable("its pickle keeps more than it holds")
        if steps > MOST_STEPS:
            raise Unreadable("its pickle is too long")


def unpickle(stream: BinaryIO) -> tuple[Any, dict[str, Storage]]:
    """The value of the pickle that comes next, and the storages that it refers to; the stream stands after it."""
    start = stream.tell()
    try:
        check_steps(stream)
        end = stream.tell()
        stream.seek(start)
        reader = Reader(stream)
        value = reader.load()
    except Unreadable:
        raise
    except Exception as error:  # whatever the unpickler trips over in a file that is none
        raise Unreadable(f"it is no whole pickle ({first_line(error)})") from None
    stream.seek(end)
    return value, reader.storages


@dataclass(frozen=True, eq=False)
class Saved:
    """What torch.save wrote: `content`, with `Declared` for every tensor and `Foreign` for what is not read.

    numbers: the bytes of a storage, as many as it says.
    """

    content: Any
    numbers: Callable[[Storage], bytearray]
    storages: dict[str, Tensor] = field(default_factory=dict)

    def tensor(self, declared: Declared) -> Tensor:
        """A view of its storage, which is read once. Errors: Unreadable for a storage that is absent or not whole."""
        storage = declared.storage
        if storage.key not in self.storages:
            data = self.numbers(storage)
            empty = torch.empty(0, dtype=storage.dtype)
            self.storages[storage.key] = torch.frombuffer(data, dtype=storage.dtype) if data else empty
        return self.storages[storage.key].as_strided(declared.shape, declared.strides, declared.offset)


def read_saved(stream: BinaryIO) -> Saved:
    """What torch.save wrote into this file. Errors: Unreadable. The file must stay open until all numbers are read."""
    start = stream.read(2)
    stream.seek(0)
    return read_zip(stream) if start == b"PK" else in_a_row(stream)


def read_zip(stream: BinaryIO) -> Saved:
    """From a zip: `NAME/data.pkl`, and the storages as `NAME/data/KEY`."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable(f"it is no whole zip ({first_line(error)})") from None
    size = stream.seek(0, io.SEEK_END)
    entries = {entry.filename: entry for entry in archive.infolist()}
    pickles = [name for name in entries if name.partition("/")[2] == "data.pkl"]
    if len(pickles) != 1:
        raise Unreadable("it is a zip that torch.save did not write")
    folder = pickles[0].removesuffix("data.pkl")

    def read(name: str, most: int) -> bytearray:
        entry = entries.get(folder + name)
        if entry is None:
            raise Unreadable(f"it has no part {name}")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > size:
            raise Unreadable(f"its part {name} is packed, and torch.save does not pack")
        if entry.file_size > most:
            raise Unreadable(f"its part {name} is larger than {most:,} bytes")
        data = bytearray(entry.file_size)
        try:
            with archive.open(entry) as part:
                if part.readinto(data) != len(data) or part.read(1):  # type: ignore[attr-defined]  # it has it
                    raise Unreadable(f"its part {name} is cut off")
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError) as error:
            raise Unreadable(f"its part {name} is damaged ({first_line(error)})") from None
        return data

    order = bytes(read("byteorder", 16)).decode("latin-1") if f"{folder}byteorder" in entries else "little"
    if order != sys.byteorder:
        raise Unreadable(f"its numbers are {order[:16]!r}-endian, and this machine is {sys.byteorder}-endian")

    def numbers(storage: Storage) -> bytearray:
        data = read(f"data/{storage.key}", size)
        return whole(data, storage)

    content, _ = unpickle(io.BytesIO(read("data.pkl", MOST_BYTES)))
    return Saved(content, numbers)


def in_a_row(stream: BinaryIO) -> Saved:
    """From the format before the zip: five pickles, then every storage after the number of its entries."""
    head = io.BytesIO(stream.read(MOST_BYTES))
    magic, _ = unpickle(head)
    if magic != MAGIC:
        raise Unreadable("it is a pickle that torch.save did not write; save with torch.save(model.state_dict(), FILE)")
    unpickle(head)
    about, _ = unpickle(head)
    if sys.byteorder != "little" or (isinstance(about, dict) and about.get("little_endian") is False):
        raise Unreadable("its numbers are of a machine of another byte order")
    content, storages = unpickle(head)
    keys, _ = unpickle(head)
    places, end = {}, head.tell()
    for key in keys if isinstance(keys, list) else ():
        if key not in storages:
            break  # of a kind that we do not read, and so of a size that we do not know
        places[key] = end + 8
        end = places[key] + storages[key].count * storages[key].dtype.itemsize

    def numbers(storage: Storage) -> bytearray:
        if storage.key not in places:
            raise Unreadable(f"it has no numbers for storage {storage.key!r}")
        expected, held = storage.count * storage.dtype.itemsize, stream.seek(0, io.SEEK_END)
        if places[storage.key] + expected > held:
            raise Unreadable("it is cut off")
        stream.seek(places[storage.key] - 8)
        count = int.from_bytes(stream.read(8), "little")
        return whole(bytearray(stream.read(expected)) if count == storage.count else bytearray(), storage)

    return Saved(content, numbers)


def whole(data: bytearray, storage: Storage) -> bytearray:
    """The numbers of a storage, if they are as many as it says."""
    if len(data) != storage.count * storage.dtype.itemsize:
        raise Unreadable(f"storage {storage.key!r} has {len(data)} bytes, and not {storage.count} {storage.dtype}")
    return data
