"""What a page of the explorer holds: a model, its weights, inputs to begin with, and runs to check; packed into a text.

The text is base64 of a gzip stream of: the length of the JSON in 8 bytes, the JSON, and a safetensors file. So nothing
that a user wrote stands in the page as it is, and weights that are mostly zeros take little room.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any

from safetensors.torch import save

from logdepth.artefacts import Model, tensors_of
from logdepth.explore.described import described
from logdepth.explore.reference import exact_answer, references
from logdepth.traces import choose_input, choose_table


def contents_of(model: Model, instance: Any = None, name: str = "") -> dict[str, Any]:
    """Everything but the weights. instance: the input that is shown first, as `model.report` takes it.

    Errors: UsageError if the instance does not fit.
    """
    shown = first_input(model, instance, name)
    return {
        "title": model.name,
        "parameters": {} if isinstance(model.origin, str) else model.task.parameters,
        "subject": described(model),
        "examples": [{"name": shown["name"], "input": shown["input"]}],
        "checks": references(model, shown),
    }


def weights_of(model: Model) -> bytes:
    """A safetensors file."""
    return save({name: tensor.contiguous() for name, tensor in tensors_of(model.transformer).items()})


def first_input(model: Model, instance: Any, name: str) -> dict[str, Any]:
    """What it is called, how it is typed, its columns, and the exact answer, where the task defines one."""
    if isinstance(model.origin, str) or model.task.own_program is not None:
        given = choose_table(model, None if isinstance(model.origin, str) else model.program, instance, name)
        typed: Any = {column: values.tolist() for column, values in given.columns.items()}
        return {"name": given.name, "input": typed, "columns": given.columns, "answer": None}
    task = model.task
    chosen = choose_input(model, None if instance is None else task.instance_of(instance), name)
    return {
        "name": chosen.name,
        "input": task.typed(chosen.instance),
        "columns": task.encode(chosen.instance),
        "answer": exact_answer(task, chosen.instance),
    }


def typed_input(model: Model, given: Any) -> Any:
    """What would be typed for an input: as `model.report` takes it, or a graph or facts as they are typed.

    Errors: UsageError if the input does not fit.
    """
    if isinstance(model.origin, str) or model.task.own_program is not None:
        return first_input(model, given, "")["input"]
    if isinstance(given, dict) and model.task.form.kind in ("graph", "facts"):
        return given
    instance = model.task.instance_of(given)
    model.task.encode(instance)
    return model.task.typed(instance)


def pack(contents: dict[str, Any], weights: bytes) -> str:
    """Both as a text; the same always give the same."""
    document = json.dumps(contents, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    content = len(document).to_bytes(8, "little") + document + weights
    packed = gzip.compress(content, 7, mtime=0)  # level 9 gives 3% fewer bytes, and takes eight times as long
    return b64encode(packed).decode("ascii")
