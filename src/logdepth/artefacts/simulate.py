"""Run a model as an MPC protocol: the same answers, every round and word counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.arrows.transformer_to_mpc import (
    Simulation,
    Trees,
    embed_rows,
    layers_of,
    outputs_of,
    simulate_layers,
    sizes,
    words_per_child,
)
from logdepth.artefacts.model import Model
from logdepth.mpc import Progress, Protocol, Watch
from logdepth.numerics.errors import UsageError
from logdepth.runs import Outcome

WORDS_AT_ONCE = 2**27
"""The words in flight between all machines of one process: 1 GiB, and delivering them takes as much again."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A model and an instance as a protocol and what its machines hold at first, for `run`."""

    model: Model
    instance: Any
    tokens: np.ndarray  # (N, width)
    simulation: Simulation

    @property
    def protocol(self) -> Protocol:
        return self.simulation.protocol

    @property
    def trees(self) -> Trees:
        return self.simulation.trees

    def run(self, watch: Watch | None = None, progress: Progress | None = None) -> Outcome:
        """watch: called in every round, and progress after it, as by `run_locally`."""
        last, run = self.simulation.run(self.tokens, watch, progress)
        answer = self.model.task.decode(outputs_of(self.model.transformer, last), self.instance)
        return Outcome(answer, self.protocol, run, self.simulation.claimed)


def prepare(model: Model, instance: Any, memory: int | None = None) -> Prepared:
    """Everything but the run. Arguments and errors as for `simulate`."""
    layers = layers_of(model.transformer)
    tokens = embed_rows(model.transformer, model.task.encode(instance))
    rows, width = tokens.shape
    check_fits(rows, projected=sizes(layers)[1])
    return Prepared(model, instance, tokens, simulate_layers(layers, width, rows, model.transformer.causal, memory))


def simulate(model: Model, instance: Any, memory: int | None = None, watch: Watch | None = None) -> Outcome:
    """Run a model on one instance as a protocol, in float64, on machines of `memory` words.

    memory: by default as much as trees of depth 2 need. watch: called in every round, as by `run_locally`.
    Errors: UsageError for memory below the least, which it names, and for more tokens than one process can simulate.
    """
    return prepare(model, instance, memory).run(watch)


def check_fits(tokens: int, projected: int) -> None:
    """One process holds what all pairs of tokens are sent in a round."""
    words = tokens**2 * words_per_child(projected)
    if words > WORDS_AT_ONCE:
        most = int((WORDS_AT_ONCE / words_per_child(projected)) ** 0.5)
        raise UsageError(
            f"simulating {tokens:,} tokens sends {words:,} words in one round, and one process takes {WORDS_AT_ONCE:,}."
            f" Give an input of at most {most - 1:,} rows."
        )
