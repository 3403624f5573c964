"""What `model.json` says: a model without its weights, as JSON, and the form that it must have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import logdepth
from logdepth.models.model import Model
from logdepth.tasks.token_sequences import TokenTask
from logdepth.transformer import Block

FORMAT, VERSION = "logdepth model", 1

SCHEMA: dict[str, Any] = {
    "format": str,
    "version": int,
    "library": str,
    "name": str,  # the task's, or that of a program of the user's own
    "task": (str, type(None)),  # None: a program's model
    "parameters": {str: (int, str)},
    "rows": int,
    "inputs": {str: int},  # column -> highest value
    "outputs": {str: int},
    "letters": (str, type(None)),  # letter number t, from 1, is the value t of every column; 0 is no letter
    "causal": bool,
    "dtype": str,
    "residual": [str],  # names of the residual columns of the embedding, "" where a column is 0
    "blocks": [{"heads": [str], "key_width": int, "value_width": int, "hidden": int, "residual": [str]}],
    "order": [int],  # the block of every step
    "claimed": {str: object},
    "measured": {str: int},
    "verified": (dict, type(None)),
    "sha256": {"tensors": str, "description": str},  # of the tensors' file; of all the rest here, see `checksum`
}
"""What `model.json` holds: a type, one of several, [of every entry], {str: of every value} or {"key": of its value}."""


def describe(model: Model) -> dict[str, Any]:
    """What `model.json` says of the model, but for the checksums."""
    transformer = model.transformer
    task = None if isinstance(model.origin, str) else model.origin
    return {
        "format": FORMAT,
        "version": VERSION,
        "library": logdepth.__version__,
        "name": model.name,
        "task": task.name if task else None,
        "parameters": task.parameters if task else {},
        "rows": transformer.rows,
        "inputs": {name: len(table) - 1 for name, table in transformer.embeddings.items()},
        "outputs": dict(transformer.outputs),
        "letters": task.letters.letters if isinstance(task, TokenTask) else None,
        "causal": transformer.causal,
        "dtype": str(transformer.dtype).removeprefix("torch."),
        "residual": list(transformer.residual),
        "blocks": [describe_block(block) for block in transformer.blocks],
        "order": list(transformer.order),
        "claimed": dict(model.claimed),
        "measured": model.measured.as_json(),
        "verified": None if model.verified is None else dict(model.verified),
    }


def describe_block(block: Block) -> dict[str, Any]:
    """Sizes and names. No heads: no attention; 0 hidden units: no ReLU layer."""
    attention, mlp = block.attention, block.mlp
    return {
        "heads": list(attention.labels) if attention else [],
        "key_width": attention.query.shape[2] if attention else 0,
        "value_width": attention.value.shape[2] if attention else 0,
        "hidden": mlp.into.shape[1] if mlp else 0,
        "residual": list(block.residual),
    }


def shapes_of(description: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor that a description announces."""
    width = len(description["residual"])
    shapes: dict[str, tuple[int, ...]] = {"positions": (description["rows"] + 1, width)}
    shapes |= {f"embeddings.{name}": (high + 1, width) for name, high in description["inputs"].items()}
    shapes |= {f"readouts.{name}": (width,) for name in description["outputs"]}
    for i, block in enumerate(description["blocks"]):
        heads, key_width, value_width = len(block["heads"]), block["key_width"], block["value_width"]
        if heads:
            shapes[f"blocks.{i}.attention.query"] = shapes[f"blocks.{i}.attention.key"] = (heads, width, key_width)
            shapes[f"blocks.{i}.attention.value"] = (heads, width, value_width)
            shapes[f"blocks.{i}.attention.output"] = (heads, value_width, width)
        if block["hidden"]:
            shapes[f"blocks.{i}.mlp.into"] = (width, block["hidden"])
            shapes[f"blocks.{i}.mlp.out"] = (block["hidden"], width)
    return shapes


def checksum(description: Mapping[str, Any]) -> str:
    """SHA-256 of a description without its checksums."""
    rest = {key: value for key, value in description.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def fault(description: Any) -> str | None:
    """What is wrong with a description by itself, in words; None if nothing is."""
    misfit = departure(description, SCHEMA, "")
    if misfit:
        return misfit
    width, blocks = len(description["residual"]), description["blocks"]
    if any(len(block["residual"]) != width for block in blocks):
        return "its blocks differ in width"
    if not all(0 <= i < len(blocks) for i in description["order"]):
        return "'order' names a block that there is not"
    if description["sha256"]["description"] != checksum(description):
        return "its checksum is not the one of what it says"
    return None


def departure(value: Any, form: Any, place: str) -> str | None:
    """Where a JSON value departs from a form as in SCHEMA, in words; None if nowhere."""
    match form:
        case dict() | list() if not isinstance(value, type(form)):
            return f"{place or 'it'} is not {'an object' if isinstance(form, dict) else 'a list'}"
        case list():
            parts = [(entry, form[0], f"{place}[{i}]") for i, entry in enumerate(value)]
        case dict() if str in form:
            parts = [(entry, form[str], f"{place}.{key}") for key, entry in value.items()]
        case dict():
            for key in sorted(form.keys() ^ value.keys()):
                return f"{place}.{key} is {'missing' if key in form else 'unknown'}".lstrip(".")
            parts = [(value[key], inner, f"{place}.{key}".lstrip(".")) for key, inner in form.items()]
        case _:
            right = isinstance(value, form) and (form in (bool, object) or not isinstance(value, bool))
            return None if right else f"{place} is {json.dumps(value)[:40]}"
    return next((found for part in parts if (found := departure(*part))), None)
