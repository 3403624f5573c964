"""2-SUM in one layer with one head: look for the number that completes mine to 0 modulo M.

Source: arXiv 2306.02896 (Match2).
"""

from __future__ import annotations

from logdepth.programs import Program, Table


def two_sum(n: int, modulus: int) -> Program:
    """Output `answer`: 1 if some row (mine included) holds a number that adds up with mine to 0 modulo `modulus`."""
    table = Table("2-sum", n)
    number = table.input("number", modulus - 1)
    partner = table.map(lambda x: (modulus - x) % modulus, number, high=modulus - 1, name="partner")
    table.output("answer", table.select(query=partner, key=number, values=1, name="found"))
    return table.program()
