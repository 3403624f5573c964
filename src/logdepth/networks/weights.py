"""State dicts in files: read without executing code, whatever device they were saved from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import prod
from pathlib import Path
from typing import Any

import torch
from msgspec import Struct
from safetensors import SafetensorError, safe_open
from torch import Tensor

from logdepth.networks.pickles import Declared, Foreign, OtherTensor, Unreadable, read_saved
from logdepth.numerics.documents import Departure, conform, read_json, show
from logdepth.numerics.errors import UsageError, first_line
from logdepth.numerics.files import open_file

WEIGHTS = (".safetensors", ".pt", ".pth", ".bin")
INDEX = ".index.json"  # of weights in several files
WHOLE = ("model.safetensors", f"model.safetensors{INDEX}", "pytorch_model.bin", f"pytorch_model.bin{INDEX}")
"""What Hugging Face calls weights, in the order in which it looks for them."""
PART = re.compile(r"-\d+-of-\d+\.\w+$")
"""How the names of such files end."""
OF_TRAINING = re.compile(r"(optimizer|scheduler|scaler|rng_state\w*|training_args|state)\.(pt|pth|bin|safetensors)")
"""What stands beside weights and holds none, or holds them a second time."""

INSIDE = ("model_state_dict", "state_dict", "model", "module", "network", "net")
"""Names under which a training state holds its state dict."""
SHARED = 2**30  # bytes that tensors which share their numbers may take when they no longer do

FLOATS = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
OTHERS = ("I64", "I32", "I16", "I8", "U8", "BOOL")  # such as masks: read, though no weights


class ShardIndex(Struct, frozen=True):
    """`model.safetensors.index.json` and its like: which file has which weight."""

    weight_map: dict[str, str]


def find_weights(folder: Path) -> Path:
    """The weights of a folder: by Hugging Face's names, else of the latest step, else in a lone file.

    Errors: UsageError for none, and for several of which none comes first.
    """
    held = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith((*WEIGHTS, INDEX)))
    parts = {name for name in held if PART.search(name)}
    alone = [name for name in held if name not in parts and not OF_TRAINING.fullmatch(name)]
    steps = [(int(found[1]), name) for name in alone if (found := re.search(r"_(\d+)\.\w+$", name))]
    for candidates in (
        [name for name in WHOLE if name in alone][:1],
        [name for step, name in steps if step == max(steps)[0]],
        alone,
        held,
    ):
        if len(candidates) == 1:
            return folder / candidates[0]
    if not held:
        raise UsageError(f"{folder} has no weights, a file that ends in {', '.join(WEIGHTS)}.")
    if not alone and parts:
        raise UsageError(f"{folder} has weights in {len(parts)} parts and no {WHOLE[1]}. Copy the whole folder.")
    raise UsageError(f"{folder} has several files of weights: {', '.join(alone or held)}. Name one.")


def load_weights(path: str | Path) -> dict[str, Tensor]:
    """The state dict in a file: safetensors, what torch.save wrote, or the index of several such files.

    Loading never executes code. A training state that holds one state dict, under a name of INSIDE, stands for that.
    Tensors of torch.save share their numbers as they did when they were saved.

    Errors: UsageError for a file that is missing, damaged, or no state dict, and for a tensor of a kind that is not
    read: sparse, quantised, on the meta device, complex, or of 8 bits or fewer.
    """
    path = Path(path)
    if path.name.endswith(INDEX):
        return load_parts(path)
    with open_file(path) as stream:
        start = stream.read(9)
        stream.seek(0)
        if start[8:] == b"{":  # of a safetensors file, after the length of its head, which may be any bytes
            return load_safetensors(path)
        if start.startswith((b"PK", b"\x80")):
            try:
                saved = read_saved(stream)
                declared = state_dict_in(saved.content, path)
                check_shared(declared.values(), stream.seek(0, 2), path)
                return {name: saved.tensor(tensor) for name, tensor in declared.items()}
            except Unreadable as wrong:
                raise unreadable(path, str(wrong)) from None
    raise unreadable(path, "it is neither a safetensors file nor one of torch.save")


def load_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        with safe_open(path, framework="pt") as file:
            kinds = {name: file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118  # no mapping
            for name, kind in kinds.items():
                if kind not in (*FLOATS, *OTHERS):
                    raise of_a_kind(path, name, kind)
            return {name: file.get_tensor(name) for name in kinds}
    except SafetensorError as error:
        raise unreadable(path, f"it is no whole safetensors file ({first_line(error)})") from None


def load_parts(path: Path) -> dict[str, Tensor]:
    """Weights in several files beside their index. Errors: UsageError if they do not hold exactly what it says."""
    try:
        index = conform(read_json(path), ShardIndex)
    except Departure as departure:
        raise unreadable(path, str(departure)) from None
    state: dict[str, Tensor] = {}
    for name in sorted(set(index.weight_map.values())):
        if Path(name).name != name or not name.endswith(WEIGHTS):
            raise unreadable(path, f"it names {name[:80]!r}, which is no file of weights beside it")
        part = load_weights(path.with_name(name))
        expected = {weight for weight, file in index.weight_map.items() if file == name}
        for weight in sorted(part.keys() ^ expected):
            which = "has no" if weight in expected else "also has"
            raise UsageError(f"{path.with_name(name)} {which} weight {weight!r}, unlike {path.name}. Copy both again.")
        state |= part
    return state


def state_dict_in(content: Any, path: Path, places: tuple[str, ...] = ()) -> dict[str, Declared]:
    """The state dict that a pickle holds, itself or under names of INSIDE. Other values there are ignored.

    Errors: UsageError for none, for several, and for a tensor that is not read.
    """
    where = f"{path}{f', under {places[-1]!r},' if places else ''}"
    if isinstance(content, Foreign):
        raise UsageError(
            f"{where} holds a whole object of {content.called}, which only code could read. Save its state_dict()."
        )
    if not isinstance(content, dict):
        raise UsageError(f"{where} holds no state dict, a dict from names to tensors. Save model.state_dict().")
    tensors = {name: value for name, value in content.items() if isinstance(value, Declared | OtherTensor)}
    inside = [name for name in INSIDE if isinstance(content.get(name), dict | Foreign)]
    weights = [name for name in tensors if "." in str(name)]  # others, such as the state of a generator, are none
    if len(inside) == 1 and not weights and len(places) < len(INSIDE):
        return state_dict_in(content[inside[0]], path, (*places, inside[0]))
    if inside or not tensors:
        names = ", ".join(show(name) for name in [*content][:5]) or "nothing"
        told = f"several: {', '.join(map(repr, inside + weights[:1]))}" if inside else f"no state dict, but {names}"
        raise UsageError(f"{where} holds {told}. Save model.state_dict() alone.")
    for name, value in tensors.items():
        if not isinstance(name, str):
            raise UsageError(f"{where} names a tensor {show(name)}, which is no text. Save model.state_dict().")
        if isinstance(value, OtherTensor):
            raise of_a_kind(path, name, value.kind)
    return {name: value for name, value in tensors.items() if isinstance(value, Declared)}


def check_shared(tensors: Iterable[Declared], size: int, path: Path) -> None:
    """UsageError for tensors that show the same numbers so often that copies of them would fill the memory."""
    wanted = sum(prod(tensor.shape) * tensor.storage.dtype.itemsize for tensor in tensors)
    if wanted > max(SHARED, 2 * size):
        raise unreadable(path, f"its tensors show the numbers of {size:,} bytes as {wanted:,} bytes")


def check_numbers(name: str, weight: Tensor) -> None:
    """UsageError for a weight, from a file or not, that is no dense tensor of finite numbers."""
    if weight.layout != torch.strided or weight.is_quantized or weight.is_meta or weight.dtype not in FLOATS.values():
        kind = "a meta" if weight.is_meta else f"a {weight.layout}".replace("torch.", "")
        raise UsageError(
            f"weight {name!r} is {kind} tensor of {weight.dtype}; read are dense ones of"
            f" {', '.join(map(str, FLOATS.values()))}. Save it as one of them."
        )
    if not weight.isfinite().all():
        raise UsageError(f"weight {name!r} holds what is no finite number. Take an earlier checkpoint.")


def prefix_of(state_dict: Mapping[str, Tensor]) -> str:
    """What stands before the names of the weights of a `GPT2Model`. Errors: UsageError for none or several of them."""
    prefixes = [name.removesuffix("wte.weight") for name in state_dict if name.endswith("wte.weight")]
    if len(prefixes) != 1:
        lora = f" {MERGE}" if any("lora_" in name for name in state_dict) else ""
        raise UsageError(
            f"the weights of a GPT-2 have one 'wte.weight', its token embedding; these have {len(prefixes)}.{lora}"
        )
    return prefixes[0]


MERGE = "Merge the LoRA into its model first."


def unreadable(path: Path, wrong: str) -> UsageError:
    return UsageError(f"{path} holds no weights that can be read: {wrong}. Copy it again, or save them again.")


def of_a_kind(path: Path, name: str, kind: str) -> UsageError:
    return UsageError(
        f"{path}: tensor {name[:80]!r} is {kind}; read are dense tensors of {', '.join(map(str, FLOATS.values()))}."
        " Save it as one of them."
    )
