"""Look inside a model: every head against every hop, for every k, and what the answer loses without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from logdepth.inspection.alignment import Alignment, align, target_names, targets
from logdepth.inspection.heads import Heads, heads_of
from logdepth.learn.evaluation.rates import Estimate, Rate, more_errors, rate
from logdepth.learn.samplers import Batch, KHop, generator_of, unseen
from logdepth.learn.trained.models import Answering
from logdepth.numerics.errors import UsageError, Wording

SEQUENCES = 50
COLUMNS = ("layer", "head", "k", "target", "alignment", "share")
OTHER_SEQUENCES = 2**31
"""What the generators of sequences that are averaged over have in place of their step: no k is that large."""


@dataclass(frozen=True)
class Head:
    """One head: its layer and its number from 1, and what its compiler says that it does, "" if it was trained."""

    layer: int
    number: int
    label: str

    @property
    def name(self) -> str:
        return f"{self.layer}.{self.number}"


@dataclass(frozen=True)
class Example:
    """One sequence: its letters (N,), from 0; what each target has for each token (targets, T), T = N + 1; the
    attention weights of all heads (heads, T, T); what the model answers at each letter, and the exact answers, in
    names of `Sampler.tokens`."""

    letters: np.ndarray
    targets: np.ndarray
    patterns: np.ndarray
    answers: tuple[str, ...]
    exact: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Inspection:
    """What was found, heads in order of layer.

    targets: names, see `alignment`. alignments: for every k. k: the one of errors and example. without: the error on
    answered tokens if the head brings its mean over other sequences of that k, whatever the sequence. more: how much
    larger it is than with all heads, on the same sequences; None if no token is answered.
    """

    name: str
    path: Path
    architecture: str
    sizes: Mapping[str, int]
    heads: tuple[Head, ...]
    targets: tuple[str, ...]
    sequences: int
    alignments: Mapping[int, Alignment]
    k: int
    error: Rate
    without: Mapping[Head, Rate]
    more: Mapping[Head, Estimate | None]
    example: Example

    @property
    def first_hop(self) -> int:
        """The number of the target find^0."""
        return self.targets.index("find^0")

    def best(self, head: Head, k: int) -> int:
        """The j of the find^j that the head is best aligned with when it is asked k."""
        return int(self.alignments[k].alignment[self.heads.index(head), self.first_hop :].argmax())

    def rows(self) -> Iterator[tuple[int, int, int, str, float, float]]:
        """Layer, head, k, target, alignment, share: of every head, for every k and target."""
        for index, head in enumerate(self.heads):
            for k, found in self.alignments.items():
                for at, target in enumerate(self.targets):
                    values = float(found.alignment[index, at]), float(found.share[index, at])
                    yield head.layer, head.number, k, target, *values

    def as_csv(self) -> str:
        """The rows, under their names."""
        return "".join(f"{','.join(map(str, row))}\n" for row in (COLUMNS, *self.rows()))

    def as_json(self) -> dict[str, Any]:
        return {
            "model": str(self.path),
            "architecture": self.architecture,
            **self.sizes,
            "k": self.k,
            "sequences": self.sequences,
            "error": self.error.value,
            "interval": [self.error.low, self.error.high],
            "heads": [self._head_as_json(index, head) for index, head in enumerate(self.heads)],
        }

    def _head_as_json(self, index: int, head: Head) -> dict[str, Any]:
        found, best = self.alignments[self.k], self.best(head, self.k)
        without, more, reads = self.without[head], self.more[head], int(found.alignment[index].argmax())
        return {
            "layer": head.layer,
            "head": head.number,
            "label": head.label or None,
            "reads": self.targets[reads],
            "best_hop": best,
            "alignment": float(found.alignment[index, self.first_hop + best]),
            "share": float(found.share[index, self.first_hop + best]),
            "best_hop_by_k": {str(k): self.best(head, k) for k in self.alignments},
            "alignments": dict(zip(self.targets, found.alignment[index].tolist(), strict=True)),
            "error_without": without.value,
            "interval_without": [without.low, without.high],
            "more_errors": None if more is None else more.value,
            "interval_more": None if more is None else [more.low, more.high],
        }


def inspect(
    model: Answering,
    k: int | None = None,
    sequences: int = SEQUENCES,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Inspection:
    """Look into a model that is asked k-hop, on `sequences` fresh sequences for each k; k: the one to ablate at.

    By default k is the largest. Errors: UsageError for a model without heads, and a k that it is not asked.
    """
    heads, sampler = heads_of(model), model.sampler
    assert isinstance(sampler, KHop), "heads_of has seen to it"
    groups = sampler.groups
    k = groups[-1] if k is None else k
    if k not in groups:
        raise UsageError(
            f"{model.path} is asked k from {groups[0]} to {groups[-1]}; got {k}.", Wording("Choose another {k}.")
        )
    if sequences < 1:
        raise UsageError(f"a model is inspected on at least one sequence; got {sequences}.")
    names = tuple(
        Head(layer, number, label)
        for layer, labels in enumerate(heads.labels, start=1)
        for number, label in enumerate(labels, start=1)
    )
    total = len(groups) + len(names)
    alignments = {}
    for done, asked in enumerate(groups):
        batch = sampler.draw(sequences, generator_of(unseen(seed), asked), group=asked)
        alignments[asked] = align(heads.observe(batch.inputs).patterns, targets_of(sampler, batch))
        progress(done + 1, total)
    batch = sampler.draw(sequences, generator_of(unseen(seed), k), group=k)
    others = sampler.draw(sequences, generator_of(unseen(seed), OTHER_SEQUENCES + k), group=k)
    means = [layer.mean(0) for layer in heads.observe(others.inputs).reads]  # (heads, T, value width)
    without, more = {}, {}
    before = wrong_answers(batch, heads.observe(batch.inputs).answers)
    counted = batch.answered.sum(1).numpy()
    for done, head in enumerate(names):
        mean = means[head.layer - 1][head.number - 1]
        wrong = wrong_answers(batch, heads.answers_without(batch.inputs, head.layer - 1, head.number - 1, mean))
        without[head], more[head] = rate(wrong, counted), more_errors(wrong, before, counted)
        progress(len(groups) + done + 1, total)
    return Inspection(
        name=model.name,
        path=model.path,
        architecture=model.architecture,
        sizes=model.sizes,
        heads=names,
        targets=target_names(sampler.most_hops),
        sequences=sequences,
        alignments=alignments,
        k=k,
        error=rate(before, counted),
        without=without,
        more=more,
        example=example_of(heads, sampler, batch),
    )


def targets_of(sampler: KHop, batch: Batch) -> torch.Tensor:
    """The targets of a batch, (B, targets, T)."""
    letters = batch.inputs[:, 1:] - len(sampler.groups)
    return targets(letters, sampler.letters, sampler.most_hops)


def wrong_answers(batch: Batch, answers: torch.Tensor) -> np.ndarray:
    """How many answered tokens of each sequence are wrong, (B,)."""
    return (batch.answered & (answers != batch.targets)).sum(1).numpy()


def example_of(heads: Heads, sampler: KHop, batch: Batch) -> Example:
    """The first sequence of a batch."""
    seen = heads.observe(batch.inputs[:1])
    return Example(
        letters=(batch.inputs[0, 1:] - len(sampler.groups)).numpy(),
        targets=targets_of(sampler, batch)[0].numpy(),
        patterns=torch.cat(seen.patterns, dim=1)[0].numpy(),
        answers=names_of(sampler, seen.answers[0, 1:]),
        exact=names_of(sampler, batch.targets[0, 1:]),
    )


def names_of(sampler: KHop, ids: torch.Tensor) -> tuple[str, ...]:
    """A network may have more classes than there are tokens."""
    tokens = sampler.tokens
    return tuple(tokens[token] if token < len(tokens) else f"class {token}" for token in ids.tolist())
