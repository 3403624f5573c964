"""Model folders: `model.safetensors` holds the weights, `model.json` says what they are. Loading never executes code.

Tensors: `positions` (rows + 1, width; row 0 is the start token), `embeddings.<field>` (high + 1, width),
`blocks.<i>.attention.query|key|value|output`, `blocks.<i>.mlp.into|out` and `readouts.<output>`, shaped as in
`logdepth.transformer`. Tied blocks are stored once; `order` in the JSON names the block of every step. Where the JSON
has formulas, under `positions`, the tensor of this name has a row for the start token and one for each formula.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from logdepth.arithmetic import undisturbed
from logdepth.artefacts.description import (
    FORMAT,
    VERSION,
    BlockForm,
    Description,
    checksum,
    describe,
    formulas_in,
    shapes_of,
)
from logdepth.artefacts.model import Model
from logdepth.numerics.documents import MOST_BYTES, Departure, conform, read_json
from logdepth.numerics.errors import Argument, Call, UsageError, Wording, expect, first_line
from logdepth.numerics.files import open_file, write_folder
from logdepth.numerics.version import __version__
from logdepth.programs import Program, program_from_json
from logdepth.tasks import TASKS, Task, make_task
from logdepth.transformer import Attention, Block, Mlp, Transformer

DESCRIPTION = "model.json"
"""The file of a model's folder with its task or program, sizes and checksums."""
TENSORS = "model.safetensors"
"""The file of its weights."""
REPORT = "report.html"
"""The page that shows it."""
DTYPES = {"float32": "F32", "float64": "F64"}  # safetensors' names
ITEMSIZES = {"float32": 4, "float64": 8}
HEADER = 2**20, 2**10  # bytes that the head of a file of tensors has at most: in all, and for every tensor
ATTENTION, MLP = ("query", "key", "value", "output"), ("into", "out")
WRITE = Call("write_model(model, folder)", "compile", (Argument("out"),))
PICKLES = {".pt", ".pth", ".bin", ".pkl", ".pickle", ".ckpt"}


@undisturbed()
def write_model(model: Model, directory: str | Path) -> None:
    """Write the model's folder, whole or not at all; a model that is there already is replaced.

    Errors: UsageError if something else is in the way or the system refuses; then nothing has changed.
    """
    expect(model, Model, "write_model", "Make one by compile_task or compile_program.")
    check_free(directory)
    tensors = save({name: tensor.cpu().clone().contiguous() for name, tensor in tensors_of(model.transformer).items()})
    description = describe(model)
    description["sha256"] = {"tensors": hashlib.sha256(tensors).hexdigest(), "description": checksum(description)}
    document = (json.dumps(description, indent=2) + "\n").encode()
    if len(document) > MOST_BYTES:
        raise UsageError(
            f"the description of model {model.name!r} has {len(document):,} bytes, and at most {MOST_BYTES:,} are read"
            " again: its program has large tables. Compute them in the map, or declare smaller ranges."
        )
    write_folder(directory, {TENSORS: tensors, DESCRIPTION: document})


def check_free(directory: str | Path) -> None:
    """UsageError unless a model may be written here: nothing is there, an empty folder, or a model and nothing else."""
    try:
        target = Path(directory).resolve()
        if not target.exists():
            return
        if not target.is_dir():
            raise UsageError(f"{directory} is a file, and a model is a folder. Choose another path.")
        if Path.cwd().is_relative_to(target):
            raise UsageError(f"{directory} is the folder that you are in. Choose another path for the model.")
        held = sorted(entry.name for entry in target.iterdir())
    except OSError as error:
        raise UsageError(f"{directory} cannot be read ({error.strerror}). Choose another path.") from None
    foreign = [name for name in held if name not in (DESCRIPTION, TENSORS, REPORT)]
    if foreign or (held and not is_model(target)):
        raise UsageError(
            f"{directory} holds {(foreign or held)[0]!r}, which is no part of a model, and is not replaced."
            " Choose another path, or remove it."
        )


def is_model(folder: Path) -> bool:
    try:
        return bool(read_json(folder / DESCRIPTION)["format"] == FORMAT)
    except (ValueError, KeyError, TypeError):
        return False


@undisturbed()
def read_model(directory: str | Path, weights: str | Path | None = None) -> Model:
    """The model of a folder that `write_model` wrote.

    weights: a safetensors file that is read in place of the folder's own, of the same names, shapes and dtype, as one
    that was pruned: what was taken out is 0 in it. What the folder says of verification is not true of these.
    Errors: UsageError if anything is missing, damaged, contradictory, of a newer version, or a pickle.
    """
    folder = Path(directory)
    try:
        said, description = read_description(folder)
        tensors = read_tensors(folder, description) if weights is None else read_weights(Path(weights), description)
    except OSError as error:
        raise UsageError(f"{folder} cannot be read ({error.strerror or error}). Check the path.") from None
    return model_of(said, description, tensors, folder / DESCRIPTION)


def read_description(folder: Path) -> tuple[dict[str, Any], Description]:
    """The JSON, and what it says: of a version that we know, and in itself right."""
    place = folder / DESCRIPTION
    if not folder.exists() and str(folder) in TASKS:
        it = Call(
            f"write_model(compile_task(make_task({str(folder)!r})), folder)", f"compile {folder}", WRITE.arguments
        )
        raise UsageError(
            f"{folder} is a task, and there is no model folder of this name.", Wording("Write its model: {it}.", it=it)
        )
    if not folder.exists():
        raise UsageError(
            f"there is no model folder {folder}.", Wording("Check the path, or write one: {it}.", it=WRITE)
        )
    if not os.path.lexists(place):
        raise UsageError(
            f"{folder} is no model folder: it has no {DESCRIPTION}.", Wording("Write one: {it}.", it=WRITE)
        )
    try:
        said = read_json(place)
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise UsageError(
                f"{place} does not describe a model of this library.", Wording("Write one: {it}.", it=WRITE)
            )
        version = said.get("version")
        if isinstance(version, int) and version > VERSION:
            raise UsageError(
                f"{folder} was written by logdepth {said.get('library')}, in format version {version};"
                f" logdepth {__version__} reads format version {VERSION}. Upgrade logdepth."
            )
        description = conform(said, Description)
    except Departure as departure:
        raise damage(place, str(departure)) from None
    if description.sha256.description != checksum(said):
        raise damage(place, "its checksum is not the one of what it says")
    return said, description


def read_tensors(folder: Path, description: Description) -> dict[str, Tensor]:
    """The tensors: exactly those that the description announces, finite, and unchanged since they were written."""
    place = folder / TENSORS
    if not os.path.lexists(place):
        pickles = sorted(entry.name for entry in folder.iterdir() if entry.suffix in PICKLES)
        if pickles:
            raise refusal_of_pickles(folder / pickles[0])
        raise UsageError(f"{folder} has no {TENSORS}. Copy the whole folder, or compile the model again.")
    try:
        return read_announced(place, description, description.sha256.tensors)
    except Departure as departure:
        raise damage(place, str(departure)) from None


def read_weights(place: Path, description: Description) -> dict[str, Tensor]:
    """Tensors in a file of the user's: those that the description announces, finite."""
    try:
        return read_announced(place, description, digest=None)
    except Departure as departure:
        raise UsageError(
            f"{place} does not hold weights of this model: {departure}. Give tensors of the names, shapes and type of"
            f" its {TENSORS}; what is pruned is 0."
        ) from None


def read_announced(place: Path, description: Description, digest: str | None) -> dict[str, Tensor]:
    """Errors: Departure, or UsageError for a pickle."""
    shapes = shapes_of(description)
    most = sum(map(prod, shapes.values())) * ITEMSIZES[description.dtype] + HEADER[0] + HEADER[1] * len(shapes)
    with open_file(place) as stream:
        start = stream.read(9)
        size = stream.seek(0, os.SEEK_END)
        if size > most:  # before all of it is read
            raise Departure(f"it holds {size:,} bytes, and {DESCRIPTION} announces {most:,} at most")
        stream.seek(0)
        found_digest = hashlib.file_digest(stream, "sha256").hexdigest()
    # A safetensors file is an 8-byte length, then '{'. A pickle begins with 0x80, torch's, which is a zip, with "PK".
    if start[8:] != b"{" and start.startswith((b"\x80", b"PK")):
        raise refusal_of_pickles(place)
    if digest not in (None, found_digest):
        raise Departure(f"its checksum is not the one in {DESCRIPTION}")
    expected = {name: (shape, DTYPES[description.dtype]) for name, shape in shapes.items()}
    try:
        with safe_open(place, framework="pt") as file:
            parts = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118  # no mapping
            found = {name: (tuple(part.get_shape()), part.get_dtype()) for name, part in parts.items()}
            for name in sorted(found.keys() | expected.keys()):
                if found.get(name) != expected.get(name):
                    held, wanted = in_words(found.get(name)), in_words(expected.get(name))
                    raise Departure(f"tensor {name!r} is {held}, and {DESCRIPTION} has it {wanted}")
            tensors = {name: file.get_tensor(name) for name in found}
    except SafetensorError as error:
        raise Departure(f"it is not a safetensors file ({first_line(error)})") from None
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise Departure(f"tensor {name!r} holds what is no finite number")
    return tensors


def in_words(kind: tuple[tuple[int, ...], str] | None) -> str:
    return "absent" if kind is None else f"{kind[1]} of shape {list(kind[0])}"


def refusal_of_pickles(place: Path) -> UsageError:
    return UsageError(f"{place} is a pickle, which can execute code, and is never loaded. Compile the model again.")


def damage(place: Path, what: str | UsageError) -> UsageError:
    return UsageError(f"{place} is damaged:", UsageError(what), "Copy the folder again, or compile the model again.")


def model_of(said: Mapping[str, Any], description: Description, tensors: Mapping[str, Tensor], place: Path) -> Model:
    """The model, if description, tensors and task agree."""
    origin: Task[Any] | Program | str = description.name
    if description.task is not None:
        try:
            origin = make_task(description.task, description.parameters)
        except UsageError as error:
            raise UsageError(f"{place}:", error) from None
    elif description.version > 1:
        try:
            origin = program_from_json(said["program"])
        except UsageError as error:
            raise damage(place, error) from None
    model = Model(
        origin, transformer_of(description, tensors), description.dtype, description.claimed, said["verified"]
    )
    again = describe(model) | {key: said[key] for key in ("version", "library", "sha256")}
    differing = [key for key in said if said[key] != again[key]]
    if differing:
        raise damage(place, f"{differing[0]!r} is not what its task and its weights have")
    if isinstance(origin, Task) and not serves(model.transformer, origin):
        raise damage(place, "its columns are not those of its task")
    if isinstance(origin, Program) and not carries_out(model.transformer, origin):
        raise damage(place, "its rows and columns are not those of its program")
    return model


def serves(transformer: Transformer, task: Task[Any]) -> bool:
    """Whether it takes every table of the task and gives the columns of its answer, with all their values."""
    takes_all = all(len(transformer.embeddings.get(name, ())) > high for name, high in task.inputs.items())
    gives_all = all(transformer.outputs.get(name, -1) >= high for name, high in task.outputs.items())
    same = transformer.outputs.keys() == task.outputs.keys()
    rows = transformer.rows
    enough = rows >= task.rows if transformer.formulas is None else rows == task.rows  # formulas end nowhere
    return takes_all and gives_all and same and enough


def carries_out(transformer: Transformer, program: Program) -> bool:
    """Whether it has the rows, the columns and the mask of the program that it was compiled from."""
    inputs = {column.name: column.high for column in program.inputs}
    outputs = {name: column.high for name, column in program.outputs.items()}
    taken = {name: len(table) - 1 for name, table in transformer.embeddings.items()}
    return (taken, dict(transformer.outputs), transformer.rows, transformer.causal) == (
        inputs,
        outputs,
        program.rows,
        program.causal,
    )


def tensors_of(transformer: Transformer) -> dict[str, Tensor]:
    """Every weight under its name in the file."""
    tensors = {"positions": transformer.positions}
    tensors |= {f"embeddings.{name}": table for name, table in transformer.embeddings.items()}
    tensors |= {f"readouts.{name}": vector for name, vector in transformer.readouts.items()}
    for i, block in enumerate(transformer.blocks):
        if block.attention is not None:
            tensors |= {f"blocks.{i}.attention.{name}": getattr(block.attention, name) for name in ATTENTION}
        if block.mlp is not None:
            tensors |= {f"blocks.{i}.mlp.{name}": getattr(block.mlp, name) for name in MLP}
    return tensors


def transformer_of(description: Description, tensors: Mapping[str, Tensor]) -> Transformer:
    """The transformer, of tensors that are those of the description."""

    def block(i: int, held: BlockForm) -> Block:
        attention = mlp = None
        if held.heads:
            matrices = {name: tensors[f"blocks.{i}.attention.{name}"] for name in ATTENTION}
            attention = Attention(**matrices, labels=tuple(held.heads), statements=tuple(held.head_statements))
        if held.hidden:
            matrices = {name: tensors[f"blocks.{i}.mlp.{name}"] for name in MLP}
            mlp = Mlp(**matrices, statements=tuple(held.relu_statements))
        return Block(attention, mlp, tuple(held.residual))

    return Transformer(
        embeddings={name: tensors[f"embeddings.{name}"] for name in description.inputs},
        positions=tensors["positions"],
        blocks=tuple(block(i, held) for i, held in enumerate(description.blocks)),
        order=tuple(description.order),
        readouts={name: tensors[f"readouts.{name}"] for name in description.outputs},
        outputs=description.outputs,
        causal=description.causal,
        residual=tuple(description.residual),
        formulas=formulas_in(description),
    )
