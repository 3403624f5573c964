"""Transformers: softmax attention and ReLU layers as a plain value, its evaluation, its resources."""

from logdepth.transformer.blocks import EXACT, Attention, Block, Mlp, bring, pattern, project, step, weigh
from logdepth.transformer.early_stop import RoundsUsed, StoppedEarly, evaluate_until_still, find_loops
from logdepth.transformer.float_arithmetic import FloatArithmetic
from logdepth.transformer.generate import generate
from logdepth.transformer.lookup import Pairs, ScoredHead
from logdepth.transformer.module import TransformerModule
from logdepth.transformer.p_bit import BlockInFloats, InFloats
from logdepth.transformer.positions import Formula, Formulas
from logdepth.transformer.resources import Resources, resources
from logdepth.transformer.transformer import (
    AUTO,
    SOFTMAX,
    Cache,
    Evaluated,
    Transformer,
    check,
    check_attention,
    columns_kept,
    embed,
    evaluate,
    evaluate_counting,
    evaluate_watched,
    in_float64,
    looks_up,
    read,
)

__all__ = [
    "AUTO",
    "EXACT",
    "SOFTMAX",
    "Attention",
    "Block",
    "BlockInFloats",
    "Cache",
    "Evaluated",
    "FloatArithmetic",
    "Formula",
    "Formulas",
    "InFloats",
    "Mlp",
    "Pairs",
    "Resources",
    "RoundsUsed",
    "ScoredHead",
    "StoppedEarly",
    "Transformer",
    "TransformerModule",
    "bring",
    "check",
    "check_attention",
    "columns_kept",
    "embed",
    "evaluate",
    "evaluate_counting",
    "evaluate_until_still",
    "evaluate_watched",
    "find_loops",
    "generate",
    "in_float64",
    "looks_up",
    "pattern",
    "project",
    "read",
    "resources",
    "step",
    "weigh",
]
