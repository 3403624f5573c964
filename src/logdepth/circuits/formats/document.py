"""Our own file of a circuit: JSON, every form once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from logdepth.circuits.circuit import Circuit, Gate
from logdepth.circuits.form import Form
from logdepth.numerics.documents import Count, Departure, conform, read_json
from logdepth.numerics.errors import UsageError

FORMAT = "logdepth circuit 1"

Whole = int | Annotated[str, Meta(pattern=r"^-?[1-9][0-9]{0,999}$")]
"""A weight or threshold; beyond what JSON readers keep exactly it is text."""


class Document(msgspec.Struct, forbid_unknown_fields=True):
    """forms: nodes, then weights. gates: form, then threshold. outputs: name -> node. parts: name, then gates."""

    format: Literal["logdepth circuit 1"]
    inputs: list[str]
    forms: list[tuple[list[Count], list[Whole]]]
    gates: list[tuple[Count, Whole]]
    outputs: dict[str, Count]
    parts: list[tuple[str, Count]] = []


def write_circuit(circuit: Circuit) -> str:
    """The content of a file `.circuit`."""
    document = {
        "format": FORMAT,
        "inputs": circuit.inputs,
        "forms": [(form.nodes, [whole(weight) for weight in form.weights]) for form in circuit.forms],
        "gates": [(gate.form, whole(gate.threshold)) for gate in circuit.gates],
        "outputs": circuit.outputs,
        **({"parts": circuit.parts} if circuit.parts else {}),
    }
    return json.dumps(document, separators=(",", ":"))


def whole(number: int) -> int | str:
    return number if abs(number) < 2**53 else str(number)


def read_circuit(path: str | Path) -> Circuit:
    """Errors: UsageError for a file that is no circuit, with the place in it."""
    try:
        document = conform(read_json(path), Document)
    except Departure as reason:
        raise UsageError(f"{path} is not a circuit of this library: {reason}.") from None
    forms = tuple(Form(tuple(nodes), tuple(map(int, weights))) for nodes, weights in document.forms)
    gates = tuple(Gate(form, int(threshold)) for form, threshold in document.gates)
    try:
        return Circuit(tuple(document.inputs), forms, gates, document.outputs, tuple(document.parts))
    except UsageError as error:
        raise UsageError(f"{path}:", error) from None
