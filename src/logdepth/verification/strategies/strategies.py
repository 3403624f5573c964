"""Random programs, random maps, and random tables."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from logdepth.programs import Program
from logdepth.verification.strategies.draft import Draft, DraftMap
from logdepth.verification.strategies.statements import Author


@st.composite
def drafts(draw: st.DrawFn, rows: int = 6, statements: int = 6, largest: int = 24) -> Draft:
    """Programs of so many rows and statements (not counting those inside a repeat) at most; maps give 0..largest."""
    return Author(draw, draw(st.integers(1, rows)), draw(st.booleans()), largest).write(
        draw(st.integers(1, statements))
    )


@st.composite
def draft_maps(draw: st.DrawFn, columns: int = 3, largest: int = 24, depth: int = 4) -> DraftMap:
    """Functions of so many columns at most, that do so many things with them, one inside the other."""
    author = Author(draw, 6, False, largest)
    for _ in range(draw(st.integers(1, columns))):
        author.input()
    known = author.known = author.known[1:]
    term = author.term(draw(st.integers(1, depth)))
    return DraftMap(
        f"lambda {', '.join(column.variable for column in known)}: {term.text}", tuple(c.high for c in known)
    )


def tables(program: Program) -> st.SearchStrategy[dict[str, np.ndarray]]:
    """Input columns of 1..rows rows."""

    def of_length(length: int) -> st.SearchStrategy[dict[str, np.ndarray]]:
        def column(high: int) -> st.SearchStrategy[np.ndarray]:
            values = st.lists(st.integers(0, high), min_size=length, max_size=length)
            return values.map(lambda drawn: np.array(drawn, dtype=np.int64))

        return st.fixed_dictionaries({item.name: column(item.high) for item in program.inputs})

    return st.integers(program.lengths[0], program.lengths[-1]).flatmap(of_length)
