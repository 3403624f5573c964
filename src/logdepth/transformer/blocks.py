"""The values `Attention`, `Mlp` and `Block`, and what they do to the residual stream: plain matrix products.

Attention is unscaled softmax; a block has one hidden ReLU layer, no norms and no biases. Constants ride on a residual
column that is 1 on every row and 0 on the start token, so biases are not needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from logdepth.arithmetic import product

SCORES_AT_ONCE = 2**18  # attention scores at a time: a megabyte or two, which stay in the cache


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
        return f"Attention({self.heads} heads: {shorten('; '.join(self.labels))})"


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


def unchanged(x: Tensor) -> Tensor:
    return x


@dataclass(frozen=True)
class Arithmetic:
    """How a transformer is computed: its matrix products, and what every result of an operation is rounded to."""

    product: Callable[[Tensor, Tensor], Tensor]
    rounding: Callable[[Tensor], Tensor] = unchanged


EXACT = Arithmetic(product)
"""The transformer's own format, whatever torch is set to: what its weights are made for."""


def to_bits(bits: int) -> Callable[[Tensor], Tensor]:
    """Rounding of float64 to a mantissa of 1..53 bits, to nearest. Source: Veltkamp's splitting (Dekker 1971)."""
    factor = float(2 ** (53 - bits) + 1)

    def rounded(x: Tensor) -> Tensor:
        shifted = x * factor
        return shifted.sub_(shifted - x)

    return rounded if bits < 53 else unchanged


def visibility(tokens: int, lengths: np.ndarray | None) -> Tensor | None:
    """Which keys are real, (B, 1, 1, tokens), or None when all are."""
    if lengths is None:
        return None
    return torch.as_tensor(np.arange(tokens)[None, :] <= lengths[:, None])[:, None, None, :]


def step(
    x: Tensor,
    attention: Attention | None,
    mlp: Mlp | None,
    causal: bool,
    visible: Tensor | None,
    arithmetic: Arithmetic,
) -> Tensor:
    rounding = arithmetic.rounding
    if attention is not None:
        x = rounding(x + attend(x, attention, causal, visible, arithmetic))
    if mlp is not None:
        x = rounding(x + compute(x, mlp, arithmetic))
    return x


def compute(x: Tensor, mlp: Mlp, arithmetic: Arithmetic) -> Tensor:
    """What the ReLU layer adds to the residual stream, (B, T, width)."""
    hidden = arithmetic.rounding(torch.relu(arithmetic.product(x.flatten(0, 1), mlp.into)))
    return arithmetic.rounding(arithmetic.product(hidden, mlp.out)).view_as(x)


def attend(x: Tensor, attention: Attention, causal: bool, visible: Tensor | None, arithmetic: Arithmetic) -> Tensor:
    """What the heads add to the residual stream, (B, T, width), some tables or a block of queries at a time."""
    batch, tokens, _ = x.shape
    query, key, value = (
        arithmetic.rounding(project(x, w, arithmetic)) for w in (attention.query, attention.key, attention.value)
    )
    mixed = torch.empty_like(value)
    for tables, first, last in at_once(batch, attention.heads, tokens):
        seen = last if causal else tokens  # no key after the last query of the block
        queries, keys = query[tables, :, first:last], key[tables, :, :seen]
        shown = None if visible is None else visible[tables, ..., :seen]
        weights = weigh(queries, keys, first if causal else None, shown, arithmetic)
        mixed[tables, :, first:last] = arithmetic.rounding(arithmetic.product(weights, value[tables, :, :seen]))
    return bring(mixed, attention.output, arithmetic)


def at_once(batch: int, heads: int, tokens: int) -> Iterator[tuple[slice, int, int]]:
    """Tables of a batch, and their first query and the one after the last, whose scores are computed at a time: whole
    tables, or a block of queries of one whose scores are too many."""
    tables = max(1, SCORES_AT_ONCE // (heads * tokens * tokens))
    queries = min(tokens, max(1, SCORES_AT_ONCE // (heads * tokens)))
    for table in range(0, batch, tables):
        for first in range(0, tokens, queries):
            yield slice(table, table + tables), first, min(first + queries, tokens)


def project(x: Tensor, weight: Tensor, arithmetic: Arithmetic) -> Tensor:
    """The queries, keys or values of all heads, (B, heads, T, size), by a weight (heads, width, size)."""
    (batch, tokens, width), (heads, _, size) = x.shape, weight.shape
    flat = arithmetic.product(x.flatten(0, 1), weight.transpose(0, 1).reshape(width, heads * size))
    return flat.view(batch, tokens, heads, size).transpose(1, 2)


def weigh(query: Tensor, key: Tensor, first: int | None, visible: Tensor | None, arithmetic: Arithmetic) -> Tensor:
    """The attention weights of queries on keys, (B, heads, queries, keys); `first`: the token of the first query of a
    causal model, which does not see keys after its own."""
    scores = arithmetic.rounding(arithmetic.product(query, key.transpose(-1, -2)))
    if first is not None:
        tokens = torch.arange(key.shape[2], device=scores.device, dtype=torch.int64)
        scores.masked_fill_(tokens[None, :] > tokens[first : first + query.shape[2], None], -torch.inf)
    if visible is not None:
        scores.masked_fill_(~visible, -torch.inf)
    return arithmetic.rounding(torch.softmax(scores, dim=-1))


def bring(mixed: Tensor, output: Tensor, arithmetic: Arithmetic) -> Tensor:
    """What heads that mixed (B, heads, T, size) add to the residual stream, (B, T, width)."""
    batch, heads, tokens, size = mixed.shape
    flat = arithmetic.product(mixed.transpose(1, 2).reshape(batch * tokens, heads * size), output.flatten(0, 1))
    return arithmetic.rounding(flat).view(batch, tokens, -1)


def pattern(x: Tensor, attention: Attention, causal: bool, visible: Tensor | None, arithmetic: Arithmetic) -> Tensor:
    """The attention weights, (B, heads, T, T)."""
    query, key = (project(x, w, arithmetic) for w in (attention.query, attention.key))
    return weigh(query, key, 0 if causal else None, visible, arithmetic)


def shorten(text: str, most: int = 200) -> str:
    """A text on one line, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
