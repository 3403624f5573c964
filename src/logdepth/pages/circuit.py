"""The page of a circuit: its gates level by level, with the values that one input gives them, as records to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from logdepth.circuits import Circuit, Form, read_bits
from logdepth.numerics.errors import UsageError
from logdepth.pages.assemble import as_html, document

MOST_WIRES = 40_000
"""Of a larger circuit the page gets no wires, and beyond `MOST_GATES` there is no page."""
MOST_GATES = 20_000
LARGEST_NUMBER = 2**53 - 1  # whole numbers that JavaScript reads from JSON

Whole = int | str
"""A whole number; a greater one than LARGEST_NUMBER as its digits."""


@dataclass(frozen=True)
class ColumnRecord:
    """Bits that are a number for every row: their nodes, the lowest first; or one bit by name."""

    kind: str
    name: str
    entries: list[list[int]]


@dataclass(frozen=True)
class CircuitRecord:
    """All that the page of a circuit draws, nodes numbered as in `Circuit`.

    gates: form and threshold of each; levels: of each, from 1. forms: nodes and weights of each, None if there are too
    many wires. sums: of every form on the input. values: "0" or "1" of every node. parts: as of the circuit.
    """

    inputs: list[str]
    outputs: list[tuple[str, int]]
    gates: list[tuple[int, Whole]]
    levels: list[int]
    forms: list[tuple[list[int], list[Whole]]] | None
    sums: list[Whole]
    values: str
    parts: list[tuple[str, int]]
    columns: list[ColumnRecord]


def circuit_page(name: str, circuit: Circuit, bits: np.ndarray) -> str:
    """The whole page. bits: one input, (inputs,) of 0 and 1. Errors: UsageError for a circuit that is too large."""
    sizes = circuit.sizes
    if sizes.gates > MOST_GATES:
        raise UsageError(f"a page draws at most {MOST_GATES:,} gates, and this circuit has {sizes.gates:,}.")
    return document(
        "circuit.html",
        {
            "heading": as_html(name),
            "parameters": f"{sizes.gates:,} threshold gates in {sizes.depth} levels,&ensp;{sizes.edges:,} wires",
        },
        title=as_html(name),
        styles=["page.css", "circuit.css"],
        program="circuit",
        data=circuit_record(circuit, bits),
    )


def circuit_record(circuit: Circuit, bits: np.ndarray) -> CircuitRecord:
    values = circuit.values(bits[None])[:, 0]
    wired = circuit.sizes.edges <= MOST_WIRES
    return CircuitRecord(
        inputs=list(circuit.inputs),
        outputs=list(circuit.outputs.items()),
        gates=[(gate.form, whole(gate.threshold)) for gate in circuit.gates],
        levels=list(circuit.levels[len(circuit.inputs) :]),
        forms=[form_record(form) for form in circuit.forms] if wired else None,
        sums=[whole(sum_of(form, values)) for form in circuit.forms],
        values="".join("01"[value] for value in values.astype(int).tolist()),
        parts=list(circuit.parts),
        columns=[
            *columns("input", circuit.inputs, range(len(circuit.inputs))),
            *columns("output", list(circuit.outputs), list(circuit.outputs.values())),
        ],
    )


def form_record(form: Form) -> tuple[list[int], list[Whole]]:
    return list(form.nodes), [whole(weight) for weight in form.weights]


def sum_of(form: Form, values: np.ndarray) -> int:
    return sum(weight for node, weight in zip(form.nodes, form.weights, strict=True) if values[node])


def whole(number: int) -> Whole:
    return number if abs(number) <= LARGEST_NUMBER else str(number)


def columns(kind: str, names: Sequence[str], nodes: Sequence[int]) -> list[ColumnRecord]:
    """Bits of columns as numbers, a row for every column; other bits by name."""
    try:
        bits = read_bits(names)
    except UsageError:
        return [ColumnRecord(kind, name, [[node]]) for name, node in zip(names, nodes, strict=True)]
    rows = max((bit.row for bit in bits), default=0)
    found: dict[str, list[dict[int, int]]] = {bit.column: [{} for _ in range(rows)] for bit in bits}
    for bit, node in zip(bits, nodes, strict=True):
        found[bit.column][bit.row - 1][bit.place] = node
    return [
        ColumnRecord(
            kind, name, [[places.get(place, -1) for place in range(max(places, default=-1) + 1)] for places in entries]
        )
        for name, entries in found.items()
    ]
