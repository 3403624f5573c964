"""What `model.json` says: a model without its weights, as JSON, and the form that it must have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from logdepth.artefacts.model import Model
from logdepth.numerics.documents import Count, Positive
from logdepth.numerics.formats import format_of
from logdepth.numerics.version import __version__
from logdepth.programs import Program
from logdepth.tasks import Task
from logdepth.transformer import Block, Formula, Formulas

FORMAT, VERSION = "logdepth model", 3
"""Version 1 held no program: of a model of the user's own there was only its name. Version 3 has positions by formulas;
a model with a table of positions is still written in version 2."""

Size = dict[str, Count]
"""Numbers by name."""


class BlockForm(Struct, forbid_unknown_fields=True, frozen=True):
    """Sizes and names. No heads: no attention; 0 hidden units: no ReLU layer.

    Statements are numbers of the program's, from 1: one for each head, and those that the ReLU layer computes.
    """

    heads: list[str]
    key_width: Count
    value_width: Count
    hidden: Count
    residual: list[str]
    head_statements: list[Count] = []
    relu_statements: list[Count] = []

    def __post_init__(self) -> None:
        if self.head_statements and len(self.head_statements) != len(self.heads):
            raise ValueError("Of a block's heads, each has one statement")


class FormulaForm(Struct, forbid_unknown_fields=True, frozen=True):
    """A function of the row number, as `transformer.Formula` has it."""

    power: Literal[0, 1, 2] = 1
    above: Count = 0
    place: Positive = 1
    base: Count = 0
    shift: Count = 0


class Verified(Struct, frozen=True):
    """What was checked: instances, how many of them were wrong, and up to which size all are among them.

    There may be more entries, by what verified the model.
    """

    instances: Count
    wrong: Count
    exhaustive_up_to: Count
    precision_bits: Count | None = None

    def __post_init__(self) -> None:
        if self.wrong > self.instances:
            raise ValueError("Of the instances judged, more are wrong than there are")


class Checksums(Struct, forbid_unknown_fields=True, frozen=True):
    """SHA-256 of the tensors' file, and of all the rest of the description, see `checksum`."""

    tensors: str
    description: str


class Description(Struct, forbid_unknown_fields=True, frozen=True):
    """The form of `model.json`."""

    format: Literal["logdepth model"]
    version: Literal[1, 2, 3]
    library: str
    name: Annotated[str, Meta(min_length=1)]  # the task's, or that of a program of the user's own
    task: str | None  # None: a program's model
    parameters: dict[str, int | float | str]
    rows: Positive
    inputs: Size  # column -> highest value
    outputs: Size
    letters: str | None  # letter number t, from 1, is the value t of every column; 0 is no letter
    causal: bool
    dtype: Literal["float32", "float64"]
    residual: list[str]  # names of the residual columns of the embedding, "" where a column is 0
    blocks: list[BlockForm]
    order: list[Count]  # the block of every step
    claimed: Size
    measured: Size
    verified: Verified | None
    sha256: Checksums
    program: dict[str, Any] | UnsetType | None = UNSET  # None: a task's model; its form is that of `program_from_json`
    positions: list[FormulaForm] | UnsetType = UNSET  # not there: a table

    def __post_init__(self) -> None:
        if self.version > 1 and self.program is UNSET:
            raise ValueError("Program is missing")
        if self.version > 1 and (self.task is None) is (self.program is None):
            raise ValueError("It is the model either of a task or of a program")
        if self.version == 1 and self.program is not UNSET:
            raise ValueError("Program is unknown in format version 1")
        if (self.version > 2) is (self.positions is UNSET):
            raise ValueError("Format version 3 is for positions by formulas, and for these only")
        if any(len(block.residual) != len(self.residual) for block in self.blocks):
            raise ValueError("Its blocks differ in width")
        if not all(i < len(self.blocks) for i in self.order):
            raise ValueError("'order' names a block that there is not")
        for name, high in self.outputs.items():
            if high >= format_of(self.dtype).exact:
                raise ValueError(f"Output {name!r} has values up to {high}, and {self.dtype} does not hold them all")


def describe(model: Model) -> dict[str, Any]:
    """What `model.json` says of the model, but for the checksums."""
    transformer, formulas = model.transformer, model.transformer.formulas
    task = model.origin if isinstance(model.origin, Task) else None
    program = model.origin if isinstance(model.origin, Program) else None
    return {
        "format": FORMAT,
        "version": version_of(model),
        "library": __version__,
        "name": model.name,
        "task": task.name if task else None,
        "parameters": task.parameters if task else {},
        "rows": transformer.rows,
        "inputs": {name: len(table) - 1 for name, table in transformer.embeddings.items()},
        "outputs": dict(transformer.outputs),
        "letters": next(iter(task.input_letters.values()), None) if task else None,
        "causal": transformer.causal,
        "dtype": str(transformer.dtype).removeprefix("torch."),
        "residual": list(transformer.residual),
        "blocks": [describe_block(block) for block in transformer.blocks],
        "order": list(transformer.order),
        "claimed": dict(model.claimed),
        "measured": model.measured.as_json(),
        "verified": None if model.verified is None else dict(model.verified),
        **({} if isinstance(model.origin, str) else {"program": program and program.as_json()}),
        **({} if formulas is None else {"positions": [asdict(formula) for formula in formulas.formulas]}),
    }


def version_of(model: Model) -> int:
    """The first format version that holds the model."""
    if isinstance(model.origin, str):
        return 1
    return 2 if model.transformer.formulas is None else VERSION


def formulas_in(description: Description) -> Formulas | None:
    """The formulas of its positions; None: a table."""
    if isinstance(description.positions, UnsetType):
        return None
    return Formulas(description.rows, tuple(Formula(**structs.asdict(form)) for form in description.positions))


def describe_block(block: Block) -> dict[str, Any]:
    """Sizes and names. No heads: no attention; 0 hidden units: no ReLU layer. Statements are left out if unknown."""
    attention, mlp = block.attention, block.mlp
    statements = {
        "head_statements": list(attention.statements) if attention else [],
        "relu_statements": list(mlp.statements) if mlp else [],
    }
    return {name: numbers for name, numbers in statements.items() if numbers} | {
        "heads": list(attention.labels) if attention else [],
        "key_width": attention.query.shape[2] if attention else 0,
        "value_width": attention.value.shape[2] if attention else 0,
        "hidden": mlp.into.shape[1] if mlp else 0,
        "residual": list(block.residual),
    }


def shapes_of(description: Description) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor that a description announces."""
    width = len(description.residual)
    lines = description.rows if isinstance(description.positions, UnsetType) else len(description.positions)
    shapes: dict[str, tuple[int, ...]] = {"positions": (lines + 1, width)}
    shapes |= {f"embeddings.{name}": (high + 1, width) for name, high in description.inputs.items()}
    shapes |= {f"readouts.{name}": (width,) for name in description.outputs}
    for i, block in enumerate(description.blocks):
        heads = len(block.heads)
        if heads:
            shapes[f"blocks.{i}.attention.query"] = shapes[f"blocks.{i}.attention.key"] = (
                heads,
                width,
                block.key_width,
            )
            shapes[f"blocks.{i}.attention.value"] = (heads, width, block.value_width)
            shapes[f"blocks.{i}.attention.output"] = (heads, block.value_width, width)
        if block.hidden:
            shapes[f"blocks.{i}.mlp.into"] = (width, block.hidden)
            shapes[f"blocks.{i}.mlp.out"] = (block.hidden, width)
    return shapes


def checksum(description: Mapping[str, Any]) -> str:
    """SHA-256 of a description without its checksums."""
    rest = {key: value for key, value in description.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
