"""Run a `Transformer`: plain matrix products, on one table or a batch, in its own dtype or in p-bit arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from logdepth.arithmetic import product, undisturbed
from logdepth.numerics.columns import integer_columns
from logdepth.numerics.errors import UsageError
from logdepth.transformer.transformer import Attention, Block, Mlp, Transformer

SCORES_AT_ONCE = 2**20  # attention scores at a time: a few megabytes, which stay in the cache


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
        return shifted - (shifted - x)

    return rounded if bits < 53 else unchanged


@dataclass(frozen=True, eq=False)
class Cache:
    """What happened inside.

    `embedding` is the residual stream before step 0, (N+1, width), and `residuals[s]` the one after step s, whose
    columns are called `columns[s]`; `patterns[s]` is (heads, N+1, N+1), or None at a step without attention.
    """

    embedding: Tensor
    patterns: tuple[Tensor | None, ...]
    residuals: tuple[Tensor, ...]
    columns: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        tokens, width = self.embedding.shape
        return f"Cache({len(self.residuals)} steps, {tokens} tokens, width {width})"

    def residual(self, step: int, column: str) -> Tensor:
        """The residual column called `column` after a step, (N+1,); row 0 is the start token."""
        if column not in self.columns[step]:
            held = ", ".join(sorted(name for name in self.columns[step] if name))
            raise UsageError(f"after step {step} the residual stream holds no column {column!r}; it holds {held}")
        return self.residuals[step][:, self.columns[step].index(column)]


@undisturbed()
def evaluate(
    model: Transformer,
    columns: Mapping[str, ArrayLike],
    lengths: np.ndarray | None = None,
    mantissa_bits: int | None = None,
) -> dict[str, np.ndarray]:
    """The output columns, int64 of the shape of the input columns: (N,) or (B, N).

    lengths: (B,) rows in use where tables of a batch differ in length; entries beyond are padding and come back as 0.
    mantissa_bits: simulate arithmetic in which the result of every operation (matrix product, softmax, sum) is rounded
    to that many bits; accumulation inside a product is exact, in float64.
    """
    tables = checked(model, columns)
    single = all(values.ndim == 1 for values in tables.values())
    model, arithmetic = in_arithmetic(model, mantissa_bits)
    for x in residuals(model, tables, lengths, arithmetic):
        last = x
    answers = read(model, last, arithmetic)
    if lengths is not None:
        beyond = np.arange(last.shape[1] - 1)[None, :] >= lengths[:, None]
        answers = {name: np.where(beyond, 0, values) for name, values in answers.items()}
    return {name: values[0] for name, values in answers.items()} if single else answers


@undisturbed()
def evaluate_with_cache(model: Transformer, columns: Mapping[str, ArrayLike]) -> tuple[dict[str, np.ndarray], Cache]:
    """As `evaluate` on one table, keeping patterns and residuals."""
    table = checked(model, columns)
    if any(values.ndim > 1 for values in table.values()):
        raise UsageError("a cache is of one table; give it columns (N,), not a batch")
    streams = list(residuals(model, table, None, EXACT))
    patterns = [
        None if block.attention is None else pattern(x, block.attention, model.causal, None, EXACT)[0]
        for block, x in zip(model.steps, streams, strict=False)  # a block reads what stood before it
    ]
    answers = {name: values[0] for name, values in read(model, streams[-1], EXACT).items()}
    embedding, *after = (x[0] for x in streams)
    return answers, Cache(embedding, tuple(patterns), tuple(after), tuple(block.residual for block in model.steps))


@undisturbed()
def columns_kept(
    model: Transformer, columns: Mapping[str, ArrayLike], lengths: np.ndarray | None, mantissa_bits: int
) -> bool:
    """Whether in p-bit arithmetic every named residual column, at every step and row in use, rounds to the same integer
    as in the model's own format. Arguments as for `evaluate`."""
    tables = checked(model, columns)
    coarse, arithmetic = in_arithmetic(model, mantissa_bits)
    both = zip(residuals(model, tables, lengths, EXACT), residuals(coarse, tables, lengths, arithmetic), strict=True)
    embedding, _ = next(both)  # its columns have no names
    visible = visibility(embedding.shape[1], lengths)
    used = slice(None) if visible is None else visible[:, 0, 0]
    for block, streams in zip(model.steps, both, strict=True):
        named = [place for place, name in enumerate(block.residual) if name]
        own, rounded = (x[..., named][used].double().round() for x in streams)
        if not torch.equal(own, rounded):
            return False
    return True


def in_arithmetic(model: Transformer, mantissa_bits: int | None) -> tuple[Transformer, Arithmetic]:
    """The model and how it is computed: in its own format, or in simulated p-bit arithmetic."""
    if mantissa_bits is None:
        return model, EXACT
    return in_float64(model), Arithmetic(product, to_bits(mantissa_bits))


def residuals(
    model: Transformer, tables: Mapping[str, np.ndarray], lengths: np.ndarray | None, arithmetic: Arithmetic
) -> Iterator[Tensor]:
    """The residual stream before the first step and after each, (B, N+1, width)."""
    x = arithmetic.rounding(embed(model, tables))
    yield x
    visible = visibility(x.shape[1], lengths)
    for block in model.steps:
        x = step(x, block.attention, block.mlp, model.causal, visible, arithmetic)
        yield x


def in_float64(model: Transformer) -> Transformer:
    """The same weights, exactly, in float64: simulated arithmetic and MPC protocols run in it."""

    def double(block: Block) -> Block:
        a, m = block.attention, block.mlp
        return Block(
            a
            and Attention(
                a.query.double(), a.key.double(), a.value.double(), a.output.double(), a.labels, a.statements
            ),
            m and Mlp(m.into.double(), m.out.double(), m.statements),
            block.residual,
        )

    return replace(
        model,
        embeddings={name: table.double() for name, table in model.embeddings.items()},
        positions=model.positions.double(),
        blocks=tuple(double(block) for block in model.blocks),
        readouts={name: vector.double() for name, vector in model.readouts.items()},
    )


def checked(model: Transformer, columns: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """The columns as integers, (N,) or (B, N), of as many rows and in the ranges that the model takes."""
    tables = integer_columns(columns, model.embeddings.keys(), "the model")
    shape = next(iter(tables.values())).shape
    if len(shape) not in (1, 2) or not 1 <= shape[-1] <= model.rows or not shape[0]:
        raise UsageError(f"the model takes columns of 1..{model.rows} rows, not of shape {shape}; compile it for more")
    for name, values in tables.items():
        low, high, most = values.min(), values.max(), len(model.embeddings[name]) - 1
        if low < 0 or high > most:
            raise UsageError(f"column {name!r} holds {low}..{high}, but the model takes 0..{most}")
    return tables


def embed(model: Transformer, tables: Mapping[str, np.ndarray]) -> Tensor:
    """(B, N+1, width): the start token and the rows."""
    batches = {name: torch.as_tensor(np.atleast_2d(values)) for name, values in tables.items()}
    batch, length = next(iter(batches.values())).shape
    x = model.positions[: length + 1].expand(batch, -1, -1).clone()
    for name, values in batches.items():
        x[:, 1:] += model.embeddings[name][values]
    return x


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
    """What the heads add to the residual stream, (B, T, width), a block of queries at a time."""
    batch, tokens, _ = x.shape
    query, key, value = (
        arithmetic.rounding(project(x, w, arithmetic)) for w in (attention.query, attention.key, attention.value)
    )
    at_once = max(1, SCORES_AT_ONCE // (batch * attention.heads * tokens))
    mixed = torch.empty_like(value)
    for first in range(0, tokens, at_once):
        last = min(first + at_once, tokens)
        seen = last if causal else tokens  # no key after the last query of the block
        queries, keys = query[:, :, first:last], key[:, :, :seen]
        shown = None if visible is None else visible[..., :seen]
        weights = weigh(queries, keys, first if causal else None, shown, arithmetic)
        mixed[:, :, first:last] = arithmetic.rounding(arithmetic.product(weights, value[:, :, :seen]))
    return bring(mixed, attention.output, arithmetic)


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


def readouts(model: Transformer, x: Tensor, arithmetic: Arithmetic) -> dict[str, Tensor]:
    """Every output on the rows before it is rounded to an integer, (B, N)."""
    return {name: arithmetic.rounding(arithmetic.product(x[:, 1:], v)) for name, v in model.readouts.items()}


def read(model: Transformer, x: Tensor, arithmetic: Arithmetic) -> dict[str, np.ndarray]:
    """The integer nearest to each readout, on the rows, (B, N) int64. Errors: UsageError where that is no number."""
    values = readouts(model, x, arithmetic)
    return {name: nearest(name, found, model.outputs[name]).numpy() for name, found in values.items()}


def nearest(name: str, values: Tensor, high: int) -> Tensor:
    """An output's readouts as integers in 0..high, int64. Errors: UsageError where one is no number."""
    if values.isnan().any():
        raise UsageError(f"output {name!r} is no number: the weights are too large for this input. Compile them again.")
    return values.round().clamp(0, high).to(torch.int64)
