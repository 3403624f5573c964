"""The sizes of a network on tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from logdepth.numerics.errors import UsageError


@dataclass(frozen=True)
class Gpt2Shape:
    """Sizes of a GPT-2. With `classes` a linear head reads that many logits; None: the last hidden state is the logits.

    Errors: UsageError for sizes that do not fit each other.
    """

    vocabulary: int  # token ids 0..vocabulary - 1
    positions: int  # most tokens
    depth: int  # layers
    heads: int
    width: int
    hidden: int | None = None  # of the MLPs; None: 4 · width
    classes: int | None = None
    dropout: float = 0.1  # on embeddings, attention weights, and what attention and MLP add; in training mode only
    epsilon: float = 1e-5  # of LayerNorm

    def __post_init__(self) -> None:
        for name in ("vocabulary", "positions", "depth", "heads", "width", "hidden", "classes"):
            value = getattr(self, name)
            if (value is not None or name not in ("hidden", "classes")) and (
                not isinstance(value, int) or isinstance(value, bool) or value < 1
            ):
                raise UsageError(f"{name} of a GPT-2 is a whole number from 1; got {value!r}.")
        if self.width % self.heads:
            raise UsageError(f"the heads of a GPT-2 share its width evenly; {self.heads} do not divide {self.width}.")
        if not 0 <= self.dropout < 1:
            raise UsageError(f"dropout of a GPT-2 is at least 0 and below 1; got {self.dropout!r}.")
        if not self.epsilon > 0:
            raise UsageError(f"epsilon of a GPT-2 is above 0; got {self.epsilon!r}.")

    @property
    def mlp_width(self) -> int:
        return self.hidden or 4 * self.width

    def to_hugging_face(self) -> dict[str, Any]:
        """The settings, as `config.json` of a `GPT2Model` has them. They leave out the linear head, which is ours."""
        return {
            "model_type": "gpt2",
            "architectures": ["GPT2Model"],
            "vocab_size": self.vocabulary,
            "n_positions": self.positions,
            "n_layer": self.depth,
            "n_head": self.heads,
            "n_embd": self.width,
            "n_inner": self.hidden,
            "embd_pdrop": self.dropout,
            "attn_pdrop": self.dropout,
            "resid_pdrop": self.dropout,
            "layer_norm_epsilon": self.epsilon,
            "activation_function": "gelu_new",
            "bos_token_id": None,  # the defaults are words of the vocabulary of OpenAI's GPT-2
            "eos_token_id": None,
        }
