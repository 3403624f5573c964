"""An MPC protocol of your own, for `logdepth compile examples/my_protocol.py --router exact --out model`.

64 machines stand on rings, each knows its neighbours `left` and `right` and holds a number. In six rounds every machine
learns the greatest number on its ring: in round i it tells the machine 2^i to its left who stands 2^i to its right, the
other way round, and the greatest number that it has heard of. Copy this file, and change it.
"""

import numpy as np
import torch

from logdepth import RawProtocol

MACHINES, HIGHEST, ROUNDS = 64, 1000, 6


def introduce(state):
    """What a machine sends: packets (destination, word, word), words in the order of `words` below."""
    return [
        (state["left"], state["right"], state["greatest"]),
        (state["right"], state["left"], state["greatest"]),
    ]


def begin(machine, state, inbox):
    """A step gets integer tensors with an entry for every machine: its number from 1, its state, its inbox."""
    return state, introduce(state)


def learn(machine, state, inbox):
    # A slot is (1 if a packet came, *words). Slots are in the order of packets: 0 came from my right, 1 from my left.
    (_, right, from_right), (_, left, from_left) = inbox
    greatest = torch.maximum(
        state["greatest"], torch.maximum(from_left, from_right)
    )  # no `if`: torch.where, minimum, …
    return {"left": left, "right": right, "greatest": greatest}


def go_on(machine, state, inbox):
    state = learn(machine, state, inbox)
    return state, introduce(state)


def end(machine, state, inbox):
    return learn(machine, state, inbox), []  # the last step sends nothing


def sample(rng):
    """An initial state to verify the model on: rings of any lengths."""
    order = rng.permutation(MACHINES) + 1
    left, right = np.zeros((2, MACHINES), dtype=int)
    for ring in np.split(order, np.sort(rng.integers(0, MACHINES, 2))):
        left[ring - 1], right[ring - 1] = np.roll(ring, 1), np.roll(ring, -1)
    return {"left": left, "right": right, "greatest": rng.integers(0, HIGHEST + 1, MACHINES)}


protocol = RawProtocol(
    "greatest on my ring",
    machines=MACHINES,
    slots=2,  # packets out and packets in, at most, per machine and round
    state={"left": MACHINES, "right": MACHINES, "greatest": HIGHEST},  # every number is in 0..highest
    words={"beyond": MACHINES, "greatest": HIGHEST},
    steps=[begin, *[go_on] * (ROUNDS - 1), end],
    sample=sample,
)
