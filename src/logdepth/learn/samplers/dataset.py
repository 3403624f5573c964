"""A plain dataset on disk, for users with a trainer of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np

from logdepth.learn.samplers import NOT_ASKED, Sampler
from logdepth.numerics.errors import UsageError, Wording, did_you_mean
from logdepth.numerics.files import refusals, temporary_beside
from logdepth.numerics.version import __version__

DATA, LINES, DESCRIPTION = "data.safetensors", "data.jsonl", "dataset.json"
FORMATS = {"safetensors": DATA, "jsonl": LINES}
"""Format -> the name of its file."""
TYPES = {
    "inputs": np.dtype("<i4"),
    "targets": np.dtype("<i4"),
    "group": np.dtype("<i4"),
    "answered": np.dtype(np.bool_),
}
"""The tensors of a batch as they are written, in the order of the file: larger words first, as the format has them."""
AT_ONCE = 1000  # sequences of a batch: batch t of the seed is rows 1000 t and following

Columns = dict[str, np.ndarray]  # name -> (sequences, …)


def write_dataset(
    sampler: Sampler,
    folder: str | Path,
    sequences: int,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    format: str = "safetensors",
) -> None:
    """Write `sequences` random sequences; a longer dataset of the same seed begins with the same ones.

    format: safetensors, or jsonl for `datasets.load_dataset("json", data_files=…)` and all that reads lines.
    `data.safetensors` has inputs and targets (S, T) int32, answered (S, T) bool and group (S,) int32, as in `Batch`;
    `data.jsonl` has an object with the same keys on every line, a sequence each;
    `dataset.json` says the task, the name of every token id, and which target means that nothing is asked.
    Errors: UsageError if something is in the way, or the system refuses; then nothing has changed.
    """
    folder = Path(folder)
    if format not in FORMATS:
        raise UsageError(f"there is no dataset format {format!r}. {did_you_mean(format, FORMATS)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is there already, and a dataset is written to a new folder.",
            Wording("Choose another {folder}."),
        )
    description = {
        "format": "logdepth-dataset",
        "version": 1,
        "library": __version__,
        "file": FORMATS[format],
        "task": sampler.name,
        "parameters": sampler.parameters,
        "sequences": sequences,
        "seed": seed,
        "not_asked": NOT_ASKED,
        "group": sampler.group_name,
        "tokens": list(sampler.tokens),
    }
    target = folder.resolve()
    with refusals(folder), temporary_beside(target) as fresh:
        fresh.mkdir(parents=True)
        with (fresh / FORMATS[format]).open("wb") as stream:
            drawn = batches(sampler, sequences, seed, progress)
            if format == "jsonl":
                write_lines(stream, drawn)
            else:
                write_tensors(stream, drawn, sampler.length, sequences)
        (fresh / DESCRIPTION).write_text(json.dumps(description, indent=2) + "\n")
        fresh.replace(target)  # at most an empty folder is there


def batches(
    sampler: Sampler, sequences: int, seed: int, progress: Callable[[int, int], None]
) -> Iterator[tuple[int, Columns]]:
    """The number of its first sequence, and the tensors of every batch; a batch is held at a time."""
    for first in range(0, sequences, AT_ONCE):
        batch = sampler.batch(AT_ONCE, seed, first // AT_ONCE)
        yield first, {n: getattr(batch, n)[: sequences - first].numpy().astype(kind) for n, kind in TYPES.items()}
        del batch
        progress(min(first + AT_ONCE, sequences), sequences)


def write_tensors(stream: BinaryIO, batches: Iterable[tuple[int, Columns]], length: int, sequences: int) -> None:
    """As one safetensors file."""
    header, places = lay_out(length, sequences)
    stream.write(header)
    for first, columns in batches:
        for name, place in places.items():
            stream.seek(place + first * columns[name][0].nbytes)
            stream.write(columns[name].tobytes())


def write_lines(stream: BinaryIO, batches: Iterable[tuple[int, Columns]]) -> None:
    """A line of JSON for every sequence."""
    for _, columns in batches:
        for row in zip(*(values.tolist() for values in columns.values()), strict=True):
            stream.write(json.dumps(dict(zip(columns, row, strict=True))).encode() + b"\n")


def lay_out(length: int, sequences: int) -> tuple[bytes, dict[str, int]]:
    """The head of a safetensors file and where in the file each tensor begins, in order, without gaps.

    Source: the format's README, github.com/huggingface/safetensors.
    """
    shapes = {name: (sequences,) if name == "group" else (sequences, length) for name in TYPES}
    entries, places, end = {}, {}, 0
    for name, kind in TYPES.items():
        places[name], end = end, end + prod(shapes[name]) * kind.itemsize
        entries[name] = {
            "dtype": "BOOL" if kind == np.bool_ else "I32",
            "shape": shapes[name],
            "data_offsets": (places[name], end),
        }
    told = json.dumps(entries).encode()
    told += b" " * (-len(told) % 8)
    return len(told).to_bytes(8, "little") + told, {name: 8 + len(told) + place for name, place in places.items()}
