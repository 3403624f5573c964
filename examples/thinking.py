"""An automaton by chain of thought: one layer of one head, and a thought for every letter.

    logdepth compile examples/thinking.py --out thinking

The automaton accepts the texts over a and b that end with abb. The rows of a table are first the letters of a text,
then the thoughts about it: the state, and how many letters were read. The model answers the next thought.
"""

from logdepth.automata import regex_dfa
from logdepth.solutions import thinking_program

N = 50
AUTOMATON = regex_dfa("(a|b)*abb")

program = thinking_program(AUTOMATON, N)


def oracle(columns):
    """By one step of the automaton in each row: from its state, by the letter after those that it has read."""
    token, state, read = (columns[name].tolist() for name in ("token", "state", "read"))
    following = []
    for row, (before, place) in enumerate(zip(state, read, strict=True)):
        letter = token[place] if place <= row else 0
        start = AUTOMATON.start if before == 0 else before - 1
        following.append(AUTOMATON.steps[start][letter - 1] + 1 if letter else 0)
    return {"token": [0] * len(token), "state": following, "read": [min(place + 1, N) for place in read]}


def sample(rng):
    """A text, and all the thoughts about it."""
    size = int(rng.integers(1, N + 1))
    text = rng.integers(1, 3, size).tolist()
    thoughts = [state + 1 for state in AUTOMATON.trace_numbers(letter - 1 for letter in text)]
    nothing = [0] * size
    return {"token": text + nothing, "state": nothing + thoughts, "read": [*nothing, *range(1, size + 1)]}
