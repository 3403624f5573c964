"""Measure the size of a transformer."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from logdepth.transformer.transformer import Transformer


@dataclass(frozen=True)
class Resources:
    """The size of a transformer.

    `layers` with attention and `blocks` in all, as they run; `heads` of the widest layer; `width` of the residual
    stream; `hidden` units of the widest ReLU layer; stored `parameters`, tied weights counted once.
    """

    layers: int
    heads: int
    width: int
    blocks: int
    hidden: int
    parameters: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def resources(model: Transformer) -> Resources:
    """Counted from the tensors themselves."""
    attentions = [block.attention for block in model.blocks if block.attention is not None]
    mlps = [block.mlp for block in model.blocks if block.mlp is not None]
    stored = [model.positions, *model.embeddings.values(), *model.readouts.values()]
    for attention in attentions:
        stored += [attention.query, attention.key, attention.value, attention.output]
    for mlp in mlps:
        stored += [mlp.into, mlp.out]
    return Resources(
        layers=sum(block.attention is not None for block in model.steps),
        heads=max((attention.heads for attention in attentions), default=0),
        width=model.width,
        blocks=len(model.order),
        hidden=max((mlp.into.shape[1] for mlp in mlps), default=0),
        parameters=sum(tensor.numel() for tensor in stored),
    )
