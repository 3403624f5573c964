"""Models that answer questions: trained checkpoints and compiled transformers, each with its sampler."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from logdepth.artefacts import DESCRIPTION, TENSORS, Model, read_model
from logdepth.learn.devices import device_called
from logdepth.learn.plans.build import Network, network_of
from logdepth.learn.samplers import KHop, RandomTokens, Sampler
from logdepth.learn.trained.settings import Settings
from logdepth.learn.training.run_folder import WEIGHTS as RUN_WEIGHTS
from logdepth.learn.training.run_folder import about, fits, going_on, is_run, read_plan
from logdepth.networks import (
    AS_WE_READ_IT,
    PART,
    Gpt2,
    Gpt2Shape,
    check_settings,
    find_weights,
    gpt2_of,
    load_weights,
    prefix_of,
    shape_of,
)
from logdepth.numerics.documents import show
from logdepth.numerics.errors import UsageError, Wording
from logdepth.tasks import FIND

CONFIGS = ("config.yaml", "config.yml", "config.json")
PUBLISHED_LENGTH = 100  # of the sequences of arXiv 2402.09268

MANY_TOKENS = 64
"""Of a sequence of random tokens, where no configuration says its length."""

READOUTS = ("GPT2Model", "GPT2LMHeadModel")
"""Classes of Hugging Face: the logits of one are its last hidden state, the other has an `lm_head`."""


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

    @property
    def readout(self) -> str:
        """Where its logits come from, in words."""
        return "its own"

    @property
    def file(self) -> Path:
        """The file of its weights, or the index of several files."""
        return self.path

    @abstractmethod
    def answers(self, inputs: Tensor, dropout: bool = False) -> Tensor:
        """The token id of the answer at every token, (B, T) for ids (B, T); with dropout as in training, or without.

        Both are on the CPU; the network may compute on another device.
        """


@dataclass(frozen=True, eq=False)
class Trained(Answering):
    """network: ids (B, T) to logits, of a kind. samples: sequences it was trained on; None: fresh.
    weights: the file that held it, if it was read.

    Where the sampler's sequences have thoughts, the network thinks them itself.
    """

    network: Network
    kind: str = "gpt2"
    samples: int | None = None
    weights: Path | None = None

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
    def readout(self) -> str:
        return "the last hidden state" if self.network.shape.classes is None else "a linear head"

    @property
    def file(self) -> Path:
        return self.path if self.weights is None else self.weights

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
class Compiled(Answering):
    """A compiled model, asked by the same tokens as a trained network. It knows no dropout."""

    model: Model

    @property
    def architecture(self) -> str:
        return "compiled"

    @property
    def sizes(self) -> dict[str, int]:
        size = self.model.measured
        return {"depth": size.layers, "heads": size.heads, "width": size.width}


@dataclass(frozen=True, eq=False)
class CompiledHops(Compiled):
    """A compiled k-hop model, asked in the layout of trained ones; its k is the only one."""

    sampler: KHop

    @property
    def readout(self) -> str:
        return "an output column"

    @property
    def file(self) -> Path:
        return self.path / TENSORS

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
    Errors: UsageError for what is missing, damaged or contradictory, for a compiled model of a task other than k-hop,
    and for a device that is not there.
    """
    place, model = device_called(device), read(Path(path))
    if isinstance(model, Trained):
        model.network.to(place)
    return model


def read(path: Path) -> Answering:
    """The same on the CPU."""
    if not os.path.exists(path):
        raise UsageError(f"there is no checkpoint {path}. Check the path.")
    folder = path if path.is_dir() else path.parent
    if path.is_dir() and (folder / DESCRIPTION).exists():
        return read_compiled(folder)
    if is_run(folder):
        return read_run(path, folder)
    if PART.search(path.name) and not path.is_dir():
        raise UsageError(f"{path} is one part of weights that are in several files. Give their folder, {folder}.")
    configs = [folder / name for name in CONFIGS if os.path.lexists(folder / name)]
    if not configs:
        refuse_folder_of_runs(path)
        beside = "" if path.is_dir() else f"{path} is read as a checkpoint, and "
        raise UsageError(
            f"{beside}{folder} has no {' or '.join(CONFIGS)}, which says the heads and the task of a checkpoint."
        )
    return read_gpt2(path, find_weights(path) if path.is_dir() else path, Settings(configs))


def refuse_folder_of_runs(path: Path) -> None:
    """UsageError for a folder of several runs, as a sweep leaves it."""
    runs = sorted(place.name for place in path.iterdir() if is_run(place)) if path.is_dir() else []
    if runs:
        raise UsageError(f"{path} holds several runs: {', '.join(runs)}. Choose one, as in {path / runs[0]}")


def read_run(path: Path, folder: Path) -> Trained:
    """The network of a run of `logdepth train`, at its last checkpoint."""
    plan = read_plan(folder)
    place = folder / RUN_WEIGHTS if path.is_dir() else path
    if not os.path.lexists(place):
        raise UsageError(f"{folder} has no checkpoint yet.", Wording("Go on with it: {again}.", again=going_on(folder)))
    held = load_weights(place)
    with torch.device("meta"):  # shapes only
        fits(place, held, network_of(plan).state_dict())
    network = network_of(plan)
    network.load_state_dict(held)
    return Trained(path, plan.sampler, network.eval(), plan.recipe.network, weights=place)


def read_compiled(folder: Path) -> CompiledHops:
    model = read_model(folder)
    task = model.task
    k = task.pointer.times if task.pointer is not None and task.pointer.name == FIND else None
    if k is None:
        raise UsageError(
            f"{folder} is a model of {task.name}; only those of k-hop and induction-heads can be asked k-hop."
        )
    letters = len(task.input_letters["token"])
    if letters < 2 or task.n < 1:
        raise UsageError(f"{folder} has an alphabet of one letter; k-hop is asked with at least two.")
    n = min(task.n + 2, PUBLISHED_LENGTH)
    sampler = KHop(n=n, most_hops=k, fewest_hops=k, letters=letters)
    return CompiledHops(folder, sampler, model)


def read_gpt2(path: Path, weights: Path, settings: Settings) -> Trained:
    """A GPT-2 with the task that its configurations say. Errors: UsageError where they and the weights disagree, and
    for another kind of network."""
    if (kind := settings.said("kind of model")) not in (None, "gpt2"):
        raise UsageError(f"{settings.name} says model_type: {show(kind)}; checkpoints of GPT-2 alone are read.")
    said = {name: value for name in AS_WE_READ_IT if (value := settings.value(name, name)) is not None}
    with about(settings.name):
        check_settings(said)
    heads, dropout = settings.number("heads"), settings.fraction("dropout", 0.1)
    epsilon = settings.fraction("epsilon", 1e-5)
    held = load_weights(weights)
    with about(str(weights)):
        name = f"{prefix_of(held)}wte.weight"
    state = with_readout(held, name, settings)
    with about(f"{settings.name} with {weights.name}"):
        shape = shape_of(state, heads, dropout, epsilon)
    with about(str(weights)):
        network = gpt2_of(state, shape)
    for name in ("depth", "width", "vocabulary", "positions"):
        found = getattr(shape, name)
        if settings.number(name, found) != found:
            number = settings.number(name)
            raise UsageError(f"{settings.name} says {name} {number}, and the weights in {weights.name} have {found}.")
    sampler = sampler_of(settings, shape, weights)
    samples = settings.number("samples", -1)
    return Trained(path, sampler, network, samples=None if samples < 0 else samples, weights=weights)


def sampler_of(settings: Settings, shape: Gpt2Shape, weights: Path) -> Sampler:
    """k-hop as the configurations say it; random tokens where they say nothing of a task.

    Errors: UsageError for half a task, and for sequences that the weights do not take.
    """
    kind: type[Sampler] = KHop
    most_tokens, most_ids = shape.positions, min(shape.vocabulary, shape.classes or shape.width)
    if settings.said("most hops") is None and settings.said("letters") is None:
        asked = {"n": settings.number("length", min(MANY_TOKENS, most_tokens)), "ids": shape.vocabulary}
        most_ids, kind = shape.vocabulary, RandomTokens
    else:
        asked = {
            "n": settings.number("length", shape.positions),
            "most_hops": settings.number("most hops"),
            "fewest_hops": settings.number("fewest hops", 0),
            "letters": settings.number("letters"),
        }
    with about(settings.name):
        sampler = kind.from_parameters(asked)
    if sampler.length > most_tokens or sampler.vocabulary > most_ids:
        raise UsageError(
            f"{settings.name} says sequences of {sampler.length} tokens with {sampler.vocabulary} ids; the weights in"
            f" {weights.name} take {most_tokens} tokens with {most_ids} ids."
        )
    return sampler


def with_readout(state: Mapping[str, Tensor], embedding: str, settings: Settings) -> Mapping[str, Tensor]:
    """The weights with their `lm_head`, if the configuration says that there is one and that the embedding is it.

    embedding: the name of the token embedding among them.

    Logits come from an `lm_head` or a `head` among the weights. Without one they are the last hidden state, unless the
    configuration is of a GPT2LMHeadModel, whose head is its token embedding where nothing else is said.
    Errors: UsageError for other classes, and for a head that the configuration denies or that is missing.
    """
    classes = settings.said("classes of the model")
    if classes is not None and not (isinstance(classes, list) and len(classes) == 1 and classes[0] in READOUTS):
        raise UsageError(
            f"{settings.name} says architectures: {json.dumps(classes)[:80]}, which has logits of its own; read are"
            f" those of {' and '.join(READOUTS)}. Save one of them."
        )
    tied = settings.said("tied embeddings")
    if tied is not None and not isinstance(tied, bool):
        raise UsageError(f"{settings.name} says tie_word_embeddings: {show(tied)}; it must be true or false.")
    heads = [key for key in state if key.endswith("lm_head.weight")]
    if classes == ["GPT2Model"]:
        if heads:
            raise UsageError(
                f"{settings.name} says architectures: GPT2Model, and the weights have {heads[0]!r}. Say"
                " GPT2LMHeadModel, or save them without it."
            )
        return state
    if heads and tied is None:
        tied = classes is not None
    if tied and heads and not torch.equal(state[heads[0]], state[embedding]):
        raise UsageError(
            f"{settings.name} says that the embeddings are tied, and {heads[0]!r} is not {embedding!r}. Say"
            " tie_word_embeddings: false if the head is one of its own."
        )
    if classes is None or heads:
        return state
    if tied is False:
        raise UsageError(f"{settings.name} says tie_word_embeddings: false, and there is no lm_head.weight.")
    return {**state, "lm_head.weight": state[embedding]}
