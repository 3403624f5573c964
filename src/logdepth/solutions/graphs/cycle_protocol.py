"""1-vs-2 cycle as a raw MPC protocol: pointer doubling without a direction, two packets out and two in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from logdepth.numerics.errors import UsageError
from logdepth.programs import LocalStep, Packet, RawProtocol, Slot, State


def cycle_protocol(n: int) -> RawProtocol:
    """Whether n machines, vertices of degree two, are one cycle or two: machine 1 holds their number in `cycles`.

    `one` and `other` are my neighbours, in any order; `least` is my own number at first. A machine tells each of the
    two machines at distance 2^i on either side who the other one is. From the same two it learns the machines at
    distance 2^(i+1); it never matters which side is which. `least` is the least number within distance 2^i - 1, so all
    of the cycle's once 2^i > n / 2. Then the machines that are their own least tell machine 1. A round for every
    doubling and one to tell: 1 + ⌈log2 (⌊n/2⌋ + 1)⌉.
    """
    if n < 3:
        raise UsageError(f"a cycle has at least 3 vertices; got {n}.")
    doublings = (n // 2).bit_length()
    steps: list[LocalStep] = [begin, *[double] * (doublings - 1), tell, count]
    high = {"one": n, "other": n, "least": n, "cycles": 2}
    return RawProtocol("1-vs-2 cycle", n, 2, high, {"other": n, "least": n}, steps, lambda rng: draw(n, rng))


def introductions(state: State) -> list[Packet]:
    """To each of my two, the other one."""
    return [(state["one"], state["other"], state["least"]), (state["other"], state["one"], state["least"])]


def begin(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
    return state, introductions(state)


def double(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
    further = doubled(state, inbox)
    return further, introductions(further)


def tell(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
    further = doubled(state, inbox)
    return further, [(torch.where(further["least"] == machine, 1, 0), 0, 0)]


def count(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
    (first, *_), (second, *_) = inbox
    return {**state, "cycles": first + second}, []


def doubled(state: State, inbox: Sequence[Slot]) -> Mapping[str, Any]:
    (_, one, here), (_, other, there) = inbox
    return {**state, "one": one, "other": other, "least": torch.minimum(state["least"], torch.minimum(here, there))}


def draw(n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """One cycle or, from six vertices on, two of any lengths, by a coin; neighbours in any order."""
    order = rng.permutation(n) + 1
    split = int(rng.integers(3, n - 2)) if n >= 6 and rng.random() < 0.5 else n
    neighbours = np.zeros((2, n), dtype=np.int64)
    for cycle in (order[:split], order[split:]):
        neighbours[:, cycle - 1] = np.roll(cycle, 1), np.roll(cycle, -1)
    turned = rng.random(n) < 0.5
    neighbours[:, turned] = neighbours[::-1, turned]
    return {"one": neighbours[0], "other": neighbours[1], "least": np.arange(1, n + 1), "cycles": np.zeros(n, int)}
