"""Bit-sliced evaluation: one word of 64 bits holds a node's value for 64 inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.circuits.adders import to_logic
from logdepth.circuits.circuit import Circuit, check_bits
from logdepth.circuits.logic import AND, XOR, Logic

WORD = 64
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
            words = self.evaluate_words(pack(taken))
            found[start : start + len(taken)] = unpack(words, len(taken))
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
        for begin, end in zip(begins, [*begins[1:], logic.operations], strict=True)
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
    padded = np.zeros((-(-len(bits) // WORD) * WORD, bits.shape[1]), dtype=bool)
    padded[: len(bits)] = bits
    return np.ascontiguousarray(np.packbits(padded.T, axis=1, bitorder="little")).view(np.uint64)


def unpack(words: np.ndarray, instances: int) -> np.ndarray:
    """The inverse: (columns, words) uint64 -> (instances, columns) bool."""
    return np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=1, bitorder="little")[:, :instances].T.astype(
        bool
    )
