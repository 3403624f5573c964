"""k-hop induction heads in 2 + ⌊log2 k⌋ layers of ⌊log4 n⌋ + 1 heads.

Row i keeps P = find^r(i) and the letter at P, where r runs through the binary prefixes of k. After layer 2, r = 1. Next
bit 0: read what row P keeps, find^r(P) = find^2r(i). Next bit 1: read what row find(P) keeps, find^(2r + 1)(i). Row i
needs no layer to look up find(P) = max { j ≤ P : x_(j-1) = x_P }, for it is known by content: it is the last row j not
after P whose letter before is the letter that row i keeps. So every bit of k but the first takes one layer, and ⌊log2
k⌋ of them end at r = k. Where P = 0, there is no such row, and the letter stays 0: no hop.

The last match not after P is one statement, and one head for every digit of P (`gadgets.last`). If the next bit is 1,
pointer and letter are read as one number: a head for every digit then fills one column in place of two.

Source: the scheme is ours. It has the layers that arXiv 2402.09268, Theorem 4.2, prints, with more heads.
"""

from __future__ import annotations

from logdepth.gadgets.last import digits_until
from logdepth.programs import Column, Program, Table
from logdepth.solutions.sequences.k_hop import FIND, find_first
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import KHop
from logdepth.theory.k_hop import shallow_hop_layers

PREFIXES = "prefixes of k: one layer per bit but the first, proved in logdepth.solutions.sequences.shallow_k_hop"


def shallow_k_hop(n: int, k: int, letters: int) -> Program:
    """Output `answer`: the letter at find^k(i), 0 if undefined, for tokens 1..letters."""
    table = Table("k-hop", n, causal=True)
    token = table.input("token", letters)
    table.output("answer", token if k == 0 else hops(table, token, k))
    return table.program()


def hops(table: Table, token: Column, k: int) -> Column:
    """The first hop by two layers, and one layer for every further bit of k."""
    before, found, letter = find_first(table, token)
    reach = 1
    bits = f"{k:b}"[1:]
    for place, bit in enumerate(bits, start=1):
        reach = 2 * reach + int(bit)
        names = [f"find {reach}", f"hop {reach}"]
        if bit == "0":
            found, letter = table.pull(found, [found, letter], name=names)
        elif place < len(bits):
            found, letter = read_as_one(table, before, found, letter, names)
        else:
            found, letter = table.last([found, letter], key=before, query=letter, until=found, name=names)
    return letter


def read_as_one(table: Table, before: Column, found: Column, letter: Column, names: list[str]) -> tuple[Column, Column]:
    """Pointer and letter of row find(P), by way of one number; the letter is its higher digit, of few break points."""
    base = found.high + 1
    both = table.last(letter * base + found, key=before, query=letter, until=found, name=", ".join(names))
    pointer, hop = (
        table.column(part, high, name=name)
        for part, high, name in zip((both % base, both // base), (found.high, letter.high), names, strict=True)
    )
    return pointer, hop


def shallow_hop_heads(n: int, k: int) -> int:
    """A head for every digit of a row number, if some bit of k but the first is 1."""
    return digits_until(n) if k & (k - 1) else min(1, k)


SHALLOW_K_HOP = Solution(
    task=KHop,
    build=lambda task: shallow_k_hop(task.n, task.k, len(task.letters)),
    sizes=lambda task, tied: Sizes(
        layers=shallow_hop_layers(task.k), heads=shallow_hop_heads(task.n, task.k), source=PREFIXES
    ),
    words=(
        f"A hop leads to the token after the latest earlier occurrence of the same letter: {FIND} The answer at"
        " <i>i</i> is the letter after <i>k</i> hops. Layer 1 tells every token which letter stands before it;"
        " layer 2 looks for the latest token whose letter before equals mine: one hop.",
        "Every token keeps the token <i>P</i> that some hops lead to, and the letter there. A layer reads what <i>P</i>"
        " keeps, which doubles the number of hops; or what the token one hop after <i>P</i> keeps, which doubles it and"
        " adds one. This token is the latest one up to <i>P</i> whose letter before equals the letter at <i>P</i>:"
        " every digit of <i>P</i> has a head that looks for it. So the bits of <i>k</i> after the first take a layer"
        " each: ⌊log₂ <i>k</i>⌋ layers.",
    ),
)
