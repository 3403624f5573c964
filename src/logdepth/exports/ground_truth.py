"""Ground truth for tools that look for circuits: what every part of a model does, and from which parts it reads.

A JSON document. Its nodes have the names that such tools use, and TransformerLens' hooks: `input` (`hook_embed` and
`hook_pos_embed`), `a2.h0` (head 0 of block 2; zero it in `blocks.2.attn.hook_z`), `m2` (`blocks.2.hook_mlp_out`), and
`logits`. Blocks are steps, as in the export for TransformerLens: tied blocks repeat. Heads that pad a layer to
`heads_per_block` are in no circuit. Keys:

    rows, blocks, heads_per_block, width, outputs (output column -> highest value), program (as JSON)
    statements   number, kind, what it reads and gives; `nodes` that carry it out
    nodes        node, hook, head, label, statements; residual columns that it reads, writes and clears
    edges        name ("a0.h0->a1.h0<q>"), from, to, input (q, k, v, or none), residual columns
    cancelling   edges along which an old value and what cleared it cancel, for tools that patch one edge at a time
    circuits     output column -> the nodes from which edges lead to it
    residual     names of the residual columns before block 0 and after every block; "" is 0
    ablation     tables, and for every head the share of them on which each output changes if the head brings nothing
    basis        of a model in another basis, the direction of every residual column, (width, width); else null
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from logdepth.artefacts import Model
    from logdepth.inspection import Access, Edge, Part
    from logdepth.transformer import Transformer

TABLES = 50
"""On which heads are ablated."""

INPUTS = {"query": "q", "key": "k", "value": "v"}


def write_ground_truth(model: Model, path: str | Path, basis: np.ndarray | None = None) -> None:
    """Write the document. Errors: UsageError if the system refuses, or for a model whose task is not known.

    basis: in which the model itself is exported, see `logdepth.exports.rotation`.
    """
    from logdepth.numerics.files import write_file

    document = {**ground_truth(model), "basis": None if basis is None else basis.tolist()}
    write_file(path, (json.dumps(document, indent=1) + "\n").encode())


def ground_truth(model: Model, tables: int | Sequence[Mapping[str, Any]] = TABLES, seed: int = 0) -> dict[str, Any]:
    """The document. tables: input columns on which heads are left out in turn, or how many are drawn of the task."""
    from logdepth.exports.transformer_lens import sizes
    from logdepth.inspection import wiring_of

    transformer = model.transformer
    wiring = wiring_of(transformer)
    names = Names(transformer)
    nodes: dict[str, dict[str, Any]] = {}
    for access in wiring.parts:
        merge(nodes, describe_part(transformer, access, names))
    return {
        "format": "logdepth ground truth",
        "version": 1,
        "name": model.name,
        "rows": transformer.rows,
        "blocks": len(transformer.order),
        "heads_per_block": sizes(transformer)[0],
        "width": transformer.width,
        "outputs": dict(transformer.outputs),
        "program": model.program.as_json(),
        "statements": [*statements(model, nodes.values())],
        "nodes": [*nodes.values()],
        "edges": describe_edges(wiring.edges, names),
        "cancelling": describe_edges(wiring.cancelling, names),
        "circuits": {
            name: sorted({node_of(part) for part in wiring.circuit(name)}, key=[*nodes].index)
            for name in transformer.outputs
        },
        "residual": [list(row) for row in names.after],
        "ablation": ablation(model, draw_tables(model, tables, seed) if isinstance(tables, int) else tables),
    }


class Names:
    """What residual columns are called at each step."""

    def __init__(self, transformer: Transformer) -> None:
        self.after = [transformer.residual, *(block.residual for block in transformer.steps)]

    def of(self, part: Part, columns: Iterable[int]) -> list[str]:
        """Columns that a part reads or writes; one that has no name beside its block is called by its number."""
        last = len(self.after) - 1
        before, after = self.after[max(0, min(part.step, last))], self.after[min(part.step + 1, last)]
        if part.kind == "output":
            before = after = self.after[-1]
        return [after[column] or before[column] or f"column {column}" for column in sorted(columns)]


def node_of(part: Part) -> str:
    """Its name: input, a2.h0, m2, logits."""
    return {
        "embedding": "input", "head": f"a{part.step}.h{part.head}", "relu": f"m{part.step}", "output": "logits"
    }[part.kind]  # fmt: skip


def describe_part(transformer: Transformer, access: Access, names: Names) -> dict[str, Any]:
    part = access.part
    block = transformer.steps[part.step] if part.kind in ("head", "relu") else None
    hooks = {"head": "blocks.{}.attn.hook_z", "relu": "blocks.{}.hook_mlp_out", "output": "unembed.hook_out"}
    position = "hook_pos_embed" if part.name == "index" else "hook_embed"
    found: dict[str, Any] = {"node": node_of(part), "hooks": [hooks.get(part.kind, position).format(part.step)]}
    if part.kind == "head":
        assert block is not None and block.attention is not None, "a head is of a block with attention"
        of = block.attention.statements
        found |= {"head": part.head, "label": block.attention.labels[part.head]}
        found |= {"statements": [of[part.head]] if of and of[part.head] else []}
    if part.kind == "relu":
        assert block is not None and block.mlp is not None, "a ReLU layer is of a block with one"
        found |= {"statements": list(block.mlp.statements)}
    reads = {INPUTS.get(name, name): names.of(part, columns) for name, columns in access.reads.items()}
    return found | {
        "reads": reads, "writes": names.of(part, access.writes), "clears": names.of(part, access.clears)
    }  # fmt: skip


def merge(nodes: dict[str, dict[str, Any]], new: dict[str, Any]) -> None:
    """All embeddings are one node, and all outputs."""
    known = nodes.setdefault(new["node"], new)
    if known is not new:
        known["hooks"] = [*dict.fromkeys([*known["hooks"], *new["hooks"]])]
        known["writes"] = [*dict.fromkeys([*known["writes"], *new["writes"]])]
        known["reads"] = {
            name: [*dict.fromkeys([*known["reads"].get(name, []), *columns])] for name, columns in new["reads"].items()
        }


def describe_edges(edges: Iterable[Edge], names: Names) -> list[dict[str, Any]]:
    """One for every pair of nodes and input."""
    found: dict[str, dict[str, Any]] = {}
    for edge in edges:
        first, last, given = node_of(edge.writer), node_of(edge.reader), INPUTS.get(edge.input)
        name = f"{first}->{last}" + (f"<{given}>" if given else "")
        known = found.setdefault(name, {"name": name, "from": first, "to": last, "input": given, "columns": []})
        new = names.of(edge.reader, edge.columns)
        known["columns"] = [*dict.fromkeys([*known["columns"], *new])]
    return [*found.values()]


def statements(model: Model, nodes: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """Every statement of the program, numbered from 1, with the nodes that carry it out."""
    from logdepth.programs import in_order, inputs_of, outputs_of

    given = [*nodes]
    for number, statement in enumerate(in_order(model.program.statements), start=1):
        yield {
            "number": number,
            "kind": type(statement).__name__.lower(),
            "reads": [column.name for column in inputs_of(statement)],
            "gives": [column.name for column in outputs_of(statement)],
            "nodes": [node["node"] for node in given if number in node.get("statements", [])],
        }


def draw_tables(model: Model, count: int, seed: int) -> list[Mapping[str, Any]]:
    rng = np.random.default_rng(seed)
    return [model.task.encode(model.task.sample(rng)) for _ in range(count)]


def ablation(model: Model, tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of every head, left out in turn, output -> the share of the tables on which it is another."""
    from logdepth.inspection import without

    transformer = model.transformer
    whole = [transformer.run(table) for table in tables]
    changed: dict[str, dict[str, float]] = {}
    for step, block in enumerate(transformer.steps):
        for head in range(block.attention.heads if block.attention else 0):
            cut = without(transformer, step, head)
            answers = [cut.run(table) for table in tables]
            changed[f"a{step}.h{head}"] = {
                name: float(
                    np.mean([not np.array_equal(a[name], b[name]) for a, b in zip(whole, answers, strict=True)])
                )
                for name in transformer.outputs
            }
    return {"tables": len(tables), "changed": changed}
