"""A plain dataset on disk, for users with a trainer of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from logdepth.learn.samplers import NOT_ASKED, Prompts, Sampler
from logdepth.learn.samplers.prompts import Row
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

CARD = "README.md"
CARD_TEXT = """---
configs:
- config_name: default
  data_files:
  - split: train
    path: data.jsonl
---

Written by logdepth: {task}, seed {seed}. dataset.json has all parameters.
"""
"""What the `datasets` of Hugging Face reads of a folder: where its data are, so that dataset.json is none of them."""

Progress = Callable[[int, int], None]
"""Takes how many sequences are done, and of how many."""

Columns = dict[str, np.ndarray]  # name -> (sequences, …)


def write_dataset(
    sampler: Sampler,
    folder: str | Path,
    sequences: int,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
    format: str = "safetensors",
) -> None:
    """Write `sequences` random sequences; a longer dataset of the same seed begins with the same ones.

    format: safetensors, or jsonl for `datasets.load_dataset(folder)` and all that reads lines.
    `data.safetensors` has inputs and targets (S, T) int32, answered (S, T) bool and group (S,) int32, as in `Batch`;
    `data.jsonl` has an object with the same keys on every line, a sequence each;
    `dataset.json` says the task, the name of every token id, and which target means that nothing is asked.
    Errors: UsageError if something is in the way, or the system refuses; then nothing has changed.
    """
    if format not in FORMATS:
        raise UsageError(f"there is no dataset format {format!r}. {did_you_mean(format, FORMATS)}")
    told = {"not_asked": NOT_ASKED, "group": sampler.group_name, "tokens": list(sampler.tokens)}
    with new_dataset(Path(folder), format, describe(sampler, sequences, seed) | told) as stream:
        drawn = batches(sampler, sequences, seed, progress)
        if format == "jsonl":
            write_lines(stream, rows_of(drawn))
        else:
            write_tensors(stream, drawn, sampler.length, sequences)


def write_prompts(
    prompts: Prompts,
    folder: str | Path,
    sequences: int,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
) -> None:
    """Write so many prompts with their answers as lines of JSON, with the columns of `Prompts.row`; a larger dataset of
    the same seed begins with the same ones. Errors: as of `write_dataset`."""

    def drawn() -> Iterator[Row]:
        for done, row in enumerate(prompts.rows(sequences, seed), start=1):
            yield row
            if done % AT_ONCE == 0 or done == sequences:
                progress(done, sequences)

    with new_dataset(Path(folder), "jsonl", describe(prompts, sequences, seed)) as stream:
        write_lines(stream, drawn())


def describe(source: Sampler | Prompts, sequences: int, seed: int) -> dict[str, Any]:
    """What a dataset says of itself."""
    return {"task": source.name, "parameters": source.parameters, "sequences": sequences, "seed": seed}


@contextmanager
def new_dataset(folder: Path, format: str, described: Mapping[str, Any]) -> Iterator[BinaryIO]:
    """The data file of a new folder, which is there once all is written. Errors: as of `write_dataset`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is there already, and a dataset is written to a new folder.",
            Wording("Choose another {folder}."),
        )
    head: dict[str, Any] = {"format": "logdepth-dataset", "version": 1, "library": __version__, "file": FORMATS[format]}
    target = folder.resolve()
    with refusals(folder), temporary_beside(target) as fresh:
        fresh.mkdir(parents=True)
        with (fresh / FORMATS[format]).open("wb") as stream:
            yield stream
        (fresh / DESCRIPTION).write_text(json.dumps({**head, **described}, indent=2) + "\n")
        if format == "jsonl":
            (fresh / CARD).write_text(CARD_TEXT.format(task=described["task"], seed=described["seed"]))
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


def rows_of(batches: Iterable[tuple[int, Columns]]) -> Iterator[Row]:
    """Every sequence, its entries by name."""
    for _, columns in batches:
        for row in zip(*(values.tolist() for values in columns.values()), strict=True):
            yield dict(zip(columns, row, strict=True))


def write_lines(stream: BinaryIO, rows: Iterable[Row]) -> None:
    """A line of JSON for every row."""
    for row in rows:
        stream.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


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
