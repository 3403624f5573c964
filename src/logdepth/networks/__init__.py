"""Trainable networks: token ids, or graphs, to logits."""

from logdepth.networks.gpt2 import (
    AS_WE_READ_IT,
    SPREAD,
    Gpt2,
    Gpt2Shape,
    check_settings,
    gpt2_of,
    gpt2_weights,
    shape_of,
)
from logdepth.networks.longformer import longformer
from logdepth.networks.message_passing import MessageLayer, MessagePassing, MessagePassingShape
from logdepth.networks.one_pass import OnePass, StepByStep, one_pass
from logdepth.networks.performer import performer
from logdepth.networks.recurrent import Mamba, Recurrent
from logdepth.networks.weights import PART, WEIGHTS, check_numbers, find_weights, load_weights, prefix_of

__all__ = [
    "AS_WE_READ_IT",
    "PART",
    "SPREAD",
    "WEIGHTS",
    "Gpt2",
    "Gpt2Shape",
    "Mamba",
    "MessageLayer",
    "MessagePassing",
    "MessagePassingShape",
    "OnePass",
    "Recurrent",
    "StepByStep",
    "check_numbers",
    "check_settings",
    "find_weights",
    "gpt2_of",
    "gpt2_weights",
    "load_weights",
    "longformer",
    "one_pass",
    "performer",
    "prefix_of",
    "shape_of",
]
