"""Theorem T2 on a page: a model's run as a protocol, and beside every round what its attention layer looks at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from logdepth.arrows.transformer_to_mpc.attention_layers import layers_of
from logdepth.arrows.transformer_to_mpc.plan import words_per_child
from logdepth.arrows.transformer_to_mpc.protocol import Trees, sizes
from logdepth.artefacts import Model
from logdepth.artefacts.simulate import prepare
from logdepth.mpc import Mail, Protocol, Recorder
from logdepth.mpc.recorder import MOST_BINS, first_machines
from logdepth.pages.rounds import Beside, binned, write_rounds
from logdepth.runs import Outcome

LEAST_SHARE = 1e-3
"""Less of the greatest weight is not drawn."""

LEAST_WEIGHT = 1e-2
"""Of a trained network: heads spread a little weight everywhere."""

WORDS_FOR_A_LOOK = 2**24
"""Words to and from all pairs, in one direction, of a simulation that a model's page runs unasked: about a second."""

NOTE = (
    "Beside it is what the layer looks at, as the machines found it: the row’s token reads the column’s, shaded by"
    " the weight in the head where it is greatest, relative to the greatest weight of a real row, from a thousandth of"
    " it on. The start token, read when nothing matches, is left out."
)

NOTE_TRAINED = (
    "Beside it is what the layer looks at, as the machines found it: the row’s token reads the column’s, shaded by the"
    " weight in the head where it is greatest, from a hundredth on."
)

PROSE = (
    "<p>A transformer is a parallel algorithm (theorem T2). Every token is a machine, and so is every pair of tokens."
    " In an attention layer each token sends its query down a tree to the pairs (it, any other), and its key and value"
    " down another to the pairs (any other, it); a pair’s machine multiplies query and key; sums weighted by the"
    " softmax travel up the query’s tree again and merge. The end of one layer and the start of the next are one local"
    " step. The matrix on the right shows which pairs matter; all of them get words, since nobody knows which before"
    " queries have met keys.</p>"
)


class Weights:
    """Collects, from the mail of the pairs, the attention that the machines compute; its `watch` is one for
    `run_locally`. found: for every layer (heads, tokens, tokens), rows read columns."""

    def __init__(self, trees: Trees) -> None:
        self.trees = trees
        self.found: list[np.ndarray] = []

    def watch(self, number: int, rounds: int, mail: Mail) -> None:
        """In the round in which pair (i, j) sends (log Z, S) = (q_i · k_j, v_j), its weight is Z over the row's sum."""
        if "sums" not in mail:
            return
        sums = mail["sums"]
        if not len(sums) or sums.source[0] < self.trees.first_leaf:
            return
        query, key = np.divmod(sums.source - self.trees.first_leaf, self.trees.tokens)
        scores = np.full((sums["log_z"].shape[1], self.trees.tokens, self.trees.tokens), -np.inf)
        scores[:, query, key] = sums["log_z"].T
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        self.found.append(weights / weights.sum(axis=-1, keepdims=True))


def shares(weights: np.ndarray) -> np.ndarray:
    """(tokens, tokens): the weight of every real row, relative to the greatest one of its head and reader, in the head
    where that is greatest; less than LEAST_SHARE is 0. Row and column 0, the start token's, are 0, and so is the row
    of a reader that puts all weight on it."""
    rows = weights[:, :, 1:]
    most = rows.max(axis=-1, keepdims=True, initial=0)
    share = np.divide(rows, most, out=np.zeros_like(rows), where=most > 0).max(axis=0)
    return np.pad(np.where(share < LEAST_SHARE, 0, share)[1:], ((1, 0), (1, 0)))


class Watched:
    """A simulation to look at: run it with this `watch`, then `beside` is what stands beside its rounds.

    dtype: a compiled model's number format, in which what does not match has weight exactly 0; None: a trained network,
    which has no start token.
    """

    def __init__(self, protocol: Protocol, trees: Trees, dtype: str | None) -> None:
        self.trees, self.dtype = trees, dtype
        self.recorder = Recorder(protocol, trees.kinds)
        self.weights = Weights(trees)

    def watch(self, number: int, rounds: int, mail: Mail) -> None:
        self.recorder.watch(number, rounds, mail)
        self.weights.watch(number, rounds, mail)

    def beside(self) -> Beside:
        trees, compiled = self.trees, self.dtype is not None
        starts = first_machines([trees.tokens], [min(MOST_BINS, trees.tokens)])
        names = [f"layer {number}" for number in range(1, len(self.weights.found) + 1)]
        pictures = dict(zip(names, map(self.picture, self.weights.found), strict=True))
        return Beside(
            heading="What the layer looks at",
            note=NOTE if compiled else NOTE_TRAINED,
            what="token",
            unit="of the greatest weight" if compiled else "of the weight",
            starts=starts,
            pictures={name: binned(picture, starts[:-1], np.maximum) for name, picture in pictures.items()},
            of=[name for name in names for _ in range(2 * trees.depth)],
            layer=[layer for layer in range(1, len(names) + 1) for _ in range(2 * trees.depth)],
            says={name: in_words(picture, trees) for name, picture in pictures.items()},
        )

    def picture(self, weights: np.ndarray) -> np.ndarray:
        if self.dtype is not None:
            return shares(weights.astype(self.dtype))
        most: np.ndarray = weights.max(axis=0)
        return np.where(most < LEAST_WEIGHT, 0, most)


def in_words(picture: np.ndarray, trees: Trees) -> str:
    n = trees.tokens
    pairs, weighty = n * (n + 1) // 2 if trees.causal else n * n, int(np.count_nonzero(picture))
    behind = " that the mask leaves open" if trees.causal else ""
    return f"Of {pairs:,} pairs{behind}, {weighty:,} carry weight that can be drawn; all of them got words."


def look(model: Model, instance: Any) -> tuple[Outcome, Watched] | None:
    """The simulation that a model's page shows; None for one without layers or of more than WORDS_FOR_A_LOOK."""
    layers, tokens = layers_of(model.transformer), 1 + model.task.rows_of(instance)
    _, projected = sizes(layers)
    if not layers or len(layers) * tokens**2 * words_per_child(projected) > WORDS_FOR_A_LOOK:
        return None
    prepared = prepare(model, instance)
    watched = Watched(prepared.protocol, prepared.trees, model.dtype)
    return prepared.run(watched.watch), watched


def write_simulation(
    path: str | Path, done: Outcome, watched: Watched, heading: str, parameters: Mapping[str, object], **about: Any
) -> Path:
    """Write the page of a simulation that was run with the `watch` of `watched`; `about`: as for `rounds_page`.

    Errors: UsageError if the file cannot be written.
    """
    return write_rounds(
        path,
        done.protocol,
        done.run,
        watched.recorder,
        heading=heading,
        prose=PROSE,
        parameters=parameters,
        claimed=done.claimed.sizes,
        beside=watched.beside(),
        **about,
    )
