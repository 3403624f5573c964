"""Sequential networks: RNN, LSTM and GRU of PyTorch, and Mamba of Hugging Face's transformers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from logdepth.networks.fresh_weights import fresh_weights_from
from logdepth.networks.on_tokens import OnTokens
from logdepth.networks.shape import Gpt2Shape
from logdepth.numerics.errors import UsageError, Wording, did_you_mean

KINDS: dict[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class Recurrent(OnTokens):
    """Ids (B, N) to logits, through a stack of recurrent layers, then LayerNorm and head as in `Gpt2`.

    It ignores positions, heads and hidden of the shape. Errors: UsageError for an unknown kind.
    """

    def __init__(self, shape: Gpt2Shape, kind: str, generator: torch.Generator | None = None) -> None:
        super().__init__()
        if kind not in KINDS:
            raise UsageError(f"there is no recurrent network {kind!r}. {did_you_mean(kind, KINDS)}")
        self.shape, self.kind = shape, kind
        with fresh_weights_from(generator):
            self.embedding = nn.Embedding(shape.vocabulary, shape.width)
            dropout = shape.dropout if shape.depth > 1 else 0.0  # between layers; torch warns where there is one
            self.layers = KINDS[kind](shape.width, shape.width, shape.depth, batch_first=True, dropout=dropout)
            self.norm = nn.LayerNorm(shape.width)
            self.head = None if shape.classes is None else nn.Linear(shape.width, shape.classes)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.norm(self.layers(self.embedding(ids))[0])
        return x if self.head is None else self.head(x)

    def state_words(self, tokens: int) -> int:
        """Words that it has to keep of the first tokens for those that follow, however many they are."""
        return self.shape.depth * self.shape.width * (2 if self.kind == "lstm" else 1)


class Mamba(OnTokens):
    """Ids (B, N) to logits, through Hugging Face's MambaModel. Errors: UsageError if transformers is not installed.

    Its states are a parallel scan by mambapy, if that is installed; otherwise a loop over the tokens, slower to train.
    """

    def __init__(self, shape: Gpt2Shape, state: int, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.shape, self.state = shape, state
        model, config = mamba_classes()
        with fresh_weights_from(generator):
            settings = config(
                vocab_size=shape.vocabulary,
                hidden_size=shape.width,
                num_hidden_layers=shape.depth,
                state_size=state,
                use_cache=False,
                use_mambapy=True,
                pad_token_id=None,
                bos_token_id=None,
                eos_token_id=None,
            )
            self.layers = model(settings)
            self.head = None if shape.classes is None else nn.Linear(shape.width, shape.classes)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.layers(ids).last_hidden_state
        return x if self.head is None else self.head(x)

    def state_words(self, tokens: int) -> int:
        """The state of every channel, and the inputs that its convolution still needs."""
        config = self.layers.config
        return self.shape.depth * config.intermediate_size * (self.state + config.conv_kernel - 1)


def mamba_classes() -> tuple[Any, Any]:
    try:
        from transformers import MambaConfig, MambaModel
        from transformers.utils import logging
    except ImportError:
        rule = Wording("{network} needs transformers. Install logdepth[lab].", network="mamba")
        raise UsageError(rule) from None
    logging.set_verbosity_error()  # it recommends kernels for GPUs at every start
    return MambaModel, MambaConfig
