"""Bit-sliced evaluation: one word of 64 bits holds a node's value for 64 inputs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from logdepth.circuits.adders import to_logic
from logdepth.circuits.circuit import Circuit, check_bits
from logdepth.circuits.logic import AND, XOR, Logic

WORD, BYTES = 64, 8
"""Inputs, and bytes, of a word."""
CACHE = 2**19
"""Words that a pass holds: so many lie in a cache, and one operation of NumPy still does many of them."""


@dataclass(frozen=True, eq=False)
class Step:
    """Operations of one kind and one level: rows read, and the row of the first that is written."""

    kind: str
    left: np.ndarray
    right: np.ndarray
    first: int


class BitSliced:
    """A circuit made ready to be evaluated on many inputs.

    Its logic is put in order: by levels, and in a level by what is done, so that one operation of NumPy does them all.
    """

    def __init__(self, circuit: Circuit) -> None:
        self.inputs = len(circuit.inputs)
        self.rows, self.steps, outputs = schedule(to_logic(circuit))
        self.output_rows, self.flipped = outputs >> 1, (outputs & 1).astype(bool)

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        """(instances, inputs) of 0 and 1 -> (instances, outputs) bool. Errors: UsageError as `check_bits`."""
        bits = check_bits(inputs, self.inputs)
        found = np.empty((len(bits), len(self.output_rows)), dtype=bool)
        at_once = WORD * min(1024, max(4, CACHE // self.rows))
        for start in range(0, len(bits), at_once):
            taken = bits[start : start + at_once]
            unpack(self.evaluate_words(pack(taken)), found[start : start + len(taken)])
        return found

    def evaluate_words(self, inputs: np.ndarray) -> np.ndarray:
        """(inputs, words) uint64 -> (outputs, words) uint64."""
        values = np.zeros((self.rows, inputs.shape[1]), dtype=np.uint64)
        values[1 : 1 + self.inputs] = inputs
        for step in self.steps:
            target = values[step.first : step.first + len(step.left)]
            np.take(values, step.left, axis=0, out=target)
            right = values[step.right]
            if step.kind == "xor":
                target ^= right
            elif step.kind == "nor":
                target |= right
                np.invert(target, out=target)
            else:
                target &= np.invert(right, out=right) if step.kind == "and not" else right
        found = values[self.output_rows]
        found[self.flipped] ^= ~np.uint64(0)
        return found


KINDS = ("and", "and not", "nor", "xor")


def schedule(logic: Logic) -> tuple[int, list[Step], np.ndarray]:
    """How many rows, the steps in order, and the outputs as literals of rows."""
    level = levels_of(logic)[1 + len(logic.inputs) :]
    left, right = np.minimum(logic.left & 1, logic.right & 1), np.maximum(logic.left & 1, logic.right & 1)
    kind = np.where(logic.kinds == XOR, KINDS.index("xor"), left + right)
    swapped = (logic.kinds == AND) & ((logic.left & 1) > (logic.right & 1))
    one, other = np.where(swapped, logic.right, logic.left) >> 1, np.where(swapped, logic.left, logic.right) >> 1
    order = np.lexsort((kind, level))
    before = 1 + len(logic.inputs)
    row = np.arange(logic.nodes)
    row[before + order] = before + np.arange(logic.operations)
    begins = np.flatnonzero(np.diff(level[order] * len(KINDS) + kind[order], prepend=-1))
    steps = [
        Step(KINDS[kind[order[begin]]], row[one[order[begin:end]]], row[other[order[begin:end]]], before + int(begin))
        for begin, end in pairwise([*begins, logic.operations])  # of no operations none
    ]
    outputs = np.array(list(logic.outputs.values()), dtype=np.int64)
    return logic.nodes, steps, 2 * row[outputs >> 1] + (outputs & 1)


def levels_of(logic: Logic) -> np.ndarray:
    """The level of every node: 0 of constant and inputs."""
    levels = [0] * (1 + len(logic.inputs))
    for left, right in zip((logic.left >> 1).tolist(), (logic.right >> 1).tolist(), strict=True):
        levels.append(1 + max(levels[left], levels[right]))
    return np.array(levels, dtype=np.int64)


def pack(bits: np.ndarray) -> np.ndarray:
    """(instances, columns) bool -> (columns, words) uint64, the rest of the last word 0."""
    words = -(-len(bits) // WORD)
    rows = np.zeros((words * WORD, bits.shape[1]), dtype=np.uint8)
    rows[: len(bits)] = bits
    eights = rows.reshape(words * BYTES, 8, bits.shape[1])
    packed = eights[:, 0].copy()  # eight rows into one, all columns at once: the transposition has an eighth to move
    for place in range(1, 8):
        packed |= eights[:, place] << np.uint8(place)
    return np.ascontiguousarray(packed.T).view(np.uint64)


def unpack(words: np.ndarray, out: np.ndarray) -> None:
    """The inverse: (columns, words) uint64 -> out, (instances, columns) bool."""
    packed = np.ascontiguousarray(words.view(np.uint8).T)
    eights = np.empty((len(packed), 8, packed.shape[1]), dtype=np.uint8)
    for place in range(8):
        np.right_shift(packed, np.uint8(place), out=eights[:, place])
    np.bitwise_and(eights.reshape(-1, packed.shape[1])[: len(out)], 1, out=out.view(np.uint8))
