"""Small networks with fresh weights: what the law of these arrows is checked on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from logdepth.arrows.arrow import Columns, Example
from logdepth.networks import KINDS, ChainOfThought, Gpt2, Gpt2Shape, Longformer, Mamba, Performer, Recurrent

LENGTHS = (6, 9, 30)  # of three players each has two tokens at least


def shape(depth: int = 3) -> Gpt2Shape:
    return Gpt2Shape(vocabulary=7, positions=40, depth=depth, heads=2, width=8, classes=7)


def fresh(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def recurrent() -> Iterator[Example[Recurrent]]:
    for kind in KINDS:
        yield example(Recurrent(shape(), kind, fresh()))


def mamba() -> Iterator[Example[Mamba]]:
    for seed in range(2):
        yield example(Mamba(shape(2), state=4, generator=fresh(seed)))


def performer() -> Iterator[Example[Performer]]:
    for seed in range(2):
        yield example(Performer(shape(), features=6, generator=fresh(seed)))


def longformer() -> Iterator[Example[Longformer]]:
    for window in (1, 4, 20):  # none before, some of the player before, some of several players before
        yield example(Longformer(shape(), window, fresh()))


def attention() -> Iterator[Example[Gpt2]]:
    for seed in range(2):
        yield example(Gpt2(shape(), fresh(seed)), tokens=30)


def thinking() -> Iterator[Example[ChainOfThought]]:
    for thoughts in (0, 1, 5):
        yield Example(ChainOfThought(Gpt2(shape(1), fresh()), thoughts), tables(), {"players": 3})


def example(network: Any, **options: object) -> Example[Any]:
    return Example(network, tables(), {"players": 3, **options})


def tables() -> list[Columns]:
    rng = np.random.default_rng(0)
    return [{"token": rng.integers(0, 7, length)} for length in LENGTHS]
