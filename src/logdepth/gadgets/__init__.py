"""Gadgets: exact pieces of transformers, with their conditions. Attention heads select and add, ReLU pieces compute."""

from logdepth.gadgets.cells import (
    INDEX,
    ONE,
    START,
    Affine,
    Cell,
    Embedded,
    Head,
    Neurons,
    Read,
    Staircase,
    State,
    combine,
    constant,
    form,
    lowering,
)

__all__ = [
    "INDEX",
    "ONE",
    "START",
    "Affine",
    "Cell",
    "Embedded",
    "Head",
    "Neurons",
    "Read",
    "Staircase",
    "State",
    "combine",
    "constant",
    "form",
    "lowering",
]
