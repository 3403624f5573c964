"""TransformerLens 4.x: one safetensors file with the weights under TransformerLens' names, and JSON as metadata.

Writing needs no TransformerLens, and the file opens without this library:

    import json
    from safetensors import safe_open
    from transformer_lens import TransformerBridge

    with safe_open(path, "pt") as file:
        about = json.loads(file.metadata()["logdepth"])
        state = {name: file.get_tensor(name) for name in file.keys()}
    bridge = TransformerBridge.boot_native(about["config"], dtype=state["embed.weight"].dtype)
    bridge.load_state_dict(state)

The metadata `logdepth` holds `config` (TransformerLens' configuration), `tokens` (from columns to tokens, see
`Vocabulary`), `logits` (from logits to answers, see `Logits`), and what `model.json` says of the model. Every step of
the model is a block, so that tied blocks repeat. Heads, their widths and hidden units are padded with zeros to those of
the largest block; a zero head attends to all tokens alike and writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import accumulate
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from logdepth.numerics.errors import Call, UsageError, Wording
from logdepth.numerics.formats import format_of

if TYPE_CHECKING:
    from torch import Tensor
    from transformer_lens import TransformerBridge

    from logdepth.artefacts import Model
    from logdepth.transformer import Block, Transformer

MOST_TOKENS = 2**20  # the most combinations of values that become one token each
MOST_CLASSES = 2**12  # the most values of an output that become one logit each
SCALE = 2  # TransformerLens divides scores by this, and takes no 1; queries are multiplied by it, which is exact


@dataclass(frozen=True)
class Vocabulary:
    """Input columns as tokens: part p makes a row the token `first[p] + Σ strides[p][column] · value`; before the first
    row comes the token `start`.

    One part: the model's input is (batch, rows + 1) token ids. Several, where one would need more than MOST_TOKENS ids:
    it is (batch, rows + 1, width) floats, the embeddings of the parts' tokens added up.
    """

    first: tuple[int, ...]
    strides: tuple[dict[str, int], ...]
    start: int

    def ids(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Token ids of columns (batch, rows), (batch, rows + 1, parts) int64."""
        parts = [
            first + sum(stride * np.asarray(columns[name], dtype=np.int64) for name, stride in strides.items())
            for first, strides in zip(self.first, self.strides, strict=True)
        ]
        return np.pad(np.stack(parts, axis=-1), ((0, 0), (1, 0), (0, 0)), constant_values=self.start)


@dataclass(frozen=True)
class Logits:
    """Output `name`, 0..high: with `classes` the argmax of logits first..first + high, else logit `first`, rounded."""

    name: str
    high: int
    first: int
    classes: bool


def write_transformer_lens(model: Model, path: str | Path) -> None:
    """Write the file that `load_transformer_lens` opens. Errors: UsageError if the system refuses."""
    from safetensors.torch import save

    from logdepth.artefacts import describe
    from logdepth.numerics.files import write_file

    transformer = model.transformer
    about = {
        **describe(model),
        "config": configuration(transformer),
        "tokens": asdict(vocabulary(transformer)),
        "logits": [asdict(each) for each in logits(transformer)],
    }
    write_file(path, save(state(transformer), {"logdepth": json.dumps(about)}))


def load_transformer_lens(path: str | Path) -> TransformerBridge:
    """The model as TransformerLens runs it: `bridge.run_with_cache(lens_input(model, columns))`.

    Errors: UsageError if TransformerLens is not installed, or if `write_transformer_lens` did not write the file.
    """
    from safetensors import SafetensorError, safe_open

    from logdepth.numerics.documents import parse_json
    from logdepth.numerics.files import open_file

    try:
        from transformer_lens import TransformerBridge
    except ImportError as error:
        raise UsageError(
            f"TransformerLens is not installed ({error}). Install it: pip install 'logdepth[transformer-lens]'."
        ) from None
    open_file(path).close()  # what is no file is refused, and never waited for
    try:
        with safe_open(path, framework="pt") as file:
            config = parse_json(file.metadata()["logdepth"])["config"]
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no mapping
        bridge = TransformerBridge.boot_native(config, dtype=weights["embed.weight"].dtype, model_name="logdepth")
        bridge.load_state_dict(weights)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        remedy = Wording("Write it: {it}.", it=Call("export(model, 'transformer-lens', path)", "export"))
        raise UsageError(f"{path} is no TransformerLens export ({error!r}).", remedy) from None
    return bridge


def lens_input(transformer: Transformer, columns: Mapping[str, np.ndarray]) -> Tensor:
    """Columns (rows,) or (batch, rows) as the input of the bridge: token ids, or embeddings (see `Vocabulary`)."""
    import torch

    from logdepth.arithmetic import undisturbed

    batch = {name: np.atleast_2d(values) for name, values in columns.items()}
    with undisturbed():
        ids = torch.as_tensor(vocabulary(transformer).ids(batch))
        return ids[..., 0] if ids.shape[-1] == 1 else embedding(transformer)[ids].sum(-2)


def lens_answers(transformer: Transformer, output: Tensor) -> dict[str, np.ndarray]:
    """The output columns, (batch, rows) int64, in the logits (batch, rows + 1, logits) of the bridge."""
    answers = {}
    for part in logits(transformer):
        if part.classes:
            answers[part.name] = output[:, 1:, part.first : part.first + part.high + 1].argmax(-1)
        else:
            answers[part.name] = output[:, 1:, part.first].round().clamp(0, part.high).long()
    return {name: values.numpy() for name, values in answers.items()}


def configuration(transformer: Transformer) -> dict[str, Any]:
    """The `TransformerBridgeConfig` as a dictionary."""
    heads, head_width, hidden = sizes(transformer)
    return {
        "n_layers": len(transformer.order),
        "d_model": transformer.width,
        "n_heads": heads,
        "d_head": head_width,
        "d_mlp": hidden,
        "n_ctx": transformer.rows + 1,
        "d_vocab": vocabulary(transformer).start + 1,
        "d_vocab_out": sum(part.high + 1 if part.classes else 1 for part in logits(transformer)),
        "act_fn": "relu",
        "normalization_type": None,
        "attention_dir": "causal" if transformer.causal else "bidirectional",
        "attn_scale": float(SCALE),
        "init_weights": False,
        "device": "cpu",
    }


def sizes(transformer: Transformer) -> tuple[int, int, int]:
    """Heads, head width and hidden units of the largest block, at least 1 each."""
    attentions = [block.attention for block in transformer.blocks if block.attention is not None]
    return (
        max((a.heads for a in attentions), default=1),
        max((max(a.query.shape[2], a.value.shape[2], 1) for a in attentions), default=1),
        max((block.mlp.into.shape[1] for block in transformer.blocks if block.mlp is not None), default=1),
    )


def vocabulary(transformer: Transformer) -> Vocabulary:
    """One token per combination of the columns' values in mixed radix, or, where those are too many, one per column."""
    values = {name: len(table) for name, table in transformer.embeddings.items()}
    parts = [list(values)] if prod(values.values()) <= MOST_TOKENS else [[name] for name in values]
    first = list(accumulate((prod(values[name] for name in part) for part in parts), initial=0))
    strides = tuple({name: prod(values[n] for n in part[at + 1 :]) for at, name in enumerate(part)} for part in parts)
    return Vocabulary(tuple(first[:-1]), strides, first[-1])


def embedding(transformer: Transformer) -> Tensor:
    """The embedding of every token, (tokens, width); the last is the start token's, 0: all of it is in its position."""
    import torch

    tables = []
    for part in vocabulary(transformer).strides:
        table = transformer.positions.new_zeros(1, transformer.width)
        for name in part:
            table = (table[:, None] + transformer.embeddings[name][None]).flatten(0, 1)
        tables.append(table)
    return torch.cat([*tables, transformer.positions.new_zeros(1, transformer.width)])


def logits(transformer: Transformer) -> list[Logits]:
    """How every output is read: by classes where that is exact.

    The logit of class c is 2xc - c², greatest for the c nearest to the readout x; x is off an integer by less than 1/4,
    so the next class is at least 1/2 below. With t terms ≥ 0 in x, a logit is rounded at most t + 1 times, each time by
    at most u of a number below 3 · high²; twice that must stay below 1/2.
    """
    parts = []
    first = 0
    for name, high in transformer.outputs.items():
        readout = transformer.readouts[name]
        terms = int((readout != 0).sum())
        exact = 12 * (terms + 1) * high**2 < format_of(str(transformer.dtype).removeprefix("torch.")).exact
        part = Logits(name, high, first, exact and high < MOST_CLASSES and bool((readout >= 0).all()))
        parts.append(part)
        first += high + 1 if part.classes else 1
    return parts


def unembedding(transformer: Transformer) -> tuple[Tensor, Tensor]:
    """Weight (logits, width) and bias (logits,)."""
    import torch

    weights, biases = [], []
    for part in logits(transformer):
        readout = transformer.readouts[part.name]
        classes = torch.arange(part.high + 1, dtype=readout.dtype)
        weights.append(2 * classes[:, None] * readout if part.classes else readout[None])
        biases.append(-classes.square() if part.classes else readout.new_zeros(1))
    return torch.cat(weights), torch.cat(biases)


def state(transformer: Transformer) -> dict[str, Tensor]:
    """The state dictionary of the bridge, complete: all biases but the unembedding's are 0."""
    weight, bias = unembedding(transformer)
    result = {
        "embed.weight": embedding(transformer),
        "pos_embed.weight": transformer.position_table(),
        "unembed.weight": weight,
        "unembed.bias": bias,
    }
    for number, block in enumerate(transformer.steps):
        for name, matrix in block_matrices(transformer, block):
            result[f"blocks.{number}.{name}.weight"] = matrix
            result[f"blocks.{number}.{name}.bias"] = matrix.new_zeros(len(matrix))
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in result.items()}


def block_matrices(transformer: Transformer, block: Block) -> Iterable[tuple[str, Tensor]]:
    """TransformerLens' name and matrix (out, in) of every projection, padded."""
    heads, head_width, hidden = sizes(transformer)
    zeros = transformer.positions.new_zeros
    for name in ("query", "key", "value"):
        matrix = zeros(heads, head_width, transformer.width)
        if block.attention is not None:
            held = getattr(block.attention, name).transpose(1, 2)
            matrix[: held.shape[0], : held.shape[1]] = held * (SCALE if name == "query" else 1)
        yield f"attn.{name[0]}", matrix.flatten(0, 1)
    matrix = zeros(heads, head_width, transformer.width)
    if block.attention is not None:
        held = block.attention.output
        matrix[: held.shape[0], : held.shape[1]] = held
    yield "attn.o", matrix.flatten(0, 1).T
    into, out = zeros(transformer.width, hidden), zeros(hidden, transformer.width)
    if block.mlp is not None:
        into[:, : block.mlp.into.shape[1]] = block.mlp.into
        out[: block.mlp.out.shape[0]] = block.mlp.out
    yield "mlp.in", into.T
    yield "mlp.out", out.T
