"""k-hop induction heads in 2 + ⌈log2 k⌉ layers of one head.

Source: arXiv 2402.09268, Theorem 4.2, with the pair of `powers`.
"""

from __future__ import annotations

from logdepth.algorithms.powers import power
from logdepth.programs import Column, Program, Table


def k_hop(n: int, k: int, letters: int) -> Program:
    """Output `answer`: the letter at find^k(i), 0 if undefined, for tokens 1..letters."""
    table = Table("k-hop", n, causal=True)
    token = table.input("token", letters)
    table.output("answer", token if k == 0 else hops(table, token, k))
    return table.program()


def hops(table: Table, token: Column, k: int) -> Column:
    """Layer 1 reads the token before; layer 2 the last row whose token before is mine; the others double the reach."""
    before = previous(table, token)
    found, letter = table.last(key=before, query=token, values=[table.index, token], name=["find 1", "hop 1"])
    return power(table, found, [letter], k, "find")[-1]


def previous(table: Table, token: Column) -> Column:
    """The token of the row before mine, 0 in row 1."""
    row_before = table.map(lambda i: i - 1, table.index, high=table.rows - 1, name="row before")
    return table.pull(row_before, token, name="token before")
