"""The page of a circuit: its gates level by level, with the values that one input gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from logdepth.circuits import Circuit, decode_columns, parts_of
from logdepth.numerics.errors import UsageError
from logdepth.pages.assemble import as_html, document

WIDTH, STEP, BOX, HEAD = 1160, 17, 12, 30
FEW_WIRES = 300
"""Up to so many all wires are drawn at once; of more those of the gate that one points at."""
MOST_WIRES = 40_000
"""Of a larger circuit no wires are drawn, and beyond `MOST_GATES` there is no page."""
MOST_GATES = 20_000

Places = Sequence[tuple[int, int]]  # of every node


def circuit_page(name: str, circuit: Circuit, bits: np.ndarray) -> str:
    """The whole page. bits: one input, (inputs,) of 0 and 1. Errors: UsageError for a circuit that is too large."""
    if len(circuit.gates) > MOST_GATES:
        raise UsageError(f"a page draws at most {MOST_GATES:,} gates, and this circuit has {len(circuit.gates):,}.")
    values = circuit.values(bits[None])[:, 0]
    sizes = circuit.sizes
    return document(
        "circuit.html",
        {
            "heading": as_html(name),
            "parameters": f"{sizes.gates:,} threshold gates in {sizes.depth} levels,&ensp;{sizes.edges:,} wires",
            "lead": f"A gate is 1 if the weighted sum of what it reads reaches its threshold. On this input"
            f" {int(values[len(bits) :].sum()):,} of {sizes.gates:,} gates are 1.",
            "answer": table(circuit, values),
            "blocks": blocks(circuit, values),
            "caption": caption(sizes.edges),
            "levels": picture(circuit, values),
        },
        title=as_html(name),
        styles=["page.css", "circuit.css"],
        program="theme",
        data={},
    )


def caption(wires: int) -> str:
    pointed = "" if wires > MOST_WIRES else " Point at a gate to see what it reads, and its condition."
    return (
        "A square is a node, blue if it is 1; an orange frame marks an output. Blue wires count for a gate, orange ones"
        f" against it.{pointed}"
    )


def table(circuit: Circuit, values: np.ndarray) -> str:
    """Bits of columns as numbers, a row for every column; other bits by name."""
    given = values[: len(circuit.inputs)].astype(int).tolist()
    found = values[list(circuit.outputs.values())].astype(int).tolist()
    rows = [*entries("input", circuit.inputs, given), *entries("output", list(circuit.outputs), found)]
    lines = (f"<tr><th>{as_html(name)}</th>{''.join(f'<td>{n}</td>' for n in numbers)}</tr>" for name, numbers in rows)
    return f'<table class="bits">{"".join(lines)}</table>'


def entries(kind: str, names: Sequence[str], bits: Sequence[int]) -> list[tuple[str, list[int]]]:
    try:
        columns: Mapping[str, np.ndarray] = decode_columns(names, bits)
    except UsageError:
        return [(f"{kind} {name}", [bit]) for name, bit in zip(names, bits, strict=True)]
    return [(f"{kind} {name}", column.tolist()) for name, column in columns.items()]


def blocks(circuit: Circuit, values: np.ndarray) -> str:
    """The steps of the transformer, and what the gates of each are: a section; nothing of a circuit without parts."""
    if not circuit.parts:
        return ""
    rows, most = [], max(count for _, count in circuit.parts) or 1
    for nodes, name in parts_of(circuit):
        levels = [circuit.levels[node] for node in nodes]
        where = f"{min(levels)} to {max(levels)}" if levels else "–"
        bar = f'<i class="bar" style="width:{round(160 * len(nodes) / most)}px"></i>'
        ones = int(values[nodes.start : nodes.stop].sum())
        rows.append(f"<tr><th>{as_html(name)}</th><td>{bar}{len(nodes):,}</td><td>{where}</td><td>{ones:,}</td></tr>")
    head = "<tr><th>step of the transformer</th><th>gates</th><th>levels</th><th>are 1</th></tr>"
    return (
        '<section aria-labelledby="h-blocks"><h2 id="h-blocks">Block by block</h2><div class="scroll">'
        f'<table class="blocks">{head}{"".join(rows)}</table></div></section>'
    )


def part_of(circuit: Circuit, node: int) -> str:
    """In words after a comma; nothing where it has none."""
    return next((f", {name}" for nodes, name in parts_of(circuit) if name and node in nodes), "")


# --- the picture ---


def picture(circuit: Circuit, values: np.ndarray) -> str:
    levels = [list(range(len(circuit.inputs))), *circuit.by_level]
    places, height, heads = lay_out(levels)
    outputs = set(circuit.outputs.values())
    names = {node: name for name, node in circuit.outputs.items()}
    wired = circuit.sizes.edges <= MOST_WIRES
    nodes = "".join(
        node_drawn(circuit, node, places, values, node in outputs, names.get(node, ""), wired)
        for nodes in levels
        for node in nodes
    )
    bands = "".join(
        f'<text class="said" x="0" y="{top}">{band(number, nodes, values)}</text>'
        for number, (top, nodes) in enumerate(zip(heads, levels, strict=True))
    )
    few = " few" if circuit.sizes.edges <= FEW_WIRES else ""
    return (
        f'<svg class="levels{few}" viewBox="-2 0 {WIDTH + 4} {height}" width="{WIDTH}" role="img"'
        f' aria-label="{len(circuit.gates):,} gates in {circuit.depth} levels">{bands}{nodes}</svg>'
    )


def lay_out(levels: Sequence[Sequence[int]]) -> tuple[Places, int, list[int]]:
    """Where the upper left corner of every node is, how high the picture is, and where the level's words stand."""
    a_row = WIDTH // STEP
    places, heads, top = {}, [], 14
    for nodes in levels:
        heads.append(top)
        for count, node in enumerate(nodes):
            places[node] = (count % a_row * STEP, top + 10 + count // a_row * STEP)
        top += 10 + -(-len(nodes) // a_row) * STEP + HEAD
    return [places[node] for node in sorted(places)], top, heads


def band(level: int, nodes: Sequence[int], values: np.ndarray) -> str:
    ones = int(values[list(nodes)].sum())
    what = "inputs" if level == 0 else f"level {level}: {len(nodes):,} gate{'s' * (len(nodes) > 1)}"
    return f"{what}, {ones:,} {'is' if ones == 1 else 'are'} 1"


def node_drawn(
    circuit: Circuit, node: int, places: Places, values: np.ndarray, is_output: bool, name: str, wired: bool
) -> str:
    """A square, what it is when one points at it, and the wires into it."""
    x, y = places[node]
    kinds = " ".join(kind for kind, holds in (("on", values[node]), ("output", is_output)) if holds)
    into = wires(circuit, node, places) if wired else ""
    return (
        f'<g class="{kinds}" tabindex="0"><title>{as_html(said_of(circuit, node, name, values))}</title>{into}'
        f'<rect x="{x}" y="{y}" width="{BOX}" height="{BOX}" rx="2"/></g>'
    )


def said_of(circuit: Circuit, node: int, name: str, values: np.ndarray) -> str:
    output = f", output {name}" if name else ""
    if node < len(circuit.inputs):
        return f"{circuit.inputs[node]} = {int(values[node])}{output}"
    gate = circuit.gates[node - len(circuit.inputs)]
    form = circuit.forms[gate.form]
    total = sum(weight for read, weight in zip(form.nodes, form.weights, strict=True) if values[read])
    verb, number = "reaches" if values[node] else "is below", node - len(circuit.inputs) + 1
    condition = f"its sum of {len(form.nodes)} is {total}, and {verb} {gate.threshold}"
    return f"gate {number}{output}{part_of(circuit, node)}: {condition}"


def wires(circuit: Circuit, node: int, places: Places) -> str:
    """From the lower edge of what it reads to its upper edge; weights above 0 and below apart."""
    if node < len(circuit.inputs):
        return ""
    form = circuit.forms[circuit.gates[node - len(circuit.inputs)].form]
    x, y = places[node]
    drawn = ""
    for kind, sign in (("plus", 1), ("minus", -1)):
        read = [one for one, weight in zip(form.nodes, form.weights, strict=True) if weight * sign > 0]
        path = "".join(f"M{places[one][0] + BOX // 2} {places[one][1] + BOX}L{x + BOX // 2} {y}" for one in read)
        drawn += f'<path class="wires {kind}" d="{path}"/>' if read else ""
    return drawn
