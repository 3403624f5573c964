"""GPT-2 in plain PyTorch, to train, to evaluate and to look into.

Weights have the names and shapes of Hugging Face's `GPT2Model`, so that state dicts go both ways, with equal outputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from logdepth.networks.dropout import drop
from logdepth.networks.on_tokens import OnTokens
from logdepth.networks.shape import Gpt2Shape
from logdepth.networks.weights import MERGE, check_numbers, prefix_of
from logdepth.numerics.errors import UsageError, did_you_mean

PARTS = r"wte|wpe|ln_f|head|h\.\d+\.(ln_1|ln_2|attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)"
OURS = re.compile(rf"({PARTS})\.(weight|bias)")
"""Names of the weights of a `Gpt2`."""
MASK = re.compile(r"h\.\d+\.attn\.(bias|masked_bias)")
"""Names of what earlier versions of Hugging Face kept beside them: the causal mask, and what stands for -∞ in it."""

AS_WE_READ_IT: dict[str, tuple[Any, ...]] = {
    "activation_function": ("gelu_new", "gelu_pytorch_tanh"),  # two names of one function
    "scale_attn_weights": (True,),
    "scale_attn_by_inverse_layer_idx": (False,),
    "add_cross_attention": (False,),
}
"""Settings of a configuration that change what the weights compute, and the values that we know how to read."""

SPREAD = 0.02  # standard deviation of fresh weights. Source: GPT-2, as `GPT2Config.initializer_range`

Means = Mapping[tuple[int, int], Tensor]
"""(layer, head) -> what to put in place of the head's output, (width / heads,) or (N, width / heads)."""


def check_settings(settings: Mapping[str, Any]) -> None:
    """UsageError if a configuration as in `config.json` says that the weights compute something that we do not."""
    for setting, known in AS_WE_READ_IT.items():
        if settings.get(setting, known[0]) not in known:
            raise UsageError(
                f"GPT-2 is read with {setting} = {known[0]!r} only; this one has {repr(settings[setting])[:80]}."
            )


def gpt2_weights(state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of the GPT-2 in a state dict by the names of `Gpt2`, and nothing else: each of them is used.

    state_dict: of `GPT2Model`, of a model that has one inside, or of `Gpt2`. An `lm_head` beside it becomes its head.
    Errors: UsageError for none or several, for tensors that nothing uses, and for a mask that is not causal.
    """
    prefix = prefix_of(state_dict)
    around = [prefix[:end] for end in range(len(prefix) + 1) if end == 0 or prefix[end - 1] == "."]
    heads = {f"{part}lm_head.{kind}": f"head.{kind}" for part in around for kind in ("weight", "bias")}
    weights: dict[str, Tensor] = {}
    unused = []
    for name, value in state_dict.items():
        ours = heads.get(name, name.removeprefix(prefix) if name.startswith(prefix) else "")
        if OURS.fullmatch(ours) and ours not in weights:
            weights[ours] = value
        elif not (MASK.fullmatch(ours) and is_causal(value)):
            unused.append(name)
    if unused:
        lora = any("lora_" in name for name in unused)
        more = f" and {len(unused) - 3} more" if len(unused) > 3 else ""
        raise UsageError(
            f"a GPT-2 does not use {', '.join(map(repr, unused[:3]))}{more}; what is left aside may change what it"
            f" computes. {MERGE if lora else 'Save the GPT-2 alone, or with its lm_head.'}"
        )
    if "head.weight" in weights and "head.bias" not in weights:
        weights["head.bias"] = torch.zeros(len(weights["head.weight"]), dtype=weights["head.weight"].dtype)
    return weights


def is_causal(mask: Tensor) -> bool:
    """Whether it is the mask (1, 1, N, N) by which token i reads 0..i, or the number that stands for -∞ in it."""
    square = mask.ndim == 4 and mask.shape[-1] == mask.shape[-2] and mask.shape[:2] == (1, 1)
    return mask.ndim == 0 or (square and torch.equal(mask[0, 0].bool(), torch.ones_like(mask[0, 0]).tril().bool()))


def shape_of(state_dict: Mapping[str, Tensor], heads: int, dropout: float = 0.1, epsilon: float = 1e-5) -> Gpt2Shape:
    """The shape of these weights. They do not show the number of heads, so `heads` gives it.

    state_dict: as for `gpt2_weights`. Errors: UsageError as there, and for missing weights.
    """
    weights = gpt2_weights(state_dict)

    def size(name: str, axis: int) -> int:
        if name not in weights or weights[name].ndim != 2:
            raise UsageError(f"this GPT-2 has no matrix {name!r}. {did_you_mean(name, weights)}")
        return weights[name].shape[axis]

    width = size("wte.weight", 1)
    hidden = size("h.0.mlp.c_fc.weight", 1)
    return Gpt2Shape(
        vocabulary=size("wte.weight", 0),
        positions=size("wpe.weight", 0),
        depth=len({name.split(".")[1] for name in weights if name.startswith("h.")}),
        heads=heads,
        width=width,
        hidden=None if hidden == 4 * width else hidden,
        classes=size("head.weight", 0) if "head.weight" in weights else None,
        dropout=dropout,
        epsilon=epsilon,
    )


def gpt2_of(state_dict: Mapping[str, Tensor], shape: Gpt2Shape) -> Gpt2:
    """A GPT-2 of this shape with these weights, in evaluation mode.

    It computes in float64 if the token embedding is of that format, else in float32.
    Errors: UsageError as `gpt2_weights`, for missing weights, for those of another shape or kind, and for those that
    are no finite numbers.
    """
    weights = gpt2_weights(state_dict)
    with torch.device("meta"):  # shapes only: no memory is taken for weights that are not there
        expected = Gpt2(shape).state_dict()
    for name, value in expected.items():
        if name not in weights:
            raise UsageError(f"this GPT-2 has no weight {name!r}. {did_you_mean(name, weights)}")
        if weights[name].shape != value.shape:
            raise UsageError(
                f"weight {name!r} of this GPT-2 must have shape {tuple(value.shape)};"
                f" it has {tuple(weights[name].shape)}."
            )
        check_numbers(name, weights[name])
    network = Gpt2(shape).to(torch.float64 if weights["wte.weight"].dtype == torch.float64 else torch.float32)
    network.load_state_dict({name: weights[name] for name in expected})
    return network.eval()


@dataclass(frozen=True, eq=False)
class Gpt2Cache:
    """What every head did, layer by layer, on B sequences of N tokens."""

    patterns: tuple[Tensor, ...]  # (B, heads, N, N): attention weights; row i is what token i reads
    outputs: tuple[Tensor, ...]  # (B, heads, N, width / heads): what each head reads, before the output matrix


class Gpt2(OnTokens):
    """Ids (B, N) to logits (B, N, classes), or to the last hidden state (B, N, width) without a head of its own.

    generator: of the fresh weights; None takes torch's own. attention: another kind, such as that of `performer`.
    """

    def __init__(
        self,
        shape: Gpt2Shape,
        generator: torch.Generator | None = None,
        attention: Callable[[Gpt2Shape], Attention] | None = None,
    ) -> None:
        super().__init__()
        self.shape = shape
        self.wte = nn.Embedding(shape.vocabulary, shape.width)
        self.wpe = nn.Embedding(shape.positions, shape.width)
        self.h = nn.ModuleList(Layer(shape, attention or Attention) for _ in range(shape.depth))
        self.ln_f = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.head = None if shape.classes is None else nn.Linear(shape.width, shape.classes)
        for name, weight in self.named_parameters():  # Source: GPT-2, section 2.3: residual layers scaled by 1/√(2L)
            if name.endswith("bias"):
                nn.init.zeros_(weight)
            elif weight.ndim == 2:
                spread = SPREAD / (2 * shape.depth) ** 0.5 if name.endswith("c_proj.weight") else SPREAD
                nn.init.normal_(weight, std=spread, generator=generator)

    @property
    def layers(self) -> Sequence[Layer]:
        return cast("Sequence[Layer]", self.h)

    def forward(self, ids: Tensor, means: Means | None = None) -> Tensor:
        """Logits. `means` ablates heads: what stands there takes the place of a head's output at every token."""
        x = self.embed(ids)
        for number, layer in enumerate(self.layers):
            replaced = {head: value for (at, head), value in (means or {}).items() if at == number}
            x = layer(x, replaced)
        return self.read(x)

    def run_with_cache(self, ids: Tensor) -> tuple[Tensor, Gpt2Cache]:
        """Logits, and what every head did. Without dropout of attention weights, whatever the mode."""
        x, patterns, outputs = self.embed(ids), [], []
        for layer in self.layers:
            attention = layer.attn
            query, key, value = attention.project(layer.ln_1(x))
            patterns.append(attention.pattern(query, key))
            outputs.append(patterns[-1] @ value)
            x = layer.absorb(x, outputs[-1])
        return self.read(x), Gpt2Cache(tuple(patterns), tuple(outputs))

    def embed(self, ids: Tensor) -> Tensor:
        """Tokens before the first layer, (B, N, width). Errors: UsageError for more tokens than positions."""
        tokens = ids.shape[-1]
        if tokens > self.shape.positions:
            raise UsageError(f"this GPT-2 takes up to {self.shape.positions} tokens; got {tokens}.")
        return self.drop(self.wte(ids) + self.wpe.weight[:tokens])

    def state_words(self, tokens: int) -> int:
        """Words that it has to keep of the first `tokens` tokens for those that follow."""
        return sum(layer.attn.state_words(tokens) for layer in self.layers)

    def read(self, x: Tensor) -> Tensor:
        x = self.ln_f(x)
        return x if self.head is None else self.head(x)

    def drop(self, x: Tensor) -> Tensor:
        return drop(x, self.shape.dropout, self.training)


class Layer(nn.Module):
    """Attention and an MLP, each on a LayerNorm of its own."""

    def __init__(self, shape: Gpt2Shape, attention: Callable[[Gpt2Shape], Attention]) -> None:
        super().__init__()
        self.dropout = shape.dropout
        self.ln_1 = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.attn = attention(shape)
        self.ln_2 = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.mlp = Mlp(shape)

    def forward(self, x: Tensor, replaced: Mapping[int, Tensor]) -> Tensor:
        mixed = self.attn(self.ln_1(x))
        if replaced:
            mixed = mixed.clone()  # attention may keep its output for the way back
        for head, value in replaced.items():
            mixed[:, head] = value
        return self.absorb(x, mixed)

    def absorb(self, x: Tensor, mixed: Tensor) -> Tensor:
        """The tokens after this layer, from what its heads read, (B, heads, N, width / heads)."""
        x = x + drop(self.attn.c_proj(mixed.transpose(1, 2).flatten(2)), self.dropout, self.training)
        return x + drop(self.mlp(self.ln_2(x)), self.dropout, self.training)


class Attention(nn.Module):
    def __init__(self, shape: Gpt2Shape) -> None:
        super().__init__()
        self.heads, self.dropout = shape.heads, shape.dropout
        self.c_attn = Linear(shape.width, 3 * shape.width)
        self.c_proj = Linear(shape.width, shape.width)

    def forward(self, x: Tensor) -> Tensor:
        """What every head reads, (B, heads, N, width / heads)."""
        query, key, value = self.project(x)
        dropout = self.dropout if self.training else 0.0
        if dropout and x.device.type == "cpu":  # where PyTorch has no fused attention with dropout
            return drop(self.pattern(query, key), dropout, True) @ value
        return functional.scaled_dot_product_attention(query, key, value, dropout_p=dropout, is_causal=True)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each (B, heads, N, width / heads)."""
        query, key, value = self.c_attn(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return query, key, value

    def pattern(self, query: Tensor, key: Tensor) -> Tensor:
        """Attention weights, (B, heads, N, N)."""
        scores = query / query.shape[-1] ** 0.5 @ key.transpose(-1, -2)
        return scores.masked_fill_(~self.visible(scores.shape[-1], scores.device), -torch.inf).softmax(-1)

    def visible(self, tokens: int, device: torch.device) -> Tensor:
        """Whether token i may read token j, bool (N, N)."""
        return torch.ones(tokens, tokens, dtype=torch.bool, device=device).tril()

    def state_words(self, tokens: int) -> int:
        """Words that a layer has to keep of the first `tokens` tokens for those that follow: keys and values."""
        return 2 * self.c_proj.weight.shape[0] * tokens


class Mlp(nn.Module):
    def __init__(self, shape: Gpt2Shape) -> None:
        super().__init__()
        self.c_fc = Linear(shape.width, shape.mlp_width)
        self.c_proj = Linear(shape.mlp_width, shape.width)

    def forward(self, x: Tensor) -> Tensor:
        hidden: Tensor = self.c_proj(functional.gelu(self.c_fc(x), approximate="tanh"))
        return hidden


class Linear(nn.Module):
    """x W + b, with W as (inputs, outputs): GPT-2 keeps it so, and `nn.Linear` transposed."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.empty(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.weight.T, self.bias)
