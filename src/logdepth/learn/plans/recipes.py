"""Recipes: all that a training run is made of, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from logdepth.learn.samplers import SAMPLERS, Sampler
from logdepth.networks import GRAPH_LAYERS
from logdepth.numerics.errors import UsageError, Wording, did_you_mean
from logdepth.tasks import Parametrised, parameter

ON_TOKENS = ("gpt2", "rnn", "lstm", "gru", "mamba", "performer", "longformer")
"""Networks that read any tokens; the others read the graph that they spell."""
CHOICES = {
    "network": (*ON_TOKENS, *GRAPH_LAYERS),
    "readout": ("hidden", "linear"),
    "positions": ("random", "sinusoids"),
    "optimiser": ("adamw", "muon"),
    "precision": ("float32", "bfloat16"),
}
ATTENTION = ("gpt2", "performer", "longformer")
"""Networks with heads."""
WIDEST = 2**16


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
    width: int = parameter(128, low=1, high=WIDEST, help="width of the residual stream, or of the state")
    most_parameters: int = parameter(0, low=0, high=2**40, help="the width is the largest within so many; 0: width")
    features: int = parameter(64, low=1, high=2**16, help="random features of a performer's head")
    window: int = parameter(16, low=1, high=2**16, help="tokens that a longformer's token reads")
    state: int = parameter(16, low=1, high=2**16, help="words of state of a mamba's channel")
    named: int = parameter(1, low=0, high=1, tacit=True, help="0: vertices of a graph network do not know their ids")
    residual: int = parameter(1, low=0, high=1, tacit=True, help="0: a graph network's layers replace the states")
    dropout: float = parameter(0.1, low=0.0, high=0.99, help="probability of dropout")
    vocabulary: int = parameter(0, low=0, high=2**20, help="token ids of the network; 0: as many as the task has")
    readout: str = parameter("hidden", help="hidden: the last hidden state is the logits; linear: a layer of its own")
    positions: str = parameter("random", help="how positions, and tokens that name one, start: random, or sinusoids")
    optimiser: str = parameter("adamw", help="adamw, or muon for the matrices of the layers and adamw for the rest")
    lr: float = parameter(1e-4, low=0.0, high=100.0, help="peak learning rate of adamw")
    matrix_lr: float = parameter(0.0125, low=0.0, high=100.0, help="peak learning rate of muon")
    beta2: float = parameter(0.999, low=0.0, high=0.999999, help="decay of adamw's second moments")
    weight_decay: float = parameter(0.01, low=0.0, high=10.0, help="of adamw and muon")
    warmup: int = parameter(1000, low=0, high=10**9, help="steps of linear warm-up; then linear decay to 0")
    steps: int = parameter(100_000, low=1, high=10**9, help="training steps")
    batch: int = parameter(32, low=1, high=2**20, help="sequences of a step")
    samples: int = parameter(0, low=0, high=10**7, tacit=True, help="sequences of the training set; 0: all fresh")
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
            raise UsageError(
                f"{self.name}: warmup must be below steps {self.steps}; got {self.warmup}. Change warmup, too."
            )


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
        if recipe.network in GRAPH_LAYERS and self.sampler.layout is None:
            raise UsageError(
                f"{recipe.network} is a network on graphs, and a sequence of {self.sampler.name} spells none.",
                Wording("Take {task}, or another {network}.", task="graph-questions"),
            )
        if recipe.readout == "hidden" and recipe.width < self.sampler.classes:
            raise UsageError(
                f"{self.sampler.name} has {needed} token ids, and a hidden state of width {recipe.width} is no logits"
                " for them.",
                Wording("Raise {width}, or take {readout}.", readout="linear"),
            )
        if recipe.network in ATTENTION and recipe.width % recipe.heads:
            raise UsageError(f"width {recipe.width} is not a multiple of heads {recipe.heads}. Change one of them.")

    @property
    def settings(self) -> dict[str, Any]:
        """Name and value of everything, as `plan_of` takes it back."""
        return self.recipe.parameters | self.sampler.parameters

    @property
    def vocabulary(self) -> int:
        return max(self.sampler.vocabulary, self.recipe.vocabulary)

    @property
    def classes(self) -> int:
        """Logits of the network."""
        return max(self.sampler.classes, self.recipe.vocabulary)
