"""Automata by chain of thought: one layer of one head, and a thought for every letter.

The table begins with the letters of a text, one a row. Then come thoughts. A thought is the state that the automaton is
in, and the number of letters that it has read. What the model answers in a row is the next thought: its head reads the
letter after those that were read, and its ReLU layer takes the step of the automaton. After the last letter the next
row is no letter but the first thought, so the answer is state 0, which is none: the thoughts end.

Source: arXiv 2310.07923 (a linear number of steps decides every regular language).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from logdepth.automata import Dfa
from logdepth.numerics.errors import UsageError
from logdepth.programs import Program, Table
from logdepth.transformer import Transformer, generate

LETTER, STATE, READ = "token", "state", "read"


def thinking_program(automaton: Dfa, n: int) -> Program:
    """The program whose outputs in a row are the next thought about a text of at most n letters, on 2n rows.

    Columns, in and out: token (a letter by its number from 1; 0 in a thought), state (from 1; 0 before the first
    thought), read (letters read so far). Rows of the text have state 0 and read 0. The answer depends on a row's state
    and read and on the text alone, so each thought can be checked by itself.
    """
    table = Table("thoughts of an automaton", 2 * n, causal=True)
    token = table.input(LETTER, letters=automaton.letters)
    state, read = table.input(STATE, high=len(automaton)), table.input(READ, high=n)
    letter = table.last(token, query=read + 1, key=table.index, name="next letter")
    table.output(LETTER, table.column(0 * token, 0, name="no letter"))
    table.output(STATE, table.column(table.lookup(next_states(automaton), state, letter), name="next state"))
    table.output(READ, table.column((read + 1).clip(0, n), n, name="letters read"))
    return table.program()


def next_states(automaton: Dfa) -> np.ndarray:
    """By state and letter, both from 1: the next state; 0 where there is no letter. State 0 stands for the start."""
    steps = [automaton.steps[automaton.start], *automaton.steps]
    return np.array([[0, *(following + 1 for following in row)] for row in steps])


def think(model: Transformer, tokens: ArrayLike) -> np.ndarray:
    """The states that the compiled `thinking_program` thinks of, one after the other, (N,) from 1.

    tokens: the letters of a text by their numbers from 1, (N,). The model runs once for every thought, and sees nothing
    but the text and its own thoughts. Errors: UsageError for no letters, more than there is room to think about, and as
    of `generate`.
    """
    letters = np.asarray(tokens, dtype=np.int64)
    if letters.ndim != 1 or not 1 <= len(letters) <= model.rows // 2:
        raise UsageError(
            f"the model thinks about one text of 1 to {model.rows // 2} letters, not of shape {letters.shape}."
            " Compile it for more."
        )
    nothing = np.zeros_like(letters)
    written = generate(model, {LETTER: letters, STATE: nothing, READ: nothing}, None, ends=(STATE,))
    return written[STATE][len(letters) :]
