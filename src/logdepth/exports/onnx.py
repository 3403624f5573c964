"""ONNX: one file whose graph turns the input columns into the output columns, int64 (batch, rows), under their names.

In a graph every name stands once, and none is empty: an output with the name of an input is `NAME/output`, and a column
without a name `input` or `output`. Metadata `columns` is JSON: {"inputs": {column: name}, "outputs": {column: name}}.
The start token is inside; batch and rows are free, rows up to the model's maximum; tied blocks share their weights.
The attention pattern of step s, (batch, heads, rows + 1, rows + 1), is the value `pattern/s` inside the graph.
Metadata `logdepth` is JSON: what `model.json` says of the model.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from logdepth.numerics.errors import UsageError, Wording

if TYPE_CHECKING:
    from logdepth.artefacts import Model
    from logdepth.transformer import Attention, Mlp, Transformer

OPSET, IR_VERSION = 18, 10  # old enough for every runtime in use
MOST_BYTES = 2**31 - 2**20  # a protobuf message holds less than 2 GiB; the graph itself takes far less than 1 MiB


def write_onnx(model: Model, path: str | Path) -> None:
    """Write the ONNX file.

    Errors: UsageError if onnx is not installed, if the model is too large for an ONNX file, or if the system refuses.
    """
    try:
        import onnx
    except ImportError as error:
        raise UsageError(f"onnx is not installed ({error}). Install it: pip install 'logdepth[onnx]'.") from None

    from logdepth.artefacts import describe
    from logdepth.numerics.files import write_file

    stored = model.measured.parameters * model.transformer.dtype.itemsize
    if stored > MOST_BYTES:
        raise UsageError(
            f"an ONNX file holds less than 2 GiB; these weights take {stored} bytes.", Wording("Make {n} smaller.")
        )
    proto = onnx.helper.make_model(
        graph_of(model.transformer),
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="logdepth",
    )
    inputs, outputs = column_names(model.transformer)
    columns = {"inputs": inputs, "outputs": outputs}
    onnx.helper.set_model_props(proto, {"logdepth": json.dumps(describe(model)), "columns": json.dumps(columns)})
    onnx.checker.check_model(proto, full_check=True)
    write_file(path, proto.SerializeToString())


def column_names(transformer: Transformer) -> tuple[dict[str, str], dict[str, str]]:
    """The names in the graph of the input and of the output columns.

    Errors: UsageError for a name that is no Unicode text, which no file holds.
    """
    taken = {*transformer.embeddings, *transformer.outputs}
    for name in taken:
        if not name.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in name):
            raise UsageError(f"an ONNX file holds Unicode text, and the name of column {name!r} is none. Rename it.")
    inputs = {name: name or unused("input", taken) for name in transformer.embeddings}
    taken.update(inputs.values())
    outputs = {
        name: name if name and name not in inputs else unused(f"{name}/output" if name else "output", taken)
        for name in transformer.outputs
    }
    return inputs, outputs


def unused(name: str, taken: Container[str]) -> str:
    """This name, or with as many primes as make it one that is not taken."""
    return name if name not in taken else unused(f"{name}'", taken)


def graph_of(transformer: Transformer) -> Any:
    """The transformer as an `onnx.GraphProto`."""
    from onnx import TensorProto, helper

    input_names, output_names = column_names(transformer)
    own = frozenset([*input_names.values(), *output_names.values()])
    graph = Graph(str(transformer.dtype).removeprefix("torch."), own)
    x = embed(graph, transformer, input_names)
    later = later_rows(graph, x) if transformer.causal else None
    for step, index in enumerate(transformer.order):
        block = transformer.blocks[index]
        if block.attention is not None:
            x = graph.add("Add", x, attend(graph, x, block.attention, index, step, later))
        if block.mlp is not None:
            x = graph.add("Add", x, compute(graph, x, block.mlp, index))
    rows = graph.add("Slice", x, graph.integers(1), graph.integers(np.iinfo(np.int64).max), graph.integers(1))
    for name, high in transformer.outputs.items():
        readout = graph.add("MatMul", rows, graph.weight(f"readouts.{name}", transformer.readouts[name]))
        nearest = graph.add("Clip", graph.add("Round", readout), graph.number(0), graph.number(high))
        graph.add("Cast", nearest, name=output_names[name], to=TensorProto.INT64)

    def columns(names: Iterable[str]) -> list[Any]:
        return [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "rows"]) for name in names]

    inputs, outputs = columns(input_names.values()), columns(output_names.values())
    return helper.make_graph(graph.nodes, "logdepth", inputs, outputs, list(graph.weights.values()))


def embed(graph: Graph, transformer: Transformer, names: Mapping[str, str]) -> str:
    """(batch, rows + 1, width). The start token embeds as 0: all of it is in its position."""
    tables = [graph.weight(f"embeddings.{name}", table) for name, table in transformer.embeddings.items()]
    x, *others = [graph.add("Gather", table, name) for table, name in zip(tables, names.values(), strict=True)]
    for other in others:
        x = graph.add("Add", x, other)
    x = graph.add("Pad", x, graph.integers(0, 1, 0, 0, 0, 0))
    positions = graph.weight("positions", transformer.position_table())
    tokens = graph.add("Shape", x, start=1, end=2)
    return graph.add("Add", x, graph.add("Slice", positions, graph.integers(0), tokens, graph.integers(0)))


def later_rows(graph: Graph, x: str) -> str:
    """Which keys a query does not see, (rows + 1, rows + 1) bool."""
    tokens = graph.add("Squeeze", graph.add("Shape", x, start=1, end=2))
    at = graph.add("Range", graph.integer(0), tokens, graph.integer(1))
    keys, queries = (graph.add("Unsqueeze", at, graph.integers(axis)) for axis in (0, 1))
    return graph.add("Greater", keys, queries)


def attend(graph: Graph, x: str, attention: Attention, index: int, step: int, later: str | None) -> str:
    """What the heads add up to, (batch, rows + 1, width)."""

    def matrix(name: str) -> str:
        return graph.weight(f"blocks.{index}.attention.{name}", getattr(attention, name))

    shared = graph.add("Unsqueeze", x, graph.integers(1))  # (batch, 1, rows + 1, width)
    query, key, value = (graph.add("MatMul", shared, matrix(name)) for name in ("query", "key", "value"))
    scores = graph.add("MatMul", query, graph.add("Transpose", key, perm=[0, 1, 3, 2]))
    if later is not None:
        scores = graph.add("Where", later, graph.number(-np.inf), scores)
    pattern = graph.add("Softmax", scores, name=unused(f"pattern/{step}", graph.columns), axis=-1)
    heads = graph.add("MatMul", graph.add("MatMul", pattern, value), matrix("output"))
    return graph.add("ReduceSum", heads, graph.integers(1), keepdims=0)


def compute(graph: Graph, x: str, mlp: Mlp, index: int) -> str:
    """What the ReLU layer adds, (batch, rows + 1, width)."""
    hidden = graph.add("Relu", graph.add("MatMul", x, graph.weight(f"blocks.{index}.mlp.into", mlp.into)))
    return graph.add("MatMul", hidden, graph.weight(f"blocks.{index}.mlp.out", mlp.out))


@dataclass
class Graph:
    """Collects nodes and constants. A constant stands there once, under a name that no column has."""

    dtype: str
    columns: Container[str]
    nodes: list[Any] = field(default_factory=list)
    weights: dict[str, Any] = field(default_factory=dict)

    def add(self, operation: str, *inputs: str, name: str | None = None, **attributes: Any) -> str:
        """A node; gives the name of its output."""
        from onnx import helper

        own = unused(f"{operation}/{len(self.nodes)}", self.columns)
        self.nodes.append(helper.make_node(operation, inputs, [name or own], name=own, **attributes))
        return name or own

    def weight(self, name: str, values: Any) -> str:
        """A constant, of a tensor or an array; gives its name."""
        from onnx import numpy_helper

        own = unused(f"weights/{name}", self.columns)
        if own not in self.weights:
            self.weights[own] = numpy_helper.from_array(np.asarray(values, order="C"), own)
        return own

    def number(self, value: float) -> str:
        """A scalar in the model's dtype."""
        return self.weight(f"number {value}", np.array(value, dtype=self.dtype))

    def integer(self, value: int) -> str:
        """A scalar index."""
        return self.weight(f"integer {value}", np.array(value, dtype=np.int64))

    def integers(self, *values: int) -> str:
        """A list, as axes and bounds are given."""
        return self.weight(f"integers {values}", np.array(values, dtype=np.int64))
