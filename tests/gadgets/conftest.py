"""A reference evaluator of cells and forms: what a token holds, computed as the definition says, in plain numbers."""

import pytest

from logdepth.gadgets import ONE, START, Embedded, Neurons


class Token:
    """One row: what its fields and its given cells hold. `on_start`: the start token, which holds nothing but START."""

    def __init__(self, fields=None, cells=None, on_start=False):
        self.fields, self.cells, self.on_start = fields or {}, cells or {}, on_start

    def cell(self, cell):
        if cell is ONE:
            return 0 if self.on_start else 1
        if cell is START:
            return 1 if self.on_start else 0
        if isinstance(cell, Embedded):
            return 0 if self.on_start else int(cell.table[self.fields[cell.source]])
        if isinstance(cell, Neurons):
            value = sum(weight * max(0, self.form(x)) for weight, x in cell.terms)
            assert self.on_start or cell.low <= value <= cell.high or cell.error, f"{cell.label} leaves its range"
            return value
        return 0 if self.on_start else self.cells[cell]

    def form(self, x):
        return sum(weight * self.cell(cell) for cell, weight in x.weights.items())


@pytest.fixture(scope="session")
def token():
    return Token
