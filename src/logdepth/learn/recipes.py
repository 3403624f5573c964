"""Recipes: all that a training run is made of, checked, and the presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, ClassVar

from logdepth.learn.samplers import SAMPLERS, Sampler, make_sampler
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks.parameters import Parametrised, parameter

CHOICES = {
    "network": ("gpt2", "rnn", "lstm", "gru", "mamba", "performer", "longformer"),
    "readout": ("hidden", "linear"),
    "positions": ("random", "sinusoids"),
    "optimiser": ("adamw", "muon"),
    "precision": ("float32", "bfloat16"),
}


@dataclass(frozen=True)
class Recipe(Parametrised):
    """How a network is trained, whatever the task: its sizes, the optimiser, the schedule. Defaults are the published.

    Source of the defaults: arXiv 2402.09268 and github.com/chsanford/hop-induction-heads (AdamW's own are torch's).
    """

    name: ClassVar[str] = "train"

    task: str = parameter("k-hop", help=f"what is trained: {', '.join(SAMPLERS)}")
    network: str = parameter("gpt2", help=", ".join(CHOICES["network"]))
    depth: int = parameter(4, low=1, high=1000, help="layers")
    heads: int = parameter(4, low=1, high=1000, help="heads of a layer")
    width: int = parameter(128, low=1, high=2**16, help="width of the residual stream, or of the state")
    features: int = parameter(64, low=1, high=2**16, help="random features of a performer's head")
    window: int = parameter(16, low=1, high=2**16, help="tokens that a longformer's token reads")
    state: int = parameter(16, low=1, high=2**16, help="words of state of a mamba's channel")
    dropout: float = parameter(0.1, low=0.0, high=0.99, help="probability of dropout")
    vocabulary: int = parameter(0, low=0, high=2**20, help="token ids of the network; 0: as many as the task has")
    readout: str = parameter("hidden", help="hidden: the last hidden state is the logits; linear: a layer of its own")
    positions: str = parameter("random", help="how the table of positions starts: random, or sinusoids")
    optimiser: str = parameter("adamw", help="adamw, or muon for the matrices of the layers and adamw for the rest")
    lr: float = parameter(1e-4, low=0.0, high=100.0, help="peak learning rate of adamw")
    matrix_lr: float = parameter(0.0125, low=0.0, high=100.0, help="peak learning rate of muon")
    beta2: float = parameter(0.999, low=0.0, high=0.999999, help="decay of adamw's second moments")
    weight_decay: float = parameter(0.01, low=0.0, high=10.0, help="of adamw and muon")
    warmup: int = parameter(1000, low=0, high=10**9, help="steps of linear warm-up; then linear decay to 0")
    steps: int = parameter(100_000, low=1, high=10**9, help="training steps")
    batch: int = parameter(32, low=1, high=2**20, help="sequences of a step, all fresh")
    precision: str = parameter("float32", help="float32; bfloat16 for matrix products, the weights stay float32")
    compile: int = parameter(0, low=0, high=1, help="1: torch.compile, which needs a C++ compiler on a CPU")
    seed: int = parameter(0, low=0, high=2**32 - 1, help="of weights, batches and dropout")
    checkpoint_every: int = parameter(1000, low=1, high=10**9, help="steps between checkpoints")
    log_every: int = parameter(50, low=1, high=10**6, help="steps between rows of metrics")

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                raise UsageError(f"there is no {name} {value!r}. {did_you_mean(value, choices)}")
        if self.warmup >= self.steps:
            raise UsageError(f"{self.name}: warmup must be below steps {self.steps}; got {self.warmup}.")


@dataclass(frozen=True)
class Plan:
    """A recipe with its task: one training run. Errors: UsageError if the network cannot tell the task's tokens."""

    recipe: Recipe
    sampler: Sampler

    def __post_init__(self) -> None:
        recipe, needed = self.recipe, self.sampler.vocabulary
        if recipe.vocabulary and recipe.vocabulary < needed:
            raise UsageError(
                f"{self.sampler.name} has {needed} token ids; vocabulary is {recipe.vocabulary}. Raise it."
            )
        if recipe.readout == "hidden" and recipe.width < needed:
            raise UsageError(
                f"{self.sampler.name} has {needed} token ids, and a hidden state of width {recipe.width} is no logits"
                " for them. Raise --width, or take --readout linear."
            )
        if recipe.network in ("gpt2", "performer", "longformer") and recipe.width % recipe.heads:
            raise UsageError(f"width {recipe.width} is not a multiple of heads {recipe.heads}. Change one of them.")

    @property
    def settings(self) -> dict[str, Any]:
        """Name and value of everything, as `plan_of` takes it back."""
        return self.recipe.parameters | self.sampler.parameters

    @property
    def vocabulary(self) -> int:
        return max(self.sampler.vocabulary, self.recipe.vocabulary)


def plan_of(settings: Mapping[str, object]) -> Plan:
    """The plan of these settings of recipe and task, which share no names; numbers may come as text.

    Errors: UsageError for an unknown key or a bad value.
    """
    task = str(settings.get("task", Recipe.task))
    of_recipe, of_task = names_of_settings(task)
    for key in settings:
        if key not in of_recipe | of_task:
            remedy = did_you_mean(key, of_recipe | of_task)
            raise UsageError(f"training {task} has no setting {key!r}. {remedy}")
    recipe = Recipe.from_parameters({key: value for key, value in settings.items() if key in of_recipe})
    return Plan(recipe, make_sampler(task, {key: value for key, value in settings.items() if key in of_task}))


def names_of_settings(task: str) -> tuple[set[str], set[str]]:
    """Those of the recipe and those of the task. Errors: UsageError for an unknown task."""
    if task not in SAMPLERS:
        raise UsageError(f"there is no task {task!r} to train. {did_you_mean(task, SAMPLERS)}")
    return {item.name for item in Recipe.describe()}, {item.name for item in SAMPLERS[task].describe()}


@dataclass(frozen=True)
class Preset:
    """Settings under a name; `sweep` has several values of some, and every combination is a run."""

    summary: str
    settings: Mapping[str, int | float | str]
    sweep: Mapping[str, tuple[int | float | str, ...]] = field(default_factory=dict)


SMALL: dict[str, int | float | str] = {
    "n": 48,
    "most_hops": 8,
    "width": 64,
    "dropout": 0.0,
    "positions": "sinusoids",
    "optimiser": "muon",
    "lr": 1e-3,
    "warmup": 300,
    "steps": 6000,
    "batch": 64,
    "checkpoint_every": 250,
}
"""The recipe of the small presets; what was tried on the way to it is told in docs/training.md."""

PRESETS = {
    "khop-paper": Preset(
        "k-hop as published: N = 100, k up to 16, 100,000 steps; --depth 2 to 6",
        {"vocabulary": 30},
    ),
    "khop-small": Preset(
        "the threshold on two cores: depths 2, 3 and 4, N = 48, k up to 8",
        SMALL,
        sweep={"depth": (2, 3, 4)},
    ),
    "khop-length": Preset(
        "whether the threshold moves when sequences are longer than the network is wide: N and width, three seeds",
        SMALL | {"steps": 3000},
        sweep={"depth": (2, 3), "width": (32, 64), "n": (24, 48, 96), "seed": (0, 1, 2)},
    ),
    "khop-optimiser": Preset(
        "whether the threshold moves with better training: AdamW and Muon at two rates, three seeds",
        SMALL | {"steps": 3000},
        sweep={"depth": (2, 3), "optimiser": ("adamw", "muon"), "lr": (1e-3, 3e-3), "seed": (0, 1, 2)},
    ),
    "architectures": Preset(
        "seven kinds of network on k-hop, each with three learning rates: one that fails with one proves nothing",
        SMALL | {"optimiser": "adamw", "depth": 3, "readout": "linear", "steps": 4000, "most_hops": 4},
        sweep={
            "network": ("gpt2", "longformer", "performer", "mamba", "gru", "lstm", "rnn"),
            "lr": (3e-4, 1e-3, 3e-3),
        },
    ),
}


def plans_of(preset: str, changes: Mapping[str, object]) -> dict[str, Plan]:
    """The runs of a preset with these settings changed, by a name that says in what they differ.

    A change with commas, such as depth "2,3,4", is several values, and every combination of them is a run.
    Errors: UsageError for an unknown preset, an unknown key or a bad value.
    """
    if preset not in PRESETS:
        raise UsageError(f"there is no preset {preset!r}. {did_you_mean(preset, PRESETS)}")
    settings: dict[str, Any] = dict(PRESETS[preset].settings)
    axes: dict[str, tuple[Any, ...]] = dict(PRESETS[preset].sweep)
    for key, value in changes.items():
        axes.pop(key, None)
        settings.pop(key, None)
        values = tuple(value.split(",")) if isinstance(value, str) else (value,)
        if len(values) > 1:
            axes[key] = values
        else:
            settings[key] = value
    plans = {}
    for chosen in product(*axes.values()):
        name = "-".join(f"{key}{value}" for key, value in zip(axes, chosen, strict=True))
        plans[name] = plan_of(settings | dict(zip(axes, chosen, strict=True)))
    return plans
