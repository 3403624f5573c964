"""Boolean formulas in Polish notation: & | ^ stand before their two operands, 0 and 1 are leaves; `&1|01` is true."""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np

OPERATORS: dict[str, Callable[[int, int], int]] = {"&": operator.and_, "|": operator.or_, "^": operator.xor}


def true_formulas(word: str) -> list[bool]:
    """Of every prefix, whether it is a formula, and true. At most one is: no formula begins with another.

    By a stack of operators that wait for operands.
    """
    waiting: list[tuple[str, list[int]]] = []
    whole, found = False, []
    for letter in word:
        value = -1
        if not whole and letter in OPERATORS:
            waiting.append((letter, []))
        elif not whole:
            value = int(letter)
            while waiting and waiting[-1][1]:
                sign, [first] = waiting.pop()
                value = OPERATORS[sign](first, value)
            if waiting:
                waiting[-1][1].append(value)
            else:
                whole = True
        found.append(whole and value == 1)
    return found


def draw_true_formula(rng: np.random.Generator, size: int) -> str:
    """A random one of `size` letters; of an even number, one of a letter more, cut off.

    Trees are of any shape, or as deep as they can be: to the left, to the right, or in a zigzag.
    """
    shape, word = int(rng.integers(6)), ""
    waiting = [(size | 1, 1)]  # letters, and the value that they have
    while waiting:
        letters, value = waiting.pop()
        if letters == 1:
            word += str(value)
            continue
        sign = str(rng.choice([*OPERATORS]))
        pairs = [(a, b) for a in (0, 1) for b in (0, 1) if OPERATORS[sign](a, b) == value]
        left, right = pairs[int(rng.integers(len(pairs)))]
        ends = {0: [1], 1: [letters - 2], 2: [1, letters - 2]}
        before = int(rng.choice(ends.get(shape, range(1, letters - 1, 2))))
        word += sign
        waiting += [(letters - 1 - before, right), (before, left)]
    return word[:size]
