"""One attention layer, opened: what its heads read at the last token, token by token, and what is made of it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from logdepth.networks import FavorAttention, Gpt2, check_settings, gpt2_of, shape_of
from logdepth.numerics.errors import UsageError
from logdepth.refuters.network import TokenNetwork
from logdepth.refuters.suspect import Computing, NotTaken, Suspect
from logdepth.tasks import Task
from logdepth.transformer import EXACT, Transformer, bring, embed, in_float64, project, step
from logdepth.transformer import read as read_outputs


class OneLayer(Protocol):
    """A model whose rows meet in one attention layer, in float64. `heads` of `size` numbers each.

    A suspect that has these methods itself is taken as it is.
    """

    heads: int
    size: int

    def project(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores (B, tokens, heads) of the last token's query with the key of every token, -inf where it does not read,
        and values (B, tokens, heads, size), for rows (B, N, columns) as `Suspect.rows` gives them.

        Tokens that the model puts before the rows come first. A value depends on its own row and place alone, a score
        on the last row too.
        """

    def finish(self, rows: np.ndarray, mixed: np.ndarray) -> np.ndarray:
        """The answers (B,) at the last row, from what the heads read there, (B, heads, size)."""


def open_layer(suspect: Suspect) -> OneLayer:
    """The one attention layer of a suspect. Errors: NotTaken for none or several, or if it cannot be opened."""
    if isinstance(suspect, TokenNetwork):
        network = as_gpt2(suspect.network)
        if network is not None:
            return OneLayerGpt2(network, suspect)
    if isinstance(suspect, Computing):
        model = getattr(suspect.model, "transformer", suspect.model)  # of a compiled model, or one itself
        if isinstance(model, Transformer):
            return OneLayerTransformer(model, suspect)
    if all(hasattr(suspect, name) for name in ("heads", "size", "project", "finish")):
        return suspect  # type: ignore[return-value]  # it offers what the protocol asks for
    raise NotTaken(
        "it is no GPT-2, of ours or of Hugging Face, and no compiled transformer; no other attention can be opened"
    )


def as_gpt2(network: Any) -> Gpt2 | None:
    """Ours as it is, one of Hugging Face's by its state dict and configuration, None for any other network."""
    if isinstance(network, Gpt2):
        return network
    config: Any = getattr(network, "config", None)
    if getattr(config, "model_type", None) != "gpt2" or not isinstance(network, torch.nn.Module):
        return None
    check_settings(config.to_dict())
    state = network.state_dict()
    return gpt2_of(state, shape_of(state, config.n_head, epsilon=config.layer_norm_epsilon))


def only_one(layers: int) -> None:
    if layers != 1:
        raise NotTaken(f"it has {layers} attention layers, and the theorem is about one")


class OneLayerGpt2:
    """A GPT-2 of one layer. Errors: NotTaken for more, and for attention that is no softmax."""

    def __init__(self, network: Gpt2, suspect: TokenNetwork) -> None:
        only_one(len(network.layers))
        if isinstance(network.layers[0].attn, FavorAttention):
            raise NotTaken("its attention is a Performer's, which is no softmax")
        self.network = deepcopy(network).double().eval()
        self.read_class = suspect.encoding.read
        self.heads, self.size = network.shape.heads, network.shape.width // network.shape.heads

    @torch.no_grad()
    def project(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, layer = self.embedded(rows), self.network.layers[0]
        query, key, value = layer.attn.project(layer.ln_1(x))
        scores = (key @ (query[:, :, -1:] / self.size**0.5).mT).squeeze(-1)  # (B, heads, N)
        visible = layer.attn.visible(x.shape[1], x.device)[-1]
        return as_array(scores.masked_fill(~visible, -torch.inf).mT), as_array(value.transpose(1, 2))

    @torch.no_grad()
    def finish(self, rows: np.ndarray, mixed: np.ndarray) -> np.ndarray:
        last = self.embedded(rows)[:, -1:]
        x = self.network.layers[0].absorb(last, torch.as_tensor(mixed)[:, :, None])
        return self.read_class(self.network.read(x)[:, -1].argmax(-1).numpy())

    def embedded(self, rows: np.ndarray) -> Tensor:
        return self.network.embed(torch.as_tensor(rows[..., 0]))


class OneLayerTransformer:
    """A compiled transformer with one attention layer; ReLU layers before and after it see a row each.

    Errors: NotTaken for several attention layers or outputs.
    """

    def __init__(self, model: Transformer, suspect: Computing) -> None:
        steps = model.steps
        places = [place for place, block in enumerate(steps) if block.attention is not None]
        only_one(len(places))
        check_columns(model, suspect.task)
        self.model = in_float64(model)
        self.place = places[0]
        self.fields = list(suspect.task.inputs)
        attention = self.model.steps[self.place].attention
        assert attention is not None, "it was found by its attention"
        self.attention = attention
        self.heads, self.size = attention.heads, attention.value.shape[-1]

    def project(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x = self.before(rows)
        query, key, value = (
            project(x, w, EXACT) for w in (self.attention.query, self.attention.key, self.attention.value)
        )
        scores = (key @ query[:, :, -1:].mT).squeeze(-1)
        return as_array(scores.mT), as_array(value.transpose(1, 2))

    def finish(self, rows: np.ndarray, mixed: np.ndarray) -> np.ndarray:
        x = self.before(rows)[:, -1:]
        x = x + bring(torch.as_tensor(mixed)[:, :, None], self.attention.output, EXACT)
        here, *after = self.model.steps[self.place :]
        x = step(x, None, here.mlp, self.model.causal, None, EXACT)
        for block in after:
            x = step(x, None, block.mlp, self.model.causal, None, EXACT)
        start = torch.zeros_like(x)  # the reader leaves the start token out
        (answers,) = read_outputs(self.model, torch.cat([start, x], dim=1), EXACT).values()
        return answers[:, -1]

    def before(self, rows: np.ndarray) -> Tensor:
        """The residual stream that attention reads, (B, N + 1, width)."""
        x = embed(self.model, {name: rows[..., at] for at, name in enumerate(self.fields)})
        for block in self.model.steps[: self.place]:
            x = step(x, None, block.mlp, self.model.causal, None, EXACT)
        return x


def check_columns(model: Transformer, task: Task[Any]) -> None:
    """NotTaken unless the columns of a transformer are those of a task, and large enough."""
    held = {name: len(table) - 1 for name, table in model.embeddings.items()}
    if held.keys() != task.inputs.keys() or model.outputs.keys() != task.outputs.keys():
        raise NotTaken(
            f"its columns are {', '.join(held)} -> {', '.join(model.outputs)}, and {task.name} has"
            f" {', '.join(task.inputs)} -> {', '.join(task.outputs)}"
        )
    if model.rows < task.rows or any(held[name] < high for name, high in task.inputs.items()):
        raise NotTaken(f"it takes {model.rows} rows of {held}, and this {task.name} has {task.rows} of {task.inputs}")


def as_array(values: Tensor) -> np.ndarray:
    return values.detach().numpy()


def check_finite(values: np.ndarray, what: str) -> None:
    if not np.isfinite(values).all():
        raise UsageError(f"{what} of the attention layer are no finite numbers. Give a model whose weights are.")
