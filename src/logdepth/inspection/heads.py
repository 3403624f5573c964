"""Every head of a model at work, trained and compiled alike: what it reads, and what happens without it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from logdepth.arithmetic import product, undisturbed
from logdepth.learn.samplers import KHop
from logdepth.learn.trained.models import Answering, CompiledHops, Trained
from logdepth.networks import Gpt2
from logdepth.numerics.errors import UsageError
from logdepth.transformer import EXACT, bring, embed, pattern, project, read, step

Replaced = Mapping[int, Tensor]
"""Head of a layer -> what to put in place of what it reads, (T, value width)."""


@dataclass(frozen=True, eq=False)
class Observation:
    """What a model did on B sequences of T tokens, the first of which asks (or is the start token).

    patterns[layer] (B, heads, T, T): row i is what token i reads; reads[layer] (B, heads, T, value width): what the
    heads bring.
    """

    answers: Tensor  # (B, T) token ids
    patterns: tuple[Tensor, ...]
    reads: tuple[Tensor, ...]


class Heads(ABC):
    """A model with heads to look into."""

    @property
    @abstractmethod
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """For each attention layer the stated purpose of each of its heads; "" if none is stated."""

    @abstractmethod
    def observe(self, inputs: Tensor) -> Observation:
        """Run it on ids (B, T), without dropout."""

    @abstractmethod
    def answers_without(self, inputs: Tensor, layer: int, head: int, mean: Tensor) -> Tensor:
        """The answers (B, T) if that head brought `mean` (T, value width), whatever the sequence."""


def heads_of(model: Answering) -> Heads:
    """Errors: UsageError for a model without heads, and for one that is not asked k-hop."""
    if not isinstance(model.sampler, KHop) or model.sampler.name != KHop.name:
        raise UsageError(f"{model.path} is a model of {model.sampler.name}; heads are compared with the hops of k-hop.")
    if isinstance(model, CompiledHops):
        return CompiledHeads(model)
    if isinstance(model, Trained) and isinstance(model.network, Gpt2):
        return TrainedHeads(model.network)
    raise UsageError(f"{model.path} has no attention heads to look into. Give a GPT-2 or a compiled model.")


@dataclass(frozen=True, eq=False)
class TrainedHeads(Heads):
    """A trained GPT-2, on any device. Its inputs and outputs are on the CPU."""

    network: Gpt2

    @property
    def device(self) -> torch.device:
        return next(self.network.parameters()).device

    @property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        return (("",) * self.network.shape.heads,) * self.network.shape.depth

    @undisturbed()
    def observe(self, inputs: Tensor) -> Observation:
        logits, cache = self.network.eval().run_with_cache(inputs.to(self.device))
        patterns, outputs = (tuple(layer.cpu() for layer in layers) for layers in (cache.patterns, cache.outputs))
        return Observation(logits.argmax(-1).cpu(), patterns, outputs)

    @undisturbed()
    def answers_without(self, inputs: Tensor, layer: int, head: int, mean: Tensor) -> Tensor:
        logits: Tensor = self.network.eval()(inputs.to(self.device), {(layer, head): mean.to(self.device)})
        return logits.argmax(-1).cpu()


@dataclass(frozen=True, eq=False)
class CompiledHeads(Heads):
    """A compiled model, whose start token stands where the trained ones have the token that asks."""

    model: CompiledHops

    @property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        steps = self.model.model.transformer.steps
        return tuple(block.attention.labels for block in steps if block.attention is not None)

    def observe(self, inputs: Tensor) -> Observation:
        return self._run(inputs, {})

    def answers_without(self, inputs: Tensor, layer: int, head: int, mean: Tensor) -> Tensor:
        return self._run(inputs, {layer: {head: mean}}).answers

    @undisturbed()
    def _run(self, inputs: Tensor, replaced: Mapping[int, Replaced]) -> Observation:
        transformer = self.model.model.transformer
        x = embed(transformer, self.model.columns(inputs))
        patterns: list[Tensor] = []
        reads: list[Tensor] = []
        for block in transformer.steps:
            attention = block.attention
            if attention is not None:
                patterns.append(pattern(x, attention, transformer.causal, None, EXACT))
                reads.append(product(patterns[-1], project(x, attention.value, EXACT)))
                brought = reads[-1].clone()
                for head, value in replaced.get(len(reads) - 1, {}).items():
                    brought[:, head] = value
                x = x + bring(brought, attention.output, EXACT)
            x = step(x, None, block.mlp, transformer.causal, None, EXACT)
        answers = self.model.ids(read(transformer, x, EXACT)["answer"])
        return Observation(answers, tuple(patterns), tuple(reads))
