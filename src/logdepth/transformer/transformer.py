"""The value `Transformer`: unscaled softmax attention and one hidden ReLU layer per block, no norms and no biases.

Constants ride on a residual column that is 1 on every row and 0 on the start token, so biases are not needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

if TYPE_CHECKING:
    from logdepth.transformer.evaluate import Cache


@dataclass(frozen=True, eq=False)
class Attention:
    """`x + Σ_h softmax((x query_h)(x key_h)ᵀ) (x value_h) output_h`; heads of a layer are padded to one width.

    statements: for every head the number, from 1, of the program's statement that it carries out; empty if unknown.
    """

    query: Tensor  # (heads, width, key_width)
    key: Tensor  # (heads, width, key_width)
    value: Tensor  # (heads, width, value_width)
    output: Tensor  # (heads, value_width, width)
    labels: tuple[str, ...]  # what each head does
    statements: tuple[int, ...] = ()

    @property
    def heads(self) -> int:
        return self.query.shape[0]

    def __repr__(self) -> str:
        return f"Attention({self.heads} heads: {shortened('; '.join(self.labels))})"


@dataclass(frozen=True, eq=False)
class Mlp:
    """`x + relu(x into) out`. statements: numbers, from 1, of the program's statements that are computed here."""

    into: Tensor  # (width, hidden)
    out: Tensor  # (hidden, width)
    statements: tuple[int, ...] = ()

    def __repr__(self) -> str:
        return f"Mlp({self.into.shape[1]} ReLU units)"


@dataclass(frozen=True, eq=False)
class Block:
    """Attention, then the ReLU layer; either may be absent.

    `residual` names each residual column after the block ("" = zero).
    """

    attention: Attention | None
    mlp: Mlp | None
    residual: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Block({', '.join(repr(part) for part in (self.attention, self.mlp) if part is not None)})"


@dataclass(frozen=True, eq=False)
class Transformer:
    """A whole model. A table of N rows becomes N + 1 tokens: the start token, then the rows.

    Token 0 is `positions[0]`; token i is `positions[i] + Σ_field embeddings[field][value of the field in row i]`.
    Block `order[s]` runs at step s, so that tied weights appear once. Output `name` of row i is the integer nearest to
    `x_i · readouts[name]`, in 0..outputs[name].
    """

    embeddings: Mapping[str, Tensor]  # field -> (high + 1, width)
    positions: Tensor  # (rows + 1, width)
    blocks: tuple[Block, ...]
    order: tuple[int, ...]
    readouts: Mapping[str, Tensor]  # output -> (width,)
    outputs: Mapping[str, int]  # output -> highest value
    causal: bool
    residual: tuple[str, ...]  # names of the residual columns of the embedding

    def __repr__(self) -> str:
        inputs = ", ".join(f"{name}: 0..{len(table) - 1}" for name, table in self.embeddings.items())
        outputs = ", ".join(f"{name}: 0..{high}" for name, high in self.outputs.items())
        layers = sum(block.attention is not None for block in self.steps)
        return (
            f"Transformer({shortened(f'{inputs} -> {outputs}')}; {self.rows} rows{', causal' * self.causal}, {layers}"
            f" attention layers, width {self.width}, {str(self.dtype).removeprefix('torch.')})"
        )

    @property
    def rows(self) -> int:
        """Most rows that the model takes."""
        return self.positions.shape[0] - 1

    @property
    def width(self) -> int:
        return self.positions.shape[1]

    @property
    def dtype(self) -> torch.dtype:
        return self.positions.dtype

    @property
    def steps(self) -> tuple[Block, ...]:
        """The blocks as they run."""
        return tuple(self.blocks[index] for index in self.order)

    def run(self, columns: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
        """The output columns of one table (columns (N,)) or a batch of tables (columns (B, N)), as integers."""
        from logdepth.transformer.evaluate import evaluate

        return evaluate(self, columns)

    def run_with_cache(self, columns: Mapping[str, ArrayLike]) -> tuple[dict[str, np.ndarray], Cache]:
        """As `run` on one table, with every head's attention pattern and the residual stream after every step."""
        from logdepth.transformer.evaluate import evaluate_with_cache

        return evaluate_with_cache(self, columns)


def shortened(text: str, most: int = 200) -> str:
    """A text on one line, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
