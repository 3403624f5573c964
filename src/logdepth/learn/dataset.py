"""A plain dataset on disk, for users with a trainer of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save

import logdepth
from logdepth.learn.samplers import NOT_ASKED, Batch, Sampler
from logdepth.numerics.errors import UsageError
from logdepth.numerics.files import write_folder

DATA, DESCRIPTION = "data.safetensors", "dataset.json"
AT_ONCE = 1000  # sequences of a batch: batch t of the seed is rows 1000 t and following


def write_dataset(
    sampler: Sampler,
    folder: str | Path,
    sequences: int,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write `sequences` random sequences; a longer dataset of the same seed begins with the same ones.

    `data.safetensors` has inputs and targets (S, T) int32, answered (S, T) bool and group (S,) int32, as in `Batch`;
    `dataset.json` says the task, the name of every token id, and which target means that nothing is asked.
    Errors: UsageError if something is in the way, or the system refuses; then nothing has changed.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already, and a dataset is written to a new folder. Choose another --out.")
    batches = []
    for first in range(0, sequences, AT_ONCE):
        batches.append(sampler.batch(AT_ONCE, seed, first // AT_ONCE))
        progress(min(first + AT_ONCE, sequences), sequences)
    tensors = {
        name: torch.cat([getattr(batch, name) for batch in batches])[:sequences] for name in Batch.__annotations__
    }
    small = {name: tensor if tensor.dtype == torch.bool else tensor.int() for name, tensor in tensors.items()}
    description = {
        "format": "logdepth-dataset",
        "version": 1,
        "library": logdepth.__version__,
        "task": sampler.name,
        "parameters": sampler.parameters,
        "sequences": sequences,
        "seed": seed,
        "not_asked": NOT_ASKED,
        "group": sampler.group_name,
        "tokens": list(sampler.tokens),
    }
    held = {DATA: save(small), DESCRIPTION: (json.dumps(description, indent=2) + "\n").encode()}
    write_folder(folder, held)
