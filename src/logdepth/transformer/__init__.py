"""Transformers: softmax attention and ReLU layers as a plain value, its evaluation, its resources."""

from logdepth.transformer.blocks import EXACT, Attention, Block, Mlp, bring, pattern, project, step, weigh
from logdepth.transformer.early_stop import RoundsUsed, evaluate_until_still, find_loops
from logdepth.transformer.float_arithmetic import FloatArithmetic
from logdepth.transformer.generate import generate
from logdepth.transformer.module import TransformerModule
from logdepth.transformer.p_bit import BlockInFloats, InFloats
from logdepth.transformer.positions import Formula, Formulas
from logdepth.transformer.resources import Resources, resources
from logdepth.transformer.transformer import (
    Cache,
    Transformer,
    check,
    columns_kept,
    embed,
    evaluate,
    in_float64,
    read,
)

__all__ = [
    "EXACT",
    "Attention",
    "Block",
    "BlockInFloats",
    "Cache",
    "FloatArithmetic",
    "Formula",
    "Formulas",
    "InFloats",
    "Mlp",
    "Resources",
    "RoundsUsed",
    "Transformer",
    "TransformerModule",
    "bring",
    "check",
    "columns_kept",
    "embed",
    "evaluate",
    "evaluate_until_still",
    "find_loops",
    "generate",
    "in_float64",
    "pattern",
    "project",
    "read",
    "resources",
    "step",
    "weigh",
]
