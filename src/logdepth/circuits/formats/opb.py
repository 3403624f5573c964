"""OPB: a threshold gate is two linear inequalities over 0 and 1, which pseudo-Boolean solvers read as they are."""

from __future__ import annotations

from logdepth.circuits.circuit import Circuit
from logdepth.circuits.form import Form


def write_opb(circuit: Circuit, required: str | None = None) -> str:
    """Node k is the variable x(k+1). For y = [Σ w x ≥ t], with lowest and highest value of the sum:

        Σ w x - (t - lowest) y ≥ lowest          y = 1 needs the threshold
        -Σ w x + (highest - t + 1) y ≥ 1 - t     y = 0 needs less

    required: an output that must be 1. Errors: KeyError for another output.
    """
    lines = [f"* input {' '.join(name.split())} = x{1 + place}" for place, name in enumerate(circuit.inputs)]
    lines += [f"* output {' '.join(name.split())} = x{1 + node}" for name, node in circuit.outputs.items()]
    conditions = []
    for node, gate in enumerate(circuit.gates, start=len(circuit.inputs)):
        conditions += conditions_of(circuit.forms[gate.form], gate.threshold, node)
    if required is not None:
        conditions.append(f"+1 x{1 + circuit.outputs[required]} >= 1 ;")
    return "\n".join([f"* #variable= {circuit.nodes} #constraint= {len(conditions)}", *lines, *conditions, ""])


def conditions_of(form: Form, threshold: int, node: int) -> list[str]:
    low, high = form.lowest, form.highest
    if threshold <= low or threshold > high:
        return [f"+1 x{1 + node} = {int(threshold <= low)} ;"]
    terms = [*zip(form.weights, form.nodes, strict=True)]
    return [
        f"{' '.join(f'{weight:+d} x{1 + read}' for weight, read in terms)} {low - threshold:+d} x{1 + node} >= {low} ;",
        f"{' '.join(f'{-weight:+d} x{1 + read}' for weight, read in terms)} {high - threshold + 1:+d} x{1 + node}"
        f" >= {1 - threshold} ;",
    ]
