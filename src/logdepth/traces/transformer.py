"""A run of a transformer as data: the residual stream is kept, attention is computed again where it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from logdepth.arithmetic import undisturbed
from logdepth.transformer import EXACT, Attention, Block, Transformer, check, embed, project, read, step, weigh

WEIGHTS_AT_ONCE = 2**22


@dataclass(frozen=True, eq=False)
class Choices:
    """What the heads of an attention layer look at: `keys` (heads, N + 1), of every query the key of greatest weight;
    `certain` (heads,), how many queries put weight 1 on one key and exactly 0 on every other."""

    keys: np.ndarray
    certain: np.ndarray


@dataclass(frozen=True, eq=False)
class TransformerTrace:
    """A run of a transformer on one table.

    `streams[s]`: the residual stream before step s, (N + 1, width), the last one that at the end; `names[s]` are its
    columns. `choices[s]`: those of the attention of step s, None without attention.
    """

    transformer: Transformer
    outputs: Mapping[str, np.ndarray]
    streams: tuple[np.ndarray, ...]
    names: tuple[tuple[str, ...], ...]
    choices: tuple[Choices | None, ...]

    @property
    def tokens(self) -> int:
        """The start token and the rows."""
        return len(self.streams[0])

    @property
    def keys(self) -> list[np.ndarray | None]:
        return [None if chosen is None else chosen.keys for chosen in self.choices]

    def as_json(self) -> dict[str, Any]:
        """The stream as decimals, and of every head the choices; weights only by `weights`, as they are many."""
        return {
            "outputs": {name: values.tolist() for name, values in self.outputs.items()},
            "names": [list(names) for names in self.names],
            "streams": [stream.tolist() for stream in self.streams],
            "steps": [step_json(*each) for each in zip(self.transformer.steps, self.choices, strict=True)],
        }

    def weights(self, number: int, queries: np.ndarray) -> np.ndarray:
        """The attention weights of these queries, ascending, at a step that has attention, (heads, queries, N + 1)."""
        attention = self.transformer.steps[number].attention
        assert attention is not None, f"step {number} has no attention"
        x = torch.as_tensor(self.streams[number])[None]
        runs = np.split(queries, np.flatnonzero(np.diff(queries) > 1) + 1)
        found = [weigh_queries(x, attention, self.transformer.causal, run[0], run[-1] + 1) for run in runs]
        return np.concatenate(found, axis=1)


def step_json(block: Block, choices: Choices | None) -> dict[str, Any]:
    labels = [] if block.attention is None else list(block.attention.labels)
    statements = [] if block.attention is None else list(block.attention.statements)
    return {
        "labels": labels,
        "statements": statements,
        "relu_statements": [] if block.mlp is None else list(block.mlp.statements),
        "keys": None if choices is None else choices.keys.tolist(),
        "certain": None if choices is None else choices.certain.tolist(),
    }


@undisturbed()
def trace_transformer(transformer: Transformer, columns: Mapping[str, np.ndarray]) -> TransformerTrace:
    """Run a transformer on a table, columns (N,). Attention weights are looked at a block of queries at a time."""
    x = embed(transformer, check(transformer, columns))
    streams, choices = [x[0].numpy()], []
    for block in transformer.steps:
        choices.append(None if block.attention is None else choose(x, block.attention, transformer.causal))
        x = step(x, block.attention, block.mlp, transformer.causal, None, EXACT)
        streams.append(x[0].numpy())
    outputs = {name: values[0] for name, values in read(transformer, x, EXACT).items()}
    names = (transformer.residual, *(block.residual for block in transformer.steps))
    return TransformerTrace(transformer, outputs, tuple(streams), names, tuple(choices))


def choose(x: Tensor, attention: Attention, causal: bool) -> Choices:
    keys, certain = [], np.zeros(attention.heads, dtype=np.int64)
    for first, last in blocks_of_queries(x.shape[1], attention.heads):
        weights = weigh_queries(x, attention, causal, first, last)
        keys.append(weights.argmax(-1))
        certain += ((weights.max(-1) == 1) & (np.count_nonzero(weights, axis=-1) == 1)).sum(-1)
    return Choices(np.concatenate(keys, axis=1), certain)


def blocks_of_queries(tokens: int, heads: int) -> Iterator[tuple[int, int]]:
    at_once = max(1, WEIGHTS_AT_ONCE // (heads * tokens))
    for first in range(0, tokens, at_once):
        yield first, min(first + at_once, tokens)


@undisturbed()
def weigh_queries(x: Tensor, attention: Attention, causal: bool, first: int, last: int) -> np.ndarray:
    """The weights of the queries first..last-1 on all keys, (heads, queries, tokens)."""
    query = project(x[:, first:last], attention.query, EXACT)
    key = project(x, attention.key, EXACT)
    weights: np.ndarray = weigh(query, key, first if causal else None, None, EXACT)[0].numpy()
    return weights
