"""Transformers: softmax attention and ReLU layers as a plain value, its evaluation, its resources."""

from logdepth.transformer.blocks import Attention, Block, Mlp
from logdepth.transformer.generate import generate
from logdepth.transformer.module import TransformerModule
from logdepth.transformer.resources import Resources, resources
from logdepth.transformer.transformer import Cache, Transformer, evaluate

__all__ = [
    "Attention",
    "Block",
    "Cache",
    "Mlp",
    "Resources",
    "Transformer",
    "TransformerModule",
    "evaluate",
    "generate",
    "resources",
]
