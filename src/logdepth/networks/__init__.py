"""Trainable networks: token ids, or graphs, to logits."""

from logdepth.networks.chain_of_thought import ChainOfThought
from logdepth.networks.classifier import Classifier
from logdepth.networks.edge_tokens import AskedGraphs, EdgeTokens
from logdepth.networks.gpt2 import (
    AS_WE_READ_IT,
    SPREAD,
    Attention,
    Gpt2,
    check_settings,
    gpt2_of,
    gpt2_weights,
    shape_of,
)
from logdepth.networks.graph_layers import GRAPH_LAYERS
from logdepth.networks.longformer import Longformer
from logdepth.networks.message_passing import MessageLayer, MessagePassing, MessagePassingShape
from logdepth.networks.number_format import number_format
from logdepth.networks.on_edge_tokens import OnEdgeTokens
from logdepth.networks.on_graph import OnGraph
from logdepth.networks.on_tokens import NetworkSize
from logdepth.networks.one_pass import OnePass, StepByStep, mamba_step, one_pass
from logdepth.networks.p_bit import Affine, Gpt2InFloats, LayerInFloats, Norm
from logdepth.networks.performer import FLOOR, FavorAttention, Performer
from logdepth.networks.recurrent import KINDS, Mamba, Recurrent
from logdepth.networks.shape import Gpt2Shape
from logdepth.networks.weights import PART, WEIGHTS, check_numbers, find_weights, load_weights, prefix_of

__all__ = [
    "AS_WE_READ_IT",
    "FLOOR",
    "GRAPH_LAYERS",
    "KINDS",
    "PART",
    "SPREAD",
    "WEIGHTS",
    "Affine",
    "AskedGraphs",
    "Attention",
    "ChainOfThought",
    "Classifier",
    "EdgeTokens",
    "FavorAttention",
    "Gpt2",
    "Gpt2InFloats",
    "Gpt2Shape",
    "LayerInFloats",
    "Longformer",
    "Mamba",
    "MessageLayer",
    "MessagePassing",
    "MessagePassingShape",
    "NetworkSize",
    "Norm",
    "OnEdgeTokens",
    "OnGraph",
    "OnePass",
    "Performer",
    "Recurrent",
    "StepByStep",
    "check_numbers",
    "check_settings",
    "find_weights",
    "gpt2_of",
    "gpt2_weights",
    "load_weights",
    "mamba_step",
    "number_format",
    "one_pass",
    "prefix_of",
    "shape_of",
]
