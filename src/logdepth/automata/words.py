"""Random words of a regular language."""

from __future__ import annotations

import numpy as np

from logdepth.automata.dfa import Dfa


def draw_accepted(dfa: Dfa, rng: np.random.Generator, size: int) -> list[int] | None:
    """The letters, by their numbers from 0, of a random word of this size that is accepted; None if there is none.

    Every letter is drawn among those that leave a way to the end.
    """
    steps = np.array(dfa.steps)
    hopeful = [np.isin(np.arange(len(dfa)), sorted(dfa.accepting))]  # hopeful[k][state]: k letters more can do
    for _ in range(size):
        hopeful.append(hopeful[-1][steps].any(axis=1))
    if not hopeful[size][dfa.start]:
        return None
    state, word = dfa.start, []
    for left in reversed(range(size)):
        letter = int(rng.choice(np.flatnonzero(hopeful[left][steps[state]])))
        word.append(letter)
        state = int(steps[state, letter])
    return word
