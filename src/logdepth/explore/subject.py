"""A compiled model as the JSON of a page: what it is, its weights, inputs to begin with, and runs to check."""

from __future__ import annotations

import gzip
from base64 import b64encode
from typing import Any

from safetensors.torch import save

from logdepth.artefacts import Model, tensors_of
from logdepth.explore.described import described
from logdepth.explore.reference import references
from logdepth.traces import choose_input, choose_table


def page_of_model(model: Model, instance: Any = None, name: str = "") -> dict[str, Any]:
    """What engine/explorer.js opens. instance: the input that is shown first, as `model.report` takes it.

    Errors: UsageError if the instance does not fit.
    """
    shown = first_input(model, instance, name)
    return {
        "title": model.name,
        "parameters": {} if isinstance(model.origin, str) else model.task.parameters,
        "subject": described(model),
        "weights": pack(save({name: tensor.contiguous() for name, tensor in tensors_of(model.transformer).items()})),
        "examples": [{"name": shown["name"], "input": shown["input"]}],
        "checks": references(model, shown),
    }


def first_input(model: Model, instance: Any, name: str) -> dict[str, Any]:
    """What it is called, how it is typed, and its columns."""
    if isinstance(model.origin, str) or model.task.own_program is not None:
        given = choose_table(model, None if isinstance(model.origin, str) else model.program, instance, name)
        typed: Any = {column: values.tolist() for column, values in given.columns.items()}
        return {"name": given.name, "input": typed, "columns": given.columns}
    task = model.task
    chosen = choose_input(model, None if instance is None else task.instance_of(instance), name)
    return {"name": chosen.name, "input": task.typed(chosen.instance), "columns": task.encode(chosen.instance)}


def pack(data: bytes) -> str:
    """Bytes as a text, base64 of a gzip stream; the same bytes always give the same text."""
    return b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")
