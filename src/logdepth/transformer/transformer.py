"""The value `Transformer`, and how it runs: on one table or a batch, in its own dtype or in p-bit arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from logdepth.arithmetic import product, undisturbed
from logdepth.numerics.columns import integer_columns
from logdepth.numerics.errors import UsageError, Wording
from logdepth.transformer.blocks import (
    EXACT,
    Arithmetic,
    Attention,
    Block,
    Mlp,
    pattern,
    shorten,
    step,
    to_bits,
    visibility,
)
from logdepth.transformer.lookup import Pairs, pairs_of_softmax, run_by_lookup
from logdepth.transformer.positions import Formulas, position_lines

AUTO, SOFTMAX, LOOKUP = WAYS_TO_ATTEND = ("auto", "softmax", "lookup")
LARGE = 4096
"""Rows from which on rows are looked up unless told otherwise: a few times as many as where that begins to pay."""
MANY_PAIRS = 4 * LARGE**2
"""Of a query and a key, in one layer: as many as of four heads on LARGE rows."""


@dataclass(frozen=True, eq=False)
class Transformer:
    """A transformer of softmax attention and ReLU blocks, as a value: all its weights, and what they are called.

    A table of N rows becomes N + 1 tokens: the start token, then the rows.

    Token 0 is `positions[0]`; token i is `positions[i] + Σ_field embeddings[field][value of the field in row i]`.
    With `formulas`, Σ_f formula_f(i) · positions[f] takes the place of positions[i]: nothing grows with the rows.
    Block `order[s]` runs at step s, so that tied weights appear once. Output `name` of row i is the integer nearest to
    `x_i · readouts[name]`, in 0..outputs[name].
    """

    embeddings: Mapping[str, Tensor]  # field -> (high + 1, width)
    positions: Tensor  # (rows + 1, width), or (formulas + 1, width)
    blocks: tuple[Block, ...]
    order: tuple[int, ...]
    readouts: Mapping[str, Tensor]  # output -> (width,)
    outputs: Mapping[str, int]  # output -> highest value
    causal: bool
    residual: tuple[str, ...]  # names of the residual columns of the embedding
    formulas: Formulas | None = None  # None: positions are a table

    def __repr__(self) -> str:
        inputs = ", ".join(f"{name}: 0..{len(table) - 1}" for name, table in self.embeddings.items())
        outputs = ", ".join(f"{name}: 0..{high}" for name, high in self.outputs.items())
        layers = sum(block.attention is not None for block in self.steps)
        return (
            f"Transformer({shorten(f'{inputs} -> {outputs}')}; {self.rows} rows{', causal' * self.causal}, {layers}"
            f" attention layers, width {self.width}, {str(self.dtype).removeprefix('torch.')})"
        )

    @property
    def rows(self) -> int:
        """Most rows that the model takes."""
        return self.positions.shape[0] - 1 if self.formulas is None else self.formulas.rows

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

    @property
    def most_heads(self) -> int:
        """Of one attention layer; 0 without any."""
        return max((block.attention.heads for block in self.blocks if block.attention is not None), default=0)

    def position_table(self) -> Tensor:
        """What every position adds to the residual stream, (rows + 1, width), also where it is given by formulas."""
        return position_lines(self.positions, self.formulas, self.rows + 1)

    def run(self, columns: Mapping[str, ArrayLike], attention: str = AUTO) -> dict[str, np.ndarray]:
        """The output columns of one table (columns (N,)) or a batch of tables (columns (B, N)), as integers.

        attention: as in `evaluate`.
        """
        return evaluate(self, columns, attention=attention)

    def run_with_cache(self, columns: Mapping[str, ArrayLike]) -> tuple[dict[str, np.ndarray], Cache]:
        """As `run` on one table, with every head's attention pattern and the residual stream after every step."""
        return evaluate_with_cache(self, columns)


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


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The output columns, and how many pairs of a query and a key were scored."""

    outputs: dict[str, np.ndarray]
    pairs: Pairs


def evaluate(
    model: Transformer,
    columns: Mapping[str, ArrayLike],
    lengths: ArrayLike | None = None,
    mantissa_bits: int | None = None,
    attention: str = AUTO,
) -> dict[str, np.ndarray]:
    """The output columns, int64 of the shape of the input columns: (N,) or (B, N).

    lengths: (B,) rows in use where tables of a batch differ in length; entries beyond are padding and come back as 0.
    mantissa_bits: simulate arithmetic in which the result of every operation (matrix product, softmax, sum) is rounded
    to that many bits; accumulation inside a product is exact, in float64.
    attention: "softmax" scores all pairs of a query and a key; "lookup" looks the rows that a head reads up by their
    keys; "auto" does so from LARGE rows or MANY_PAIRS on. Both give the same: a head that reads one row reads the same
    numbers, and sums differ by rounding. A query for which this is not sure is scored with all keys.
    """
    return evaluate_counting(model, columns, lengths, mantissa_bits, attention).outputs


@undisturbed()
def evaluate_counting(
    model: Transformer,
    columns: Mapping[str, ArrayLike],
    lengths: ArrayLike | None = None,
    mantissa_bits: int | None = None,
    attention: str = AUTO,
) -> Evaluated:
    """As `evaluate`, with the pairs that were scored."""
    tables = check(model, columns)
    *batch, rows = next(iter(tables.values())).shape
    lengths = check_lengths(lengths, tables)
    used = np.full(batch or 1, rows) if lengths is None else lengths
    looked_up = looks_up(attention, rows, mantissa_bits, model.most_heads)
    model, arithmetic = in_arithmetic(model, mantissa_bits)
    if looked_up:
        last, pairs = last_by_lookup(model, tables, used)
    else:
        for x in residuals(model, tables, lengths, arithmetic):
            last = x
        pairs = pairs_of_softmax(model.steps, model.causal, used + 1)
    answers = only_rows_in_use(read(model, last, arithmetic), lengths)
    return Evaluated(answers if batch else {name: values[0] for name, values in answers.items()}, pairs)


def looks_up(attention: str, rows: int, mantissa_bits: int | None = None, heads: int = 1) -> bool:
    """Whether tables of so many rows are evaluated by lookup, in a model with so many heads in one layer.

    Errors: UsageError for what is no way to evaluate.
    """
    check_attention(attention)
    if attention == LOOKUP and mantissa_bits is not None:
        raise UsageError(
            "arithmetic of fewer mantissa bits is simulated for softmax alone, not for lookup.",
            Wording("Take {attention}.", attention=SOFTMAX),
        )
    large = rows >= LARGE or heads * rows**2 >= MANY_PAIRS
    return attention == LOOKUP or (attention == AUTO and mantissa_bits is None and large)


def check_attention(attention: str) -> None:
    """UsageError for what is no way to attend."""
    if attention not in WAYS_TO_ATTEND:
        known = ", ".join(WAYS_TO_ATTEND)
        remedy = Wording("Take {attention}.", attention=AUTO)
        raise UsageError(f"attention is one of {known}, not {attention!r}.", remedy)


def last_by_lookup(model: Transformer, tables: Mapping[str, np.ndarray], used: np.ndarray) -> tuple[Tensor, Pairs]:
    """The residual stream after the last step, (B, N+1, width), table by table; 0 beyond the rows in use."""
    x, pairs = embed(model, tables), Pairs()
    last = torch.zeros_like(x)
    for number, rows in enumerate(used):
        if not rows:
            continue
        table = slice(number, number + 1), slice(rows + 1)
        last[table], scored = run_by_lookup(x[table], model.steps, model.causal)
        pairs = pairs + scored
    return last, pairs


@undisturbed()
def evaluate_with_cache(model: Transformer, columns: Mapping[str, ArrayLike]) -> tuple[dict[str, np.ndarray], Cache]:
    """As `evaluate` on one table, keeping patterns and residuals."""
    table = check(model, columns)
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
def evaluate_watched(
    model: Transformer, columns: Mapping[str, ArrayLike], watch: Callable[[int, Tensor], None]
) -> dict[str, np.ndarray]:
    """As `evaluate` on one table; `watch` is given the number of every step, from 0, and the residual stream after it,
    (N+1, width), which is not kept."""
    last = None
    for number, last in enumerate(residuals(model, check(model, columns), None, EXACT), start=-1):
        if number >= 0:
            watch(number, last[0])
    assert last is not None, "the residual stream stands there before the first step"
    return {name: values[0] for name, values in read(model, last, EXACT).items()}


@undisturbed()
def columns_kept(
    model: Transformer, columns: Mapping[str, ArrayLike], lengths: np.ndarray | None, mantissa_bits: int
) -> bool:
    """Whether in p-bit arithmetic every named residual column, at every step and row in use, and every output rounds to
    the same integer as in the model's own format. Arguments as for `evaluate`."""
    tables = check(model, columns)
    lengths = check_lengths(lengths, tables)
    coarse, arithmetic = in_arithmetic(model, mantissa_bits)
    both = zip(residuals(model, tables, lengths, EXACT), residuals(coarse, tables, lengths, arithmetic), strict=True)
    streams = next(both)  # the columns of the embedding have no names
    embedding, _ = streams
    visible = visibility(embedding.shape[1], lengths)
    used = slice(None) if visible is None else visible[:, 0, 0]
    for block, streams in zip(model.steps, both, strict=True):
        named = [place for place, name in enumerate(block.residual) if name]
        own, rounded = (x[..., named][used].double().round() for x in streams)
        if not torch.equal(own, rounded):
            return False
    rows = slice(None) if visible is None else visible[:, 0, 0][:, 1:].numpy()
    given, coarsely = read(model, streams[0], EXACT), read(coarse, streams[1], arithmetic)
    return all(np.array_equal(given[name][rows], coarsely[name][rows]) for name in given)


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


def check(model: Transformer, columns: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
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


def check_lengths(lengths: ArrayLike | None, tables: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Rows in use, (B,) whole numbers, one for each table. Errors: UsageError for others."""
    if lengths is None:
        return None
    used, (batch, rows) = np.asarray(lengths), np.atleast_2d(next(iter(tables.values()))).shape
    if used.shape != (batch,) or used.dtype.kind not in "iu" or not ((used >= 0) & (used <= rows)).all():
        raise UsageError(f"lengths are {batch} whole numbers in 0..{rows}, one for each table, not {used.tolist()}.")
    return used


def embed(model: Transformer, tables: Mapping[str, np.ndarray]) -> Tensor:
    """(B, N+1, width): the start token and the rows."""
    batches = {name: torch.as_tensor(np.atleast_2d(values)) for name, values in tables.items()}
    batch, length = next(iter(batches.values())).shape
    x = position_lines(model.positions, model.formulas, length + 1).expand(batch, -1, -1).clone()
    for name, values in batches.items():
        x[:, 1:] += model.embeddings[name][values]
    return x


def readouts(model: Transformer, x: Tensor, arithmetic: Arithmetic) -> dict[str, Tensor]:
    """Every output on the rows before it is rounded to an integer, (B, N)."""
    return {name: arithmetic.rounding(arithmetic.product(x[:, 1:], v)) for name, v in model.readouts.items()}


def read(model: Transformer, x: Tensor, arithmetic: Arithmetic) -> dict[str, np.ndarray]:
    """The integer nearest to each readout, on the rows, (B, N) int64. Errors: UsageError where that is no number."""
    values = readouts(model, x, arithmetic)
    return {name: nearest(name, found, model.outputs[name]).numpy() for name, found in values.items()}


def only_rows_in_use(answers: Mapping[str, np.ndarray], lengths: np.ndarray | None) -> dict[str, np.ndarray]:
    """The outputs (B, N) with 0 on the rows of padding, those from `lengths` (B,) on."""
    if lengths is None:
        return dict(answers)
    return {
        name: np.where(np.arange(values.shape[1])[None, :] >= lengths[:, None], 0, values)
        for name, values in answers.items()
    }


def nearest(name: str, values: Tensor, high: int) -> Tensor:
    """An output's readouts as integers in 0..high, int64. Errors: UsageError where one is no number."""
    if values.isnan().any():
        raise UsageError(f"output {name!r} is no number: the weights are too large for this input. Compile them again.")
    return values.round().clamp(0, high).to(torch.int64)
