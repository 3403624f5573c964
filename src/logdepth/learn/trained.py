"""Models that can be asked: trained checkpoints and compiled transformers, with the sampler that asks them."""

from __future__ import annotations

import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from torch import Tensor
from torch.nn.functional import pad

from logdepth.learn.build import Network, network_of
from logdepth.learn.devices import device_called
from logdepth.learn.run_folder import WEIGHTS as RUN_WEIGHTS
from logdepth.learn.run_folder import fits, is_run, read_plan
from logdepth.learn.samplers import KHop, Sampler
from logdepth.models import Model, read_model
from logdepth.models.folder import DESCRIPTION
from logdepth.networks import Gpt2, gpt2_of, load_weights, shape_of
from logdepth.networks.gpt2 import check_settings
from logdepth.numerics.errors import UsageError
from logdepth.tasks.files import read_text
from logdepth.tasks.token_sequences import TokenTask

CONFIGS = ("config.yaml", "config.yml", "config.json")
WEIGHTS = (".safetensors", ".pt", ".pth", ".bin")
PUBLISHED_LENGTH = 100  # of the sequences of arXiv 2402.09268

NAMES = {
    "heads": ("headcount", "n_head", "num_heads"),
    "depth": ("depth", "n_layer", "num_layers"),
    "width": ("dim_embedding", "n_embd", "width"),
    "vocabulary": ("vocab_size", "vocabulary"),
    "dropout": ("dropout", "resid_pdrop"),
    "epsilon": ("layer_norm_epsilon",),
    "length": ("seq_len",),
    "letters": ("char_tokens",),
    "most hops": ("max_hops",),
    "fewest hops": ("min_hops",),
    "samples": ("samples",),
}
"""What a configuration says, and the names that it may have there, on whatever level."""


@dataclass(frozen=True, eq=False)
class Answering(ABC):
    """A model that gives a token at every token, and the sampler that asks it. `path` is where it was read."""

    path: Path
    sampler: Sampler

    @property
    def name(self) -> str:
        """That of its folder."""
        path = self.path.resolve()
        return path.name if path.is_dir() else f"{path.parent.name}/{path.name}"

    @property
    @abstractmethod
    def architecture(self) -> str:
        """What kind of network it is, in a word."""

    @property
    @abstractmethod
    def sizes(self) -> dict[str, int]:
        """Depth and width; heads, if it has some; samples, the sequences it was trained on, if they were limited."""

    @abstractmethod
    def answers(self, inputs: Tensor, dropout: bool = False) -> Tensor:
        """The token id of the answer at every token, (B, T) for ids (B, T); with dropout as in training, or without.

        Both are on the CPU, wherever the network computes.
        """


@dataclass(frozen=True, eq=False)
class Trained(Answering):
    """network: ids (B, T) to logits, of a kind. samples: sequences it was trained on; None: fresh.

    Where the sampler's sequences have thoughts, the network thinks them itself.
    """

    network: Network
    kind: str = "gpt2"
    samples: int | None = None

    @property
    def architecture(self) -> str:
        return self.kind

    @property
    def sizes(self) -> dict[str, int]:
        shape = self.network.shape
        sizes = {"depth": shape.depth, "width": shape.width}
        if isinstance(self.network, Gpt2):
            sizes["heads"] = shape.heads
        return sizes if self.samples is None else sizes | {"samples": self.samples}

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return next(self.network.parameters()).device

    def answers(self, inputs: Tensor, dropout: bool = False) -> Tensor:
        self.network.train(dropout)
        inputs = inputs.to(self.device)
        for place in self.sampler.thoughts:
            thought = self.network(inputs[:, :place])[:, -1:].argmax(-1)
            inputs = torch.cat([inputs[:, :place], thought, inputs[:, place + 1 :]], dim=1)
        answers: Tensor = self.network(inputs).argmax(-1)
        self.network.eval()
        return answers.cpu()


@dataclass(frozen=True, eq=False)
class CompiledHops(Answering):
    """A compiled k-hop model, asked in the layout of trained ones; its k is the only one. It knows no dropout."""

    sampler: KHop
    model: Model

    @property
    def architecture(self) -> str:
        return "compiled"

    @property
    def sizes(self) -> dict[str, int]:
        size = self.model.measured
        return {"depth": size.layers, "heads": size.heads, "width": size.width}

    def answers(self, inputs: Tensor, dropout: bool = False) -> Tensor:
        return self.ids(self.model.run(self.columns(inputs))["answer"])

    def columns(self, inputs: Tensor) -> dict[str, np.ndarray]:
        """The table (B, T - 1) that a compiled model takes: it calls the first letter 1."""
        return {"token": (inputs[:, 1:] - len(self.sampler.groups) + 1).numpy()}

    def ids(self, answers: np.ndarray) -> Tensor:
        """Its answers (B, T - 1), of which 0 is none, as token ids (B, T)."""
        first, letters = len(self.sampler.groups), torch.as_tensor(answers)
        none = first + self.sampler.letters
        return pad(torch.where(letters > 0, letters + first - 1, none), (1, 0), value=none + 1)


def in_words(architecture: str, sizes: Mapping[str, int]) -> str:
    """`gpt2, 4 layers, 4 heads, width 128`, and how many sequences it saw if that was limited."""
    words = [architecture]
    words += [
        f"{sizes[of]} {what}{'s' * (sizes[of] > 1)}"
        for of, what in (("depth", "layer"), ("heads", "head"))
        if of in sizes
    ]
    words += [f"width {sizes['width']}"]
    words += [f"trained on {sizes['samples']:,} sequences"] if "samples" in sizes else []
    return ", ".join(words)


def read_answering(path: str | Path, device: str = "cpu") -> Answering:
    """The model in a folder or file: a compiled model's folder, or GPT-2 weights with their configuration beside them.

    device: where a trained network computes, as of `device_called`; a compiled model computes on the CPU.
    Errors: UsageError for what is missing, damaged or contradictory, for a task other than k-hop, and for a device that
    is not there.
    """
    place, model = device_called(device), read(Path(path))
    if isinstance(model, Trained):
        model.network.to(place)
    return model


def read(path: Path) -> Answering:
    """The same on the CPU."""
    if not path.exists():
        raise UsageError(f"there is no checkpoint {path}. Check the path.")
    folder = path if path.is_dir() else path.parent
    if path.is_dir() and (folder / DESCRIPTION).exists():
        return read_compiled(folder)
    if is_run(folder):
        return read_run(path, folder)
    configs = [folder / name for name in CONFIGS if (folder / name).is_file()]
    if not configs:
        raise UsageError(
            f"{folder} has no {' or '.join(CONFIGS)}: without it nobody knows the heads and the task of a checkpoint."
        )
    return read_gpt2(path, weights_in(path) if path.is_dir() else path, configs[0])


def read_run(path: Path, folder: Path) -> Trained:
    """The network of a run of `logdepth train`, at its last checkpoint."""
    plan = read_plan(folder)
    place = folder / RUN_WEIGHTS if path.is_dir() else path
    if not place.exists():
        raise UsageError(f"{folder} has no checkpoint yet. Go on with it: logdepth train --resume {folder}.")
    network, held = network_of(plan), load_weights(place)
    fits(place, held, network.state_dict())
    network.load_state_dict(held)
    return Trained(path, plan.sampler, network.eval(), plan.recipe.network)


def read_compiled(folder: Path) -> CompiledHops:
    model = read_model(folder)
    task = model.task
    k = {"k-hop": task.parameters.get("k"), "induction-heads": 1}.get(task.name)
    if not isinstance(task, TokenTask) or k is None:
        raise UsageError(
            f"{folder} is a model of {task.name}; only those of k-hop and induction-heads can be asked k-hop."
        )
    if len(task.letters) < 2 or task.n < 1:
        raise UsageError(f"{folder} has an alphabet of one letter; k-hop is asked with at least two.")
    n = min(task.n + 2, PUBLISHED_LENGTH)
    return CompiledHops(folder, KHop(n=n, most_hops=k, fewest_hops=k, letters=len(task.letters)), model)


def weights_in(folder: Path) -> Path:
    """The file of weights: safetensors first, then the one of the latest step, then a lone one."""
    held = sorted(entry for entry in folder.iterdir() if entry.is_file() and entry.suffix in WEIGHTS)
    steps = [(int(found[1]), entry) for entry in held if (found := re.search(r"_(\d+)$", entry.stem))]
    for candidates in (
        [entry for entry in held if entry.name == "model.safetensors"],
        [entry for step, entry in steps if step == max(steps)[0]],
        [entry for entry in held if entry.name != "state.pt"],
        held,
    ):
        if len(candidates) == 1:
            return candidates[0]
    if not held:
        raise UsageError(f"{folder} has no weights, a file that ends in {', '.join(WEIGHTS)}.")
    raise UsageError(f"{folder} has several files of weights: {', '.join(entry.name for entry in held)}. Name one.")


def read_gpt2(path: Path, weights: Path, config: Path) -> Trained:
    settings = Settings(config)
    state = load_weights(weights)
    with naming(config):
        check_settings(settings.values)
    classes = settings.values.get("architectures")
    if classes not in (None, ["GPT2Model"]):
        raise UsageError(
            f"{config} is of {classes}, which has logits of its own; those of a GPT2Model are its last hidden state."
        )
    with naming(weights):
        shape = shape_of(
            state,
            heads=settings.number("heads"),
            dropout=settings.fraction("dropout", 0.1),
            epsilon=settings.fraction("epsilon", 1e-5),
        )
        network = gpt2_of(state, shape)
    for name, found in (("depth", shape.depth), ("width", shape.width), ("vocabulary", shape.vocabulary)):
        said = settings.number(name, found)
        if said != found:
            raise UsageError(f"{config} says {name} {said}, and the weights in {weights.name} have {found}.")
    with naming(config):
        sampler = KHop(
            n=settings.number("length", shape.positions),
            most_hops=settings.number("most hops"),
            fewest_hops=settings.number("fewest hops", 0),
            letters=settings.number("letters"),
        )
    most_tokens, most_ids = shape.positions, min(shape.vocabulary, shape.classes or shape.width)
    if sampler.length > most_tokens or sampler.vocabulary > most_ids:
        raise UsageError(
            f"{config} says sequences of {sampler.length} tokens with {sampler.vocabulary} ids; the weights in"
            f" {weights.name} take {most_tokens} tokens with {most_ids} ids."
        )
    samples = settings.number("samples", -1)
    return Trained(path, sampler, network, samples=None if samples < 0 else samples)


@contextmanager
def naming(place: Path) -> Iterator[None]:
    """Every UsageError says which file it is about."""
    try:
        yield
    except UsageError as error:
        raise error if place.name in str(error) else UsageError(f"{place}: {error}") from None


class Settings:
    """A configuration in YAML or JSON, as one flat dict of names that differ.

    Errors: UsageError if it is no mapping, or if the file says two things of one name that we ask for.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        try:  # YAML 1.1 would read the 1e-05 of JSON as text
            content = (json.loads if place.suffix == ".json" else yaml.safe_load)(read_text(place))
        except (json.JSONDecodeError, yaml.YAMLError, RecursionError) as error:
            where = getattr(error, "problem_mark", None)
            number = where.line + 1 if where else getattr(error, "lineno", None)
            line = f" in line {number}" if number else ""
            raise UsageError(f"{place} is no configuration that can be read{line}. Give YAML or JSON.") from None
        if not isinstance(content, dict):
            raise UsageError(f"{place} is no configuration: it holds no names with values.")
        self.found: dict[str, list[Any]] = {}
        for name, value in flattened(content):
            if value not in self.found.setdefault(name, []):
                self.found[name].append(value)

    @property
    def values(self) -> dict[str, Any]:
        return {name: held[0] for name, held in self.found.items()}

    def said(self, what: str) -> Any:
        """The value, None if nothing is said."""
        held = [value for name in NAMES[what] for value in self.found.get(name, []) if value is not None]
        if any(value != held[0] for value in held):
            raise UsageError(f"{self.place} says several things of {what}: {', '.join(map(str, held))}.")
        return held[0] if held else None

    def number(self, what: str, otherwise: int | None = None) -> int:
        value = self.said(what)
        value = otherwise if value is None else value
        if value is None:
            raise UsageError(f"{self.place} does not say {what}. Add it as `{NAMES[what][0]}: NUMBER`.")
        if not isinstance(value, int) or isinstance(value, bool):
            raise UsageError(f"{what} in {self.place} must be a whole number; it is {value!r}.")
        return value

    def fraction(self, what: str, otherwise: float) -> float:
        value = self.said(what)
        value = otherwise if value is None else value
        try:
            number = math.nan if isinstance(value, bool) else float(value)  # YAML 1.1 calls 1e-05 a text
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise UsageError(f"{what} in {self.place} must be a number; it is {value!r}.")
        return number


def flattened(content: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Every name with a value that is no mapping, whatever level it stands on."""
    for name, value in content.items():
        if isinstance(value, dict):
            yield from flattened(value)
        else:
            yield str(name), value
