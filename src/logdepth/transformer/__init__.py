"""Transformers: softmax attention and ReLU layers as a plain value, its evaluation, its resources."""

from logdepth.transformer.evaluate import Cache, evaluate
from logdepth.transformer.generate import generate
from logdepth.transformer.module import TransformerModule
from logdepth.transformer.resources import Resources, resources
from logdepth.transformer.transformer import Attention, Block, Mlp, Transformer

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
