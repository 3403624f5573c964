"""Binary addition of two 64-bit numbers, in two layers: row i holds bit i of both, the lowest bit first.

    logdepth compile examples/addition.py --out addition
    logdepth run addition bits.csv --report addition.html

The carry out of a row is a bit of the last row up to it where both bits agree. The sum of three bits is their xor.
"""

from logdepth import Table

table = Table("binary addition", rows=65, causal=True)
a, b = table.input("a", high=1), table.input("b", high=1)
carry = table.last(a, where=a == b, name="carry out")
table.output("sum", a ^ b ^ table.shift(carry, 1, name="carry in"))


def oracle(columns):
    """The bits of the sum, by Python's whole numbers; a carry out of the last row is lost."""
    total = sum((int(a) + int(b)) << place for place, (a, b) in enumerate(zip(columns["a"], columns["b"], strict=True)))
    return [total >> place & 1 for place in range(len(columns["a"]))]
