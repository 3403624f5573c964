"""Theorem T2 as data: a transformer's run as a protocol, and the attention that its machines find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.arrows.transformer_to_mpc import Trees, words_per_child
from logdepth.artefacts import Model, prepare
from logdepth.mpc import MOST_BINS, Mail, Protocol, Recorder, Run, first_machines
from logdepth.traces.rounds import MpcTrace, trace_of_run
from logdepth.transformer import Transformer

WORDS_FOR_A_LOOK = 2**24
"""Words to and from all pairs, in one direction, of a simulation that is run unasked: about a second."""


@dataclass(frozen=True, eq=False)
class SimulationTrace:
    """The rounds, and for every layer its attention, (heads, tokens, tokens) float64: rows read columns.

    A layer takes `rounds_each` rounds. starts: the first token of every bin of tokens, and the number of all tokens.
    causal: whether tokens see only those before them. dtype: a compiled model's number format, in which what does not
    match has weight exactly 0; None for a trained network, which has no start token.
    """

    mpc: MpcTrace
    attention: tuple[np.ndarray, ...]
    tokens: int
    starts: np.ndarray  # (bins + 1,)
    causal: bool
    rounds_each: int
    dtype: str | None

    def as_json(self) -> dict[str, Any]:
        """Of the attention, for every layer and head, the key of greatest weight of every query."""
        return {
            "mpc": self.mpc.as_json(),
            "rounds_each": self.rounds_each,
            "keys": [weights.argmax(-1).tolist() for weights in self.attention],
        }


class SimulationWatch:
    """Watches a simulation: give its `watch` to the run; then `trace` says what happened. dtype: as of the trace."""

    def __init__(self, protocol: Protocol, trees: Trees, dtype: str | None) -> None:
        self.protocol, self.trees, self.dtype = protocol, trees, dtype
        self.recorder = Recorder(protocol, trees.kinds)
        self.attention: list[np.ndarray] = []

    def watch(self, number: int, rounds: int, mail: Mail) -> None:
        """In the round in which pair (i, j) sends (log Z, S) = (q_i · k_j, v_j), its weight is Z over the row's sum."""
        self.recorder.watch(number, rounds, mail)
        if "sums" not in mail:
            return
        sums = mail["sums"]
        if not len(sums) or sums.source[0] < self.trees.first_leaf:
            return
        query, key = np.divmod(sums.source - self.trees.first_leaf, self.trees.tokens)
        scores = np.full((sums["log_z"].shape[1], self.trees.tokens, self.trees.tokens), -np.inf)
        scores[:, query, key] = sums["log_z"].T
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        self.attention.append(weights / weights.sum(axis=-1, keepdims=True))

    def trace(self, run: Run) -> SimulationTrace:
        """What happened in the run that was watched."""
        trees = self.trees
        mpc = trace_of_run(self.protocol, run, self.recorder)
        starts = first_machines([trees.tokens], [min(MOST_BINS, trees.tokens)])
        return SimulationTrace(
            mpc, tuple(self.attention), trees.tokens, starts, trees.causal, 2 * trees.depth, self.dtype
        )


def trace_simulation(model: Model, instance: Any) -> SimulationTrace | None:
    """The simulation of a model's run; None without attention, or if it would send more than WORDS_FOR_A_LOOK."""
    words = words_to_pairs(model.transformer, 1 + model.task.rows_of(instance))
    if not 0 < words <= WORDS_FOR_A_LOOK:
        return None
    prepared = prepare(model, instance)
    watched = SimulationWatch(prepared.protocol, prepared.trees, model.dtype)
    return watched.trace(prepared.run(watched.watch).run)


def words_to_pairs(transformer: Transformer, tokens: int) -> int:
    """Words that all pairs of tokens get in all layers, about; 0 without attention."""
    attentions = [block.attention for block in transformer.steps if block.attention is not None]
    projected = [each.heads * (2 * each.query.shape[2] + each.value.shape[2]) for each in attentions]
    return len(attentions) * tokens**2 * words_per_child(max(projected, default=0))
